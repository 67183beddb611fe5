"""Is the house in order, asked through HTTP: what waits and what died, what must always hold, and a second chance."""

from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest
from tests.world import NOON, World, new_world, served, world

from jiutong.kernel import jobs
from jiutong.reads import verify

from ..sales import TEA, Sales, Wanted, sales

__all__ = ["sales", "served", "world"]


class Chore(msgspec.Struct, frozen=True):
    order_id: int = 0


async def told(world: World, path: str) -> Any:
    answered = await world.get(path)
    assert answered.status_code == 200, answered.text
    return answered.json()


async def ask_for(world: World, *kinds: str, after: timedelta = timedelta()) -> None:
    async with world.served.house.db.transaction(world.tenant.tenant_id, NOON) as tx:
        await jobs.enqueue(tx, [jobs.job(tx, kind, 7, Chore(7), after) for kind in kinds])
        await tx.commit()


async def let_die(world: World, admin_url: str, kind: str) -> None:
    """As if its last try had failed."""
    admin = await asyncpg.connect(admin_url)
    try:
        sql = "update kernel.job set dead = true, attempts = 8, trouble = 'channel is down' where tenant_id = $1 and kind = $2"
        await admin.execute(sql, world.tenant.tenant_id, kind)
    finally:
        await admin.close()


class TestJobs:
    async def test_each_state_is_told(self, world: World) -> None:
        house, tenant_id = world.served.house, world.tenant.tenant_id
        await ask_for(world, "a.begun", "b.failed", "c.lost")
        claimed = {one.kind: one for one in await jobs.claim(house.db, tenant_id, NOON, 10)}
        await jobs.fail(house.db, tenant_id, NOON, claimed["b.failed"], "no answer")
        lost = msgspec.structs.replace(claimed["c.lost"], attempts=8)
        async with house.db.transaction(tenant_id, NOON) as tx:
            await tx.count("update kernel.job set attempts = 8 where tenant_id = $1 and kind = 'c.lost'")
            await tx.commit()
        assert not await jobs.fail(house.db, tenant_id, NOON, lost, "for good")
        await ask_for(world, "d.due")
        await ask_for(world, "e.later", after=timedelta(hours=1))
        found = (await told(world, "/v1/jobs"))["items"]
        assert [(one["kind"], one["state"], one["attempts"], one["trouble"]) for one in found] == [
            ("a.begun", "running", 1, ""),
            ("b.failed", "retrying", 1, "no answer"),
            ("c.lost", "dead", 8, "for good"),
            ("d.due", "due", 0, ""),
            ("e.later", "later", 0, ""),
        ]
        assert found[0]["facts"] == {"order": house.ids.show("ord", 7)}
        for state in ("running", "retrying", "dead", "due", "later"):
            (row,) = (await told(world, f"/v1/jobs?state={state}"))["items"]
            assert await told(world, f"/v1/jobs/{row['id']}") == row
        assert [one["kind"] for one in (await told(world, "/v1/jobs?kind=d.due"))["items"]] == ["d.due"]
        first = await told(world, "/v1/jobs?limit=3")
        assert (await told(world, f"/v1/jobs?limit=3&after={first['next']}"))["items"] == found[3:]

    async def test_a_dead_job_gets_all_its_tries_again_and_says_so_once(self, world: World, admin_url: str) -> None:
        await ask_for(world, "note", "other")
        await let_die(world, admin_url, "note")
        (dead,) = (await told(world, "/v1/jobs?state=dead"))["items"]
        answered = await world.post(f"/v1/jobs/{dead['id']}/retry")
        assert (answered.status_code, answered.json()) == (
            200,
            {"id": dead["id"], "kind": "note", "state": "due", "died_of": "channel is down"},
        )
        again = await told(world, f"/v1/jobs/{dead['id']}")
        assert (again["state"], again["attempts"], again["trouble"]) == ("due", 0, "")
        answered = await world.post(f"/v1/jobs/{dead['id']}/retry")
        assert (answered.status_code, answered.json()["code"]) == (409, "job.not_dead")
        assert [(type_, facts["kind"], facts["trouble"]) for type_, _, facts in await world.events() if type_ == "job.revived.v1"] == [
            ("job.revived.v1", "note", "channel is down")
        ]

    async def test_a_job_of_another_company_is_nobody_s(self, world: World, admin_url: str) -> None:
        other = await new_world(world.served, admin_url)
        await ask_for(other, "note")
        await let_die(other, admin_url, "note")
        (dead,) = (await told(other, "/v1/jobs"))["items"]
        assert (await told(world, "/v1/jobs"))["items"] == []
        assert (await world.get(f"/v1/jobs/{dead['id']}")).status_code == 404
        assert (await world.post(f"/v1/jobs/{dead['id']}/retry")).status_code == 409
        assert (await told(other, f"/v1/jobs/{dead['id']}"))["state"] == "dead"


