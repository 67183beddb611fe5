"""The room's statements. Works are locked in id order, after the orders they belong to."""

from collections.abc import Mapping, Sequence

import asyncpg

from jiutong.capabilities.fulfillment.model.work import MAY, Parcel, Work, WorkLine
from jiutong.kernel.db import Tx


async def insert_works(tx: Tx, works: Sequence[Work]) -> None:
    """Write works."""
    await tx.count(
        _INSERT_WORKS,
        [work.work_id for work in works],
        [work.order_id for work in works],
        [work.location_id for work in works],
        tx.now,
    )
    rows = [(work.work_id, line) for work in works for line in work.lines]
    await tx.count(
        _INSERT_LINES,
        [work_id for work_id, _ in rows],
        [line.line_id for _, line in rows],
        [line.sku_id for _, line in rows],
        [line.quantity for _, line in rows],
    )


async def orders_of(tx: Tx, work_ids: Sequence[int]) -> dict[int, int]:
    """The order each work belongs to; that never changes."""
    return {row["work_id"]: row["order_id"] for row in await tx.fetch(_ORDERS_OF, work_ids)}


async def lock_works(tx: Tx, work_ids: Sequence[int]) -> dict[int, Work]:
    """Lock works and give them as they stand."""
    return await _with_lines(tx, await tx.fetch(_LOCK_WORKS, sorted(work_ids)))


async def lock_works_of(tx: Tx, order_ids: Sequence[int]) -> dict[int, Work]:
    """Lock the works of orders that are not canceled, and give them as they stand."""
    return await _with_lines(tx, await tx.fetch(_LOCK_WORKS_OF, sorted(order_ids)))


async def set_lines(tx: Tx, works: Sequence[Work]) -> int:
    """Write the counters of works."""
    rows = sorted((work.work_id, line.line_id, line.picked, line.shipped, line.canceled) for work in works for line in work.lines)
    return await tx.count(_SET_LINES, *([row[i] for row in rows] for i in range(5)))


async def set_states(tx: Tx, works: Sequence[Work], act: str) -> int:
    """Move works to their state, from where the act may start; the number that could."""
    rows = sorted((work.work_id, work.state) for work in works)
    return await tx.count(_SET_STATES, [work_id for work_id, _ in rows], [state for _, state in rows], sorted(MAY[act]), tx.now)


async def insert_shipments(tx: Tx, parcels: Sequence[Parcel]) -> None:
    """Append shipments with what is in them."""
    await tx.count(
        _INSERT_SHIPMENTS,
        [parcel.shipment_id for parcel in parcels],
        [parcel.order_id for parcel in parcels],
        [parcel.work_id for parcel in parcels],
        [parcel.carrier for parcel in parcels],
        [parcel.tracking_no for parcel in parcels],
        tx.now,
    )
    rows = [(parcel.shipment_id, line_id, units) for parcel in parcels for line_id, units in parcel.units.items()]
    await tx.count(_INSERT_SHIPMENT_LINES, *([row[i] for row in rows] for i in range(3)))


async def deliver(tx: Tx, shipment_ids: Sequence[int]) -> Mapping[int, int]:
    """Mark shipments that were under way as arrived; the order of each that was."""
    return {row["shipment_id"]: row["order_id"] for row in await tx.fetch(_DELIVER, shipment_ids, tx.now)}


async def known_shipments(tx: Tx, shipment_ids: Sequence[int]) -> set[int]:
    """Of these, the shipments there are."""
    return {row["shipment_id"] for row in await tx.fetch(_KNOWN_SHIPMENTS, shipment_ids)}


async def _with_lines(tx: Tx, heads: Sequence[asyncpg.Record]) -> dict[int, Work]:
    if not heads:
        return {}
    lines: dict[int, list[WorkLine]] = {}
    for row in await tx.fetch(_LINES, [head["work_id"] for head in heads]):
        lines.setdefault(row["work_id"], []).append(
            WorkLine(row["line_id"], row["sku_id"], row["quantity"], row["picked"], row["shipped"], row["canceled"])
        )
    return {
        head["work_id"]: Work(head["work_id"], head["order_id"], head["location_id"], head["state"], tuple(lines[head["work_id"]]))
        for head in heads
    }


_INSERT_WORKS = """
insert into fulfillment.work (tenant_id, work_id, order_id, location_id, state, created_at, changed_at)
select t.tenant_id, w.work_id, w.order_id, w.location_id, 'released', $5, $5
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::bigint[]) as w(work_id, order_id, location_id)
 where t.tenant_id = $1
"""
_INSERT_LINES = """
insert into fulfillment.work_line (tenant_id, work_id, line_id, sku_id, quantity)
select t.tenant_id, l.work_id, l.line_id, l.sku_id, l.quantity
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as l(work_id, line_id, sku_id, quantity)
 where t.tenant_id = $1
"""
_ORDERS_OF = """
select w.work_id, w.order_id from fulfillment.work w where w.tenant_id = $1 and w.work_id = any($2::bigint[])
"""
_LOCK_WORKS = """
select w.work_id, w.order_id, w.location_id, w.state
  from fulfillment.work w
 where w.tenant_id = $1 and w.work_id = any($2::bigint[])
 order by w.work_id
   for update
"""
_LOCK_WORKS_OF = """
select w.work_id, w.order_id, w.location_id, w.state
  from fulfillment.work w
 where w.tenant_id = $1 and w.order_id = any($2::bigint[]) and w.state <> 'canceled'
 order by w.work_id
   for update
"""
_LINES = """
select l.work_id, l.line_id, l.sku_id, l.quantity, l.picked, l.shipped, l.canceled
  from fulfillment.work_line l
 where l.tenant_id = $1 and l.work_id = any($2::bigint[])
 order by l.work_id, l.line_id
"""
_SET_LINES = """
update fulfillment.work_line l set picked = n.picked, shipped = n.shipped, canceled = n.canceled
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as n(work_id, line_id, picked, shipped, canceled)
 where l.tenant_id = $1 and l.work_id = n.work_id and l.line_id = n.line_id
"""
_SET_STATES = """
update fulfillment.work w set state = n.state, changed_at = $5
  from unnest($2::bigint[], $3::text[]) as n(work_id, state)
 where w.tenant_id = $1 and w.work_id = n.work_id and w.state = any($4::text[])
"""
_INSERT_SHIPMENTS = """
insert into fulfillment.shipment (tenant_id, shipment_id, order_id, work_id, carrier, tracking_no, shipped_at)
select t.tenant_id, s.shipment_id, s.order_id, s.work_id, s.carrier, s.tracking_no, $7
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
           as s(shipment_id, order_id, work_id, carrier, tracking_no)
 where t.tenant_id = $1
"""
_INSERT_SHIPMENT_LINES = """
insert into fulfillment.shipment_line (tenant_id, shipment_id, line_id, quantity)
select t.tenant_id, l.shipment_id, l.line_id, l.quantity
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::bigint[]) as l(shipment_id, line_id, quantity)
 where t.tenant_id = $1
"""
_DELIVER = """
update fulfillment.shipment s set delivered_at = $3
 where s.tenant_id = $1 and s.shipment_id = any($2::bigint[]) and s.delivered_at is null
returning s.shipment_id, s.order_id
"""
_KNOWN_SHIPMENTS = """
select s.shipment_id from fulfillment.shipment s where s.tenant_id = $1 and s.shipment_id = any($2::bigint[])
"""
