"""Fulfillment for screens: the board of works, one work with its lines and parcels, and one parcel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

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


async def shipments(
    tx: Tx, *, order_id: int | None = None, work_id: int | None = None, shipment_id: int | None = None
) -> list[ShipmentRow]:
    """The parcels of an order or of a work, or one parcel, in the order they left."""
    heads = await tx.fetch(_SHIPMENTS, order_id, work_id, shipment_id)
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
select n.work_id, i.line_no as line, k.code as sku, k.title, n.quantity, n.picked, n.shipped, n.canceled
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
_PARCEL_LINES = """
select n.shipment_id, i.line_no as line, k.code as sku, k.title, n.quantity
  from fulfillment.shipment s
  join fulfillment.shipment_line n on n.tenant_id = s.tenant_id and n.shipment_id = s.shipment_id
  join orders.line i on i.tenant_id = s.tenant_id and i.order_id = s.order_id and i.line_id = n.line_id
  join catalog.sku k on k.tenant_id = i.tenant_id and k.sku_id = i.sku_id
 where s.tenant_id = $1 and s.shipment_id = any($2::bigint[])
 order by n.shipment_id, i.line_no
"""
