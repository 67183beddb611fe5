"""The book against a plain model of it: any sequence of verbs, and after every step the same balances and a sound book."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import asyncpg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from tests.book import FAULTS, NOON, WORLD, new_book

from jiutong import ledger
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.ledger import Account, Claim, ClaimGroup, Entry, HoldRef, Release, Shortfall, Transfer, account

T = TypeVar("T")
STRICT = [account(f"stock:1:1:{sku}", "POINT", 0) for sku in (1, 2)]
SAFETY = account("stock:1:1:3", "POINT", 5)
CREDIT = account("credit:1", "POINT", -10)
LOOSE = account("stock:2:1:1", "POINT", None)
POINTS = [*STRICT, SAFETY, CREDIT, LOOSE]
MONEY = [account(f"revenue:1:{place}:today", "CNY") for place in (1, 2)] + [account("clearing:cash:1:today", "CNY")]

amounts = st.integers(1, 12)
claims = st.lists(st.tuples(st.sampled_from(POINTS), amounts), min_size=1, max_size=3)
legs = st.one_of(
    st.tuples(st.permutations([STRICT[0], WORLD]), amounts),
    st.tuples(st.permutations([*POINTS, WORLD]), amounts),
    st.tuples(st.permutations(MONEY), amounts),
)


@dataclass
class PlainHold:
    from_: Account
    amount: int
    expires: bool
    posted: int = 0
    voided: int = 0

    @property
    def open(self) -> int:
        return self.amount - self.posted - self.voided


@dataclass
class PlainBook:
    """What the book promises, said the slow way: one command after the other, one account after the other."""

    posted: dict[str, int] = field(default_factory=dict)
    holds: dict[HoldRef, PlainHold] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)

    def held(self, account_: Account) -> int:
        return sum(hold.open for hold in self.holds.values() if hold.from_ is account_)

    def left(self, account_: Account) -> int:
        return self.posted.get(account_.code, 0) - self.held(account_)

    def short(self, wanted: dict[str, tuple[Account, int]]) -> Shortfall | None:
        for account_, amount in wanted.values():
            free = self.left(account_) - (account_.floor or 0)
            if account_.floor is not None and 0 < amount > free:
                return Shortfall(account_, amount, max(free, 0))
        return None

    def hold(self, group: ClaimGroup) -> Shortfall | None:
        wanted: dict[str, tuple[Account, int]] = {}
        for claim in group.claims:
            wanted[claim.from_.code] = (claim.from_, wanted.get(claim.from_.code, (None, 0))[1] + claim.amount)
        if (short := self.short(wanted)) is None:
            for claim in group.claims:
                self.holds[HoldRef(group.group_id, claim.hold_id)] = PlainHold(claim.from_, claim.amount, group.expires_at is not None)
        return short

    def post(self, entry: Entry) -> Shortfall | None:
        wanted: dict[str, tuple[Account, int]] = {}
        for t in entry.transfers:
            for account_, amount in ((t.from_, 0 if t.settles else t.amount), (t.to, -t.amount)):
                if account_.tracked:
                    wanted[account_.code] = (account_, wanted.get(account_.code, (None, 0))[1] + amount)
        if (short := self.short(wanted)) is None:
            self.entries[entry.entry_id] = entry
            for t in entry.transfers:
                self.posted[t.from_.code] = self.posted.get(t.from_.code, 0) - t.amount
                self.posted[t.to.code] = self.posted.get(t.to.code, 0) + t.amount
                if t.settles:
                    self.holds[t.settles].posted += t.amount
        return short

    def below_zero(self, entries: list[Entry]) -> dict[int, int]:
        touched = [account_ for entry in entries for t in entry.transfers for account_ in (t.from_, t.to)]
        return {a.account_id: self.left(a) for a in touched if a.tracked and a.floor is None and self.left(a) < 0}


class BookAgainstModel(RuleBasedStateMachine):
    """Batches of commands, some of them refused, against the same commands one by one."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    admin_url: ClassVar[str]

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    @initialize(stock=st.lists(st.integers(0, 12), min_size=4, max_size=4))
    def stocked(self, stock: list[int]) -> None:
        self.book = self.run(new_book(self.database, self.admin_url))
        self.plain = PlainBook()
        self._book_entries(
            [Entry(self.book.id(), "given", 0, (Transfer(WORLD, to, n),)) for to, n in zip(POINTS, stock, strict=False) if n]
        )

    @rule(wishes=st.lists(claims, min_size=1, max_size=5), expires=st.booleans())
    def hold(self, wishes: list[list[tuple[Account, int]]], expires: bool) -> None:
        at = NOON + timedelta(hours=1) if expires else None
        groups = [
            ClaimGroup(self.book.id(), tuple(Claim(self.book.id(), from_, WORLD, amount) for from_, amount in wish), at) for wish in wishes
        ]
        expected = {i: short for i, group in enumerate(groups) if (short := self.plain.hold(group))}
        assert self.run(self.book.hold(*groups)) == ledger.Held(expected)

    @rule(facts=st.lists(st.lists(legs, max_size=3), min_size=1, max_size=6))
    def post(self, facts: list[list[tuple[list[Account], int]]]) -> None:
        self._book_entries(
            [Entry(self.book.id(), "moved", 1, tuple(Transfer(two[0], two[1], amount) for two, amount in fact)) for fact in facts]
        )

    @precondition(lambda self: any(hold.open for hold in self.plain.holds.values()))
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        """Several parts of one hold in one batch, beside something that may be refused."""
        ref, hold = data.draw(st.sampled_from([(ref, hold) for ref, hold in self.plain.holds.items() if hold.open]))
        first = data.draw(st.integers(1, hold.open))
        rest = data.draw(st.integers(0, hold.open - first))
        others = data.draw(st.lists(st.one_of(legs, st.tuples(st.just([SAFETY, WORLD]), st.integers(20, 40))), max_size=1))
        parts = [(Transfer(hold.from_, WORLD, first, ref), *(Transfer(two[0], two[1], n) for two, n in others))]
        if rest:
            parts.append((Transfer(hold.from_, WORLD, rest, ref),))
        self._book_entries([Entry(self.book.id(), "settled", 2, transfers) for transfers in parts])

    @precondition(lambda self: self.plain.holds)
    @rule(data=st.data())
    def void_group(self, data: st.DataObject) -> None:
        group_id = data.draw(st.sampled_from(list(self.plain.holds))).group_id
        expected = {ref: hold.open for ref, hold in self.plain.holds.items() if ref.group_id == group_id and hold.open}
        assert self.run(self.book.void(Release(group_id))) == expected
        for ref, amount in expected.items():
            self.plain.holds[ref].voided += amount

    @precondition(lambda self: any(hold.open for hold in self.plain.holds.values()))
    @rule(data=st.data(), again=st.booleans())
    def void_parts(self, data: st.DataObject, again: bool) -> None:
        ref, hold = data.draw(st.sampled_from([(ref, hold) for ref, hold in self.plain.holds.items() if hold.open]))
        part = data.draw(st.integers(1, hold.open))
        releases = [Release(ref.group_id, ref.hold_id, part)]
        if again and part < hold.open:
            releases.append(Release(ref.group_id, ref.hold_id))
            part = hold.open
        assert self.run(self.book.void(*releases)) == {ref: part}
        hold.voided += part

    @precondition(lambda self: self.plain.holds)
    @rule(data=st.data())
    def keep(self, data: st.DataObject) -> None:
        group_id = data.draw(st.sampled_from(list(self.plain.holds))).group_id
        kept = [hold for ref, hold in self.plain.holds.items() if ref.group_id == group_id and hold.open]
        assert self.run(self.book.keep(group_id)) == len(kept)
        for hold in kept:
            hold.expires = False

    @precondition(lambda self: self.plain.entries)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(list(self.plain.entries.values())))
        undone = any(other.reverses == entry.entry_id for other in self.plain.entries.values())
        opposite = tuple(Transfer(t.to, t.from_, t.amount) for t in entry.transfers)
        undo = Entry(self.book.id(), entry.rule, entry.subject_id, opposite, entry.entry_id)
        if undone:
            short = PlainBook.post(self._copy(), undo)
            if short is None:
                with pytest.raises(asyncpg.UniqueViolationError, match="entry_reversed_once"):
                    self.run(self.book.reverse((undo.entry_id, entry.entry_id)))
            return
        short = self.plain.post(undo)
        expected = ledger.Posted({} if short is None else {0: short}, {} if short else self.plain.below_zero([undo]))
        assert self.run(self.book.reverse((undo.entry_id, entry.entry_id))) == expected

    @precondition(lambda self: self.plain.holds and self.plain.entries)
    @rule(data=st.data(), more=st.integers(1, 3))
    def mistakes(self, data: st.DataObject, more: int) -> None:
        """Settle or give back more than is open, book a fact twice: all refused, and nothing changes."""
        ref, hold = data.draw(st.sampled_from(list(self.plain.holds.items())))
        known = data.draw(st.sampled_from(list(self.plain.entries)))
        with hold_gone():
            self.run(self.book.post(Entry(self.book.id(), "settled", 2, (Transfer(hold.from_, WORLD, hold.open + more, ref),))))
        with hold_gone():
            self.run(self.book.void(Release(ref.group_id, ref.hold_id, hold.open + more)))
        with pytest.raises(asyncpg.UniqueViolationError, match="entry_pkey"):
            self.run(self.book.post(Entry(known, "moved", 1, (Transfer(WORLD, LOOSE, 1),))))

    @invariant()
    def the_book_shows_what_the_model_says(self) -> None:
        shown, holds, faults = self.run(self._shown())
        assert shown == [(self.plain.posted.get(a.code, 0), self.plain.held(a)) for a in (*POINTS, *MONEY)]
        assert holds == sorted((r.group_id, r.hold_id, h.amount, h.posted, h.voided, h.expires) for r, h in self.plain.holds.items())
        assert faults == []

    async def _shown(self) -> tuple[list[tuple[int, int]], list[tuple[object, ...]], list[tuple[object, ...]]]:
        async with self.database.reading(self.book.tenant_id, NOON) as tx:
            found = await ledger.balances(tx, [*POINTS, *MONEY])
            holds = [tuple(row) for row in await tx.fetch(_HOLDS)]
            faults = [tuple(row) for row in await tx.fetch(FAULTS)]
        return [(balance.posted, balance.held) for balance in found.values()], holds, faults

    def _book_entries(self, entries: list[Entry]) -> None:
        refused = {i: short for i, entry in enumerate(entries) if (short := self.plain.post(entry))}
        below_zero = self.plain.below_zero([entry for i, entry in enumerate(entries) if i not in refused])
        assert self.run(self.book.post(*entries)) == ledger.Posted(refused, below_zero)

    def _copy(self) -> PlainBook:
        return PlainBook(dict(self.plain.posted), dict(self.plain.holds), dict(self.plain.entries))


@contextmanager
def hold_gone() -> Iterator[None]:
    with pytest.raises(Problem) as refused:
        yield
    assert refused.value.type is ledger.HOLD_GONE


def test_the_book_does_what_the_model_says(database_url: str, admin_url: str) -> None:
    with asyncio.Runner() as runner:
        database = Database(database_url, hot=1, read=1, wait_s_max=5)
        runner.run(database.open())
        BookAgainstModel.runner, BookAgainstModel.database, BookAgainstModel.admin_url = runner, database, admin_url
        try:
            examples = settings().max_examples // 4  # each of them is a story of 25 steps on a real database
            run_state_machine_as_test(BookAgainstModel, settings=settings(max_examples=examples, stateful_step_count=25))
        finally:
            runner.run(database.close())


_HOLDS = """
select group_id, hold_id, amount, posted, voided, expires_at is not null from ledger.hold where tenant_id = $1 order by 1, 2
"""
