"""The database dies under load, in part or whole. Clients see refusals that say when to come back, and nothing else; then it goes on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import httpx2
import pytest
from tests.faults.history import History, Told, contradictions
from tests.invariants import broken
from tests.shop import Shop, new_shop
from tests.world import NOON, SECRET, Served

from jiutong.app import create_app, running
from jiutong.cli.database import prepare
from jiutong.cli.postgres import EmbeddedPostgres
from jiutong.cli.throwaway import SETTINGS, Throwaway
from jiutong.kernel.clock import SetClock
from jiutong.kernel.config import Config

pytestmark = pytest.mark.faults
CLIENTS = 16
# What is answered must outlive the server: commits wait for the log. The machine goes on, so its disks need not be waited for.
DURABLE = {name: value for name, value in SETTINGS.items() if name != "synchronous_commit"}


class Doomed:
    """A server of its own, an application on it, and clients that place orders until they are told to stop."""

    def __init__(self, server: EmbeddedPostgres, admin_url: str, shop: Shop) -> None:
        self.server = server
        self.admin_url = admin_url
        self.shop = shop
        self.history = History()
        self.strange: list[str] = []
        self.slowest_s = 0.0
        self._stopping = False
        self._told = asyncio.Condition()

    async def load(self, during: Callable[[], Awaitable[None]]) -> None:
        """Clients order while something happens, and for some orders after it."""
        clients = [asyncio.create_task(self._client(n)) for n in range(CLIENTS)]
        try:
            await self.told("ok", 50)
            await during()
            await self.told("ok", 50)
        finally:
            self._stopping = True
            await asyncio.gather(*clients)

    async def told(self, what: Told, more: int) -> None:
        """Wait until so many more attempts were told this."""
        wanted = len(self.history.among(what)) + more
        async with asyncio.timeout(30), self._told:
            await self._told.wait_for(lambda: len(self.history.among(what)) >= wanted)

    async def ask_again(self) -> None:
        """Whoever was told nothing certain asks again under the same key."""
        for tag in self.history.among("unknown"):
            await self._order(tag)

    async def _client(self, number: int) -> None:
        done = 0
        while not self._stopping:
            await self._order(f"{number}.{done}")
            done += 1

    async def _order(self, tag: str) -> None:
        body = {"channel": "mall", "lines": [{"sku": "salt", "quantity": 1}], "contact": {"name": tag}}
        began = asyncio.get_running_loop().time()
        told = await self.shop.world.post("/v1/orders", body, idempotency_key=tag)
        self.slowest_s = max(self.slowest_s, asyncio.get_running_loop().time() - began)
        if told.status_code == 201:
            self.history.note(tag, "ok", told.json()["total"])
        elif told.status_code == 503 and told.headers.get("retry-after") in {"1", "2"}:
            self.history.note(tag, "unknown")
        else:
            self.strange.append(f"{told.status_code} {told.text}")
        async with self._told:
            self._told.notify_all()


@pytest.fixture
async def doomed() -> AsyncIterator[Doomed]:
    """At the end every order is where its client was told it would be, and the books balance."""
    place = Throwaway()
    server = EmbeddedPostgres(place.folder, settings=DURABLE)
    await asyncio.to_thread(server.start)
    try:
        admin_url = server.admin_url("jiutong")
        config = Config(database_url=await prepare(admin_url, place.folder), secret=SECRET, pool_hot=4, pool_read=2, wait_s_max=2)
        clock = SetClock(NOON)
        app = create_app(config, clock=clock)
        transport = httpx2.ASGITransport(app)
        async with running(app.house), httpx2.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
            made = Doomed(server, admin_url, await new_shop(Served(app, app.house, clock, client), admin_url))
            await made.shop.receive("dc1", ("salt", 1_000_000))
            yield made
            assert made.strange == []
            assert await contradictions(admin_url, made.shop.tenant_id, made.history) == []
            await made.ask_again()
            assert made.history.among("unknown") == []
            assert await contradictions(admin_url, made.shop.tenant_id, made.history) == []
            assert await broken(app.house.db, made.shop.tenant_id) == []
    finally:
        await asyncio.to_thread(place.clear)


async def test_one_of_the_servers_processes_is_killed(doomed: Doomed) -> None:
    """PostgreSQL then throws everybody out and recovers: what was answered is there."""

    async def kill() -> None:
        for _ in range(3):
            conn = await asyncpg.connect(doomed.admin_url)
            pid = await conn.fetchval("select pid from pg_stat_activity where application_name = 'jiutong' limit 1")
            os.kill(pid, signal.SIGKILL)
            conn.terminate()
            await doomed.told("ok", 50)

    await doomed.load(kill)
    assert doomed.slowest_s < 6


async def test_the_server_is_killed_and_started_again(doomed: Doomed) -> None:
    async def kill() -> None:
        await asyncio.to_thread(doomed.server.kill)
        told = await doomed.shop.world.get("/v1/orders")
        assert (told.status_code, told.headers["retry-after"]) == (503, "2")
        await doomed.told("unknown", CLIENTS)
        await asyncio.to_thread(doomed.server.start)

    await doomed.load(kill)
    assert doomed.history.among("unknown") != []
    assert doomed.slowest_s < 6


async def test_every_session_is_ended(doomed: Doomed) -> None:
    """What an administrator does before a restart: nobody needs to be told."""

    async def end() -> None:
        conn = await asyncpg.connect(doomed.admin_url)
        ended = await conn.fetchval("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'jiutong'")
        await conn.close()
        assert ended > 0

    await doomed.load(end)
    assert doomed.history.among("unknown") == []
