"""What things cost whoever looks at them: one of each, what everybody pays, and from how many on it is less. Nothing is written."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from jiutong.capabilities import catalog, order, pricing
from jiutong.flows import facts as loaded
from jiutong.flows import for_whom
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import plan_of


class Shown(msgspec.Struct, frozen=True):
    """The price of one, the one everybody pays here, and the steps in which it goes down. `left`: base units it is good for, if limited."""

    price: pricing.Resolved
    everybodys: pricing.Resolved | None
    steps: tuple[pricing.Resolved, ...]
    left: int | None = None


async def shown(tx: Tx, who: order.Basket, sku_ids: Collection[int]) -> dict[int, Shown] | Problem:
    """The prices of SKUs for whoever would fill this basket; what has none is absent. Refused to who does not buy for its company."""
    try:
        return await _shown(tx, who, sku_ids)
    except Again:
        return await _shown(tx, who, sku_ids)  # what has changed is forgotten now


async def _shown(tx: Tx, who: order.Basket, sku_ids: Collection[int]) -> dict[int, Shown] | Problem:
    prices = await pricing.prices(tx, sku_ids)
    skus = await catalog.skus_by_id(tx, sku_ids)
    whom = await for_whom.load(tx, [who], prices)
    await loaded.verify(tx)
    buyer = for_whom.price_for(who, whom)
    if isinstance(buyer, Problem):
        return buyer
    bought = whom.bought.get((who.member_id or 0, who.company), {})
    found: dict[int, Shown] = {}
    for sku_id in sku_ids:
        if sku_id in prices:
            categories = skus[sku_id].categories if sku_id in skus else ()
            one = _of(prices[sku_id], who, buyer, bought, categories)
            if one is not None:
                found[sku_id] = one
    return found


def _of(
    facts: pricing.PriceFacts, who: order.Basket, buyer: pricing.For, bought: Mapping[int, int], categories: Sequence[str]
) -> Shown | None:
    prefer = plan_of(who.scene).ask(pricing.PREFER)
    spot = (who.channel_id, who.store_id, who.currency)

    def at(quantity: int, whom: pricing.For) -> pricing.Resolved | None:
        asked = pricing.reached([(1, facts.sku_id, quantity)], {facts.sku_id: facts}, bought, whom)[1]
        return pricing.resolve(facts, *spot, asked, max(who.at, facts.since), prefer, whom, categories)

    steps: list[pricing.Resolved] = []
    for quantity in pricing.breaks(facts, *spot, buyer, bought.get(facts.sku_id, 0)):
        found = at(quantity, buyer)
        if found is not None and not (steps and found.costs_as(steps[-1])):
            steps.append(msgspec.structs.replace(found, min_quantity=quantity))
    if not steps:
        return None
    left = None if steps[0].quota is None else buyer.left.get(steps[0].price_id, steps[0].quota)
    return Shown(steps[0], at(1, pricing.ANYBODY), tuple(steps) if len(steps) > 1 else (), left)
