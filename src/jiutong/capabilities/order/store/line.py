"""The lines of orders in SQL, with what was taken off them and charged on them."""

from collections.abc import Collection, Sequence

import asyncpg

from jiutong.capabilities.order.model import Adjustment, Charge, Line, OrderDraft, Units
from jiutong.kernel.db import Tx


async def insert(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
    """Write the lines of placed orders; a till's goods have left with the customer."""
    lines = [line for d in drafts for line in d.lines]
    await tx.count(
        _INSERT_LINES,
        [d.order_id for d in drafts for _ in d.lines],
        [line.line_id for line in lines],
        [line.line_no for line in lines],
        [line.sku_id for line in lines],
        [line.listing_id for line in lines],
        [line.owner_id for line in lines],
        [line.location_id for line in lines],
        [line.tax_class for line in lines],
        [line.tax_bp for line in lines],
        [line.price_id for line in lines],
        [line.price_source for line in lines],
        [line.unit_price for line in lines],
        [line.price_per for line in lines],
        [line.quantity for line in lines],
        [line.gross for line in lines],
        [line.discount for line in lines],
        [line.tax for line in lines],
        [line.payable for line in lines],
        [line.quantity if d.device_id is not None else 0 for d in drafts for line in d.lines],
        [line.charged for line in lines],
    )


async def insert_adjustments(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
    """Write what was taken off each line."""
    ids = {(d.order_id, line.line_no): line.line_id for d in drafts if d.adjustments for line in d.lines}
    rows = [(d.order_id, ids[d.order_id, a.line_no], no, a) for d in drafts for no, a in enumerate(d.adjustments)]
    if rows:
        await add_adjustments(tx, rows)


async def insert_charges(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
    """Write what is charged on each line besides its goods."""
    ids = {(d.order_id, line.line_no): line.line_id for d in drafts if d.charges for line in d.lines}
    rows = [(d.order_id, ids[d.order_id, c.line_no], no, c) for d in drafts for no, c in enumerate(d.charges, 1)]
    if not rows:
        return
    await tx.count(
        _INSERT_CHARGES,
        [order_id for order_id, _, _, _ in rows],
        [line_id for _, line_id, _, _ in rows],
        [no for _, _, no, _ in rows],
        [c.kind for _, _, _, c in rows],
        [c.rule for _, _, _, c in rows],
        [c.gross for _, _, _, c in rows],
        [c.off for _, _, _, c in rows],
        [c.off_rule for _, _, _, c in rows],
        [c.off_funder for _, _, _, c in rows],
        [c.tax_bp for _, _, _, c in rows],
        [c.tax for _, _, _, c in rows],
        [c.payable for _, _, _, c in rows],
    )


async def bought(tx: Tx, asks: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """How many base units of a SKU a member has bought since a business day and kept; by (member, SKU), from (member, SKU, day)."""
    rows = await tx.fetch(_BOUGHT, [member for member, _, _ in asks], [sku_id for _, sku_id, _ in asks], [since for _, _, since in asks])
    return {(row["member_id"], row["sku_id"]): row["units"] for row in rows}


async def read(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[Line]]:
    """The lines of orders, in line order, with their adjustments."""
    lines: dict[int, list[Line]] = {}
    for row in await tx.fetch(_READ_LINES, list(order_ids)):
        adjustments = tuple(
            Adjustment(row["line_no"], stage, rule, funder, amount)
            for stage, rule, funder, amount in zip(
                row["stages"] or (), row["rules"] or (), row["funders"] or (), row["amounts"] or (), strict=True
            )
        )
        line = Line(
            row["order_id"], row["line_id"], row["line_no"], row["sku_id"], row["owner_id"], row["location_id"],
            row["quantity"], row["gross"], row["discount"], row["tax"], row["payable"],
            row["shipped"], row["canceled"], row["returned"], adjustments, row["charged"], _charges(row),
        )  # fmt: skip
        lines.setdefault(line.order_id, []).append(line)
    return lines


async def move(tx: Tx, moves: Sequence[Units], shipped: int, canceled: int, returned: int) -> int:
    """Advance one counter of lines (the factor 1 says which); a line without room for it does not move."""
    ordered = sorted(moves, key=lambda m: (m.order_id, m.line_id))
    return await tx.count(
        _MOVE_LINES,
        [m.order_id for m in ordered],
        [m.line_id for m in ordered],
        [m.quantity * shipped for m in ordered],
        [m.quantity * canceled for m in ordered],
        [m.quantity * returned for m in ordered],
    )


async def tax_rates(tx: Tx, order_ids: Collection[int]) -> dict[int, int]:
    """The tax rate (basis points) of each line of these orders."""
    return {row["line_id"]: row["tax_bp"] for row in await tx.fetch(_TAX_RATES, sorted(set(order_ids)))}


async def add_adjustments(tx: Tx, rows: Sequence[tuple[int, int, int, Adjustment]]) -> None:
    """Write what more is taken off lines: (order, line, the number of the adjustment among the order's, what)."""
    await tx.count(
        _INSERT_ADJUSTMENTS,
        [order_id for order_id, _, _, _ in rows],
        [line_id for _, line_id, _, _ in rows],
        [no for _, _, no, _ in rows],
        [a.stage for _, _, _, a in rows],
        [a.rule for _, _, _, a in rows],
        [a.funder for _, _, _, a in rows],
        [a.amount for _, _, _, a in rows],
    )


async def mark(tx: Tx, rows: Sequence[tuple[int, int, int, int, int]]) -> int:
    """Lines that nothing was done with cost less: (order, line, more discount, less tax, less to be paid); how many did."""
    return await tx.count(_MARK_LINES, *(list(column) for column in zip(*rows, strict=True)))


def _charges(row: asyncpg.Record) -> tuple[Charge, ...]:
    return tuple(Charge(row["line_no"], *one) for one in row["charges"] or ())


_INSERT_LINES = """
insert into orders.line (tenant_id, order_id, line_id, line_no, sku_id, listing_id, owner_id, location_id, tax_class, tax_bp, price_id,
                         price_source, unit_price, price_per, quantity, gross, discount, tax, payable, shipped, charged)
select t.tenant_id, l.order_id, l.line_id, l.line_no, l.sku_id, l.listing_id, l.owner_id, l.location_id, l.tax_class, l.tax_bp, l.price_id,
       l.price_source, l.unit_price, l.price_per, l.quantity, l.gross, l.discount, l.tax, l.payable, l.shipped, l.charged
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::integer[],
              $11::bigint[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
              $19::bigint[], $20::bigint[], $21::bigint[])
           as l(order_id, line_id, line_no, sku_id, listing_id, owner_id, location_id, tax_class, tax_bp, price_id, price_source,
                unit_price, price_per, quantity, gross, discount, tax, payable, shipped, charged)
 where t.tenant_id = $1
"""
_INSERT_ADJUSTMENTS = """
insert into orders.price_adjustment (tenant_id, order_id, line_id, adjustment_no, stage, rule, funder, amount)
select t.tenant_id, a.order_id, a.line_id, a.adjustment_no, a.stage, a.rule, a.funder, a.amount
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::bigint[])
           as a(order_id, line_id, adjustment_no, stage, rule, funder, amount)
 where t.tenant_id = $1
"""
_INSERT_CHARGES = """
insert into orders.charge (tenant_id, order_id, line_id, charge_no, kind, rule, gross, off, off_rule, off_funder, tax_bp, tax, payable)
select t.tenant_id, c.order_id, c.line_id, c.charge_no, c.kind, c.rule, c.gross, c.off, c.off_rule, c.off_funder, c.tax_bp, c.tax, c.payable
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::text[],
              $11::integer[], $12::bigint[], $13::bigint[])
           as c(order_id, line_id, charge_no, kind, rule, gross, off, off_rule, off_funder, tax_bp, tax, payable)
 where t.tenant_id = $1
"""
_READ_LINES = """
select l.order_id, l.line_id, l.line_no, l.sku_id, l.owner_id, l.location_id, l.quantity, l.gross, l.discount, l.tax, l.payable,
       l.shipped, l.canceled, l.returned, l.charged, a.stages, a.rules, a.funders, a.amounts, c.charges
  from orders.line l
  left join lateral (
        select array_agg(a.stage order by a.adjustment_no) as stages, array_agg(a.rule order by a.adjustment_no) as rules,
               array_agg(a.funder order by a.adjustment_no) as funders, array_agg(a.amount order by a.adjustment_no) as amounts
          from orders.price_adjustment a
         where a.tenant_id = l.tenant_id and a.order_id = l.order_id and a.line_id = l.line_id) a on true
  left join lateral (
        select array_agg((c.kind, c.rule, c.gross, c.off, c.off_rule, c.off_funder, c.tax_bp, c.tax, c.payable)
                         order by c.charge_no) as charges
          from orders.charge c
         where c.tenant_id = l.tenant_id and c.order_id = l.order_id and c.line_id = l.line_id) c on true
 where l.tenant_id = $1 and l.order_id = any($2::bigint[])
 order by l.order_id, l.line_no
"""
_MOVE_LINES = """
update orders.line l set shipped = l.shipped + m.shipped, canceled = l.canceled + m.canceled, returned = l.returned + m.returned
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as m(order_id, line_id, shipped, canceled, returned)
 where l.tenant_id = $1 and l.order_id = m.order_id and l.line_id = m.line_id
   and l.shipped + m.shipped + l.canceled + m.canceled <= l.quantity and l.returned + m.returned <= l.shipped + m.shipped
"""
_BOUGHT = """
select u.member_id, u.sku_id, sum(l.quantity - l.canceled - l.returned)::bigint as units
  from unnest($2::bigint[], $3::bigint[], $4::integer[]) as u(member_id, sku_id, since)
 cross join lateral (
        select o.order_id from orders.placed o
         where o.tenant_id = $1 and o.member_id = u.member_id and o.business_day >= u.since offset 0) p
 cross join lateral (
        select o.quantity, o.canceled, o.returned from orders.line o
         where o.tenant_id = $1 and o.order_id = p.order_id and o.sku_id = u.sku_id offset 0) l
 group by u.member_id, u.sku_id
"""
_TAX_RATES = """
select l.line_id, l.tax_bp from orders.line l where l.tenant_id = $1 and l.order_id = any($2::bigint[])
"""
_MARK_LINES = """
update orders.line l set discount = l.discount + m.discount, tax = l.tax - m.tax, payable = l.payable - m.payable
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as m(order_id, line_id, discount, tax, payable)
 where l.tenant_id = $1 and l.order_id = m.order_id and l.line_id = m.line_id and l.shipped = 0 and l.canceled = 0
"""
