"""Simulations: what past orders would have come to under prices, promotions, coupons or points nobody has published yet."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import msgspec
from litestar import Response

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import access, asset, catalog, order, pricing, promotion, simulation
from jiutong.capabilities.simulation import CHANGE_EDGES_BP, SalesSums, Simulate, SimulatedLine
from jiutong.flows import simulate
from jiutong.flows.price_rows import SEES_COSTS
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import INVALID, Problem
from jiutong.reads import simulations as reads
from jiutong.replays import again, work
from jiutong.replays.drafts import made_ready

PLACES_SHOWN = 50
DRAFT_REFUSES = (
    access.UNKNOWN_CHANNEL,
    access.UNKNOWN_STORE,
    pricing.UNKNOWN_LIST,
    pricing.UNKNOWN_PROPOSAL,
    order.MIXED_CURRENCY,
    promotion.UNKNOWN_PROMOTION,
    promotion.BAD_TERMS,
    promotion.BAD_EXPRESSION,
    promotion.UNKNOWN_COUPON_BATCH,
    promotion.COUPON_TERMS_INVALID,
    promotion.NO_COUPON_PROMOTION,
    asset.TERMS,
)


class SimulatedSpan(msgspec.Struct, frozen=True):
    """Some orders together: what they came to before and would come to after, in minor units, and how many come to more and to less."""

    name: str
    orders: int
    before: int
    after: int
    rose: int
    fell: int
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


class SimulatedGift(msgspec.Struct, frozen=True):
    """Units of a SKU given away before and after, and what of it lies free where the channel sells from."""

    sku: str
    title: str
    before: int
    after: int
    free: int


class SimulatedDay(msgspec.Struct, frozen=True):
    """So much on a business day."""

    day: int
    amount: int


class SimulatedUptake(msgspec.Struct, frozen=True):
    """What would be used of something the draft has so much of: a promotion's uses or budget, a batch's coupons.

    `off` minor units are taken off by it. From `gone_on` on less was left than the least an order had used; None: it lasts. `cap` 0: no
    bound.
    """

    name: str
    kind: str
    cap: int
    used: int
    off: int
    orders: int
    gone_on: int | None
    days: Sequence[SimulatedDay]


class SimulatedPoints(msgspec.Struct, frozen=True):
    """What the points of the orders are worth in minor units, those earned less those burned: what is owed to members."""

    before: int
    after: int


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
    """A simulation with everything it found. `points` is None where there are no terms of points, or points are not worth money."""

    simulation: SimulationView
    funders: Sequence[SimulatedSpan]
    rules: Sequence[SimulatedRule]
    said: Sequence[SimulatedNote]
    gifts: Sequence[SimulatedGift]
    uptake: Sequence[SimulatedUptake]
    points: SimulatedPoints | None
    refused: Sequence[SimulatedCount]
    changes: Sequence[SimulatedBar]
    days: Sequence[SimulatedSpan]
    places: Sequence[SimulatedSpan]
    levels: Sequence[SimulatedSpan]
    categories: Sequence[SimulatedSpan]


class SimulatedOrder(msgspec.Struct, frozen=True):
    """An order that would have come to something else, net, in minor units."""

    order: str
    day: int
    before: int
    after: int
    lines: Sequence[SimulatedLine]


class SimulatedQuoteLine(msgspec.Struct, frozen=True):
    """A line as it was or would be sold: list amount, and net of what is taken off."""

    line_no: int
    sku: str
    title: str
    quantity: int
    gross: int
    net: int


class SimulatedQuote(msgspec.Struct, frozen=True):
    """One side of an order. What was sold as it was tells what was taken off it, but nobody kept why."""

    sums: SalesSums
    lines: Sequence[SimulatedQuoteLine]
    taken_off: Sequence[order.Adjustment]
    notes: Sequence[order.Note]


class SimulatedSides(msgspec.Struct, frozen=True):
    """An order before and under the draft, as it is quoted now."""

    order: str
    day: int
    before: SimulatedQuote
    after: SimulatedQuote


@post(
    "/v1/simulations",
    scope="simulation:run",
    refuses=(*DRAFT_REFUSES, catalog.UNKNOWN_SKU, simulation.NOTHING_DRAFTED),
)
async def start_simulation(call: Call, data: JSONBody[Simulate]) -> Response[SimulationView]:
    """Try draft prices, promotions, coupons and terms of points on past orders. Nothing is published, held or posted.

    It runs by itself; ask for it again to see how far it has come. With `as_sold` the lines cost what they cost and what was taken
    off stays so; with `now` the same baskets are priced as of today, once without and once with the draft.
    """
    wish = _named(call, data)
    await _check(call, wish)
    begun = await call.run(simulate.start, wish)
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
    places = dict(sorted(tally.places.items(), key=lambda one: (-abs(one[1].after - one[1].before), int(one[0])))[:PLACES_SHOWN])
    async with call.reading() as tx:
        names = await reads.place_names(tx, [int(key) for key in places])
        categories = await reads.category_names(tx, tally.categories) if tally.categories else {}
        titles = await reads.titles(tx, tally.gifts) if tally.gifts else {}
        free = await reads.free_units(tx, tally.gifts, run.sample.channel) if tally.gifts else {}
        points = await _points(tx, run)
    return SimulationFoundView(
        _view(call, run),
        _spans(tally.funders),
        [SimulatedRule(rule, one.orders, one.amount) for rule, one in sorted(tally.rules.items(), key=lambda each: -each[1].amount)],
        sorted((_said(key, one) for key, one in tally.notes.items()), key=lambda one: (one.rule, -one.orders)),
        [
            SimulatedGift(sku, titles.get(sku, ""), one.before, one.after, free.get(sku, 0))
            for sku, one in sorted(tally.gifts.items(), key=lambda each: (each[1].before - each[1].after, each[0]))
        ],
        [_uptake(key, one) for key, one in sorted(tally.uptake.items())],
        points,
        _counts(tally.refused),
        [SimulatedBar(*pair, count) for pair, count in zip(_bars(), tally.changes, strict=True)],
        _spans(tally.days),
        [_span(names.get(int(key), (key, ""))[0], one, names.get(int(key), (key, ""))[1]) for key, one in places.items()],
        _spans(tally.levels),
        [
            _span(key, one, categories.get(key, ""))
            for key, one in sorted(tally.categories.items(), key=lambda each: (-abs(each[1].after - each[1].before), each[0]))
        ],
    )


@get("/v1/simulations/{simulation_id:str}/orders", scope="simulation:read", refuses=(simulation.UNKNOWN_SIMULATION,))
async def list_movers(call: Call, simulation_id: str) -> Sequence[SimulatedOrder]:
    """The orders that would change most, the largest change first, line by line. Each can be opened as the order it is."""
    run = await _run(call, simulation_id)
    return [SimulatedOrder(call.ids.show("ord", one.order_id), one.day, one.before, one.after, one.lines) for one in run.tally.movers]


@get(
    "/v1/simulations/{simulation_id:str}/orders/{order_id:str}",
    scope="simulation:read",
    refuses=(simulation.UNKNOWN_SIMULATION, simulation.NOT_IN_SAMPLE, *DRAFT_REFUSES),
)
async def show_simulated_order(call: Call, simulation_id: str, order_id: str) -> SimulatedSides:
    """An order of the sample before and under the draft, with what every promotion said of it, quoted now.

    Of limits it is asked what was left of them when its turn came, if it is one of those that change most.
    """
    run = await _run(call, simulation_id)
    id_ = call.ids.read("ord", order_id)
    taken = next((one.taken for one in run.tally.movers if one.order_id == id_), {})
    async with call.reading() as tx:
        ready = await made_ready(tx, run.draft, run.sample, run.basis)
        piece = await work.one(tx, run.sample, ready, id_)
        if piece is None:
            raise simulation.NOT_IN_SAMPLE(f"{order_id} is not an order of this sample")
        both = piece.sides(ready, taken)
        if isinstance(both, Problem):
            raise simulation.NOT_IN_SAMPLE(f"it could not be sold any more: {both.detail}")
        titles = await reads.titles(tx, {line.sku for side in (both.before, both.after) for line in side.lines})
    return SimulatedSides(order_id, piece.pasts[0].business_day, _quote(call, both.before, titles), _quote(call, both.after, titles))


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


def _named(call: Call, wish: Simulate) -> Simulate:
    """The wish with the proposal it names by its public id."""
    if wish.draft.proposal is None:
        return wish
    proposal = str(call.ids.read("ppr", wish.draft.proposal))
    return msgspec.structs.replace(wish, draft=msgspec.structs.replace(wish.draft, proposal=proposal))


async def _points(tx: Tx, run: reads.RunRow) -> SimulatedPoints | None:
    """What the points are worth by the terms of today; under a draft of terms, by those."""
    standing = asset.in_force((await asset.programmes(tx)).get("points", ()), tx.now)
    before = standing.points if standing else None
    after = msgspec.convert(run.draft.points, asset.PointsTerms) if run.draft.points else before
    worth = [_worth(terms, sums, run.currency) for terms, sums in ((before, run.tally.before), (after, run.tally.after))]
    return SimulatedPoints(*worth) if any(worth) else None


def _worth(terms: asset.PointsTerms | None, sums: SalesSums, currency: str) -> int:
    rate = asset.rate_of(terms, currency) if terms else None
    return asset.worth(sums.earned - sums.burned, rate) if rate else 0


def _seen(call: Call, sums: SalesSums) -> SalesSums:
    """The sums as the caller may see them: what goods cost is not for everybody."""
    return sums if call.scope.holds(SEES_COSTS) else msgspec.structs.replace(sums, costed=0, cost=0)


def _quote(call: Call, side: again.Side, titles: dict[str, str]) -> SimulatedQuote:
    lines = [
        SimulatedQuoteLine(line.line_no, line.sku, titles.get(line.sku, ""), line.quantity, line.gross, line.net) for line in side.lines
    ]
    notes = [order.Note(**{name: getattr(one, name) for name in order.Note.__struct_fields__}) for one in side.notes]
    return SimulatedQuote(_seen(call, side.sums), lines, side.taken_off, notes)


async def _check(call: Call, wish: Simulate) -> None:
    """Whatever is wrong with a draft or a sample is said at once, not by a run that finds nothing."""
    draft, sample = wish.draft, wish.sample
    if draft.nothing:
        raise simulation.NOTHING_DRAFTED("give prices, a promotion, coupons or terms of points", pointer="/draft")
    if sample.placed_from and sample.placed_to and sample.placed_from >= sample.placed_to:
        raise INVALID("it would end before it begins", pointer="/sample/placed_to")
    async with call.reading() as tx:
        await made_ready(tx, draft, sample, wish.basis)
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
    other = {"id", "replayed", "touched", "before", "after", "draft"}
    same = {name: getattr(run, name) for name in SimulationView.__struct_fields__ if name not in other}
    return SimulationView(
        id=call.ids.show("sim", run.run_id),
        replayed=tally.replayed,
        touched=tally.touched,
        before=_seen(call, tally.before),
        after=_seen(call, tally.after),
        draft=_shown(call, run.draft),
        **same,
    )


def _shown(call: Call, draft: simulation.WhatIf) -> simulation.WhatIf:
    if draft.proposal is None:
        return draft
    return msgspec.structs.replace(draft, proposal=call.ids.show("ppr", int(draft.proposal)))


def _spans(spans: dict[str, simulation.Span]) -> list[SimulatedSpan]:
    return [_span(name, one) for name, one in sorted(spans.items())]


def _span(name: str, one: simulation.Span, title: str = "") -> SimulatedSpan:
    return SimulatedSpan(name, one.orders, one.before, one.after, one.rose, one.fell, title)


def _uptake(key: str, one: simulation.Uptake) -> SimulatedUptake:
    name, kind = key.split("\t")
    days = [SimulatedDay(int(day), amount) for day, amount in sorted(one.days.items())]
    return SimulatedUptake(name, kind, one.cap, one.used, one.off, one.orders, one.gone_on or None, days)


def _counts(counts: dict[str, int]) -> list[SimulatedCount]:
    return [SimulatedCount(name, count) for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def _said(key: str, one: simulation.NoteCount) -> SimulatedNote:
    rule, outcome, why, unit = key.split("\t")
    return SimulatedNote(rule, outcome, why, one.orders, one.gap // one.orders, unit)


def _bars() -> list[tuple[int | None, int | None]]:
    edges = (None, *CHANGE_EDGES_BP, None)
    return list(pairwise(edges))


ROUTES = [start_simulation, list_simulations, show_simulation, list_movers, show_simulated_order, cancel_simulation]
