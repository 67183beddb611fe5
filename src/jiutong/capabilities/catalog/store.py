"""The catalog's statements, and its rows that are kept in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from sys import intern
from typing import TypeAlias

import asyncpg
import msgspec

from jiutong.capabilities.catalog.model import (
    EVER,
    FOREVER,
    IN_BRAND,
    Attributes,
    Brand,
    Category,
    ListingFacts,
    Posting,
    Product,
    PutPicture,
    Sku,
    SkuFacts,
)
from jiutong.capabilities.catalog.rules import gtin_form
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.stamps import Facts

SKUS_KEPT_MAX = 50_000
NAMES_KEPT_MAX = 2 * SKUS_KEPT_MAX  # a SKU is asked for by its code and by its barcode

# The ids of brands and of categories by code, and the names of both by id.
Filing: TypeAlias = tuple[dict[str, int], dict[str, int], dict[int, str]]


class Shelf:
    """The SKUs kept in memory, by id and by the names they were asked for. A name holds as long as its fact is the kept one."""

    __slots__ = ("facts", "names")

    def __init__(self) -> None:
        self.facts: Facts[SkuFacts] = Facts("sku", SKUS_KEPT_MAX)
        self.names: dict[tuple[int, str], SkuFacts] = {}

    def named(self, tx: Tx, names: Iterable[str]) -> tuple[dict[str, SkuFacts], list[str]]:
        """The kept facts among `names`, and the names that must be loaded."""
        asked = {name: self.names.get((tx.tenant_id, name)) for name in names}
        kept, _ = self.facts.known(tx, {sku.sku_id for sku in asked.values() if sku})
        found: dict[str, SkuFacts] = {}
        missing: list[str] = []
        for name, sku in asked.items():
            if sku is not None and kept.get(sku.sku_id) is sku:
                found[name] = sku
            else:
                missing.append(name)
        return found, missing

    def keep(self, tx: Tx, facts: Mapping[int, tuple[int, SkuFacts]], names: Mapping[str, int]) -> dict[str, SkuFacts]:
        """Remember loaded facts and under which names they were asked for; the facts by name."""
        self.facts.keep(tx, facts)
        if len(self.names) + len(names) > NAMES_KEPT_MAX:
            self.names.clear()
        named = {name: facts[sku_id][1] for name, sku_id in names.items()}
        self.names.update(((tx.tenant_id, name), sku) for name, sku in named.items())
        return named


def shelf(tx: Tx) -> Shelf:
    """The SKUs this process remembers."""
    return tx.memory.setdefault("catalog.sku", Shelf())


def stamps(tx: Tx, sku_ids: Iterable[int]) -> dict[int, int]:
    """The stamps (topic "sku") under which the remembered facts of these SKUs were read."""
    return shelf(tx).facts.stamps(tx.tenant_id, sku_ids)


def forget(tx: Tx, sku_ids: Iterable[int]) -> None:
    """Drop what is remembered of these SKUs: their stamps have changed."""
    shelf(tx).facts.forget(tx.tenant_id, sku_ids)


async def load_named(tx: Tx, names: Sequence[str]) -> tuple[dict[int, tuple[int, SkuFacts]], dict[str, int]]:
    """Facts of the SKUs with these codes or barcodes, each with its stamp, and which name is whose. A code goes before a barcode."""
    rows = await tx.fetch(_LOAD_NAMED, list(names), [gtin_form(name) for name in names])
    return _facts(rows), {row["name"]: row["sku_id"] for row in rows}


async def load(tx: Tx, sku_ids: Sequence[int]) -> dict[int, tuple[int, SkuFacts]]:
    """Facts of these SKUs, each with its stamp."""
    return _facts(await tx.fetch(_LOAD, sorted(sku_ids)))


def _facts(rows: Sequence[asyncpg.Record]) -> dict[int, tuple[int, SkuFacts]]:
    facts: dict[int, tuple[int, SkuFacts]] = {}
    for row in rows:
        if row["sku_id"] not in facts:
            facts[row["sku_id"]] = (row["revision"], _sku(row))
    return facts


def _sku(row: asyncpg.Record) -> SkuFacts:
    return SkuFacts(
        sku_id=row["sku_id"],
        code=row["code"],
        title=row["title"],
        product_id=row["product_id"],
        base_unit=intern(row["base_unit"]),
        pack_size=row["pack_size"],
        weight_g=row["weight_g"],
        sellable=row["sellable"],
        listings=tuple(_listing(*listing) for listing in row["listings"]),
        brand=intern(row["brand"]),
        categories=tuple(intern(code) for code in row["categories"]),
        attributes=_attributes(row["product_attributes"]) | _attributes(row["attributes"]),
    )


def _listing(
    listing_id: int,
    channel_id: int,
    store_id: int,
    seller_id: int,
    owner_id: int,
    tax_class: str,
    listed: bool,
    valid_from: datetime,
    valid_to: datetime,
) -> ListingFacts:
    return ListingFacts(
        listing_id, channel_id, store_id, seller_id, owner_id, intern(tax_class), listed, instant(valid_from), instant(valid_to)
    )


def instant(value: datetime) -> datetime:
    """The database's infinities come without a zone."""
    if value.tzinfo is not None:
        return value
    return FOREVER if value.year == FOREVER.year else EVER


