"""Who asks for a play is sold by it or told why not: never at ordinary terms instead."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_gates_api import FLASH, in_force
from tests.flows.test_group_buy import bought, group_of
from tests.flows.test_group_buy import published as group_published
from tests.flows.test_presale import published, spring
from tests.flows.test_promotions_api import terms
from tests.shop import Shop, basket, refused, shop
from tests.world import NOON, served, world

from jiutong.flows import maintain_plays
from jiutong.flows.maintain_plays import NamedPlay, PutPlay
from jiutong.kernel.errors import Problem

__all__ = ["served", "shop", "world"]
RUSH = FLASH | {"entry": "play", "items": [{"sku": "tea", "price_minor": 100, "allotment": 3}]}


async def told(shop: Shop, play: str = "spring", sku: str = "tea") -> tuple[str, str, dict[str, Any]]:
    """How an order through a play is refused; its quote is refused alike."""
    wish = basket((sku, 1), play=play)
    placed = await shop.place(wish)
    (quoted,) = await shop.quote(wish)
    assert isinstance(placed, Problem)
    assert refused(quoted) == refused(placed)
    return *refused(placed), placed.facts


async def test_an_unknown_code_is_refused(shop: Shop) -> None:
    assert await told(shop, "nothing") == ("promotion.unknown_play", "/play", {"play": "nothing"})
    await shop.world.run(maintain_plays.put, PutPlay("spring", presale=spring()))
    assert (await told(shop))[0] == "promotion.unknown_play"  # nobody buys by a draft


async def test_an_activity_that_was_ended_says_since_when(shop: Shop) -> None:
    await published(shop)
    shop.clock.at = NOON + timedelta(hours=1)
    await shop.world.run(maintain_plays.end, NamedPlay("presale", "spring"))
    await shop.world.run(maintain_plays.put, PutPlay("spring", presale=spring()))  # the next draft changes nothing
    assert await told(shop) == ("promotion.play_closed", "/play", {"closed_at": "2026-11-22T13:00:00+00:00"})


async def test_a_group_goes_on_after_its_activity_ended(shop: Shop) -> None:
    await group_published(shop)
    code = await group_of(shop, await bought(shop, 1))
    await shop.world.run(maintain_plays.end, NamedPlay("group_buy", "three"))
    assert (await told(shop, "three"))[0] == "promotion.play_closed"
    await bought(shop, 2, code)


@pytest.mark.parametrize(
    ("changes", "sku", "code", "pointer"),
    [
        ({}, "salt", "promotion.not_in_play", "/lines/0/sku"),
        ({"begins_at": "2026-11-22T13:00:00Z"}, "tea", "promotion.play_closed", "/play"),
        ({"channels": ["stores"]}, "tea", "promotion.play_closed", "/channel"),
        ({"currency": "EUR"}, "tea", "promotion.play_closed", "/currency"),
    ],
)
async def test_a_flash_sale_that_is_not_open_here(shop: Shop, changes: dict[str, Any], sku: str, code: str, pointer: str) -> None:
    await in_force(shop.world, "flash-sales", "rush", RUSH | changes)
    assert (await told(shop, "rush", sku))[:2] == (code, pointer)


@pytest.mark.parametrize(("changes", "pointer"), [({"channels": ("markt",)}, "/channel"), ({"currency": "EUR"}, "/currency")])
async def test_a_presale_that_is_not_played_here(shop: Shop, changes: dict[str, Any], pointer: str) -> None:
    await published(shop, **changes)
    assert (await told(shop))[:2] == ("promotion.play_closed", pointer)


async def test_a_flash_sale_that_is_over(shop: Shop) -> None:
    await in_force(shop.world, "flash-sales", "rush", RUSH)
    assert (await shop.placed(basket(("tea", 1), play="rush"))).discount == 1899
    shop.clock.at = NOON + timedelta(hours=3)
    closed = ("promotion.play_closed", "/play", {"closed_at": "2026-11-22T14:00:00+00:00"})
    seen = await told(shop, "rush")
    assert (seen[:2], seen[2]["closed_at"]) == (closed[:2], closed[2]["closed_at"])
    await in_force(shop.world, "flash-sales", "other", RUSH | {"begins_at": "2026-11-22T15:00:00Z", "ends_at": "2026-11-22T16:00:00Z"})
    assert await told(shop, "rush") == closed  # also when it is remembered no longer


async def test_a_running_promotion_names_an_entrance(shop: Shop) -> None:
    assert (await told(shop, "live"))[0] == "promotion.unknown_play"
    await shop.world.put("/v1/promotions/live-tea", terms(play="live"))
    assert (await shop.world.post("/v1/promotions/live-tea/publish")).status_code == 200
    assert (await shop.placed(basket(("tea", 1), play="live"))).discount == 200
    assert (await told(shop, "dead"))[0] == "promotion.unknown_play"


async def test_a_till_channel_sells_through_no_activity(shop: Shop) -> None:
    placed = await shop.place(basket(("tea", 1), play="nothing", channel="stores", store="s1"))
    assert refused(placed) == ("scenes.not_played", "/play")
