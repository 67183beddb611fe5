"""What the database says of itself."""

from jiutong.kernel.db import Tx


async def migration(tx: Tx) -> str:
    """The newest migration this database has run; '0000' before the first."""
    (row,) = await tx.fetch(_HAS_VERSIONS)
    if not row["known"]:
        return "0000"
    (row,) = await tx.fetch(_VERSION)
    return row["version"]


_HAS_VERSIONS = """
select to_regclass('migration.alembic_version') is not null and $1::bigint is not null as known
"""
_VERSION = """
select coalesce(max(version_num), '0000') as version from migration.alembic_version where $1::bigint is not null
"""
