"""The shop: what lies on the counter is sold, paid and gone in one act."""

from jiutong.kernel.points import Scene
from jiutong.scenes.base import BASE
from jiutong.scenes.steps import (
    DISCOUNT_MAX_BP,
    coupons,
    discount_floor,
    line_discounts,
    on_the_counter,
    order_discount,
    points,
    price_lines,
    promotions,
    red_packets,
    source_store,
    tax,
)

STORE = Scene(
    code="store.pos",
    title="Store",
    title_zh="门店",
    based_on=BASE,
    steps=(
        on_the_counter,
        price_lines,
        line_discounts,
        promotions,
        order_discount,
        coupons,
        discount_floor,
        red_packets,
        points,
        tax,
        source_store,
    ),
    points=((DISCOUNT_MAX_BP, 5000),),
)
