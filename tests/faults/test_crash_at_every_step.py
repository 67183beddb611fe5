"""A process that dies at any step of a command, and is asked again, has done it exactly once.

The steps are counted by running the command once: before and after every statement and the commit. Then it is run once for every
step, and the process is killed there; then a fresh process is given the same keys. What all that leaves behind must be, to the row and
to the cent, what as many undisturbed commands leave behind.
"""

from collections import Counter

import pytest
from tests.faults.conftest import Driver
from tests.faults.footprint import footprint
from tests.shop import Shop, shop
from tests.works import WORKS
from tests.world import NOON, served, world

__all__ = ["served", "shop", "world"]
pytestmark = pytest.mark.faults
STEPS_MAX = 80
FLOWS = (
    "checkout.place",
    "till.sale",
    "pay.start",
    "pay.notice",
    "order.cancel",
    "order.expire",
    "order.return",
    "refund.answer",
    "fulfillment.ship",
    "stock.receive",
)


@pytest.mark.parametrize("flow", FLOWS)
async def test_it_is_done_once_wherever_its_process_dies(shop: Shop, driver: Driver, flow: str) -> None:
    subjects = [(command, f"k{i}") for i, command in enumerate(await WORKS[flow](shop, STEPS_MAX))]
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
