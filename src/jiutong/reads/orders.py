"""Orders as people look at them: lists by keyset, one order with everything on it, its timeline, and how each amount came about."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx
from jiutong.reads import actors

# Fewer digits than that are nobody's number.
PHONE_DIGITS_MIN = 4
# What LIKE would take for a pattern.
_LIKE_SIGNS = re.compile(r"[%_\\]")
_ESCAPED = r"\\\g<0>"


class OrderRow(msgspec.Struct, frozen=True):
    """One row of the list of orders. Amounts in minor units."""

    order_id: int
    status: str
    scene: str
    channel: str
    store: str | None
    member_id: int | None
    receipt_no: str | None
    currency: str
    total: int
    paid: int
    refunded: int
    units: int
    placed_at: datetime
    canceled: int
    returned: int
    units_shipped: int
    units_canceled: int
    units_returned: int
    buyer: str
    lines: int
    first_title: str
    due_at: datetime | None


class OrderFilter(msgspec.Struct, frozen=True):
    """What a list of orders is narrowed to; None leaves a filter out. `before` is the order id to continue below.

    `ids` are the only orders wanted, `total_from` and `total_to` minor units, both included.
    """

    status: str | None = None
    channel: str | None = None
    store: str | None = None
    member_id: int | None = None
    ids: Sequence[int] | None = None
    sku: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    receipt_no: str | None = None
    total_from: int | None = None
    total_to: int | None = None
    before: int | None = None


class StatusCount(msgspec.Struct, frozen=True):
    """How many orders stand there; `capped` says that there are more than were counted."""

    status: str
    count: int
    capped: bool


class LineName(msgspec.Struct, frozen=True):
    """What a line is, for people: its SKU, the SKU's title, and where its goods lie."""

    sku: str
    title: str
    location: str


class TracedEvent(msgspec.Struct, frozen=True):
    """One thing that happened to an order or to what came of it, and who did it, by name where they have one."""

    event_id: int
    type: str
    at: datetime
    actor: str
    who: str
    facts: Any


class AdjustmentRow(msgspec.Struct, frozen=True):
    """Minor units taken off a line: at which stage, by which rule, at whose expense."""

    stage: str
    rule: str
    funder: str
    amount: int


class LineRow(msgspec.Struct, frozen=True):
    """One line with its progress and how its amount came about."""

    line_no: int
    sku: str
    title: str
    quantity: int
    base_unit: str
    price_source: str
    unit_price: int
    price_per: int
    gross: int
    adjustments: tuple[AdjustmentRow, ...]
    tax_class: str
    tax_bp: int
    tax: int
    payable: int
    location: str
    shipped: int
    canceled: int
    returned: int


class PayableRow(msgspec.Struct, frozen=True):
    """What is owed, until when, and how much of it is paid."""

    payable_no: int
    amount: int
    paid: int
    due_at: datetime | None
    opens_at: datetime | None = None
    """Not to be paid before."""

    kept: str = ""
    """Until when the seller keeps it if the buyer withdraws: "until_paid", "until_shipped", or "" never."""


class EventRow(msgspec.Struct, frozen=True):
    """One thing that happened: on the timeline of whatever it is about."""

    event_id: int
    type: str
    at: datetime
    actor: str
    facts: Any


class OrderDetail(msgspec.Struct, frozen=True):
    """One order with everything on it."""

    order_id: int
    revision: int
    status: str
    scene: str
    plan_version: str
    channel: str
    store: str | None
    seller: str
    member_id: int | None
    device: str | None
    receipt_no: str | None
    currency: str
    placed_at: datetime
    business_day: int
    contact: Any
    gross: int
    discount: int
    tax: int
    total: int
    paid: int
    canceled: int
    returned: int
    refunded: int
    lines: tuple[LineRow, ...]
    payables: tuple[PayableRow, ...]
    play: str
    awaits: str
    group: str | None


