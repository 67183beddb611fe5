"""`jiutong verify`: whether what must always hold does."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import asyncpg
import msgspec
from cyclopts import Parameter

from jiutong.cli.database import Ready, ready_database
from jiutong.cli.failure import Failure
from jiutong.cli.settings import settings
from jiutong.kernel.db import Database, Tx
from jiutong.reads.tenants import tenants
from jiutong.reads.verify import Broken, broken, invariants

# One consistent picture, however long it takes to look at all of it; the shop goes on selling meanwhile.
PATIENT = {"statement_timeout": "0", "default_transaction_isolation": "repeatable read", "default_transaction_read_only": "on"}


class Health(msgspec.Struct, frozen=True):
    """What was looked at, and what was found."""

    tenants: int
    invariants: int
    broken: dict[str, list[Broken]]
    """By tenant; a tenant in good order has no entry."""


def verify(*, tenant: str | None = None, as_json: Annotated[bool, Parameter(name="--json")] = False, data_dir: Path | None = None) -> int:
    """Check that every invariant of ledger, stock and orders holds over the data as it is. Fails if one does not.

    Parameters
    ----------
    tenant:
        The code of the one tenant to check; all by default.
    as_json:
        Print the result as JSON.
    data_dir:
        Where the installation keeps its own database.
    """
    wanted = settings(data_dir)
    with ready_database(wanted.config, wanted.data_dir) as database:
        health = asyncio.run(health_of(database, tenant))
    sys.stdout.write(f"{msgspec.json.encode(health).decode()}\n" if as_json else report(health))
    return 1 if health.broken else 0


async def health_of(database: Ready, tenant: str | None) -> Health:
    """Look at the tenants, one after the other, as the application sees them."""
    if tenant is None and database.admin_url is None:
        raise Failure("Seeing every tenant takes JIUTONG_ADMIN_DATABASE_URL; or choose one with --tenant.")
    found_tenants = await tenants(database.admin_url or database.app_url, tenant)
    if tenant is not None and not found_tenants:
        raise Failure(f"There is no tenant {tenant!r}.")
    known: list[tuple[str, str]] = []
    found: dict[str, list[Broken]] = {}
    house = Database(database.app_url, hot=1, read=1, wait_s_max=5)
    conn = await asyncpg.connect(database.app_url, server_settings=PATIENT)
    try:
        for tenant_id, code in found_tenants:
            async with conn.transaction():
                await conn.execute(f"set local app.tenant = '{tenant_id:d}'")
                tx = Tx(conn, tenant_id, datetime.now(UTC), house)
                known = await invariants(tx)
                of_tenant = [one for name, says in known if (one := await broken(tx, name, says)) is not None]
            if of_tenant:
                found[code] = of_tenant
    finally:
        await conn.close()
    return Health(len(found_tenants), len(known), found)


def report(health: Health) -> str:
    """The result for a person."""
    if not health.tenants:
        return "In good order: there is no tenant yet.\n"
    if not health.broken:
        return f"In good order: {health.invariants} invariants hold for {health.tenants} tenants.\n"
    lines: list[str] = []
    for tenant, found in health.broken.items():
        for one in found:
            lines += [f"{tenant}: {one.invariant} is broken. {one.says}", *(f"    {row}" for row in one.rows)]
    return "\n".join(lines) + "\n"
