"""Many buyers at once, in several processes of the house: goods are sold once, prices are those in force, keys name one order."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from itertools import chain, cycle
from typing import TypeVar

import msgspec
import pytest
import structlog.testing
from tests.shop import Shop, basket, receipt, shop
from tests.world import served, world

from jiutong import ledger
from jiutong.capabilities import inventory
from jiutong.capabilities.inventory import NamedSources
from jiutong.capabilities.pricing import SetPrice
from jiutong.flows import checkout
from jiutong.flows.checkout import Placed, PlaceOrder
from jiutong.flows.counter import TillSale
from jiutong.flows.maintain_catalog import PutListing, PutListings, put_listings
from jiutong.flows.maintain_locations import set_sources
from jiutong.flows.till_sale import Rung, till_sale
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Flow, Runner

__all__ = ["served", "shop", "world"]
pytestmark = pytest.mark.races
SESSIONS = 64
PROCESSES = 8
C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


class Crowd:
    """Processes that serve the same tenant; each has a transaction or two under way, so as many meet."""

    def __init__(self, shop: Shop, runners: Sequence[Runner]) -> None:
        self.shop = shop
        self.runners = runners

    async def place(self, wish: PlaceOrder, key: str | None = None, at: int = 0) -> Placed | Problem:
        """Place at one of the processes; a refusal is told, not raised."""
        return await self.at(at, checkout.place, wish, key)

    async def ring(self, sale: TillSale, at: int = 0) -> Rung | Problem:
        """Ring up at one of the processes."""
        return await self.at(at, till_sale, sale, None)

    async def at(self, process: int, flow: Flow[C, R], command: C, key: str | None) -> R | Problem:
        try:
            return (await self.runners[process % PROCESSES].run(flow, command, self.shop.clerk, key)).result
        except Problem as refusal:
            return refusal

    async def sessions(self, wishes: Sequence[PlaceOrder]) -> list[Placed | Problem]:
        """So many buyers, each taking the next wish as soon as the last one is answered."""
        waiting = iter(enumerate(wishes))
        told: list[Placed | Problem] = []

        async def buyer(process: int) -> None:
            for i, wish in waiting:
                told.append(await self.place(wish, f"k{i}", process))

        await asyncio.gather(*(buyer(n) for n in range(SESSIONS)))
        return told


@pytest.fixture
async def crowd(shop: Shop, database_url: str) -> AsyncIterator[Crowd]:
    databases = [Database(database_url, hot=2, read=1, wait_s_max=5) for _ in range(PROCESSES)]
    for database in databases:
        await database.open()
    runners = [Runner(database, shop.clock) for database in databases]
    yield Crowd(shop, runners)
    for runner, database in zip(runners, databases, strict=True):
        await runner.drain()
        await database.close()


@pytest.mark.parametrize(("units", "sold", "left"), [(1, 100, 0), (3, 33, 1)])
async def test_the_last_units_are_sold_once_and_everyone_else_is_told_what_is_left(crowd: Crowd, units: int, sold: int, left: int) -> None:
    told = await crowd.sessions([basket(("salt", units)) for _ in range(200)])
    refusals = [one for one in told if isinstance(one, Problem)]
    assert len(told) - len(refusals) == sold
    assert {(one.code, one.facts["left"]) for one in refusals} == {("order.short", left)}
    assert await crowd.shop.stock("dc1", "salt") == [(100, sold * units)]
    assert await crowd.shop.rows("select count(*) from orders.placed where tenant_id = $1") == [(sold,)]


async def test_baskets_in_opposite_order_never_lock_each_other_out(crowd: Crowd) -> None:
    pair = [basket(("tea", 1), ("rice", 1), ("salt", 1)), basket(("salt", 1), ("rice", 1), ("tea", 1))]
    with structlog.testing.capture_logs() as logs:
        told = await crowd.sessions(pair * 60)
    assert Counter(type(one).__name__ for one in told) == {"Placed": 100, "Problem": 20}
    assert [log for log in logs if log.get("why") not in {"Again", None}] == []
    assert await crowd.shop.stock("dc1", "tea", "rice", "salt") == [(100, 100), (50_000, 100), (100, 100)]


async def test_the_last_call_may_be_made_twice(crowd: Crowd) -> None:
    """A buyer who clicks twice, a client that retries, a balancer that picks another process: one order."""
    wish = basket(("salt", 1))
    told = await asyncio.gather(*(crowd.place(wish, "k", n) for n in range(40)))
    assert len({one.order_id for one in told if isinstance(one, Placed)}) == 1
    assert [one for one in told if isinstance(one, Problem)] == []
    assert await crowd.shop.stock("dc1", "salt") == [(100, 1)]
    other = await asyncio.gather(*(crowd.place(basket(("tea", 1)), "k", n) for n in range(4)))
    assert {one.code for one in other if isinstance(one, Problem)} == {"idempotency.key_reused"}


async def test_two_bodies_under_one_key_at_once_are_one_order(crowd: Crowd) -> None:
    wishes = [basket(("salt", 1)), basket(("salt", 2))]
    told = await asyncio.gather(*(crowd.place(wishes[n % 2], "k", n) for n in range(20)))
    placed = [one for one in told if isinstance(one, Placed)]
    assert len(placed) == 10
    assert len({one.order_id for one in placed}) == 1
    assert {one.code for one in told if isinstance(one, Problem)} == {"idempotency.key_reused"}
    assert await crowd.shop.stock("dc1", "salt") == [(100, placed[0].lines[0].quantity)]


async def test_a_receipt_that_reaches_two_processes_at_once_is_one_sale(crowd: Crowd) -> None:
    sales = [receipt(f"R{i}", ("tea", 1), paid=2164) for i in range(10)]
    told = await asyncio.gather(*(crowd.ring(sale, n) for sale in sales for n in range(4)))
    assert [one for one in told if isinstance(one, Problem)] == []
    assert len({one.order_id for one in told if isinstance(one, Rung)}) == 10
    assert await crowd.shop.stock("s1", "tea") == [(10, 0)]


async def test_a_till_and_the_mall_sell_from_one_shelf(crowd: Crowd) -> None:
    await crowd.shop.strict_store(("tea", 30))
    await crowd.shop.world.run(set_sources, NamedSources("mall", ("s3",)))
    orders = [crowd.place(basket(("tea", 1)), None, n) for n in range(40)]
    sales = [crowd.ring(receipt(f"R{n}", ("tea", 1), paid=2164, store="s3"), n) for n in range(40)]
    told = await asyncio.gather(*chain.from_iterable(zip(orders, sales, strict=True)))
    sold = Counter(type(one).__name__ for one in told)
    assert sold["Placed"] + sold["Rung"] == 30
    assert await crowd.shop.stock("s3", "tea") == [(30 - sold["Rung"], sold["Placed"])]


async def test_what_is_allowed_once_is_taken_once_with_all_that_goes_with_it(crowd: Crowd) -> None:
    """One unit to each person: the limit is an account like any other, and whoever has used it up holds no goods either."""
    shop = crowd.shop
    seller, tea = await shop.id_of("access.seller", "acme"), await shop.id_of("catalog.sku", "tea")
    limit, used = ledger.account("quota:tea:ann", "QUOTA", 0), ledger.account("quota_used", "any", None, tracked=False)
    async with shop.house.db.transaction(shop.tenant_id, shop.clock.now()) as tx:
        dc1 = (await inventory.locations(tx, ["dc1"]))["dc1"]
        give = ledger.Transfer(ledger.account("quota_given", "any", None, tracked=False), limit, 1)
        await ledger.post(tx, [ledger.Entry(tx.mint(), "quota.given", 0, (give,))])
        await tx.commit()
    granted = 0

    async def wish(process: int) -> None:
        nonlocal granted
        database = crowd.runners[process % PROCESSES]._db
        await database.ids.reserve(1000)
        async with database.transaction(shop.tenant_id, shop.clock.now()) as tx:
            claims = (inventory.stock_claim(tx.mint(), dc1, seller, tea, 1), ledger.Claim(tx.mint(), limit, used, 1))
            held = await ledger.hold(tx, [ledger.ClaimGroup(tx.mint(), claims)])
            granted += not held.refused
            await tx.commit()

    await asyncio.gather(*(wish(n) for n in range(50)))
    assert granted == 1
    assert await shop.stock("dc1", "tea") == [(100, 1)]


async def test_a_price_that_has_changed_is_the_price(crowd: Crowd) -> None:
    """Whoever orders while it changes pays the old price or the new; whoever orders after it has changed pays the new one."""
    await crowd.shop.receive("dc1", ("salt", 1000))
    before = 50
    for after in range(51, 61):
        crowd.shop.clock.advance(timedelta(seconds=1))
        meanwhile = [crowd.place(basket(("salt", 1)), None, n) for n in range(PROCESSES)]
        told, _ = await asyncio.gather(asyncio.gather(*meanwhile), crowd.shop.price(SetPrice("salt", after)))
        assert {one.gross if isinstance(one, Placed) else one.code for one in told} <= {before, after}
        later = await asyncio.gather(*(crowd.place(basket(("salt", 1)), None, n) for n in range(PROCESSES)))
        assert [one.gross if isinstance(one, Placed) else one.code for one in later] == [after] * PROCESSES
        before = after


async def test_what_is_withdrawn_is_sold_no_more(crowd: Crowd) -> None:
    await crowd.shop.receive("dc1", ("salt", 1000))
    for listed, _ in zip(cycle((False, True)), range(10), strict=False):
        listing = PutListings((PutListing("salt", "mall", "acme", "full", listed=listed),))
        meanwhile = [crowd.place(basket(("salt", 1)), None, n) for n in range(PROCESSES)]
        told, _ = await asyncio.gather(asyncio.gather(*meanwhile), crowd.shop.world.run(put_listings, listing))
        assert {"sold" if isinstance(one, Placed) else one.code for one in told} <= {"sold", "catalog.not_listed"}
        later = await asyncio.gather(*(crowd.place(basket(("salt", 1)), None, n) for n in range(PROCESSES)))
        assert ["sold" if isinstance(one, Placed) else one.code for one in later] == [
            "sold" if listed else "catalog.not_listed"
        ] * PROCESSES
