"""Where people are signed in, how they like their screens, and the company they belong to."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import access
from jiutong.kernel.db import Tx


class SessionRow(msgspec.Struct, frozen=True):
    """A session in force. Its name is the first half of its token's hash."""

    session: bytes
    login: str
    name: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    address: str
    agent: str


async def tenant(tx: Tx) -> tuple[str, str]:
    """Code and name of the caller's own tenant."""
    (row,) = await tx.fetch(_TENANT)
    return row["code"], row["name"]


async def preferences(tx: Tx, staff_ids: Sequence[int]) -> list[access.Preferences]:
    """How these people like their screens."""
    rows = await tx.fetch(_PREFERENCES, staff_ids)
    return [msgspec.json.decode(row["preferences"], type=access.Preferences) for row in rows]


async def sessions(
    tx: Tx, now: datetime, staff_id: int | None, login: str | None, rows_max: int, before: tuple[datetime, bytes] | None = None
) -> list[SessionRow]:
    """Sessions in force, latest first, before (created, name); of one person when `staff_id` or `login` is given."""
    created, session = before or (None, None)
    return [SessionRow(*row) for row in await tx.fetch(_SESSIONS, now, staff_id, login, created, session, rows_max)]


_TENANT = "select code, name from kernel.tenant where tenant_id = $1"
_PREFERENCES = "select preferences from access.staff where tenant_id = $1 and staff_id = any($2::bigint[])"
_SESSIONS = """
select substr(s.token_hash, 1, 16), f.login, f.name, s.created_at, s.expires_at, s.seen_at, s.address, s.agent
  from access.session s join access.staff f on f.tenant_id = $1 and f.staff_id = s.staff_id
 where s.tenant_id = $1 and s.expires_at > $2 and ($3::bigint is null or s.staff_id = $3) and ($4::text is null or f.login = $4)
   and ($5::timestamptz is null or (s.created_at, substr(s.token_hash, 1, 16)) < ($5, $6::bytea))
 order by s.created_at desc, substr(s.token_hash, 1, 16) desc limit $7
"""