async def page(tx: Tx, wanted: OrderFilter, limit: int) -> list[OrderRow]:
    """The newest orders first, below `wanted.before`; one row more than `limit` when there are more."""
    rows = await tx.fetch(
        _PAGE,
        wanted.status,
        wanted.channel,
        wanted.store,
        wanted.member_id,
        wanted.ids,
        wanted.sku,
        wanted.placed_from,
        wanted.placed_to,
        wanted.receipt_no,
        wanted.total_from,
        wanted.total_to,
        wanted.before,
        limit + 1,
    )
    return [OrderRow(*row.values()) for row in rows]


async def counts(tx: Tx, wanted: OrderFilter, statuses: Sequence[str], count_max: int) -> list[StatusCount]:
    """How many orders of each status a list would show, counted up to `count_max`. The filter's own status is left out."""
    rows = await tx.fetch(
        _COUNTS,
        list(statuses),
        wanted.channel,
        wanted.store,
        wanted.member_id,
        wanted.ids,
        wanted.sku,
        wanted.placed_from,
        wanted.placed_to,
        wanted.receipt_no,
        wanted.total_from,
        wanted.total_to,
        count_max + 1,
    )
    found = {row["status"]: row["found"] for row in rows}
    return [StatusCount(one, min(found.get(one, 0), count_max), found.get(one, 0) > count_max) for one in statuses]


async def named(tx: Tx, text: str, identities: Sequence[member.Identity], before: int | None, ids_max: int) -> list[int]:
    """The newest orders that `text` names below `before`: by receipt number, the member's name or what they are recognized by
    (`identities`, as far as they were typed), or the name and phone number to deliver to.
    """
    kinds, prefixes = [one.kind for one in identities], [one.value for one in identities]
    digits = re.sub(r"\D", "", text)
    like = f"%{_LIKE_SIGNS.sub(_ESCAPED, text)}%"
    phone = f"%{digits}%" if len(digits) >= PHONE_DIGITS_MIN else None
    return [row["order_id"] for row in await tx.fetch(_NAMED, text, kinds, prefixes, like, phone, before, ids_max)]


async def of_phone(tx: Tx, phone: str, before: int | None, ids_max: int) -> list[int]:
    """The newest orders of a phone number (E.164) below `before`: the member's, or the one to deliver to."""
    digits = re.sub(r"\D", "", phone)
    return [row["order_id"] for row in await tx.fetch(_OF_PHONE, phone, digits, before, ids_max)]


async def detail(tx: Tx, order_ids: Sequence[int]) -> list[OrderDetail]:
    """Orders with lines, adjustments and payables, in the order asked for; unknown ids are left out."""
    heads = {row["order_id"]: row for row in await tx.fetch(_HEADS, list(order_ids))}
    lines: dict[int, list[LineRow]] = {}
    for row in await tx.fetch(_LINES, list(heads)):
        lines.setdefault(row["order_id"], []).append(_line(row))
    payables: dict[int, list[PayableRow]] = {}
    for row in await tx.fetch(_PAYABLES, list(heads)):
        payables.setdefault(row["order_id"], []).append(PayableRow(*list(row.values())[1:]))
    return [
        _detail(heads[id_], tuple(lines.get(id_, ())), tuple(payables.get(id_, ()))) for id_ in dict.fromkeys(order_ids) if id_ in heads
    ]


async def receipt(tx: Tx, store: str, device: str, receipt_no: str) -> int | None:
    """The order behind a till's receipt."""
    rows = await tx.fetch(_RECEIPT, store, device, receipt_no)
    return rows[0]["order_id"] if rows else None


async def timeline(tx: Tx, subject_id: int, before: int | None, limit: int) -> list[EventRow]:
    """What happened to a subject, latest first, below event `before`; one row more than `limit` when there are more."""
    rows = await tx.fetch(_TIMELINE, subject_id, before, limit + 1)
    return [EventRow(row["event_id"], row["type"], row["at"], row["actor"], msgspec.json.decode(row["facts"])) for row in rows]


