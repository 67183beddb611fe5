"""Flash sales, reservations and what stands between a shopper and the goods, in a storefront: with honest numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from litestar import Response

from jiutong.api.call import Call
from jiutong.api.entrance import ENTERING, Visit, entered
from jiutong.api.flash_sales import items_of
from jiutong.api.shell import get, post
from jiutong.capabilities import access, catalog, member, promotion
from jiutong.flows import reserve
from jiutong.reads import gates as reads
from jiutong.reads import storefronts

SIGNING_REFUSES = (promotion.SIGNUP_CLOSED, promotion.SIGNUP_FULL, promotion.SIGNUP_NOT_YOU)


class FlashItemView(msgspec.Struct, frozen=True):
    """A SKU of a flash sale. `left` can be bought now; `held` are in orders not paid yet and may come back."""

    sku: str
    product: str | None
    price_minor: int
    allotment: int
    left: int
    held: int
    per_member: int
    per_order: int


class FrontFlashSale(msgspec.Struct, frozen=True):
    """A flash sale here: `phase` at the server's time. `entry` play: order with its code as `play`."""

    code: str
    name: str
    name_zh: str
    currency: str
    phase: Literal["before", "running", "sold_out"]
    entry: Literal["automatic", "play"]
    begins_at: datetime
    ends_at: datetime
    items: Sequence[FlashItemView]


class FlashSalesView(msgspec.Struct, frozen=True):
    """What is sold in a flash here, now and next. `at` is the server's time: count down from it, not from the device's clock."""

    at: datetime
    items: Sequence[FrontFlashSale]


class FrontReservation(msgspec.Struct, frozen=True):
    """A reservation here. `left` places (null: there is room for all); `mine` is where the shopper stands, null if not signed up."""

    code: str
    name: str
    name_zh: str
    mode: Literal["first_come", "draw"]
    skus: Sequence[str]
    phase: Literal["before", "signing", "between", "buying"]
    signup_from: datetime
    signup_to: datetime
    buy_from: datetime
    buy_to: datetime
    units_each: int
    places: int
    signed: int
    left: int | None
    mine: Literal["waiting", "granted", "lost"] | None


class ReservationsView(msgspec.Struct, frozen=True):
    """What can be signed up for here, or bought by those who have. `at` is the server's time."""

    at: datetime
    items: Sequence[FrontReservation]


class SignedView(msgspec.Struct, frozen=True):
    """Where a shopper who signed up stands."""

    code: str
    state: str


class TermView(msgspec.Struct, frozen=True):
    """What stands between this shopper and a SKU, be it open or not: in the words of the rule, with what would open it.

    `left` of `of` units can be had; `needs` are regions, certificates, levels … it asks for; `at` when it opens.
    """

    sku: str
    kind: promotion.GateKind
    rule: str
    name: str
    name_zh: str
    open: bool
    why: str
    reason: str
    reason_zh: str
    left: int | None
    of: int | None
    period: str
    needs: Sequence[str]
    at: datetime | None
    until: datetime | None


class TermsView(msgspec.Struct, frozen=True):
    """All terms of a product's SKUs for whoever asks."""

    at: datetime
    items: Sequence[TermView]


@get("/v1/shop/{tenant}/{channel}/flash-sales", scope=None, refuses=ENTERING)
async def list_front_flash_sales(call: Call, tenant: str, channel: str) -> FlashSalesView:
    """Flash sales that run here or will, with what is left of each SKU, by their beginning."""
    async with entered(call, tenant, channel) as at:
        standing = await _standing(at)
        whats = [(one.code, one.what) for one in standing if isinstance(one.what, promotion.FlashSale)]
        counts = await items_of(at.tx, whats)
        products = await storefronts.products_of(at.tx, {item.sku for _, what in whats for item in what.items})
        now = at.tx.now
    views: list[FrontFlashSale] = []
    for (code, what), own in zip(whats, counts, strict=True):
        items = [
            FlashItemView(
                item.sku, products.get(item.sku), item.price_minor, item.allotment, one.left, one.held, item.per_member, item.per_order
            )
            for item, one in zip(what.items, own, strict=True)
        ]
        phase = "before" if now < what.begins_at else "running" if any(one.left for one in items) else "sold_out"
        views.append(FrontFlashSale(code, what.name, what.name_zh, what.currency, phase, what.entry, what.begins_at, what.ends_at, items))
    return FlashSalesView(now, sorted(views, key=lambda one: (one.begins_at, one.code)))


