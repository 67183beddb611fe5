"""A world with something to sell, for tests of the checkout and the till.

The mall and the stores sell acme's goods in dollars, tax on top; the markt sells berlin's in euros, tax contained.

| SKU  | sold by      | price (minor units)                    | tax    | barcode       | stock: dc1, s1, s2 |
|------|--------------|----------------------------------------|--------|---------------|--------------------|
| tea  | the piece    | 1999, from 10 on 1800; 2150 in euros   | 8.25 % | 4006381333931 | 100, 20, 20        |
| rice | the gram     | 250 per 1000 g                         | 2 %    |               | 50000, 20000, 20000|
| salt | the piece    | 50; in the stores 55; 40 in euros      | 8.25 % |               | 100, 20, 20        |
| free | the piece    | 0                                      | 8.25 % |               | 100, 20, 20        |
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
import pytest
from tests.world import NOON, Served, World, new_world

from jiutong import ledger
from jiutong.capabilities import access, inventory
from jiutong.capabilities.catalog import MoveProduct, PutProduct, PutSku
from jiutong.capabilities.inventory import NamedLocation, NamedSources, PutLocation, ReceiptLine, ReceiveStock
from jiutong.capabilities.pricing import SetPrice, SetTaxRate
from jiutong.flows import checkout, till_sale
from jiutong.flows.checkout import LineWish, Placed, PlaceOrder
from jiutong.flows.counter import TenderLaid, TillLine, TillSale
from jiutong.flows.maintain_access import put_channel, put_device, put_seller, put_store
from jiutong.flows.maintain_catalog import MoveProducts, PutListing, PutListings, PutProducts, move_products, put_listings, put_products
from jiutong.flows.maintain_locations import put_location, set_sources
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, SetTaxRates, put_lists, set_prices, set_tax_rates
from jiutong.flows.receive_stock import receive_stock
from jiutong.flows.till_sale import Rung
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Answer, Call, Flow, Runner
from jiutong.kernel.scope import Scope

C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
BARCODE = "4006381333931"
SKUS = ("tea", "rice", "salt", "free")


class Shop:
    """The checkout and the tills of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.house = world.served.house
        self.clock = world.served.clock
        self.tenant_id = world.tenant.tenant_id
        self.clerk = Scope(self.tenant_id, "staff:7", frozenset({"order:place", "till:sell"}))
        self.boss = Scope(self.tenant_id, "staff:1", frozenset({"*"}))

    async def stock_up(self) -> None:
        """Everything in the table above."""
        run = self.world.run
        skus = {
            code: PutSku(code, gtins=(BARCODE,) if code == "tea" else (), base_unit="g" if code == "rice" else "piece") for code in SKUS
        }
        await run(put_products, PutProducts(tuple(PutProduct(title=code.title(), code=code, skus=(sku,)) for code, sku in skus.items())))
        for to in ("audit", "published"):
            await run(move_products, MoveProducts(tuple(MoveProduct(code, to) for code in SKUS)))
        await run(put_seller, access.Put("berlin", access.Seller(name="Berlin", tax_inclusive=True)))
        markt = access.Channel(name="Markt", scene="b2c.mall", currency="EUR", time_zone="Europe/Berlin")
        await run(put_channel, access.Put("markt", markt))
        await run(put_location, NamedLocation("dc2", PutLocation(name="Lager", kind="dc", mode="strict")))
        await run(set_sources, NamedSources("markt", ("dc2",)))
        tax = {"rice": "low"}
        listings = [PutListing(code, channel, "acme", tax.get(code, "full")) for code in SKUS for channel in ("mall", "stores")]
        listings += [PutListing(code, "markt", "berlin", "full") for code in ("tea", "salt")]
        await run(put_listings, PutListings(tuple(listings)))
        lists = (("base", "USD", None), ("stores", "USD", "stores"), ("euro", "EUR", None))
        await run(put_lists, PutPriceLists(tuple(PutPriceList(code, code, currency, channel) for code, currency, channel in lists)))
        await self.price(
            since("tea", 1999), since("tea", 1800, min_quantity=10), since("rice", 250, 1000), since("salt", 50), since("free", 0)
        )
        await self.price(since("salt", 55), on="stores")
        await self.price(since("tea", 2150), since("salt", 40), on="euro")
        for seller, full in (("acme", 825), ("berlin", 1900)):
            await run(set_tax_rates, SetTaxRates(seller, (SetTaxRate("full", full), SetTaxRate("low", 200))))
        for at, much in (("dc1", 100), ("s1", 20), ("s2", 20)):
            await self.receive(at, ("tea", much), ("rice", 50_000 if at == "dc1" else 20_000), ("salt", much), ("free", much))
        await self.receive("dc2", ("tea", 100), ("salt", 100), owner="berlin")

    async def price(self, *prices: SetPrice, on: str = "base") -> None:
        """Let prices begin."""
        await self.world.run(set_prices, SetPrices(on, prices))

    async def receive(self, at: str, *units: tuple[str, int], owner: str = "acme") -> None:
        """Goods come in."""
        await self.world.run(receive_stock, ReceiveStock(at, tuple(ReceiptLine(sku, much) for sku, much in units), owner))

    async def strict_store(self, *units: tuple[str, int]) -> None:
        """Store `s3` with till `t1`, whose shelves never promise more than they have: these goods."""
        await self.world.run(put_store, access.Put("s3", access.Store(name="3", channel="stores", seller="acme")))
        await self.world.run(put_location, NamedLocation("s3", PutLocation(name="3", kind="store", mode="strict", store="s3")))
        await self.world.run(put_device, access.PutDevice("s3", "t1", access.Device()))
        await self.receive("s3", *units)

    async def do(self, flow: Flow[C, R], command: C, key: str | None = None, by: Scope | None = None) -> R | Problem:
        """Do a command; a refusal is told, not raised."""
        try:
            return (await self.house.runner.run(flow, command, by or self.clerk, key)).result
        except Problem as refusal:
            return refusal

    async def do_all(
        self, flow: Flow[C, R], commands: Sequence[C], keys: Sequence[str | None] | None = None, by: Scope | None = None
    ) -> list[R | Problem]:
        """Do commands as one batch, as far as the flow takes them at once."""
        outcomes: list[Answer[R] | Problem] = []
        for first in range(0, len(commands), flow.batch_max):
            calls = [Call(one, by or self.clerk) for one in commands[first : first + flow.batch_max]]
            outcomes += await self.house.runner.run_all(flow, calls, keys or [None] * len(calls))
        return [one.result if isinstance(one, Answer) else one for one in outcomes]

    async def place(self, wish: PlaceOrder, key: str | None = None, by: Scope | None = None) -> Placed | Problem:
        """Place a basket."""
        return await self.do(checkout.place, wish, key, by)

    async def placed(self, wish: PlaceOrder, key: str | None = None, by: Scope | None = None) -> Placed:
        """A basket that is placed for certain."""
        told = await self.place(wish, key, by)
        assert isinstance(told, Placed), told
        return told

    async def quote(self, *wishes: PlaceOrder, by: Scope | None = None) -> list[Placed | Problem]:
        """What these baskets would come to."""
        async with self.house.db.reading(self.tenant_id, self.clock.now()) as tx:
            return await checkout.quote(tx, [Call(wish, by or self.clerk) for wish in wishes])

    async def ring(self, sale: TillSale, by: Scope | None = None) -> Rung | Problem:
        """Ring up a receipt."""
        return await self.do(till_sale.till_sale, sale, None, by)

    async def rung(self, sale: TillSale, by: Scope | None = None) -> Rung:
        """A receipt that is booked for certain."""
        told = await self.ring(sale, by)
        assert isinstance(told, Rung), told
        return told

    async def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """What a statement sees of this tenant; `$1` is the tenant."""
        return await self.world.rows(sql, *args)

    async def id_of(self, table: str, code: str) -> int:
        """The id behind a code, e.g. of `access.channel`."""
        ((id_,),) = await self.rows(f"select {table.partition('.')[2]}_id from {table} where tenant_id = $1 and code = $2", code)
        return int(id_)

    async def stock(self, at: str, *skus: str, owner: str = "acme") -> list[tuple[int, int]]:
        """(posted, held) of SKUs at a location."""
        ids = dict(await self.rows("select code, sku_id from catalog.sku where tenant_id = $1"))
        owner_id = await self.id_of("access.seller", owner)
        async with self.house.db.reading(self.tenant_id, self.clock.now()) as tx:
            place = (await inventory.locations(tx, [at]))[at]
            accounts = [inventory.stock_account(place, owner_id, ids[sku]) for sku in skus]
            found = await ledger.balances(tx, accounts)
        return [(found[a.account_id].posted, found[a.account_id].held) for a in accounts]

    async def money(self, subject_id: int) -> list[tuple[str, str, int]]:
        """What was posted in money about a subject: (from kind, to kind, amount)."""
        return await self.rows(_MONEY, subject_id)


