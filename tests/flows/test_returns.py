"""Returning: by line and quantity, into stock or not; everybody gets back exactly what they gave."""

from typing import get_args

import msgspec

from jiutong import ledger
from jiutong.capabilities import care, inventory, payment
from jiutong.flows.refund import Retried, RetryRefund, answer, retry
from jiutong.flows.return_goods import Return, Returned, ReturnGoods, UnitsBack, return_goods
from jiutong.kernel.errors import Problem

from ..sales import RICE, TEA, Sales, Wanted, sales
from ..world import NOON, served, world

__all__ = ["sales", "served", "world"]
OFFERED = Wanted(TEA, 3, gross=1000, off=(("loyalty", "seller", 100), ("tea week", "brewer", 50)), tax=77)


def wish(
    id_: int, *units: tuple[int, int], reason: care.ReasonCode = "changed_mind", at: str | None = None, fit: bool = True
) -> ReturnGoods:
    return ReturnGoods(id_, Return(reason, tuple(UnitsBack(line, quantity, fit) for line, quantity in units), at))


async def returned(sales: Sales, command: ReturnGoods) -> Returned:
    done = await sales.do(return_goods, command)
    assert isinstance(done, Returned), done
    return done


async def refused(sales: Sales, command: ReturnGoods) -> Problem:
    done = await sales.do(return_goods, command)
    assert isinstance(done, Problem), done
    return done


async def shipped(sales: Sales, *wanted: Wanted) -> int:
    """An order paid in cash and shipped whole."""
    id_ = await sales.place(*wanted)
    await sales.pay(id_)
    await sales.ship(id_, *((no, want.quantity) for no, want in enumerate(wanted, 1)))
    return id_


class TestShipped:
    async def test_a_unit_gives_back_its_share_of_everything(self, sales: Sales) -> None:
        id_ = await shipped(sales, OFFERED)
        before = len(await sales.moved(id_))
        done = await returned(sales, wish(id_, (1, 1)))
        assert (done.refund, [(r.method, r.amount, r.state) for r in done.refunds]) == (283, [("cash", 283, "done")])
        assert (await sales.moved(id_))[before:] == [
            ("goods.returned", "refund_due", "revenue", 283),
            ("goods.returned", "funder", "revenue", 17),
            ("goods.returned", "discount", "revenue", 33),
            ("goods.returned", "revenue", "tax", 26),
            ("payment.refunded", "clearing", "refund_due", 283),
        ]
        assert await sales.left(TEA) == [(98, 0)]
        one = await sales.now(id_)
        assert (one.status, one.returned, one.refunded) == ("shipped", 283, 283)
        assert (await sales.told(id_))[-2:] == ["refund.done.v1", "order.returned.v1"]

    async def test_unit_by_unit_it_comes_to_the_whole(self, sales: Sales) -> None:
        id_ = await shipped(sales, OFFERED)
        assert [(await returned(sales, wish(id_, (1, 1)))).refund for _ in range(3)] == [283, 284, 283]
        one = await sales.now(id_)
        assert (one.status, one.returned, one.refunded) == ("returned", 850, 850)
        assert await sales.left(TEA) == [(100, 0)]
        undone = "select split_part(code, ':', 1) from ledger.account where tenant_id = $1 and unit = 'USD' and posted <> 0"
        assert await sales.world.rows(undone) == []

    async def test_goods_that_cannot_be_sold_again_stay_sold(self, sales: Sales) -> None:
        id_ = await shipped(sales, OFFERED)
        done = await returned(sales, wish(id_, (1, 2), reason="damaged", fit=False))
        assert done.refund == 567
        assert await sales.left(TEA) == [(97, 0)]
        assert await sales.world.rows("select quantity, refund, restock from care.return_line where tenant_id = $1") == [(2, 567, False)]

    async def test_goods_come_back_to_another_place(self, sales: Sales) -> None:
        id_ = await shipped(sales, OFFERED)
        await returned(sales, wish(id_, (1, 1), at="s1"))
        async with sales.house.db.reading(sales.tenant_id, NOON) as tx:
            account = inventory.stock_account(sales.shop, sales.seller_id, TEA)
            assert (await ledger.balances(tx, [account]))[account.account_id].posted == 1
        assert (await refused(sales, wish(id_, (1, 1), at="nowhere"))).errors[0].pointer == "/location"

    async def test_no_more_comes_back_than_is_with_the_buyer(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_)
        assert (await refused(sales, wish(id_, (1, 1)))).facts == {"left": 0}
        await sales.ship(id_, (1, 2))
        await returned(sales, wish(id_, (1, 1)))
        refusal = await refused(sales, wish(id_, (1, 2)))
        assert (refusal.code, refusal.facts, refusal.errors[0].pointer) == ("order.too_many_units", {"left": 1}, "/lines/0/quantity")

    async def test_the_money_goes_back_to_the_tenders_it_came_from(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_, amount=100)
        await sales.hear(sales.notice(await sales.pay(id_, "card")))
        await sales.ship(id_, (1, 3))
        done = await returned(sales, wish(id_, (1, 3)))
        assert sorted((r.method, r.amount, r.state) for r in done.refunds) == [("card", 200, "requested"), ("cash", 100, "done")]
        assert (await sales.now(id_)).refunded == 100
        assert await sales.owed_back() == {"refund_due": 200}

    async def test_previewed_it_tells_the_same_and_keeps_nothing(self, sales: Sales) -> None:
        id_ = await shipped(sales, OFFERED, Wanted(RICE, 2))
        command = wish(id_, (2, 1), (1, 2))
        would = await sales.house.runner.preview(return_goods, command, sales.by)
        assert await sales.world.rows("select 1 from care.return_order where tenant_id = $1") == []
        done = await returned(sales, command)
        assert (would.refund, would.lines) == (done.refund, done.lines)
        assert [(r.tender_id, r.amount) for r in would.refunds] == [(r.tender_id, r.amount) for r in done.refunds]

    async def test_a_gift_that_cost_nothing_comes_back_for_nothing(self, sales: Sales) -> None:
        id_ = await sales.place(Wanted(TEA, 1, gross=0), Wanted(RICE, 1))
        await sales.pay(id_)
        await sales.ship(id_, (1, 1), (2, 1))
        done = await returned(sales, wish(id_, (1, 1)))
        assert (done.refund, done.refunds) == (0, ())
        assert await sales.left(TEA) == [(100, 0)]

    async def test_tax_that_came_on_top_goes_back_too(self, sales: Sales) -> None:
        id_ = await shipped(sales, Wanted(TEA, 3, gross=1000, tax=100, tax_on_top=True))
        assert [(await returned(sales, wish(id_, (1, 1)))).refund for _ in range(3)] == [366, 368, 366]
        assert (await sales.now(id_)).refunded == 1100
        assert await sales.owed_back() == {}


