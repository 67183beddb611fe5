"""Coupons: batches of them under terms, given out to members, written as codes, and good a while longer when they came back too late."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, member, order, promotion
from jiutong.flows.words import Code
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.runner import Call, flow

Codes = Annotated[tuple[Code, ...], Meta(max_length=1_000)]
Count = Annotated[int, Meta(ge=1, le=promotion.COUPON_CAP_MAX)]


class BatchWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A batch of coupons: what one takes off (`promotion`), how one comes by it (`kind`), how many there are, who may have one, and when.

    `claimed`: members claim one or are handed it. `shared`: everybody types `shared_code`. `unique`: a code for each, written by order.
    A coupon is good from `valid_from` until just before `valid_to`, or for `valid_days` from when it was come by; a code for everybody
    while it is given out. `grace_days`: so long it is good from the day it comes back, if its time passed while an order held it.
    `per_member` 0: as many as there are. Empty lists leave nobody out.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    promotion: Annotated[str, Meta(min_length=1, max_length=80)]
    kind: promotion.CouponKind
    cap: Count
    claim_from: Annotated[datetime, Meta(tz=True)]
    claim_to: Annotated[datetime, Meta(tz=True)]
    name_zh: Annotated[str, Meta(max_length=200)] = ""
    per_member: Annotated[int, Meta(ge=0, le=promotion.PER_MEMBER_MAX)] = 1
    shared_code: promotion.CouponCode | None = None
    valid_from: Annotated[datetime, Meta(tz=True)] | None = None
    valid_to: Annotated[datetime, Meta(tz=True)] | None = None
    valid_days: Annotated[int, Meta(ge=0, le=3_650)] = 0
    grace_days: Annotated[int, Meta(ge=0, le=90)] = 0
    levels: Codes = ()
    groups: Codes = ()
    first_order: bool = False
    channels: Codes = ()
    stores: Codes = ()


class PutBatch(msgspec.Struct, frozen=True):
    """A batch as it is to be, for these members alone if any are named. `seen` is the revision its author read, if they care."""

    code: Code
    wish: BatchWish
    members: tuple[int, ...] = ()
    seen: int | None = None


class MoveBatch(msgspec.Struct, frozen=True):
    """Give a batch out, stop that for now, or end it for good."""

    code: Code
    to: Literal["live", "stopped", "ended"]


class BatchMoved(msgspec.Struct, frozen=True):
    """Where the batch stands now, and where it stood."""

    code: str
    before: str
    to: str


class BatchChanged(msgspec.Struct, frozen=True):
    """coupon_batch.put.v1: a batch was made, or has another version of its terms."""

    code: str
    version: int
    before: promotion.CouponTerms | None
    after: promotion.CouponTerms


class GiveCoupon(msgspec.Struct, frozen=True):
    """A member is to have a coupon of a batch: `claimed` by themselves, or `handed` by staff."""

    batch: Code
    member_id: int
    via: promotion.CouponVia = "claimed"


class RecordUse(msgspec.Struct, frozen=True):
    """A member used a coupon of a batch `at` an instant of the past, somewhere else."""

    batch: Code
    member_id: int
    at: datetime


class CouponGiven(msgspec.Struct, frozen=True):
    """coupon.given.v1: the coupon, without its code - the log outlives it."""

    coupon_id: int
    batch: str
    via: str


class WriteCodes(msgspec.Struct, frozen=True):
    """The next codes of a batch are to be written."""

    batch_id: int


class SettleCoupons(msgspec.Struct, frozen=True):
    """An order gave its coupons back."""

    order_id: int


class CouponsSettled(msgspec.Struct, frozen=True):
    """How many of them are good for a while longer, their time having passed."""

    order_id: int
    prolonged: int


class CouponProlonged(msgspec.Struct, frozen=True):
    """coupon.prolonged.v1: it came back after its time, and is good until then."""

    order_id: int
    valid_to: datetime


@flow("coupon.put_batch", gives=promotion.CouponBatchPut, statements=12, batch_max=32)
async def put_batch(tx: Tx, calls: Sequence[Call[PutBatch]]) -> list[promotion.CouponBatchPut | Problem]:
    """Make batches, or give them new versions of their terms; what was given out before keeps its own."""
    wishes = [call.command.wish for call in calls]
    channels = await access.channels(tx, {code for wish in wishes for code in wish.channels})
    stores = await access.stores(tx, {code for wish in wishes for code in wish.stores})
    members = await member.standing(tx, sorted({id_ for call in calls for id_ in call.command.members}))
    running = await promotion.promotions(tx)
    before = await promotion.coupon_batches(tx, {call.command.code for call in calls})
    wanted = [_terms(call.command, channels, stores, members) for call in calls]
    wanted = [one if isinstance(one, Problem) else promotion.with_promotion(one, running, tx.now) for one in wanted]
    put = iter(await promotion.put_coupon_batches(tx, [one for one in wanted if not isinstance(one, Problem)]))
    outcomes: list[promotion.CouponBatchPut | Problem] = []
    for one, call in zip(wanted, calls, strict=True):
        outcome = one if isinstance(one, Problem) else next(put)
        if not isinstance(one, Problem) and isinstance(outcome, promotion.CouponBatchPut) and outcome.changed:
            old = before.get(one.code)
            changed = BatchChanged(one.code, outcome.version, old.terms if old else None, one.terms)
            tx.emit("coupon_batch.put.v1", outcome.batch_id, changed, call.scope)
        outcomes.append(outcome)
    return outcomes


@flow("coupon.move_batch", gives=BatchMoved, statements=7, batch_max=32)
async def move_batch(tx: Tx, calls: Sequence[Call[MoveBatch]]) -> list[BatchMoved | Problem]:
    """Give batches out, stop that, or end them. Coupons of an ended batch are good for nothing; of a stopped one they stay good."""
    stood = await promotion.move_coupon_batches(tx, [promotion.MoveCouponBatch(call.command.code, call.command.to) for call in calls])
    outcomes: list[BatchMoved | Problem] = []
    for one, call in zip(stood, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        moved = BatchMoved(one.code, one.status, call.command.to)
        if moved.before != moved.to:
            tx.emit("coupon_batch.moved.v1", one.batch_id, moved, call.scope)
        outcomes.append(moved)
    return outcomes


@flow("coupon.give", gives=promotion.CouponGiven, statements=10)
async def give(tx: Tx, calls: Sequence[Call[GiveCoupon]]) -> list[promotion.CouponGiven | Problem]:
    """Give coupons out, in arrival order and as far as there are any."""
    outcomes = await _give(tx, [(call.command.batch, call.command.member_id, call.command.via, tx.now) for call in calls])
    for one, call in zip(outcomes, calls, strict=True):
        if isinstance(one, promotion.CouponGiven):
            tx.emit("coupon.given.v1", one.member_id, CouponGiven(one.coupon_id, call.command.batch, call.command.via), call.scope)
    return outcomes


@flow("coupon.record", gives=promotion.CouponGiven, statements=14)
async def record(tx: Tx, calls: Sequence[Call[RecordUse]]) -> list[promotion.CouponGiven | Problem]:
    """Book coupons that were used elsewhere: given under the terms of their batch, as they were then, and used at once."""
    outcomes = await _give(tx, [(call.command.batch, call.command.member_id, "imported", call.command.at) for call in calls])
    used = [one for one in outcomes if isinstance(one, promotion.CouponGiven)]
    await promotion.record_coupon_uses(tx, used)
    for one, call in zip(outcomes, calls, strict=True):
        if isinstance(one, promotion.CouponGiven):
            tx.emit("coupon.recorded.v1", one.member_id, CouponGiven(one.coupon_id, call.command.batch, "imported"), call.scope)
    return outcomes


@flow("coupon.want_codes", gives=promotion.CodesWritten, statements=8, batch_max=32)
async def want_codes(tx: Tx, calls: Sequence[Call[promotion.WantCodes]]) -> list[promotion.CodesWritten | Problem]:
    """Order codes: they come off what the batch has to give at once, and are written bit by bit after the commit."""
    outcomes = await promotion.want_coupon_codes(tx, [call.command for call in calls])
    for one, call in zip(outcomes, calls, strict=True):
        if isinstance(one, promotion.CodesWritten):
            tx.emit("coupon.codes_wanted.v1", one.batch_id, one, call.scope)
    return outcomes


@flow("coupon.write_codes", gives=promotion.CodesWritten, statements=5, batch_max=4)
async def write_codes(tx: Tx, calls: Sequence[Call[WriteCodes]]) -> list[promotion.CodesWritten | Problem]:
    """Write the next codes of batches, and ask for the rest."""
    outcomes = await promotion.write_coupon_codes(tx, [call.command.batch_id for call in calls])
    for one, call in zip(outcomes, calls, strict=True):
        if isinstance(one, promotion.CodesWritten) and one.written < one.wanted:
            tx.emit("coupon.codes_wanted.v1", one.batch_id, one, call.scope)
    return outcomes


@flow("coupon.settle", gives=CouponsSettled, statements=5)
async def settle(tx: Tx, calls: Sequence[Call[SettleCoupons]]) -> list[CouponsSettled | Problem]:
    """Coupons that came back belong to whoever used them, and are good for the grace of their terms if their time passed meanwhile.

    An order that keeps its coupon, because something of it stands, changes nothing.
    """
    ids = {call.command.order_id for call in calls}
    back = [one for one in await order.claims(tx, ids) if one.kind == "coupon" and not one.left]
    owners = {id_: one.member_id for id_, one in (await order.orders(tx, list(ids) if back else [])).items()}
    await promotion.bind_coupons(tx, {one.subject_id: owner for one in back if (owner := owners[one.order_id])})
    prolonged = await promotion.prolong_coupons(tx, {one.subject_id for one in back})
    by = {call.command.order_id: call.scope for call in calls}
    mine: dict[int, set[int]] = {}
    for one in back:
        if one.subject_id in prolonged:
            mine.setdefault(one.order_id, set()).add(one.subject_id)
            facts = CouponProlonged(one.order_id, prolonged[one.subject_id])
            tx.emit("coupon.prolonged.v1", one.subject_id, facts, by[one.order_id])
    return [CouponsSettled(id_, len(mine.get(id_, ()))) for id_ in (call.command.order_id for call in calls)]


async def _give(tx: Tx, wishes: Sequence[tuple[str, int, promotion.CouponVia, datetime]]) -> list[promotion.CouponGiven | Problem]:
    """Give (batch, member, how, when) to those who may have one."""
    ids = {member_id for _, member_id, _, _ in wishes}
    standing = await member.standing(tx, sorted(ids))
    buyers = await member.buyers(tx, ids, await order.ordered(tx, ids))
    takes = {
        i: promotion.TakeCoupon(batch, _holder(buyers[member_id]), via, at)
        for i, (batch, member_id, via, at) in enumerate(wishes)
        if standing.get(member_id) == "active"
    }
    given = dict(zip(takes, await promotion.give_coupons(tx, list(takes.values())), strict=True))
    return [given[i] if i in given else _nobody(standing.get(member_id)) for i, (_, member_id, _, _) in enumerate(wishes)]


def _nobody(status: str | None) -> Problem:
    return NOT_FOUND("there is no such member") if status is None else member.BLOCKED(f"the member is {status}")


def _holder(buyer: member.Buyer) -> promotion.CouponHolder:
    return promotion.CouponHolder(buyer.member_id, buyer.level, buyer.groups, buyer.first_order)


def _terms(
    put: PutBatch, channels: Mapping[str, access.ChannelFacts], stores: Mapping[str, access.StoreFacts], members: Mapping[int, str]
) -> promotion.PutCouponBatch | Problem:
    wish = put.wish
    for i, code in enumerate(wish.channels):
        if code not in channels:
            return access.UNKNOWN_CHANNEL(f"no channel {code}", pointer=f"/channels/{i}")
    for i, code in enumerate(wish.stores):
        if code not in stores:
            return access.UNKNOWN_STORE(f"no store {code}", pointer=f"/stores/{i}")
    for i, id_ in enumerate(put.members):
        if id_ not in members:
            return NOT_FOUND("there is no such member", pointer=f"/members/{i}")
    terms = promotion.CouponTerms(
        wish.name,
        wish.name_zh,
        wish.promotion,
        wish.cap,
        wish.claim_from,
        wish.claim_to,
        wish.valid_from,
        wish.valid_to,
        wish.valid_days,
        wish.grace_days,
        wish.levels,
        wish.groups,
        wish.first_order,
        tuple(sorted(set(put.members))),
        tuple(channels[code].channel_id for code in wish.channels),
        tuple(stores[code].store_id for code in wish.stores),
    )
    shared = wish.shared_code.upper() if wish.shared_code else None
    return promotion.PutCouponBatch(put.code, wish.kind, wish.per_member, shared, terms, put.seen)
