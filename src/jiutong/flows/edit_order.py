"""Editing a placed order before it ships: fewer units, another contact; and what people write on its timeline."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import order
from jiutong.flows.canceling import Refunded, TakeOff, names_once, settle, take_off
from jiutong.flows.words import Contact
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class LineQuantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many base units of a line shall be left on the order; none removes the line."""

    line: int
    quantity: Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Edits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall be different. `revision`, if given, is the one the editor saw."""

    lines: Annotated[tuple[LineQuantity, ...], Meta(max_length=500)] = ()
    contact: Contact | None = None
    revision: int | None = None


class EditOrder(msgspec.Struct, frozen=True):
    """Edits of one order."""

    order_id: int
    wish: Edits


class Edited(msgspec.Struct, frozen=True):
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


class Comment(msgspec.Struct, frozen=True):
    """What a person writes on an order's timeline."""

    order_id: int
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class Commented(msgspec.Struct, frozen=True):
    """It is on the timeline."""

    order_id: int


@flow("order.edit", gives=Edited, statements=39, batch_max=64)
async def edit(tx: Tx, calls: Sequence[Call[EditOrder]]) -> list[Edited | Problem]:
    """Shorten orders and change whom and where to deliver, while nothing of it has shipped."""
    ids = [call.command.order_id for call in calls]
    names_once(ids)
    before = await order.lock(tx, ids)
    lines = await order.lines(tx, list(before))
    wanted = [_wanted(call, before, lines) for call in calls]
    wishes = [wish for wish in wanted if isinstance(wish, TakeOff)]
    done = {wish.order.order_id: came_to for wish, came_to in zip(wishes, await take_off(tx, wishes), strict=True)}
    contacts = {c.command.order_id: c.command.wish.contact for c in calls if c.command.order_id in done and c.command.wish.contact}
    await order.set_contacts(tx, {id_: msgspec.json.encode(contact).decode() for id_, contact in contacts.items()})
    after = await settle(tx, wishes)
    outcomes: list[Edited | Problem] = []
    for wish, call in zip(wanted, calls, strict=True):
        if isinstance(wish, Problem):
            outcomes.append(wish)
            continue
        id_ = call.command.order_id
        units = tuple((one.line_id, one.quantity) for one in wish.units)
        reason = "contact" if id_ in contacts and not units else ""
        tx.emit("order.edited.v1", id_, order.OrderChanged(id_, done[id_].amount, units, reason), call.scope)
        came_to = done[id_]
        outcomes.append(Edited(id_, after[id_].status, came_to.amount, came_to.refund, came_to.refunds, came_to.lines, came_to.withheld))
    return outcomes


@flow("order.comment", gives=Commented, statements=2)
async def comment(tx: Tx, calls: Sequence[Call[Comment]]) -> list[Commented | Problem]:
    """Write on the timelines of orders. What was written stays."""
    known = await order.orders(tx, [call.command.order_id for call in calls])
    outcomes: list[Commented | Problem] = []
    for call in calls:
        id_ = call.command.order_id
        if id_ not in known:
            outcomes.append(order.NOT_YOURS("no such order"))
            continue
        tx.emit("order.commented.v1", id_, order.OrderCommented(id_, call.command.text), call.scope)
        outcomes.append(Commented(id_))
    return outcomes


def _wanted(call: Call[EditOrder], orders: Mapping[int, order.Order], lines: Mapping[int, Sequence[order.Line]]) -> TakeOff | Problem:
    command = call.command
    one = orders.get(command.order_id)
    if one is None:
        return order.NOT_YOURS("no such order")
    if command.wish.revision not in (None, one.revision):
        return order.NOT_OPEN("it was changed since you read it", pointer="/revision", revision_now=one.revision)
    if one.status not in order.EDITABLE:
        return order.NOT_OPEN(f"it is {one.status}", status_now=one.status)
    if one.play and command.wish.lines:
        return order.WHOLE_ONLY("what was agreed for it holds for all of it: cancel all of it, or nothing", pointer="/lines")
    units = order.shortened(one.order_id, lines[one.order_id], [(x.line, x.quantity) for x in command.wish.lines])
    return units if isinstance(units, Problem) else TakeOff(one, lines[one.order_id], units, "edited", call.scope)
