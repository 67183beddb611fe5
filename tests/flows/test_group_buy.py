"""Group buy: whoever fills a group in time buys at its price and ships; a group that is not filled gives everything back."""

from datetime import timedelta
from typing import Any

import pytest
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


HEAD = GroupItem("tea", (1700, 1500), head_minor=1600)


async def adjustments(shop: Shop, order_id: int) -> list[tuple[Any, ...]]:
    sql = "select rule, amount from orders.price_adjustment where tenant_id = $1 and order_id = $2 order by adjustment_no"
    return await shop.rows(sql, order_id)


async def test_who_opens_a_group_pays_less_while_that_lasts(shop: Shop) -> None:
    await published(shop, thresholds=(2, 3), items=(HEAD,), heads=1)
    await shop.placed(basket(("salt", 1), member=who(1)))
    (quoted,) = await shop.quote(basket(("tea", 2), play="three", member=who(1)))
    assert isinstance(quoted, Placed)
    told = [(one.rule, one.name, one.name_zh, one.outcome, one.why, one.amount) for one in quoted.notes]
    assert told == [
        ("three@1", "Tea for three", "Tea for three", "applied", "play.price", 598),
        ("three@1+head", "Tea for three: opening a group", "Tea for three·团长优惠", "applied", "play.head", 200),
    ]
    first = await bought(shop, 1, units=2)
    joined = await bought(shop, 2, await group_of(shop, first))
    assert (await adjustments(shop, first), await adjustments(shop, joined)) == (
        [("three@1", 598), ("three@1+head", 200)],
        [("three@1", 299)],
    )
    # The one that may be opened so is taken: the next one opens at the price of the group, and is told why.
    own = await place(shop, 3)
    assert isinstance(own, Placed)
    assert (own.discount, [(one.outcome, one.why) for one in own.notes]) == (
        299,
        [("applied", "play.price"), ("barred", "play.heads_gone")],
    )
    # What the group reached is lower than what the head paid: the difference goes back, to each from where they stood.
    await bought(shop, 4, await group_of(shop, first))
    assert (await shop.world.run(group_buy.close, group_buy.CloseGroup(first))).reached == 1
    assert (await adjustments(shop, first))[2:] == [("three@1+group", 200)]
    assert (await adjustments(shop, joined))[1:] == [("three@1+group", 200)]


async def test_a_head_who_fails_leaves_the_price_to_the_next(shop: Shop) -> None:
    await published(shop, thresholds=(2, 3), items=(HEAD,), heads=1)
    first = await bought(shop, 1)
    shop.clock.at = NOON + DAY
    assert (await shop.world.run(group_buy.close, group_buy.CloseGroup(first))).state == "failed"
    again = await place(shop, 2)
    assert isinstance(again, Placed)
    assert again.discount == 399
    await published(shop, thresholds=(2, 3), items=(HEAD,), heads=3)
    told = await place(shop, 3)
    assert isinstance(told, Placed)
    assert told.discount == 399  # another version lets more be opened so


async def test_places_are_kept_for_who_has_never_ordered(shop: Shop) -> None:
    await published(shop, newcomers=1)
    for no in (1, 2, 3):
        await shop.placed(basket(("salt", 1), member=who(no)))
    first = await bought(shop, 1)
    code = await group_of(shop, first)
    await bought(shop, 2, code)
    assert refused(await place(shop, 3, code)) == ("promotion.newcomers_only", "/play")
    await bought(shop, 4, code)
    assert (await shop.world.run(group_buy.close, group_buy.CloseGroup(first))).state == "formed"


