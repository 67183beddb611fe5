"""Presale: a deposit holds the goods, the balance in its window buys them; who withdraws loses an earnest, who defaults doubles it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.shop import Shop, basket, refused, shop
from tests.world import NOON, served, world

from jiutong import ledger
from jiutong.capabilities.inventory import NamedLocation, PutLocation
from jiutong.capabilities.pricing import SetPrice
from jiutong.capabilities.promotion import FunderShare, Presale, PresaleItem, RemindOfBalance
from jiutong.flows import cancel, expire_unpaid, fulfil, maintain_plays, pay, presale
from jiutong.flows.checkout import Placed
from jiutong.flows.maintain_locations import put_location
from jiutong.kernel.errors import Problem

__all__ = ["served", "shop", "world"]

WEEK = timedelta(days=7)


def spring(**other: Any) -> Presale:
    """Tea (list 19.99) at 15.00: 3.00 down that count 5.00, the brand bears a fifth; the balance from the 29th for a week."""
    plain: dict[str, Any] = {
        "name": "Spring tea",
        "currency": "USD",
        "deposit": "earnest",
        "deposit_from": NOON - WEEK,
        "deposit_to": NOON + WEEK,
        "balance_from": NOON + WEEK,
        "balance_to": NOON + 2 * WEEK,
        "ships_by": NOON + 3 * WEEK,
        "items": (PresaleItem("tea", 1500, 300, 10, 500),),
        "funders": (FunderShare("seller", 8000), FunderShare("brand", 2000)),
    }
    return Presale(**(plain | other))


async def published(shop: Shop, **other: Any) -> None:
    await shop.world.run(maintain_plays.put, maintain_plays.PutPlay("spring", presale=spring(**other)))
    await shop.world.run(maintain_plays.publish, maintain_plays.NamedPlay("presale", "spring"))


async def ordered(shop: Shop, units: int = 2) -> Placed:
    told = await shop.place(basket(("tea", units), play="spring"))
    assert isinstance(told, Placed), told
    return told


async def paid(shop: Shop, order_id: int, amount: int | None = None) -> pay.Laid:
    told = await shop.do(pay.start, pay.Pay(order_id, pay.Payment("cash", amount)))
    assert isinstance(told, pay.Laid), told
    return told


async def head(shop: Shop, order_id: int) -> tuple[Any, ...]:
    sql = "select status, total, paid, refunded, canceled from orders.placed where tenant_id = $1 and order_id = $2"
    return (await shop.world.rows(sql, order_id))[0]


async def legs(shop: Shop, order_id: int) -> list[tuple[Any, ...]]:
    sql = "select amount, paid, due_at, opens_at, kept from orders.payable where tenant_id = $1 and order_id = $2 order by payable_no"
    return await shop.world.rows(sql, order_id)


def later(shop: Shop, at: datetime) -> None:
    shop.clock.at = at


async def test_a_deposit_then_the_balance_in_its_window(shop: Shop) -> None:
    await published(shop)
    told = await ordered(shop)
    # 3998 list, 998 off to 3000, 400 more for the deposit: 2600 net, 215 tax on top.
    assert (told.gross, told.discount, told.tax, told.total) == (3998, 1398, 215, 2815)
    hold = NOON + timedelta(minutes=30)
    assert await legs(shop, told.order_id) == [
        (600, 0, hold, None, "until_shipped"),
        (2215, 0, NOON + 2 * WEEK, NOON + WEEK, ""),
    ]
    rules = "select stage, rule, funder, amount from orders.price_adjustment where tenant_id = $1 and order_id = $2 order by adjustment_no"
    assert await shop.world.rows(rules, told.order_id) == [
        ("activity", "spring@1", "seller", 798),
        ("activity", "spring@1", "brand", 200),
        ("activity", "spring@1+deposit", "seller", 320),
        ("activity", "spring@1+deposit", "brand", 80),
    ]
    assert (await paid(shop, told.order_id)).amount == 600
    assert refused(await shop.do(pay.start, pay.Pay(told.order_id, pay.Payment("cash"))))[0] == "payment.more_than_owed"
    assert refused(await shop.do(fulfil.release, fulfil.ReleaseOrder(told.order_id)))[0] == "fulfillment.not_releasable"
    later(shop, NOON + WEEK)
    assert (await paid(shop, told.order_id)).amount == 2215
    assert await head(shop, told.order_id) == ("paid", 2815, 2815, 0, 0)


async def test_full_payment_where_it_is_allowed(shop: Shop) -> None:
    await published(shop, full_payment=True)
    told = await ordered(shop)
    assert (await paid(shop, told.order_id)).amount == 2815


async def test_who_pays_no_deposit_loses_nothing(shop: Shop) -> None:
    await published(shop)
    told = await ordered(shop)
    later(shop, NOON + timedelta(minutes=31))
    assert await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(told.order_id)) == expire_unpaid.Expired(
        told.order_id, "expired"
    )
    assert await shop.stock("dc1", "tea") == [(100, 0)]


async def test_who_does_not_pay_the_balance_loses_the_earnest(shop: Shop) -> None:
    await published(shop)
    told = await ordered(shop)
    await paid(shop, told.order_id)
    later(shop, NOON + WEEK)
    early = await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(told.order_id))
    assert early == expire_unpaid.Expired(told.order_id, "placed")
    later(shop, NOON + 2 * WEEK)
    over = await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(told.order_id))
    assert over == expire_unpaid.Expired(told.order_id, "canceled", 0)
    assert await head(shop, told.order_id) == ("canceled", 2815, 600, 0, 2815)
    assert await shop.money(told.order_id) == [("advance", "clearing", 600), ("forfeited", "advance", 600)]
    (lost,) = (await shop.world.get("/v1/forfeitures")).json()["items"]
    assert lost == {"order": lost["order"], "play": "spring@1", "currency": "USD", "amount": 600, "at": "2026-12-06T12:00:00Z"}
    assert (await shop.world.get(f"/v1/forfeitures?order={lost['order']}")).json()["items"] == [lost]


async def test_a_prepayment_goes_back(shop: Shop) -> None:
    await published(shop, deposit="prepayment", withdrawal="return")
    told = await ordered(shop)
    await paid(shop, told.order_id)
    later(shop, NOON + 2 * WEEK)
    over = await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(told.order_id))
    assert over == expire_unpaid.Expired(told.order_id, "canceled", 600)
    assert await head(shop, told.order_id) == ("canceled", 2815, 600, 600, 2815)


async def test_who_withdraws_after_the_deposit_loses_it_and_cancels_all_or_nothing(shop: Shop) -> None:
    await published(shop)
    told = await ordered(shop)
    await paid(shop, told.order_id)
    some = cancel.Cancellation("changed_mind", (cancel.LineUnits(1, 1),))
    assert refused(await shop.do(cancel.cancel, cancel.CancelOrder(told.order_id, some))) == ("order.whole_only", "/lines")
    done = await shop.do(cancel.cancel, cancel.CancelOrder(told.order_id, cancel.Cancellation("changed_mind")))
    assert isinstance(done, cancel.Canceled)
    assert (done.status, done.amount, done.refund) == ("canceled", 2815, 0)
    assert await shop.money(told.order_id) == [("advance", "clearing", 600), ("forfeited", "advance", 600)]
    assert await shop.stock("dc1", "tea") == [(100, 0)]


@pytest.mark.parametrize(("withdrawal", "refund"), [("keep", 2215), ("return", 2815)])
async def test_who_withdraws_after_everything_is_paid(shop: Shop, withdrawal: str, refund: int) -> None:
    await published(shop, withdrawal=withdrawal)
    told = await ordered(shop)
    await paid(shop, told.order_id)
    later(shop, NOON + WEEK)
    await paid(shop, told.order_id)
    done = await shop.do(cancel.cancel, cancel.CancelOrder(told.order_id, cancel.Cancellation("changed_mind")))
    assert isinstance(done, cancel.Canceled)
    assert (done.amount, done.refund) == (2815, refund)
    assert await head(shop, told.order_id) == ("canceled", 2815, 2815, refund, 2815)


async def test_a_seller_who_defaults_owes_the_earnest_twice(shop: Shop) -> None:
    await published(shop)
    told = await ordered(shop)
    wish = presale.DefaultPresale(told.order_id, presale.Default("no_supply"))
    assert refused(await shop.do(presale.default, wish))[0] == "promotion.no_earnest"
    await paid(shop, told.order_id)
    done = await shop.do(presale.default, wish)
    assert isinstance(done, presale.Defaulted)
    assert (done.status, done.refund, done.compensation) == ("canceled", 600, 600)
    out = presale.PayOut(done.compensation_id, presale.PaidOut("transfer", "T-1"))
    assert isinstance(await shop.do(presale.pay_out, out), presale.Compensated)
    assert refused(await shop.do(presale.pay_out, out))[0] == "promotion.already_paid_out"
    assert await shop.money(told.order_id) == [
        ("advance", "clearing", 600),
        ("refund_due", "advance", 600),
        ("clearing", "refund_due", 600),
        ("payout_due", "compensation", 600),
        ("clearing", "payout_due", 600),
    ]
    assert refused(await shop.do(presale.default, wish))[0] == "order.not_open"


async def test_balances_open_at_the_price_of_the_day_if_that_is_lower(shop: Shop) -> None:
    await published(shop)
    first, _, third = [await ordered(shop, 1) for _ in range(3)]
    await paid(shop, first.order_id)
    await paid(shop, third.order_id)
    later(shop, NOON + WEEK)
    await shop.price(SetPrice("tea", 1400, valid_from=NOON + WEEK))
    told = await shop.world.run(presale.open_balances, RemindOfBalance("spring@1", 1))
    assert told == presale.BalancesOpened(1, first.order_id, 1)
    rest = await shop.world.run(presale.open_balances, RemindOfBalance("spring@1", 5, first.order_id))
    assert rest == presale.BalancesOpened(1, third.order_id, 1)
    # 1999 list: 499 to the presale's price, 200 more for the deposit, 100 more protected: 1200 net, 99 tax.
    assert await head(shop, first.order_id) == ("placed", 1299, 300, 0, 0)
    assert (await paid(shop, first.order_id)).amount == 999
    assert (await head(shop, first.order_id))[0] == "paid"
    again = await shop.world.run(presale.open_balances, RemindOfBalance("spring@1", 5))
    assert again == presale.BalancesOpened(1, third.order_id, 0)
    rules = "select rule, funder, amount from orders.price_adjustment where tenant_id = $1 and order_id = $2 and rule like '%+protection'"
    assert await shop.world.rows(rules, first.order_id) == [("spring@1+protection", "seller", 80), ("spring@1+protection", "brand", 20)]


async def test_what_was_paid_in_full_too_dear_is_not_marked_down_without_protection(shop: Shop) -> None:
    await published(shop, price_protection=False)
    told = await ordered(shop, 1)
    await paid(shop, told.order_id)
    later(shop, NOON + WEEK)
    await shop.price(SetPrice("tea", 1400, valid_from=NOON + WEEK))
    done = await shop.world.run(presale.open_balances, RemindOfBalance("spring@1", 5))
    assert done == presale.BalancesOpened(1, told.order_id, 0)


@pytest.mark.parametrize(
    ("at", "lines", "code", "pointer"),
    [
        (NOON - timedelta(days=5), (("tea", 1),), "promotion.play_closed", "/play"),
        (NOON, (("tea", 11),), "promotion.presale_quota", "/lines/0/quantity"),
        (NOON + WEEK, (("tea", 1),), "promotion.play_closed", "/play"),
        (NOON, (("tea", 1), ("salt", 1)), "promotion.not_in_play", "/lines/1/sku"),
    ],
)
async def test_what_a_presale_does_not_sell(shop: Shop, at: datetime, lines: tuple[tuple[str, int], ...], code: str, pointer: str) -> None:
    await published(shop, deposit_from=NOON - timedelta(days=4))
    later(shop, at)
    assert refused(await shop.place(basket(*lines, play="spring"))) == (code, pointer)
    later(shop, NOON)


async def test_the_quota_of_a_new_version_holds_for_what_was_sold_before(shop: Shop) -> None:
    """Seven of ten are sold; then five are allowed: nothing is left until three have come back, and then one."""

    async def quota(units: int) -> None:
        await published(shop, items=(PresaleItem("tea", 1500, 300, units, 500), PresaleItem("salt", 40, 5, 90)))

    async def sold_out(units: int = 1) -> bool:
        told = await shop.place(basket(("tea", units), play="spring"))
        return isinstance(told, Problem) and refused(told) == ("promotion.presale_quota", "/lines/0/quantity")

    async def sold() -> list[dict[str, Any]]:
        return list((await shop.world.get("/v1/presales/spring")).json()["sold"])

    await quota(10)
    four, three = await ordered(shop, 4), await ordered(shop, 3)
    assert isinstance(await shop.place(basket(("salt", 40), play="spring")), Placed)
    await quota(5)
    assert await sold() == [{"sku": "tea", "quota": 5, "taken": 7}, {"sku": "salt", "quota": 90, "taken": 40}]
    assert await sold_out()
    shop.clock.at = NOON + timedelta(minutes=31)
    await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(three.order_id))
    assert await sold_out(2)
    await ordered(shop, 1)
    assert await sold_out()
    await shop.world.run(maintain_plays.settle_floors, maintain_plays.SettlePlay("presale", "spring"))  # again changes nothing
    assert await sold_out()
    await quota(8)
    assert await sold_out(4)
    await ordered(shop, 3)
    await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(four.order_id))
    assert await sold_out(5)
    await ordered(shop, 4)
    assert [one["taken"] for one in await sold()] == [8, 40]
    job = "select kind, facts::text from kernel.job where tenant_id = $1 and kind = 'play.settle_floors' order by job_id"
    assert [kind for kind, _ in await shop.rows(job)] == ["play.settle_floors"] * 2


async def test_a_quota_opened_by_who_read_the_version_before_is_settled(shop: Shop) -> None:
    await published(shop)
    await published(shop, items=(PresaleItem("tea", 1500, 300, 5, 500),))
    before = ledger.account_of("presale_quota", {"play": "spring", "sku": "tea"}, "QUOTA", -10)
    async with shop.house.db.transaction(shop.tenant_id, NOON) as tx:
        wish = ledger.Claim(1, before, ledger.account_of("used", {}, "any"), 4)
        assert not (await ledger.hold(tx, [ledger.ClaimGroup(1, (wish,))])).refused
        await tx.commit()
    await shop.world.run(maintain_plays.settle_floors, maintain_plays.SettlePlay("presale", "spring"))
    assert refused(await shop.place(basket(("tea", 2), play="spring"))) == ("promotion.presale_quota", "/lines/0/quantity")
    async with shop.house.db.transaction(shop.tenant_id, NOON) as tx:
        await ledger.void(tx, [ledger.Release(1)], {})
        await tx.commit()


async def test_goods_that_are_not_in_stock_yet_come_from_where_they_will_arrive(shop: Shop) -> None:
    await shop.world.run(put_location, NamedLocation("inbound", PutLocation(name="Inbound", kind="dc", mode="exception")))
    await published(shop, supply="inbound", items=(PresaleItem("tea", 1500, 300, 500, 500),))
    told = await ordered(shop, 150)
    assert await shop.stock("inbound", "tea") == [(0, 150)]
    assert await shop.stock("dc1", "tea") == [(100, 0)]
    assert told.total == 211088
