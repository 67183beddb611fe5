"""The room's statements on programmes, lots and earnings. What is left of a lot its ledger account says: it is joined, never kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from asyncpg import Record

from jiutong.capabilities.asset.model import (
    BeansTerms,
    Clawback,
    Earning,
    Holder,
    Lot,
    LotFacts,
    PointsTerms,
    Programme,
    Wallet,
)
from jiutong.kernel.db import Tx
from jiutong.kernel.stamps import Facts

TENANTS_KEPT_MAX = 10_000
TOPIC = "asset"
_encode = msgspec.json.Encoder().encode
Programmes = dict[str, tuple[Programme, ...]]


def kept(tx: Tx) -> Facts[Programmes]:
    """The terms this process remembers, all versions under key 0."""
    return tx.memory.setdefault("asset.programmes", Facts(TOPIC, TENANTS_KEPT_MAX))


def forget(tx: Tx) -> None:
    """Drop the remembered terms: their stamp has changed."""
    kept(tx).forget(tx.tenant_id, (0,))


async def load_programmes(tx: Tx) -> tuple[int, Programmes]:
    """All versions of the terms by kind, the first one first, and their stamp."""
    rows = await tx.fetch(_LOAD_PROGRAMMES)
    told: dict[str, list[Programme]] = {}
    for row in rows:
        if row["kind"] is not None:
            told.setdefault(row["kind"], []).append(_programme(row["kind"], row["version"], row["valid_from"], row["terms"]))
    return rows[0]["revision"], {kind: tuple(versions) for kind, versions in told.items()}


def _programme(kind: str, version: int, valid_from: datetime, terms: str) -> Programme:
    if kind == "points":
        return Programme(version, valid_from, points=msgspec.json.decode(terms, type=PointsTerms))
    return Programme(version, valid_from, beans=msgspec.json.decode(terms, type=BeansTerms))


async def insert_programme(tx: Tx, rows: Sequence[tuple[str, Programme, str]]) -> int:
    """Append versions, each with who made it; the number that were new."""
    return await tx.count(
        _INSERT_PROGRAMME,
        [kind for kind, _, _ in rows],
        [one.version for _, one, _ in rows],
        [_encode(one.points or one.beans).decode() for _, one, _ in rows],
        [one.valid_from for _, one, _ in rows],
        [by for _, _, by in rows],
        tx.now,
    )


async def read_wallets(tx: Tx, holders: Collection[Holder]) -> dict[Holder, Wallet]:
    """What holders have, lots by expiry, then age; whoever has nothing is absent."""
    asked = sorted(set(holders))
    lots: dict[Holder, list[LotFacts]] = {}
    owed: dict[Holder, int] = {}
    for row in await tx.fetch(_READ_WALLETS, [h.kind for h in asked], [h.holder_id for h in asked]):
        key = Holder(row["kind"], row["holder_id"])
        owed[key] = row["owed"]
        if row["free"] or row["held"]:
            lots.setdefault(key, []).append(_lot_facts(row))
    return {key: Wallet(tuple(lots.get(key, ())), owed[key]) for key in owed}


def _lot_facts(row: Record) -> LotFacts:
    return LotFacts(
        row["lot_id"],
        row["kind"],
        row["holder_id"],
        row["unit"],
        row["funder"],
        row["reason"],
        row["active_from"],
        row["usable_until"],
        row["free"],
        row["held"],
    )


async def read_lots(tx: Tx, lot_ids: Collection[int]) -> dict[int, LotFacts]:
    """Lots as they stand, locked; those whose rest has expired already are absent."""
    return {row["lot_id"]: _lot_facts(row) for row in await tx.fetch(_READ_LOTS, sorted(lot_ids))}


async def due_lots(tx: Tx, at: datetime, lots_max: int) -> list[int]:
    """Lots that can be used no more and still hold something free, longest overdue first."""
    return [row["lot_id"] for row in await tx.fetch(_DUE_LOTS, at, lots_max)]


async def insert_lots(tx: Tx, lots: Sequence[Lot], account_ids: Sequence[int]) -> None:
    """Write lots as they are given."""
    await tx.count(
        _INSERT_LOTS,
        [lot.lot_id for lot in lots],
        [lot.kind for lot in lots],
        [lot.holder_id for lot in lots],
        [lot.unit for lot in lots],
        account_ids,
        [lot.amount for lot in lots],
        [lot.netted for lot in lots],
        [lot.source for lot in lots],
        [lot.source_id for lot in lots],
        [lot.funder for lot in lots],
        [lot.reason for lot in lots],
        [lot.given_by for lot in lots],
        [lot.earned_at for lot in lots],
        [lot.active_from for lot in lots],
        [lot.expires_at for lot in lots],
    )


async def close_lots(tx: Tx, lot_ids: Sequence[int]) -> int:
    """Note that what was left of lots has expired; the number of those that had not been closed."""
    return await tx.count(_CLOSE_LOTS, sorted(lot_ids), tx.now)


async def open_again(tx: Tx, account_ids: Sequence[int], grace: Mapping[str, int]) -> int:
    """Give lots that expired, or are about to, the grace of their kind (days from now); the number of lots."""
    return await tx.count(_OPEN_AGAIN, sorted(set(account_ids)), tx.now, list(grace), list(grace.values()))


async def read_earnings(tx: Tx, order_ids: Collection[int]) -> dict[int, list[Earning]]:
    """What orders have earned, by order; those that have earned nothing are absent."""
    told: dict[int, list[Earning]] = {}
    for row in await tx.fetch(_READ_EARNINGS, sorted(order_ids)):
        told.setdefault(row["order_id"], []).append(Earning(*row))
    return told


async def insert_earnings(tx: Tx, earnings: Sequence[Earning]) -> None:
    """Write what lines earned."""
    await tx.count(
        _INSERT_EARNINGS,
        [e.order_id for e in earnings],
        [e.line_id for e in earnings],
        [e.lot_id for e in earnings],
        [e.quantity for e in earnings],
        [e.net for e in earnings],
        [e.points for e in earnings],
        [e.version for e in earnings],
    )


async def move_earnings(tx: Tx, earnings: Sequence[Earning]) -> None:
    """Write how much of what lines earned was taken back by now."""
    rows = sorted(earnings, key=lambda e: (e.order_id, e.line_id))
    await tx.count(_MOVE_EARNINGS, [e.order_id for e in rows], [e.line_id for e in rows], [e.clawed for e in rows])


async def insert_clawbacks(tx: Tx, clawbacks: Sequence[Clawback]) -> None:
    """Append what was taken back."""
    await tx.count(
        _INSERT_CLAWBACKS,
        [c.clawback_id for c in clawbacks],
        [c.order_id for c in clawbacks],
        [c.holder_id for c in clawbacks],
        [c.points for c in clawbacks],
        [c.owed for c in clawbacks],
        tx.now,
    )


_LOAD_PROGRAMMES = """
select coalesce(v.revision, 0) as revision, p.kind, p.version, p.terms, p.valid_from
  from kernel.tenant t
  left join kernel.stamp v on v.tenant_id = $1 and v.topic = 'asset' and v.key = 0
  left join asset.programme p on p.tenant_id = $1
 where t.tenant_id = $1
 order by p.kind, p.version