async def traced(tx: Tx, order_id: int, before: int | None, limit: int) -> list[TracedEvent]:
    """What happened to an order, its works and its parcels, latest first, below event `before`; one more than `limit` when there are."""
    rows = await tx.fetch(_TRACED, order_id, before, limit + 1)
    names = await actors.names(tx, {row["actor"] for row in rows})
    return [
        TracedEvent(row["event_id"], row["type"], row["at"], row["actor"], names.get(row["actor"], ""), msgspec.json.decode(row["facts"]))
        for row in rows
    ]


async def line_names(tx: Tx, order_id: int) -> dict[int, LineName]:
    """What the lines of an order are, by their number."""
    return {row["line_no"]: LineName(row["sku"], row["title"], row["location"]) for row in await tx.fetch(_LINE_NAMES, order_id)}


async def line_numbers(tx: Tx, order_id: int) -> dict[int, int]:
    """The numbers of an order's lines by their internal ids."""
    return {row["line_id"]: row["line_no"] for row in await tx.fetch(_LINE_NUMBERS, order_id)}


def _line(row: asyncpg.Record) -> LineRow:
    adjustments = tuple(
        AdjustmentRow(*one) for one in zip(*(row[name] or () for name in ("stages", "rules", "funders", "amounts")), strict=True)
    )
    plain = {name: row[name] for name in LineRow.__struct_fields__ if name != "adjustments"}
    return LineRow(adjustments=adjustments, **plain)


def _detail(row: asyncpg.Record, lines: tuple[LineRow, ...], payables: tuple[PayableRow, ...]) -> OrderDetail:
    plain = {name: row[name] for name in OrderDetail.__struct_fields__ if name not in {"contact", "lines", "payables"}}
    contact = None if row["contact"] is None else msgspec.json.decode(row["contact"])
    return OrderDetail(contact=contact, lines=lines, payables=payables, **plain)


