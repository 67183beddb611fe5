"""What becomes of a presale's orders between deposit and shipping: balances open, prices are protected, sellers default."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import order, pricing, promotion
from jiutong.capabilities.promotion import Presale, RemindOfBalance
from jiutong.flows.canceling import Refunded, TakeOff, names_once, settle, take_off
from jiutong.flows.marking_down import mark_down
from jiutong.flows.words import Code
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the seller does not deliver what was sold in advance."""

    reason: Code


class DefaultPresale(msgspec.Struct, frozen=True):
    """A seller's default on one order."""

    order_id: int
    wish: Default


class Defaulted(msgspec.Struct, frozen=True):
    """What became of it: everything paid goes back (`refund`), and the earnest once more (`compensation`)."""

    order_id: int
    status: str
    currency: str
    refund: int
    refunds: tuple[Refunded, ...]
    compensation_id: int
    compensation: int


class PaidOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a compensation was paid out, and the reference of it."""

    method: Code
    reference: Annotated[str, Meta(min_length=1, max_length=120)]


class PayOut(msgspec.Struct, frozen=True):
    """A compensation that has been paid out."""

    compensation_id: int
    wish: PaidOut


class Compensated(msgspec.Struct, frozen=True):
    """presale.defaulted.v1 and compensation.paid.v1."""

    order_id: int
    compensation_id: int
    currency: str
    amount: int
    reason: str
    method: str = ""
    reference: str = ""


class BalancesOpened(msgspec.Struct, frozen=True):
    """How many were told that their balance can be paid, and the last of them."""

    orders: int
    last: int
    marked_down: int


class BalanceOpened(msgspec.Struct, frozen=True):
    """presale.balance_opened.v1: what is still to be paid, and how much less it is than it was."""

    order_id: int
    owed: int
    less: int


@flow("presale.default", gives=Defaulted, statements=40, batch_max=16)
async def default(tx: Tx, calls: Sequence[Call[DefaultPresale]]) -> list[Defaulted | Problem]:
    """The seller will not deliver: the order is taken back, what was paid goes back, and an earnest is owed once more."""
    ids = [call.command.order_id for call in calls]
    names_once(ids)
    before = await order.lock(tx, ids)
    lines = await order.lines(tx, list(before))
    legs = await order.legs(tx, before)
    wanted = [_wanted(call, before, lines, legs) for call in calls]
    wishes = [wish for wish in wanted if isinstance(wish, TakeOff)]
    done = {wish.order.order_id: came_to for wish, came_to in zip(wishes, await take_off(tx, wishes), strict=True)}
    after = await settle(tx, wishes)
    owed = {
        id_: promotion.Compensation(tx.mint(), id_, before[id_].currency, order.earnest(legs[id_]), wish.reason, tx.now)
        for id_, wish in ((wish.order.order_id, wish) for wish in wishes)
    }
    await promotion.owe_compensations(tx, [(one, order.account_keys(before[id_])) for id_, one in owed.items()])
    outcomes: list[Defaulted | Problem] = []
    for wish, call in zip(wanted, calls, strict=True):
        if isinstance(wish, Problem):
            outcomes.append(wish)
            continue
        id_ = call.command.order_id
        one, came_to = owed[id_], done[id_]
        units = tuple((x.line_id, x.quantity) for x in wish.units)
        tx.emit("order.canceled.v1", id_, order.OrderChanged(id_, came_to.amount, units, wish.reason), call.scope)
        tx.emit("presale.defaulted.v1", id_, Compensated(id_, one.compensation_id, one.currency, one.amount, one.reason), call.scope)
        outcomes.append(Defaulted(id_, after[id_].status, one.currency, came_to.refund, came_to.refunds, one.compensation_id, one.amount))
    return outcomes


@flow("presale.pay_out", gives=Compensated, statements=9, batch_max=64)
async def pay_out(tx: Tx, calls: Sequence[Call[PayOut]]) -> list[Compensated | Problem]:
    """Note that compensations have been paid out."""
    names_once([call.command.compensation_id for call in calls])
    told = await promotion.pay_compensations(
        tx, [(call.command.compensation_id, call.command.wish.method, call.command.wish.reference) for call in calls]
    )
    paid = [one for one in told if isinstance(one, promotion.Compensation)]
    orders = await order.orders(tx, [one.order_id for one in paid]) if paid else {}
    await promotion.book_compensations(tx, [(tx.mint(), one, order.account_keys(orders[one.order_id])) for one in paid])
    outcomes: list[Compensated | Problem] = []
    for one, call in zip(told, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        facts = Compensated(one.order_id, one.compensation_id, one.currency, one.amount, one.reason, one.method or "", one.reference or "")
        tx.emit("compensation.paid.v1", one.order_id, facts, call.scope)
        outcomes.append(facts)
    return outcomes


@flow("presale.open_balances", gives=BalancesOpened, statements=24, batch_max=1)
async def open_balances(tx: Tx, calls: Sequence[Call[RemindOfBalance]]) -> list[BalancesOpened | Problem]:
    """Tell one wave of buyers that their balance can be paid. What has become cheaper since is marked down for them first."""
    (call,) = calls
    wish = call.command
    ids = await order.owing(tx, wish.play, wish.after, wish.orders_max)
    version = (await promotion.play_versions(tx, [wish.play])).get(wish.play)
    before = await order.lock(tx, ids)
    due = {id_: one for id_, one in before.items() if one.owed and one.status in order.PAYABLE}
    marks: list[order.MarkDown] = []
    if version is not None and isinstance(version.what, Presale) and version.what.price_protection and due:
        lines = await order.lines(tx, list(due))
        prices = await pricing.prices(tx, list({line.sku_id for mine in lines.values() for line in mine}))
        marks = [mark for id_, mine in lines.items() for mark in _protected(due[id_], mine, prices, version.rule, version.what, tx)]
    less = await mark_down(tx, marks, due, "price_protection", dict.fromkeys(due, call.scope)) if marks else {}
    after = await order.orders(tx, list(due)) if due else {}
    for id_ in due:
        facts = BalanceOpened(id_, after[id_].owed, less[id_][0] if id_ in less else 0)
        tx.emit("presale.balance_opened.v1", id_, facts, call.scope)
    return [BalancesOpened(len(ids), ids[-1] if ids else wish.after, len(less))]


def _wanted(
    call: Call[DefaultPresale],
    orders: Mapping[int, order.Order],
    lines: Mapping[int, Sequence[order.Line]],
    legs: Mapping[int, Sequence[order.Leg]],
) -> TakeOff | Problem:
    one = orders.get(call.command.order_id)
    if one is None:
        return order.NOT_YOURS("no such order")
    if one.status not in order.EDITABLE:
        return order.NOT_OPEN(f"it is {one.status}", status_now=one.status)
    if not order.earnest(legs.get(one.order_id, ())):
        return promotion.NO_EARNEST("no earnest was paid: cancel the order instead, and everything goes back")
    mine = lines[one.order_id]
    return TakeOff(one, mine, order.open_units(mine), call.command.wish.reason, call.scope)


def _protected(
    one: order.Order, lines: Sequence[order.Line], prices: Mapping[int, pricing.PriceFacts], rule: str, what: Presale, tx: Tx
) -> list[order.MarkDown]:
    """Lines that would cost less now than the presale sold them for."""
    marks: list[order.MarkDown] = []
    for line in lines:
        known = prices.get(line.sku_id)
        now = pricing.resolve(known, one.channel_id, one.store_id, one.currency, line.quantity, tx.now) if known else None
        if now is None or line.shipped or line.canceled:
            continue
        final = pricing.line_amount(now.amount, now.per, line.quantity)
        less = promotion.price_protection(line.gross, promotion.off_by_price(rule, line.adjustments), final, line.gross - line.discount)
        taken = tuple(
            order.Adjustment(line.line_no, "activity", f"{rule}+protection", funder, part)
            for funder, part in promotion.borne_by(less, what.funders, order.SELLER)
        )
        if taken:
            marks.append(order.MarkDown(line, taken))
    return marks
