"""Looking after people: passwords, sessions, what they prefer, keys that follow each other, who may not do what to whom."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.world import NOON, World, served, world

from jiutong import worker
from jiutong.capabilities import access
from jiutong.flows.maintain_access import put_staff
from jiutong.gateways.outbound import Outbound

__all__ = ["served", "world"]
# Passwords are slow to try, on purpose.
pytestmark = pytest.mark.slow
FIRST, SECOND = "a first good password", "another good password"


async def person(world: World, login: str, *roles: str, store: str | None = None, password: str = FIRST) -> None:
    hashed = await asyncio.to_thread(access.password_hash, password, b"0123456789abcdef")
    await world.run(put_staff, access.PutStaff(login, access.StaffMember(name=login.title(), roles=roles, store=store), hashed))


async def signed_in(world: World, login: str, password: str = FIRST, **headers: str) -> str:
    told = await world.served.ask("POST", "/v1/sign-in", {"tenant": world.tenant.code, "login": login, "password": password}, "", **headers)
    assert told.status_code == 200, told.text
    return told.json()["token"]


def code(told: Any) -> tuple[int, str, str]:
    body = told.json()
    return told.status_code, body["code"], body["errors"][0]["pointer"] if "errors" in body else ""


async def answers(world: World, token: str) -> int:
    """The status a token is answered with when it is asked for anew."""
    world.served.house.gate.forget(f"Bearer {token}".encode())
    return (await world.served.ask("GET", "/v1/me", None, token)).status_code


class TestMe:
    async def test_a_person_is_told_where_they_belong(self, world: World) -> None:
        await person(world, "ann", "clerk", store="s1")
        me = (await world.served.ask("GET", "/v1/me", None, await signed_in(world, "ann"))).json()
        grants = me.pop("grants")
        assert me.pop("actor").startswith("staff:")
        assert me == {
            "tenant": world.tenant.code,
            "tenant_name": "Acme",
            "name": "Ann",
            "login": "ann",
            "roles": ["clerk"],
            "store": "s1",
            "preferences": {},
        }
        assert grants == sorted(access.DEFAULT_ROLES["clerk"].grants)

    async def test_preferences_follow_a_person_and_outlive_a_change_by_others(self, world: World) -> None:
        await person(world, "ann", "clerk")
        ask, token = world.served.ask, await signed_in(world, "ann")
        wanted = {"language": "zh", "theme": "dark", "density": "compact", "time_zone": "Asia/Shanghai"}
        assert (await ask("PUT", "/v1/me/preferences", wanted, token)).json() == wanted
        await world.put("/v1/staff/ann", {"name": "Ann B", "roles": ["clerk"]})
        again = await signed_in(world, "ann")
        assert (await ask("GET", "/v1/me", None, again)).json()["preferences"] == wanted
        refused = await ask("PUT", "/v1/me/preferences", {"time_zone": "Mars/Base"}, again)
        assert code(refused) == (422, "request.invalid", "/time_zone")
        assert (await ask("PUT", "/v1/me/preferences", {}, again)).json() == {}
        assert (await ask("GET", "/v1/me", None, again)).json()["preferences"] == {}

    async def test_a_program_has_no_screens(self, world: World) -> None:
        assert code(await world.put("/v1/me/preferences", {})) == (403, "access.forbidden", "")
        assert code(await world.get("/v1/me/sessions")) == (403, "access.forbidden", "")


class TestPasswords:
    async def test_changing_ones_own_ends_all_other_sessions(self, world: World) -> None:
        await person(world, "ann", "clerk")
        here, there = await signed_in(world, "ann"), await signed_in(world, "ann")
        ask = world.served.ask
        wrong = await ask("POST", "/v1/me/password", {"current": "not this one", "new": SECOND}, here)
        assert code(wrong) == (422, "access.wrong_password", "/current")
        short = await ask("POST", "/v1/me/password", {"current": FIRST, "new": "short"}, here)
        assert code(short) == (422, "request.invalid", "/new")
        assert (await ask("POST", "/v1/me/password", {"current": FIRST, "new": SECOND}, here)).status_code == 204
        assert (await answers(world, here), await answers(world, there)) == (200, 401)
        old = await ask("POST", "/v1/sign-in", {"tenant": world.tenant.code, "login": "ann", "password": FIRST})
        assert code(old) == (401, "access.wrong_sign_in", "")
        await signed_in(world, "ann", SECOND)

    async def test_guessing_ones_own_password_is_slowed_down(self, world: World) -> None:
        await person(world, "ann", "clerk")
        token = await signed_in(world, "ann")
        tries = [
            (await world.served.ask("POST", "/v1/me/password", {"current": "guess", "new": SECOND}, token)).status_code for _ in range(11)
        ]
        assert tries == [422] * 10 + [429]

    async def test_two_changes_at_once_are_one(self, world: World) -> None:
        await person(world, "ann", "clerk")
        token = await signed_in(world, "ann")
        told = await asyncio.gather(
            *(
                world.served.ask("POST", "/v1/me/password", {"current": FIRST, "new": new}, token)
                for new in (SECOND, "a third good password")
            )
        )
        assert sorted(one.status_code for one in told) == [204, 422]

    async def test_a_reset_is_told_once_and_signs_out(self, world: World) -> None:
        await person(world, "ann", "clerk")
        token = await signed_in(world, "ann")
        made_up = (await world.post("/v1/staff/ann/password", {})).json()["password"]
        assert await answers(world, token) == 401
        await signed_in(world, "ann", made_up)
        assert (await world.post("/v1/staff/ann/password", {"password": SECOND})).json() == {"password": None}
        await signed_in(world, "ann", SECOND)
        kept = await world.rows(
            "select count(*) from kernel.idempotency where tenant_id = $1 and position($2 in answer) > 0", made_up.encode()
        )
        assert kept == [(0,)]
        assert [one[0] for one in await world.events() if one[0].startswith("staff.password")] == ["staff.password_reset.v1"] * 2
        assert code(await world.post("/v1/staff/nobody/password", {})) == (404, "resource.not_found", "")

    async def test_nobody_resets_a_person_with_more_rights(self, world: World) -> None:
        await person(world, "boss", "owner")
        little = await world.key_with("access:write")
        told = await world.served.ask("POST", "/v1/staff/boss/password", {}, little)
        assert code(told) == (403, "access.beyond_own_rights", "")
        await signed_in(world, "boss")


class TestSessions:
    async def test_who_is_signed_in_and_where(self, world: World) -> None:
        await person(world, "ann", "owner")
        await person(world, "bob", "clerk")
        first = await signed_in(world, "ann", user_agent="Firefox")
        world.served.clock.advance(timedelta(minutes=1))
        await signed_in(world, "bob", user_agent="Till")
        everybody = (await world.served.ask("GET", "/v1/sessions", None, first)).json()["items"]
        assert [(one["login"], one["name"], one["agent"], one["current"]) for one in everybody] == [
            ("bob", "Bob", "Till", False),
            ("ann", "Ann", "Firefox", True),
        ]
        assert everybody[1]["created_at"] == everybody[1]["seen_at"] == "2026-11-22T12:00:00Z"
        page = (await world.get("/v1/sessions?limit=1")).json()
        assert [one["login"] for one in page["items"]] == ["bob"]
        rest = (await world.get(f"/v1/sessions?limit=1&after={page['next']}")).json()
        assert ([one["login"] for one in rest["items"]], rest["next"]) == (["ann"], None)
        assert [one["login"] for one in (await world.get("/v1/sessions?login=ann")).json()["items"]] == ["ann"]

    async def test_ending_a_session_ends_that_one(self, world: World) -> None:
        await person(world, "ann", "clerk")
        one, other = await signed_in(world, "ann"), await signed_in(world, "ann")
        mine = (await world.served.ask("GET", "/v1/me/sessions", None, one)).json()
        (elsewhere,) = [each["session"] for each in mine if not each["current"]]
        assert (await world.served.ask("DELETE", f"/v1/me/sessions/{elsewhere}", None, one)).status_code == 204
        assert (await answers(world, one), await answers(world, other)) == (200, 401)
        (left,) = (await world.get("/v1/sessions")).json()["items"]
        assert (await world.served.ask("DELETE", f"/v1/sessions/{left['session']}", None, world.key)).status_code == 204
        assert await answers(world, one) == 401
        gone = await world.served.ask("DELETE", f"/v1/sessions/{left['session']}", None, world.key)
        assert code(gone) == (404, "resource.not_found", "")

    async def test_nobody_ends_the_session_of_another_as_their_own_or_of_somebody_with_more_rights(self, world: World) -> None:
        await person(world, "boss", "owner")
        await person(world, "ann", "clerk")
        boss, ann = await signed_in(world, "boss"), await signed_in(world, "ann")
        (theirs,) = (await world.get("/v1/sessions?login=boss")).json()["items"]
        as_own = await world.served.ask("DELETE", f"/v1/me/sessions/{theirs['session']}", None, ann)
        assert code(as_own) == (404, "resource.not_found", "")
        little = await world.key_with("access:write")
        beyond = await world.served.ask("DELETE", f"/v1/sessions/{theirs['session']}", None, little)
        assert code(beyond) == (403, "access.beyond_own_rights", "")
        assert await answers(world, boss) == 200

    async def test_whoever_leaves_is_signed_out(self, world: World) -> None:
        await person(world, "ann", "clerk")
        token = await signed_in(world, "ann")
        await world.put("/v1/staff/ann", {"name": "Ann", "roles": ["clerk"], "active": False})
        assert await answers(world, token) == 401
        assert (await world.get("/v1/sessions")).json()["items"] == []

    async def test_nobody_locks_themselves_out(self, world: World) -> None:
        await person(world, "boss", "owner")
        token = await signed_in(world, "boss")
        for change in ({"roles": ["owner"], "active": False}, {"roles": ["clerk"]}):
            told = await world.served.ask("PUT", "/v1/staff/boss", {"name": "Boss", **change}, token)
            assert code(told) == (409, "access.own_rights", "/roles")
        told = await world.served.ask("PUT", "/v1/staff/boss", {"name": "The boss", "roles": ["owner"]}, token)
        assert told.status_code == 200


class TestKeys:
    async def test_it_is_known_when_a_key_and_a_session_were_used_last(self, world: World) -> None:
        house = world.served.house
        await person(world, "ann", "clerk")
        session = await signed_in(world, "ann")
        key = await world.post("/v1/app-keys", {"name": "till", "grants": ["access:read"]})
        assert (await world.get(key.headers["location"])).json()["used_at"] is None
        house.gate.used(world.tenant.tenant_id)
        world.served.clock.advance(timedelta(minutes=5))
        for _ in range(3):
            await world.served.ask("GET", "/v1/channels", None, key.json()["token"])
            await answers(world, session)
        desk = worker.desk_of(house, Outbound())
        assert await worker.note(desk, world.tenant.tenant_id, house.gate.used(world.tenant.tenant_id)) == 2
        assert (await world.get(key.headers["location"])).json()["used_at"] == "2026-11-22T12:05:00Z"
        (seen,) = (await world.get("/v1/sessions")).json()["items"]
        assert seen["seen_at"] == "2026-11-22T12:05:00Z"
        assert house.gate.used(world.tenant.tenant_id + 1) is None

    async def test_a_key_is_followed_by_another_with_an_overlap(self, world: World) -> None:
        made = await world.post("/v1/app-keys", {"name": "till", "grants": ["access:read"]})
        old = made.json()["token"]
        told = await world.post(f"{made.headers['location']}/rotate", {"overlap_s": 3600})
        assert (told.status_code, told.json()["old_ends_at"]) == (201, "2026-11-22T13:00:00Z")
        new = told.json()["token"]
        view = (await world.get(told.headers["location"])).json()
        assert (view["name"], view["grants"], view["revoked_at"]) == ("till", ["access:read"], None)
        assert (await answers(world, old), await answers(world, new)) == (200, 200)
        world.served.clock.at = NOON + timedelta(hours=1)
        assert (await answers(world, old), await answers(world, new)) == (401, 200)
        again = await world.post(f"{made.headers['location']}/rotate", {})
        assert code(again) == (404, "resource.not_found", "")

    async def test_a_key_that_is_followed_can_be_ended_at_once(self, world: World) -> None:
        made = await world.post("/v1/app-keys", {"name": "till", "grants": ["access:read"]})
        await world.post(f"{made.headers['location']}/rotate", {})
        await world.served.ask("DELETE", made.headers["location"], None, world.key)
        assert (await world.get(made.headers["location"])).json()["revoked_at"] == "2026-11-22T12:00:00Z"
        assert await answers(world, made.json()["token"]) == 401

    async def test_nobody_rotates_a_key_with_more_rights(self, world: World) -> None:
        made = await world.post("/v1/app-keys", {"name": "till", "grants": ["order:*"]})
        little = await world.key_with("access:write")
        told = await world.served.ask("POST", f"{made.headers['location']}/rotate", {}, little)
        assert code(told) == (403, "access.beyond_own_rights", "")


class TestGrants:
    async def test_every_right_says_what_it_opens(self, world: World) -> None:
        told = {one["grant"]: one["opens"] for one in (await world.get("/v1/grants")).json()}
        assert {"path": "/v1/channels/{code}", "method": "PUT"}.items() <= next(
            one for one in told["access:write"] if one["path"] == "/v1/channels/{code}"
        ).items()
        assert told["till:set_price"][0]["summary"] == "Charge a price of one's own at the till"
        # What the usual roles name is there to be given.
        for role in access.DEFAULT_ROLES.values():
            for grant in role.grants:
                room, _, _ = grant.partition(":")
                assert grant == "*" or grant in told or any(one.startswith(f"{room}:") for one in told) or room in UNUSED, grant


UNUSED = {"finance", "report"}
"""Rooms whose rights the usual roles hold before anything asks for them."""
