"""The room's statements: appended, never changed."""

from collections.abc import Sequence

from jiutong.capabilities.care.model import ReturnOrder
from jiutong.kernel.db import Tx


async def insert_returns(tx: Tx, returns: Sequence[ReturnOrder]) -> None:
    """Write the heads."""
    await tx.count(
        _INSERT_RETURNS,
        [r.return_id for r in returns],
        [r.order_id for r in returns],
        [r.reason for r in returns],
        [r.refund for r in returns],
        [r.location_id for r in returns],
        tx.now,
    )


async def insert_lines(tx: Tx, returns: Sequence[ReturnOrder]) -> None:
    """Write the lines."""
    rows = [(r.return_id, line) for r in returns for line in r.lines]
    await tx.count(
        _INSERT_LINES,
        [return_id for return_id, _ in rows],
        [line.line_id for _, line in rows],
        [line.quantity for _, line in rows],
        [line.refund for _, line in rows],
        [line.restock for _, line in rows],
    )


_INSERT_RETURNS = """
insert into care.return_order (tenant_id, return_id, order_id, state, reason, refund, location_id, received_at)
select t.tenant_id, r.return_id, r.order_id, 'received', r.reason, r.refund, r.location_id, $7
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[]) as r(return_id, order_id, reason, refund, location_id)
 where t.tenant_id = $1
"""
_INSERT_LINES = """
insert into care.return_line (tenant_id, return_id, line_id, quantity, refund, restock)
select t.tenant_id, l.return_id, l.line_id, l.quantity, l.refund, l.restock
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[]) as l(return_id, line_id, quantity, refund, restock)
 where t.tenant_id = $1
"""
