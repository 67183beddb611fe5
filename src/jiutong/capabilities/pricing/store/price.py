"""The statements of pricing, and its rows that are kept in memory."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from sys import intern
from typing import Final

import asyncpg

from jiutong.capabilities.pricing.model import (
    EVER,
    FOREVER,
    EndPrice,
    PriceEnded,
    PriceFacts,
    PriceList,
    PriceRow,
    PriceSpan,
    Role,
    ScopeKey,
    SetTaxRate,
    TaxChange,
    TaxTable,
    Terms,
)
from jiutong.capabilities.pricing.rules.price import winning_order
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.stamps import Facts

SKUS_KEPT_MAX = 50_000
TENANTS_KEPT_MAX = 10_000
COMPANIES_KEPT_MAX = 20_000
# Remembered prices reach a little back: a transaction begun earlier, or a till's receipt of this morning, asks for its own instant.
REACH_BACK: Final = timedelta(days=1)
NO_ROWS: Final[dict[ScopeKey, tuple[PriceRow, ...]]] = {}
ONLY_LINES: Final[frozenset[str]] = frozenset()


def kept_prices(tx: Tx) -> Facts[PriceFacts]:
    """The prices this process remembers, by SKU."""
    return tx.memory.setdefault("pricing.sku", Facts("sku", SKUS_KEPT_MAX))


def kept_taxes(tx: Tx) -> Facts[TaxTable]:
    """The tax rates this process remembers, by place (all of them under key 0)."""
    return tx.memory.setdefault("pricing.tax", Facts("place", TENANTS_KEPT_MAX))


def kept_terms(tx: Tx) -> Facts[Terms]:
    """The terms of companies' contracts this process remembers."""
    return tx.memory.setdefault("pricing.terms", Facts("terms", COMPANIES_KEPT_MAX))


def forget_terms(tx: Tx, company_ids: Iterable[int]) -> None:
    """Drop what is remembered of these companies' terms: their stamps have changed."""
    kept_terms(tx).forget(tx.tenant_id, company_ids)


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


async def load_history(tx: Tx, sku_ids: Collection[int], role: Role | None = None) -> dict[int, PriceFacts]:
    """All prices these SKUs ever had, also those of withdrawn lists; of lists of one role, if asked."""
    rows = await tx.fetch(_LOAD_HISTORY, sorted(sku_ids), role)
    return {sku_id: _facts(sku_id, EVER, own) for sku_id, own in _by_sku(rows).items()}


async def load_terms(tx: Tx, company_ids: Collection[int], since: datetime) -> dict[int, tuple[int, Terms]]:
    """What the contracts of these companies take off whole categories from an instant on, each with its stamp."""
    rows = await tx.fetch(_LOAD_TERMS, sorted(company_ids), since)
    found: dict[int, tuple[int, dict[tuple[str, str], list[PriceRow]]]] = {}
    for row in rows:
        _, by_category = found.setdefault(row["company_id"], (row["revision"], {}))
        if row["price_id"] is not None:
            by_category.setdefault((row["category"], row["currency"]), []).append(
                PriceRow(
                    row["price_id"],
                    intern(row["list_code"]),
                    0,
                    1,
                    row["min_quantity"],
                    instant(row["valid_from"]),
                    instant(row["valid_to"]),
                    row["off_bp"],
                    "line" if row["basis"] == "group" else intern(row["basis"]),
                )
            )
    return {
        company_id: (revision, Terms(company_id, since, {key: winning_order(own) for key, own in by_category.items()}))
        for company_id, (revision, by_category) in found.items()
    }


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
    floors: dict[ScopeKey, list[PriceRow]] = {}
    costs: dict[ScopeKey, list[PriceRow]] = {}
    bases: set[str] = set()
    says = {"sale": by_scope, "floor": floors, "cost": costs}
    for row in rows:
        # Whoever asks why a price is what it is asks about prices: lists no longer used are told of only where they sold.
        if row["price_id"] is None or not (row["active"] or row["role"] == "sale"):
            continue
        scope = (intern(row["kind"]), row["region"] or row["scope_id"], intern(row["currency"]))
        kept = says[row["role"]] if row["active"] else withdrawn
        if row["basis"] != "line":
            bases.add(row["basis"])
        kept.setdefault(scope, []).append(
            PriceRow(
                row["price_id"],
                intern(row["list_code"]),
                row["amount"],
                row["per"],
                row["min_quantity"],
                instant(row["valid_from"]),
                instant(row["valid_to"]),
                row["off_bp"],
                intern(row["basis"]),
                intern(row["mix"]),
                row["quota"],
                row["margin_bp"],
            )
        )
    return PriceFacts(
        sku_id,
        since,
        {scope: winning_order(own) for scope, own in by_scope.items()},
        {scope: winning_order(own) for scope, own in withdrawn.items()} if withdrawn else NO_ROWS,
        {scope: winning_order(own) for scope, own in floors.items()} if floors else NO_ROWS,
        frozenset(bases) if bases else ONLY_LINES,
        {scope: winning_order(own) for scope, own in costs.items()} if costs else NO_ROWS,
    )


