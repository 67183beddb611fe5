"""The simulator: 20,000 baskets of a grocer's year under a draft, as the worker's job replays them.

First 250 prices a tenth lower, on what each basket was sold at; then the same baskets at today's prices, without and with the draft;
then both together with a batch of coupons in every member's hand and terms of points.
"""

import asyncio
import resource
import time

import asyncpg
import msgspec

from benchmarks.replay import Watch, book
from benchmarks.rig.meters import cpu_s
from benchmarks.rig.stage import Stage, set_up
from jiutong.capabilities.simulation import Basis, DraftCoupons, DraftPrice, PastSample, Tally, WhatIf
from jiutong.kernel.clock import SystemClock
from jiutong.kernel.db import Database
from jiutong.replays import work
from jiutong.replays.drafts import made_ready
from jiutong.scenes import install

BASKETS = 20_000
SKUS = 250
TENTH_OFF = (9, 10)
COUPON = {
    "name": "Two off twenty",
    "stage": "coupon",
    "coupon": True,
    "currency": "USD",
    "measure": "amount",
    "tiers": [{"least": 2000, "benefit": {"kind": "amount", "amount_minor": 200}}],
    "funders": [{"funder": "seller", "bp": 6000}, {"funder": "brand", "bp": 4000}],
}
BATCH = {
    "name": "Two off twenty",
    "promotion": "draft",
    "kind": "claimed",
    "cap": 5000,
    "per_member": 2,
    "claim_from": "2017-01-01T00:00:00Z",
    "claim_to": "2018-01-01T00:00:00Z",
    "valid_days": 30,
}
POINTS = {"rates": [{"currency": "USD", "earn_points": 1, "earn_minor": 100, "burn_points": 100, "burn_minor": 100}]}


class Measured(msgspec.Struct, frozen=True):
    """One simulation: what it found, and what it took."""

    tally: Tally
    seconds: float
    own_s: float


def run(seconds: int, clients: int) -> dict[str, object]:
    """Book the baskets, then simulate on them. `seconds` and `clients` do not matter: the sample is the measure."""
    with set_up() as stage:
        asyncio.run(book(stage, Watch(stage), False))
        before = cpu_s(stage.database_pid)
        sold = asyncio.run(on(stage, "as_sold"))
        now = asyncio.run(on(stage, "now"))
        assets = [asyncio.run(on(stage, basis, True)) for basis in ("as_sold", "now")]
        database_s = cpu_s(stage.database_pid) - before
    return {
        **figures("as_sold", sold),
        **figures("now", now),
        **figures("assets_as_sold", assets[0]),
        **figures("assets_now", assets[1]),
        "own_rss_max_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "database_cpu_s": round(database_s, 1),
    }


async def on(stage: Stage, basis: Basis, assets: bool = False) -> Measured:
    """A simulation on the stage's only tenant: of prices alone, or of coupons and points too."""
    tenant_id, channel, price_list, prices = await _draft(stage.admin_url)
    draft = WhatIf(price_list, prices)
    if assets:
        draft = WhatIf(price_list, prices, promotion=COUPON, coupons=(DraftCoupons(written=BATCH),), points=POINTS)
    db = Database(stage.app_url, hot=1, read=2, wait_s_max=60)
    await db.open()
    install()
    try:
        return await measure(db, tenant_id, PastSample(channel, BASKETS), draft, basis)
    finally:
        await db.close()


async def measure(db: Database, tenant_id: int, sample: PastSample, draft: WhatIf, basis: Basis) -> Measured:
    """Replay a sample piece by piece, as the job does."""
    clock, found = SystemClock(), Tally()
    began, own = time.perf_counter(), time.process_time()
    async with db.reading(tenant_id, clock.now()) as tx:
        ready = await made_ready(tx, draft, sample, basis)
    async for tally, _ in work.replayed(db, clock, tenant_id, sample, ready, Tally(), None):
        found = tally
    return Measured(found, time.perf_counter() - began, time.process_time() - own)


def figures(name: str, one: Measured) -> dict[str, object]:
    """What a simulation came to."""
    return {
        f"{name}_orders": one.tally.orders,
        f"{name}_replayed": one.tally.replayed,
        f"{name}_touched": one.tally.touched,
        f"{name}_refused": one.tally.refused,
        f"{name}_net_before": one.tally.before.net,
        f"{name}_net_after": one.tally.after.net,
        f"{name}_seconds": round(one.seconds, 1),
        f"{name}_own_cpu_us_per_order": round(one.own_s / max(one.tally.orders, 1) * 1e6),
    }


async def _draft(admin_url: str) -> tuple[int, str, str, tuple[DraftPrice, ...]]:
    """The SKUs sold most, each a tenth lower in the list it is priced in."""
    conn = await asyncpg.connect(admin_url)
    try:
        rows = await conn.fetch(_SOLD_MOST, SKUS)
    finally:
        await conn.close()
    most, of = TENTH_OFF
    prices = tuple(DraftPrice(row["sku"], row["amount"] * most // of, row["per"]) for row in rows)
    return rows[0]["tenant_id"], rows[0]["channel"], rows[0]["price_list"], prices


_SOLD_MOST = """
with sold as (select l.tenant_id, l.sku_id, count(*) as lines from orders.line l group by 1, 2),
     priced as (
        select distinct on (p.sku_id) p.sku_id, p.amount, p.per, p.list_id
          from pricing.price p where p.min_quantity = 1 and now() between p.valid_from and p.valid_to order by p.sku_id, p.list_id)
select s.tenant_id, k.code as sku, p.amount, p.per, l.code as price_list,
       (select min(code) from access.channel where scene = 'store.pos') as channel
  from sold s
  join priced p using (sku_id)
  join catalog.sku k on k.sku_id = s.sku_id
  join pricing.price_list l on l.list_id = p.list_id
 where l.list_id = (select list_id from priced group by 1 order by count(*) desc limit 1)
 order by s.lines desc, k.code
 limit $1
"""
