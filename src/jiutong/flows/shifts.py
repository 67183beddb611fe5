"""Shifts: a drawer is opened with its float, cash goes in and out with a reason, it is counted blind, explained and closed."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong import ledger
from jiutong.capabilities import access, order, store
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import FORBIDDEN, NOT_FOUND, STALE, Problem
from jiutong.kernel.runner import Call, flow


class Counted(msgspec.Struct, frozen=True):
    """A drawer as it was counted, and only now what it should hold."""

    shift_id: int
    lines: tuple[store.DrawerLine, ...]


class Opening(msgspec.Struct, frozen=True):
    """A shift that has begun."""

    shift_id: int
    shift_no: int


@flow("store.put_policy", gives=store.PolicyWritten, statements=4)
async def put_policy(tx: Tx, calls: Sequence[Call[store.PutPolicy]]) -> list[store.PolicyWritten | Problem]:
    """Say how stores' tills work."""
    stores = await access.stores(tx, {call.command.store for call in calls})
    puts = [(call.command, stores[call.command.store].store_id) for call in calls if call.command.store in stores]
    written = await store.put_policies(tx, puts)
    outcomes: list[store.PolicyWritten | Problem] = []
    for call in calls:
        facts = stores.get(call.command.store)
        done = written.get(facts.store_id) if facts else None
        if facts is None:
            outcomes.append(NOT_FOUND(f"no store {call.command.store}"))
        elif done is None:
            outcomes.append(STALE(f"{facts.code} is not at the revision you read; read it again", code_of=facts.code))
        else:
            tx.emit("store.policy_put.v1", facts.store_id, done, call.scope)
            outcomes.append(done)
    return outcomes


