"""Many people at one batch of coupons, in several processes of the house: so many are given out as there are, and nobody gets too many."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from tests.couponry import WISH, batch, given, person
from tests.shop import Shop, basket, shop
from tests.world import served, world

from jiutong.capabilities import promotion
from jiutong.capabilities.member import Recognize
from jiutong.flows import checkout
from jiutong.flows import maintain_coupons as maintain
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Runner

__all__ = ["served", "shop", "world"]
pytestmark = pytest.mark.races
BURST = 64
PROCESSES = 4


@pytest.fixture
async def elsewhere_too(database_url: str, shop: Shop) -> AsyncIterator[list[Runner]]:
    """Processes of the house, each with a memory and connections of its own."""
    databases = [Database(database_url, hot=3, read=1, wait_s_max=10) for _ in range(PROCESSES)]
    for one in databases:
        await one.open()
    runners = [Runner(one, shop.clock, wait_s_max=10) for one in databases]
    yield runners
    for runner in runners:
        await runner.drain()
    for one in databases:
        await one.close()


async def burst(shop: Shop, runners: list[Runner], members: list[int], code: str = "race") -> Counter[str]:
    """Everybody claims at once; how often what was told."""

    async def claim(i: int) -> str:
        try:
            await runners[i % PROCESSES].run(maintain.give, maintain.GiveCoupon(code, members[i]), shop.boss)
        except Problem as refusal:
            return refusal.code
        return "given"

    return Counter(await asyncio.gather(*(claim(i) for i in range(len(members)))))


async def test_a_burst_of_claims_ends_at_exactly_the_cap(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await batch(shop, "race", cap=10)
    members = [await person(shop, f"R{i:04}") for i in range(BURST)]
    assert await burst(shop, elsewhere_too, members) == {"given": 10, "coupon.none_left": 54}
    rows = await shop.world.rows(
        "select count(*), count(distinct member_id), count(distinct code) from promotion.coupon where tenant_id = $1"
    )
    assert rows == [(10, 10, 10)]


async def test_one_member_claiming_everywhere_at_once_gets_what_one_may(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await batch(shop, "race", cap=100, per_member=3)
    who = await person(shop)
    assert await burst(shop, elsewhere_too, [who] * BURST) == {"given": 3, "coupon.enough": 61}


async def test_a_cap_that_falls_while_coupons_go_out_meets_what_has_gone_out(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await batch(shop, "race", cap=40)
    members = [await person(shop, f"R{i:04}") for i in range(BURST)]
    less = maintain.PutBatch("race", maintain.BatchWish(**(WISH | {"cap": 20})))
    told, put = await asyncio.gather(burst(shop, elsewhere_too, members), shop.do(maintain.put_batch, less, by=shop.boss))
    if isinstance(put, Problem):
        assert (put.code, told["given"]) == ("coupon.cap_below", 40)
    else:
        assert (put.version, told["given"]) == (2, 20)
    assert told["given"] + told["coupon.none_left"] == BURST


async def test_codes_are_written_once_whoever_writes_them(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await batch(shop, "leaflet", kind="unique", cap=500)
    wanted = await shop.do(maintain.want_codes, promotion.WantCodes("leaflet", 500), by=shop.boss)
    assert isinstance(wanted, promotion.CodesWritten)
    await asyncio.gather(*(r.run(maintain.write_codes, maintain.WriteCodes(wanted.batch_id), shop.boss) for r in elsewhere_too))
    assert await shop.world.rows("select count(*), count(distinct code) from promotion.coupon where tenant_id = $1") == [(500, 500)]


async def test_one_coupon_is_used_by_one_of_a_burst_of_orders(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await batch(shop, "ten")
    coupon = await given(shop, "ten", await person(shop))
    wish = basket(("tea", 2), member=Recognize("card", "M0001"), coupons=(coupon.code,))

    async def place(i: int) -> str:
        try:
            told = await elsewhere_too[i % PROCESSES].run(checkout.place, wish, shop.boss)
        except Problem as refusal:
            return refusal.code
        return f"{told.result.discount} off"

    told = Counter(await asyncio.gather(*(place(i) for i in range(BURST))))
    assert told == {"100 off": 1, "coupon.used": BURST - 1}


async def test_a_code_for_everybody_is_used_so_often_and_no_more(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await batch(shop, "poster", kind="shared", shared_code="HELLO", cap=7, per_member=0)
    wish = basket(("tea", 1), ("tea", 1), coupons=("hello",))

    async def place(i: int) -> str:
        try:
            await elsewhere_too[i % PROCESSES].run(checkout.place, wish, shop.boss)
        except Problem as refusal:
            return refusal.code
        return "placed"

    told = Counter(await asyncio.gather(*(place(i) for i in range(40))))
    assert told == {"placed": 7, "coupon.none_left": 33}