async def lock_lists(tx: Tx, codes: Collection[str]) -> dict[str, PriceList]:
    """The price lists with these codes, locked in the order of their codes."""
    return {row["code"]: _list(row) for row in await tx.fetch(_LOCK_LISTS, sorted(codes))}


async def read_lists(tx: Tx, codes: Collection[str]) -> dict[str, PriceList]:
    """The price lists with these codes. A price that is added then holds on to its list (its foreign key does), so that a withdrawal
    waits for it and sees whom it concerns.
    """
    return {row["code"]: _list(row) for row in await tx.fetch(_READ_LISTS, sorted(codes))}


async def write_lists(tx: Tx, lists: Sequence[PriceList]) -> None:
    """Write price lists as they are to be, new or not. A code taken since they were locked sends us back to find it."""
    try:
        await tx.count(
            _WRITE_LISTS,
            [one.list_id for one in lists],
            [one.code for one in lists],
            [one.name for one in lists],
            [one.kind for one in lists],
            [one.scope_id if one.kind == "channel" else None for one in lists],
            [one.scope_id if one.kind == "store" else None for one in lists],
            [one.currency for one in lists],
            ["active" if one.active else "withdrawn" for one in lists],
            [one.region or None for one in lists],
            [one.scope_id if one.kind == "group" else None for one in lists],
            [one.scope_id if one.kind == "contract" else None for one in lists],
            [one.role for one in lists],
            [one.basis for one in lists],
            [one.approval for one in lists],
            [one.scope_id if one.kind == "seller" else None for one in lists],
            [one.margin_bp for one in lists],
        )
    except asyncpg.UniqueViolationError as taken:
        raise Again("a price list code was taken meanwhile") from taken


async def priced_in(tx: Tx, list_ids: Sequence[int]) -> list[int]:
    """The SKUs that have prices in these lists."""
    return [row["sku_id"] for row in await tx.fetch(_PRICED_IN, sorted(list_ids))]


async def agreed_with(tx: Tx, list_ids: Sequence[int]) -> list[int]:
    """The companies these lists are agreed with."""
    return [row["company_id"] for row in await tx.fetch(_AGREED_WITH, sorted(list_ids))]


async def lists_of(tx: Tx, price_ids: Sequence[int]) -> dict[int, PriceList]:
    """The list each of these prices is in."""
    return {row["price_id"]: _list(row) for row in await tx.fetch(_LISTS_OF, sorted(set(price_ids)))}


async def lock_running(tx: Tx, wishes: Sequence[PriceSpan]) -> dict[int, PriceSpan]:
    """The rows that are valid when these prices are to begin, by the wish's position; locked in the order of the wishes."""
    rows = await tx.fetch(
        _LOCK_RUNNING,
        [one.list_id for one in wishes],
        [one.sku_id for one in wishes],
        [one.min_quantity for one in wishes],
        [one.valid_from for one in wishes],
    )
    return {
        row["position"] - 1: PriceSpan(
            row["list_id"],
            row["sku_id"],
            row["min_quantity"],
            row["amount"],
            row["per"],
            instant(row["valid_from"]),
            instant(row["valid_to"]),
            row["price_id"],
            off_bp=row["off_bp"],
            mix=row["mix"],
            quota=row["quota"],
        )
        for row in rows
    }


