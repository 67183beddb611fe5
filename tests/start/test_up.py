"""`jiutong up` as a person uses it: it says when it runs, refuses what cannot be, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import pytest

from jiutong.cli.processes import marked

Up = Callable[..., "subprocess.Popen[str]"]
JIUTONG = Path(sys.prefix) / "bin" / "jiutong"

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return free.getsockname()[1]


@pytest.fixture
def up(folder: Path, port: int) -> Generator[Up]:
    """Start it on the folder and the port; what it wrote is read from its output."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str, **environment: str) -> "subprocess.Popen[str]":
        command = [JIUTONG, "up", "--empty", "--data-dir", folder, "--port", str(port), *options]
        own = {name: value for name, value in os.environ.items() if not name.startswith("JIUTONG_")}
        own["JIUTONG_CONSOLES_DIR"] = str(folder)  # the web apps are built elsewhere, or not at all
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=own | environment))
        return running[-1]

    yield start
    for each in running:
        each.kill()
        each.communicate()


def first_line(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    return server.stdout.readline()


def answer(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=10) as response:
        return response.status


def database_processes(folder: Path) -> list[int]:
    found = re.search(r"--cluster_name=(\S+)", (folder / "postgres" / "postmaster.opts").read_text().replace('"', ""))
    return marked(found[1]) if found else []


@pytest.mark.parametrize(("processes", "ending"), [("1", signal.SIGINT), ("1", signal.SIGTERM), ("2", signal.SIGINT)])
def test_it_serves_until_it_is_told_to_end(up: Up, port: int, folder: Path, processes: str, ending: signal.Signals) -> None:
    server = up(JIUTONG_PROCESSES=processes)
    assert first_line(server).startswith(f"jiutong runs at http://127.0.0.1:{port} (started in ")
    assert answer(port) == 200
    assert database_processes(folder)
    server.send_signal(ending)
    said, complaints = server.communicate(timeout=30)
    assert said.endswith("jiutong has stopped.\n")
    assert complaints == ""
    assert server.returncode == 0
    assert not database_processes(folder)


def test_it_takes_over_what_a_killed_one_left_running(up: Up, port: int, folder: Path) -> None:
    killed = up()
    first_line(killed)
    killed.kill()
    killed.wait()
    assert database_processes(folder)
    server = up()
    first_line(server)
    assert answer(port) == 200
    server.terminate()
    server.communicate(timeout=30)
    assert not database_processes(folder)


def test_a_second_one_on_the_same_folder_names_the_first(up: Up, port: int, folder: Path) -> None:
    first = up()
    first_line(first)
    second = up()
    assert second.communicate(timeout=30)[1] == (
        f"jiutong already runs on {folder}: process {first.pid}, http://127.0.0.1:{port}. Stop it, or give this one another --data-dir.\n"
    )
    assert second.returncode == 1


def test_a_taken_port_is_said_before_any_work_is_done(up: Up, port: int, folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", port))):
        server = up()
        assert server.communicate(timeout=30)[1] == (
            f"Port {port} is taken: stop what uses it, or choose another, such as --port {port + 1}.\n"
        )
    assert server.returncode == 1
    assert not (folder / "postgres").exists()
