"""Decisions of fulfillment: what is left to release, and what picking, shipping and canceling make of a work."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong.capabilities.fulfillment.model.work import (
    MAY,
    NO_LINE,
    NOTHING_PICKED,
    TOO_MANY,
    WRONG_STATE,
    LineQuantity,
    NumberedLine,
    OpenLine,
    Parcel,
    Pick,
    ShipmentSent,
    State,
    Work,
    WorkLine,
    WorkPicked,
)
from jiutong.kernel.errors import Problem


def state(lines: Sequence[WorkLine], *, begun: bool) -> State:
    """Where a work stands, by its counters."""
    wanted = sum(line.quantity - line.canceled for line in lines)
    if wanted == 0:
        return "canceled"
    if sum(line.shipped for line in lines) == wanted:
        return "shipped"
    if sum(line.picked for line in lines) == wanted:
        return "picked"
    return "picking" if begun else "released"


def unreleased(lines: Sequence[OpenLine], works: Sequence[Work]) -> dict[int, dict[int, WorkLine]]:
    """The open units of an order nobody works on yet, by location and line."""
    under_way: dict[int, int] = {}
    for work in works:
        for line in work.lines:
            under_way[line.line_id] = under_way.get(line.line_id, 0) + line.to_ship
    wanted: dict[int, dict[int, WorkLine]] = {}
    for line in lines:
        units = line.open - under_way.get(line.line_id, 0)
        if units > 0:
            wanted.setdefault(line.location_id, {})[line.line_id] = WorkLine(line.line_id, line.sku_id, units)
    return wanted


def by_line(asked: Sequence[LineQuantity], lines: Sequence[NumberedLine]) -> dict[int, int] | Problem:
    """Units by line id, of lines named by their number; a line named twice counts together."""
    ids = {line.line_no: line.line_id for line in lines}
    units: dict[int, int] = {}
    for i, one in enumerate(asked):
        if one.line not in ids:
            return NO_LINE(f"the order has no line {one.line}", pointer=f"/lines/{i}/line")
        units[ids[one.line]] = units.get(ids[one.line], 0) + one.quantity
    return units


def picked(work: Work, pick: Pick) -> Work | Problem:
    """The work after units were taken from the shelf. When that was all there is, the work has nothing more to do for the rest."""
    if work.state not in MAY["pick"]:
        return WRONG_STATE(f"it is {work.state}", state=work.state)
    excess = _excess(work, pick.units, {line.line_id: line.quantity - line.canceled - line.picked for line in work.lines})
    if excess is not None:
        return excess
    lines = tuple(_picked_line(line, pick.units.get(line.line_id, 0), pick.short) for line in work.lines)
    return msgspec.structs.replace(work, lines=lines, state=state(lines, begun=True))


def shipped(work: Work, parcel: Parcel) -> Work | Problem:
    """The work after a parcel left: what was picked and not yet sent can be in it."""
    if work.state not in MAY["ship"]:
        return WRONG_STATE(f"it is {work.state}", state=work.state)
    if not parcel.units:
        return NOTHING_PICKED("pick first")
    excess = _excess(work, parcel.units, {line.line_id: line.picked - line.shipped for line in work.lines})
    if excess is not None:
        return excess
    lines = tuple(msgspec.structs.replace(line, shipped=line.shipped + parcel.units.get(line.line_id, 0)) for line in work.lines)
    return msgspec.structs.replace(work, lines=lines, state=state(lines, begun=True))


def picked_facts(before: Work, after: Work) -> WorkPicked:
    """What a pick is announced as: what was taken, and what was asked for and is not there."""
    lines = list(zip(before.lines, after.lines, strict=True))
    units = tuple((was.line_id, now.picked - was.picked) for was, now in lines if now.picked > was.picked)
    short = tuple((was.line_id, now.canceled - was.canceled) for was, now in lines if now.canceled > was.canceled)
    return WorkPicked(after.work_id, after.order_id, after.state, units, short)


def sent_facts(parcel: Parcel, after: Work) -> ShipmentSent:
    """What a parcel is announced as."""
    units = tuple(parcel.units.items())
    return ShipmentSent(parcel.shipment_id, parcel.order_id, parcel.work_id, after.state, parcel.carrier, parcel.tracking_no, units)


def waiting(work: Work) -> dict[int, int]:
    """What is picked and has not left, by line id."""
    return {line.line_id: line.picked - line.shipped for line in work.lines if line.picked > line.shipped}


def trimmed(works: Sequence[Work], open_units: Mapping[int, int]) -> list[Work]:
    """The works that change so that no more is under way than the order still wants of each line.

    What was released last is given up first, and what is not yet picked before what is.
    """
    over = dict.fromkeys(open_units, 0)
    for work in works:
        for line in work.lines:
            if line.line_id in over:
                over[line.line_id] += line.to_ship
    over = {line_id: units - open_units[line_id] for line_id, units in over.items()}
    changed: list[Work] = []
    for work in sorted(works, key=lambda one: one.work_id, reverse=True):
        lines: list[WorkLine] = []
        for line in work.lines:
            units = max(0, min(line.to_ship, over.get(line.line_id, 0)))
            over[line.line_id] = over.get(line.line_id, 0) - units
            canceled = line.canceled + units
            lines.append(msgspec.structs.replace(line, canceled=canceled, picked=min(line.picked, line.quantity - canceled)))
        if tuple(lines) != work.lines:
            state_now = state(lines, begun=work.state != "released")
            changed.append(msgspec.structs.replace(work, lines=tuple(lines), state=state_now))
    return changed[::-1]


def _picked_line(line: WorkLine, units: int, short: bool) -> WorkLine:
    picked_now = line.picked + units
    return msgspec.structs.replace(line, picked=picked_now, canceled=line.quantity - picked_now if short else line.canceled)


def _excess(work: Work, units: Mapping[int, int], most: Mapping[int, int]) -> Problem | None:
    for i, (line_id, asked) in enumerate(units.items()):
        if line_id not in most:
            return NO_LINE("another location has it", pointer=f"/lines/{i}/line")
        if asked > most[line_id]:
            return TOO_MANY(f"at most {most[line_id]}", pointer=f"/lines/{i}/quantity", most=most[line_id])
    return None
