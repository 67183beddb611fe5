"""What can be done with sheets. All verbs are plural and run in the caller's transaction."""

from collections.abc import Sequence

import asyncpg

from jiutong.capabilities.task import rules, store
from jiutong.capabilities.task.model import (
    NOT_UNDER_WAY,
    NOT_WAITING,
    UNKNOWN_SHEET,
    Begun,
    Ended,
    HandedIn,
    RowTold,
    Stands,
    Start,
    Told,
)
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem, ProblemType


async def receive(tx: Tx, sheets: Sequence[tuple[str, HandedIn]]) -> list[Stands]:
    """Post. Keep sheets as they were handed in, each with who did; what was handed in too long ago is forgotten."""
    kept = [(tx.mint(), actor, sheet) for actor, sheet in sheets]
    await store.forget(tx)
    await store.insert_sheets(tx, kept)
    await store.insert_rows(tx, kept)
    return [Stands(sheet_id, "uploaded") for sheet_id, _, _ in kept]


async def start(tx: Tx, wishes: Sequence[Start]) -> list[Begun | Problem]:
    """Guard. Begin to take sheets over; only once each, for whoever asked first."""
    first = {one.sheet_id: i for i, one in reversed(list(enumerate(wishes)))}
    begun = await store.start(tx, [wishes[i] for i in sorted(first.values())])
    late = [one.sheet_id for i, one in enumerate(wishes) if one.sheet_id not in begun or i != first[one.sheet_id]]
    left = await _refusals(tx, late, NOT_WAITING)
    return [
        Begun(row["sheet_id"], row["kind"], row["name"], row["rows"])
        if (row := begun.get(one.sheet_id)) and i == first[one.sheet_id]
        else left[one.sheet_id]
        for i, one in enumerate(wishes)
    ]


async def cancel(tx: Tx, sheet_ids: Sequence[int]) -> list[Ended | Problem]:
    """Guard. Take over no more of these sheets, once each; what was taken over stays."""
    first = {id_: i for i, id_ in reversed(list(enumerate(sheet_ids)))}
    stopped = await store.cancel(tx, sheet_ids)
    late = [id_ for i, id_ in enumerate(sheet_ids) if id_ not in stopped or i != first[id_]]
    left = await _refusals(tx, late, NOT_UNDER_WAY)
    return [_ended(row) if (row := stopped.get(id_)) and i == first[id_] else left[id_] for i, id_ in enumerate(sheet_ids)]


async def settle(tx: Tx, told: Sequence[Told]) -> list[Ended | None]:
    """Guard. Say what became of rows, each once; of every command what its sheet came to if that ended it."""
    settled = await store.settle_rows(tx, sorted(((one.sheet_id, row) for one in told for row in one.rows), key=_in_order))
    by_sheet: dict[int, list[RowTold]] = {}
    for sheet_id, row in settled:
        by_sheet.setdefault(sheet_id, []).append(row)
    rows = await store.count(tx, {sheet_id: rules.counted(rows) for sheet_id, rows in by_sheet.items()})
    ended = {row["sheet_id"]: _ended(row) for row in rows if row["state"] == "done"}
    return [ended.get(one.sheet_id) for one in told]


async def _refusals(tx: Tx, sheet_ids: Sequence[int], why: ProblemType) -> dict[int, Problem]:
    if not sheet_ids:
        return {}
    states = await store.states(tx, sheet_ids)
    return {id_: why(f"it is {states[id_]}", state=states[id_]) if id_ in states else UNKNOWN_SHEET("no such import") for id_ in sheet_ids}


def _ended(row: asyncpg.Record) -> Ended:
    return Ended(row["sheet_id"], row["kind"], row["name"], row["created"], row["changed"], row["unchanged"], row["refused"])


def _in_order(one: tuple[int, RowTold]) -> tuple[int, int]:
    return one[0], one[1].no
