"""Two people at one order: nothing is released, shipped or earned twice."""

import asyncio

import pytest
from tests.book import NOON, database
from tests.shelves import RICE, TEA, Company, company

from jiutong import scenes
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
from jiutong.kernel.clock import SetClock
from jiutong.kernel.runner import Runner

pytestmark = pytest.mark.races
__all__ = ["company", "database"]


async def test_many_hands_ship_an_order_once(company: Company) -> None:
    """Every act is done by six at once, half of them through another process's runner."""
    scenes.install()
    await company.run(set_sources, NamedSources("mall", ("dc",)))
    await company.run(receive_stock, ReceiveStock("dc", (ReceiptLine("tea", 9), ReceiptLine("rice", 9)), "main"))
    placed = await company.run(checkout.place, PlaceOrder("mall", (LineWish("tea", 6), LineWish("rice", 1))))
    await company.run(pay.start, Pay(placed.order_id, Payment("cash")))
    elsewhere = Company(company.database, company.tenant_id)
    elsewhere.runner = Runner(company.database, SetClock(NOON))
    hands = [company, elsewhere] * 3

    released = await asyncio.gather(*(hand.run(release, ReleaseOrder(placed.order_id)) for hand in hands))
    (work_id,) = [work_id for one in released if isinstance(one, Released) for work_id in one.works]
    picked = await asyncio.gather(*(hand.run(pick, PickOne(work_id, PickWork((LineQuantity(1, 2),)))) for hand in hands))
    assert sum(units for one in picked if isinstance(one, WorkPicked) for _, units in one.units) == 6
    sent = await asyncio.gather(*(hand.run(ship, ShipOne(work_id, ShipWork((LineQuantity(1, 2),)))) for hand in hands))
    parcels = [one for one in sent if isinstance(one, ShipmentSent)]
    assert len(parcels) == 3
    arrived = await asyncio.gather(*(hand.run(deliver, DeliverOne(parcels[0].shipment_id)) for hand in hands))
    assert len([one for one in arrived if isinstance(one, ShipmentDelivered)]) == 1
    assert await company.stock(company.dc, TEA, RICE) == [(3, 0), (9, 1)]
    await elsewhere.runner.drain()
