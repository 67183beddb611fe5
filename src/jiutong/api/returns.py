"""What is taken back of placed orders: cancellations, edits and comments before they ship, returns after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import JSONBody

from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Limit, Page
from jiutong.api.instants import instant
from jiutong.api.shell import get, patch, post
from jiutong.capabilities import care, inventory, order, payment
from jiutong.flows import cancel, edit_order, return_goods
from jiutong.flows.canceling import Refunded
from jiutong.kernel.errors import NOT_FOUND
from jiutong.kernel.ids import PublicIds
from jiutong.reads import orders, returns

TAKING_OFF_REFUSES = (order.NOT_YOURS, order.NOT_OPEN, order.NO_LINE, order.TOO_MANY)


class RefundedView(msgspec.Struct, frozen=True):
    """What goes back to one tender. `state`: done (cash), or requested of the channel. No id in a preview."""

    id: str | None
    payment: str
    method: str
    amount: int
    state: str


class ReversalView(msgspec.Struct, frozen=True):
    """What some units of a line undo: `gross` was their list amount, `amount` the customer's part; `location` has the goods again."""

    line: int
    sku: str
    title: str
    quantity: int
    gross: int
    adjustments: tuple[orders.AdjustmentRow, ...]
    tax: int
    amount: int
    location: str | None


class TakenOffView(msgspec.Struct, frozen=True):
    """What canceling or shortening came to: `amount` is owed no longer; `refund` of it had been paid and goes back.

    `lines` say what of each line is undone, `withheld` what of the paid part does not go back. No refund has an id in a preview.
    """

    order: str
    status: str
    amount: int
    refund: int
    refunds: tuple[RefundedView, ...]
    lines: tuple[ReversalView, ...]
    withheld: tuple[returns.WithheldRow, ...]


class CommentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to write on the timeline."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class ReturnedView(msgspec.Struct, frozen=True):
    """A return as booked, or as it would be (no id): what it gives back per line, and to which tenders.

    `refund` is what the lines give back, less what is `withheld`.
    """

    id: str | None
    order: str
    currency: str
    refund: int
    lines: tuple[return_goods.LineBack, ...]
    refunds: tuple[RefundedView, ...]
    location: str
    undone: tuple[ReversalView, ...]
    withheld: tuple[returns.WithheldRow, ...]


class ReturnView(msgspec.Struct, frozen=True):
    """A return in a list."""

    id: str
    order: str
    state: str
    reason: str
    currency: str
    refund: int
    location: str
    received_at: datetime
    store: str | None
    receipt_no: str | None
    buyer: str
    units: int
    lines: tuple[returns.ReturnLineRow, ...]
    withheld: tuple[returns.WithheldRow, ...]


@post("/v1/orders/{order_id:str}/cancellations", scope="order:cancel", status=200, refuses=TAKING_OFF_REFUSES)
async def cancel_order(call: Call, order_id: str, data: JSONBody[cancel.Cancellation]) -> TakenOffView:
    """Cancel an order before it ships: all of it, or units of lines. Goods are free again, and what was paid goes back."""
    return await _taken_off(call, await call.run(cancel.cancel, cancel.CancelOrder(call.ids.read("ord", order_id), data)))


@post(
    "/v1/orders/{order_id:str}/cancellations/preview",
    scope="order:cancel",
    status=200,
    repeatable=False,
    refuses=TAKING_OFF_REFUSES,
)
async def preview_cancellation(call: Call, order_id: str, data: JSONBody[cancel.Cancellation]) -> TakenOffView:
    """What a cancellation would undo: per line its price, adjustments, tax and goods, and per tender its money. Nothing is kept."""
    would = await call.preview(cancel.cancel, cancel.CancelOrder(call.ids.read("ord", order_id), data))
    return await _taken_off(call, would, booked=False)


@patch("/v1/orders/{order_id:str}", scope="order:edit", refuses=TAKING_OFF_REFUSES)
async def edit_placed_order(call: Call, order_id: str, data: JSONBody[edit_order.Edits]) -> TakenOffView:
    """Shorten an order or change whom and where to deliver, while nothing of it has shipped. An order does not grow."""
    return await _taken_off(call, await call.run(edit_order.edit, edit_order.EditOrder(call.ids.read("ord", order_id), data)))


