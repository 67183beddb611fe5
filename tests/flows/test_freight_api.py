"""Freight templates and fees through HTTP: drafts, versions, defaults, refusals with pointers, and trying them out."""

import asyncio
from typing import Any

import pytest
from tests.shop import Shop, shop
from tests.world import NOON, World, served, world

__all__ = ["served", "shop", "world"]

POST = {
    "kind": "freight",
    "name": "Parcel post",
    "name_zh": "普通包裹",
    "seller": "acme",
    "currency": "USD",
    "zones": [
        {"name": "West", "regions": ["US/CA", "US/NV"], "first": 1000, "first_minor": 500, "step": 500, "step_minor": 100},
        {"name": "Islands", "regions": ["US/HI"], "closed": True},
        {"name": "Elsewhere", "first": 1000, "first_minor": 900, "step": 500, "step_minor": 300},
    ],
    "by": "weight",
    "free": [{"from_minor": 9900}],
    "default_in": ["mall"],
}
WRAP = {"kind": "fee", "name": "Gift wrap", "seller": "acme", "currency": "USD", "amount_minor": 350, "optional": True}


async def published(world: World, code: str, body: dict[str, Any], path: str = "freight-templates") -> None:
    assert (await world.put(f"/v1/{path}/{code}", body)).status_code == 200
    assert (await world.post(f"/v1/{path}/{code}/publish")).status_code == 200


async def versions(world: World, code: str, path: str = "freight-templates") -> list[tuple[int, str]]:
    return [(one["version"], one["state"]) for one in (await world.get(f"/v1/{path}/{code}")).json()["versions"]]


async def test_a_template_is_drafted_published_changed_as_a_new_version_and_ended(world: World) -> None:
    told = await world.put("/v1/freight-templates/post", POST)
    assert told.json() == {"code": "post", "version": 1, "state": "draft", "outcome": "created"}
    assert (await world.put("/v1/freight-templates/post", POST)).json()["outcome"] == "unchanged"
    assert (await world.put("/v1/freight-templates/post", POST | {"name": "Post"})).json()["outcome"] == "changed"
    assert await versions(world, "post") == [(1, "draft")]
    assert (await world.post("/v1/freight-templates/post/publish")).json()["state"] == "published"
    assert (await world.put("/v1/freight-templates/post", POST | {"name": "Post"})).json()["outcome"] == "unchanged"
    assert (await world.put("/v1/freight-templates/post", POST)).json()["version"] == 2
    assert await versions(world, "post") == [(2, "draft"), (1, "published")]
    await world.post("/v1/freight-templates/post/publish")
    assert await versions(world, "post") == [(2, "published"), (1, "ended")]
    assert (await world.post("/v1/freight-templates/post/end")).json()["version"] == 2
    [latest, first] = (await world.get("/v1/freight-templates/post")).json()["versions"]
    assert (latest["state"], latest["ended_at"], first["terms"]["name"], latest["terms"]) == (
        "ended", NOON.isoformat().replace("+00:00", "Z"), "Post", POST,
    )  # fmt: skip
    assert [type_ for type_, _, _ in await world.events()] == [
        "tariff.drafted.v1", "tariff.drafted.v1", "tariff.published.v1", "tariff.drafted.v1", "tariff.ended.v1", "tariff.published.v1",
        "tariff.ended.v1",
    ]  # fmt: skip


async def test_templates_are_listed_by_code_state_and_words(world: World) -> None:
    await published(world, "post", POST)
    await world.put("/v1/freight-templates/post", POST | {"name": "Parcels"})
    await world.put("/v1/freight-templates/big", POST | {"name_zh": "大件", "default_in": [], "default_everywhere": True})
    await published(world, "wrap", WRAP, "fees")

    async def codes(query: str, path: str = "freight-templates") -> list[str]:
        return [one["code"] for one in (await world.get(f"/v1/{path}?{query}")).json()["items"]]

    listed = (await world.get("/v1/freight-templates")).json()["items"]
    assert [(one["code"], one["in_force"], one["draft"], one["latest"], one["default_in"]) for one in listed] == [
        ("big", None, 1, 1, ["*"]),
        ("post", 1, 2, 2, ["mall"]),
    ]
    assert await codes("state=published") == ["post"]
    assert await codes("state=draft") == ["big", "post"]
    assert await codes("q=大件") == ["big"]
    assert await codes("seller=berlin") == []
    assert await codes("", "fees") == ["wrap"]
    first = (await world.get("/v1/freight-templates?limit=1")).json()
    assert await codes(f"after={first['next']}") == ["post"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"seller": "nobody"}, "access.unknown_seller", "/seller"),
        ({"default_in": ["mall", "moon"]}, "access.unknown_channel", "/default_in/1"),
        ({"currency": "EUR"}, "tariff.other_currency", "/default_in/0"),
        ({"zones": [{"name": "A"}, {"name": "B"}]}, "freight.two_rests", "/zones/1/regions"),
        ({"zones": [{"name": "A", "regions": ["us"]}]}, "request.invalid", "/zones/0/regions/0"),
        ({"zones": []}, "request.invalid", "/zones"),
        ({"tax_class": "freight"}, "pricing.no_tax_rate", "/tax_class"),
    ],
)
async def test_what_an_author_writes_wrong_is_told_where(world: World, change: dict[str, Any], code: str, pointer: str) -> None:
    told = (await world.put("/v1/freight-templates/post", POST | change)).json()
    assert (told["code"], told["errors"][0]["pointer"]) == (code, pointer)


