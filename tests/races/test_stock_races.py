"""Many hands on the same shelf: receipts, adjustments, counts and holds that meet lose no unit."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from tests.book import database
from tests.races.waiting import blocked
from tests.shelves import OWNER, RICE, SALT, TEA, Company, Shelves, company, shelves

from jiutong import ledger
from jiutong.capabilities import inventory
from jiutong.capabilities.inventory import (
    AdjustmentLine,
    AdjustStock,
    CountLine,
    CountStock,
    Location,
    PaperLine,
    ReceiptLine,
    ReceiveStock,
)
from jiutong.flows.adjust_stock import adjust_stock
from jiutong.flows.count_stock import count_stock
from jiutong.flows.receive_stock import receive_stock
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem

pytestmark = pytest.mark.races
__all__ = ["company", "database", "shelves"]


async def test_no_unit_is_lost_whoever_writes_at_once(company: Company) -> None:
    """What is there at the end is what the accepted papers moved; nothing else moved it."""
    chance = Random(7)
    codes = ("tea", "rice", "salt")

    def some() -> list[tuple[str, int]]:
        return [(code, chance.randint(1, 5)) for code in chance.sample(codes, 2)]

    def receipt() -> ReceiveStock:
        return ReceiveStock("dc", tuple(ReceiptLine(*line) for line in some()), "main")

    def adjustment() -> AdjustStock:
        return AdjustStock("dc", tuple(AdjustmentLine(code, -units) for code, units in some()), "lost", "main")

    def count() -> CountStock:
        return CountStock("dc", tuple(CountLine(*line) for line in some()), "cycle", "main")

    work = [(receive_stock, receipt), (adjust_stock, adjustment), (count_stock, count)] * 12
    outcomes = await asyncio.gather(*(company.run(flow, wish()) for flow, wish in work))
    refused = {outcome.type for outcome in outcomes if isinstance(outcome, Problem)}
    assert refused <= {inventory.NOT_FREE}
    sums = await company.rows("select sku_id, sum(quantity)::bigint from inventory.movement_line where tenant_id = $1 group by 1")
    moved = {row[0]: row[1] for row in sums}
    shown = await company.stock(company.dc, TEA, RICE, SALT)
    assert shown == [(moved[sku_id], 0) for sku_id in (TEA, RICE, SALT)]


async def crossed(shelves: Shelves, first: Callable[[Tx], Awaitable[object]], second: Callable[[Tx], Awaitable[object]]) -> None:
    """`second` begins while `first` holds its locks, and ends after `first` has committed."""

    async def late() -> None:
        async with shelves.writing() as tx:
            await second(tx)

    async with shelves.writing() as tx:
        await first(tx)
        waiting = asyncio.create_task(late())
        while not await blocked(shelves.database):
            assert not waiting.done()
    await waiting


class TestCountMeets:
    async def test_a_hold_that_came_first(self, shelves: Shelves) -> None:
        """The count waits for the hold, and then sees that less is free than it would leave."""
        await shelves.receive(shelves.dc, (TEA, 9))
        verdicts: list[inventory.Corrected] = []

        async def hold(tx: Tx) -> None:
            claim = inventory.stock_claim(2, shelves.dc, OWNER, TEA, 6)
            assert (await ledger.hold(tx, [ledger.ClaimGroup(1001, (claim,))])).refused == {}

        async def count(tx: Tx) -> None:
            paper = shelves.paper("count", shelves.dc, PaperLine(TEA, counted=5))
            verdicts.append(await inventory.correct(tx, [paper]))

        await crossed(shelves, hold, count)
        assert [(one.free, one.held) for one in verdicts[0].refused.values()] == [(3, 6)]
        assert await shelves.stock(shelves.dc, TEA) == [(9, 6)]

    async def test_a_hold_that_comes_second(self, shelves: Shelves) -> None:
        """The hold waits for the count, and is served from what was found."""
        await shelves.receive(shelves.dc, (TEA, 9))
        refused: list[dict[int, ledger.Shortfall]] = []

        async def count(tx: Tx) -> None:
            paper = shelves.paper("count", shelves.dc, PaperLine(TEA, counted=5))
            assert (await inventory.correct(tx, [paper])).refused == {}

        async def hold(tx: Tx) -> None:
            claim = inventory.stock_claim(2, shelves.dc, OWNER, TEA, 6)
            refused.append((await ledger.hold(tx, [ledger.ClaimGroup(1001, (claim,))])).refused)

        await crossed(shelves, count, hold)
        assert [(one.wanted, one.free) for one in refused[0].values()] == [(6, 5)]
        assert await shelves.stock(shelves.dc, TEA) == [(5, 0)]

    async def test_a_receipt_that_came_first(self, shelves: Shelves) -> None:
        """The count says what lies there when it is decided: the receipt is part of it, not added to it."""
        await shelves.receive(shelves.dc, (TEA, 2))

        async def receive(tx: Tx) -> None:
            await inventory.receive(tx, [shelves.paper("receipt", shelves.dc, PaperLine(TEA, 3))])

        async def count(tx: Tx) -> None:
            await inventory.correct(tx, [shelves.paper("count", shelves.dc, PaperLine(TEA, counted=4))])

        await crossed(shelves, receive, count)
        assert await shelves.stock(shelves.dc, TEA) == [(4, 0)]

    async def test_the_first_receipt_of_a_sku(self, shelves: Shelves) -> None:
        """There is no account to lock yet: the second waits for the first to describe the stock."""

        async def receive(tx: Tx) -> None:
            await inventory.receive(tx, [shelves.paper("receipt", shelves.dc, PaperLine(TEA, 3))])

        async def count(tx: Tx) -> None:
            await inventory.correct(tx, [shelves.paper("count", shelves.dc, PaperLine(TEA, counted=4))])

        await crossed(shelves, receive, count)
        assert await shelves.stock(shelves.dc, TEA) == [(4, 0)]


class TestModeMeets:
    async def test_the_first_stock(self, shelves: Shelves) -> None:
        """Whoever changes a mode waits for the first booking, and then may not."""
        loose = Location(shelves.id(), "dc", "Center", "dc", False, None)
        outcomes: list[object] = []

        async def receive(tx: Tx) -> None:
            await inventory.receive(tx, [shelves.paper("receipt", shelves.dc, PaperLine(TEA, 3))])

        async def change(tx: Tx) -> None:
            outcomes.extend(await inventory.put_locations(tx, [loose]))

        await crossed(shelves, receive, change)
        assert [one.type for one in outcomes if isinstance(one, Problem)] == [inventory.MODE_FIXED]

    async def test_a_booking_that_believed_in_the_other_mode(self, shelves: Shelves) -> None:
        """The booking waits for the change, sees that it was wrong, and is run again."""
        loose = Location(shelves.id(), "dc", "Center", "dc", False, None)

        async def change(tx: Tx) -> None:
            await inventory.put_locations(tx, [loose])

        async def receive(tx: Tx) -> None:
            with pytest.raises(Again):
                await inventory.receive(tx, [shelves.paper("receipt", shelves.dc, PaperLine(TEA, 3))])

        await crossed(shelves, change, receive)
        assert await shelves.rows("select sku_id from inventory.stock where tenant_id = $1") == []


async def test_a_shortage_noted_beside_a_receipt_is_not_forgotten(shelves: Shelves) -> None:
    """The receipt waits for the sale's row, then covers it and settles it."""
    order_id = shelves.id()
    await shelves.receive(shelves.shop, (TEA, 1))

    async def sell(tx: Tx) -> None:
        posted = await ledger.post(tx, [ledger.Entry(order_id, "sale.rung", order_id, (inventory.issue(shelves.shop, OWNER, TEA, 3),))])
        await inventory.note_shortages(tx, [inventory.Issue(order_id, shelves.shop, OWNER, TEA, 3)], posted.below_zero)

    async def receive(tx: Tx) -> None:
        await inventory.receive(tx, [shelves.paper("receipt", shelves.shop, PaperLine(TEA, 2))])

    await crossed(shelves, sell, receive)
    assert await shelves.shortages() == [(TEA, order_id, 2, True)]
