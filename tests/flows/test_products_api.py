"""The catalog through HTTP: products, their life, listings, lists and the product page."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tests.world import NOON, World, served, world

from jiutong.api.products import BULK_MAX
from jiutong.capabilities.inventory import NamedSources, ReceiptLine, ReceiveStock
from jiutong.flows.maintain_locations import set_sources
from jiutong.flows.receive_stock import receive_stock
from jiutong.reads import products as reads

__all__ = ["served", "world"]
TEA = {
    "title": "Green tea",
    "attributes": {"leaf": "whole", "weight_g": 100},
    "skus": [{"code": "tea-100", "weight_g": 110, "gtins": ["7501031311309"]}, {"code": "tea-500", "title": "Green tea, 500 g"}],
}


def refusal(told: Any) -> tuple[int, str, list[str]]:
    body = told.json()
    return told.status_code, body["code"], [one["pointer"] for one in body.get("errors", ())]


async def put_tea(world: World, **more: object) -> Any:
    return await world.put("/v1/products/tea", {**TEA, **more})


async def sell_tea(world: World) -> None:
    """The small pack is published, listed in the mall, priced at 12.50 and 7 of it are in stock."""
    await put_tea(world)
    for step in ("submit", "publish"):
        assert (await world.post(f"/v1/products/tea/{step}")).status_code == 200
    listing = {"sku": "tea-100", "channel": "mall", "seller": "acme", "tax_class": "standard"}
    assert (await world.put("/v1/listings", {"listings": [listing]})).json() == {"created": 1, "changed": 0, "unchanged": 0}
    assert (await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})).status_code == 200
    told = await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 1250}]})
    assert told.json() == {"created": 1, "changed": 0, "unchanged": 0}
    await world.run(receive_stock, ReceiveStock("dc1", (ReceiptLine("tea-100", 7),), "acme"))


class TestPut:
    async def test_a_new_product_is_a_draft_at_revision_one(self, world: World) -> None:
        told = await put_tea(world)
        assert (told.status_code, told.headers["etag"], told.headers["location"]) == (201, '"1"', "/v1/products/tea")
        assert told.json() == {"code": "tea", "outcome": "created", "revision": 1}
        shown = (await world.get("/v1/products/tea")).json()
        assert (shown["status"], shown["title"], shown["attributes"]) == ("draft", "Green tea", {"leaf": "whole", "weight_g": 100})
        assert [(sku["code"], sku["title"], sku["gtins"]) for sku in shown["skus"]] == [
            ("tea-100", "Green tea", ["07501031311309"]),
            ("tea-500", "Green tea, 500 g", []),
        ]

    async def test_the_same_again_changes_nothing(self, world: World) -> None:
        await put_tea(world)
        told = await put_tea(world)
        assert told.json() == {"code": "tea", "outcome": "unchanged", "revision": 1}
        assert [type_ for type_, _, _ in await world.events()] == ["product.created.v1"]

    async def test_a_change_says_what_was_before(self, world: World) -> None:
        await put_tea(world)
        told = await put_tea(world, title="Greenest tea", skus=[])
        assert (told.status_code, told.json()["outcome"], told.headers["etag"]) == (200, "changed", '"2"')
        (_, facts), (_, changed) = [(type_, facts) for type_, _, facts in await world.events()]
        assert facts == {"codes": ["tea"]}
        assert (changed["before"]["title"], changed["after"]["title"]) == ("Green tea", "Greenest tea")
        shown = (await world.get("/v1/products/tea")).json()
        assert [sku["code"] for sku in shown["skus"]] == ["tea-100", "tea-500"]

    async def test_nobody_overwrites_what_they_have_not_seen(self, world: World) -> None:
        await put_tea(world)
        await put_tea(world, title="Greener tea")
        assert refusal(await world.put("/v1/products/tea", TEA, if_match='"1"'))[:2] == (412, "resource.stale")
        assert (await world.put("/v1/products/tea", TEA, if_match='"2"')).headers["etag"] == '"3"'

    @pytest.mark.parametrize(
        ("more", "code", "pointer"),
        [
            ({"brand": "nobody"}, "catalog.unknown_brand", "/brand"),
            ({"category": "nowhere"}, "catalog.unknown_category", "/category"),
            ({"skus": [{"code": "a"}, {"code": "b", "gtins": ["7501031311308"]}]}, "catalog.bad_gtin", "/skus/1/gtins/0"),
            (
                {"skus": [{"code": "a", "gtins": ["73513537"]}, {"code": "b", "gtins": ["73513537"]}]},
                "catalog.barcode_taken",
                "/skus/1/gtins/0",
            ),
        ],
    )
    async def test_what_is_refused_is_pointed_at(self, world: World, more: dict[str, Any], code: str, pointer: str) -> None:
        told = await put_tea(world, **more)
        assert refusal(told)[1:] == (code, [pointer])
        assert refusal(await world.get("/v1/products/tea"))[:2] == (404, "catalog.unknown_product")

    async def test_a_bulk_is_told_row_by_row(self, world: World) -> None:
        rows = [
            {"code": "a", "title": "A", "skus": [{"code": "a1"}]},
            {"code": "b", "title": "B", "brand": "nobody"},
            {"code": "c", "title": "C", "skus": [{"code": "a1"}]},
            {"code": "a", "title": "A", "skus": [{"code": "a1"}]},
        ]
        told = await world.post("/v1/products", {"products": rows}, idempotency_key="bulk")
        assert [(row["outcome"], row.get("refused", {}).get("code")) for row in told.json()["rows"]] == [
            ("created", None),
            ("refused", "catalog.unknown_brand"),
            ("refused", "catalog.sku_taken"),
            ("unchanged", None),
        ]
        again = await world.post("/v1/products", {"products": rows}, idempotency_key="bulk")
        assert again.json() == told.json()
        too_many = [{"code": f"p{i}", "title": "P"} for i in range(BULK_MAX + 1)]
        assert refusal(await world.post("/v1/products", {"products": too_many}))[:2] == (422, "request.invalid")


class TestLife:
    async def test_draft_audit_published_retired(self, world: World) -> None:
        await put_tea(world)
        assert refusal(await world.post("/v1/products/tea/publish"))[:2] == (409, "catalog.illegal_move")
        told = [(await world.post(f"/v1/products/tea/{step}")).json() for step in ("submit", "publish", "retire")]
        assert told == [
            {"code": "tea", "status": status, "revision": revision} for revision, status in enumerate(("audit", "published", "retired"), 2)
        ]
        moves = [(facts["before"], facts["after"]) for type_, _, facts in await world.events() if type_ == "product.moved.v1"]
        assert moves == [("draft", "audit"), ("audit", "published"), ("published", "retired")]

    async def test_an_unknown_product_does_not_move(self, world: World) -> None:
        assert refusal(await world.post("/v1/products/tea/submit"))[:2] == (404, "catalog.unknown_product")
        await put_tea(world)
        assert refusal(await world.post("/v1/products/tea/submit", if_match='"7"'))[:2] == (412, "resource.stale")


class TestFiling:
    async def test_brands_and_categories_have_lists(self, world: World) -> None:
        assert (await world.put("/v1/brands/acme", {"name": "Acme"})).json() == {"code": "acme", "name": "Acme"}
        await world.put("/v1/categories/food", {"name": "Food"})
        await world.put("/v1/categories/tea", {"name": "Tea", "parent": "food"})
        assert refusal(await world.put("/v1/categories/food", {"name": "Food", "parent": "tea"})) == (
            409,
            "catalog.category_circle",
            ["/parent"],
        )
        assert (await world.get("/v1/brands")).json() == {"items": [{"code": "acme", "name": "Acme"}], "next": None}
        assert (await world.get("/v1/categories")).json()["items"] == [
            {"code": "food", "name": "Food"},
            {"code": "tea", "name": "Tea", "parent": "food"},
        ]

    async def test_pages_meet_without_gap_or_repeat(self, world: World) -> None:
        await world.put("/v1/brands/acme", {"name": "Acme"})
        await world.put("/v1/categories/food", {"name": "Food"})
        for no in range(7):
            world.served.clock.at = NOON + timedelta(seconds=no)
            body = {"title": f"Title {no % 3}", "brand": "acme" if no % 2 else None, "category": "food"}
            await world.put(f"/v1/products/p{no}", {name: value for name, value in body.items() if value})

        async def walk(query: str) -> list[str]:
            codes: list[str] = []
            after = ""
            while True:
                told = (await world.get(f"/v1/products?limit=2{query}{after}")).json()
                codes += [row["code"] for row in told["items"]]
                if told["next"] is None:
                    return codes
                after = f"&after={told['next']}"

        assert await walk("") == [f"p{no}" for no in range(7)]
        assert await walk("&sort=title") == ["p0", "p3", "p6", "p1", "p4", "p2", "p5"]
        assert await walk("&sort=changed") == [f"p{no}" for no in reversed(range(7))]
        assert await walk("&brand=acme") == ["p1", "p3", "p5"]
        assert await walk("&brand=nobody") == []
        assert await walk("&category=food&status=draft&q=title+2") == ["p2", "p5"]
        assert await walk("&status=published") == []
        assert await walk("&q=p3") == ["p3"]
        assert await walk("&q=%25") == []
        assert refusal(await world.get("/v1/products?after=bogus"))[:2] == (422, "request.invalid")


class TestOffer:
    async def test_the_product_page_tells_price_and_atp(self, world: World) -> None:
        await sell_tea(world)
        first = (await world.get("/v1/products/tea")).json()["skus"][0]["listings"]
        assert first == [
            {
                "channel": "mall",
                "store": None,
                "seller": "acme",
                "owner": "acme",
                "tax_class": "standard",
                "listed": True,
                "valid_from": None,
                "valid_to": None,
                "offered": True,
                "price": {"amount_minor": 1250, "per": 1, "currency": "USD", "list": "base"},
                "atp": 7,
            }
        ]
        row = (await world.get("/v1/products?channel=mall")).json()["items"]
        assert [(one["code"], one["price"]["amount_minor"], one["atp"], one["skus"]) for one in row] == [("tea", 1250, 7, 2)]
        assert (await world.get("/v1/products?channel=stores")).json()["items"] == []

    async def test_what_changes_elsewhere_is_seen_at_once(self, world: World) -> None:
        await sell_tea(world)
        assert (await world.get("/v1/products/tea")).json()["skus"][0]["listings"][0]["price"]["amount_minor"] == 1250
        # Another process: what this one remembers is not told.
        others = world.served.house.db.memory
        mine = dict(others)
        others.clear()
        world.served.clock.at += timedelta(seconds=1)
        await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 990}]})
        await world.run(set_sources, NamedSources("mall", ()))
        await world.post("/v1/products/tea/retire")
        others.clear()
        others.update(mine)
        row = (await world.get("/v1/products?channel=mall")).json()["items"][0]
        assert (row["price"], row["atp"]) == (None, None)
        listing = (await world.get("/v1/products/tea")).json()["skus"][0]["listings"][0]
        assert (listing["price"]["amount_minor"], listing["offered"]) == (990, False)

    async def test_what_is_remembered_costs_no_statement(self, world: World) -> None:
        await sell_tea(world)
        db, clock, tenant_id = world.served.house.db, world.served.house.clock, world.tenant.tenant_id
        before = await reads.detail(db, clock, tenant_id, "tea")
        async with db.reading(tenant_id, NOON) as tx:
            shown = await reads.details(tx, ["tea", "tea"])
            assert (shown["tea"], tx.statements) == (before, 1)
            await reads.page(tx, reads.Wanted(channel="mall"), 20)
            assert tx.statements == 3

    async def test_who_asks_at_once_shares_the_look(self, world: World) -> None:
        await sell_tea(world)
        db, clock, tenant_id = world.served.house.db, world.served.house.clock, world.tenant.tenant_id
        await reads.detail(db, clock, tenant_id, "tea")
        crossed: list[str] = []
        db.boundary = crossed.append
        try:
            told = await asyncio.gather(
                *(reads.detail(db, clock, tenant_id, "tea") for _ in range(20)), reads.detail(db, clock, tenant_id, "no")
            )
        finally:
            db.boundary = lambda _: None
        assert told[-1] is None
        assert {one.revision for one in told[:-1] if one} == {3}
        assert crossed.count("statement") <= 4

    async def test_one_asker_spoils_no_others_answer(self, world: World) -> None:
        await sell_tea(world)
        db, clock, tenant_id = world.served.house.db, world.served.house.clock, world.tenant.tenant_id
        good, bad = reads.Wanted(), reads.Wanted(category="\ud800")
        told = await asyncio.gather(*(reads.listed(db, clock, tenant_id, one, 5) for one in (good, bad, good)), return_exceptions=True)
        assert isinstance(told[1], asyncpg.DataError)
        assert told[0] == told[2]
        assert [row.code for row, _ in told[0]] == ["tea"]  # type: ignore[union-attr]