async def test_a_tariff_keeps_its_seller_and_currency(shop: Shop) -> None:
    world = shop.world
    await world.put("/v1/fees/wrap", WRAP)
    for change, pointer in (({"seller": "berlin"}, "/seller"), ({"currency": "EUR"}, "/currency")):
        told = (await world.put("/v1/fees/wrap", WRAP | change)).json()
        assert (told["code"], told["errors"][0]["pointer"]) == ("tariff.changed", pointer)
    assert (await world.put("/v1/fees/a@b", WRAP)).json()["errors"][0]["pointer"] == "/code"


async def test_a_channel_has_one_template_by_default(world: World) -> None:
    await published(world, "post", POST)
    await world.put("/v1/freight-templates/express", POST)
    told = (await world.post("/v1/freight-templates/express/publish")).json()
    assert (told["code"], told["by"]) == ("tariff.default_taken", "post")
    await published(world, "post", POST | {"default_in": ["stores"]})
    assert (await world.post("/v1/freight-templates/express/publish")).status_code == 200


async def test_two_who_publish_at_once_do_not_both_become_the_default(world: World) -> None:
    for code in ("one", "two"):
        await world.put(f"/v1/freight-templates/{code}", POST)
    told = await asyncio.gather(*(world.post(f"/v1/freight-templates/{code}/publish") for code in ("one", "two")))
    assert sorted(one.status_code for one in told) == [200, 409]


async def test_there_is_nothing_to_publish_or_end(world: World) -> None:
    for path, code in (("post/publish", "tariff.unknown"), ("post/end", "tariff.unknown")):
        assert (await world.post(f"/v1/freight-templates/{path}")).json()["code"] == code
    await world.put("/v1/freight-templates/post", POST)
    assert (await world.post("/v1/freight-templates/post/end")).json()["code"] == "tariff.not_in_force"
    await world.post("/v1/freight-templates/post/publish")
    assert (await world.post("/v1/freight-templates/post/publish")).json()["code"] == "tariff.no_draft"
    assert (await world.get("/v1/freight-templates/none")).json()["code"] == "tariff.unknown"


async def test_what_it_would_cost_to_send_something_somewhere(shop: Shop) -> None:
    world = shop.world
    await published(world, "post", POST)
    await published(world, "wrap", WRAP, "fees")
    asked = {"seller": "acme", "channel": "mall", "country": "US", "region": "Oakland, CA"}
    lines = [{"sku": "rice", "quantity": 1800, "amount_minor": 450}, {"sku": "tea", "quantity": 2, "weight_g": 100, "amount_minor": 8210}]
    told = (await world.post("/v1/freight-templates/try", asked | {"lines": lines})).json()
    assert (told["region"], told["zone"], told["reachable"], told["freight_minor"], told["fees_minor"]) == (
        "US/CA/Oakland",
        "West",
        True,
        700,
        0,
    )
    assert [(one["line"], one["rule"], one["amount_minor"]) for one in told["charges"]] == [(1, "post@1", 36), (2, "post@1", 664)]
    assert [(one["outcome"], one["why"], one["gap"]) for one in told["notes"]] == [
        ("applied", "charged", 0),
        ("near", "free_near", 1240),
        ("near", "optional", 0),
    ]
    chosen = (await world.post("/v1/freight-templates/try", asked | {"lines": lines, "services": ["wrap"]})).json()
    assert chosen["fees_minor"] == 350
    islands = (await world.post("/v1/freight-templates/try", asked | {"lines": lines, "region": "Hilo, HI"})).json()
    assert (islands["zone"], islands["reachable"], islands["freight_minor"]) == (None, False, 0)
    nothing: dict[str, Any] = {}
    changes: list[tuple[dict[str, Any], str]] = [
        ({"services": ["polish"]}, "/services/0"),
        ({"seller": None}, "/seller"),
        ({"channel": "moon"}, "/channel"),
        ({"lines": [{"sku": "nothing"}]}, "/lines/0/sku"),
        ({"terms": POST | {"free": [nothing]}}, "/terms/free/0"),
    ]
    for change, pointer in changes:
        wrong = (await world.post("/v1/freight-templates/try", asked | {"lines": lines} | change)).json()
        assert wrong["errors"][0]["pointer"] == pointer


async def test_terms_that_are_not_saved_can_be_tried(world: World) -> None:
    body = {"terms": POST, "country": "US", "region": "Boise, ID", "lines": [{"quantity": 3, "weight_g": 600, "amount_minor": 100}]}
    told = (await world.post("/v1/freight-templates/try", body)).json()
    assert (told["zone"], told["freight_minor"]) == ("Elsewhere", 1500)
    assert (await world.get("/v1/freight-templates")).json()["items"] == []


async def test_who_may_write_may_not_publish(world: World) -> None:
    writer = await world.key_with("freight:write")
    assert (await world.served.ask("PUT", "/v1/freight-templates/post", POST, writer)).status_code == 200
    assert (await world.served.ask("POST", "/v1/freight-templates/post/publish", None, writer)).status_code == 403
    assert (await world.served.ask("GET", "/v1/freight-templates", None, writer)).status_code == 403
