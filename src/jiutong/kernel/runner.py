"""The only opener and committer: every write of the house goes through here.

Commands of the same flow and tenant that arrive while the previous batch commits run together as one plural call and
one commit (group commit): no timers, so a lone request waits for nobody. Each command is accepted or refused on its own.
A command's key, fingerprint and answer are written in the same transaction as its effect, so a retry - also after a
crash or a lost commit reply - finds either nothing or the finished answer.
"""

import asyncio
import hashlib
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import asyncpg
import msgspec
import structlog

from jiutong.kernel import ids, jobs, outbox
from jiutong.kernel.clock import Clock
from jiutong.kernel.db import CONTENDED, UNREACHABLE, Database, Tx, busy, unavailable
from jiutong.kernel.errors import INTERNAL, KEY_REUSED, OVERLOADED, Problem
from jiutong.kernel.scope import Scope

log = structlog.get_logger()
C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
_encode = msgspec.json.Encoder().encode
TRIES_MAX: Final = 8
WORTH_A_BATCH: Final = 32


class Call(msgspec.Struct, Generic[C], frozen=True):
    """One command and who gave it."""

    command: C
    scope: Scope


class Flow(msgspec.Struct, Generic[C, R], frozen=True):
    """A business process: a plural function from calls to results or refusals, in arrival order.

    Commands that name themselves (a till's receipt) are done once per tenant under the name `named_by` gives, whoever sends them.
    """

    name: str
    run: Callable[[Tx, Sequence[Call[C]]], Awaitable[list[R | Problem]]]
    gives: type[R]
    statements: int
    batch_max: int
    named_by: Callable[[C], str] | None = None


FLOWS: dict[str, Flow[Any, Any]] = {}


def flow(
    name: str, *, gives: type[R], statements: int, batch_max: int = 256, named_by: Callable[[C], str] | None = None
) -> Callable[[Callable[[Tx, Sequence[Call[C]]], Awaitable[list[R | Problem]]]], Flow[C, R]]:
    """Declare a flow. `statements` is its round-trip budget per batch, whatever the batch's size (a test holds it)."""

    def declare(run: Callable[[Tx, Sequence[Call[C]]], Awaitable[list[R | Problem]]]) -> Flow[C, R]:
        made = Flow(name, run, gives, statements, batch_max, named_by)
        FLOWS[name] = made
        return made

    return declare


class Answer(msgspec.Struct, Generic[R], frozen=True):
    """A flow's result for one command. `replayed` says that it had already been done under the same key."""

    result: R
    replayed: bool = False


class _Item(msgspec.Struct, Generic[C], eq=False):
    call: Call[C]
    key: bytes  # empty until a command without a key of its own is given one
    fingerprint: bytes
    done: asyncio.Future[Answer[Any] | Problem]


class _Lane:
    """The commands of one flow and tenant that wait for the next batch."""

    __slots__ = ("in_flight", "queue")

    def __init__(self) -> None:
        self.queue: deque[_Item[Any]] = deque()
        self.in_flight = 0


