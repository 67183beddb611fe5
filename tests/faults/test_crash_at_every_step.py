"""A process that dies at any step of a command, and is asked again, has done it exactly once.

The steps are counted by running the command once: every statement and the commit. Then it is run once for every step, and the process is
killed there; then a fresh process is given the same keys. What all that leaves behind must be, to the row and to the cent, what as many
undisturbed commands leave behind.
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
STEPS_MAX = 48
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
    "coupon.give",
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
    assert whole.crossed[-2:] == ["commit", "committed"]
    steps = deaths(whole.crossed)
    killed = subjects[2 : 2 + len(steps)]
    assert len(killed) == len(steps)
    for step, subject in zip(steps, killed, strict=True):
        told = driver.run(tenant, NOON, flow, [subject], step)
        assert (told.died, told.crossed) == (True, whole.crossed[:step])
    assert await footprint(db, tenant) == times(before, one, 2)  # the last one had committed
    retried = driver.run(tenant, NOON, flow, killed)
    assert [(told.problem, told.replayed) for told in retried.outcomes] == [("", step == steps[-1]) for step in steps]
    assert await footprint(db, tenant) == times(before, one, 1 + len(steps))
    again = driver.run(tenant, NOON, flow, killed)
    assert [told.result for told in again.outcomes] == [told.result for told in retried.outcomes]
    assert await footprint(db, tenant) == times(before, one, 1 + len(steps))


def deaths(crossed: list[str]) -> list[int]:
    """Where to die: before anything is said, after every answer, before and after the commit.

    From an answer to the next statement nothing leaves the process, so a death before a statement is one after the answer before it.
    """
    return [1, *(step for step, crossing in enumerate(crossed, 1) if crossing != "statement")]


def times(before: Counter[str], one: Counter[str], count: int) -> Counter[str]:
    """What there is after so many commands alike."""
    return Counter({name: amount for name in {*before, *one} if (amount := before[name] + count * one[name])})
