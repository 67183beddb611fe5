"""A shopper's orders: place, pay, follow, cancel, send back. Everybody touches their own and no other: what is not theirs is not there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response
from msgspec import Meta

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.entrance import ENTERING, Visit, entered, holds_key, limits, order_key
from jiutong.api.front_goods import (
    LINES_MAX,
    TOO_MANY_PIECES,
    BasketLine,
    Buying,
    ChargedView,
    DeductionView,
    charged,
    deductions,
    order_of,
    refuse_too_many,
)
from jiutong.api.orders import SELLING_REFUSES
from jiutong.api.returns import RETURN_REFUSES, TAKING_OFF_REFUSES
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import access, asset, care, member, order, payment
from jiutong.flows import cancel, checkout, pay, return_goods
from jiutong.flows.canceling import LineUnits, Refunded
from jiutong.flows.words import Contact, Positive, Quantity
from jiutong.kernel.errors import INVALID, Problem, ProblemType
from jiutong.reads import explanations, fulfillment, orders, payments, storefronts, tariffs

NO_RETURNS = ProblemType("shop.no_returns", 409, "Ask the shop to take it back", "请联系商家办理退货")
EVENTS_MAX = 100
# What a shopper is told of what happened to an order, and in which words; nothing else of the log is theirs.
STEPS = {
    "order.placed.v1": "placed",
    "payment.captured.v1": "money_in",
    "payment.failed.v1": "payment_failed",
    "order.paid.v1": "paid",
    "order.expired.v1": "expired",
    "order.canceled.v1": "canceled",
    "order.edited.v1": "changed",
    "order.shipped.v1": "shipped",
    "order.returned.v1": "returned",
    "refund.requested.v1": "refund_requested",
    "refund.done.v1": "refunded",
    "refund.failed.v1": "refund_delayed",
}


class FrontContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom and where to deliver, and how to reach them: by phone or by e-mail at least."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    region: Annotated[str, Meta(min_length=1, max_length=200)]
    address: Annotated[str, Meta(min_length=1, max_length=500)]
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    phone: Annotated[str, Meta(max_length=40)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    postal_code: Annotated[str, Meta(max_length=20)] = ""


class FrontOrder(Buying, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A basket to be delivered. `expected_total_minor` is the total the shopper saw: if it has moved, nothing is placed."""

    lines: Annotated[tuple[BasketLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    contact: FrontContact
    expected_total_minor: Annotated[int, Meta(ge=0, le=10**15)]


class OrderedView(msgspec.Struct, frozen=True):
    """A new order. `key` proves it theirs who placed it: send it as `X-Order-Key`."""

    id: str
    key: str
    total: int
    currency: str
    due_at: datetime | None


class OrderSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order and the phone number or e-mail address it was placed with."""

    order: Annotated[str, Meta(min_length=1, max_length=40)]
    contact: Annotated[str, Meta(min_length=1, max_length=254)]


class FoundOrderView(msgspec.Struct, frozen=True):
    """The key of the order found."""

    id: str
    key: str


class FrontRow(msgspec.Struct, frozen=True):
    """An order in a shopper's list."""

    id: str
    status: str
    currency: str
    total: int
    units: int
    placed_at: datetime


class FrontLineView(msgspec.Struct, frozen=True):
    """A line with how its amount came about; `returnable` units are with the shopper."""

    line: int
    sku: str
    product: str | None
    title: str
    picture: str | None
    quantity: int
    base_unit: str
    unit_price: int
    price_per: int
    gross: int
    adjustments: Sequence[orders.AdjustmentRow]
    tax: int
    payable: int
    shipped: int
    canceled: int
    returned: int
    returnable: int


class FrontPaymentView(msgspec.Struct, frozen=True):
    """A payment of the order. `code` is what to scan or open."""

    id: str
    method: str
    amount: int
    refunded: int
    state: str
    code: str | None


class FrontRefundView(msgspec.Struct, frozen=True):
    """Money on its way back, or back."""

    method: str
    amount: int
    state: str
    at: datetime


class ParcelView(msgspec.Struct, frozen=True):
    """A parcel: who carries it, under which number."""

    carrier: str
    tracking_no: str
    shipped_at: datetime
    delivered_at: datetime | None
    titles: Sequence[str]


class StepView(msgspec.Struct, frozen=True):
    """One thing that happened, in a shopper's words; an amount where money was in it."""

    what: str
    at: datetime
    amount: int | None = None


class FrontOrderView(msgspec.Struct, frozen=True):
    """An order as its shopper sees it. `may`: pay, cancel, return, as far as it goes by itself now."""

    id: str
    revision: int
    status: str
    placed_at: datetime
    currency: str
    contact: Any
    gross: int
    discount: int
    tax: int
    total: int
    paid: int
    due: int
    due_at: datetime | None
    canceled: int
    returned: int
    refunded: int
    charged: int
    """Freight and fees, with their tax; each in `charges`."""

    off: Sequence[DeductionView]
    charges: Sequence[ChargedView]
    lines: Sequence[FrontLineView]
    payments: Sequence[FrontPaymentView]
    refunds: Sequence[FrontRefundView]
    parcels: Sequence[ParcelView]
    timeline: Sequence[StepView]
    may: Sequence[Literal["pay", "cancel", "return"]]
    return_until: datetime | None
    legs: Sequence[orders.PayableRow]
    """What is to be paid, in its order: a presale's deposit and balance, else one."""

    awaits: str
    """What it waits for before it ships besides its money: its group, or nothing."""

    group: str | None
    """The group it is in, for others to join by."""


class FrontPay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment: all that is due, or part of it. `script` tells the simulated channel how it shall end, and nothing to a real one.

    A `gift_card` is named by its code, with its PIN if it has one; a shopper's own stored value by its id.
    """

    method: Literal["card", "qr", "gift_card"]
    amount_minor: Positive | None = None
    script: Literal["", "declined", "silent"] = ""
    card: Annotated[str, Meta(max_length=40)] = ""
    pin: Annotated[str, Meta(max_length=12)] = ""


class FrontCancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, and of which lines how much; without lines, everything that has not shipped."""

    reason: Literal["changed_mind", "wrong_address", "too_slow", "by_mistake", "other"]
    lines: Annotated[tuple[LineUnits, ...], Meta(max_length=LINES_MAX)] = ()


class FrontUnits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units of a line, by its number."""

    line: int
    quantity: Quantity


class FrontReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes back, and why."""

    reason: care.ReasonCode
    lines: Annotated[tuple[FrontUnits, ...], Meta(min_length=1, max_length=LINES_MAX)]


class BackLineView(msgspec.Struct, frozen=True):
    """What a line gives back."""

    line: int
    quantity: int
    amount: int


class BackView(msgspec.Struct, frozen=True):
    """What canceling or sending back comes to: `refund` of it had been paid and goes back, to these means of payment."""

    currency: str
    amount: int
    refund: int
    lines: Sequence[BackLineView]
    to: Sequence[FrontRefundView]


OWN = "/v1/shop/{tenant}/{channel}/orders/{order_id}"


@post(
    "/v1/shop/{tenant}/{channel}/orders",
    scope=None,
    refuses=(*ENTERING, *SELLING_REFUSES, TOO_MANY_PIECES, member.IDENTITY_INVALID, access.CLOSED),
)
async def place_front_order(call: Call, tenant: str, channel: str, data: JSONBody[FrontOrder]) -> Response[OrderedView]:
    """Place a basket: its goods are held until it is paid or `due_at` has passed. All lines or none, at the total that was seen."""
    async with entered(call, tenant, channel) as at:
        await refuse_too_many(at, data.lines)
        wish = order_of(at, data.lines, data, "", _contact(data.contact), data.expected_total_minor)
    limits(call).orders.take(call.client)
    placed = await call.run(checkout.place, wish)
    name = call.ids.show("ord", placed.order_id)
    view = OrderedView(name, order_key(call, placed.order_id), placed.total, placed.currency, placed.due_at)
    return call.created(view, f"/v1/shop/{tenant}/{channel}/orders/{name}")


@get("/v1/shop/{tenant}/{channel}/orders", scope=None, refuses=ENTERING)
async def list_front_orders(call: Call, tenant: str, channel: str, after: Cursor = None, limit: Limit = 20) -> Page[FrontRow]:
    """The orders of whoever is signed in, newest first."""
    async with entered(call, tenant, channel) as at:
        wanted = orders.OrderFilter(channel=channel, member_id=at.member().member_id, before=read(after, int))
        rows = await orders.page(at.tx, wanted, limit)
    views = [FrontRow(call.ids.show("ord", r.order_id), r.status, r.currency, r.total, r.units, r.placed_at) for r in rows]
    return paged(views, limit, [r.order_id for r in rows])


@post(
    "/v1/shop/{tenant}/{channel}/orders/find",
    scope=None,
    status=200,
    repeatable=False,
    refuses=(*ENTERING, member.TOO_OFTEN, order.NOT_YOURS),
)
async def find_front_order(call: Call, tenant: str, channel: str, data: JSONBody[OrderSearch]) -> FoundOrderView:
    """Find an order again by its number and the phone number or e-mail address it was placed with.

    Whether the number or the contact is wrong is not told.
    """
    async with entered(call, tenant, channel) as at:
        limits(call).guesses.take(f"order {call.client}")
        found = await orders.detail(at.tx, [_read(call, data.order.strip())])
        country = at.front.what.country
    if not found or found[0].channel != channel or not _reaches(found[0].contact or {}, data.contact, country):
        raise order.NOT_YOURS("check the number of the order, and the phone number or e-mail address it was placed with")
    return FoundOrderView(data.order.strip(), order_key(call, found[0].order_id))


@get(
    OWN,
    scope=None,
    refuses=(
        *ENTERING,
        order.NOT_YOURS,
    ),
)
async def show_front_order(call: Call, tenant: str, channel: str, order_id: str) -> FrontOrderView:
    """An order of one's own: what is on it, what was paid, where it is, and what can be done about it."""
    async with entered(call, tenant, channel) as at:
        return await _view(call, at, await _own(call, at, order_id))


@post(
    f"{OWN}/payments",
    scope=None,
    refuses=(
        *ENTERING,
        order.NOT_YOURS,
        order.NOT_OPEN,
        payment.MORE_THAN_OWED,
        payment.NO_CHANNEL,
        asset.NO_CARD,
        asset.CARD_STATE,
        asset.NOT_ENOUGH,
        member.TOO_OFTEN,
    ),
)
async def pay_front_order(call: Call, tenant: str, channel: str, order_id: str, data: JSONBody[FrontPay]) -> Response[FrontPaymentView]:
    """Begin to pay an order of one's own: look at the order again until the payment is no longer `started`."""
    async with entered(call, tenant, channel) as at:
        own = await _own(call, at, order_id)
        # Only who has signed in pays with what is kept for them; whoever holds a card's code pays with the card.
        card_id = call.ids.read("crd", data.card) if data.card.startswith("crd_") and at.member() else 0
    if data.method == payment.STORED:
        limits(call).guesses.take(f"card {call.client}")
    elif not call.house.config.simulate_payments:
        raise payment.NO_CHANNEL(f"no channel is set up for {data.method}", pointer="/method")
    wish = pay.Payment(data.method, data.amount_minor, data.script, data.card, data.pin)
    laid = await call.run(pay.start, pay.Pay(own.order_id, wish, card_id))
    if data.method == payment.STORED:
        limits(call).guesses.forget(f"card {call.client}")
    name = call.ids.show("ten", laid.tender_id)
    view = FrontPaymentView(name, laid.method, laid.amount, 0, laid.state, None)
    return call.created(view, f"/v1/shop/{tenant}/{channel}/orders/{order_id}")


@post(f"{OWN}/cancellations", scope=None, status=200, refuses=(*ENTERING, *TAKING_OFF_REFUSES))
async def cancel_front_order(call: Call, tenant: str, channel: str, order_id: str, data: JSONBody[FrontCancel]) -> BackView:
    """Cancel an order of one's own, or lines of it, before it ships. What was paid goes back where it came from."""
    async with entered(call, tenant, channel) as at:
        own = await _own(call, at, order_id)
    done = await call.run(cancel.cancel, _cancellation(own, data))
    return _off(own, done, call.house.clock.now())


@post(f"{OWN}/cancellations/preview", scope=None, status=200, repeatable=False, refuses=(*ENTERING, *TAKING_OFF_REFUSES))
async def preview_front_cancellation(call: Call, tenant: str, channel: str, order_id: str, data: JSONBody[FrontCancel]) -> BackView:
    """What canceling would give back, to the cent. Nothing is kept."""
    async with entered(call, tenant, channel) as at:
        own = await _own(call, at, order_id)
    return _off(own, await call.preview(cancel.cancel, _cancellation(own, data)), call.house.clock.now())


@post(f"{OWN}/returns", scope=None, refuses=(*ENTERING, *RETURN_REFUSES, NO_RETURNS))
async def return_front_goods(call: Call, tenant: str, channel: str, order_id: str, data: JSONBody[FrontReturn]) -> Response[BackView]:
    """Send goods back. The money goes back at once; the goods are counted when somebody has seen them."""
    async with entered(call, tenant, channel) as at:
        own = await _own(call, at, order_id)
        _refuse_late(at, own)
    done = await call.run(return_goods.return_goods, _return(own, data))
    return call.created(_back(done, call.house.clock.now()), f"/v1/shop/{tenant}/{channel}/orders/{order_id}")


@post(f"{OWN}/returns/preview", scope=None, status=200, repeatable=False, refuses=(*ENTERING, *RETURN_REFUSES, NO_RETURNS))
async def preview_front_return(call: Call, tenant: str, channel: str, order_id: str, data: JSONBody[FrontReturn]) -> BackView:
    """What sending back would give back, per line and means of payment, to the cent. Nothing is kept."""
    async with entered(call, tenant, channel) as at:
        own = await _own(call, at, order_id)
        _refuse_late(at, own)
    return _back(await call.preview(return_goods.return_goods, _return(own, data)), call.house.clock.now())


async def _own(call: Call, at: Visit, name: str) -> orders.OrderDetail:
    """An order of this shop that belongs to whoever asks; any other is not there."""
    found = await orders.detail(at.tx, [_read(call, name)])
    if found and found[0].channel == at.channel:
        mine = at.shopper is not None and found[0].member_id == at.shopper.member_id
        if mine or holds_key(call, found[0].order_id):
            return found[0]
    raise order.NOT_YOURS("there is no such order of yours")


def _read(call: Call, name: str) -> int:
    try:
        return call.ids.read("ord", name)
    except Problem:
        raise order.NOT_YOURS("there is no such order of yours") from None


def _contact(given: FrontContact) -> Contact:
    phone = given.phone.strip() and _identity("phone", given.phone, given.country, "/contact/phone")
    email = given.email.strip() and _identity("email", given.email, given.country, "/contact/email")
    if not phone and not email:
        raise INVALID("a phone number or an e-mail address, to be told how the order is doing", pointer="/contact/phone")
    return Contact(given.name, phone, given.region, given.address, email, given.country, given.postal_code)


def _identity(kind: member.Kind, text: str, country: str, pointer: str) -> str:
    known = member.identity(member.Recognize(kind, text, country), pointer)
    if isinstance(known, member.Identity):
        return known.value
    raise known


def _reaches(contact: dict[str, Any], told: str, country: str) -> bool:
    """Whether this is the phone number or e-mail address of a contact, however it is typed."""
    kinds: tuple[member.Kind, ...] = ("phone", "email")
    for kind in kinds:
        known = member.identity(member.Recognize(kind, told, contact.get("country") or country))
        if isinstance(known, member.Identity) and contact.get(kind) == known.value:
            return True
    return False


def _cancellation(own: orders.OrderDetail, wish: FrontCancel) -> cancel.CancelOrder:
    return cancel.CancelOrder(own.order_id, cancel.Cancellation(wish.reason, wish.lines))


def _return(own: orders.OrderDetail, wish: FrontReturn) -> return_goods.ReturnGoods:
    """Units nobody has seen yet cannot be sold again."""
    units = tuple(return_goods.UnitsBack(one.line, one.quantity, restock=False) for one in wish.lines)
    return return_goods.ReturnGoods(own.order_id, return_goods.Return(wish.reason, units))


def _return_until(at: Visit, own: orders.OrderDetail) -> datetime | None:
    days = at.front.what.return_days
    return own.placed_at + timedelta(days=days) if days else None


def _refuse_late(at: Visit, own: orders.OrderDetail) -> None:
    until = _return_until(at, own)
    if until is None:
        raise NO_RETURNS("this shop looks at every return before")
    if at.tx.now > until:
        raise NO_RETURNS("the time to send it back by yourself is over", until=until.isoformat())


def _off(own: orders.OrderDetail, done: cancel.Canceled, now: datetime) -> BackView:
    return BackView(own.currency, done.amount, done.refund, (), _to(done.refunds, now))


def _back(done: return_goods.Returned, now: datetime) -> BackView:
    lines = [BackLineView(line.line, line.quantity, line.refund) for line in done.lines]
    return BackView(done.currency, done.refund, done.refund, lines, _to(done.refunds, now))


def _to(refunds: Sequence[Refunded], now: datetime) -> list[FrontRefundView]:
    return [FrontRefundView(r.method, r.amount, r.state, now) for r in refunds]


async def _view(call: Call, at: Visit, own: orders.OrderDetail) -> FrontOrderView:
    tenders = await payments.of_order(at.tx, own.order_id)
    refunds = await payments.refunds(at.tx, payments.RefundFilter(order_id=own.order_id), EVENTS_MAX)
    parcels = await fulfillment.shipments(at.tx, order_id=own.order_id)
    events = await orders.timeline(at.tx, own.order_id, None, EVENTS_MAX)
    product_of = await storefronts.products_of(at.tx, {line.sku for line in own.lines})
    pictures = await storefronts.pictures(at.tx, set(product_of.values()))
    lines = [_line(line, product_of.get(line.sku), pictures) for line in own.lines]
    charges = await explanations.charges(at.tx, own.order_id)
    rules = await explanations.rules(at.tx, {one.rule for line in own.lines for one in line.adjustments})
    names = {rule: (one.name, one.name_zh) for rule, one in rules.items()}
    names |= await tariffs.named(at.tx, {one.rule for one in charges})
    steps = [StepView(STEPS[e.type], e.at, e.facts.get("amount") or None) for e in events if e.type in STEPS]
    steps += [StepView("delivered", p.delivered_at) for p in parcels if p.delivered_at is not None]
    due = next((leg.due_at for leg in own.payables if leg.paid < leg.amount), None) if own.status == "placed" else None
    plain = ("revision", "status", "placed_at", "currency", "contact", "gross", "discount", "tax", "total")
    same = {name: getattr(own, name) for name in (*plain, "paid", "canceled", "returned", "refunded")}
    return FrontOrderView(
        id=call.ids.show("ord", own.order_id),
        due=sum(leg.amount - leg.paid for leg in own.payables if _open(leg, at)) if own.status == "placed" else 0,
        due_at=due,
        charged=sum(one.payable for one in charges),
        off=deductions([one for line in own.lines for one in line.adjustments], names),
        charges=charged(charges, names),
        lines=lines,
        payments=[FrontPaymentView(call.ids.show("ten", t.tender_id), t.method, t.amount, t.refunded, t.state, t.code) for t in tenders],
        refunds=[FrontRefundView(r.method, r.amount, r.state, r.settled_at or r.requested_at) for r in refunds],
        parcels=[ParcelView(p.carrier, p.tracking_no, p.shipped_at, p.delivered_at, [line.title for line in p.lines]) for p in parcels],
        timeline=sorted(steps, key=lambda step: step.at, reverse=True),
        may=_may(at, own, lines),
        return_until=_return_until(at, own),
        legs=own.payables,
        awaits=own.awaits,
        group=own.group,
        **same,
    )


def _open(leg: orders.PayableRow, at: Visit) -> bool:
    return leg.opens_at is None or leg.opens_at <= at.tx.now


def _line(line: orders.LineRow, product: str | None, pictures: dict[str, tuple[storefronts.PictureRow, ...]]) -> FrontLineView:
    names = ("sku", "title", "quantity", "base_unit", "unit_price", "price_per", "gross", "adjustments", "tax", "payable")
    same = {name: getattr(line, name) for name in (*names, "shipped", "canceled", "returned")}
    picture = pictures.get(product or "", ())
    return FrontLineView(
        line=line.line_no, product=product, picture=picture[0].hash if picture else None, returnable=line.shipped - line.returned, **same
    )


def _may(at: Visit, own: orders.OrderDetail, lines: Sequence[FrontLineView]) -> list[Literal["pay", "cancel", "return"]]:
    until = _return_until(at, own)
    may: list[tuple[Literal["pay", "cancel", "return"], bool]] = [
        ("pay", own.status == "placed" and any(leg.paid < leg.amount and _open(leg, at) for leg in own.payables)),
        (
            "cancel",
            own.status in order.PAYABLE
            and not (own.awaits and own.paid)
            and any(line.quantity > line.shipped + line.canceled for line in lines),
        ),
        ("return", until is not None and at.tx.now <= until and any(line.returnable > 0 for line in lines)),
    ]
    return [word for word, true in may if true]


ROUTES = [
    place_front_order,
    list_front_orders,
    find_front_order,
    show_front_order,
    pay_front_order,
    cancel_front_order,
    preview_front_cancellation,
    return_front_goods,
    preview_front_return,
]
