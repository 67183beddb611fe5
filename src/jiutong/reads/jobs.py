"""Work that waits: what is due, what is being done, what failed and will be tried again, and what is dead and waits for a person."""

from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import convert

from jiutong.kernel.db import Tx

State: TypeAlias = Literal["due", "later", "running", "retrying", "dead"]


class JobRow(msgspec.Struct, frozen=True):
    """One piece of work. Running: begun, and its lease has not ended (`run_at`). Retrying: it failed, and is tried again at `run_at`."""

    job_id: int
    kind: str
    state: State
    subject_id: int
    run_at: datetime
    attempts: int
    trouble: str
    facts: Any


class KindCount(msgspec.Struct, frozen=True):
    """How much work of one kind is in one state, and since when the oldest has been due."""

    kind: str
    state: State
    jobs: int
    oldest: datetime


class ToDo(msgspec.Struct, frozen=True):
    """What waits for a person or is late: a healthy, idle house shows zeros. Counts stop at 1,000."""

    orders_overdue: int
    """Holds that should have expired: the worker sweeps them every few seconds."""

    shortages_open: int
    refunds_failed: int
    notices_rejected: int


async def page(tx: Tx, state: State | None, kind: str | None, after: int | None, rows_max: int) -> list[JobRow]:
    """Work in the order it was asked for."""
    rows = await tx.fetch(_PAGE, tx.now, state, kind, None, after, rows_max)
    return [_row(dict(row)) for row in rows]


async def one(tx: Tx, job_id: int) -> JobRow | None:
    """One piece of work; None when there is none: what is done is deleted."""
    rows = await tx.fetch(_PAGE, tx.now, None, None, job_id, None, 1)
    return _row(dict(rows[0])) if rows else None


async def counts(tx: Tx) -> list[KindCount]:
    """How much work there is, by kind and state."""
    return [convert(dict(row), KindCount) for row in await tx.fetch(_COUNTS, tx.now)]


async def to_do(tx: Tx) -> ToDo:
    """What waits for a person or is late."""
    (row,) = await tx.fetch(_TO_DO, tx.now)
    return convert(dict(row), ToDo)


def _row(row: dict[str, Any]) -> JobRow:
    return convert(row | {"facts": msgspec.json.decode(row["facts"])}, JobRow)


_STATE = """
       case when j.dead then 'dead' when j.run_at <= $2 then 'due' when j.trouble <> '' then 'retrying' when j.attempts > 0 then 'running'
            else 'later' end
"""
_PAGE = f"""
select w.*
  from (select j.job_id, j.kind, {_STATE} as state, j.subject_id, j.run_at, j.attempts, j.trouble, j.facts
          from kernel.job j where j.tenant_id = $1) w
 where ($3::text is null or w.state = $3) and ($4::text is null or w.kind = $4)
   and ($5::bigint is null or w.job_id = $5) and ($6::bigint is null or w.job_id > $6)
 order by w.job_id
 limit $7
"""  # sql: parts of this module alone  # noqa: S608
_COUNTS = f"""
select j.kind, {_STATE} as state, count(*) as jobs, min(j.run_at) as oldest
  from kernel.job j where j.tenant_id = $1 group by 1, 2 order by 2, 1
"""  # sql: parts of this module alone  # noqa: S608
_TO_DO = """
select (select count(*) from (select from ledger.hold h
                               where h.tenant_id = $1 and h.expires_at < $2::timestamptz - interval '1 minute'
                                 and h.posted + h.voided < h.amount
                               limit 1000) a) as orders_overdue,
       (select count(*) from (select from inventory.shortage s
                               where s.tenant_id = $1 and s.resolved_at is null limit 1000) b) as shortages_open,
       (select count(*) from (select from payment.refund r
                               where r.tenant_id = $1 and r.state = 'failed' limit 1000) c) as refunds_failed,
       (select count(*) from (select from payment.notice n
                               where n.tenant_id = $1 and n.verdict = 'rejected' limit 1000) d) as notices_rejected
"""
