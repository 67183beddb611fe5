"""The room's statements on programmes, lots and earnings. What is left of a lot its ledger account says: it is joined, never kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from asyncpg import Record

from jiutong.capabilities.asset.model import (
    BeansTerms,
    Card,
    CardSpent,
    Clawback,
    Earning,
    Holder,
    IssueCards,
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
        [c.deducted for c in clawbacks],
        [c.amount for c in clawbacks],
    )


async def insert_cards(tx: Tx, batches: Sequence[tuple[int, IssueCards, Sequence[int], int, int, str]]) -> set[int]:
    """Write batches of cards (batch, wish, card ids, place, day, by whom); the ids of those whose code was new."""
    rows = [
        (id_, card, wish, batch_id, place, day, by)
        for batch_id, wish, ids, place, day, by in batches
        for id_, card in zip(ids, wish.cards, strict=True)
    ]
    written = await tx.fetch(
        _INSERT_CARDS,
        [r[0] for r in rows],
        [r[1].code_hash for r in rows],
        [r[1].pin_hash for r in rows],
        [r[1].ending for r in rows],
        [r[2].currency for r in rows],
        [r[2].amount for r in rows],
        ["active" if r[2].active else "issued" for r in rows],
        ["granted" if r[2].funder else "sold" for r in rows],
        [r[2].funder for r in rows],
        [r[2].method for r in rows],
        [r[2].reference for r in rows],
        [r[2].reason for r in rows],
        [r[4] for r in rows],
        [r[5] for r in rows],
        [r[2].member_id for r in rows],
        [r[3] for r in rows],
        [r[6] for r in rows],
        [r[2].expires_at for r in rows],
        tx.now,
    )
    return {row["card_id"] for row in written}


async def read_cards(tx: Tx, card_ids: Collection[int], hashes: Collection[bytes]) -> dict[int | bytes, Card]:
    """Cards as they stand, by id and by the hash of their code."""
    told: dict[int | bytes, Card] = {}
    for row in await tx.fetch(_READ_CARDS, sorted(card_ids), sorted(hashes)):
        card = Card(*list(row)[1:])
        told[card.card_id] = told[row["code_hash"]] = card
    return told


async def move_cards(tx: Tx, card_ids: Sequence[int], from_: Sequence[str], to: str) -> set[int]:
    """Put cards into a state they may come to from these; the ones that moved."""
    return {row["card_id"] for row in await tx.fetch(_MOVE_CARDS, sorted(card_ids), list(from_), to, tx.now)}


async def activate_cards(tx: Tx, rows: Sequence[tuple[int, str, str, str, str, int, int]]) -> set[int]:
    """Activate cards (id, origin, method, reference, funder, place, day); the ones that were issued and no more."""
    told = await tx.fetch(
        _ACTIVATE_CARDS,
        [r[0] for r in rows],
        [r[1] for r in rows],
        [r[2] for r in rows],
        [r[3] for r in rows],
        [r[4] for r in rows],
        [r[5] for r in rows],
        [r[6] for r in rows],
        tx.now,
    )
    return {row["card_id"] for row in told}


async def add_face(tx: Tx, amounts: Mapping[int, int]) -> int:
    """Add to what was ever put on cards that are active; the number of cards."""
    ids = sorted(amounts)
    return await tx.count(_ADD_FACE, ids, [amounts[id_] for id_ in ids])


async def insert_tenders(tx: Tx, spent: Sequence[CardSpent]) -> None:
    """Write which card paid which tender."""
    await tx.count(
        _INSERT_TENDERS,
        [one.tender_id for one in spent],
        [one.card.card_id for one in spent],
        [one.order_id for one in spent],
        [one.amount for one in spent],
    )


async def return_tenders(tx: Tx, amounts: Mapping[int, int], grace_days: int) -> dict[int, int]:
    """Add to what tenders gave back to their cards, and give those that have expired some days more; the card of each tender."""
    ids = sorted(amounts)
    rows = await tx.fetch(_RETURN_TENDERS, ids, [amounts[id_] for id_ in ids], tx.now, grace_days)
    return {row["tender_id"]: row["card_id"] for row in rows}


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
-- Holder by holder through the indexes: joined at once, every account of the tenant would be read for each.
select h.kind, h.holder_id, coalesce(o.posted, 0) as owed, l.lot_id, l.unit, l.funder, l.reason, l.active_from, l.usable_until,
       coalesce(a.posted - a.held, 0) as free, coalesce(a.held, 0) as held
  from unnest($2::text[], $3::bigint[]) as h(kind, holder_id)
  left join lateral (
        select b.posted from ledger.account b
         where b.tenant_id = $1 and h.kind = 'points'
           and b.account_id = ledger.account_id('points_owed:' || h.holder_id) offset 0) o on true
  left join lateral (
        select w.lot_id, w.unit, w.funder, w.reason, w.active_from, w.account_id, greatest(w.expires_at, w.grace_until) as usable_until
          from asset.lot w
         where w.tenant_id = $1 and w.kind = h.kind and w.holder_id = h.holder_id and w.expired_at is null offset 0) l on true
  left join lateral (
        select b.posted, b.held from ledger.account b where b.tenant_id = $1 and b.account_id = l.account_id offset 0) a on true
 where a.posted > 0 or o.posted > 0
 order by h.kind, h.holder_id, l.usable_until, l.lot_id
"""
_READ_LOTS = """
select l.lot_id, l.kind, l.holder_id, l.unit, l.funder, l.reason, l.active_from, greatest(l.expires_at, l.grace_until) as usable_until,
       a.posted - a.held as free, a.held
  from unnest($2::bigint[]) as n(lot_id)
 cross join lateral (select * from asset.lot o
                      where o.tenant_id = $1 and o.lot_id = n.lot_id and o.expired_at is null for update) l
 cross join lateral (
        select b.posted, b.held from ledger.account b where b.tenant_id = $1 and b.account_id = l.account_id offset 0) a
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
insert into asset.clawback (tenant_id, clawback_id, order_id, holder_id, points, owed, deducted, amount, at)
select t.tenant_id, c.clawback_id, c.order_id, c.holder_id, c.points, c.owed, c.deducted, c.amount, $7
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $8::bigint[], $9::bigint[])
           as c(clawback_id, order_id, holder_id, points, owed, deducted, amount)
 where t.tenant_id = $1
"""
_INSERT_CARDS = """
insert into asset.card (tenant_id, card_id, code_hash, pin_hash, ending, currency, face, state, origin, funder, method, reference, reason,
                        place, day, member_id, batch_id, issued_by, expires_at, issued_at, activated_at)
select t.tenant_id, c.card_id, c.code_hash, c.pin_hash, c.ending, c.currency, c.face, c.state, c.origin, c.funder, c.method, c.reference,
       c.reason, c.place, c.day, c.member_id, c.batch_id, c.issued_by, c.expires_at, $20::timestamptz,
       case when c.state = 'active' then $20::timestamptz end
  from kernel.tenant t,
       unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[],
              $11::text[], $12::text[], $13::text[], $14::bigint[], $15::int[], $16::bigint[], $17::bigint[], $18::text[],
              $19::timestamptz[])
           as c(card_id, code_hash, pin_hash, ending, currency, face, state, origin, funder, method, reference, reason, place, day,
                member_id, batch_id, issued_by, expires_at)
 where t.tenant_id = $1
    on conflict (tenant_id, code_hash) do nothing
returning card_id
"""
_READ_CARDS = """
-- What is left on a card is told here and guarded by its account in the ledger.
select c.code_hash, c.card_id, c.pin_hash, c.ending, c.currency, c.face, c.state, c.origin, c.funder, c.place, c.day, c.member_id,
       c.expires_at, coalesce(a.posted - a.held, 0) as "left"
  from (select o.card_id from asset.card o where o.tenant_id = $1 and (o.card_id = any($2::bigint[]) or o.code_hash = any($3::bytea[]))) n
 cross join lateral (select * from asset.card o where o.tenant_id = $1 and o.card_id = n.card_id) c
  left join ledger.account a on a.tenant_id = $1 and a.account_id = ledger.account_id('card:' || c.card_id)
"""
_MOVE_CARDS = """
update asset.card c set state = $4, written_off_at = case when $4 = 'written_off' then $5::timestamptz end
 where c.tenant_id = $1 and c.card_id = any($2::bigint[]) and c.state = any($3::text[])
returning c.card_id
"""
_ACTIVATE_CARDS = """
update asset.card c set state = 'active', origin = n.origin, method = n.method, reference = n.reference, funder = n.funder,
       place = n.place, day = n.day, activated_at = $9
  from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::int[])
           as n(card_id, origin, method, reference, funder, place, day)
 where c.tenant_id = $1 and c.card_id = n.card_id and c.state = 'issued'
returning c.card_id
"""
_ADD_FACE = """
update asset.card c set face = c.face + n.amount
  from unnest($2::bigint[], $3::bigint[]) as n(card_id, amount)
 where c.tenant_id = $1 and c.card_id = n.card_id and c.state = 'active'
"""
_INSERT_TENDERS = """
insert into asset.card_tender (tenant_id, tender_id, card_id, order_id, amount)
select t.tenant_id, n.tender_id, n.card_id, n.order_id, n.amount
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as n(tender_id, card_id, order_id, amount)
 where t.tenant_id = $1
"""
_RETURN_TENDERS = """
with back as (
        update asset.card_tender n set returned = n.returned + r.amount
          from unnest($2::bigint[], $3::bigint[]) as r(tender_id, amount)
         where n.tenant_id = $1 and n.tender_id = r.tender_id
        returning n.tender_id, n.card_id),
     graced as (
        update asset.card c
           set expires_at = case when c.expires_at < $4::timestamptz + make_interval(days => $5)
                                 then $4::timestamptz + make_interval(days => $5) else c.expires_at end,
               state = case when c.state = 'written_off' then 'active' else c.state end, written_off_at = null
         where c.tenant_id = $1 and c.card_id in (select b.card_id from back b)
           and (c.expires_at <= $4 or c.state = 'written_off'))
select tender_id, card_id from back
"""
