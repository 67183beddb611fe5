import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jiutong.cli.postgres import EmbeddedPostgres
from jiutong.cli.throwaway import SETTINGS, Throwaway


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that may hold a server, which is stopped and cleared away with it."""
    throwaway = Throwaway()
    yield throwaway.folder
    throwaway.clear()


@pytest.fixture
def server_at() -> Callable[[Path], EmbeddedPostgres]:
    """Another handle on the server of a folder, as another command would have it."""
    return lambda folder: EmbeddedPostgres(folder, settings=SETTINGS)


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this to solve")
