"""What is owed for orders and until when, in SQL."""

from collections.abc import Sequence

from jiutong.capabilities.order.model import Leg, OrderDraft
from jiutong.kernel.db import Tx


async def insert(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
    """Write what is owed and until when."""
    rows = [(d.order_id, no, due) for d in drafts for no, due in enumerate(d.dues, 1)]
    if not rows:
        return
    await tx.count(
        _INSERT_PAYABLES,
        [order_id for order_id, _, _ in rows],
        [no for _, no, _ in rows],
        [due.amount for _, _, due in rows],
        [due.due_at for _, _, due in rows],
        [due.opens_at for _, _, due in rows],
        [due.kept for _, _, due in rows],
    )


async def pay(tx: Tx, order_ids: Sequence[int], amounts: Sequence[int]) -> set[int]:
    """Put captured money to payables of orders that are still open and owe that much; the orders that took it."""
    rows = await tx.fetch(_PAY, list(order_ids), list(amounts))
    return {row["order_id"] for row in rows}


async def cut(tx: Tx, amounts: dict[int, int]) -> dict[int, int]:
    """Take canceled amounts off what is still unpaid, latest payable first; what was cut per order."""
    ids = sorted(amounts)
    rows = await tx.fetch(_CUT_PAYABLES, ids, [amounts[id_] for id_ in ids])
    cut: dict[int, int] = {}
    for row in rows:
        cut[row["order_id"]] = cut.get(row["order_id"], 0) + row["cut"]
    return cut


async def read(tx: Tx, order_ids: Sequence[int]) -> list[Leg]:
    """Payables of orders, in their order."""
    return [Leg(*row) for row in await tx.fetch(_READ_LEGS, sorted(set(order_ids)))]


_INSERT_PAYABLES = """
insert into orders.payable (tenant_id, order_id, payable_no, amount, due_at, opens_at, kept)
select t.tenant_id, p.order_id, p.payable_no, p.amount, p.due_at, p.opens_at, p.kept
  from kernel.tenant t,
       unnest($2::bigint[], $3::smallint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::text[])
           as p(order_id, payable_no, amount, due_at, opens_at, kept)
 where t.tenant_id = $1
"""
_PAY = """
-- Oldest payable first; an order that is closed, or owes less than comes in, takes nothing.
with money as (select * from unnest($2::bigint[], $3::bigint[]) as m(order_id, amount)),
     owed as (
        select p.order_id, p.payable_no, p.amount - p.paid as open, m.amount as money,
               sum(p.amount - p.paid) over (partition by p.order_id order by p.payable_no) as reach,
               sum(p.amount - p.paid) over (partition by p.order_id) as open_all
          from money m
          join orders.payable p on p.tenant_id = $1 and p.order_id = m.order_id),
     paid as (
        update orders.payable p set paid = p.paid + least(o.open, o.money - (o.reach - o.open))
          from owed o
         where p.tenant_id = $1 and p.order_id = o.order_id and p.payable_no = o.payable_no
           and o.open_all >= o.money and o.money > o.reach - o.open and o.open > 0
           and exists (select from orders.placed h
                        where h.tenant_id = $1 and h.order_id = o.order_id and h.status in ('placed', 'paid', 'partly_shipped'))
        returning p.order_id)
select distinct order_id from paid
"""
_CUT_PAYABLES = """
with cut as (select * from unnest($2::bigint[], $3::bigint[]) as c(order_id, amount)),
     owed as (
        select p.order_id, p.payable_no,
               greatest(0, least(p.amount - p.paid, c.amount + p.amount - p.paid
                   - sum(p.amount - p.paid) over (partition by p.order_id order by p.payable_no desc))) as cut
          from cut c
          join orders.payable p on p.tenant_id = $1 and p.order_id = c.order_id)
update orders.payable p set amount = p.amount - o.cut
  from owed o
 where p.tenant_id = $1 and p.order_id = o.order_id and p.payable_no = o.payable_no and o.cut > 0
returning p.order_id, o.cut::bigint as cut
"""
_READ_LEGS = """
select p.order_id, p.payable_no, p.amount, p.paid, p.due_at, p.opens_at, p.kept
  from orders.payable p
 where p.tenant_id = $1 and p.order_id = any($2::bigint[])
 order by p.order_id, p.payable_no
"""
