"""Which goods a gate is about."""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

SkuCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
ChannelCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
ChannelCodes: TypeAlias = Annotated[tuple[ChannelCode, ...], Meta(max_length=100)]
ReachCodes: TypeAlias = Annotated[tuple[SkuCode, ...], Meta(max_length=2_000)]
GateName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=120)]
GateNameZh: TypeAlias = Annotated[str, Meta(max_length=120)]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
WordsOf: TypeAlias = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=50)]


class Reach(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which goods: every list that is given must hold them; nothing given: all goods. A category means everything below it too."""

    skus: ReachCodes = ()
    categories: ReachCodes = ()
    brands: ReachCodes = ()
