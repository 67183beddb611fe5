"""The SKUs that are kept in memory, and how they are loaded."""

from collections.abc import Iterable, Mapping, Sequence
from sys import intern

import asyncpg

from jiutong.capabilities.catalog.model import SkuFacts
from jiutong.capabilities.catalog.rules import gtin_form
from jiutong.capabilities.catalog.store.rows import attributes_of, listing_of
from jiutong.kernel.db import Tx
from jiutong.kernel.stamps import Facts

SKUS_KEPT_MAX = 50_000
NAMES_KEPT_MAX = 2 * SKUS_KEPT_MAX  # a SKU is asked for by its code and by its barcode


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


def of(tx: Tx) -> Shelf:
    """The SKUs this process remembers."""
    return tx.memory.setdefault("catalog.sku", Shelf())


def stamps(tx: Tx, sku_ids: Iterable[int]) -> dict[int, int]:
    """The stamps (topic "sku") under which the remembered facts of these SKUs were read."""
    return of(tx).facts.stamps(tx.tenant_id, sku_ids)


def forget(tx: Tx, sku_ids: Iterable[int]) -> None:
    """Drop what is remembered of these SKUs: their stamps have changed."""
    of(tx).facts.forget(tx.tenant_id, sku_ids)


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
        listings=tuple(listing_of(*listing) for listing in row["listings"]),
        brand=intern(row["brand"]),
        categories=tuple(intern(code) for code in row["categories"]),
        attributes=attributes_of(row["product_attributes"]) | attributes_of(row["attributes"]),
    )


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
