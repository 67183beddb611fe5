"""Purchase limits 限购: how many one buyer may take, in which time."""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.capabilities.promotion.model.reach import ChannelCodes, GateName, GateNameZh, Moment, Reach
from jiutong.kernel.errors import ProblemType

LIMIT_REACHED = ProblemType("promotion.limit_reached", 409, "That is more than one buyer may have", "超过限购数量")
LIMIT_SIGN_IN = ProblemType("promotion.limit_sign_in", 409, "Sign in to buy this: it is limited per member", "该商品按会员限购，请先登录")
LIMIT_COMPANY = ProblemType(
    "promotion.limit_company", 409, "Buy this for a company: it is limited per company", "该商品按企业限购，请以企业身份购买"
)

Period: TypeAlias = Literal["order", "day", "week", "month", "activity", "ever"]


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """At most `units` base units per identity and period, of each SKU by itself or of all these goods together.

    Days, weeks (from Monday) and months are those where the channel is; `activity` is the time the limit itself stands. With `play`
    only what is bought through that activity counts. A guest has no identity: whatever a limit counts across orders asks them to
    sign in. What was taken is counted under the limit's code: another version forgets nothing.
    """

    name: GateName
    units: Annotated[int, Meta(ge=1, le=10**9)]
    goods: Reach
    name_zh: GateNameZh = ""
    period: Period = "ever"
    identity: Literal["member", "company"] = "member"
    together: bool = False
    channels: ChannelCodes = ()
    play: Annotated[str, Meta(max_length=40)] = ""
    valid_from: Moment | None = None
    valid_to: Moment | None = None
