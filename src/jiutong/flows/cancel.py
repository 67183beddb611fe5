"""Canceling: an order, or units of it, is taken back before it ships; goods are free again, money that came goes back."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import order
from jiutong.flows.canceling import LineUnits, Refunded, TakeOff, names_once, settle, take_off
from jiutong.flows.words import Code
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class Cancellation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, and how much; without lines, everything that has not shipped."""

    reason: Code
    lines: Annotated[tuple[LineUnits, ...], Meta(max_length=500)] = ()


class CancelOrder(msgspec.Struct, frozen=True):
    """A cancellation of one order."""

    order_id: int
    wish: Cancellation


class Canceled(msgspec.Struct, frozen=True):
    """What became of it. Amounts in minor units: `amount` is owed no longer; `refund` of it had been paid and goes back.

    `withheld` is what of the paid part does not, and why.
    """

    order_id: int
    status: str
    amount: int
    refund: int
    refunds: tuple[Refunded, ...]
    lines: tuple[order.Reversal, ...] = ()
    withheld: tuple[order.Withheld, ...] = ()


@flow("order.cancel", gives=Canceled, statements=38, batch_max=64)
async def cancel(tx: Tx, calls: Sequence[Call[CancelOrder]]) -> list[Canceled | Problem]:
    """Cancel orders, whole or in part, as far as they have not shipped."""
    ids = [call.command.order_id for call in calls]
    names_once(ids)
    before = await order.lock(tx, ids)
    lines = await order.lines(tx, list(before))
    legs = await order.legs(tx, before)
    wanted = [_wanted(call, before, lines, legs) for call in calls]
    wishes = [wish for wish in wanted if isinstance(wish, TakeOff)]
    done = {wish.order.order_id: came_to for wish, came_to in zip(wishes, await take_off(tx, wishes), strict=True)}
    after = await settle(tx, wishes)
    outcomes: list[Canceled | Problem] = []
    for wish, call in zip(wanted, calls, strict=True):
        if isinstance(wish, Problem):
            outcomes.append(wish)
            continue
        id_ = call.command.order_id
        units = tuple((one.line_id, one.quantity) for one in wish.units)
        tx.emit("order.canceled.v1", id_, order.OrderChanged(id_, done[id_].amount, units, wish.reason), call.scope)
        came_to = done[id_]
        outcomes.append(Canceled(id_, after[id_].status, came_to.amount, came_to.refund, came_to.refunds, came_to.lines, came_to.withheld))
    return outcomes


def _wanted(
    call: Call[CancelOrder],
    orders: Mapping[int, order.Order],
    lines: Mapping[int, Sequence[order.Line]],
    legs: Mapping[int, Sequence[order.Leg]],
) -> TakeOff | Problem:
    command = call.command
    one = orders.get(command.order_id)
    if one is None:
        return order.NOT_YOURS("no such order")
    if one.status not in order.PAYABLE:
        return order.NOT_OPEN(f"it is {one.status}", status_now=one.status)
    if one.awaits and one.paid:
        return order.AWAITS("it is in a group that is not complete yet", awaits=one.awaits)
    asked = [(x.line, x.quantity) for x in command.wish.lines]
    mine = lines[one.order_id]
    units = order.chosen(one.order_id, mine, asked, lambda line: line.open) if asked else order.open_units(mine)
    if isinstance(units, Problem):
        return units
    if not units:
        return order.NOT_OPEN("everything on it has shipped; goods come back by a return", status_now=one.status)
    kept = order.kept(one, legs.get(one.order_id, ()))
    if (kept or one.awaits) and not order.all_of(mine, units):
        return order.WHOLE_ONLY("what was agreed for it holds for all of it: cancel all of it, or nothing", pointer="/lines")
    return TakeOff(one, mine, units, command.wish.reason, call.scope, kept)
