"""What promotions ask of a batch of baskets: the rules that run, what is left of them, coupons in hand, and the time where each is."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from jiutong.capabilities import access, catalog, inventory, promotion
from jiutong.capabilities.order import Basket
from jiutong.kernel.db import Tx


class ForPromotions(msgspec.Struct, frozen=True):
    """Facts about promotions: the compiled set, what is left by account, coupons of members and codes, time zones by channel.

    `gone`: by channel the SKUs promised as gifts of which nothing is where it sells from. `clock`: the weekday and minute to ask them at;
    None: those of the basket.
    """

    rules: promotion.Ruleset = promotion.Ruleset(())
    left: Mapping[int, int] = {}
    coupons: promotion.CouponFacts = promotion.CouponFacts()
    zones: Mapping[int, str] = {}
    gone: Mapping[int, frozenset[str]] = {}
    clock: tuple[int, int] | None = None


NONE = ForPromotions()


async def load(tx: Tx, baskets: Sequence[Basket]) -> ForPromotions:
    """Load what the promotions that run may ask; where none runs there is nothing more to ask."""
    rules = await promotion.promotions(tx)
    coupons = await promotion.coupons(tx, _shoppers(rules, baskets), {code for b in baskets for code in b.coupons or ()})
    if not rules.rules:
        return ForPromotions(rules, coupons=coupons)
    channels = await access.channels_by_id(tx, {b.channel_id for b in baskets})
    left = await promotion.promotions_left(tx, rules, {b.member_id for b in baskets})
    gone = await _gone(tx, rules.gifts, set(channels)) if rules.gifts else {}
    return ForPromotions(rules, left, coupons, {id_: one.time_zone for id_, one in channels.items()}, gone)


async def _gone(tx: Tx, gifts: Collection[str], channel_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Gifts that are out of stock, by channel; channels that sell from their own shelves show what is there."""
    skus = await catalog.skus(tx, gifts)
    sources = {id_: places for id_, places in (await inventory.sources(tx, list(channel_ids))).items() if places}
    asked = {
        (id_, sku.code): [(place, offer.owner_id, sku.sku_id) for place in places for offer in sku.listings if offer.channel_id == id_]
        for id_, places in sources.items()
        for sku in skus.values()
    }
    free = await inventory.available(tx, [key for keys in asked.values() for key in keys])
    gone = {name for name, keys in asked.items() if not any(free[key] > 0 for key in keys)}
    return {id_: frozenset(code for of, code in gone if of == id_) for id_ in sources}


def _shoppers(rules: promotion.Ruleset, baskets: Sequence[Basket]) -> set[int]:
    """Whose coupons are looked for: members who did not choose any themselves, where any coupon takes something off at all."""
    if not any(one.terms.coupon for one in rules.rules):
        return set()
    return {b.member_id for b in baskets if b.member_id and b.coupons is None}
