"""Decisions on coupons: whether terms can hold, who may come by one, which count in a basket, and how codes are written."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from jiutong import ledger
from jiutong.capabilities.promotion.model.coupon import (
    COUPON_CAP_MAX,
    COUPON_CODES_ONLY,
    COUPON_MEMBERS_MAX,
    COUPON_MEMBERS_ONLY,
    COUPON_NOT_FOR_YOU,
    COUPON_NOT_HERE,
    COUPON_NOT_YET,
    COUPON_NOT_YOURS,
    COUPON_OVER,
    COUPON_TERMS_INVALID,
    COUPON_USED,
    COUPON_WITHDRAWN,
    COUPONS_IN_HAND_MAX,
    COUPONS_NOT_GIVEN_OUT,
    ENOUGH_COUPONS,
    NO_COUPON_PROMOTION,
    NO_COUPONS_LEFT,
    PER_MEMBER_MAX,
    UNKNOWN_COUPON,
    Coupon,
    CouponBarred,
    CouponBatch,
    CouponFacts,
    CouponGiven,
    CouponHolder,
    CouponTerms,
    CouponUse,
    PutCouponBatch,
)
from jiutong.capabilities.promotion.rules.scope import Ruleset
from jiutong.kernel.errors import Problem, ProblemType

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs: no 0 and O, 1, I and L. A prime, so that the check sign tells every wrong sign and every swap of two."""

SIGNS: Final = 13
"""31 to the 13th is more than 2 to the 64th."""

_VALUE = {sign: i for i, sign in enumerate(ALPHABET)}


def written(random: bytes) -> str:
    """The code made of 16 random bytes: thirteen signs and a check sign, in three groups."""
    number = int.from_bytes(random)
    signs: list[str] = []
    for _ in range(SIGNS):
        number, digit = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[digit])
    body = "".join(signs)
    whole = body + _check(body)
    return f"{whole[:5]}-{whole[5:10]}-{whole[10:]}"


@lru_cache(maxsize=1 << 12)  # a code for everybody comes with every basket
def typed_coupon(text: str) -> str:
    """A code as people type it, in the form it is kept in: capitals, and grouped when it has the length of a written one."""
    bare = "".join(sign for sign in text.upper() if sign.isalnum())
    if len(bare) == SIGNS + 1 and all(sign in _VALUE for sign in bare):
        return f"{bare[:5]}-{bare[5:10]}-{bare[10:]}"
    return text.strip().upper()


def mistyped(code: str) -> bool:
    """Whether a code that has the shape of a written one fails its check: a slip of the pen, not a coupon nobody knows."""
    bare = code.replace("-", "")
    return len(bare) == SIGNS + 1 and all(sign in _VALUE for sign in bare) and _check(bare[:SIGNS]) != bare[SIGNS]


def _check(body: str) -> str:
    return ALPHABET[sum((i + 2) * _VALUE[sign] for i, sign in enumerate(body)) % len(ALPHABET)]


