"""Flash sales, reservations and terms as a shopper sees them."""

from typing import Any

from tests.flows.test_gates_api import CAP, FLASH, RESERVED, in_force
from tests.flows.test_storefront import Street, street
from tests.shop import shop
from tests.world import served, world

__all__ = ["served", "shop", "street", "world"]


async def test_flash_sales_are_told_with_what_is_left_and_the_servers_time(street: Street) -> None:
    await in_force(street.shop.world, "flash-sales", "one", FLASH)
    told = await street.told("GET", "/flash-sales")
    (one,) = told["items"]
    assert (told["at"], one["code"], one["phase"], one["entry"]) == ("2026-11-22T12:00:00Z", "one", "running", "automatic")
    (item,) = one["items"]
    assert (item["sku"], item["product"], item["price_minor"], item["left"], item["held"]) == ("tea", "tea", 100, 20, 0)


async def test_a_shopper_signs_up_once_and_sees_where_they_stand(street: Street) -> None:
    await in_force(street.shop.world, "reservations", "harvest", RESERVED)
    refused = await street.ask("POST", "/reservations/harvest/signups")
    assert refused.status_code == 401
    token = await street.sign_in()
    assert await street.told("POST", "/reservations/harvest/signups", None, token) == {"code": "harvest", "state": "granted"}
    assert await street.told("POST", "/reservations/harvest/signups", None, token) == {"code": "harvest", "state": "granted"}
    (one,) = (await street.told("GET", "/reservations", None, token))["items"]
    assert (one["phase"], one["signed"], one["left"], one["mine"]) == ("signing", 1, 1, "granted")
    (guest,) = (await street.told("GET", "/reservations"))["items"]
    assert guest["mine"] is None


async def test_what_stands_between_a_shopper_and_the_goods_is_told_beside_them(street: Street) -> None:
    world = street.shop.world
    await in_force(world, "limits", "cap", CAP)
    strong = {"name": "Strong", "goods": {"skus": ["tea"]}, "reason": "Not sent there", "regions_only": ["US"]}
    await in_force(world, "restrictions", "strong", strong)

    async def terms(query: str = "", token: str = "") -> list[tuple[Any, ...]]:
        told = await street.told("GET", f"/products/tea/terms{query}", None, token)
        return [(one["kind"], one["open"], one["why"], one["left"]) for one in told["items"]]

    assert await terms() == [
        ("restriction", False, "restriction.region_unknown", None),
        ("limit", False, "limit.sign_in", None),
    ]
    token = await street.sign_in()
    assert await terms("?region=CN/31", token) == [
        ("restriction", False, "restriction.region", None),
        ("limit", True, "limit.kept", 2),
    ]
    assert await terms("?region=US/CA", token) == [
        ("restriction", True, "restriction.passed", None),
        ("limit", True, "limit.kept", 2),
    ]
    assert (await street.ask("GET", "/products/none/terms")).status_code == 404
