"""A job that failed for the last time is given another chance, once somebody has seen to its cause."""

from collections.abc import Sequence

import msgspec

from jiutong.kernel import jobs
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class RetryJob(msgspec.Struct, frozen=True):
    """Try a dead job again."""

    job_id: int


class JobRevived(msgspec.Struct, frozen=True):
    """job.revived.v1: a person had a dead job tried again; `trouble` is what it died of."""

    job_id: int
    kind: str
    trouble: str


@flow("jobs.retry", gives=JobRevived, statements=2)
async def retry_jobs(tx: Tx, calls: Sequence[Call[RetryJob]]) -> list[JobRevived | Problem]:
    """Make dead jobs due, each once. One that is not dead needs nobody's help and is refused."""
    revived = {one.job_id: one for one in await jobs.revive(tx, [call.command.job_id for call in calls])}
    outcomes: list[JobRevived | Problem] = []
    for call in calls:
        one = revived.pop(call.command.job_id, None)
        if one is None:
            outcomes.append(jobs.NOT_DEAD("it is done, or will be tried again without being asked to"))
            continue
        told = JobRevived(one.job_id, one.kind, one.trouble)
        tx.emit("job.revived.v1", one.job_id, told, call.scope)
        outcomes.append(told)
    return outcomes
