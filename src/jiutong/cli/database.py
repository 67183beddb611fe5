"""From an address to a database the application may use: roles, tables, and the address to connect to.

The application's role owns nothing and is bound by row-level security. Whoever may create roles prepares the ground for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg
import msgspec

from jiutong.cli import migrations
from jiutong.cli.address import Address
from jiutong.cli.failure import Failure
from jiutong.cli.postgres import EmbeddedPostgres
from jiutong.cli.secret import derived, secret_in
from jiutong.kernel.config import Config

APP_ROLE = "jiutong_app"
DATABASE = "jiutong"
# Any number, as long as every jiutong takes the same: two that start at once on one database prepare it one after the other.
PREPARE_LOCK = 9_009_009


class Ready(msgspec.Struct, frozen=True):
    """A database at the newest version."""

    app_url: str
    """For the application, which sees the tenant it names."""

    admin_url: str | None
    """For whoever may see all of it; unknown where the database is somebody else's."""


@contextmanager
def ready_database(config: Config, data_dir: Path) -> Generator[Ready]:
    """The database in the configuration or, if it names none, the embedded one: prepared, and running for the length of the block."""
    if config.database_url:
        yield asyncio.run(_of_configuration(config.database_url, config, data_dir))
        return
    with EmbeddedPostgres(data_dir) as server:
        admin_url = server.admin_url(DATABASE)
        yield Ready(asyncio.run(prepare(admin_url, data_dir, config.secret)), admin_url)


async def prepare(admin_url: str, data_dir: Path, secret: str | None = None) -> str:
    """Make the database, the roles and the tables as far as they are missing; give the application's address of it."""
    password = derived(secret or secret_in(data_dir), f"password of {APP_ROLE}")
    app_url = Address(admin_url).as_user(APP_ROLE, password)
    async with _connected(admin_url, create=True) as conn:
        if await _is_behind(conn) or not await _admits(app_url):
            await conn.fetchval("select pg_advisory_lock($1)", PREPARE_LOCK)
            await _make_roles(conn, app_url, password)
            await _make_room(conn)
            if await _is_behind(conn):
                await asyncio.to_thread(migrations.upgrade, admin_url)
    return app_url


async def _of_configuration(url: str, config: Config, data_dir: Path) -> Ready:
    """The given address is the application's own or, if its role may make others, the administrator's."""
    async with _connected(url) as conn:
        privileged = await conn.fetchval("select rolsuper or rolcreaterole from pg_roles where rolname = current_user")
    if privileged:
        return Ready(await prepare(url, data_dir, config.secret), url)
    if config.admin_database_url:
        await prepare(config.admin_database_url, data_dir, config.secret)
    async with _connected(url) as conn:
        if await _is_behind(conn):
            raise Failure(
                f"The database is at version {await migrations.current(conn)}, this jiutong needs {migrations.head()}: "
                "set JIUTONG_ADMIN_DATABASE_URL to a role that may create roles, and run `jiutong db migrate`."
            )
    return Ready(url, config.admin_database_url)


async def _is_behind(conn: asyncpg.Connection) -> bool:
    at, needed = await migrations.current(conn), migrations.head()
    if int(at) > int(needed):
        raise Failure(f"The database is at version {at}, newer than this jiutong knows ({needed}): update jiutong.")
    return at != needed


async def _make_roles(conn: asyncpg.Connection, app_url: str, password: str) -> None:
    await _create_role(conn, migrations.OWNER_ROLE, "nologin")
    # Whoever is not a superuser must belong to a role to act as it.
    await conn.execute(f"grant {migrations.OWNER_ROLE} to current_user")
    await _create_role(conn, APP_ROLE, f"login nosuperuser nobypassrls nocreatedb nocreaterole password '{password}'")
    if not await _admits(app_url):
        if await conn.fetchval("select exists (select from pg_stat_activity where usename = $1)", APP_ROLE):
            raise Failure(
                f"Another jiutong uses this database with another secret. Copy its `secret` file into this data folder, or stop it, "
                f"and {APP_ROLE} gets a new password."
            )
        await conn.execute(f"alter role {APP_ROLE} password '{password}'")


async def _create_role(conn: asyncpg.Connection, name: str, options: str) -> None:
    with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        await conn.execute(f"create role {name} {options}")


async def _make_room(conn: asyncpg.Connection) -> None:
    """Let the owner role build in this database, and keep its account of what it built."""
    owner = migrations.OWNER_ROLE
    database = await conn.fetchval("select quote_ident(current_database())")
    await conn.execute(f"grant create on database {database} to {owner}; grant create on schema public to {owner}")
    await conn.execute(f"create schema if not exists migration authorization {owner}; grant usage on schema migration to {APP_ROLE}")
    await conn.execute(f"alter default privileges for role {owner} in schema migration grant select on tables to {APP_ROLE}")


async def _admits(url: str) -> bool:
    try:
        await (await asyncpg.connect(url)).close()
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        return False
    return True


@asynccontextmanager
async def _connected(url: str, *, create: bool = False) -> AsyncGenerator[asyncpg.Connection]:
    address = Address(url)
    try:
        conn = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        if not create:
            raise Failure(f"There is no database {address.database} at {address.place}.") from None
        await _create_database(address)
        conn = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError, ValueError) as refusal:
        raise Failure(f"No database at {address.place}: {refusal}") from refusal
    try:
        yield conn
    finally:
        await conn.close()


async def _create_database(address: Address) -> None:
    async with _connected(address.database_named("postgres")) as conn:
        name = await conn.fetchval("select quote_ident($1)", address.database)
        with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await conn.execute(f"create database {name} encoding 'UTF8' template template0")
