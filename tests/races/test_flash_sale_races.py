"""Sixty-four at once for twenty pieces: twenty have one each, forty-four are told that it is sold out, and nothing is left over."""

import asyncio
from collections import Counter

from tests.flows.test_gates_api import FLASH, RESERVED, in_force, people
from tests.shop import Shop, basket, shop
from tests.world import served, world

from jiutong.capabilities import member
from jiutong.flows import reserve
from jiutong.flows.checkout import Placed

__all__ = ["served", "shop", "world"]
BURST, PIECES = 64, 20


async def test_a_burst_of_buyers_sells_exactly_the_allotment(shop: Shop) -> None:
    item = {"sku": "tea", "price_minor": 100, "allotment": PIECES, "per_member": 1}
    await in_force(shop.world, "flash-sales", "one", FLASH | {"entry": "play", "items": [item]})
    wishes = [basket(("tea", 1), play="one", member=member.Recognize("card", f"card{i:04}")) for i in range(BURST)]
    told = await asyncio.gather(*(shop.place(wish) for wish in wishes))
    outcomes = Counter("placed" if isinstance(one, Placed) else one.code for one in told)
    assert outcomes == {"placed": PIECES, "promotion.flash_sold_out": BURST - PIECES}
    assert {one.total for one in told if isinstance(one, Placed)} == {108}
    rows = await shop.rows("select posted, held, floor from ledger.account where tenant_id = $1 and code like 'quota:%'")
    assert rows == [(0, PIECES, -PIECES)]
    late = await shop.place(basket(("tea", 1), play="one", member=member.Recognize("card", "cardlate")))
    assert not isinstance(late, Placed)
    assert (late.code, late.facts["left"]) == ("promotion.flash_sold_out", 0)
    assert (await shop.world.get("/v1/flash-sales/one")).json()["items"][0]["left"] == 0


async def test_one_member_who_presses_often_gets_one(shop: Shop) -> None:
    item = {"sku": "tea", "price_minor": 100, "allotment": PIECES, "per_member": 1}
    await in_force(shop.world, "flash-sales", "one", FLASH | {"entry": "play", "items": [item]})
    wish = basket(("tea", 1), play="one", member=member.Recognize("card", "cardann"))
    told = await asyncio.gather(*(shop.place(wish) for _ in range(BURST)))
    outcomes = Counter("placed" if isinstance(one, Placed) else one.code for one in told)
    assert outcomes == {"placed": 1, "promotion.flash_limit": BURST - 1}


async def test_a_burst_of_sign_ups_takes_exactly_the_places(shop: Shop) -> None:
    await in_force(shop.world, "reservations", "harvest", RESERVED | {"places": PIECES})
    members = await people(shop.world, BURST)
    told = await asyncio.gather(*(shop.do(reserve.sign_up, reserve.SignUp("harvest", "mall", one)) for one in members))
    outcomes = Counter(one.state if isinstance(one, reserve.Signed) else one.code for one in told)
    assert outcomes == {"granted": PIECES, "promotion.signup_full": BURST - PIECES}
    signups = (await shop.world.get("/v1/reservations/harvest")).json()["signups"]
    assert (signups["signed"], signups["granted"]) == (PIECES, PIECES)
