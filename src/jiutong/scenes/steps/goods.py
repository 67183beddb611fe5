"""What is sold and where it is taken from."""

from collections.abc import Callable

from jiutong.capabilities import catalog, order
from jiutong.capabilities.order import Basket, Findings, Offer
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem, ProblemType
from jiutong.kernel.points import step


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
