"""What promotions ask of a batch of baskets: the rules that run, what is left of them, coupons in hand, and the time where each is."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong.capabilities import access, promotion
from jiutong.capabilities.order import Basket
from jiutong.kernel.db import Tx


class ForPromotions(msgspec.Struct, frozen=True):
    """Facts about promotions: the compiled set, what is left by account, coupons of members and codes, time zones by channel."""

    rules: promotion.Ruleset = promotion.Ruleset(())
    left: Mapping[int, int] = {}
    coupons: promotion.CouponFacts = promotion.CouponFacts()
    zones: Mapping[int, str] = {}


NONE = ForPromotions()


async def load(tx: Tx, baskets: Sequence[Basket]) -> ForPromotions:
    """Load what the promotions that run may ask; where none runs there is nothing more to ask."""
    rules = await promotion.promotions(tx)
    coupons = await promotion.coupons(tx, _shoppers(rules, baskets), {code for b in baskets for code in b.coupons or ()})
    if not rules.rules:
        return ForPromotions(rules, coupons=coupons)
    channels = await access.channels_by_id(tx, {b.channel_id for b in baskets})
    left = await promotion.promotions_left(tx, rules, {b.member_id for b in baskets})
    return ForPromotions(rules, left, coupons, {id_: one.time_zone for id_, one in channels.items()})


def _shoppers(rules: promotion.Ruleset, baskets: Sequence[Basket]) -> set[int]:
    """Whose coupons are looked for: members who did not choose any themselves, where any coupon takes something off at all."""
    if not any(one.terms.coupon for one in rules.rules):
        return set()
    return {b.member_id for b in baskets if b.member_id and b.coupons is None}
