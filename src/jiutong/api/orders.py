"""Orders: quote and place a basket; look at orders, what happened to them, and how each amount came about."""

from datetime import datetime
from typing import Annotated, Any, get_args

import msgspec
from litestar import Response
from litestar.params import JSONBody, Parameter, QueryParameter

from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Limit, Page
from jiutong.api.instants import instant
from jiutong.api.shell import get, post
from jiutong.capabilities import access, catalog, member, order, pricing, promotion
from jiutong.flows import checkout
from jiutong.flows.checkout import Placed, PlaceOrder, QuotedLine
from jiutong.kernel import points, runner
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.ids import PublicIds
from jiutong.reads import orders

PREFIXES = {
    "order_id": "ord",
    "member_id": "mem",
    "tender_id": "ten",
    "refund_id": "ref",
    "return_id": "ret",
    "work_id": "ful",
    "shipment_id": "shp",
}
STATUSES = ("placed", "paid", "partly_shipped", "shipped", "returned", "canceled", "expired")
COUNT_MAX = 1_000
TEXT_HITS_MAX = 1_000
TYPED_MIN = 3
Text = Annotated[str | None, QueryParameter(max_length=100)]
SELLING_REFUSES = (
    access.UNKNOWN_CHANNEL,
    access.CLOSED,
    catalog.UNKNOWN_SKU,
    catalog.NOT_LISTED,
    catalog.NOT_SELLABLE,
    member.NOT_A_BUYER,
    member.COMPANY_BLOCKED,
    pricing.NO_PRICE,
    pricing.QUOTA_SPENT,
    pricing.NO_TAX_RATE,
    order.DISCOUNT_FLOOR,
    order.TOO_MUCH,
    order.TOTAL_MOVED,
    order.SHORT,
    order.WRONG_COUNTER,
    points.NOT_PLAYED,
    promotion.UNKNOWN_PLAY,
    promotion.PLAY_CLOSED,
    promotion.NOT_IN_PLAY,
    promotion.QUOTA_GONE,
    promotion.MEMBERS_ONLY,
    promotion.GROUP_CLOSED,
    promotion.GROUP_FULL,
    promotion.IN_A_GROUP,
    promotion.NEWCOMERS_ONLY,
    promotion.NEWCOMER_ONCE,
    promotion.HEADS_GONE,
    promotion.LESS_THAN_LEAST,
    promotion.MORE_THAN_MOST,
)


