"""`jiutong demo`: a shop with a real year of trade behind it."""

import asyncio
import importlib.util
import subprocess
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from jiutong.cli.checkout import tool
from jiutong.cli.database import Ready, ready_database
from jiutong.cli.failure import Failure
from jiutong.cli.settings import settings
from jiutong.cli.signals import ended_by_signals
from jiutong.reads.tenants import tenants

DEMO = "demo"
INTERRUPTED = 130  # as shells say it


def demo(*, whole: Annotated[bool, Parameter(name="--all")] = False, data_dir: Path | None = None) -> int:
    """Load the demo shop: a slice of a year of a grocer with 457 stores.

    Parameters
    ----------
    whole:
        Load the whole year: 155,848 baskets. Takes some minutes.
    data_dir:
        Where the installation keeps its own database.
    """
    wanted = settings(data_dir)
    with ended_by_signals(), ready_database(wanted.config, wanted.data_dir) as database:
        load(database, wanted.data_dir, whole=whole)
        return 0
    return INTERRUPTED


def load_if_new(database: Ready, data_dir: Path) -> None:
    """Give a database without any tenant the demo shop, or finish a first load that was cut short."""
    if database.admin_url is None or importlib.util.find_spec("duckdb") is None:
        return
    new = unfinished(data_dir).exists() or not asyncio.run(tenants(database.admin_url))
    if new and load_apart(data_dir):
        raise Failure("The demo shop could not be loaded; what it said is above. `./jt up --empty` starts without it.")


def load_apart(data_dir: Path) -> int:
    """Load it in a process of its own: what reading a year of files takes would stay with the server for as long as it runs."""
    with subprocess.Popen([tool("jiutong"), "demo", "--data-dir", data_dir]) as loading:
        try:
            return loading.wait()
        except KeyboardInterrupt:
            loading.terminate()
            loading.wait()  # it uses the database, which is stopped only when nobody does
            raise


def load(database: Ready, data_dir: Path, *, whole: bool) -> None:
    """Book it. A note in the data folder outlives an interruption."""
    from jiutong.cli.imports import journey  # every room is behind it, and a second start does without

    unfinished(data_dir).touch()
    journey(database, data_dir, DEMO, whole=whole)
    unfinished(data_dir).unlink()


def unfinished(data_dir: Path) -> Path:
    """The note that says that the demo is being loaded."""
    return data_dir / "demo.loading"
