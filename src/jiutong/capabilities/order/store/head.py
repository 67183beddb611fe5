"""The heads of orders in SQL. One function, one set-based statement."""

from collections.abc import Collection, Sequence

import asyncpg

from jiutong.capabilities.order.model import Order, OrderDraft, Share, ShiftSales, Units
from jiutong.kernel.db import Tx


async def insert(tx: Tx, drafts: Sequence[OrderDraft]) -> set[int]:
    """Write order heads; the ids that were written (a receipt number that is taken writes nothing)."""
    rows = await tx.fetch(
        _INSERT_PLACED,
        [d.order_id for d in drafts],
        [d.scene for d in drafts],
        [d.plan_version for d in drafts],
        [d.channel_id for d in drafts],
        [d.store_id for d in drafts],
        [d.seller_id for d in drafts],
        [d.member_id for d in drafts],
        [d.currency for d in drafts],
        [d.business_day for d in drafts],
        [d.device_id for d in drafts],
        [d.receipt_no for d in drafts],
        [d.contact for d in drafts],
        [d.gross for d in drafts],
        [d.discount for d in drafts],
        [d.tax for d in drafts],
        [d.total for d in drafts],
        [d.total if d.device_id is not None else 0 for d in drafts],
        [d.units for d in drafts],
        [d.units if d.device_id is not None else 0 for d in drafts],
        [d.placed_at for d in drafts],
        [d.shift_id for d in drafts],
        [d.play for d in drafts],
        [d.awaits for d in drafts],
        [d.place.group_id if d.place else None for d in drafts],
        [d.place.counts if d.place else None for d in drafts],
    )
    return {row["order_id"] for row in rows}


async def traded(tx: Tx, channel_ids: Sequence[int]) -> set[int]:
    """The channels among these that have orders."""
    return {row["channel_id"] for row in await tx.fetch(_TRADED, channel_ids)}


async def ordered(tx: Tx, members: Collection[int]) -> set[int]:
    """Which of these members have an order that stands."""
    return {row["member_id"] for row in await tx.fetch(_ORDERED, sorted(set(members)))}


