"""`jiutong demo`: a shop with a real year of trade behind it."""

import asyncio
import importlib
import importlib.util
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from jiutong.cli.database import Ready, ready_database
from jiutong.cli.settings import settings

IMPORTER = "jiutong.importers.demo"


def demo(*, whole: Annotated[bool, Parameter(name="--all")] = False, data_dir: Path | None = None) -> None:
    """Load the demo shop: a slice of a year of a grocer with 457 stores.

    Parameters
    ----------
    whole:
        Load the whole year: 155,848 baskets. Takes some minutes.
    data_dir:
        Where the installation keeps its own database.
    """
    wanted = settings(data_dir)
    with ready_database(wanted.config, wanted.data_dir) as database:
        load(database, whole=whole)


def load_if_new(database: Ready) -> None:
    """Give a database without any tenant the demo shop."""
    if importlib.util.find_spec(IMPORTER) and asyncio.run(importlib.import_module(IMPORTER).is_new(database.app_url)):
        load(database, whole=False)


def load(database: Ready, *, whole: bool) -> None:
    """Load it behind a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bars:
        stages: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total)
            bars.update(stages[stage], completed=done, total=total)

        asyncio.run(importlib.import_module(IMPORTER).load(database.app_url, whole=whole, progress=progress))