async def lock_running_rates(tx: Tx, wishes: Sequence[PriceSpan]) -> dict[int, PriceSpan]:
    """The rates of categories in force when these are to begin, by the wish's position; locked in the order of the wishes."""
    rows = await tx.fetch(
        _LOCK_RUNNING_RATES,
        [one.list_id for one in wishes],
        [one.category for one in wishes],
        [one.min_quantity for one in wishes],
        [one.valid_from for one in wishes],
    )
    return {
        row["position"] - 1: PriceSpan(
            row["list_id"],
            0,
            row["min_quantity"],
            0,
            1,
            instant(row["valid_from"]),
            instant(row["valid_to"]),
            row["price_id"],
            off_bp=row["off_bp"],
            category=row["category"],
        )
        for row in rows
    }


async def end_rates(tx: Tx, rates: Sequence[PriceSpan]) -> None:
    """Let rates of categories end when these say."""
    await tx.count(_END_RATES, [one.price_id for one in rates], [one.valid_to for one in rates])


async def drop_rates(tx: Tx, price_ids: Sequence[int]) -> None:
    """Take back rates of categories that have not begun."""
    await tx.count(_DROP_RATES, sorted(price_ids))


async def add_rates(tx: Tx, rates: Sequence[PriceSpan]) -> set[int]:
    """Append rates of categories; the ids of those that overlap no other."""
    rows = await tx.fetch(
        _ADD_RATES,
        [one.price_id for one in rates],
        [one.list_id for one in rates],
        [one.category for one in rates],
        [one.min_quantity for one in rates],
        [one.off_bp for one in rates],
        [one.valid_from for one in rates],
        [one.valid_to for one in rates],
    )
    return {row["price_id"] for row in rows}


async def cut_rates(tx: Tx, wishes: Sequence[EndPrice]) -> dict[int, PriceEnded]:
    """Like `cut_prices`, for rates of categories; `sku_id` is 0."""
    rows = await tx.fetch(_CUT_RATES, [one.price_id for one in wishes], [one.at for one in wishes])
    return {row["price_id"]: PriceEnded(row["price_id"], 0, instant(row["before"]), instant(row["at"]), row["taken_back"]) for row in rows}


async def end_prices(tx: Tx, prices: Sequence[PriceSpan]) -> None:
    """Let price rows end when these say."""
    await tx.count(_END_PRICES, *_columns(prices))


async def drop_prices(tx: Tx, price_ids: Sequence[int]) -> None:
    """Take back price rows that have not begun: nothing was ever sold by them."""
    await tx.count(_DROP_PRICES, sorted(price_ids))


async def add_prices(tx: Tx, prices: Sequence[PriceSpan]) -> set[int]:
    """Append price rows; the ids of those that overlap no other."""
    rows = await tx.fetch(
        _ADD_PRICES, *_columns(prices), [one.off_bp for one in prices], [one.mix for one in prices], [one.quota for one in prices]
    )
    return {row["price_id"] for row in rows}


def _columns(
    prices: Sequence[PriceSpan],
) -> tuple[list[int], list[int], list[int], list[int], list[int], list[int], list[datetime], list[datetime]]:
    return (
        [one.price_id for one in prices],
        [one.list_id for one in prices],
        [one.sku_id for one in prices],
        [one.min_quantity for one in prices],
        [one.amount for one in prices],
        [one.per for one in prices],
        [one.valid_from for one in prices],
        [one.valid_to for one in prices],
    )


async def cut_prices(tx: Tx, wishes: Sequence[EndPrice]) -> dict[int, PriceEnded]:
    """Let prices end sooner, and take back those that would not have begun by then; those that changed. Later wishes for one count."""
    rows = await tx.fetch(_CUT_PRICES, [one.price_id for one in wishes], [one.at for one in wishes])
    return {
        row["price_id"]: PriceEnded(row["price_id"], row["sku_id"], instant(row["before"]), instant(row["at"]), row["taken_back"])
        for row in rows
    }


async def set_tax_rates(tx: Tx, rates: Sequence[tuple[int, SetTaxRate]]) -> list[TaxChange]:
    """Add or change sellers' tax rates; those that are new or different now."""
    rows = await tx.fetch(
        _SET_TAX_RATES,
        [seller_id for seller_id, _ in rates],
        [one.tax_class for _, one in rates],
        [one.rate_bp for _, one in rates],
        [one.valid_from for _, one in rates],
    )
    return [TaxChange(row["seller_id"], row["tax_class"], instant(row["valid_from"]), row["before"], row["rate_bp"]) for row in rows]


