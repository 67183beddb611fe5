"""Two processes at one order: one of them wins, the other is told, and the money is right. Every pair, both ways round."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from jiutong.capabilities import payment
from jiutong.capabilities.fulfillment import LineQuantity, PickOne, PickWork, ReleaseOrder, ShipOne, ShipWork
from jiutong.flows.cancel import Canceled, Cancellation, CancelOrder, cancel
from jiutong.flows.canceling import LineUnits
from jiutong.flows.expire_unpaid import Expire, expire
from jiutong.flows.fulfil import pick, release, ship
from jiutong.flows.pay import Laid, Noticed, Pay, Payment, notice, start
from jiutong.flows.return_goods import Return, Returned, ReturnGoods, UnitsBack, return_goods
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Runner

from ..sales import TEA, Sales, Wanted, sales
from ..world import served, world

pytestmark = pytest.mark.races
__all__ = ["sales", "served", "world"]

Act = Callable[["Process"], Awaitable[Any]]


class Process:
    """Another process on the same database: its own runner, so nothing but the database keeps the two apart."""

    def __init__(self, sales: Sales) -> None:
        self.sales = sales
        self.runner = Runner(sales.house.db, sales.house.clock)

    async def do(self, flow: Any, command: msgspec.Struct) -> Any:
        try:
            return (await self.runner.run(flow, command, self.sales.by)).result
        except Problem as refusal:
            return refusal


async def meet(sales: Sales, *acts: Act) -> list[Any]:
    """Everybody acts at once, each in a process of its own."""
    processes = [Process(sales) for _ in acts]
    outcomes = await asyncio.gather(*(act(process) for act, process in zip(acts, processes, strict=True)))
    for process in processes:
        await process.runner.drain()
    return outcomes


def cash(id_: int) -> Act:
    return lambda process: process.do(start, Pay(id_, Payment("cash")))


def canceling(id_: int, *units: tuple[int, int]) -> Act:
    wish = CancelOrder(id_, Cancellation("race", tuple(LineUnits(*one) for one in units)))
    return lambda process: process.do(cancel, wish)


def expiring(id_: int) -> Act:
    return lambda process: process.do(expire, Expire(id_))


def hearing(said: payment.Notice) -> Act:
    return lambda process: process.do(notice, said)


def returning(id_: int, units: int) -> Act:
    return lambda process: process.do(return_goods, ReturnGoods(id_, Return("damaged", (UnitsBack(1, units),))))


def shipping(work_id: int, units: int) -> Act:
    return lambda process: process.do(ship, ShipOne(work_id, ShipWork((LineQuantity(1, units),))))


async def picked(sales: Sales, id_: int, units: int) -> int:
    """A fulfillment order of which so many units are picked."""
    await sales.do(release, ReleaseOrder(id_))
    [(work_id,)] = await sales.world.rows("select work_id from fulfillment.work where tenant_id = $1 and order_id = $2", id_)
    await sales.do(pick, PickOne(work_id, PickWork((LineQuantity(1, units),))))
    return work_id


async def test_sixty_four_equal_notices_capture_once(sales: Sales) -> None:
    id_ = await sales.place(Wanted(TEA, 3))
    said = sales.notice(await sales.pay(id_, "card"))
    heard = await meet(sales, *[hearing(said)] * 64)
    assert sorted(one.verdict for one in heard if isinstance(one, Noticed)) == ["captured"] + ["duplicate"] * 63
    assert (await sales.now(id_)).paid == 300
    assert await sales.moved(id_) == [("payment.captured", "advance", "clearing", 300)]
    assert (await sales.told(id_)).count("order.paid.v1") == 1


@pytest.mark.parametrize("paying_first", [True, False])
async def test_pay_and_expire(sales: Sales, paying_first: bool) -> None:
    for _ in range(5):
        id_ = await sales.place(Wanted(TEA, 3))
        acts = [cash(id_), expiring(id_)]
        outcomes = await meet(sales, *(acts if paying_first else acts[::-1]))
        paid = any(isinstance(one, Laid) for one in outcomes)
        assert (await sales.now(id_)).status == ("paid" if paid else "expired")
        assert [one.code for one in outcomes if isinstance(one, Problem)] == ([] if paid else ["order.not_open"])
        assert await sales.told(id_) == ["order.placed.v1", *(["payment.captured.v1", "order.paid.v1"] if paid else ["order.expired.v1"])]


@pytest.mark.parametrize("paying_first", [True, False])
async def test_pay_and_cancel(sales: Sales, paying_first: bool) -> None:
    for _ in range(5):
        id_ = await sales.place(Wanted(TEA, 3))
        acts = [cash(id_), canceling(id_)]
        outcomes = await meet(sales, *(acts if paying_first else acts[::-1]))
        one = await sales.now(id_)
        assert (one.status, one.refunded) == ("canceled", one.paid)
        [done] = [one for one in outcomes if isinstance(one, Canceled)]
        assert done.refund == one.paid
        assert await sales.owed_back() == {}
    assert await sales.left(TEA) == [(100, 0)]


async def test_a_notice_and_an_expiry(sales: Sales) -> None:
    for _ in range(5):
        id_ = await sales.place(Wanted(TEA, 3))
        said = sales.notice(await sales.pay(id_, "card"))
        await meet(sales, hearing(said), expiring(id_))
        # Before or after, the goods were there: the order lives.
        assert (await sales.now(id_)).status == "paid"
    assert await sales.left(TEA) == [(100, 15)]
    assert await sales.owed_back() == {"advance": 1500}


async def test_two_cash_payments(sales: Sales) -> None:
    id_ = await sales.place(Wanted(TEA, 3))
    outcomes = await meet(sales, *[cash(id_)] * 4)
    assert sorted(one.code if isinstance(one, Problem) else one.state for one in outcomes) == ["captured"] + ["payment.more_than_owed"] * 3
    assert (await sales.now(id_)).paid == 300


async def test_two_returns_of_the_same_units(sales: Sales) -> None:
    id_ = await sales.place(Wanted(TEA, 3))
    await sales.pay(id_)
    await sales.ship(id_, (1, 3))
    outcomes = await meet(sales, *[returning(id_, 2)] * 4)
    assert len([one for one in outcomes if isinstance(one, Returned)]) == 1
    assert {one.code for one in outcomes if isinstance(one, Problem)} == {"order.too_many_units"}
    assert (await sales.now(id_)).refunded == 200


async def test_refunds_never_exceed_what_was_captured(sales: Sales) -> None:
    id_ = await sales.place(Wanted(TEA, 9))
    await sales.pay(id_, amount=500)
    await sales.pay(id_, amount=400)
    await sales.ship(id_, (1, 4))
    acts = [returning(id_, 1), canceling(id_, (1, 1))] * 6
    outcomes = await meet(sales, *acts)
    back = [one for one in outcomes if isinstance(one, Returned)]
    off = [one for one in outcomes if isinstance(one, Canceled)]
    assert (len(back), len(off)) == (4, 5)
    assert (await sales.now(id_)).refunded == 900
    assert [refunded for _, _, refunded, _ in await sales.tenders(id_)] == [500, 400]
    assert await sales.owed_back() == {}


async def test_shares_of_units_taken_at_once_are_shares_of_different_units(sales: Sales) -> None:
    """Seven units of a hundred cents: whoever comes next carries what the next unit carries, not what the last one did."""
    id_ = await sales.place(Wanted(TEA, 7, gross=100))
    await sales.pay(id_)
    await sales.ship(id_, (1, 3))
    outcomes = await meet(sales, *[canceling(id_, (1, 1))] * 4, *[returning(id_, 1)] * 3)
    assert [one for one in outcomes if isinstance(one, Problem)] == []
    one = await sales.now(id_)
    assert (one.canceled, one.returned, one.refunded) == (57, 43, 100)
    assert await sales.owed_back() == {}


@pytest.mark.parametrize("canceling_first", [True, False])
async def test_cancel_and_ship(sales: Sales, canceling_first: bool) -> None:
    for _ in range(4):
        id_ = await sales.place(Wanted(TEA, 3))
        await sales.pay(id_)
        work_id = await picked(sales, id_, 3)
        acts = [canceling(id_, (1, 2)), shipping(work_id, 3)]
        outcomes = await meet(sales, *(acts if canceling_first else acts[::-1]))
        assert len([one for one in outcomes if isinstance(one, Problem)]) == 1, outcomes
        one = await sales.now(id_)
        assert (one.units_shipped, one.units_canceled, one.refunded) in {(3, 0, 0), (0, 2, 200)}


async def test_many_orders_of_one_shelf_in_all_their_stages(sales: Sales) -> None:
    """No two of them wait for each other in a ring for good; whatever happened, every count is right."""
    ids = [await sales.place(Wanted(TEA, 2)) for _ in range(12)]
    for id_ in ids[4:]:
        await sales.pay(id_)
    works = [await picked(sales, id_, 2) for id_ in ids[8:]]
    acts = [
        *(expiring(id_) for id_ in ids[:2]),
        *(cash(id_) for id_ in ids[2:4]),
        *(canceling(id_, (1, 1)) for id_ in ids[4:8]),
        *(shipping(work_id, 2) for work_id in works),
    ]
    outcomes = await meet(sales, *acts)
    assert [one for one in outcomes if isinstance(one, Problem)] == []
    assert await sales.left(TEA) == [(92, 8)]
