"""Products as people look at them: with their SKUs, where they are offered, at what price now, and how many can be promised.

What rarely changes comes from memory; one statement tells whether it is still true and what stock there is, for any number of
products at once. Readers who ask at the same time share that statement.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

import asyncpg
import msgspec

from jiutong.capabilities import access, catalog, inventory, pricing
from jiutong.kernel.clock import Clock
from jiutong.kernel.db import Database, Tx
from jiutong.kernel.errors import UNAVAILABLE
from jiutong.reads import product_lists
from jiutong.reads.product_lists import Wanted

Asked = TypeVar("Asked", bound=Hashable)
Told = TypeVar("Told")
Look: TypeAlias = Callable[[Tx, Collection[Asked]], Awaitable[dict[Asked, Told]]]

PRODUCTS_KEPT_MAX = 20_000
LOOKS_MAX = 4
_encode = msgspec.json.Encoder().encode


class PriceView(msgspec.Struct, frozen=True):
    """The price of one base unit now: `amount_minor` for `per` base units, and the list it is from."""

    amount_minor: int
    per: int
    currency: str
    list: str


class ListingView(msgspec.Struct, frozen=True):
    """Where a SKU is offered. `offered`: it can be bought now; `atp` in base units, null where that depends on the store."""

    channel: str
    store: str | None
    seller: str
    owner: str
    tax_class: str
    listed: bool
    valid_from: datetime | None
    valid_to: datetime | None
    offered: bool
    price: PriceView | None
    atp: int | None


class SkuView(msgspec.Struct, frozen=True):
    """A SKU with its barcodes (GTIN-14) and listings."""

    code: str
    title: str
    base_unit: str
    pack_size: int
    weight_g: int
    attributes: catalog.Attributes
    gtins: tuple[str, ...]
    active: bool
    listings: tuple[ListingView, ...]


class ProductView(msgspec.Struct, frozen=True):
    """A product with everything on it."""

    code: str
    title: str
    description: str
    brand: str | None
    category: str | None
    attributes: catalog.Attributes
    status: str
    revision: int
    changed_at: datetime
    skus: tuple[SkuView, ...]


class ProductRow(msgspec.Struct, frozen=True):
    """One row of the list of products. Price (of the first SKU offered) and ATP (of all) are told of the channel asked for.

    `match` of a search: 0 it is the code or barcode, 1 in the title, 2 elsewhere.
    """

    code: str
    title: str
    brand: str | None
    category: str | None
    status: str
    revision: int
    changed_at: datetime
    skus: int
    price: PriceView | None
    atp: int | None
    match: int | None


class Shown(msgspec.Struct, frozen=True):
    """A product as it is shown, written as JSON."""

    revision: int
    body: bytes


class _Head(msgspec.Struct, frozen=True):
    """A product and its SKUs, without what changes from sale to sale."""

    product_id: int
    view: ProductView
    sku_ids: tuple[int, ...]


class _Stock(msgspec.Struct, frozen=True):
    """What can be promised of a SKU, by (location, owner); and the stamp its facts have now."""

    sku_id: int
    stamp: int
    free: tuple[tuple[int, int, int], ...]


class _Kept:
    """A product in memory, and how it was last shown: the same while its stock is and no price or listing begins or ends."""

    __slots__ = ("body", "head", "stock", "until")

    def __init__(self, head: _Head) -> None:
        self.head = head
        self.stock: tuple[_Stock, ...] | None = None
        self.until = catalog.EVER
        self.body = b""


class _Facts(msgspec.Struct, frozen=True):
    """What the views are made of."""

    skus: dict[int, catalog.SkuFacts]
    prices: dict[int, pricing.PriceFacts]
    channels: dict[int, access.ChannelFacts]
    stores: dict[int, access.StoreFacts]
    sellers: dict[int, access.SellerFacts]
    sources: dict[int, tuple[inventory.LocationFacts, ...]]
    shelves: dict[int, inventory.LocationFacts]


async def details(tx: Tx, codes: Collection[str]) -> dict[str, Shown]:
    """These products as they are now; unknown codes are absent. One statement when they are remembered."""
    shown: dict[str, Shown] = {}
    wanted = dict.fromkeys(codes)
    for _ in range(LOOKS_MAX):
        kept = await _kept(tx, wanted)
        if not kept:
            return shown
        facts = await _facts(tx, [sku_id for one in kept.values() for sku_id in one.head.sku_ids])
        rows = await tx.fetch(_LIVE, sorted(one.head.product_id for one in kept.values()))
        live = _live(rows)
        stale = _forget_stale(tx, rows, live)
        for code, one in kept.items():
            revision, stock = live[one.head.product_id]
            if revision == one.head.view.revision and stale.isdisjoint(one.head.sku_ids):
                shown[code] = Shown(revision, _body(one, stock, facts, tx.now))
                del wanted[code]
            else:
                _memory(tx).pop((tx.tenant_id, code), None)
        if wanted.keys().isdisjoint(kept):
            return shown
    raise UNAVAILABLE("these products are being changed just now", retry_after_s=1)


async def detail(db: Database, clock: Clock, tenant_id: int, code: str) -> Shown | None:
    """One product, looked up together with those that others of the tenant ask for at the same moment."""
    lane: _Lane[str, Shown] = _lane(db, clock, tenant_id, "detail", details)
    return await lane.ask(code)


async def listed(db: Database, clock: Clock, tenant_id: int, wanted: Wanted, rows_max: int) -> list[tuple[ProductRow, int]]:
    """The same as `page`; whoever wants the same page at the same moment shares it."""
    lane: _Lane[tuple[Wanted, int], list[tuple[ProductRow, int]]] = _lane(db, clock, tenant_id, "listed", _pages)
    return await lane.ask((wanted, rows_max)) or []


async def _pages(tx: Tx, asked: Collection[tuple[Wanted, int]]) -> dict[tuple[Wanted, int], list[tuple[ProductRow, int]]]:
    return {one: await page(tx, *one) for one in asked}


async def page(tx: Tx, wanted: Wanted, rows_max: int) -> list[tuple[ProductRow, int]]:
    """Products with their ids, by code, by title, the latest changed first, or what matches best first.

    One statement, one more for a channel whose facts are remembered, and one more for a search of several words.
    """
    for _ in range(LOOKS_MAX):
        heads = {row["product_id"]: row for row in await product_lists.heads(tx, wanted, rows_max)}
        if wanted.channel is None or not heads:
            return [(_row(head, None, None), id_) for id_, head in heads.items()]
        rows = await tx.fetch(_LIVE, sorted(heads))
        live = _live(rows)
        facts = await _facts(tx, [one.sku_id for _, stock in live.values() for one in stock])
        if not _forget_stale(tx, rows, live):
            return [(_row(head, *_in_channel(live[id_][1], facts, wanted.channel, tx.now)), id_) for id_, head in heads.items()]
    raise UNAVAILABLE("these products are being changed just now", retry_after_s=1)


async def brands(tx: Tx, after: str | None, rows_max: int) -> list[catalog.PutBrand]:
    """Brands in the order of their codes."""
    return [catalog.PutBrand(*row) for row in await tx.fetch(_BRANDS, after, rows_max)]


async def categories(tx: Tx, after: str | None, rows_max: int) -> list[catalog.PutCategory]:
    """Categories in the order of their codes."""
    return [catalog.PutCategory(*row) for row in await tx.fetch(_CATEGORIES, after, rows_max)]


class _Lane(Generic[Asked, Told]):
    """The readers of one tenant: who asks while a look is under way goes with the next one."""

    def __init__(self, db: Database, clock: Clock, tenant_id: int, look: Look[Asked, Told]) -> None:
        self._db = db
        self._clock = clock
        self._tenant_id = tenant_id
        self._look = look
        self._asked: dict[Asked, asyncio.Future[Told | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Told | None:
        told = self._asked.get(asked)
        if told is None:
            told = self._asked[asked] = asyncio.get_running_loop().create_future()
        if self._looking is None:
            self._looking = asyncio.create_task(self._answer())
        return await asyncio.shield(told)

    async def _answer(self) -> None:
        try:
            while self._asked:
                asked = self._asked
                self._asked = {}
                await self._settle(asked)
        finally:
            self._looking = None

    async def _settle(self, asked: dict[Asked, asyncio.Future[Told | None]]) -> None:
        try:
            async with self._db.reading(self._tenant_id, self._clock.now()) as tx:
                found = await self._look(tx, asked)
        except Exception as fault:
            if len(asked) > 1:
                for one, told in asked.items():
                    await self._settle({one: told})  # one asker spoils no other's answer
                return
            for told in asked.values():
                told.set_exception(fault)
                told.exception()  # whoever asked may have left: then nobody misses it
        else:
            for one, told in asked.items():
                told.set_result(found.get(one))


def _lane(db: Database, clock: Clock, tenant_id: int, name: str, look: Look[Asked, Told]) -> _Lane[Asked, Told]:
    lanes: dict[tuple[int, str], _Lane[Asked, Told]] = db.memory.setdefault("reads.product_lanes", {})
    lane = lanes.get((tenant_id, name))
    if lane is None:
        lane = lanes[tenant_id, name] = _Lane(db, clock, tenant_id, look)
    return lane


def _memory(tx: Tx) -> dict[tuple[int, str], _Kept]:
    return tx.memory.setdefault("reads.product", {})


async def _kept(tx: Tx, codes: Collection[str]) -> dict[str, _Kept]:
    memory = _memory(tx)
    found = {code: kept for code in codes if (kept := memory.get((tx.tenant_id, code)))}
    missing = [code for code in codes if code not in found]
    if missing:
        rows = await tx.fetch(_HEADS, missing)
        if len(memory) + len(rows) > PRODUCTS_KEPT_MAX:
            memory.clear()
        for row in rows:
            found[row["code"]] = memory[tx.tenant_id, row["code"]] = _Kept(_head(row))
    return found


async def _facts(tx: Tx, sku_ids: Sequence[int]) -> _Facts:
    skus = await catalog.skus_by_id(tx, sku_ids)
    prices = await pricing.prices(tx, sku_ids)
    listings = [listing for sku in skus.values() for listing in sku.listings]
    channel_ids = {listing.channel_id for listing in listings}
    store_ids = {listing.store_id for listing in listings if listing.store_id}
    return _Facts(
        skus,
        prices,
        await access.channels_by_id(tx, channel_ids) if channel_ids else {},
        await access.stores_by_id(tx, store_ids) if store_ids else {},
        await access.sellers_by_id(tx, {id_ for listing in listings for id_ in (listing.seller_id, listing.owner_id)}) if listings else {},
        await inventory.sources(tx, list(channel_ids)) if channel_ids else {},
        await inventory.store_locations(tx, list(store_ids)) if store_ids else {},
    )


def _live(rows: Sequence[asyncpg.Record]) -> dict[int, tuple[int, tuple[_Stock, ...]]]:
    """Per product its revision and the stock of its SKUs; under product 0 the stamp of the place."""
    live: dict[int, tuple[int, tuple[_Stock, ...]]] = {}
    for row in rows:
        revision, stock = live.get(row["product_id"], (row["revision"], ()))
        if row["sku_id"] is not None:
            stock += (_Stock(row["sku_id"], row["stamp"], tuple(tuple(one) for one in row["free"])),)
        live[row["product_id"]] = (revision, stock)
    return live


def _forget_stale(tx: Tx, rows: Sequence[asyncpg.Record], live: Mapping[int, tuple[int, tuple[_Stock, ...]]]) -> set[int]:
    """Drop from memory what is no longer so; the SKUs that must be shown anew."""
    now = {one.sku_id: one.stamp for _, stock in live.values() for one in stock}
    stale = {sku_id for sku_id, stamp in now.items() if tx.believes.get(("sku", sku_id), stamp) != stamp}
    for sku_id in stale:
        del tx.believes["sku", sku_id]
    catalog.forget(tx, stale)
    pricing.forget(tx, stale)
    if rows and tx.believes.get((access.PLACE, 0), rows[0]["place"]) != rows[0]["place"]:
        del tx.believes[access.PLACE, 0]
        access.forget(tx)
        inventory.forget(tx)
        return set(now)
    return stale


def _body(kept: _Kept, stock: tuple[_Stock, ...], facts: _Facts, now: datetime) -> bytes:
    if kept.stock == stock and now < kept.until:
        return kept.body
    free = {one.sku_id: one for one in stock}
    view = kept.head.view
    skus = tuple(
        msgspec.structs.replace(sku, listings=_listings(facts, facts.skus[sku_id], free[sku_id], now))
        for sku_id, sku in zip(kept.head.sku_ids, view.skus, strict=True)
    )
    kept.stock = stock
    kept.until = _until(facts, kept.head.sku_ids, now)
    kept.body = _encode(msgspec.structs.replace(view, skus=skus))
    return kept.body


def _until(facts: _Facts, sku_ids: Sequence[int], now: datetime) -> datetime:
    """The next instant at which a listing or a price begins or ends."""
    edges = {edge for id_ in sku_ids for one in facts.skus[id_].listings for edge in (one.valid_from, one.valid_to)}
    for id_ in sku_ids:
        for rows in facts.prices[id_].by_scope.values():
            edges.update(edge for row in rows for edge in (row.valid_from, row.valid_to))
    return min((edge for edge in edges if edge > now), default=catalog.FOREVER)


def _listings(facts: _Facts, sku: catalog.SkuFacts, stock: _Stock, now: datetime) -> tuple[ListingView, ...]:
    views = [
        ListingView(
            channel=facts.channels[one.channel_id].code,
            store=facts.stores[one.store_id].code if one.store_id else None,
            seller=facts.sellers[one.seller_id].code,
            owner=facts.sellers[one.owner_id].code,
            tax_class=one.tax_class,
            listed=one.listed,
            valid_from=None if one.valid_from == catalog.EVER else one.valid_from,
            valid_to=None if one.valid_to == catalog.FOREVER else one.valid_to,
            offered=catalog.offer(sku, one.channel_id, one.store_id, now) is one,
            price=_price(facts, sku, one, now),
            atp=_atp(facts, one, stock),
        )
        for one in sku.listings
    ]
    return tuple(sorted(views, key=lambda view: (view.channel, view.store or "")))


def _price(facts: _Facts, sku: catalog.SkuFacts, listing: catalog.ListingFacts, now: datetime) -> PriceView | None:
    currency = facts.channels[listing.channel_id].currency
    found = pricing.resolve(facts.prices[sku.sku_id], listing.channel_id, listing.store_id, currency, 1, now)
    return None if found is None else PriceView(found.amount, found.per, currency, found.list_code)


def _atp(facts: _Facts, listing: catalog.ListingFacts, stock: _Stock) -> int | None:
    if listing.store_id:
        shelves = facts.shelves.get(listing.store_id)
        places = () if shelves is None else (shelves,)
    else:
        places = facts.sources.get(listing.channel_id, ())
    if not places:
        return None
    ids = {place.location_id for place in places}
    return max(0, sum(free for location_id, owner_id, free in stock.free if location_id in ids and owner_id == listing.owner_id))


def _in_channel(stock: Sequence[_Stock], facts: _Facts, channel: str, now: datetime) -> tuple[PriceView | None, int | None]:
    """The price of the first SKU that is offered all over a channel, and how many there are of all of them."""
    price: PriceView | None = None
    atp: int | None = None
    for one in stock:
        sku = facts.skus[one.sku_id]
        for listing in sku.listings:
            here = listing.store_id == 0 and facts.channels[listing.channel_id].code == channel
            if here and catalog.offer(sku, listing.channel_id, 0, now) is listing:
                price = price or _price(facts, sku, listing, now)
                some = _atp(facts, listing, one)
                atp = atp if some is None else (atp or 0) + some
    return price, atp


def _row(row: asyncpg.Record, price: PriceView | None, atp: int | None) -> ProductRow:
    plain = {name: row[name] for name in ("code", "title", "brand", "category", "status", "revision", "changed_at", "skus", "match")}
    return ProductRow(price=price, atp=atp, **plain)


def _head(row: asyncpg.Record) -> _Head:
    skus = [
        SkuView(code, title, base_unit, pack_size, weight_g, _attributes(attributes), tuple(gtins), active, ())
        for _, code, title, base_unit, pack_size, weight_g, attributes, active, gtins in row["skus"]
    ]
    view = ProductView(
        code=row["code"],
        title=row["title"],
        description=row["description"],
        brand=row["brand"],
        category=row["category"],
        attributes=_attributes(row["attributes"]),
        status=row["status"],
        revision=row["revision"],
        changed_at=row["changed_at"],
        skus=tuple(skus),
    )
    return _Head(row["product_id"], view, tuple(sku[0] for sku in row["skus"]))


def _attributes(written: str) -> catalog.Attributes:
    return msgspec.json.decode(written, type=catalog.Attributes)


_HEADS = """
select p.product_id, p.code, p.title, p.description, b.code as brand, c.code as category, p.attributes, p.status, p.revision, p.changed_at,
       array(select row(s.sku_id, s.code, s.title, s.base_unit, s.pack_size, s.weight_g, s.attributes, s.status = 'active',
                        array(select g.gtin from catalog.barcode g where g.tenant_id = $1 and g.sku_id = s.sku_id order by g.gtin))
               from catalog.sku s where s.tenant_id = $1 and s.product_id = p.product_id order by s.sku_id) as skus
  from catalog.product p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
 where p.tenant_id = $1 and p.code = any($2::text[])