@get("/v1/shop/{tenant}/{channel}/reservations", scope=None, refuses=ENTERING)
async def list_front_reservations(call: Call, tenant: str, channel: str) -> ReservationsView:
    """Reservations that stand here or will; whoever has signed in learns where they stand."""
    async with entered(call, tenant, channel) as at:
        standing = [one for one in await _standing(at) if isinstance(one.what, promotion.Reservation)]
        signed = await reads.signups(at.tx, [one.code for one in standing]) if standing else {}
        mine: Mapping[tuple[int, int], promotion.Signup] = {}
        if at.shopper is not None:
            mine = await promotion.signups(at.tx, [(one.gate_id, at.shopper.member_id) for one in standing])
        who = at.shopper.member_id if at.shopper else 0
        now = at.tx.now
    views = [
        _reservation(one, one.what, signed[one.code].signed if one.code in signed else 0, mine.get((one.gate_id, who)), now)
        for one in standing
        if isinstance(one.what, promotion.Reservation)
    ]
    return ReservationsView(now, sorted(views, key=lambda one: (one.signup_from, one.code)))


@post("/v1/shop/{tenant}/{channel}/reservations/{code}/signups", scope=None, refuses=(*ENTERING, *SIGNING_REFUSES))
async def sign_up_front(call: Call, tenant: str, channel: str, code: str) -> Response[SignedView]:
    """Sign up for a reservation. Who has signed up already is told so again."""
    async with entered(call, tenant, channel) as at:
        who = at.member().member_id
    done = await call.run(reserve.sign_up, reserve.SignUp(code, channel, who))
    return call.created(SignedView(done.code, done.state), f"/v1/shop/{tenant}/{channel}/reservations")


@get("/v1/shop/{tenant}/{channel}/products/{code}/terms", scope=None, refuses=(*ENTERING, catalog.UNKNOWN_PRODUCT))
async def show_front_terms(call: Call, tenant: str, channel: str, code: str, region: str = "") -> TermsView:
    """What stands between this shopper and the SKUs of a product: limits, restrictions, flash sales, reservations.

    `region` is where it shall go (US/CA); without one, what depends on it is told as not known.
    """
    async with entered(call, tenant, channel) as at:
        names = await reads.skus_of(at.tx, code)
        if not names:
            raise catalog.UNKNOWN_PRODUCT(f"this shop has no {code!r}")
        skus = await catalog.skus(at.tx, names)
        lines = tuple(
            promotion.BuyingLine(no, sku.code, sku.sku_id, 1, sku.brand, sku.categories) for no, sku in enumerate(skus.values(), 1)
        )
        buyer = None
        if at.shopper is not None:
            buyer = (await member.buyers(at.tx, [at.shopper.member_id], ())).get(at.shopper.member_id)
        buying = promotion.Buying(
            at.tx.now,
            access.business_day(at.tx.now, at.front.time_zone),
            at.front.channel_id,
            lines,
            at.shopper.member_id if at.shopper else None,
            buyer.company_id if buyer else 0,
            buyer.level if buyer else "",
            buyer.groups if buyer else (),
            buyer.role if buyer else "",
            region,
        )
        facts = await promotion.gate_facts(at.tx, [buying])
        judged = promotion.judge_all(buying, facts, {line.line_no: (10**12, 0, 1) for line in lines}, at.front.currency)
    by_no = {line.line_no: line.sku for line in lines}
    return TermsView(buying.at, [_term(one, by_no[no]) for one in judged.remarks for no in one.lines])


async def _standing(at: Visit) -> list[promotion.GateVersion]:
    """Gates of this channel whose time is not over."""
    standing = await promotion.gates(at.tx)
    return [one for one in standing if one.ends_at > at.tx.now and (not one.channel_ids or at.front.channel_id in one.channel_ids)]


def _reservation(
    one: promotion.GateVersion, what: promotion.Reservation, signed: int, mine: promotion.Signup | None, now: datetime
) -> FrontReservation:
    opened: list[tuple[Literal["before", "signing", "between", "buying"], datetime]] = [
        ("before", what.signup_from),
        ("signing", what.signup_to),
        ("between", what.buy_from),
    ]
    phase = "buying" if now >= what.buy_from else next(word for word, until in opened if now < until)
    return FrontReservation(
        one.code,
        what.name,
        what.name_zh,
        what.mode,
        what.skus,
        phase,
        what.signup_from,
        what.signup_to,
        what.buy_from,
        what.buy_to,
        what.units_each,
        what.places,
        signed,
        max(what.places - signed, 0) if what.places and what.mode == "first_come" else None,
        mine.state if mine else None,
    )


def _term(one: promotion.Remark, sku: str) -> TermView:
    left = one.left if one.kind != "limit" or one.left is None or one.outcome == "barred" else one.left + 1
    return TermView(
        sku, one.kind, one.rule, one.name, one.name_zh, one.outcome != "barred", one.why, one.reason, one.reason_zh, left, one.of,
        one.period, one.needs, one.at, one.until,
    )  # fmt: skip


ROUTES = [list_front_flash_sales, list_front_reservations, sign_up_front, show_front_terms]
