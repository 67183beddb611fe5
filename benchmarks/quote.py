"""What promotions cost a basket: the engine alone, and a whole quote with and without them. Processor time of this process."""

import asyncio
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from benchmarks.rig import world
from benchmarks.rig.stage import Stage, set_up
from jiutong.api.call import House
from jiutong.app import create_app, running
from jiutong.capabilities import catalog, promotion
from jiutong.flows import checkout
from jiutong.flows.maintain_promotions import NamedPromotion, PutPromotion, publish_promotion, put_promotion
from jiutong.kernel.config import Config
from jiutong.kernel.runner import Call
from jiutong.kernel.scope import Scope

LINES = 20
PROMOTIONS = 200
COUPONS = 10
SKUS = 2_000
CATEGORIES = 40
BRANDS = 30
BASKETS = 200
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FUNDERS = (promotion.PromotionFunder("seller", 7_000), promotion.PromotionFunder("platform", 3_000))


def run(seconds: int, clients: int) -> dict[str, object]:
    """Quote baskets of twenty lines against two hundred promotions that run and ten coupons in hand. One client: it is about the cost."""
    chance = random.Random(7)
    rules, items, context = engine(chance)
    measured: list[int] = []
    exact, nodes = True, 0
    for basket in items:
        promotion.best(basket, rules, context)
    until = time.monotonic() + seconds / 2
    while time.monotonic() < until:
        for basket in items:
            began = time.process_time_ns()
            outcome = promotion.best(basket, rules, context)
            measured.append(time.process_time_ns() - began)
            exact = exact and all(one.exact for one in outcome.certificates)
            nodes = max(nodes, *(one.nodes for one in outcome.certificates))
    considered = sum(len(promotion.best(basket, rules, context).reasons) for basket in items) // len(items)
    with set_up() as stage:
        here = asyncio.run(world.create(stage, skus=SKUS, stores=1))
        without, with_them = asyncio.run(quotes(stage, here, chance, seconds / 4))
    return {
        "engine_p50_ms": at(measured, 50),
        "engine_p95_ms": at(measured, 95),
        "considered": considered,
        "exact": exact,
        "nodes_most": nodes,
        "quote_without_p50_ms": at(without, 50),
        "quote_p50_ms": at(with_them, 50),
        "quote_p95_ms": at(with_them, 95),
        "lines": LINES,
        "promotions": PROMOTIONS,
        "coupons": COUPONS,
    }


def at(nanoseconds: list[int], percent: int) -> float:
    """A percentile, in milliseconds."""
    ordered = sorted(nanoseconds)
    return round(ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] / 1e6, 2)


def terms(chance: random.Random, goods: Callable[[], promotion.PromotionGoods]) -> promotion.Terms:
    """One of the usual promotions, on some of the goods."""
    kind = chance.randrange(10)
    if kind == 9:
        return one(promotion.PercentOff(300), stage="subsidy", goods=goods())
    if kind >= 6:
        threshold = chance.randrange(5_000, 40_000)
        return one(promotion.AmountOff(1_000), stage="order", goods=goods(), measure="amount", least=threshold)
    given: promotion.Benefit = chance.choice(
        [
            promotion.PercentOff(chance.randrange(500, 3_000)),
            promotion.AmountOff(chance.randrange(50, 500), each=True),
            promotion.NthItem(3, 10_000),
            promotion.NthItem(2, 5_000),
            promotion.BuyGet(2, 1),
        ]
    )
    return one(given, stage="activity", goods=goods())


def one(given: promotion.Benefit, *, least: int = 0, **more: object) -> promotion.Terms:
    """Terms with one tier."""
    whole: dict[str, object] = {"name": "P", "currency": "CNY", "funders": FUNDERS, "tiers": (promotion.PromotionTier(least, given),)}
    return msgspec.convert(msgspec.to_builtins(whole | more), promotion.Terms)


