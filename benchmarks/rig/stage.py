"""The stage: a database of its own in a folder that goes away again, and the server as `jiutong up` starts it.

Nothing is made easier than it is in use: the folder is on disk, fsync and synchronous_commit are on, row-level security binds the
application's role, and the server is another process behind a socket.
"""

import asyncio
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import msgspec

from benchmarks.rig.meters import parent
from jiutong.cli.database import DATABASE, prepare
from jiutong.cli.postgres import EmbeddedPostgres
from jiutong.kernel.config import PREFIX, Config

# Counts every statement and what it took; some 1 % of the database's time, and of the floor's.
COUNTING = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_planning": "off"}
READY = "jiutong runs at"


class Stage(msgspec.Struct, frozen=True):
    """A running database, prepared and empty."""

    folder: Path
    admin_url: str
    app_url: str
    database_pid: int


class Server(msgspec.Struct, frozen=True):
    """A running server."""

    port: int
    pid: int


@contextmanager
def set_up() -> Generator[Stage]:
    """Make a stage, and clear it away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jiutong-bench-"))
    folder.chmod(0o711)
    postgres = EmbeddedPostgres(folder, settings=COUNTING)
    try:
        postgres.start()
        admin_url = postgres.admin_url(DATABASE)
        app_url = asyncio.run(prepare(admin_url, folder))
        yield Stage(folder, admin_url, app_url, asyncio.run(_main_process(admin_url)))
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(stage: Stage, processes: int = Config().processes) -> Generator[Server]:
    """Run the server on the stage, as many processes of it as asked for."""
    port = _free_port()
    jiutong = Path(sys.executable).with_name("jiutong")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = stage.folder / f"server-{port}.log"  # a pipe nobody reads would stop a server that has much to say
    with told.open("w") as log:
        server = subprocess.Popen(
            [jiutong, "up", "--empty", "--port", str(port), "--data-dir", stage.folder],
            env={**environment, f"{PREFIX}PROCESSES": str(processes), f"{PREFIX}CONSOLES_DIR": str(stage.folder)},
            stdout=log,
        )
    try:
        while READY not in told.read_text():
            if server.poll() is not None:
                raise RuntimeError(f"the server did not start: {told.read_text()}")
            time.sleep(0.05)
        _wait_until_ready(port)
        yield Server(port, server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


async def _main_process(admin_url: str) -> int:
    """The database's main process, once it is certain that it does its work in full."""
    conn = await asyncpg.connect(admin_url)
    try:
        await conn.execute("create extension if not exists pg_stat_statements")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            if await conn.fetchval("select current_setting($1)", setting) != "on":
                raise RuntimeError(f"{setting} is off: what is measured without it is worth nothing")
        return parent(await conn.fetchval("select pg_backend_pid()"))
    finally:
        await conn.close()


def _wait_until_ready(port: int) -> None:
    """Several processes are announced before they answer; a request waits until one does."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asked.request("GET", "/ready")
    if asked.getresponse().status != 200:
        raise RuntimeError("the server is not ready; what it said is above")
    asked.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
