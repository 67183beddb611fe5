"""Simulations whole: what runs already changes nothing, to the cent; coupons, limits, gifts, points and costs of a draft, exactly."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.couponry import WISH, batch, given, person, run_promotion
from tests.flows.test_simulations import TENTH, money, ran, sell
from tests.shop import Shop, basket, receipt, shop
from tests.world import served, world

from jiutong.capabilities import asset, promotion
from jiutong.capabilities.member import Recognize
from jiutong.flows import assets, reactions
from jiutong.flows.maintain_promotions import NamedPromotion, PutPromotion, publish_promotion, put_promotion
from jiutong.flows.words import TakeOff
from jiutong.kernel import jobs

__all__ = ["served", "shop", "world"]

NOTHING_HERE = TENTH | {"goods": {"skus": ["nothing-of-the-kind"]}}
POINTS = asset.PointsTerms((asset.Rate("USD", earn_points=1, earn_minor=10, burn_points=1, burn_minor=1),), share_bp=5_000, funder="pool")


@pytest.fixture(autouse=True)
def reacting() -> Iterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


def card(no: int) -> Recognize:
    return Recognize("card", f"M{no:04d}")


async def runs(shop: Shop, code: str, **terms: Any) -> None:
    await shop.world.run(put_promotion, PutPromotion(code, promotion_terms(**terms)))
    await shop.world.run(publish_promotion, NamedPromotion(code))


def promotion_terms(**terms: Any) -> promotion.Terms:
    words: dict[str, Any] = {"name": "x", "funders": (promotion.PromotionFunder("seller", 10_000),)} | terms
    return promotion.Terms(**words)


def simulated(draft: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"sample": {"channel": "stores"}, "draft": draft} | more


async def promotions_of_every_stage(shop: Shop) -> None:
    """A tenth off tea with happy hours, five off a hundred, a coupon of a dollar, and something a platform adds."""
    hours = (promotion.PromotionHours(from_minute=0, to_minute=1_440),)
    tenth = promotion.PromotionTier(least=0, benefit=promotion.PercentOff(1_000))
    await runs(shop, "tenth", stage="activity", goods=promotion.PromotionGoods(skus=("tea",)), tiers=(tenth,), hours=hours)
    funders = (promotion.PromotionFunder("seller", 3_333), promotion.PromotionFunder("brand", 6_667))
    five = promotion.PromotionTier(least=5_000, benefit=promotion.AmountOff(500))
    await runs(shop, "five", stage="order", currency="USD", measure="amount", tiers=(five,), funders=funders)
    more = promotion.PromotionTier(least=0, benefit=promotion.PercentOff(77))
    await runs(shop, "platform", stage="subsidy", tiers=(more,), funders=(promotion.PromotionFunder("platform", 10_000),))


async def sold_at_random(shop: Shop, seed: int) -> None:
    """Orders of members and guests with coupons, points, red packets, and what is given by hand on lines and on the whole."""
    draw = random.Random(seed)
    await promotions_of_every_stage(shop)
    await batch(shop, "ten", per_member=0)
    await shop.world.run(assets.publish, asset.PutProgramme(points=POINTS))
    people = [await person(shop, f"M{no:04d}") for no in range(3)]
    for who in people:
        end = shop.clock.now() + timedelta(days=30)
        await shop.world.run(assets.give, assets.Give("points", 5_000, end, "points", "welcome", (who,)))
        for funder, amount in (("seller", 700), ("brand", 333)):
            await shop.world.run(assets.give, assets.Give("red_packet", amount, end, funder, "treat", (who,), currency="USD"))
    for _ in range(25):
        no = draw.randrange(4)
        lines = [(sku, draw.randint(1, 6)) for sku in ("tea", *draw.sample(("salt", "free"), draw.randint(0, 2)))]
        wish: dict[str, Any] = {"member": card(no)} if no < 3 else {}
        if no < 3 and draw.random() < 0.5:
            await given(shop, "ten", people[no])
        if no < 3 and draw.random() < 0.5:
            wish |= {"points": draw.randint(1, 900), "red_packet_minor": draw.choice((0, 0, 250))}
        if draw.random() < 0.3:
            wish["adjustments"] = (TakeOff(draw.randint(1, 9), "sorry"),)
        await shop.placed(basket(*lines, **wish), by=shop.boss)


@pytest.mark.parametrize("seed", range(3))
async def test_the_rules_that_run_change_nothing_to_the_cent(shop: Shop, seed: int) -> None:
    await sold_at_random(shop, seed)
    found = await ran(shop, {"sample": {"channel": "mall"}, "draft": {"promotion": NOTHING_HERE}, "basis": "now"})
    head = found["simulation"]
    (booked,) = await shop.rows("select sum(gross), sum(discount), sum(total), count(*) from orders.placed where tenant_id = $1")
    assert (head["replayed"], head["touched"], found["refused"]) == (25, 0, [])
    assert (*money(head["before"]), head["orders"]) == booked
    assert head["before"] == head["after"]
    borne = await shop.rows("select funder, sum(amount) from orders.price_adjustment where tenant_id = $1 group by 1 order by 1")
    assert [(one["name"], one["before"]) for one in found["funders"]] == borne
    burned = "select coalesce(sum(amount), 0) from orders.claim where tenant_id = $1 and kind = 'points'"
    assert [(head["before"]["burned"],)] == await shop.rows(burned)


@pytest.mark.parametrize("basis", ["as_sold", "now"])
async def test_what_runs_already_as_a_draft_changes_nothing(shop: Shop, basis: str) -> None:
    await receipts(shop, 1, 0)
    await promotions_of_every_stage(shop)
    draft = {"promotions": ["tenth@1", "platform@1"]} if basis == "now" else {"promotion": NOTHING_HERE}
    found = await ran(shop, simulated(draft, basis=basis))
    assert (found["simulation"]["touched"], found["simulation"]["before"]) == (0, found["simulation"]["after"])


async def receipts(shop: Shop, *members: int, sku: str = "tea", units: int = 2) -> None:
    """Receipts of these members, one after the other; 0 is nobody."""
    for no, member in enumerate(members):
        who = {"member": card(member)} if member else {}
        total = {"tea": 1999, "salt": 55}[sku] * units
        await shop.rung(receipt(f"R{no}", (sku, units), paid=total + (total * 825 + 5_000) // 10_000, **who))


def written(**more: Any) -> dict[str, Any]:
    """A batch of coupons as somebody would save it."""
    wish = WISH | {"promotion": "ten-off"} | more
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in wish.items()}


async def test_a_member_uses_no_more_coupons_of_a_written_batch_than_they_may_have(shop: Shop) -> None:
    await run_promotion(shop)
    await receipts(shop, 1, 1, 2, 0, 1)
    found = await ran(shop, simulated({"coupons": [{"written": written(per_member=1)}]}))
    assert found["simulation"]["touched"] == 2
    assert found["rules"] == [{"rule": "ten-off@1", "orders": 2, "amount": 200}]
    (uptake,) = found["uptake"]
    assert (uptake["name"], uptake["kind"], uptake["cap"], uptake["used"], uptake["off"]) == ("draft", "coupon", 1_000, 2, 200)
    assert (uptake["orders"], uptake["gone_on"], [one["amount"] for one in uptake["days"]]) == (2, None, [2])


async def test_a_kept_batch_runs_out_and_who_comes_later_goes_without(shop: Shop) -> None:
    await batch(shop, "ten", publish=False, cap=2, per_member=0)
    await receipts(shop, 1, 2, 3, 4)
    for basis in ("as_sold", "now"):
        found = await ran(shop, simulated({"coupons": [{"batch": "ten"}]}, basis=basis))
        assert found["simulation"]["touched"] == 2, basis
        (uptake,) = found["uptake"]
        assert (uptake["used"], uptake["gone_on"]) == (2, found["days"][0] and int(found["days"][0]["name"]))
        movers = (await shop.world.get(f"/v1/simulations/{found['simulation']['id']}/orders")).json()
        told = [(await shop.world.get(f"/v1/orders/{one['order']}")).json()["receipt_no"] for one in movers]
        assert sorted(told) == ["R0", "R1"]


async def test_only_those_have_one_the_batch_is_for_and_some_do_not_use_theirs(shop: Shop) -> None:
    await run_promotion(shop)
    await receipts(shop, *range(1, 21))
    nobody = await ran(shop, simulated({"coupons": [{"written": written(levels=["platinum"])}]}))
    assert nobody["simulation"]["touched"] == 0
    few = [await ran(shop, simulated({"coupons": [{"written": written(), "uptake_bp": 4_000}]})) for _ in range(2)]
    assert few[0]["simulation"]["touched"] == few[1]["simulation"]["touched"]
    assert 0 < few[0]["simulation"]["touched"] < 20


async def test_a_first_order_is_one_only_then(shop: Shop) -> None:
    await receipts(shop, 1, 1, 2)
    first = TENTH | {"goods": {"skus": ["tea"]}, "buyers": {"first_order": True}}
    for basis in ("as_sold", "now"):
        found = await ran(shop, simulated({"promotion": first}, basis=basis))
        assert found["rules"] == [{"rule": "draft@0", "orders": 2, "amount": 800}], basis


@pytest.mark.parametrize("basis", ["as_sold", "now"])
async def test_a_budget_is_spent_in_the_order_the_orders_came(shop: Shop, basis: str) -> None:
    await receipts(shop, 1, 2, 3)
    limited = TENTH | {"goods": {"skus": ["tea"]}, "currency": "USD", "limits": {"budget_minor": 900}}
    found = await ran(shop, simulated({"promotion": limited}, basis=basis))
    assert found["rules"] == [{"rule": "draft@0", "orders": 2, "amount": 800}]
    (uptake,) = found["uptake"]
    assert (uptake["kind"], uptake["cap"], uptake["used"], uptake["gone_on"]) == ("budget", 900, 800, int(found["days"][0]["name"]))


async def test_a_limit_of_each_member_is_kept(shop: Shop) -> None:
    await receipts(shop, 1, 1, 2, 0)
    limited = TENTH | {"goods": {"skus": ["tea"]}, "limits": {"member_uses_max": 1}}
    found = await ran(shop, simulated({"promotion": limited}))
    assert (found["simulation"]["touched"], found["uptake"]) == (2, [])
    said = {(one["outcome"], one["why"]): one["orders"] for one in found["said"]}
    assert said == {("applied", ""): 2, ("barred", "used_by_member"): 1, ("barred", "sign_in"): 1}


@pytest.mark.parametrize("basis", ["as_sold", "now"])
async def test_who_is_offered_a_gift_takes_it(shop: Shop, basis: str) -> None:
    await receipts(shop, 1, 2)
    gift = TENTH | {"stage": "order", "currency": "USD", "measure": "amount"}
    gift |= {"goods": {"skus": ["tea"]}, "tiers": [{"least": 3_000, "benefit": {"kind": "gift", "sku": "salt", "units": 2}}]}
    found = await ran(shop, simulated({"promotion": gift}, basis=basis))
    head = found["simulation"]
    assert found["gifts"] == [{"sku": "salt", "title": "Salt", "before": 0, "after": 4, "free": 40}]
    assert head["after"]["gross"] - head["before"]["gross"] == 220
    assert head["after"]["discount"] - head["before"]["discount"] == 220
    assert head["before"]["total"] == head["after"]["total"]


async def test_points_of_a_draft_programme_are_earned_by_its_terms(shop: Shop) -> None:
    await shop.world.run(assets.publish, asset.PutProgramme(points=POINTS))
    await receipts(shop, 1, 0)
    double = {"rates": [{"currency": "USD", "earn_points": 2, "earn_minor": 10, "burn_points": 2, "burn_minor": 1}]}
    found = await ran(shop, simulated({"points": double}))
    head = found["simulation"]
    assert (head["before"]["earned"], head["after"]["earned"]) == (399, 799)
    assert found["points"] == {"before": 399, "after": 399}
    assert (head["touched"], head["before"]["total"]) == (0, head["after"]["total"])


async def test_less_paid_earns_less(shop: Shop) -> None:
    await shop.world.run(assets.publish, asset.PutProgramme(points=POINTS))
    await receipts(shop, 1)
    found = await ran(shop, simulated({"promotion": TENTH | {"goods": {"skus": ["tea"]}}}))
    assert (found["simulation"]["before"]["earned"], found["simulation"]["after"]["earned"]) == (399, 359)
    assert found["points"] == {"before": 399, "after": 359}


async def test_margin_is_told_of_goods_whose_cost_is_known(shop: Shop) -> None:
    await shop.world.put("/v1/price-lists/cost", {"name": "Cost", "currency": "USD", "role": "cost", "seller": "acme"})
    told = await shop.world.put("/v1/price-lists/cost/prices", {"prices": [{"sku": "salt", "amount_minor": 30}]})
    assert told.status_code == 200, told.text
    await sell(shop)
    for basis, was in (("as_sold", (310, 180)), ("now", (310, 180))):
        head = (await ran(shop, simulated({"promotion": TENTH}, basis=basis)))["simulation"]
        assert (head["before"]["costed"], head["before"]["cost"]) == was
        assert (head["after"]["costed"], head["after"]["cost"]) == (310 - 31, 180)
    blind = await shop.world.key_with("simulation:read")
    told = (await shop.world.served.ask("GET", f"/v1/simulations/{head['id']}", token=blind)).json()["simulation"]
    assert (told["before"]["costed"], told["after"]["cost"]) == (0, 0)


async def test_who_wins_and_who_loses(shop: Shop) -> None:
    await sell(shop)
    found = await ran(shop, simulated({"price_list": "stores", "prices": [{"sku": "salt", "amount_minor": 40}]}))
    assert [(one["name"], one["orders"], one["rose"], one["fell"]) for one in found["levels"]] == [("", 3, 0, 2)]
    assert [(one["name"], one["before"] - one["after"]) for one in found["categories"]] == [("", 90)]


async def test_an_order_opens_with_both_quotes_and_their_reasons(shop: Shop) -> None:
    await receipts(shop, 1, 2)
    limited = TENTH | {"goods": {"skus": ["tea"]}, "limits": {"uses_max": 1}}
    found = await ran(shop, simulated({"promotion": limited}, basis="now"))
    at = f"/v1/simulations/{found['simulation']['id']}/orders"
    (mover,) = (await shop.world.get(at)).json()
    opened = (await shop.world.get(f"{at}/{mover['order']}")).json()
    assert (opened["before"]["sums"]["discount"], opened["after"]["sums"]["discount"]) == (0, 400)
    assert [(one["sku"], one["gross"], one["net"]) for one in opened["after"]["lines"]] == [("tea", 3998, 3598)]
    (note,) = opened["after"]["notes"]
    assert (note["rule"], note["outcome"], note["amount"], note["funders"]) == (
        "draft@0",
        "applied",
        400,
        [["seller", 200], ["brand", 200]],
    )
    assert opened["before"]["notes"] == []
    strange = await shop.world.get(f"{at}/{shop.house.ids.show('ord', 1)}")
    assert (strange.status_code, strange.json()["code"]) == (404, "simulation.not_in_sample")


async def test_the_prices_of_a_proposal_are_tried(shop: Shop) -> None:
    await sell(shop)
    made = await shop.world.post("/v1/price-proposals", {"list": "stores", "prices": [{"sku": "salt", "amount_minor": 40}], "draft": True})
    assert made.status_code == 201, made.text
    found = await ran(shop, simulated({"proposal": made.json()["proposal"]}))
    assert found["simulation"]["draft"]["proposal"] == made.json()["proposal"]
    assert money(found["simulation"]["after"])[0] == 80 + 1999 + 160


async def test_several_are_tried_together(shop: Shop) -> None:
    await run_promotion(shop)
    await receipts(shop, 1)
    draft = {"price_list": "stores", "prices": [{"sku": "tea", "amount_minor": 1_500}], "promotion": TENTH | {"goods": {"skus": ["tea"]}}}
    found = await ran(shop, simulated(draft | {"coupons": [{"written": written()}]}, basis="now"))
    # 30.00 less a tenth, less one off twenty.
    assert money(found["simulation"]["after"])[:2] == (3_000, 300 + 100)


@pytest.mark.parametrize(
    ("draft", "code", "pointer"),
    [
        ({"coupons": [{"batch": "nobody"}]}, "coupon.unknown_batch", "/draft/coupons/0/batch"),
        ({"coupons": [{"written": {"name": "x"}}]}, "coupon.terms_invalid", "/draft/coupons/0/written"),
        ({"coupons": [{"written": written(cap=1, per_member=2_000_000)}]}, "coupon.terms_invalid", "/draft/coupons/0/written"),
        ({"coupons": [{"written": written(valid_days=0)}]}, "coupon.terms_invalid", "/draft/coupons/0/written/valid_days"),
        ({"coupons": [{"written": written(promotion="x")}]}, "coupon.no_promotion", "/draft/coupons/0/written/promotion"),
        ({"coupons": [{"written": written(stores=["x"])}]}, "access.unknown_store", "/draft/coupons/0/written/stores/0"),
        ({"points": {"rates": []}}, "asset.terms", "/draft/points"),
        ({"points": {"rates": [{"currency": "USD", "earn_points": 1}]}}, "asset.terms", "/draft/points/rates/0/earn_minor"),
    ],
)
async def test_what_is_wrong_with_a_draft_is_said_at_once(shop: Shop, draft: dict[str, Any], code: str, pointer: str) -> None:
    told = (await shop.world.post("/v1/simulations", simulated(draft))).json()
    assert (told["code"], told["errors"][0]["pointer"]) == (code, pointer), told


async def test_a_proposal_has_to_be_there(shop: Shop) -> None:
    nowhere = simulated({"proposal": shop.house.ids.show("ppr", 1)})
    told = (await shop.world.post("/v1/simulations", nowhere)).json()
    assert (told["code"], told["errors"][0]["pointer"]) == ("pricing.unknown_proposal", "/draft/proposal"), told


async def test_a_promotion_without_a_coupon_is_none_of_a_batch(shop: Shop) -> None:
    await shop.world.put("/v1/promotions/tenth", TENTH)
    draft = {"promotions": ["tenth@1"], "coupons": [{"written": written(promotion="tenth")}]}
    told = (await shop.world.post("/v1/simulations", simulated(draft))).json()
    assert (told["code"], told["errors"][0]["pointer"]) == ("coupon.no_promotion", "/draft/coupons/0/written/promotion")
