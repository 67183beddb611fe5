"""The till: a receipt in one call or a queue of them, the goods it keeps for when we cannot be reached, and what it is allowed then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response
from litestar.params import JSONBody, QueryParameter

from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.shell import get, post
from jiutong.capabilities import access, catalog, order, pricing, promotion
from jiutong.capabilities import store as room
from jiutong.flows import till_quote
from jiutong.flows.counter import TillSale, receipt_key
from jiutong.flows.settle_receipts import Refused, note_refused
from jiutong.flows.till_sale import Rung, till_sale
from jiutong.kernel.errors import INVALID, NOT_FOUND, Problem
from jiutong.kernel.runner import Answer
from jiutong.kernel.runner import Call as Ordered
from jiutong.reads import till

SYNC_MAX = 200
SYNC_BYTES_MAX = 8 << 20
GOODS_MAX = 2_000
"""Rows of one page of what a till keeps: a whole catalog in some dozens of requests, not hundreds."""

BOOKED_BEFORE = frozenset({"order.receipt_taken", "idempotency.key_reused"})
ASK_AGAIN_FROM = 500


class SaleView(msgspec.Struct, frozen=True):
    """A sale as booked. Amounts are minor units of `currency`; lines are (sku, quantity, payable)."""

    id: str
    receipt_no: str
    currency: str
    gross: int
    discount: int
    tax: int
    total: int
    lines: tuple[tuple[str, int, int], ...]
    member: str | None


class TillQuotedView(msgspec.Struct, frozen=True):
    """What a receipt comes to now. Amounts are minor units of `currency`; `unit_price` is per `price_per` base units.

    `adjustments` say by which rule what was taken off which line, and who bears it; `notes` say of every rule considered what became
    of it and why. `member` is whoever it was priced for, `coupons` what they have in hand; `points` and `red_packets` the most of
    each this receipt takes, and what that pays; `earns` the points they would have by it.
    """

    currency: str
    plan_version: str
    member: str | None
    gross: int
    discount: int
    tax: int
    total: int
    lines: tuple[till_quote.TillQuotedLine, ...]
    adjustments: tuple[order.Adjustment, ...]
    notes: tuple[order.Note, ...]
    coupons: tuple[till_quote.CouponOffered, ...]
    points: till_quote.BurnOffered
    red_packets: till_quote.BurnOffered
    earns: int


class Sync(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A till's queue, in the order of its chain."""

    receipts: Annotated[tuple[TillSale, ...], msgspec.Meta(min_length=1, max_length=SYNC_MAX)]


