"""What of a refund does not go back: discounts measured again for what stays, and points that are spent; every cent in the book."""

from typing import Any

import pytest
from tests.flows.test_budgets import cost
from tests.flows.test_points import CARD, USD, bought, give, member_of, publish, purse, react, reacting
from tests.flows.test_promotions_api import terms
from tests.flows.test_promotions_checkout import run
from tests.shop import Shop, basket, receipt, shop
from tests.world import World, served, world

from jiutong.capabilities import asset
from jiutong.flows import assets, pay
from jiutong.flows.cancel import Canceled, Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods

__all__ = ["reacting", "served", "shop", "world"]

OFF_REFUNDS = asset.PointsTerms((USD,), clawback="refund")
SPLIT = [{"funder": "seller", "bp": 7000}, {"funder": "platform", "bp": 3000}]
SPEND: dict[str, Any] = {
    "stage": "order",
    "currency": "USD",
    "goods": {},
    "measure": "amount",
    "tiers": [{"least": 10_000, "benefit": {"kind": "amount", "amount_minor": 1000}}],
    "funders": SPLIT,
    "returns": "requalify",
}
WITHHELD = (
    "select line_no, kind, rule, funder, amount, tax, payable from orders.withheld where tenant_id = $1 order by cause_id, kind, funder"
)
MONEY = """
select split_part(a.code, ':', 1) || case when a.code like 'funder:%' then ':' || split_part(a.code, ':', 2) else '' end,
       sum(a.posted)::bigint
  from ledger.account a where a.tenant_id = $1 and a.unit = 'USD' group by 1
"""


async def canceled(shop: Shop, order_id: int, *units: tuple[int, int]) -> Canceled:
    wish = Cancellation("changed", tuple(LineUnits(*one) for one in units))
    return await shop.world.run(cancel, CancelOrder(order_id, wish))


async def spend(shop: Shop, member_id: int, points: int) -> None:
    await shop.world.run(assets.take, assets.Take("points", points, "gone", member_id))


async def shows(world: World) -> dict[str, int]:
    """What every kind of money account shows, where it is not zero."""
    return {kind: amount for kind, amount in await world.rows(MONEY) if amount}


async def test_points_that_are_spent_come_off_the_refund(shop: Shop) -> None:
    await publish(shop, OFF_REFUNDS)
    order_id = await bought(shop, ("tea", 2))  # 39.98 and 3.30 of tax; 39 points, a cent each
    member_id = await member_of(shop)
    await spend(shop, member_id, 30)
    came_to = await canceled(shop, order_id)
    assert (came_to.amount, came_to.refund, [one.amount for one in came_to.refunds]) == (4328, 4298, [4298])
    assert await shop.rows(WITHHELD) == [(0, "points", "points@1", "points", 30, 0, 30)]
    assert await shop.rows("select points, owed, deducted, amount from asset.clawback where tenant_id = $1") == [(39, 0, 30, 30)]
    assert await purse(shop.world, member_id) == (0, 0, 0, 0)
    # What the buyer did not get back is the funder's, who had borne the points when they were burned.
    assert await shows(shop.world) == {"clearing": 30, "funder:points": -30}
    await react(shop)
    assert await shop.rows("select count(*) from asset.clawback where tenant_id = $1") == [(1,)]


async def test_never_more_than_the_refund_and_the_rest_is_owed(shop: Shop) -> None:
    dear = asset.Rate("USD", earn_points=1, earn_minor=1, burn_points=1, burn_minor=2)
    await publish(shop, asset.PointsTerms((dear,), clawback="refund"))
    order_id = await bought(shop, ("salt", 3))  # 1.50 and 0.12 of tax; 150 points worth 3.00
    member_id = await member_of(shop)
    await spend(shop, member_id, 150)
    first = await canceled(shop, order_id, (1, 1))
    assert (first.amount, first.refund) == (54, 0)
    assert await shop.rows("select points, owed, deducted, amount from asset.clawback where tenant_id = $1") == [(50, 23, 27, 54)]
    await canceled(shop, order_id)
    assert await purse(shop.world, member_id) == (0, 0, 0, 69)
    assert await shop.rows("select sum(points), sum(owed), sum(deducted), sum(amount) from asset.clawback where tenant_id = $1") == [
        (150, 69, 81, 162)
    ]


async def test_what_a_point_is_too_small_to_pay_is_owed(shop: Shop) -> None:
    small = asset.Rate("USD", earn_points=1, earn_minor=10, burn_points=100, burn_minor=7)
    await publish(shop, asset.PointsTerms((small,), clawback="refund"))
    order_id = await bought(shop, ("tea", 1))  # 199 points
    member_id = await member_of(shop)
    await spend(shop, member_id, 199)
    came_to = await canceled(shop, order_id)
    # 199 points are worth 13 cents (13.93), which 186 points are worth too (13.02).
    assert (came_to.amount - came_to.refund, await purse(shop.world, member_id)) == (13, (0, 0, 0, 13))


