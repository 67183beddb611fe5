"""Is the house in order? What waits, what failed, what must always hold - and a second chance for what is dead."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import QueryParameter

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.orders import PREFIXES
from jiutong.api.shell import get, post
from jiutong.flows.retry_jobs import JobRevived, RetryJob, retry_jobs
from jiutong.kernel import jobs
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND
from jiutong.kernel.ids import PublicIds
from jiutong.reads import health, verify
from jiutong.reads import jobs as work

NAMES = PREFIXES | {"entry_id": "ent", "job_id": "job", "event_id": "evt", "paper_id": "pap", "shortage_id": "sho", "notice_id": "not"}
"""By column, the prefix of its public name; other internal ids are told as they are, for whoever looks into the database."""


class JobView(msgspec.Struct, frozen=True):
    """One piece of work: what kind, about what, when it runs (or when its lease ends), how often it was begun, and what went wrong."""

    id: str
    kind: str
    state: work.State
    run_at: datetime
    attempts: int
    trouble: str
    facts: dict[str, Any]


class StatusView(msgspec.Struct, frozen=True):
    """How the house is doing: `lag_s` is how long the oldest piece of work has been due; all `to_do` are zero when nothing waits."""

    at: datetime
    migration: str
    lag_s: int
    jobs: Sequence[work.KindCount]
    to_do: work.ToDo


class InvariantView(msgspec.Struct, frozen=True):
    """Something that must always hold, and whose it is."""

    name: str
    room: str
    says: str


class CheckedView(msgspec.Struct, frozen=True):
    """An invariant that was looked at: it holds when there are no rows. `rows` are the first of `count` that break it."""

    name: str
    room: str
    says: str
    holds: bool
    count: int
    rows: Sequence[dict[str, Any]]
    took_ms: int


class VerifiedView(msgspec.Struct, frozen=True):
    """Everything that must always hold, looked at one after the other, each in one consistent picture."""

    holds: bool
    at: datetime
    invariants: Sequence[CheckedView]


@get("/v1/status", scope="jobs:read")
async def show_status(call: Call) -> StatusView:
    """How the house is doing: work by kind and state, how late the oldest is, and what waits for a person."""
    async with call.reading() as tx:
        migration = await health.migration(tx)
        counts = await work.counts(tx)
        to_do = await work.to_do(tx)
        now = tx.now
    due = [one.oldest for one in counts if one.state == "due"]
    return StatusView(now, migration, int((now - min(due)).total_seconds()) if due else 0, counts, to_do)


@get("/v1/jobs", scope="jobs:read")
async def list_jobs(
    call: Call,
    in_state: Annotated[work.State | None, QueryParameter(name="state")] = None,
    kind: str | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[JobView]:
    """Work that is not done yet, in the order it was asked for. What is done is deleted: the event log says that it happened."""
    async with call.reading() as tx:
        found = await work.page(tx, in_state, kind, read(after, int), limit + 1)
    return paged([_job(row, call.ids) for row in found], limit, [row.job_id for row in found])


@get("/v1/jobs/{job_id:str}", scope="jobs:read")
async def show_job(call: Call, job_id: str) -> JobView:
    """One piece of work."""
    id_ = call.ids.read("job", job_id)
    async with call.reading() as tx:
        found = await work.one(tx, id_)
    if found is None:
        raise NOT_FOUND(f"no job {job_id}: what is done is deleted")
    return _job(found, call.ids)


@post("/v1/jobs/{job_id:str}/retry", scope="jobs:write", status=200, refuses=(jobs.NOT_DEAD,))
async def retry_job(call: Call, job_id: str) -> dict[str, str]:
    """Try a dead job again, with all its tries before it. See to what it died of first: `trouble` says."""
    revived: JobRevived = await call.run(retry_jobs, RetryJob(call.ids.read("job", job_id)))
    return {"id": job_id, "kind": revived.kind, "state": "due", "died_of": revived.trouble}


@get("/v1/verify/invariants", scope="verify:read")
async def list_invariants(call: Call) -> list[InvariantView]:
    """What must always hold: every room ships its own."""
    async with call.reading() as tx:
        return [InvariantView(name, name.partition(".")[0], says) for name, says in await verify.invariants(tx)]


@get("/v1/verify/invariants/{name:str}", scope="verify:read")
async def check_invariant(call: Call, name: str) -> CheckedView:
    """Look at one invariant over all data, now."""
    async with call.reading() as tx:
        known = dict(await verify.invariants(tx))
        if name not in known:
            raise NOT_FOUND(f"no invariant {name}")
        return await _checked(call, tx, name, known[name])


@get("/v1/verify", scope="verify:read")
async def verify_all(call: Call) -> VerifiedView:
    """Look at everything that must always hold. Reads all data: rather ask for one invariant after the other where somebody waits."""
    async with call.reading() as tx:
        found = [await _checked(call, tx, name, says) for name, says in await verify.invariants(tx)]
        return VerifiedView(all(one.holds for one in found), tx.now, found)


async def _checked(call: Call, tx: Tx, name: str, says: str) -> CheckedView:
    begun = time.perf_counter()
    found = await verify.breaking(tx, name)
    took = int((time.perf_counter() - begun) * 1000)
    rows = [_public(row, call.ids) for row in found.rows]
    return CheckedView(name, name.partition(".")[0], says, not rows, found.count, rows, took)


def _public(row: dict[str, Any], ids: PublicIds) -> dict[str, Any]:
    """A row in public names."""
    told: dict[str, Any] = {}
    for word, value in row.items():
        if word in NAMES and isinstance(value, int):
            told[word.removesuffix("_id")] = ids.show(NAMES[word], value)
        else:
            told[word] = value
    return told


def _job(row: work.JobRow, ids: PublicIds) -> JobView:
    facts = {"event": row.facts.get("type"), **row.facts.get("facts", {})} if "event_id" in row.facts else row.facts
    return JobView(ids.show("job", row.job_id), row.kind, row.state, row.run_at, row.attempts, row.trouble, _public(facts, ids))


ROUTES = [show_status, list_jobs, show_job, retry_job, list_invariants, check_invariant, verify_all]
