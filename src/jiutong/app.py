"""The application: everything assembled once per process."""

import asyncio
import gc
import hashlib
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from jiutong import scenes, worker
from jiutong.api import ROUTES
from jiutong.api.attempts import Attempts
from jiutong.api.call import House
from jiutong.api.gate import Gate
from jiutong.api.hot import Front
from jiutong.api.metrics import Metrics
from jiutong.api.problems import TOO_MANY
from jiutong.api.shell import litestar
from jiutong.api.web import Web
from jiutong.capabilities.access import TOO_MANY_ATTEMPTS
from jiutong.flows import reactions
from jiutong.kernel.clock import Clock, SystemClock
from jiutong.kernel.config import Config, ConfigError
from jiutong.kernel.db import Database
from jiutong.kernel.ids import PublicIds
from jiutong.kernel.runner import Runner

SIGN_INS_AT_ONCE, ALL_AGAIN_IN_S = 10, 300


def create_app(config: Config | None = None, *, clock: Clock | None = None, version_needed: str | None = None) -> Front:
    """The ASGI application. Without a configuration, the one in the environment (how server processes are started)."""
    scenes.install()
    house = assemble(config or Config.load(os.environ), clock or SystemClock(), version_needed)
    return Front(house, ROUTES, litestar(house, ROUTES, lambda _: working(house)))


def assemble(config: Config, clock: Clock, version_needed: str | None = None) -> House:
    """The parts that every request shares; the database is not open yet."""
    if not config.database_url or not config.secret:
        raise ConfigError("JIUTONG_DATABASE_URL and JIUTONG_SECRET must be set; `jiutong up` sees to both")
    db = Database(config.database_url, config.pool_hot, config.pool_read, config.wait_s_max)
    runner = Runner(
        db,
        clock,
        batch_max=config.batch_max,
        batches_in_flight=config.batches_in_flight,
        queue_max=config.queue_max,
        wait_s_max=config.wait_s_max,
    )
    secret = hashlib.blake2b(bytes.fromhex(config.secret), digest_size=32, person=b"jt-public-ids").digest()
    return House(
        config=config,
        db=db,
        clock=clock,
        runner=runner,
        ids=PublicIds(secret),
        gate=Gate(db, clock),
        attempts=Attempts(SIGN_INS_AT_ONCE, ALL_AGAIN_IN_S, TOO_MANY_ATTEMPTS),
        rate=Attempts(config.rate_per_s, 1, TOO_MANY) if config.rate_per_s else None,
        metrics=Metrics(runner, db),
        web=Web(Path(config.consoles_dir) if config.consoles_dir else None),
        version_needed=version_needed,
    )


@asynccontextmanager
async def working(house: House) -> AsyncGenerator[None]:
    """Running, and at work on what nobody asks for: jobs, reactions to events, expiry."""
    reactions.install()
    stop = asyncio.Event()
    async with running(house):
        work = asyncio.create_task(worker.work(house, stop))
        try:
            yield
        finally:
            stop.set()
            await work


@asynccontextmanager
async def running(house: House) -> AsyncGenerator[None]:
    """The time between start and stop: connections are open, and what was begun is finished before they close."""
    await house.db.open()
    # What lives from here to the end need not be looked at by the collector again; young garbage is plentiful and short-lived.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        await house.runner.drain()
        await house.db.close()
