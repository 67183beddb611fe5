"""Expiry: an order nobody paid in time gives its goods back; what was paid of it in part goes back too."""

from collections.abc import Sequence

import msgspec

from jiutong import ledger
from jiutong.capabilities import order, payment
from jiutong.flows import claiming
from jiutong.flows.canceling import TakeOff, names_once, take_off
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class Expire(msgspec.Struct, frozen=True):
    """An order whose hold has run out."""

    order_id: int


class Expired(msgspec.Struct, frozen=True):
    """What became of it: `status` now, and the amount (minor units) that goes back of what was paid in part."""

    order_id: int
    status: str
    refund: int = 0


@flow("order.expire", gives=Expired, statements=28, batch_max=64)
async def expire(tx: Tx, calls: Sequence[Call[Expire]]) -> list[Expired | Problem]:
    """End orders past their due time. Whoever paid meanwhile, or is gone already, keeps what they have.

    An order paid in part ends as canceled: its money goes back, and no later payment can revive it.
    """
    ids = [call.command.order_id for call in calls]
    names_once(ids)
    before = await order.lock(tx, ids)
    unpaid = await order.expire(tx, list(before))
    legs = await order.legs(tx, before)
    later = order.not_due_yet(before, legs, tx.now)
    partly = [one for id_, one in before.items() if one.status == "placed" and id_ not in unpaid and id_ not in later]
    lines = await order.lines(tx, [one.order_id for one in partly])
    by = {call.command.order_id: call.scope for call in calls}
    wishes = [
        TakeOff(
            one,
            lines[one.order_id],
            order.open_units(lines[one.order_id]),
            "expired",
            by[one.order_id],
            order.kept(one, legs.get(one.order_id, ())),
        )
        for one in partly
    ]
    back = {wish.order.order_id: came_to for wish, came_to in zip(wishes, await take_off(tx, wishes), strict=True)}
    over = [id_ for id_, one in before.items() if id_ in unpaid or one.status not in order.PAYABLE]
    await claiming.let_go(tx, unpaid)
    await ledger.void(tx, [ledger.Release(id_) for id_ in over], {})
    await payment.cancel_started(tx, [*unpaid, *back])
    await ledger.keep(tx, [id_ for id_ in before if id_ not in over and id_ not in back and id_ not in later])
    await ledger.hold_until(tx, later)
    outcomes: list[Expired | Problem] = []
    for call in calls:
        id_ = call.command.order_id
        one = before.get(id_)
        if one is None:
            outcomes.append(order.NOT_YOURS("no such order"))
            continue
        if id_ in unpaid or id_ in back:
            came_to = back[id_].refund if id_ in back else 0
            tx.emit("order.expired.v1", id_, order.OrderChanged(id_, came_to, (), "unpaid"), call.scope)
        status = "expired" if id_ in unpaid else "canceled" if id_ in back else one.status
        outcomes.append(Expired(id_, status, back[id_].refund if id_ in back else 0))
    return outcomes