class Runner:
    """Runs flows. `batches_in_flight` bounds concurrent transactions per flow and tenant, `queue_max` those who wait."""

    def __init__(
        self, db: Database, clock: Clock, *, batch_max: int = 256, batches_in_flight: int = 2, queue_max: int = 4096, wait_s_max: int = 5
    ) -> None:
        self._db = db
        self.clock = clock
        self._batch_max = batch_max
        self._in_flight_max = batches_in_flight
        self._queue_max = queue_max
        self._wait_s_max = wait_s_max
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._running: dict[bytes, _Item[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.batches = self.commands = self.in_flight = 0  # batches begun, the commands in them, batches under way: for the meters

    @property
    def waiting(self) -> int:
        """Commands that wait for a batch."""
        return sum(len(lane.queue) for lane in self._lanes.values())

    async def run(self, flow: Flow[C, R], command: C, scope: Scope, key: str | None = None) -> Answer[R]:
        """Do `command` once and answer with its result; raise the Problem it was refused with.

        With `key` (the caller's idempotency key) a repeat answers the first result; the same key with another body is 422.
        503 `service.overloaded` when too many wait, 503 `service.unavailable` when the outcome could not be had in time.
        """
        item, joined = self._enlist(flow, Call(command, scope), key)
        if not joined:
            try:
                self._queue(flow, item)
            except Problem:
                self._running.pop(item.key, None)
                raise
        return _told_to(await self._outcome(item), joined)

    async def run_all(self, flow: Flow[C, R], calls: Sequence[Call[C]], keys: Sequence[str | None]) -> list[Answer[R] | Problem]:
        """Do many commands of one tenant as one batch (imports, sweeps); answers and refusals in the order given."""
        if len({call.scope.tenant_id for call in calls}) > 1:
            raise ValueError("a batch serves one tenant")
        enlisted: list[tuple[_Item[C], bool] | Problem] = []
        for call, key in zip(calls, keys, strict=True):
            try:
                enlisted.append(self._enlist(flow, call, key))
            except Problem as refusal:
                enlisted.append(refusal)
        mine = [one[0] for one in enlisted if not isinstance(one, Problem) and not one[1]]
        if mine:
            await self._batch(flow, mine)
        outcomes: list[Answer[R] | Problem] = []
        for one in enlisted:
            try:
                outcomes.append(one if isinstance(one, Problem) else _told_to(await self._outcome(one[0]), one[1]))
            except Problem as refusal:
                outcomes.append(refusal)
        return outcomes

    async def preview(self, flow: Flow[C, R], command: C, scope: Scope) -> R:
        """Dry run: do everything, tell the result, keep nothing."""
        # Outside the lanes and under no name: nobody may join what is not kept.
        item = _Item(Call(command, scope), b"", b"", asyncio.get_running_loop().create_future())
        await self._settle(flow, [item], keep=False)
        answer: Answer[R] = _told_to(item.done.result(), False)
        return answer.result

    async def preview_all(self, flow: Flow[C, R], calls: Sequence[Call[C]]) -> list[Answer[R] | Problem]:
        """Dry run of many commands of one tenant, in the order given: each sees what those before it would have done."""
        loop = asyncio.get_running_loop()
        items = [_Item(call, b"", b"", loop.create_future()) for call in calls]
        if items:
            await self._settle(flow, items, keep=False)
        return [item.done.result() for item in items]

    async def drain(self) -> None:
        """Wait for every batch that has started (graceful stop)."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _enlist(self, flow: Flow[Any, Any], call: Call[C], key: str | None) -> tuple[_Item[C], bool]:
        """The item of this command, and whether it is one that is under way already under the same key."""
        fingerprint = hashlib.blake2b(_encode(call.command), digest_size=16).digest()
        if flow.named_by is not None:
            key_hash = _key(flow.name, call.scope.tenant_id, "", flow.named_by(call.command))
        else:
            key_hash = b"" if key is None else _key(flow.name, call.scope.tenant_id, call.scope.actor, key)
        running = self._running.get(key_hash) if key_hash else None
        if running is not None:
            if running.fingerprint != fingerprint:
                raise _reused()
            return running, True
        item = _Item(call, key_hash, fingerprint, asyncio.get_running_loop().create_future())
        if key_hash:
            self._running[key_hash] = item
        return item, False

    def _queue(self, flow: Flow[Any, Any], item: _Item[Any]) -> None:
        # The loop is not kept waiting: whoever cannot be queued is told at once.
        tenant_id = item.call.scope.tenant_id
        lane = self._lanes.get((flow.name, tenant_id))
        if lane is None:
            lane = self._lanes[flow.name, tenant_id] = _Lane()
        if len(lane.queue) >= self._queue_max:
            raise busy(f"{len(lane.queue)} commands are already waiting")
        lane.queue.append(item)
        if len(lane.queue) in {1, WORTH_A_BATCH}:
            asyncio.get_running_loop().call_soon(self._pump, flow, lane)

    async def _outcome(self, item: _Item[Any]) -> Answer[Any] | Problem:
        try:
            async with asyncio.timeout(self._wait_s_max * 2):
                return await asyncio.shield(item.done)
        except TimeoutError:
            raise unavailable("no outcome within the time limit; repeat with the same Idempotency-Key to learn it") from None

    def _pump(self, flow: Flow[Any, Any], lane: _Lane) -> None:
        # A second batch starts beside a running one only when it is worth a transaction of its own.
        while lane.queue and (lane.in_flight == 0 or (lane.in_flight < self._in_flight_max and len(lane.queue) >= WORTH_A_BATCH)):
            size = min(len(lane.queue), self._batch_max, flow.batch_max)
            items = [lane.queue.popleft() for _ in range(size)]
            lane.in_flight += 1
            task = asyncio.create_task(self._batch(flow, items))
            self._tasks.add(task)
            task.add_done_callback(lambda task: self._landed(flow, lane, task))

    def _landed(self, flow: Flow[Any, Any], lane: _Lane, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        lane.in_flight -= 1
        self._pump(flow, lane)

    async def _batch(self, flow: Flow[Any, Any], items: list[_Item[Any]]) -> None:
        self.batches += 1
        self.commands += len(items)
        self.in_flight += 1
        try:
            await self._settle(flow, items)
        finally:
            self.in_flight -= 1
            for item in items:
                self._running.pop(item.key, None)
            # Only a batch that is being canceled leaves somebody without an answer: its commit may be under way.
            _answer(items, unavailable("the server is stopping; repeat with the same Idempotency-Key to learn the outcome"))

    async def _settle(self, flow: Flow[Any, Any], items: list[_Item[Any]], *, keep: bool = True) -> None:
        """Run a batch until it is committed, refused or given up. Tries are bounded and jittered."""
        give_up = asyncio.get_running_loop().time() + self._wait_s_max
        tries = 0
        while True:
            tries += 1
            try:
                await self._attempt(flow, items, keep=keep)
                return
            except _TakenMeanwhile:
                trouble = busy("the same keys are in use elsewhere")
            except CONTENDED as clash:
                log.info("flow.contended", flow=flow.name, size=len(items), tries=tries, why=type(clash).__name__)
                trouble = busy("others hold what this needs")
            except UNREACHABLE as lost:
                log.warning("flow.unreachable", flow=flow.name, size=len(items), tries=tries, why=repr(lost))
                trouble = unavailable("the database did not answer; repeat with the same Idempotency-Key")
            except asyncpg.UniqueViolationError as fault:
                # Another process may have done this very command; if so, its answer is there now.
                if tries > 1:
                    await self._apart(flow, items, fault, keep=keep)
                    return
                continue
            except Exception as fault:
                await self._apart(flow, items, fault, keep=keep)
                return
            if tries == TRIES_MAX or asyncio.get_running_loop().time() > give_up:
                _answer(items, trouble)
                return
            await asyncio.sleep(_pause_s(items[0].key, tries))

    async def _apart(self, flow: Flow[Any, Any], items: list[_Item[Any]], fault: Exception, *, keep: bool) -> None:
        """One command spoils no other: a batch that failed runs again in halves, until only the guilty one fails."""
        if isinstance(fault, Problem) and (len(items) == 1 or fault.type is OVERLOADED):
            _answer(items, fault)
        elif len(items) == 1:
            log.error("flow.failed", flow=flow.name, exc_info=fault)
            _answer(items, INTERNAL("the command was not carried out", request=items[0].call.scope.request_id))
        else:
            middle = len(items) // 2
            await self._settle(flow, items[:middle], keep=keep)
            await self._settle(flow, items[middle:], keep=keep)

    async def _attempt(self, flow: Flow[Any, Any], items: list[_Item[Any]], *, keep: bool) -> None:
        await self._db.ids.reserve(ids.BLOCK)
        for item in items:
            item.key = item.key or self._db.ids.mint().to_bytes(8)
        async with self._db.transaction(items[0].call.scope.tenant_id, self.clock.now()) as tx:
            outcomes = await _told(tx, flow, items)
            fresh = [item for item in items if item.key not in outcomes]
            if fresh:
                results = await flow.run(tx, [item.call for item in fresh])
                done = [(item, result) for item, result in zip(fresh, results, strict=True) if not isinstance(result, Problem)]
                if tx.events:
                    await outbox.write(tx, tx.events, flow.name)
                    await jobs.react(tx, tx.events)
                if done and keep:
                    await _tell(tx, flow, done)
                    await tx.commit()
                outcomes |= {item.key: r if isinstance(r, Problem) else Answer(r) for item, r in zip(fresh, results, strict=True)}
        for item in items:
            if not item.done.done():
                item.done.set_result(outcomes[item.key])


class _TakenMeanwhile(Exception):
    """A key of this batch was committed by somebody else after this batch looked: the answer is there now."""


def _key(flow: str, tenant_id: int, actor: str, key: str) -> bytes:
    return hashlib.blake2b(f"{tenant_id}\n{actor}\n{flow}\n{key}".encode(), digest_size=16).digest()


def _reused() -> Problem:
    return KEY_REUSED("use a new Idempotency-Key for a new request", pointer="/Idempotency-Key")


def _pause_s(key: bytes, tries: int) -> float:
    """Doubles with every try, and differs between batches so that those who clashed do not meet again."""
    return 0.005 * 2**tries * (1 + 3 * zlib.crc32(key, tries) / 2**32)


def _answer(items: Sequence[_Item[Any]], outcome: Problem) -> None:
    for item in items:
        if not item.done.done():
            item.done.set_result(outcome)


def _told_to(outcome: Answer[R] | Problem, joined: bool) -> Answer[R]:
    if isinstance(outcome, Problem):
        # Several callers may share one refusal; each raises it from its own place.
        raise outcome.with_traceback(None)
    return Answer(outcome.result, replayed=True) if joined else outcome


async def _told(tx: Tx, flow: Flow[Any, R], items: Sequence[_Item[Any]]) -> dict[bytes, Answer[R] | Problem]:
    """What was already answered under these keys."""
    rows = await tx.fetch(_TOLD, [item.key for item in items])
    if not rows:
        return {}
    fingerprints = {item.key: item.fingerprint for item in items}
    return {
        row["key"]: Answer(msgspec.json.decode(row["answer"], type=flow.gives), replayed=True)
        if row["fingerprint"] == fingerprints[row["key"]]
        else _reused()
        for row in rows
    }


async def _tell(tx: Tx, flow: Flow[Any, R], done: Sequence[tuple[_Item[Any], R]]) -> None:
    """Write the answers under their keys, last, so that a repeat costs one read. In key order: two batches cannot deadlock."""
    rows = sorted((item.key, item.fingerprint, _encode(result)) for item, result in done)
    written = await tx.count(_TELL, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], flow.name, tx.now)
    if written != len(rows):
        raise _TakenMeanwhile


_TOLD = """
select key, fingerprint, answer from kernel.idempotency where tenant_id = $1 and key = any($2::bytea[])
"""
_TELL = """
insert into kernel.idempotency (tenant_id, key, fingerprint, answer, flow, at)
select t.tenant_id, i.key, i.fingerprint, i.answer, $5, $6
  from kernel.tenant t, unnest($2::bytea[], $3::bytea[], $4::bytea[]) as i(key, fingerprint, answer)
 where t.tenant_id = $1
    on conflict (tenant_id, key) do nothing
"""
