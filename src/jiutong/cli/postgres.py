"""The PostgreSQL that comes with jiutong: made, started, shared and stopped without anybody having to know it.

It listens on a socket in a private folder and nowhere else, so it needs no password and no port. Several commands may use one
server at a time; the last one out turns off the light.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

from jiutong.cli import private_folder
from jiutong.cli.failure import Failure, refusals_of
from jiutong.cli.locks import FileLock
from jiutong.cli.postgres_home import Home, home_for, open_socket_dir
from jiutong.cli.postgres_settings import as_file, settings_for
from jiutong.cli.processes import marked

SUPERUSER = "postgres"
# Its messages are read here, so they must not come in the language of the user.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}
LOG_BYTES_MAX = 10_000_000
# Replaying the log after a crash takes as long as it takes; this only bounds a server that hangs.
READY_S_MAX = 900
STOPPED_S_MAX = 120


class EmbeddedPostgres:
    """One PostgreSQL server whose files are under `data_dir`.

    `settings` go before everything else; tests use them to trade durability for speed.
    """

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._data_dir = data_dir.absolute()
        self._settings = dict(settings or {})
        self._users = FileLock(self._data_dir / "postgres.users")
        self._turn = FileLock(self._data_dir / "postgres.turn")
        self._home: Home | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Make the database if there is none, start the server if it does not run, and come back when it answers."""
        with refusals_of(self._data_dir):
            private_folder.made(self._data_dir)
            with self._turn.alone():
                self._home = home_for(self._data_dir)
                self._users.share()
                try:
                    self._bring_up(self._home)
                except BaseException:
                    self._users.release()
                    raise

    def stop(self) -> None:
        """Leave the server, started here or not. Whoever leaves last shuts it down; every transaction that was answered is on disk."""
        if not self._is_made():
            return
        with self._turn.alone():
            self._home = self._home or home_for(self._data_dir)
            if self._users.take():
                self._shut_down()
            self._users.release()

    def abandon(self) -> None:
        """End it at once, whoever uses it; for a server whose data nobody needs."""
        if self._is_made():
            self._home = self._home or home_for(self._data_dir)
            self._end(signal.SIGQUIT)
            self._users.release()

    def kill(self) -> None:
        """Let the server die as in a power cut of the process table: SIGKILL, no farewell. `start` recovers it."""
        self._end(signal.SIGKILL)

    def admin_url(self, dbname: str = "postgres") -> str:
        """The address of one of its databases for the superuser; valid while it runs."""
        lines = self._pid_file().read_text().splitlines()
        place = urlencode({"host": lines[4], "port": lines[3]})
        return f"postgresql://{SUPERUSER}@/{quote(dbname)}?{place}"

    def _is_made(self) -> bool:
        return (self._data_dir / "postgres").exists()

    def _bring_up(self, home: Home) -> None:
        if not home.cluster.exists() or not any(home.cluster.iterdir()):
            self._create(home)
        self._inspect(home)
        if self._state() == "stopping":
            wait_until(lambda: not self._processes(), STOPPED_S_MAX)
        if self._postmaster() is None:
            # What a killed server leaves behind notices within moments and goes by itself.
            wait_until(lambda: not self._processes(), STOPPED_S_MAX)
            # The number it noted may by now belong to a stranger, whom PostgreSQL would take for a running server.
            for note in (self._pid_file(), home.socket_dir / ".s.PGSQL.5432.lock"):
                note.unlink(missing_ok=True)
            self._launch(home)
        wait_until(lambda: self._state() == "ready", READY_S_MAX)

    def _create(self, home: Home) -> None:
        making = home.cluster.with_name(f"{home.cluster.name}.new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self._own(home, making)
        # The built-in locale sorts by code point on every machine alike, so an index never breaks by moving or upgrading.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        sync = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        command = [home.binaries / "initdb", f"--username={SUPERUSER}", "--auth=trust", "--no-instructions", *locale, *sync, making]
        with spawned(home, command, subprocess.PIPE) as initdb:
            said = initdb.communicate()[0].decode(errors="replace")
        if initdb.returncode:
            shutil.rmtree(making, ignore_errors=True)
            raise Failure(f"PostgreSQL could not make a database in {self._data_dir}: {gist_of(said)}")
        with (making / "postgresql.conf").open("a") as config:
            config.write("\n# Written anew at every start. What follows it, and ALTER SYSTEM, is yours and wins.\ninclude 'jiutong.conf'\n")
        with suppress(FileNotFoundError):
            home.cluster.rmdir()
        making.rename(home.cluster)

    def _inspect(self, home: Home) -> None:
        version = home.cluster / "PG_VERSION"
        if not version.exists() or not (home.cluster / "global" / "pg_control").exists():
            raise Failure(f"{home.cluster} is not a whole PostgreSQL database: restore it, or remove {self._data_dir} to begin anew.")
        if (made_by := version.read_text().strip()) != str(home.major):
            raise Failure(f"The database in {home.cluster} was made by PostgreSQL {made_by}, this is {home.major}: dump and restore it.")

    def _launch(self, home: Home) -> None:
        config = home.cluster / "jiutong.conf"
        config.write_text(as_file(settings_for(home.cluster)))
        self._own(home, config)
        open_socket_dir(home)
        fixed = {"listen_addresses": "", "unix_socket_directories": str(home.socket_dir), "port": "5432", "cluster_name": home.name}
        options = [f"--{name}={value}" for name, value in {**self._settings, **fixed}.items()]
        log = self._data_dir / "postgres.log"
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as file:
            server = spawned(home, [home.binaries / "postgres", "-D", home.cluster, *options], file)
        try:
            wait_until(lambda: self._state() == "ready" or server.poll() is not None, READY_S_MAX)
        except BaseException:
            server.send_signal(signal.SIGINT)
            server.wait()
            raise
        if server.returncode is not None:
            raise Failure(f"PostgreSQL does not start: {gist_of(log.read_text(errors='replace'))} (log: {log})")
        server.returncode = 0  # it may serve others longer than it serves us, so Python is not to miss it

    def _shut_down(self) -> None:
        try:
            self._end(signal.SIGINT)
        except TimeoutError:
            self._end(signal.SIGQUIT)

    def _end(self, request: signal.Signals) -> None:
        """Ask the server to end, and come back when it and all its children are gone."""
        if (pid := self._postmaster()) is not None:
            os.kill(pid, request)
            wait_until(lambda: not self._processes(), STOPPED_S_MAX)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        if self._home is not None:
            with suppress(OSError):
                self._home.socket_dir.rmdir()

    def _postmaster(self) -> int | None:
        """The number of the running server, whoever started it."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(self._pid_file().read_text().splitlines()[0])
            if pid in self._processes():
                return pid
        return None

    def _processes(self) -> list[int]:
        return [] if self._home is None else marked(self._home.name)

    def _state(self) -> str:
        with suppress(FileNotFoundError, IndexError):
            return self._pid_file().read_text().splitlines()[7].strip()
        return "stopped"

    def _pid_file(self) -> Path:
        if self._home is None:
            raise RuntimeError("the server has not been started")
        return self._home.cluster / "postmaster.pid"

    def _own(self, home: Home, path: Path) -> None:
        if home.user is not None:
            os.chown(path, home.user, -1)


def spawned(home: Home, command: Sequence[str | Path], output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program as the server's user. Ctrl-C at the terminal is for us; we stop the server when we are done with it."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
        umask=0o077,
        user=home.user,
        group=home.group,
        extra_groups=home.extra_groups,
    )


def gist_of(log: str) -> str:
    """The one line of what PostgreSQL said that tells why."""
    lines = log.splitlines()[-20:]
    if any(sign in line for line in lines for sign in ("No space left on device", "Check free disk space")):
        return "the disk is full."
    grave = [line.partition(word)[2].strip() for line in lines for word in ("FATAL:", "PANIC:", "error:") if word in line]
    return grave[-1] if grave else "it gave no reason"


def wait_until(done: Callable[[], object], seconds_max: float) -> None:
    """Look every few milliseconds until it is so."""
    deadline = time.monotonic() + seconds_max
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)
