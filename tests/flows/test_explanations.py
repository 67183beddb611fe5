"""Why an order costs what it costs: every step named, every cent with its bearer, as agreed and as booked."""

from typing import Any

from tests.flows.test_gates_api import FLASH
from tests.playing import in_groups, together
from tests.shop import Shop, basket, shop
from tests.world import served, world

from jiutong.flows.words import TakeOff

__all__ = ["served", "shop", "world"]

TENTH = {
    "name": "A tenth off tea",
    "name_zh": "茶九折",
    "stage": "activity",
    "goods": {"skus": ["tea"]},
    "tiers": [{"least": 0, "benefit": {"kind": "percent", "bp": 1000}}],
    "funders": [{"funder": "seller", "bp": 4000}, {"funder": "brand", "bp": 6000}],
}


async def did(shop: Shop, method: str, path: str, body: object = None) -> Any:
    told = await shop.world.served.ask(method, path, body, shop.world.key)
    assert told.status_code < 300, told.text
    return told.json()


async def shipped(shop: Shop, name: str, units: int) -> None:
    await did(shop, "POST", f"/v1/orders/{name}/payments", {"method": "cash"})
    await did(shop, "POST", "/v1/fulfillments", {"order": name})
    (work,) = (await did(shop, "GET", f"/v1/fulfillments?order={name}"))["items"]
    lines = [{"line": 1, "quantity": units}]
    await did(shop, "POST", f"/v1/fulfillments/{work['id']}/pick", {"lines": lines})
    await did(shop, "POST", f"/v1/fulfillments/{work['id']}/ship", {"lines": lines})


async def test_a_promotion_is_told_by_its_name_and_what_it_does_and_who_bears_it(shop: Shop) -> None:
    await did(shop, "PUT", "/v1/promotions/tenth", TENTH)
    await did(shop, "POST", "/v1/promotions/tenth/publish")
    placed = await did(shop, "POST", "/v1/orders", {"channel": "mall", "lines": [{"sku": "tea", "quantity": 2}]})
    told = await did(shop, "GET", f"/v1/orders/{placed['id']}/explain")
    steps = [(one["kind"], one["amount"], one["rule"], one["funder"], one["name"]) for one in told["lines"][0]["steps"]]
    assert steps[:3] == [
        ("price", 3998, "base", "", ""),
        ("adjustment", -160, "tenth@1", "seller", "A tenth off tea"),
        ("adjustment", -240, "tenth@1", "brand", "A tenth off tea"),
    ]
    assert "10%" in told["lines"][0]["steps"][1]["sentence"]
    assert told["funding"] == [
        {"funder": "brand", "agreed": 240, "booked": 0},
        {"funder": "seller", "agreed": 160, "booked": 0},
    ]


async def test_an_activity_is_told_by_its_name_like_a_promotion(shop: Shop) -> None:
    async def first_off(name: str) -> tuple[str, str, str]:
        told = await did(shop, "GET", f"/v1/orders/{name}/explain")
        step = next(one for one in told["lines"][0]["steps"] if one["kind"] == "adjustment")
        return step["rule"], step["name"], step["name_zh"]

    await did(shop, "PUT", "/v1/flash-sales/one", FLASH | {"items": [{"sku": "tea", "price_minor": 100, "allotment": 20}]})
    await did(shop, "POST", "/v1/flash-sales/one/publish")
    placed = await did(shop, "POST", "/v1/orders", {"channel": "mall", "lines": [{"sku": "tea", "quantity": 1}]})
    assert await first_off(placed["id"]) == ("one@1", FLASH["name"], FLASH["name_zh"])
    (opened,) = await in_groups(shop, 1)
    assert await first_off(shop.house.ids.show("ord", opened)) == ("two@1", together().name, together().name_zh)


