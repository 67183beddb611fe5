"""Coupons: a batch and its terms, a coupon given out, what a basket has in hand."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import Problem, ProblemType
from jiutong.ledger import Account

UNKNOWN_COUPON_BATCH = ProblemType("coupon.unknown_batch", 404, "There is no such batch of coupons", "没有这个优惠券批次")
UNKNOWN_COUPON = ProblemType("coupon.unknown", 422, "There is no such coupon", "没有这张优惠券")
COUPON_NOT_YOURS = ProblemType("coupon.not_yours", 409, "This coupon belongs to somebody else", "该优惠券属于其他会员")
COUPON_USED = ProblemType("coupon.used", 409, "This coupon has been used", "该优惠券已使用")
COUPON_NOT_YET = ProblemType("coupon.not_yet_valid", 409, "This coupon is not valid yet", "该优惠券尚未生效")
COUPON_OVER = ProblemType("coupon.expired", 409, "This coupon is no longer valid", "该优惠券已过期")
COUPON_NOT_HERE = ProblemType("coupon.not_here", 409, "This coupon is not for this channel or store", "该优惠券不适用于此渠道或门店")
COUPON_NOT_FOR_YOU = ProblemType("coupon.not_for_you", 409, "This coupon is for other members", "不在该优惠券的发放范围内")
COUPON_MEMBERS_ONLY = ProblemType("coupon.members_only", 409, "This coupon is for members: sign in first", "该优惠券仅限会员使用，请先登录")
COUPON_WITHDRAWN = ProblemType("coupon.withdrawn", 409, "This coupon was withdrawn", "该优惠券已作废")
NO_COUPONS_LEFT = ProblemType("coupon.none_left", 409, "There are none left", "优惠券已被领完")
ENOUGH_COUPONS = ProblemType("coupon.enough", 409, "Nobody gets more of these", "已达到每人限领数量")
COUPONS_NOT_GIVEN_OUT = ProblemType("coupon.not_given_out", 409, "These coupons are not given out now", "当前不在领取时间内")
COUPON_CODES_ONLY = ProblemType("coupon.codes_only", 409, "These coupons come by their codes", "该批次通过券码发放")
COUPON_NO_CODES = ProblemType("coupon.no_codes", 409, "This batch has no codes of its own to write", "该批次不使用独立券码")
BATCH_FIXED = ProblemType("coupon.batch_fixed", 409, "A batch keeps how it is given out", "批次的发放方式不可更改")
BATCH_ENDED = ProblemType("coupon.batch_ended", 409, "This batch has ended", "该批次已终止")
BATCH_STATE = ProblemType("coupon.batch_state", 409, "The batch cannot do that now", "批次当前状态不允许该操作")
COUPON_CAP_BELOW = ProblemType("coupon.cap_below", 409, "More than that have been given out", "总量不能少于已发放数量")
COUPON_TERMS_INVALID = ProblemType("coupon.terms_invalid", 422, "These terms cannot hold", "批次条款有误")
COUPON_CODE_TAKEN = ProblemType("coupon.code_taken", 409, "Another batch has this code", "券码已被其他批次使用")
NO_COUPON_PROMOTION = ProblemType("coupon.no_promotion", 422, "There is no such coupon promotion in force", "没有这个生效中的券类促销")
COUPON_NOT_MET = ProblemType("coupon.not_met", 409, "This basket does not fulfill the coupon's condition", "未满足优惠券使用条件")

COUPON_CAP_MAX: Final = 100_000_000
PER_MEMBER_MAX: Final = 1_000_000
CODES_AT_ONCE: Final = 10_000
"""How many codes one transaction writes."""

COUPONS_IN_HAND_MAX: Final = 50
"""So many coupons of a member are considered, those that end first."""

COUPON_MEMBERS_MAX: Final = 5_000

CouponKind: TypeAlias = Literal["claimed", "shared", "unique"]
CouponStatus: TypeAlias = Literal["draft", "live", "stopped", "ended"]
CouponVia: TypeAlias = Literal["claimed", "handed", "written", "imported"]
CouponState: TypeAlias = Literal["free", "held", "used", "expired"]
CouponCode: TypeAlias = Annotated[str, Meta(min_length=3, max_length=40, pattern="^[0-9A-Za-z-]+$")]
When: TypeAlias = Annotated[datetime, Meta(tz=True)]


class CouponTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What holds for the coupons given out under one version. Ids where the caller names codes.

    A coupon is good from `valid_from` until just before `valid_to`, or for `valid_days` from when it was come by.
    `grace_days`: so long a coupon is good from the day it comes back, if its time passed while an order held it.
    Who: `levels`, `groups`, `members` (empty: everybody), `first_order` (nothing ordered yet). Where: `channels`, `stores`.
    """

    name: str
    name_zh: str
    promotion: str
    cap: int
    claim_from: datetime
    claim_to: datetime
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    valid_days: int = 0
    grace_days: int = 0
    levels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    first_order: bool = False
    members: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    stores: tuple[int, ...] = ()


