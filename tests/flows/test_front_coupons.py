"""Coupons in a storefront: what is given out, who can claim it, and what a shopper has in hand."""

from typing import Any

from tests.couponry import batch
from tests.flows.test_storefront import Street, code, street
from tests.shop import Shop, shop
from tests.world import served, world

__all__ = ["served", "shop", "street", "world"]


def offers(told: Any) -> list[tuple[str, str, int, int]]:
    return [(one["batch"], one["standing"], one["left"], one["mine"]) for one in told["items"]]


async def test_a_shopper_claims_what_is_given_out_and_finds_it_again(street: Street, shop: Shop) -> None:
    await batch(shop, "few", cap=1)
    await batch(shop, "gold", levels=("gold",))
    await batch(shop, "elsewhere", channels=("stores",))
    await batch(shop, "draft", publish=False)
    await batch(shop, "poster", kind="shared", shared_code="HELLO")
    assert offers(await street.told("GET", "/coupons")) == [("few", "sign_in", 1, 0), ("gold", "sign_in", 1000, 0)]
    assert code(await street.ask("POST", "/coupons/few")) == (401, "access.unauthenticated")
    ann, ben = await street.sign_in(), await street.sign_in("ben@example.com")
    assert offers(await street.told("GET", "/coupons", token=ann)) == [("few", "claim", 1, 0), ("gold", "not_for_you", 1000, 0)]
    claimed = await street.told("POST", "/coupons/few", token=ann)
    assert offers(await street.told("GET", "/coupons", token=ann))[0] == ("few", "have", 0, 1)
    assert offers(await street.told("GET", "/coupons", token=ben))[0] == ("few", "none_left", 0, 0)
    assert code(await street.ask("POST", "/coupons/few", token=ben)) == (409, "coupon.none_left")
    assert code(await street.ask("POST", "/coupons/gold", token=ben)) == (409, "coupon.not_for_you")
    assert code(await street.ask("POST", "/coupons/nothing", token=ben)) == (404, "coupon.unknown_batch")
    (mine,) = (await street.told("GET", "/coupons/mine", token=ann))["items"]
    assert (mine["coupon"], mine["code"], mine["state"], mine["promotion"]) == (claimed["coupon"], claimed["code"], "free", "ten-off@1")
    assert (await street.told("GET", "/coupons/mine?of=used", token=ann))["items"] == []
    assert (await street.told("GET", "/coupons/mine", token=ben))["items"] == []
