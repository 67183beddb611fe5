"""The nouns of pricing: price list, price row, the price resolved for a line, and why it is that one."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

NO_PRICE = ProblemType("pricing.no_price", 409, "There is no price for it here", "此处没有价格")
NO_TAX_RATE = ProblemType("pricing.no_tax_rate", 409, "There is no tax rate for its tax class", "税类没有税率")
UNKNOWN_LIST = ProblemType("pricing.unknown_list", 404, "There is no such price list", "没有这个价目表")
UNKNOWN_SKU = ProblemType("pricing.unknown_sku", 422, "There is no such SKU to price", "没有这个单品，无法定价")
LIST_FIXED = ProblemType("pricing.list_fixed", 409, "A price list keeps its place and currency", "价目表的适用范围与币种不可更改")
LIST_SCOPE = ProblemType("pricing.list_scope", 422, "A list is for everybody, a channel or a store", "价目表范围应为通用、渠道或门店之一")
OVERLAP = ProblemType("pricing.overlap", 409, "Another price is valid in that time", "该时段已有其他价格")
UNKNOWN_PRICE = ProblemType("pricing.unknown_price", 404, "There is no such price", "没有这条价格")
IN_THE_PAST = ProblemType("pricing.in_the_past", 422, "A price ends now at the earliest", "价格最早从现在起结束")
EMPTY_WINDOW = ProblemType("pricing.empty_window", 422, "It would end before it begins", "结束时间早于开始时间")

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


class PriceRow(msgspec.Struct, frozen=True, gc=False):
    """A price: `amount` minor units for `per` base units, from `min_quantity` base units on, until just before `valid_to`."""

    price_id: int
    list_code: str
    amount: int
    per: int
    min_quantity: int
    valid_from: datetime
    valid_to: datetime


# (kind, scope_id, currency): kind is base, channel or store; scope_id the channel's or store's id, 0 for base.
ScopeKey = tuple[str, int, str]

# (seller_id, tax_class) → since when and how much (basis points), the latest first.
TaxTable = dict[tuple[int, str], tuple[tuple[datetime, int], ...]]


class PriceFacts(msgspec.Struct, frozen=True):
    """The price rows of one SKU by scope, each scope in winning order (see `rules.winning_order`).

    Complete from `since` on: rows that ended before it are not there. `withdrawn` holds the rows of lists no longer used,
    for those who ask why; it is empty in what is remembered.
    """

    sku_id: int
    since: datetime
    by_scope: dict[ScopeKey, tuple[PriceRow, ...]]
    withdrawn: dict[ScopeKey, tuple[PriceRow, ...]]


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """The price of a line and where it comes from; `kind` is the specificity it was found at."""

    price_id: int
    list_code: str
    kind: str
    amount: int
    per: int
    min_quantity: int


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


class Candidate(msgspec.Struct, frozen=True):
    """A price row that was considered. `losing` is None for the one that won."""

    price_id: int
    list_code: str
    kind: str
    scope_id: int
    currency: str
    amount: int
    per: int
    min_quantity: int
    valid_from: datetime
    valid_to: datetime
    losing: Losing | None


class Trace(msgspec.Struct, frozen=True):
    """How a price came about: the rule, the row it chose, and every candidate of this place, the winner first."""

    rule: str
    chosen: int | None
    candidates: tuple[Candidate, ...]


class PriceList(msgspec.Struct, frozen=True):
    """A price list as it stands or is to be. `scope_id` is the id of its channel or store, 0 for everybody."""

    code: str
    name: str
    kind: Literal["base", "channel", "store"]
    scope_id: int
    currency: str
    active: bool
    list_id: int = 0


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


class PriceSpan(msgspec.Struct, frozen=True):
    """A price of a list over a time: a row that is there, or a wish (`price_id` 0) with its SKU's code and its place in the command.

    `resumes`: nobody wished for it, it goes on after a wish that ends.
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