class CouponBatch(msgspec.Struct, frozen=True):
    """A batch as it stands, with the terms in force."""

    batch_id: int
    code: str
    kind: CouponKind
    status: CouponStatus
    version: int
    per_member: int
    shared_code: str | None
    wanted: int
    written: int
    revision: int
    terms: CouponTerms


class PutCouponBatch(msgspec.Struct, frozen=True):
    """A batch as it is to be. `seen` is the revision its author read; None when they do not care."""

    code: str
    kind: CouponKind
    per_member: int
    shared_code: str | None
    terms: CouponTerms
    seen: int | None = None


class CouponBatchPut(msgspec.Struct, frozen=True):
    """What became of it: `changed` says whether a version was made."""

    batch_id: int
    code: str
    version: int
    revision: int
    changed: bool


class MoveCouponBatch(msgspec.Struct, frozen=True):
    """Give a batch out (`live`), stop that for now, or end it for good."""

    code: str
    to: Literal["live", "stopped", "ended"]


class CouponHolder(msgspec.Struct, frozen=True):
    """What coupons ask of a member."""

    member_id: int
    level: str = ""
    groups: tuple[str, ...] = ()
    first_order: bool = False


class TakeCoupon(msgspec.Struct, frozen=True):
    """Somebody comes by a coupon of a batch: claims it themselves, or is handed it; `at` is in the past for what is recorded."""

    batch: str
    holder: CouponHolder
    via: CouponVia
    at: datetime


class CouponGiven(msgspec.Struct, frozen=True):
    """A coupon that was given out."""

    coupon_id: int
    batch_id: int
    member_id: int
    code: str
    valid_from: datetime
    valid_to: datetime


class Coupon(msgspec.Struct, frozen=True):
    """A coupon as a basket meets it. The one code everybody types is a coupon of no id and no owner.

    `state` is free, held (an open order has it), used or - shared codes that are used up - used.
    """

    coupon_id: int
    batch_id: int
    batch: str
    code: str
    kind: CouponKind
    status: CouponStatus
    member_id: int | None
    valid_from: datetime
    valid_to: datetime
    state: CouponState
    per_member: int
    terms: CouponTerms

    @property
    def promotion(self) -> str:
        """What it takes off: code@version."""
        return self.terms.promotion


class CouponFacts(msgspec.Struct, frozen=True):
    """The coupons a batch of baskets may ask for: those of its members, and those whose codes were named."""

    by_member: dict[int, tuple[Coupon, ...]] = {}
    by_code: dict[str, Coupon] = {}


class CouponBarred(msgspec.Struct, frozen=True):
    """A coupon that does not count here, and the refusal whoever chose it is told."""

    coupon: Coupon | None
    code: str
    why: ProblemType
    detail: str


class CouponUse(msgspec.Struct, frozen=True):
    """What using a coupon takes one of: from which account to which, about what, and what the buyer is told when it cannot be had."""

    kind: Literal["coupon", "limit"]
    subject_id: int
    from_: Account
    to: Account
    refusal: Problem


class WantCodes(msgspec.Struct, frozen=True):
    """More codes are to be written for a batch."""

    code: str
    count: int


class CodesWritten(msgspec.Struct, frozen=True):
    """How many codes of a batch are written, and how many are to be."""

    batch_id: int
    written: int
    wanted: int
