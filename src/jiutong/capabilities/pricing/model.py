"""The nouns of pricing: price list, price row, the price resolved for a line, and why it is that one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType
from jiutong.kernel.points import Point

NO_PRICE = ProblemType("pricing.no_price", 409, "There is no price for it here", "此处没有价格")
NO_TAX_RATE = ProblemType("pricing.no_tax_rate", 409, "There is no tax rate for its tax class", "税类没有税率")
UNKNOWN_LIST = ProblemType("pricing.unknown_list", 404, "There is no such price list", "没有这个价目表")
UNKNOWN_SKU = ProblemType("pricing.unknown_sku", 422, "There is no such SKU to price", "没有这个单品，无法定价")
LIST_FIXED = ProblemType("pricing.list_fixed", 409, "A price list keeps its place and currency", "价目表的适用范围与币种不可更改")
LIST_SCOPE = ProblemType(
    "pricing.list_scope",
    422,
    "A list is for one of them: everybody, a channel, a store, a region, a group, a company or (of costs) a seller",
    "价目表只能适用于一种范围",
)
OVERLAP = ProblemType("pricing.overlap", 409, "Another price is valid in that time", "该时段已有其他价格")
UNKNOWN_PRICE = ProblemType("pricing.unknown_price", 404, "There is no such price", "没有这条价格")
IN_THE_PAST = ProblemType("pricing.in_the_past", 422, "A price ends now at the earliest", "价格最早从现在起结束")
NO_BASE_TO_TAKE_OFF = ProblemType(
    "pricing.no_base_to_take_off", 422, "Everybody's list has nothing to take a rate off", "通用价目表不能设折扣率"
)
COST_AMOUNT = ProblemType("pricing.cost_amount", 422, "What goods cost is an amount", "成本须为金额，不能设折扣率")
CONTRACTS_ONLY = ProblemType("pricing.contracts_only", 422, "Only a contract prices categories and quotas", "仅合同价可按类目或限量设价")
RATE_OF = ProblemType("pricing.rate_of", 422, "A rate is for a SKU or for a category", "折扣率须针对单品或类目之一")
NOTHING_SET = ProblemType("pricing.nothing_set", 422, "There is no price in it", "没有任何价格")
APPROVAL_NEEDED = ProblemType("pricing.approval_needed", 409, "Prices of this list are proposed and approved", "该价目表的变更需提案审批")
APPROVER_NEEDED = ProblemType(
    "pricing.approver_needed", 403, "Only who may approve can end the need of approval", "只有审批人可取消审批要求"
)
QUOTA_SPENT = ProblemType("pricing.quota_spent", 409, "The agreed quantity at this price is used up", "协议价数量已用完")
EMPTY_WINDOW = ProblemType("pricing.empty_window", 422, "It would end before it begins", "结束时间早于开始时间")

UNKNOWN_PROPOSAL = ProblemType("pricing.unknown_proposal", 404, "There is no such proposal", "没有这个调价提案")
PROPOSAL_DECIDED = ProblemType("pricing.proposal_decided", 409, "The proposal is not open to that any more", "提案当前状态不允许该操作")
FOUR_EYES = ProblemType("pricing.four_eyes", 409, "Somebody else decides on what you proposed", "提案须由他人审批")
NOT_YOURS = ProblemType("pricing.not_yours", 409, "Only who made it can do that", "仅提案人可执行该操作")
REASON_NEEDED = ProblemType("pricing.reason_needed", 422, "A rejection says why", "驳回须说明原因")
UNKNOWN_NEGOTIATION = ProblemType("pricing.unknown_negotiation", 404, "There is no such negotiation", "没有这个议价单")
NEGOTIATION_OVER = ProblemType("pricing.negotiation_over", 409, "This negotiation is over", "议价已结束")
NEGOTIATION_EXPIRED = ProblemType("pricing.negotiation_expired", 409, "This negotiation has expired", "议价已过期")
NOT_YOUR_TURN = ProblemType("pricing.not_your_turn", 409, "The other side has to name its prices first", "须等对方先报价")
NO_SUCH_LINE = ProblemType("pricing.no_such_line", 422, "The negotiation has no such line", "议价单没有这一行")
NEGOTIATION_MOVED = ProblemType(
    "pricing.negotiation_moved", 409, "Somebody answered meanwhile: read it again", "议价已有新回复，请刷新后再操作"
)

# The ends of time, as the database's infinities come back.
EVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)

ROWS_MAX = 5_000
Code: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s/\x00-\x1f]+$")]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]
Minor: TypeAlias = Annotated[int, Meta(ge=0, le=10**12)]
Quantity: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Prefer(StrEnum):
    """Which of the prices of different lists wins: the more specific list, or the lowest amount. A scene's setting."""

    SPECIFIC = "specific"
    LOWEST = "lowest"