class TestStatus:
    async def test_an_idle_house_is_all_zeros(self, world: World) -> None:
        status = await told(world, "/v1/status")
        assert (status["lag_s"], status["jobs"], set(status["to_do"].values())) == (0, [], {0})
        assert status["migration"] >= "0001"

    async def test_what_waits_is_counted(self, sales: Sales) -> None:
        world = sales.world
        await ask_for(world, "note", "note", "other")
        id_ = await sales.place(Wanted(TEA, 1))
        assert id_
        world.served.clock.at = NOON + timedelta(minutes=30)
        status = await told(world, "/v1/status")
        world.served.clock.at = NOON
        assert status["lag_s"] == 1800
        assert [(one["kind"], one["state"], one["jobs"]) for one in status["jobs"]] == [("note", "due", 2), ("other", "due", 1)]
        assert status["to_do"] == {"orders_overdue": 1, "shortages_open": 0, "refunds_failed": 0, "notices_rejected": 0}


class TestVerify:
    async def test_everything_holds(self, world: World) -> None:
        verified = await told(world, "/v1/verify")
        listed = await told(world, "/v1/verify/invariants")
        assert verified["holds"]
        assert [(one["name"], one["room"], one["says"], one["holds"], one["rows"]) for one in verified["invariants"]] == [
            (one["name"], one["room"], one["says"], True, []) for one in listed
        ]
        assert {one["room"] for one in listed} >= {"ledger", "orders", "inventory", "payment", "fulfillment", "care"}
        assert all(one["says"] for one in listed)

    async def test_what_does_not_hold_is_told_in_public_names(self, sales: Sales, admin_url: str) -> None:
        world, tenant_id = sales.world, sales.tenant_id
        id_ = await sales.place(Wanted(TEA, 2))
        admin = await asyncpg.connect(admin_url)
        try:
            await admin.execute("update orders.placed set gross = gross + 1 where tenant_id = $1 and order_id = $2", tenant_id, id_)
            checked = await told(world, "/v1/verify/invariants/orders.inv_order_lines")
            verified = await told(world, "/v1/verify")
        finally:
            await admin.execute("update orders.placed set gross = gross - 1 where tenant_id = $1 and order_id = $2", tenant_id, id_)
            await admin.close()
        assert (checked["holds"], checked["count"], verified["holds"]) == (False, 1, False)
        assert [one["name"] for one in verified["invariants"] if not one["holds"]] == ["orders.inv_order_lines"]
        (row,) = checked["rows"]
        assert (row["order"], row["gross"], row["lines_gross"]) == (world.served.house.ids.show("ord", id_), 201, 200)
        assert "tenant_id" not in row

    async def test_only_what_is_an_invariant_can_be_asked_for(self, world: World) -> None:
        for name in ("ledger.account", "ledger.inv_none", "inv_order_lines", "orders.inv_order_lines;"):
            assert (await world.get(f"/v1/verify/invariants/{name}")).status_code == 404

    async def test_whoever_verifies_by_command_finds_the_same(self, world: World) -> None:
        async with world.served.house.db.reading(world.tenant.tenant_id, NOON) as tx:
            assert await verify.verify(tx) == []


class TestWhoMay:
    @pytest.mark.parametrize(
        ("address", "grant"),
        [("jobs", "jobs:read"), ("status", "jobs:read"), ("verify", "verify:read"), ("verify/invariants", "verify:read")],
    )
    async def test_each_by_its_own_grant(self, world: World, address: str, grant: str) -> None:
        may, may_not = await world.key_with(grant), await world.key_with("order:read", "ledger:read")
        answered = [(await world.served.ask("GET", f"/v1/{address}", None, key)).status_code for key in (may, may_not)]
        assert answered == [200, 403]

    async def test_looking_at_jobs_does_not_allow_trying_them_again(self, world: World, admin_url: str) -> None:
        await ask_for(world, "note")
        await let_die(world, admin_url, "note")
        (dead,) = (await told(world, "/v1/jobs"))["items"]
        key = await world.key_with("jobs:read")
        assert (await world.served.ask("POST", f"/v1/jobs/{dead['id']}/retry", None, key)).status_code == 403
