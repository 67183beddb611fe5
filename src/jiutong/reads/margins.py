"""What an order left over what its goods cost: by line, at the costs of the day it was placed."""

from datetime import datetime

import msgspec

from jiutong.capabilities import pricing
from jiutong.kernel.db import Tx


class LineMargin(msgspec.Struct, frozen=True):
    """What a line came to as it was placed, after all that was taken off it, and what its goods cost; null where nobody knows."""

    line_no: int
    sku: str
    title: str
    quantity: int
    net: int
    cost: int | None
    margin_bp: int | None
    source: str | None


class OrderMargin(msgspec.Struct, frozen=True):
    """An order's margin: of the lines whose cost is known, `net` against `cost`. `unknown` is what the others came to."""

    currency: str
    placed_at: datetime
    net: int
    cost: int
    margin_bp: int | None
    unknown: int
    lines: tuple[LineMargin, ...]


async def margin(tx: Tx, order_id: int) -> OrderMargin | None:
    """The margin of an order; None where there is no such order."""
    rows = await tx.fetch(_LINES, order_id)
    if not rows:
        return None
    asked = [
        pricing.Costed(
            row["sku_id"],
            row["quantity"],
            row["placed_at"],
            pricing.Place(row["currency"], row["channel_id"], row["store_id"], row["seller_id"]),
        )
        for row in rows
    ]
    known = await pricing.costs(tx, asked)
    lines: list[LineMargin] = []
    for row, one in zip(rows, asked, strict=True):
        found = known.get(one)
        cost = pricing.line_amount(found.amount, found.per, one.quantity) if found else None
        net = row["net"]
        left = None if cost is None else pricing.margin_bp(net, cost)
        source = found.list_code if found else None
        lines.append(LineMargin(row["line_no"], row["sku"], row["title"], one.quantity, net, cost, left, source))
    told = [(line.net, line.cost) for line in lines if line.cost is not None]
    net, costs = sum(net for net, _ in told), sum(cost for _, cost in told)
    unknown = sum(line.net for line in lines if line.cost is None)
    first = rows[0]
    left = pricing.margin_bp(net, costs) if told else None
    return OrderMargin(first["currency"], first["placed_at"], net, costs, left, unknown, tuple(lines))


_LINES = """
select o.currency, o.placed_at, o.channel_id, o.store_id, o.seller_id, l.line_no, l.sku_id, s.code as sku,
       coalesce(nullif(s.title, ''), p.title) as title, l.quantity, l.gross - l.discount as net
  from orders.placed o
  join orders.line l on l.tenant_id = $1 and l.order_id = o.order_id
  join catalog.sku s on s.tenant_id = $1 and s.sku_id = l.sku_id
  join catalog.product p on p.tenant_id = $1 and p.product_id = s.product_id
 where o.tenant_id = $1 and o.order_id = $2
 order by l.line_no
"""
