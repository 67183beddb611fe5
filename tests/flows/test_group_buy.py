"""Group buy: whoever fills a group in time buys at its price and ships; a group that is not filled gives everything back."""

from datetime import timedelta
from typing import Any

from tests.shop import Shop, basket, refused, shop
from tests.world import NOON, served, world

from jiutong.capabilities.member import Recognize
from jiutong.capabilities.promotion import FunderShare, GroupBuy, GroupItem
from jiutong.flows import cancel, expire_unpaid, fulfil, group_buy, maintain_plays, pay
from jiutong.flows.checkout import Placed
from jiutong.kernel.errors import Problem

__all__ = ["served", "shop", "world"]
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def three(**other: Any) -> GroupBuy:
    """Tea (list 19.99) at 16.00 for three, within a day."""
    plain: dict[str, Any] = {
        "name": "Tea for three",
        "currency": "USD",
        "by": "people",
        "thresholds": (3,),
        "items": (GroupItem("tea", (1600,)),),
        "open_from": NOON - WEEK,
        "open_to": NOON + WEEK,
        "hours": 24,
    }
    return GroupBuy(**(plain | other))


async def published(shop: Shop, **other: Any) -> None:
    await shop.world.run(maintain_plays.put, maintain_plays.PutPlay("three", group_buy=three(**other)))
    await shop.world.run(maintain_plays.publish, maintain_plays.NamedPlay("group_buy", "three"))


def who(no: int) -> Recognize:
    return Recognize("phone", f"+1202555{no:04d}")


async def place(shop: Shop, no: int, play: str = "three", units: int = 1) -> Placed | Problem:
    return await shop.place(basket(("tea", units), play=play, member=who(no)))


async def bought(shop: Shop, no: int, play: str = "three", units: int = 1) -> int:
    """An order that is placed and paid, and has taken its place."""
    told = await place(shop, no, play, units)
    assert isinstance(told, Placed), told
    assert isinstance(await shop.do(pay.start, pay.Pay(told.order_id, pay.Payment("cash"))), pay.Laid)
    await shop.world.run(group_buy.take_place, group_buy.TakePlace(told.order_id))
    return told.order_id


async def group_of(shop: Shop, order_id: int) -> str:
    sql = "select code from promotion.play_group where tenant_id = $1 and group_id = $2"
    return str((await shop.rows(sql, order_id))[0][0])


async def heads(shop: Shop, *ids: int) -> list[tuple[Any, ...]]:
    sql = "select status, awaits, total, paid, refunded from orders.placed where tenant_id = $1 and order_id = any($2) order by order_id"
    return await shop.rows(sql, list(ids))


async def cash(shop: Shop, order_id: int) -> list[tuple[str, str, int]]:
    return [one for one in await shop.money(order_id) if "used" not in one]


async def groups(shop: Shop) -> list[tuple[Any, ...]]:
    return await shop.rows("select state, measured, reached from promotion.play_group where tenant_id = $1 order by group_id")


async def test_three_make_a_group_and_ship(shop: Shop) -> None:
    await published(shop)
    first = await bought(shop, 1)
    assert await heads(shop, first) == [("paid", "group", 1732, 1732, 0)]
    assert refused(await shop.do(fulfil.release, fulfil.ReleaseOrder(first)))[0] == "order.awaits"
    wish = cancel.CancelOrder(first, cancel.Cancellation("changed_mind"))
    assert refused(await shop.do(cancel.cancel, wish))[0] == "order.awaits"
    code = await group_of(shop, first)
    second, third = await bought(shop, 2, code), await bought(shop, 3, code)
    assert refused(await place(shop, 4, code)) == ("promotion.group_full", "/play")
    told = await shop.world.run(group_buy.close, group_buy.CloseGroup(first))
    assert told == group_buy.GroupClosed(first, "formed", 3, 0)
    assert await heads(shop, first, second, third) == [("paid", "", 1732, 1732, 0)] * 3
    assert isinstance(await shop.do(fulfil.release, fulfil.ReleaseOrder(first)), fulfil.Released)
    # One who is refunded after success does not open the group again.
    assert isinstance(await shop.do(cancel.cancel, wish), cancel.Canceled)
    assert await groups(shop) == [("formed", 3, 0)]
    assert refused(await place(shop, 4, code)) == ("promotion.group_closed", "/play")
    # Nobody of it is in a group any more.
    assert isinstance(await place(shop, 2), Placed)


async def test_one_group_at_a_time_and_none_for_guests(shop: Shop) -> None:
    await published(shop)
    await bought(shop, 1)
    assert refused(await place(shop, 1)) == ("promotion.in_a_group", "/play")
    assert refused(await shop.place(basket(("tea", 1), play="three"))) == ("promotion.members_only", "/member")


