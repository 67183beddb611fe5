"""Fulfillment for screens: the board of works, one work with its lines and parcels, and one parcel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import asyncpg
import msgspec
from msgspec import convert

from jiutong.capabilities.fulfillment import State
from jiutong.kernel.db import Tx


class WorkFilter(msgspec.Struct, frozen=True):
    """Which works to tell; by default those somebody still has to do something about."""

    state: State | None = None
    location: str | None = None
    order_id: int | None = None
    after: int | None = None


class WorkLineRow(msgspec.Struct, frozen=True):
    """What is to be done of one order line, in base units; canceled is what this work has nothing more to do with."""

    line: int
    sku: str
    title: str
    quantity: int
    picked: int
    shipped: int
    canceled: int
    gtins: tuple[str, ...]


class WorkRow(msgspec.Struct, frozen=True):
    """A fulfillment order: one location, one order."""

    work_id: int
    order_id: int
    location: str
    state: State
    created_at: datetime
    changed_at: datetime
    contact: Any
    lines: tuple[WorkLineRow, ...]


class BoardColumn(msgspec.Struct, frozen=True):
    """One step of the way to the customer: how many wait there (`capped`: there are more), and since when the oldest does."""

    step: Literal["release", "pick", "ship", "deliver"]
    count: int
    capped: bool
    oldest_at: datetime | None


class UnreleasedRow(msgspec.Struct, frozen=True):
    """A paid order with units nobody was asked to send yet: how many, of how many lines, and where they lie."""

    order_id: int
    placed_at: datetime
    status: str
    buyer: str
    contact: Any
    units: int
    lines: int
    locations: tuple[str, ...]


class ParcelFilter(msgspec.Struct, frozen=True):
    """What a list of parcels is narrowed to; None leaves a filter out. `before` is the shipment id to continue below."""

    delivered: bool | None = None
    location: str | None = None
    order_id: int | None = None
    carrier: str | None = None
    tracking_no: str | None = None
    shipped_from: datetime | None = None
    shipped_to: datetime | None = None
    before: int | None = None


class ParcelLineRow(msgspec.Struct, frozen=True):
    """What is in a parcel, in base units."""

    line: int
    sku: str
    title: str
    quantity: int


class ShipmentRow(msgspec.Struct, frozen=True):
    """A parcel."""

    shipment_id: int
    order_id: int
    work_id: int
    location: str
    carrier: str
    tracking_no: str
    shipped_at: datetime
    delivered_at: datetime | None
    lines: tuple[ParcelLineRow, ...]


async def works(tx: Tx, wanted: WorkFilter, rows_max: int) -> list[WorkRow]:
    """Works, those that wait longest first."""
    heads = await tx.fetch(_WORKS, wanted.state, wanted.location, wanted.order_id, wanted.after, rows_max)
    return await _with_lines(tx, heads)


async def work(tx: Tx, work_id: int) -> WorkRow | None:
    """One work."""
    found = await _with_lines(tx, await tx.fetch(_WORK, work_id))
    return found[0] if found else None


async def board(tx: Tx, location: str | None, count_max: int) -> list[BoardColumn]:
    """How much waits at each step, of one location or all; each counted up to `count_max`."""
    rows = await tx.fetch(_BOARD, location, count_max + 1)
    return [BoardColumn(row["step"], min(row["found"], count_max), row["found"] > count_max, row["oldest_at"]) for row in rows]


async def unreleased(tx: Tx, location: str | None, after: int | None, rows_max: int) -> list[UnreleasedRow]:
    """Paid orders with units nobody was asked to send yet, those that wait longest first."""
    rows = await tx.fetch(_UNRELEASED, location, after, rows_max)
    contacts = [None if row["contact"] is None else msgspec.json.decode(row["contact"]) for row in rows]
    return [convert({**row, "contact": contact}, UnreleasedRow) for row, contact in zip(rows, contacts, strict=True)]


async def parcels(tx: Tx, wanted: ParcelFilter, rows_max: int) -> list[ShipmentRow]:
    """Parcels, those that left last first."""
    return await _with_contents(tx, await tx.fetch(_PARCELS, *msgspec.structs.astuple(wanted), rows_max))


async def shipments(
    tx: Tx, *, order_id: int | None = None, work_id: int | None = None, shipment_id: int | None = None
) -> list[ShipmentRow]:
    """The parcels of an order or of a work, or one parcel, in the order they left."""
    return await _with_contents(tx, await tx.fetch(_SHIPMENTS, order_id, work_id, shipment_id))


async def _with_contents(tx: Tx, heads: Sequence[asyncpg.Record]) -> list[ShipmentRow]:
    lines: dict[int, list[ParcelLineRow]] = {}
    for row in await tx.fetch(_PARCEL_LINES, [head["shipment_id"] for head in heads]) if heads else ():
        lines.setdefault(row["shipment_id"], []).append(convert(dict(row), ParcelLineRow))
    return [convert({**head, "lines": lines[head["shipment_id"]]}, ShipmentRow) for head in heads]


async def _with_lines(tx: Tx, heads: Sequence[asyncpg.Record]) -> list[WorkRow]:
    lines: dict[int, list[WorkLineRow]] = {}
    for row in await tx.fetch(_WORK_LINES, [head["work_id"] for head in heads]) if heads else ():
        lines.setdefault(row["work_id"], []).append(convert(dict(row), WorkLineRow))
    contacts = [None if head["contact"] is None else msgspec.json.decode(head["contact"]) for head in heads]
    return [
        convert({**head, "contact": contact, "lines": lines[head["work_id"]]}, WorkRow)
        for head, contact in zip(heads, contacts, strict=True)
    ]


_WORKS = """
select w.work_id, w.order_id, l.code as location, w.state, w.created_at, w.changed_at, o.contact
  from fulfillment.work w
  join inventory.location l on l.tenant_id = w.tenant_id and l.location_id = w.location_id
  join orders.placed o on o.tenant_id = w.tenant_id and o.order_id = w.order_id
 where w.tenant_id = $1
   and (w.state = $2 or ($2::text is null and ($4::bigint is not null or w.state in ('released', 'picking', 'picked'))))
   and ($3::text is null or w.location_id = (select location_id from inventory.location where tenant_id = $1 and code = $3))
   and ($4::bigint is null or w.order_id = $4)
   and ($5::bigint is null or w.work_id > $5)
 order by w.work_id
 limit $6
