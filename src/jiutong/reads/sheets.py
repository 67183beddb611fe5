"""Sheets handed in and what became of their rows; and products, prices and listings as flat rows, as sheets write them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from jiutong.capabilities import catalog, task
from jiutong.kernel.db import Tx


class SheetRow(msgspec.Struct, frozen=True):
    """A sheet and how far it has come."""

    sheet_id: int
    kind: str
    name: str
    actor: str
    columns: tuple[str, ...]
    mapping: tuple[str, ...]
    defaults: dict[str, str]
    state: task.State
    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    uploaded_at: datetime
    started_at: datetime | None
    beat_at: datetime | None
    finished_at: datetime | None


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that was not taken over, and why."""

    no: int
    cells: tuple[str, ...]
    field: str
    code: str
    detail: str


class ProductHead(msgspec.Struct, frozen=True):
    """A product as a sheet knows it, without its SKUs."""

    code: str
    title: str
    description: str
    brand: str | None
    category: str | None
    attributes: catalog.Attributes
    status: str = "draft"
    revision: int = 0


class SkuHead(msgspec.Struct, frozen=True):
    """A SKU as a sheet knows it."""

    code: str
    product: str
    title: str
    base_unit: str
    pack_size: int
    weight_g: int
    attributes: catalog.Attributes
    active: bool
    gtins: tuple[str, ...]


class PriceRow(msgspec.Struct, frozen=True):
    """A price as a sheet knows it: of a SKU, or so much off everybody's (`off_bp`) of a SKU or a category."""

    list: str
    sku: str
    title: str
    amount_minor: int
    currency: str
    per: int
    min_quantity: int
    valid_from: datetime
    valid_to: datetime | None
    list_id: int
    sku_id: int
    price_id: int
    off_bp: int | None
    mix: str
    quota: int | None
    category: str


class ListingRow(msgspec.Struct, frozen=True):
    """A listing as a sheet knows it; None for the ends of time."""

    sku: str
    title: str
    channel: str
    store: str | None
    seller: str
    owner: str
    tax_class: str
    listed: bool
    valid_from: datetime | None
    valid_to: datetime | None
    sku_id: int
    listing_id: int


class Standing(msgspec.Struct, frozen=True):
    """What is there already, of what the rows of a sheet speak about."""

    products: dict[str, ProductHead] = {}
    skus: dict[str, SkuHead] = {}
    currencies: dict[str, str] = {}
    prices: dict[tuple[str, str, int], PriceRow] = {}
    listings: dict[tuple[str, str, str], ListingRow] = {}


async def sheets(tx: Tx, kinds: Collection[str], before: int | None, rows_max: int) -> list[SheetRow]:
    """Sheets of these kinds, the latest first."""
    return [_sheet(row) for row in await tx.fetch(_SHEETS, sorted(kinds), before, rows_max)]


async def sheet(tx: Tx, sheet_id: int) -> SheetRow | None:
    """One sheet."""
    return next((_sheet(row) for row in await tx.fetch(_SHEET, sheet_id)), None)


async def open_rows(tx: Tx, sheet_id: int, after: int, rows_max: int) -> list[task.Row]:
    """Rows nobody has told of yet, in their order."""
    return [task.Row(row["row_no"], _cells(row["cells"])) for row in await tx.fetch(_OPEN_ROWS, sheet_id, after, rows_max)]


async def refused_rows(tx: Tx, sheet_id: int, after: int, rows_max: int) -> list[RefusedRow]:
    """Rows that were refused, in their order."""
    return [
        RefusedRow(row["row_no"], _cells(row["cells"]), row["field"], row["code"], row["detail"])
        for row in await tx.fetch(_REFUSED_ROWS, sheet_id, after, rows_max)
    ]


async def products(tx: Tx, codes: Collection[str], sku_codes: Collection[str]) -> Standing:
    """The products with these codes with all their SKUs, and those the SKUs with these codes are of."""
    rows = await tx.fetch(_PRODUCTS, sorted(codes), sorted(sku_codes))
    heads = {
        row["code"]: ProductHead(
            row["code"],
            row["title"],
            row["description"],
            row["brand"],
            row["category"],
            _attributes(row["attributes"]),
            row["status"],
            row["revision"],
        )
        for row in rows
    }
    skus = {
        row["sku"]: SkuHead(
            row["sku"],
            row["code"],
            row["sku_title"],
            row["base_unit"],
            row["pack_size"],
            row["weight_g"],
            _attributes(row["sku_attributes"]),
            row["active"],
            tuple(row["gtins"]),
        )
        for row in rows
        if row["sku"] is not None
    }
    return Standing(products=heads, skus=skus)


async def currencies(tx: Tx, lists: Collection[str], *, costs: bool) -> dict[str, str]:
    """The currencies of price lists: of those of costs, or of the others."""
    return {row["code"]: row["currency"] for row in await tx.fetch(_CURRENCIES, sorted(lists), costs)}


