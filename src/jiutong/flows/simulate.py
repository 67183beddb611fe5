"""Simulating: a draft is tried on past orders by a worker, piece by piece; here is only kept what it found."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import simulation
from jiutong.kernel import jobs
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow

WORK = "simulation.replay"
"""The kind of job that replays orders; who does it is said in replays."""


class Work(msgspec.Struct, frozen=True):
    """The facts of that job: nothing but the simulation, which is its subject."""


class Cancel(msgspec.Struct, frozen=True):
    """A wish to look at no more orders."""

    run_id: int


@flow("simulation.start", gives=simulation.Begun, statements=3, batch_max=16)
async def start(tx: Tx, calls: Sequence[Call[simulation.Simulate]]) -> list[simulation.Begun | Problem]:
    """Begin simulations: the work is there exactly when the simulation is."""
    begun = await simulation.start(tx, [(call.scope.actor, call.command) for call in calls])
    for one, call in zip(begun, calls, strict=True):
        tx.emit("simulation.started.v1", one.run_id, one, call.scope)
    await jobs.enqueue(tx, [jobs.job(tx, WORK, one.run_id, Work()) for one in begun])
    return [*begun]


@flow("simulation.note", gives=simulation.Ended, statements=1, batch_max=16)
async def note(tx: Tx, calls: Sequence[Call[simulation.Progress]]) -> list[simulation.Ended | Problem]:
    """Keep what was found since the last time."""
    stand = await simulation.note(tx, [call.command for call in calls])
    for one, call in zip(stand, calls, strict=True):
        if isinstance(one, simulation.Ended) and one.state == "done":
            tx.emit("simulation.ended.v1", one.run_id, one, call.scope)
    return stand


@flow("simulation.cancel", gives=simulation.Ended, statements=2, batch_max=16)
async def cancel(tx: Tx, calls: Sequence[Call[Cancel]]) -> list[simulation.Ended | Problem]:
    """Look at no more orders; what was found stays."""
    stopped = await simulation.cancel(tx, [call.command.run_id for call in calls])
    for one, call in zip(stopped, calls, strict=True):
        if isinstance(one, simulation.Ended):
            tx.emit("simulation.ended.v1", one.run_id, one, call.scope)
    return stopped
