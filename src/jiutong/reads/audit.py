"""The audit log: who did what to what, when, and what it was before. It reads the event log in the order of time."""

from datetime import datetime
from typing import Any

import msgspec

from jiutong.kernel.db import Tx

LOOKED_MAX = 20_000
"""Most events one page looks through for the few that were asked for."""


class Sought(msgspec.Struct, frozen=True):
    """What is asked for; None leaves it open. `event` is how the type begins, `subject` an internal id."""

    actor: str | None = None
    event: str | None = None
    subject: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class Logged(msgspec.Struct, frozen=True):
    """An event as it was written, and what the same subject was said to be before, where that is known."""

    event_id: int
    at: datetime
    type: str
    subject_id: int
    actor: str
    flow: str
    facts: dict[str, Any]
    before: dict[str, Any] | None = None


class Looked(msgspec.Struct, frozen=True):
    """What was found, and from where to look on; None at the end of the log."""

    found: list[Logged]
    onward: tuple[datetime, int] | None


async def look(tx: Tx, sought: Sought, after: tuple[datetime, int] | None, rows_max: int) -> Looked:
    """Events, latest first. A page looks through so many events and no more, so it may be short and yet not the last one."""
    since, until = sought.since, sought.until
    at, number = after or (until, None)
    if sought.subject is not None:
        rows = await tx.fetch(_OF_SUBJECT, since, at, number, sought.actor, sought.event, sought.subject, rows_max + 1)
        edge: tuple[datetime, int] | None = None
    else:
        narrow = sought.actor is not None or sought.event is not None
        stops = await tx.fetch(_EDGE, since, at, number, LOOKED_MAX - 1) if narrow else []
        edge = (stops[0]["at"], stops[0]["event_id"]) if stops else None
        rows = await tx.fetch(_LOOK, since, at, number, sought.actor, sought.event, *(edge or (None, None)), rows_max + 1)
    found = [_logged(row) for row in rows[:rows_max]]
    if len(rows) > rows_max:
        return Looked(found, (found[-1].at, found[-1].event_id))
    return Looked(found, edge)


async def logged(tx: Tx, event_id: int) -> list[Logged]:
    """An event with what was before it: the facts of the last event of its type about the same subject."""
    return [_logged(row) for row in await tx.fetch(_LOGGED, event_id)]


async def places_named(tx: Tx, kind: str, code: str) -> list[int]:
    """The ids of what people call by this code."""
    return [row["id"] for row in await tx.fetch(_NAMED, kind, code)]


async def logins(tx: Tx, staff_ids: list[int]) -> dict[int, tuple[str, str]]:
    """Login and name of people."""
    return {row["staff_id"]: (row["login"], row["name"]) for row in await tx.fetch(_LOGINS, staff_ids)}


def _logged(row: Any) -> Logged:
    before = row.get("before")
    return Logged(
        row["event_id"],
        row["at"],
        row["type"],
        row["subject_id"],
        row["actor"],
        row["flow"],
        msgspec.json.decode(row["facts"]),
        None if before is None else msgspec.json.decode(before),
    )


_EDGE = """
select e.at, e.event_id
  from kernel.event e
 where e.tenant_id = $1 and e.at >= coalesce($2::timestamptz, '-infinity')
   and (e.at, e.event_id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 0))
 order by e.at desc, e.event_id desc offset $5 limit 1
"""
_LOOK = """
select e.event_id, e.at, e.type, e.subject_id, e.actor, e.flow, e.facts
  from kernel.event e
 where e.tenant_id = $1 and e.at >= coalesce($2::timestamptz, '-infinity')
   and (e.at, e.event_id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 0))
   and ($5::text is null or e.actor = $5) and ($6::text is null or starts_with(e.type, $6))
   and (e.at, e.event_id) >= (coalesce($7::timestamptz, '-infinity'), coalesce($8::bigint, 0))
 order by e.at desc, e.event_id desc limit $9
"""
_OF_SUBJECT = """
select e.event_id, e.at, e.type, e.subject_id, e.actor, e.flow, e.facts
  from kernel.event e
 where e.tenant_id = $1 and e.subject_id = $7 and e.at >= coalesce($2::timestamptz, '-infinity')
   and (e.at, e.event_id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 0))
   and ($5::text is null or e.actor = $5) and ($6::text is null or starts_with(e.type, $6))
 order by e.at desc, e.event_id desc limit $8
"""
_LOGGED = """
select e.event_id, e.at, e.type, e.subject_id, e.actor, e.flow, e.facts, b.facts as before
  from kernel.event e
  left join lateral (
       select p.facts
         from kernel.event p
        where p.tenant_id = $1 and p.subject_id = e.subject_id and p.event_id < e.event_id and p.type = e.type
          -- Roles have no id of their own: their events share subject 0 and are told apart by code.
          and (e.subject_id <> 0 or p.facts ->> 'code' = e.facts ->> 'code')
        order by p.event_id desc limit 1) b on e.type like '%.put.v%'
 where e.tenant_id = $1 and e.event_id = $2
"""
_NAMED = """
select channel_id as id from access.channel where tenant_id = $1 and $2 = 'channel' and code = $3
union all select seller_id from access.seller where tenant_id = $1 and $2 = 'seller' and code = $3
union all select store_id from access.store where tenant_id = $1 and $2 = 'store' and code = $3
union all select staff_id from access.staff where tenant_id = $1 and $2 = 'staff' and login = $3
"""
_LOGINS = """
select staff_id, login, name from access.staff where tenant_id = $1 and staff_id = any($2::bigint[])
"""