class Synced(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a receipt.

    accepted: it is booked. already: it was booked before. refused: it could not be booked and is kept for the manager; the till may
    forget it. again: send it again, nothing was decided.
    """

    receipt_no: str
    state: Literal["accepted", "already", "refused", "again"]
    order: str | None = None
    total: int | None = None
    refusal: str = ""
    title: str = ""
    detail: str = ""


class SyncedView(msgspec.Struct, frozen=True):
    """What became of each receipt, in the order sent."""

    receipts: tuple[Synced, ...]


class TillShift(msgspec.Struct, frozen=True):
    """The open shift of a till."""

    id: str
    shift_no: int
    opened_at: datetime
    opening_float: int
    counted: bool


class Lease(msgspec.Struct, frozen=True):
    """What a till may do without us, from `now` on: so many receipts, worth so much, for so long.

    `head_seq` and `head_hash` are where its chain of receipts ends here.
    """

    now: datetime
    store: str
    store_name: str
    seller_name: str
    device: str
    active: bool
    currency: str
    time_zone: str
    shifts_required: bool
    offline_count_max: int
    offline_amount_max: int
    offline_until: datetime
    offline_hours_max: int
    head_seq: int
    head_hash: str
    shift: TillShift | None


class GoodsPage(msgspec.Struct, frozen=True):
    """Part of what a till keeps. `version` is the instant it is of: ask for what has changed `since` then."""

    version: datetime
    currency: str
    items: Sequence[till.Goods]
    next: str | None


@post(
    "/v1/till/sales",
    scope="till:sell",
    hot=True,
    refuses=(
        access.UNKNOWN_STORE,
        access.UNKNOWN_DEVICE,
        access.CLOSED,
        catalog.UNKNOWN_SKU,
        pricing.NO_PRICE,
        order.TOO_MUCH,
        order.TENDERS_DIFFER,
        order.WRONG_COUNTER,
        order.RECEIPT_TAKEN,
        room.NO_SHIFT,
        room.SHIFT_COUNTED,
    ),
)
async def ring_up(call: Call, data: JSONBody[TillSale]) -> Response[SaleView]:
    """Ring up a receipt: lines, tenders and member in one call.

    `(store, device, receipt_no)` is the receipt's name and its idempotency key: sent again, also after a day offline and
    from a second tab, it is the same sale. With `chain` it takes its place among the till's receipts.
    """
    rung = await call.run(till_sale, data)
    name = call.ids.show("ord", rung.order_id)
    return call.created(_view(rung, name, call), f"/v1/orders/{name}")


@post("/v1/till/sync", scope="till:sell", status=200, repeatable=False, body_bytes_max=SYNC_BYTES_MAX)
async def sync_receipts(call: Call, data: JSONBody[Sync]) -> SyncedView:
    """Send a till's queue, oldest first; each receipt is told of on its own.

    Sending it again, from wherever, changes nothing. A receipt that cannot be booked is kept with everything on it and shown to the
    manager (`GET /v1/till/exceptions`): it is never lost, and the till goes on.
    """
    till_ = {(one.store, one.device) for one in data.receipts}
    if len(till_) != 1:
        raise INVALID("one till sends its own receipts", pointer="/receipts")
    for no, one in enumerate(data.receipts):
        if one.chain is None or one.sold_at is None:
            missing = "chain" if one.chain is None else "sold_at"
            raise INVALID("a receipt of a queue says its place and its time", pointer=f"/receipts/{no}/{missing}")
    ((store, device),) = till_
    told = await call.house.runner.run_all(till_sale, [Ordered(one, call.scope) for one in data.receipts], [None] * len(data.receipts))
    async with call.reading() as tx:
        known = await till.known(tx, store, device, [one.receipt_no for one in data.receipts])
    synced: list[Synced] = []
    refused: list[Ordered[Refused]] = []
    for one, outcome in zip(data.receipts, told, strict=True):
        result = _synced(one, outcome, known.get(one.receipt_no), call)
        synced.append(result)
        if result.state == "refused" and isinstance(outcome, Problem):
            refused.append(Ordered(_refused(one, outcome), call.scope))
    kept = await call.house.runner.run_all(note_refused, refused, [None] * len(refused)) if refused else []
    lost = {one.command.what.receipt_no for one, outcome in zip(refused, kept, strict=True) if isinstance(outcome, Problem)}
    return SyncedView(tuple(msgspec.structs.replace(one, state="again") if one.receipt_no in lost else one for one in synced))


@post(
    "/v1/till/quotes",
    scope="till:sell",
    status=200,
    repeatable=False,
    refuses=(
        access.UNKNOWN_STORE,
        access.UNKNOWN_DEVICE,
        access.CLOSED,
        catalog.UNKNOWN_SKU,
        pricing.NO_PRICE,
        order.TOO_MUCH,
        order.DISCOUNT_FLOOR,
        promotion.UNKNOWN_COUPON,
        promotion.COUPON_UNUSABLE,
    ),
)
async def quote_receipt(call: Call, data: JSONBody[till_quote.TillQuote]) -> TillQuotedView:
    """What ringing this up now would come to: every deduction with who bears it and why, and what the member could use besides.

    Nothing is booked or held. Sent as a receipt without amounts of its own and with tenders of `total`, it is booked as quoted; if the
    total has moved meanwhile, it is refused (`order.tenders_differ`) with the new one.
    """
    async with call.reading() as tx:
        quoted = await till_quote.quote(tx, Ordered(data, call.scope))
    if isinstance(quoted, Problem):
        raise quoted
    return _quoted(quoted, call)


@get("/v1/till/lease", scope="till:sell", refuses=(NOT_FOUND,))
async def show_lease(call: Call, store: str, device: str) -> Lease:
    """What a till is, what it is doing, and what it may do without us. Asked now and then, it is also how a till knows we are there."""
    async with call.reading() as tx:
        row = await till.till(tx, store, device)
        if row is None:
            raise NOT_FOUND(f"no till {device} in store {store}")
        shifts = await till.shifts(tx, store, device, True, None, 1)
    now = call.house.clock.now()
    shift = shifts[0] if shifts else None
    return Lease(
        now=now,
        store=row.store,
        store_name=row.store_name,
        seller_name=row.seller_name,
        device=row.device,
        active=row.active,
        currency=row.currency,
        time_zone=row.time_zone,
        shifts_required=row.policy.shifts_required,
        offline_count_max=row.policy.offline_count_max,
        offline_amount_max=row.policy.offline_amount_max,
        offline_hours_max=row.policy.offline_hours_max,
        offline_until=room.lasts_until(now, row.policy),
        head_seq=row.head_seq,
        head_hash=row.head_hash,
        shift=TillShift(
            call.ids.show("shf", shift.shift_id), shift.shift_no, shift.opened_at, shift.opening_float, shift.counted_at is not None
        )
        if shift
        else None,
    )


@get("/v1/till/catalog", scope="till:sell", refuses=(NOT_FOUND,))
async def list_till_goods(
    call: Call,
    store: str,
    after: cursors.Cursor = None,
    since: datetime | None = None,
    code: Annotated[str | None, QueryParameter(min_length=1, max_length=64, description="Only what has this code or barcode.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=GOODS_MAX, description="Rows per page.")] = GOODS_MAX,
) -> GoodsPage:
    """What a store sells now, as a till keeps it; `since` an instant only what has changed, with what is no longer sold.

    Codes, titles, prices, tax and packs; barcodes without leading zeros. Page by page, in no order a person would like.
    """
    if since is not None and since.tzinfo is None:
        raise INVALID("give it with its offset", pointer="/since")
    async with call.reading() as tx:
        places = await access.stores(tx, [store])
        if store not in places:
            raise NOT_FOUND(f"no store {store}")
        channels = await access.channels_by_id(tx, [places[store].channel_id])
        named = None if code is None else await catalog.skus(tx, [code])
        only = None if named is None else [one.sku_id for one in named.values()]
        rows = await till.goods(tx, store, cursors.read(after, int), since, only, limit + 1)
    page = cursors.paged([one for _, one in rows], limit, [sku_id for sku_id, _ in rows])
    return GoodsPage(call.house.clock.now(), channels[places[store].channel_id].currency, page.items, page.next)


def _synced(one: TillSale, outcome: Answer[Rung] | Problem, known: till.Known | None, call: Call) -> Synced:
    if not isinstance(outcome, Problem):
        rung = outcome.result
        state = "already" if outcome.replayed else "accepted"
        return Synced(one.receipt_no, state, call.ids.show("ord", rung.order_id), rung.total)
    if outcome.code in BOOKED_BEFORE and known is not None and known.hash == _hash(one):
        return Synced(one.receipt_no, "already", None if known.order_id is None else call.ids.show("ord", known.order_id))
    state = "again" if outcome.status >= ASK_AGAIN_FROM or outcome.code in {"access.unknown_store", "access.unknown_device"} else "refused"
    title = outcome.type.title_zh if call.zh else outcome.type.title
    return Synced(one.receipt_no, state, refusal=outcome.code, title=title, detail=outcome.detail)


def _hash(one: TillSale) -> str:
    if one.chain is None or one.sold_at is None:
        return ""
    return room.fingerprint(one.chain, receipt_key(one), one.sold_at, one.lines, one.tenders)


def _refused(one: TillSale, problem: Problem) -> Refused:
    what = room.RefusedReceipt(one.store, one.device, one.receipt_no, problem.code, problem.detail, msgspec.Raw(msgspec.json.encode(one)))
    if one.chain is None or one.sold_at is None:
        raise INVALID("a receipt of a queue says its place and its time", pointer="/receipts")
    return Refused(what, one.chain, _hash(one), one.sold_at)


def _view(rung: Rung, name: str, call: Call) -> SaleView:
    member = None if rung.member_id is None else call.ids.show("mem", rung.member_id)
    return SaleView(name, rung.receipt_no, rung.currency, rung.gross, rung.discount, rung.tax, rung.total, rung.lines, member)


def _quoted(quoted: till_quote.TillQuoted, call: Call) -> TillQuotedView:
    return TillQuotedView(
        quoted.currency,
        quoted.plan_version,
        None if quoted.member_id is None else call.ids.show("mem", quoted.member_id),
        quoted.gross,
        quoted.discount,
        quoted.tax,
        quoted.total,
        quoted.lines,
        quoted.adjustments,
        quoted.notes,
        quoted.coupons,
        quoted.points,
        quoted.red_packets,
        quoted.earns,
    )


ROUTES = [ring_up, quote_receipt, sync_receipts, show_lease, list_till_goods]
