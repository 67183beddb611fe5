"""What canceling, shortening and expiring an order have in common: units are taken off it before they ship."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong import ledger
from jiutong.capabilities import asset, fulfillment, order, payment
from jiutong.flows import claiming, withholding
from jiutong.flows.words import Quantity
from jiutong.kernel.db import Tx
from jiutong.kernel.scope import Scope


class LineUnits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units of a line, by its number on the order."""

    line: int
    quantity: Quantity


class Refunded(msgspec.Struct, frozen=True):
    """What goes back to one tender. `state`: done (cash), or requested of the channel."""

    refund_id: int
    tender_id: int
    method: str
    amount: int
    state: str


class TakeOff(msgspec.Struct, frozen=True):
    """Units to be taken off one locked order, some or none, and why."""

    order: order.Order
    lines: Sequence[order.Line]
    units: Sequence[order.Units]
    reason: str
    by: Scope
    kept: int = 0
    """What of the money stays with the seller: an earnest its buyer lost."""


class TakenOff(msgspec.Struct, frozen=True):
    """What that came to: how much is owed no longer, how much of it had been paid and goes back, to which tenders, and what it undoes."""

    amount: int = 0
    refund: int = 0
    refunds: tuple[Refunded, ...] = ()
    lines: tuple[order.Reversal, ...] = ()
    withheld: tuple[order.Withheld, ...] = ()


def names_once(order_ids: Sequence[int]) -> None:
    """Commands about one order take turns: a batch that raises is run again in halves, until no order is in it twice."""
    if len(set(order_ids)) != len(order_ids):
        raise order.NOT_OPEN("it is being changed by another command")


def told(refunds: Sequence[payment.Refund]) -> tuple[Refunded, ...]:
    """Refunds as a caller is told of them."""
    return tuple(Refunded(r.refund_id, r.tender_id, r.method, r.amount, r.state) for r in refunds)


def announce(tx: Tx, refunds: Sequence[payment.Refund], by: Mapping[int, Scope]) -> None:
    """Tell that money is on its way back, or there already."""
    for one in refunds:
        facts = payment.RefundChanged(one.order_id, one.refund_id, one.tender_id, one.amount, one.currency, one.reason)
        tx.emit(f"refund.{one.state}.v1", one.order_id, facts, by[one.order_id])


async def back_on_cards(tx: Tx, refunds: Sequence[payment.Refund], orders: Mapping[int, order.Order]) -> None:
    """What cards of ours paid and goes back is on them again."""
    back = [
        asset.CardRefund(
            one.refund_id, one.order_id, one.tender_id, one.currency, one.amount, order.account_keys(orders[one.order_id]), one.shift_id
        )
        for one in refunds
        if one.method == payment.STORED
    ]
    await asset.back_on_cards(tx, back)


async def take_off(tx: Tx, wishes: Sequence[TakeOff]) -> list[TakenOff]:
    """Give back what these units hold and what was paid for them; what nobody paid is owed no longer. One wish per order."""
    units = [one for wish in wishes for one in wish.units]
    if not units:
        return [TakenOff() for _ in wishes]
    known = {line.line_id: line for wish in wishes for line in wish.lines}
    shares, unpaid = await order.cancel(tx, units, known)
    await fulfillment.cancel_open(tx, order.still_open([line for wish in wishes for line in wish.lines], units))
    gone = [wish.order.order_id for wish in wishes if order.ends(wish.lines, wish.units)]
    parts = [ledger.Release(one.order_id, one.line_id, one.quantity) for one in units if one.order_id not in gone]
    claimed = await claiming.back_from_cancel(tx, known, units, gone)
    await ledger.void(tx, [*parts, *claimed, *(ledger.Release(id_) for id_ in gone)], {})
    amounts = order.carried(units, shares)
    paid = order.paid_part(amounts, unpaid)
    await _keep(tx, wishes)
    paid = order.less_kept(paid, {wish.order.order_id: wish.kept for wish in wishes if wish.kept})
    owed = [
        payment.Owed(wish.order.order_id, paid.get(wish.order.order_id, 0), wish.reason, tx.mint(), order.account_keys(wish.order))
        for wish in wishes
        if wish.order.paid
    ]
    await _book(tx, owed, {wish.order.order_id: wish.order.currency for wish in wishes})
    withheld = await withholding.withhold(tx, _going_back(wishes, owed))
    back = order.less_withheld({one.order_id: one.amount for one in owed}, withheld)
    refunds = await payment.give_back(tx, [msgspec.structs.replace(one, amount=back[one.order_id]) for one in owed])
    await back_on_cards(tx, refunds, {wish.order.order_id: wish.order for wish in wishes})
    await order.refund(tx, payment.done_by_order(refunds))
    announce(tx, refunds, {wish.order.order_id: wish.by for wish in wishes})
    undone = order.reversals(units, shares, known)
    return [
        TakenOff(
            amounts.get(id_, 0),
            back.get(id_, 0),
            told([one for one in refunds if one.order_id == id_]),
            undone.get(id_, ()),
            withheld.get(id_, ()),
        )
        for id_ in (wish.order.order_id for wish in wishes)
    ]


async def settle(tx: Tx, wishes: Sequence[TakeOff]) -> dict[int, order.Order]:
    """After units were taken off: what is left may be fully paid by now, and whatever is over expects no more money."""
    after = await order.orders(tx, [wish.order.order_id for wish in wishes]) if wishes else {}
    paid = [wish for wish in wishes if after[wish.order.order_id].status == "paid" != wish.order.status]
    await ledger.keep(tx, [wish.order.order_id for wish in paid])
    await claiming.use(tx, [wish.order.order_id for wish in paid])
    for wish in paid:
        now = after[wish.order.order_id]
        tx.emit("order.paid.v1", now.order_id, order.OrderChanged(now.order_id, now.paid), wish.by)
    await payment.cancel_started(tx, [id_ for id_, one in after.items() if one.status == "canceled"])
    return after


def _going_back(wishes: Sequence[TakeOff], owed: Sequence[payment.Owed]) -> list[withholding.GoingBack]:
    paid = {one.order_id: one for one in owed}
    return [
        withholding.GoingBack(wish.order, wish.lines, wish.units, one.amount, one.cause_id, wish.by)
        for wish in wishes
        if (one := paid.get(wish.order.order_id)) is not None
    ]


async def _keep(tx: Tx, wishes: Sequence[TakeOff]) -> None:
    """An earnest that its buyer lost is the seller's."""
    entries: list[ledger.Entry] = []
    for wish in wishes:
        legs = ledger.leg("presale.forfeited", "amount", wish.kept, wish.order.currency, order.account_keys(wish.order))
        if legs:
            entries.append(ledger.Entry(tx.mint(), "presale.forfeited", wish.order.order_id, legs))
            facts = order.OrderChanged(wish.order.order_id, wish.kept, (), wish.reason)
            tx.emit("presale.forfeited.v1", wish.order.order_id, facts, wish.by)
    if entries:
        await ledger.post(tx, entries)


async def _book(tx: Tx, owed: Sequence[payment.Owed], currencies: Mapping[int, str]) -> None:
    """What was paid for canceled units is owed back."""
    entries: list[ledger.Entry] = []
    for one in owed:
        legs = ledger.leg("order.canceled", "amount", one.amount, currencies[one.order_id], one.keys)
        if legs:
            entries.append(ledger.Entry(one.cause_id, "order.canceled", one.order_id, legs))
    if entries:
        await ledger.post(tx, entries)