def _list(row: asyncpg.Record) -> PriceList:
    return PriceList(
        row["code"],
        row["name"],
        row["kind"],
        row["scope_id"],
        row["currency"],
        row["active"],
        row["list_id"],
        row["region"] or "",
        row["role"],
        row["basis"],
        row["approval"],
        row["margin_bp"],
    )


# Every array drives its statement: a lateral subquery that the planner cannot dissolve (`offset 0`, `for update`) is looked up
# once per element, in the array's order, however few rows the planner believes a young table to have.
# For the same reason rows that are known to be there are changed by an insert that meets them, never by an update that joins.
# The stamp and the rows are read by one statement, so of one snapshot: a change is in both or in neither.
_LOAD_PRICES = """
select n.sku_id, coalesce(v.revision, 0) as revision, r.price_id, r.list_code, r.kind, r.scope_id, r.currency, true as active,
       r.amount, r.per, r.min_quantity, r.valid_from, r.valid_to, r.off_bp, r.mix, r.quota, r.region, r.role, r.basis, r.margin_bp
  from unnest($2::bigint[]) as n(sku_id)
  left join lateral (
        select o.revision from kernel.stamp o where o.tenant_id = $1 and o.topic = 'sku' and o.key = n.sku_id offset 0) v on true
  left join lateral (
        select p.price_id, l.code as list_code, l.kind,
               coalesce(l.store_id, l.channel_id, l.group_id, l.company_id, l.seller_id, 0) as scope_id, l.currency,
               p.amount, p.per, p.min_quantity, p.valid_from, p.valid_to, p.off_bp, p.mix, p.quota, l.region, l.role, l.basis, l.margin_bp
          from pricing.price p
          join pricing.price_list l on l.tenant_id = $1 and l.list_id = p.list_id and l.status = 'active'
         where p.tenant_id = $1 and p.sku_id = n.sku_id and p.valid_to > $3) r on true
"""
_LOAD_HISTORY = """
select p.sku_id, p.price_id, l.code as list_code, l.kind,
       coalesce(l.store_id, l.channel_id, l.group_id, l.company_id, l.seller_id, 0) as scope_id, l.currency, l.status = 'active' as active,
       p.amount, p.per, p.min_quantity, p.valid_from, p.valid_to, p.off_bp, p.mix, p.quota, l.region, l.role, l.basis, l.margin_bp
  from pricing.price p
  join pricing.price_list l on l.tenant_id = $1 and l.list_id = p.list_id and ($3::text is null or l.role = $3)
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
_LOCK_LISTS = """
-- `for update` and nothing weaker: it must meet the foreign keys of the prices being added.
select l.list_id, l.code, l.name, l.kind,
       coalesce(l.store_id, l.channel_id, l.group_id, l.company_id, l.seller_id, 0) as scope_id, l.currency,
       l.status = 'active' as active, l.region, l.role, l.basis, l.approval, l.margin_bp
  from unnest($2::text[]) as n(code)
 cross join lateral (select * from pricing.price_list o where o.tenant_id = $1 and o.code = n.code for update) l
"""
_READ_LISTS = """
select l.list_id, l.code, l.name, l.kind,
       coalesce(l.store_id, l.channel_id, l.group_id, l.company_id, l.seller_id, 0) as scope_id, l.currency,
       l.status = 'active' as active, l.region, l.role, l.basis, l.approval, l.margin_bp
  from pricing.price_list l where l.tenant_id = $1 and l.code = any($2::text[])
"""
_WRITE_LISTS = """
insert into pricing.price_list as l
       (tenant_id, list_id, code, name, kind, channel_id, store_id, currency, status, region, group_id, company_id, role, basis, approval,
        seller_id, margin_bp)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[],
              $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::boolean[], $16::bigint[], $17::integer[])
           as w(list_id, code, name, kind, channel_id, store_id, currency, status, region, group_id, company_id, role, basis, approval,
                seller_id, margin_bp)
 where t.tenant_id = $1
    on conflict (tenant_id, list_id) do update
   set name = excluded.name, status = excluded.status, basis = excluded.basis, approval = excluded.approval,
       margin_bp = excluded.margin_bp