PREFER = Point("price_prefer", "first", Prefer.SPECIFIC, "Which of the prices that apply wins: the most specific, or the lowest")

Kind = Literal["base", "region", "seller", "channel", "store", "group", "contract"]
"""Whom a list is for, from everybody to one company: the later ones win. For a seller there are costs only."""

Role = Literal["sale", "floor", "cost"]
"""What a list says: what goods sell for, the least they may come to, or what they cost. Nothing is sold by the latter two."""

Basis = Literal["line", "sku", "group", "period"]
"""What counts toward a quantity break: the line, all lines of the SKU, all lines of one mix, or what was bought this month besides."""

OffBp: TypeAlias = Annotated[int, Meta(ge=1, le=10_000, description="Basis points off the base price: 500 is 5 %")]
MarginBp: TypeAlias = Annotated[int, Meta(ge=0, le=9_999, description="Basis points of what goods sell for: 2000 is 20 %")]
Mix: TypeAlias = Annotated[str, Meta(max_length=64, pattern=r"^[^\s/\x00-\x1f]*$")]
Region: TypeAlias = Annotated[str, Meta(max_length=200, pattern=r"^[^/\s][^/]*(/[^/\s][^/]*)*$", examples=["US/CA"])]


class PriceRow(msgspec.Struct, frozen=True, gc=False):
    """A price: `amount` minor units for `per` base units, from `min_quantity` base units on, until just before `valid_to`.

    With `off_bp` it is that much off the base price instead. `basis` and `mix` say what counts toward `min_quantity`; with `quota` it is
    good for so many base units altogether. In a list of costs `margin_bp` is the least of a price that must be left over them.
    """

    price_id: int
    list_code: str
    amount: int
    per: int
    min_quantity: int
    valid_from: datetime
    valid_to: datetime
    off_bp: int | None = None
    basis: Basis = "line"
    mix: str = ""
    quota: int | None = None
    margin_bp: int | None = None


ScopeKey = tuple[str, int | str, str]
"""(kind, whom, currency): the id of the channel, store, group, company or seller; the name of the region; 0 for everybody.

`PriceList.scope` makes it where prices are written, `rules.levels` where they are looked up: there is no third place.
"""

# (seller_id, tax_class) → since when and how much (basis points), the latest first.
TaxTable = dict[tuple[int, str], tuple[tuple[datetime, int], ...]]


class PriceFacts(msgspec.Struct, frozen=True):
    """The price rows of one SKU by scope, each scope in winning order (see `rules.winning_order`).

    Complete from `since` on: rows that ended before it are not there. `withdrawn` holds the rows of lists no longer used,
    for those who ask why; it is empty in what is remembered. `floors` are the rows of floor lists, `costs` those of lists of costs; `bases`
    what counts toward breaks besides the line.
    """

    sku_id: int
    since: datetime
    by_scope: dict[ScopeKey, tuple[PriceRow, ...]]
    withdrawn: dict[ScopeKey, tuple[PriceRow, ...]]
    floors: dict[ScopeKey, tuple[PriceRow, ...]] = {}
    bases: frozenset[str] = frozenset()
    costs: dict[ScopeKey, tuple[PriceRow, ...]] = {}