async def test_a_group_that_is_not_filled_gives_everything_back(shop: Shop) -> None:
    await published(shop)
    first = await bought(shop, 1)
    second = await bought(shop, 2, await group_of(shop, first))
    shop.clock.at = NOON + DAY - timedelta(minutes=1)
    late = await place(shop, 3, await group_of(shop, first))
    assert isinstance(late, Placed)
    shop.clock.at = NOON + DAY
    told = await shop.world.run(group_buy.close, group_buy.CloseGroup(first))
    assert told == group_buy.GroupClosed(first, "failed", 2, None)
    assert await heads(shop, first, second, late.order_id) == [
        ("canceled", "group", 1732, 1732, 1732),
        ("canceled", "group", 1732, 1732, 1732),
        ("canceled", "group", 1732, 0, 0),
    ]
    assert await shop.stock("dc1", "tea") == [(100, 0)]
    assert await cash(shop, first) == [
        ("advance", "clearing", 1732),
        ("refund_due", "advance", 1732),
        ("clearing", "refund_due", 1732),
    ]
    again = await shop.world.run(group_buy.close, group_buy.CloseGroup(first))
    assert again == group_buy.GroupClosed(first, "failed", 2, None)
    assert isinstance(await place(shop, 1), Placed)


async def test_a_place_nobody_paid_is_free_again(shop: Shop) -> None:
    await published(shop, thresholds=(2,))
    first = await bought(shop, 1)
    code = await group_of(shop, first)
    idle = await place(shop, 2, code)
    assert isinstance(idle, Placed)
    assert refused(await place(shop, 3, code))[0] == "promotion.group_full"
    shop.clock.at = NOON + timedelta(minutes=31)
    await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(idle.order_id))
    await bought(shop, 3, code)
    assert (await shop.world.run(group_buy.close, group_buy.CloseGroup(first))).state == "formed"


async def test_a_bigger_group_pays_less_and_the_difference_goes_back(shop: Shop) -> None:
    await published(
        shop,
        by="units",
        thresholds=(5, 10, 20),
        items=(GroupItem("tea", (1700, 1650, 1500), 2, 8),),
        funders=(FunderShare("brand", 10000),),
    )
    assert refused(await place(shop, 9, units=1)) == ("promotion.less_than_least", "/lines/0/quantity")
    assert refused(await place(shop, 9, units=9)) == ("promotion.more_than_most", "/lines/0/quantity")
    first = await bought(shop, 1, units=4)
    second = await bought(shop, 2, await group_of(shop, first), units=7)
    assert (await shop.world.run(group_buy.close, group_buy.CloseGroup(first))).state == "open"
    shop.clock.at = NOON + DAY
    assert await shop.world.run(group_buy.close, group_buy.CloseGroup(first)) == group_buy.GroupClosed(first, "formed", 11, 1)
    # 4 at 17.00 + 8.25 % = 73.61; at 16.50 = 71.45 (544.5 cents of tax are 545).
    assert await heads(shop, first, second) == [("paid", "", 7145, 7361, 216), ("paid", "", 12503, 12882, 379)]
    assert (await cash(shop, first))[1:] == [("refund_due", "advance", 216), ("clearing", "refund_due", 216)]
    sql = "select rule, funder, amount from orders.price_adjustment where tenant_id = $1 and order_id = $2 order by adjustment_no"
    assert await shop.rows(sql, first) == [("three@1", "brand", 1196), ("three@1+group", "brand", 200)]
    # What comes back later is what was really paid.
    done = await shop.do(cancel.cancel, cancel.CancelOrder(first, cancel.Cancellation("changed_mind")))
    assert isinstance(done, cancel.Canceled)
    assert (done.amount, done.refund) == (7145, 7145)


async def test_whoever_has_paid_when_a_group_closes_is_in_it(shop: Shop) -> None:
    await published(shop, by="units", thresholds=(2,), most=10)
    first = await bought(shop, 1, units=2)
    last, idle = [await place(shop, no, await group_of(shop, first), units=2) for no in (2, 3)]
    assert isinstance(last, Placed)
    assert isinstance(idle, Placed)
    shop.clock.at = NOON + DAY
    await shop.do(pay.start, pay.Pay(last.order_id, pay.Payment("cash")))
    told = await shop.world.run(group_buy.take_place, group_buy.TakePlace(last.order_id))
    assert told.outcome == "joined"
    assert await shop.world.run(group_buy.close, group_buy.CloseGroup(first)) == group_buy.GroupClosed(first, "formed", 4, 0)
    assert refused(await shop.do(pay.start, pay.Pay(idle.order_id, pay.Payment("cash"))))[0] == "order.not_open"


async def test_who_pays_after_the_group_closed_opens_one_of_their_own(shop: Shop) -> None:
    await published(shop, by="units", thresholds=(2,), most=3, overflow="new_group")
    first = await bought(shop, 1, units=2)
    late = await place(shop, 2, await group_of(shop, first))
    assert isinstance(late, Placed)
    shop.clock.at = NOON + DAY
    assert await shop.world.run(group_buy.close, group_buy.CloseGroup(first)) == group_buy.GroupClosed(first, "formed", 2, 0)
    await shop.do(pay.start, pay.Pay(late.order_id, pay.Payment("cash")))
    told = await shop.world.run(group_buy.take_place, group_buy.TakePlace(late.order_id))
    assert (told.outcome, told.group_id) == ("opened", late.order_id)
    own = await group_of(shop, late.order_id)
    assert refused(await place(shop, 4, own, units=3))[0] == "promotion.group_full"
    await bought(shop, 5, own, units=2)
    again = await shop.world.run(group_buy.close, group_buy.CloseGroup(late.order_id))
    assert again == group_buy.GroupClosed(late.order_id, "formed", 3, 0)
    assert (await heads(shop, late.order_id))[0][:2] == ("paid", "")