def unfit(wish: PutCouponBatch) -> Problem | None:
    """What is wrong with a batch, with the pointer to it; None if it can hold."""
    terms = wish.terms
    shared = wish.kind == "shared"
    windowed = terms.valid_from is not None or terms.valid_to is not None
    faults: tuple[tuple[bool, str, str], ...] = (
        (not 1 <= terms.cap <= COUPON_CAP_MAX, "/cap", f"from 1 to {COUPON_CAP_MAX} coupons"),
        (not 0 <= wish.per_member <= PER_MEMBER_MAX, "/per_member", f"at most {PER_MEMBER_MAX}; 0 for as many as there are"),
        (terms.claim_from >= terms.claim_to, "/claim_to", "it would end before it begins"),
        (shared and (windowed or terms.valid_days != 0), "/valid_days", "a code for everybody is good while it is given out"),
        (
            not shared and windowed == bool(terms.valid_days),
            "/valid_days",
            "give either a window (valid_from, valid_to) or a number of days",
        ),
        (windowed and (terms.valid_from is None or terms.valid_to is None), "/valid_to", "a window has a beginning and an end"),
        (not 0 <= terms.valid_days <= 3650, "/valid_days", "at most ten years"),
        (not 0 <= terms.grace_days <= 90, "/grace_days", "at most 90 days"),
        (len(terms.members) > COUPON_MEMBERS_MAX, "/members", f"at most {COUPON_MEMBERS_MAX} members"),
        (shared != (wish.shared_code is not None), "/shared_code", "one code for everybody, and only then"),
    )
    for wrong, pointer, why in faults:
        if wrong:
            return COUPON_TERMS_INVALID(why, pointer=pointer)
    if terms.valid_from is not None and terms.valid_to is not None:
        if terms.valid_from >= terms.valid_to:
            return COUPON_TERMS_INVALID("it would end before it begins", pointer="/valid_to")
        if terms.valid_to <= terms.claim_from:
            return COUPON_TERMS_INVALID("its coupons would be over before anybody came by one", pointer="/valid_to")
    return None


def with_promotion(wish: PutCouponBatch, running: Ruleset, at: datetime) -> PutCouponBatch | Problem:
    """The batch with the version of its promotion that runs: coupons of it keep taking off what they promised.

    A batch nobody can come by one of any more is a record: what it took off is its author's word.
    """
    named = wish.terms.promotion
    rule = running.by_rule.get(named if "@" in named else next(iter(running.rules_of(named)), ""))
    if rule is not None and rule.terms.coupon:
        return replace(wish, terms=replace(wish.terms, promotion=rule.rule))
    if wish.terms.claim_to <= at:
        return wish
    why = f"{named} does not run as a promotion for coupons" if rule is None else f"{named} needs no coupon"
    return NO_COUPON_PROMOTION(why, pointer="/promotion")


def window(terms: CouponTerms, at: datetime) -> tuple[datetime, datetime]:
    """From when until just before when a coupon come by at `at` is good."""
    if terms.valid_from is not None and terms.valid_to is not None:
        return terms.valid_from, terms.valid_to
    return at, at + timedelta(days=terms.valid_days)


def left_out_of(terms: CouponTerms, holder: CouponHolder | None) -> tuple[ProblemType, str] | None:
    """Why these terms leave somebody out; None if they do not. A guest is nobody's member."""
    if not (terms.levels or terms.groups or terms.members or terms.first_order):
        return None
    if holder is None:
        return COUPON_MEMBERS_ONLY, "only members of a certain kind may use it"
    if terms.levels and holder.level not in terms.levels:
        return COUPON_NOT_FOR_YOU, f"it is for the levels {', '.join(terms.levels)}"
    if terms.groups and not set(terms.groups).intersection(holder.groups):
        return COUPON_NOT_FOR_YOU, f"it is for the groups {', '.join(terms.groups)}"
    if terms.members and holder.member_id not in terms.members:
        return COUPON_NOT_FOR_YOU, "it is for members named one by one"
    if terms.first_order and not holder.first_order:
        return COUPON_NOT_FOR_YOU, "it is for the first order"
    return None


def may_take(batch: CouponBatch, holder: CouponHolder, via: str, at: datetime) -> Problem | None:
    """Why somebody cannot come by a coupon of this batch now; None if only its counts decide."""
    terms = batch.terms
    if batch.kind != "claimed":
        return COUPON_CODES_ONLY(f"coupons of {batch.code} come by their codes", pointer="/batch")
    if batch.status != "live" and via != "imported":  # a record of what was asks how it was then
        return COUPONS_NOT_GIVEN_OUT(f"{batch.code} is {batch.status}", pointer="/batch", batch_status=batch.status)
    if not terms.claim_from <= at < terms.claim_to:
        return COUPONS_NOT_GIVEN_OUT(f"{batch.code} is given out from {terms.claim_from:%F} to {terms.claim_to:%F}", pointer="/batch")
    if window(terms, at)[1] <= at:
        return COUPON_OVER(f"the coupons of {batch.code} are over", pointer="/batch")
    left_out = left_out_of(terms, holder)
    return None if left_out is None else left_out[0](left_out[1], pointer="/batch")


