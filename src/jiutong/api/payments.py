"""Payments: tenders for orders, what channels say of them, and money that goes back."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response
from litestar.params import JSONBody, QueryParameter

from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Limit, Page
from jiutong.api.instants import instant
from jiutong.api.shell import get, post
from jiutong.capabilities import asset, order, payment
from jiutong.flows import pay, refund
from jiutong.gateways import signatures, sim
from jiutong.kernel.errors import MALFORMED, NOT_FOUND
from jiutong.kernel.ids import PublicIds
from jiutong.kernel.scope import system
from jiutong.reads import payments

NOTICE_BYTES_MAX = 1 << 16


class PaymentView(msgspec.Struct, frozen=True):
    """A tender. Amounts in minor units; `code` is what the payer scans or opens, as soon as the channel has given one."""

    id: str
    order: str
    method: str
    currency: str
    amount: int
    refunded: int
    state: str
    channel_ref: str | None
    code: str | None
    started_at: datetime
    settled_at: datetime | None


class PaymentRowView(msgspec.Struct, frozen=True):
    """A payment in a list. `alerts` are what its channel told that wants a look: late, duplicate, rejected."""

    id: str
    order: str
    buyer: str
    store: str | None
    method: str
    currency: str
    amount: int
    refunded: int
    state: str
    alerts: tuple[str, ...]
    channel_ref: str | None
    started_at: datetime
    settled_at: datetime | None


class NoticeView(msgspec.Struct, frozen=True):
    """What a channel told us, and what it came to: captured, failed, late, duplicate, refunded, or rejected and why."""

    id: str
    payment: str | None
    channel_event: str
    verdict: str
    detail: str
    at: datetime


class RefundView(msgspec.Struct, frozen=True):
    """Money that goes back, or went."""

    id: str
    order: str
    payment: str
    method: str
    currency: str
    amount: int
    reason: str
    state: str
    channel_ref: str | None
    requested_at: datetime
    settled_at: datetime | None


class Heard(msgspec.Struct, frozen=True):
    """The answer to a channel: its notice is on record, and what it came to."""

    verdict: str


@post(
    "/v1/orders/{order_id:str}/payments",
    scope="payment:start",
    refuses=(order.NOT_YOURS, order.NOT_OPEN, payment.MORE_THAN_OWED, asset.NO_CARD, asset.CARD_STATE, asset.NOT_ENOUGH),
)
async def start_payment(call: Call, order_id: str, data: JSONBody[pay.Payment]) -> Response[PaymentView]:
    """Lay down a tender for an order: all that is due, or part of it.

    Cash is taken at once (scope `payment:cash`), and so is a `gift_card`: `card` is its code, or the id of a card that is the stored
    value of the order's member. Anything else is collected by a channel: ask for the payment again until it
    has a `code` to show the payer, and until its `state` is no longer `started`.
    """
    if data.method == payment.COUNTER:
        call.scope.require("payment:cash")
    elif data.method != payment.STORED and not call.house.config.simulate_payments:
        raise payment.NO_CHANNEL(f"no channel is set up for {data.method}", pointer="/method")
    card_id = call.ids.read("crd", data.card) if data.card.startswith("crd_") else 0
    laid = await call.run(pay.start, pay.Pay(call.ids.read("ord", order_id), data, card_id))
    async with call.reading() as tx:
        (row,) = await payments.tenders(tx, [laid.tender_id])
    return call.created(_tender(row, call.ids), f"/v1/payments/{call.ids.show('ten', laid.tender_id)}")


@get("/v1/orders/{order_id:str}/payments", scope="payment:read")
async def list_payments(call: Call, order_id: str) -> Page[PaymentView]:
    """The tenders of an order, in the order they were laid down."""
    async with call.reading() as tx:
        rows = await payments.of_order(tx, call.ids.read("ord", order_id))
    return Page([_tender(row, call.ids) for row in rows], None)


@get("/v1/payments", scope="payment:read", refuses=(NOT_FOUND,))
async def list_all_payments(
    call: Call,
    in_state: Annotated[Literal["started", "captured", "failed", "canceled", "late"] | None, QueryParameter(name="state")] = None,
    method: str | None = None,
    order: str | None = None,
    alert: Literal["late", "duplicate", "rejected"] | None = None,
    started_from: datetime | None = None,
    started_to: datetime | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[PaymentRowView]:
    """Payments, latest first. Filters combine; `alert` leaves those whose channel told something that wants a look."""
    order_id = call.ids.read("ord", order) if order else None
    started = instant(started_from, "started_from"), instant(started_to, "started_to")
    wanted = payments.TenderFilter(in_state, method, order_id, alert, *started, cursors.read(after, int))
    async with call.reading() as tx:
        rows = await payments.page(tx, wanted, limit)
    return cursors.paged([_listed(row, call.ids) for row in rows], limit, [row.tender.tender_id for row in rows])


@get("/v1/payments/{payment_id:str}", scope="payment:read")
async def show_payment(call: Call, payment_id: str) -> PaymentView:
    """One tender."""
    async with call.reading() as tx:
        rows = await payments.tenders(tx, [call.ids.read("ten", payment_id)])
    if not rows:
        raise NOT_FOUND(f"no payment {payment_id}")
    return _tender(rows[0], call.ids)


@get("/v1/payment-notices", scope="payment:read", refuses=(NOT_FOUND,))
async def list_notices(
    call: Call,
    payment: str | None = None,
    verdict: Literal["captured", "failed", "duplicate", "late", "rejected", "refunded"] | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[NoticeView]:
    """What channels told us, latest first. `verdict=rejected` is the list of what fits nothing of ours and wants a look."""
    tender_id = call.ids.read("ten", payment) if payment else None
    async with call.reading() as tx:
        rows = await payments.notices(tx, tender_id, verdict, cursors.read(after, int), limit)
    return cursors.paged([_notice(row, call.ids) for row in rows], limit, [row.notice_id for row in rows])


@get("/v1/refunds", scope="payment:read", refuses=(NOT_FOUND,))
async def list_refunds(
    call: Call,
    order: str | None = None,
    payment: str | None = None,
    in_state: Annotated[Literal["requested", "sent", "done", "failed"] | None, QueryParameter(name="state")] = None,
    method: str | None = None,
    requested_from: datetime | None = None,
    requested_to: datetime | None = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[RefundView]:
    """Money that goes back, latest first. `state=failed` is the list of what has to be sent again."""
    order_id = call.ids.read("ord", order) if order else None
    tender_id = call.ids.read("ten", payment) if payment else None
    requested = instant(requested_from, "requested_from"), instant(requested_to, "requested_to")
    wanted = payments.RefundFilter(order_id, tender_id, in_state, method, *requested, cursors.read(after, int))
    async with call.reading() as tx:
        rows = await payments.refunds(tx, wanted, limit)
    return cursors.paged([_refund(row, call.ids) for row in rows], limit, [row.refund_id for row in rows])


@get("/v1/refunds/{refund_id:str}", scope="payment:read")
async def show_refund(call: Call, refund_id: str) -> RefundView:
    """One refund."""
    async with call.reading() as tx:
        found = await payments.refund(tx, call.ids.read("ref", refund_id))
    if found is None:
        raise NOT_FOUND(f"no refund {refund_id}")
    return _refund(found, call.ids)


@post("/v1/refunds/{refund_id:str}/retry", scope="payment:refund", status=200, refuses=(payment.NOT_YOURS, payment.NOT_RETRIABLE))
async def retry_refund(call: Call, refund_id: str) -> Heard:
    """Send a refund that failed once more."""
    retried = await call.run(refund.retry, refund.RetryRefund(call.ids.read("ref", refund_id)))
    return Heard(retried.state)


@post(
    "/v1/callbacks/sim/{account:str}",
    scope=None,
    status=200,
    repeatable=False,
    body_bytes_max=NOTICE_BYTES_MAX,
    refuses=(signatures.UNPROVEN, signatures.STALE, payment.MISMATCH),
)
async def hear_channel(call: Call, request: Request[Any, Any, Any], account: str) -> Heard:
    """Where the simulated channel reports. The signature is checked over the raw body before anything is read or written."""
    config = call.house.config
    if not config.simulate_payments or not config.secret:
        raise NOT_FOUND("no channel reports here")
    tenant_id, seller = signatures.account_of(call.ids, account)
    raw = await request.body()
    secret = signatures.secret_of(config.secret, account)
    signatures.verify(secret, request.headers.get(signatures.HEADER), raw, call.house.clock.now())
    try:
        said = sim.read(call.ids, seller, raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise MALFORMED(f"not a notice: {fault}") from fault
    by = system(tenant_id, "channel")
    runner = call.house.runner
    if isinstance(said, payment.Notice):
        verdict, detail = msgspec.structs.astuple((await runner.run(pay.notice, said, by)).result)
    else:
        verdict, detail = msgspec.structs.astuple((await runner.run(refund.answer, said, by)).result)
    if verdict == "rejected":
        raise payment.MISMATCH(detail)
    return Heard(verdict)


def _tender(row: payments.TenderRow, ids: PublicIds) -> PaymentView:
    same = {name: getattr(row, name) for name in PaymentView.__struct_fields__ if name not in {"id", "order"}}
    return PaymentView(id=ids.show("ten", row.tender_id), order=ids.show("ord", row.order_id), **same)


def _listed(row: payments.ListedTender, ids: PublicIds) -> PaymentRowView:
    same = {
        name: getattr(row.tender, name)
        for name in PaymentRowView.__struct_fields__
        if name not in {"id", "order", "buyer", "store", "alerts"}
    }
    names = {"id": ids.show("ten", row.tender.tender_id), "order": ids.show("ord", row.tender.order_id)}
    return PaymentRowView(buyer=row.buyer, store=row.store, alerts=row.alerts, **names, **same)


def _notice(row: payments.NoticeRow, ids: PublicIds) -> NoticeView:
    of_tender = None if row.tender_id is None else ids.show("ten", row.tender_id)
    return NoticeView(ids.show("ntc", row.notice_id), of_tender, row.channel_event, row.verdict, row.detail, row.at)


def _refund(row: payments.RefundRow, ids: PublicIds) -> RefundView:
    same = {name: getattr(row, name) for name in RefundView.__struct_fields__ if name not in {"id", "order", "payment"}}
    names = {"id": ids.show("ref", row.refund_id), "order": ids.show("ord", row.order_id), "payment": ids.show("ten", row.tender_id)}
    return RefundView(**names, **same)


ROUTES = [
    start_payment,
    list_payments,
    list_all_payments,
    show_payment,
    list_notices,
    list_refunds,
    show_refund,
    retry_refund,
    hear_channel,
]
