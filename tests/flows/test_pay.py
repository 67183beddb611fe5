"""Paying: what fits is taken once, what does not changes nothing, and what comes late is never lost."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest

from jiutong.capabilities import payment
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.expire_unpaid import Expire, expire
from jiutong.flows.pay import Laid, Pay, Payment, start
from jiutong.flows.refund import answer
from jiutong.kernel.errors import Problem

from ..sales import HOLD, TEA, Sales, Wanted, sales
from ..world import served, world

__all__ = ["sales", "served", "world"]


class TestCash:
    async def test_cash_is_taken_at_once_and_the_goods_are_kept(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        laid = await sales.pay(id_)
        assert (laid.state, laid.amount) == ("captured", 300)
        assert (await sales.now(id_)).status == "paid"
        assert await sales.moved(id_) == [("payment.captured", "advance", "clearing", 300)]
        assert await sales.told(id_) == ["order.placed.v1", "payment.captured.v1", "order.paid.v1"]
        assert await sales.world.rows("select expires_at from ledger.hold where tenant_id = $1 and group_id = $2", id_) == [(None,)]

    async def test_an_order_may_be_paid_in_several_pieces(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_, amount=100)
        assert (await sales.now(id_)).status == "placed"
        assert "order.paid.v1" not in await sales.told(id_)
        await sales.pay(id_, amount=200)
        assert (await sales.now(id_)).status == "paid"
        assert await sales.tenders(id_) == [("cash", 100, 0, "captured"), ("cash", 200, 0, "captured")]

    async def test_more_than_is_owed_is_refused_with_what_is_owed(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_, amount=100)
        refusal = await sales.do(start, Pay(id_, Payment("cash", 201)))
        assert isinstance(refusal, Problem)
        assert (refusal.code, refusal.facts, refusal.errors[0].pointer) == ("payment.more_than_owed", {"due_minor": 200}, "/amount_minor")
        assert len(await sales.tenders(id_)) == 1

    async def test_a_closed_order_takes_no_tender(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.do(cancel, CancelOrder(id_, Cancellation("test")))
        refusal = await sales.do(start, Pay(id_, Payment("cash")))
        assert isinstance(refusal, Problem)
        assert refusal.code == "order.not_open"

    async def test_an_order_nobody_knows_is_not_found(self, sales: Sales) -> None:
        refusal = await sales.do(start, Pay(1, Payment("cash")))
        assert isinstance(refusal, Problem)
        assert refusal.code == "order.not_found"


class TestNotice:
    async def test_a_notice_captures_its_tender_once(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        laid = await sales.pay(id_, "card")
        assert laid.state == "started"
        said = sales.notice(laid)
        assert await sales.hear(said) == ("captured", "")
        assert [await sales.hear(said) for _ in range(4)] == [("duplicate", "")] * 4
        assert await sales.hear(sales.notice(laid, channel_event="another message")) == ("duplicate", "")
        assert (await sales.now(id_)).paid == 300
        assert await sales.told(id_) == ["order.placed.v1", "payment.started.v1", "payment.captured.v1", "order.paid.v1"]
        assert await sales.world.rows("select verdict from payment.notice where tenant_id = $1 order by notice_id") == [
            ("captured",),
            ("duplicate",),
        ]

    @pytest.mark.parametrize(
        ("other", "why"),
        [
            ({"merchant": "999"}, "merchant differs"),
            ({"amount": 299}, "amount differs"),
            ({"currency": "EUR"}, "currency differs"),
            ({"order_id": 1}, "order differs"),
            ({"tender_id": 1}, "there is no such payment"),
        ],
    )
    async def test_what_does_not_fit_changes_nothing_and_is_on_record(self, sales: Sales, other: dict[str, Any], why: str) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        laid = await sales.pay(id_, "card")
        said = sales.notice(laid, **other)
        assert await sales.hear(said) == ("rejected", why)
        assert await sales.hear(said) == ("rejected", why)
        assert await sales.tenders(id_) == [("card", 300, 0, "started")]
        assert await sales.moved(id_) == []
        assert await sales.world.rows("select verdict, detail from payment.notice where tenant_id = $1") == [("rejected", why)]
        assert await sales.hear(sales.notice(laid, channel_event="genuine")) == ("captured", "")

    async def test_one_transaction_of_a_channel_pays_one_thing(self, sales: Sales) -> None:
        first, second = [await sales.place(Wanted(TEA, 3)) for _ in range(2)]
        one, other = await sales.pay(first, "card"), await sales.pay(second, "card")
        assert await sales.hear(sales.notice(one, channel_ref="T")) == ("captured", "")
        assert await sales.hear(sales.notice(other, channel_ref="T")) == ("rejected", "that transaction has paid something else")
        assert await sales.hear(sales.notice(one, channel_ref="U", channel_event="e")) == (
            "rejected",
            "another transaction has paid this before",
        )
        assert (await sales.now(second)).paid == 0

    async def test_a_failed_tender_that_is_paid_after_all_is_paid(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        laid = await sales.pay(id_, "card")
        assert await sales.hear(sales.notice(laid, "failed")) == ("failed", "")
        assert await sales.tenders(id_) == [("card", 300, 0, "failed")]
        assert await sales.hear(sales.notice(laid)) == ("captured", "")
        assert await sales.hear(sales.notice(laid, "failed", channel_event="later")) == ("duplicate", "")
        assert (await sales.now(id_)).status == "paid"


class TestLate:
    async def expired(self, sales: Sales) -> tuple[int, Laid]:
        id_ = await sales.place(Wanted(TEA, 3))
        laid = await sales.pay(id_, "card")
        sales.world.served.clock.advance(HOLD + timedelta(seconds=1))
        await sales.do(expire, Expire(id_))
        assert await sales.tenders(id_) == [("card", 300, 0, "canceled")]
        assert await sales.left(TEA) == [(100, 0)]
        return id_, laid

    async def test_late_money_takes_the_goods_again(self, sales: Sales) -> None:
        id_, laid = await self.expired(sales)
        assert await sales.hear(sales.notice(laid)) == ("late", "the order no longer takes it")
        one = await sales.now(id_)
        assert (one.status, one.paid) == ("paid", 300)
        assert await sales.left(TEA) == [(100, 3)]
        assert await sales.moved(id_) == [("payment.late", "unapplied", "clearing", 300), ("payment.applied", "advance", "unapplied", 300)]
        assert await sales.tenders(id_) == [("card", 300, 0, "captured")]
        assert (await sales.told(id_))[-3:] == ["payment.captured.v1", "order.paid.v1", "order.late_payment.v1"]
        await sales.ship(id_, (1, 3))
        assert await sales.left(TEA) == [(97, 0)]

    async def test_late_money_goes_back_when_the_goods_are_gone(self, sales: Sales) -> None:
        id_, laid = await self.expired(sales)
        await sales.place(Wanted(TEA, 98))
        assert (await sales.hear(sales.notice(laid)))[0] == "late"
        assert (await sales.now(id_)).status == "expired"
        assert await sales.refunds(id_) == [(300, "late payment", "requested", "card")]
        assert await sales.owed_back() == {"unapplied": 300}
        [(refund_id,)] = await sales.world.rows("select refund_id from payment.refund where tenant_id = $1")
        await sales.do(answer, payment.Answered(refund_id, sales.account, 300, "USD", True, "r1"))
        assert await sales.owed_back() == {}
        assert await sales.moved(id_) == [
            ("payment.late", "unapplied", "clearing", 300),
            ("payment.returned", "clearing", "unapplied", 300),
        ]

    async def test_money_for_a_canceled_order_goes_back(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        laid = await sales.pay(id_, "card")
        await sales.do(cancel, CancelOrder(id_, Cancellation("test")))
        assert (await sales.hear(sales.notice(laid)))[0] == "late"
        assert (await sales.now(id_)).status == "canceled"
        assert await sales.refunds(id_) == [(300, "late payment", "requested", "card")]

    async def test_what_is_paid_twice_goes_back_once(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        one, other = await sales.pay(id_, "card"), await sales.pay(id_, "qr")
        assert (await sales.hear(sales.notice(one)))[0] == "captured"
        assert (await sales.hear(sales.notice(other)))[0] == "late"
        assert (await sales.now(id_)).paid == 300
        assert await sales.refunds(id_) == [(300, "late payment", "requested", "qr")]
        assert await sales.tenders(id_) == [("card", 300, 0, "captured"), ("qr", 300, 300, "late")]


EVENTS = ("captured", "captured again", "expired", "canceled", "refund done")


async def happens(sales: Sales, what: str, laid: Laid) -> None:
    match what:
        case "captured":
            await sales.hear(sales.notice(laid))
        case "captured again":
            await sales.hear(sales.notice(laid, channel_event=f"again {laid.tender_id}"))
        case "expired":
            await sales.do(expire, Expire(laid.order_id))
        case "canceled":
            await sales.do(cancel, CancelOrder(laid.order_id, Cancellation("test")))
        case _:
            asked = "select refund_id from payment.refund where tenant_id = $1 and order_id = $2"
            for (refund_id,) in await sales.world.rows(asked, laid.order_id):
                await sales.do(answer, payment.Answered(refund_id, sales.account, laid.amount, "USD", True, "r"))


@pytest.mark.parametrize("first", EVENTS)
async def test_whatever_happens_in_whatever_order_the_money_is_somewhere(sales: Sales, first: str) -> None:
    for sequence in (s for n in (1, 2, 3, 4) for s in permutations(EVENTS, n) if s[0] == first):
        id_ = await sales.place(Wanted(TEA, 1))
        laid = await sales.pay(id_, "card")
        for what in sequence:
            await happens(sales, what, laid)
        paid = any(what.startswith("captured") for what in sequence)
        one = await sales.now(id_)
        (_, _, refunded, state) = (await sales.tenders(id_))[0]
        refunds = await sales.refunds(id_)
        assert (state in {"captured", "late"}) == paid, sequence
        assert refunded == sum(amount for amount, *_ in refunds) == (0 if one.status == "paid" or not paid else 100), sequence
        # Captured, the money is on the order, owed back, or back with the payer: always in exactly one of these places.
        gone = any(state_now == "done" for _, _, state_now, _ in refunds)
        where = "advance" if one.status == "paid" else "refund_due" if state == "captured" else "unapplied"
        assert await sales.waiting(id_) == ({where: 100} if paid and not gone else {}), sequence
        came_in = [rule for rule, *_ in await sales.moved(id_) if rule in {"payment.captured", "payment.late"}]
        assert len(came_in) == paid, sequence


async def test_a_batch_of_notices_is_judged_in_arrival_order(sales: Sales) -> None:
    id_ = await sales.place(Wanted(TEA, 3))
    one, other = await sales.pay(id_, "card", 200), await sales.pay(id_, "qr", 200)
    calls = [sales.notice(one), sales.notice(one), sales.notice(other), sales.notice(one, amount=1, channel_event="x")]
    heard = await sales.hear_all(calls)
    assert [verdict for verdict, _ in heard] == ["captured", "duplicate", "late", "rejected"]
    assert (await sales.now(id_)).paid == 200


def test_the_words_of_a_payment_are_checked() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"method": "cash", "amount_minor": 0}, Payment)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"method": "gold"}, Payment)