class TestTill:
    async def test_a_till_sale_comes_back_in_cash_and_by_card_at_the_counter(self, sales: Sales) -> None:
        id_ = await sales.ring(Wanted(TEA, 2), tenders=[("cash", 50), ("card", 150)])
        done = await returned(sales, wish(id_, (1, 2)))
        assert sorted((r.method, r.amount, r.state) for r in done.refunds) == [("card", 150, "done"), ("cash", 50, "done")]
        one = await sales.now(id_)
        assert (one.status, one.refunded) == ("returned", 200)
        assert await sales.owed_back() == {}

    async def test_goods_come_back_to_the_shelf_they_were_taken_from(self, sales: Sales) -> None:
        id_ = await sales.ring(Wanted(TEA, 2), tenders=[("cash", 200)])
        await returned(sales, wish(id_, (1, 1)))
        async with sales.house.db.reading(sales.tenant_id, NOON) as tx:
            account = inventory.stock_account(sales.shop, sales.seller_id, TEA)
            assert (await ledger.balances(tx, [account]))[account.account_id].posted == -1


class TestRefund:
    async def requested(self, sales: Sales) -> tuple[int, int]:
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.hear(sales.notice(await sales.pay(id_, "card")))
        await sales.ship(id_, (1, 3))
        done = await returned(sales, wish(id_, (1, 3)))
        return id_, done.refunds[0].refund_id

    def says(self, sales: Sales, refund_id: int, done: bool | None, **other: object) -> payment.Answered:
        said = payment.Answered(refund_id, sales.account, 300, "USD", done, "r")
        return msgspec.structs.replace(said, **other)

    async def test_what_failed_is_still_owed_and_can_be_sent_again(self, sales: Sales) -> None:
        id_, refund_id = await self.requested(sales)
        await sales.do(answer, self.says(sales, refund_id, False))
        assert await sales.refunds(id_) == [(300, "changed_mind", "failed", "card")]
        assert await sales.tenders(id_) == [("card", 300, 0, "captured")]
        assert await sales.owed_back() == {"refund_due": 300}
        assert await sales.do(retry, RetryRefund(refund_id)) == Retried(refund_id, "requested")
        refusal = await sales.do(retry, RetryRefund(refund_id))
        assert isinstance(refusal, Problem)
        assert refusal.code == "payment.refund_not_failed"
        await sales.do(answer, self.says(sales, refund_id, True))
        assert await sales.owed_back() == {}
        assert (await sales.told(id_))[-3:] == ["refund.failed.v1", "refund.requested.v1", "refund.done.v1"]

    async def test_a_channel_may_take_its_time_and_repeat_itself(self, sales: Sales) -> None:
        id_, refund_id = await self.requested(sales)
        heard = [await sales.do(answer, self.says(sales, refund_id, done, channel_event=event)) for done, event in (
            (None, ""), (True, "e1"), (True, "e1"), (True, "e2"), (False, "e3"),
        )]  # fmt: skip
        verdicts = [one.verdict for one in heard if not isinstance(one, Problem)]
        assert verdicts == ["duplicate", "refunded", "duplicate", "duplicate", "duplicate"]
        assert (await sales.now(id_)).refunded == 300
        assert len([rule for rule, *_ in await sales.moved(id_) if rule == "payment.refunded"]) == 1

    async def test_an_answer_that_does_not_fit_moves_nothing(self, sales: Sales) -> None:
        id_, refund_id = await self.requested(sales)
        for other in ({"amount": 299}, {"currency": "EUR"}, {"merchant": "1"}):
            heard = await sales.do(answer, self.says(sales, refund_id, True, channel_event=str(other), **other))
            assert not isinstance(heard, Problem)
            assert heard.verdict == "rejected"
        assert await sales.refunds(id_) == [(300, "changed_mind", "requested", "card")]


def test_the_reasons_are_published() -> None:
    assert tuple(care.REASONS) == get_args(care.ReasonCode)
    assert all(code == reason.code for code, reason in care.REASONS.items())
