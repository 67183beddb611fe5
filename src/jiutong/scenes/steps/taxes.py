"""What of it is the state's."""

from jiutong.capabilities import order, pricing
from jiutong.capabilities.order import Basket, Findings, LineTax
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import step


@step("tax_rates")
def tax(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Tax per line on what is left of it, at the seller's rate for its class; contained or on top as the seller quotes."""
    if found.blocks:
        return order.NOTHING
    off = order.taken_off(found.adjustments) if found.adjustments else {}
    taxes: dict[int, LineTax] = {}
    blocks: list[Problem] = []
    for line in basket.lines:
        offer = found.offers[line.line_no]
        rate_bp = facts.tax_rates.get((offer.seller_id, offer.tax_class))
        if rate_bp is None:
            blocks.append(
                pricing.NO_TAX_RATE(f"no rate for tax class {offer.tax_class}", pointer=f"/lines/{line.line_no - 1}/sku", sku=line.sku)
            )
            continue
        inclusive = facts.tax_inclusive[offer.seller_id]
        net = found.prices[line.line_no].gross - off.get(line.line_no, 0)
        taxes[line.line_no] = LineTax(rate_bp, pricing.tax_of(net, rate_bp, inclusive), not inclusive)
    return Findings(taxes=taxes, blocks=tuple(blocks))
