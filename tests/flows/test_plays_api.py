"""Presales and group buys as people set them up: what contradicts itself is refused with the pointer to it; versions never change."""

from datetime import timedelta
from typing import Any

import pytest
from tests.shop import Shop, shop
from tests.world import NOON, served, world

__all__ = ["served", "shop", "world"]


def at(days: int) -> str:
    return (NOON + timedelta(days=days)).isoformat()


def presale(**other: Any) -> dict[str, Any]:
    """Tea at 15.00, 3.00 down that count 5.00, the balance in the second week."""
    item = {"sku": "tea", "price_minor": 1500, "deposit_minor": 300, "counts_minor": 500, "quota": 10}
    plain = {
        "name": "Spring tea",
        "currency": "USD",
        "deposit": "earnest",
        "deposit_from": at(-1),
        "deposit_to": at(7),
        "balance_from": at(7),
        "balance_to": at(14),
        "ships_by": at(20),
        "items": [item],
    }
    return plain | other


def group_buy(**other: Any) -> dict[str, Any]:
    """Tea at 16.00 for three, for a day each."""
    plain = {
        "name": "Tea for three",
        "currency": "USD",
        "by": "people",
        "thresholds": [3],
        "items": [{"sku": "tea", "prices_minor": [1600]}],
        "open_from": at(-1),
        "open_to": at(7),
        "hours": 24,
    }
    return plain | other


async def test_a_presale_is_drafted_published_changed_and_ended(shop: Shop) -> None:
    world = shop.world
    put = await world.put("/v1/presales/spring", presale())
    assert (put.status_code, put.json()) == (200, {"code": "spring", "version": 1, "state": "draft"})
    again = await world.put("/v1/presales/spring", presale(name="Spring tea, better"))
    assert again.json() == {"code": "spring", "version": 1, "state": "draft"}
    assert (await world.post("/v1/presales/spring/publish")).json() == {"code": "spring", "version": 1, "state": "published"}
    assert (await world.post("/v1/presales/spring/publish")).json()["code"] == "promotion.play_state"
    assert (await world.put("/v1/presales/spring", presale(name="Third"))).json() == {"code": "spring", "version": 2, "state": "draft"}
    told = (await world.get("/v1/presales/spring")).json()
    assert (told["version"], told["state"], told["in_force"], told["presale"]["name"]) == (2, "draft", 1, "Third")
    assert told["sold"] == [{"sku": "tea", "quota": 10, "taken": 0}]
    await world.post("/v1/presales/spring/publish")
    versions = (await world.get("/v1/presales/spring/versions")).json()["items"]
    assert [(one["version"], one["state"], one["presale"]["name"]) for one in versions] == [
        (2, "published", "Third"),
        (1, "ended", "Spring tea, better"),
    ]
    assert (await world.post("/v1/presales/spring/end")).json() == {"code": "spring", "version": 2, "state": "ended"}
    assert (await world.post("/v1/presales/spring/end")).json()["code"] == "promotion.play_state"
    assert (await world.post("/v1/presales/none/end")).status_code == 404
    assert (await world.get("/v1/presales/none")).status_code == 404
    events = [type_ for type_, actor, _ in await world.events() if type_.startswith("play.")]
    assert events == ["play.put.v1", "play.put.v1", "play.published.v1", "play.put.v1", "play.published.v1", "play.ended.v1"]


TEA = presale()["items"][0]


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"deposit_to": at(-2)}, "play_invalid", "/deposit_to"),
        ({"balance_from": at(3)}, "play_invalid", "/balance_from"),
        ({"balance_to": at(7)}, "play_invalid", "/balance_to"),
        ({"ships_by": at(13)}, "play_invalid", "/ships_by"),
        ({"items": [TEA | {"deposit_minor": 301}]}, "play_invalid", "/items/0/deposit_minor"),
        ({"items": [TEA | {"counts_minor": 299}]}, "play_invalid", "/items/0/counts_minor"),
        ({"items": [TEA | {"counts_minor": 1500}]}, "play_invalid", "/items/0/deposit_minor"),
        ({"items": [TEA | {"sku": "gold"}]}, "not_in_play", "/items/0/sku"),
        ({"items": [TEA, TEA]}, "play_invalid", "/items/1/sku"),
        ({"deposit": "prepayment"}, "play_invalid", "/withdrawal"),
        ({"funders": [{"funder": "brand", "bp": 9999}]}, "play_invalid", "/funders"),
        ({"supply": "moon"}, "unknown_location", "/supply"),
        ({"channels": ["mall", "moon"]}, "unknown_channel", "/channels/1"),
    ],
)
async def test_a_presale_that_contradicts_itself_is_refused(shop: Shop, wrong: dict[str, Any], code: str, pointer: str) -> None:
    told = (await shop.world.put("/v1/presales/spring", presale(**wrong))).json()
    assert (told["code"].rpartition(".")[2], told["errors"][0]["pointer"]) == (code, pointer)
    assert (await shop.world.get("/v1/presales/spring")).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"open_to": at(-1)}, "/open_to"),
        ({"thresholds": [1]}, "/thresholds/0"),
        ({"thresholds": [3, 3], "items": [{"sku": "tea", "prices_minor": [1600, 1500]}]}, "/thresholds"),
        ({"thresholds": [3, 5]}, "/items/0/prices_minor"),
        ({"thresholds": [3, 5], "items": [{"sku": "tea", "prices_minor": [1500, 1600]}]}, "/items/0/prices_minor"),
        ({"most": 2}, "/most"),
        ({"items": [{"sku": "tea", "prices_minor": [1600], "least": 4, "most": 2}]}, "/items/0/most"),
    ],
)
async def test_a_group_buy_that_contradicts_itself_is_refused(shop: Shop, wrong: dict[str, Any], pointer: str) -> None:
    told = (await shop.world.put("/v1/group-buys/three", group_buy(**wrong))).json()
    assert (told["code"], told["errors"][0]["pointer"]) == ("promotion.play_invalid", pointer)


async def test_a_code_keeps_its_kind(shop: Shop) -> None:
    await shop.world.put("/v1/presales/spring", presale())
    told = (await shop.world.put("/v1/group-buys/spring", group_buy())).json()
    assert told["code"] == "promotion.other_kind"
    assert (await shop.world.put("/v1/group-buys/three", group_buy())).json()["state"] == "draft"
    listed = (await shop.world.get("/v1/group-buys?limit=1")).json()
    assert [(one["code"], one["group_buy"]["thresholds"]) for one in listed["items"]] == [("three", [3])]
    assert (await shop.world.get("/v1/buying-groups")).json()["items"] == []
