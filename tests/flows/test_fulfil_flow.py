"""From a paid order to the customer's door, on exact rows, money and events."""

import pytest
from tests.book import NOON, database
from tests.shelves import RICE, TEA, Company, company

from jiutong import scenes
from jiutong.capabilities import fulfillment
from jiutong.capabilities.fulfillment import (
    DeliverOne,
    LineQuantity,
    PickOne,
    PickWork,
    Released,
    ReleaseOrder,
    ShipmentDelivered,
    ShipmentSent,
    ShipOne,
    ShipWork,
    WorkPicked,
)
from jiutong.capabilities.inventory import NamedSources, ReceiptLine, ReceiveStock
from jiutong.flows import checkout, pay
from jiutong.flows.checkout import LineWish, PlaceOrder
from jiutong.flows.fulfil import deliver, pick, release, ship
from jiutong.flows.maintain_locations import set_sources
from jiutong.flows.pay import Pay, Payment
from jiutong.flows.receive_stock import receive_stock
from jiutong.flows.words import TakeOff
from jiutong.kernel.errors import Problem, ProblemType

__all__ = ["company", "database"]

WORKS = "select state from fulfillment.work where tenant_id = $1 order by work_id"
LINES = """
select w.work_id, o.line_no, l.quantity, l.picked, l.shipped, l.canceled
  from fulfillment.work_line l join fulfillment.work w using (tenant_id, work_id) join orders.line o using (tenant_id, order_id, line_id)
 where l.tenant_id = $1 order by w.work_id, o.line_no
"""
ORDER = "select status, units_shipped, units_canceled from orders.placed where tenant_id = $1"
MONEY = """
select e.rule, split_part(f.code, ':', 1), split_part(o.code, ':', 1), sum(x.amount)::bigint, count(*)
  from ledger.entry e join ledger.transfer x using (tenant_id, entry_id)
  join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  join ledger.account o on o.tenant_id = x.tenant_id and o.account_id = x.to_account
 where e.tenant_id = $1 and e.rule = 'order.shipped' group by 1, 2, 3 order by 2, 3
"""


class Mall:
    """A company with an order of ten tea (7.00 off) and four rice, paid."""

    def __init__(self, company: Company, order_id: int) -> None:
        self.company = company
        self.order_id = order_id

    async def release(self) -> object:
        return await self.company.run(release, ReleaseOrder(self.order_id))

    async def work(self) -> int:
        released = await self.release()
        assert isinstance(released, Released)
        (work_id,) = released.works
        return work_id

    async def pick(self, work_id: int, *lines: tuple[int, int], short: bool = False) -> object:
        wish = PickWork(tuple(LineQuantity(*line) for line in lines), short)
        return await self.company.run(pick, PickOne(work_id, wish))

    async def ship(self, work_id: int, *lines: tuple[int, int]) -> object:
        wish = ShipWork(tuple(LineQuantity(*line) for line in lines), "SF", "SF1")
        return await self.company.run(ship, ShipOne(work_id, wish))

    async def line_ids(self) -> list[int]:
        return [row[0] for row in await self.company.rows("select line_id from orders.line where tenant_id = $1 order by line_no")]  # type: ignore[misc]

    async def cancel_open(self, **open_units: int) -> None:
        """What an order's cancellation asks of fulfillment."""
        ids = await self.line_ids()
        async with self.company.writing() as tx:
            units = {ids[int(name[4:]) - 1]: left for name, left in open_units.items()}
            await fulfillment.cancel_open(tx, {self.order_id: units})


@pytest.fixture
async def mall(company: Company) -> Mall:
    scenes.install()
    await company.run(set_sources, NamedSources("mall", ("dc",)))
    await company.run(receive_stock, ReceiveStock("dc", (ReceiptLine("tea", 20), ReceiptLine("rice", 20)), "main"))
    wish = PlaceOrder("mall", (LineWish("tea", 10, (TakeOff(700, "promo"),)), LineWish("rice", 4)))
    placed = await company.run(checkout.place, wish)
    assert (placed.gross, placed.discount, placed.tax, placed.total) == (1330, 700, 72, 630)
    await company.run(pay.start, Pay(placed.order_id, Payment("cash")))
    return Mall(company, placed.order_id)


