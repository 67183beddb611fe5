"""The named steps scenes are composed of: pure, each explains itself, none does I/O.

A step asks one room's rules about the basket's facts and adds what it found. What cannot be sold is a block that says why.
"""

from collections.abc import Callable
from datetime import timedelta

from jiutong.capabilities import catalog, order, pricing
from jiutong.capabilities.order import Basket, Due, Findings, LinePrice, LineTax, Offer
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem, ProblemType
from jiutong.kernel.points import Point, plan_of, step

HOLD_MINUTES = Point("hold_minutes", "first", 15, "How long goods are kept for an order nobody has paid")
WHOLE_BP = 10_000
DISCOUNT_MAX_BP = Point("discount_max_bp", "first", 3000, "How much of a line's list amount may be taken off by hand, in basis points")


@step("skus")
def sellable(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Every line must be offered in this trade domain now."""
    return _offered(basket, facts, lambda sku: catalog.offer(sku, basket.channel_id, basket.store_id, basket.at))


@step("skus")
def on_the_counter(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """What was scanned is sold: the goods are there, also when their listing has ended meanwhile."""

    def ever_offered(sku: catalog.SkuFacts | None) -> catalog.ListingFacts | ProblemType:
        offer = catalog.offer(sku, basket.channel_id, basket.store_id, basket.at)
        if sku is None or isinstance(offer, catalog.ListingFacts):
            return offer
        here = [one for one in sku.listings if one.channel_id == basket.channel_id and one.store_id in (basket.store_id, 0)]
        return max(here, key=lambda one: (one.store_id, one.valid_to), default=offer)

    return _offered(basket, facts, ever_offered)


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


@step("sources")
def source_complete(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Take all lines from the first location that has them all; without one, the first choice says what is missing."""
    if found.blocks:
        return order.NOTHING
    locations = facts.sources.get(basket.channel_id, ())
    if not locations:
        return Findings(blocks=(order.NO_SOURCE("this channel has no location to sell from", pointer="/channel"),))
    chosen = locations[0]
    for location in locations if len(locations) > 1 else ():
        if all(
            facts.free.get((location, found.offers[line.line_no].owner_id, found.offers[line.line_no].sku_id), 0) >= line.quantity
            for line in basket.lines
        ):
            chosen = location
            break
    return Findings(sources={line.line_no: chosen for line in basket.lines})


@step("store_locations")
def source_store(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """The goods are on the shelves of the store where they are sold."""
    if found.blocks:
        return order.NOTHING
    location = facts.store_locations.get(basket.store_id)
    if location is None:
        return Findings(blocks=(order.NO_SOURCE("this store has no shelves", pointer="/store"),))
    return Findings(sources={line.line_no: location for line in basket.lines})


@step()
def pay_in_full(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """One payable over everything, due before the goods are given back."""
    if found.blocks:
        return order.NOTHING
    total = order.payable(found)
    due_at = basket.at + timedelta(minutes=plan_of(basket.scene).ask(HOLD_MINUTES)) if total else None
    return Findings(dues=(Due(total, due_at),))


def _price_in_force(prices: pricing.PriceFacts | None, basket: Basket, quantity: int) -> pricing.Resolved | None:
    """The price now; a receipt from before these prices were read, without an amount of its own, is charged the earliest known."""
    if prices is None:
        return None
    at = max(basket.at, prices.since)
    return pricing.resolve(prices, basket.channel_id, basket.store_id, basket.currency, quantity, at)


def _offered(basket: Basket, facts: Facts, choose: Callable[[catalog.SkuFacts | None], catalog.ListingFacts | ProblemType]) -> Findings:
    """The listing each line is sold under, and a block for every line without one."""
    offers: dict[int, Offer] = {}
    blocks: list[Problem] = []
    for line in basket.lines:
        sku = facts.skus.get(line.sku)
        offer = choose(sku)
        if isinstance(offer, ProblemType):
            blocks.append(offer(f"{line.sku} cannot be sold here now", pointer=f"/lines/{line.line_no - 1}/sku", sku=line.sku))
        elif sku is not None:
            offers[line.line_no] = Offer(sku.sku_id, offer.listing_id, offer.seller_id, offer.owner_id, offer.tax_class)
    return Findings(offers=offers, blocks=tuple(blocks))