"""
_INSERT_PROGRAMME = """
insert into asset.programme (tenant_id, kind, version, terms, valid_from, made_by, made_at)
select t.tenant_id, p.kind, p.version, p.terms, p.valid_from, p.made_by, $7
  from kernel.tenant t,
       unnest($2::text[], $3::int[], $4::json[], $5::timestamptz[], $6::text[]) as p(kind, version, terms, valid_from, made_by)
 where t.tenant_id = $1
    on conflict (tenant_id, kind, version) do nothing
"""
_READ_WALLETS = """
select h.kind, h.holder_id, coalesce(o.posted, 0) as owed, l.lot_id, l.unit, l.funder, l.reason, l.active_from,
       greatest(l.expires_at, l.grace_until) as usable_until, coalesce(a.posted - a.held, 0) as free, coalesce(a.held, 0) as held
  from unnest($2::text[], $3::bigint[]) as h(kind, holder_id)
  left join ledger.account o on o.tenant_id = $1 and h.kind = 'points'
        and o.account_id = ('x' || substr(md5('points_owed:' || h.holder_id), 1, 16))::bit(64)::bigint
  left join asset.lot l on l.tenant_id = $1 and l.kind = h.kind and l.holder_id = h.holder_id and l.expired_at is null
  left join ledger.account a on a.tenant_id = $1 and a.account_id = l.account_id
 where a.posted > 0 or o.posted > 0
 order by h.kind, h.holder_id, usable_until, l.lot_id
