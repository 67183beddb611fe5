"""Presales and group buys in a shop, ready to be ordered by: what tests of plays and of budgets stand on."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from tests.shop import Shop, basket
from tests.world import NOON

from jiutong.capabilities.member import Recognize
from jiutong.capabilities.promotion import GroupBuy, GroupItem, Presale, PresaleItem, RemindOfBalance
from jiutong.flows import checkout, group_buy, maintain_plays, pay, presale
from jiutong.flows.checkout import Placed
from jiutong.flows.maintain_plays import NamedPlay, PutPlay, SettlePlay
from jiutong.kernel.errors import Problem

WEEK = timedelta(days=7)


def spring(**other: Any) -> Presale:
    """Salt (list 0.50) at 0.40: 0.05 down that count 0.10."""
    plain: dict[str, Any] = {
        "name": "Salt",
        "currency": "USD",
        "deposit": "earnest",
        "deposit_from": NOON - WEEK,
        "deposit_to": NOON + WEEK,
        "balance_from": NOON + WEEK,
        "balance_to": NOON + 2 * WEEK,
        "ships_by": NOON + 3 * WEEK,
        "items": (PresaleItem("salt", 40, 5, 10_000, 10),),
    }
    return Presale(**(plain | other))


def together(**other: Any) -> GroupBuy:
    """Salt at 0.40 for two, at 0.30 for three."""
    plain: dict[str, Any] = {
        "name": "Salt",
        "currency": "USD",
        "by": "people",
        "thresholds": (2, 3),
        "items": (GroupItem("salt", (40, 30)),),
        "open_from": NOON - WEEK,
        "open_to": NOON + WEEK,
        "hours": 24,
    }
    return GroupBuy(**(plain | other))


async def did(shop: Shop, flow: Any, commands: Sequence[msgspec.Struct]) -> list[Any]:
    """Do commands that cannot be refused."""
    told = await shop.do_all(flow, commands, by=shop.boss)
    assert not [one for one in told if isinstance(one, Problem)], told
    return told


async def drafts(shop: Shop, count: int) -> list[str]:
    """Presales nobody can enter through yet."""
    await did(shop, maintain_plays.put, [PutPlay(f"p{i}", presale=spring()) for i in range(count)])
    return [f"p{i}" for i in range(count)]


async def running(shop: Shop, count: int) -> list[str]:
    """Presales in force."""
    codes = await drafts(shop, count)
    await did(shop, maintain_plays.publish, [NamedPlay("presale", code) for code in codes])
    return codes


async def deposits(shop: Shop, count: int) -> list[Placed]:
    """Presale orders whose deposit is paid."""
    (code,) = await running(shop, 1)
    await shop.receive("dc1", ("salt", count))
    placed: list[Placed] = await did(shop, checkout.place, [basket(("salt", 1), play=code) for _ in range(count)])
    await did(shop, pay.start, [pay.Pay(one.order_id, pay.Payment("cash")) for one in placed])
    return placed


async def compensations(shop: Shop, count: int) -> list[msgspec.Struct]:
    """What a seller who defaulted owes, paid out."""
    wishes = [presale.DefaultPresale(one.order_id, presale.Default("gone")) for one in await deposits(shop, count)]
    owed = await did(shop, presale.default, wishes)
    return [presale.PayOut(one.compensation_id, presale.PaidOut("transfer", "T")) for one in owed]


async def in_groups(shop: Shop, count: int) -> list[int]:
    """Paid orders that each open a group."""
    await did(shop, maintain_plays.put, [PutPlay("two", group_buy=together())])
    await did(shop, maintain_plays.publish, [NamedPlay("group_buy", "two")])
    await shop.receive("dc1", ("salt", 2 * count))
    wishes = [basket(("salt", 1), play="two", member=Recognize("card", f"G{i:04}")) for i in range(count)]
    placed = await did(shop, checkout.place, wishes)
    await did(shop, pay.start, [pay.Pay(one.order_id, pay.Payment("cash")) for one in placed])
    return [one.order_id for one in placed]


async def groups(shop: Shop, count: int) -> list[int]:
    """Groups with two in each, whose time is over."""
    firsts = await in_groups(shop, count)
    await did(shop, group_buy.take_place, [group_buy.TakePlace(id_) for id_ in firsts])
    rows = await shop.rows("select group_id, code from promotion.play_group where tenant_id = $1 order by group_id")
    joining = [basket(("salt", 1), play=code, member=Recognize("card", f"H{i:04}")) for i, (_, code) in enumerate(rows)]
    placed = await did(shop, checkout.place, joining)
    await did(shop, pay.start, [pay.Pay(one.order_id, pay.Payment("cash")) for one in placed])
    shop.clock.advance(timedelta(days=1))
    return firsts


async def _put(shop: Shop, count: int) -> list[msgspec.Struct]:
    return [PutPlay(f"p{i}", presale=spring()) for i in range(count)]


async def _publish(shop: Shop, count: int) -> list[msgspec.Struct]:
    return [NamedPlay("presale", code) for code in await drafts(shop, count)]


async def _settle(shop: Shop, count: int) -> list[msgspec.Struct]:
    return [SettlePlay("presale", code) for code in await running(shop, count)]


async def _end(shop: Shop, count: int) -> list[msgspec.Struct]:
    return [NamedPlay("presale", code) for code in await running(shop, count)]


async def _default(shop: Shop, count: int) -> list[msgspec.Struct]:
    return [presale.DefaultPresale(one.order_id, presale.Default("gone")) for one in await deposits(shop, count)]


async def _open(shop: Shop, count: int) -> list[msgspec.Struct]:
    ids = sorted(one.order_id for one in await deposits(shop, count))
    return [RemindOfBalance("p0@1", 1, after) for after in (0, *ids[:-1])]


async def _take(shop: Shop, count: int) -> list[msgspec.Struct]:
    return [group_buy.TakePlace(id_) for id_ in await in_groups(shop, count)]


async def _close(shop: Shop, count: int) -> list[msgspec.Struct]:
    return [group_buy.CloseGroup(id_) for id_ in await groups(shop, count)]


WORKS: dict[str, Callable[[Shop, int], Awaitable[list[msgspec.Struct]]]] = {
    "play.put": _put,
    "play.publish": _publish,
    "play.settle_floors": _settle,
    "play.end": _end,
    "presale.default": _default,
    "presale.pay_out": compensations,
    "presale.open_balances": _open,
    "group_buy.take_place": _take,
    "group_buy.close": _close,
}
"""Commands of the flows of plays, as tests/works.py has them of all."""
