"""The named steps scenes are composed of: pure, each explains itself, none does I/O.

A step asks one room's rules about the basket's facts and adds what it found. What cannot be sold is a block that says why.
"""

from jiutong.scenes.steps.assets import beans, points, red_packets
from jiutong.scenes.steps.discounts import DISCOUNT_MAX_BP, discount_floor, line_discounts, order_discount
from jiutong.scenes.steps.dues import HOLD_MINUTES, pay_in_full
from jiutong.scenes.steps.freight import fees, freight
from jiutong.scenes.steps.gates import entrance, flash_prices, purchase_limits, reservations, restrictions
from jiutong.scenes.steps.goods import on_the_counter, sellable, source_complete, source_store
from jiutong.scenes.steps.prices import price_lines
from jiutong.scenes.steps.promotions import coupons, promotions
from jiutong.scenes.steps.taxes import tax

__all__ = [
    "DISCOUNT_MAX_BP",
    "HOLD_MINUTES",
    "beans",
    "coupons",
    "discount_floor",
    "entrance",
    "fees",
    "flash_prices",
    "freight",
    "line_discounts",
    "on_the_counter",
    "order_discount",
    "pay_in_full",
    "points",
    "price_lines",
    "promotions",
    "purchase_limits",
    "red_packets",
    "reservations",
    "restrictions",
    "sellable",
    "source_complete",
    "source_store",
    "tax",
]