def batch_account(batch_id: int) -> ledger.Account:
    """What a batch still has to give out."""
    return ledger.account_of("coupons", {"batch": batch_id}, "QUOTA", 0)


def member_account(batch_id: int, member_id: int, per_member: int) -> ledger.Account:
    """What a member may still get of a batch: opened at nothing, it can be taken `per_member` times."""
    return ledger.account_of("coupons_of", {"batch": batch_id, "member": member_id}, "QUOTA", -per_member)


def coupon_account(coupon_id: int) -> ledger.Account:
    """One coupon: opened at nothing when somebody first wants to use it, it can be taken once."""
    return ledger.account_of("coupon", {"coupon": coupon_id}, "COUPON", -1)


ISSUED: Final = ledger.account_of("issued", {}, "any")


def allotment(entry_id: int, batch_id: int, by: int) -> ledger.Entry:
    """A batch has so many more to give out, or fewer."""
    account = batch_account(batch_id)
    move = ledger.Transfer(ISSUED, account, by) if by > 0 else ledger.Transfer(account, ISSUED, -by)
    return ledger.Entry(entry_id, "coupon.allotted", batch_id, (move,))


def taking(coupon_id: int, batch: CouponBatch, member_id: int) -> ledger.Entry:
    """Somebody gets one: off what the batch has, and off what they may have of it."""
    moves = [ledger.Transfer(batch_account(batch.batch_id), ISSUED, 1)]
    if batch.per_member:
        moves.append(ledger.Transfer(member_account(batch.batch_id, member_id, batch.per_member), ISSUED, 1))
    return ledger.Entry(coupon_id, "coupon.given", batch.batch_id, tuple(moves))


def used_elsewhere(entry_id: int, one: CouponGiven) -> ledger.Entry:
    """A coupon was used without an order of ours."""
    move = ledger.Transfer(coupon_account(one.coupon_id), uses_account(one.batch_id), 1)
    return ledger.Entry(entry_id, "coupon.recorded", one.coupon_id, (move,))


def writing(entry_id: int, batch_id: int, count: int) -> ledger.Entry:
    """So many of what a batch has to give out become codes."""
    return ledger.Entry(entry_id, "coupon.given", batch_id, (ledger.Transfer(batch_account(batch_id), ISSUED, count),))


def coupons_in_hand(
    facts: CouponFacts, chosen: Collection[str] | None, holder: CouponHolder | None, channel_id: int, store_id: int, at: datetime
) -> tuple[tuple[Coupon, ...], tuple[CouponBarred, ...]]:
    """The coupons that count in a basket here and now, and those that do not with the reason.

    Without a choice, all the buyer has in hand; chosen codes count alone, and one of them that is barred is to be refused.
    Those that end first come first.
    """
    if chosen is None:
        own = facts.by_member.get(holder.member_id, ()) if holder else ()
        named = [(one.code, one) for one in own[:COUPONS_IN_HAND_MAX]]
    else:
        named = [(code, facts.by_code.get(code)) for code in dict.fromkeys(typed_coupon(code) for code in chosen)]
    good: list[Coupon] = []
    barred: list[CouponBarred] = []
    for code, coupon in named:
        why = _unknown(code) if coupon is None else _unusable(coupon, holder, channel_id, store_id, at)
        if coupon is not None and why is None:
            good.append(coupon)
        elif why is not None:
            barred.append(CouponBarred(coupon, code, *why))
    return tuple(sorted(good, key=lambda one: (one.valid_to, one.coupon_id, one.batch_id))), tuple(barred)