async def lock(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Lock order heads, in id order. Whatever changes an order starts here, so its processes take turns."""
    return {row["order_id"]: _order(row) for row in await tx.fetch(_LOCK_ORDERS, sorted(set(order_ids)))}


async def read(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Order heads as they stand."""
    return {row["order_id"]: _order(row) for row in await tx.fetch(_READ_ORDERS, list(order_ids))}


async def sold_in_shifts(tx: Tx, shift_ids: Sequence[int]) -> dict[int, ShiftSales]:
    """What was rung up in shifts."""
    return {row["shift_id"]: ShiftSales(*list(row.values())[1:]) for row in await tx.fetch(_READ_SHIFT_SALES, list(shift_ids))}


async def pay(tx: Tx, order_ids: Sequence[int], amounts: Sequence[int]) -> int:
    """Add captured money to order heads."""
    return await tx.count(_PAY_HEADS, list(order_ids), list(amounts))


async def move(tx: Tx, moves: Sequence[Units], shares: Sequence[Share], shipped: int, canceled: int, returned: int) -> None:
    """Add the units moved, and the money canceled or returned, to the order heads."""
    sums: dict[int, list[int]] = {}
    for move, carried in zip(moves, shares, strict=True):
        sum_ = sums.setdefault(move.order_id, [0, 0])
        sum_[0] += move.quantity
        sum_[1] += carried.payable
    ids = sorted(sums)
    await tx.count(
        _MOVE_HEADS,
        ids,
        [sums[id_][0] * shipped for id_ in ids],
        [sums[id_][0] * canceled for id_ in ids],
        [sums[id_][0] * returned for id_ in ids],
        [sums[id_][1] * canceled for id_ in ids],
        [sums[id_][1] * returned for id_ in ids],
    )


async def refund(tx: Tx, amounts: dict[int, int]) -> int:
    """Add refunds to order heads; the constraint keeps them within what was paid."""
    ids = sorted(amounts)
    return await tx.count(_REFUND_HEADS, ids, [amounts[id_] for id_ in ids])


async def close(tx: Tx, order_ids: Sequence[int], why: str) -> set[int]:
    """End orders that nobody paid or shipped; the ones that could be ended."""
    return {row["order_id"] for row in await tx.fetch(_CLOSE, sorted(set(order_ids)), why)}


async def reopen(tx: Tx, order_ids: Sequence[int]) -> set[int]:
    """Open expired orders again (late money, goods reserved again)."""
    return {row["order_id"] for row in await tx.fetch(_REOPEN, sorted(set(order_ids)))}


async def set_contact(tx: Tx, order_ids: Sequence[int], contacts: Sequence[str]) -> int:
    """Replace the contact of orders nothing of which has shipped."""
    return await tx.count(_SET_CONTACT, list(order_ids), list(contacts))


async def owing(tx: Tx, play: str, after: int, orders_max: int) -> list[int]:
    """Orders that came through a version of a play and still owe something, after this one."""
    return [row["order_id"] for row in await tx.fetch(_OF_PLAY, play, after, orders_max)]


async def mark(tx: Tx, rows: Sequence[tuple[int, int, int, int]]) -> None:
    """Orders cost less: (order, more discount, less tax, less to be paid)."""
    await tx.count(_MARK_HEADS, *(list(column) for column in zip(*rows, strict=True)))


async def proceed(tx: Tx, order_ids: Collection[int]) -> set[int]:
    """What orders waited for has come; those that waited."""
    return {row["order_id"] for row in await tx.fetch(_PROCEED, sorted(set(order_ids)))}


def _order(row: asyncpg.Record) -> Order:
    return Order(*(row[name] for name in Order.__struct_fields__))


_TRADED = """
-- No index serves this: it is asked when somebody wants to give a channel another currency, and stops at its first order.
select u.channel_id
  from unnest($2::bigint[]) as u(channel_id)
 where exists (select from orders.placed p where p.tenant_id = $1 and p.channel_id = u.channel_id)
"""
_INSERT_PLACED = """
insert into orders.placed (tenant_id, order_id, scene, plan_version, channel_id, store_id, seller_id, member_id, currency,
                           business_day, device_id, receipt_no, contact, gross, discount, tax, total, paid, units, units_shipped, placed_at,
                           shift_id, play, awaits, group_id, group_counts)
select t.tenant_id, o.order_id, o.scene, o.plan_version, o.channel_id, o.store_id, o.seller_id, o.member_id, o.currency,
       o.business_day, o.device_id, o.receipt_no, o.contact, o.gross, o.discount, o.tax, o.total, o.paid, o.units, o.units_shipped,
       o.placed_at, o.shift_id, o.play, o.awaits, o.group_id, o.group_counts
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::integer[],
              $11::bigint[], $12::text[], $13::json[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
              $19::bigint[], $20::bigint[], $21::timestamptz[], $22::bigint[], $23::text[], $24::text[], $25::bigint[],
              $26::bigint[])
           as o(order_id, scene, plan_version, channel_id, store_id, seller_id, member_id, currency, business_day, device_id, receipt_no,
                contact, gross, discount, tax, total, paid, units, units_shipped, placed_at, shift_id, play, awaits, group_id, group_counts)
 where t.tenant_id = $1
    on conflict (tenant_id, device_id, receipt_no) where device_id is not null do nothing
returning order_id
"""
_LOCK_ORDERS = """
select o.order_id, o.scene, o.channel_id, o.store_id, o.seller_id, o.member_id, o.currency, o.business_day, o.device_id, o.gross,
       o.discount, o.tax, o.total, o.paid, o.refunded, o.canceled, o.returned, o.units, o.units_shipped, o.units_canceled,
       o.units_returned, o.revision, o.status, o.play, o.awaits
  from orders.placed o
 where o.tenant_id = $1 and o.order_id = any($2::bigint[])
 order by o.order_id
   for update
"""
_READ_ORDERS = """
select o.order_id, o.scene, o.channel_id, o.store_id, o.seller_id, o.member_id, o.currency, o.business_day, o.device_id, o.gross,
       o.discount, o.tax, o.total, o.paid, o.refunded, o.canceled, o.returned, o.units, o.units_shipped, o.units_canceled,
       o.units_returned, o.revision, o.status, o.play, o.awaits
  from orders.placed o
 where o.tenant_id = $1 and o.order_id = any($2::bigint[])
"""
_READ_SHIFT_SALES = """
select o.shift_id, count(*), sum(o.gross)::bigint, sum(o.discount)::bigint, sum(o.tax)::bigint, sum(o.total)::bigint,
       sum(o.units)::bigint, (array_agg(o.receipt_no order by o.order_id))[1], (array_agg(o.receipt_no order by o.order_id desc))[1]
  from orders.placed o
 where o.tenant_id = $1 and o.shift_id = any($2::bigint[])
 group by o.shift_id
"""
_PAY_HEADS = """
update orders.placed o set paid = o.paid + m.amount, revision = o.revision + 1
  from unnest($2::bigint[], $3::bigint[]) as m(order_id, amount)
 where o.tenant_id = $1 and o.order_id = m.order_id
"""
_MOVE_HEADS = """
update orders.placed o set units_shipped = o.units_shipped + m.shipped, units_canceled = o.units_canceled + m.canceled_units,
       units_returned = o.units_returned + m.returned_units, canceled = o.canceled + m.canceled, returned = o.returned + m.returned,
       revision = o.revision + 1
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
           as m(order_id, shipped, canceled_units, returned_units, canceled, returned)
 where o.tenant_id = $1 and o.order_id = m.order_id
"""
_REFUND_HEADS = """
update orders.placed o set refunded = o.refunded + r.amount, revision = o.revision + 1
  from unnest($2::bigint[], $3::bigint[]) as r(order_id, amount)
 where o.tenant_id = $1 and o.order_id = r.order_id
"""
_CLOSE = """
update orders.placed o set closed_by = $3, revision = o.revision + 1
 where o.tenant_id = $1 and o.order_id = any($2::bigint[]) and o.status = 'placed' and o.paid = 0
returning o.order_id
"""
_REOPEN = """
update orders.placed o set closed_by = null, revision = o.revision + 1
 where o.tenant_id = $1 and o.order_id = any($2::bigint[]) and o.closed_by = 'expired'
returning o.order_id
"""
_SET_CONTACT = """
update orders.placed o set contact = c.contact, revision = o.revision + 1
  from unnest($2::bigint[], $3::json[]) as c(order_id, contact)
 where o.tenant_id = $1 and o.order_id = c.order_id and o.units_shipped = 0 and o.status in ('placed', 'paid')
"""
_ORDERED = """
select m.member_id
  from unnest($2::bigint[]) as m(member_id)
 where exists (select from orders.placed o
                where o.tenant_id = $1 and o.member_id = m.member_id and o.status not in ('canceled', 'expired'))
"""
_OF_PLAY = """
select o.order_id
  from orders.placed o
 where o.tenant_id = $1 and o.play = $2 and o.order_id > $3 and o.status = 'placed' and o.paid > 0
 order by o.order_id
 limit $4
"""
_MARK_HEADS = """
update orders.placed o set discount = o.discount + m.discount, tax = o.tax - m.tax, total = o.total - m.payable, revision = o.revision + 1
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as m(order_id, discount, tax, payable)
 where o.tenant_id = $1 and o.order_id = m.order_id
"""
_PROCEED = """
update orders.placed o set awaits = '', revision = o.revision + 1
 where o.tenant_id = $1 and o.order_id = any($2::bigint[]) and o.awaits <> ''
returning o.order_id
"""
