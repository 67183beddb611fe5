"""What holders have: lots with what is left of them, where it went, and what the house owes on all of it - straight from postings."""

from datetime import datetime

import msgspec

from jiutong.capabilities import asset
from jiutong.kernel.db import Tx


class LotRow(msgspec.Struct, frozen=True):
    """A lot with what is left of it (`left` includes what is held by orders nobody has paid yet) and what can be done with it."""

    lot_id: int
    kind: asset.Kind
    holder_id: int
    holder: str
    unit: str
    amount: int
    left: int
    held: int
    netted: int
    state: asset.LotState
    source: str
    order_id: int | None
    funder: str
    reason: str
    given_by: str
    earned_at: datetime
    active_from: datetime
    expires_at: datetime
    usable_until: datetime


class LotFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lots: of a kind, of a holder, in a state, of a funder, expiring in a month (`2026-11`)."""

    kind: str | None = None
    holder_id: int | None = None
    state: str | None = None
    funder: str | None = None
    month: str | None = None


class Movement(msgspec.Struct, frozen=True):
    """What an entry did to a lot or a card: signed, in its unit."""

    entry_id: int
    rule: str
    order_id: int | None
    amount: int
    at: datetime


class Outstanding(msgspec.Struct, frozen=True):
    """What is left on lots of a kind, unit and funder that expire in a month: promised, usable, and over but not booked as expired yet."""

    kind: asset.Kind
    unit: str
    funder: str
    month: str
    lots: int
    promised: int
    active: int
    overdue: int
    held: int


class Moved(msgspec.Struct, frozen=True):
    """What each rule gave to lots of a kind and unit, and took from them."""

    kind: asset.Kind
    unit: str
    rule: str
    given: int
    taken: int


class Owed(msgspec.Struct, frozen=True):
    """A member who owes points: taken back after they had been spent."""

    member_id: int
    name: str
    points: int


async def lots(tx: Tx, which: LotFilter, after: int | None, rows_max: int) -> list[LotRow]:
    """Lots, the latest first."""
    rows = await tx.fetch(_LOTS, which.kind, which.holder_id, which.state, which.funder, which.month, tx.now, after, rows_max)
    return [LotRow(*row) for row in rows]


async def lot(tx: Tx, lot_id: int) -> LotRow | None:
    """One lot."""
    rows = await tx.fetch(_LOT, lot_id, tx.now)
    return LotRow(*rows[0]) if rows else None


async def movements(tx: Tx, account: str, before: int | None, rows_max: int) -> list[Movement]:
    """What moved an account, the latest first."""
    return [Movement(*row) for row in await tx.fetch(_MOVEMENTS, account, before, rows_max)]


async def company(tx: Tx, code: str) -> int | None:
    """The company of this code; None for none."""
    rows = await tx.fetch(_COMPANY, code)
    return rows[0]["company_id"] if rows else None


async def outstanding(tx: Tx) -> list[Outstanding]:
    """What is left on all lots, by kind, unit, funder and month of expiry."""
    return [Outstanding(*row) for row in await tx.fetch(_OUTSTANDING, tx.now)]


async def moved(tx: Tx, since: datetime) -> list[Moved]:
    """What moved lots since an instant, by rule."""
    return [Moved(*row) for row in await tx.fetch(_MOVED, since)]


async def owed(tx: Tx, after: int | None, rows_max: int) -> list[Owed]:
    """Members who owe points."""
    return [Owed(*row) for row in await tx.fetch(_OWED, after, rows_max)]


async def programme_versions(tx: Tx, kind: str) -> list[tuple[int, str, datetime, str, datetime]]:
    """The versions of the terms, the latest first: version, terms, valid from, who, when."""
    return [tuple(row) for row in await tx.fetch(_VERSIONS, kind)]


class CardRow(msgspec.Struct, frozen=True):
    """A card with what is left on it; amounts in minor units."""

    card_id: int
    ending: str
    currency: str
    face: int
    left: int
    state: str
    origin: str
    funder: str
    method: str
    reference: str
    reason: str
    place: str
    member_id: int | None
    member: str
    batch_id: int
    issued_by: str
    issued_at: datetime
    activated_at: datetime | None
    expires_at: datetime | None
    has_pin: bool


class CardFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cards: in a state, of a member, of a batch, with these last characters, sold or granted, issued in a month."""

    state: str | None = None
    member_id: int | None = None
    batch_id: int | None = None
    ending: str | None = None
    origin: str | None = None
    month: str | None = None