"""
_WORK = """
select w.work_id, w.order_id, l.code as location, w.state, w.created_at, w.changed_at, o.contact
  from fulfillment.work w
  join inventory.location l on l.tenant_id = w.tenant_id and l.location_id = w.location_id
  join orders.placed o on o.tenant_id = w.tenant_id and o.order_id = w.order_id
 where w.tenant_id = $1 and w.work_id = $2
"""
_WORK_LINES = """
select n.work_id, i.line_no as line, k.code as sku, k.title, n.quantity, n.picked, n.shipped, n.canceled,
       array(select b.gtin from catalog.barcode b where b.tenant_id = n.tenant_id and b.sku_id = n.sku_id order by b.gtin) as gtins
  from fulfillment.work w
  join fulfillment.work_line n on n.tenant_id = w.tenant_id and n.work_id = w.work_id
  join orders.line i on i.tenant_id = w.tenant_id and i.order_id = w.order_id and i.line_id = n.line_id
  join catalog.sku k on k.tenant_id = n.tenant_id and k.sku_id = n.sku_id
 where w.tenant_id = $1 and w.work_id = any($2::bigint[])
 order by n.work_id, i.line_no
"""
_SHIPMENTS = """
select s.shipment_id, s.order_id, s.work_id, l.code as location, s.carrier, s.tracking_no, s.shipped_at, s.delivered_at
  from fulfillment.shipment s
  join fulfillment.work w on w.tenant_id = s.tenant_id and w.work_id = s.work_id
  join inventory.location l on l.tenant_id = w.tenant_id and l.location_id = w.location_id
 where s.tenant_id = $1
   and ($2::bigint is null or s.order_id = $2)
   and ($3::bigint is null or s.order_id = (select order_id from fulfillment.work where tenant_id = $1 and work_id = $3) and s.work_id = $3)
   and ($4::bigint is null or s.shipment_id = $4)
 order by s.shipment_id
"""
_PARCELS = """
select s.shipment_id, s.order_id, s.work_id, l.code as location, s.carrier, s.tracking_no, s.shipped_at, s.delivered_at
  from fulfillment.shipment s
  join fulfillment.work w on w.tenant_id = s.tenant_id and w.work_id = s.work_id
  join inventory.location l on l.tenant_id = w.tenant_id and l.location_id = w.location_id
 where s.tenant_id = $1
   and ($2::boolean is null or (s.delivered_at is not null) = $2)
   and ($3::text is null or l.code = $3)
   and ($4::bigint is null or s.order_id = $4)
   and ($5::text is null or s.carrier = $5)
   and ($6::text is null or s.tracking_no = $6)
   and ($7::timestamptz is null or s.shipped_at >= $7)
   and ($8::timestamptz is null or s.shipped_at < $8)
   and ($9::bigint is null or s.shipment_id < $9)
 order by s.shipment_id desc
 limit $10
