"""The online mall: order, pay within the hold, ship from a location that has everything."""

from jiutong.kernel.points import Scene
from jiutong.scenes.base import BASE
from jiutong.scenes.steps import (
    beans,
    coupons,
    discount_floor,
    fees,
    flash_prices,
    freight,
    line_discounts,
    order_discount,
    pay_in_full,
    points,
    price_lines,
    promotions,
    purchase_limits,
    red_packets,
    reservations,
    restrictions,
    sellable,
    source_complete,
    tax,
)

B2C = Scene(
    code="b2c.mall",
    title="Online mall",
    title_zh="B2C 商城",
    based_on=BASE,
    steps=(
        sellable,
        restrictions,
        price_lines,
        line_discounts,
        flash_prices,
        promotions,
        order_discount,
        coupons,
        discount_floor,
        reservations,
        purchase_limits,
        red_packets,
        points,
        beans,
        freight,
        fees,
        tax,
        source_complete,
        pay_in_full,
    ),
)