"""
_READ_LOTS = """
select l.lot_id, l.kind, l.holder_id, l.unit, l.funder, l.reason, l.active_from, greatest(l.expires_at, l.grace_until) as usable_until,
       a.posted - a.held as free, a.held
  from unnest($2::bigint[]) as n(lot_id)
 cross join lateral (select * from asset.lot o
                      where o.tenant_id = $1 and o.lot_id = n.lot_id and o.expired_at is null for update) l
  join ledger.account a on a.tenant_id = $1 and a.account_id = l.account_id
"""
_DUE_LOTS = """
select l.lot_id
  from asset.lot l
  join ledger.account a on a.tenant_id = $1 and a.account_id = l.account_id
 where l.tenant_id = $1 and l.expired_at is null and l.expires_at <= $2 and coalesce(l.grace_until, l.expires_at) <= $2 and a.held = 0
 order by l.expires_at, l.lot_id
 limit $3
"""
_INSERT_LOTS = """
insert into asset.lot (tenant_id, lot_id, kind, holder_id, unit, account_id, amount, netted, source, source_id, funder, reason, given_by,
                       earned_at, active_from, expires_at)
select t.tenant_id, l.lot_id, l.kind, l.holder_id, l.unit, l.account_id, l.amount, l.netted, l.source, l.source_id, l.funder, l.reason,
       l.given_by, l.earned_at, l.active_from, l.expires_at
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::bigint[],
              $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[])
           as l(lot_id, kind, holder_id, unit, account_id, amount, netted, source, source_id, funder, reason, given_by, earned_at,
                active_from, expires_at)
 where t.tenant_id = $1
"""
_CLOSE_LOTS = """
update asset.lot l set expired_at = $3
 where l.tenant_id = $1 and l.lot_id = any($2::bigint[]) and l.expired_at is null
"""
_OPEN_AGAIN = """
-- Something came back into these accounts. A lot that would be over before its grace is gets the grace.
update asset.lot l set expired_at = null, grace_until = $3::timestamptz + make_interval(days => g.days)
  from unnest($4::text[], $5::int[]) as g(kind, days)
 where l.tenant_id = $1 and l.account_id = any($2::bigint[]) and l.kind = g.kind
   and l.expires_at <= $3 and coalesce(l.grace_until, l.expires_at) < $3::timestamptz + make_interval(days => g.days)
"""
_READ_EARNINGS = """
select e.order_id, e.line_id, e.lot_id, e.quantity, e.net, e.points, e.clawed, e.version
  from asset.earning e
 where e.tenant_id = $1 and e.order_id = any($2::bigint[])
 order by e.order_id, e.line_id
"""
_INSERT_EARNINGS = """
insert into asset.earning (tenant_id, order_id, line_id, lot_id, quantity, net, points, version)
select t.tenant_id, e.order_id, e.line_id, e.lot_id, e.quantity, e.net, e.points, e.version
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::int[])
           as e(order_id, line_id, lot_id, quantity, net, points, version)
 where t.tenant_id = $1
"""
_MOVE_EARNINGS = """
update asset.earning e set clawed = m.clawed
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as m(order_id, line_id, clawed)
 where e.tenant_id = $1 and e.order_id = m.order_id and e.line_id = m.line_id
"""
_INSERT_CLAWBACKS = """
insert into asset.clawback (tenant_id, clawback_id, order_id, holder_id, points, owed, at)
select t.tenant_id, c.clawback_id, c.order_id, c.holder_id, c.points, c.owed, $7
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as c(clawback_id, order_id, holder_id, points, owed)
 where t.tenant_id = $1
"""
