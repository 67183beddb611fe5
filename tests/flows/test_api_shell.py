"""The API's manners, on the routes of access: who is let in, what is refused and how, what is never a 500."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from argon2 import extract_parameters
from tests.invariants import broken
from tests.world import Served, World, new_world, served, world

from jiutong.api import ROUTES, bodies
from jiutong.api.problems import problem_of
from jiutong.api.shell import route_of
from jiutong.capabilities import access
from jiutong.capabilities.access.rules import NOBODYS_HASH
from jiutong.flows.maintain_access import put_staff
from jiutong.kernel.errors import INVALID, MALFORMED, Problem

__all__ = ["served", "world"]
DECLARED = [route for handler in ROUTES if (route := route_of(handler)) is not None]
SELLER = {"name": "Acme", "tax_inclusive": True}


def problem(told: Any) -> tuple[int, str, str]:
    """Status, code and first pointer of a problem answer, which is well-formed."""
    body = told.json()
    assert told.headers["content-type"] == "application/problem+json"
    assert (body["status"], body["type"], body["request_id"]) == (
        told.status_code,
        f"/problems/{body['code']}",
        told.headers["x-request-id"],
    )
    return told.status_code, body["code"], body["errors"][0]["pointer"] if "errors" in body else ""


def unheard(_: str) -> None: ...


class TestWhoMayAsk:
    @pytest.fixture(scope="class")
    async def closed(self, served: Served, admin_url: str) -> AsyncIterator[World]:
        """A world nobody gets into: nothing ever changes in it."""
        made = await new_world(served, admin_url)
        yield made
        assert await broken(served.house.db, made.tenant.tenant_id) == []

    @pytest.fixture(scope="class")
    async def stray(self, closed: World) -> str:
        """A key of it that opens nothing."""
        return await closed.key_with("nothing:here")

    @pytest.mark.parametrize(
        ("method", "path", "scope"),
        sorted((route.method, route.path, route.scope) for route in DECLARED if route.scope is not None),
    )
    async def test_every_closed_route_asks_who_and_what_for(self, closed: World, stray: str, method: str, path: str, scope: str) -> None:
        address = path.replace("{", "").replace("}", "").replace(":str", "")
        body = b"{}" if method in {"POST", "PUT", "PATCH"} else None
        ask = closed.served.ask
        assert problem(await ask(method, address, body)) == (401, "access.unauthenticated", "")
        unknown = access.token("app", closed.tenant.tenant_id, "x" * 43)
        assert problem(await ask(method, address, body, unknown)) == (401, "access.unauthenticated", "")
        elsewhere = access.token("app", closed.tenant.tenant_id + 1, closed.key.split("_", 2)[2])
        assert problem(await ask(method, address, body, elsewhere)) == (401, "access.unauthenticated", "")
        if scope:
            assert problem(await ask(method, address, body, stray)) == (403, "access.forbidden", "")

    async def test_a_key_opens_its_own_tenant_only(self, world: World, admin_url: str) -> None:
        other = await new_world(world.served, admin_url)
        await other.put("/v1/channels/theirs", {"name": "T", "scene": "b2c.mall", "currency": "USD", "time_zone": "UTC"})
        assert problem(await world.get("/v1/channels/theirs")) == (404, "resource.not_found", "")
        assert "theirs" not in [one["code"] for one in (await world.get("/v1/channels")).json()["items"]]
        theirs = (await other.post("/v1/app-keys", {"name": "k", "grants": ["*"]})).headers["location"]
        assert problem(await world.served.ask("DELETE", theirs, None, world.key)) == (404, "resource.not_found", "")
        assert (await other.get(theirs)).json()["revoked_at"] is None

    async def test_a_revoked_key_is_refused_when_it_is_asked_for_anew(self, world: World) -> None:
        made = await world.post("/v1/app-keys", {"name": "k", "grants": ["access:read"]})
        token = made.json()["token"]
        assert (await world.served.ask("GET", "/v1/channels", None, token)).status_code == 200
        ended = await world.served.ask("DELETE", made.headers["location"], None, world.key)
        assert (ended.status_code, ended.content) == (204, b"")
        # Remembered for ten seconds at the most: as if they had passed.
        world.served.house.gate.forget(f"Bearer {token}".encode())
        assert problem(await world.served.ask("GET", "/v1/channels", None, token)) == (401, "access.unauthenticated", "")

    async def test_a_remembered_key_costs_no_statement(self, world: World) -> None:
        gate, db = world.served.house.gate, world.served.house.db
        authorization = f"Bearer {world.key}".encode()
        first = await gate.principal(authorization)
        crossed: list[str] = []
        db.boundary = crossed.append
        try:
            assert await gate.principal(authorization) is first
        finally:
            db.boundary = unheard
        assert crossed == []

    async def test_many_who_ask_at_once_are_looked_up_once(self, world: World) -> None:
        gate, db = world.served.house.gate, world.served.house.db
        authorization = f"Bearer {world.key}".encode()
        gate.forget(authorization)
        crossed: list[str] = []
        db.boundary = crossed.append
        try:
            told = await asyncio.gather(*(gate.principal(authorization) for _ in range(20)))
        finally:
            db.boundary = unheard
        assert crossed.count("statement") == 1
        assert {id(one) for one in told} == {id(told[0])}


class TestSignIn:
    @pytest.fixture
    async def ann(self, world: World) -> dict[str, str]:
        """What Ann, a clerk of store s1, types in."""
        body = {"name": "Ann", "roles": ["clerk"], "store": "s1", "password": "correct horse"}
        assert (await world.put("/v1/staff/ann", body)).status_code == 201
        return {"tenant": world.tenant.code, "login": "ann", "password": "correct horse"}

    async def test_who_fits_gets_a_session_until_they_sign_out(self, world: World, ann: dict[str, str]) -> None:
        ask = world.served.ask
        token = (await ask("POST", "/v1/sign-in", ann)).json()["token"]
        me = (await ask("GET", "/v1/me", None, token)).json()
        assert (me["name"], me["login"], me["roles"], me["store"]) == ("Ann", "ann", ["clerk"], "s1")
        assert sorted(me["grants"]) == sorted(access.DEFAULT_ROLES["clerk"].grants)
        assert problem(await ask("PUT", "/v1/sellers/acme", SELLER, token)) == (403, "access.forbidden", "")
        assert (await ask("POST", "/v1/sign-out", None, token)).status_code == 204
        assert problem(await ask("GET", "/v1/me", None, token)) == (401, "access.unauthenticated", "")

    async def test_nobody_learns_which_part_was_wrong(self, world: World, ann: dict[str, str]) -> None:
        answers = [
            (await world.served.ask("POST", "/v1/sign-in", ann | wrong, x_request_id="same")).content
            for wrong in ({"tenant": "nobody-here"}, {"login": "bob"}, {"password": "wrong"})
        ]
        assert len(set(answers)) == 1
        assert json.loads(answers[0])["code"] == access.WRONG_SIGN_IN.code

    async def test_tries_are_counted_and_being_right_forgives_them(self, world: World, ann: dict[str, str]) -> None:
        attempts, name = world.served.house.attempts, f"{ann['tenant']}\nann\n127.0.0.1"
        for _ in range(9):
            attempts.take(name)
        assert (await world.served.ask("POST", "/v1/sign-in", ann)).status_code == 200
        for _ in range(10):
            attempts.take(name)
        refused = await world.served.ask("POST", "/v1/sign-in", ann)
        assert problem(refused) == (429, access.TOO_MANY_ATTEMPTS.code, "")
        assert refused.headers["retry-after"] == "30"
        assert (await world.served.ask("POST", "/v1/sign-in", ann | {"login": "bob"})).status_code == 401

    async def test_who_is_changed_signs_in_anew(self, world: World, ann: dict[str, str]) -> None:
        token = (await world.served.ask("POST", "/v1/sign-in", ann)).json()["token"]
        await world.run(put_staff, access.PutStaff("ann", access.StaffMember(name="Ann", roles=()), None))
        assert problem(await world.served.ask("GET", "/v1/me", None, token)) == (401, "access.unauthenticated", "")

    async def test_a_session_ends_by_itself_after_half_a_day(self, world: World, ann: dict[str, str]) -> None:
        told = (await world.served.ask("POST", "/v1/sign-in", ann)).json()
        assert told["lasts_s"] == 12 * 3600
        authorization = f"Bearer {told['token']}".encode()
        world.served.clock.advance(timedelta(hours=12, seconds=-1))
        assert (await world.served.ask("GET", "/v1/me", None, told["token"])).status_code == 200
        world.served.clock.advance(timedelta(seconds=1))
        world.served.house.gate.forget(authorization)
        assert problem(await world.served.ask("GET", "/v1/me", None, told["token"])) == (401, "access.unauthenticated", "")

    def test_a_login_nobody_has_takes_as_long_to_refuse(self) -> None:
        assert extract_parameters(NOBODYS_HASH) == extract_parameters(access.password_hash("any", b"0123456789abcdef"))
        assert access.password_fits(None, "any") is False

    async def test_who_has_left_cannot(self, world: World, ann: dict[str, str]) -> None:
        await world.run(put_staff, access.PutStaff("ann", access.StaffMember(name="Ann", roles=(), active=False), None))
        assert problem(await world.served.ask("POST", "/v1/sign-in", ann)) == (401, access.WRONG_SIGN_IN.code, "")


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b"", (400, "request.malformed", "")),
            (b"{", (400, "request.malformed", "")),
            (b'{"name": NaN}', (400, "request.malformed", "")),
            (b"[" * 100_000, (422, "request.invalid", "")),
            (b'{"name": "\xff"}', (400, "request.malformed", "")),
            (b'{"name": "\\ud800"}', (400, "request.malformed", "")),
            (b"[]", (422, "request.invalid", "")),
            (b'{"name": "A"}', (422, "request.invalid", "/tax_inclusive")),
            (b'{"name": 1, "tax_inclusive": true}', (422, "request.invalid", "/name")),
            (b'{"name": "A", "tax_inclusive": "true"}', (422, "request.invalid", "/tax_inclusive")),
            (b'{"name": "a\\u0000b", "tax_inclusive": true}', (422, "request.invalid", "/name")),
            (b'{"name": "", "tax_inclusive": true}', (422, "request.invalid", "/name")),
            (b'{"name": "A", "tax_inclusive": true, "tenant_id": 1}', (422, "request.invalid", "/tenant_id")),
        ],
    )
    async def test_a_body_that_does_not_fit_is_pointed_at(self, world: World, body: bytes, expected: tuple[int, str, str]) -> None:
        assert problem(await world.put("/v1/sellers/acme", body)) == expected

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            (b'{"deep": [{"n": 9223372036854775808}]}', "/deep/0/n"),
            (b'{"n": -9223372036854775809}', "/n"),
            (b'{"a/b": {"c~d": "\\u0000"}}', "/a~1b/c~0d"),
            (b'{"deep": {"\\u0000": 1}}', "/deep"),
        ],
    )
    def test_what_the_database_cannot_hold_is_pointed_at(self, body: bytes, pointer: str) -> None:
        with pytest.raises(Problem) as refused:
            bodies.decoded(body, msgspec.json.Decoder(dict[str, Any]))
        assert (refused.value.type, refused.value.errors[0].pointer) == (INVALID, pointer)

    def test_what_is_nested_without_end_is_malformed(self) -> None:
        with pytest.raises(RecursionError) as fault:
            bodies.decoded(b'{"x": ' + b"[" * 100_000, msgspec.json.Decoder(dict[str, Any]))
        assert problem_of(fault.value, "").type is MALFORMED

    def test_the_largest_number_passes(self) -> None:
        body = b'{"n": 9223372036854775807, "card": "99999999999999999999"}'
        assert bodies.decoded(body, msgspec.json.Decoder(dict[str, Any])) == {"n": (1 << 63) - 1, "card": "99999999999999999999"}

    async def test_an_escaped_escape_is_no_zero_character(self, world: World) -> None:
        assert (await world.put("/v1/sellers/acme", {"name": "a\\u0000b", "tax_inclusive": True})).status_code == 200
        assert (await world.get("/v1/sellers/acme")).json()["name"] == "a\\u0000b"

    async def test_a_body_may_not_be_larger_than_allowed(self, world: World) -> None:
        body = b'{"name": "' + b"x" * (1 << 20) + b'", "tax_inclusive": true}'
        assert problem(await world.put("/v1/sellers/acme", body)) == (413, "request.too_large", "")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("limit=0", (422, "request.invalid", "/limit")),
            ("limit=251", (422, "request.invalid", "/limit")),
            ("limit=many", (422, "request.invalid", "/limit")),
            ("limit=1e9", (422, "request.invalid", "/limit")),
            ("after=!", (422, "request.invalid", "/after")),
            ("after=W10", (422, "request.invalid", "/after")),
            ("after=" + "A" * 2000, (422, "request.invalid", "/after")),
            ("channel=%00", (400, "request.malformed", "")),
        ],
    )
    async def test_a_query_that_does_not_fit_is_pointed_at(self, world: World, query: str, expected: tuple[int, str, str]) -> None:
        assert problem(await world.get(f"/v1/stores?{query}")) == expected

    @pytest.mark.parametrize("code", ["%00", "%ff", "a%2Fb", "..", "\u202e", "x" * 5000, "%F0%9F%9B%92"])
    async def test_an_address_nobody_has_is_not_there(self, world: World, code: str) -> None:
        told = await world.get(f"/v1/sellers/{code}")
        assert told.status_code in {400, 404}
        assert told.json()["code"] in {"resource.not_found", "request.malformed"}

    async def test_what_is_not_there_and_what_it_does_not_do(self, world: World) -> None:
        assert problem(await world.get("/v1/nothing")) == (404, "resource.not_found", "")
        refused = await world.served.ask("DELETE", "/v1/sellers", None, world.key)
        assert problem(refused) == (405, "request.method_not_allowed", "")
        assert "GET" in refused.headers["allow"]

    @pytest.mark.parametrize(
        ("accepted", "title"),
        [
            ("zh-CN,zh;q=0.9,en;q=0.8", "资源不存在"),
            ("en-US,en;q=0.9,zh;q=0.8", "There is no such thing here"),
            ("fr", "There is no such thing here"),
        ],
    )
    async def test_the_title_is_in_the_language_asked_for(self, world: World, accepted: str, title: str) -> None:
        assert (await world.get("/v1/nothing", accept_language=accepted)).json()["title"] == title

    @pytest.mark.parametrize(("given", "kept"), [("abc-1.2_3", True), ("x" * 65, False), ("has space", False), ("<script>", False)])
    async def test_the_request_id_of_the_caller_is_kept_if_it_is_harmless(self, served: Served, given: str, kept: bool) -> None:
        told = (await served.ask("GET", "/health", x_request_id=given)).headers["x-request-id"]
        assert (told == given) is kept
        assert len(told) == len(given) if kept else 16


class TestManners:
    async def test_a_put_makes_and_replaces_from_the_revision_that_was_read(self, world: World) -> None:
        made = await world.put("/v1/sellers/new", SELLER)
        assert (made.status_code, made.headers["location"], made.headers["etag"]) == (201, "/v1/sellers/new", '"1"')
        assert made.json() == {"name": "Acme", "tax_inclusive": True, "code": "new", "revision": 1}
        replaced = await world.put("/v1/sellers/new", SELLER | {"name": "B"}, if_match='"1"')
        assert (replaced.status_code, replaced.headers["etag"]) == (200, '"2"')
        assert problem(await world.put("/v1/sellers/new", SELLER, if_match='"1"')) == (412, "resource.stale", "")
        assert problem(await world.put("/v1/sellers/new", SELLER, if_match="anything")) == (400, "request.malformed", "")
        read = await world.get("/v1/sellers/new")
        assert (read.json()["name"], read.headers["etag"]) == ("B", '"2"')
        known = await world.get("/v1/sellers/new", if_none_match='"1", W/"2"')
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", '"2"')

    async def test_every_kind_of_place_is_put_and_read_the_same_way(self, world: World) -> None:
        channel = {"name": "Web", "scene": "b2c.mall", "currency": "CNY", "time_zone": "Asia/Shanghai", "open": True}
        for address, body in (
            ("/v1/channels/web", channel),
            ("/v1/stores/s9", {"name": "S9", "channel": "web", "seller": "acme", "open": False}),
            ("/v1/stores/s9/devices/t1", {"active": False}),
            ("/v1/roles/packer", {"name": "Packer", "grants": ["fulfillment:*"]}),
            ("/v1/staff/eve", {"name": "Eve", "roles": ["packer"], "store": "s9", "active": True}),
        ):
            sent = body | {"password": "long enough it is"} if "staff" in address else body
            made = await world.put(address, sent)
            assert (made.status_code, made.headers["location"]) == (201, address)
            told = (await world.get(address)).json()
            assert told == made.json()
            assert {name: told[name] for name in body} == body
            assert told in (await world.get(address.rpartition("/")[0])).json()["items"]

    async def test_lists_are_told_in_pages(self, world: World) -> None:
        first = (await world.get("/v1/stores?limit=1")).json()
        second = (await world.get(f"/v1/stores?limit=1&after={first['next']}")).json()
        assert [one["code"] for one in first["items"] + second["items"]] == ["s1", "s2"]
        assert second["next"] is None
        assert (await world.get("/v1/stores?channel=mall")).json() == {"items": [], "next": None}

    async def test_the_same_key_does_it_once(self, world: World) -> None:
        body = {"kind": "card", "value": "1234"}
        first = await world.post("/v1/members", body, idempotency_key="k1")
        again = await world.post("/v1/members", body, idempotency_key="k1")
        assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert problem(await world.post("/v1/members", body | {"value": "4321"}, idempotency_key="k1"))[:2] == (
            422,
            "idempotency.key_reused",
        )

    @pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
    async def test_a_key_is_short_and_printable(self, world: World, key: str) -> None:
        told = await world.post("/v1/members", {"kind": "card", "value": "1234"}, idempotency_key=key)
        assert problem(told) == (422, "request.invalid", "/Idempotency-Key")


class TestTheContract:
    async def test_every_route_is_described(self, served: Served) -> None:
        doc = (await served.ask("GET", "/v1/openapi.json")).json()
        assert doc["openapi"].startswith("3.1")
        described = {(method.upper(), path) for path, operations in doc["paths"].items() for method in operations}
        declared = {(route.method, route.path.replace(":str", "")) for route in DECLARED}
        assert described == declared
        examples, shared = doc["components"]["examples"], doc["components"]["responses"]
        for path, operations in doc["paths"].items():
            for method, operation in operations.items():
                assert {"500", "503"} <= operation["responses"].keys(), (method, path)
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        told = shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
                        content = told["content"]["application/problem+json"]
                        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
                        assert all(examples[code]["value"]["status"] == int(status) for code in content["examples"])
        put = doc["paths"]["/v1/sellers/{code}"]["put"]
        assert [p["name"] for p in put["parameters"] if p["in"] == "header"] == ["If-Match"]
        assert put["security"] == [{"token": []}]
        assert "access:write" in put["description"]
        assert doc["paths"]["/v1/sign-in"]["post"]["security"] == []
        assert doc["components"]["securitySchemes"]["token"]["scheme"] == "bearer"

    async def test_options_tell_everything_an_address_does(self, world: World) -> None:
        told = await world.served.ask("OPTIONS", "/v1/sellers/acme")
        assert (told.status_code, told.headers["allow"]) == (204, "GET, OPTIONS, PUT")
        assert (await world.served.ask("OPTIONS", "/v1/members/find")).headers["allow"] == "OPTIONS, POST"
        assert problem(await world.served.ask("OPTIONS", "/v1/nothing")) == (404, "resource.not_found", "")

    async def test_the_page_to_try_it_needs_nothing_from_elsewhere(self, served: Served) -> None:
        page = await served.ask("GET", "/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "http://" not in page.text
        assert "https://" not in page.text

    async def test_operators_are_told(self, served: Served) -> None:
        assert (await served.ask("GET", "/health")).json() == {"alive": True}
        assert (await served.ask("GET", "/ready")).json()["migration"] != "0000"
        meters = (await served.ask("GET", "/metrics")).text
        assert 'jiutong_requests_total{method="GET",route="/health",status="200"}' in meters
