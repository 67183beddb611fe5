"""Prices through HTTP: lists, prices over time, why a price is what it is, and tax rates."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_products_api import put_tea, refusal
from tests.world import NOON, World, served, world

__all__ = ["served", "world"]


async def base(world: World) -> None:
    await put_tea(world)
    told = await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
    nobody = dict.fromkeys(("channel", "store", "region", "group", "company", "seller", "margin_bp"))
    what = {"kind": "base", "role": "sale", "basis": "line", "approval": False, "active": True, "proposals": 0}
    assert told.json() == {"code": "base", "name": "Base", "currency": "USD", **nobody, **what}


async def set_price(world: World, amount: int, price_list: str = "base", **more: object) -> Any:
    return await world.put(f"/v1/price-lists/{price_list}/prices", {"prices": [{"sku": "tea-100", "amount_minor": amount, **more}]})


async def rows(world: World, query: str = "") -> list[tuple[int, str, str | None]]:
    """(amount, from, to) of the prices of `base`."""
    told = (await world.get(f"/v1/price-lists/base/prices?limit=250{query}")).json()["items"]
    return sorted(((one["amount_minor"], one["valid_from"], one["valid_to"]) for one in told), key=lambda one: one[1])


def hour(no: int) -> str:
    return (NOON + timedelta(hours=no)).isoformat().replace("+00:00", "Z")


class TestLists:
    async def test_a_list_keeps_its_place_and_currency(self, world: World) -> None:
        await base(world)
        renamed = await world.put("/v1/price-lists/base", {"name": "All", "currency": "USD"})
        assert renamed.json()["name"] == "All"
        moved = await world.put("/v1/price-lists/base", {"name": "All", "currency": "EUR"})
        assert refusal(moved)[:2] == (409, "pricing.list_fixed")
        moved = await world.put("/v1/price-lists/base", {"name": "All", "currency": "USD", "channel": "mall"})
        assert refusal(moved)[:2] == (409, "pricing.list_fixed")
        assert (await world.get("/v1/price-lists")).json()["items"] == [(await world.get("/v1/price-lists/base")).json()]

    @pytest.mark.parametrize(
        ("place", "code", "pointer"),
        [
            ({"channel": "nowhere"}, "access.unknown_channel", "/channel"),
            ({"store": "nowhere"}, "access.unknown_store", "/store"),
            ({"channel": "mall", "store": "s1"}, "pricing.list_scope", "/store"),
            ({"region": "US", "group": "gold"}, "pricing.list_scope", "/group"),
            ({"group": "nobody"}, "member.unknown_group", "/group"),
            ({"company": "nobody"}, "member.unknown_company", "/company"),
        ],
    )
    async def test_a_list_is_for_one_place(self, world: World, place: dict[str, str], code: str, pointer: str) -> None:
        told = await world.put("/v1/price-lists/mine", {"name": "Mine", "currency": "USD", **place})
        assert refusal(told) == (422, code, [pointer])


class TestPrices:
    async def test_a_change_ends_what_ran(self, world: World) -> None:
        await base(world)
        assert (await set_price(world, 1000)).json() == {"created": 1, "changed": 0, "unchanged": 0}
        assert (await set_price(world, 1000)).json() == {"created": 0, "changed": 0, "unchanged": 1}
        world.served.clock.at = NOON + timedelta(hours=1)
        assert (await set_price(world, 900)).json() == {"created": 0, "changed": 1, "unchanged": 0}
        assert await rows(world) == [(1000, hour(0), hour(1)), (900, hour(1), None)]
        told = [facts for type_, _, facts in await world.events() if type_ == "price.set.v1"]
        assert [(one["created"], [(c["before_minor"], c["after_minor"]) for c in one["changed"]]) for one in told] == [
            (["tea-100"], []),
            ([], [(1000, 900)]),
        ]

    async def test_weeks_are_laid_over_the_running_price_one_after_the_other(self, world: World) -> None:
        await base(world)
        await set_price(world, 1000)
        await set_price(world, 900, valid_from=hour(2), valid_to=hour(4))
        assert await rows(world) == [(1000, hour(0), hour(2)), (900, hour(2), hour(4)), (1000, hour(4), None)]
        assert (await set_price(world, 800, valid_from=hour(4), valid_to=hour(6))).json()["changed"] == 1
        assert await rows(world) == [
            (1000, hour(0), hour(2)),
            (900, hour(2), hour(4)),
            (800, hour(4), hour(6)),
            (1000, hour(6), None),
        ]
        assert await rows(world, f"&at={hour(5)}") == [(800, hour(4), hour(6))]

    async def test_what_would_overlap_is_refused_whole_with_its_row(self, world: World) -> None:
        await base(world)
        await set_price(world, 1000)
        await set_price(world, 900, valid_from=hour(5))
        body = {"prices": [{"sku": "tea-500", "amount_minor": 4000}, {"sku": "tea-100", "amount_minor": 950, "valid_from": hour(2)}]}
        told = await world.put("/v1/price-lists/base/prices", {"prices": [body["prices"][0], {**body["prices"][1], "valid_to": hour(9)}]})
        assert refusal(told) == (409, "pricing.overlap", ["/prices/1"])
        assert await rows(world) == [(1000, hour(0), hour(5)), (900, hour(5), None)]
        assert refusal(await set_price(world, 999))[:2] == (409, "pricing.overlap")

    @pytest.mark.parametrize(
        ("row", "code", "pointer"),
        [
            ({"sku": "nothing", "amount_minor": 1}, "pricing.unknown_sku", "/prices/0/sku"),
            ({"sku": "tea-100", "amount_minor": 1, "valid_to": "2020-01-01T00:00:00Z"}, "pricing.empty_window", "/prices/0/valid_to"),
            ({"sku": "tea-100", "amount_minor": -1}, "request.invalid", "/prices/0/amount_minor"),
            ({"sku": "tea-100", "amount_minor": 1, "valid_from": "2027-01-01T00:00:00"}, "request.invalid", "/prices/0/valid_from"),
        ],
    )
    async def test_a_row_that_cannot_be_is_pointed_at(self, world: World, row: dict[str, Any], code: str, pointer: str) -> None:
        await base(world)
        assert refusal(await world.put("/v1/price-lists/base/prices", {"prices": [row]})) == (422, code, [pointer])

    async def test_an_unknown_list_is_not_found(self, world: World) -> None:
        await put_tea(world)
        assert refusal(await set_price(world, 1, "nowhere"))[:2] == (404, "pricing.unknown_list")
        assert refusal(await world.get("/v1/price-lists/nowhere/prices"))[:2] == (404, "pricing.unknown_list")

    async def test_pages_of_prices_meet(self, world: World) -> None:
        await base(world)
        for sku in ("tea-100", "tea-500"):
            for least in (1, 10, 100):
                await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": sku, "amount_minor": least, "min_quantity": least}]})
        first = (await world.get("/v1/price-lists/base/prices?limit=4")).json()
        rest = (await world.get(f"/v1/price-lists/base/prices?limit=4&after={first['next']}")).json()
        told = [(one["sku"], one["min_quantity"]) for one in first["items"] + rest["items"]]
        assert told == [(sku, least) for sku in ("tea-100", "tea-500") for least in (1, 10, 100)]
        assert rest["next"] is None


class TestExplain:
    async def test_every_candidate_says_what_it_lost_by(self, world: World) -> None:
        await base(world)
        for code, place in (("mall", {"channel": "mall"}), ("s1", {"store": "s1"})):
            await world.put(f"/v1/price-lists/{code}", {"name": code, "currency": "USD", **place})
        await set_price(world, 1000)
        await set_price(world, 950, "mall", min_quantity=1)
        await set_price(world, 900, "mall", min_quantity=10)
        await set_price(world, 800, "s1")
        told = (await world.get("/v1/prices/explain?sku=tea-100&channel=mall&quantity=3")).json()
        assert (told["rule"], told["amount_minor"], told["chosen"]) == ("pricing.specific", 2850, told["candidates"][0]["price"])
        assert [(one["list"], one["amount_minor"], one["losing"]) for one in told["candidates"]] == [
            ("mall", 950, None),
            ("mall", 900, "quantity_below_break"),
            ("base", 1000, "less_specific"),
        ]
        ten = (await world.get("/v1/prices/explain?sku=tea-100&channel=mall&quantity=10")).json()
        assert (ten["amount_minor"], ten["candidates"][1]["losing"]) == (9000, "beaten_by_break")
        shop = (await world.get("/v1/prices/explain?sku=tea-100&channel=stores&store=s1")).json()
        assert [(one["list"], one["losing"]) for one in shop["candidates"]] == [("s1", None), ("base", "less_specific")]

    async def test_those_for_other_buyers_say_so(self, world: World) -> None:
        await base(world)
        await set_price(world, 1000)
        for code in ("gold", "iron"):
            await world.put(f"/v1/member-groups/{code}", {"name": code})
        for code in ("kiln", "oak"):
            await world.put(f"/v1/companies/{code}", {"name": code, "groups": ["gold"], "region": "US/CA"})
        await world.put("/v1/categories/drinks", {"name": "Drinks"})
        whom = {"west": {"region": "US"}, "nyc": {"region": "US/NY"}, "gold": {"group": "gold"}, "iron": {"group": "iron"},
                "kiln": {"company": "kiln"}, "oak": {"company": "oak"}}  # fmt: skip
        for place, (code, for_) in enumerate(whom.items()):
            await world.put(f"/v1/price-lists/{code}", {"name": code, "currency": "USD", **for_})
            await set_price(world, 990 - place, code)
        await world.put("/v1/price-lists/kiln/prices", {"rates": [{"category": "drinks", "off_bp": 2000}]})
        told = (await world.get("/v1/prices/explain?sku=tea-100&channel=mall&company=kiln")).json()
        assert [(one["list"], one["kind"], one["losing"]) for one in told["candidates"]] == [
            ("kiln", "contract", None),
            ("gold", "group", "less_specific"),
            ("west", "region", "less_specific"),
            ("base", "base", "less_specific"),
            ("oak", "contract", "other_company"),
            ("kiln", "contract_category", "other_category"),
            ("iron", "group", "not_in_group"),
            ("nyc", "region", "other_region"),
        ]
        told = (await world.get("/v1/prices/explain?sku=tea-100&channel=mall&group=iron&group=gold&region=US/NY/Queens")).json()
        assert [(one["list"], one["losing"]) for one in told["candidates"]][:5] == [
            ("iron", None),
            ("gold", "not_lowest"),
            ("nyc", "less_specific"),
            ("west", "less_specific"),
            ("base", "less_specific"),
        ]

    @pytest.mark.parametrize(
        ("body", "code", "pointer"),
        [
            ({}, "pricing.nothing_set", "/prices"),
            ({"rates": [{"off_bp": 100}]}, "pricing.rate_of", "/rates/0/sku"),
            ({"rates": [{"off_bp": 100, "sku": "tea-100", "category": "x"}]}, "pricing.rate_of", "/rates/0/sku"),
            ({"rates": [{"off_bp": 100, "sku": "no"}]}, "pricing.unknown_sku", "/rates/0/sku"),
            ({"rates": [{"off_bp": 100, "category": "no"}]}, "catalog.unknown_category", "/rates/0/category"),
            ({"rates": [{"off_bp": 0, "sku": "tea-100"}]}, "request.invalid", "/rates/0/off_bp"),
            ({"prices": [{"sku": "tea-100", "amount_minor": 1, "quota": 5}]}, "pricing.contracts_only", "/prices/0/quota"),
        ],
    )
    async def test_a_rate_that_cannot_be_is_pointed_at(self, world: World, body: dict[str, Any], code: str, pointer: str) -> None:
        await base(world)
        await world.put("/v1/price-lists/mall", {"name": "Mall", "currency": "USD", "channel": "mall"})
        assert refusal(await world.put("/v1/price-lists/mall/prices", body)) == (422, code, [pointer])
        rate = {"rates": [{"off_bp": 100, "sku": "tea-100"}]}
        assert refusal(await world.put("/v1/price-lists/base/prices", rate))[1:] == ("pricing.no_base_to_take_off", ["/rates/0/off_bp"])

    async def test_a_day_that_is_past_and_a_list_that_is_withdrawn_are_explained(self, world: World) -> None:
        await base(world)
        await set_price(world, 1000)
        world.served.clock.at = NOON + timedelta(days=9)
        await set_price(world, 900)
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD", "active": False})
        told = (await world.get(f"/v1/prices/explain?sku=tea-100&channel=mall&at={hour(1)}")).json()
        assert (told["chosen"], sorted(one["losing"] for one in told["candidates"])) == (None, ["list_withdrawn", "list_withdrawn"])
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
        told = (await world.get(f"/v1/prices/explain?sku=tea-100&channel=mall&at={hour(1)}")).json()
        assert [(one["amount_minor"], one["losing"]) for one in told["candidates"]] == [(1000, None), (900, "not_yet_valid")]
        told = (await world.get("/v1/prices/explain?sku=tea-100&channel=mall")).json()
        assert [(one["amount_minor"], one["losing"]) for one in told["candidates"]] == [(900, None), (1000, "expired")]

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("sku=no&channel=mall", "catalog.unknown_sku"),
            ("sku=tea-100&channel=no", "access.unknown_channel"),
            ("sku=tea-100&channel=stores&store=no", "access.unknown_store"),
            ("sku=tea-100&channel=mall&at=2026-11-22T12:00:00", "request.invalid"),
            ("sku=tea-100&channel=mall&quantity=0", "request.invalid"),
        ],
    )
    async def test_what_is_not_known_is_refused(self, world: World, query: str, code: str) -> None:
        await base(world)
        assert refusal(await world.get(f"/v1/prices/explain?{query}"))[1] == code


class TestTax:
    async def test_rates_are_set_and_told(self, world: World) -> None:
        rates = [{"tax_class": "standard", "rate_bp": 1300}, {"tax_class": "exempt", "rate_bp": 0}]
        assert (await world.put("/v1/sellers/acme/tax-rates", {"rates": rates})).json() == {"created": 2, "changed": 0, "unchanged": 0}
        later = {"tax_class": "standard", "rate_bp": 900, "valid_from": "2027-01-01T00:00:00Z"}
        assert (await world.put("/v1/sellers/acme/tax-rates", {"rates": [*rates, later]})).json() == {
            "created": 1,
            "changed": 0,
            "unchanged": 2,
        }
        assert (await world.get("/v1/sellers/acme/tax-rates")).json()["rates"] == [
            {"tax_class": "exempt", "rate_bp": 0, "valid_from": None},
            {"tax_class": "standard", "rate_bp": 1300, "valid_from": None},
            {"tax_class": "standard", "rate_bp": 900, "valid_from": "2027-01-01T00:00:00Z"},
        ]
        told = await world.put("/v1/sellers/acme/tax-rates", {"rates": [{"tax_class": "standard", "rate_bp": 1000}]})
        assert told.json()["changed"] == 1
        changes = [facts["changes"][0]["before_bp"] for type_, _, facts in await world.events() if type_ == "tax_rate.set.v1"]
        assert changes == [None, None, 1300]

    async def test_an_unknown_seller_has_none(self, world: World) -> None:
        body = {"rates": [{"tax_class": "standard", "rate_bp": 1}]}
        assert refusal(await world.put("/v1/sellers/nobody/tax-rates", body))[:2] == (422, "access.unknown_seller")
        assert refusal(await world.get("/v1/sellers/nobody/tax-rates"))[:2] == (404, "resource.not_found")