@post("/v1/orders/{order_id:str}/edits/preview", scope="order:edit", status=200, repeatable=False, refuses=TAKING_OFF_REFUSES)
async def preview_edit(call: Call, order_id: str, data: JSONBody[edit_order.Edits]) -> TakenOffView:
    """What an edit would undo, like the preview of a cancellation. Nothing is kept."""
    would = await call.preview(edit_order.edit, edit_order.EditOrder(call.ids.read("ord", order_id), data))
    return await _taken_off(call, would, booked=False)


@post("/v1/orders/{order_id:str}/comments", scope="order:comment", status=200, refuses=(order.NOT_YOURS,))
async def comment_order(call: Call, order_id: str, data: JSONBody[CommentBody]) -> CommentBody:
    """Write on an order's timeline. What was written stays."""
    await call.run(edit_order.comment, edit_order.Comment(call.ids.read("ord", order_id), data.text))
    return data


RETURN_REFUSES = (order.NOT_YOURS, order.NO_LINE, order.TOO_MANY, inventory.UNKNOWN_LOCATION, payment.OVER_REFUND)


@post("/v1/orders/{order_id:str}/returns", scope="care:return", refuses=RETURN_REFUSES)
async def return_order_goods(call: Call, order_id: str, data: JSONBody[return_goods.Return]) -> Response[ReturnedView]:
    """Take goods back that are with the buyer. The money goes back to the tenders it came from."""
    done = await call.run(return_goods.return_goods, return_goods.ReturnGoods(call.ids.read("ord", order_id), data))
    name = call.ids.show("ret", done.return_id)
    return call.created(await _returned(call, done, name), f"/v1/returns/{name}")


@post("/v1/orders/{order_id:str}/returns/preview", scope="care:return", status=200, repeatable=False, refuses=RETURN_REFUSES)
async def preview_return(call: Call, order_id: str, data: JSONBody[return_goods.Return]) -> ReturnedView:
    """What a return would give back, per line and per tender, to the cent. Nothing is kept."""
    would = await call.preview(return_goods.return_goods, return_goods.ReturnGoods(call.ids.read("ord", order_id), data))
    return await _returned(call, would, None)


@post(
    "/v1/receipts/{store:str}/{device:str}/{receipt_no:str}/returns/preview",
    scope="care:return",
    status=200,
    repeatable=False,
    refuses=RETURN_REFUSES,
)
async def preview_return_by_receipt(
    call: Call, store: str, device: str, receipt_no: str, data: JSONBody[return_goods.Return]
) -> ReturnedView:
    """What a return by receipt would give back. Nothing is kept."""
    order_id = await _by_receipt(call, store, device, receipt_no)
    return await _returned(call, await call.preview(return_goods.return_goods, return_goods.ReturnGoods(order_id, data)), None)


@post("/v1/receipts/{store:str}/{device:str}/{receipt_no:str}/returns", scope="care:return", refuses=RETURN_REFUSES)
async def return_by_receipt(
    call: Call, store: str, device: str, receipt_no: str, data: JSONBody[return_goods.Return]
) -> Response[ReturnedView]:
    """Take goods back that a till has sold, by its receipt."""
    order_id = await _by_receipt(call, store, device, receipt_no)
    done = await call.run(return_goods.return_goods, return_goods.ReturnGoods(order_id, data))
    name = call.ids.show("ret", done.return_id)
    return call.created(await _returned(call, done, name), f"/v1/returns/{name}")


