"""The statements of pricing, and its rows that are kept in memory."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from sys import intern
from typing import Final

import asyncpg

from jiutong.capabilities.pricing.model import PriceFacts, PriceRow, ScopeKey, TaxTable
from jiutong.capabilities.pricing.rules import winning_order
from jiutong.kernel.db import Tx
from jiutong.kernel.stamps import Facts

SKUS_KEPT_MAX = 50_000
TENANTS_KEPT_MAX = 10_000
# Remembered prices reach a little back: a transaction begun earlier, or a till's receipt of this morning, asks for its own instant.
REACH_BACK: Final = timedelta(days=1)
EVER: Final = datetime.min.replace(tzinfo=UTC)
FOREVER: Final = datetime.max.replace(tzinfo=UTC)
NOTHING_WITHDRAWN: Final[dict[ScopeKey, tuple[PriceRow, ...]]] = {}


def kept_prices(tx: Tx) -> Facts[PriceFacts]:
    """The prices this process remembers, by SKU."""
    return tx.memory.setdefault("pricing.sku", Facts(SKUS_KEPT_MAX))


def kept_taxes(tx: Tx) -> Facts[TaxTable]:
    """The tax rates this process remembers, by place (all of them under key 0)."""
    return tx.memory.setdefault("pricing.tax", Facts(TENANTS_KEPT_MAX))


def stamps(tx: Tx, sku_ids: Iterable[int]) -> dict[int, int]:
    """The stamps (topic "sku") under which the remembered prices of these SKUs were read."""
    return kept_prices(tx).stamps(tx.tenant_id, sku_ids)


def forget(tx: Tx, sku_ids: Iterable[int]) -> None:
    """Drop what is remembered of these SKUs: their stamps have changed."""
    kept_prices(tx).forget(tx.tenant_id, sku_ids)


def tax_stamps(tx: Tx) -> dict[int, int]:
    """The stamp (topic "place", key 0) under which the remembered tax rates were read."""
    return kept_taxes(tx).stamps(tx.tenant_id, (0,))


def forget_tax(tx: Tx) -> None:
    """Drop the remembered tax rates: their stamp has changed."""
    kept_taxes(tx).forget(tx.tenant_id, (0,))


async def load_prices(tx: Tx, sku_ids: Collection[int]) -> dict[int, tuple[int, PriceFacts]]:
    """Current and future prices of these SKUs in lists that are used, each SKU with its stamp; a SKU without prices has none."""
    since = tx.now - REACH_BACK
    rows = await tx.fetch(_LOAD_PRICES, sorted(sku_ids), since)
    return {sku_id: (own[0]["revision"], _facts(sku_id, since, own)) for sku_id, own in _by_sku(rows).items()}


async def load_history(tx: Tx, sku_ids: Collection[int]) -> dict[int, PriceFacts]:
    """All prices these SKUs ever had, also those of withdrawn lists."""
    rows = await tx.fetch(_LOAD_HISTORY, sorted(sku_ids))
    return {sku_id: _facts(sku_id, EVER, own) for sku_id, own in _by_sku(rows).items()}


async def load_taxes(tx: Tx) -> tuple[int, TaxTable]:
    """Every tax rate with the instant it begins, and the stamp of the place."""
    rows = await tx.fetch(_LOAD_TAXES)
    table: dict[tuple[int, str], list[tuple[datetime, int]]] = {}
    for row in rows:
        if row["seller_id"] is not None:
            table.setdefault((row["seller_id"], intern(row["tax_class"])), []).append((instant(row["valid_from"]), row["rate_bp"]))
    return rows[0]["revision"], {key: tuple(rates) for key, rates in table.items()}


def instant(value: datetime) -> datetime:
    """The database's infinities come without a zone."""
    if value.tzinfo is not None:
        return value
    return FOREVER if value.year == FOREVER.year else EVER


def _by_sku(rows: Sequence[asyncpg.Record]) -> dict[int, list[asyncpg.Record]]:
    grouped: dict[int, list[asyncpg.Record]] = {}
    for row in rows:
        grouped.setdefault(row["sku_id"], []).append(row)
    return grouped


def _facts(sku_id: int, since: datetime, rows: Sequence[asyncpg.Record]) -> PriceFacts:
    by_scope: dict[ScopeKey, list[PriceRow]] = {}
    withdrawn: dict[ScopeKey, list[PriceRow]] = {}
    for row in rows:
        if row["price_id"] is None:
            continue
        scope = (intern(row["kind"]), row["scope_id"], intern(row["currency"]))
        (by_scope if row["active"] else withdrawn).setdefault(scope, []).append(
            PriceRow(
                row["price_id"],
                intern(row["list_code"]),
                row["amount"],
                row["per"],
                row["min_quantity"],
                instant(row["valid_from"]),
                instant(row["valid_to"]),
            )
        )
    return PriceFacts(
        sku_id,
        since,
        {scope: winning_order(own) for scope, own in by_scope.items()},
        {scope: winning_order(own) for scope, own in withdrawn.items()} if withdrawn else NOTHING_WITHDRAWN,
    )


# The stamp and the rows are read by one statement, so of one snapshot: a change is in both or in neither.
_LOAD_PRICES = """
select n.sku_id, coalesce(v.revision, 0) as revision, r.price_id, r.list_code, r.kind, r.scope_id, r.currency, true as active,
       r.amount, r.per, r.min_quantity, r.valid_from, r.valid_to
  from unnest($2::bigint[]) as n(sku_id)
  left join kernel.stamp v on v.tenant_id = $1 and v.topic = 'sku' and v.key = n.sku_id
  left join lateral (
        select p.price_id, l.code as list_code, l.kind, coalesce(l.store_id, l.channel_id, 0) as scope_id, l.currency,
               p.amount, p.per, p.min_quantity, p.valid_from, p.valid_to
          from pricing.price p
          join pricing.price_list l on l.tenant_id = $1 and l.list_id = p.list_id and l.status = 'active'
         where p.tenant_id = $1 and p.sku_id = n.sku_id and p.valid_to > $3) r on true
"""
_LOAD_HISTORY = """
select p.sku_id, p.price_id, l.code as list_code, l.kind, coalesce(l.store_id, l.channel_id, 0) as scope_id, l.currency,
       l.status = 'active' as active, p.amount, p.per, p.min_quantity, p.valid_from, p.valid_to
  from pricing.price p
  join pricing.price_list l on l.tenant_id = $1 and l.list_id = p.list_id
 where p.tenant_id = $1 and p.sku_id = any($2::bigint[])
"""
_LOAD_TAXES = """
select coalesce(v.revision, 0) as revision, r.seller_id, r.tax_class, r.rate_bp, r.valid_from
  from kernel.tenant t
  left join kernel.stamp v on v.tenant_id = $1 and v.topic = 'place' and v.key = 0
  left join pricing.tax_rate r on r.tenant_id = $1
 where t.tenant_id = $1
 order by r.seller_id, r.tax_class, r.valid_from desc
"""
