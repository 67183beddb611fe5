"""Taking units off an order before they ship: canceled, shortened, expired. Goods are free again; what was paid goes back."""

from datetime import timedelta

import pytest

from jiutong.capabilities import fulfillment, order, payment
from jiutong.flows.cancel import Canceled, Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.edit_order import Comment, Edited, EditOrder, Edits, LineQuantity, comment, edit
from jiutong.flows.expire_unpaid import Expire, Expired, expire
from jiutong.flows.fulfil import release
from jiutong.flows.refund import answer
from jiutong.flows.words import Contact
from jiutong.kernel.errors import Problem

from ..sales import HOLD, RICE, TEA, Sales, Wanted, sales
from ..world import served, world

__all__ = ["sales", "served", "world"]


async def canceled(sales: Sales, id_: int, *units: tuple[int, int]) -> Canceled:
    done = await sales.do(cancel, CancelOrder(id_, Cancellation("changed_mind", tuple(LineUnits(*one) for one in units))))
    assert isinstance(done, Canceled), done
    return done


async def refused(sales: Sales, id_: int, *units: tuple[int, int]) -> Problem:
    done = await sales.do(cancel, CancelOrder(id_, Cancellation("changed_mind", tuple(LineUnits(*one) for one in units))))
    assert isinstance(done, Problem), done
    return done


