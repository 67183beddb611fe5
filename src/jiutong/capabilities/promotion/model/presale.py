"""Presale 预售: a deposit now, the balance in a window later, goods after that."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

QUOTA_GONE = ProblemType("promotion.presale_quota", 409, "The presale has not that many left", "预售名额不足")
NO_EARNEST = ProblemType("promotion.no_earnest", 409, "No deposit of a presale stands on this order", "订单没有已付的预售定金")
ALREADY_PAID_OUT = ProblemType("promotion.already_paid_out", 409, "The compensation has been paid out", "赔付已支付")
NO_COMPENSATION = ProblemType("promotion.no_compensation", 404, "There is no such compensation", "没有这笔赔付")

SkuCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=120)]
Money: TypeAlias = Annotated[int, Meta(ge=1, le=10**12)]
Currency: TypeAlias = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
ChannelCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]

EARNEST_MAX_BP = 2_000
"""An earnest above a fifth of the price has no force beyond it (PRC Civil Code, article 586): it is refused when it is set."""


class FunderShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who bears how much of what an activity takes off, in basis points."""

    funder: Annotated[str, Meta(min_length=1, max_length=64)]
    bp: Annotated[int, Meta(ge=1, le=10_000)]


class PresaleItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sold in advance, per base unit: its price, the deposit, what the deposit counts (0: as much as it is), and how many."""

    sku: SkuCode
    price_minor: Money
    deposit_minor: Money
    quota: Annotated[int, Meta(ge=1, le=10**9)]
    counts_minor: Annotated[int, Meta(ge=0, le=10**12)] = 0

    @property
    def extra(self) -> int:
        """What the deposit counts beyond itself (膨胀)."""
        return max(self.counts_minor - self.deposit_minor, 0)


class Presale(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A presale. `deposit`: an earnest 定金 is lost by a buyer who withdraws and doubled by a seller who does; a prepayment 订金 goes back.

    `withdrawal` says what becomes of an earnest when the buyer withdraws after everything is paid and before it ships. `coupons`: on
    the balance, or not at all. `supply` is the location the goods will arrive at when they are not in stock yet.
    """

    name: Name
    currency: Currency
    deposit: Literal["earnest", "prepayment"]
    deposit_from: Instant
    deposit_to: Instant
    balance_from: Instant
    balance_to: Instant
    ships_by: Instant
    items: Annotated[tuple[PresaleItem, ...], Meta(min_length=1, max_length=200)]
    name_zh: Annotated[str, Meta(max_length=120)] = ""
    channels: Annotated[tuple[ChannelCode, ...], Meta(max_length=100)] = ()
    funders: Annotated[tuple[FunderShare, ...], Meta(max_length=10)] = ()
    full_payment: bool = False
    coupons: Literal["balance", "none"] = "balance"
    withdrawal: Literal["keep", "return"] = "keep"
    price_protection: bool = True
    supply: ChannelCode | None = None
    wave_orders: Annotated[int, Meta(ge=1, le=10_000)] = 500
    """How many orders are reminded of their balance in one minute, so that not all come at once."""


class PresaleLine(msgspec.Struct, frozen=True):
    """What a presale makes of a line, in minor units: off its list amount, what the deposit counts beyond itself, the deposit."""

    off: int
    extra: int
    deposit: int


class Compensation(msgspec.Struct, frozen=True):
    """What a seller who defaults owes a buyer beyond the deposit that goes back, and whether it has been paid out."""

    compensation_id: int
    order_id: int
    currency: str
    amount: int
    reason: str
    owed_at: datetime
    method: str | None = None
    reference: str | None = None
    paid_at: datetime | None = None


class RemindOfBalance(msgspec.Struct, frozen=True):
    """The job of telling that balances can be paid: of a presale's version, `orders_max` orders after this one, then the next wave."""

    play: str
    orders_max: int
    after: int = 0
