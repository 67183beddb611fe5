"""Members as people look them up: by the beginning of any identity, or one after the other."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx
from jiutong.reads import actors
from jiutong.reads.orders import TracedEvent


class MemberRow(msgspec.Struct, frozen=True):
    """A member with everything they are recognized by."""

    member_id: int
    name: str
    level: str
    status: member.Status
    created_at: datetime
    identities: Sequence[member.Identity]
    orders: int
    last_order_at: datetime | None


class Figures(msgspec.Struct, frozen=True):
    """What a member has bought in one currency so far. Amounts in minor units; `spent` is what came in less what went back."""

    currency: str
    orders: int
    units: int
    total: int
    canceled: int
    returned: int
    spent: int
    first_at: datetime
    last_at: datetime


class Overview(msgspec.Struct, frozen=True):
    """A member with everything one asks about them first."""

    member: MemberRow
    figures: tuple[Figures, ...]
    open_orders: int
    returns: int


async def members(tx: Tx, ids: Sequence[int] | None, after: int | None, rows_max: int, *, latest_first: bool = False) -> list[MemberRow]:
    """Members in the order they joined, or the other way round; only these when `ids` are given."""
    return [_row(row) for row in await tx.fetch(_LATEST if latest_first else _MEMBERS, ids, after, rows_max)]


async def beginning(tx: Tx, beginnings: Sequence[member.Identity], name: str, rows_max: int) -> list[MemberRow]:
    """Members who have an identity that begins like one of these, or have `name` in theirs ("" is in none)."""
    kinds, prefixes = [b.kind for b in beginnings], [b.value for b in beginnings]
    return [_row(row) for row in await tx.fetch(_BEGINNING, kinds, prefixes, rows_max, name.lower())]


async def overview(tx: Tx, member_id: int) -> Overview | None:
    """One member, with what they bought per currency and what came back."""
    found = await members(tx, [member_id], None, 1)
    if not found:
        return None
    (counted,) = await tx.fetch(_COUNTED, member_id)
    figures = tuple(Figures(*row.values()) for row in await tx.fetch(_FIGURES, member_id))
    return Overview(found[0], figures, counted["open_orders"], counted["returns"])


async def timeline(tx: Tx, member_id: int, before: int | None, limit: int) -> list[TracedEvent]:
    """What happened to a member and to their newest two thousand orders, latest first; one more than `limit` when there are."""
    rows = await tx.fetch(_TIMELINE, member_id, before, limit + 1)
    names = await actors.names(tx, {row["actor"] for row in rows})
    return [
        TracedEvent(row["event_id"], row["type"], row["at"], row["actor"], names.get(row["actor"], ""), msgspec.json.decode(row["facts"]))
        for row in rows
    ]


async def addresses(tx: Tx, member_id: int) -> list[member.Address]:
    """The addresses a member keeps, the preferred one first."""
    rows = await tx.fetch(_ADDRESSES, member_id)
    return [member.Address(id_, msgspec.convert(dict(zip(_ADDRESS, what, strict=True)), member.AddressBody)) for id_, *what in rows]


def _row(row: asyncpg.Record) -> MemberRow:
    identities = [member.Identity(kind, value) for kind, value in zip(row["kinds"], row["values_"], strict=True)]
    return MemberRow(
        row["member_id"], row["name"], row["level"], row["status"], row["created_at"], identities, row["orders"], row["last_order_at"]
    )


_ADDRESS = ("name", "phone", "country", "region", "address", "postal_code", "preferred")
_ADDRESSES = """
select a.address_id, a.name, a.phone, a.country, a.region, a.address, a.postal_code, a.preferred
  from member.address a
 where a.tenant_id = $1 and a.member_id = $2
 order by a.preferred desc, a.address_id
"""
_MEMBERS = """
select m.member_id, m.name, m.level, m.status, m.created_at,
       array(select i.kind from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as kinds,
       array(select i.value from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as values_,
       o.orders, o.last_order_at
  from member.member m
 cross join lateral (select count(*) as orders, max(o.placed_at) as last_order_at
                       from orders.placed o where o.tenant_id = $1 and o.member_id = m.member_id) o
 where m.tenant_id = $1 and ($2::bigint[] is null or m.member_id = any($2)) and ($3::bigint is null or m.member_id > $3)
 order by m.member_id limit $4
"""
_LATEST = """
select m.member_id, m.name, m.level, m.status, m.created_at,
       array(select i.kind from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as kinds,
       array(select i.value from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as values_,
       o.orders, o.last_order_at
  from member.member m
 cross join lateral (select count(*) as orders, max(o.placed_at) as last_order_at
                       from orders.placed o where o.tenant_id = $1 and o.member_id = m.member_id) o
 where m.tenant_id = $1 and ($2::bigint[] is null or m.member_id = any($2)) and ($3::bigint is null or m.member_id < $3)
 order by m.member_id desc limit $4
"""
_BEGINNING = """
-- A range of the primary key instead of LIKE: an index scan whatever was typed. chr(1114111) sorts after every character.
select m.member_id, m.name, m.level, m.status, m.created_at,
       array(select i.kind from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as kinds,
       array(select i.value from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as values_,
       o.orders, o.last_order_at
  from (select f.member_id
          from unnest($2::text[], $3::text[]) as u(kind, prefix)
         cross join lateral (select i.member_id from member.identity i
                              where i.tenant_id = $1 and i.kind = u.kind and i.value >= u.prefix and i.value < u.prefix || chr(1114111)
                                and starts_with(i.value, u.prefix)
                              order by i.value limit $4) f
         union
        (select m.member_id from member.member m
          where m.tenant_id = $1 and $5 <> '' and position($5 in lower(m.name)) > 0 order by m.member_id limit $4)
         order by member_id limit $4) found
  join member.member m on m.tenant_id = $1 and m.member_id = found.member_id
 cross join lateral (select count(*) as orders, max(o.placed_at) as last_order_at
                       from orders.placed o where o.tenant_id = $1 and o.member_id = m.member_id) o
 order by m.member_id
"""
_FIGURES = """
select o.currency, count(*) as orders, sum(o.units)::bigint as units, sum(o.total)::bigint as total, sum(o.canceled)::bigint as canceled,
       sum(o.returned)::bigint as returned, sum(o.paid - o.refunded)::bigint as spent, min(o.placed_at) as first_at,
       max(o.placed_at) as last_at
  from orders.placed o
 where o.tenant_id = $1 and o.member_id = $2
 group by o.currency
 order by count(*) desc, o.currency
"""
_COUNTED = """
select (select count(*) from orders.placed o
         where o.tenant_id = $1 and o.member_id = $2 and o.status in ('placed', 'paid', 'partly_shipped')) as open_orders,
       (select count(*)
          from orders.placed o
          join care.return_order r on r.tenant_id = o.tenant_id and r.order_id = o.order_id
         where o.tenant_id = $1 and o.member_id = $2) as returns
"""
_TIMELINE = """
select e.event_id, e.type, e.at, e.actor, e.facts
  from (select $2::bigint as subject_id
        union all
       (select o.order_id from orders.placed o where o.tenant_id = $1 and o.member_id = $2 order by o.order_id desc limit 2000)) u
 cross join lateral (
        select e.event_id, e.type, e.at, e.actor, e.facts
          from kernel.event e
         where e.tenant_id = $1 and e.subject_id = u.subject_id and ($3::bigint is null or e.event_id < $3)
         order by e.event_id desc
         limit $4) e
 order by e.event_id desc
 limit $4
"""