class Terms(msgspec.Struct, frozen=True):
    """What the contracts of a company take off whole categories: by (category, currency), each in winning order.

    Complete from `since` on.
    """

    company_id: int
    since: datetime
    by_category: dict[tuple[str, str], tuple[PriceRow, ...]]


class For(msgspec.Struct, frozen=True):
    """For whom a price is asked, besides where: the region, the customer groups, and the company with the terms agreed with it.

    `left` tells of prices good for a quota how many base units are left.
    """

    region: str = ""
    group_ids: tuple[int, ...] = ()
    company_id: int = 0
    terms: Terms | None = None
    left: Mapping[int, int] = {}


ANYBODY: Final = For()


class Reached(msgspec.Struct, frozen=True):
    """The quantities of a basket that count toward the breaks of one line: its own, its SKU's, its mixes', and the month's."""

    line: int
    sku: int
    period: int
    mixes: Mapping[tuple[str, str], int] = {}

    def of(self, row: PriceRow) -> int:
        """What counts toward the break of this row."""
        if row.basis == "sku":
            return self.sku
        if row.basis == "period":
            return self.period
        return self.mixes.get((row.list_code, row.mix), self.sku) if row.basis == "group" and row.mix else self.line


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """The price of a line and where it comes from; `kind` is the specificity it was found at, `reached` the quantity that counted."""

    price_id: int
    list_code: str
    kind: str
    amount: int
    per: int
    min_quantity: int
    reached: int = 0
    quota: int | None = None
    margin_bp: int | None = None

    def costs_as(self, other: "Resolved") -> bool:
        """Whether a unit costs the same, however many it is priced per."""
        return self.amount * other.per == other.amount * self.per


class Place(msgspec.Struct, frozen=True):
    """Whose goods are sold where: what they cost depends on it, and never on who buys. 0 and "" for what is not known."""

    currency: str
    channel_id: int = 0
    store_id: int = 0
    seller_id: int = 0
    region: str = ""


class Costed(msgspec.Struct, frozen=True):
    """So many base units of a SKU, sold at a place at an instant: a question what they cost then."""

    sku_id: int
    quantity: int
    at: datetime
    place: Place


class Cost(msgspec.Struct, frozen=True):
    """What goods cost: `amount` minor units for `per` base units, by which row; `margin_bp`, the least of a price that must be left."""

    price_id: int
    list_code: str
    kind: str
    amount: int
    per: int
    margin_bp: int | None = None


class Losing(StrEnum):
    """Why a price row is not the price."""

    OTHER_CURRENCY = "other_currency"
    LIST_WITHDRAWN = "list_withdrawn"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    QUANTITY_BELOW_BREAK = "quantity_below_break"
    BEATEN_BY_BREAK = "beaten_by_break"
    STARTED_EARLIER = "started_earlier"
    LESS_SPECIFIC = "less_specific"
    NOT_LOWEST = "not_lowest"
    OTHER_REGION = "other_region"
    NOT_IN_GROUP = "not_in_group"
    OTHER_COMPANY = "other_company"
    OTHER_CATEGORY = "other_category"
    NO_BASE = "no_base"
    QUOTA_SPENT = "quota_spent"


class Candidate(msgspec.Struct, frozen=True):
    """A price row that was considered. `losing` is None for the one that won. `amount` is what it comes to, `reached` what counted."""

    price_id: int
    list_code: str
    kind: str
    scope_id: int | str
    currency: str
    amount: int
    per: int
    min_quantity: int
    valid_from: datetime
    valid_to: datetime
    losing: Losing | None
    reached: int = 0
    basis: Basis = "line"
    mix: str = ""
    off_bp: int | None = None
    category: str = ""


class Trace(msgspec.Struct, frozen=True):
    """How a price came about: the rule, the row it chose, and every candidate of this place, the winner first."""

    rule: str
    chosen: int | None
    candidates: tuple[Candidate, ...]


