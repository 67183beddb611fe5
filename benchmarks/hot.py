"""A flash sale: everybody wants the same SKU at once, five for each unit there is."""

import asyncio
import time
from statistics import median

import asyncpg

from benchmarks.rig import load, world
from benchmarks.rig.stage import Stage, serving, set_up
from benchmarks.rig.trial import WARM_UP_S, Trial, trial
from benchmarks.rig.world import World

WANTED_BY = 5
SALES_MIN = 3


def run(seconds: int, clients: int) -> dict[str, object]:
    """Hold one flash sale after another, each of its own SKU, until the time is up. The ledger says what was sold."""
    clients = max(clients, 256)
    with set_up() as stage:
        here = asyncio.run(world.create(stage))
        with serving(stage) as server:
            trial(stage, server, plan(here, clients, 1, warm_up_s=WARM_UP_S))
            began = time.monotonic()
            sales: list[Trial] = []
            while len(sales) < SALES_MIN or (time.monotonic() - began < seconds and len(sales) < world.SCARCE_SKUS):
                sales.append(trial(stage, server, plan(here, clients, here.skus + 1 + len(sales), tries=WANTED_BY * world.SCARCE)))
        sold = asyncio.run(sold_of(stage, [here.sku_id(here.skus + 1 + i) for i in range(len(sales))]))
        rates = [sale.told.tries_per_s for sale in sales]
        middle = min(sales, key=lambda sale: abs(sale.told.tries_per_s - median(rates)))
        return {
            "attempts_per_s": round(median(rates)),
            "spread_of_sales": round((max(rates) - min(rates)) / median(rates), 3),
            "orders_per_s": round(middle.told.rate),
            "p50_ms": middle.told.accepted_ms.p50,
            "p99_ms": middle.told.accepted_ms.p99,
            "loser_p50_ms": middle.told.refused_ms.p50,
            "loser_p99_ms": max(sale.told.refused_ms.p99 for sale in sales),
            "loser_max_ms": max(sale.told.refused_ms.longest for sale in sales),
            "sales": len(sales),
            "stock_of_each": world.SCARCE,
            "tries_of_each": WANTED_BY * world.SCARCE,
            "sold_of_each": sorted(set(sold)),
            "answered_as_sold": sorted({sale.told.accepted_in_all for sale in sales}),
            "oversold": sum(max(units - world.SCARCE, 0) for units in sold),
            "clients": clients,
            "server_cpu_us_per_attempt": middle.each_us(middle.told.cpu_s[0]),
            "database_cpu_us_per_attempt": middle.each_us(middle.told.cpu_s[1]),
            **middle.troubles(),
            "broken_invariants": asyncio.run(world.broken(stage)),
        }


def plan(here: World, clients: int, no: int, *, tries: int | None = None, warm_up_s: float = 0) -> load.Plan:
    """One unit of one SKU, again and again."""
    basket = {"channel": "mall", "lines": [{"sku": world.sku_code(no), "quantity": 1}]}
    wish = load.request("POST", "/v1/orders", here.token, basket)
    return load.Plan(units=[[wish]], clients=clients, tries=tries, warm_up_s=warm_up_s, round_s=warm_up_s, rounds=int(warm_up_s > 0))


async def sold_of(stage: Stage, sku_ids: list[int]) -> list[int]:
    """Units of each SKU that are held for somebody, by the ledger."""
    conn = await asyncpg.connect(stage.admin_url)
    try:
        rows = await conn.fetch(
            "select sum(h.amount)::bigint as units from ledger.hold h join inventory.stock s using (tenant_id, account_id) "
            "where s.sku_id = any($1) group by s.sku_id",
            sku_ids,
        )
        return [row["units"] for row in rows]
    finally:
        await conn.close()
