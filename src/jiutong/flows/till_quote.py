"""What a receipt would come to now, and what else its member could use. Reads only: nothing is taken, nobody is made a member."""

from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, asset, member, order, promotion
from jiutong.capabilities.member import Recognize
from jiutong.flows import facts as loaded
from jiutong.flows.counter import TillLine, TillSale, basket_of, unauthorized
from jiutong.flows.words import Code, Minor, TakeOff
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import plan_of
from jiutong.kernel.runner import Call

OFFERED_MAX = 10
EVERYTHING = 10**12


class TillQuote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A receipt before anything is paid: what is scanned, for whom, and which of their rights are used."""

    store: Code
    device: Code
    lines: Annotated[tuple[TillLine, ...], Meta(min_length=1, max_length=2000)]
    adjustments: Annotated[tuple[TakeOff, ...], Meta(max_length=20)] = ()
    member: Recognize | None = None
    coupons: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    points: Annotated[int, Meta(ge=0, le=10**12)] = 0
    red_packet_minor: Minor = 0


class TillQuotedLine(msgspec.Struct, frozen=True):
    """A line as it would be rung up; amounts in minor units, `unit_price` per `price_per` base units."""

    line_no: int
    sku: str
    quantity: int
    unit_price: int
    price_per: int
    price_source: str
    gross: int
    discount: int
    tax: int
    payable: int


class CouponOffered(msgspec.Struct, frozen=True):
    """A coupon in hand: what it takes off this receipt, beside what else is used. `why` it takes nothing is a stable code."""

    code: str
    name: str
    name_zh: str
    used: bool
    amount: int
    why: str = ""


class BurnOffered(msgspec.Struct, frozen=True):
    """So many units could pay for `amount` minor units of this receipt, and `used` of them do; none where there is nothing to use."""

    units: int
    amount: int
    used: int = 0


class TillQuoted(msgspec.Struct, frozen=True):
    """What a receipt comes to now. Sent without amounts of its own and with tenders of `total` it is booked as quoted.

    `member_id` is whoever it was priced for: nobody, where the member is not known yet. `earns`: the points they would earn by it.
    """

    currency: str
    plan_version: str
    member_id: int | None
    gross: int
    discount: int
    tax: int
    total: int
    lines: tuple[TillQuotedLine, ...]
    adjustments: tuple[order.Adjustment, ...]
    notes: tuple[order.Note, ...]
    coupons: tuple[CouponOffered, ...]
    points: BurnOffered
    red_packets: BurnOffered
    earns: int


async def quote(tx: Tx, call: Call[TillQuote]) -> TillQuoted | Problem:
    """What ringing this up now would come to."""
    try:
        return await _quoted(tx, call)
    except Again:
        return await _quoted(tx, call)  # what has changed is forgotten now


async def _quoted(tx: Tx, call: Call[TillQuote]) -> TillQuoted | Problem:
    basket = await _basket(tx, call)
    if isinstance(basket, Problem):
        return basket
    holding = basket.member_id is not None
    with_all = msgspec.structs.replace(basket, coupons=None, points=EVERYTHING, red_packet_minor=EVERYTHING)
    facts = await loaded.load(tx, [basket, with_all] if holding else [basket])
    await loaded.verify(tx)
    facts = _knowing_what_is_in_hand(facts)
    draft = _draft(basket, facts)
    if isinstance(draft, Problem):
        return draft
    nothing = BurnOffered(0, 0)
    return TillQuoted(
        draft.currency,
        draft.plan_version,
        draft.member_id,
        draft.gross,
        draft.discount,
        draft.tax,
        draft.total,
        _lines(draft, call.command),
        draft.adjustments,
        draft.notes,
        _coupons(basket, draft, facts) if holding else (),
        _burned(basket, draft, "points", facts) if holding else nothing,
        _burned(basket, draft, "red_packet", facts) if holding else nothing,
        await _earns(tx, basket, draft, facts) if holding else 0,
    )


async def _basket(tx: Tx, call: Call[TillQuote]) -> order.Basket | Problem:
    wish = call.command
    stores = await access.stores(tx, [wish.store])
    devices = await access.devices(tx, [(wish.store, wish.device)])
    store, device = stores.get(wish.store), devices.get((wish.store, wish.device))
    if store is None:
        return access.UNKNOWN_STORE(f"no store {wish.store}", pointer="/store")
    if device is None or not device.active:
        return access.UNKNOWN_DEVICE(f"no till {wish.device} in store {wish.store}", pointer="/device")
    if not store.open:
        return access.CLOSED(f"store {wish.store} is closed", pointer="/store")
    sale = Call(_unpaid(wish), call.scope)
    problem = unauthorized(sale)
    if problem is not None:
        return problem
    channels = await access.channels_by_id(tx, [store.channel_id])
    found = await member.find(tx, {0: wish.member} if wish.member else {})
    return basket_of(tx, sale, store, device.device_id, channels[store.channel_id], found.get(0), _unnamed)


def _unpaid(wish: TillQuote) -> TillSale:
    """The sale it would be; a quote has no receipt number."""
    return TillSale(
        wish.store,
        wish.device,
        "",
        wish.lines,
        adjustments=wish.adjustments,
        member=wish.member,
        coupons=wish.coupons,
        points=wish.points,
        red_packet_minor=wish.red_packet_minor,
    )


def _unnamed() -> int:
    """A quote has no id, and uses none up."""
    return 0


def _knowing_what_is_in_hand(facts: loaded.Facts) -> loaded.Facts:
    """The facts, with every coupon in hand known by its code: so that each can be tried."""
    known = facts.deals.coupons
    by_code = {one.code: one for own in known.by_member.values() for one in own}
    coupons = promotion.CouponFacts(known.by_member, by_code | known.by_code)
    return msgspec.structs.replace(facts, deals=msgspec.structs.replace(facts.deals, coupons=coupons))


def _draft(basket: order.Basket, facts: loaded.Facts) -> order.OrderDraft | Problem:
    plan = plan_of(basket.scene)
    return order.draft(basket, plan.fold(basket, facts, order.NOTHING), plan.version)


def _lines(draft: order.OrderDraft, wish: TillQuote) -> tuple[TillQuotedLine, ...]:
    return tuple(
        TillQuotedLine(
            made.line_no,
            line.sku,
            made.quantity,
            made.unit_price,
            made.price_per,
            made.price_source,
            made.gross,
            made.discount,
            made.tax,
            made.payable,
        )
        for line, made in zip(wish.lines, draft.lines, strict=True)
    )


def _coupons(basket: order.Basket, draft: order.OrderDraft, facts: loaded.Facts) -> tuple[CouponOffered, ...]:
    """The coupons in hand, those that end first first: each tried beside those that are used, or taken away from them."""
    in_hand = facts.deals.coupons.by_member.get(basket.member_id or 0, ())[:OFFERED_MAX]
    offered: list[CouponOffered] = []
    for coupon in in_hand:
        others = tuple(code for code in basket.coupons or () if promotion.typed_coupon(code) != coupon.code)
        used = len(others) < len(basket.coupons or ())
        other = _draft(msgspec.structs.replace(basket, coupons=others if used else (*others, coupon.code)), facts)
        if isinstance(other, Problem):
            amount, why = 0, str(other.facts.get("why", other.code))
        else:
            amount, why = (draft.discount - other.discount if used else other.discount - draft.discount), ""
        offered.append(CouponOffered(coupon.code, coupon.terms.name, coupon.terms.name_zh, used, amount, why))
    return tuple(offered)


def _burned(basket: order.Basket, draft: order.OrderDraft, kind: str, facts: loaded.Facts) -> BurnOffered:
    """How much of a kind this receipt takes, and would take if the member used all they may."""
    used, _ = order.paid_with(draft, kind)
    more = {"points": EVERYTHING} if kind == "points" else {"red_packet_minor": EVERYTHING}
    most = _draft(msgspec.structs.replace(basket, **more), facts)
    if isinstance(most, Problem):
        return BurnOffered(0, 0, used)
    return BurnOffered(*order.paid_with(most, kind), used)


async def _earns(tx: Tx, basket: order.Basket, draft: order.OrderDraft, facts: loaded.Facts) -> int:
    """The points its buyer earns if it is rung up so."""
    buyer = facts.buyers.get(draft.member_id or 0)
    channels = await access.channels_by_id(tx, [draft.channel_id])
    lines = tuple(
        asset.SoldLine(line.line_id, made.quantity, 0, made.gross - made.discount, facts.skus[line.sku].categories)
        for line, made in zip(basket.lines, draft.lines, strict=True)
    )
    sold = asset.SoldOrder(
        draft.order_id, draft.member_id or 0, draft.currency, channels[draft.channel_id].code, buyer.level if buyer else "", True, lines
    )
    return asset.would_earn(sold, facts.programmes.get("points", ()), draft.placed_at)
