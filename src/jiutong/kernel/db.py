"""PostgreSQL: two pools, transactions bound to one tenant, and nothing that commits by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from jiutong.kernel.errors import OVERLOADED, UNAVAILABLE, Problem, ProblemType
from jiutong.kernel.ids import IdMint
from jiutong.kernel.outbox import Event
from jiutong.kernel.scope import Scope

ROLE_TOO_STRONG = ProblemType("service.role_too_strong", 500, "The database role would bypass tenant isolation", "数据库角色权限过高")

# Set-based statements over unnest arrays: the planner's default guesses turn them into hash joins over whole tables.
# Nested loops driven by the (sorted) arrays also take row locks in array order, the house's one lock order.
HOT_PLANNER: Final = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_material": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "lock_timeout": "4s",
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "30s",
}
READ_PLANNER: Final = {"jit": "off", "statement_timeout": "20s", "default_transaction_read_only": "on"}

# A connection is not replaced for its age: its prepared statements are what makes it fast.
NEVER: Final = 1 << 62

# What a lost, stopping or overfull server raises. The outcome of a COMMIT that raises one of these is unknown.
UNREACHABLE: Final = (
    OSError,
    asyncpg.InternalClientError,  # the connection broke in the middle of an exchange
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.PostgresSystemError,
    asyncpg.exceptions.InternalServerError,
)


class Again(Exception):
    """What this transaction built on has changed; running it again will find the new state."""


CONTENDED: Final = (Again, asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)


IN_TRANSACTION: Final[ContextVar[bool]] = ContextVar("in_transaction", default=False)
"""Whether the caller holds a transaction open. Who reaches for the network asks this first: nobody's locks wait for a stranger."""


def _nothing(_: str) -> None: ...