"""
_LIVE = """
-- What may have changed since the facts were remembered: revisions, stamps, and stock. One row per SKU, one for a product without any.
select coalesce((select v.revision from kernel.stamp v where v.tenant_id = $1 and v.topic = 'place' and v.key = 0), 0) as place,
       p.product_id, p.revision, s.sku_id,
       coalesce((select v.revision from kernel.stamp v where v.tenant_id = $1 and v.topic = 'sku' and v.key = s.sku_id), 0) as stamp,
       array(select row(k.location_id, k.owner_id, a.posted - a.held - coalesce(a.floor, 0))
               from inventory.stock k
               join ledger.account a on a.tenant_id = $1 and a.account_id = k.account_id
              where k.tenant_id = $1 and k.sku_id = s.sku_id) as free
  from catalog.product p
  left join catalog.sku s on s.tenant_id = $1 and s.product_id = p.product_id
 where p.tenant_id = $1 and p.product_id = any($2::bigint[])
 order by p.product_id, s.sku_id
"""
_BRANDS = """
select b.code, b.name from catalog.brand b
 where b.tenant_id = $1 and ($2::text is null or b.code > $2) order by b.code limit $3
"""
_CATEGORIES = """
select c.code, c.name, a.code as parent
  from catalog.category c
  left join catalog.category a on a.tenant_id = $1 and a.category_id = c.parent_id
 where c.tenant_id = $1 and ($2::text is null or c.code > $2) order by c.code limit $3
"""