class TestCancel:
    async def test_an_unpaid_order_is_simply_over(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        done = await canceled(sales, id_)
        assert (done.status, done.amount, done.refund, done.refunds) == ("canceled", 500, 0, ())
        assert await sales.left(TEA, RICE) == [(100, 0), (100, 0)]
        assert await sales.moved(id_) == []
        assert await sales.told(id_) == ["order.placed.v1", "order.canceled.v1"]
        assert await sales.world.rows("select amount, paid from orders.payable where tenant_id = $1 and order_id = $2", id_) == [(0, 0)]

    async def test_a_paid_order_gives_the_money_back(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_)
        done = await canceled(sales, id_)
        assert (done.status, done.amount, done.refund) == ("canceled", 300, 300)
        assert [(r.method, r.amount, r.state) for r in done.refunds] == [("cash", 300, "done")]
        assert await sales.moved(id_) == [
            ("payment.captured", "advance", "clearing", 300),
            ("order.canceled", "refund_due", "advance", 300),
            ("payment.refunded", "clearing", "refund_due", 300),
        ]
        assert await sales.owed_back() == {}
        assert (await sales.now(id_)).refunded == 300
        assert await sales.told(id_) == [
            "order.placed.v1", "payment.captured.v1", "order.paid.v1", "refund.done.v1", "order.canceled.v1",
        ]  # fmt: skip

    async def test_units_of_a_line_are_canceled_from_the_back(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3, gross=100), Wanted(RICE, 1))
        await sales.pay(id_)
        assert [(await canceled(sales, id_, (1, 1))).amount for _ in range(2)] == [33, 34]
        assert await sales.left(TEA, RICE) == [(100, 1), (100, 1)]
        await sales.ship(id_, (1, 1), (2, 1))
        one = await sales.now(id_)
        assert (one.status, one.canceled, one.refunded) == ("shipped", 67, 67)
        assert await sales.owed_back() == {}

    async def test_canceling_what_nobody_paid_may_leave_the_rest_paid(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        await sales.pay(id_, amount=300)
        done = await canceled(sales, id_, (2, 2))
        assert (done.status, done.amount, done.refund) == ("paid", 200, 0)
        assert (await sales.told(id_))[-2:] == ["order.paid.v1", "order.canceled.v1"]
        assert await sales.world.rows("select expires_at from ledger.hold where tenant_id = $1 and group_id = $2 and voided = 0", id_) == [
            (None,)
        ]

    async def test_a_part_that_was_half_paid_gives_back_just_what_came_in(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        await sales.pay(id_, amount=400)
        done = await canceled(sales, id_, (2, 2))
        assert (done.status, done.amount, done.refund) == ("paid", 200, 100)

    async def test_a_channel_gives_back_later(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.hear(sales.notice(await sales.pay(id_, "card")))
        done = await canceled(sales, id_)
        assert [(r.method, r.amount, r.state) for r in done.refunds] == [("card", 300, "requested")]
        assert (await sales.now(id_)).refunded == 0
        assert await sales.owed_back() == {"refund_due": 300}
        await sales.do(answer, payment.Answered(done.refunds[0].refund_id, sales.account, 300, "USD", True, "r"))
        assert (await sales.now(id_)).refunded == 300
        assert await sales.owed_back() == {}

    async def test_money_goes_back_to_the_latest_tender_first(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        for amount in (100, 120, 80):
            sales.world.served.clock.advance(timedelta(seconds=1))
            await sales.pay(id_, amount=amount)
        await canceled(sales, id_, (1, 1))
        assert await sales.tenders(id_) == [("cash", 100, 0, "captured"), ("cash", 120, 20, "captured"), ("cash", 80, 80, "captured")]

    async def test_what_has_shipped_is_not_canceled(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_)
        await sales.ship(id_, (1, 2))
        refusal = await refused(sales, id_, (1, 2))
        assert (refusal.code, refusal.facts, refusal.errors[0].pointer) == ("order.too_many_units", {"left": 1}, "/lines/0/quantity")
        assert (await canceled(sales, id_)).amount == 100
        assert (await refused(sales, id_)).code == "order.not_open"

    async def test_a_line_that_is_not_there_is_told(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        assert (await refused(sales, id_, (2, 1))).code == "order.no_such_line"
        assert (await refused(sales, id_, (1, 1), (1, 1))).errors[0].pointer == "/lines/1/line"
        assert (await refused(sales, 1)).code == "order.not_found"

    async def test_the_work_under_way_is_withdrawn(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        await sales.pay(id_)
        await sales.do(release, fulfillment.ReleaseOrder(id_))
        await canceled(sales, id_, (1, 2))
        asked = "select quantity, canceled from fulfillment.work_line where tenant_id = $1 order by line_id"
        assert await sales.world.rows(asked) == [(3, 2), (2, 0)]
        await canceled(sales, id_)
        assert await sales.world.rows("select state from fulfillment.work where tenant_id = $1") == [("canceled",)]

    async def test_commands_for_one_order_take_turns(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        wish = CancelOrder(id_, Cancellation("twice", (LineUnits(1, 2),)))
        done = await sales.all(cancel, [wish, wish])
        assert [type(one) for one in done] == [Canceled, Problem]
        assert (await sales.now(id_)).units_canceled == 2

    async def test_commands_for_one_order_are_told_apart(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        done = await sales.all(cancel, [CancelOrder(id_, Cancellation("x", (LineUnits(*one),))) for one in ((1, 3), (2, 1))])
        assert [one.amount for one in done if isinstance(one, Canceled)] == [300, 100]


class TestEdit:
    async def test_an_order_becomes_shorter(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        await sales.pay(id_)
        done = await sales.do(edit, EditOrder(id_, Edits((LineQuantity(1, 1), LineQuantity(2, 0)), Contact(name="Mei"))))
        assert isinstance(done, Edited)
        assert (done.status, done.amount, done.refund) == ("paid", 400, 400)
        assert await sales.left(TEA, RICE) == [(100, 1), (100, 0)]
        assert await sales.world.rows("select contact->>'name' from orders.placed where tenant_id = $1 and order_id = $2", id_) == [
            ("Mei",)
        ]
        assert (await sales.told(id_))[-1] == "order.edited.v1"

    async def test_an_order_does_not_grow(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        refusal = await sales.do(edit, EditOrder(id_, Edits((LineQuantity(1, 4),))))
        assert isinstance(refusal, Problem)
        assert (refusal.code, refusal.errors[0].pointer) == ("order.not_open", "/lines/0/quantity")
        assert "place another" in refusal.detail

    async def test_a_stale_editor_is_told(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        revision = (await sales.now(id_)).revision
        await sales.pay(id_)
        refusal = await sales.do(edit, EditOrder(id_, Edits((LineQuantity(1, 1),), revision=revision)))
        assert isinstance(refusal, Problem)
        assert refusal.errors[0].pointer == "/revision"

    async def test_what_has_begun_to_ship_is_not_edited(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_)
        await sales.ship(id_, (1, 1))
        refusal = await sales.do(edit, EditOrder(id_, Edits((LineQuantity(1, 2),))))
        assert isinstance(refusal, Problem)
        assert refusal.code == "order.not_open"

    async def test_what_people_write_is_on_the_timeline(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.do(comment, Comment(id_, "ring twice"))
        assert await sales.told(id_) == ["order.placed.v1", "order.commented.v1"]


class TestExpire:
    async def test_an_order_nobody_paid_gives_its_goods_back(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_, "card")
        assert await sales.do(expire, Expire(id_)) == Expired(id_, "expired")
        assert await sales.left(TEA) == [(100, 0)]
        assert await sales.tenders(id_) == [("card", 300, 0, "canceled")]
        assert (await sales.told(id_))[-1] == "order.expired.v1"
        assert await sales.do(expire, Expire(id_)) == Expired(id_, "expired")
        assert (await sales.told(id_)).count("order.expired.v1") == 1

    async def test_a_paid_order_stays(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_)
        assert await sales.do(expire, Expire(id_)) == Expired(id_, "paid")
        assert await sales.left(TEA) == [(100, 3)]

    async def test_what_was_paid_in_part_goes_back(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3), Wanted(RICE, 2))
        await sales.pay(id_, amount=130)
        assert await sales.do(expire, Expire(id_)) == Expired(id_, "canceled", 130)
        assert await sales.left(TEA, RICE) == [(100, 0), (100, 0)]
        assert await sales.refunds(id_) == [(130, "expired", "done", "cash")]
        assert await sales.owed_back() == {}
        assert (await sales.told(id_))[-2:] == ["refund.done.v1", "order.expired.v1"]

    async def test_the_sweep_finds_what_is_due(self, sales: Sales) -> None:
        due, _, paid = [await sales.place(Wanted(TEA, 1), due_in=minutes) for minutes in (HOLD, 2 * HOLD, HOLD)]
        await sales.pay(paid)
        sales.world.served.clock.advance(HOLD + timedelta(seconds=1))
        assert await sales.sweep() == 1
        assert [(await sales.now(id_)).status for id_ in (due, paid)] == ["expired", "paid"]
        assert await sales.sweep() == 0

    @pytest.mark.parametrize("pays", [True, False], ids=["paid at the last moment", "not paid"])
    async def test_zero_is_paid_at_once_and_never_due(self, sales: Sales, pays: bool) -> None:
        id_ = await sales.place(Wanted(TEA, 1, gross=0))
        assert (await sales.now(id_)).status == "paid"
        sales.world.served.clock.advance(2 * HOLD)
        assert await sales.sweep() == 0
        if not pays:
            await canceled(sales, id_)
            assert (await sales.now(id_)).status == "canceled"


def test_the_states_an_order_may_be_paid_and_edited_in_are_known() -> None:
    assert order.EDITABLE < order.PAYABLE
