"""Conservation with everything real: promotions of several funders, a coupon, red packets, points, freight borne by a bank, a subsidy and
a budget on one order, which is canceled, shipped and returned at random; in the end it comes to exactly one full reversal.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.couponry import batch, given, person
from tests.flows.test_freight_checkout import OAKLAND, POST, in_force
from tests.flows.test_points import CARD, publish
from tests.flows.test_promotions_checkout import run
from tests.shop import Shop, basket, shop
from tests.world import served, world

from jiutong.capabilities import asset, order
from jiutong.capabilities.fulfillment import LineQuantity, PickOne, PickWork, ReleaseOrder, ShipOne, ShipWork
from jiutong.flows import assets, fulfil, pay, reactions
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods
from jiutong.kernel import jobs
from jiutong.worker import desk_of, run_due

__all__ = ["served", "shop", "world"]
TERMS = asset.PointsTerms((asset.Rate("USD", 1, 100, 100, 100),), clawback="refund")
THREE = [{"funder": "seller", "bp": 5000}, {"funder": "brand", "bp": 3000}, {"funder": "platform", "bp": 2000}]
SPEND = [
    {"least": 5000, "benefit": {"kind": "amount", "amount_minor": 701}},
    {"least": 9000, "benefit": {"kind": "amount", "amount_minor": 1403}},
]
SCARCE = "^(points|red_packet|coupon|uses|budget):"


@pytest.fixture(autouse=True)
def reacting() -> Iterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


async def furnish(shop: Shop) -> int:
    """Terms, promotions and freight; the member whom everything is given to."""
    await publish(shop, TERMS)
    money: dict[str, Any] = {"currency": "USD", "goods": {}}
    await run(shop.world, "tea", tiers=[{"least": 0, "benefit": {"kind": "percent", "bp": 730}}], stacking={"joins": ["*"]}, funders=THREE)
    await run(shop.world, "spend", stage="order", measure="amount", tiers=SPEND, funders=THREE, returns="requalify",
              limits={"budget_minor": 10**6, "uses_max": 99}, **money)  # fmt: skip
    await run(shop.world, "help", stage="subsidy", tiers=[{"least": 0, "benefit": {"kind": "amount", "amount_minor": 199}}],
              funders=[{"funder": "platform", "bp": 10_000}], limits={"budget_minor": 10**6}, **money)  # fmt: skip
    await run(shop.world, "ship", stage="order", tiers=[{"least": 0, "benefit": {"kind": "free_freight", "max_minor": 301}}],
              funders=[{"funder": "seller", "bp": 3333}, {"funder": "bank", "bp": 6667}], stacking={"joins": ["*"]}, **money)  # fmt: skip
    await in_force(shop, "post", msgspec.structs.replace(POST, free=()))
    await batch(shop, "ten", cap=100, per_member=100)
    return await person(shop)


async def react(shop: Shop) -> None:
    while await run_due(desk_of(shop.house, None), shop.tenant_id):  # type: ignore[arg-type]
        pass


async def give(shop: Shop, member_id: int, chance: random.Random) -> None:
    """Lots of points and red packets of two funders, and a coupon."""
    until = shop.clock.now() + timedelta(days=90)
    for funder in ("pool", "brand"):
        await shop.world.run(assets.give, assets.Give("points", chance.randint(20, 200), until, funder, "gift", (member_id,)))
        packet = assets.Give("red_packet", chance.randint(20, 200), until, funder, "gift", (member_id,), currency="USD")
        await shop.world.run(assets.give, packet)
    await given(shop, "ten", member_id)


async def shows(shop: Shop) -> dict[str, tuple[int, int]]:
    """(posted, held) of the accounts of what is scarce."""
    rows = await shop.rows("select code, posted, held from ledger.account where tenant_id = $1 and code ~ $2 order by 1", SCARCE)
    return {code: (posted, held) for code, posted, held in rows}


async def lines_of(shop: Shop, order_id: int) -> list[order.Line]:
    async with shop.house.db.reading(shop.tenant_id, shop.clock.now()) as tx:
        return (await order.lines(tx, [order_id]))[order_id]


async def take_apart(shop: Shop, order_id: int, chance: random.Random) -> tuple[bool, int]:
    """Cancel, pay, ship and return at random until nothing is left; whether any of it shipped, and what was paid for it."""
    paid = shipped = False
    laid = 0
    while True:
        lines = await lines_of(shop, order_id)
        open_ = {line.line_no: line.open for line in lines if line.open}
        sold = {line.line_no: line.sold for line in lines if line.sold}
        if not open_ and not sold:
            return shipped, laid
        what = (
            chance.choice([*(["cancel", "ship"] if open_ else []), *(["return"] if sold else [])])
            if paid
            else chance.choice(["pay", "cancel"])
        )
        have = sold if what == "return" else open_
        chosen = {no: chance.randint(1, have[no]) for no in chance.sample(sorted(have), chance.randint(1, len(have)))}
        match what:
            case "pay":
                laid = (await shop.world.run(pay.start, pay.Pay(order_id, pay.Payment("cash")))).amount
                paid = True
            case "cancel":
                cut = tuple(LineUnits(*one) for one in chosen.items())
                await shop.world.run(cancel, CancelOrder(order_id, Cancellation("changed", cut)))
            case "ship":
                await ship(shop, order_id, chosen)
                shipped = True
            case _:
                back = tuple(UnitsBack(*one) for one in chosen.items())
                await shop.world.run(return_goods, ReturnGoods(order_id, Return("defective", back)))
        await react(shop)


async def ship(shop: Shop, order_id: int, units: dict[int, int]) -> None:
    await shop.world.run(fulfil.release, ReleaseOrder(order_id))
    works = await shop.rows("select work_id from fulfillment.work where tenant_id = $1 and order_id = $2", order_id)
    lines = tuple(LineQuantity(*one) for one in units.items())
    await shop.world.run(fulfil.pick, PickOne(works[0][0], PickWork(lines)))
    await shop.world.run(fulfil.ship, ShipOne(works[0][0], ShipWork(lines)))


@pytest.mark.parametrize("seed", range(4))
async def test_any_way_of_taking_it_apart_comes_to_one_full_reversal(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    member_id = await furnish(shop)
    for _ in range(3):
        await give(shop, member_id, chance)
        before = await shows(shop)
        wish = basket(
            ("tea", chance.randint(3, 7)), ("salt", chance.randint(1, 9)), member=CARD, contact=OAKLAND, points=150, red_packet_minor=150
        )
        placed = await shop.placed(wish, by=shop.boss)
        stages = {one.stage for one in placed.notes if one.outcome == "applied"}
        assert {"activity", "order", "coupon", "subsidy", "red_packet", "points", "freight"} <= stages
        shipped, laid = await take_apart(shop, placed.order_id, chance)
        [(paid, refunded, withheld)] = await shop.rows(
            "select o.paid, o.refunded, coalesce((select sum(w.payable) from orders.withheld w"
            " where w.tenant_id = $1 and w.order_id = o.order_id), 0)::bigint"
            " from orders.placed o where o.tenant_id = $1 and o.order_id = $2",
            placed.order_id,
        )
        assert (paid, refunded, withheld) == (laid, laid, 0), "all the money that came in is back, and nothing withheld any more"
        money = await shop.rows("select code, posted from ledger.account where tenant_id = $1 and unit = 'USD' and posted <> 0")
        assert money == [], "cash, revenue, every funder's part, freight, tax"
        after = {code: amounts for code, amounts in (await shows(shop)).items() if code in before or amounts != (0, 0)}
        # One use and the coupon are of the order as a whole: goods that were with the buyer do not bring them back.
        whole = {code: amounts for code, amounts in after.items() if code.startswith(("uses:", "coupon:"))}
        kept = int(shipped and laid > 0)
        assert {code: amounts for code, amounts in after.items() if code not in whole} == {
            code: amounts for code, amounts in before.items() if code not in whole
        }, "points and packets are in their lots, budgets are whole"
        assert sum(held for _, held in whole.values()) == 0
        spent = {kind: -sum(p for code, (p, _) in whole.items() if code.startswith(kind)) for kind in ("uses:", "coupon:")}
        had = {kind: -sum(p for code, (p, _) in before.items() if code.startswith(kind)) for kind in spent}
        assert {kind: spent[kind] - had[kind] for kind in spent} == {"uses:": kept, "coupon:": kept}
        assert await shop.rows("select count(*) from ledger.hold where tenant_id = $1 and amount > posted + voided") == [(0,)]
