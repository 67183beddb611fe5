"""`jiutong up`: from an empty folder to a running shop, and back."""

import asyncio
import errno
import os
import shlex
import socket
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from jiutong.cli import consoles
from jiutong.cli.database import Ready, ready_database
from jiutong.cli.demo import load_if_new
from jiutong.cli.failure import Failure
from jiutong.cli.locks import FileLock
from jiutong.cli.settings import settings
from jiutong.cli.signals import ended_by_signals
from jiutong.kernel.config import PREFIX, Config
from jiutong.reads.tenants import without_staff

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def up(*, port: int | None = None, data_dir: Path | None = None, empty: bool = False) -> None:
    """Start jiutong here: its database, a shop to look at, and the server. Ctrl-C stops it all.

    Parameters
    ----------
    port:
        The port to listen on; 8000 by default.
    data_dir:
        Where to keep the database, the secret and the log; `.jiutong` in the checkout by default.
    empty:
        Start without the demo shop.
    """
    began = time.monotonic()
    wanted = settings(data_dir, port)
    config = wanted.config
    with (
        ended_by_signals(),
        only_server_of(wanted.data_dir, config),
        closing(listener(config.host, config.port)) as listening,
        ready_database(config, wanted.data_dir) as database,
    ):
        if not empty:
            load_if_new(database, wanted.data_dir)
        let_owners_in(database, wanted.data_dir)
        hand_over(config, database.app_url)
        os.environ[f"{PREFIX}CONSOLES_DIR"] = config.consoles_dir or str(web_apps() or "")
        from jiutong.cli.serving import serve  # a fifth of a second of imports that no other command needs

        serve(config, listening, lambda: say(config, wanted.data_dir, time.monotonic() - began))
    sys.stdout.write("jiutong has stopped.\n")


@contextmanager
def only_server_of(data_dir: Path, config: Config) -> Generator[None]:
    """Two servers on one folder would each take the other's database for their own to stop."""
    note = data_dir / "server"
    lock = FileLock(note)
    if not lock.take():
        raise Failure(f"jiutong already runs on {data_dir}: {note.read_text()}. Stop it, or give this one another --data-dir.")
    note.write_text(f"process {os.getpid()}, {address_of(config)}")
    try:
        yield
    finally:
        lock.release()


def listener(host: str, port: int) -> socket.socket:
    """The socket to serve on, taken before any work is done that a taken port would waste."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as refusal:
        listening.close()
        if refusal.errno == errno.EADDRINUSE:
            raise Failure(f"Port {port} is taken: stop what uses it, or choose another, such as --port {port + 1}.") from refusal
        raise Failure(f"jiutong cannot listen on {host} port {port}: {refusal.strerror}.") from refusal
    return listening


def web_apps() -> Path | None:
    """The folder of the web apps, built now if they have to be. Trade does not stop for a screen that cannot be made."""
    try:
        folder = consoles.built()
    except Failure as refusal:
        kept = consoles.kept()
        instead = "Those built before are served." if kept else "The API is served without them."
        sys.stderr.write(f"The web apps are not built. {refusal}. {instead}\n")
        return kept
    if folder is None:
        sys.stderr.write("This installation has no web apps: it serves the API alone.\n")
    return folder


def let_owners_in(database: Ready, data_dir: Path) -> None:
    """Nobody can let people in from the screens before somebody can sign in to them."""
    if database.admin_url is not None and asyncio.run(without_staff(database.admin_url)):
        from jiutong.cli.owners import let_in_all  # every room is behind it, and only a first start needs it

        asyncio.run(let_in_all(database, data_dir))


def hand_over(config: Config, url: str) -> None:
    """Tell the application, in this process or in several, what was found out here."""
    os.environ[f"{PREFIX}DATABASE_URL"] = url
    os.environ[f"{PREFIX}SECRET"] = config.secret or ""
    os.environ[f"{PREFIX}DATA_DIR"] = config.data_dir or ""
    os.environ[f"{PREFIX}HOST"] = config.host
    os.environ[f"{PREFIX}PORT"] = str(config.port)
    if config.host in LOOPBACK:
        # Nobody else can reach this server, so card and QR payments may be tried out with play money.
        os.environ.setdefault(f"{PREFIX}SIMULATE_PAYMENTS", "true")


def say(config: Config, data_dir: Path, seconds: float) -> None:
    """What runs now, and what to try with it."""
    base = address_of(config)
    key = data_dir / "demo.key"
    login = data_dir / "demo.login"
    who = " · ".join(" ".join(line.split()) for line in login.read_text().splitlines()) if login.exists() else "./jt tenant create my-shop"
    shop = f'export JIUTONG_KEY="$(cat {shlex.quote(str(key))})"' if key.exists() else "./jt tenant create my-shop"
    sys.stdout.write(
        f"jiutong runs at {base} (started in {seconds:.1f} s). Ctrl-C stops it.\n"
        f"  Console          {base}/console/\n"
        f"  Sign in with     {who}\n"
        f"  Try every call   {base}/docs\n"
        f"  Your first key   {shop}\n"
        f"  First question   curl -H \"Authorization: Bearer $JIUTONG_KEY\" '{base}/v1/orders?limit=3'\n"
        f"  Check the books  ./jt verify        (data in {data_dir})\n"
    )
    sys.stdout.flush()


def address_of(config: Config) -> str:
    """Where a browser on this machine finds it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)
    return f"http://{host}:{config.port}"