async def sku_ids(tx: Tx, codes: Collection[str]) -> dict[str, int]:
    """The ids of the SKUs with these codes."""
    return {row["code"]: row["sku_id"] for row in await tx.fetch(_SKU_IDS, sorted(codes))}


async def product_ids(tx: Tx, codes: Collection[str]) -> dict[str, int]:
    """The ids of the products with these codes; unknown ones are absent."""
    return {row["code"]: row["product_id"] for row in await tx.fetch(_PRODUCT_IDS, sorted(codes))}


async def put_pictures(tx: Tx, puts: Sequence[tuple[int, PutPicture]]) -> None:
    """Write pictures of products, in place of those at the same positions."""
    ordered = sorted(puts, key=lambda one: (one[0], one[1].position))
    await tx.count(
        _PUT_PICTURES,
        [id_ for id_, _ in ordered],
        [put.position for _, put in ordered],
        [put.hash for _, put in ordered],
        [put.width for _, put in ordered],
        [put.height for _, put in ordered],
        [put.alt for _, put in ordered],
        tx.now,
    )


async def drop_pictures(tx: Tx, places: Sequence[tuple[int, int]]) -> None:
    """Delete pictures by product and position."""
    ordered = sorted(places)
    await tx.count(_DROP_PICTURES, [id_ for id_, _ in ordered], [position for _, position in ordered])


async def lock_brands(tx: Tx, codes: Collection[str]) -> dict[str, Brand]:
    """The brands with these codes, locked in the order of their codes."""
    return {row["code"]: Brand(row["brand_id"], row["code"], row["name"]) for row in await tx.fetch(_LOCK_BRANDS, sorted(codes))}


async def write_brands(tx: Tx, brands: Sequence[Brand]) -> None:
    """Write brands as they are to be, new or not."""
    await _written(tx, _WRITE_BRANDS, [one.brand_id for one in brands], [one.code for one in brands], [one.name for one in brands])


async def lock_categories(tx: Tx) -> dict[str, Category]:
    """The whole tree by code, locked so that nobody bends it meanwhile."""
    rows = await tx.fetch(_LOCK_CATEGORIES)
    codes = {row["category_id"]: row["code"] for row in rows}
    return {row["code"]: Category(row["category_id"], row["code"], row["name"], codes.get(row["parent_id"])) for row in rows}


async def known_brands(tx: Tx, codes: Collection[str]) -> set[str]:
    """Which of these brands there are."""
    return {row["code"] for row in await tx.fetch(_KNOWN_BRANDS, sorted(codes))}


async def known_categories(tx: Tx, codes: Collection[str]) -> set[str]:
    """Which of these categories there are."""
    return {row["code"] for row in await tx.fetch(_KNOWN_CATEGORIES, sorted(codes))}


async def write_categories(tx: Tx, categories: Sequence[Category], tree: Mapping[str, Category]) -> None:
    """Write categories as they are to be, new or not."""
    await _written(
        tx,
        _WRITE_CATEGORIES,
        [one.category_id for one in categories],
        [tree[one.parent].category_id if one.parent else None for one in categories],
        [one.code for one in categories],
        [one.name for one in categories],
    )


async def read_filing(tx: Tx, brands: Collection[str], categories: Collection[str]) -> Filing:
    """The brands and the categories with these codes. Nobody renames them before the products filed there have their names."""
    return _filing(await tx.fetch(_FILING, sorted(brands), sorted(categories)))


