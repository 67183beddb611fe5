"""Coupons in baskets: locked when the order is placed, used when it is paid, back when all of it is canceled or it expires."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.couponry import batch, codes, given, person, run_promotion
from tests.shop import Shop, basket, receipt, refused, shop
from tests.world import NOON, served, world

from jiutong.capabilities import promotion
from jiutong.capabilities.member import Recognize
from jiutong.flows import pay, reactions
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.checkout import Placed, PlaceOrder
from jiutong.flows.expire_unpaid import Expire, expire
from jiutong.flows.maintain_coupons import MoveBatch, move_batch
from jiutong.gateways.outbound import Outbound
from jiutong.kernel import jobs
from jiutong.kernel.errors import Problem
from jiutong.worker import desk_of, run_due

__all__ = ["served", "shop", "world"]
CARD = Recognize("card", "M0001")


@pytest.fixture(autouse=True)
def reacting() -> Iterator[None]:
    reactions.install()
    yield
    jobs.REACTIONS.clear()


async def react(shop: Shop) -> None:
    """What follows from what happened."""
    outbound = Outbound()
    await run_due(desk_of(shop.house, outbound), shop.tenant_id)
    await outbound.close()


def tea(*, units: int = 2, by: Recognize | None = CARD, **more: Any) -> PlaceOrder:
    return basket(("tea", units), member=by, **more)


async def one(shop: Shop, **terms: Any) -> promotion.CouponGiven:
    """A member with a coupon of a dollar off twenty, three fifths of it the seller's."""
    await batch(shop, "ten", **terms)
    return await given(shop, "ten", await person(shop))


async def state(shop: Shop, coupon: promotion.CouponGiven | str) -> str:
    code = coupon if isinstance(coupon, str) else coupon.code
    return (await shop.world.get(f"/v1/coupons?code={code}")).json()["items"][0]["state"]


async def paid(shop: Shop, order_id: int) -> None:
    told = await shop.do(pay.start, pay.Pay(order_id, pay.Payment("cash")), by=shop.boss)
    assert not isinstance(told, Problem), told


async def canceled(shop: Shop, order_id: int, *lines: tuple[int, int]) -> None:
    wish = CancelOrder(order_id, Cancellation("changed", tuple(LineUnits(*line) for line in lines)))
    told = await shop.do(cancel, wish, by=shop.boss)
    assert not isinstance(told, Problem), told
    await react(shop)


async def adjustments(shop: Shop, order_id: int) -> list[tuple[Any, ...]]:
    sql = "select stage, rule, funder, amount from orders.price_adjustment where tenant_id = $1 and order_id = $2 order by funder"
    return await shop.world.rows(sql, order_id)


async def test_the_coupon_in_hand_is_used_by_itself_and_borne_by_its_funders(shop: Shop) -> None:
    coupon = await one(shop)
    placed = await shop.placed(tea())
    assert (placed.gross, placed.discount) == (3998, 100)
    assert await adjustments(shop, placed.order_id) == [("coupon", "ten-off@1", "brand", 40), ("coupon", "ten-off@1", "seller", 60)]
    assert await state(shop, coupon) == "held"
    assert (await shop.placed(tea())).discount == 0
    await paid(shop, placed.order_id)
    assert await state(shop, coupon) == "used"
    figures = (await shop.world.get("/v1/coupon-batches/ten/figures")).json()
    assert figures == {
        "cap": 1000,
        "given": 1,
        "held": 0,
        "used": 1,
        "back": 0,
        "recorded": 0,
        "bearers": [
            {"funder": "seller", "currency": "USD", "amount_minor": 60},
            {"funder": "brand", "currency": "USD", "amount_minor": 40},
        ],
    }
    (use,) = (await shop.world.get("/v1/coupon-batches/ten/uses")).json()["items"]
    assert (use["code"], use["status"], use["amount_minor"], use["outcome"]) == (coupon.code, "paid", 100, "used")
    assert (await shop.world.get("/v1/coupon-batches/ten")).json()["used"] == 1


async def test_a_coupon_is_chosen_or_refused_with_what_would_change_that(shop: Shop) -> None:
    coupon = await one(shop)
    assert (await shop.placed(tea(coupons=()))).discount == 0
    assert refused(await shop.place(tea(units=1, coupons=(coupon.code,)))) == ("promotion.coupon_unusable", "/coupons/0")
    assert refused(await shop.place(tea(coupons=("NOPE",)))) == ("coupon.unknown", "/coupons/0")
    assert refused(await shop.place(tea(by=None, coupons=(coupon.code,)))) == ("coupon.members_only", "/coupons/0")
    other = Recognize("card", "M0002")
    assert refused(await shop.place(tea(by=other, coupons=(coupon.code,)))) == ("coupon.not_yours", "/coupons/0")
    assert (await shop.placed(tea(coupons=(coupon.code.lower(),)))).discount == 100
    assert refused(await shop.place(tea(coupons=(coupon.code,)))) == ("coupon.used", "/coupons/0")


async def test_a_whole_cancellation_gives_it_back_and_a_part_keeps_it(shop: Shop) -> None:
    coupon = await one(shop)
    for pays in (False, True):
        order_id = (await shop.placed(tea(units=3))).order_id
        if pays:
            await paid(shop, order_id)
        await canceled(shop, order_id, (1, 1))
        assert await state(shop, coupon) == ("used" if pays else "held")
        await canceled(shop, order_id)
        assert await state(shop, coupon) == "free"
    assert (await shop.world.get("/v1/coupon-batches/ten/figures")).json()["back"] == 2