@flow("shift.open", gives=Opening, statements=9)
async def open_shift(tx: Tx, calls: Sequence[Call[store.OpenShift]]) -> list[Opening | Problem]:
    """Open drawers with their counted float; a till that has an open one is refused."""
    tills = await access.devices(tx, {(call.command.store, call.command.device) for call in calls})
    stores = await access.stores(tx, {call.command.store for call in calls})
    channels = await access.channels_by_id(tx, {one.channel_id for one in stores.values()})
    wanted = [_new(tx, call, tills, stores, channels) for call in calls]
    opened = await store.open_shifts(tx, [one for one in wanted if isinstance(one, store.NewShift)])
    outcomes: list[Opening | Problem] = []
    for one, call in zip(wanted, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        shift_no = opened.get(one.shift_id)
        if shift_no is None:
            outcomes.append(store.ALREADY_OPEN("close it first", pointer="/device"))
            continue
        wish = call.command
        tx.emit(
            "shift.opened.v1",
            one.shift_id,
            store.ShiftOpened(one.shift_id, shift_no, wish.store, wish.device, wish.float_minor),
            call.scope,
        )
        outcomes.append(Opening(one.shift_id, shift_no))
    return outcomes


@flow("shift.move_cash", gives=store.CashMoved, statements=7, batch_max=64)
async def move_cash(tx: Tx, calls: Sequence[Call[store.MoveCash]]) -> list[store.CashMoved | Problem]:
    """Put cash into drawers or take it out, with a reason."""
    shifts = await store.lock(tx, {call.command.shift_id for call in calls})
    outcomes: list[store.CashMoved | Problem] = []
    moved: list[tuple[store.CashMoved, store.Shift, str, str]] = []
    for call in calls:
        wish = call.command
        shift, reason = shifts.get(wish.shift_id), store.movement_reason(wish.what)
        if shift is None:
            outcomes.append(store.UNKNOWN_SHIFT("no such shift"))
        elif isinstance(reason, Problem):
            outcomes.append(reason)
        elif shift.counted_at is not None:
            outcomes.append(store.SHIFT_COUNTED("nothing moves any more"))
        else:
            done = store.CashMoved(tx.mint(), wish.shift_id, wish.what.kind, reason.code, wish.what.note, wish.what.amount_minor)
            moved.append((done, shift, reason.books, call.scope.actor))
            outcomes.append(done)
            tx.emit("shift.cash_moved.v1", wish.shift_id, done, call.scope)
    await store.move_cash(tx, moved)
    return outcomes


@flow("shift.count", gives=Counted, statements=7, batch_max=64)
async def count(tx: Tx, calls: Sequence[Call[store.CountShift]]) -> list[Counted | Problem]:
    """Count drawers blind: what was counted stays, and only then is told what should be there.

    Refused while the till has receipts that are not here, by its own word or by its chain.
    """
    shifts = await store.lock(tx, {call.command.shift_id for call in calls})
    reach = {id_: (shift.device_id, _last_seq(calls, id_)) for id_, shift in shifts.items()}
    missing = await store.missing(tx, reach)
    outcomes: list[Counted | Problem] = []
    counts: dict[int, tuple[Sequence[store.TenderCount], str, int]] = {}
    for call in calls:
        problem = _uncountable(call, shifts.get(call.command.shift_id), missing, counts)
        if problem is None:
            what = call.command.what
            counts[call.command.shift_id] = (what.tenders, call.scope.actor, what.last_seq)
            tx.emit(
                "shift.counted.v1",
                call.command.shift_id,
                store.ShiftCounted(call.command.shift_id, what.tenders, what.missing_because),
                call.scope,
            )
        outcomes.append(problem or Counted(call.command.shift_id, ()))
    await store.count(tx, counts)
    lines = await _drawers(tx, {id_: tenders for id_, (tenders, _, _) in counts.items()})
    return [one if isinstance(one, Problem) else Counted(one.shift_id, lines[one.shift_id]) for one in outcomes]


@flow("shift.reopen", gives=store.ShiftReopened, statements=3, batch_max=64)
async def reopen(tx: Tx, calls: Sequence[Call[store.ReopenShift]]) -> list[store.ShiftReopened | Problem]:
    """Sell on in drawers that were counted; they are counted again later."""
    shifts = await store.lock(tx, {call.command.shift_id for call in calls})
    outcomes: list[store.ShiftReopened | Problem] = []
    reopened: set[int] = set()
    for call in calls:
        id_ = call.command.shift_id
        problem = store.judge_close(shifts.get(id_))
        if problem is None and id_ not in reopened:
            reopened.add(id_)
            tx.emit("shift.reopened.v1", id_, store.ShiftReopened(id_), call.scope)
        outcomes.append(problem or store.ShiftReopened(id_))
    await store.reopen(tx, reopened)
    return outcomes


@flow("shift.close", gives=store.ShiftClosed, statements=10, batch_max=64)
async def close(tx: Tx, calls: Sequence[Call[store.CloseShift]]) -> list[store.ShiftClosed | Problem]:
    """Close counted drawers: differences are explained and booked, the drawer is empty, the Z report stands."""
    shifts = await store.lock(tx, {call.command.shift_id for call in calls})
    counts = await store.counted(tx, list(shifts))
    sold = await order.sold_in_shifts(tx, list(shifts))
    moved = await ledger.moved(tx, [store.drawer_prefix(id_) for id_ in shifts])
    outcomes: list[store.ShiftClosed | Problem] = []
    closed: dict[int, tuple[store.Shift, Sequence[store.DrawerLine], str, str]] = {}
    for call in calls:
        id_ = call.command.shift_id
        shift, problem = shifts.get(id_), store.judge_close(shifts.get(id_))
        if shift is None or problem is not None or id_ in closed:
            outcomes.append(problem or store.SHIFT_CLOSED("its Z report stands"))
            continue
        mine = _of(moved, id_)
        lines = store.drawer_lines(mine, counts.get(id_, ()), call.command.what.reasons)
        unexplained = store.explained(lines, call.command.what)
        if unexplained is not None:
            outcomes.append(unexplained)
            continue
        report = store.report(shift, _totals(sold.get(id_)), mine, lines, tx.now, closed=True)
        closed[id_] = (shift, lines, call.scope.actor, msgspec.json.encode(report).decode())
        done = store.ShiftClosed(id_, report)
        tx.emit("shift.closed.v1", id_, done, call.scope)
        outcomes.append(done)
    await store.close(tx, list(closed.values()))
    return outcomes


async def report(tx: Tx, shifts: Sequence[store.Shift]) -> list[store.Report]:
    """X reports of shifts as they stand."""
    ids = [shift.shift_id for shift in shifts]
    sold = await order.sold_in_shifts(tx, ids)
    moved = await ledger.moved(tx, [store.drawer_prefix(id_) for id_ in ids])
    return [
        store.report(
            shift,
            _totals(sold.get(shift.shift_id)),
            mine,
            store.drawer_lines(mine, None),
            tx.now,
            closed=False,
        )
        for shift in shifts
        for mine in (_of(moved, shift.shift_id),)
    ]


def _new(
    tx: Tx,
    call: Call[store.OpenShift],
    tills: Mapping[tuple[str, str], access.DeviceFacts],
    stores: Mapping[str, access.StoreFacts],
    channels: Mapping[int, access.ChannelFacts],
) -> store.NewShift | Problem:
    wish = call.command
    place, till = stores.get(wish.store), tills.get((wish.store, wish.device))
    if place is None:
        return access.UNKNOWN_STORE(f"no store {wish.store}", pointer="/store")
    if till is None or not till.active:
        return access.UNKNOWN_DEVICE(f"no till {wish.device} in store {wish.store}", pointer="/device")
    channel = channels[place.channel_id]
    day = access.business_day(tx.now, channel.time_zone)
    return store.NewShift(
        tx.mint(), place.store_id, till.device_id, place.store_id, channel.currency, day, wish.float_minor, call.scope.actor
    )


def _last_seq(calls: Sequence[Call[store.CountShift]], shift_id: int) -> int:
    return next(call.command.what.last_seq for call in calls if call.command.shift_id == shift_id)


def _uncountable(
    call: Call[store.CountShift],
    shift: store.Shift | None,
    missing: Mapping[int, Sequence[int]],
    counts: Mapping[int, tuple[Sequence[store.TenderCount], str, int]],
) -> Problem | None:
    what = call.command.what
    if shift is None:
        return store.UNKNOWN_SHIFT("no such shift")
    if shift.closed_at is not None:
        return store.SHIFT_CLOSED("its Z report stands")
    if shift.counted_at is not None or shift.shift_id in counts:
        return store.SHIFT_COUNTED("close it, or reopen it to count again")
    gone = list(missing.get(shift.shift_id, ()))
    if (what.unsynced or gone) and not what.missing_because.strip():
        return store.UNSYNCED("send them first", pointer="/unsynced", receipts=list(what.unsynced), missing=gone)
    if what.missing_because.strip() and not call.scope.holds("till:force"):
        return FORBIDDEN("closing over missing receipts needs the right to", pointer="/missing_because", needs="till:force")
    return store.counted_twice(what)


async def _drawers(tx: Tx, counts: Mapping[int, Sequence[store.TenderCount]]) -> dict[int, tuple[store.DrawerLine, ...]]:
    moved = await ledger.moved(tx, [store.drawer_prefix(id_) for id_ in counts])
    return {id_: store.drawer_lines(_of(moved, id_), tenders) for id_, tenders in counts.items()}


def _of(moved: Sequence[ledger.MovedByRule], shift_id: int) -> list[ledger.MovedByRule]:
    return [row for row in moved if row.code.startswith(store.drawer_prefix(shift_id))]


def _totals(sold: order.ShiftSales | None) -> store.Totals:
    return store.Totals(*msgspec.structs.astuple(sold)) if sold else store.Totals()