async def filing_of(tx: Tx, products: Collection[Product]) -> Filing:
    """The brands and the categories these products are filed under, as `read_filing`."""
    ids = sorted({one.brand_id for one in products if one.brand_id}), sorted({one.category_id for one in products if one.category_id})
    return _filing(await tx.fetch(_FILING_OF, *ids))


def _filing(rows: Sequence[asyncpg.Record]) -> Filing:
    return (
        {row["code"]: row["id"] for row in rows if row["brand"]},
        {row["code"]: row["id"] for row in rows if not row["brand"]},
        {row["id"]: row["name"] for row in rows},
    )


async def lock_products(tx: Tx, codes: Collection[str]) -> dict[str, Product]:
    """The products with these codes, locked in the order of their codes."""
    return {row["code"]: _product(row) for row in await tx.fetch(_LOCK_PRODUCTS, sorted(codes))}


async def lock_products_by_id(tx: Tx, product_ids: Collection[int]) -> list[Product]:
    """The products with these ids, locked in the order of their codes."""
    return [_product(row) for row in await tx.fetch(_LOCK_PRODUCTS_BY_ID, sorted(product_ids))]


def _product(row: asyncpg.Record) -> Product:
    return Product(
        row["product_id"],
        row["code"],
        row["title"],
        row["description"],
        row["brand"],
        row["category"],
        row["brand_id"],
        row["category_id"],
        _attributes(row["attributes"]),
        row["status"],
        row["revision"],
    )


async def read_skus(tx: Tx, product_ids: Sequence[int], codes: Collection[str]) -> dict[str, Sku]:
    """The SKUs of these products and those with these codes, by code."""
    return {
        row["code"]: Sku(
            row["sku_id"],
            row["product_id"],
            row["code"],
            row["title"],
            row["base_unit"],
            row["pack_size"],
            row["weight_g"],
            _attributes(row["attributes"]),
            row["active"],
            tuple(row["gtins"]),
        )
        for row in await tx.fetch(_READ_SKUS, sorted(product_ids), sorted(codes))
    }


async def read_barcodes(tx: Tx, gtins: Collection[str]) -> dict[str, str]:
    """The codes of the SKUs these barcodes are on."""
    return {row["gtin"]: row["code"] for row in await tx.fetch(_READ_BARCODES, sorted(gtins))} if gtins else {}


async def write_products(tx: Tx, products: Sequence[Product]) -> None:
    """Write products as they are to be, new or not."""
    await _written(
        tx,
        _WRITE_PRODUCTS,
        [one.product_id for one in products],
        [one.code for one in products],
        [one.title for one in products],
        [one.description for one in products],
        [one.brand_id for one in products],
        [one.category_id for one in products],
        [_json(one.attributes) for one in products],
        [one.status for one in products],
        [one.revision for one in products],
        tx.now,
    )


async def skus_of(tx: Tx, product_ids: Sequence[int]) -> list[int]:
    """The ids of the SKUs of these products."""
    return [row["sku_id"] for row in await tx.fetch(_SKUS_OF, sorted(product_ids))]


async def skus_within(tx: Tx, category_ids: Sequence[int]) -> list[int]:
    """The ids of the SKUs filed under these categories, or under one below them."""
    return [row["sku_id"] for row in await tx.fetch(_SKUS_WITHIN, sorted(category_ids))]


async def write_skus(tx: Tx, skus: Sequence[Sku]) -> None:
    """Write SKUs as they are to be, new or not."""
    await _written(
        tx,
        _WRITE_SKUS,
        [one.sku_id for one in skus],
        [one.product_id for one in skus],
        [one.code for one in skus],
        [one.title for one in skus],
        [one.base_unit for one in skus],
        [one.pack_size for one in skus],
        [one.weight_g for one in skus],
        [_json(one.attributes) for one in skus],
        ["active" if one.active else "retired" for one in skus],
    )


async def drop_barcodes(tx: Tx, gtins: Collection[str]) -> None:
    """Take barcodes off."""
    await tx.count(_DROP_BARCODES, sorted(gtins))


async def add_barcodes(tx: Tx, barcodes: Sequence[tuple[str, int]]) -> None:
    """Put barcodes on SKUs."""
    await _written(tx, _ADD_BARCODES, [gtin for gtin, _ in barcodes], [sku_id for _, sku_id in barcodes])