class OrderPlacedView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A quote (no id) or a placed order. Amounts are minor units of `currency`; `unit_price` is per `price_per` base units.

    `adjustments` say by which rule what was taken off which line, and who bears it; `charges` are freight and fees, `charged` with
    their tax; `notes` say of every rule considered what became of it and why: applied, near, beaten or barred; `claims` are
    scarce things it takes besides the goods.
    """

    scene: str
    plan_version: str
    currency: str
    gross: int
    discount: int
    tax: int
    total: int
    due_at: datetime | None
    lines: tuple[QuotedLine, ...]
    id: str | None = None
    charged: int = 0
    adjustments: tuple[order.Adjustment, ...] = ()
    charges: tuple[order.Charge, ...] = ()
    notes: tuple[order.Note, ...] = ()
    claims: tuple[checkout.Claimed, ...] = ()


class OrderRowView(msgspec.Struct, frozen=True):
    """An order in a list."""

    id: str
    status: str
    scene: str
    channel: str
    store: str | None
    member: str | None
    receipt_no: str | None
    currency: str
    total: int
    paid: int
    refunded: int
    units: int
    placed_at: datetime
    canceled: int
    returned: int
    units_shipped: int
    units_canceled: int
    units_returned: int
    buyer: str
    lines: int
    first_title: str
    due_at: datetime | None


class StatusCounts(msgspec.Struct, frozen=True):
    """How many orders stand where, each counted up to a limit (`capped`: there are more)."""

    items: tuple[orders.StatusCount, ...]


class OrderView(msgspec.Struct, frozen=True):
    """One order with everything on it."""

    id: str
    revision: int
    status: str
    scene: str
    plan_version: str
    channel: str
    store: str | None
    seller: str
    member: str | None
    device: str | None
    receipt_no: str | None
    currency: str
    placed_at: datetime
    business_day: int
    contact: Any
    gross: int
    discount: int
    tax: int
    total: int
    paid: int
    canceled: int
    returned: int
    refunded: int
    lines: tuple[orders.LineRow, ...]
    payables: tuple[orders.PayableRow, ...]
    play: str
    """The activity it came through (code@version), or nothing."""

    awaits: str
    """What it waits for besides its money before it ships: its group, or nothing."""

    group: str | None
    """The group of buyers it is in, by its code."""


class EventView(msgspec.Struct, frozen=True):
    """One thing that happened."""

    id: str
    type: str
    at: datetime
    actor: str
    who: str
    facts: Any


@post("/v1/quotes", scope="order:place", status=200, hot=True, refuses=SELLING_REFUSES)
async def quote_order(call: Call, data: JSONBody[PlaceOrder]) -> OrderPlacedView:
    """What this basket would come to now.

    Nothing is held; pass `total` as `expected_total_minor` when placing, and a price that moved meanwhile is told instead of charged.
    """
    async with call.reading() as tx:
        (quoted,) = await checkout.quote(tx, [runner.Call(data, call.scope)])
    if isinstance(quoted, Problem):
        raise quoted
    return _placed(quoted, None)


@post("/v1/orders", scope="order:place", hot=True, refuses=SELLING_REFUSES)
async def place_order(call: Call, data: JSONBody[PlaceOrder]) -> Response[OrderPlacedView]:
    """Place a basket as an order: its goods are held until it is paid or `due_at` has passed.

    All lines or none. Send an Idempotency-Key: repeating the request then answers the same order.
    """
    placed = await call.run(checkout.place, data)
    name = call.ids.show("ord", placed.order_id)
    return call.created(_placed(placed, name), f"/v1/orders/{name}")


@get("/v1/orders", scope="order:read", refuses=(NOT_FOUND,))
async def list_orders(
    call: Call,
    status: str | None = None,
    channel: str | None = None,
    store: str | None = None,
    member: str | None = None,
    phone: str | None = None,
    sku: str | None = None,
    placed_from: datetime | None = None,
    placed_to: datetime | None = None,
    receipt: str | None = None,
    total_from: int | None = None,
    total_to: int | None = None,
    q: Text = None,
    after: str | None = None,
    limit: Limit = 50,
) -> Page[OrderRowView]:
    """Orders, newest first. Filters combine; `phone` is E.164, a member's or the one to deliver to; times are RFC 3339.

    `q` is an order or receipt number, or the beginning of anything its member is recognized by, or part of the member's name or of
    the name or phone number to deliver to; it looks through the newest thousand orders it fits.
    """
    member_id = call.ids.read("mem", member) if member else None
    before = cursors.read(after, int)
    placed = instant(placed_from, "placed_from"), instant(placed_to, "placed_to")
    async with call.reading() as tx:
        ids = await _meant(call, tx, q, phone, before)
        wanted = orders.OrderFilter(status, channel, store, member_id, ids, sku, *placed, receipt, total_from, total_to, before)
        rows = await orders.page(tx, wanted, limit)
    return cursors.paged([_row(row, call.ids) for row in rows], limit, [row.order_id for row in rows])


@get("/v1/orders/counts", scope="order:read", refuses=(NOT_FOUND,))
async def count_orders(
    call: Call,
    channel: str | None = None,
    store: str | None = None,
    member: str | None = None,
    phone: str | None = None,
    sku: str | None = None,
    placed_from: datetime | None = None,
    placed_to: datetime | None = None,
    receipt: str | None = None,
    total_from: int | None = None,
    total_to: int | None = None,
    q: Text = None,
) -> StatusCounts:
    """How many orders of each status these filters leave, each counted up to a thousand."""
    member_id = call.ids.read("mem", member) if member else None
    placed = instant(placed_from, "placed_from"), instant(placed_to, "placed_to")
    async with call.reading() as tx:
        ids = await _meant(call, tx, q, phone, None)
        wanted = orders.OrderFilter(None, channel, store, member_id, ids, sku, *placed, receipt, total_from, total_to)
        found = await orders.counts(tx, wanted, STATUSES, COUNT_MAX)
    return StatusCounts(tuple(found))


@get("/v1/orders/{order_id:str}", scope="order:read")
async def show_order(call: Call, order_id: str) -> Response[OrderView]:
    """One order: lines with every price adjustment and who bears it, what is owed and paid, and progress."""
    async with call.reading() as tx:
        found = await orders.detail(tx, [call.ids.read("ord", order_id)])
    if not found:
        raise NOT_FOUND(f"no order {order_id}")
    return call.tagged(_view(found[0], call.ids), found[0].revision)


@get("/v1/orders/{order_id:str}/timeline", scope="order:read")
async def show_timeline(call: Call, order_id: str, after: str | None = None, limit: Limit = 50) -> Page[EventView]:
    """What happened to an order, its works and its parcels, latest first: who did what, and the facts. `who` is their name."""
    subject = call.ids.read("ord", order_id)
    async with call.reading() as tx:
        rows = await orders.traced(tx, subject, cursors.read(after, int), limit)
        numbers = await orders.line_numbers(tx, subject)
    views = [
        EventView(call.ids.show("evt", row.event_id), row.type, row.at, row.actor, row.who, public_facts(row.facts, numbers, call.ids))
        for row in rows
    ]
    return cursors.paged(views, limit, [row.event_id for row in rows])


@get("/v1/receipts/{store:str}/{device:str}/{receipt_no:str}", scope="order:read")
async def find_receipt(
    call: Call, store: str, device: str, receipt_no: Annotated[str, Parameter(description="As printed on the receipt")]
) -> Response[OrderView]:
    """The order behind a till's receipt."""
    async with call.reading() as tx:
        order_id = await orders.receipt(tx, store, device, receipt_no)
        found = await orders.detail(tx, [order_id]) if order_id is not None else []
    if not found:
        raise NOT_FOUND(f"no receipt {receipt_no} of till {device} in store {store}")
    return call.tagged(_view(found[0], call.ids), found[0].revision)


