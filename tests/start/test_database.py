"""Preparing a database: who may do what in it, and which version it is at."""

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory

from jiutong.cli import migrations
from jiutong.cli.address import Address
from jiutong.cli.checkout import MIGRATIONS
from jiutong.cli.database import prepare, ready_database
from jiutong.cli.failure import Failure
from jiutong.kernel.config import Config


async def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    conn = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await conn.fetch(sql)]
    finally:
        await conn.close()


async def run(url: str, sql: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(sql)
    finally:
        await conn.close()


@pytest.fixture
def own_url(server_url: str, request: pytest.FixtureRequest) -> str:
    """A database that does not exist yet."""
    return Address(server_url).database_named(request.node.name)


async def test_the_application_connects_as_a_role_without_power(database_url: str) -> None:
    role = "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
    owned = "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = current_user"
    assert await rows(database_url, role) == [("jiutong_app", False, False, False, False)]
    assert await rows(database_url, owned) == [(0,)]


async def test_the_tables_belong_to_a_role_nobody_connects_as(admin_url: str, database_url: str) -> None:
    owners = "select distinct nspowner::regrole::text from pg_namespace where nspname in ('kernel', 'ledger', 'catalog')"
    assert await rows(admin_url, owners) == [("jiutong_owner",)]
    assert await rows(admin_url, "select rolcanlogin from pg_roles where rolname = 'jiutong_owner'") == [(False,)]
    assert await rows(database_url, "select max(version_num) from migration.alembic_version") == [(migrations.head(),)]


def test_the_newest_file_is_the_newest_revision() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.head()]


def test_a_database_that_is_ready_is_ready_without_alembic(admin_url: str, database_url: str, tmp_path: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path; from jiutong.cli.database import prepare;"
        "asyncio.run(prepare(sys.argv[1], Path(sys.argv[2]))); print('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program, admin_url, tmp_path], capture_output=True, text=True, check=True).stdout
    assert said == "False\n"


async def test_a_newer_database_is_left_alone(own_url: str, tmp_path: Path) -> None:
    await prepare(own_url, tmp_path)
    await run(own_url, "update migration.alembic_version set version_num = '9000'")
    with pytest.raises(Failure, match="at version 9000, newer than this jiutong knows"):
        await prepare(own_url, tmp_path)


def test_a_role_without_power_is_taken_as_the_applications_own(database_url: str, tmp_path: Path) -> None:
    with ready_database(Config(database_url=database_url), tmp_path) as ready:
        assert (ready.app_url, ready.admin_url) == (database_url, None)


def test_a_role_without_power_cannot_migrate(server_url: str, own_url: str, tmp_path: Path) -> None:
    import asyncio

    asyncio.run(run(server_url, f"create database {Address(own_url).database}"))
    weak = Address(own_url).as_user("jiutong_app", "any")
    with pytest.raises(Failure, match="at version 0000, this jiutong needs"), ready_database(Config(database_url=weak), tmp_path):
        pass
    with ready_database(Config(database_url=weak, admin_database_url=own_url), tmp_path) as ready:
        assert (ready.app_url, ready.admin_url) == (weak, own_url)


async def test_an_administrator_need_not_be_a_superuser(server_url: str, own_url: str, tmp_path: Path) -> None:
    await run(server_url, "drop role if exists steward; create role steward login createdb createrole")
    for role in ("jiutong_app", "jiutong_owner"):  # made by whoever came first on this server, who then shares them
        if await rows(server_url, f"select 1 from pg_roles where rolname = '{role}'"):
            await run(server_url, f"grant {role} to steward with admin option")
    url = await prepare(Address(own_url).as_user("steward", "any"), tmp_path)
    assert await rows(url, "select current_user::text, max(version_num) from migration.alembic_version") == [
        ("jiutong_app", migrations.head())
    ]


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    nowhere = "postgresql://someone:hidden@127.0.0.1:1/shop"
    with (
        pytest.raises(Failure, match=r"No database at 127\.0\.0\.1:1/shop: ") as refusal,
        ready_database(Config(database_url=nowhere), tmp_path),
    ):
        pass
    assert "hidden" not in str(refusal.value)
