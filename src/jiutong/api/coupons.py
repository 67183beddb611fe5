"""Coupons: batches and their terms, codes, who was given one, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response
from msgspec import Meta

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.rows import code_of
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import access, member, promotion
from jiutong.flows import maintain_coupons as maintain
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, STALE
from jiutong.reads import coupons as reads

GIVING_REFUSES = (
    promotion.UNKNOWN_COUPON_BATCH,
    promotion.COUPON_CODES_ONLY,
    promotion.COUPONS_NOT_GIVEN_OUT,
    promotion.COUPON_OVER,
    promotion.COUPON_NOT_FOR_YOU,
    promotion.NO_COUPONS_LEFT,
    promotion.ENOUGH_COUPONS,
    member.BLOCKED,
)


class CouponBatchBody(maintain.BatchWish, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A batch of coupons as it is to be; `members` by their public ids."""

    members: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=promotion.COUPON_MEMBERS_MAX)] = ()


class CountBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many codes to write."""

    count: maintain.Count


class HandBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to hand a coupon."""

    member: Annotated[str, Meta(min_length=1, max_length=40)]


class CouponBatchView(msgspec.Struct, frozen=True, kw_only=True):
    """A batch with the terms in force. `given` of `cap` are out, `used` of them by orders that stand; codes are written bit by bit."""

    code: str
    name: str
    name_zh: str
    kind: promotion.CouponKind
    status: promotion.CouponStatus
    version: int
    revision: int
    promotion: str
    cap: int
    given: int
    left: int
    used: int
    per_member: int
    shared_code: str | None
    codes_wanted: int
    codes_written: int
    created_at: datetime
    claim_from: datetime
    claim_to: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    valid_days: int
    grace_days: int
    levels: Sequence[str]
    groups: Sequence[str]
    first_order: bool
    members: Sequence[str]
    channels: Sequence[str]
    stores: Sequence[str]


class CouponVersionView(msgspec.Struct, frozen=True):
    """A version of a batch's terms, and when it came into force. Coupons keep the terms they were given out under."""

    version: int
    at: datetime
    name: str
    promotion: str
    cap: int
    claim_from: datetime
    claim_to: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    valid_days: int
    grace_days: int


class CouponBearerView(msgspec.Struct, frozen=True):
    """What one bearer paid of what coupons took off, in minor units."""

    funder: str
    currency: str
    amount_minor: int


class CouponFiguresView(msgspec.Struct, frozen=True):
    """What became of a batch's coupons: `held` by orders not paid yet, `used`, `back` from canceled or expired orders; and at whose cost.

    `recorded` were used elsewhere. What canceled and returned units gave back is not taken off here: it is the orders' story.
    """

    cap: int
    given: int
    held: int
    used: int
    back: int
    recorded: int
    bearers: Sequence[CouponBearerView]


class CouponUseView(msgspec.Struct, frozen=True):
    """An order that wanted a coupon of the batch, what it took off it (minor units), and whether it came back."""

    order: str
    member: str | None
    code: str
    at: datetime
    status: str
    currency: str
    amount_minor: int
    outcome: Literal["held", "used", "back"]


class CouponVersionsView(msgspec.Struct, frozen=True):
    """The versions of a batch's terms, the latest first."""

    items: Sequence[CouponVersionView]


class CouponView(msgspec.Struct, frozen=True):
    """A coupon: `free`, `held` by an open order, `used`, or `expired`. Who may not see codes sees the last signs alone."""

    coupon: str
    batch: str
    name: str
    name_zh: str
    promotion: str
    code: str
    member: str | None
    via: promotion.CouponVia
    state: promotion.CouponState
    got_at: datetime
    valid_from: datetime
    valid_to: datetime


class CouponGivenView(msgspec.Struct, frozen=True):
    """A coupon that was given out."""

    coupon: str
    batch: str
    code: str
    valid_from: datetime
    valid_to: datetime


class CouponCodesView(msgspec.Struct, frozen=True):
    """How many codes are written, and how many are to be."""

    written: int
    wanted: int


