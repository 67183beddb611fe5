"""Presales and group buys as people look at them: their versions, how far each has come, and the groups of buyers."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from jiutong.capabilities.promotion import GroupState
from jiutong.kernel.db import Tx


class PlayRow(msgspec.Struct, frozen=True):
    """A play in a list: its newest version, which one is in force, and how many orders came through it."""

    play_id: int
    code: str
    name: str
    version: int
    state: str
    in_force: int | None
    currency: str
    begins_at: datetime
    ends_at: datetime
    made_by: str
    made_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    orders: int
    body: msgspec.Raw


class Taken(msgspec.Struct, frozen=True):
    """How many of a SKU a presale has sold: paid deposits and those under way, of its quota."""

    sku: str
    quota: int
    taken: int


class GroupRow(msgspec.Struct, frozen=True):
    """A group of buyers. `measured` is what its paid places come to, in its measure; `under_way` what is being paid.

    `newcomers` of its places are kept for first-time buyers; `regulars_left` is how many others may still take one, None: as many as fit.
    """

    group_id: int
    code: str
    play: str
    version: int
    state: GroupState
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    holds: int
    measured: int
    under_way: int
    reached: int | None
    newcomers: int
    regulars_left: int | None


class SeatRow(msgspec.Struct, frozen=True):
    """An order with a place in a group. `head` opened it, `headed` at a price of its own; `newcomer` has a place kept for them."""

    order_id: int
    member_id: int | None
    member_name: str
    status: str
    head: bool
    headed: bool
    newcomer: bool
    counts: int
    currency: str
    total: int
    paid: int
    refunded: int
    placed_at: datetime


class MomentRow(msgspec.Struct, frozen=True):
    """What happened to a group or to an order in it, and when."""

    at: datetime
    what: str
    order_id: int
    why: str


class ForfeitureRow(msgspec.Struct, frozen=True):
    """An earnest a buyer lost: who withdrew, or did not pay the balance."""

    entry_id: int
    order_id: int
    play: str
    currency: str
    amount: int
    at: datetime


class CompensationRow(msgspec.Struct, frozen=True):
    """What a defaulting seller owes a buyer, and whether it has been paid out."""

    compensation_id: int
    order_id: int
    currency: str
    amount: int
    reason: str
    owed_at: datetime
    method: str | None
    reference: str | None
    paid_at: datetime | None


async def plays(tx: Tx, kind: str, code: str | None, state: str | None, after: str | None, rows_max: int) -> list[PlayRow]:
    """Plays of a kind in the order of their codes, each as its newest version; one of them when `code` is given."""
    return [_play(row) for row in await tx.fetch(_PLAYS, kind, code, state, after, rows_max)]


async def versions(tx: Tx, kind: str, code: str) -> list[PlayRow]:
    """All versions of a play, the newest first."""
    return [_play(row) for row in await tx.fetch(_VERSIONS, kind, code)]


async def in_force(tx: Tx, kind: str, channel: str, at: datetime) -> list[PlayRow]:
    """What can be entered in a channel now, or will be: versions in force that are not over, the first to begin first."""
    return [_play(row) for row in await tx.fetch(_IN_FORCE, kind, channel, at)]


async def groups(tx: Tx, play: str | None, state: str | None, code: str | None, before: int | None, rows_max: int) -> list[GroupRow]:
    """Groups, the newest first, below `before`; of one play, in one state, or the one with this code."""
    return [GroupRow(*row) for row in await tx.fetch(_GROUPS, play, state, code, before, rows_max)]


async def seats(tx: Tx, group_id: int) -> list[SeatRow]:
    """Who has a place in a group, in the order they took it."""
    return [SeatRow(*row) for row in await tx.fetch(_SEATS, group_id)]


async def moments(tx: Tx, group_id: int, order_ids: Sequence[int]) -> list[MomentRow]:
    """What happened to a group and the orders in it, in the order of time."""
    return [MomentRow(*row) for row in await tx.fetch(_MOMENTS, group_id, list(order_ids))]


async def forfeitures(tx: Tx, order_id: int | None, before: int | None, rows_max: int) -> list[ForfeitureRow]:
    """Earnests that buyers lost, the newest first, below `before`; of one order, if asked."""
    return [ForfeitureRow(*row) for row in await tx.fetch(_FORFEITURES, order_id, before, rows_max)]


async def compensations(tx: Tx, owed: bool | None, order_id: int | None, before: int | None, rows_max: int) -> list[CompensationRow]:
    """Compensations, the newest first, below `before`; only those still owed, or paid, or of one order, if asked."""
    return [CompensationRow(*row) for row in await tx.fetch(_COMPENSATIONS, owed, order_id, before, rows_max)]


def _play(row: asyncpg.Record) -> PlayRow:
    plain = {name: row[name] for name in PlayRow.__struct_fields__ if name != "body"}
    return PlayRow(body=msgspec.Raw(row["body"].encode()), **plain)


_PLAYS = """
select p.play_id, p.code, v.name, v.version, v.state, f.version as in_force, v.currency, v.begins_at, v.ends_at, v.made_by, v.made_at,
       v.published_at, v.ended_at, v.body,
       (select count(*) from orders.placed o
         where o.tenant_id = $1 and o.play in (select p.code || '@' || w.version from promotion.play_version w
                                               where w.tenant_id = $1 and w.play_id = p.play_id)) as orders
  from promotion.play p
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id
   and v.version = (select max(w.version) from promotion.play_version w where w.tenant_id = $1 and w.play_id = p.play_id)
  left join promotion.play_version f on f.tenant_id = $1 and f.play_id = p.play_id and f.state = 'published'
 where p.tenant_id = $1 and p.kind = $2 and ($3::text is null or p.code = $3) and ($4::text is null or v.state = $4)
   and ($5::text is null or p.code > $5)
 order by p.code
 limit $6
