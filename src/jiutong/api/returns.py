"""What is taken back of placed orders: cancellations, edits and comments before they ship, returns after."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import JSONBody

from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Limit, Page
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


class TakenOffView(msgspec.Struct, frozen=True):
    """What canceling or shortening came to: `amount` is owed no longer; `refund` of it had been paid and goes back."""

    order: str
    status: str
    amount: int
    refund: int
    refunds: tuple[RefundedView, ...]


class CommentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to write on the timeline."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class ReturnedView(msgspec.Struct, frozen=True):
    """A return as booked, or as it would be (no id): what it gives back per line, and to which tenders."""

    id: str | None
    order: str
    currency: str
    refund: int
    lines: tuple[return_goods.LineBack, ...]
    refunds: tuple[RefundedView, ...]


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
    lines: tuple[returns.ReturnLineRow, ...]


@post("/v1/orders/{order_id:str}/cancellations", scope="order:cancel", status=200, refuses=TAKING_OFF_REFUSES)
async def cancel_order(call: Call, order_id: str, data: JSONBody[cancel.Cancellation]) -> TakenOffView:
    """Cancel an order before it ships: all of it, or units of lines. Goods are free again, and what was paid goes back."""
    done = await call.run(cancel.cancel, cancel.CancelOrder(call.ids.read("ord", order_id), data))
    return TakenOffView(order_id, done.status, done.amount, done.refund, _refunded(done.refunds, call.ids))


@patch("/v1/orders/{order_id:str}", scope="order:edit", refuses=TAKING_OFF_REFUSES)
async def edit_placed_order(call: Call, order_id: str, data: JSONBody[edit_order.Edits]) -> TakenOffView:
    """Shorten an order or change whom and where to deliver, while nothing of it has shipped. An order does not grow."""
    done = await call.run(edit_order.edit, edit_order.EditOrder(call.ids.read("ord", order_id), data))
    return TakenOffView(order_id, done.status, done.amount, done.refund, _refunded(done.refunds, call.ids))


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
    return call.created(_returned(done, name, call.ids), f"/v1/returns/{name}")


@post("/v1/orders/{order_id:str}/returns/preview", scope="care:return", status=200, repeatable=False, refuses=RETURN_REFUSES)
async def preview_return(call: Call, order_id: str, data: JSONBody[return_goods.Return]) -> ReturnedView:
    """What a return would give back, per line and per tender, to the cent. Nothing is kept."""
    would = await call.preview(return_goods.return_goods, return_goods.ReturnGoods(call.ids.read("ord", order_id), data))
    return _returned(would, None, call.ids)


@post("/v1/receipts/{store:str}/{device:str}/{receipt_no:str}/returns", scope="care:return", refuses=RETURN_REFUSES)
async def return_by_receipt(
    call: Call, store: str, device: str, receipt_no: str, data: JSONBody[return_goods.Return]
) -> Response[ReturnedView]:
    """Take goods back that a till has sold, by its receipt."""
    async with call.reading() as tx:
        order_id = await orders.receipt(tx, store, device, receipt_no)
    if order_id is None:
        raise NOT_FOUND(f"no receipt {receipt_no} of till {device} in store {store}")
    done = await call.run(return_goods.return_goods, return_goods.ReturnGoods(order_id, data))
    name = call.ids.show("ret", done.return_id)
    return call.created(_returned(done, name, call.ids), f"/v1/returns/{name}")


@get("/v1/returns", scope="care:read", refuses=(NOT_FOUND,))
async def list_returns(call: Call, order: str | None = None, after: str | None = None, limit: Limit = 50) -> Page[ReturnView]:
    """Returns, latest first."""
    order_id = call.ids.read("ord", order) if order else None
    async with call.reading() as tx:
        rows = await returns.page(tx, order_id, cursors.read(after, int), limit)
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


def _returned(done: return_goods.Returned, name: str | None, ids: PublicIds) -> ReturnedView:
    back = _refunded(done.refunds, ids, booked=name is not None)
    return ReturnedView(name, ids.show("ord", done.order_id), done.currency, done.refund, done.lines, back)


def _view(row: returns.ReturnRow, ids: PublicIds) -> ReturnView:
    same = {name: getattr(row, name) for name in ReturnView.__struct_fields__ if name not in {"id", "order"}}
    return ReturnView(id=ids.show("ret", row.return_id), order=ids.show("ord", row.order_id), **same)


ROUTES = [
    cancel_order,
    edit_placed_order,
    comment_order,
    return_order_goods,
    preview_return,
    return_by_receipt,
    list_returns,
    show_return,
    list_return_reasons,
]