@get("/v1/coupon-batches", scope="coupon:read")
async def list_coupon_batches(
    call: Call,
    status: promotion.CouponStatus | None = None,
    text: str | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[CouponBatchView]:
    """Batches of coupons, the newest first; of one status, or with `text` in their code or name."""
    async with call.reading() as tx:
        found = await reads.batches(tx, None, status, text, read(after, int), limit + 1)
        places = await _places(tx, found)
    return paged([_view(call, one, places) for one in found], limit, [one.batch_id for one in found])


@get("/v1/coupon-batches/{code}", scope="coupon:read", refuses=(promotion.UNKNOWN_COUPON_BATCH,))
async def show_coupon_batch(call: Call, code: str) -> Response[CouponBatchView]:
    """A batch of coupons."""
    view = await _shown(call, code)
    return call.tagged(view, view.revision)


@get("/v1/coupon-batches/{code}/versions", scope="coupon:read", refuses=(promotion.UNKNOWN_COUPON_BATCH,))
async def list_coupon_batch_versions(call: Call, code: str) -> CouponVersionsView:
    """The versions of a batch's terms, the latest first."""
    async with call.reading() as tx:
        batch = await _batch(tx, code)
        found = await reads.versions(tx, batch.batch_id)
    return CouponVersionsView([_version(one) for one in found])


@get("/v1/coupon-batches/{code}/figures", scope="coupon:read", refuses=(promotion.UNKNOWN_COUPON_BATCH,))
async def show_coupon_figures(call: Call, code: str) -> CouponFiguresView:
    """What became of a batch's coupons, and who paid for what they took off."""
    async with call.reading() as tx:
        batch = await _batch(tx, code)
        told = await reads.figures(tx, batch.batch_id)
        bearers = await reads.bearers(tx, batch.batch_id)
    borne = [CouponBearerView(one.funder, one.currency, one.amount) for one in bearers]
    return CouponFiguresView(batch.terms.cap, batch.terms.cap - batch.left, told.held, told.used, told.back, told.recorded, borne)


@get("/v1/coupon-batches/{code}/uses", scope="coupon:read", refuses=(promotion.UNKNOWN_COUPON_BATCH,))
async def list_coupon_uses(call: Call, code: str, after: Cursor = None, limit: Limit = 50) -> Page[CouponUseView]:
    """The orders that wanted coupons of a batch, the latest first."""
    async with call.reading() as tx:
        batch = await _batch(tx, code)
        found = await reads.uses(tx, batch.batch_id, read(after, int), limit + 1)
    views = [
        CouponUseView(
            call.ids.show("ord", one.order_id),
            call.ids.show("mem", one.member_id) if one.member_id else None,
            _masked(call, one.code),
            one.at,
            one.status,
            one.currency,
            one.amount,
            one.outcome,
        )
        for one in found
    ]
    return paged(views, limit, [one.order_id for one in found])


@put(
    "/v1/coupon-batches/{code}",
    scope="coupon:write",
    refuses=(
        STALE,
        NOT_FOUND,
        promotion.COUPON_TERMS_INVALID,
        promotion.NO_COUPON_PROMOTION,
        promotion.COUPON_CODE_TAKEN,
        promotion.COUPON_CAP_BELOW,
        promotion.BATCH_FIXED,
        promotion.BATCH_ENDED,
        access.UNKNOWN_CHANNEL,
        access.UNKNOWN_STORE,
    ),
)
async def put_coupon_batch(call: Call, code: str, data: JSONBody[CouponBatchBody]) -> Response[CouponBatchView]:
    """Draft a batch, or change it. Once given out, a change is a new version: coupons given out before keep their terms.

    How it is given out, how many to one member and a code for everybody stay as they are once it is out; the number of coupons
    may fall to what has been given.
    """
    ids = tuple(call.ids.read("mem", one) for one in data.members)
    wish = maintain.BatchWish(**{name: getattr(data, name) for name in maintain.BatchWish.__struct_fields__})
    await call.run(maintain.put_batch, maintain.PutBatch(code_of(code), wish, ids, call.expected()))
    view = await _shown(call, code)
    return call.put(view, view.revision, f"/v1/coupon-batches/{code}")


@post(
    "/v1/coupon-batches/{code}/publish",
    scope="coupon:publish",
    status=200,
    refuses=(promotion.UNKNOWN_COUPON_BATCH, promotion.BATCH_STATE),
)
async def publish_coupon_batch(call: Call, code: str) -> maintain.BatchMoved:
    """Give a batch out, for the first time or again after it was stopped."""
    return await call.run(maintain.move_batch, maintain.MoveBatch(code_of(code), "live"))


@post("/v1/coupon-batches/{code}/stop", scope="coupon:publish", status=200, refuses=(promotion.UNKNOWN_COUPON_BATCH, promotion.BATCH_STATE))
async def stop_coupon_batch(call: Call, code: str) -> maintain.BatchMoved:
    """Give no more of a batch out for now. What was given out stays good; a code for everybody is refused meanwhile."""
    return await call.run(maintain.move_batch, maintain.MoveBatch(code_of(code), "stopped"))


@post("/v1/coupon-batches/{code}/end", scope="coupon:publish", status=200, refuses=(promotion.UNKNOWN_COUPON_BATCH, promotion.BATCH_STATE))
async def end_coupon_batch(call: Call, code: str) -> maintain.BatchMoved:
    """Withdraw a batch for good: coupons nobody has used yet are good for nothing any more."""
    return await call.run(maintain.move_batch, maintain.MoveBatch(code_of(code), "ended"))


@post(
    "/v1/coupon-batches/{code}/codes",
    scope="coupon:codes",
    status=202,
    refuses=(promotion.UNKNOWN_COUPON_BATCH, promotion.COUPON_NO_CODES, promotion.BATCH_STATE, promotion.NO_COUPONS_LEFT),
)
async def write_coupon_codes(call: Call, code: str, data: JSONBody[CountBody]) -> CouponCodesView:
    """Write codes, up to what the batch has to give. They are there bit by bit: the batch tells how many are written.

    Export them as `/v1/exports/coupons.csv?batch=…`.
    """
    told = await call.run(maintain.want_codes, promotion.WantCodes(code_of(code), data.count))
    return CouponCodesView(told.written, told.wanted)


@post("/v1/coupon-batches/{code}/coupons", scope="coupon:give", refuses=(NOT_FOUND, *GIVING_REFUSES))
async def hand_out_coupon(call: Call, code: str, data: JSONBody[HandBody]) -> Response[CouponGivenView]:
    """Hand a member a coupon of a batch, under the same terms as if they claimed it."""
    wish = maintain.GiveCoupon(code_of(code), call.ids.read("mem", data.member), "handed")
    given = await call.run(maintain.give, wish)
    shown = call.ids.show("cpn", given.coupon_id)
    return call.created(CouponGivenView(shown, code, given.code, given.valid_from, given.valid_to), f"/v1/coupons?code={given.code}")


@get("/v1/coupons", scope="coupon:read")
async def list_coupons(
    call: Call,
    batch: str | None = None,
    member: str | None = None,
    of: promotion.CouponState | None = None,
    code: str | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[CouponView]:
    """Coupons, the latest first: of a batch, of a member, `of` a state, or the one of a code."""
    member_id = call.ids.read("mem", member) if member else None
    async with call.reading() as tx:
        found = await reads.coupons(tx, batch, member_id, of, promotion.typed_coupon(code) if code else None, read(after, int), limit + 1)
    return paged([coupon_view(call, one) for one in found], limit, [one.coupon_id for one in found])


def coupon_view(call: Call, one: reads.CouponRow, *, own: bool = False) -> CouponView:
    """A coupon as somebody may see it: its code is told to whoever may export codes, and to its owner."""
    told = one.code if own else _masked(call, one.code)
    return CouponView(
        call.ids.show("cpn", one.coupon_id),
        one.batch,
        one.name,
        one.name_zh,
        one.promotion,
        told,
        call.ids.show("mem", one.member_id) if one.member_id else None,
        one.via,
        one.state,
        one.got_at,
        one.valid_from,
        one.valid_to,
    )


def _masked(call: Call, code: str) -> str:
    return code if call.scope.holds("coupon:codes") else f"…{code[-4:]}"


async def _batch(tx: Tx, code: str) -> reads.BatchRow:
    found = await reads.batches(tx, code, None, None, None, 1)
    if not found:
        raise promotion.UNKNOWN_COUPON_BATCH(f"no batch {code!r}")
    return found[0]


async def _shown(call: Call, code: str) -> CouponBatchView:
    async with call.reading() as tx:
        found = await _batch(tx, code)
        places = await _places(tx, [found])
    return _view(call, found, places)


async def _places(tx: Tx, found: Sequence[reads.BatchRow]) -> Mapping[int, str]:
    channels = {id_ for one in found for id_ in one.terms.channels}
    stores = {id_ for one in found for id_ in one.terms.stores}
    return await reads.places(tx, tuple(channels), tuple(stores)) if channels or stores else {}


def _view(call: Call, one: reads.BatchRow, places: Mapping[int, str]) -> CouponBatchView:
    terms = one.terms
    return CouponBatchView(
        code=one.code,
        name=terms.name,
        name_zh=terms.name_zh,
        kind=one.kind,
        status=one.status,
        version=one.version,
        revision=one.revision,
        promotion=terms.promotion,
        cap=terms.cap,
        given=terms.cap - one.left,
        left=one.left,
        used=one.used,
        per_member=one.per_member,
        shared_code=one.shared_code,
        codes_wanted=one.wanted,
        codes_written=one.written,
        created_at=one.created_at,
        claim_from=terms.claim_from,
        claim_to=terms.claim_to,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        valid_days=terms.valid_days,
        grace_days=terms.grace_days,
        levels=terms.levels,
        groups=terms.groups,
        first_order=terms.first_order,
        members=[call.ids.show("mem", id_) for id_ in terms.members],
        channels=[places[id_] for id_ in terms.channels if id_ in places],
        stores=[places[id_] for id_ in terms.stores if id_ in places],
    )


def _version(one: reads.VersionRow) -> CouponVersionView:
    terms = one.terms
    return CouponVersionView(
        one.version,
        one.at,
        terms.name,
        terms.promotion,
        terms.cap,
        terms.claim_from,
        terms.claim_to,
        terms.valid_from,
        terms.valid_to,
        terms.valid_days,
        terms.grace_days,
    )


ROUTES = [
    list_coupon_batches,
    show_coupon_batch,
    list_coupon_batch_versions,
    show_coupon_figures,
    list_coupon_uses,
    put_coupon_batch,
    publish_coupon_batch,
    stop_coupon_batch,
    end_coupon_batch,
    write_coupon_codes,
    hand_out_coupon,
    list_coupons,
]
