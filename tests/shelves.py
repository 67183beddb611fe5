"""One tenant's stock on a real database, for tests: a distribution center, a store's shelves, and what lies there."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import msgspec
import pytest
from tests.book import NOON, Book, new_book
from tests.invariants import broken

from jiutong import ledger
from jiutong.capabilities import inventory
from jiutong.capabilities.inventory import LocationFacts, Paper, PaperLine
from jiutong.kernel import outbox
from jiutong.kernel.clock import SetClock
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, Flow, Runner
from jiutong.kernel.scope import Scope

OWNER, STORE, CHANNEL, OTHER = 11, 12, 13, 14
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


class Company(Shelves):
    """A tenant that trades: two sellers, a channel, a store, three SKUs, and the flows to work with."""

    runner: Runner

    async def found(self, admin_url: str) -> None:
        """Write who trades where, and what; the first seller sells it."""
        admin = await asyncpg.connect(admin_url)
        try:
            await admin.execute(_COMPANY.format(tenant=int(self.tenant_id)))
        finally:
            await admin.close()
        self.runner = Runner(self.database, SetClock(NOON), batches_in_flight=4)

    async def run(self, flow: Flow[Any, Any], command: msgspec.Struct, key: str | None = None) -> Any:
        """Do one command; a refusal is told, not raised."""
        try:
            return (await self.runner.run(flow, command, Scope(self.tenant_id, "staff:1", frozenset({"*"})), key)).result
        except Problem as refusal:
            return refusal

    async def cold(self, flow: Flow[Any, Any], wishes: Sequence[msgspec.Struct]) -> int:
        """The statements a batch costs a process that remembers nothing."""
        self.database.memory.clear()
        scope = Scope(self.tenant_id, "staff:1", frozenset({"*"}))
        async with self.writing() as tx:
            await flow.run(tx, [Call(wish, scope) for wish in wishes])
            if tx.events:
                await outbox.write(tx, tx.events, flow.name)
                tx.statements -= 1
            return tx.statements

    async def events(self, *types: str) -> list[tuple[object, ...]]:
        """(type, subject, facts) of what was announced."""
        found = await self.rows(_EVENTS, list(types))
        return [(type_, subject_id, msgspec.json.decode(str(facts))) for type_, subject_id, facts in found]


@pytest.fixture
async def company(database: Database, admin_url: str) -> AsyncIterator[Company]:
    """A company whose center and shop are made; every invariant holds at the end, whatever the test did."""
    book = await new_book(database, admin_url)
    made = Company(book.database, book.tenant_id)
    await made.found(admin_url)
    await made.furnish()
    yield made
    await made.runner.drain()
    assert await broken(database, made.tenant_id) == []


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
_EVENTS = """
select e.type, e.subject_id, e.facts from kernel.event e where e.tenant_id = $1 and e.type = any($2::text[]) order by e.event_id
"""
_COMPANY = f"""
insert into access.seller (tenant_id, seller_id, code, name, tax_inclusive)
values ({{tenant}}, {OWNER}, 'main', 'Main', true), ({{tenant}}, {OTHER}, 'other', 'Other', true);
insert into access.channel (tenant_id, channel_id, code, name, scene, currency, time_zone)
values ({{tenant}}, {CHANNEL}, 'mall', 'Mall', 'b2c.mall', 'CNY', 'Asia/Shanghai');
insert into access.store (tenant_id, store_id, channel_id, seller_id, code, name)
values ({{tenant}}, {STORE}, {CHANNEL}, {OWNER}, 's1', 'First');
insert into catalog.product (tenant_id, product_id, code, title, status, created_at, changed_at)
values ({{tenant}}, 1, 'p', 'P', 'published', now(), now());
insert into catalog.sku (tenant_id, sku_id, product_id, code, title)
values ({{tenant}}, {TEA}, 1, 'tea', 'Tea'), ({{tenant}}, {RICE}, 1, 'rice', 'Rice'), ({{tenant}}, {SALT}, 1, 'salt', 'Salt');
insert into catalog.listing (tenant_id, listing_id, sku_id, channel_id, seller_id, owner_id, tax_class)
select {{tenant}}, 100 + s, s, {CHANNEL}, {OWNER}, {OWNER}, 'standard' from unnest(array[{TEA}, {RICE}]) s;
insert into pricing.price_list (tenant_id, list_id, code, name, kind, currency) values ({{tenant}}, 1, 'base', 'Base', 'base', 'CNY');
insert into pricing.price (tenant_id, price_id, list_id, sku_id, amount, valid_from)
values ({{tenant}}, 1, 1, {TEA}, 113, '2020-01-01Z'), ({{tenant}}, 2, 1, {RICE}, 50, '2020-01-01Z');
insert into pricing.tax_rate (tenant_id, seller_id, tax_class, rate_bp, valid_from)
values ({{tenant}}, {OWNER}, 'standard', 1300, '2020-01-01Z')
"""
