"""What gates do to baskets: limits across orders, restrictions with their reasons, flash prices to the last piece, rights to buy."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_gates_api import CAP, FLASH, RESERVED, in_force
from tests.shop import Shop, basket, refused, shop
from tests.world import NOON, served, world

from jiutong.capabilities import member
from jiutong.flows import checkout, pay, reserve
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.expire_unpaid import Expire, expire
from jiutong.kernel.errors import Problem

__all__ = ["served", "shop", "world"]
ANN, BOB = (member.Recognize("card", f"card{name}") for name in ("ann", "bob"))


def bought(*lines: tuple[str, int], **other: Any) -> checkout.PlaceOrder:
    said: dict[str, Any] = {"member": ANN} | other
    return basket(*lines, **said)


async def taken(shop: Shop, kind: str) -> list[tuple[int, int]]:
    """(posted, held) of the accounts of a kind, those of nothing left out."""
    return await shop.rows(
        "select posted, held from ledger.account where tenant_id = $1 and code like $2 and (posted <> 0 or held <> 0) order by code",
        f"{kind}:%",
    )


async def test_a_limit_counts_across_orders_and_tells_what_is_left(shop: Shop) -> None:
    await in_force(shop.world, "limits", "cap", CAP | {"units": 3})
    assert refused(await shop.place(basket(("tea", 1)))) == ("promotion.limit_sign_in", "/lines/0/sku")
    await shop.placed(bought(("tea", 2)))
    told = await shop.place(bought(("salt", 9), ("tea", 2)))
    assert refused(told) == ("promotion.limit_reached", "/lines/1/quantity")
    assert isinstance(told, Problem)
    assert (told.facts["left"], told.facts["units"], told.facts["period"]) == (1, 3, "month")
    await shop.placed(bought(("tea", 2), member=BOB))
    await shop.placed(bought(("tea", 1)))
    assert refused(await shop.place(bought(("tea", 1))))[0] == "promotion.limit_reached"
    assert await taken(shop, "limit") == [(0, 3), (0, 2)] or await taken(shop, "limit") == [(0, 2), (0, 3)]


async def test_what_expires_or_is_canceled_may_be_bought_again(shop: Shop) -> None:
    await in_force(shop.world, "limits", "cap", CAP)
    first = await shop.placed(bought(("tea", 2)))
    assert refused(await shop.place(bought(("tea", 1))))[0] == "promotion.limit_reached"
    await shop.do(cancel, CancelOrder(first.order_id, Cancellation("changed", (LineUnits(1, 1),))), by=shop.boss)
    await shop.placed(bought(("tea", 1)))
    shop.clock.at = NOON + timedelta(minutes=16)
    await shop.do(expire, Expire(first.order_id), by=shop.boss)
    await shop.placed(bought(("tea", 1)))
    assert refused(await shop.place(bought(("tea", 1))))[0] == "promotion.limit_reached"


@pytest.mark.parametrize(("period", "again"), [("day", 1), ("week", 1), ("month", 9), ("ever", None)])
async def test_periods_are_those_where_the_channel_is(shop: Shop, period: str, again: int | None) -> None:
    """Noon UTC on Sunday the 22nd of November is the morning of that day in New York."""
    await in_force(shop.world, "limits", "cap", CAP | {"period": period})
    await shop.placed(bought(("tea", 2)))
    if again is None:
        shop.clock.at = NOON + timedelta(days=400)
        assert refused(await shop.place(bought(("tea", 1))))[0] == "promotion.limit_reached"
        return
    shop.clock.at = NOON + timedelta(days=again - 1, hours=16, minutes=59)
    assert refused(await shop.place(bought(("tea", 1))))[0] == "promotion.limit_reached"
    shop.clock.at = NOON + timedelta(days=again - 1, hours=17)
    await shop.placed(bought(("tea", 1)))


async def test_a_limit_of_one_order_asks_nobody_to_sign_in(shop: Shop) -> None:
    await in_force(shop.world, "limits", "cap", CAP | {"period": "order", "together": True, "goods": {"skus": ["tea", "salt"]}})
    await shop.placed(basket(("tea", 1), ("salt", 1)))
    assert refused(await shop.place(basket(("tea", 1), ("salt", 2)))) == ("promotion.limit_reached", "/lines/1/quantity")


@pytest.mark.parametrize(
    ("asks", "wish", "why", "needs"),
    [
        ({"regions_only": ["US"]}, {"region": "CN/31"}, "region", ["US"]),
        ({"regions_only": ["US"]}, {}, "region_unknown", ["US"]),
        ({"regions_never": ["US/HI"]}, {"region": "US/HI/Maui"}, "region", []),
        ({"channels_only": ["stores"]}, {}, "channel", ["stores"]),
        ({"members_only": True}, {"member": None}, "sign_in", []),
        ({"levels": ["gold"]}, {}, "level", ["gold"]),
        ({"groups": ["vip"]}, {}, "group", ["vip"]),
        ({"companies_only": True}, {}, "company", []),
        ({"certificates": ["adult", "real_name"]}, {}, "certificate", ["adult", "real_name"]),
    ],
)
async def test_a_restriction_says_why_and_what_would_change_it(
    shop: Shop, asks: dict[str, Any], wish: dict[str, Any], why: str, needs: list[str]
) -> None:
    body = {"name": "Tea", "goods": {"skus": ["tea"]}, "reason": "Not for everybody", "reason_zh": "限制销售"} | asks
    await in_force(shop.world, "restrictions", "strong", body)
    told = await shop.place(bought(("salt", 1), ("tea", 1), **wish))
    assert refused(told) == ("promotion.restricted", "/lines/1/sku")
    assert isinstance(told, Problem)
    assert (told.facts["why"], told.facts["needs"], told.facts["reason_zh"]) == (why, needs, "限制销售")
    await shop.placed(bought(("salt", 1), **wish))


async def test_a_certificate_opens_until_it_expires(shop: Shop) -> None:
    body = {"name": "Tea", "goods": {"skus": ["tea"]}, "reason": "18+", "certificates": ["adult"]}
    await in_force(shop.world, "restrictions", "strong", body)
    await shop.placed(bought(("salt", 1)))
    ((ann,),) = await shop.rows("select distinct member_id from orders.placed where tenant_id = $1 and member_id is not null")
    name = shop.house.ids.show("mem", ann)
    paper = {"valid_from": "2026-01-01T00:00:00Z", "valid_to": "2026-11-22T13:00:00Z"}
    await shop.world.put(f"/v1/certificates/member/{name}/adult", paper)
    await shop.placed(bought(("tea", 1)))
    shop.clock.at = NOON + timedelta(hours=1)
    told = await shop.place(bought(("tea", 1)))
    assert isinstance(told, Problem)
    assert told.facts["why"] == "certificate_expired"


async def test_a_flash_price_is_taken_off_by_its_funders_and_out_of_its_allotment(shop: Shop) -> None:
    await in_force(shop.world, "flash-sales", "one", FLASH)
    placed = await shop.placed(bought(("tea", 2)))
    assert (placed.gross, placed.discount, placed.lines[0].payable) == (3998, 3798, 200 + 17)
    rows = await shop.rows(
        "select stage, rule, funder, amount from orders.price_adjustment where tenant_id = $1 and order_id = $2 order by funder",
        placed.order_id,
    )
    assert rows == [("activity", "one@1", "acme_brand", 2279), ("activity", "one@1", "seller", 1519)]
    assert await taken(shop, "quota") == [(0, 2)]
    again = await shop.placed(bought(("tea", 1)))  # two is most for one member: the ordinary price holds
    assert again.discount == 0
    (guest,) = await shop.quote(basket(("tea", 1)))
    assert isinstance(guest, checkout.Placed)
    assert guest.discount == 0
    shown = (await shop.world.get("/v1/flash-sales/one")).json()
    assert shown["items"] == [{"sku": "tea", "allotment": 20, "sold": 0, "held": 2, "left": 18}]
    curve = (await shop.world.get("/v1/flash-sales/one/curve")).json()
    assert curve["moments"] == [{"at": "2026-11-22T12:00:00Z", "units": 2, "orders": 1}]
    shop.clock.at = NOON + timedelta(hours=2)
    assert (await shop.placed(bought(("tea", 1), member=BOB))).discount == 0  # it is over


async def test_who_enters_a_flash_sale_gets_its_price_or_a_refusal(shop: Shop) -> None:
    item = {"sku": "tea", "price_minor": 100, "allotment": 3, "per_member": 0, "per_order": 2}
    await in_force(shop.world, "flash-sales", "one", FLASH | {"entry": "play", "items": [item], "back": "pool"})
    assert (await shop.placed(basket(("tea", 1)))).discount == 0
    first = await shop.placed(basket(("tea", 2), play="one"))
    assert first.discount == 2 * 1899
    assert refused(await shop.place(basket(("tea", 3), play="one")))[0] == "promotion.flash_sold_out"
    told = await shop.place(basket(("tea", 2), play="one"))
    assert refused(told) == ("promotion.flash_sold_out", "/lines/0/quantity")
    assert isinstance(told, Problem)
    assert told.facts["left"] == 1
    await shop.do(pay.start, pay.Pay(first.order_id, pay.Payment("cash")), by=shop.boss)
    await shop.do(cancel, CancelOrder(first.order_id, Cancellation("changed", (LineUnits(1, 2),))), by=shop.boss)
    item_now = (await shop.world.get("/v1/flash-sales/one")).json()["items"][0]
    assert item_now == {"sku": "tea", "allotment": 3, "sold": 2, "held": 0, "left": 1}  # they went back to the ordinary pool


async def test_only_who_has_signed_up_may_buy_and_only_as_much(shop: Shop) -> None:
    await in_force(shop.world, "reservations", "harvest", RESERVED | {"units_each": 2})
    await shop.placed(bought(("salt", 1)))
    ((ann,),) = await shop.rows("select distinct member_id from orders.placed where tenant_id = $1 and member_id is not null")
    await shop.do(reserve.sign_up, reserve.SignUp("harvest", "mall", ann))
    assert refused(await shop.place(bought(("tea", 1))))[0] == "promotion.right_too_early"
    shop.clock.at = NOON + timedelta(hours=1)
    assert refused(await shop.place(basket(("tea", 1)))) == ("promotion.right_needed", "/lines/0/sku")
    assert refused(await shop.place(bought(("tea", 1), member=BOB)))[0] == "promotion.right_needed"
    assert refused(await shop.place(bought(("tea", 3))))[0] == "promotion.right_used"
    placed = await shop.placed(bought(("tea", 2)))
    assert refused(await shop.place(bought(("tea", 1))))[0] == "promotion.right_needed"
    await shop.do(cancel, CancelOrder(placed.order_id, Cancellation("changed", (LineUnits(1, 1),))), by=shop.boss)
    await shop.placed(bought(("tea", 1)))
    assert await taken(shop, "right") == [(2, 2)]
    shop.clock.at = NOON + timedelta(hours=3)
    await shop.placed(bought(("tea", 1), member=BOB))  # open to everybody again
