"""Bringing the tables to the version this code is written for."""

from pathlib import Path
from typing import Any

import asyncpg

from jiutong.cli.checkout import MIGRATIONS

OWNER_ROLE = "jiutong_owner"
VERSION_TABLE = "migration.alembic_version"


def head() -> str:
    """The newest revision: files are numbered in one line, so this needs a look at a folder instead of an import of Alembic."""
    return max((file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")), default="0000")


async def current(conn: asyncpg.Connection) -> str:
    """The revision the database is at; '0000' before the first."""
    if not await conn.fetchval("select to_regclass($1) is not null", VERSION_TABLE):
        return "0000"
    return await conn.fetchval("select max(version_num) from migration.alembic_version") or "0000"


def upgrade(admin_url: str) -> None:
    """Run what is missing, each revision in a transaction of its own."""
    from alembic import command  # half a second of imports that a start with nothing to migrate does not pay
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connect"] = lambda: connect_as_owner(admin_url)
    command.upgrade(config, "head")


async def connect_as_owner(admin_url: str) -> asyncpg.Connection:
    """A connection that owns what it creates, and gives up rather than queue behind a long transaction with everyone behind it."""
    return await asyncpg.connect(admin_url, server_settings={"role": OWNER_ROLE, "lock_timeout": "5s"})


def run_sql_of(revision: str) -> None:
    """Run the SQL file that lies beside a revision and bears its name. It may hold many statements."""
    from alembic import op

    op.execute("select 1")  # SQLAlchemy begins the transaction with its first statement, and ours would go past it
    adapted: Any = op.get_bind().connection.dbapi_connection
    sql = Path(revision).with_suffix(".sql").read_text()

    async def run(conn: asyncpg.Connection) -> None:
        await conn.execute(sql)

    adapted.run_async(run)
