"""What a batch costs does not depend on its size: fifty commands are as many round trips as one, and no more than their flow says."""

import importlib
import pkgutil
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.shop import Shop, basket, receipt, shop
from tests.works import WORKS, baskets, receipts
from tests.world import served, world

from jiutong import flows
from jiutong.flows.checkout import place
from jiutong.flows.till_sale import till_sale
from jiutong.kernel.errors import Problem
from jiutong.kernel.ids import BLOCK
from jiutong.kernel.runner import FLOWS, Call, Flow

__all__ = ["served", "shop", "world"]
pytestmark = pytest.mark.slow
MANY = 50
for module in pkgutil.iter_modules(flows.__path__):
    importlib.import_module(f"{flows.__name__}.{module.name}")


async def cost(shop: Shop, flow: Flow[Any, Any], commands: Sequence[msgspec.Struct], refused: int = 0) -> int:
    """The round trips of these commands as one batch, so many of which are refused. Nothing is kept."""
    db = shop.house.db
    await db.ids.reserve(BLOCK)
    async with db.transaction(shop.tenant_id, shop.clock.now()) as tx:
        outcomes = await flow.run(tx, [Call(one, shop.boss) for one in commands])
        assert sum(isinstance(one, Problem) for one in outcomes) == refused
        return tx.statements


def test_every_flow_is_held_to_its_budget() -> None:
    assert sorted(FLOWS) == sorted(WORKS)


@pytest.mark.parametrize("name", sorted(WORKS))
async def test_fifty_cost_what_one_costs(shop: Shop, name: str) -> None:
    """Both in a process that has done it before and in one that remembers nothing; the budget is that of the first."""
    flow = FLOWS[name]
    many = min(MANY, flow.batch_max)
    before, one, *others = await WORKS[name](shop, 1 + many)
    await shop.do_all(flow, [before], by=shop.boss)
    await cost(shop, flow, [one, *others])  # reads what nobody has asked for yet, or what the first one changed
    warm = [await cost(shop, flow, [one]), await cost(shop, flow, [one, *others])]
    cold: list[int] = []
    for commands in ([one], [one, *others]):
        shop.house.db.memory.clear()
        cold.append(await cost(shop, flow, commands))
    assert len({*warm}) == len({*cold}) == 1
    assert warm[0] <= flow.statements


@pytest.mark.parametrize("count", [1, MANY])
async def test_an_order_that_is_refused_costs_the_others_one_more(shop: Shop, count: int) -> None:
    """The most a batch of orders may cost: new members, discounts, a choice of places, and somebody who comes too late."""
    wishes = await baskets(shop, 1 + count)
    await shop.placed(basket(("tea", 1), ("rice", 1), ("salt", 1)))
    for short in (basket(("tea", 1_000)), basket(("salt", 60), ("salt", 60))):
        await cost(shop, place, [*wishes, short], 1)
        assert await cost(shop, place, [*wishes, short], 1) == place.statements


@pytest.mark.parametrize("count", [1, MANY])
async def test_the_most_receipts_may_cost(shop: Shop, count: int) -> None:
    """The first sales of a day open its accounts; there are new members, discounts and shortages, and a strict store has too little."""
    await shop.strict_store(("tea", 1))
    await shop.do_all(till_sale, [receipt("R", ("tea", 1), paid=2164), receipt("R", ("tea", 1), paid=2164, store="s3")])
    wishes = [*await receipts(shop, count), receipt("R", ("tea", 1), paid=2164, store="s3")]
    shop.clock.advance(timedelta(days=1))
    await cost(shop, till_sale, wishes, 1)
    assert await cost(shop, till_sale, wishes, 1) == till_sale.statements
