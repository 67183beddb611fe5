"""A count: what was found on the shelf becomes what the book says, and the difference is booked."""

from collections.abc import Sequence

from jiutong.capabilities import access, catalog, inventory
from jiutong.capabilities.inventory import CountStock, Paper, PaperBooked
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


@flow("stock.count", gives=PaperBooked, statements=22, batch_max=16)
async def count_stock(tx: Tx, calls: Sequence[Call[CountStock]]) -> list[PaperBooked | Problem]:
    """Book counts in arrival order. What each differs by is worked out under the locks of the accounts, and holds stay."""
    wishes = [call.command for call in calls]
    locations = await inventory.locations(tx, {wish.location for wish in wishes})
    stores = await access.stores_by_id(tx, {one.store_id for one in locations.values() if one.store_id is not None})
    sellers = await access.sellers(tx, {wish.owner for wish in wishes if wish.owner is not None})
    skus = await catalog.skus(tx, list({line.sku for wish in wishes for line in wish.lines}))
    named = [inventory.paper_of(call.command, tx.mint(), call.scope.actor, locations, skus, sellers, stores) for call in calls]
    papers = await inventory.in_full(tx, named)
    corrected = await inventory.correct(tx, [paper for paper in papers if isinstance(paper, Paper)])
    outcomes: list[PaperBooked | Problem] = []
    for paper, call in zip(papers, calls, strict=True):
        outcome = paper if isinstance(paper, Problem) else inventory.outcome(corrected, paper, call.command)
        if isinstance(outcome, PaperBooked):
            tx.emit("stock.counted.v1", outcome.paper_id, outcome, call.scope)
        outcomes.append(outcome)
    return outcomes
