"""What a line costs before anything is taken off."""

from collections.abc import Mapping

from jiutong import ledger
from jiutong.capabilities import pricing
from jiutong.capabilities.order import Basket, BasketLine, Claim, Findings, LinePrice
from jiutong.flows.facts import Facts
from jiutong.flows.for_whom import price_for
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import step


@step("prices", "buyers")
def price_lines(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Give every line its price and say which row it is. A line without a price is blocked, never free."""
    buyer = price_for(basket, facts.whom)
    if isinstance(buyer, Problem):
        return Findings(blocks=(buyer,))
    prices: dict[int, LinePrice] = {}
    blocks: list[Problem] = []
    claims: list[Claim] = []
    reached = _reached(basket, facts, found, buyer)
    for line in basket.lines:
        offer = found.offers.get(line.line_no)
        if offer is None:
            continue
        if line.given_gross is not None:
            prices[line.line_no] = LinePrice(None, "given", line.given_gross, line.quantity, line.given_gross)
            continue
        known, asked = facts.prices.get(offer.sku_id), reached[line.line_no]
        row = None if known is None else _price_in_force(known, basket, asked, buyer, facts, line.sku)
        if row is None or known is None:
            where = f"/lines/{line.line_no - 1}/sku"
            blocks.append(pricing.NO_PRICE(f"{line.sku} has no price in {basket.currency} here now", pointer=where, sku=line.sku))
            continue
        gross = pricing.line_amount(row.amount, row.per, line.quantity)
        spot = (basket.channel_id, basket.store_id, basket.currency)
        least = pricing.floor(known, *spot, asked, max(basket.at, known.since), buyer, offer.seller_id)
        prices[line.line_no] = LinePrice(row.price_id, row.list_code, row.amount, row.per, gross, least)
        if row.quota is not None:
            claims.append(_agreed(row, row.quota, line))
    return Findings(prices=prices, blocks=tuple(blocks), claims=tuple(claims))


def _agreed(row: pricing.Resolved, quota: int, line: BasketLine) -> Claim:
    """What a line takes of the quantity its price is good for; canceled and returned units give it back."""
    account = pricing.quota_account(row.price_id, quota)
    where = f"/lines/{line.line_no - 1}/quantity"
    refusal = pricing.QUOTA_SPENT(f"{line.sku}: less than {line.quantity} are left at this price", pointer=where, sku=line.sku)
    used = ledger.account_of("used", {}, account.unit)
    return Claim(0, line.line_no, "quota", row.price_id, account, used, line.quantity, "units", refusal)


def _reached(basket: Basket, facts: Facts, found: Findings, buyer: pricing.For) -> Mapping[int, int | pricing.Reached]:
    """What counts toward the breaks of each line."""
    lines = [(line.line_no, offer.sku_id, line.quantity) for line in basket.lines if (offer := found.offers.get(line.line_no))]
    return pricing.reached(lines, facts.prices, facts.whom.bought.get((basket.member_id or 0, basket.company), {}), buyer)


def _price_in_force(
    known: pricing.PriceFacts, basket: Basket, asked: int | pricing.Reached, buyer: pricing.For, facts: Facts, sku: str
) -> pricing.Resolved | None:
    """The price now; a receipt from before these prices were read, without an amount of its own, is charged the earliest known."""
    return pricing.resolve(
        known,
        basket.channel_id,
        basket.store_id,
        basket.currency,
        asked,
        max(basket.at, known.since),
        facts.plan_of(basket).ask(pricing.PREFER),
        buyer,
        facts.skus[sku].categories if sku in facts.skus else (),
    )
