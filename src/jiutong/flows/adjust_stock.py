"""The book is made to agree with what somebody states, with a reason; and what was short is settled by hand."""

from collections.abc import Sequence

from jiutong.capabilities import access, catalog, inventory
from jiutong.capabilities.inventory import AdjustStock, Paper, PaperBooked, ResolveShortage, ShortageResolved
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


@flow("stock.adjust", gives=PaperBooked, statements=21, batch_max=16)
async def adjust_stock(tx: Tx, calls: Sequence[Call[AdjustStock]]) -> list[PaperBooked | Problem]:
    """Book adjustments in arrival order; one that takes what is held or not there is refused, naming what is free."""
    wishes = [call.command for call in calls]
    locations = await inventory.locations(tx, {wish.location for wish in wishes})
    stores = await access.stores_by_id(tx, {one.store_id for one in locations.values() if one.store_id is not None})
    sellers = await access.sellers(tx, {wish.owner for wish in wishes if wish.owner is not None})
    skus = await catalog.skus(tx, list({line.sku for wish in wishes for line in wish.lines}))
    papers = [inventory.paper_of(call.command, tx.mint(), call.scope.actor, locations, skus, sellers, stores) for call in calls]
    corrected = await inventory.correct(tx, [paper for paper in papers if isinstance(paper, Paper)])
    outcomes: list[PaperBooked | Problem] = []
    for paper, call in zip(papers, calls, strict=True):
        outcome = paper if isinstance(paper, Problem) else inventory.outcome(corrected, paper, call.command)
        if isinstance(outcome, PaperBooked):
            tx.emit("stock.adjusted.v1", outcome.paper_id, outcome, call.scope)
        outcomes.append(outcome)
    return outcomes


@flow("stock.resolve_shortage", gives=ShortageResolved, statements=1)
async def resolve_shortage(tx: Tx, calls: Sequence[Call[ResolveShortage]]) -> list[ShortageResolved | Problem]:
    """Settle shortages whose cause is known, each once; the reason stays on the timeline."""
    still_open = await inventory.resolve_shortages(tx, [call.command.shortage_id for call in calls])
    outcomes: list[ShortageResolved | Problem] = []
    for call in calls:
        wish = call.command
        if wish.shortage_id not in still_open:
            outcomes.append(inventory.SHORTAGE_GONE("it is settled already, or there was none"))
            continue
        still_open.remove(wish.shortage_id)
        resolved = ShortageResolved(wish.shortage_id, wish.reason)
        tx.emit("shortage.resolved.v1", wish.shortage_id, resolved, call.scope)
        outcomes.append(resolved)
    return outcomes
