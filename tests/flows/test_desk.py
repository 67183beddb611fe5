"""What screens are kept by: saved views, the audit log, scenes told, setting up, and a channel that keeps its currency."""

from datetime import timedelta
from typing import Any

from tests.flows.test_people import code, person, signed_in
from tests.shop import Shop, basket, shop
from tests.world import World, new_tenant, served, world

from jiutong.capabilities import access
from jiutong.flows import checkout
from jiutong.flows.maintain_access import put_channel, put_role
from jiutong.kernel import points
from jiutong.reads import audit

__all__ = ["served", "shop", "world"]
VIEW: dict[str, Any] = {
    "list": "orders",
    "name": "To ship",
    "query": "status=paid&sort=-placed_at",
    "columns": ["number", "total"],
    "roles": [],
}


class TestViews:
    async def test_a_view_is_its_owners_and_the_roles_it_is_shared_with(self, world: World) -> None:
        for login, role in (("ann", "clerk"), ("bob", "clerk"), ("eve", "finance")):
            await person(world, login, role)
        ask = world.served.ask
        ann, bob, eve = [await signed_in(world, login) for login in ("ann", "bob", "eve")]
        mine = await ask("POST", "/v1/views", VIEW, ann)
        shared = await ask("POST", "/v1/views", VIEW | {"name": "Everybody", "roles": ["clerk"]}, ann)
        assert (mine.status_code, mine.json()["revision"], mine.json()["mine"]) == (201, 1, True)

        async def seen(token: str, query: str = "?list=orders") -> list[tuple[str, bool, str]]:
            return [(one["name"], one["mine"], one["by"]) for one in (await ask("GET", f"/v1/views{query}", None, token)).json()["items"]]

        assert await seen(ann) == [("Everybody", True, "Ann"), ("To ship", True, "Ann")]
        assert await seen(bob) == [("Everybody", False, "Ann")]
        assert await seen(eve) == await seen(bob, "?list=products") == []
        assert code(await ask("GET", mine.headers["location"], None, bob)) == (404, "resource.not_found", "")
        told = (await ask("GET", shared.headers["location"], None, bob)).json()
        assert (told["query"], told["columns"], told["roles"]) == (VIEW["query"], VIEW["columns"], ["clerk"])
        assert code(await ask("PUT", shared.headers["location"], VIEW, bob)) == (403, "access.view_not_yours", "")
        assert code(await ask("DELETE", shared.headers["location"], None, bob)) == (403, "access.view_not_yours", "")
        assert (await ask("DELETE", shared.headers["location"], None, world.key)).status_code == 204
        assert await seen(ann) == [("To ship", True, "Ann")]

    async def test_a_view_is_replaced_from_what_was_read(self, world: World) -> None:
        made = await world.post("/v1/views", VIEW)
        where = made.headers["location"]
        tag = (await world.get(where)).headers["etag"]
        assert (await world.put(where, VIEW | {"name": "Two"}, if_match=tag)).headers["etag"] == '"2"'
        assert code(await world.put(where, VIEW | {"name": "Three"}, if_match=tag))[:2] == (412, "resource.stale")
        assert (await world.get(where)).json()["name"] == "Two"
        assert [(await world.served.ask("DELETE", where, None, world.key)).status_code for _ in range(2)] == [204, 204]
        assert code(await world.put(where, VIEW)) == (404, "resource.not_found", "")

    async def test_a_view_is_shared_with_roles_there_are(self, world: World) -> None:
        assert code(await world.post("/v1/views", VIEW | {"roles": ["ghosts"]})) == (422, "access.unknown_role", "/roles")
        assert code(await world.post("/v1/views", VIEW | {"columns": ["a,b"]}))[:2] == (422, "request.invalid")


class TestAudit:
    async def test_what_was_changed_is_told_before_and_after(self, world: World) -> None:
        await person(world, "ann", "owner")
        ann = await signed_in(world, "ann")
        channel = {"name": "Outlet", "scene": "b2c.mall", "currency": "USD", "time_zone": "UTC"}
        await world.served.ask("PUT", "/v1/channels/outlet", channel, ann)
        world.served.clock.advance(timedelta(minutes=1))
        await world.served.ask("PUT", "/v1/channels/outlet", channel | {"name": "Sale", "open": False}, ann)
        (now, then) = (await world.get("/v1/audit?actor=ann&event=channel.&subject=channel:outlet")).json()["items"]
        assert (now["type"], now["who"], now["at"], now["flow"]) == ("channel.put.v1", "Ann", "2026-11-22T12:01:00Z", "access.put_channel")
        assert now["subject"] == {"kind": "channel", "id": "outlet", "code": "outlet"}
        told = (await world.get(f"/v1/audit/{now['event']}")).json()
        assert told["changes"] == [
            {"at": "what.name", "before": "Outlet", "after": "Sale"},
            {"at": "what.open", "before": True, "after": False},
        ]
        first = (await world.get(f"/v1/audit/{then['event']}")).json()
        assert (first["before"], first["changes"][0]) == (None, {"at": "code", "before": None, "after": "outlet"})

    async def test_roles_are_told_apart_by_code(self, world: World) -> None:
        for role, grants in (("a", ("order:read",)), ("b", ("order:place",)), ("a", ("order:read", "order:cancel"))):
            await world.run(put_role, access.Put(role, access.Role(name=role, grants=grants)))
        (last, *_) = (await world.get("/v1/audit?event=role.put")).json()["items"]
        told = (await world.get(f"/v1/audit/{last['event']}")).json()
        assert told["changes"] == [{"at": "what.grants", "before": ["order:read"], "after": ["order:read", "order:cancel"]}]

    async def test_it_is_read_in_pages_by_time_and_person(self, world: World, monkeypatch: Any) -> None:
        await person(world, "ann", "owner")
        ann = await signed_in(world, "ann")
        for i in range(5):
            world.served.clock.advance(timedelta(minutes=1))
            token = ann if i in {0, 4} else world.key
            await world.served.ask("PUT", f"/v1/sellers/s{i}", {"name": "S", "tax_inclusive": True}, token)

        async def walked(query: str) -> tuple[list[str], int]:
            found: list[str] = []
            pages, after = 0, ""
            while True:
                page = (await world.get(f"/v1/audit?{query}{after}")).json()
                found += [one["subject"]["code"] for one in page["items"]]
                pages += 1
                if page["next"] is None:
                    return found, pages
                after = f"&after={page['next']}"

        assert await walked("event=seller.put&limit=2&from=2026-11-22T12:01:00Z") == (["s4", "s3", "s2", "s1", "s0"], 3)
        period = "from=2026-11-22T12:02:00Z&to=2026-11-22T12:04:00Z"
        assert (await walked(f"event=seller&{period}"))[0] == ["s2", "s1"]
        assert (await walked("event=seller&actor=nobody"))[0] == []
        monkeypatch.setattr(audit, "LOOKED_MAX", 2)
        found, pages = await walked("actor=ann&event=seller&limit=50&from=2026-11-22T12:01:00Z")
        assert (found, pages) == (["s4", "s0"], 3)

    async def test_facts_hold_no_internal_ids_and_no_secrets(self, shop: Shop) -> None:
        await shop.receive("dc1", ("salt", 1))
        placed = await shop.placed(basket(("salt", 1)))
        number = shop.world.served.house.ids.show("ord", placed.order_id)
        (event,) = (await shop.world.get(f"/v1/audit?subject={number}&event=order.placed")).json()["items"]
        assert event["subject"] == {"kind": "order", "id": number, "code": None}
        assert [word for word in event["facts"] if word.endswith("_id")] == []
        assert str(placed.order_id) not in str(event)


