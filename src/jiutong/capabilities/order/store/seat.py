"""The places of orders in groups, in SQL."""

from collections.abc import Collection

from jiutong.capabilities.order.model import Sitting
from jiutong.kernel.db import Tx


async def sitting(tx: Tx, group_ids: Collection[int]) -> list[Sitting]:
    """The orders that have a place in these groups."""
    return [Sitting(*row) for row in await tx.fetch(_READ_SITTING, sorted(set(group_ids)))]


async def of_orders(tx: Tx, order_ids: Collection[int]) -> list[Sitting]:
    """The places that these orders have."""
    return [Sitting(*row) for row in await tx.fetch(_READ_PLACES, sorted(set(order_ids)))]


async def move_away(tx: Tx, order_ids: Collection[int]) -> int:
    """Orders get a place in a group of their own, in place of the one they had; how many did."""
    return await tx.count(_MOVE_PLACES, sorted(set(order_ids)))


_READ_SITTING = """
select o.group_id, o.group_counts, o.order_id
  from orders.placed o
 where o.tenant_id = $1 and o.group_id = any($2::bigint[])
 order by o.group_id, o.order_id
"""
_READ_PLACES = """
select o.group_id, o.group_counts, o.order_id
  from orders.placed o
 where o.tenant_id = $1 and o.order_id = any($2::bigint[]) and o.group_id is not null
"""
_MOVE_PLACES = """
update orders.placed o set group_id = o.order_id, revision = o.revision + 1
 where o.tenant_id = $1 and o.order_id = any($2::bigint[]) and o.awaits = 'group'
"""