def engine(chance: random.Random) -> tuple[promotion.Ruleset, list[list[promotion.Item]], promotion.Context]:
    """Promotions by SKU, category, brand and expression; baskets over 2,000 SKUs; coupons on everything."""
    skus = [
        catalog.SkuFacts(
            no,
            world.sku_code(no),
            "",
            no,
            "piece",
            1,
            chance.randrange(1_000),
            True,
            (),
            f"b{chance.randrange(BRANDS)}",
            (f"c{chance.randrange(CATEGORIES)}", "all"),
        )
        for no in range(1, SKUS + 1)
    ]

    def goods() -> promotion.PromotionGoods:
        kind = chance.randrange(6)
        if kind < 2:
            return promotion.PromotionGoods(skus=tuple(sku.code for sku in chance.sample(skus, 20)))
        if kind < 4:
            return promotion.PromotionGoods(categories=(f"c{chance.randrange(CATEGORIES)}",))
        if kind == 4:
            return promotion.PromotionGoods(brands=(f"b{chance.randrange(BRANDS)}",))
        return promotion.PromotionGoods(expression=f"weight_g > {chance.randrange(900, 1_000)} && brand != 'b1'")

    those = [terms(chance, goods) for _ in range(PROMOTIONS)]
    those += [
        one(promotion.AmountOff(500 + i), stage="coupon", coupon=True, measure="amount", least=5_000 + i * 1_000) for i in range(COUPONS)
    ]
    rules = promotion.Ruleset([promotion.Version(i, f"p{i}", 1, "published", each) for i, each in enumerate(those)])
    items = [
        [promotion.item(no, sku, units, 1, units * world.price(sku.sku_id)) for no, (sku, units) in enumerate(basket(chance, skus), 1)]
        for _ in range(BASKETS)
    ]
    hands = tuple(promotion.InHand(f"k{i}", f"p{PROMOTIONS + i}@1") for i in range(COUPONS))
    at_noon = promotion.Context(at=NOON, weekday=7, minute=720, currency="CNY", coupons=hands)
    return rules, items, at_noon


def basket(chance: random.Random, skus: list[catalog.SkuFacts]) -> list[tuple[catalog.SkuFacts, int]]:
    """Twenty SKUs, one to four of each."""
    return [(sku, chance.randint(1, 4)) for sku in chance.sample(skus, LINES)]


async def quotes(stage: Stage, here: world.World, chance: random.Random, seconds: float) -> tuple[list[int], list[int]]:
    """Whole quotes in process, before and after two hundred promotions are published."""
    app = create_app(Config(database_url=stage.app_url, secret="be" * 32, pool_hot=2, pool_read=2))
    scope = Scope(here.tenant_id, "system:bench", frozenset({"*"}))
    async with running(app.house):
        without = await quoted(app.house, scope, here, chance, seconds)
        codes = list(range(1, here.skus + 1))

        def goods() -> promotion.PromotionGoods:
            return promotion.PromotionGoods(skus=tuple(world.sku_code(no) for no in chance.sample(codes, 100)))

        runner = app.house.runner
        puts = [PutPromotion(f"p{i}", terms(chance, goods)) for i in range(PROMOTIONS)]
        await asyncio.gather(*(runner.run(put_promotion, put, scope) for put in puts))
        await asyncio.gather(*(runner.run(publish_promotion, NamedPromotion(put.code), scope) for put in puts))
        return without, await quoted(app.house, scope, here, chance, seconds)


async def quoted(house: House, scope: Scope, here: world.World, chance: random.Random, seconds: float) -> list[int]:
    """The processor time of quotes, one after the other, once the facts are in memory."""
    numbers = list(range(1, here.skus + 1))
    wishes = [
        checkout.PlaceOrder("mall", tuple(checkout.LineWish(world.sku_code(no), chance.randint(1, 4)) for no in some))
        for some in (chance.sample(numbers, LINES) for _ in range(BASKETS))
    ]
    measured: list[int] = []
    for warm in (True, False):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for wish in wishes:
                async with house.db.reading(scope.tenant_id, house.clock.now()) as tx:
                    began = time.process_time_ns()
                    await checkout.quote(tx, [Call(wish, scope)])
                    measured += [] if warm else [time.process_time_ns() - began]
            if warm:
                break
    return measured
