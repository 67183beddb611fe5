"""Promotions in several processes of the house at once: a limited one is had as often as there is of it, and no two contradict."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from tests.flows.test_promotions_api import terms
from tests.flows.test_promotions_checkout import run, used
from tests.races.waiting import blocked
from tests.shop import Shop, shop
from tests.world import served, world

from jiutong.capabilities import promotion
from jiutong.flows.checkout import LineWish, Placed, PlaceOrder, place
from jiutong.flows.maintain_promotions import NamedPromotion, publish_promotion
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Runner

__all__ = ["served", "shop", "world"]
pytestmark = pytest.mark.races
BURST = 64
PROCESSES = 4


@pytest.fixture
async def databases(database_url: str, served: object) -> AsyncIterator[list[Database]]:
    """The database as processes of the house see it, each over connections of its own."""
    databases = [Database(database_url, hot=3, read=1, wait_s_max=10) for _ in range(PROCESSES)]
    for one in databases:
        await one.open()
    yield databases
    for one in databases:
        await one.close()


@pytest.fixture
async def elsewhere_too(databases: list[Database], shop: Shop) -> AsyncIterator[list[Runner]]:
    """Processes of the house, each with a memory of its own."""
    runners = [Runner(one, shop.clock, wait_s_max=10) for one in databases]
    yield runners
    for runner in runners:
        await runner.drain()


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


async def drafted(shop: Shop, *codes: str) -> None:
    """Drafts that fix the price of the same tea."""
    fixed = [{"least": 0, "benefit": {"kind": "fixed_price", "amount_minor": 1500}}]
    for code in codes:
        assert (await shop.world.put(f"/v1/promotions/{code}", terms(currency="USD", tiers=fixed))).status_code == 200


async def test_of_fixed_prices_published_at_one_instant_one_runs(shop: Shop, elsewhere_too: list[Runner]) -> None:
    await drafted(shop, *(f"fixed{i}" for i in range(8)))

    async def publish(i: int) -> str:
        try:
            told = await elsewhere_too[i % PROCESSES].run(publish_promotion, NamedPromotion(f"fixed{i}"), shop.clerk)
        except Problem as refusal:
            return refusal.code
        return told.result.state

    told = Counter(await asyncio.gather(*(publish(i) for i in range(8))))
    assert told == {"published": 1, "promotion.overlapping": 7}
    assert await shop.world.rows("select count(*) from promotion.promotion where tenant_id = $1 and state = 'published'") == [(1,)]


async def test_who_publishes_sees_what_another_has_just_published(shop: Shop, databases: list[Database]) -> None:
    """The second begins while the first has published and not committed: it waits, and is told."""
    await drafted(shop, "one", "other")
    here, there = databases[0], databases[1]

    async def late() -> list[tuple[promotion.Turned, ...] | Problem]:
        async with there.transaction(shop.clerk.tenant_id, shop.clock.now()) as tx:
            return await promotion.publish_promotions(tx, [promotion.Turn("other", "b")])

    async with here.transaction(shop.clerk.tenant_id, shop.clock.now()) as tx:
        await promotion.publish_promotions(tx, [promotion.Turn("one", "a")])
        waiting = asyncio.create_task(late())
        while not await blocked(here):
            assert not waiting.done()
        await tx.commit()
    refused = (await waiting)[0]
    assert isinstance(refused, Problem)
    assert (refused.code, refused.facts["by"]) == ("promotion.overlapping", "one@1")