class PriceList(msgspec.Struct, frozen=True):
    """A price list as it stands or is to be. `scope_id` is the id of its channel, store, group, company or seller, else 0.

    `margin_bp`, in a list of costs: what goods come to must leave at least so much of itself over what they cost.
    """

    code: str
    name: str
    kind: Kind
    scope_id: int
    currency: str
    active: bool
    list_id: int = 0
    region: str = ""
    role: Role = "sale"
    basis: Basis = "line"
    approval: bool = False
    margin_bp: int | None = None

    @property
    def scope(self) -> ScopeKey:
        """Whom its prices are for."""
        return self.kind, self.region or self.scope_id, self.currency


class ListChange(msgspec.Struct, frozen=True):
    """A price list that is new (`before` None) or different now."""

    before: PriceList | None
    after: PriceList


class SetPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A price to be: `amount_minor` for `per` base units from `min_quantity` on. It begins now and has no end unless said otherwise."""

    sku: Code
    amount_minor: Minor
    per: Quantity = 1
    min_quantity: Quantity = 1
    valid_from: Instant | None = None
    valid_to: Instant = FOREVER
    mix: Mix = ""
    quota: Quantity | None = None


class SetRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So much off the base price, from `min_quantity` on: of a SKU or, in a contract, of a category and all below it.

    Rates are taken off the base price, never off each other.
    """

    off_bp: OffBp
    sku: Code | None = None
    category: Code | None = None
    min_quantity: Quantity = 1
    valid_from: Instant | None = None
    valid_to: Instant = FOREVER
    mix: Mix = ""
    quota: Quantity | None = None


class PriceSpan(msgspec.Struct, frozen=True):
    """A price of a list over a time: a row that is there, or a wish (`price_id` 0) with its SKU's code and its place in the command.

    `resumes`: nobody wished for it, it goes on after a wish that ends. With `category` it is of a category instead of a SKU.
    """

    list_id: int
    sku_id: int
    min_quantity: int
    amount: int
    per: int
    valid_from: datetime
    valid_to: datetime
    price_id: int = 0
    sku: str = ""
    pointer: str = ""
    resumes: bool = False
    off_bp: int | None = None
    mix: str = ""
    quota: int | None = None
    category: str = ""


class PriceChange(msgspec.Struct, frozen=True):
    """A price that took the place of another from `valid_from` on."""

    sku: str
    min_quantity: int
    before_minor: int
    before_per: int
    after_minor: int
    after_per: int
    valid_from: datetime
    valid_to: datetime
    before_off_bp: int | None = None
    after_off_bp: int | None = None


class PricesSet(msgspec.Struct, frozen=True):
    """What a command came to: SKUs that have a first price, prices that changed, and how many were so already."""

    list_id: int
    created: tuple[str, ...]
    changed: tuple[PriceChange, ...]
    unchanged: int


class EndPrice(msgspec.Struct, frozen=True):
    """A wish that a price hold no longer than until just before `at`."""

    price_id: int
    at: datetime


class PriceEnded(msgspec.Struct, frozen=True):
    """A price that ends at `at` instead of at `before`; one that had not begun by then is taken back, and never was."""

    price_id: int
    sku_id: int
    before: datetime
    at: datetime
    taken_back: bool


class SetTaxRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The rate of a tax class from an instant on, in basis points (1300 is 13 %). Exempt goods have a rate of 0."""

    tax_class: Annotated[str, Meta(min_length=1, max_length=32)]
    rate_bp: Annotated[int, Meta(ge=0, le=10_000)]
    valid_from: Instant = EVER


class TaxChange(msgspec.Struct, frozen=True):
    """A rate that is new (`before_bp` None) or different now."""

    seller_id: int
    tax_class: str
    valid_from: datetime
    before_bp: int | None
    after_bp: int


class Deciding(StrEnum):
    """What can be done with a proposal."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


