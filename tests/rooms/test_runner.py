"""The one opener and committer: batches, keys, retries, and what is left after a fault."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import asyncpg
import msgspec
import pytest
from structlog.testing import capture_logs
from tests.book import NOON, WORLD, Book, new_book

from jiutong.kernel.clock import SetClock
from jiutong.kernel.db import Again, Database, Tx
from jiutong.kernel.errors import INTERNAL, KEY_REUSED, OVERLOADED, Problem
from jiutong.kernel.runner import WORTH_A_BATCH, Answer, Call, Flow, Runner
from jiutong.kernel.scope import Scope
from jiutong.ledger import SHORT, Entry, Transfer, account, post

TEA = account("stock:1:1:7", "sku:7", 0)


class Sell(msgspec.Struct, frozen=True):
    """Take units of tea. `entry_id` is the sale's own name in the book, if it has one."""

    units: int
    entry_id: int = 0
    then: str = ""


class Sold(msgspec.Struct, frozen=True):
    entry_id: int
    together: int


class Fault(Exception):
    """Something nobody thought of."""


async def sell(tx: Tx, calls: Sequence[Call[Sell]]) -> list[Sold | Problem]:
    entries = [Entry(c.command.entry_id or tx.mint(), "sold", 1, (Transfer(TEA, WORLD, c.command.units),)) for c in calls]
    refused = (await post(tx, entries)).refused
    outcomes: list[Sold | Problem] = []
    for i, (call, entry) in enumerate(zip(calls, entries, strict=True)):
        if call.command.then == "raise":
            raise Fault
        if i in refused:
            outcomes.append(SHORT("not enough tea", free=refused[i].free))
        else:
            tx.emit("tea.sold.v1", entry.entry_id, call.command, call.scope)
            outcomes.append(Sold(entry.entry_id, len(calls)))
    return outcomes


SELL: Flow[Sell, Sold] = Flow("test.sell", sell, Sold, 9, 256)


class Till:
    """A book with tea in it, and a runner that sells from it."""

    def __init__(self, book: Book, runner: Runner) -> None:
        self.book = book
        self.runner = runner
        self.scope = Scope(book.tenant_id, "app:1", frozenset())

    async def sell(self, units: int = 1, key: str | None = None, *, entry_id: int = 0, then: str = "") -> Answer[Sold] | Problem:
        return await self.run(SELL, Sell(units, entry_id, then), key)

    async def run(self, flow: Flow[Sell, Sold], command: Sell, key: str | None = None) -> Answer[Sold] | Problem:
        try:
            return await self.runner.run(flow, command, self.scope, key)
        except Problem as refusal:
            return refusal

    async def sold(self) -> list[int]:
        """What was sold, sale by sale."""
        return [int(str(amount)) for (amount,) in await self.book.rows(_SOLD, TEA.account_id)]


class Tills(Protocol):
    """Makes tills whose database nobody else uses, as another process would have."""

    async def __call__(self, book: Book, **limits: int) -> Till: ...


@pytest.fixture
async def till(book: Book) -> Till:
    await book.give((TEA, 1000))
    return Till(book, Runner(book.database, SetClock(NOON)))


@pytest.fixture
async def own(database_url: str) -> AsyncIterator[Tills]:
    opened: list[Database] = []

    async def make(book: Book, **limits: int) -> Till:
        database = Database(database_url, hot=3, read=1, wait_s_max=5)
        opened.append(database)
        await database.open()
        return Till(Book(database, book.tenant_id), Runner(database, SetClock(NOON), **limits))

    yield make
    for database in opened:
        await database.close()


