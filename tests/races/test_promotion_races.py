"""Everybody wants the last uses of a promotion at once, in several processes of the house: so many have it as there are."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from tests.flows.test_promotions_checkout import run, used
from tests.shop import Shop, shop
from tests.world import served, world

from jiutong.flows.checkout import LineWish, Placed, PlaceOrder, place
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


async def test_twenty_uses_are_had_twenty_times(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await run(shop.world, "few", limits={"uses_max": 20})
    wish = PlaceOrder("mall", (LineWish("tea", 1),))

    async def buy(i: int) -> str:
        try:
            told: Placed = (await elsewhere_too[i % PROCESSES].run(place, wish, shop.clerk)).result
        except Problem as refusal:
            return refusal.code
        return str(told.discount)

    told = Counter(await asyncio.gather(*(buy(i) for i in range(BURST))))
    # Who read that one was left and lost it is told so; who came later pays the whole price.
    assert told["200"] == 20
    assert set(told) <= {"200", "0", "promotion.used_up"}
    assert await used(shop) == [("uses", 0, 20)]