class CardsOutstanding(msgspec.Struct, frozen=True):
    """What is left on the cards issued in a month, by currency and how they were issued; minor units."""

    month: str
    currency: str
    origin: str
    cards: int
    face: int
    left: int
    expired: int


async def cards(tx: Tx, which: CardFilter, after: int | None, rows_max: int) -> list[CardRow]:
    """Cards, the latest first."""
    args = (which.state, which.member_id, which.batch_id, which.ending, which.origin, which.month)
    return [CardRow(*row) for row in await tx.fetch(_CARDS, *args, after, rows_max)]


async def card(tx: Tx, card_id: int) -> CardRow | None:
    """One card."""
    rows = await tx.fetch(_CARDS, None, None, None, None, None, None, card_id + 1, 1)
    return CardRow(*rows[0]) if rows and rows[0]["card_id"] == card_id else None


async def cards_outstanding(tx: Tx) -> list[CardsOutstanding]:
    """What is left on all cards, by the month they were issued in."""
    return [CardsOutstanding(*row) for row in await tx.fetch(_CARDS_OUTSTANDING, tx.now)]


_LOTS = """
select l.lot_id, l.kind, l.holder_id, coalesce(m.name, c.code, '') as holder, l.unit, l.amount, a.posted as "left", a.held, l.netted,
       s.state, l.source, case when l.source = 'order' then l.source_id end as order_id, l.funder, l.reason, l.given_by, l.earned_at,
       l.active_from, l.expires_at, u.usable_until
  from asset.lot l
  join ledger.account a on a.tenant_id = $1 and a.account_id = l.account_id
 cross join lateral (select greatest(l.expires_at, l.grace_until) as usable_until) u
 cross join lateral (select case when l.expired_at is not null or u.usable_until <= $7 then 'expired' when a.posted <= 0 then 'used'
                                 when l.active_from > $7 then 'promised' else 'active' end as state) s
  left join member.member m on m.tenant_id = $1 and l.kind <> 'beans' and m.member_id = l.holder_id
  left join member.company c on c.tenant_id = $1 and l.kind = 'beans' and c.company_id = l.holder_id
 where l.tenant_id = $1 and ($2::text is null or l.kind = $2) and ($3::bigint is null or l.holder_id = $3)
   and ($4::text is null or s.state = $4) and ($5::text is null or l.funder = $5)
   and ($6::text is null or to_char(l.expires_at at time zone 'UTC', 'YYYY-MM') = $6)
   and ($8::bigint is null or l.lot_id < $8)
 order by l.lot_id desc
 limit $9
"""
_COMPANY = """
select c.company_id from member.company c where c.tenant_id = $1 and c.code = $2
"""
_LOT = """
select l.lot_id, l.kind, l.holder_id, coalesce(m.name, c.code, '') as holder, l.unit, l.amount, a.posted as "left", a.held, l.netted,
       case when l.expired_at is not null or greatest(l.expires_at, l.grace_until) <= $3 then 'expired' when a.posted <= 0 then 'used'
            when l.active_from > $3 then 'promised' else 'active' end as state,
       l.source, case when l.source = 'order' then l.source_id end as order_id, l.funder, l.reason, l.given_by, l.earned_at,
       l.active_from, l.expires_at, greatest(l.expires_at, l.grace_until) as usable_until
  from asset.lot l
  join ledger.account a on a.tenant_id = $1 and a.account_id = l.account_id
  left join member.member m on m.tenant_id = $1 and l.kind <> 'beans' and m.member_id = l.holder_id
  left join member.company c on c.tenant_id = $1 and l.kind = 'beans' and c.company_id = l.holder_id
 where l.tenant_id = $1 and l.lot_id = $2
"""
_MOVEMENTS = """
select x.entry_id, e.rule, o.order_id, sum(x.amount)::bigint as amount, e.at
  from (select t.entry_id, t.amount from ledger.transfer t
         where t.tenant_id = $1 and t.to_account = ledger.account_id($2::text)
         union all
        select t.entry_id, -t.amount from ledger.transfer t
         where t.tenant_id = $1 and t.from_account = ledger.account_id($2::text)) x
  join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id
  left join orders.placed o on o.tenant_id = $1 and o.order_id = e.subject_id
 where $3::bigint is null or x.entry_id < $3
 group by x.entry_id, e.rule, o.order_id, e.at
 order by x.entry_id desc
 limit $4
"""
_OUTSTANDING = """
select l.kind, l.unit, l.funder, to_char(l.expires_at at time zone 'UTC', 'YYYY-MM') as month, count(*) as lots,
       coalesce(sum(a.posted) filter (where l.active_from > $2), 0)::bigint as promised,
       coalesce(sum(a.posted) filter (where l.active_from <= $2 and greatest(l.expires_at, l.grace_until) > $2), 0)::bigint as active,
       coalesce(sum(a.posted) filter (where greatest(l.expires_at, l.grace_until) <= $2), 0)::bigint as overdue,
       coalesce(sum(a.held), 0)::bigint as held
  from asset.lot l
  join ledger.account a on a.tenant_id = $1 and a.account_id = l.account_id
 where l.tenant_id = $1 and a.posted <> 0
 group by l.kind, l.unit, l.funder, month
 order by l.kind, l.unit, month, l.funder
"""
_MOVED = """
select m.kind, m.unit, m.rule, sum(m.given)::bigint as given, sum(m.taken)::bigint as taken
  from (select l.kind, l.unit, e.rule, t.amount as given, 0 as taken
          from asset.lot l
          join ledger.transfer t on t.tenant_id = $1 and t.to_account = l.account_id
          join ledger.entry e on e.tenant_id = $1 and e.entry_id = t.entry_id
         where l.tenant_id = $1 and e.at >= $2
         union all
        select l.kind, l.unit, e.rule, 0, t.amount
          from asset.lot l
          join ledger.transfer t on t.tenant_id = $1 and t.from_account = l.account_id
          join ledger.entry e on e.tenant_id = $1 and e.entry_id = t.entry_id
         where l.tenant_id = $1 and e.at >= $2) m
 group by m.kind, m.unit, m.rule
 order by m.kind, m.unit, m.rule
"""
_OWED = """
select split_part(a.code, ':', 2)::bigint as member_id, coalesce(m.name, '') as name, a.posted as points
  from ledger.account a
  left join member.member m on m.tenant_id = $1 and m.member_id = split_part(a.code, ':', 2)::bigint
 where a.tenant_id = $1 and a.code ~>=~ 'points_owed:' and a.code ~<~ 'points_owed;' and a.code not like 'stock:%' and a.posted > 0
   and ($2::bigint is null or split_part(a.code, ':', 2)::bigint > $2)
 order by split_part(a.code, ':', 2)::bigint
 limit $3
"""
_VERSIONS = """
select p.version, p.terms, p.valid_from, p.made_by, p.made_at
  from asset.programme p
 where p.tenant_id = $1 and p.kind = $2
 order by p.version desc
"""
_CARDS = """
select c.card_id, c.ending, c.currency, c.face, coalesce(a.posted, 0) as "left", c.state, c.origin, c.funder, c.method, c.reference,
       c.reason, coalesce(s.code, h.code, '') as place, c.member_id, coalesce(m.name, '') as member, c.batch_id, c.issued_by, c.issued_at,
       c.activated_at, c.expires_at, c.pin_hash is not null as has_pin
  from asset.card c
  left join ledger.account a on a.tenant_id = $1 and a.account_id = ledger.account_id('card:' || c.card_id)
  left join access.store s on s.tenant_id = $1 and s.store_id = c.place
  left join access.channel h on h.tenant_id = $1 and h.channel_id = c.place
  left join member.member m on m.tenant_id = $1 and m.member_id = c.member_id
 where c.tenant_id = $1 and ($2::text is null or c.state = $2) and ($3::bigint is null or c.member_id = $3)
   and ($4::bigint is null or c.batch_id = $4) and ($5::text is null or c.ending = $5) and ($6::text is null or c.origin = $6)
   and ($7::text is null or to_char(c.issued_at at time zone 'UTC', 'YYYY-MM') = $7) and ($8::bigint is null or c.card_id < $8)
 order by c.card_id desc
 limit $9
"""
_CARDS_OUTSTANDING = """
select to_char(c.issued_at at time zone 'UTC', 'YYYY-MM') as month, c.currency, c.origin, count(*) as cards, sum(c.face)::bigint as face,
       sum(a.posted)::bigint as "left", coalesce(sum(a.posted) filter (where c.expires_at <= $2), 0)::bigint as expired
  from asset.card c
  join ledger.account a on a.tenant_id = $1 and a.account_id = ledger.account_id('card:' || c.card_id)
 where c.tenant_id = $1 and c.state <> 'issued'
 group by month, c.currency, c.origin
 order by month desc, c.currency, c.origin
"""