class TestGroupCommit:
    @pytest.mark.parametrize(
        ("commands", "limits", "batches"),
        [
            (1, {}, [1]),
            (50, {}, [50]),
            (300, {}, [44, 256]),
            (280, {}, [24, 256]),
            (25, {"batch_max": 10, "batches_in_flight": 1}, [5, 10, 10]),
        ],
    )
    async def test_commands_that_come_together_are_committed_together(
        self, own: Tills, book: Book, commands: int, limits: dict[str, int], batches: list[int]
    ) -> None:
        await book.give((TEA, 1000))
        till = await own(book, **limits)
        commits: Counter[str] = Counter()
        till.book.database.boundary = lambda boundary: commits.update([boundary])
        answers = await asyncio.gather(*(till.runner.run(SELL, Sell(1), till.scope) for _ in range(commands)))
        sizes = Counter(answer.result.together for answer in answers)
        assert sorted(size for size, members in sizes.items() for _ in range(members // size)) == batches
        assert commits["committed"] == len(batches)

    async def test_what_comes_while_a_batch_commits_goes_with_the_next(self, own: Tills, book: Book) -> None:
        await book.give((TEA, 1000))
        till = await own(book)
        later: list[asyncio.Task[Answer[Sold] | Problem]] = []

        def at(boundary: str) -> None:
            if boundary == "commit" and not later:
                later.extend(asyncio.ensure_future(till.sell()) for _ in range(20))

        till.book.database.boundary = at
        assert [together(answer) for answer in (await till.sell(), *await asyncio.gather(*later))] == [1] + [20] * 20

    @pytest.mark.parametrize("most", [1, 2, 3])
    async def test_another_batch_starts_beside_one_under_way_when_enough_wait(self, own: Tills, book: Book, most: int) -> None:
        await book.give((TEA, 1000))
        till = await own(book, batch_max=WORTH_A_BATCH, batches_in_flight=most)
        later: list[asyncio.Task[Answer[Sold] | Problem]] = []
        under_way: list[int] = []
        at_once: list[int] = []
        enough = asyncio.Event()

        async def watched(tx: Tx, calls: Sequence[Call[Sell]]) -> list[Sold | Problem]:
            under_way.append(len(calls))
            at_once.append(len(under_way))
            if not later:
                for _ in range(4 * WORTH_A_BATCH):
                    later.append(asyncio.ensure_future(till.run(flow, Sell(1))))
                    await asyncio.sleep(0)  # they come one after the other
            if len(under_way) == most:
                enough.set()
            async with asyncio.timeout(5):
                await enough.wait()
            return await sell(tx, calls)

        def at(boundary: str) -> None:
            if boundary == "committed":
                under_way.pop()

        flow = Flow("test.watched", watched, Sold, 9, 256)
        till.book.database.boundary = at
        assert together(await till.run(flow, Sell(1))) == 1
        assert Counter([together(await task) for task in later]) == {WORTH_A_BATCH: 4 * WORTH_A_BATCH}
        assert max(at_once) == most

    async def test_each_command_stands_or_falls_alone_in_arrival_order(self, book: Book) -> None:
        await book.give((TEA, 5))
        till = Till(book, Runner(book.database, SetClock(NOON)))
        outcomes = await asyncio.gather(*(till.sell(units) for units in (2, 4, 2, 2, 1, 1)))
        assert [refused(outcome) or "sold" for outcome in outcomes] == ["sold", SHORT.code, "sold", SHORT.code, "sold", SHORT.code]
        assert [outcome.facts for outcome in outcomes if isinstance(outcome, Problem)] == [{"free": 3}, {"free": 1}, {"free": 0}]
        assert await till.sold() == [2, 2, 1]

    async def test_many_commands_in_one_call_are_one_batch(self, till: Till) -> None:
        calls = [Call(Sell(units), till.scope) for units in (1, 2, 2000, 3, 1, 1)]
        outcomes = await till.runner.run_all(SELL, calls, [None, "b", None, "d", "b", "f"])
        assert [refused(outcome) or together(outcome) for outcome in outcomes] == [5, 5, SHORT.code, 5, KEY_REUSED.code, 5]
        assert await till.runner.run_all(SELL, [calls[1], calls[1]], ["b", "b"]) == [
            Answer(result(outcomes[1]), replayed=True),
            Answer(result(outcomes[1]), replayed=True),
        ]
        assert await till.sold() == [1, 2, 3, 1]

    async def test_a_batch_serves_one_tenant(self, till: Till) -> None:
        calls = [Call(Sell(1), till.scope), Call(Sell(1), msgspec.structs.replace(till.scope, tenant_id=till.scope.tenant_id + 1))]
        with pytest.raises(ValueError, match="one tenant"):
            await till.runner.run_all(SELL, calls, [None, None])

    async def test_nothing_in_a_call_is_nothing_to_do(self, till: Till) -> None:
        assert await till.runner.run_all(SELL, [], []) == []

    async def test_whoever_cannot_be_queued_is_told_at_once_when_to_come_back(self, own: Tills, book: Book) -> None:
        await book.give((TEA, 1000))
        till = await own(book, queue_max=3)
        outcomes = await asyncio.gather(*(till.sell(key=f"k{i}") for i in range(5)))
        assert [refused(outcome) for outcome in outcomes] == [None, None, None, OVERLOADED.code, OVERLOADED.code]
        assert [outcome.facts for outcome in outcomes if isinstance(outcome, Problem)] == [{"retry_after_s": 1}] * 2
        assert together(await till.sell(key="k4")) == 1


class TestKeys:
    async def test_a_key_that_is_under_way_is_done_once(self, till: Till) -> None:
        first, second = await asyncio.gather(till.sell(3, "k"), till.sell(3, "k"))
        assert (first, second) == (Answer(result(first)), Answer(result(first), replayed=True))
        assert await till.sold() == [3]

    async def test_a_key_that_was_done_answers_what_it_answered(self, till: Till) -> None:
        first = await till.sell(3, "k")
        assert await till.sell(3, "k") == Answer(result(first), replayed=True)
        assert await till.sold() == [3]

    async def test_a_key_is_for_one_request(self, till: Till) -> None:
        together_ = await asyncio.gather(till.sell(3, "k"), till.sell(4, "k"))
        assert [refused(outcome) for outcome in (*together_, await till.sell(5, "k"))] == [None, KEY_REUSED.code, KEY_REUSED.code]
        assert await till.sold() == [3]

    async def test_a_refusal_uses_no_key_up(self, till: Till) -> None:
        assert refused(await till.sell(2000, "k")) == SHORT.code
        assert refused(await till.sell(3, "k")) is None

    async def test_the_same_key_of_another_caller_flow_or_tenant_is_another_key(
        self, till: Till, database: Database, admin_url: str
    ) -> None:
        other = await new_book(database, admin_url)
        await other.give((TEA, 10))
        elsewhere = msgspec.structs.replace(till.scope, tenant_id=other.tenant_id)
        colleague = msgspec.structs.replace(till.scope, actor="app:2")
        renamed = Flow("test.sell_again", sell, Sold, 9, 256)
        answers = await asyncio.gather(
            till.runner.run(SELL, Sell(3), till.scope, "k"),
            till.runner.run(SELL, Sell(3), elsewhere, "k"),
            till.runner.run(SELL, Sell(3), colleague, "k"),
            till.runner.run(renamed, Sell(3), till.scope, "k"),
        )
        assert [answer.replayed for answer in answers] == [False] * 4
        assert len({answer.result.entry_id for answer in answers}) == 4
        assert await till.sold() == [3, 3, 3]
        assert await other.shows(TEA) == [(7, 0)]

    async def test_a_command_outlives_the_caller_who_hung_up(self, till: Till) -> None:
        caller = asyncio.ensure_future(till.sell(3, "k"))
        await asyncio.sleep(0)
        caller.cancel()
        again = await till.sell(3, "k")
        assert isinstance(again, Answer)
        assert again.replayed
        assert await till.sold() == [3]


class TestTwoProcesses:
    @pytest.mark.parametrize("named", [False, True])
    async def test_one_key_sent_to_both_has_one_effect_and_one_answer(self, own: Tills, book: Book, named: bool) -> None:
        """With a name of its own the second fails on the book, without one it fails on the key: the caller sees neither."""
        await book.give((TEA, 1000))
        tills = [await own(book) for _ in range(2)]
        for i in range(1, 21):
            outcomes = await asyncio.gather(*(till.sell(1, f"k{i}", entry_id=-i if named else 0) for till in tills))
            assert len({result(outcome).entry_id for outcome in outcomes}) == 1
            assert await tills[0].sold() == [1] * i

    async def test_what_one_sold_the_other_has_not(self, own: Tills, book: Book) -> None:
        await book.give((TEA, 100))
        tills = [await own(book) for _ in range(2)]
        outcomes = await asyncio.gather(*(tills[i % 2].sell() for i in range(300)))
        assert Counter(map(refused, outcomes)) == {None: 100, SHORT.code: 200}
        assert await book.shows(TEA) == [(0, 0)]


class TestFaults:
    @pytest.mark.parametrize(
        "wrong", [Sell(1, then="raise"), Sell(2**70), Sell(0), Sell(1, entry_id=-1)], ids=["bug", "driver", "constraint", "twice"]
    )
    async def test_a_command_that_fails_fails_alone(self, till: Till, wrong: Sell) -> None:
        assert refused(await till.sell(1, entry_id=-1)) is None
        commands = [Sell(1)] * 4 + [wrong] + [Sell(1)] * 6
        with capture_logs() as logs:
            outcomes = await asyncio.gather(*(till.run(SELL, command) for command in commands))
        assert [refused(outcome) for outcome in outcomes] == [None] * 4 + [INTERNAL.code] + [None] * 6
        assert [line["event"] for line in logs] == ["flow.failed"]
        assert await till.sold() == [1] * 11

    async def test_a_refusal_that_is_raised_is_told_to_its_command_only(self, till: Till) -> None:
        async def raising(tx: Tx, calls: Sequence[Call[Sell]]) -> list[Sold | Problem]:
            if any(call.command.units == 13 for call in calls):
                raise SHORT("not thirteen")
            return await sell(tx, calls)

        flow = Flow("test.raising", raising, Sold, 9, 256)
        outcomes = await asyncio.gather(*(till.run(flow, Sell(units)) for units in (1, 13, 1)))
        assert [refused(outcome) for outcome in outcomes] == [None, SHORT.code, None]

    async def test_a_failed_statement_that_nobody_minded_is_not_committed(self, till: Till) -> None:
        async with till.book.database.transaction(till.book.tenant_id, NOON) as tx:
            with pytest.raises(asyncpg.UniqueViolationError):
                await post(tx, [Entry(-1, "sold", 1, (Transfer(TEA, WORLD, 1),))] * 2)
            with pytest.raises(RuntimeError, match="nothing was committed"):
                await tx.commit()
        assert await till.sold() == []

    async def test_what_changed_meanwhile_is_built_on_anew(self, till: Till) -> None:
        runs: list[int] = []

        async def late(tx: Tx, calls: Sequence[Call[Sell]]) -> list[Sold | Problem]:
            sold = await sell(tx, calls)
            runs.append(len(calls))
            if len(runs) < 3:
                raise Again
            return sold

        assert together(await till.run(Flow("test.late", late, Sold, 9, 256), Sell(1))) == 1
        assert runs == [1, 1, 1]
        assert await till.sold() == [1]

    @pytest.mark.faults
    async def test_wherever_the_connection_breaks_there_is_one_effect_and_its_answer(self, own: Tills, book: Book) -> None:
        await book.give((TEA, 1000))
        passed: list[str] = []
        till = await own(book)
        await till.sell()
        till.book.database.boundary = passed.append
        await till.sell()
        assert (passed[-2:], passed.count("committed")) == (["commit", "committed"], 1)
        for breaks_at in range(len(passed)):
            left = [breaks_at]

            def at(boundary: str, left: list[int] = left) -> None:
                left[0] -= 1
                if left[0] == -1:
                    raise ConnectionResetError(boundary)

            till.book.database.boundary = at
            first, second = await asyncio.gather(till.sell(1, f"k{breaks_at}"), till.sell(1))
            assert left[0] < 0
            assert (refused(first), refused(second)) == (None, None)
            assert await till.sell(1, f"k{breaks_at}") == Answer(result(first), replayed=True)
            assert len(await till.sold()) == 2 + 2 * (breaks_at + 1)

    @pytest.mark.faults
    async def test_a_session_the_server_ends_is_replaced(self, own: Tills, book: Book, admin: asyncpg.Connection) -> None:
        await book.give((TEA, 1000))
        till = await own(book)
        ended: list[int] = []

        async def cut(tx: Tx, calls: Sequence[Call[Sell]]) -> list[Sold | Problem]:
            sold = await sell(tx, calls)
            if not ended:
                ended.append((await tx.fetch("select pg_backend_pid() as pid where $1::bigint > 0"))[0]["pid"])
                await admin.execute("select pg_terminate_backend($1, 5000)", ended[0])
            return sold

        assert together(await till.run(Flow("test.cut", cut, Sold, 9, 256), Sell(1), "k")) == 1
        assert await till.sold() == [1]


class TestPreview:
    async def test_a_dry_run_tells_everything_and_keeps_nothing(self, till: Till) -> None:
        assert (await till.runner.preview(SELL, Sell(3), till.scope)).together == 1
        with pytest.raises(Problem) as short:
            await till.runner.preview(SELL, Sell(2000), till.scope)
        assert short.value.type is SHORT
        assert await till.sold() == []
        assert await till.book.rows("select count(*) from kernel.event where tenant_id = $1") == [(0,)]
        assert await till.book.rows("select count(*) from kernel.idempotency where tenant_id = $1") == [(0,)]

    async def test_a_dry_run_of_a_command_with_a_name_does_not_take_the_name(self, till: Till) -> None:
        receipt = Flow("test.receipt", sell, Sold, 9, 256, lambda command: str(command.entry_id))
        await till.runner.preview(receipt, Sell(3, 71), till.scope)
        assert await till.run(receipt, Sell(3, 71)) == Answer(Sold(71, 1))
        assert await till.run(receipt, Sell(3, 71), "another key") == Answer(Sold(71, 1), replayed=True)
        assert await till.sold() == [3]


class TestEvents:
    async def test_what_happened_is_written_with_it_and_says_who_and_how(self, till: Till) -> None:
        sold, _ = await asyncio.gather(till.sell(3), till.sell(2000))
        assert await till.book.rows("select type, subject_id, actor, flow, at, facts::text from kernel.event where tenant_id = $1") == [
            ("tea.sold.v1", result(sold).entry_id, "app:1", "test.sell", NOON, '{"units":3,"entry_id":0,"then":""}')
        ]


class TestTenants:
    async def test_without_a_tenant_there_is_nothing(self, till: Till, database_url: str) -> None:
        await till.sell()
        conn = await asyncpg.connect(database_url)
        try:
            for table in ("kernel.tenant", "kernel.idempotency", "kernel.event", "ledger.account", "ledger.entry", "ledger.transfer"):
                assert await conn.fetchval(f"select count(*) from {table}") == 0
        finally:
            await conn.close()

    async def test_nobody_sees_or_touches_what_is_another_tenants(self, till: Till, database: Database, admin_url: str) -> None:
        other = await new_book(database, admin_url)
        async with other.writing() as tx:
            assert await tx.fetch("select from ledger.account where $1::bigint > 0 and tenant_id = $2", till.book.tenant_id) == []
            assert await tx.count("update ledger.account set posted = 0 where $1::bigint > 0 and tenant_id = $2", till.book.tenant_id) == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with other.writing() as tx:
                await tx.count(_INTRUDE, till.book.tenant_id)

    async def test_a_connection_remembers_no_tenant(self, own: Tills, book: Book, database: Database, admin_url: str) -> None:
        books = [book, await new_book(database, admin_url)]
        till = await own(book)
        for turn in range(200):
            now = books[turn % 2].tenant_id
            async with Book(till.book.database, now).writing() as tx:
                assert [row["tenant_id"] for row in await tx.fetch("select tenant_id from kernel.tenant where $1::bigint > 0")] == [now]
            async with till.book.database._connection(till.book.database._hot) as conn:
                assert await conn.fetchval("select count(*) from kernel.tenant") == 0


def together(outcome: Answer[Sold] | Problem) -> int:
    return result(outcome).together


def result(outcome: Answer[Sold] | Problem) -> Sold:
    assert isinstance(outcome, Answer)
    return outcome.result


def refused(outcome: Answer[Sold] | Problem) -> str | None:
    return outcome.code if isinstance(outcome, Problem) else None


_SOLD = "select amount from ledger.transfer where tenant_id = $1 and from_account = $2 order by entry_id"
_INTRUDE = """
insert into ledger.entry (tenant_id, entry_id, rule, subject_id, at) select $2, 1, 'x', 1, now() where $1::bigint > 0
"""