async def test_points_in_other_lots_go_before_money(shop: Shop) -> None:
    await publish(shop, OFF_REFUNDS)
    order_id = await bought(shop, ("tea", 2))
    member_id = await member_of(shop)
    await spend(shop, member_id, 39)
    await give(shop, member_id, 25)
    came_to = await canceled(shop, order_id)
    assert came_to.amount - came_to.refund == 14
    assert await purse(shop.world, member_id) == (0, 0, 0, 0)


async def test_the_terms_an_order_earned_by_hold_for_its_refund(shop: Shop) -> None:
    await publish(shop, OFF_REFUNDS)
    first = await bought(shop, ("tea", 1))
    await publish(shop, asset.PointsTerms((USD,)))
    second = await bought(shop, ("tea", 1))
    member_id = await member_of(shop)
    await spend(shop, member_id, 38)
    came_to = await canceled(shop, second)
    await react(shop)
    assert (came_to.amount - came_to.refund, await purse(shop.world, member_id)) == (0, (0, 0, 0, 19))
    came_to = await canceled(shop, first)
    assert (came_to.amount - came_to.refund, await purse(shop.world, member_id)) == (19, (0, 0, 0, 19))


async def test_a_threshold_that_is_no_longer_met_comes_off_the_refund(shop: Shop) -> None:
    await run(shop.world, "spend", **SPEND)
    order_id = await paid(shop, ("tea", 6))  # 119.94 less 10.00, and 9.07 of tax
    first = await canceled(shop, order_id, (1, 5))
    # Their share would be 99.18. The one that stays kept 1.67 off, and 0.14 of tax less; alone it costs 19.99 and 1.65 of tax.
    assert (first.amount, first.refund) == (9918, 9737)
    assert await shop.rows(WITHHELD) == [
        (1, "requalify", "spend@1", "platform", 50, 4, 54),
        (1, "requalify", "spend@1", "seller", 117, 10, 127),
    ]
    last = await canceled(shop, order_id)
    assert (last.amount, last.refund, first.refund + last.refund) == (1983, 2164, 11901)
    assert await shows(shop.world) == {}


async def test_what_still_reaches_the_threshold_loses_nothing(shop: Shop) -> None:
    await run(shop.world, "spend", **SPEND)
    order_id = await paid(shop, ("tea", 6))
    first = await canceled(shop, order_id, (1, 1))  # 99.95 stays: just below
    assert first.amount - first.refund == 902  # 8.33 and its tax
    kept = await paid(shop, ("tea", 7))
    assert (await canceled(shop, kept, (1, 1))).withheld == ()


async def test_a_ladder_falls_to_the_rung_that_is_still_reached(shop: Shop) -> None:
    rungs = [{"least": least, "benefit": {"kind": "amount", "amount_minor": off}} for least, off in ((4_000, 200), (10_000, 1_000))]
    await run(shop.world, "ladder", **{**SPEND, "tiers": rungs, "funders": [{"funder": "seller", "bp": 10_000}]})
    order_id = await paid(shop, ("tea", 6))
    first = await canceled(shop, order_id, (1, 3))  # 59.97 stays: kept 5.00 off, alone 2.00
    assert [(one.amount, one.payable) for one in first.withheld] == [(300, 325)]
    again = await canceled(shop, order_id, (1, 2))  # 19.99 stays: kept 1.67 off, alone nothing
    assert [(one.amount, one.payable) for one in again.withheld] == [(-133, -144)]
    await canceled(shop, order_id)
    assert await shows(shop.world) == {}


async def test_a_refund_is_never_below_nothing(shop: Shop) -> None:
    """What cannot be withheld of a small refund is withheld of the next one, as far as it is still due."""
    benefit = {"kind": "percent", "bp": 9_000}
    await run(shop.world, "most", **{**SPEND, "tiers": [{"least": 10_000, "benefit": benefit}], "funders": SPLIT})
    order_id = await paid(shop, ("tea", 6))
    first = await canceled(shop, order_id, (1, 1))
    assert (first.refund, first.refunds) == (0, ())
    second = await canceled(shop, order_id, (1, 1))
    assert second.refund == 0
    rest = await canceled(shop, order_id)
    assert first.amount + second.amount + rest.amount == rest.refund
    assert await shows(shop.world) == {}


async def test_a_return_is_measured_again_too(shop: Shop) -> None:
    """At the till, and read as it was when it was sold, whatever has become of the promotion since."""
    await run(shop.world, "spend", **SPEND)
    sold = await shop.rung(receipt("R1", ("tea", 6), paid=11901))
    await shop.world.post("/v1/promotions/spend/end")
    wish = Return("changed_mind", (UnitsBack(1, 5),))
    would = await shop.world.post(
        "/v1/receipts/s1/t1/R1/returns/preview", {"reason": "changed_mind", "lines": [{"line": 1, "quantity": 5}]}
    )
    assert would.status_code == 200, would.text
    assert [(one["kind"], one["funder"], one["payable"]) for one in would.json()["withheld"]] == [
        ("requalify", "platform", 54),
        ("requalify", "seller", 127),
    ]
    back = await shop.world.run(return_goods, ReturnGoods(sold.order_id, wish))
    assert (back.refund, would.json()["refund"]) == (9737, 9737)
    [listed] = (await shop.world.get("/v1/returns")).json()["items"]
    assert (listed["refund"], [line["refund"] for line in listed["lines"]], listed["withheld"]) == (9737, [9918], would.json()["withheld"])
    last = await shop.world.run(return_goods, ReturnGoods(sold.order_id, Return("changed_mind", (UnitsBack(1, 1),))))
    assert back.refund + last.refund == 11901
    assert await shows(shop.world) == {}


