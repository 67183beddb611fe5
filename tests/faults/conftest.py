"""Processes and servers to be killed."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from .driver import Ask, Command, Told


class Driver:
    """The warm process that forks a child for every piece of work."""

    def __init__(self, url: str, started: "subprocess.Popen[bytes]") -> None:
        self._url = url
        self._started = started

    def run(
        self, tenant_id: int, at: datetime, flow: str, work: Sequence[tuple[msgspec.Struct, str | None]], dies_at: int | None = None
    ) -> Told:
        """Let a fresh process do this."""
        commands = [Command(msgspec.Raw(msgspec.json.encode(command)), key) for command, key in work]
        ask = Ask(self._url, at, tenant_id, "staff:1", flow, commands, dies_at)
        assert self._started.stdin is not None
        assert self._started.stdout is not None
        self._started.stdin.write(msgspec.json.encode(ask) + b"\n")
        self._started.stdin.flush()
        return msgspec.json.decode(self._started.stdout.readline(), type=Told)


@pytest.fixture(scope="session")
def driver(database_url: str) -> Iterator[Driver]:
    """A process of its own, which imports everything once."""
    program = Path(__file__).with_name("driver.py")
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        yield Driver(database_url, started)
        assert started.stdin is not None
        started.stdin.close()
        assert started.wait() == 0
