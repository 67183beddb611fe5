"""The nouns of payment: tender, notice, refund; what channels are asked and what they answer."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from jiutong.kernel.errors import ProblemType
from jiutong.kernel.points import Point

MISMATCH = ProblemType("payment.mismatch", 422, "The notice does not fit the payment it names", "支付通知与付款不符")
MORE_THAN_OWED = ProblemType("payment.more_than_owed", 409, "The order owes less than that", "付款金额超过应付")
NO_CHANNEL = ProblemType("payment.no_channel", 422, "No channel takes this method here", "该支付方式未开通")
NOT_YOURS = ProblemType("payment.not_found", 404, "There is no such payment here", "支付记录不存在")
OVER_REFUND = ProblemType("payment.over_refund", 409, "More would go back than came in", "退款超过实付金额")
NOT_RETRIABLE = ProblemType("payment.refund_not_failed", 409, "Only a refund that failed can be sent again", "仅失败的退款可重试")

COUNTER = "cash"
"""The method that has no channel: it is taken, and given back, at once."""

STORED = "gift_card"
"""The method that is a card of ours: it is taken, and given back, at once, and money goes back to it first."""

AT_ONCE = frozenset({COUNTER, STORED})
"""Methods no channel is asked about."""

LATE_RESERVE = "re_reserve_else_refund"
LATE_REFUND = "refund"
LATE_PAYMENT = Point("late_payment", "first", LATE_RESERVE, "What becomes of money that arrives for an order that has expired")

Outcome: TypeAlias = Literal["captured", "failed"]
Verdict: TypeAlias = Literal["captured", "failed", "duplicate", "late", "rejected", "refunded"]


class Tender(msgspec.Struct, frozen=True):
    """One means of payment laid down for an order, and its life. `merchant` is our account at the channel; "" at the counter."""

    tender_id: int
    order_id: int
    method: str
    merchant: str
    currency: str
    amount: int
    refunded: int
    state: str
    channel_ref: str | None
    started_at: datetime
    settled_at: datetime | None

    @property
    def left(self) -> int:
        """What may still go back of it."""
        return self.amount - self.refunded


class Taken(msgspec.Struct, frozen=True):
    """Money taken at a counter, net of change."""

    tender_id: int
    order_id: int
    method: str
    currency: str
    amount: int
    at: datetime


class Started(msgspec.Struct, frozen=True):
    """Money a channel is asked to collect. `script` tells the simulated channel how to behave; real ones never see it."""

    tender_id: int
    order_id: int
    method: str
    merchant: str
    currency: str
    amount: int
    script: str = ""


class OpenTender(msgspec.Struct, frozen=True):
    """The job of telling a channel to collect a tender, and of asking later what became of it."""

    tender_id: int
    order_id: int
    method: str
    merchant: str
    currency: str
    amount: int
    script: str


class Notice(msgspec.Struct, frozen=True):
    """What a channel says of a tender, its sender already proven. Ids it named that are none of ours are 0."""

    merchant: str
    channel_event: str
    outcome: Outcome
    tender_id: int
    order_id: int
    amount: int
    currency: str
    channel_ref: str
    body: msgspec.Raw


class Judgement(msgspec.Struct, frozen=True):
    """What a notice comes to, and why. `repeated`: the very message was judged before, so nothing is written again."""

    verdict: Verdict
    detail: str = ""
    repeated: bool = False


class Judged(msgspec.Struct, frozen=True):
    """The outcome of a batch of notices: a judgement each, and the tenders that were captured, that came late, that failed."""

    judgements: list[Judgement]
    captured: list[Tender]
    late: list[Tender]
    failed: list[Tender]


class Ended(msgspec.Struct, frozen=True):
    """The outcome of a batch of answers: a judgement each, and the refunds they moved, in their new state."""

    judgements: list[Judgement]
    refunds: list["Refund"]


class Owed(msgspec.Struct, frozen=True):
    """An amount of an order that goes back to whoever paid it. `keys` (place, day) name the ledger accounts.

    With `tender_id` it goes back from that tender, which came late and was never put to the order.
    """

    order_id: int
    amount: int
    reason: str
    cause_id: int
    keys: dict[str, object]
    tender_id: int | None = None
    shift_id: int | None = None
    """The shift whose drawer gives back what needs no channel."""


class Refund(msgspec.Struct, frozen=True):
    """Money on its way back to the tender it came from. `late`: of a tender that was never put to the order."""

    refund_id: int
    order_id: int
    tender_id: int
    method: str
    merchant: str
    currency: str
    amount: int
    reason: str
    cause_id: int
    state: str
    channel_ref: str | None
    late: bool
    shift_id: int | None = None


class SendRefund(msgspec.Struct, frozen=True):
    """The job of telling a channel to give money back."""

    refund_id: int
    order_id: int
    tender_id: int
    merchant: str
    channel_ref: str
    amount: int
    currency: str


class Answered(msgspec.Struct, frozen=True):
    """What a channel says of a refund. `done` None: it has taken note and will say later.

    `channel_event` names the message; "" when it is the channel's answer to our own call.
    """

    refund_id: int
    merchant: str
    amount: int
    currency: str
    done: bool | None
    channel_ref: str
    channel_event: str = ""
    body: msgspec.Raw = msgspec.Raw(b"null")


class PaymentChanged(msgspec.Struct, frozen=True):
    """payment.started.v1, payment.opened.v1, payment.captured.v1, payment.failed.v1, payment.late.v1."""

    order_id: int
    tender_id: int
    method: str
    amount: int
    currency: str


class LatePayment(msgspec.Struct, frozen=True):
    """order.late_payment.v1: money came for an order no longer open. `outcome`: applied (the order lives again) or refunded."""

    order_id: int
    tender_id: int
    amount: int
    currency: str
    outcome: str


class RefundChanged(msgspec.Struct, frozen=True):
    """refund.requested.v1, refund.done.v1, refund.failed.v1."""

    order_id: int
    refund_id: int
    tender_id: int
    amount: int
    currency: str
    reason: str
