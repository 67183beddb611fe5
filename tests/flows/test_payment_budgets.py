"""Round trips: many orders of many lines cost as many as one of one, and no more than the flow says."""

import pytest

from jiutong.capabilities import payment
from jiutong.flows.cancel import Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.edit_order import EditOrder, Edits, LineQuantity, edit
from jiutong.flows.expire_unpaid import Expire, expire
from jiutong.flows.pay import Laid, Pay, Payment, notice, start
from jiutong.flows.refund import answer
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods
from jiutong.flows.words import Contact

from ..sales import HOLD, RICE, TEA, Sales, Wanted, sales
from ..world import served, world

__all__ = ["sales", "served", "world"]
LINES = (Wanted(TEA, 1), Wanted(RICE, 2, off=(("r", "seller", 9), ("q", "brewer", 5)), tax=3), Wanted(TEA, 1))


async def orders(sales: Sales, *, many: bool) -> list[int]:
    return [await sales.place(*(LINES if many else LINES[:1])) for _ in range(5 if many else 1)]


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
class TestBudgets:
    async def test_paying(self, sales: Sales, many: bool) -> None:
        ids = await orders(sales, many=many)
        assert await sales.statements(start, *(Pay(id_, Payment("cash")) for id_ in ids)) == 11
        assert await sales.statements(start, *(Pay(id_, Payment("card")) for id_ in ids)) == 3

    async def test_hearing(self, sales: Sales, many: bool) -> None:
        laid = [await sales.pay(id_, "card") for id_ in await orders(sales, many=many)]
        assert await sales.statements(notice, *map(sales.notice, laid)) == 16
        assert await sales.statements(notice, *(sales.notice(one, "failed") for one in laid)) == 7

    async def test_hearing_late(self, sales: Sales, many: bool) -> None:
        ids = await orders(sales, many=many)
        laid: list[Laid] = [await sales.pay(id_, "card") for id_ in ids]
        for id_ in ids:
            await sales.do(expire, Expire(id_))
        assert await sales.statements(notice, *map(sales.notice, laid)) == 22

    async def test_canceling_and_editing(self, sales: Sales, many: bool) -> None:
        ids = await orders(sales, many=many)
        for id_ in ids:
            await sales.pay(id_)
        off = [CancelOrder(id_, Cancellation("x", (LineUnits(1, 1),))) for id_ in ids]
        assert await sales.statements(cancel, *off) == (23 if many else 24)  # a whole order expects no more money
        shorter = [EditOrder(id_, Edits((LineQuantity(1, 0),), Contact(name="Mei"))) for id_ in ids]
        assert await sales.statements(edit, *shorter) == (24 if many else 25)

    async def test_expiring(self, sales: Sales, many: bool) -> None:
        ids = await orders(sales, many=many)
        await sales.pay(ids[0], amount=1)
        sales.world.served.clock.advance(2 * HOLD)
        assert await sales.statements(expire, *map(Expire, ids)) == (28 if many else 25)

    async def test_returning_and_refunding(self, sales: Sales, many: bool) -> None:
        ids = await orders(sales, many=many)
        for id_ in ids:
            await sales.hear(sales.notice(await sales.pay(id_, "card")))
            await sales.ship(id_, *((line.line_no, line.quantity) for line in await sales.lines(id_)))
        back = [ReturnGoods(id_, Return("damaged", (UnitsBack(1, 1),))) for id_ in ids]
        assert await sales.statements(return_goods, *back) == 15
        for one in back:
            await sales.do(return_goods, one)
        rows = await sales.world.rows("select refund_id, amount from payment.refund where tenant_id = $1")
        said = [payment.Answered(refund_id, sales.account, amount, "USD", True, "r") for refund_id, amount in rows]
        assert await sales.statements(answer, *said) == 8


async def test_a_batch_in_which_everything_happens_keeps_to_its_budget(sales: Sales) -> None:
    """Money that fits, that comes too late for goods that are there, and for goods that are gone; and what failed."""
    wanted = (Wanted(TEA, 1), Wanted(RICE, 40), Wanted(RICE, 40), Wanted(TEA, 2))
    fits, revives, gone, fails = [await sales.place(one) for one in wanted]
    laid = {id_: await sales.pay(id_, "card") for id_ in (fits, revives, gone, fails)}
    for id_ in (revives, gone):
        await sales.do(expire, Expire(id_))
    await sales.place(Wanted(RICE, 50))
    said = [sales.notice(laid[id_], "failed" if id_ == fails else "captured") for id_ in laid]
    assert await sales.statements(notice, *said) == notice.statements