async def prices(
    tx: Tx,
    lists: Collection[str] | None,
    skus: Collection[str] | None,
    after: tuple[int, int, int] | None,
    at: datetime,
    rows_max: int,
    *,
    costs: bool,
) -> list[PriceRow]:
    """Prices that are valid at `at` or later, by list, SKU and break; of some lists or SKUs if asked. Costs, or prices: never both."""
    last_list, last_sku, last_price = after or (None, None, None)
    found = await tx.fetch(
        _PRICES,
        None if lists is None else sorted(lists),
        None if skus is None else sorted(skus),
        last_list,
        last_sku,
        last_price,
        at,
        rows_max,
        costs,
    )
    return [PriceRow(*row) for row in found]


async def rates(tx: Tx, lists: Collection[str] | None, categories: Collection[str] | None, at: datetime, rows_max: int) -> list[PriceRow]:
    """What contracts take off whole categories, at `at` or later; of some lists or categories if asked."""
    asked = (None if lists is None else sorted(lists), None if categories is None else sorted(categories))
    return [PriceRow(*row) for row in await tx.fetch(_RATES, *asked, at, rows_max)]


async def listings(
    tx: Tx, channel: str | None, store: str | None, skus: Collection[str] | None, after: tuple[int, int] | None, rows_max: int
) -> list[ListingRow]:
    """Listings by SKU; of one channel, of one store, or of some SKUs if asked."""
    last_sku, last_listing = after or (None, None)
    found = await tx.fetch(_LISTINGS, channel, store, None if skus is None else sorted(skus), last_sku, last_listing, rows_max)
    return [ListingRow(*row) for row in found]


async def products_of(tx: Tx, sku_ids: Collection[int]) -> dict[int, str]:
    """The codes of the products these SKUs are of."""
    return {row["sku_id"]: row["code"] for row in await tx.fetch(_PRODUCTS_OF, sorted(sku_ids))}


async def product_id(tx: Tx, code: str) -> int | None:
    """The id of the product with this code."""
    return next((row["product_id"] for row in await tx.fetch(_PRODUCT_ID, code)), None)


async def attribute_names(tx: Tx, names_max: int) -> tuple[list[str], list[str]]:
    """The names of the attributes products have, and of those SKUs have."""
    rows = await tx.fetch(_ATTRIBUTE_NAMES)
    names = {of: [row["name"] for row in rows if row["of"] == of][:names_max] for of in ("product", "sku")}
    return names["product"], names["sku"]


async def standing(tx: Tx, kind: str, said: Sequence[dict[str, str]]) -> Standing:
    """What is there already of what these rows speak about."""
    skus = {one["sku"].strip() for one in said if "sku" in one}
    if kind == "products":
        return await products(tx, {one["product"].strip() for one in said if "product" in one} | skus, skus)
    if kind in {"prices", "costs"}:
        costs = kind == "costs"
        lists = {one["list"].strip() for one in said if "list" in one}
        found = await prices(tx, lists, skus, None, tx.now, len(said) * 8, costs=costs)
        categories = {one["category"].strip() for one in said if "category" in one}
        found += await rates(tx, lists, categories, tx.now, len(said) * 8) if categories else []
        running = {(one.list, one.sku or one.category, one.min_quantity): one for one in found if one.valid_from <= tx.now}
        return Standing(currencies=await currencies(tx, lists, costs=costs), prices=running)
    if kind == "listings":
        found = await listings(tx, None, None, skus, None, len(said) * 50)
        return Standing(listings={(one.sku, one.channel, one.store or ""): one for one in found})
    return Standing()


def _sheet(row: Any) -> SheetRow:
    texts = {name: msgspec.json.decode(row[name]) for name in ("columns", "mapping", "defaults")}
    told = {name: row[name] for name in SheetRow.__struct_fields__ if name not in texts}
    return SheetRow(columns=tuple(texts["columns"]), mapping=tuple(texts["mapping"]), defaults=texts["defaults"], **told)


def _cells(written: str) -> tuple[str, ...]:
    return msgspec.json.decode(written, type=tuple[str, ...])


def _attributes(written: str) -> catalog.Attributes:
    return msgspec.json.decode(written, type=catalog.Attributes)


