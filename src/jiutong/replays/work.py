"""The job that replays orders: some hundred at a time, for a while, then it leaves the rest to a next job."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta

import msgspec

from jiutong.capabilities import order, pricing, simulation
from jiutong.flows import facts as loaded
from jiutong.flows import simulate
from jiutong.gateways.desk import Desk, Execute, later
from jiutong.kernel.clock import Clock
from jiutong.kernel.db import Again, Database, Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.jobs import Job
from jiutong.kernel.scope import system
from jiutong.reads import simulations as reads
from jiutong.replays import again
from jiutong.replays.drafts import Ready, made_ready

ORDERS_AT_ONCE = 250
TURN_S = 20
"""How long one job works before it leaves the rest to the next: well below what a job may take."""

NOTED_EVERY_S = 2


class Piece(msgspec.Struct, frozen=True):
    """Past orders with the facts of today, to be replayed."""

    pasts: Sequence[reads.PastOrder]
    asked: Sequence[order.Basket]
    facts: loaded.Facts

    def replay(self, ready: Ready, taken: Mapping[str, int]) -> list[simulation.Replayed]:
        """What each came to, and would come to under the draft."""
        return again.replay(self.pasts, self.asked, self.facts, ready, taken)

    def sides(self, ready: Ready, taken: Mapping[str, int]) -> again.Two | Problem:
        """Both sides of the only order of this piece."""
        return again.sides(self.pasts[0], self.asked[0], self.facts, again.under(self.facts, ready), ready, taken)


async def piece(tx: Tx, sample: simulation.PastSample, ready: Ready, reached: int | None, orders_max: int) -> Piece | None:
    """The next orders of a sample, from its oldest on; None when there are no more."""
    if reached is None:
        reached = await reads.before_first(tx, sample)
    pasts = await reads.past(tx, sample, reached, orders_max)
    return await _faced(tx, pasts, ready) if pasts else None


async def one(tx: Tx, sample: simulation.PastSample, ready: Ready, order_id: int) -> Piece | None:
    """One order of a sample; None if it is not in it."""
    pasts = await reads.past(tx, sample, order_id - 1, 1)
    return await _faced(tx, pasts, ready) if pasts and pasts[0].order_id == order_id else None


async def _faced(tx: Tx, pasts: Sequence[reads.PastOrder], ready: Ready) -> Piece:
    """Past orders with the facts of today, those of the gifts they may be offered among them."""
    asked = again.baskets(pasts, ready, tx.now)
    with_gifts = [*asked, *again.gift_basket(asked[0], ready)]
    try:
        facts = await loaded.load(tx, with_gifts)
        await loaded.verify(tx)
    except Again:
        facts = await loaded.load(tx, with_gifts)  # what has changed is forgotten now
    if not facts.prices:
        facts = msgspec.structs.replace(facts, prices=await pricing.prices(tx, [sku.sku_id for sku in facts.skus.values()]))
    return Piece(pasts, asked, again.goods_alone(facts))


async def replayed(
    db: Database, clock: Clock, tenant_id: int, sample: simulation.PastSample, ready: Ready, tally: simulation.Tally, reached: int | None
) -> AsyncGenerator[tuple[simulation.Tally, int], None]:
    """What the orders of a sample add to what was found, piece by piece, and the last order of each.

    A piece is replayed in a thread, so that whoever is served by this process waits for nobody's arithmetic; meanwhile the next is read.
    """

    async def read(after: int | None, seen: int) -> Piece | None:
        async with db.reading(tenant_id, clock.now()) as tx:
            return await piece(tx, sample, ready, after, min(ORDERS_AT_ONCE, sample.orders - seen))

    next_ = await read(reached, tally.orders) if tally.orders < sample.orders else None
    while next_ is not None:
        last, seen = next_.pasts[-1].order_id, tally.orders + len(next_.pasts)
        async with asyncio.TaskGroup() as both:
            ahead = both.create_task(read(last, seen)) if seen < sample.orders else None
            replaying = both.create_task(asyncio.to_thread(next_.replay, ready, tally.taken))
        tally = simulation.tally(tally, replaying.result())
        next_ = ahead.result() if ahead else None
        yield tally, last


async def _work(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """Replay orders of a simulation for a while."""
    time = asyncio.get_running_loop().time
    until = time() + TURN_S
    async with desk.db.reading(tenant_id, desk.clock.now()) as tx:
        run = await reads.run(tx, job.subject_id)
        if run is None or run.state != "running":
            return []
        ready = await made_ready(tx, run.draft, run.sample, run.basis)
    tally, seen, reached, noted = run.tally, run.orders, run.reached, time()
    async with aclosing(replayed(desk.db, desk.clock, tenant_id, run.sample, ready, tally, reached)) as found:
        async for tally, reached in found:
            if time() >= noted + NOTED_EVERY_S:
                if not await _note(desk, tenant_id, simulation.Progress(run.run_id, seen, tally, reached, False)):
                    return []
                seen, noted = tally.orders, time()
            if time() >= until:
                break
        else:
            await _note(desk, tenant_id, simulation.Progress(run.run_id, seen, tally, reached or 0, True))
            return []
    if tally.orders > seen and not await _note(desk, tenant_id, simulation.Progress(run.run_id, seen, tally, reached or 0, False)):
        return []
    return [later(desk, simulate.WORK, job.subject_id, simulate.Work(), timedelta())]


async def _note(desk: Desk, tenant_id: int, found: simulation.Progress) -> bool:
    """True if it was kept: the run had not ended, and nobody else had gone on with it."""
    try:
        await desk.runner.run(simulate.note, found, system(tenant_id, "simulation"))
    except Problem as refusal:
        if refusal.type is not simulation.NOT_RUNNING:
            raise
        return False
    return True


EXECUTES: dict[str, Execute] = {simulate.WORK: _work}