class Tx:
    """One open transaction of one tenant. Rooms read and write through it; only the runner commits it."""

    __slots__ = ("_boundary", "_conn", "after_commit", "believes", "events", "memory", "mint", "now", "statements", "tenant_id")

    def __init__(self, conn: Any, tenant_id: int, now: datetime, database: "Database") -> None:
        self._conn = conn
        self._boundary = database.boundary
        self.tenant_id = tenant_id
        self.now = now
        self.mint = database.ids.mint
        self.memory = database.memory
        self.statements = 0
        self.believes: dict[tuple[str, int], int] = {}  # what it was told from memory: the stamp by (topic, key)
        self.events: list[Event] = []
        self.after_commit: list[Callable[[], None]] = []

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Run one statement whose first parameter is the tenant; give its rows."""
        self.statements += 1
        self._boundary("statement")
        rows = await self._conn.fetch(sql, self.tenant_id, *args)
        self._boundary("answered")
        return rows

    async def count(self, sql: str, *args: object) -> int:
        """Run one statement whose first parameter is the tenant; give the number of rows it touched."""
        self.statements += 1
        self._boundary("statement")
        status = await self._conn.execute(sql, self.tenant_id, *args)
        self._boundary("answered")
        return int(status.rpartition(" ")[2])

    async def copy(self, schema: str, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        """Append many rows by COPY: worth it above some hundred rows (bulk imports)."""
        self.statements += 1
        self._boundary("statement")
        await self._conn.copy_records_to_table(table, schema_name=schema, columns=columns, records=rows)
        self._boundary("answered")

    def emit(self, type_: str, subject_id: int, facts: msgspec.Struct, by: Scope) -> None:
        """Say what has happened; the event is written with this transaction or not at all."""
        self.events.append(Event(self.mint(), type_, subject_id, by.actor, facts))

    async def commit(self) -> None:
        """For the runner alone. If it raises one of UNREACHABLE, whether it took effect is unknown."""
        self._boundary("commit")
        # PostgreSQL answers the COMMIT of a transaction in which a statement failed with a mild ROLLBACK.
        if await self._conn.execute("commit") != "COMMIT":
            raise RuntimeError("a statement failed and nobody minded: nothing was committed")
        self._boundary("committed")
        for done in self.after_commit:
            done()


class Database:
    """The pools. `hot` writes with planner settings for set-based statements; `read` serves screens and cannot write."""

    def __init__(self, url: str, hot: int, read: int, wait_s_max: int) -> None:
        self._url = url
        self._hot_size = hot
        self._read_size = read
        self._wait_s_max = wait_s_max
        self._hot: asyncpg.Pool | None = None
        self._read: asyncpg.Pool | None = None
        self.boundary: Callable[[str], None] = _nothing
        self.ids = IdMint(self._lease_block)
        self._used: dict[int, int] = {}  # transactions by server process
        self.memory: dict[str, Any] = {}  # what rooms remember of this database: bounded caches by name

    async def open(self) -> None:
        """Connect and refuse a role that would see through row-level security."""
        self._hot = await self._pool(self._hot_size, HOT_PLANNER)
        self._read = await self._pool(self._read_size, READ_PLANNER)
        async with self._hot.acquire() as conn:
            found = await conn.fetchrow(_ROLE_CHECK)
        if found is not None and any(found.values()):
            await self.close()
            raise ROLE_TOO_STRONG("connect as jiutong_app: no superuser, no BYPASSRLS, owner of no table", **dict(found))

    async def close(self) -> None:
        """Close both pools, waiting a moment for what still runs."""
        for pool in (self._hot, self._read):
            if pool is None:
                continue
            try:
                await asyncio.wait_for(pool.close(), 5)
            except TimeoutError:
                pool.terminate()

    def in_use(self) -> dict[str, int]:
        """Connections in use, by pool."""
        pools = (("hot", self._hot), ("read", self._read))
        return {name: 0 if pool is None else pool.get_size() - pool.get_idle_size() for name, pool in pools}

    @asynccontextmanager
    async def transaction(self, tenant_id: int, now: datetime) -> AsyncIterator[Tx]:
        """A read-committed transaction of one tenant. Leaving it without `commit` rolls it back."""
        async with self._begun(self._hot, tenant_id, now) as tx:
            yield tx

    @asynccontextmanager
    async def reading(self, tenant_id: int, now: datetime) -> AsyncIterator[Tx]:
        """A read-only transaction of one tenant on the read pool."""
        try:
            async with self._begun(self._read, tenant_id, now) as tx:
                yield tx
        except UNREACHABLE as lost:
            raise unavailable("the database did not answer") from lost

    @asynccontextmanager
    async def _begun(self, pool: asyncpg.Pool | None, tenant_id: int, now: datetime) -> AsyncIterator[Tx]:
        async with self._connection(pool) as conn:
            outside = IN_TRANSACTION.get()
            IN_TRANSACTION.set(True)
            try:
                # One simple query: BEGIN and the tenant travel in the same round trip. The id is an int, never a string.
                begin = "begin; set local app.tenant = '%d'" % tenant_id  # sql: an integer, SET takes no parameters  # noqa: UP031
                await conn.execute(f"discard plans; {begin}" if self._plans_outgrown(conn) else begin)  # sql: two constants
                yield Tx(conn, tenant_id, now, self)
            finally:
                IN_TRANSACTION.set(outside)

    @asynccontextmanager
    async def _connection(self, pool: asyncpg.Pool | None) -> AsyncIterator[Any]:
        if pool is None:
            raise RuntimeError("the database is not open")
        try:
            conn = await pool.acquire(timeout=self._wait_s_max)
        except TimeoutError:
            raise busy("no database connection came free in time") from None
        try:
            yield conn
        except asyncpg.InterfaceError as fault:
            if _is_lost(conn):
                raise ConnectionResetError("the connection was lost between two statements") from fault
            raise
        finally:
            await _give_back(pool, conn)

    def _plans_outgrown(self, conn: Any) -> bool:
        """True at a connection's 1st, 2nd, 4th, 8th … transaction: generic plans made while a table was small are made anew."""
        pid = conn.get_server_pid()
        used = self._used[pid] = self._used.get(pid, 0) + 1
        return used & (used - 1) == 0

    async def tenants(self) -> list[int]:
        """Every tenant's id, for whoever works for all of them (jobs, sweeps). Shows nothing else of anybody."""
        async with self._connection(self._read) as conn, conn.transaction():
            await conn.execute("set local app.every_tenant = 'on'")
            return [row["tenant_id"] for row in await conn.fetch(_TENANTS)]

    async def _pool(self, size: int, settings: dict[str, str]) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=size,
            max_inactive_connection_lifetime=0,
            max_queries=NEVER,
            command_timeout=25,
            timeout=self._wait_s_max,
            statement_cache_size=1024,
            reset=_keep_session,
            server_settings={**settings, "application_name": "jiutong", "timezone": "UTC"},
        )

    async def _lease_block(self) -> int:
        async with self._connection(self._hot) as conn:
            return await conn.fetchval("select nextval('kernel.id_block')")


def busy(why: str) -> Problem:
    """503 with a hint when to come back."""
    return OVERLOADED(why, retry_after_s=1)


def unavailable(why: str) -> Problem:
    """503 with a hint when to come back."""
    return UNAVAILABLE(why, retry_after_s=2)


async def _give_back(pool: asyncpg.Pool, conn: Any) -> None:
    try:
        if conn.is_in_transaction():
            await conn.execute("rollback")
    except (*UNREACHABLE, asyncpg.InterfaceError):
        if not _is_lost(conn):
            conn.terminate()
    await pool.release(conn)


def _is_lost(conn: Any) -> bool:
    try:
        return conn.is_closed()
    except asyncpg.InterfaceError:
        return True  # the pool has noticed, and taken it away already


async def _keep_session(_: object) -> None:
    """Sessions carry no state between transactions (SET LOCAL only), so the pool's reset round trip is left out."""


_TENANTS = """
select tenant_id from kernel.tenant order by tenant_id
"""
_ROLE_CHECK = """
-- Any true column means tenant isolation would not hold: for this role, or for one it may become by SET ROLE.
select bool_or(r.rolsuper) as superuser, bool_or(r.rolbypassrls) as bypasses_rls,
       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema$)'
                  and pg_has_role(c.relowner, 'member')) as owns_tables
  from pg_roles r where pg_has_role(r.oid, 'member')
"""
