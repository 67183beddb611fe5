"""The job that replays orders: some hundred at a time, for a while, then it leaves the rest to a next job."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from jiutong.capabilities import order, pricing, simulation
from jiutong.capabilities.pricing import FOREVER, PriceRow
from jiutong.flows import facts as loaded
from jiutong.flows import simulate
from jiutong.gateways.desk import Desk, Execute, later
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.jobs import Job
from jiutong.kernel.scope import system
from jiutong.reads import simulations as reads
from jiutong.replays import again

ORDERS_AT_ONCE = 250
TURN_S = 20
"""How long one job works before it leaves the rest to the next: well below what a job may take."""

NOTED_EVERY_S = 2
REACH_BACK = timedelta(days=1)


async def drafted(tx: Tx, draft: simulation.WhatIf, basis: simulation.Basis) -> again.Drafted:
    """A draft made ready to replay by."""
    if not draft.prices:
        return again.Drafted(basis)
    lists = await pricing.lists(tx, [draft.price_list or ""])
    if draft.price_list not in lists:
        raise pricing.UNKNOWN_LIST(f"no price list {draft.price_list}", pointer="/draft/price_list")
    one = lists[draft.price_list]
    rows: dict[str, list[PriceRow]] = {}
    for price in draft.prices:
        row = PriceRow(again.DRAFTED, one.code, price.amount_minor, price.per, price.min_quantity, tx.now - REACH_BACK, FOREVER)
        rows.setdefault(price.sku, []).append(row)
    scope = (one.kind, one.scope_id, one.currency)
    return again.Drafted(basis, scope, one.code, {sku: tuple(own) for sku, own in rows.items()})


class Piece(msgspec.Struct, frozen=True):
    """Past orders with the facts of today, to be replayed."""

    pasts: Sequence[reads.PastOrder]
    asked: Sequence[order.Basket]
    facts: loaded.Facts

    def replay(self, ready: again.Drafted) -> list[simulation.Replayed]:
        """What each came to, and would come to under the draft."""
        return again.replay(self.pasts, self.asked, self.facts, again.under(self.facts, ready), ready)


async def piece(tx: Tx, sample: simulation.PastSample, ready: again.Drafted, below: int | None, orders_max: int) -> Piece | None:
    """The next orders of a sample; None when there are no more."""
    pasts = await reads.past(tx, sample, below, orders_max)
    if not pasts:
        return None
    asked = again.baskets(pasts, ready, tx.now)
    try:
        facts = await loaded.load(tx, asked)
        await loaded.verify(tx)
    except Again:
        facts = await loaded.load(tx, asked)  # what has changed is forgotten now
    return Piece(pasts, asked, facts)


async def _work(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """Replay orders of a simulation for a while."""
    time = asyncio.get_running_loop().time
    until = time() + TURN_S
    async with desk.db.reading(tenant_id, desk.clock.now()) as tx:
        run = await reads.run(tx, job.subject_id)
        if run is None or run.state != "running":
            return []
        ready = await drafted(tx, run.draft, run.basis)
    tally, seen, below, over, noted = run.tally, run.orders, run.below, False, time()
    while not over and time() < until:
        found, last = await _piece(desk, tenant_id, run, ready, below, min(ORDERS_AT_ONCE, run.wanted - tally.orders))
        tally = simulation.tally(tally, found)
        below = last or below
        over = last is None or tally.orders >= run.wanted
        if over or time() >= noted + NOTED_EVERY_S:
            if not await _note(desk, tenant_id, simulation.Progress(run.run_id, seen, tally, below or 0, over)):
                return []
            seen, noted = tally.orders, time()
    if over or (tally.orders > seen and not await _note(desk, tenant_id, simulation.Progress(run.run_id, seen, tally, below or 0, False))):
        return []
    return [later(desk, simulate.WORK, job.subject_id, simulate.Work(), timedelta())]


async def _piece(
    desk: Desk, tenant_id: int, run: reads.RunRow, ready: again.Drafted, below: int | None, orders_max: int
) -> tuple[list[simulation.Replayed], int | None]:
    async with desk.db.reading(tenant_id, desk.clock.now()) as tx:
        next_ = await piece(tx, run.sample, ready, below, orders_max)
    if next_ is None:
        return [], None
    # In a thread: whoever is being served by this process waits for nobody's arithmetic.
    return await asyncio.to_thread(next_.replay, ready), next_.pasts[-1].order_id


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