ProposalStatus = Literal["draft", "proposed", "approved", "rejected", "withdrawn"]

MOVES: Final[Mapping[Deciding, tuple[frozenset[str], ProposalStatus]]] = {
    Deciding.SUBMIT: (frozenset({"draft"}), "proposed"),
    Deciding.APPROVE: (frozenset({"proposed"}), "approved"),
    Deciding.REJECT: (frozenset({"proposed"}), "rejected"),
    Deciding.WITHDRAW: (frozenset({"draft", "proposed"}), "withdrawn"),
}
"""From where to where a proposal goes."""


class ProposalLine(msgspec.Struct, frozen=True):
    """A change of a price that is proposed: a SKU's price or rate, a category's rate, or (`ends`) the end of a price at `valid_to`.

    Without `valid_from` it begins when it is approved.
    """

    sku_id: int | None
    category: str | None
    ends: int | None
    min_quantity: int
    amount: int
    per: int
    off_bp: int | None
    mix: str
    quota: int | None
    valid_from: datetime | None
    valid_to: datetime


class Proposal(msgspec.Struct, frozen=True):
    """Changes of the prices of a list, proposed by one and decided on by another."""

    proposal_id: int
    list_id: int
    note: str
    status: ProposalStatus
    made_by: str
    lines: tuple[ProposalLine, ...]


class Decision(msgspec.Struct, frozen=True):
    """What somebody wants to become of a proposal."""

    proposal_id: int
    deciding: Deciding
    actor: str
    reason: str = ""


class Proposed(msgspec.Struct, frozen=True):
    """Event `price.proposed.v1`."""

    proposal_id: int
    list: str
    lines: int
    note: str


class Decided(msgspec.Struct, frozen=True):
    """Events `price.approved.v1`, `price.rejected.v1`, `price.withdrawn.v1`: what became of a proposal."""

    proposal_id: int
    list_id: int
    status: ProposalStatus
    made_by: str
    reason: str


Side = Literal["buyer", "seller"]
NegotiationStatus = Literal["asked", "offered", "accepted", "declined", "withdrawn"]
Act = Literal["asked", "offered", "said", "accepted", "declined", "withdrawn"]


class NegotiationLine(msgspec.Struct, frozen=True):
    """So many base units of a SKU, and what each side said last: minor units per `per` base units."""

    line_no: int
    sku_id: int
    quantity: int
    per: int = 1
    asked: int | None = None
    offered: int | None = None


class Negotiation(msgspec.Struct, frozen=True):
    """Talks between a company and the seller about prices. `status` tells whose turn it is, or how it ended.

    Agreed prices hold until just before `valid_to`: for the agreed quantity in all (`capped`), or for every order of at least as much.
    """

    negotiation_id: int
    company_id: int
    channel_id: int
    currency: str
    title: str
    status: NegotiationStatus
    expires_at: datetime
    valid_to: datetime
    capped: bool
    revision: int
    lines: tuple[NegotiationLine, ...]
    opened_by: str = ""
    list_id: int | None = None


class Said(msgspec.Struct, frozen=True):
    """What one side says: words, prices for lines, an end. `revision` is the one they read; None: whatever it is."""

    negotiation_id: int
    side: Side
    act: Literal["price", "say", "accept", "end"]
    actor: str
    text: str = ""
    prices: tuple[tuple[int, int], ...] = ()
    expires_at: datetime | None = None
    valid_to: datetime | None = None
    capped: bool | None = None
    revision: int | None = None


class Spoken(msgspec.Struct, frozen=True):
    """A negotiation after something was said, and as what it counts."""

    negotiation: Negotiation
    act: Act


class NegotiationMoved(msgspec.Struct, frozen=True):
    """Events `negotiation.asked.v1`, `.offered.v1`, `.said.v1`, `.accepted.v1`, `.declined.v1`, `.withdrawn.v1`."""

    negotiation_id: int
    company_id: int
    side: Side
    lines: tuple[tuple[int, int], ...]
    text: str