async def drop_words(tx: Tx, product_ids: Collection[int]) -> None:
    """Forget the words of these products."""
    await tx.count(_DROP_WORDS, sorted(product_ids))


async def add_words(tx: Tx, postings: Sequence[Posting]) -> None:
    """Write words of products."""
    await tx.count(
        _ADD_WORDS,
        [one.word for one in postings],
        [one.place for one in postings],
        [one.title for one in postings],
        [one.product_id for one in postings],
    )


async def rename_words(tx: Tx, place: int, ids: Sequence[int], postings: Sequence[tuple[int, str]]) -> None:
    """Replace the words that stand in this place (brand or category) of all products filed under these ids; `postings` are (id, word)."""
    drop, add = (_DROP_BRAND_WORDS, _ADD_BRAND_WORDS) if place == IN_BRAND else (_DROP_CATEGORY_WORDS, _ADD_CATEGORY_WORDS)
    await tx.count(drop, ids)
    await tx.count(add, [id_ for id_, _ in postings], [word for _, word in postings])


async def lock_listings(tx: Tx, keys: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int, int], ListingFacts]:
    """The listings of these (SKU, channel, store), locked in that order."""
    rows = await tx.fetch(_LOCK_LISTINGS, [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys])
    return {(row["sku_id"], row["channel_id"], row["store_id"]): _listing(*tuple(row)[1:]) for row in rows}


async def write_listings(tx: Tx, listings: Sequence[tuple[int, ListingFacts]]) -> None:
    """Write listings of SKUs as they are to be, new or not."""
    await _written(
        tx,
        _WRITE_LISTINGS,
        [one.listing_id for _, one in listings],
        [sku_id for sku_id, _ in listings],
        [one.channel_id for _, one in listings],
        [one.store_id for _, one in listings],
        [one.seller_id for _, one in listings],
        [one.owner_id for _, one in listings],
        [one.tax_class for _, one in listings],
        ["listed" if one.listed else "withdrawn" for _, one in listings],
        [one.valid_from for _, one in listings],
        [one.valid_to for _, one in listings],
    )


async def _written(tx: Tx, sql: str, *columns: object) -> None:
    """Rows were locked before they were planned; what appeared since under the same code or key sends us back to find it."""
    try:
        await tx.count(sql, *columns)
    except asyncpg.UniqueViolationError as taken:
        raise Again("a code, barcode or place was taken meanwhile") from taken


def _attributes(written: str) -> Attributes:
    return msgspec.json.decode(written, type=Attributes)


def _json(attributes: Attributes) -> str:
    return msgspec.json.encode(attributes).decode()


