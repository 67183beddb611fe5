"""Promotions in baskets and orders: what comes off, who bears it, and that a limited one is had so often and no more."""

from typing import Any

from tests.flows.test_promotions_api import terms
from tests.shop import Shop, receipt, shop
from tests.world import World, served, world

from jiutong.capabilities.member import Recognize
from jiutong.flows import cancel, pay, return_goods
from jiutong.flows.canceling import LineUnits
from jiutong.flows.checkout import LineWish, PlaceOrder
from jiutong.kernel.errors import Problem

__all__ = ["served", "shop", "world"]

SPLIT = [{"funder": "seller", "bp": 6000}, {"funder": "platform", "bp": 4000}]


async def run(world: World, code: str, **more: Any) -> None:
    """Publish a promotion."""
    made = await world.put(f"/v1/promotions/{code}", terms(**more))
    assert made.status_code == 200, made.json()
    told = await world.post(f"/v1/promotions/{code}/publish")
    assert told.status_code == 200, told.json()


async def adjustments(world: World, order_id: int) -> list[tuple[Any, ...]]:
    return await world.rows(
        "select l.line_no, a.stage, a.rule, a.funder, a.amount from orders.price_adjustment a"
        " join orders.line l on l.tenant_id = a.tenant_id and l.order_id = a.order_id and l.line_id = a.line_id"
        " where a.tenant_id = $1 and a.order_id = $2 order by l.line_no, a.stage, a.funder",
        order_id,
    )


async def test_an_order_carries_what_its_promotions_took_off_and_who_bears_it(shop: Shop) -> None:
    await run(shop.world, "tea", tiers=[{"least": 0, "benefit": {"kind": "percent", "bp": 4000}}])
    spend = [{"least": 5000, "benefit": {"kind": "amount", "amount_minor": 1001}}]
    await run(shop.world, "spend", stage="order", currency="USD", goods={}, measure="amount", tiers=spend, funders=SPLIT)
    placed = await shop.placed(PlaceOrder("mall", (LineWish("tea", 5), LineWish("salt", 2))))
    # 99.95 less 40 % is 59.97; with 1.00 of salt 60.97, of which 10.01 come off in proportion.
    assert await adjustments(shop.world, placed.order_id) == [
        (1, "activity", "tea@1", "seller", 3998),
        (1, "order", "spend@1", "platform", 394),
        (1, "order", "spend@1", "seller", 591),
        (2, "order", "spend@1", "platform", 6),
        (2, "order", "spend@1", "seller", 10),
    ]
    assert (placed.gross, placed.discount) == (10095, 4999)


async def test_what_is_published_holds_at_once_and_what_ended_no_longer(shop: Shop) -> None:
    wish = PlaceOrder("mall", (LineWish("tea", 1),))
    assert (await shop.placed(wish)).discount == 0
    await run(shop.world, "tea")
    assert (await shop.placed(wish)).discount == 200
    await run(shop.world, "tea", tiers=[{"least": 0, "benefit": {"kind": "percent", "bp": 2000}}])
    assert (await shop.placed(wish)).discount == 400
    await shop.world.post("/v1/promotions/tea/end")
    assert (await shop.placed(wish)).discount == 0


async def test_a_discount_by_hand_has_its_limit_whatever_promotions_take(shop: Shop) -> None:
    await run(shop.world, "tea", tiers=[{"least": 0, "benefit": {"kind": "percent", "bp": 9000}}])
    assert (await shop.placed(PlaceOrder("mall", (LineWish("tea", 1),)))).discount == 1799


async def test_a_promotion_of_three_uses_is_had_three_times(shop: Shop) -> None:
    await run(shop.world, "few", limits={"uses_max": 3})
    wish = PlaceOrder("mall", (LineWish("tea", 1),))
    told = [await shop.place(wish) for _ in range(5)]
    assert [0 if isinstance(one, Problem) else one.discount for one in told] == [200, 200, 200, 0, 0]


async def used(shop: Shop) -> list[tuple[Any, ...]]:
    """(kind of account, posted, held) of what limited promotions have given."""
    return await shop.world.rows(
        "select split_part(code, ':', 1) || case when code like '%:all' then '' when code like 'uses:%' then ' by member' else '' end,"
        " -posted, held from ledger.account where tenant_id = $1 and (code like 'uses:%' or code like 'budget:%') order by 1"
    )


