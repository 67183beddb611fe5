"""Goods come in: a paper with what arrived, its entry in the book, and the shortages that are covered by it."""

from collections.abc import Sequence

from jiutong.capabilities import access, catalog, inventory
from jiutong.capabilities.inventory import Paper, PaperBooked, ReceiveStock
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


@flow("stock.receive", gives=PaperBooked, statements=17, batch_max=16)
async def receive_stock(tx: Tx, calls: Sequence[Call[ReceiveStock]]) -> list[PaperBooked | Problem]:
    """Book receipts, each for itself."""
    wishes = [call.command for call in calls]
    locations = await inventory.locations(tx, {wish.location for wish in wishes})
    stores = await access.stores_by_id(tx, {one.store_id for one in locations.values() if one.store_id is not None})
    sellers = await access.sellers(tx, {wish.owner for wish in wishes if wish.owner is not None})
    skus = await catalog.skus(tx, list({line.sku for wish in wishes for line in wish.lines}))
    papers = [inventory.paper_of(call.command, tx.mint(), call.scope.actor, locations, skus, sellers, stores) for call in calls]
    await inventory.receive(tx, [paper for paper in papers if isinstance(paper, Paper)])
    outcomes: list[PaperBooked | Problem] = []
    for paper, call in zip(papers, calls, strict=True):
        if isinstance(paper, Problem):
            outcomes.append(paper)
            continue
        booked = inventory.booked(paper)
        tx.emit("stock.received.v1", paper.paper_id, booked, call.scope)
        outcomes.append(booked)
    return outcomes