# Every array drives its statement: a lateral subquery that the planner cannot dissolve (`offset 0`, `for update`) is looked up
# once per element, in the array's order, however few rows the planner believes a young table to have.
# For the same reason rows that are known to be there are changed by an insert that meets them, never by an update that joins.
# The stamp and the rows are read by one statement, so of one snapshot: a change is in both or in neither.
_LOAD_NAMED = """
-- `case`, not `coalesce`: only what the planner takes for leakproof may reach an index under row-level security.
select n.name, s.sku_id, coalesce(v.revision, 0) as revision, s.code, s.title, s.product_id, s.base_unit, s.pack_size, s.weight_g,
       s.status = 'active' and p.status = 'published' as sellable,
       array(select row(l.listing_id, l.channel_id, l.store_id, l.seller_id, l.owner_id, l.tax_class, l.status = 'listed',
                        l.valid_from, l.valid_to)
               from catalog.listing l where l.tenant_id = $1 and l.sku_id = s.sku_id order by l.channel_id, l.store_id) as listings,
       s.attributes, p.attributes as product_attributes,
       coalesce((select b.code from catalog.brand b where b.tenant_id = $1 and b.brand_id = p.brand_id), '') as brand,
       array(with recursive up as (
                  select c.code, c.parent_id, 1 as height from catalog.category c where c.tenant_id = $1 and c.category_id = p.category_id
                   union all
                  select c.code, c.parent_id, up.height + 1
                    from up join catalog.category c on c.tenant_id = $1 and c.category_id = up.parent_id)
             select up.code from up order by up.height) as categories
  from unnest($2::text[], $3::text[]) as n(name, gtin)
  left join catalog.sku c on c.tenant_id = $1 and c.code = n.name
  left join catalog.barcode b on b.tenant_id = $1 and b.gtin = n.gtin
 cross join lateral (
        select * from catalog.sku o
         where o.tenant_id = $1 and o.sku_id = case when c.sku_id is null then b.sku_id else c.sku_id end offset 0) s
 cross join lateral (select * from catalog.product o where o.tenant_id = $1 and o.product_id = s.product_id offset 0) p
  left join lateral (
        select o.revision from kernel.stamp o where o.tenant_id = $1 and o.topic = 'sku' and o.key = s.sku_id offset 0) v on true
"""
_LOAD = """
select s.sku_id, coalesce(v.revision, 0) as revision, s.code, s.title, s.product_id, s.base_unit, s.pack_size, s.weight_g,
       s.status = 'active' and p.status = 'published' as sellable,
       array(select row(l.listing_id, l.channel_id, l.store_id, l.seller_id, l.owner_id, l.tax_class, l.status = 'listed',
                        l.valid_from, l.valid_to)
               from catalog.listing l where l.tenant_id = $1 and l.sku_id = s.sku_id order by l.channel_id, l.store_id) as listings,
       s.attributes, p.attributes as product_attributes,
       coalesce((select b.code from catalog.brand b where b.tenant_id = $1 and b.brand_id = p.brand_id), '') as brand,
       array(with recursive up as (
                  select c.code, c.parent_id, 1 as height from catalog.category c where c.tenant_id = $1 and c.category_id = p.category_id
                   union all
                  select c.code, c.parent_id, up.height + 1
                    from up join catalog.category c on c.tenant_id = $1 and c.category_id = up.parent_id)
             select up.code from up order by up.height) as categories
  from unnest($2::bigint[]) as n(sku_id)
 cross join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.sku_id = n.sku_id offset 0) s
 cross join lateral (select * from catalog.product o where o.tenant_id = $1 and o.product_id = s.product_id offset 0) p
  left join lateral (
        select o.revision from kernel.stamp o where o.tenant_id = $1 and o.topic = 'sku' and o.key = s.sku_id offset 0) v on true
"""
_SKU_IDS = """
select s.code, s.sku_id from catalog.sku s where s.tenant_id = $1 and s.code = any($2::text[])
"""
_LOCK_BRANDS = """
select b.brand_id, b.code, b.name
  from unnest($2::text[]) as n(code)
 cross join lateral (select * from catalog.brand o where o.tenant_id = $1 and o.code = n.code for update) b
"""
_WRITE_BRANDS = """
insert into catalog.brand as b (tenant_id, brand_id, code, name)
select t.tenant_id, w.* from kernel.tenant t, unnest($2::bigint[], $3::text[], $4::text[]) as w(brand_id, code, name)
 where t.tenant_id = $1
    on conflict (tenant_id, brand_id) do update set name = excluded.name
"""
_LOCK_CATEGORIES = """
select c.category_id, c.parent_id, c.code, c.name from catalog.category c where c.tenant_id = $1 order by c.category_id for update
"""
_KNOWN_BRANDS = """
select c.code from catalog.brand c where c.tenant_id = $1 and c.code = any($2::text[])
"""
_KNOWN_CATEGORIES = """
select c.code from catalog.category c where c.tenant_id = $1 and c.code = any($2::text[])
"""
_WRITE_CATEGORIES = """
insert into catalog.category as c (tenant_id, category_id, parent_id, code, name)
select t.tenant_id, w.category_id, w.parent_id, w.code, w.name
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) as w(category_id, parent_id, code, name)
 where t.tenant_id = $1
    on conflict (tenant_id, category_id) do update set name = excluded.name, parent_id = excluded.parent_id
"""
_FILING = """
with brands as (
        select b.code, b.brand_id, b.name from catalog.brand b where b.tenant_id = $1 and b.code = any($2::text[]) for share),
     categories as (
        select c.code, c.category_id, c.name from catalog.category c where c.tenant_id = $1 and c.code = any($3::text[]) for share)
select true as brand, b.code, b.brand_id as id, b.name from brands b
union all
select false, c.code, c.category_id, c.name from categories c
"""
_FILING_OF = """
with brands as (
        select b.code, b.brand_id, b.name from catalog.brand b where b.tenant_id = $1 and b.brand_id = any($2::bigint[]) for share),
     categories as (
        select c.code, c.category_id, c.name from catalog.category c where c.tenant_id = $1 and c.category_id = any($3::bigint[]) for share)
select true as brand, b.code, b.brand_id as id, b.name from brands b
union all
select false, c.code, c.category_id, c.name from categories c
"""
_LOCK_PRODUCTS = """
select p.product_id, p.code, p.title, p.description, b.code as brand, c.code as category, p.brand_id, p.category_id, p.attributes,
       p.status, p.revision
  from unnest($2::text[]) as n(code)
 cross join lateral (select * from catalog.product o where o.tenant_id = $1 and o.code = n.code for update) p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
"""
_LOCK_PRODUCTS_BY_ID = """
with locked as materialized (
        select * from catalog.product o where o.tenant_id = $1 and o.product_id = any($2::bigint[]) order by o.code for update)
select p.product_id, p.code, p.title, p.description, b.code as brand, c.code as category, p.brand_id, p.category_id, p.attributes,
       p.status, p.revision
  from locked p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
"""
_READ_SKUS = """
select s.sku_id, s.product_id, s.code, s.title, s.base_unit, s.pack_size, s.weight_g, s.attributes, s.status = 'active' as active,
       array(select b.gtin from catalog.barcode b where b.tenant_id = $1 and b.sku_id = s.sku_id order by b.gtin) as gtins
  from unnest($2::bigint[]) as p(product_id)
 cross join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.product_id = p.product_id offset 0) s
 union all
select s.sku_id, s.product_id, s.code, s.title, s.base_unit, s.pack_size, s.weight_g, s.attributes, s.status = 'active' as active,
       array(select b.gtin from catalog.barcode b where b.tenant_id = $1 and b.sku_id = s.sku_id order by b.gtin) as gtins
  from unnest($3::text[]) as n(code)
 cross join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.code = n.code offset 0) s
 where s.product_id <> all ($2::bigint[])
"""
_READ_BARCODES = """
select b.gtin, s.code
  from unnest($2::text[]) as n(gtin)
 cross join lateral (select * from catalog.barcode o where o.tenant_id = $1 and o.gtin = n.gtin offset 0) b
 cross join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.sku_id = b.sku_id offset 0) s
"""
_WRITE_PRODUCTS = """
insert into catalog.product as p
       (tenant_id, product_id, code, title, description, brand_id, category_id, attributes, status, revision, created_at, changed_at)
select t.tenant_id, w.product_id, w.code, w.title, w.description, w.brand_id, w.category_id, w.attributes, w.status, w.revision, $11, $11
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::jsonb[], $9::text[], $10::bigint[])
           as w(product_id, code, title, description, brand_id, category_id, attributes, status, revision)
 where t.tenant_id = $1
    on conflict (tenant_id, product_id) do update
   set title = excluded.title, description = excluded.description, brand_id = excluded.brand_id, category_id = excluded.category_id,
       attributes = excluded.attributes, status = excluded.status, revision = excluded.revision, changed_at = excluded.changed_at
"""
_SKUS_OF = """
select s.sku_id from catalog.sku s where s.tenant_id = $1 and s.product_id = any($2::bigint[])
"""
_SKUS_WITHIN = """
with recursive down as (
        select c.category_id from catalog.category c where c.tenant_id = $1 and c.category_id = any($2::bigint[])
         union
        select c.category_id from down d join catalog.category c on c.tenant_id = $1 and c.parent_id = d.category_id)
select s.sku_id
  from down d
  join catalog.product p on p.tenant_id = $1 and p.category_id = d.category_id
  join catalog.sku s on s.tenant_id = $1 and s.product_id = p.product_id
"""
_WRITE_SKUS = """
insert into catalog.sku as s (tenant_id, sku_id, product_id, code, title, base_unit, pack_size, weight_g, attributes, status)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::jsonb[], $10::text[])
           as w(sku_id, product_id, code, title, base_unit, pack_size, weight_g, attributes, status)
 where t.tenant_id = $1
    on conflict (tenant_id, sku_id) do update
   set title = excluded.title, base_unit = excluded.base_unit, pack_size = excluded.pack_size, weight_g = excluded.weight_g,
       attributes = excluded.attributes, status = excluded.status
"""
_DROP_BARCODES = """
delete from catalog.barcode b where b.tenant_id = $1 and b.gtin = any($2::text[])
"""
_ADD_BARCODES = """
insert into catalog.barcode (tenant_id, gtin, sku_id)
select t.tenant_id, b.gtin, b.sku_id
  from kernel.tenant t, unnest($2::text[], $3::bigint[]) as b(gtin, sku_id)
 where t.tenant_id = $1
"""
_LOCK_LISTINGS = """
select l.sku_id, l.listing_id, l.channel_id, l.store_id, l.seller_id, l.owner_id, l.tax_class, l.status = 'listed' as listed,
       l.valid_from, l.valid_to
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as k(sku_id, channel_id, store_id)
 cross join lateral (
        select * from catalog.listing o
         where o.tenant_id = $1 and o.sku_id = k.sku_id and o.channel_id = k.channel_id and o.store_id = k.store_id
           for update) l
"""
_WRITE_LISTINGS = """
insert into catalog.listing as l
       (tenant_id, listing_id, sku_id, channel_id, store_id, seller_id, owner_id, tax_class, status, valid_from, valid_to)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
              $10::timestamptz[], $11::timestamptz[])
           as w(listing_id, sku_id, channel_id, store_id, seller_id, owner_id, tax_class, status, valid_from, valid_to)
 where t.tenant_id = $1
    on conflict (tenant_id, listing_id) do update
   set seller_id = excluded.seller_id, owner_id = excluded.owner_id, tax_class = excluded.tax_class, status = excluded.status,
       valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
_DROP_WORDS = """
delete from catalog.product_word w where w.tenant_id = $1 and w.product_id = any($2::bigint[])
"""
_ADD_WORDS = """
insert into catalog.product_word (tenant_id, word, place, title, product_id)
select t.tenant_id, w.*
  from kernel.tenant t, unnest($2::text[], $3::smallint[], $4::text[], $5::bigint[]) as w(word, place, title, product_id)
 where t.tenant_id = $1
