"""Simulations: what past orders would have come to under prices or a promotion nobody has published yet."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import msgspec
from litestar import Response

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import access, catalog, order, pricing, promotion, simulation
from jiutong.capabilities.simulation import CHANGE_EDGES_BP, SalesSums, Simulate, SimulatedLine
from jiutong.flows import simulate
from jiutong.kernel.errors import INVALID
from jiutong.reads import simulations as reads
from jiutong.replays import work

PLACES_SHOWN = 50


class SimulatedSpan(msgspec.Struct, frozen=True):
    """Some orders together: what they came to before and would come to after, in minor units."""

    name: str
    orders: int
    before: int
    after: int
    title: str = ""


class SimulatedRule(msgspec.Struct, frozen=True):
    """What a rule would take off in all, and on how many orders."""

    rule: str
    orders: int
    amount: int


class SimulatedNote(msgspec.Struct, frozen=True):
    """What a rule said of so many orders: applied, near (on average `gap` short of it), beaten or barred (`why`)."""

    rule: str
    outcome: str
    why: str
    orders: int
    gap: int
    gap_unit: str


class SimulatedBar(msgspec.Struct, frozen=True):
    """A bar of the distribution: orders whose net changed by at least `from_bp` and less than `to_bp`, in basis points."""

    from_bp: int | None
    to_bp: int | None
    orders: int


class SimulatedCount(msgspec.Struct, frozen=True):
    """So many of something."""

    name: str
    count: int


class SimulationView(msgspec.Struct, frozen=True):
    """A simulation and how far it has come: `orders` of the `wanted` were looked at; it is done when there are no more."""

    id: str
    name: str
    actor: str
    basis: simulation.Basis
    state: simulation.State
    wanted: int
    orders: int
    replayed: int
    touched: int
    before: SalesSums
    after: SalesSums
    currency: str
    sample: simulation.PastSample
    draft: simulation.WhatIf
    started_at: datetime
    beat_at: datetime
    finished_at: datetime | None


class SimulationFoundView(msgspec.Struct, frozen=True):
    """A simulation with everything it found. `claims` is what of scarce things would have been used: coupons, budgets, uses."""

    simulation: SimulationView
    funders: Sequence[SimulatedSpan]
    rules: Sequence[SimulatedRule]
    said: Sequence[SimulatedNote]
    claims: Sequence[SimulatedCount]
    refused: Sequence[SimulatedCount]
    changes: Sequence[SimulatedBar]
    days: Sequence[SimulatedSpan]
    places: Sequence[SimulatedSpan]


class SimulatedOrder(msgspec.Struct, frozen=True):
    """An order that would have come to something else, net, in minor units."""

    order: str
    day: int
    before: int
    after: int
    lines: Sequence[SimulatedLine]


@post(
    "/v1/simulations",
    scope="simulation:run",
    refuses=(
        access.UNKNOWN_CHANNEL,
        access.UNKNOWN_STORE,
        catalog.UNKNOWN_SKU,
        pricing.UNKNOWN_LIST,
        order.MIXED_CURRENCY,
        promotion.UNKNOWN_PROMOTION,
        promotion.BAD_TERMS,
        promotion.BAD_EXPRESSION,
        simulation.NOTHING_DRAFTED,
    ),
)
async def start_simulation(call: Call, data: JSONBody[Simulate]) -> Response[SimulationView]:
    """Try draft prices or a draft promotion on past orders. Nothing is published, held or posted.

    It runs by itself; ask for it again to see how far it has come. With `as_sold` the lines cost what they cost and what was taken
    off stays so; with `now` the same baskets are priced as of today, once without and once with the draft.
    """
    await _check(call, data)
    begun = await call.run(simulate.start, data)
    name = call.ids.show("sim", begun.run_id)
    return call.created(_view(call, await _run(call, name)), f"/v1/simulations/{name}")


@get("/v1/simulations", scope="simulation:read")
async def list_simulations(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[SimulationView]:
    """Simulations, the latest first. They are forgotten after 90 days."""
    async with call.reading() as tx:
        found = await reads.runs(tx, read(after, int), limit + 1)
    return paged([_view(call, one) for one in found], limit, [one.run_id for one in found])


@get("/v1/simulations/{simulation_id:str}", scope="simulation:read", refuses=(simulation.UNKNOWN_SIMULATION,))
async def show_simulation(call: Call, simulation_id: str) -> SimulationFoundView:
    """What a simulation has found so far: before and after, who would bear what, by day and place, and what rules said."""
    run = await _run(call, simulation_id)
    tally = run.tally
    shown = sorted(tally.places, key=lambda key: (-abs(tally.places[key].after - tally.places[key].before), int(key)))[:PLACES_SHOWN]
    async with call.reading() as tx:
        names = await reads.place_names(tx, [int(key) for key in shown])
    return SimulationFoundView(
        _view(call, run),
        _spans(tally.funders),
        [SimulatedRule(rule, one.orders, one.amount) for rule, one in sorted(tally.rules.items(), key=lambda each: -each[1].amount)],
        sorted((_said(key, one) for key, one in tally.notes.items()), key=lambda one: (one.rule, -one.orders)),
        _counts(tally.claims),
        _counts(tally.refused),
        [SimulatedBar(*pair, count) for pair, count in zip(_bars(), tally.changes, strict=True)],
        _spans(tally.days),
        [
            SimulatedSpan(names.get(int(key), (key, ""))[0], one.orders, one.before, one.after, names.get(int(key), (key, ""))[1])
            for key in shown
            for one in (tally.places[key],)
        ],
    )


@get("/v1/simulations/{simulation_id:str}/orders", scope="simulation:read", refuses=(simulation.UNKNOWN_SIMULATION,))
async def list_movers(call: Call, simulation_id: str) -> Sequence[SimulatedOrder]:
    """The orders that would change most, the largest change first, line by line. Each can be opened as the order it is."""
    run = await _run(call, simulation_id)
    return [SimulatedOrder(call.ids.show("ord", one.order_id), one.day, one.before, one.after, one.lines) for one in run.tally.movers]


@post(
    "/v1/simulations/{simulation_id:str}/cancel",
    scope="simulation:run",
    status=200,
    refuses=(simulation.UNKNOWN_SIMULATION, simulation.NOT_RUNNING),
)
async def cancel_simulation(call: Call, simulation_id: str) -> SimulationView:
    """Look at no more orders. What was found stays."""
    await call.run(simulate.cancel, simulate.Cancel(call.ids.read("sim", simulation_id)))
    return _view(call, await _run(call, simulation_id))


async def _check(call: Call, wish: Simulate) -> None:
    """Whatever is wrong with a draft or a sample is said at once, not by a run that finds nothing."""
    draft, sample = wish.draft, wish.sample
    if not draft.prices and draft.promotion is None and draft.promotion_ref is None:
        raise simulation.NOTHING_DRAFTED("give prices or a promotion", pointer="/draft")
    if sample.placed_from and sample.placed_to and sample.placed_from >= sample.placed_to:
        raise INVALID("it would end before it begins", pointer="/sample/placed_to")
    async with call.reading() as tx:
        await work.drafted(tx, draft, sample, wish.basis)
        unknown = await reads.unknown_stores(tx, sample.stores) if sample.stores else set()
        for no, code in enumerate(sample.stores):
            if code in unknown:
                raise access.UNKNOWN_STORE(f"no store {code}", pointer=f"/sample/stores/{no}")
        unknown = await reads.unknown_skus(tx, {price.sku for price in draft.prices}) if draft.prices else set()
        for no, price in enumerate(draft.prices):
            if price.sku in unknown:
                raise catalog.UNKNOWN_SKU(f"no SKU {price.sku}", pointer=f"/draft/prices/{no}/sku", sku=price.sku)


async def _run(call: Call, name: str) -> reads.RunRow:
    async with call.reading() as tx:
        run = await reads.run(tx, call.ids.read("sim", name))
    if run is None:
        raise simulation.UNKNOWN_SIMULATION(f"no simulation {name}")
    return run


def _view(call: Call, run: reads.RunRow) -> SimulationView:
    tally = run.tally
    other = {"id", "replayed", "touched", "before", "after"}
    same = {name: getattr(run, name) for name in SimulationView.__struct_fields__ if name not in other}
    return SimulationView(
        id=call.ids.show("sim", run.run_id),
        replayed=tally.replayed,
        touched=tally.touched,
        before=tally.before,
        after=tally.after,
        **same,
    )


def _spans(spans: dict[str, simulation.Span]) -> list[SimulatedSpan]:
    return [SimulatedSpan(name, one.orders, one.before, one.after) for name, one in sorted(spans.items())]


def _counts(counts: dict[str, int]) -> list[SimulatedCount]:
    return [SimulatedCount(name, count) for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def _said(key: str, one: simulation.NoteCount) -> SimulatedNote:
    rule, outcome, why, unit = key.split("\t")
    return SimulatedNote(rule, outcome, why, one.orders, one.gap // one.orders, unit)


def _bars() -> list[tuple[int | None, int | None]]:
    edges = (None, *CHANGE_EDGES_BP, None)
    return list(pairwise(edges))


ROUTES = [start_simulation, list_simulations, show_simulation, list_movers, cancel_simulation]