"""
_UNRELEASED = """
select o.order_id, o.placed_at, o.status, coalesce(nullif(m.name, ''), o.contact ->> 'name', '') as buyer, o.contact,
       l.units, l.lines, l.locations
  from orders.placed o
  left join member.member m on m.tenant_id = o.tenant_id and m.member_id = o.member_id
 cross join lateral (
        select sum(n.quantity - n.shipped - n.canceled - coalesce(w.under_way, 0))::bigint as units, count(*) as lines,
               array_agg(distinct p.code) as locations
          from orders.line n
          join inventory.location p on p.tenant_id = n.tenant_id and p.location_id = n.location_id
          left join lateral (
                select sum(x.quantity - x.canceled - x.shipped) as under_way
                  from fulfillment.work v
                  join fulfillment.work_line x on x.tenant_id = v.tenant_id and x.work_id = v.work_id and x.line_id = n.line_id
                 where v.tenant_id = o.tenant_id and v.order_id = o.order_id and v.state <> 'canceled') w on true
         where n.tenant_id = o.tenant_id and n.order_id = o.order_id
           and ($2::text is null or p.code = $2)
           and n.quantity - n.shipped - n.canceled > coalesce(w.under_way, 0)) l
 where o.tenant_id = $1 and o.status in ('paid', 'partly_shipped') and l.lines > 0 and ($3::bigint is null or o.order_id > $3)
 order by o.order_id
 limit $4
"""
_BOARD = """
select u.step, b.found, b.oldest_at
  from (values ('release', 1), ('pick', 2), ('ship', 3), ('deliver', 4)) as u(step, place)
 cross join lateral (
        select count(*) as found, min(x.at) as oldest_at
          from ((select o.placed_at as at
                   from orders.placed o
                  where u.step = 'release' and o.tenant_id = $1 and o.status in ('paid', 'partly_shipped')
                    and exists (
                        select
                          from orders.line n
                          join inventory.location p on p.tenant_id = n.tenant_id and p.location_id = n.location_id
                          left join lateral (
                                select sum(x.quantity - x.canceled - x.shipped) as under_way
                                  from fulfillment.work v
                                  join fulfillment.work_line x
                                       on x.tenant_id = v.tenant_id and x.work_id = v.work_id and x.line_id = n.line_id
                                 where v.tenant_id = o.tenant_id and v.order_id = o.order_id and v.state <> 'canceled') w on true
                         where n.tenant_id = o.tenant_id and n.order_id = o.order_id and ($2::text is null or p.code = $2)
                           and n.quantity - n.shipped - n.canceled > coalesce(w.under_way, 0))
                  limit $3)
                union all
                (select w.created_at
                   from fulfillment.work w
                   join inventory.location p on p.tenant_id = w.tenant_id and p.location_id = w.location_id
                  where w.tenant_id = $1 and w.state in ('released', 'picking', 'picked') and ($2::text is null or p.code = $2)
                    and ((u.step = 'pick' and w.state in ('released', 'picking')) or (u.step = 'ship' and w.state = 'picked'))
                  limit $3)
                union all
                (select s.shipped_at
                   from fulfillment.shipment s
                   join fulfillment.work w on w.tenant_id = s.tenant_id and w.work_id = s.work_id
                   join inventory.location p on p.tenant_id = w.tenant_id and p.location_id = w.location_id
                  where u.step = 'deliver' and s.tenant_id = $1 and s.delivered_at is null and ($2::text is null or p.code = $2)
                  limit $3)) x) b
 order by u.place
"""
_PARCEL_LINES = """
select n.shipment_id, i.line_no as line, k.code as sku, k.title, n.quantity
  from fulfillment.shipment s
  join fulfillment.shipment_line n on n.tenant_id = s.tenant_id and n.shipment_id = s.shipment_id
  join orders.line i on i.tenant_id = s.tenant_id and i.order_id = s.order_id and i.line_id = n.line_id
  join catalog.sku k on k.tenant_id = i.tenant_id and k.sku_id = i.sku_id
 where s.tenant_id = $1 and s.shipment_id = any($2::bigint[])
 order by n.shipment_id, i.line_no
"""
