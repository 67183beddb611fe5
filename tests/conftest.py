"""What every test may ask for: a database of its own, and a network that ends at this machine.

One server serves a run and each worker clones one migrated template, so a database costs a worker some 100 ms. A run that asks for
none starts none. `JIUTONG_TEST_ADMIN_URL` names another server to test against.
"""

import asyncio
import ipaddress
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from hypothesis import settings

from jiutong.cli.address import Address
from jiutong.cli.database import prepare
from jiutong.cli.locks import FileLock
from jiutong.cli.throwaway import Throwaway, server_in

if TYPE_CHECKING:
    from tests.world import Served

FOLDER = "JIUTONG_TEST_FOLDER"
SERVER = "JIUTONG_TEST_ADMIN_URL"
TEMPLATE = "jiutong_template"
NO_BROWSER = "NO BROWSER"

# How often a law is tried: `whole`, unless `--hypothesis-profile=fast` asks for what finds the plainly wrong.
settings.register_profile("whole", max_examples=int(os.environ.get("JIUTONG_EXAMPLES", "200")), deadline=None)
settings.register_profile("fast", max_examples=20, deadline=None)
settings.load_profile("whole")

throwaway = pytest.StashKey[Throwaway]()


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(stay_here)
    if not hasattr(config, "workerinput"):
        config.stash[throwaway] = Throwaway()
        os.environ[FOLDER] = str(config.stash[throwaway].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if throwaway in config.stash:
        config.stash[throwaway].clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Whole parts of the product nobody tried are not to be overlooked among the dots."""
    left_out = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)]
    if left_out:
        terminalreporter.section(f"{len(left_out)} TESTS IN A BROWSER WERE NOT RUN", red=True, bold=True)
        terminalreporter.write_line(left_out[0])


def stay_here(event: str, args: tuple[object, ...]) -> None:
    """Refuse connections that leave the machine: a test that needs the network fails on the day the network does."""
    if event == "socket.connect" and isinstance(args[1], tuple) and not ipaddress.ip_address(args[1][0]).is_loopback:
        raise RuntimeError(f"a test tried to reach {args[1]}: only loopback is open")
    if event == "socket.getaddrinfo" and args[0] not in {None, "", "localhost", b"localhost", "127.0.0.1", "::1", "testserver.local"}:
        raise RuntimeError(f"a test tried to look up {args[0]!r}: only loopback is open")


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Async tests run on the loop the product runs on."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The server of this run, for its superuser; started by the first worker that asks, stopped by the last."""
    if given := os.environ.get(SERVER):
        yield given
        return
    with server_in(Path(os.environ[FOLDER])) as server:
        yield server.admin_url()


@pytest.fixture(scope="session")
def admin_url(server_url: str, worker_id: str) -> str:
    """This worker's database for the superuser, who sees every tenant."""
    own = f"jiutong_{worker_id}"
    folder = Path(os.environ[FOLDER])
    with FileLock(folder / "template").alone():
        asyncio.run(clone(server_url, folder, own))
    return Address(server_url).database_named(own)


@pytest.fixture(scope="session")
def database_url(admin_url: str) -> str:
    """This worker's database for the application's role, which sees the tenant it names."""
    return asyncio.run(prepare(admin_url, Path(os.environ[FOLDER])))


@pytest.fixture(scope="session")
async def worker_served(database_url: str) -> AsyncIterator["Served"]:
    """The application, started once for a worker, with its connections warm."""
    from tests.world import serving  # the whole house, which tests of rules do without

    async with serving(database_url) as served:
        yield served


async def clone(server_url: str, folder: Path, own: str) -> None:
    await prepare(Address(server_url).database_named(TEMPLATE), folder)
    conn = await asyncpg.connect(server_url)
    try:
        await conn.execute(f"drop database if exists {own} with (force)")
        await conn.execute(f"create database {own} template {TEMPLATE}")
    finally:
        await conn.close()
