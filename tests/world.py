"""A small company on a real database, behind the real application: made through the flows people use, asked through HTTP.

from tests.world import served, world       # and name both in __all__: they are fixtures

async def test_something(world: World) -> None:
    told = await world.get("/v1/channels")
    made = await world.run(put_channel, Put("outlet", Channel(...)))
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
import httpx2
import msgspec
import pytest
from tests.invariants import broken

from jiutong.api.call import House
from jiutong.api.hot import Front
from jiutong.app import create_app, running
from jiutong.capabilities import access
from jiutong.capabilities.inventory import NamedLocation, NamedSources, PutLocation
from jiutong.flows.maintain_access import put_channel, put_device, put_seller, put_store
from jiutong.flows.maintain_locations import put_location, set_sources
from jiutong.kernel.clock import SetClock
from jiutong.kernel.config import Config
from jiutong.kernel.runner import Flow
from jiutong.kernel.scope import Scope

C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "5e" * 32


class Served:
    """The application as a worker of the test run serves it, and a client that is nobody."""

    def __init__(self, app: Front, house: House, clock: SetClock, client: httpx2.AsyncClient) -> None:
        self.app = app
        self.house = house
        self.clock = clock
        self.client = client

    async def ask(self, method: str, path: str, body: object = None, token: str = "", **headers: str) -> httpx2.Response:
        """One request; `headers` with underscores for dashes."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["authorization"] = f"Bearer {token}"
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        return await self.client.request(method, path, content=content, headers=sent)


class World:
    """A tenant in dollars: seller `acme`, channels `mall` and `stores`, stores `s1` and `s2` with two tills each.

    Goods lie at `dc1` (strict), which `mall` sells from, and on the shelves of the stores (`s1`, `s2`).
    """

    def __init__(self, served: Served, tenant: access.Tenant) -> None:
        self.served = served
        self.tenant = tenant
        self.key = tenant.first_key
        self.scope = Scope(tenant.tenant_id, "system:test", frozenset({"*"}))

    async def run(self, flow: Flow[C, R], command: C, key: str | None = None) -> R:
        """Do a command as the house itself."""
        return (await self.served.house.runner.run(flow, command, self.scope, key)).result

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask with the key that may do everything."""
        return await self.served.ask("GET", path, None, self.key, **headers)

    async def put(self, path: str, body: object, **headers: str) -> httpx2.Response:
        """Put with the key that may do everything."""
        return await self.served.ask("PUT", path, body, self.key, **headers)

    async def post(self, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """Post with the key that may do everything."""
        return await self.served.ask("POST", path, body, self.key, **headers)

    async def key_with(self, *grants: str) -> str:
        """The token of a new app key that may do just this."""
        told = await self.post("/v1/app-keys", {"name": "t", "grants": grants})
        return told.json()["token"]

    async def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """What a statement sees of this tenant; `$1` is the tenant."""
        async with self.served.house.db.reading(self.tenant.tenant_id, NOON) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *args)]

    async def events(self) -> list[tuple[str, str, Any]]:
        """What happened, in order: (type, actor, facts), without what made this world."""
        return [(type_, actor, json.loads(facts)) for type_, actor, facts in await self.rows(_EVENTS)]


async def new_world(served: Served, admin_url: str) -> World:
    """A tenant of its own, set up and ready to trade."""
    served.clock.at = NOON
    made = World(served, await new_tenant(served, admin_url))
    await made.run(put_seller, access.Put("acme", access.Seller(name="Acme", tax_inclusive=False)))
    for code, scene in (("mall", "b2c.mall"), ("stores", "store.pos")):
        channel = access.Channel(name=code.title(), scene=scene, currency="USD", time_zone="America/New_York")
        await made.run(put_channel, access.Put(code, channel))
    await made.run(put_location, NamedLocation("dc1", PutLocation(name="Center", kind="dc", mode="strict")))
    for code in ("s1", "s2"):
        await made.run(put_store, access.Put(code, access.Store(name=code.upper(), channel="stores", seller="acme")))
        await made.run(put_location, NamedLocation(code, PutLocation(name=code.upper(), kind="store", mode="exception", store=code)))
        for till in ("t1", "t2"):
            await made.run(put_device, access.PutDevice(code, till, access.Device()))
    await made.run(set_sources, NamedSources("mall", ("dc1",)))
    return made


async def new_tenant(served: Served, admin_url: str) -> access.Tenant:
    """A tenant with its roles and first key, and nothing else."""
    conn = await asyncpg.connect(admin_url)
    try:
        number = await conn.fetchval("select nextval('kernel.id_block')")
        return await access.create_tenant(conn, f"acme-{number}", "Acme", served.clock.now())
    finally:
        await conn.close()


@asynccontextmanager
async def serving(database_url: str) -> AsyncIterator[Served]:
    """The application on a database, running."""
    clock = SetClock(NOON)
    config = Config(database_url=database_url, secret=SECRET, pool_hot=4, pool_read=4, simulate_payments=True)
    app = create_app(config, clock=clock)
    async with running(app.house), httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver.local") as client:
        yield Served(app, app.house, clock, client)


@pytest.fixture(scope="session")
def served(worker_served: Served) -> Served:
    """The application on this worker's database: one for all files that name it here."""
    return worker_served


@pytest.fixture
async def world(served: Served, admin_url: str) -> AsyncIterator[World]:
    """A company of its own; every invariant holds at the end, whatever the test did."""
    made = await new_world(served, admin_url)
    yield made
    assert await broken(served.house.db, made.tenant.tenant_id) == []


_EVENTS = "select type, actor, facts from kernel.event where tenant_id = $1 and actor <> 'system:test' order by event_id"
