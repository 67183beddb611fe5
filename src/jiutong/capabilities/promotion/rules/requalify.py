"""Measuring a promotion again for what stays of an order, under the very version that took something off it."""

from collections.abc import Sequence

from jiutong.capabilities.promotion.model.promotion import PromotionTier, Staying, Version
from jiutong.capabilities.promotion.rules.basket import item
from jiutong.capabilities.promotion.rules.benefits import Ground, Offer, taken
from jiutong.capabilities.promotion.rules.scope import Rule


def lost(version: Version, staying: Sequence[Staying]) -> int:
    """Of what units that stay still carry of a promotion, how much they would not have had alone, in minor units.

    Only the lines it took something off are asked, and only how much they come to: what made the buyer and the hour right is settled.
    """
    return max(sum(one.kept for one in staying) - _again(version, [one for one in staying if one.quantity]), 0)


def _again(version: Version, staying: Sequence[Staying]) -> int:
    """What the promotion takes off these units alone."""
    terms = version.terms
    items = tuple(item(one.line_no, one.goods, one.quantity, 1, one.gross, one.gross - one.net) for one in staying)
    net = [one.net for one in staying]
    ground = Ground(items, [one.gross for one in staying], [one.sale for one in staying], net, net)
    rule = Rule(version, 1, ((),) * len(terms.tiers))
    value = sum(ground.base(rule)) if terms.measure == "amount" else sum(one.units for one in items)
    tier = _reached(terms.tiers, value)
    if tier is None:
        return 0
    times = value // tier.least if terms.every else 1
    times = min(times, terms.limits.times_max or times)
    take = taken(Offer(ground, rule, tier.benefit, range(len(items)), (), times), [one.units for one in items], net)
    return take.worth if take and not take.freight else 0


def _reached(tiers: Sequence[PromotionTier], value: int) -> PromotionTier | None:
    return next((one for one in reversed(tiers) if value >= one.least), None)