async def test_what_is_booked_follows_the_goods_out_and_back(shop: Shop) -> None:
    off = (TakeOff(90, "welcome"), TakeOff(30, "coupon", "brand"))
    placed = await shop.placed(basket(("tea", 3), adjustments=off), by=shop.boss)
    name = shop.house.ids.show("ord", placed.order_id)

    async def booked() -> list[tuple[str, int, int]]:
        told = await did(shop, "GET", f"/v1/orders/{name}/explain")
        return [(one["funder"], one["agreed"], one["booked"]) for one in told["funding"]]

    assert await booked() == [("brand", 30, 0), ("seller", 90, 0)]
    await shipped(shop, name, 2)
    assert await booked() == [("brand", 30, 20), ("seller", 90, 60)]
    await did(shop, "POST", f"/v1/orders/{name}/returns", {"reason": "changed_mind", "lines": [{"line": 1, "quantity": 2}]})
    assert await booked() == [("brand", 30, 0), ("seller", 90, 0)]


async def test_a_quote_says_of_every_rule_what_became_of_it(shop: Shop) -> None:
    await did(shop, "PUT", "/v1/promotions/tenth", TENTH)
    await did(shop, "POST", "/v1/promotions/tenth/publish")
    near = TENTH | {
        "name": "From a hundred",
        "stage": "order",
        "measure": "amount",
        "currency": "USD",
        "funders": [{"funder": "seller", "bp": 10_000}],
    }
    near |= {"tiers": [{"least": 10_000, "benefit": {"kind": "amount", "amount_minor": 500}}]}
    await did(shop, "PUT", "/v1/promotions/hundred", near)
    await did(shop, "POST", "/v1/promotions/hundred/publish")
    told = await did(shop, "POST", "/v1/quotes", {"channel": "mall", "lines": [{"sku": "tea", "quantity": 2}]})
    assert [(one["rule"], one["outcome"], one.get("gap", 0), one.get("gap_unit", "")) for one in told["notes"]] == [
        ("tenth@1", "applied", 0, ""),
        ("hundred@1", "near", 10_000 - 3598, "minor"),
    ]
    assert told["notes"][0]["funders"] == [["seller", 160], ["brand", 240]]
    assert [(one["line_no"], one["rule"], one["funder"], one["amount"]) for one in told["adjustments"]] == [
        (1, "tenth@1", "seller", 160),
        (1, "tenth@1", "brand", 240),
    ]


async def test_every_cent_in_the_book_is_told_with_its_line_freight_too(shop: Shop) -> None:
    zone = {"name": "Everywhere", "first": 10**6, "first_minor": 300}
    flat = {"name": "Flat", "seller": "acme", "currency": "USD", "zones": [zone], "default_in": ["mall"]}
    await did(shop, "PUT", "/v1/freight-templates/flat", flat)
    await did(shop, "POST", "/v1/freight-templates/flat/publish")
    placed = await shop.placed(basket(("tea", 3)), by=shop.boss)
    name = shop.house.ids.show("ord", placed.order_id)
    await shipped(shop, name, 2)
    await did(shop, "POST", f"/v1/orders/{name}/returns", {"reason": "defective", "lines": [{"line": 1, "quantity": 1}]})
    await did(shop, "POST", f"/v1/orders/{name}/returns", {"reason": "changed_mind", "lines": [{"line": 1, "quantity": 1}]})
    told = await did(shop, "GET", f"/v1/orders/{name}/ledger")
    for entry in told["entries"]:
        for one in entry["transfers"]:
            if one["word"]:
                assert sum(part["amount"] for part in one["parts"]) == one["amount"] or not one["parts"], (entry["rule"], one)
    charged = [
        (entry["rule"], one["word"], one["amount"], [part["amount"] for part in one["parts"]])
        for entry in told["entries"]
        for one in entry["transfers"]
        if one["word"].startswith("charge")
    ]
    # Two of three units leave with their part of 3.00 and 8.25 % on it; only what came back through our fault brings freight back.
    assert charged == [
        ("order.shipped", "charge", 217, [217]),
        ("order.shipped", "charge_tax", 17, [17]),
        ("goods.returned", "charge", 108, [108]),
        ("goods.returned", "charge_tax", 8, [8]),
    ]
