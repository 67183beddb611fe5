"""What the grocer does to sell more: made up, so that a newcomer finds every part of the marketing half at work in the online mall.

The records of the stores stay as they are: nothing here holds at a till. Each act has a key, so a demo that is loaded again leaves
what it finds.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from jiutong.capabilities import asset, fulfillment, promotion
from jiutong.flows import assets, maintain_coupons, maintain_gates, maintain_plays, maintain_promotions, maintain_tariffs
from jiutong.importers.booking import Books, Progress
from jiutong.importers.complete_journey.load import MALL, SELLER
from jiutong.kernel.errors import KEY_REUSED, Problem
from jiutong.kernel.runner import Flow

BREAD, ICE_CREAM, COFFEE = "grocery-baked-bread-buns-rolls", "grocery-ice-cream-milk-sherbts", "grocery-coffee"
BUNS, COOKIES, YOGURT = "cj1098066", "cj1042438", "cj5590287"
DAY = timedelta(days=1)
Act = tuple[Flow[Any, Any], msgspec.Struct]


async def market(books: Books, now: datetime, progress: Progress) -> None:
    """Begin it all on the day of `now`."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    acts = [*_freight(), *_promotions(), *_coupons(today), *_gates(), *_plays(today), *_points()]
    for done, (act, command) in enumerate(acts, 1):
        try:
            await books.one(act, command, key=f"marketing/{done}")
        except Problem as refusal:
            if refusal.type is not KEY_REUSED:  # begun on an earlier day, and still going on
                raise
        progress("marketing", done, len(acts))


def _freight() -> Iterator[Act]:
    """4.99 for a parcel, and for nothing from 25.00 on."""
    terms = fulfillment.FreightTerms(
        name="Parcel",
        name_zh="包裹配送",
        seller=SELLER,
        currency="USD",
        zones=(fulfillment.Zone(name="Everywhere", name_zh="全国", first=20, first_minor=499, step=10, step_minor=100),),
        free=(fulfillment.Free(from_minor=2_500),),
        default_in=(MALL,),
    )
    yield maintain_tariffs.put_tariff, maintain_tariffs.PutTariff("parcel", terms)
    yield maintain_tariffs.move_tariff, maintain_tariffs.MoveTariff("freight", "parcel", "published")


def _promotions() -> Iterator[Act]:
    """The second loaf at half price, something off for a basket of bread and coffee, free freight with ice cream."""
    half = promotion.PromotionTier(0, promotion.NthItem(nth=2, bp=5_000))
    ladder = (
        promotion.PromotionTier(1_000, promotion.AmountOff(amount_minor=150)),
        promotion.PromotionTier(2_000, promotion.AmountOff(amount_minor=400)),
    )
    freezer = promotion.PromotionTier(2, promotion.FreeFreight(max_minor=499))
    terms = {
        "second-loaf": _terms("Second loaf at half price", "面包第二件半价", "activity", "none", (half,), BREAD),
        "breakfast": _terms("Breakfast: 1.50 off from 10.00", "早餐满10减1.5", "order", "amount", ladder, BREAD, COFFEE),
        "ice-cream-home": _terms("Two ice creams come free of freight", "两件冰品免运费", "order", "quantity", (freezer,), ICE_CREAM),
    }
    for code, what in terms.items():
        yield maintain_promotions.put_promotion, maintain_promotions.PutPromotion(code, what)
        yield maintain_promotions.publish_promotion, maintain_promotions.NamedPromotion(code)


def _coupons(today: datetime) -> Iterator[Act]:
    """A coupon for every member who claims one."""
    off = promotion.PromotionTier(1_500, promotion.AmountOff(amount_minor=300))
    what = _terms("3.00 off from 15.00", "满15减3", "coupon", "amount", (off,))
    yield maintain_promotions.put_promotion, maintain_promotions.PutPromotion("welcome", msgspec.structs.replace(what, coupon=True))
    yield maintain_promotions.publish_promotion, maintain_promotions.NamedPromotion("welcome")
    wish = maintain_coupons.BatchWish(
        name="Welcome: 3.00 off from 15.00",
        name_zh="新客券：满15减3",
        promotion="welcome",
        kind="claimed",
        cap=10_000,
        claim_from=today,
        claim_to=today + 365 * DAY,
        valid_days=30,
        channels=(MALL,),
    )
    yield maintain_coupons.put_batch, maintain_coupons.PutBatch("welcome", wish)
    yield maintain_coupons.move_batch, maintain_coupons.MoveBatch("welcome", "live")


def _gates() -> Iterator[Act]:
    """A dozen hot dog buns a week for each member."""
    dozen = promotion.Limit(
        name="A dozen hot dog buns a week",
        name_zh="热狗面包每周限购12件",
        units=12,
        goods=promotion.Reach(skus=(BUNS,)),
        period="week",
        channels=(MALL,),
    )
    yield maintain_gates.put, maintain_gates.PutGate("dozen-buns", limit=dozen)
    yield maintain_gates.publish, maintain_gates.NamedGate("limit", "dozen-buns")


def _plays(today: datetime) -> Iterator[Act]:
    """Cookies in advance, yogurt together."""
    cookies = promotion.Presale(
        name="Cookies fresh from the oven",
        name_zh="新鲜出炉曲奇预售",
        currency="USD",
        deposit="earnest",
        deposit_from=today,
        deposit_to=today + 14 * DAY,
        balance_from=today + 14 * DAY,
        balance_to=today + 21 * DAY,
        ships_by=today + 28 * DAY,
        items=(promotion.PresaleItem(COOKIES, 219, 40, 150, 80),),
        channels=(MALL,),
    )
    yogurt = promotion.GroupBuy(
        name="Yogurt together",
        name_zh="酸奶拼团",
        currency="USD",
        by="people",
        thresholds=(2, 3),
        items=(promotion.GroupItem(YOGURT, (35, 30), most=12),),
        open_from=today,
        open_to=today + 90 * DAY,
        hours=24,
        channels=(MALL,),
    )
    yield maintain_plays.put, maintain_plays.PutPlay("fresh-cookies", presale=cookies)
    yield maintain_plays.publish, maintain_plays.NamedPlay("presale", "fresh-cookies")
    yield maintain_plays.put, maintain_plays.PutPlay("yogurt-together", group_buy=yogurt)
    yield maintain_plays.publish, maintain_plays.NamedPlay("group_buy", "yogurt-together")


def _points() -> Iterator[Act]:
    """A point for every dollar; a hundred of them are worth one."""
    rate = asset.Rate("USD", earn_points=1, earn_minor=100, burn_points=100, burn_minor=100)
    yield assets.publish, asset.PutProgramme(asset.PointsTerms(rates=(rate,), promised_days=30))


def _terms(
    name: str,
    name_zh: str,
    stage: promotion.Stage,
    measure: Literal["none", "amount", "quantity"],
    tiers: tuple[promotion.PromotionTier, ...],
    *categories: str,
) -> promotion.Terms:
    return promotion.Terms(
        name=name,
        name_zh=name_zh,
        stage=stage,
        currency="USD",
        goods=promotion.PromotionGoods(categories=categories),
        channels=(MALL,),
        measure=measure,
        tiers=tiers,
        funders=(promotion.PromotionFunder("seller", 10_000),),
    )