_PAGE = """
select o.order_id, o.status, o.scene, c.code as channel, s.code as store, o.member_id, o.receipt_no, o.currency, o.total, o.paid,
       o.refunded, o.units, o.placed_at, o.canceled, o.returned, o.units_shipped, o.units_canceled, o.units_returned,
       coalesce(nullif(m.name, ''), nullif(o.contact ->> 'name', ''),
                (select i.value from member.identity i where i.tenant_id = m.tenant_id and i.member_id = m.member_id
                  order by i.kind desc limit 1), '') as buyer, n.lines, coalesce(n.title, '') as first_title, p.due_at
  from (select *
          from orders.placed o
         where o.tenant_id = $1
           and ($2::text is null or o.status = $2)
           and ($3::text is null or o.channel_id = (select channel_id from access.channel where tenant_id = $1 and code = $3))
           and ($4::text is null or o.store_id = (select store_id from access.store where tenant_id = $1 and code = $4))
           and ($5::bigint is null or o.member_id = $5)
           and ($6::bigint[] is null or o.order_id = any($6))
           and ($7::text is null or exists (
                select from orders.line l
                  join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
                 where l.tenant_id = $1 and l.order_id = o.order_id and k.code = $7))
           and ($8::timestamptz is null or o.placed_at >= $8)
           and ($9::timestamptz is null or o.placed_at < $9)
           and ($10::text is null or o.receipt_no = $10)
           and ($11::bigint is null or o.total >= $11)
           and ($12::bigint is null or o.total <= $12)
           and ($13::bigint is null or o.order_id < $13)
         order by o.order_id desc
         limit $14) o
  join access.channel c on c.tenant_id = o.tenant_id and c.channel_id = o.channel_id
  left join access.store s on s.tenant_id = o.tenant_id and s.store_id = o.store_id
  left join member.member m on m.tenant_id = o.tenant_id and m.member_id = o.member_id
  left join lateral (
        select count(*) as lines,
               (select k.title
                  from orders.line l
                  join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
                 where l.tenant_id = o.tenant_id and l.order_id = o.order_id order by l.line_no limit 1) as title
          from orders.line l where l.tenant_id = o.tenant_id and l.order_id = o.order_id) n on true
  left join lateral (
        select min(p.due_at) as due_at
          from orders.payable p
         where p.tenant_id = o.tenant_id and p.order_id = o.order_id and p.paid < p.amount and o.status = 'placed') p on true
 order by o.order_id desc
"""
_COUNTS = """
-- Three looks: at the index of what is open, at the newest that have shipped until they are enough, at the rest for what is rare.
-- Each look is planned by itself, with what all of them ask.
with asked as not materialized (
        select o.status
          from orders.placed o
         where o.tenant_id = $1
           and ($3::text is null or o.channel_id = (select channel_id from access.channel where tenant_id = $1 and code = $3))
           and ($4::text is null or o.store_id = (select store_id from access.store where tenant_id = $1 and code = $4))
           and ($5::bigint is null or o.member_id = $5)
           and ($6::bigint[] is null or o.order_id = any($6))
           and ($7::text is null or exists (
                select from orders.line l
                  join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
                 where l.tenant_id = $1 and l.order_id = o.order_id and k.code = $7))
           and ($8::timestamptz is null or o.placed_at >= $8)
           and ($9::timestamptz is null or o.placed_at < $9)
           and ($10::text is null or o.receipt_no = $10)
           and ($11::bigint is null or o.total >= $11)
           and ($12::bigint is null or o.total <= $12))
select status, count(*) as found from asked where status in ('placed', 'paid', 'partly_shipped') and status = any($2) group by status
union all
select 'shipped', count(*) from (select from asked where status = 'shipped' limit $13) o
union all
select status, count(*) from asked where status in ('returned', 'canceled', 'expired') group by status
"""
_NAMED = """
-- A range of the primary key instead of LIKE: an index scan whatever was typed. chr(1114111) sorts after every character.
select x.order_id
  from ((select o.order_id
           from access.device d
           join orders.placed o on o.tenant_id = d.tenant_id and o.device_id = d.device_id and o.receipt_no = $2
          where d.tenant_id = $1)
        union
        (select o.order_id
           from (select i.member_id
                   from unnest($3::text[], $4::text[]) as u(kind, prefix)
                  cross join lateral (select i.member_id from member.identity i
                                       where i.tenant_id = $1 and i.kind = u.kind and i.value >= u.prefix
                                         and i.value < u.prefix || chr(1114111) and starts_with(i.value, u.prefix)
                                       order by i.value limit $8) i
                  union
                 (select m.member_id from member.member m where m.tenant_id = $1 and m.name ilike $5 limit $8)) m
          cross join lateral (select o.order_id from orders.placed o
                               where o.tenant_id = $1 and o.member_id = m.member_id and ($7::bigint is null or o.order_id < $7)
                               order by o.order_id desc limit $8) o)
        union
        (select o.order_id
           from orders.placed o
          where o.tenant_id = $1 and o.contact is not null
            and (o.contact ->> 'name' ilike $5 or regexp_replace(o.contact ->> 'phone', '[^0-9]', '', 'g') like $6)
            and ($7::bigint is null or o.order_id < $7)
          order by o.order_id desc
          limit $8)) x
 where $7::bigint is null or x.order_id < $7
 order by x.order_id desc
 limit $8
"""
_OF_PHONE = """
select x.order_id
  from ((select o.order_id
           from member.identity i
           join orders.placed o on o.tenant_id = i.tenant_id and o.member_id = i.member_id
          where i.tenant_id = $1 and i.kind = 'phone' and i.value = $2 and ($4::bigint is null or o.order_id < $4)
          order by o.order_id desc
          limit $5)
        union
        (select o.order_id
           from orders.placed o
          where o.tenant_id = $1 and o.contact is not null and regexp_replace(o.contact ->> 'phone', '[^0-9]', '', 'g') = $3
            and ($4::bigint is null or o.order_id < $4)
          order by o.order_id desc
          limit $5)) x
 order by x.order_id desc
 limit $5
"""
_HEADS = """
select o.order_id, o.revision, o.status, o.scene, o.plan_version, c.code as channel, s.code as store, e.code as seller, o.member_id,
       d.code as device, o.receipt_no, o.currency, o.placed_at, o.business_day, o.contact, o.gross, o.discount, o.tax, o.total, o.paid,
       o.canceled, o.returned, o.refunded, o.play, o.awaits, g.code as "group"
  from orders.placed o
  left join promotion.play_group g on g.tenant_id = o.tenant_id and g.group_id = o.group_id
  join access.channel c on c.tenant_id = o.tenant_id and c.channel_id = o.channel_id
  join access.seller e on e.tenant_id = o.tenant_id and e.seller_id = o.seller_id
  left join access.store s on s.tenant_id = o.tenant_id and s.store_id = o.store_id
  left join access.device d on d.tenant_id = o.tenant_id and d.device_id = o.device_id
 where o.tenant_id = $1 and o.order_id = any($2::bigint[])
"""
_LINES = """
select l.order_id, l.line_no, k.code as sku, k.title, l.quantity, k.base_unit, l.price_source, l.unit_price, l.price_per, l.gross,
       a.stages, a.rules, a.funders, a.amounts, l.tax_class, l.tax_bp, l.tax, l.payable, w.code as location, l.shipped, l.canceled,
       l.returned
  from orders.line l
  join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
  join inventory.location w on w.tenant_id = l.tenant_id and w.location_id = l.location_id
  left join lateral (
        select array_agg(a.stage order by a.adjustment_no) as stages, array_agg(a.rule order by a.adjustment_no) as rules,
               array_agg(a.funder order by a.adjustment_no) as funders, array_agg(a.amount order by a.adjustment_no) as amounts
          from orders.price_adjustment a
         where a.tenant_id = l.tenant_id and a.order_id = l.order_id and a.line_id = l.line_id) a on true
 where l.tenant_id = $1 and l.order_id = any($2::bigint[])
 order by l.order_id, l.line_no
"""
_PAYABLES = """
select p.order_id, p.payable_no, p.amount, p.paid, p.due_at, p.opens_at, p.kept
  from orders.payable p where p.tenant_id = $1 and p.order_id = any($2::bigint[]) order by p.order_id, p.payable_no
"""
_LINE_NUMBERS = """
select l.line_id, l.line_no from orders.line l where l.tenant_id = $1 and l.order_id = $2
"""
_RECEIPT = """
select o.order_id
  from access.store s
  join access.device d on d.tenant_id = s.tenant_id and d.store_id = s.store_id and d.code = $3
  join orders.placed o on o.tenant_id = s.tenant_id and o.device_id = d.device_id and o.receipt_no = $4
 where s.tenant_id = $1 and s.code = $2
"""
_TIMELINE = """
select e.event_id, e.type, e.at, e.actor, e.facts
  from kernel.event e
 where e.tenant_id = $1 and e.subject_id = $2 and ($3::bigint is null or e.event_id < $3)
 order by e.event_id desc
 limit $4
"""
_TRACED = """
select e.event_id, e.type, e.at, e.actor, e.facts
  from (select $2::bigint as subject_id
        union all select w.work_id from fulfillment.work w where w.tenant_id = $1 and w.order_id = $2
        union all select s.shipment_id from fulfillment.shipment s where s.tenant_id = $1 and s.order_id = $2) u
 cross join lateral (
        select e.event_id, e.type, e.at, e.actor, e.facts
          from kernel.event e
         where e.tenant_id = $1 and e.subject_id = u.subject_id and ($3::bigint is null or e.event_id < $3)
         order by e.event_id desc
         limit $4) e
 order by e.event_id desc
 limit $4
"""
_LINE_NAMES = """
select l.line_no, coalesce(k.code, '') as sku, coalesce(k.title, '') as title, w.code as location
  from orders.line l
  join inventory.location w on w.tenant_id = l.tenant_id and w.location_id = l.location_id
  left join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
 where l.tenant_id = $1 and l.order_id = $2
"""