"""
_VERSIONS = """
select p.play_id, p.code, v.name, v.version, v.state, null::integer as in_force, v.currency, v.begins_at, v.ends_at, v.made_by, v.made_at,
       v.published_at, v.ended_at, v.body,
       (select count(*) from orders.placed o where o.tenant_id = $1 and o.play = p.code || '@' || v.version) as orders
  from promotion.play p
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id
 where p.tenant_id = $1 and p.kind = $2 and p.code = $3
 order by v.version desc
"""
_IN_FORCE = """
select p.play_id, p.code, v.name, v.version, v.state, v.version as in_force, v.currency, v.begins_at, v.ends_at, v.made_by, v.made_at,
       v.published_at, v.ended_at, v.body, 0::bigint as orders
  from promotion.play p
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id and v.state = 'published'
 where p.tenant_id = $1 and p.kind = $2 and v.ends_at > $4
   and (json_array_length(v.body -> 'channels') is null or json_array_length(v.body -> 'channels') = 0
        or exists (select from json_array_elements_text(v.body -> 'channels') c where c = $3))
 order by v.begins_at, p.code
"""
_GROUPS = """
select g.group_id, g.code, p.code as play, g.version, g.state, g.opened_at, g.closes_at, g.closed_at, g.holds,
       case when g.state = 'open' then coalesce(-a.posted, 0) else g.measured end as measured,
       case when g.state = 'open' then coalesce(a.held, 0) else 0 end as under_way, g.reached, k.newcomers,
       case when k.newcomers > 0 then greatest(g.holds - k.newcomers + coalesce(r.posted - r.held, 0), 0) end as regulars_left
  from promotion.play_group g
  join promotion.play p on p.tenant_id = $1 and p.play_id = g.play_id
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = g.play_id and v.version = g.version
  cross join lateral (select coalesce((v.body ->> 'newcomers')::integer, 0) as newcomers) k
  left join ledger.account r on r.tenant_id = $1 and r.code = 'regulars:' || g.group_id
  left join ledger.account a on a.tenant_id = $1 and a.code = 'seat:' || g.group_id
 where g.tenant_id = $1 and ($2::text is null or p.code = $2) and ($3::text is null or g.state = $3) and ($4::text is null or g.code = $4)
   and ($5::bigint is null or g.group_id < $5)
 order by g.group_id desc
 limit $6
"""
_SEATS = """
select o.order_id, o.member_id, coalesce(m.name, '') as member_name, o.status, o.order_id = o.group_id as head,
       exists (select from orders.price_adjustment x
                where x.tenant_id = $1 and x.order_id = o.order_id and x.rule = o.play || '+head') as headed,
       exists (select from orders.claim c
                where c.tenant_id = $1 and c.order_id = o.order_id and c.account = 'newcomer:' || o.member_id) as newcomer,
       o.group_counts as counts, o.currency, o.total, o.paid, o.refunded, o.placed_at
  from orders.placed o
  left join member.member m on m.tenant_id = $1 and m.member_id = o.member_id
 where o.tenant_id = $1 and o.group_id = $2
 order by o.order_id
"""
_MOMENTS = """
select e.at, e.type as what, e.subject_id as order_id, coalesce(e.facts ->> 'reason', '') as why
  from kernel.event e
 where e.tenant_id = $1 and e.subject_id = any(array_append($3::bigint[], $2::bigint))
   and (e.type like 'group.%'
        or e.type in ('order.placed.v1', 'order.paid.v1', 'order.canceled.v1', 'order.expired.v1', 'order.marked_down.v1'))
 order by e.at, e.event_id
"""
_FORFEITURES = """
select e.entry_id, e.subject_id as order_id, coalesce(o.play, '') as play, a.unit as currency, x.amount, e.at
  from ledger.account a
  join ledger.transfer x on x.tenant_id = $1 and x.from_account = a.account_id
  join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id and e.rule = 'presale.forfeited'
  left join orders.placed o on o.tenant_id = $1 and o.order_id = e.subject_id
 where a.tenant_id = $1 and a.code ~>=~ 'forfeited:' and a.code ~<~ 'forfeited;' and a.code not like 'stock:%'
   and ($2::bigint is null or e.subject_id = $2) and ($3::bigint is null or e.entry_id < $3)
 order by e.entry_id desc
 limit $4
"""
_COMPENSATIONS = """
select c.compensation_id, c.order_id, c.currency, c.amount, c.reason, c.owed_at, c.method, c.reference, c.paid_at
  from promotion.compensation c
 where c.tenant_id = $1 and ($2::boolean is null or (c.paid_at is null) = $2) and ($3::bigint is null or c.order_id = $3)
   and ($4::bigint is null or c.compensation_id < $4)
 order by c.compensation_id desc
 limit $5
"""
