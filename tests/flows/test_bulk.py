"""Acts on many products at once, tried out, done and undone; and prices that are ended."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_products_api import put_tea, refusal
from tests.world import NOON, World, served, world

__all__ = ["served", "world"]


async def three(world: World) -> None:
    for code in ("b-1", "b-2"):
        await world.put(f"/v1/brands/{code}", {"name": code})
        await world.put(f"/v1/categories/c{code}", {"name": code})
    for no, brand in enumerate(("b-1", "b-1", "b-2"), 1):
        told = await world.put(f"/v1/products/p{no}", {"title": f"P{no}", "brand": brand, "skus": [{"code": f"p{no}-1", "weight_g": no}]})
        assert told.status_code == 201


async def act(world: World, act: str, **more: Any) -> Any:
    told = await world.post("/v1/products/bulk", {"act": act, **more})
    assert told.status_code == 200, told.text
    return told.json()


def named(*codes: str) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]


async def states(world: World) -> list[str]:
    return [one["status"] for one in (await world.get("/v1/products")).json()["items"]]


class TestBulk:
    async def test_moves_are_told_row_by_row(self, world: World) -> None:
        await three(world)
        told = await act(world, "submit", products=named("p1", "p2", "nil"))
        assert (told["changed"], told["unchanged"], told["refused"]) == (2, 0, 1)
        assert told["rows"][0] == {"product": "p1", "outcome": "changed", "before": "draft"}
        assert told["rows"][2]["reason"] == "catalog.unknown_product"
        assert (await act(world, "submit", products=named("p1")))["rows"] == [{"product": "p1", "outcome": "unchanged", "before": "audit"}]
        told = await act(world, "publish", products=named("p1", "p2", "p3"))
        assert [(one["outcome"], one.get("reason")) for one in told["rows"]] == [
            ("changed", None),
            ("changed", None),
            ("refused", "catalog.illegal_move"),
        ]
        assert await states(world) == ["published", "published", "draft"]

    async def test_a_filter_acts_on_what_its_list_shows_and_a_dry_run_on_nothing(self, world: World) -> None:
        await three(world)
        told = await act(world, "retire", filter={"brand": "b-1"}, dry_run=True)
        assert (told["changed"], [one["product"] for one in told["rows"]]) == (2, ["p1", "p2"])
        assert await states(world) == ["draft"] * 3
        assert (await act(world, "retire", filter={"brand": "b-1"}))["changed"] == 2
        assert await states(world) == ["retired", "retired", "draft"]

    async def test_filing_leaves_the_rest_alone_and_is_undone_by_what_was_before(self, world: World) -> None:
        await three(world)
        told = await act(world, "set_brand", to="b-2", products=named("p1", "p2", "p3"))
        assert [(one["outcome"], one["before"]) for one in told["rows"]] == [("changed", "b-1"), ("changed", "b-1"), ("unchanged", "b-2")]
        shown = (await world.get("/v1/products/p1")).json()
        assert (shown["brand"], shown["title"], shown["skus"][0]["weight_g"]) == ("b-2", "P1", 1)
        undo = [{"code": one["product"], "to": one["before"]} for one in told["rows"] if one["outcome"] == "changed"]
        assert (await act(world, "set_brand", products=undo))["changed"] == 2
        assert (await world.get("/v1/products/p1")).json()["brand"] == "b-1"
        assert (await act(world, "set_category", to="cb-1", products=named("p1")))["changed"] == 1
        assert (await act(world, "set_category", to="", products=named("p1")))["rows"][0]["before"] == "cb-1"
        assert (await world.get("/v1/products/p1")).json()["category"] is None
        assert (await act(world, "set_category", to="nil", products=named("p1")))["rows"][0]["reason"] == "catalog.unknown_category"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"act": "retire"}, "/products"),
            ({"act": "retire", "products": [{"code": "a"}], "filter": {}}, "/products"),
            ({"act": "set_brand", "products": [{"code": "a"}]}, "/to"),
        ],
    )
    async def test_what_cannot_be_asked(self, world: World, body: dict[str, Any], pointer: str) -> None:
        assert refusal(await world.post("/v1/products/bulk", body)) == (422, "request.invalid", [pointer])


class TestEndedPrices:
    async def priced(self, world: World, **more: Any) -> str:
        await put_tea(world)
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
        told = await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 5, **more}]})
        assert told.json()["created"] == 1
        return (await world.get("/v1/price-lists/base/prices")).json()["items"][0]["price"]

    async def explained(self, world: World) -> int | None:
        return (await world.get("/v1/prices/explain?sku=tea-100&channel=stores")).json()["amount_minor"]

    async def test_a_price_that_runs_ends_now(self, world: World) -> None:
        price = await self.priced(world)
        assert await self.explained(world) == 5
        world.served.clock.advance(timedelta(hours=1))
        told = await world.post(f"/v1/prices/{price}/end", {})
        assert told.json() == {"outcome": "ended", "at": "2026-11-22T13:00:00Z"}
        assert (await world.get("/v1/price-lists/base/prices")).json()["items"][0]["valid_to"] == "2026-11-22T13:00:00Z"
        assert await self.explained(world) is None
        assert (await world.post(f"/v1/prices/{price}/end", {})).json()["outcome"] == "unchanged"
        assert [type_ for type_, _, _ in await world.events()].count("price.ended.v1") == 1

    async def test_it_may_end_later_but_not_in_the_past(self, world: World) -> None:
        price = await self.priced(world)
        later, past = ((NOON + timedelta(hours=hours)).isoformat() for hours in (5, -5))
        assert refusal(await world.post(f"/v1/prices/{price}/end", {"at": past})) == (422, "pricing.in_the_past", ["/at"])
        assert (await world.post(f"/v1/prices/{price}/end", {"at": later})).json()["outcome"] == "ended"
        assert await self.explained(world) == 5
        world.served.clock.advance(timedelta(hours=5))
        assert await self.explained(world) is None

    async def test_a_price_that_has_not_begun_is_taken_back(self, world: World) -> None:
        price = await self.priced(world, valid_from=(NOON + timedelta(days=1)).isoformat())
        assert (await world.post(f"/v1/prices/{price}/end", {})).json()["outcome"] == "taken_back"
        assert (await world.get("/v1/price-lists/base/prices")).json()["items"] == []
        assert refusal(await world.post(f"/v1/prices/{price}/end", {}))[:2] == (404, "pricing.unknown_price")


class TestLooks:
    async def test_listings_are_listed_and_a_product_tells_its_story(self, world: World) -> None:
        await put_tea(world)
        before = (await world.get("/v1/listings?sku=tea-100")).json()["items"]
        listing = {"sku": "tea-100", "channel": "stores", "store": "s1", "seller": "acme", "tax_class": "food"}
        await world.put("/v1/listings", {"listings": [listing]})
        after = (await world.get("/v1/listings?channel=stores&store=s1")).json()["items"]
        assert [one for one in after if one not in before] == [
            {**listing, "title": after[0]["title"], "product": "tea", "owner": "acme", "listed": True, "valid_from": None, "valid_to": None}
        ]
        await act(world, "submit", products=named("tea"))
        told = (await world.get("/v1/products/tea/timeline")).json()["items"]
        assert told[0]["type"] == "product.moved.v1"
        assert told[0]["facts"]["after"] == "audit"
        assert refusal(await world.get("/v1/products/nil/timeline"))[:2] == (404, "catalog.unknown_product")
