"""`jiutong db …`."""

import sys
from pathlib import Path

from jiutong.cli.database import ready_database
from jiutong.cli.migrations import head
from jiutong.cli.settings import settings


def migrate(*, data_dir: Path | None = None) -> None:
    """Bring the database to the version this jiutong needs: its roles, its tables, its rules.

    Parameters
    ----------
    data_dir:
        Where the installation keeps its own database.
    """
    wanted = settings(data_dir)
    with ready_database(wanted.config, wanted.data_dir):
        sys.stdout.write(f"The database is at version {head()}.\n")
