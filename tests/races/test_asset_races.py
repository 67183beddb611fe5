"""Many at once, in several processes: points are burned once, what is taken back is taken or owed, a card pays what is on it."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TypeVar

import msgspec
import pytest
from tests.races.test_checkout_races import PROCESSES, SESSIONS, Crowd, crowd
from tests.shop import Shop, basket, receipt, shop
from tests.world import served, world

from jiutong.capabilities import asset
from jiutong.capabilities.member import Recognize
from jiutong.flows import assets, cards, checkout, find_member, pay
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.checkout import Placed
from jiutong.flows.counter import TenderLaid
from jiutong.flows.till_sale import Rung
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Flow

__all__ = ["crowd", "served", "shop", "world"]
pytestmark = pytest.mark.races
CARD = Recognize("card", "M0001")
CODE = "0123456789ABCDEF"
C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


async def burst(crowd: Crowd, flow: Flow[C, R], commands: list[C]) -> list[R | Problem]:
    """All at once, over all processes, as the house."""

    async def one(i: int, command: C) -> R | Problem:
        try:
            return (await crowd.runners[i % PROCESSES].run(flow, command, crowd.shop.boss, f"r{i}")).result
        except Problem as refusal:
            return refusal

    return await asyncio.gather(*(one(i, command) for i, command in enumerate(commands)))


async def holder(shop: Shop, *amounts: int) -> int:
    """A member with lots of points."""
    rate = asset.Rate("USD", earn_points=1, earn_minor=100, burn_points=100, burn_minor=100)
    await shop.world.run(assets.publish, asset.PutProgramme(points=asset.PointsTerms((rate,))))
    member_id = (await shop.world.run(find_member.recognize, CARD)).member_id
    for i, amount in enumerate(amounts):
        until = shop.clock.now() + timedelta(days=1 + i)
        await shop.world.run(assets.give, assets.Give("points", amount, until, "points", "test", (member_id,)))
    return member_id


async def test_points_for_ten_baskets_are_burned_by_ten(crowd: Crowd) -> None:
    await holder(crowd.shop, 500)
    await crowd.shop.receive("dc1", ("tea", 100))
    wish = basket(("tea", 1), member=CARD, points=50)
    told = await burst(crowd, checkout.place, [wish] * SESSIONS)
    burned = [sum(one.amount for one in order.adjustments) for order in told if isinstance(order, Placed)]
    refused = Counter(one.code for one in told if isinstance(one, Problem))
    assert Counter(burned)[50] == 10
    assert set(burned) <= {0, 50}
    assert set(refused) <= {"asset.changed"}
    assert await crowd.shop.rows(
        "select sum(posted)::bigint, sum(held)::bigint from ledger.account where tenant_id = $1 and code like 'points:%'"
    ) == [(500, 500)]


async def test_what_is_taken_back_while_it_is_spent_is_taken_or_owed(crowd: Crowd) -> None:
    shop = crowd.shop
    member_id = await holder(shop)
    await shop.receive("dc1", ("tea", 100))
    orders = [await shop.placed(basket(("tea", 1), member=CARD)) for _ in range(16)]
    for one in orders:
        await shop.world.run(pay.start, pay.Pay(one.order_id, pay.Payment("cash")))
        await shop.world.run(assets.reckon, assets.Reckon(one.order_id))
        await shop.do(cancel, CancelOrder(one.order_id, Cancellation("changed")), by=shop.boss)
    takes = burst(crowd, assets.take, [assets.Take("points", 19, f"t{i}", member_id) for i in range(16)])
    claws = burst(crowd, assets.reckon, [assets.Reckon(one.order_id) for one in orders for _ in range(2)])
    spent, _ = await asyncio.gather(takes, claws)
    gone = sum(one.amount for one in spent if isinstance(one, asset.Deducted))
    owed = "select coalesce(sum(posted), 0)::bigint from ledger.account where tenant_id = $1 and code like 'points_owed:%'"
    assert await shop.rows(owed) == [(gone,)]
    assert await shop.rows("select sum(points)::bigint, sum(owed)::bigint from asset.clawback where tenant_id = $1") == [(304, gone)]
    assert await shop.rows("select sum(posted)::bigint from ledger.account where tenant_id = $1 and code like 'points:%'") == [(0,)]


async def test_a_card_for_ten_sales_pays_for_ten(crowd: Crowd) -> None:
    shop = crowd.shop
    new = asset.NewCard(asset.code_hash(CODE), None, CODE[-4:])
    wish = asset.IssueCards((new,), "USD", 600, "stores", "", "cash", "", "", "", None, None, active=True)
    await shop.world.run(cards.issue, wish)
    sales = [msgspec.structs.replace(receipt(f"R{i}", ("salt", 1)), tenders=(TenderLaid("gift_card", 60, CODE),)) for i in range(SESSIONS)]
    told = await asyncio.gather(*(crowd.ring(sale, i) for i, sale in enumerate(sales)))
    assert Counter("sold" if isinstance(one, Rung) else one.code for one in told) == {"sold": 10, "asset.not_enough": SESSIONS - 10}
    assert await shop.rows("select posted from ledger.account where tenant_id = $1 and code like 'card:%'") == [(0,)]
