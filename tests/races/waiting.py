"""When a race may go on: another session stands still, waiting for a lock somebody here holds."""

from tests.world import NOON

from jiutong.kernel.db import Database


async def blocked(database: Database) -> bool:
    """Whether a session of this database waits for another."""
    async with database.reading(0, NOON) as tx:
        rows = await tx.fetch(_BLOCKED)
        return bool(rows[0]["waiting"])


_BLOCKED = """
select exists (select from pg_stat_activity a
                where a.datname = current_database() and $1 = 0 and cardinality(pg_blocking_pids(a.pid)) > 0) as waiting
"""