def _unknown(code: str) -> tuple[ProblemType, str]:
    return UNKNOWN_COUPON, f"{code} is mistyped: one sign is wrong" if mistyped(code) else f"nobody gave out {code}"


def _unusable(coupon: Coupon, holder: CouponHolder | None, channel_id: int, store_id: int, at: datetime) -> tuple[ProblemType, str] | None:
    why = _whose(coupon, holder) or _stands(coupon, at)
    terms = coupon.terms
    if why is None and ((terms.channels and channel_id not in terms.channels) or (terms.stores and store_id not in terms.stores)):
        why = COUPON_NOT_HERE, "it is for other channels or stores"
    if why is not None or coupon.kind == "claimed":
        return why  # whoever claimed one was looked at then
    if coupon.per_member and holder is None:
        return COUPON_MEMBERS_ONLY, "nobody may use it as often as they like: sign in first"
    return left_out_of(terms, holder)


def _whose(coupon: Coupon, holder: CouponHolder | None) -> tuple[ProblemType, str] | None:
    if coupon.member_id is None or (holder is not None and holder.member_id == coupon.member_id):
        return None
    return (COUPON_MEMBERS_ONLY, "sign in to use it") if holder is None else (COUPON_NOT_YOURS, "it was given to another member")


def _stands(coupon: Coupon, at: datetime) -> tuple[ProblemType, str] | None:
    """Why nobody could use it now, wherever they are."""
    if coupon.status in {"ended", "draft"}:
        return COUPON_WITHDRAWN, f"the batch {coupon.batch} was withdrawn"
    if coupon.kind == "shared" and coupon.status != "live":
        return COUPONS_NOT_GIVEN_OUT, f"{coupon.batch} is stopped"
    if coupon.state != "free":
        return COUPON_USED, "it was used" if coupon.state == "used" else "another order has it"
    if at < coupon.valid_from:
        return COUPON_NOT_YET, f"it is good from {coupon.valid_from:%F %R} UTC on"
    return (COUPON_OVER, f"it was good until {coupon.valid_to:%F %R} UTC") if at >= coupon.valid_to else None


def uses_account(batch_id: int) -> ledger.Account:
    """Where used coupons of a batch go: nobody queues on it, and what went there is its sum."""
    return ledger.account_of("coupons_used", {"batch": batch_id}, "any")


def coupon_uses(coupon: Coupon, holder: CouponHolder | None) -> tuple[CouponUse, ...]:
    """What using a coupon claims, one of each, all of it back when the whole order is canceled or expires.

    A code for everybody is taken off what its batch has; a code of which a member may use so many, off that as well.
    """
    to = uses_account(coupon.batch_id)
    if coupon.kind == "shared":
        claims = [CouponUse("coupon", coupon.batch_id, batch_account(coupon.batch_id), to, NO_COUPONS_LEFT("none are left"))]
    else:
        claims = [CouponUse("coupon", coupon.coupon_id, coupon_account(coupon.coupon_id), to, COUPON_USED(f"{coupon.code} was used"))]
    if coupon.kind != "claimed" and coupon.per_member and holder is not None:
        own = member_account(coupon.batch_id, holder.member_id, coupon.per_member)
        used = ledger.account_of("used", {}, "any")
        claims.append(CouponUse("limit", coupon.batch_id, own, used, ENOUGH_COUPONS(f"{coupon.per_member} for each")))
    return tuple(claims)


def changed(before: CouponBatch, wish: PutCouponBatch) -> bool:
    """Whether a wish is a new version of a batch."""
    return before.terms != wish.terms


def still_fixed(before: CouponBatch, wish: PutCouponBatch) -> bool:
    """Whether a wish keeps what a batch keeps for good once it was given out: how, how many for one, and its one code."""
    return (before.kind, before.per_member, before.shared_code) == (wish.kind, wish.per_member, wish.shared_code)
