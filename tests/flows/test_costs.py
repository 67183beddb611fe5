"""What goods cost, through HTTP: lists only some may see, nothing is sold by, and margins are told against."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_prices_for import price_list
from tests.flows.test_products_api import refusal
from tests.shop import Shop, basket, shop
from tests.world import served, world

from jiutong.capabilities import access, catalog, pricing
from jiutong.capabilities.member import PutGroup
from jiutong.capabilities.pricing import Costed, Place, SetPrice, SetRate
from jiutong.flows.checkout import Placed
from jiutong.flows.maintain_companies import put_group
from jiutong.flows.maintain_prices import PutPriceList, PutPriceLists, SetPrices, put_lists, set_prices
from jiutong.flows.words import TakeOff
from jiutong.kernel.errors import Problem
from jiutong.reads import shelf

__all__ = ["served", "shop", "world"]
COSTS = {"name": "Costs", "currency": "USD", "role": "cost"}


async def explain(shop: Shop, query: str = "") -> tuple[int | None, int, int | None]:
    """(amount, floor, cost) of two tins of tea in the mall."""
    told = (await shop.world.get(f"/v1/prices/explain?sku=tea&channel=mall&quantity=2{query}")).json()
    return told["amount_minor"], told["floor_minor"], told["cost_minor"]


class TestLists:
    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({**COSTS, "group": "gold"}, "/group"),
            ({**COSTS, "company": "kiln"}, "/company"),
            ({**COSTS, "role": "sale", "seller": "acme"}, "/seller"),
            ({**COSTS, "role": "floor", "margin_bp": 100}, "/margin_bp"),
            ({**COSTS, "seller": "acme", "channel": "mall"}, "/seller"),
        ],
    )
    async def test_costs_are_of_places_and_sellers_and_margins_of_costs(self, shop: Shop, body: dict[str, Any], pointer: str) -> None:
        assert refusal(await shop.world.put("/v1/price-lists/mine", body)) == (422, "pricing.list_scope", [pointer])

    async def test_a_seller_nobody_knows_costs_nothing(self, shop: Shop) -> None:
        told = await shop.world.put("/v1/price-lists/mine", {**COSTS, "seller": "nobody"})
        assert refusal(told) == (422, "access.unknown_seller", ["/seller"])

    async def test_a_cost_is_an_amount(self, shop: Shop) -> None:
        await shop.world.put("/v1/price-lists/cost", {**COSTS, "seller": "acme"})
        told = await shop.world.put("/v1/price-lists/cost/prices", {"rates": [{"sku": "tea", "off_bp": 100}]})
        assert refusal(told) == (422, "pricing.cost_amount", ["/rates/0/off_bp"])

    async def test_who_may_not_see_costs_knows_of_none(self, shop: Shop) -> None:
        made = (await shop.world.put("/v1/price-lists/cost", {**COSTS, "seller": "acme", "margin_bp": 1500})).json()
        assert (made["kind"], made["role"], made["seller"], made["margin_bp"]) == ("seller", "cost", "acme", 1500)
        await shop.world.put("/v1/price-lists/cost/prices", {"prices": [{"sku": "tea", "amount_minor": 1200}]})
        blind = await shop.world.key_with("pricing:*", "price:approve")

        async def ask(method: str, path: str, body: object = None) -> Any:
            return await shop.world.served.ask(method, path, body, blind)

        listed = (await ask("GET", "/v1/price-lists")).json()["items"]
        assert [one["code"] for one in listed] == ["base", "euro", "stores"]
        for path in ("", "/prices", "/categories"):
            assert refusal(await ask("GET", f"/v1/price-lists/cost{path}"))[:2] == (404, "pricing.unknown_list")
        body = {"prices": [{"sku": "tea", "amount_minor": 1}]}
        assert refusal(await ask("PUT", "/v1/price-lists/cost/prices", body))[:2] == (404, "pricing.unknown_list")
        assert refusal(await ask("POST", "/v1/price-proposals", {"list": "cost", **body}))[:2] == (404, "pricing.unknown_list")
        assert refusal(await ask("PUT", "/v1/price-lists/cost", {**COSTS, "seller": "acme"}))[:2] == (403, "access.forbidden")
        told = (await ask("GET", "/v1/prices/explain?sku=tea&channel=mall&seller=acme")).json()
        assert told["cost_minor"] is None
        assert "cost" not in {one["list"] for one in told["candidates"]}


class TestEverywhereElse:
    """Every way a price gets to those who sell: none of them takes what goods cost, or the least, for a price."""

    async def test_a_till_sells_by_prices_alone_and_by_rates_as_amounts(self, shop: Shop) -> None:
        whoms: list[dict[str, Any]] = [{}, {"channel": "stores"}, {"store": "s1"}]
        for role in ("cost", "floor"):
            for no, whom in enumerate(whoms):
                await price_list(shop, f"{role}-{no}", SetPrice("tea", 1), role=role, **whom)
        assert await on_till(shop) == [(2, 10, 1800, 1), (2, 1, 1999, 1)]
        await price_list(
            shop, "rate", rates=(SetRate(1000, "tea"), SetRate(500, "salt"), SetRate(500, "rice", min_quantity=500)), store="s1"
        )
        assert await on_till(shop) == [(0, 1, 1799, 1), (2, 10, 1800, 1), (2, 1, 1999, 1)]
        assert await on_till(shop, "rice") == [(0, 500, 238, 1000), (2, 1, 250, 1000)]

    async def test_the_shelf_of_a_shop_is_in_the_order_of_its_prices(self, shop: Shop) -> None:
        await shop.world.run(put_group, PutGroup("gold", "Gold"))
        lists: list[tuple[str, dict[str, Any]]] = [("cost", {"role": "cost"}), ("floor", {"role": "floor"}), ("gold", {"group": "gold"})]
        for code, whom in lists:
            await price_list(shop, code, SetPrice("tea", 1), SetPrice("salt", 9999), **whom)
        await price_list(shop, "mall", SetPrice("salt", 45), channel="mall")
        async with shop.house.db.reading(shop.tenant_id, shop.clock.now()) as tx:
            (channel,) = (await access.channels(tx, ["mall"])).values()
            of = await shelf.shelves(shop.house.db, shop.house.clock).shelf(shop.tenant_id, channel.channel_id)
            row = await shelf.asked(tx, of, shelf.Ask(sort="price"), "mall")
            codes = await shelf.codes(tx, row.products)
        assert [codes[id_] for id_ in row.products] == ["free", "salt", "rice", "tea"]


async def on_till(shop: Shop, code: str = "tea") -> list[tuple[int, ...]]:
    """(rank, from, amount, per) of a SKU as till t1 of s1 keeps it."""
    (told,) = (await shop.world.get(f"/v1/till/catalog?store=s1&code={code}")).json()["items"]
    return [tuple(one) for one in told["prices"]]


class TestCost:
    async def test_nothing_is_sold_by_what_it_costs(self, shop: Shop) -> None:
        await price_list(shop, "mine", SetPrice("tea", 1), channel="mall", role="cost")
        placed = await shop.placed(basket(("tea", 2)))
        assert (placed.gross, placed.lines[0].price_source) == (3998, "base")
        assert await explain(shop) == (3998, 0, 2)

    async def test_the_cost_of_the_seller_counts_before_everybodys(self, shop: Shop) -> None:
        assert await explain(shop) == (3998, 0, None)
        await price_list(shop, "all", SetPrice("tea", 900), role="cost")
        await price_list(shop, "acmes", SetPrice("tea", 1000), role="cost", seller="acme", margin_bp=2000)
        assert [await explain(shop, query) for query in ("", "&seller=acme")] == [(3998, 0, 1800), (3998, 2500, 2000)]

    async def test_what_is_taken_off_by_hand_leaves_the_margin_from_the_moment_it_is_asked_for(self, shop: Shop) -> None:
        assert await most_off(shop) == 1199
        for margin_bp, most in ((None, 1199), (0, 598), (500, 419), (9999, 0), (0, 598)):
            wish = PutPriceList("acmes", "acmes", "USD", role="cost", seller="acme", margin_bp=margin_bp)
            await shop.world.run(put_lists, PutPriceLists((wish,)))
            await shop.world.run(set_prices, SetPrices("acmes", (SetPrice("tea", 1700),)))
            assert await most_off(shop) == most
        (told,) = await shop.quote(basket(("tea", 2), adjustments=(TakeOff(3998, "x"),)), by=shop.boss)
        assert isinstance(told, Placed)
        assert told.total == 0

    async def test_an_order_tells_its_margin_at_the_costs_of_its_day(self, shop: Shop) -> None:
        await price_list(shop, "all", SetPrice("tea", 900), SetPrice("rice", 100, per=1000), role="cost")
        lines = (("tea", 2), ("rice", 1500), ("salt", 1))
        placed = await shop.placed(basket(*lines, adjustments=(TakeOff(423, "x"),)), by=shop.boss)
        order = shop.house.ids.show("ord", placed.order_id)
        shop.clock.at += timedelta(days=1)
        await price_list(shop, "all", SetPrice("tea", 1), role="cost")
        told = (await shop.world.get(f"/v1/orders/{order}/margin")).json()
        assert [(one["net"], one["cost"], one["margin_bp"]) for one in told["lines"]] == [
            (3616, 1800, 5022), (339, 150, 5575), (45, None, None)
        ]  # fmt: skip
        assert [told[key] for key in ("net", "cost", "margin_bp", "unknown")] == [3955, 1950, 5070, 45]
        blind = await shop.world.key_with("order:*", "pricing:*")
        assert (await shop.world.served.ask("GET", f"/v1/orders/{order}/margin", None, blind)).status_code == 403
        assert (await shop.world.get("/v1/orders/ord_0/margin")).status_code == 404

    async def test_lines_of_any_day_cost_what_they_cost_then(self, shop: Shop) -> None:
        await price_list(shop, "all", SetPrice("tea", 900), role="cost")
        then = shop.clock.now()
        shop.clock.at = then + timedelta(days=40)
        await price_list(shop, "all", SetPrice("tea", 950), role="cost")
        async with shop.world.served.house.db.reading(shop.world.tenant.tenant_id, shop.clock.now()) as tx:
            ids = await catalog.sku_ids(tx, ["tea", "salt"])
            asked = [
                Costed(ids[sku], 2, at, Place("USD"))
                for sku, at in (("tea", then), ("tea", shop.clock.now()), ("tea", then - timedelta(days=1)), ("salt", then))
            ]
            found = await pricing.costs(tx, asked)
        assert [found[one].amount if one in found else None for one in asked] == [900, 950, None, None]


async def most_off(shop: Shop) -> int:
    """How much a clerk may take off two tins of tea, 39.98 in all."""
    (told,) = await shop.quote(basket(("tea", 2), adjustments=(TakeOff(3998, "x"),)))
    assert isinstance(told, Problem)
    assert told.code == "order.discount_floor"
    most = told.facts["most_minor"]
    assert isinstance(most, int)
    (allowed,) = await shop.quote(basket(("tea", 2), adjustments=(TakeOff(most, "x"),))) if most else (None,)
    assert not isinstance(allowed, Problem)
    return most