async def test_a_use_is_held_used_by_paying_and_given_back_by_canceling(shop: Shop) -> None:
    limits = {"uses_max": 2, "member_uses_max": 1, "budget_minor": 1000}
    await run(shop.world, "few", currency="USD", limits=limits)
    wish = PlaceOrder("mall", (LineWish("tea", 1),), member=Recognize("card", "M0001"))
    first = await shop.placed(wish)
    assert first.discount == 200
    assert await used(shop) == [("budget", 0, 200), ("uses", 0, 1), ("uses by member", 0, 1)]
    assert (await shop.placed(wish)).discount == 0, "once a member"
    await shop.do(cancel.cancel, cancel.CancelOrder(first.order_id, cancel.Cancellation("changed_mind")), by=shop.boss)
    assert await used(shop) == [("budget", 0, 0), ("uses", 0, 0), ("uses by member", 0, 0)]
    again = await shop.placed(wish)
    assert again.discount == 200
    await shop.do(pay.start, pay.Pay(again.order_id, pay.Payment("cash")), by=shop.boss)
    assert await used(shop) == [("budget", 200, 0), ("uses", 1, 0), ("uses by member", 1, 0)]


async def test_a_new_version_forgets_nothing_that_was_used(shop: Shop) -> None:
    wish = PlaceOrder("mall", (LineWish("tea", 1),))
    await run(shop.world, "few", limits={"uses_max": 3})
    assert [(await shop.placed(wish)).discount for _ in range(2)] == [200, 200]
    await run(shop.world, "few", limits={"uses_max": 1})
    assert (await shop.placed(wish)).discount == 0
    await run(shop.world, "few", limits={"uses_max": 4})
    assert [(await shop.placed(wish)).discount for _ in range(3)] == [200, 200, 0]


async def test_a_budget_is_not_overdrawn(shop: Shop) -> None:
    await run(shop.world, "budget", currency="USD", limits={"budget_minor": 500})
    wish = PlaceOrder("mall", (LineWish("tea", 1),))
    assert [(await shop.placed(wish)).discount for _ in range(3)] == [200, 200, 0]


async def test_a_budget_comes_back_unit_by_unit(shop: Shop) -> None:
    """By the same shares as the discount, canceled or returned; what had come back of it is there for others at once."""
    everything: dict[str, object] = {}
    more = {"stage": "order", "currency": "USD", "goods": everything, "tiers": [{"least": 0, "benefit": {"kind": "percent", "bp": 1000}}]}
    await run(shop.world, "budget", **more, limits={"budget_minor": 1005})
    sold = await shop.rung(receipt("R1", ("tea", 3), ("salt", 1), paid=5896))  # 59.97 and 0.55 less 6.05
    assert await used(shop) == [("budget", 605, 0)]
    placed = await shop.placed(PlaceOrder("mall", (LineWish("tea", 2),)))
    assert (placed.discount, await used(shop)) == (400, [("budget", 605, 400)])
    left: list[int] = []
    for line, units in ((1, 1), (2, 1), (1, 2)):
        back = return_goods.Return("changed_mind", (return_goods.UnitsBack(line, units),))
        await shop.world.run(return_goods.return_goods, return_goods.ReturnGoods(sold.order_id, back))
        left.append((await used(shop))[0][1])
    assert left == [405, 400, 0]
    off = cancel.Cancellation("changed", (LineUnits(1, 1),))
    await shop.world.run(cancel.cancel, cancel.CancelOrder(placed.order_id, off))
    assert await used(shop) == [("budget", 0, 200)]


async def test_a_budget_may_come_back_with_the_whole_order_only(shop: Shop) -> None:
    await run(shop.world, "budget", currency="USD", limits={"budget_minor": 1000, "budget_back": "order"})
    placed = await shop.placed(PlaceOrder("mall", (LineWish("tea", 2),)))
    for units, held in ((1, 400), (1, 0)):
        await shop.world.run(cancel.cancel, cancel.CancelOrder(placed.order_id, cancel.Cancellation("changed", (LineUnits(1, units),))))
        assert await used(shop) == [("budget", 0, held)]


async def test_a_gift_out_of_stock_is_an_amount_where_it_says_so(shop: Shop) -> None:
    gift = {"kind": "gift", "sku": "salt", "fallback": "amount", "amount_minor": 40}
    await run(shop.world, "gift", stage="order", currency="USD", measure="quantity", tiers=[{"least": 1, "benefit": gift}])
    tea, salt = LineWish("tea", 1), LineWish("salt", 1)
    assert (await shop.placed(PlaceOrder("mall", (tea,)))).discount == 0, "the gift is to be added"
    assert (await shop.placed(PlaceOrder("mall", (tea, salt)))).discount == 50
    await shop.placed(PlaceOrder("mall", (LineWish("salt", 99),)))
    assert (await shop.placed(PlaceOrder("mall", (tea,)))).discount == 40