async def test_it_comes_back_late_and_is_good_for_its_grace(shop: Shop) -> None:
    coupon = await one(shop, valid_days=1, grace_days=3)
    order_id = (await shop.placed(tea())).order_id
    shop.clock.advance(timedelta(days=2))
    assert isinstance(await shop.do(expire, Expire(order_id), by=shop.boss), object)
    await react(shop)
    (shown,) = (await shop.world.get(f"/v1/coupons?code={coupon.code}")).json()["items"]
    until = (NOON + timedelta(days=5)).isoformat().replace("+00:00", "Z")
    assert (shown["state"], shown["valid_to"]) == ("free", until)
    assert (await shop.placed(tea())).discount == 100


async def test_without_grace_or_in_time_nothing_is_prolonged(shop: Shop) -> None:
    coupon = await one(shop, valid_days=1)
    order_id = (await shop.placed(tea())).order_id
    shop.clock.advance(timedelta(hours=1))
    await canceled(shop, order_id)
    until = coupon.valid_to.isoformat().replace("+00:00", "Z")
    assert (await shop.world.get(f"/v1/coupons?code={coupon.code}")).json()["items"][0]["valid_to"] == until


async def test_a_code_for_everybody_is_used_so_often_in_all_and_by_one(shop: Shop) -> None:
    await batch(shop, "poster", kind="shared", shared_code="hello10", cap=2, per_member=1)
    wish = [tea(by=Recognize("card", f"P{i:04}"), coupons=("Hello10",)) for i in range(3)]
    assert refused(await shop.place(tea(by=None, coupons=("HELLO10",)))) == ("coupon.members_only", "/coupons/0")
    first = await shop.placed(wish[0])
    assert first.discount == 100
    assert refused(await shop.place(wish[0]))[0] == "coupon.enough"
    assert (await shop.placed(wish[1])).discount == 100
    assert refused(await shop.place(wish[2]))[0] == "coupon.none_left"
    await canceled(shop, first.order_id)
    assert (await shop.placed(wish[0])).discount == 100
    await shop.do(move_batch, MoveBatch("poster", "stopped"), by=shop.boss)
    assert refused(await shop.place(wish[2])) == ("coupon.not_given_out", "/coupons/0")


async def test_a_written_code_is_good_once_and_theirs_who_used_it_first(shop: Shop) -> None:
    await batch(shop, "leaflet", kind="unique", cap=10)
    code, *_ = await codes(shop, "leaflet", 2)
    first = await shop.placed(tea(coupons=(code,)))
    assert first.discount == 100
    other = Recognize("card", "M0002")
    assert refused(await shop.place(tea(by=other, coupons=(code,)))) == ("coupon.used", "/coupons/0")
    await canceled(shop, first.order_id)
    assert refused(await shop.place(tea(by=other, coupons=(code,)))) == ("coupon.not_yours", "/coupons/0")
    assert (await shop.placed(tea(coupons=(code,)))).discount == 100


async def test_an_ended_batch_withdraws_what_is_in_hand(shop: Shop) -> None:
    coupon = await one(shop)
    await shop.do(move_batch, MoveBatch("ten", "stopped"), by=shop.boss)
    assert (await shop.quote(tea()))[0].discount == 100  # type: ignore[union-attr]
    await shop.do(move_batch, MoveBatch("ten", "ended"), by=shop.boss)
    assert refused(await shop.place(tea(coupons=(coupon.code,)))) == ("coupon.withdrawn", "/coupons/0")
    assert (await shop.placed(tea())).discount == 0


async def test_a_coupon_keeps_the_version_of_its_promotion(shop: Shop) -> None:
    coupon = await one(shop)
    more = promotion.Terms(
        name="Two off",
        stage="coupon",
        coupon=True,
        currency="USD",
        measure="amount",
        tiers=(promotion.PromotionTier(2000, promotion.AmountOff(200)),),
        funders=(promotion.PromotionFunder("seller", 10_000),),
    )
    await run_promotion(shop, "ten-off", more)
    await batch(shop, "two")
    quoted = await shop.quote(tea(coupons=(coupon.code,)))
    assert isinstance(quoted[0], Placed)
    assert quoted[0].discount == 100
    newer = await given(shop, "two", await person(shop))
    assert (await shop.placed(tea(coupons=(newer.code,)))).discount == 200


async def test_at_the_till_a_coupon_is_used_by_its_code_at_once(shop: Shop) -> None:
    coupon = await one(shop)
    sale = receipt("R1", ("tea", 2), paid=4220, member=CARD, coupons=(coupon.code,))
    rung = await shop.rung(sale)
    assert await adjustments(shop, rung.order_id) == [("coupon", "ten-off@1", "brand", 40), ("coupon", "ten-off@1", "seller", 60)]
    assert await state(shop, coupon) == "used"
    again = receipt("R2", ("tea", 2), paid=4220, member=CARD, coupons=(coupon.code,))
    assert refused(await shop.ring(again)) == ("coupon.used", "/coupons/0")
