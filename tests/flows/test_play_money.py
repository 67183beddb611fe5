"""Whatever becomes of a presale or a group: what came in is what went back and what was kept by a rule, and nothing is left over."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

import pytest
from tests.flows.test_group_buy import bought, group_of
from tests.flows.test_group_buy import published as group_published
from tests.flows.test_presale import WEEK, ordered, paid, published
from tests.shop import Shop, shop
from tests.world import NOON, served, world

from jiutong.flows import cancel, expire_unpaid, group_buy, presale

__all__ = ["served", "shop", "world"]
Path: TypeAlias = Callable[[Shop], Awaitable[int]]


async def no_balance(shop: Shop) -> int:
    told = await ordered(shop)
    await paid(shop, told.order_id)
    shop.clock.at = NOON + 2 * WEEK
    await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(told.order_id))
    return told.order_id


async def half_a_deposit(shop: Shop) -> int:
    """What is no whole deposit binds nobody."""
    told = await ordered(shop)
    await paid(shop, told.order_id, 100)
    shop.clock.at = NOON + timedelta(hours=1)
    await shop.world.run(expire_unpaid.expire, expire_unpaid.Expire(told.order_id))
    return told.order_id


async def withdrawn_after_everything(shop: Shop) -> int:
    told = await ordered(shop)
    await paid(shop, told.order_id)
    shop.clock.at = NOON + WEEK
    await paid(shop, told.order_id)
    await shop.world.run(cancel.cancel, cancel.CancelOrder(told.order_id, cancel.Cancellation("changed_mind")))
    return told.order_id


async def defaulted(shop: Shop) -> int:
    told = await ordered(shop)
    await paid(shop, told.order_id)
    done = await shop.world.run(presale.default, presale.DefaultPresale(told.order_id, presale.Default("no_supply")))
    await shop.world.run(presale.pay_out, presale.PayOut(done.compensation_id, presale.PaidOut("cash", "T-1")))
    return told.order_id


async def not_filled(shop: Shop) -> int:
    first = await bought(shop, 1)
    await bought(shop, 2, await group_of(shop, first))
    shop.clock.at = NOON + timedelta(days=1)
    await shop.world.run(group_buy.close, group_buy.CloseGroup(first))
    return first


# What is left in the drawer, kept as other income, and spent on compensation.
PATHS: list[tuple[Path, int, int, int]] = [
    (no_balance, 600, 600, 0),
    (half_a_deposit, 0, 0, 0),
    (withdrawn_after_everything, 600, 600, 0),
    (defaulted, -600, 0, 600),
    (not_filled, 0, 0, 0),
]


@pytest.mark.parametrize(("path", "drawer", "kept", "spent"), PATHS, ids=lambda one: getattr(one, "__name__", ""))
async def test_what_came_in_went_back_or_was_kept(shop: Shop, path: Path, drawer: int, kept: int, spent: int) -> None:
    await published(shop)
    await group_published(shop)
    await path(shop)
    sql = """
        select split_part(a.code, ':', 1), sum(a.posted)::bigint from ledger.account a
         where a.tenant_id = $1 and a.unit = 'USD' group by 1 having sum(a.posted) <> 0
    """
    shown = {"clearing": drawer, "forfeited": -kept, "compensation": spent}
    assert dict(await shop.rows(sql)) == {kind: amount for kind, amount in shown.items() if amount}
    assert await shop.stock("dc1", "tea") == [(100, 0)]
    scarce = "select code from ledger.account where tenant_id = $1 and unit = 'QUOTA' and (posted <> 0 or held <> 0)"
    assert await shop.rows(scarce) == []