"""
_AGREED_WITH = """
select distinct l.company_id from pricing.price_list l
 where l.tenant_id = $1 and l.list_id = any($2::bigint[]) and l.company_id is not null
"""
_LISTS_OF = """
select p.price_id, l.list_id, l.code, l.name, l.kind,
       coalesce(l.store_id, l.channel_id, l.group_id, l.company_id, l.seller_id, 0) as scope_id, l.currency,
       l.status = 'active' as active, l.region, l.role, l.basis, l.approval, l.margin_bp
  from (select o.price_id, o.list_id from pricing.price o where o.tenant_id = $1 and o.price_id = any($2::bigint[])
         union all
        select o.price_id, o.list_id from pricing.category_price o where o.tenant_id = $1 and o.price_id = any($2::bigint[])) p
  join pricing.price_list l on l.tenant_id = $1 and l.list_id = p.list_id
"""
_LOAD_TERMS = """
select n.company_id, coalesce(v.revision, 0) as revision, r.price_id, r.list_code, r.currency, r.basis, r.category, r.min_quantity,
       r.off_bp, r.valid_from, r.valid_to
  from unnest($2::bigint[]) as n(company_id)
  left join lateral (
        select o.revision from kernel.stamp o where o.tenant_id = $1 and o.topic = 'terms' and o.key = n.company_id offset 0) v on true
  left join lateral (
        select p.price_id, l.code as list_code, l.currency, l.basis, p.category, p.min_quantity, p.off_bp, p.valid_from, p.valid_to
          from pricing.price_list l
          join pricing.category_price p on p.tenant_id = $1 and p.list_id = l.list_id and p.valid_to > $3
         where l.tenant_id = $1 and l.company_id = n.company_id and l.status = 'active' and l.role = 'sale') r on true
"""
_LOCK_RUNNING_RATES = """
select w.position, p.price_id, p.list_id, p.category, p.min_quantity, p.off_bp, p.valid_from, p.valid_to
  from unnest($2::bigint[], $3::text[], $4::bigint[], $5::timestamptz[]) with ordinality
           as w(list_id, category, min_quantity, valid_from, position)
 cross join lateral (
        select * from pricing.category_price o
         where o.tenant_id = $1 and o.list_id = w.list_id and o.category = w.category and o.min_quantity = w.min_quantity
           and o.valid_from <= w.valid_from and o.valid_to > w.valid_from
           for update) p
"""
_END_RATES = """
update pricing.category_price p set valid_to = w.valid_to
  from unnest($2::bigint[], $3::timestamptz[]) as w(price_id, valid_to)
 where p.tenant_id = $1 and p.price_id = w.price_id
"""
_DROP_RATES = """
delete from pricing.category_price p where p.tenant_id = $1 and p.price_id = any($2::bigint[])
"""
_ADD_RATES = """
-- The exclusion constraint decides here too.
insert into pricing.category_price as p (tenant_id, price_id, list_id, category, min_quantity, off_bp, valid_from, valid_to)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::integer[], $7::timestamptz[], $8::timestamptz[])
           as w(price_id, list_id, category, min_quantity, off_bp, valid_from, valid_to)
 where t.tenant_id = $1
    on conflict do nothing
returning p.price_id
"""
_CUT_RATES = """
with wish as materialized (
        select p.*, w.at
          from unnest($2::bigint[], $3::timestamptz[]) as w(price_id, at)
         cross join lateral (
               select o.price_id, o.valid_from, o.valid_to from pricing.category_price o
                where o.tenant_id = $1 and o.price_id = w.price_id and o.valid_to > w.at for update) p),
     dropped as (
        delete from pricing.category_price p
         where p.tenant_id = $1 and p.price_id = any (array(select w.price_id from wish w where w.valid_from >= w.at))
        returning p.price_id),
     cut as (
        update pricing.category_price p set valid_to = w.at
          from wish w
         where p.tenant_id = $1 and p.price_id = w.price_id and w.valid_from < w.at
        returning p.price_id)
select w.price_id, w.valid_to as before, w.at, w.valid_from >= w.at as taken_back
  from wish w
 where w.price_id in (select d.price_id from dropped d union all select c.price_id from cut c)
