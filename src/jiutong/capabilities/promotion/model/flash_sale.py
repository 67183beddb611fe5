"""Flash sales 秒杀: few pieces at a low price for a short time, sold to the last piece and not one more."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jiutong.capabilities.promotion.model.reach import ChannelCodes, GateName, GateNameZh, Moment, SkuCode
from jiutong.kernel.errors import ProblemType

FLASH_SOLD_OUT = ProblemType("promotion.flash_sold_out", 409, "The flash sale is sold out", "秒杀已售罄")
FLASH_CLOSED = ProblemType("promotion.flash_closed", 409, "The flash sale is not open now", "秒杀未开始或已结束")
FLASH_LIMIT = ProblemType("promotion.flash_limit", 409, "That is more than one buyer may have at this price", "超过秒杀限购数量")
FLASH_SIGN_IN = ProblemType("promotion.flash_sign_in", 409, "Sign in to buy at this price", "请先登录再参与秒杀")


class FlashFunder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who bears how much of what a flash sale takes off, in basis points."""

    funder: Annotated[str, Meta(min_length=1, max_length=64)]
    bp: Annotated[int, Meta(ge=1, le=10_000)]


class FlashItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A SKU at its flash price, per as many base units as its list price is for, and how many base units there are of it."""

    sku: SkuCode
    price_minor: Annotated[int, Meta(ge=0, le=10**12)]
    allotment: Annotated[int, Meta(ge=1, le=10**9)]
    per_member: Annotated[int, Meta(ge=0, le=10**9)] = 0
    """Most units of one member over the whole sale; 0 for no such limit. With one, guests are asked to sign in."""

    per_order: Annotated[int, Meta(ge=0, le=10**9)] = 0


class FlashSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A flash sale. `entry`: by itself inside its time (`automatic`: when it is sold out the ordinary price holds), or only for those
    who enter through its code (`play`: they pay the flash price or are refused). `back`: units that were paid for and are canceled
    or returned are sold again at the flash price (`allotment`), or only at the ordinary one (`pool`); what nobody paid for is.
    """

    name: GateName
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    begins_at: Moment
    ends_at: Moment
    items: Annotated[tuple[FlashItem, ...], Meta(min_length=1, max_length=200)]
    name_zh: GateNameZh = ""
    channels: ChannelCodes = ()
    funders: Annotated[tuple[FlashFunder, ...], Meta(max_length=10)] = ()
    entry: Literal["automatic", "play"] = "automatic"
    back: Literal["allotment", "pool"] = "allotment"
