"""What is taken off by hand or by receipt, and how far down that may go."""

from jiutong.capabilities import order
from jiutong.capabilities.order import Basket, Findings
from jiutong.flows.facts import Facts
from jiutong.kernel.points import Point, plan_of, step

WHOLE_BP = 10_000
DISCOUNT_MAX_BP = Point("discount_max_bp", "first", 3000, "How much of a line's list amount may be taken off by hand, in basis points")


@step()
def line_discounts(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Take off what somebody gave on a line by hand or by receipt."""
    if found.blocks or not any(line.adjustments for line in basket.lines):
        return order.NOTHING
    return Findings(adjustments=order.adjust_lines(basket, found))


@step()
def order_discount(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Spread what was given on the whole basket over its lines, in proportion to what is left of them."""
    if found.blocks or not basket.adjustments:
        return order.NOTHING
    made, unborne = order.spread(basket.adjustments, "order", basket, found)
    if unborne:
        return Findings(blocks=(order.DISCOUNT_FLOOR("more is taken off than there is", pointer="/adjustments", over_minor=unborne),))
    return Findings(adjustments=made)


@step()
def discount_floor(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Nobody sells below nothing, and below the scene's floor only who may."""
    if found.blocks or not found.adjustments:
        return order.NOTHING
    allowed_bp = WHOLE_BP if basket.may_discount_any else plan_of(basket.scene).ask(DISCOUNT_MAX_BP)
    blocks = [
        order.DISCOUNT_FLOOR(f"at most {most} may be taken off this line", pointer=f"/lines/{no - 1}/adjustments", most_minor=most)
        for no, most in order.over_floor(basket, found, allowed_bp)
    ]
    return Findings(blocks=tuple(blocks))