async def test_a_kept_place_nobody_paid_is_free_again(shop: Shop) -> None:
    await published(shop, newcomers=1)
    await shop.placed(basket(("salt", 1), member=who(1)))
    idle = await place(shop, 2)
    assert isinstance(idle, Placed)
    taken = "select code, held from ledger.account where tenant_id = $1 and code like any (array['newcomer:%', 'regulars:%']) order by code"
    ((newcomer, held),) = await shop.rows(taken)
    assert (newcomer.partition(":")[0], held) == ("newcomer", 1)
    shop.clock.at = NOON + timedelta(minutes=31)
    await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(idle.order_id))
    assert await shop.rows(taken) == [(newcomer, 0)]
    await bought(shop, 2)


async def test_a_regular_who_pays_late_takes_the_place_of_one_in_the_new_group(shop: Shop) -> None:
    await published(shop, thresholds=(2,), items=(GroupItem("tea", (1600,)),), newcomers=1, most=3, overflow="new_group")
    for no in (1, 2, 5):
        await shop.placed(basket(("salt", 1), member=who(no)))
    first = await bought(shop, 1)
    code = await group_of(shop, first)
    late = await place(shop, 2, code)
    assert isinstance(late, Placed)
    await bought(shop, 3, code)
    shop.clock.at = NOON + DAY
    assert (await shop.world.run(group_buy.close, group_buy.CloseGroup(first))).state == "formed"
    await shop.do(pay.start, pay.Pay(late.order_id, pay.Payment("cash")))
    assert (await shop.world.run(group_buy.take_place, group_buy.TakePlace(late.order_id))).outcome == "opened"
    sql = "select posted, floor from ledger.account where tenant_id = $1 and code = 'regulars:' || $2::bigint"
    assert await shop.rows(sql, late.order_id) == [(-1, -2)]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"items": (GroupItem("tea", (1600,), head_minor=1700),)}, "/items/0/head_minor"),
        ({"heads": 5}, "/heads"),
        ({"newcomers": 3}, "/newcomers"),
        ({"newcomers": 1, "by": "units"}, "/newcomers"),
    ],
)
async def test_places_and_prices_that_contradict_themselves_are_refused_when_saved(
    shop: Shop, changes: dict[str, Any], pointer: str
) -> None:
    told = await shop.do(maintain_plays.put, maintain_plays.PutPlay("three", group_buy=three(**changes)), by=shop.boss)
    assert refused(told) == ("promotion.play_invalid", pointer)


async def test_a_group_is_told_from_its_first_buyer_to_its_end(shop: Shop) -> None:
    await published(shop, thresholds=(3,), items=(GroupItem("tea", (1700,), head_minor=1600),), newcomers=1)
    await shop.placed(basket(("salt", 1), member=who(1)))
    first = await bought(shop, 1)
    code = await group_of(shop, first)
    shop.clock.advance(timedelta(hours=1))
    await bought(shop, 2, code)
    (front,) = (await shop.world.get("/v1/buying-groups?play=three")).json()["items"]
    assert (front["measured"], front["newcomers"], front["regulars_left"]) == (2, 1, 1)
    shop.clock.at = NOON + DAY
    await shop.world.run(group_buy.close, group_buy.CloseGroup(first))
    told = (await shop.world.get(f"/v1/buying-groups/{code}/course")).json()
    assert (told["measure"], told["group"]["state"]) == ("people", "failed")
    seats = [(one["head"], one["headed"], one["newcomer"], one["status"], one["paid"], one["refunded"]) for one in told["seats"]]
    assert seats == [(True, True, False, "canceled", 1732, 1732), (False, False, True, "canceled", 1840, 1840)]
    assert [(one["what"], one["order"] == told["group"]["order"], one["why"]) for one in told["moments"]] == [
        ("order.placed.v1", True, ""),
        ("order.paid.v1", True, ""),
        ("group.opened.v1", True, ""),
        ("order.placed.v1", False, ""),
        ("order.paid.v1", False, ""),
        ("order.canceled.v1", True, "group_closed"),
        ("order.canceled.v1", False, "group_closed"),
        ("group.failed.v1", True, ""),
    ]
    assert (await shop.world.get("/v1/buying-groups/G-NONE/course")).status_code == 404
