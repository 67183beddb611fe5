"""Orders in SQL. One function, one set-based statement."""

from collections.abc import Collection, Sequence

import asyncpg

from jiutong import ledger
from jiutong.capabilities.order.model import (
    Adjustment,
    Charge,
    Leg,
    Line,
    Order,
    OrderDraft,
    PlacedClaim,
    Share,
    ShiftSales,
    Sitting,
    Units,
)
from jiutong.kernel.db import Tx


async def insert_placed(tx: Tx, drafts: Sequence[OrderDraft]) -> set[int]:
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


async def insert_lines(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
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


async def insert_claims(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
    """Write what orders take of scarce things besides their goods; a till has used it at once."""
    ids = {(d.order_id, line.line_no): line.line_id for d in drafts if d.claims for line in d.lines}
    rows = [(d, c) for d in drafts for c in d.claims]
    if not rows:
        return
    await tx.count(
        _INSERT_CLAIMS,
        [d.order_id for d, _ in rows],
        [c.claim_id for _, c in rows],
        [ids[d.order_id, c.line_no] if c.line_no else 0 for d, c in rows],
        [c.kind for _, c in rows],
        [c.subject_id for _, c in rows],
        [c.account.code for _, c in rows],
        [c.account.unit for _, c in rows],
        [c.to.code for _, c in rows],
        [c.amount for _, c in rows],
        [c.back for _, c in rows],
        [d.device_id is not None for d, _ in rows],
    )


async def read_claims(tx: Tx, order_ids: Collection[int]) -> list[PlacedClaim]:
    """What orders have claimed, in their order."""
    return [_claim(row) for row in await tx.fetch(_READ_CLAIMS, sorted(set(order_ids)))]


async def use_claims(tx: Tx, order_ids: Collection[int]) -> list[PlacedClaim]:
    """Use what orders hold; what was used now."""
    return [_claim(row) for row in await tx.fetch(_USE_CLAIMS, sorted(set(order_ids)))]


async def give_claims_back(tx: Tx, parts: Sequence[tuple[int, int, int]]) -> int:
    """Note what came back: (order, claim, amount); how many claims had so much left."""
    return await tx.count(
        _GIVE_CLAIMS_BACK, [order_id for order_id, _, _ in parts], [id_ for _, id_, _ in parts], [amount for _, _, amount in parts]
    )


async def insert_payables(tx: Tx, drafts: Sequence[OrderDraft]) -> None:
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


async def read_traded(tx: Tx, channel_ids: Sequence[int]) -> set[int]:
    """The channels among these that have orders."""
    return {row["channel_id"] for row in await tx.fetch(_TRADED, channel_ids)}


async def read_ordered(tx: Tx, members: Collection[int]) -> set[int]:
    """Which of these members have an order that stands."""
    return {row["member_id"] for row in await tx.fetch(_ORDERED, sorted(set(members)))}


async def read_bought(tx: Tx, asks: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """How many base units of a SKU a member has bought since a business day and kept; by (member, SKU), from (member, SKU, day)."""
    rows = await tx.fetch(_BOUGHT, [member for member, _, _ in asks], [sku_id for _, sku_id, _ in asks], [since for _, _, since in asks])
    return {(row["member_id"], row["sku_id"]): row["units"] for row in rows}


async def lock_orders(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Lock order heads, in id order. Whatever changes an order starts here, so its processes take turns."""
    return {row["order_id"]: _order(row) for row in await tx.fetch(_LOCK_ORDERS, sorted(set(order_ids)))}


async def read_orders(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Order heads as they stand."""
    return {row["order_id"]: _order(row) for row in await tx.fetch(_READ_ORDERS, list(order_ids))}


async def read_shift_sales(tx: Tx, shift_ids: Sequence[int]) -> dict[int, ShiftSales]:
    """What was rung up in shifts."""
    return {row["shift_id"]: ShiftSales(*list(row.values())[1:]) for row in await tx.fetch(_READ_SHIFT_SALES, list(shift_ids))}


async def read_lines(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[Line]]:
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


async def pay(tx: Tx, order_ids: Sequence[int], amounts: Sequence[int]) -> set[int]:
    """Put captured money to payables of orders that are still open and owe that much; the orders that took it."""
    rows = await tx.fetch(_PAY, list(order_ids), list(amounts))
    return {row["order_id"] for row in rows}


async def pay_heads(tx: Tx, order_ids: Sequence[int], amounts: Sequence[int]) -> int:
    """Add captured money to order heads."""
    return await tx.count(_PAY_HEADS, list(order_ids), list(amounts))


async def move_lines(tx: Tx, moves: Sequence[Units], shipped: int, canceled: int, returned: int) -> int:
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


async def move_heads(tx: Tx, moves: Sequence[Units], shares: Sequence[Share], shipped: int, canceled: int, returned: int) -> None:
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


async def cut_payables(tx: Tx, amounts: dict[int, int]) -> dict[int, int]:
    """Take canceled amounts off what is still unpaid, latest payable first; what was cut per order."""
    ids = sorted(amounts)
    rows = await tx.fetch(_CUT_PAYABLES, ids, [amounts[id_] for id_ in ids])
    cut: dict[int, int] = {}
    for row in rows:
        cut[row["order_id"]] = cut.get(row["order_id"], 0) + row["cut"]
    return cut


async def refund_heads(tx: Tx, amounts: dict[int, int]) -> int:
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


async def read_legs(tx: Tx, order_ids: Sequence[int]) -> list[Leg]:
    """Payables of orders, in their order."""
    return [Leg(*row) for row in await tx.fetch(_READ_LEGS, sorted(set(order_ids)))]


async def read_sitting(tx: Tx, group_ids: Collection[int]) -> list[Sitting]:
    """The orders that have a place in these groups."""
    return [Sitting(*row) for row in await tx.fetch(_READ_SITTING, sorted(set(group_ids)))]


async def read_places(tx: Tx, order_ids: Collection[int]) -> list[Sitting]:
    """The places that these orders have."""
    return [Sitting(*row) for row in await tx.fetch(_READ_PLACES, sorted(set(order_ids)))]


async def read_of_play(tx: Tx, play: str, after: int, orders_max: int) -> list[int]:
    """Orders that came through a version of a play and still owe something, after this one."""
    return [row["order_id"] for row in await tx.fetch(_OF_PLAY, play, after, orders_max)]


async def read_tax_rates(tx: Tx, order_ids: Collection[int]) -> dict[int, int]:
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


async def mark_lines(tx: Tx, rows: Sequence[tuple[int, int, int, int, int]]) -> int:
    """Lines that nothing was done with cost less: (order, line, more discount, less tax, less to be paid); how many did."""
    return await tx.count(_MARK_LINES, *(list(column) for column in zip(*rows, strict=True)))


async def mark_heads(tx: Tx, rows: Sequence[tuple[int, int, int, int]]) -> None:
    """Orders cost less: (order, more discount, less tax, less to be paid)."""
    await tx.count(_MARK_HEADS, *(list(column) for column in zip(*rows, strict=True)))


async def move_places(tx: Tx, order_ids: Collection[int]) -> int:
    """Orders get a place in a group of their own, in place of the one they had; how many did."""
    return await tx.count(_MOVE_PLACES, sorted(set(order_ids)))


async def proceed(tx: Tx, order_ids: Collection[int]) -> set[int]:
    """What orders waited for has come; those that waited."""
    return {row["order_id"] for row in await tx.fetch(_PROCEED, sorted(set(order_ids)))}


def _charges(row: asyncpg.Record) -> tuple[Charge, ...]:
    return tuple(Charge(row["line_no"], *one) for one in row["charges"] or ())


def _claim(row: asyncpg.Record) -> PlacedClaim:
    return PlacedClaim(
        row["order_id"],
        row["claim_id"],
        row["line_id"],
        row["kind"],
        row["subject_id"],
        ledger.account(row["account"], row["unit"]),
        ledger.account(row["to_account"], "any", None, tracked=False),
        row["amount"],
        row["back"],
        row["used"],
        row["given_back"],
    )


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
_INSERT_CLAIMS = """
insert into orders.claim (tenant_id, order_id, claim_id, line_id, kind, subject_id, account, unit, to_account, amount, back, used)
select t.tenant_id, c.order_id, c.claim_id, c.line_id, c.kind, c.subject_id, c.account, c.unit, c.to_account, c.amount, c.back, c.used
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::bigint[],
              $11::text[], $12::boolean[])
           as c(order_id, claim_id, line_id, kind, subject_id, account, unit, to_account, amount, back, used)
 where t.tenant_id = $1
"""
_READ_CLAIMS = """
select c.order_id, c.claim_id, c.line_id, c.kind, c.subject_id, c.account, c.unit, c.to_account, c.amount, c.back, c.used, c.given_back
  from orders.claim c
 where c.tenant_id = $1 and c.order_id = any($2::bigint[])
 order by c.order_id, c.claim_id
"""
_USE_CLAIMS = """
update orders.claim c set used = true
 where c.tenant_id = $1 and c.order_id = any($2::bigint[]) and not c.used and c.given_back < c.amount
returning c.order_id, c.claim_id, c.line_id, c.kind, c.subject_id, c.account, c.unit, c.to_account, c.amount, c.back, c.used, c.given_back
"""
_GIVE_CLAIMS_BACK = """
update orders.claim c set given_back = c.given_back + g.amount
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as g(order_id, claim_id, amount)
 where c.tenant_id = $1 and c.order_id = g.order_id and c.claim_id = g.claim_id and c.given_back + g.amount between 0 and c.amount
"""
_INSERT_PAYABLES = """
insert into orders.payable (tenant_id, order_id, payable_no, amount, due_at, opens_at, kept)
select t.tenant_id, p.order_id, p.payable_no, p.amount, p.due_at, p.opens_at, p.kept
  from kernel.tenant t,
       unnest($2::bigint[], $3::smallint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::text[])
           as p(order_id, payable_no, amount, due_at, opens_at, kept)
 where t.tenant_id = $1
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
_PAY_HEADS = """
update orders.placed o set paid = o.paid + m.amount, revision = o.revision + 1
  from unnest($2::bigint[], $3::bigint[]) as m(order_id, amount)
 where o.tenant_id = $1 and o.order_id = m.order_id
"""
_MOVE_LINES = """
update orders.line l set shipped = l.shipped + m.shipped, canceled = l.canceled + m.canceled, returned = l.returned + m.returned
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as m(order_id, line_id, shipped, canceled, returned)
 where l.tenant_id = $1 and l.order_id = m.order_id and l.line_id = m.line_id
   and l.shipped + m.shipped + l.canceled + m.canceled <= l.quantity and l.returned + m.returned <= l.shipped + m.shipped
"""
_MOVE_HEADS = """
update orders.placed o set units_shipped = o.units_shipped + m.shipped, units_canceled = o.units_canceled + m.canceled_units,
       units_returned = o.units_returned + m.returned_units, canceled = o.canceled + m.canceled, returned = o.returned + m.returned,
       revision = o.revision + 1
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
           as m(order_id, shipped, canceled_units, returned_units, canceled, returned)
 where o.tenant_id = $1 and o.order_id = m.order_id
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
_READ_LEGS = """
select p.order_id, p.payable_no, p.amount, p.paid, p.due_at, p.opens_at, p.kept
  from orders.payable p
 where p.tenant_id = $1 and p.order_id = any($2::bigint[])
 order by p.order_id, p.payable_no
"""
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
_OF_PLAY = """
select o.order_id
  from orders.placed o
 where o.tenant_id = $1 and o.play = $2 and o.order_id > $3 and o.status = 'placed' and o.paid > 0
 order by o.order_id
 limit $4
"""
_TAX_RATES = """
select l.line_id, l.tax_bp from orders.line l where l.tenant_id = $1 and l.order_id = any($2::bigint[])
"""
_MARK_LINES = """
update orders.line l set discount = l.discount + m.discount, tax = l.tax - m.tax, payable = l.payable - m.payable
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as m(order_id, line_id, discount, tax, payable)
 where l.tenant_id = $1 and l.order_id = m.order_id and l.line_id = m.line_id and l.shipped = 0 and l.canceled = 0
"""
_MARK_HEADS = """
update orders.placed o set discount = o.discount + m.discount, tax = o.tax - m.tax, total = o.total - m.payable, revision = o.revision + 1
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as m(order_id, discount, tax, payable)
 where o.tenant_id = $1 and o.order_id = m.order_id
"""
_MOVE_PLACES = """
update orders.placed o set group_id = o.order_id, revision = o.revision + 1
 where o.tenant_id = $1 and o.order_id = any($2::bigint[]) and o.awaits = 'group'
"""
_PROCEED = """
update orders.placed o set awaits = '', revision = o.revision + 1
 where o.tenant_id = $1 and o.order_id = any($2::bigint[]) and o.awaits <> ''
returning o.order_id
"""
