"""One tenant's stock on a real database, for tests: a distribution center, a store's shelves, and what lies there."""

from collections.abc import AsyncIterator, Sequence

import pytest
from tests.book import Book, new_book
from tests.invariants import broken

from jiutong import ledger
from jiutong.capabilities import inventory
from jiutong.capabilities.inventory import LocationFacts, Paper, PaperLine
from jiutong.kernel.db import Database

OWNER, STORE, CHANNEL = 11, 12, 13
TEA, RICE, SALT = 21, 22, 23


class Shelves(Book):
    """The inventory room of one tenant. `dc` is strict; `shop`, the shelves of a store, records shortages."""

    dc: LocationFacts
    shop: LocationFacts

    async def furnish(self) -> None:
        """Make the locations."""
        async with self.writing() as tx:
            wanted = [
                inventory.Location(self.id(), "dc", "Center", "dc", True, None),
                inventory.Location(self.id(), "shop", "Shop", "store", False, STORE),
            ]
            await inventory.put_locations(tx, wanted)
        async with self.writing() as tx:
            found = await inventory.locations(tx, ["dc", "shop"])
        self.dc, self.shop = found["dc"], found["shop"]

    def paper(self, kind: str, at: LocationFacts, *lines: PaperLine, reason: str = "test") -> Paper:
        return Paper(self.id(), kind, at, OWNER, reason, "", "staff:1", lines)

    async def receive(self, at: LocationFacts, *amounts: tuple[int, int]) -> Paper:
        """Goods come in: (SKU, units)."""
        paper = self.paper("receipt", at, *(PaperLine(sku_id, units) for sku_id, units in amounts))
        async with self.writing() as tx:
            await inventory.receive(tx, [paper])
        return paper

    async def correct(self, *papers: Paper) -> inventory.Corrected:
        async with self.writing() as tx:
            return await inventory.correct(tx, papers)

    async def count(self, at: LocationFacts, *counts: tuple[int, int]) -> inventory.Corrected:
        """A count finds: (SKU, units)."""
        return await self.correct(self.paper("count", at, *(PaperLine(sku_id, counted=units) for sku_id, units in counts)))

    async def adjust(self, at: LocationFacts, *changes: tuple[int, int]) -> inventory.Corrected:
        return await self.correct(self.paper("adjustment", at, *(PaperLine(sku_id, units) for sku_id, units in changes)))

    async def claim(self, at: LocationFacts, sku_id: int, units: int) -> ledger.HoldRef:
        """An order holds units."""
        order_id, line_id = self.id(), self.id()
        claim = inventory.stock_claim(line_id, at, OWNER, sku_id, units)
        assert (await self.hold(ledger.ClaimGroup(order_id, (claim,)))).refused == {}
        return ledger.HoldRef(order_id, line_id)

    async def sell(self, at: LocationFacts, sku_id: int, units: int) -> int:
        """A till sells units; the order's id."""
        order_id = self.id()
        async with self.writing() as tx:
            await inventory.know(tx, [(at, OWNER, sku_id)])
            posted = await ledger.post(tx, [ledger.Entry(order_id, "sale.rung", order_id, (inventory.issue(at, OWNER, sku_id, units),))])
            await inventory.note_shortages(tx, [inventory.Issue(order_id, at, OWNER, sku_id, units)], posted.below_zero)
        return order_id

    async def stock(self, at: LocationFacts, *sku_ids: int) -> list[tuple[int, int]]:
        """(posted, held) of SKUs."""
        return await self.shows(*(inventory.stock_account(at, OWNER, sku_id) for sku_id in sku_ids))

    async def shortages(self) -> Sequence[tuple[object, ...]]:
        """(SKU, order, below zero, settled) in the order they were noted."""
        return await self.rows(_SHORTAGES)


async def new_shelves(database: Database, admin_url: str) -> Shelves:
    book = await new_book(database, admin_url)
    made = Shelves(book.database, book.tenant_id)
    await made.furnish()
    return made


@pytest.fixture
async def shelves(database: Database, admin_url: str) -> AsyncIterator[Shelves]:
    """The stock of a new tenant; every invariant holds at the end, whatever the test did."""
    made = await new_shelves(database, admin_url)
    yield made
    assert await broken(database, made.tenant_id) == []


_SHORTAGES = """
select s.sku_id, s.subject_id, s.below_zero, s.resolved_at is not null
  from inventory.shortage s where s.tenant_id = $1 order by s.shortage_id
"""