async def paid(shop: Shop, *lines: tuple[str, int]) -> int:
    placed = await shop.placed(basket(*lines, member=CARD), by=shop.boss)
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    return placed.order_id


async def test_what_withholding_costs_does_not_depend_on_how_many_refunds(shop: Shop) -> None:
    await publish(shop, OFF_REFUNDS)
    await run(shop.world, "spend", **SPEND)
    ids = [await bought(shop, ("tea", 6)) for _ in range(5)]
    sold = [(await shop.rung(receipt(f"R{i}", ("tea", 6), paid=11901, member=CARD))).order_id for i in range(2)]
    await react(shop)
    await spend(shop, await member_of(shop), sum(109 for _ in (*ids, *sold)))
    part = Cancellation("changed", (LineUnits(1, 5),))
    offs = [CancelOrder(id_, part) for id_ in ids]
    backs = [ReturnGoods(id_, Return("changed_mind", (UnitsBack(1, 5),))) for id_ in sold]
    assert [await cost(shop, cancel, some) for some in (offs[:1], offs)] == [cancel.statements] * 2
    assert [await cost(shop, return_goods, some) for some in (backs[:1], backs)] == [return_goods.statements] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "none", "tiers": [{"least": 0, "benefit": {"kind": "amount", "amount_minor": 100}}]},
        {"measure": "quantity", "tiers": [{"least": 2, "benefit": {"kind": "nth_item", "nth": 2, "bp": 5000}}], "stage": "activity"},
        {"tiers": [{"least": 10_000, "benefit": {"kind": "free_freight"}}]},
    ],
)
async def test_what_cannot_be_measured_again_is_refused_when_it_is_written(world: World, wrong: dict[str, Any]) -> None:
    told = await world.put("/v1/promotions/spend", terms(**{**SPEND, **wrong}))
    assert (told.status_code, told.json()["code"], told.json()["errors"][0]["pointer"]) == (422, "promotion.bad_terms", "/returns")


async def test_the_sentence_says_that_it_is_measured_again(world: World) -> None:
    told = (await world.post("/v1/promotions/read", terms(**SPEND))).json()
    assert "Measured again when goods are returned" in told["sentence"]
    assert "退货后按留存商品重新核算" in told["sentence_zh"]


async def test_a_point_that_is_worth_nothing_comes_off_no_refund(world: World) -> None:
    rate = {"currency": "USD", "earn_points": 1, "earn_minor": 100}
    told = await world.post("/v1/points/programme", {"terms": {"rates": [rate], "clawback": "refund"}})
    assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "/terms/rates/0/burn_points")


async def test_a_refund_bears_the_discount_first_and_points_with_what_is_left(shop: Shop) -> None:
    dear = asset.Rate("USD", earn_points=1, earn_minor=1, burn_points=1, burn_minor=2)
    await publish(shop, asset.PointsTerms((dear,), clawback="refund"))
    await run(shop.world, "most", **{**SPEND, "tiers": [{"least": 10_000, "benefit": {"kind": "percent", "bp": 9_000}}]})
    order_id = await bought(shop, ("tea", 6))  # 119.94 less 107.95: 11.99 earns 1199 points
    member_id = await member_of(shop)
    await spend(shop, member_id, 1199)
    first = await canceled(shop, order_id, (1, 1))
    assert (first.amount, first.refund, {one.kind for one in first.withheld}) == (216, 0, {"requalify"})
    assert await purse(shop.world, member_id) == (0, 0, 0, 200)
    rest = await canceled(shop, order_id)  # the discount is let go, and the other 999 points are worth 19.98 of at most 12.98
    assert (first.amount + rest.amount, rest.refund) == (1298, 0)
    assert await purse(shop.world, member_id) == (0, 0, 0, 1199 - 649)
    assert await shows(shop.world) == {"clearing": 1298, "funder:points": -1298}


async def test_canceled_units_leave_the_first_ones(shop: Shop) -> None:
    tiers = [{"least": 3_000, "benefit": {"kind": "amount", "amount_minor": 1001}}]
    await run(shop.world, "odd", **{**SPEND, "tiers": tiers, "funders": [{"funder": "seller", "bp": 10_000}]})
    came_to = await canceled(shop, await paid(shop, ("tea", 2)), (1, 1))
    assert [one.amount for one in came_to.withheld] == [501]  # of 10.01 the first of two carries the odd cent
