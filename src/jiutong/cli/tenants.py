"""`jiutong tenant …`: the companies that trade on this installation."""

import asyncio
import sys
from pathlib import Path

from jiutong.cli.database import ready_database
from jiutong.cli.failure import Failure
from jiutong.cli.settings import settings
from jiutong.reads.tenants import tenants


def create(code: str, *, name: str = "", data_dir: Path | None = None) -> None:
    """Make a tenant with the usual roles, and print how its owner signs in and its first key. Both may do everything.

    They are also left in the data folder, in CODE.login and CODE.key, readable by its owner alone.

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
    from jiutong.cli.owners import note_of

    wanted = settings(data_dir)
    with ready_database(wanted.config, wanted.data_dir) as database:
        if asyncio.run(tenants(database.admin_url or database.app_url, code)):
            raise Failure(f"There is a tenant {code!r} already.")
        asyncio.run(tenant_of(database, wanted.data_dir, code, name or code))
    sys.stdout.write(note_of(wanted.data_dir, code).read_text() + "key      " + (wanted.data_dir / f"{code}.key").read_text())


def let_owner_in(code: str, *, data_dir: Path | None = None) -> None:
    """Give the owner of a tenant a new password, and print it. Whoever was signed in as owner is signed out.

    Parameters
    ----------
    code:
        The tenant.
    data_dir:
        Where the installation keeps its own database.
    """
    from jiutong.cli.owners import let_in  # every room is behind it

    wanted = settings(data_dir)
    with ready_database(wanted.config, wanted.data_dir) as database:
        if database.admin_url is None:
            raise Failure("This takes JIUTONG_ADMIN_DATABASE_URL.")
        found = asyncio.run(tenants(database.admin_url, code))
        if not found:
            raise Failure(f"There is no tenant {code!r}.")
        note = asyncio.run(let_in(database.admin_url, wanted.data_dir, *found[0]))
    sys.stdout.write(note.read_text())
