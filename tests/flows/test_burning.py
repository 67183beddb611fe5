"""Points, red packets and procurement points in a basket: what they take off, which lots they claim, and that these get it back exactly."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.flows.test_points import CARD, USD, give, member_of, publish, purse, react
from tests.shop import Shop, basket, receipt, refused, shop
from tests.world import served, world

from jiutong.capabilities import asset, member, payment
from jiutong.flows import assets, pay, reactions
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.expire_unpaid import Expire, expire
from jiutong.flows.maintain_companies import put_company
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods
from jiutong.kernel import jobs

__all__ = ["served", "shop", "world"]
TERMS = asset.PointsTerms((asset.Rate("USD", burn_points=100, burn_minor=100),), share_bp=5_000, least=10, funder="pool")


@pytest.fixture(autouse=True)
def reacting() -> Iterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


async def packet(shop: Shop, member_id: int, amount: int, funder: str, days: int = 30) -> int:
    """A red packet; its lot."""
    wish = assets.Give("red_packet", amount, shop.clock.now() + timedelta(days=days), funder, "treat", (member_id,), currency="USD")
    return (await shop.world.run(assets.give, wish)).lots[0]


async def lots(shop: Shop) -> list[tuple[int, int]]:
    """What is posted and held on every lot, the oldest first."""
    return await shop.rows(
        "select a.posted, a.held from asset.lot l join ledger.account a using (tenant_id, account_id) where tenant_id = $1 order by lot_id"
    )


def noted(placed: Any, stage: str) -> list[tuple[str, str, str, int, int]]:
    return [(one.rule, one.outcome, one.why, one.amount, one.gap) for one in placed.notes if one.stage == stage]


async def test_points_pay_for_part_of_an_order_and_are_held_until_it_is_paid(shop: Shop) -> None:
    await publish(shop, TERMS)
    member_id = await member_of(shop)
    await give(shop, member_id, 300, days=5)
    await give(shop, member_id, 900, days=9)
    placed = await shop.placed(basket(("tea", 2), member=CARD, points=1000))
    assert [(line.discount, line.tax, line.payable) for line in placed.lines] == [(1000, 247, 3245)]
    assert noted(placed, "points") == [("points@1", "applied", "", 1000, 0)]
    assert await lots(shop) == [(300, 300), (900, 700)]
    assert await purse(shop.world, member_id) == (200, 0, 1000, 0)
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    assert await lots(shop) == [(0, 0), (200, 0)]


async def test_more_than_the_share_allowed_is_not_burned_and_the_note_says_so(shop: Shop) -> None:
    await publish(shop, TERMS)
    await give(shop, await member_of(shop), 5000)
    (quoted,) = await shop.quote(basket(("tea", 2), member=CARD, points=5000))
    assert noted(quoted, "points") == [("points@1", "applied", "share", 1999, 3001)]


@pytest.mark.parametrize(("wish", "why", "gap"), [({"points": 5, "member": CARD}, "below_least", 5), ({"points": 50}, "no_member", 0)])
async def test_why_points_are_not_burned(shop: Shop, wish: Any, why: str, gap: int) -> None:
    await publish(shop, TERMS)
    await give(shop, await member_of(shop), 500)
    (quoted,) = await shop.quote(basket(("tea", 2), **wish))
    assert noted(quoted, "points") == [("points@1", "barred", why, 0, gap)]


async def test_without_a_programme_nothing_is_burned(shop: Shop) -> None:
    await give(shop, await member_of(shop), 500)
    (quoted,) = await shop.quote(basket(("tea", 2), member=CARD, points=100))
    assert noted(quoted, "points") == [("points", "barred", "no_programme", 0, 0)]


async def test_units_that_come_back_give_their_lots_back_exactly(shop: Shop) -> None:
    await publish(shop, TERMS)
    member_id = await member_of(shop)
    await give(shop, member_id, 33, days=5)
    await give(shop, member_id, 100, days=9)
    sold = await shop.rung(receipt("R1", ("salt", 7), paid=274, member=CARD, points=132))  # 3.85 less 1.32 and tax
    assert await lots(shop) == [(0, 0), (1, 0)]
    seen: list[list[int]] = []
    for units in (1, 3, 2, 1):
        await shop.world.run(return_goods, ReturnGoods(sold.order_id, Return("changed_mind", (UnitsBack(1, units),))))
        seen.append([posted for posted, _ in await lots(shop)])
    assert seen == [[5, 15], [19, 58], [28, 86], [33, 100]]


async def test_units_canceled_before_they_ship_give_theirs_back_too(shop: Shop) -> None:
    await publish(shop, TERMS)
    member_id = await member_of(shop)
    await give(shop, member_id, 1000)
    placed = await shop.placed(basket(("tea", 3), member=CARD, points=1000))
    await shop.do(cancel, CancelOrder(placed.order_id, Cancellation("less", (LineUnits(1, 1),))), by=shop.boss)
    assert await lots(shop) == [(1000, 667)]
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    assert await lots(shop) == [(333, 0)]
    await shop.do(cancel, CancelOrder(placed.order_id, Cancellation("none")), by=shop.boss)
    assert await lots(shop) == [(1000, 0)]


async def test_lines_that_claim_of_one_lot_hold_it_once(shop: Shop) -> None:
    await publish(shop, TERMS)
    await give(shop, await member_of(shop), 1000)
    placed = await shop.placed(basket(("tea", 1), ("salt", 7), member=CARD, points=600))
    assert [(one.line_no, one.amount) for one in placed.claims] == [(1, 511), (2, 89)]
    held = "select h.amount, h.posted, h.voided from ledger.hold h join asset.lot l using (tenant_id, account_id) where h.tenant_id = $1"
    assert await shop.rows(held) == [(600, 0, 0)]
    await shop.do(cancel, CancelOrder(placed.order_id, Cancellation("less", (LineUnits(2, 7),))), by=shop.boss)
    assert await shop.rows(held) == [(600, 0, 89)]
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    assert await shop.rows(held) == [(600, 511, 89)]
    assert await lots(shop) == [(489, 0)]


async def test_points_that_come_back_after_they_expired_may_be_used_for_a_while(shop: Shop) -> None:
    await publish(shop, TERMS)
    member_id = await member_of(shop)
    lot_id = await give(shop, member_id, 1000, days=1)
    placed = await shop.placed(basket(("tea", 2), member=CARD, points=1000))
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    shop.clock.at += timedelta(days=3)
    await shop.world.run(assets.expire, asset.ExpireLots((lot_id,)))
    await shop.do(cancel, CancelOrder(placed.order_id, Cancellation("none")), by=shop.boss)
    await react(shop)
    assert await purse(shop.world, member_id) == (1000, 0, 0, 0)
    shop.clock.at += timedelta(days=7)
    assert await purse(shop.world, member_id) == (0, 0, 0, 0)


async def test_an_order_nobody_pays_lets_its_points_go(shop: Shop) -> None:
    await publish(shop, TERMS)
    member_id = await member_of(shop)
    await give(shop, member_id, 1000)
    placed = await shop.placed(basket(("tea", 2), member=CARD, points=500))
    shop.clock.at += timedelta(hours=1)
    await shop.do(expire, Expire(placed.order_id), by=shop.boss)
    assert await lots(shop) == [(1000, 0)]


async def test_money_that_comes_late_holds_all_of_a_lot_again(shop: Shop) -> None:
    await publish(shop, TERMS)
    await give(shop, await member_of(shop), 1000)
    placed = await shop.placed(basket(("tea", 1), ("salt", 7), member=CARD, points=600))
    laid = await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("card")))
    shop.clock.at += timedelta(hours=1)
    await shop.do(expire, Expire(placed.order_id), by=shop.boss)
    assert await lots(shop) == [(1000, 0)]
    amount, currency = laid.amount, laid.currency
    said = payment.Notice(laid.merchant, "E1", "captured", laid.tender_id, placed.order_id, amount, currency, "C1", msgspec.Raw(b"{}"))
    assert (await shop.world.run(pay.notice, said)).verdict == "late"
    assert await lots(shop) == [(400, 0)]


async def test_red_packets_are_borne_by_who_gave_them(shop: Shop) -> None:
    member_id = await member_of(shop)
    await packet(shop, member_id, 300, "brand", days=3)
    await packet(shop, member_id, 500, "mall", days=9)
    placed = await shop.placed(basket(("tea", 1), ("salt", 2), member=CARD, red_packet_minor=600))
    assert [(one.stage, one.funder, one.amount) for one in placed.adjustments] == [
        ("red_packet", "brand", 300),
        ("red_packet", "mall", 271),
        ("red_packet", "mall", 29),
    ]
    (note,) = [one for one in placed.notes if one.stage == "red_packet"]
    assert (note.amount, note.funders) == (600, (("brand", 300), ("mall", 300)))
    assert await lots(shop) == [(300, 300), (500, 300)]


async def test_a_company_burns_its_points_as_the_role_and_the_month_allow(shop: Shop) -> None:
    terms = asset.BeansTerms((asset.Rate("USD", burn_points=1, burn_minor=1),), roles=("buyer",), order_max=1500, month_max=2000)
    await shop.world.run(assets.publish, asset.PutProgramme(beans=terms))
    member_id = await member_of(shop)
    company = member.Company("acorp", "A Corp", buyers=(member.Employee(member_id, "buyer"),))
    await shop.world.run(put_company, company)
    until = shop.clock.now() + timedelta(days=90)
    await shop.world.run(assets.give, assets.Give("beans", 9000, until, "acorp", "year", company="acorp"))
    (alone,) = await shop.quote(basket(("tea", 2), member=CARD, beans=100))
    assert noted(alone, "points") == [("beans@1", "barred", "no_company", 0, 0)]
    first = await shop.placed(basket(("tea", 2), member=CARD, company="acorp", beans=1800))
    assert noted(first, "points") == [("beans@1", "applied", "order_max", 1500, 300)]
    over = await shop.place(basket(("tea", 1), member=CARD, company="acorp", beans=600))
    assert refused(over) == ("asset.month_used_up", "/beans")
    await shop.placed(basket(("tea", 1), member=CARD, company="acorp", beans=500))
    assert await lots(shop) == [(9000, 2000)]
    told = (await shop.world.get("/v1/companies/acorp/beans")).json()["purses"]
    assert [(one["usable"], one["held"]) for one in told] == [(7000, 2000)]


async def test_what_is_burned_earns_nothing(shop: Shop) -> None:
    await publish(shop, asset.PointsTerms((USD,)))
    member_id = await member_of(shop)
    await give(shop, member_id, 1000)
    placed = await shop.placed(basket(("tea", 2), member=CARD, points=1000))
    await shop.world.run(pay.start, pay.Pay(placed.order_id, pay.Payment("cash")))
    await react(shop)
    assert await shop.rows("select net, points from asset.earning where tenant_id = $1") == [(2998, 29)]