_SHEETS = """
select * from task.sheet s
 where s.tenant_id = $1 and s.kind = any($2::text[]) and ($3::bigint is null or s.sheet_id < $3)
 order by s.sheet_id desc limit $4
"""
_SHEET = """
select * from task.sheet s where s.tenant_id = $1 and s.sheet_id = $2
"""
_OPEN_ROWS = """
select r.row_no, r.cells from task.sheet_row r
 where r.tenant_id = $1 and r.sheet_id = $2 and r.row_no > $3 and r.outcome is null
 order by r.row_no limit $4
"""
_REFUSED_ROWS = """
select r.row_no, r.cells, r.field, r.code, r.detail from task.sheet_row r
 where r.tenant_id = $1 and r.sheet_id = $2 and r.row_no > $3 and r.outcome = 'refused'
 order by r.row_no limit $4
"""
_PRODUCTS = """
with asked as materialized (
        select p.product_id
          from unnest($2::text[]) as n(code)
         cross join lateral (select o.product_id from catalog.product o where o.tenant_id = $1 and o.code = n.code offset 0) p
         union
        select s.product_id
          from unnest($3::text[]) as n(code)
         cross join lateral (select o.product_id from catalog.sku o where o.tenant_id = $1 and o.code = n.code offset 0) s)
select p.code, p.title, p.description, b.code as brand, c.code as category, p.attributes, p.status, p.revision,
       s.code as sku, s.title as sku_title, s.base_unit, s.pack_size, s.weight_g, s.attributes as sku_attributes,
       s.status = 'active' as active,
       array(select g.gtin from catalog.barcode g where g.tenant_id = $1 and g.sku_id = s.sku_id order by g.gtin) as gtins
  from asked a
 cross join lateral (select * from catalog.product o where o.tenant_id = $1 and o.product_id = a.product_id offset 0) p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
  left join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.product_id = p.product_id offset 0) s on true
 order by p.code, s.sku_id
"""
_CURRENCIES = """
select l.code, l.currency from pricing.price_list l
 where l.tenant_id = $1 and l.code = any($2::text[]) and (l.role = 'cost') = $3
"""
_PRICES = """
select l.code as list, s.code as sku, s.title, p.amount, l.currency, p.per, p.min_quantity, p.valid_from,
       nullif(p.valid_to, 'infinity') as valid_to, p.list_id, p.sku_id, p.price_id, p.off_bp, p.mix, p.quota, '' as category
  from pricing.price_list l
  join pricing.price p on p.tenant_id = $1 and p.list_id = l.list_id and (l.role = 'cost') = $9
  join catalog.sku s on s.tenant_id = $1 and s.sku_id = p.sku_id
 where l.tenant_id = $1 and ($2::text[] is null or l.code = any($2))
   and ($3::text[] is null or p.sku_id = any (array(select o.sku_id from catalog.sku o where o.tenant_id = $1 and o.code = any($3))))
   and ($4::bigint is null or (p.list_id, p.sku_id, p.price_id) > ($4, $5::bigint, $6::bigint))
   and p.valid_to > $7
 order by p.list_id, p.sku_id, p.price_id limit $8
"""
_RATES = """
select l.code as list, '' as sku, coalesce(c.name, p.category) as title, 0::bigint as amount, l.currency, 1::bigint as per, p.min_quantity,
       p.valid_from, nullif(p.valid_to, 'infinity') as valid_to, p.list_id, 0::bigint as sku_id, p.price_id, p.off_bp, '' as mix,
       null::bigint as quota, p.category
  from pricing.price_list l
  join pricing.category_price p on p.tenant_id = $1 and p.list_id = l.list_id
  left join catalog.category c on c.tenant_id = $1 and c.code = p.category
 where l.tenant_id = $1 and ($2::text[] is null or l.code = any($2)) and ($3::text[] is null or p.category = any($3)) and p.valid_to > $4
 order by p.list_id, p.category, p.price_id limit $5
"""
_LISTINGS = """
select s.code as sku, s.title, c.code as channel, t.code as store, e.code as seller, o.code as owner, l.tax_class,
       l.status = 'listed' as listed, nullif(l.valid_from, '-infinity') as valid_from, nullif(l.valid_to, 'infinity') as valid_to,
       l.sku_id, l.listing_id
  from catalog.listing l
  join catalog.sku s on s.tenant_id = $1 and s.sku_id = l.sku_id
  join access.channel c on c.tenant_id = $1 and c.channel_id = l.channel_id
  join access.seller e on e.tenant_id = $1 and e.seller_id = l.seller_id
  join access.seller o on o.tenant_id = $1 and o.seller_id = l.owner_id
  left join access.store t on t.tenant_id = $1 and t.store_id = l.store_id and l.store_id <> 0
 where l.tenant_id = $1
   and ($2::text is null or l.channel_id = (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $2))
   and ($3::text is null or l.store_id = (select h.store_id from access.store h where h.tenant_id = $1 and h.code = $3))
   and ($4::text[] is null or l.sku_id = any (array(select k.sku_id from catalog.sku k where k.tenant_id = $1 and k.code = any($4))))
   and ($5::bigint is null or (l.sku_id, l.listing_id) > ($5, $6::bigint))
 order by l.sku_id, l.listing_id limit $7
"""
_ATTRIBUTE_NAMES = """
select 'product' as of, a.name
  from (select distinct jsonb_object_keys(p.attributes) as name from catalog.product p where p.tenant_id = $1 and p.attributes <> '{}') a
 union all
select 'sku', a.name
  from (select distinct jsonb_object_keys(s.attributes) as name from catalog.sku s where s.tenant_id = $1 and s.attributes <> '{}') a
 order by 1, 2
"""
_PRODUCTS_OF = """
select s.sku_id, p.code
  from catalog.sku s join catalog.product p on p.tenant_id = $1 and p.product_id = s.product_id
 where s.tenant_id = $1 and s.sku_id = any($2::bigint[])
"""
_PRODUCT_ID = """
select p.product_id from catalog.product p where p.tenant_id = $1 and p.code = $2
"""