def since(sku: str, amount: int, per: int = 1, min_quantity: int = 1) -> SetPrice:
    """A price in force for a week."""
    return SetPrice(sku, amount, per, min_quantity, NOON - timedelta(days=7))


def basket(*lines: tuple[str, int], channel: str = "mall", **other: Any) -> PlaceOrder:
    """A basket in the mall: (SKU, base units) and whatever else is said of it."""
    return PlaceOrder(channel=channel, lines=tuple(LineWish(sku, units) for sku, units in lines), **other)


def receipt(no: str, *lines: tuple[str, int] | TillLine, paid: int | Sequence[tuple[str, int]] = (), **other: Any) -> TillSale:
    """A receipt of till t1 in store s1: (SKU, base units), and the tenders laid down (an amount alone is cash)."""
    tenders = [("cash", paid)] if isinstance(paid, int) else paid
    scanned = tuple(line if isinstance(line, TillLine) else TillLine(*line) for line in lines)
    named: dict[str, Any] = {"store": "s1", "device": "t1"} | other
    return TillSale(receipt_no=no, lines=scanned, tenders=tuple(TenderLaid(*one) for one in tenders), **named)


def refused(told: object) -> tuple[str, str]:
    """The code of a refusal, and the pointer to the field."""
    assert isinstance(told, Problem), told
    return told.code, told.errors[0].pointer if told.errors else ""


async def new_shop(served: Served, admin_url: str) -> Shop:
    """A shop of a tenant of its own."""
    made = Shop(await new_world(served, admin_url))
    await made.stock_up()
    return made


@pytest.fixture
async def shop(world: World) -> Shop:
    """A shop of its own; the world it lies in checks every invariant at the end."""
    made = Shop(world)
    await made.stock_up()
    return made


@pytest.fixture
async def elsewhere(shop: Shop, database_url: str) -> AsyncIterator[Runner]:
    """Another process of the same house: a memory and connections of its own."""
    database = Database(database_url, hot=2, read=2, wait_s_max=5)
    await database.open()
    runner = Runner(database, shop.clock)
    yield runner
    await runner.drain()
    await database.close()


_MONEY = """
select split_part(f.code, ':', 1), split_part(o.code, ':', 1), x.amount
  from ledger.entry e
  join ledger.transfer x on x.tenant_id = e.tenant_id and x.entry_id = e.entry_id
  join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  join ledger.account o on o.tenant_id = x.tenant_id and o.account_id = x.to_account
 where e.tenant_id = $1 and e.subject_id = $2 and f.code not like 'stock:%' and o.code not like 'stock:%'
 order by e.entry_id, x.transfer_no
"""
