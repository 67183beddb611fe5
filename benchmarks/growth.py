"""Growth: what an order costs when there are 10,000 of them, and when there are a million.

Through the runner, without HTTP. The orders in between are written as the floor writes them: the same rows, only faster.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from itertools import cycle

import asyncpg
import msgspec
import uvloop

from benchmarks.rig import floor, world
from benchmarks.rig.meters import cpu_s
from benchmarks.rig.stage import Stage, set_up
from benchmarks.rig.world import World
from jiutong import scenes
from jiutong.flows.checkout import LineWish, PlaceOrder, place
from jiutong.kernel.clock import SystemClock
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, Runner
from jiutong.kernel.scope import system

FEW = 10_000
MANY = 1_000_000
LINES = 3
BATCH = 128
FILL_BATCH = 512
IN_FLIGHT = 2
WARM_UP_S = 1.0


class Cost(msgspec.Struct, frozen=True):
    """What an order took, by the clock and of the processors."""

    per_s: float
    own_us: float
    database_us: float

    @property
    def cpu_us(self) -> float:
        """All of it."""
        return self.own_us + self.database_us


def run(seconds: int, clients: int) -> dict[str, object]:
    """Place orders for so long, fill up to a million, place orders again."""
    scenes.install()
    with set_up() as stage:
        here = asyncio.run(world.create(stage))
        fill(stage, here, FEW)
        early = uvloop.run(cost(stage, here, seconds))
        began = time.perf_counter()
        fill(stage, here, MANY)
        filled_s = time.perf_counter() - began
        late = uvloop.run(cost(stage, here, seconds))
        return {
            "orders_per_s_at_10k": round(early.per_s),
            "orders_per_s_at_1m": round(late.per_s),
            "cpu_us_at_10k": round(early.cpu_us),
            "cpu_us_at_1m": round(late.cpu_us),
            "own_cpu_us_at_10k": round(early.own_us),
            "own_cpu_us_at_1m": round(late.own_us),
            "database_cpu_us_at_10k": round(early.database_us),
            "database_cpu_us_at_1m": round(late.database_us),
            "cost_ratio_cpu": round(late.cpu_us / early.cpu_us, 3),
            "cost_ratio_time": round(early.per_s / late.per_s, 3),
            "orders": asyncio.run(orders_of(stage)),
            "seconds_to_fill": round(filled_s),
            "database_mb": asyncio.run(size_mb(stage)),
            "oversold": asyncio.run(world.oversold(stage)),
        }


def fill(stage: Stage, here: World, orders: int) -> None:
    """Write orders until there are so many, and do what the nightly vacuum would do."""
    missing = orders - asyncio.run(orders_of(stage))

    async def write() -> None:
        async with floor.connected(stage, here) as conns:
            await floor.write(conns, here, floor.ORDERS, lambda written: written >= missing, FILL_BATCH)
        conn = await asyncpg.connect(stage.admin_url)
        try:
            await conn.execute("vacuum (analyze)", timeout=600)
            await conn.execute("checkpoint", timeout=600)
        finally:
            await conn.close()

    uvloop.run(write())


async def cost(stage: Stage, here: World, seconds: float) -> Cost:
    """Place orders, two batches in flight, and look at the clocks."""
    db = Database(stage.app_url, hot=IN_FLIGHT, read=1, wait_s_max=60)
    await db.open()
    try:
        runner = Runner(db, SystemClock(), wait_s_max=60)
        batches = cycle(commands(here))
        await keep_placing(runner, batches, WARM_UP_S)
        began, own, database = time.perf_counter(), time.process_time(), cpu_s(stage.database_pid)
        placed = await keep_placing(runner, batches, seconds)
        took = time.perf_counter() - began
        return Cost(
            placed / took,
            (time.process_time() - own) / placed * 1e6,
            (cpu_s(stage.database_pid) - database) / placed * 1e6,
        )
    finally:
        await db.close()


async def keep_placing(runner: Runner, batches: "cycle[list[Call[PlaceOrder]]]", seconds: float) -> int:
    """Place batch after batch; how many orders."""
    until = time.perf_counter() + seconds

    async def one_after_the_other() -> int:
        placed = 0
        while time.perf_counter() < until:
            calls = next(batches)
            placed += accepted(await runner.run_all(place, calls, [None] * len(calls)))
        return placed

    return sum(await asyncio.gather(*(one_after_the_other() for _ in range(IN_FLIGHT))))


def accepted(answers: Sequence[object]) -> int:
    """How many; none may be refused."""
    for answer in answers:
        if isinstance(answer, Problem):
            raise answer
    return len(answers)


def commands(here: World) -> list[list[Call[PlaceOrder]]]:
    """Batches of baskets of three different SKUs each."""
    chance, scope = random.Random(9), system(here.tenant_id, "bench")
    return [
        [
            Call(
                PlaceOrder("mall", tuple(LineWish(world.sku_code(no), 1) for no in chance.sample(range(1, here.skus + 1), LINES))),
                scope,
            )
            for _ in range(BATCH)
        ]
        for _ in range(16)
    ]


async def orders_of(stage: Stage) -> int:
    """How many orders there are."""
    return await _value(stage, "select count(*) from orders.placed")


async def size_mb(stage: Stage) -> int:
    """What the database takes on disk."""
    return await _value(stage, "select pg_database_size(current_database()) / 1048576")


async def _value(stage: Stage, sql: str) -> int:
    conn = await asyncpg.connect(stage.admin_url)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()
