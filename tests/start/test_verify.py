"""`jiutong verify` looks at every tenant as the application would, and its word is its exit code."""

from pathlib import Path

import asyncpg
import pytest

from jiutong.cli.address import Address
from jiutong.cli.database import Ready, prepare
from jiutong.cli.failure import Failure
from jiutong.cli.verify import Health, health_of, report


@pytest.fixture
async def ready(server_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Ready:
    """A database of its own with two tenants, of which the second has a balance that no transfer explains."""
    admin_url = Address(server_url).database_named(request.node.name)
    app_url = await prepare(admin_url, tmp_path)
    conn = await asyncpg.connect(admin_url)
    await conn.execute("insert into kernel.tenant (tenant_id, code, name, created_at) values (1, 'good', '', now()), (2, 'bad', '', now())")
    await conn.execute(
        "insert into ledger.account (tenant_id, account_id, code, unit, tracked, posted) values (2, 7, 'till', 'CNY', true, 5)"
    )
    await conn.close()
    return Ready(app_url, admin_url)


async def test_it_names_the_tenant_and_the_invariant(ready: Ready) -> None:
    health = await health_of(ready, None)
    assert health.tenants == 2
    assert list(health.broken) == ["bad"]
    assert "ledger.inv_account_posted" in [one.invariant for one in health.broken["bad"]]
    assert "bad: ledger.inv_account_posted is broken. What an account shows as posted" in report(health)


async def test_one_tenant_can_be_asked_for_without_seeing_the_others(ready: Ready) -> None:
    health = await health_of(Ready(ready.app_url, None), "good")
    assert (health.tenants, health.broken) == (1, {})
    with pytest.raises(Failure, match="no tenant 'other'"):
        await health_of(ready, "other")
    with pytest.raises(Failure, match="JIUTONG_ADMIN_DATABASE_URL"):
        await health_of(Ready(ready.app_url, None), None)


def test_a_person_is_told_what_was_looked_at() -> None:
    assert report(Health(2, 18, {})) == "In good order: 18 invariants hold for 2 tenants.\n"
    assert report(Health(0, 0, {})) == "In good order: there is no tenant yet.\n"
