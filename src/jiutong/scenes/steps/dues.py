"""What is to be paid, and until when."""

from datetime import timedelta

from jiutong.capabilities import order
from jiutong.capabilities.order import Basket, Due, Findings
from jiutong.flows.facts import Facts
from jiutong.kernel.points import Point, plan_of, step

HOLD_MINUTES = Point("hold_minutes", "first", 15, "How long goods are kept for an order nobody has paid")


@step()
def pay_in_full(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """One payable over everything, due before the goods are given back."""
    if found.blocks:
        return order.NOTHING
    total = order.payable(found)
    due_at = basket.at + timedelta(minutes=plan_of(basket.scene).ask(HOLD_MINUTES)) if total else None
    return Findings(dues=(Due(total, due_at),))
