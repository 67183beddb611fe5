"""The nouns of pricing: price list, price row, the price resolved for a line, and why it is that one."""

from datetime import datetime
from enum import StrEnum

import msgspec

from jiutong.kernel.errors import ProblemType

NO_PRICE = ProblemType("pricing.no_price", 409, "There is no price for it here", "此处没有价格")
NO_TAX_RATE = ProblemType("pricing.no_tax_rate", 409, "There is no tax rate for its tax class", "税类没有税率")


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