class TestScenes:
    async def test_a_plan_says_where_everything_comes_from(self, world: World) -> None:
        assert [one["code"] for one in (await world.get("/v1/scenes")).json()] == ["b2c.mall", "store.pos"]
        plan = (await world.get("/v1/scenes/store.pos")).json()
        assert (plan["title"], plan["title_zh"], plan["layers"]) == ("Store", "门店", ["store.pos", "base"])
        assert plan["version"] == points.PLANS["store.pos"].version
        assert [(one["position"], one["name"], one["origin"]) for one in plan["steps"]][:2] == [
            (1, "on_the_counter", "store.pos"),
            (2, "price_lines", "store.pos"),
        ]
        assert plan["points"] == [
            {
                "name": "discount_max_bp",
                "why": "How much of a line's list amount may be taken off by hand, in basis points",
                "policy": "first",
                "answer": "5000",
                "default": "3000",
                "origin": ["store.pos", "base"],
            },
            {
                "name": "hold_minutes",
                "why": "How long goods are kept for an order nobody has paid",
                "policy": "first",
                "answer": "15",
                "default": "15",
                "origin": ["base"],
            },
        ]
        assert code(await world.get("/v1/scenes/none")) == (404, "resource.not_found", "")

    async def test_two_plans_are_compared(self, world: World) -> None:
        told = (await world.get("/v1/scenes/b2c.mall/diff/store.pos")).json()
        assert (told["one"]["code"], told["other"]["code"]) == ("b2c.mall", "store.pos")
        assert {"kind": "point", "name": "discount_max_bp", "one": "3000", "other": "5000"} in told["differences"]
        assert {"kind": "step", "name": "sellable", "one": "2", "other": None} in told["differences"]


class TestSetup:
    async def test_an_empty_company_has_everything_before_it(self, world: World, admin_url: str) -> None:
        made = World(world.served, await new_tenant(world.served, admin_url))
        told = (await made.get("/v1/setup")).json()
        assert (told["complete"], [one["step"] for one in told["steps"] if one["done"]]) == (False, [])
        await made.put("/v1/sellers/acme", {"name": "Acme", "tax_inclusive": True})
        assert [one["step"] for one in (await made.get("/v1/setup")).json()["steps"] if one["done"]] == ["seller"]

    async def test_after_the_first_sale_nothing_is_left(self, shop: Shop) -> None:
        await shop.receive("dc1", ("salt", 1))
        await shop.do_all(checkout.place, [basket(("salt", 1))], by=shop.boss)
        assert (await shop.world.get("/v1/setup")).json()["complete"] is True


class TestCurrency:
    async def test_a_channel_with_orders_keeps_its_currency(self, shop: Shop) -> None:
        await shop.receive("dc1", ("salt", 1))
        await shop.do_all(checkout.place, [basket(("salt", 1))], by=shop.boss)
        channel = {"name": "Mall", "scene": "b2c.mall", "currency": "EUR", "time_zone": "UTC"}
        assert code(await shop.world.put("/v1/channels/mall", channel)) == (409, "access.currency_fixed", "/currency")
        assert (await shop.world.put("/v1/channels/mall", channel | {"currency": "USD"})).status_code == 200
        assert (await shop.world.get("/v1/channels/mall")).json()["currency"] == "USD"

    async def test_a_channel_without_orders_may_have_another(self, world: World) -> None:
        channel = access.Channel(name="New", scene="b2c.mall", currency="USD", time_zone="UTC")
        await world.run(put_channel, access.Put("new", channel))
        told = await world.put("/v1/channels/new", {"name": "New", "scene": "b2c.mall", "currency": "EUR", "time_zone": "UTC"})
        assert (told.status_code, told.json()["currency"]) == (200, "EUR")
