"""Taking over sheets of rows: handed in, begun, told of row by row, ended.

The rows themselves go through the flows people use; here is only kept what became of them.
"""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import task
from jiutong.kernel import jobs
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow

WORK = "sheet.rows"
"""The kind of job that takes over the rows of a sheet; who does it is said in importers/sheets."""


class Work(msgspec.Struct, frozen=True):
    """The facts of that job: nothing but the sheet, which is its subject."""


@flow("sheet.receive", gives=task.Stands, statements=3, batch_max=4)
async def receive(tx: Tx, calls: Sequence[Call[task.HandedIn]]) -> list[task.Stands | Problem]:
    """Keep sheets as they were handed in."""
    return [*await task.receive(tx, [(call.scope.actor, call.command) for call in calls])]


@flow("sheet.start", gives=task.Begun, statements=2, batch_max=16)
async def start(tx: Tx, calls: Sequence[Call[task.Start]]) -> list[task.Begun | Problem]:
    """Begin to take sheets over: the work is there exactly when the sheet says so."""
    outcomes = await task.start(tx, [call.command for call in calls])
    begun = [(one, call) for one, call in zip(outcomes, calls, strict=True) if not isinstance(one, Problem)]
    for one, call in begun:
        tx.emit("sheet.started.v1", one.sheet_id, one, call.scope)
    await jobs.enqueue(tx, [jobs.job(tx, WORK, one.sheet_id, Work()) for one, _ in begun])
    return outcomes


@flow("sheet.settle", gives=task.Stands, statements=2, batch_max=8)
async def settle(tx: Tx, calls: Sequence[Call[task.Told]]) -> list[task.Stands | Problem]:
    """Say what became of rows."""
    ended = await task.settle(tx, [call.command for call in calls])
    for one, call in zip(ended, calls, strict=True):
        if one is not None:
            tx.emit("sheet.ended.v1", one.sheet_id, one, call.scope)
    return [task.Stands(call.command.sheet_id, "done" if one else "running") for one, call in zip(ended, calls, strict=True)]


@flow("sheet.cancel", gives=task.Stands, statements=1, batch_max=16)
async def cancel(tx: Tx, calls: Sequence[Call[task.Cancel]]) -> list[task.Stands | Problem]:
    """Take over no more of a sheet; what was taken over stays."""
    outcomes = await task.cancel(tx, [call.command.sheet_id for call in calls])
    for one, call in zip(outcomes, calls, strict=True):
        if not isinstance(one, Problem):
            tx.emit("sheet.ended.v1", one.sheet_id, one, call.scope)
    return [one if isinstance(one, Problem) else task.Stands(one.sheet_id, "canceled") for one in outcomes]
