"""What a gateway's job works with."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

import msgspec

from jiutong.gateways.outbound import Outbound
from jiutong.kernel.clock import Clock
from jiutong.kernel.db import Database
from jiutong.kernel.ids import PublicIds
from jiutong.kernel.jobs import Job
from jiutong.kernel.runner import Runner

_encode = msgspec.json.Encoder().encode


class Desk(msgspec.Struct, frozen=True):
    """The parts of the house a job may use. `callbacks` is the address under which channels reach us."""

    db: Database
    runner: Runner
    clock: Clock
    ids: PublicIds
    secret: str
    callbacks: str
    outbound: Outbound


Execute: TypeAlias = Callable[[Desk, int, Job], Awaitable[Sequence[Job]]]
"""How a kind of job is done: for a tenant, outside any transaction. What it gives back is enqueued as it is marked done."""


def later(desk: Desk, kind: str, subject_id: int, facts: msgspec.Struct, after: timedelta) -> Job:
    """A job that follows from one that is just being done."""
    return Job(desk.db.ids.mint(), kind, subject_id, _encode(facts), desk.clock.now() + after)
