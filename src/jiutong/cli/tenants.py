"""`jiutong tenant …`: the companies that trade on this installation."""

import asyncio
import sys
from pathlib import Path

from jiutong.cli.database import ready_database
from jiutong.cli.failure import Failure
from jiutong.cli.settings import settings
from jiutong.reads.tenants import tenants


def create(code: str, *, name: str = "", data_dir: Path | None = None) -> None:
    """Make a tenant with the usual roles, and print its first key, which may do everything.

    The key is also left in the data folder, in CODE.key, readable by its owner alone.

    Parameters
    ----------
    code:
        What people and commands call it: lower-case letters, digits and dashes.
    name:
        Its name for people.
    data_dir:
        Where the installation keeps its own database.
    """
    from jiutong.cli.imports import tenant_of  # every room is behind it

    wanted = settings(data_dir)
    with ready_database(wanted.config, wanted.data_dir) as database:
        if asyncio.run(tenants(database.admin_url or database.app_url, code)):
            raise Failure(f"There is a tenant {code!r} already.")
        asyncio.run(tenant_of(database, wanted.data_dir, code, name or code))
    sys.stdout.write((wanted.data_dir / f"{code}.key").read_text())
