"""What a line costs before anything is taken off."""

from jiutong.capabilities import pricing
from jiutong.capabilities.order import Basket, Findings, LinePrice
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import step


@step("prices")
def price_lines(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Give every line its price and say which row it is. A line without a price is blocked, never free."""
    prices: dict[int, LinePrice] = {}
    blocks: list[Problem] = []
    for line in basket.lines:
        offer = found.offers.get(line.line_no)
        if offer is None:
            continue
        if line.given_gross is not None:
            prices[line.line_no] = LinePrice(None, "given", line.given_gross, line.quantity, line.given_gross)
            continue
        row = _price_in_force(facts.prices.get(offer.sku_id), basket, line.quantity)
        if row is None:
            where = f"/lines/{line.line_no - 1}/sku"
            blocks.append(pricing.NO_PRICE(f"{line.sku} has no price in {basket.currency} here now", pointer=where, sku=line.sku))
        else:
            gross = pricing.line_amount(row.amount, row.per, line.quantity)
            prices[line.line_no] = LinePrice(row.price_id, row.list_code, row.amount, row.per, gross)
    return Findings(prices=prices, blocks=tuple(blocks))


def _price_in_force(prices: pricing.PriceFacts | None, basket: Basket, quantity: int) -> pricing.Resolved | None:
    """The price now; a receipt from before these prices were read, without an amount of its own, is charged the earliest known."""
    if prices is None:
        return None
    at = max(basket.at, prices.since)
    return pricing.resolve(prices, basket.channel_id, basket.store_id, basket.currency, quantity, at)
