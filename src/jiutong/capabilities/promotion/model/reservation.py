"""Reservation-to-buy 预约: sign up first, buy later, and only who has signed up."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.capabilities.promotion.model.reach import ChannelCodes, GateName, GateNameZh, Moment, SkuCode, WordsOf
from jiutong.kernel.errors import ProblemType

SIGNUP_CLOSED = ProblemType("promotion.signup_closed", 409, "One cannot sign up now", "当前不在预约时间内")
SIGNUP_FULL = ProblemType("promotion.signup_full", 409, "All places are taken", "预约名额已满")
SIGNUP_NOT_YOU = ProblemType("promotion.signup_not_you", 409, "This is for other members", "您不符合预约条件")
RIGHT_NEEDED = ProblemType("promotion.right_needed", 409, "Only who has signed up may buy this", "仅限预约成功的会员购买")
RIGHT_TOO_EARLY = ProblemType("promotion.right_too_early", 409, "It can be bought later, by those who have signed up", "尚未到预约购买时间")
RIGHT_USED = ProblemType("promotion.right_used", 409, "That is more than you have signed up for", "超过预约可购数量")
DRAW_EARLY = ProblemType("promotion.draw_early", 409, "There is nothing to draw yet", "尚不能抽签")

SignupState: TypeAlias = Literal["waiting", "granted", "lost"]


class Reservation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From `signup_from` until `buy_to` these SKUs are only for members with a right, who buy from `buy_from` on.

    `first_come`: whoever signs up has the right, until `places` are taken (0: there is room for all). `draw`: when signing up has
    ended, `places` of those who signed up are drawn. A right is for `units_each` base units of these SKUs together.
    """

    name: GateName
    skus: Annotated[tuple[SkuCode, ...], Meta(min_length=1, max_length=200)]
    signup_from: Moment
    signup_to: Moment
    buy_from: Moment
    buy_to: Moment
    name_zh: GateNameZh = ""
    mode: Literal["first_come", "draw"] = "first_come"
    places: Annotated[int, Meta(ge=0, le=10**7)] = 0
    units_each: Annotated[int, Meta(ge=1, le=10**6)] = 1
    channels: ChannelCodes = ()
    levels: WordsOf = ()
    remind_minutes: Annotated[int, Meta(ge=0, le=10_080)] = 15
    """How long before buying begins those with a right are reminded; 0 for not at all."""


class Signup(msgspec.Struct, frozen=True):
    """A member has signed up for a reservation."""

    gate_id: int
    member_id: int
    state: SignupState
    signed_at: datetime
    fresh: bool = False


class WishToSign(msgspec.Struct, frozen=True):
    """A member wishes to sign up. `entry_id` is that of the entry that would grant the right."""

    code: str
    member_id: int
    level: str
    entry_id: int
    channel_id: int


class SignedUp(msgspec.Struct, frozen=True):
    """Event reservation.signed_up.v1."""

    gate_id: int
    code: str
    member_id: int
    state: SignupState


class Drawn(msgspec.Struct, frozen=True):
    """Event reservation.drawn.v1. Whoever sorts those who signed up by the hash of seed and member finds the same winners."""

    gate_id: int
    code: str
    seed: str
    signed: int
    granted: int


class Reminded(msgspec.Struct, frozen=True):
    """Event reservation.reminded.v1: buying begins; to whom it is told."""

    gate_id: int
    code: str
    buy_from: datetime
    members: tuple[int, ...]
