"""Restricted sale 限售: who may buy what, and where it may go."""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.capabilities.promotion.model.reach import ChannelCodes, GateName, GateNameZh, Moment, Reach, WordsOf
from jiutong.kernel.errors import ProblemType

RESTRICTED = ProblemType("promotion.restricted", 409, "This may not be sold to you like that", "该商品限制销售")

Regions: TypeAlias = Annotated[
    tuple[Annotated[str, Meta(min_length=2, max_length=200, pattern=r"^[^/\s][^/]*(/[^/\s][^/]*)*$", examples=["US/CA"])], ...],
    Meta(max_length=500),
]


class Restriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """These goods are sold only where and to whom it says; every condition that is given must hold.

    Regions are prefixes: US lets US/CA through. `certificates` must all be held, by the member or the company they buy for, and be
    valid then. `channels_only` are the only channels they are sold in; `roles` are those in the company bought for.
    """

    name: GateName
    goods: Reach
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    """What buyers are told."""

    name_zh: GateNameZh = ""
    reason_zh: Annotated[str, Meta(max_length=200)] = ""
    channels: ChannelCodes = ()
    channels_only: ChannelCodes = ()
    regions_only: Regions = ()
    regions_never: Regions = ()
    certificates: WordsOf = ()
    levels: WordsOf = ()
    groups: WordsOf = ()
    roles: WordsOf = ()
    members_only: bool = False
    companies_only: bool = False
    valid_from: Moment | None = None
    valid_to: Moment | None = None