def told(refusal: object) -> tuple[ProblemType, str]:
    assert isinstance(refusal, Problem)
    return refusal.type, refusal.errors[0].pointer if refusal.errors else ""


async def test_an_order_goes_out_in_one_parcel(mall: Mall) -> None:
    company = mall.company
    assert await company.stock(company.dc, TEA, RICE) == [(20, 10), (20, 4)]
    work_id = await mall.work()
    tea, rice = await mall.line_ids()
    assert await mall.pick(work_id, (1, 10), (2, 4)) == WorkPicked(work_id, mall.order_id, "picked", ((tea, 10), (rice, 4)), ())
    sent = await mall.ship(work_id)
    assert isinstance(sent, ShipmentSent)
    assert sent == ShipmentSent(sent.shipment_id, mall.order_id, work_id, "shipped", "SF", "SF1", ((tea, 10), (rice, 4)))
    assert await company.rows(ORDER) == [("shipped", 14, 0)]
    assert await company.stock(company.dc, TEA, RICE) == [(10, 0), (16, 0)]
    assert await company.rows(MONEY) == [
        ("order.shipped", "revenue", "advance", 630, 2),
        ("order.shipped", "revenue", "discount", 700, 1),
        ("order.shipped", "stock", "sold", 14, 2),
        ("order.shipped", "tax", "revenue", 72, 2),
    ]
    happened = [type_ for type_, *_ in await company.events("work.released.v1", "work.picked.v1", "shipment.sent.v1", "order.shipped.v1")]
    assert happened == ["work.released.v1", "work.picked.v1", "shipment.sent.v1", "order.shipped.v1"]
    delivered = await company.run(deliver, DeliverOne(sent.shipment_id))
    assert delivered == ShipmentDelivered(sent.shipment_id, mall.order_id, NOON)
    assert told(await company.run(deliver, DeliverOne(sent.shipment_id))) == (fulfillment.DELIVERED, "")
    assert told(await company.run(deliver, DeliverOne(1))) == (fulfillment.NO_SHIPMENT, "")


async def test_any_parcels_carry_together_what_one_would(mall: Mall) -> None:
    """Three parcels, picked bit by bit: the sums are those of the whole order, to the cent."""
    company = mall.company
    work_id = await mall.work()
    nothing: list[tuple[int, int]] = []
    for picked, sent in (([(1, 3)], [(1, 1)]), ([(1, 3), (2, 4)], [(1, 5), (2, 1)]), ([(1, 4)], nothing)):
        assert isinstance(await mall.pick(work_id, *picked), WorkPicked)
        assert isinstance(await mall.ship(work_id, *sent), ShipmentSent)
    assert await company.rows(WORKS) == [("shipped",)]
    assert await company.rows(ORDER) == [("shipped", 14, 0)]
    sums = [row[1:4] for row in await company.rows(MONEY)]
    assert sums == [("revenue", "advance", 630), ("revenue", "discount", 700), ("stock", "sold", 14), ("tax", "revenue", 72)]
    earned = [facts["amount"] for _, _, facts in await company.events("order.shipped.v1")]  # type: ignore[index]
    assert (len(earned), sum(earned)) == (3, 630)


async def test_nothing_is_asked_for_twice(mall: Mall) -> None:
    assert len((await mall.release()).works) == 1  # type: ignore[attr-defined]
    assert await mall.release() == Released(mall.order_id, ())
    assert await mall.company.rows(WORKS) == [("released",)]


async def test_what_a_short_pick_does_not_find_is_the_orders_again(mall: Mall) -> None:
    work_id = await mall.work()
    tea, rice = await mall.line_ids()
    assert await mall.pick(work_id, (1, 8), short=True) == WorkPicked(work_id, mall.order_id, "picked", ((tea, 8),), ((tea, 2), (rice, 4)))
    assert isinstance(await mall.ship(work_id), ShipmentSent)
    assert await mall.company.rows(ORDER) == [("partly_shipped", 8, 0)]
    again = await mall.work()
    assert await mall.company.rows(LINES) == [
        (work_id, 1, 10, 8, 8, 2),
        (work_id, 2, 4, 0, 0, 4),
        (again, 1, 2, 0, 0, 0),
        (again, 2, 4, 0, 0, 0),
    ]


