"""The job that replays orders: some hundred at a time, for a while, then it leaves the rest to a next job."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from jiutong.capabilities import access, order, pricing, promotion, simulation
from jiutong.capabilities.pricing import EVER, FOREVER, PriceRow
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
WRITTEN = "draft"
"""The code of a promotion that is not kept anywhere."""


async def drafted(tx: Tx, draft: simulation.WhatIf, sample: simulation.PastSample, basis: simulation.Basis) -> again.Drafted:
    """A draft made ready to replay by. Refuses what could not be published either."""
    channels = await access.channels(tx, [sample.channel])
    if sample.channel not in channels:
        raise access.UNKNOWN_CHANNEL(f"no channel {sample.channel}", pointer="/sample/channel")
    ready = again.Drafted(basis, time_zone=channels[sample.channel].time_zone)
    if draft.prices:
        ready = await _priced(tx, ready, draft, channels[sample.channel].currency)
    tried = [*await _kept(tx, draft), *await _written(tx, draft)]
    if basis == "now" or tried:
        # Copies: what matches is remembered in them, and this is another thread than the one that sells.
        running = promotion.Ruleset([one.version for one in (await promotion.promotions(tx)).rules] if basis == "now" else ())
        hands = tuple(one.rule for one in tried if one.terms.coupon)
        ready = msgspec.structs.replace(ready, standing=running, rules=running.with_drafts(tried, only=False), drafts=hands)
    return ready


async def _priced(tx: Tx, ready: again.Drafted, draft: simulation.WhatIf, currency: str) -> again.Drafted:
    if draft.price_list is None:
        raise pricing.UNKNOWN_LIST("say in which list the prices would stand", pointer="/draft/price_list")
    lists = await pricing.lists(tx, [draft.price_list])
    if draft.price_list not in lists:
        raise pricing.UNKNOWN_LIST(f"no price list {draft.price_list}", pointer="/draft/price_list")
    one = lists[draft.price_list]
    if one.currency != currency:
        raise order.MIXED_CURRENCY(f"the channel trades in {currency}", pointer="/draft/price_list")
    rows: dict[str, list[PriceRow]] = {}
    for price in draft.prices:
        row = PriceRow(again.DRAFTED, one.code, price.amount_minor, price.per, price.min_quantity, tx.now - REACH_BACK, FOREVER)
        rows.setdefault(price.sku, []).append(row)
    scope = (one.kind, one.scope_id, one.currency)
    rows_by_sku = {sku: tuple(own) for sku, own in rows.items()}
    return msgspec.structs.replace(ready, scope=scope, list_code=one.code, rows=rows_by_sku)


async def _kept(tx: Tx, draft: simulation.WhatIf) -> list[promotion.Version]:
    """The promotion that is kept, as if it ran whenever an order was placed."""
    if draft.promotion_ref is None:
        return []
    found = await promotion.promotion_versions(tx, [draft.promotion_ref])
    if draft.promotion_ref not in found:
        raise promotion.UNKNOWN_PROMOTION(f"no promotion {draft.promotion_ref}", pointer="/draft/promotion_ref")
    one = found[draft.promotion_ref]
    return [msgspec.structs.replace(one, terms=_always(one.terms))]


async def _written(tx: Tx, draft: simulation.WhatIf) -> list[promotion.Version]:
    """The promotion as it would be saved."""
    if draft.promotion is None:
        return []
    try:
        terms = msgspec.convert(draft.promotion, promotion.Terms)
    except msgspec.ValidationError as refusal:
        raise promotion.BAD_TERMS(str(refusal), pointer="/draft/promotion") from None
    fault = promotion.terms_fault(terms)
    if fault is not None:
        raise promotion.deeper(fault, "/draft/promotion")
    channels = await access.channels(tx, list(terms.channels))
    stores = await access.stores(tx, list(terms.stores))
    for name, wanted, known, unknown in (
        ("channels", terms.channels, channels, access.UNKNOWN_CHANNEL),
        ("stores", terms.stores, stores, access.UNKNOWN_STORE),
    ):
        for no, code in enumerate(wanted):
            if code not in known:
                raise unknown(f"there is no {code}", pointer=f"/draft/promotion/{name}/{no}")
    channel_ids = tuple(channels[code].channel_id for code in terms.channels)
    store_ids = tuple(stores[code].store_id for code in terms.stores)
    return [promotion.Version(0, WRITTEN, 0, "draft", _always(terms), channel_ids, store_ids)]


def _always(terms: promotion.Terms) -> promotion.Terms:
    return msgspec.structs.replace(terms, valid_from=EVER, valid_to=FOREVER)


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
    return Piece(pasts, asked, again.goods_alone(facts))


async def _work(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """Replay orders of a simulation for a while."""
    time = asyncio.get_running_loop().time
    until = time() + TURN_S
    async with desk.db.reading(tenant_id, desk.clock.now()) as tx:
        run = await reads.run(tx, job.subject_id)
        if run is None or run.state != "running":
            return []
        ready = await drafted(tx, run.draft, run.sample, run.basis)
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