"""
_PRICED_IN = """
select distinct p.sku_id from pricing.price p where p.tenant_id = $1 and p.list_id = any($2::bigint[])
"""
_LOCK_RUNNING = """
select w.position, p.price_id, p.list_id, p.sku_id, p.min_quantity, p.amount, p.per, p.valid_from, p.valid_to, p.off_bp, p.mix, p.quota
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[]) with ordinality
           as w(list_id, sku_id, min_quantity, valid_from, position)
 cross join lateral (
        select * from pricing.price o
         where o.tenant_id = $1 and o.list_id = w.list_id and o.sku_id = w.sku_id and o.min_quantity = w.min_quantity
           and o.valid_from <= w.valid_from and o.valid_to > w.valid_from
           for update) p
"""
_END_PRICES = """
insert into pricing.price as p (tenant_id, price_id, list_id, sku_id, min_quantity, amount, per, valid_from, valid_to)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[])
           as w(price_id, list_id, sku_id, min_quantity, amount, per, valid_from, valid_to)
 where t.tenant_id = $1
    on conflict (tenant_id, price_id) do update set valid_to = excluded.valid_to
"""
_DROP_PRICES = """
delete from pricing.price p where p.tenant_id = $1 and p.price_id = any($2::bigint[])
"""
_ADD_PRICES = """
-- The exclusion constraint decides: a row that would overlap another is not written, and not returned.
insert into pricing.price as p (tenant_id, price_id, list_id, sku_id, min_quantity, amount, per, valid_from, valid_to, off_bp, mix, quota)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[],
              $10::integer[], $11::text[], $12::bigint[])
           as w(price_id, list_id, sku_id, min_quantity, amount, per, valid_from, valid_to, off_bp, mix, quota)
 where t.tenant_id = $1
    on conflict do nothing
returning p.price_id
"""
_CUT_PRICES = """
-- Locked in the order of their ids. A row that has begun changes in nothing but its end; one that has not was never charged.
with wish as materialized (
        select p.*, w.at
          from unnest($2::bigint[], $3::timestamptz[]) as w(price_id, at)
         cross join lateral (
               select o.price_id, o.sku_id, o.valid_from, o.valid_to from pricing.price o
                where o.tenant_id = $1 and o.price_id = w.price_id and o.valid_to > w.at for update) p),
     dropped as (
        delete from pricing.price p
         where p.tenant_id = $1 and p.price_id = any (array(select w.price_id from wish w where w.valid_from >= w.at))
        returning p.price_id),
     cut as (
        update pricing.price p set valid_to = w.at
          from wish w
         where p.tenant_id = $1 and p.price_id = w.price_id and w.valid_from < w.at
        returning p.price_id)
select w.price_id, w.sku_id, w.valid_to as before, w.at, w.valid_from >= w.at as taken_back
  from wish w
 where w.price_id in (select d.price_id from dropped d union all select c.price_id from cut c)
"""
_SET_TAX_RATES = """
with wish as (
        select * from unnest($2::bigint[], $3::text[], $4::integer[], $5::timestamptz[]) as w(seller_id, tax_class, rate_bp, valid_from)),
     before as (
        select r.seller_id, r.tax_class, r.valid_from, r.rate_bp
          from wish w
          join pricing.tax_rate r
            on r.tenant_id = $1 and r.seller_id = w.seller_id and r.tax_class = w.tax_class and r.valid_from = w.valid_from),
     put as (
        insert into pricing.tax_rate as r (tenant_id, seller_id, tax_class, rate_bp, valid_from)
        select t.tenant_id, w.seller_id, w.tax_class, w.rate_bp, w.valid_from from kernel.tenant t, wish w where t.tenant_id = $1
            on conflict (tenant_id, seller_id, tax_class, valid_from) do update set rate_bp = excluded.rate_bp
         where r.rate_bp <> excluded.rate_bp
        returning r.seller_id, r.tax_class, r.valid_from, r.rate_bp)
select put.seller_id, put.tax_class, put.valid_from, put.rate_bp, b.rate_bp as before
  from put
  left join before b on b.seller_id = put.seller_id and b.tax_class = put.tax_class and b.valid_from = put.valid_from
 order by put.seller_id, put.tax_class, put.valid_from
"""