"""
# Brands and categories are locked before their products' words are changed, and shared by whoever writes a product of theirs.
_DROP_BRAND_WORDS = """
delete from catalog.product_word w
 using unnest($2::bigint[]) as n(brand_id)
 cross join lateral (
        select o.product_id from catalog.product o where o.tenant_id = $1 and o.brand_id = n.brand_id offset 0) p
 where w.tenant_id = $1 and w.product_id = p.product_id and w.place = 2
"""
_ADD_BRAND_WORDS = """
insert into catalog.product_word (tenant_id, word, place, title, product_id)
select $1, n.word, 2, p.title, p.product_id
  from unnest($2::bigint[], $3::text[]) as n(brand_id, word)
 cross join lateral (
        select o.title, o.product_id from catalog.product o where o.tenant_id = $1 and o.brand_id = n.brand_id offset 0) p
"""
_DROP_CATEGORY_WORDS = """
delete from catalog.product_word w
 using unnest($2::bigint[]) as n(category_id)
 cross join lateral (
        select o.product_id from catalog.product o where o.tenant_id = $1 and o.category_id = n.category_id offset 0) p
 where w.tenant_id = $1 and w.product_id = p.product_id and w.place = 3
"""
_ADD_CATEGORY_WORDS = """
insert into catalog.product_word (tenant_id, word, place, title, product_id)
select $1, n.word, 3, p.title, p.product_id
  from unnest($2::bigint[], $3::text[]) as n(category_id, word)
 cross join lateral (
        select o.title, o.product_id from catalog.product o where o.tenant_id = $1 and o.category_id = n.category_id offset 0) p
"""
_PRODUCT_IDS = """
select p.code, p.product_id from catalog.product p where p.tenant_id = $1 and p.code = any($2::text[])
"""
_PUT_PICTURES = """
insert into catalog.picture (tenant_id, product_id, position, hash, width, height, alt, put_at)
select t.tenant_id, u.product_id, u.position, u.hash, u.width, u.height, u.alt, $8
  from kernel.tenant t,
       unnest($2::bigint[], $3::integer[], $4::text[], $5::integer[], $6::integer[], $7::text[])
       as u(product_id, position, hash, width, height, alt)
 where t.tenant_id = $1
    on conflict (tenant_id, product_id, position) do update
   set hash = excluded.hash, width = excluded.width, height = excluded.height, alt = excluded.alt, put_at = excluded.put_at
"""
_DROP_PICTURES = """
delete from catalog.picture c
 using unnest($2::bigint[], $3::integer[]) as u(product_id, position)
 where c.tenant_id = $1 and c.product_id = u.product_id and c.position = u.position
"""
