"""A process that dies at any step of a command, and is asked again, has done it exactly once.

The steps are counted by running the command once: before and after every statement and the commit. Then it is run once for every
step, and the process is killed there; then a fresh process is given the same keys. What all that leaves behind must be, to the row and
to the cent, what as many undisturbed commands leave behind.
"""

from collections import Counter
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from tests.faults.conftest import Driver
from tests.faults.footprint import footprint
from tests.shop import Shop, basket, receipt, shop
from tests.world import NOON, served, world

from jiutong.capabilities import payment
from jiutong.capabilities.fulfillment import LineQuantity, PickOne, PickWork, Released, ReleaseOrder, ShipOne, ShipWork
from jiutong.capabilities.member import Recognize
from jiutong.flows import cancel, checkout, expire_unpaid, fulfil, pay, return_goods
from jiutong.flows.till_sale import Rung, TillLine, till_sale
from jiutong.flows.words import Contact, TakeOff

__all__ = ["served", "shop", "world"]
pytestmark = pytest.mark.faults
STEPS_MAX = 80
Commands = list[msgspec.Struct]
Prepare = Callable[[Shop, int], Awaitable[Commands]]


async def baskets(shop: Shop, count: int) -> Commands:
    """Everybody is a new member, and has something taken off."""
    off = (TakeOff(5, "welcome"),)
    return [
        basket(("salt", 1), ("rice", 100), member=Recognize("card", f"C{i:04}"), contact=Contact(name="A"), adjustments=off)
        for i in range(count)
    ]


async def receipts(shop: Shop, count: int) -> Commands:
    """More than there is, so that shortages are noted."""
    line = TillLine("tea", 21, adjustments=(TakeOff(91, "round", "brand"),))
    return [receipt(f"R{i}", line, paid=[("cash", 20_000), ("card", 20_820)]) for i in range(count)]


async def orders(shop: Shop, count: int) -> list[int]:
    """Orders of one grain of salt and some rice."""
    await shop.receive("dc1", ("salt", count))
    placed = await shop.do_all(checkout.place, [basket(("salt", 1), ("rice", 100)) for _ in range(count)])
    return [one.order_id for one in placed if isinstance(one, checkout.Placed)]


async def paid_orders(shop: Shop, count: int) -> list[int]:
    ids = await orders(shop, count)
    laid = await shop.do_all(pay.start, [pay.Pay(id_, pay.Payment("cash")) for id_ in ids])
    assert {one.state for one in laid if isinstance(one, pay.Laid)} == {"captured"}
    return ids


async def payments(shop: Shop, count: int) -> Commands:
    return [pay.Pay(id_, pay.Payment("cash")) for id_ in await orders(shop, count)]


async def notices(shop: Shop, count: int) -> Commands:
    """A channel says that a card was charged."""
    laid = await shop.do_all(pay.start, [pay.Pay(id_, pay.Payment("card")) for id_ in await orders(shop, count)])
    return [captured(one) for one in laid if isinstance(one, pay.Laid)]


def captured(one: pay.Laid) -> payment.Notice:
    event, ref = f"ev-{one.tender_id}", f"tr-{one.tender_id}"
    return payment.Notice(one.merchant, event, "captured", one.tender_id, one.order_id, one.amount, one.currency, ref, msgspec.Raw(b"{}"))


async def cancellations(shop: Shop, count: int) -> Commands:
    """One of two lines is canceled, and its money goes back."""
    return [cancel.CancelOrder(id_, cancel.Cancellation("changed", (cancel.LineUnits(1, 1),))) for id_ in await paid_orders(shop, count)]


async def expiries(shop: Shop, count: int) -> Commands:
    return [expire_unpaid.Expire(id_) for id_ in await orders(shop, count)]


async def returns(shop: Shop, count: int) -> Commands:
    """One of two comes back."""
    sold = await shop.do_all(till_sale, [receipt(f"S{i}", ("salt", 2), paid=119) for i in range(count)])
    wish = return_goods.Return("changed_mind", (return_goods.UnitsBack(1, 1),))
    return [return_goods.ReturnGoods(one.order_id, wish) for one in sold if isinstance(one, Rung)]


async def parcels(shop: Shop, count: int) -> Commands:
    released = await shop.do_all(fulfil.release, [ReleaseOrder(id_) for id_ in await paid_orders(shop, count)])
    works = [one.works[0] for one in released if isinstance(one, Released)]
    await shop.do_all(fulfil.pick, [PickOne(id_, PickWork((LineQuantity(1, 1), LineQuantity(2, 100)))) for id_ in works])
    return [ShipOne(id_, ShipWork(carrier="SF")) for id_ in works]


CASES: dict[str, Prepare] = {
    "checkout.place": baskets,
    "till.sale": receipts,
    "pay.start": payments,
    "pay.notice": notices,
    "order.cancel": cancellations,
    "order.expire": expiries,
    "order.return": returns,
    "fulfillment.ship": parcels,
}


@pytest.mark.parametrize("flow", CASES)
async def test_it_is_done_once_wherever_its_process_dies(shop: Shop, driver: Driver, flow: str) -> None:
    subjects = [(command, f"k{i}") for i, command in enumerate(await CASES[flow](shop, STEPS_MAX))]
    db, tenant = shop.house.db, shop.tenant_id
    driver.run(tenant, NOON, flow, subjects[:1])  # opens accounts, which are opened once
    before = await footprint(db, tenant)
    whole = driver.run(tenant, NOON, flow, subjects[1:2])
    one = await footprint(db, tenant)
    one.subtract(before)
    steps = len(whole.crossed)
    assert whole.crossed[-2:] == ["commit", "committed"]
    assert steps <= STEPS_MAX - 2
    killed = subjects[2 : 2 + steps]
    for step, subject in enumerate(killed, 1):
        told = driver.run(tenant, NOON, flow, [subject], step)
        assert (told.died, told.crossed) == (True, whole.crossed[:step])
    assert await footprint(db, tenant) == times(before, one, 2)  # the last one had committed
    retried = driver.run(tenant, NOON, flow, killed)
    assert [(told.problem, told.replayed) for told in retried.outcomes] == [("", step == steps) for step in range(1, steps + 1)]
    assert await footprint(db, tenant) == times(before, one, 1 + steps)
    again = driver.run(tenant, NOON, flow, killed)
    assert [told.result for told in again.outcomes] == [told.result for told in retried.outcomes]
    assert await footprint(db, tenant) == times(before, one, 1 + steps)


def times(before: Counter[str], one: Counter[str], count: int) -> Counter[str]:
    """What there is after so many commands alike."""
    return Counter({name: amount for name in {*before, *one} if (amount := before[name] + count * one[name])})
