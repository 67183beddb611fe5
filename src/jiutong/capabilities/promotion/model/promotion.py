"""The nouns of promotions: the terms of a promotion, its versions, what a basket shows of itself, and what came of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

UNKNOWN_PROMOTION = ProblemType("promotion.unknown", 404, "There is no such promotion", "没有这个促销")
NOTHING_DRAFTED = ProblemType("promotion.nothing_drafted", 409, "There is no draft of it to publish", "没有可发布的草稿")
NOT_RUNNING = ProblemType("promotion.not_running", 409, "It is not published", "促销未发布")
BAD_TERMS = ProblemType("promotion.bad_terms", 422, "These terms contradict themselves or can never be met", "促销条件有误")
BAD_EXPRESSION = ProblemType("promotion.bad_expression", 422, "The expression cannot be used", "表达式有误")
OVERLAPPING = ProblemType("promotion.overlapping", 422, "Another promotion fixes the price of the same goods then", "同期已有其他一口价")
USED_UP = ProblemType("promotion.used_up", 409, "The promotion is used up", "促销名额已用完")
COUPON_UNUSABLE = ProblemType("promotion.coupon_unusable", 422, "The coupon cannot be used on this basket", "优惠券不可用于该订单")

EVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
WHOLE_BP = 10_000
ROWS_MAX = 500
TIERS_MAX = 20
ANY = "*"

Code: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s/@\x00-\x1f]+$")]
Codes: TypeAlias = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=5_000)]
Words: TypeAlias = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=200)]
Minor: TypeAlias = Annotated[int, Meta(ge=0, le=10**12)]
Count: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]
Bp: TypeAlias = Annotated[int, Meta(ge=1, le=WHOLE_BP)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Expression: TypeAlias = Annotated[str, Meta(max_length=1_000)]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]

Stage: TypeAlias = Literal["activity", "order", "coupon", "subsidy"]
STAGES: tuple[Stage, ...] = ("activity", "order", "coupon", "subsidy")
State: TypeAlias = Literal["draft", "published", "replaced", "ended"]
Pick: TypeAlias = Literal["cheapest", "dearest"]
Measure: TypeAlias = Literal["none", "amount", "quantity"]
Verdict: TypeAlias = Literal["applied", "near", "beaten", "barred"]
GapUnit: TypeAlias = Literal["", "minor", "units"]
Base: TypeAlias = Literal["list", "sale", "net"]


class AttributeIs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attribute of the goods is one of these; of an attribute with several words, one of its words is."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    any_of: Annotated[tuple[bool | int | str, ...], Meta(min_length=1, max_length=200)]


class PromotionGoods(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which goods: every list that is given must hold them, no `except` list may. Nothing given: all goods.

    A category means everything below it too. `expression` is in the Common Expression Language over sku, title, brand, categories,
    attributes and weight_g.
    """

    skus: Codes = ()
    brands: Codes = ()
    categories: Codes = ()
    attributes: Annotated[tuple[AttributeIs, ...], Meta(max_length=20)] = ()
    except_skus: Codes = ()
    except_brands: Codes = ()
    except_categories: Codes = ()
    expression: Expression = ""


class PromotionHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A time of the week where the channel is: days 1 (Monday) to 7, from a minute of the day until just before another."""

    weekdays: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=7)] = ()
    from_minute: Annotated[int, Meta(ge=0, le=1_439)] = 0
    to_minute: Annotated[int, Meta(ge=1, le=1_440)] = 1_440


class PromotionBuyers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whose baskets: every condition that is given must hold."""

    members_only: bool = False
    first_order: bool = False
    levels: Words = ()
    groups: Words = ()


class PercentOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="percent"):
    """So many basis points off."""

    bp: Bp


class AmountOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="amount"):
    """An amount off: all of it together, or (`each`) off every unit."""

    amount_minor: Annotated[int, Meta(ge=1, le=10**12)]
    each: bool = False


class FixedPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="fixed_price"):
    """The goods cost this much per unit they are priced by."""

    amount_minor: Minor


class LevelAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one level of members pays."""

    level: Annotated[str, Meta(min_length=1, max_length=64)]
    amount_minor: Minor


class LevelPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="level_price"):
    """A price for each level of members."""

    prices: Annotated[tuple[LevelAmount, ...], Meta(min_length=1, max_length=50)]


class NthItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="nth_item"):
    """Of every `nth` units one is so many basis points off: the second at half price is nth 2, bp 5000."""

    nth: Annotated[int, Meta(ge=2, le=100)]
    bp: Bp


class BuyGet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="buy_get"):
    """Whoever buys `buy` units gets `get` more, so many basis points off; out of the same goods, or out of `goods`."""

    buy: Annotated[int, Meta(ge=1, le=1_000)]
    get: Annotated[int, Meta(ge=1, le=1_000)]
    bp: Bp = WHOLE_BP
    goods: PromotionGoods | None = None


class BundlePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many units of these goods."""

    goods: PromotionGoods
    units: Annotated[int, Meta(ge=1, le=1_000)]


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="bundle"):
    """All parts together cost this much. One part is "any three for so much"."""

    amount_minor: Minor
    parts: Annotated[tuple[BundlePart, ...], Meta(min_length=1, max_length=10)]


class Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="gift"):
    """Units of another SKU for nothing. The gift is a line of the basket; its price comes off and is shared with what earned it.

    Where it is out of stock the gift is dropped, or `amount_minor` comes off instead.
    """

    sku: Annotated[str, Meta(min_length=1, max_length=64)]
    units: Annotated[int, Meta(ge=1, le=1_000)] = 1
    fallback: Literal["drop", "amount"] = "drop"
    amount_minor: Minor = 0


class FreeFreight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="free_freight"):
    """No freight, or none up to an amount."""

    max_minor: Annotated[int, Meta(ge=1, le=10**12)] | None = None


Benefit: TypeAlias = PercentOff | AmountOff | FixedPrice | LevelPrice | NthItem | BuyGet | Bundle | Gift | FreeFreight


class PromotionTier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From `least` on (minor units, or units of goods, as the promotion measures) this is given."""

    least: Minor
    benefit: Benefit


class PromotionFunder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who bears how many of the ten thousand basis points of what is taken off."""

    funder: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s:]+$")]
    bp: Bp


