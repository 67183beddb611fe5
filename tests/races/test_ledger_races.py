"""Sessions that meet in the book: no floor broken, nobody deadlocked, and the end is the sum of what was granted."""

import asyncio
from collections import Counter
from random import Random

import pytest
from tests.book import WORLD, Book

from jiutong.kernel.errors import Problem
from jiutong.ledger import HOLD_GONE, Account, Claim, ClaimGroup, Entry, HoldRef, Release, Shortfall, Transfer, account, hold, post, void

pytestmark = pytest.mark.races

SHELF = [account(f"stock:1:1:{sku}", f"sku:{sku}", 0) for sku in range(6)]
ONE = account("stock:1:1:99", "sku:99", 0)
SESSIONS = 8


class Session:
    """One of several that write at once. What it was granted is all that it may have changed."""

    def __init__(self, book: Book, seed: int) -> None:
        self.book = book
        self.random = Random(seed)
        self.granted: Counter[Account] = Counter()
        self.held: list[ClaimGroup] = []

    async def run(self, batches: int) -> None:
        for _ in range(batches):
            await self.random.choice([self.take, self.take, self.sell, self.ship, self.give_back])()

    async def take(self) -> None:
        groups = [
            ClaimGroup(self.book.id(), tuple(Claim(self.book.id(), from_, WORLD, n) for from_, n in self._some()))
            for _ in range(self.random.randint(1, 5))
        ]
        async with self.book.writing() as tx:
            refused = (await hold(tx, groups)).refused
        for i, group in enumerate(groups):
            if i not in refused:
                self.held.append(group)
                self.granted.update({c.from_: c.amount for c in group.claims})

    async def sell(self) -> None:
        """Some leave, some come back."""
        entries = [
            Entry(self.book.id(), "moved", 0, tuple(Transfer(*self.random.choice([(at, WORLD), (WORLD, at)]), n) for at, n in self._some()))
            for _ in range(self.random.randint(1, 5))
        ]
        async with self.book.writing() as tx:
            refused = (await post(tx, entries)).refused
        for i, entry in enumerate(entries):
            if i not in refused:
                for t in entry.transfers:
                    self.granted[t.from_] += t.amount
                    self.granted[t.to] -= t.amount

    async def ship(self) -> None:
        groups = self._drop_some()
        async with self.book.writing() as tx:
            posted = await post(
                tx,
                [
                    Entry(
                        g.group_id,
                        "shipped",
                        0,
                        tuple(Transfer(c.from_, WORLD, c.amount, HoldRef(g.group_id, c.hold_id)) for c in g.claims),
                    )
                    for g in groups
                ],
            )
        assert posted.refused == {}

    async def give_back(self) -> None:
        groups = self._drop_some()
        async with self.book.writing() as tx:
            await void(tx, [Release(group.group_id) for group in groups], {})
        for group in groups:
            self.granted.subtract({claim.from_: claim.amount for claim in group.claims})

    def _some(self) -> list[tuple[Account, int]]:
        return [(at, self.random.randint(1, 4)) for at in self.random.sample(SHELF, self.random.randint(1, 4))]

    def _drop_some(self) -> list[ClaimGroup]:
        self.random.shuffle(self.held)
        dropped, self.held = self.held[:3], self.held[3:]
        return dropped


@pytest.mark.parametrize("seed", range(2))
async def test_sessions_in_any_order_end_at_the_sum_of_what_they_were_granted(book: Book, seed: int) -> None:
    await book.give(*((at, 60) for at in SHELF))
    sessions = [Session(book, seed * SESSIONS + n) for n in range(SESSIONS)]
    await asyncio.gather(*(session.run(50) for session in sessions))
    shown = await book.shows(*SHELF)
    assert [posted - held for posted, held in shown] == [60 - sum(session.granted[at] for session in sessions) for at in SHELF]
    assert [held for _, held in shown] == [
        sum(c.amount for session in sessions for group in session.held for c in group.claims if c.from_ is at) for at in SHELF
    ]


@pytest.mark.parametrize(("amount", "sold", "rest"), [(1, 100, 0), (3, 33, 1)])
async def test_the_last_units_are_sold_once(book: Book, amount: int, sold: int, rest: int) -> None:
    await book.give((ONE, 100))
    outcomes: list[Shortfall | None] = []

    async def buyer() -> None:
        for _ in range(4):
            held = await book.hold(ClaimGroup(book.id(), (Claim(book.id(), ONE, WORLD, amount),)))
            outcomes.append(held.refused.get(0))

    await asyncio.gather(*(buyer() for _ in range(64)))
    assert Counter(outcomes) == {None: sold, Shortfall(ONE, amount, rest): 256 - sold}
    assert await book.shows(ONE) == [(100, sold * amount)]


async def test_a_shipment_and_a_release_meet_at_one_order(book: Book) -> None:
    """Both want the hold and its accounts; one of them gets both."""
    await book.give(*((at, 1000) for at in SHELF))
    outcomes: Counter[str] = Counter()

    async def ship(group: ClaimGroup) -> None:
        transfers = tuple(Transfer(c.from_, WORLD, c.amount, HoldRef(group.group_id, c.hold_id)) for c in group.claims)
        try:
            await book.post(Entry(book.id(), "shipped", 0, transfers))
            outcomes["shipped"] += 1
        except Problem as late:
            outcomes[late.code] += 1

    async def release(group: ClaimGroup) -> None:
        given = await book.void(Release(group.group_id))
        assert given in ({}, {HoldRef(group.group_id, c.hold_id): c.amount for c in group.claims})
        outcomes["given back" if given else "nothing left"] += 1

    for _ in range(60):
        group = ClaimGroup(book.id(), tuple(Claim(book.id(), at, WORLD, 1) for at in SHELF))
        await book.hold(group)
        await asyncio.gather(release(group), ship(group))
    assert outcomes["shipped"] == outcomes["nothing left"]
    assert outcomes["given back"] == outcomes[HOLD_GONE.code]
    assert outcomes["shipped"] + outcomes["given back"] == 60


async def test_two_shipments_of_the_same_orders_in_opposite_order_both_leave(book: Book) -> None:
    await book.give((ONE, 6000))
    for _ in range(10):
        groups = [ClaimGroup(book.id(), (Claim(book.id(), ONE, WORLD, 2),)) for _ in range(200)]
        await book.hold(*groups)
        half = [Transfer(ONE, WORLD, 1, HoldRef(group.group_id, group.claims[0].hold_id)) for group in groups]
        await asyncio.gather(
            book.post(*(Entry(book.id(), "shipped", 0, (transfer,)) for transfer in half)),
            book.post(*(Entry(book.id(), "shipped", 0, (transfer,)) for transfer in reversed(half))),
        )
    assert await book.shows(ONE) == [(6000 - 10 * 200 * 2, 0)]


async def test_two_batches_book_one_fact_once(book: Book) -> None:
    entry = Entry(book.id(), "moved", 0, (Transfer(WORLD, ONE, 1),))
    outcomes = await asyncio.gather(*(book.post(entry) for _ in range(SESSIONS)), return_exceptions=True)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Posted": 1, "UniqueViolationError": SESSIONS - 1}
    assert await book.shows(ONE) == [(1, 0)]