def public_facts(facts: dict[str, Any], numbers: dict[int, int], ids: PublicIds) -> dict[str, Any]:
    """An event's facts in public names: ids by their prefix, lines by their number, other internal ids left out."""
    told: dict[str, Any] = {}
    for word, value in facts.items():
        if word in {"units", "short"}:
            told["lines" if word == "units" else word] = [
                {"line": numbers.get(line_id), "quantity": quantity} for line_id, quantity, *_ in value
            ]
        elif word in PREFIXES:
            told[word.removesuffix("_id")] = None if value is None else ids.show(PREFIXES[word], value)
        elif not word.endswith("_id") and word != "lines":
            told[word] = value
    return told


def _placed(placed: Placed, name: str | None) -> OrderPlacedView:
    return OrderPlacedView(
        placed.scene,
        placed.plan_version,
        placed.currency,
        placed.gross,
        placed.discount,
        placed.tax,
        placed.total,
        placed.due_at,
        placed.lines,
        name,
        placed.charged,
        placed.adjustments,
        placed.charges,
        placed.notes,
        placed.claims,
    )


async def _meant(call: Call, tx: Tx, text: str | None, phone: str | None, before: int | None) -> list[int] | None:
    """The orders that a text or a phone number means; None when neither was given."""
    meant: list[list[int]] = []
    if phone:
        meant.append(await orders.of_phone(tx, phone, before, TEXT_HITS_MAX))
    if text and text.strip():
        typed = text.strip()
        try:
            meant.append([call.ids.read("ord", typed)])
        except Problem:
            beginnings = [member.Identity(kind, one) for kind in get_args(member.Kind) for one in member.beginnings(kind, typed)]
            wanted = [one for one in beginnings if len(one.value) >= TYPED_MIN]
            meant.append(await orders.named(tx, typed, wanted, before, TEXT_HITS_MAX))
    if not meant:
        return None
    return sorted(set(meant[0]).intersection(*meant[1:]), reverse=True)


def _member(member_id: int | None, ids: PublicIds) -> str | None:
    return None if member_id is None else ids.show("mem", member_id)


def _row(row: orders.OrderRow, ids: PublicIds) -> OrderRowView:
    same = {name: getattr(row, name) for name in OrderRowView.__struct_fields__ if name not in {"id", "member"}}
    return OrderRowView(id=ids.show("ord", row.order_id), member=_member(row.member_id, ids), **same)


def _view(found: orders.OrderDetail, ids: PublicIds) -> OrderView:
    same = {name: getattr(found, name) for name in OrderView.__struct_fields__ if name not in {"id", "member"}}
    return OrderView(id=ids.show("ord", found.order_id), member=_member(found.member_id, ids), **same)


ROUTES = [quote_order, place_order, list_orders, count_orders, show_order, show_timeline, find_receipt]
