"""Coupons in a storefront: what can be claimed now, and what one has in hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from litestar import Response

from jiutong.api.call import Call
from jiutong.api.coupons import GIVING_REFUSES, CouponGivenView
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.entrance import ENTERING, entered
from jiutong.api.rows import code_of
from jiutong.api.shell import get, post
from jiutong.capabilities import member, order, promotion
from jiutong.flows import maintain_coupons as maintain
from jiutong.reads import coupons as reads


class OfferedView(msgspec.Struct, frozen=True):
    """Coupons that are given out. `mine` of `most` (0: as many as there are) are the shopper's already.

    `standing`: can be claimed, all are gone (`none_left`), the shopper has theirs (`have`), is not meant (`not_for_you`), or has to
    sign in to learn it.
    """

    batch: str
    name: str
    name_zh: str
    promotion: str
    cap: int
    left: int
    mine: int
    most: int
    claim_to: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    valid_days: int
    standing: Literal["claim", "sign_in", "have", "none_left", "not_for_you"]


class OffersView(msgspec.Struct, frozen=True):
    """What is given out here now."""

    items: Sequence[OfferedView]


class OwnCouponView(msgspec.Struct, frozen=True):
    """A coupon of the shopper's. Name its code when ordering to use it, or leave the choice to the shop."""

    coupon: str
    batch: str
    name: str
    name_zh: str
    promotion: str
    code: str
    state: promotion.CouponState
    valid_from: datetime
    valid_to: datetime


@get("/v1/shop/{tenant}/{channel}/coupons", scope=None, refuses=ENTERING)
async def list_front_coupons(call: Call, tenant: str, channel: str) -> OffersView:
    """The coupons given out here now; whoever has signed in learns which of them they can have."""
    async with entered(call, tenant, channel) as at:
        found = await reads.given_out(at.tx, at.front.channel_id)
        mine: dict[int, int] = {}
        holder: promotion.CouponHolder | None = None
        if at.shopper is not None:
            id_ = at.shopper.member_id
            mine = await reads.given_to(at.tx, id_)
            buyer = (await member.buyers(at.tx, {id_}, await order.ordered(at.tx, {id_})))[id_]
            holder = promotion.CouponHolder(id_, buyer.level, buyer.groups, buyer.first_order)
        return OffersView([_offer(one, holder, mine.get(one.batch_id, 0)) for one in found])


@get("/v1/shop/{tenant}/{channel}/coupons/mine", scope=None, refuses=ENTERING)
async def list_own_coupons(
    call: Call, tenant: str, channel: str, of: promotion.CouponState | None = None, after: Cursor = None, limit: Limit = 50
) -> Page[OwnCouponView]:
    """The shopper's coupons, the latest first; `of` a state, if asked."""
    async with entered(call, tenant, channel) as at:
        found = await reads.coupons(at.tx, None, at.member().member_id, of, None, read(after, int), limit + 1)
    return paged([_own(call, one) for one in found], limit, [one.coupon_id for one in found])


@post("/v1/shop/{tenant}/{channel}/coupons/{batch}", scope=None, refuses=(*ENTERING, *GIVING_REFUSES))
async def claim_coupon(call: Call, tenant: str, channel: str, batch: str) -> Response[CouponGivenView]:
    """Claim a coupon of a batch."""
    async with entered(call, tenant, channel) as at:
        wish = maintain.GiveCoupon(code_of(batch), at.member().member_id)
    given = await call.run(maintain.give, wish)
    shown = call.ids.show("cpn", given.coupon_id)
    view = CouponGivenView(shown, batch, given.code, given.valid_from, given.valid_to)
    return call.created(view, f"/v1/shop/{tenant}/{channel}/coupons/mine")


def _offer(one: reads.BatchRow, holder: promotion.CouponHolder | None, mine: int) -> OfferedView:
    terms = one.terms
    standing: Literal["claim", "sign_in", "have", "none_left", "not_for_you"] = "claim"
    if holder is None:
        standing = "sign_in"
    elif promotion.left_out_of(terms, holder) is not None:
        standing = "not_for_you"
    elif one.per_member and mine >= one.per_member:
        standing = "have"
    elif one.left <= 0:
        standing = "none_left"
    return OfferedView(
        one.code,
        terms.name,
        terms.name_zh,
        terms.promotion,
        terms.cap,
        one.left,
        mine,
        one.per_member,
        terms.claim_to,
        terms.valid_from,
        terms.valid_to,
        terms.valid_days,
        standing,
    )


def _own(call: Call, one: reads.CouponRow) -> OwnCouponView:
    return OwnCouponView(
        call.ids.show("cpn", one.coupon_id),
        one.batch,
        one.name,
        one.name_zh,
        one.promotion,
        one.code,
        one.state,
        one.valid_from,
        one.valid_to,
    )


ROUTES = [list_front_coupons, list_own_coupons, claim_coupon]
