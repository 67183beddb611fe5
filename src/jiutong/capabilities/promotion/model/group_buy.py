"""Group buy 拼团 / 拼购: whoever fills a group in time buys at its price; a group that is not filled gives everything back."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.capabilities.promotion.model.presale import ChannelCode, Currency, FunderShare, Instant, Money, Name, SkuCode
from jiutong.kernel.errors import ProblemType

GROUP_FULL = ProblemType("promotion.group_full", 409, "The group has not that many places left", "该团名额不足")
GROUP_CLOSED = ProblemType("promotion.group_closed", 409, "The group is closed", "该团已结束")
IN_A_GROUP = ProblemType("promotion.in_a_group", 409, "Finish the group you are in first", "您已有进行中的团")
NEWCOMERS_ONLY = ProblemType("promotion.newcomers_only", 409, "The places left are for first-time buyers", "剩余名额仅限新人")
NEWCOMER_ONCE = ProblemType("promotion.newcomer_once", 409, "You have a place as a first-time buyer already", "您已占用新人名额")
HEADS_GONE = ProblemType("promotion.heads_gone", 409, "The price for who opens a group has just run out", "团长优惠名额刚刚用完")
MEMBERS_ONLY = ProblemType("promotion.members_only", 422, "Sign in to buy in a group", "请登录后参团")
LESS_THAN_LEAST = ProblemType("promotion.less_than_least", 422, "The group buys at least so many", "低于起订量")
MORE_THAN_MOST = ProblemType("promotion.more_than_most", 422, "One order takes at most so many", "超过单笔上限")

Measure: TypeAlias = Literal["people", "units", "amount"]
GroupState: TypeAlias = Literal["open", "formed", "failed"]
Threshold: TypeAlias = Annotated[int, Meta(ge=1, le=10**12)]


class GroupItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is bought together, per base unit: its price at each threshold, and how many one order takes at least and at most (0: any).

    `head_minor` is the most whoever opens a group pays (团长优惠; 0: as everybody).
    """

    sku: SkuCode
    prices_minor: Annotated[tuple[Money, ...], Meta(min_length=1, max_length=20)]
    least: Annotated[int, Meta(ge=1, le=10**9)] = 1
    most: Annotated[int, Meta(ge=0, le=10**9)] = 0
    head_minor: Annotated[int, Meta(ge=0, le=10**12)] = 0


class GroupBuy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A group buy. A group forms when it reaches the first of its `thresholds` (people, units or minor units of money).

    Everybody pays the price of the first threshold; what the reached one is lower by goes back when the group closes. It closes when
    it holds `most` (0: the last threshold), or `hours` after it was opened. `overflow`: what becomes of a payer whose group closed
    while they paid. Goods are held for those who are in, not for places that are free. `heads` is how many groups in all are opened at
    the price for who opens them (0: each); `newcomers` how many places of each group are kept for who has never ordered (新人).
    """

    name: Name
    currency: Currency
    by: Measure
    thresholds: Annotated[tuple[Threshold, ...], Meta(min_length=1, max_length=20)]
    items: Annotated[tuple[GroupItem, ...], Meta(min_length=1, max_length=200)]
    open_from: Instant
    open_to: Instant
    hours: Annotated[int, Meta(ge=1, le=24 * 60)]
    name_zh: Annotated[str, Meta(max_length=120)] = ""
    channels: Annotated[tuple[ChannelCode, ...], Meta(max_length=100)] = ()
    most: Annotated[int, Meta(ge=0, le=10**12)] = 0
    overflow: Literal["refund", "new_group"] = "refund"
    funders: Annotated[tuple[FunderShare, ...], Meta(max_length=10)] = ()
    ships_by: Instant | None = None
    heads: Annotated[int, Meta(ge=0, le=10**9)] = 0
    newcomers: Annotated[int, Meta(ge=0, le=10**6)] = 0

    @property
    def holds(self) -> int:
        """What one group takes at most."""
        return self.most or self.thresholds[-1]


class Group(msgspec.Struct, frozen=True):
    """One group. Its id is that of the order that opened it; `play` is the version it goes by (code@version), `reached` the threshold it
    closed at, counted from 0.
    """

    group_id: int
    code: str
    play_id: int
    version: int
    play: str
    opened_at: datetime
    closes_at: datetime
    state: GroupState
    holds: int
    measured: int = 0
    reached: int | None = None


class SeatPaid(msgspec.Struct, frozen=True):
    """An order that has paid its place: what it counts for in its group."""

    order_id: int
    counts: int


class GroupChanged(msgspec.Struct, frozen=True):
    """group.opened.v1, group.filled.v1, group.formed.v1, group.failed.v1."""

    group_id: int
    code: str
    play: str
    state: GroupState
    measured: int
    reached: int | None = None
