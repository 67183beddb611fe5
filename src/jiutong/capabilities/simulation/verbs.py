"""What can be done with simulations. All verbs are plural and run in the caller's transaction."""

from collections.abc import Sequence

import asyncpg

from jiutong.capabilities.simulation import store
from jiutong.capabilities.simulation.model import NOT_RUNNING, UNKNOWN_SIMULATION, Begun, Ended, Progress, Simulate
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def start(tx: Tx, wishes: Sequence[tuple[str, Simulate]]) -> list[Begun]:
    """Post. Begin simulations, each with who asked; those begun too long ago are forgotten."""
    runs = [(tx.mint(), actor, wish) for actor, wish in wishes]
    await store.forget(tx)
    await store.insert(tx, runs)
    return [Begun(run_id, wish.name) for run_id, _, wish in runs]


async def note(tx: Tx, found: Sequence[Progress]) -> list[Ended | Problem]:
    """Guard. Keep what was found, if the run still stands where its finder began: of two, one counts."""
    first = {one.run_id: i for i, one in reversed(list(enumerate(found)))}
    advanced = await store.advance(tx, [found[i] for i in sorted(first.values())])
    return [
        _stands(advanced[one.run_id])
        if one.run_id in advanced and i == first[one.run_id]
        else NOT_RUNNING("somebody else goes on with it, or it has ended")
        for i, one in enumerate(found)
    ]


async def cancel(tx: Tx, run_ids: Sequence[int]) -> list[Ended | Problem]:
    """Guard. Look at no more orders; what was found stays."""
    stopped = await store.cancel(tx, run_ids)
    late = [id_ for id_ in run_ids if id_ not in stopped]
    known = await store.states(tx, late) if late else {}
    return [_canceled(id_, stopped, known) for id_ in run_ids]


def _canceled(id_: int, stopped: dict[int, asyncpg.Record], known: dict[int, asyncpg.Record]) -> Ended | Problem:
    if id_ in stopped:
        return _stands(stopped[id_])
    return NOT_RUNNING(f"it is {known[id_]['state']}") if id_ in known else UNKNOWN_SIMULATION("no such simulation")


def _stands(row: asyncpg.Record) -> Ended:
    return Ended(row["run_id"], row["state"], row["orders"])
