"""The catalog's statements, and its rows that are kept in memory."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from sys import intern

import asyncpg

from jiutong.capabilities.catalog.model import EVER, FOREVER, ListingFacts, SkuFacts
from jiutong.capabilities.catalog.rules import gtin_form
from jiutong.kernel.db import Tx
from jiutong.kernel.stamps import Facts

SKUS_KEPT_MAX = 50_000
NAMES_KEPT_MAX = 2 * SKUS_KEPT_MAX  # a SKU is asked for by its code and by its barcode


class Shelf:
    """The SKUs kept in memory, by id and by the names they were asked for. A name holds as long as its fact is the kept one."""

    __slots__ = ("facts", "names")

    def __init__(self) -> None:
        self.facts: Facts[SkuFacts] = Facts(SKUS_KEPT_MAX)
        self.names: dict[tuple[int, str], SkuFacts] = {}

    def named(self, tenant_id: int, names: Iterable[str]) -> tuple[dict[str, SkuFacts], list[str]]:
        """The kept facts among `names`, and the names that must be loaded."""
        asked = {name: self.names.get((tenant_id, name)) for name in names}
        kept, _ = self.facts.known(tenant_id, {sku.sku_id for sku in asked.values() if sku})
        found: dict[str, SkuFacts] = {}
        missing: list[str] = []
        for name, sku in asked.items():
            if sku is not None and kept.get(sku.sku_id) is sku:
                found[name] = sku
            else:
                missing.append(name)
        return found, missing

    def keep(self, tenant_id: int, facts: Mapping[int, tuple[int, SkuFacts]], names: Mapping[str, int]) -> dict[str, SkuFacts]:
        """Remember loaded facts and under which names they were asked for; the facts by name."""
        self.facts.keep(tenant_id, facts)
        if len(self.names) + len(names) > NAMES_KEPT_MAX:
            self.names.clear()
        named = {name: facts[sku_id][1] for name, sku_id in names.items()}
        self.names.update(((tenant_id, name), sku) for name, sku in named.items())
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
        listings=tuple(
            ListingFacts(listing_id, channel_id, store_id, seller_id, owner_id, intern(tax_class), listed, instant(since), instant(until))
            for listing_id, channel_id, store_id, seller_id, owner_id, tax_class, listed, since, until in row["listings"]
        ),
    )


def instant(value: datetime) -> datetime:
    """The database's infinities come without a zone."""
    if value.tzinfo is not None:
        return value
    return FOREVER if value.year == FOREVER.year else EVER


# The stamp and the rows are read by one statement, so of one snapshot: a change is in both or in neither.
_LOAD_NAMED = """
-- `case`, not `coalesce`: only what the planner takes for leakproof may reach an index under row-level security.
select n.name, s.sku_id, coalesce(v.revision, 0) as revision, s.code, s.title, s.product_id, s.base_unit, s.pack_size, s.weight_g,
       s.status = 'active' and p.status = 'published' as sellable,
       array(select row(l.listing_id, l.channel_id, l.store_id, l.seller_id, l.owner_id, l.tax_class, l.status = 'listed',
                        l.valid_from, l.valid_to)
               from catalog.listing l where l.tenant_id = $1 and l.sku_id = s.sku_id order by l.channel_id, l.store_id) as listings
  from unnest($2::text[], $3::text[]) as n(name, gtin)
  left join catalog.sku c on c.tenant_id = $1 and c.code = n.name
  left join catalog.barcode b on b.tenant_id = $1 and b.gtin = n.gtin
  join catalog.sku s on s.tenant_id = $1 and s.sku_id = case when c.sku_id is null then b.sku_id else c.sku_id end
  join catalog.product p on p.tenant_id = $1 and p.product_id = s.product_id
  left join kernel.stamp v on v.tenant_id = $1 and v.topic = 'sku' and v.key = s.sku_id
"""
_LOAD = """
select s.sku_id, coalesce(v.revision, 0) as revision, s.code, s.title, s.product_id, s.base_unit, s.pack_size, s.weight_g,
       s.status = 'active' and p.status = 'published' as sellable,
       array(select row(l.listing_id, l.channel_id, l.store_id, l.seller_id, l.owner_id, l.tax_class, l.status = 'listed',
                        l.valid_from, l.valid_to)
               from catalog.listing l where l.tenant_id = $1 and l.sku_id = s.sku_id order by l.channel_id, l.store_id) as listings
  from unnest($2::bigint[]) as n(sku_id)
  join catalog.sku s on s.tenant_id = $1 and s.sku_id = n.sku_id
  join catalog.product p on p.tenant_id = $1 and p.product_id = s.product_id
  left join kernel.stamp v on v.tenant_id = $1 and v.topic = 'sku' and v.key = s.sku_id
"""
