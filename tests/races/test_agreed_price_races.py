"""Many at one agreed price, and many who decide: the quantity is sold once, and one decision counts."""

import asyncio
from collections import Counter

import pytest
from tests.flows.test_prices_for import ANN, kiln, member, price_list
from tests.races.test_checkout_races import PROCESSES, Crowd, crowd
from tests.shop import basket, shop
from tests.world import served, world

from jiutong.capabilities.pricing import Deciding, SetPrice
from jiutong.flows.agree_prices import Decide, Propose, decide, propose
from jiutong.flows.checkout import Placed
from jiutong.flows.price_rows import SetPrices
from jiutong.kernel.errors import Problem

__all__ = ["crowd", "served", "shop", "world"]
pytestmark = pytest.mark.races
BURST = 64


async def test_the_agreed_quantity_is_sold_to_the_unit(crowd: Crowd) -> None:
    shop = crowd.shop
    await kiln(shop, await member(shop, ANN))
    await price_list(shop, "kiln", SetPrice("tea", 1500, quota=20), company="kiln")
    told = await crowd.sessions([basket(("tea", 1), member=ANN, company="kiln") for _ in range(BURST)])
    prices = Counter(one.lines[0].price_source for one in told if isinstance(one, Placed))
    assert prices["kiln"] == 20
    assert {one.code for one in told if isinstance(one, Problem)} <= {"pricing.quota_spent"}
    assert prices["base"] == BURST - 20 - sum(isinstance(one, Problem) for one in told)
    accounts = "select posted - held, floor from ledger.account where tenant_id = $1 and code like 'agreed:%'"
    assert await shop.rows(accounts) == [(-20, -20)]


async def test_of_many_who_decide_at_once_one_does(crowd: Crowd) -> None:
    shop = crowd.shop
    made = await shop.do(propose, Propose(SetPrices("base", (SetPrice("tea", 90),))), by=shop.boss)
    assert not isinstance(made, Problem)
    decisions = [Decide(made.made_id, Deciding.APPROVE if n % 2 else Deciding.REJECT, "no") for n in range(BURST)]
    told = await asyncio.gather(*(crowd.at(n % PROCESSES, decide, one, None) for n, one in enumerate(decisions)))
    assert Counter(one.code if isinstance(one, Problem) else "decided" for one in told) == {
        "decided": 1,
        "pricing.proposal_decided": BURST - 1,
    }
    ((status, rows),) = await shop.rows(
        """select p.status, (select count(*) from pricing.price r where r.tenant_id = $1 and r.amount = 90)
             from pricing.proposal p where p.tenant_id = $1"""
    )
    assert (status, rows) in {("approved", 1), ("rejected", 0)}
