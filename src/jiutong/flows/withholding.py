"""Withholding: what of a refund does not go back - discounts the units that stay would not have had alone, and points that are spent."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong import ledger
from jiutong.capabilities import asset, catalog, order, pricing, promotion
from jiutong.kernel.db import Tx
from jiutong.kernel.scope import Scope


class GoingBack(msgspec.Struct, frozen=True):
    """A refund about to go out: for which units of which lines (as they stood before), how much, and by which cause."""

    order: order.Order
    lines: Sequence[order.Line]
    units: Sequence[order.Units]
    amount: int
    cause_id: int
    by: Scope
    returned: bool = False


async def withhold(tx: Tx, backs: Sequence[GoingBack]) -> dict[int, tuple[order.Withheld, ...]]:
    """What does not go back of each refund, by order; it is noted, and falls to those who had borne it."""
    rows = await _measured_again(tx, backs)
    left = order.less_withheld({one.order.order_id: one.amount for one in backs}, rows)
    for order_id, row in (await _points_spent(tx, backs, left)).items():
        rows[order_id] = (*rows.get(order_id, ()), row)
    await order.withhold(tx, [row for mine in rows.values() for row in mine])
    entries: list[ledger.Entry] = []
    for one in backs:
        mine = rows.get(one.order.order_id, ())
        entries += order.withheld_entries(mine, one.order.currency, order.account_keys(one.order), tx.mint)
    if entries:
        await ledger.post(tx, entries)
    return rows


async def _measured_again(tx: Tx, backs: Sequence[GoingBack]) -> dict[int, tuple[order.Withheld, ...]]:
    """Discounts whose terms say so are measured again for what stays, under the version that gave them."""
    named = {a.rule for back in backs for line in back.lines for a in line.adjustments if a.stage in promotion.STAGES and "@" in a.rule}
    versions = await promotion.promotion_versions(tx, named) if named else {}
    again = {name: one for name, one in versions.items() if one.terms.returns == "requalify"}
    mine = [back for back in backs if any(a.rule in again for line in back.lines for a in line.adjustments)]
    ids = [back.order.order_id for back in mine]
    before, rates = await order.withheld(tx, ids), await order.tax_rates(tx, ids)
    goods = await catalog.skus_by_id(tx, {line.sku_id for back in mine for line in back.lines})
    rows: dict[int, tuple[order.Withheld, ...]] = {}
    for back in mine:
        staying = order.stays(back.lines, back.units, returned=back.returned)
        lost = {name: promotion.lost(one, _staying(one, staying, goods)) for name, one in again.items()}
        wanted = order.forgone(back.cause_id, staying, lost, rates, pricing.tax_of)
        kept = [one for one in before.get(back.order.order_id, ()) if one.kind == "requalify"]
        rows[back.order.order_id] = tuple(order.withheld_now(back.cause_id, wanted, kept, back.amount))
    return rows


def _staying(version: promotion.Version, staying: Sequence[order.Stay], goods: Mapping[int, catalog.SkuFacts]) -> list[promotion.Staying]:
    """What stays of the lines this promotion took something off."""
    return [
        promotion.Staying(
            one.line.line_no,
            goods[one.line.sku_id],
            one.units,
            one.share.gross,
            one.left_before("order"),
            one.left_before(version.terms.stage),
            one.taken_off_by(version.rule),
        )
        for one in staying
        if any(a.rule == version.rule for a in one.line.adjustments)
    ]


async def _points_spent(tx: Tx, backs: Sequence[GoingBack], left: Mapping[int, int]) -> dict[int, order.Withheld]:
    """Points these units had earned and their buyers have spent, as far as the programme takes their worth off refunds."""
    earned = [back for back in backs if back.order.member_id is not None]
    clawed = await asset.claw_back(tx, [_sold(back) for back in earned], left)
    rows: dict[int, order.Withheld] = {}
    for back in earned:
        one = clawed.get(back.order.order_id)
        if one is None:
            continue
        told = asset.ClawedBack(one.order_id, one.points, one.owed, one.deducted)
        tx.emit("points.clawed_back.v1", one.holder_id, told, back.by)
        if one.amount:
            row = order.Withheld(one.order_id, back.cause_id, 0, "points", one.rule, one.funder, one.amount, 0, one.amount)
            rows[one.order_id] = row
    return rows


def _sold(back: GoingBack) -> asset.SoldOrder:
    """The order as points see it, these units undone."""
    moved = {one.line_id: one.quantity for one in back.units}
    lines = tuple(
        asset.SoldLine(line.line_id, line.quantity, line.canceled + line.returned + moved.get(line.line_id, 0), line.gross - line.discount)
        for line in back.lines
    )
    one = back.order
    return asset.SoldOrder(one.order_id, one.member_id or 0, one.currency, "", "", earns=False, lines=lines)
