"""Work to be done after a commit, written with it: a job exists exactly when the change that asked for it does.

A worker claims due jobs under a lease, does them outside any transaction, and deletes what is done. A worker that died
mid-job leaves a lease that ends: the job is due again, so it runs at least once, and whatever it calls must bear that.
What fails is tried again on a published schedule; after the last try it is dead and waits for a person.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from jiutong.kernel.db import Database, Tx
from jiutong.kernel.errors import ProblemType
from jiutong.kernel.outbox import Event

NOT_DEAD = ProblemType("job.not_dead", 409, "This job is not dead", "该任务无需重试")

LEASE: Final = timedelta(seconds=60)
RETRY_AFTER_S: Final = (1, 5, 30, 120, 600, 3600, 21600)
"""How long to wait after the first, second, … failed try. One try more than there are waits."""

_encode = msgspec.json.Encoder().encode


class Job(msgspec.Struct, frozen=True):
    """One piece of work: what kind, about which subject, with which facts (JSON), and when."""

    job_id: int
    kind: str
    subject_id: int
    facts: bytes
    run_at: datetime
    attempts: int = 0


class Revived(msgspec.Struct, frozen=True):
    """A dead job that is due again, and what it died of."""

    job_id: int
    kind: str
    trouble: str


class Seen(msgspec.Struct, frozen=True):
    """The facts of a reaction's job: the event it reacts to. Its id is the inbox key."""

    event_id: int
    type: str
    facts: msgspec.Raw


class Bell:
    """Tells this process's worker that a commit has left work for a tenant, so that it need not wait for its next round."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self._tenants: set[int] = set()

    def ring(self, tenant_id: int) -> None:
        """There is work for this tenant."""
        self._tenants.add(tenant_id)
        self.rung.set()

    def answered(self) -> set[int]:
        """For whom it rang since it was last asked."""
        tenants, self._tenants = self._tenants, set()
        self.rung.clear()
        return tenants


REACTIONS: dict[str, tuple[str, ...]] = {}
"""By event type, the kinds of jobs each such event asks for; filled from flows/reactions.py at the start."""


WORTH: dict[str, Callable[[msgspec.Struct], bool]] = {}
"""By kind of job, which events are worth one; those of a kind that is absent all are."""


def job(tx: Tx, kind: str, subject_id: int, facts: msgspec.Struct, after: timedelta = timedelta()) -> Job:
    """A job to be enqueued, due at once or after a while."""
    return Job(tx.mint(), kind, subject_id, _encode(facts), tx.now + after)


def bell(memory: dict[str, Any]) -> Bell:
    """The bell of this process."""
    return memory.setdefault("jobs.bell", Bell())


async def enqueue(tx: Tx, jobs: Sequence[Job]) -> None:
    """Post. Write work with what asks for it."""
    if not jobs:
        return
    await tx.count(
        _ENQUEUE,
        [j.job_id for j in jobs],
        [j.kind for j in jobs],
        [j.subject_id for j in jobs],
        [j.facts.decode() for j in jobs],
        [j.run_at for j in jobs],
    )
    if any(j.run_at <= tx.now for j in jobs):
        tx.after_commit.append(lambda: bell(tx.memory).ring(tx.tenant_id))


async def revive(tx: Tx, job_ids: Sequence[int]) -> list[Revived]:
    """Guard. Make dead jobs due, with all their tries before them; those that were dead."""
    revived = [Revived(*row.values()) for row in await tx.fetch(_REVIVE, sorted(set(job_ids)), tx.now)]
    if revived:
        tx.after_commit.append(lambda: bell(tx.memory).ring(tx.tenant_id))
    return revived


async def react(tx: Tx, events: Sequence[Event]) -> None:
    """Post. Enqueue what the table of reactions asks for; costs nothing when it asks for nothing."""
    await enqueue(
        tx,
        [
            Job(tx.mint(), kind, event.subject_id, _encode(Seen(event.event_id, event.type, msgspec.Raw(_encode(event.facts)))), tx.now)
            for event in events
            for kind in REACTIONS.get(event.type, ())
            if kind not in WORTH or WORTH[kind](event.facts)
        ],
    )


async def claim(db: Database, tenant_id: int, now: datetime, jobs_max: int) -> list[Job]:
    """Take up to `jobs_max` due jobs, longest due first; nobody else gets them before the lease ends."""
    async with db.transaction(tenant_id, now) as tx:
        rows = await tx.fetch(_CLAIM, now, now + LEASE, jobs_max)
        if rows:
            await tx.commit()
    jobs = [Job(r["job_id"], r["kind"], r["subject_id"], r["facts"].encode(), r["run_at"], r["attempts"]) for r in rows]
    return sorted(jobs, key=lambda j: (j.run_at, j.job_id))


async def finish(db: Database, tenant_id: int, now: datetime, done: Job, more: Sequence[Job]) -> bool:
    """It is done; `more` is what it leaves to be done. False if its lease had ended and somebody else has it now."""
    async with db.transaction(tenant_id, now) as tx:
        if await tx.count(_FINISH, done.job_id, done.attempts) == 0:
            return False
        await enqueue(tx, more)
        await tx.commit()
    return True


async def fail(db: Database, tenant_id: int, now: datetime, failed: Job, why: str) -> bool:
    """It did not succeed: try again later, or leave it to a person. False if there is no later."""
    again = failed.attempts <= len(RETRY_AFTER_S)
    run_at = now + timedelta(seconds=RETRY_AFTER_S[failed.attempts - 1] if again else 0)
    async with db.transaction(tenant_id, now) as tx:
        await tx.count(_FAIL, failed.job_id, failed.attempts, run_at, not again, why[:500])
        await tx.commit()
    return again


async def forget_answers(db: Database, tenant_id: int, now: datetime, older_than: timedelta, rows_max: int) -> int:
    """Drop answers kept under idempotency keys that nobody may repeat any more; the number dropped."""
    async with db.transaction(tenant_id, now) as tx:
        dropped = await tx.count(_FORGET_ANSWERS, now - older_than, rows_max)
        await tx.commit()
    return dropped


_ENQUEUE = """
insert into kernel.job (tenant_id, job_id, kind, subject_id, facts, run_at)
select t.tenant_id, j.job_id, j.kind, j.subject_id, j.facts, j.run_at
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::json[], $6::timestamptz[]) as j(job_id, kind, subject_id, facts, run_at)
 where t.tenant_id = $1
