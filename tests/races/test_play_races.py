"""Many buyers at once for the last places of a group, in several processes: exactly as many get in as there are places."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from tests.flows.test_group_buy import bought, group_of, heads, published, three, who
from tests.flows.test_presale import published as presale_published
from tests.races.test_checkout_races import PROCESSES, SESSIONS, Crowd, crowd
from tests.shop import basket, refused, shop
from tests.world import served, world

from jiutong.capabilities.promotion import GroupItem, PresaleItem
from jiutong.flows import group_buy, maintain_plays, pay
from jiutong.flows.checkout import Placed, PlaceOrder
from jiutong.kernel.errors import Problem

__all__ = ["crowd", "served", "shop", "world"]
pytestmark = pytest.mark.races


def wishes(code: str) -> list[PlaceOrder]:
    return [basket(("tea", 1), play=code, member=who(100 + i)) for i in range(SESSIONS)]


async def test_exactly_as_many_join_as_there_are_places(crowd: Crowd) -> None:
    shop = crowd.shop
    await published(shop, thresholds=(20,), items=(GroupItem("tea", (1600,)),))
    first = await bought(shop, 1)
    told = await crowd.sessions(wishes(await group_of(shop, first)))
    assert Counter(type(one) if isinstance(one, Placed) else one.code for one in told) == {Placed: 19, "promotion.group_full": 45}
    placed = [one.order_id for one in told if isinstance(one, Placed)]
    for i, id_ in enumerate(placed):
        assert not isinstance(await crowd.at(i, pay.start, pay.Pay(id_, pay.Payment("cash")), None), Problem)
        assert not isinstance(await crowd.at(i + 1, group_buy.take_place, group_buy.TakePlace(id_), None), Problem)
    done = [await crowd.at(i, group_buy.close, group_buy.CloseGroup(first), None) for i in range(PROCESSES)]
    assert done == [group_buy.GroupClosed(first, "formed", 20, 0)] * PROCESSES
    assert await heads(shop, *placed) == [("paid", "", 1732, 1732, 0)] * 19
    assert await shop.rows("select count(*) from kernel.event where tenant_id = $1 and type = 'group.formed.v1'") == [(1,)]
    assert await shop.rows("select count(*) from kernel.event where tenant_id = $1 and type = 'order.ready.v1'") == [(20,)]


async def test_exactly_as_many_regulars_join_as_places_are_not_kept_for_newcomers(crowd: Crowd) -> None:
    shop = crowd.shop
    await published(shop, thresholds=(20,), items=(GroupItem("tea", (1600,)),), newcomers=15)
    regulars = [100 + i for i in range(32)]
    for no in (1, *regulars):
        await shop.placed(basket(("salt", 1), member=who(no)))
    first = await bought(shop, 1)
    told = await crowd.sessions(wishes(await group_of(shop, first)))
    codes = Counter(type(one) if isinstance(one, Placed) else one.code for one in told)
    assert (codes[Placed], sum(codes.values())) == (19, SESSIONS)
    taken = "select held - posted from ledger.account where tenant_id = $1 and code ~ '^(regulars|seat):' order by code"
    assert await shop.rows(taken) == [(5,), (20,)]


async def test_one_newcomer_has_one_place_however_many_they_ask_for_at_once(crowd: Crowd) -> None:
    shop = crowd.shop
    await published(shop, newcomers=2)
    codes = [await group_of(shop, await bought(shop, no)) for no in range(1, 9)]
    await shop.world.run(maintain_plays.put, maintain_plays.PutPlay("other", group_buy=three(newcomers=2)))
    await shop.world.run(maintain_plays.publish, maintain_plays.NamedPlay("group_buy", "other"))
    told = await crowd.sessions([basket(("tea", 1), play=play, member=who(77)) for play in (*codes, "three", "other") * 6])
    placed = [one for one in told if isinstance(one, Placed)]
    seats = "select held from ledger.account where tenant_id = $1 and code like 'newcomer:%' and held > 0"
    assert await shop.rows(seats) == [(1,)]
    assert 1 <= len(placed) <= 2


async def test_exactly_as_many_groups_are_opened_at_the_price_for_it_as_there_are(crowd: Crowd) -> None:
    shop = crowd.shop
    await published(shop, items=(GroupItem("tea", (1600,), head_minor=1500),), heads=5)
    told = await crowd.sessions(wishes("three"))
    prices = Counter(one.discount if isinstance(one, Placed) else one.code for one in told)
    assert prices[499] == 5
    assert set(prices) <= {499, 399, "promotion.heads_gone"}
    assert sum(prices.values()) == SESSIONS
    assert await shop.rows("select held from ledger.account where tenant_id = $1 and code = 'heads:three'") == [(5,)]


async def test_exactly_the_quota_is_sold_in_advance(crowd: Crowd) -> None:
    await presale_published(crowd.shop, items=(PresaleItem("tea", 1500, 300, 20, 500),))
    told = await crowd.sessions([basket(("tea", 1), play="spring") for _ in range(SESSIONS)])
    assert Counter(type(one) if isinstance(one, Placed) else one.code for one in told) == {Placed: 20, "promotion.presale_quota": 44}


async def test_a_lowered_quota_is_sold_no_further_whoever_read_the_version_before(crowd: Crowd) -> None:
    """The quota falls while sixty-four buyers are on it: whoever got in stays, and nobody gets in beyond what holds now."""
    shop = crowd.shop
    await presale_published(shop, items=(PresaleItem("tea", 1500, 300, 20, 500),))
    wish = basket(("tea", 1), play="spring")
    for _ in range(5):
        await shop.placed(wish)
    lower = presale_published(shop, items=(PresaleItem("tea", 1500, 300, 10, 500),))
    told, _ = await asyncio.gather(crowd.sessions([wish] * SESSIONS), lower)
    shop.clock.advance(timedelta(seconds=60))
    await shop.world.run(maintain_plays.settle_floors, maintain_plays.SettlePlay("presale", "spring"))
    sold = 5 + sum(isinstance(one, Placed) for one in told)
    assert 10 <= sold <= 20
    assert refused(await shop.place(wish)) == ("promotion.presale_quota", "/lines/0/quantity")
    assert await shop.rows("select sum(held) from ledger.account where tenant_id = $1 and code = 'presale_quota:spring:tea'") == [(sold,)]


async def test_closing_and_paying_meet_and_nobody_is_lost(crowd: Crowd) -> None:
    """Whoever pays as the group's time ends is in it, or has everything back: nobody waits for a group that is gone."""
    shop = crowd.shop
    await published(shop, by="units", thresholds=(2,), most=200, items=(GroupItem("tea", (1600,)),))
    first = await bought(shop, 1, units=2)
    told = await crowd.sessions(wishes(await group_of(shop, first))[:16])
    ids = [one.order_id for one in told if isinstance(one, Placed)]
    assert len(ids) == 16
    shop.clock.at += timedelta(days=1)

    async def pays(i: int, id_: int) -> None:
        await crowd.at(i, pay.start, pay.Pay(id_, pay.Payment("cash")), None)
        await crowd.at(i, group_buy.take_place, group_buy.TakePlace(id_), None)

    await asyncio.gather(*(pays(i, id_) for i, id_ in enumerate(ids)), crowd.at(0, group_buy.close, group_buy.CloseGroup(first), None))
    for status, awaits, total, paid, refunded in await heads(shop, *ids):
        assert (status, awaits, refunded) in {("paid", "", 0), ("canceled", "group", paid)}
        assert paid in {0, total}
    in_it = await shop.rows("select count(*) from orders.placed where tenant_id = $1 and group_id = $2 and status = 'paid'", first)
    measured = await shop.rows("select state, measured from promotion.play_group where tenant_id = $1")
    assert measured == [("formed", in_it[0][0] + 1)]
