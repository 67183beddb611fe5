"""A process that dies at any step of a command, and is asked again, has done it exactly once.

The steps are counted by running the command once: every statement and the commit. Then it is run once for every step, and the process is
killed there; then a fresh process is given the same keys. What all that leaves behind must be, to the row and to the cent, what as many
undisturbed commands leave behind.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from tests.faults.conftest import Driver
from tests.faults.footprint import footprint
from tests.flows.test_points import USD
from tests.flows.test_promotions_checkout import run
from tests.flows.test_withholding import SPEND
from tests.shop import Shop, basket, shop
from tests.works import WORKS, Work, did
from tests.world import NOON, served, world

from jiutong.capabilities import asset
from jiutong.capabilities.member import Recognize
from jiutong.flows import assets, checkout, find_member, pay
from jiutong.flows.cancel import Cancellation, CancelOrder
from jiutong.flows.canceling import LineUnits

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
    "asset.give",
    "asset.take",
    "asset.reckon",
    "group_buy.take_place",
    "group_buy.close",
)


async def withheld(shop: Shop, count: int) -> Sequence[msgspec.Struct]:
    """Cancellations of five of six, of whose refund a discount that no longer holds and points that are spent are withheld."""
    await shop.receive("dc1", ("tea", 6 * count))
    await shop.world.run(assets.publish, asset.PutProgramme(points=asset.PointsTerms((USD,), clawback="refund")))
    await run(shop.world, "spend", **SPEND)
    people = [Recognize("card", f"W{i:04}") for i in range(count)]
    ids = [one.order_id for one in await did(shop, checkout.place, [basket(("tea", 6), member=who) for who in people])]
    await did(shop, pay.start, [pay.Pay(id_, pay.Payment("cash")) for id_ in ids])
    await did(shop, assets.reckon, [assets.Reckon(id_) for id_ in ids])
    members = [one.member_id for one in await did(shop, find_member.recognize, people)]
    await did(shop, assets.take, [assets.Take("points", 109, "gone", id_) for id_ in members])
    return [CancelOrder(id_, Cancellation("changed", (LineUnits(1, 5),))) for id_ in ids]


@pytest.mark.parametrize(("flow", "work"), [*((flow, WORKS[flow]) for flow in FLOWS), ("order.cancel", withheld)])
async def test_it_is_done_once_wherever_its_process_dies(shop: Shop, driver: Driver, flow: str, work: Work) -> None:
    subjects = [(command, f"k{i}") for i, command in enumerate(await work(shop, STEPS_MAX))]

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