"""
_CLAIM = """
-- Workers pass over what another one is just claiming; the lease is the time at which the job would be due again.
with due as materialized (
        select j.job_id, j.run_at
          from kernel.job j
         where j.tenant_id = $1 and not j.dead and j.run_at <= $2
         order by j.run_at, j.job_id
         limit $4
           for update skip locked)
update kernel.job j set attempts = j.attempts + 1, run_at = $3, trouble = ''
  from due d
 where j.tenant_id = $1 and j.job_id = d.job_id
returning j.job_id, j.kind, j.subject_id, j.facts, d.run_at, j.attempts
"""
_FINISH = """
-- The number of the try is the lease's own: who lost it finishes nothing.
delete from kernel.job j where j.tenant_id = $1 and j.job_id = $2 and j.attempts = $3
"""
_FAIL = """
update kernel.job j set run_at = $4, dead = $5, trouble = $6 where j.tenant_id = $1 and j.job_id = $2 and j.attempts = $3
"""
_REVIVE = """
with dead as materialized (
        select j.job_id, j.trouble from kernel.job j
         where j.tenant_id = $1 and j.job_id = any($2::bigint[]) and j.dead order by j.job_id for update)
update kernel.job j set dead = false, attempts = 0, run_at = $3, trouble = ''
  from dead d
 where j.tenant_id = $1 and j.job_id = d.job_id
returning j.job_id, j.kind, d.trouble
"""
_FORGET_ANSWERS = """
delete from kernel.idempotency i
 where i.tenant_id = $1 and i.key = any (array(select o.key from kernel.idempotency o where o.tenant_id = $1 and o.at < $2 limit $3))
"""
