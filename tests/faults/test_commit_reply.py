"""The line dies around the commit: nobody can know what became of it, and everybody is told the truth all the same."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.faults.history import History, contradictions
from tests.faults.wire import Cut, Wire
from tests.shop import Shop, basket, receipt, shop
from tests.world import served, world

from jiutong.flows import checkout
from jiutong.flows.checkout import PlaceOrder
from jiutong.flows.till_sale import till_sale
from jiutong.flows.words import Contact
from jiutong.kernel.db import Database
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Answer, Runner

__all__ = ["served", "shop", "world"]
pytestmark = pytest.mark.faults
CUTS: list[Cut] = ["before the commit", "after the commit", "in the reply"]


def tagged(tag: str) -> PlaceOrder:
    return basket(("salt", 1), contact=Contact(name=tag))


class Far:
    """A process at the other end of a wire."""

    def __init__(self, wire: Wire, shop: Shop) -> None:
        self.wire = wire
        self.shop = shop
        self.db = Database(wire.url, hot=2, read=1, wait_s_max=1)
        self.runner = Runner(self.db, shop.clock, wait_s_max=1)
        self.history = History()

    async def place(self, tag: str, keyed: bool = True) -> Answer[checkout.Placed] | Problem:
        """Place the order of this tag, and note what was told."""
        try:
            answer = await self.runner.run(checkout.place, tagged(tag), self.shop.clerk, tag if keyed else None)
        except Problem as refusal:
            self.history.note(tag, "unknown" if refusal.status == 503 else "refused")
            return refusal
        self.history.note(tag, "ok", answer.result.total)
        return answer


@pytest.fixture
async def far(shop: Shop, database_url: str, tmp_path: Path, admin_url: str) -> AsyncIterator[Far]:
    """What its clients were told is true at the end."""
    wire = Wire(database_url, tmp_path)
    await wire.open()
    made = Far(wire, shop)
    await made.db.open()
    yield made
    await made.runner.drain()
    await made.db.close()
    await wire.close()
    assert await contradictions(admin_url, shop.tenant_id, made.history) == []


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("keyed", [True, False])
async def test_whoever_waited_is_told_what_became_of_it(far: Far, cut: Cut, keyed: bool) -> None:
    """Without a key of the caller's, the house's own carries the command over the cut."""
    far.wire.cuts = [cut]
    answer = await far.place("a", keyed)
    assert isinstance(answer, Answer)
    assert answer.replayed is (cut != "before the commit")
    assert far.wire.lost == 1
    assert await far.shop.stock("dc1", "salt") == [(100, 1)]


@pytest.mark.parametrize("cut", CUTS)
async def test_a_batch_is_told_what_became_of_each(far: Far, cut: Cut) -> None:
    far.wire.cuts = [cut, cut]
    told = await asyncio.gather(*(far.place(str(i)) for i in range(20)), far.place("0"))
    assert far.history.count() == {"ok": 20}
    assert isinstance(told[0], Answer)
    assert isinstance(told[20], Answer)
    assert told[20].result == told[0].result
    assert await far.shop.stock("dc1", "salt") == [(100, 20)]


@pytest.mark.parametrize("cut", CUTS)
async def test_a_line_that_never_holds_is_503_and_the_key_tells_later(far: Far, cut: Cut) -> None:
    far.wire.cuts = [cut] * 100
    told = await far.place("a")
    if cut == "before the commit":
        assert isinstance(told, Problem)
        assert (told.code, told.facts) == ("service.unavailable", {"retry_after_s": 2})
        assert await far.shop.stock("dc1", "salt") == [(100, 0)]
    else:
        assert isinstance(told, Answer)  # the second try found the answer, and had nothing to commit
    far.wire.cuts = []
    again = await far.place("a")
    assert isinstance(again, Answer)
    assert again.replayed is (cut != "before the commit")
    assert await far.shop.stock("dc1", "salt") == [(100, 1)]


@pytest.mark.parametrize("cut", CUTS)
async def test_a_receipt_is_one_sale_over_a_cut(far: Far, cut: Cut) -> None:
    far.wire.cuts = [cut]
    sale = receipt("R", ("tea", 1), paid=2164)
    answer = await far.runner.run(till_sale, sale, far.shop.clerk)
    assert (answer.result.total, answer.replayed) == (2164, cut != "before the commit")
    assert await far.shop.rows("select count(*) from payment.tender where tenant_id = $1") == [(1,)]
    assert await far.shop.stock("s1", "tea") == [(19, 0)]


async def test_what_is_slow_is_503_in_bounded_time_and_heals_by_itself(far: Far) -> None:
    far.wire.late_s = 3
    began = asyncio.get_running_loop().time()
    told = await far.place("a")
    waited = asyncio.get_running_loop().time() - began
    assert isinstance(told, Problem)
    assert told.facts["retry_after_s"] in {1, 2}
    assert 1 <= waited < 4
    far.wire.late_s = 0
    await settled(far, "a")


async def test_what_hangs_is_503_in_bounded_time_and_heals_by_itself(far: Far) -> None:
    far.wire.dead = True
    began = asyncio.get_running_loop().time()
    told = await asyncio.gather(*(far.place(str(i)) for i in range(5)))
    waited = asyncio.get_running_loop().time() - began
    assert {one.code for one in told if isinstance(one, Problem)} == {"service.unavailable"}
    assert waited < 4
    # A line nobody answers on is given up in the end; the test does not wait for that but cuts it.
    await far.wire.close()
    far.wire.dead = False
    await far.wire.open()
    for i in range(5):
        await settled(far, str(i))


async def test_who_finds_nobody_listening_is_503_until_somebody_does(far: Far) -> None:
    await far.wire.close()
    told = await far.place("a")
    assert isinstance(told, Problem)
    assert (told.code, told.facts) == ("service.unavailable", {"retry_after_s": 2})
    await far.wire.open()
    await settled(far, "a")


async def test_a_pool_that_is_used_up_is_503_and_heals_by_itself(far: Far) -> None:
    tenant, now = far.shop.tenant_id, far.shop.clock.now()
    began = asyncio.get_running_loop().time()
    async with far.db.transaction(tenant, now), far.db.transaction(tenant, now):
        told = await far.place("a")
    assert isinstance(told, Problem)
    assert (told.code, told.facts) == ("service.overloaded", {"retry_after_s": 1})
    assert asyncio.get_running_loop().time() - began < 3
    await settled(far, "a")


async def settled(far: Far, tag: str) -> None:
    """Whoever asks again under their key soon learns what became of it."""
    for _ in range(10):
        if isinstance(await far.place(tag), Answer):
            return
    raise AssertionError(f"{tag} was never told")
