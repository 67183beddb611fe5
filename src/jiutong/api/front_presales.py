"""Presales and group buys as shoppers see them: what can be bought that way, until when, and honestly how much is left."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.api.call import Call
from jiutong.api.entrance import ENTERING, entered
from jiutong.api.presales import PresaleView, views_of
from jiutong.api.shell import get
from jiutong.capabilities import promotion
from jiutong.capabilities.promotion import GroupBuy
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import play_versions as reads

GROUPS_MAX = 20


class FrontPresaleItem(msgspec.Struct, frozen=True):
    """What is sold in advance: `deposit_minor` now counts `counts_minor` of `price_minor`, per base unit; `left` of the quota."""

    sku: str
    price_minor: int
    deposit_minor: int
    counts_minor: int
    left: int


class FrontPresale(msgspec.Struct, frozen=True):
    """A presale. `earnest`: the deposit is lost if the buyer withdraws; otherwise it goes back."""

    code: str
    name: str
    name_zh: str
    currency: str
    earnest: bool
    full_payment: bool
    deposit_from: datetime
    deposit_to: datetime
    balance_from: datetime
    balance_to: datetime
    ships_by: datetime
    items: Sequence[FrontPresaleItem]


class FrontGroupItem(msgspec.Struct, frozen=True):
    """What is bought together, per base unit: its price at each threshold; one order takes `least` to `most` (0: any).

    `head_minor` is what whoever opens a group pays now (0: as everybody).
    """

    sku: str
    prices_minor: Sequence[int]
    least: int
    most: int
    head_minor: int


class FrontGroup(msgspec.Struct, frozen=True):
    """A group one can join by its code. `measured` is what has been paid for, `under_way` what is being paid, of `holds`.

    `regulars_left`: how many who have ordered before can still join; null: as many as fit.
    """

    code: str
    play: str
    state: promotion.GroupState
    closes_at: datetime
    holds: int
    measured: int
    under_way: int
    regulars_left: int | None


class FrontGroupBuy(msgspec.Struct, frozen=True):
    """A group buy. `by`: what its thresholds count; `groups` are those that are open now, the newest first.

    `newcomers` places of each group are kept for first-time buyers; `heads_left` groups may still be opened at `head_minor` (null: each).
    """

    code: str
    name: str
    name_zh: str
    currency: str
    by: promotion.Measure
    thresholds: Sequence[int]
    open_from: datetime
    open_to: datetime
    hours: int
    ships_by: datetime | None
    newcomers: int
    heads_left: int | None
    items: Sequence[FrontGroupItem]
    groups: Sequence[FrontGroup]


class FrontPresales(msgspec.Struct, frozen=True):
    """What can be bought by presale here, now or soon. `at` is the server's time: count down from it."""

    at: datetime
    items: Sequence[FrontPresale]


class FrontGroupBuys(msgspec.Struct, frozen=True):
    """What can be bought in a group here, now or soon. `at` is the server's time: count down from it."""

    at: datetime
    items: Sequence[FrontGroupBuy]


@get("/v1/shop/{tenant}/{channel}/presales", scope=None, refuses=ENTERING)
async def list_front_presales(call: Call, tenant: str, channel: str) -> FrontPresales:
    """What can be bought by presale in this shop, now or soon."""
    async with entered(call, tenant, channel) as at:
        found = await views_of(at.tx, await reads.in_force(at.tx, "presale", channel, at.tx.now))
    return FrontPresales(at.tx.now, [_presale(one) for one in found])


@get("/v1/shop/{tenant}/{channel}/group-buys", scope=None, refuses=ENTERING)
async def list_front_group_buys(call: Call, tenant: str, channel: str) -> FrontGroupBuys:
    """What can be bought in a group in this shop, now or soon, and the groups one can join."""
    async with entered(call, tenant, channel) as at:
        found = await reads.in_force(at.tx, "group_buy", channel, at.tx.now)
        groups = {one.code: await reads.groups(at.tx, one.code, "open", None, None, GROUPS_MAX) for one in found}
        facts = await promotion.plays_in_force(at.tx, [one.code for one in found])
    return FrontGroupBuys(at.tx.now, [_group_buy(one, groups[one.code], facts[one.code].heads_left) for one in found])


@get("/v1/shop/{tenant}/{channel}/groups/{code}", scope=None, refuses=(*ENTERING, NOT_FOUND))
async def show_front_group(call: Call, tenant: str, channel: str, code: str) -> FrontGroup:
    """A group somebody was invited to."""
    async with entered(call, tenant, channel) as at:
        found = await reads.groups(at.tx, None, None, code, None, 1)
    if not found:
        raise NOT_FOUND("there is no such group here")
    return _group(found[0])


def _presale(one: PresaleView) -> FrontPresale:
    what = one.presale
    left = {sold.sku: max(sold.quota - sold.taken, 0) for sold in one.sold}
    items = [
        FrontPresaleItem(item.sku, item.price_minor, item.deposit_minor, item.deposit_minor + item.extra, left[item.sku])
        for item in what.items
    ]
    names = ("name", "name_zh", "currency", "full_payment", "deposit_from", "deposit_to", "balance_from", "balance_to", "ships_by")
    same = {name: getattr(what, name) for name in names}
    return FrontPresale(code=one.code, earnest=what.deposit == "earnest", items=items, **same)


def _group_buy(row: reads.PlayRow, groups: Sequence[reads.GroupRow], heads_left: int | None) -> FrontGroupBuy:
    what = msgspec.json.decode(row.body, type=GroupBuy)
    gone = heads_left is not None and heads_left <= 0
    items = [FrontGroupItem(item.sku, item.prices_minor, item.least, item.most, 0 if gone else item.head_minor) for item in what.items]
    names = ("name", "name_zh", "currency", "by", "thresholds", "open_from", "open_to", "hours", "ships_by", "newcomers")
    same = {name: getattr(what, name) for name in names}
    return FrontGroupBuy(code=row.code, items=items, groups=[_group(one) for one in groups], heads_left=heads_left, **same)


def _group(one: reads.GroupRow) -> FrontGroup:
    return FrontGroup(one.code, one.play, one.state, one.closes_at, one.holds, one.measured, one.under_way, one.regulars_left)


ROUTES = [list_front_presales, list_front_group_buys, show_front_group]
