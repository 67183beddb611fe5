"""Who may connect, and what happens while nobody can."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from structlog.testing import capture_logs
from tests.book import NOON

from jiutong.cli.address import Address
from jiutong.cli.database import prepare
from jiutong.cli.postgres import EmbeddedPostgres
from jiutong.kernel.clock import SetClock
from jiutong.kernel.db import ROLE_TOO_STRONG, Database, Tx
from jiutong.kernel.errors import OVERLOADED, UNAVAILABLE, Problem
from jiutong.kernel.runner import Call, Flow, Runner
from jiutong.kernel.scope import system


class TestRole:
    @pytest.mark.parametrize(
        ("made", "refused_for"),
        [
            ("create role {0} login superuser", {"superuser", "bypasses_rls", "owns_tables"}),
            ("create role {0} login bypassrls", {"bypasses_rls"}),
            (
                "create role {0} login; create schema {0} authorization {0}; set role {0}; create table {0}.t (); reset role",
                {"owns_tables"},
            ),
            ("create role {0} login; grant jiutong_owner to {0}", {"owns_tables"}),
            ("create role {0}_strong bypassrls; create role {0} login noinherit; grant {0}_strong to {0}", {"bypasses_rls"}),
        ],
        ids=["superuser", "bypassrls", "owner", "member of the owner", "member of a strong role"],
    )
    async def test_a_role_that_would_see_every_tenant_is_refused(
        self, admin: asyncpg.Connection, admin_url: str, made: str, refused_for: set[str]
    ) -> None:
        await admin.execute(made.format("too_strong") + "; alter role too_strong password 'x'")
        database = Database(Address(admin_url).as_user("too_strong", "x"), hot=1, read=1, wait_s_max=5)
        try:
            with pytest.raises(Problem) as refused:
                await database.open()
        finally:
            await admin.execute("drop schema if exists too_strong cascade; drop role too_strong; drop role if exists too_strong_strong")
        assert refused.value.type is ROLE_TOO_STRONG
        assert {name for name, found in refused.value.facts.items() if found} == refused_for

    async def test_the_applications_own_role_is_accepted(self, database_url: str) -> None:
        database = Database(database_url, hot=1, read=1, wait_s_max=5)
        await database.open()
        async with database.reading(1, NOON) as tx:
            assert [tuple(row) for row in await tx.fetch("select current_user::text where $1::bigint > 0")] == [("jiutong_app",)]
        await database.close()


class Ask(msgspec.Struct, frozen=True):
    """Which server process answers?"""


class Pid(msgspec.Struct, frozen=True):
    pid: int


async def ask(tx: Tx, calls: Sequence[Call[Ask]]) -> list[Pid | Problem]:
    [row] = await tx.fetch("select pg_backend_pid() as pid where $1::bigint > 0")
    return [Pid(row["pid"]) for _ in calls]


ASK: Flow[Ask, Pid] = Flow("test.ask", ask, Pid, 3, 256)
HOUSE = system(1, "test")


@pytest.mark.faults
class TestOutage:
    """A server of its own, so that nobody else misses it."""

    @pytest.fixture
    async def server(self) -> AsyncIterator[EmbeddedPostgres]:
        server = EmbeddedPostgres(Path(os.environ["JIUTONG_TEST_FOLDER"]) / uuid4().hex)
        await asyncio.to_thread(server.start)
        yield server
        await asyncio.to_thread(server.stop)

    @pytest.fixture
    async def database(self, server: EmbeddedPostgres) -> AsyncIterator[Database]:
        url = await prepare(server.admin_url("jiutong"), Path(os.environ["JIUTONG_TEST_FOLDER"]))
        conn = await asyncpg.connect(server.admin_url("jiutong"))
        await conn.execute("insert into kernel.tenant (tenant_id, code, name, created_at) values (1, 'one', 'One', now())")
        await conn.close()
        database = Database(url, hot=2, read=1, wait_s_max=1)
        await database.open()
        yield database
        await database.close()

    async def test_a_lost_server_is_told_in_time_and_missed_no_longer_than_it_is_away(
        self, server: EmbeddedPostgres, database: Database
    ) -> None:
        runner = Runner(database, SetClock(NOON), wait_s_max=1)
        await runner.run(ASK, Ask(), HOUSE)
        await asyncio.to_thread(server.kill)
        with capture_logs() as logs:
            async with asyncio.timeout(4):
                with pytest.raises(Problem) as away:
                    await runner.run(ASK, Ask(), HOUSE, "k")
                with pytest.raises(Problem) as unread:
                    async with database.reading(1, NOON):
                        pass
        assert {line["event"] for line in logs} == {"flow.unreachable"}
        assert [(told.value.type, told.value.facts) for told in (away, unread)] == [(UNAVAILABLE, {"retry_after_s": 2})] * 2
        await asyncio.to_thread(server.start)
        with capture_logs():
            assert not (await runner.run(ASK, Ask(), HOUSE, "k")).replayed
        async with database.reading(1, NOON) as tx:
            assert len(await tx.fetch("select from kernel.idempotency where tenant_id = $1")) == 2

    async def test_a_server_that_hangs_in_the_commit_is_not_waited_for_and_the_key_tells_the_outcome(self, database: Database) -> None:
        runner = Runner(database, SetClock(NOON), wait_s_max=1)
        pid = (await runner.run(ASK, Ask(), HOUSE)).result.pid
        database.boundary = lambda boundary: os.kill(pid, SIGSTOP) if boundary == "commit" else None
        async with asyncio.timeout(4):
            with pytest.raises(Problem) as hanging:
                await runner.run(ASK, Ask(), HOUSE, "k")
        assert hanging.value.type is UNAVAILABLE
        database.boundary = lambda boundary: None
        os.kill(pid, SIGCONT)
        await runner.drain()
        assert (await runner.run(ASK, Ask(), HOUSE, "k")).replayed


async def test_whoever_finds_no_connection_is_told_to_come_back(database_url: str) -> None:
    database = Database(database_url, hot=1, read=1, wait_s_max=1)
    await database.open()
    runner = Runner(database, SetClock(NOON), wait_s_max=1)
    async with database.transaction(1, NOON):
        outcomes = await asyncio.gather(*(runner.run(ASK, Ask(), HOUSE) for _ in range(64)), return_exceptions=True)
    await database.close()
    assert [outcome.type for outcome in outcomes if isinstance(outcome, Problem)] == [OVERLOADED] * 64