async def test_a_pick_that_finds_nothing_ends_the_work(mall: Mall) -> None:
    work_id = await mall.work()
    assert isinstance(await mall.pick(work_id, short=True), WorkPicked)
    assert await mall.company.rows(WORKS) == [("canceled",)]
    assert told(await mall.pick(work_id, (1, 1))) == (fulfillment.WRONG_STATE, "")
    assert told(await mall.ship(work_id)) == (fulfillment.WRONG_STATE, "")


async def test_more_than_there_is_to_do_is_refused_where_it_stands(mall: Mall) -> None:
    work_id = await mall.work()
    assert told(await mall.pick(work_id, (2, 1), (1, 11))) == (fulfillment.TOO_MANY, "/lines/1/quantity")
    assert told(await mall.pick(work_id, (3, 1))) == (fulfillment.NO_LINE, "/lines/0/line")
    assert told(await mall.pick(1, (1, 1))) == (fulfillment.NOT_FOUND, "")
    assert told(await mall.ship(work_id)) == (fulfillment.WRONG_STATE, "")
    await mall.pick(work_id, (1, 3))
    assert told(await mall.ship(work_id, (1, 4))) == (fulfillment.TOO_MANY, "/lines/0/quantity")
    assert isinstance(await mall.ship(work_id), ShipmentSent)
    assert told(await mall.ship(work_id)) == (fulfillment.NOTHING_PICKED, "")
    assert told(await mall.ship(1)) == (fulfillment.NOT_FOUND, "")
    assert await mall.company.rows(LINES) == [(work_id, 1, 10, 3, 3, 0), (work_id, 2, 4, 0, 0, 0)]


async def test_an_order_nobody_paid_is_not_worked_on(mall: Mall) -> None:
    placed = await mall.company.run(checkout.place, PlaceOrder("mall", (LineWish("tea", 1),)))
    assert told(await mall.company.run(release, ReleaseOrder(placed.order_id))) == (fulfillment.NOT_RELEASABLE, "")
    assert isinstance(await mall.company.run(release, ReleaseOrder(1)), Problem)


async def test_work_is_trimmed_to_what_is_still_wanted(mall: Mall) -> None:
    """What is not picked goes first, then picked units go back on the shelf; what has shipped stays."""
    company = mall.company
    work_id = await mall.work()
    await mall.pick(work_id, (1, 6))
    await mall.ship(work_id, (1, 2))
    await mall.cancel_open(line1=6, line2=4)
    assert await company.rows(LINES) == [(work_id, 1, 10, 6, 2, 2), (work_id, 2, 4, 0, 0, 0)]
    await mall.cancel_open(line1=1, line2=0)
    assert await company.rows(LINES) == [(work_id, 1, 10, 3, 2, 7), (work_id, 2, 4, 0, 0, 4)]
    assert await company.rows(WORKS) == [("picked",)]
    await mall.cancel_open(line1=0, line2=0)
    assert await company.rows(WORKS) == [("shipped",)]


async def test_no_flow_needs_more_statements_than_it_declares(mall: Mall) -> None:
    """A process that remembers nothing, and two orders in one batch, one of them worked on before."""
    company = mall.company
    other = await company.run(checkout.place, PlaceOrder("mall", (LineWish("tea", 1), LineWish("rice", 1))))
    await company.run(pay.start, Pay(other.order_id, Payment("cash")))
    await mall.pick(await mall.work(), (1, 1), short=True)
    orders = mall.order_id, other.order_id
    spent = [await company.cold(release, [ReleaseOrder(id_) for id_ in orders])]
    works = [row[0] for row in await company.rows("select work_id from fulfillment.work where tenant_id = $1 and state = 'released'")]
    picking = PickWork((LineQuantity(1, 1), LineQuantity(2, 1)))
    spent += [await company.cold(pick, [PickOne(id_, picking) for id_ in works])]  # type: ignore[arg-type]
    spent += [await company.cold(ship, [ShipOne(id_, ShipWork()) for id_ in works])]  # type: ignore[arg-type]
    parcels = [row[0] for row in await company.rows("select shipment_id from fulfillment.shipment where tenant_id = $1")]
    spent += [await company.cold(deliver, [DeliverOne(id_) for id_ in (*parcels, 1)])]  # type: ignore[arg-type]
    assert spent == [flow.statements for flow in (release, pick, ship, deliver)]
