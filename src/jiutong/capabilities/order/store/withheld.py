"""What of refunds does not go back, in SQL: appended, never changed."""

from collections.abc import Collection, Sequence

from jiutong.capabilities.order.model import Withheld
from jiutong.kernel.db import Tx


async def insert(tx: Tx, rows: Sequence[Withheld]) -> None:
    """Append what does not go back; of one refund one row per line, kind, rule and funder."""
    await tx.count(
        _INSERT,
        [one.order_id for one in rows],
        [one.cause_id for one in rows],
        [one.line_no for one in rows],
        [one.kind for one in rows],
        [one.rule for one in rows],
        [one.funder for one in rows],
        [one.amount for one in rows],
        [one.tax for one in rows],
        [one.payable for one in rows],
    )


async def read(tx: Tx, order_ids: Collection[int]) -> dict[int, list[Withheld]]:
    """What does not go back of orders, all their refunds together."""
    found: dict[int, list[Withheld]] = {}
    for row in await tx.fetch(_READ, sorted(set(order_ids))):
        one = Withheld(row["order_id"], 0, *list(row)[1:])
        found.setdefault(one.order_id, []).append(one)
    return found


_INSERT = """
insert into orders.withheld (tenant_id, order_id, cause_id, line_no, kind, rule, funder, amount, tax, payable)
select t.tenant_id, w.order_id, w.cause_id, w.line_no, w.kind, w.rule, w.funder, w.amount, w.tax, w.payable
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[])
           as w(order_id, cause_id, line_no, kind, rule, funder, amount, tax, payable)
 where t.tenant_id = $1
"""
_READ = """
select w.order_id, w.line_no, w.kind, w.rule, w.funder, sum(w.amount)::bigint as amount, sum(w.tax)::bigint as tax,
       sum(w.payable)::bigint as payable
  from orders.withheld w
 where w.tenant_id = $1 and w.order_id = any($2::bigint[])
 group by w.order_id, w.line_no, w.kind, w.rule, w.funder
 having sum(w.payable) <> 0
 order by w.order_id, w.line_no, w.kind, w.rule, w.funder
"""