@get("/v1/returns", scope="care:read", refuses=(NOT_FOUND,))
async def list_returns(
    call: Call,
    order: str | None = None,
    member: str | None = None,
    reason: str | None = None,
    store: str | None = None,
    location: str | None = None,
    received_from: datetime | None = None,
    received_to: datetime | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[ReturnView]:
    """Returns, latest first. `store` is where it was sold, `location` where the goods are now; times are RFC 3339."""
    order_id = call.ids.read("ord", order) if order else None
    member_id = call.ids.read("mem", member) if member else None
    received = instant(received_from, "received_from"), instant(received_to, "received_to")
    wanted = returns.ReturnFilter(order_id, member_id, reason, store, location, *received, cursors.read(after, int))
    async with call.reading() as tx:
        rows = await returns.page(tx, wanted, limit)
    return cursors.paged([_view(row, call.ids) for row in rows], limit, [row.return_id for row in rows])


@get("/v1/returns/{return_id:str}", scope="care:read")
async def show_return(call: Call, return_id: str) -> ReturnView:
    """One return."""
    async with call.reading() as tx:
        rows = await returns.detail(tx, [call.ids.read("ret", return_id)])
    if not rows:
        raise NOT_FOUND(f"no return {return_id}")
    return _view(rows[0], call.ids)


@get("/v1/return-reasons", scope="care:read")
async def list_return_reasons(call: Call) -> Page[care.Reason]:
    """The published reasons why goods come back."""
    return Page(list(care.REASONS.values()), None)


def _refunded(refunds: tuple[Refunded, ...], ids: PublicIds, *, booked: bool = True) -> tuple[RefundedView, ...]:
    return tuple(
        RefundedView(ids.show("ref", r.refund_id) if booked else None, ids.show("ten", r.tender_id), r.method, r.amount, r.state)
        for r in refunds
    )


async def _taken_off(call: Call, done: cancel.Canceled | edit_order.Edited, *, booked: bool = True) -> TakenOffView:
    async with call.reading() as tx:
        names = await orders.line_names(tx, done.order_id)
    undone = tuple(_reversal(one, names, names[one.line_no].location) for one in done.lines)
    back = _refunded(done.refunds, call.ids, booked=booked)
    shown = call.ids.show("ord", done.order_id)
    return TakenOffView(shown, done.status, done.amount, done.refund, back, undone, _withheld(done.withheld))


async def _returned(call: Call, done: return_goods.Returned, name: str | None) -> ReturnedView:
    async with call.reading() as tx:
        names = await orders.line_names(tx, done.order_id)
    restocked = {line.line for line in done.lines if line.restock}
    undone = tuple(_reversal(one, names, done.location if one.line_no in restocked else None) for one in done.undone)
    back = _refunded(done.refunds, call.ids, booked=name is not None)
    shown = call.ids.show("ord", done.order_id)
    return ReturnedView(name, shown, done.currency, done.refund, done.lines, back, done.location, undone, _withheld(done.withheld))


def _reversal(one: order.Reversal, names: Mapping[int, orders.LineName], location: str | None) -> ReversalView:
    name = names[one.line_no]
    parts = tuple(orders.AdjustmentRow(part.stage, part.rule, part.funder, part.amount) for part in one.adjustments)
    return ReversalView(one.line_no, name.sku, name.title, one.quantity, one.gross, parts, one.tax, one.amount, location)


def _withheld(rows: tuple[order.Withheld, ...]) -> tuple[returns.WithheldRow, ...]:
    return tuple(returns.WithheldRow(one.kind, one.line_no, one.rule, one.funder, one.amount, one.tax, one.payable) for one in rows)


async def _by_receipt(call: Call, store: str, device: str, receipt_no: str) -> int:
    async with call.reading() as tx:
        order_id = await orders.receipt(tx, store, device, receipt_no)
    if order_id is None:
        raise NOT_FOUND(f"no receipt {receipt_no} of till {device} in store {store}")
    return order_id


def _view(row: returns.ReturnRow, ids: PublicIds) -> ReturnView:
    same = {name: getattr(row, name) for name in ReturnView.__struct_fields__ if name not in {"id", "order"}}
    return ReturnView(id=ids.show("ret", row.return_id), order=ids.show("ord", row.order_id), **same)


ROUTES = [
    cancel_order,
    preview_cancellation,
    edit_placed_order,
    preview_edit,
    comment_order,
    return_order_goods,
    preview_return,
    return_by_receipt,
    preview_return_by_receipt,
    list_returns,
    show_return,
    list_return_reasons,
]
