"""What the source says (products, stores, households, baskets) and what the till makes of it (receipts).

Money is US cents. A quantity is pieces, or thousandths of a US gallon where the product is sold by volume.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct

SoldBy = Literal["piece", "volume"]
Rule = Literal["loyalty_price", "coupon_match", "coupon"]
Funder = Literal["store", "manufacturer"]


class Product(Struct, frozen=True):
    product_id: int
    name: str
    sold_by: SoldBy
    manufacturer_id: int | None = None
    department: str | None = None
    brand: str | None = None
    category: str | None = None
    type: str | None = None
    package_size: str | None = None


class Store(Struct, frozen=True):
    store_id: int
    name: str


class Household(Struct, frozen=True):
    """A loyalty card. Only 801 households answered the survey, so what it asked is mostly absent; a phone is never known."""

    household_id: int
    card_number: str
    age: str | None = None
    income: str | None = None
    home_ownership: str | None = None
    marital_status: str | None = None
    household_size: str | None = None
    household_composition: str | None = None
    kids: str | None = None


class BasketLine(Struct, frozen=True, gc=False):
    """One scanned product, under the source's own column names."""

    product_id: int
    quantity: int
    sales_value_minor: int
    retail_disc_minor: int
    coupon_disc_minor: int
    coupon_match_disc_minor: int

    @property
    def gross_minor(self) -> int:
        """The shelf amount: sales_value already has the two discounts paid by the store taken off."""
        return self.sales_value_minor + self.retail_disc_minor + self.coupon_match_disc_minor


class Position(NamedTuple):
    """Where a basket stands in the source's one order; reading can resume after it."""

    at: datetime
    basket_id: int


class Basket(Struct, frozen=True):
    basket_id: int
    store_id: int
    household_id: int
    at: datetime
    lines: tuple[BasketLine, ...]

    @property
    def position(self) -> Position:
        return Position(self.at, self.basket_id)


class Adjustment(Struct, frozen=True, gc=False):
    """An amount taken off a line (always above zero), and who pays for it."""

    rule: Rule
    funder: Funder
    amount_minor: int


class ReceiptLine(Struct, frozen=True):
    product_id: int
    quantity: int
    gross_minor: int
    adjustments: tuple[Adjustment, ...]

    @property
    def net_minor(self) -> int:
        return self.gross_minor - sum(a.amount_minor for a in self.adjustments)


class Receipt(Struct, frozen=True):
    """What the till printed. `overage_minor` is the part of the coupons that the whole basket could not bear: the till paid it
    out in cash and the manufacturer owes it, so it is neither an adjustment nor a negative tender."""

    basket_id: int
    store_id: int
    household_id: int
    at: datetime
    lines: tuple[ReceiptLine, ...]
    overage_minor: int

    @property
    def tender_minor(self) -> int:
        """The one cash tender; at zero there is none."""
        return sum(line.net_minor for line in self.lines)


class OpeningStock(Struct, frozen=True):
    """Units a store must hold before the slice starts, in product order."""

    store_id: int
    units: tuple[tuple[int, int], ...]


class ShelfPrice(Struct, frozen=True, gc=False):
    """The list price of `per_quantity` units; without a store it is the chain's base price."""

    product_id: int
    price_minor: int
    per_quantity: int
    store_id: int | None = None


class CouponOffer(Struct, frozen=True):
    """A coupon of a campaign: whom it was sent to, when it was good (until just before `ends`), and how often a household used it at most.

    `products` is how many products it was good for.
    """

    campaign_id: int
    coupon_upc: int
    kind: str
    starts: datetime
    ends: datetime
    households: tuple[int, ...]
    most: int
    products: int


class Redemption(Struct, frozen=True):
    """A household used a coupon on a day: for the `nth` time."""

    campaign_id: int
    coupon_upc: int
    household_id: int
    at: datetime
    nth: int