class Stacking(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What it combines with.

    Of a `group` only one takes part in an order. On the same units (at the later stages: lines) two promotions of one stage combine
    only if each names the other in `joins`: its code, its group, or "*" for all. What `bars` names may no longer touch the lines it
    took something off; `stop_after` bars everything later.
    """

    group: Annotated[str, Meta(max_length=64)] = ""
    joins: Words = ()
    bars: Annotated[tuple[Stage, ...], Meta(max_length=4)] = ()
    stop_after: bool = False


class PromotionLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How much of it there is; 0 is no limit. Uses are orders.

    What an order took of the budget comes back unit by unit as they are canceled or returned, or (`budget_back` order) only when all of
    the order is canceled.
    """

    units_max: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    times_max: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    cap_minor: Minor = 0
    uses_max: Annotated[int, Meta(ge=0, le=10**12)] = 0
    member_uses_max: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    budget_minor: Annotated[int, Meta(ge=0, le=10**15)] = 0
    budget_back: Literal["units", "order"] = "units"


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a promotion says: on which goods, for whom, when, from how much on, what is given, at whose cost, beside what else.

    When units come back the others keep their share of it (`returns` keep_share); or (requalify) the promotion is measured again for what
    stays, and what it would not have given alone is taken off the refund.
    """

    name: Name
    name_zh: Annotated[str, Meta(max_length=200)] = ""
    stage: Stage
    currency: Annotated[str, Meta(pattern="^([A-Z]{3})?$")] = ""
    coupon: bool = False
    play: Annotated[str, Meta(max_length=64)] = ""
    goods: PromotionGoods = PromotionGoods()
    channels: Words = ()
    stores: Codes = ()
    buyers: PromotionBuyers = PromotionBuyers()
    hours: Annotated[tuple[PromotionHours, ...], Meta(max_length=20)] = ()
    valid_from: Instant = EVER
    valid_to: Instant = FOREVER
    expression: Expression = ""
    measure: Measure = "none"
    base: Base = "net"
    every: bool = False
    tiers: Annotated[tuple[PromotionTier, ...], Meta(min_length=1, max_length=TIERS_MAX)]
    pick: Pick = "cheapest"
    funders: Annotated[tuple[PromotionFunder, ...], Meta(min_length=1, max_length=10)]
    stacking: Stacking = Stacking()
    limits: PromotionLimits = PromotionLimits()
    returns: Literal["keep_share", "requalify"] = "keep_share"


class Version(msgspec.Struct, frozen=True):
    """A version of a promotion as it is kept. `promotion_id` is one for all its versions: what was used up stays used up."""

    promotion_id: int
    code: str
    version: int
    state: State
    terms: Terms
    channel_ids: tuple[int, ...] = ()
    store_ids: tuple[int, ...] = ()

    @property
    def rule(self) -> str:
        """How adjustments name it."""
        return f"{self.code}@{self.version}"


class Drafted(msgspec.Struct, frozen=True):
    """A draft that was written. promotion.drafted.v1."""

    promotion_id: int
    code: str
    version: int
    changed: bool


class Turned(msgspec.Struct, frozen=True):
    """A version that was published, replaced or ended. promotion.published.v1, promotion.ended.v1."""

    promotion_id: int
    code: str
    version: int
    before: State
    state: State


class Draft(msgspec.Struct, frozen=True):
    """Terms to be kept under a code, the places they name resolved."""

    code: str
    terms: Terms
    channel_ids: tuple[int, ...]
    store_ids: tuple[int, ...]
    by: str


class Turn(msgspec.Struct, frozen=True):
    """A wish to publish the draft of a promotion, or to end the version that runs."""

    code: str
    by: str


class Item(msgspec.Struct, frozen=True, gc=False):
    """A line of a basket as promotions see it.

    `goods` is what the matching of goods is remembered by: the facts of the SKU, of which it reads `code`, `title`, `brand`,
    `categories`, `attributes` and `weight_g`. What is sold by the piece has `units` pieces; what is measured is one unit, whatever
    its quantity. `gross` is the list amount, `net` what is left of it, `floor` the least that must stay.
    """

    line_no: int
    goods: Any
    quantity: int
    units: int
    per: int
    gross: int
    net: int
    floor: int = 0


class Staying(msgspec.Struct, frozen=True):
    """What stays of a line that a promotion took something off: how much, what was left of it at each base, and what it still carries."""

    line_no: int
    goods: Any
    quantity: int
    gross: int
    sale: int
    net: int
    kept: int


class InHand(msgspec.Struct, frozen=True):
    """A coupon somebody could use: its name, the promotion's version it stands for, and why it may not be used here ("" if it may)."""

    coupon: str
    rule: str
    why: str = ""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a basket that is not a line.

    `left` is what is left of limited promotions, by account; `without` are SKUs somebody would get as a gift that are out of stock.
    """

    at: datetime
    weekday: int
    minute: int
    currency: str
    channel_id: int = 0
    store_id: int = 0
    member_id: int | None = None
    level: str = ""
    groups: tuple[str, ...] = ()
    company: str = ""
    region: str = ""
    first_order: bool = False
    play: str = ""
    coupons: tuple[InHand, ...] = ()
    chosen: bool = False
    without: frozenset[str] = frozenset()
    left: Mapping[int, int] = {}
    everything: bool = False


class PromotionOff(msgspec.Struct, frozen=True):
    """Minor units off a line at a stage by a rule, borne by a funder."""

    line_no: int
    stage: str
    rule: str
    funder: str
    amount: int


class FreightTaken(msgspec.Struct, frozen=True):
    """Freight that is not to be paid: all of it (None), or up to an amount; and who bears it in basis points."""

    rule: str
    funders: tuple[tuple[str, int], ...]
    max_minor: int | None


class Use(msgspec.Struct, frozen=True):
    """A limited promotion that takes part: once, and with so much of its budget."""

    version: Version
    amount: int


class PromotionReason(msgspec.Struct, frozen=True):
    """Why a promotion took part or did not: one representation for quote, order and refusal.

    `why` is a stable code; `gap` says how much more would do, in minor units or units of goods; `by` what beat it.
    """

    stage: str
    rule: str
    name: str
    name_zh: str
    outcome: Verdict
    why: str = ""
    amount: int = 0
    gap: int = 0
    gap_unit: GapUnit = ""
    by: str = ""
    lines: tuple[int, ...] = ()
    funders: tuple[tuple[str, int], ...] = ()


class SetCertificate(msgspec.Struct, frozen=True):
    """What is known about how good the set chosen at a stage is: nothing feasible is worth more than `bound`."""

    stage: str
    exact: bool
    chosen: int
    bound: int
    candidates: int
    nodes: int


class Outcome(msgspec.Struct, frozen=True):
    """What promotions do to a basket, and why."""

    offs: tuple[PromotionOff, ...] = ()
    freight: tuple[FreightTaken, ...] = ()
    uses: tuple[Use, ...] = ()
    coupons: tuple[str, ...] = ()
    reasons: tuple[PromotionReason, ...] = ()
    certificates: tuple[SetCertificate, ...] = ()
