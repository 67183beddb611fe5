"""Sessions in SQL."""

from collections.abc import Sequence

from jiutong.capabilities.access.model import OpenSession, Principal
from jiutong.capabilities.access.rules import opened
from jiutong.kernel.db import Tx


async def end_sessions_of(tx: Tx, staff_ids: Sequence[int]) -> int:
    """End every session of these people."""
    return await tx.count(_END_SESSIONS_OF, staff_ids)


async def end_sessions_but(tx: Tx, staff_ids: Sequence[int], keep: Sequence[bytes]) -> int:
    """End every session of these people except the one each keeps."""
    return await tx.count(_END_SESSIONS_BUT, staff_ids, keep)


async def end_named_sessions(tx: Tx, sessions: Sequence[bytes]) -> set[bytes]:
    """End the sessions of these names; those there were."""
    return {row["session"] for row in await tx.fetch(_END_NAMED_SESSIONS, sessions)}


async def note_sessions(tx: Tx, hashes: Sequence[bytes]) -> int:
    """Note that these sessions were used."""
    return await tx.count(_NOTE_SESSIONS, hashes, tx.now)


async def read_sessions(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, Principal]:
    """Whose sessions these are, among those in force of people still with us."""
    rows = await tx.fetch(_SESSIONS, hashes, tx.now)
    return {row["token_hash"]: Principal(tx.tenant_id, f"staff:{row['staff_id']}", frozenset(row["grants"])) for row in rows}


async def insert_sessions(tx: Tx, sessions: Sequence[OpenSession]) -> set[int]:
    """Write sessions of people still with us; whose were written."""
    rows = await tx.fetch(
        _INSERT_SESSIONS,
        [s.hash for s in sessions],
        [s.staff_id for s in sessions],
        [opened(s, tx.now).expires_at for s in sessions],
        tx.now,
        [s.address for s in sessions],
        [s.agent for s in sessions],
    )
    return {row["staff_id"] for row in rows}


async def delete_sessions(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """End sessions; whose there were."""
    return {row["token_hash"]: row["staff_id"] for row in await tx.fetch(_DELETE_SESSIONS, hashes)}


async def delete_ended(tx: Tx) -> int:
    """Forget the sessions that ended by themselves."""
    return await tx.count(_DELETE_ENDED, tx.now)


_END_SESSIONS_OF = """
delete from access.session where tenant_id = $1 and staff_id = any($2::bigint[])
"""
_END_SESSIONS_BUT = """
delete from access.session s
 using unnest($2::bigint[], $3::bytea[]) as u(staff_id, keep)
 where s.tenant_id = $1 and s.staff_id = u.staff_id and s.token_hash <> u.keep
"""
_END_NAMED_SESSIONS = """
delete from access.session s where s.tenant_id = $1 and substr(s.token_hash, 1, 16) = any($2::bytea[])
returning substr(s.token_hash, 1, 16) as session
"""
_NOTE_SESSIONS = """
update access.session set seen_at = $3 where tenant_id = $1 and token_hash = any($2::bytea[])
"""
_SESSIONS = """
select s.token_hash, s.staff_id,
       array(select distinct g from access.role r, unnest(r.grants) g where r.tenant_id = $1 and r.code = any(f.roles)) as grants
  from access.session s
  join access.staff f on f.tenant_id = $1 and f.staff_id = s.staff_id and f.active
 where s.tenant_id = $1 and s.token_hash = any($2::bytea[]) and s.expires_at > $3
"""
_INSERT_SESSIONS = """
insert into access.session (tenant_id, token_hash, staff_id, created_at, expires_at, seen_at, address, agent)
select f.tenant_id, u.hash, f.staff_id, $5, u.expires_at, $5, u.address, u.agent
  from unnest($2::bytea[], $3::bigint[], $4::timestamptz[], $6::text[], $7::text[]) as u(hash, staff_id, expires_at, address, agent)
  join access.staff f on f.tenant_id = $1 and f.staff_id = u.staff_id and f.active
returning staff_id
"""
_DELETE_SESSIONS = """
delete from access.session where tenant_id = $1 and token_hash = any($2::bytea[]) returning token_hash, staff_id
"""
_DELETE_ENDED = """
delete from access.session where tenant_id = $1 and expires_at <= $2
"""
