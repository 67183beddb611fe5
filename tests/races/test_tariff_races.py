"""Whoever maintains tariffs takes turns: of two who would be a channel's default, the later one learns of the first."""

import asyncio

from tests.races.waiting import blocked
from tests.shop import Shop, shop
from tests.world import served, world

from jiutong.capabilities.fulfillment import FreightTerms, TariffWritten, Zone
from jiutong.flows import maintain_tariffs as maintain
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call

__all__ = ["served", "shop", "world"]

POST = FreightTerms("Post", "acme", "USD", (Zone("All", first_minor=500),), default_in=("mall",))


async def test_two_sessions_do_not_both_become_the_default(shop: Shop) -> None:
    await shop.do_all(maintain.put_tariff, [maintain.PutTariff(code, POST) for code in ("one", "two")], by=shop.boss)
    db, published = shop.house.db, asyncio.Event()

    async def publish(code: str, *, first: bool) -> TariffWritten | Problem:
        async with db.transaction(shop.tenant_id, shop.clock.now()) as tx:
            [told] = await maintain.move_tariff.run(tx, [Call(maintain.MoveTariff("freight", code, "published"), shop.boss)])
            if first:
                published.set()
                while not await blocked(shop.house.db):
                    continue
            await tx.commit()
            return told

    one = asyncio.create_task(publish("one", first=True))
    await published.wait()
    two = await publish("two", first=False)
    assert isinstance(await one, TariffWritten)
    assert isinstance(two, Problem)
    assert two.code == "tariff.default_taken"
    assert await shop.rows("select code from fulfillment.tariff where tenant_id = $1 and state = 'published'") == [("one",)]
