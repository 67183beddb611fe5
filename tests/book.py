"""One tenant's book on a real database, for tests: opened as the application opens it, and checked as `verify` checks it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count

import asyncpg
import pytest

from jiutong import ledger
from jiutong.kernel.db import Database, Tx
from jiutong.kernel.ids import BLOCK

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORLD = ledger.account_of("sold", {}, "any")
SUPPLIED = ledger.account_of("supplied", {}, "any")


class Book:
    """The ledger of one tenant. Every call is a transaction of its own."""

    def __init__(self, database: Database, tenant_id: int) -> None:
        self.database = database
        self.tenant_id = tenant_id
        self._own_ids = count(1)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Tx]:
        """A transaction that is committed at the end of the block."""
        async with self.database.transaction(self.tenant_id, NOON) as tx:
            yield tx
            await tx.commit()

    def id(self) -> int:
        """An id no other row of this tenant has: 1, 2, 3, …"""
        return next(self._own_ids)

    async def give(self, *amounts: tuple[ledger.Account, int]) -> None:
        """Put something into accounts, from outside."""
        await self.post(ledger.Entry(self.id(), "given", 0, tuple(ledger.Transfer(SUPPLIED, to, amount) for to, amount in amounts)))

    async def hold(self, *groups: ledger.ClaimGroup) -> ledger.Held:
        async with self.writing() as tx:
            return await ledger.hold(tx, groups)

    async def post(self, *entries: ledger.Entry) -> ledger.Posted:
        async with self.writing() as tx:
            return await ledger.post(tx, entries)

    async def void(self, *releases: ledger.Release) -> dict[ledger.HoldRef, int]:
        async with self.writing() as tx:
            return await ledger.void(tx, releases, {})

    async def keep(self, *groups: int) -> int:
        async with self.writing() as tx:
            return await ledger.keep(tx, groups)

    async def reverse(self, *reversals: tuple[int, int]) -> ledger.Posted:
        async with self.writing() as tx:
            return await ledger.reverse(tx, reversals)

    async def shows(self, *accounts: ledger.Account) -> list[tuple[int, int]]:
        """(posted, held) of each account."""
        async with self.database.reading(self.tenant_id, NOON) as tx:
            found = await ledger.balances(tx, accounts)
        return [(found[a.account_id].posted, found[a.account_id].held) for a in accounts]

    async def rows(self, sql: str, *args: object) -> list[tuple[object, ...]]:
        """What a statement sees of this tenant; `$1` is the tenant."""
        async with self.database.reading(self.tenant_id, NOON) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *args)]

    async def faults(self) -> list[tuple[object, ...]]:
        """What the ledger's invariant views say, as rows of text; empty when the book is sound."""
        return await self.rows(FAULTS)


async def new_book(database: Database, admin_url: str) -> Book:
    """A book of a new tenant."""
    await database.ids.reserve(BLOCK)
    tenant_id = database.ids.mint()
    conn = await asyncpg.connect(admin_url)
    try:
        await conn.execute(_ADD_TENANT, tenant_id, NOON)
    finally:
        await conn.close()
    return Book(database, tenant_id)


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    """This worker's database, open."""
    opened = Database(database_url, hot=8, read=2, wait_s_max=5)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def admin(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the superuser, who sees every tenant."""
    conn = await asyncpg.connect(admin_url)
    yield conn
    await conn.close()


@pytest.fixture
async def book(database: Database, admin_url: str) -> AsyncIterator[Book]:
    """A book of a new tenant; sound at the end, whatever the test did."""
    made = await new_book(database, admin_url)
    yield made
    assert await made.faults() == []


FAULTS = " union all ".join(
    f"select '{view}', v::text from ledger.inv_{view} v where v.tenant_id = $1"
    for view in ("account_code", "account_posted", "account_held", "transfer_entry", "transfer_unit", "trial_balance")
)
_ADD_TENANT = "insert into kernel.tenant (tenant_id, code, name, created_at) values ($1, 't' || $1::bigint, 'T', $2)"
