"""Payment 支付通: money laid on the counter, what channels say became of it, and money that goes back.

Owns: `payment.tender`, `payment.notice` (what channels told us), `payment.refund`.
Invariants: what an order shows as paid is what its tenders captured; a tender never gives back more than it took; a
channel's message counts once, and so does a channel's transaction; a notice that does not fit merchant, tender, order,
amount and currency changes nothing. Money for an order that is no longer open is *late*: booked as unapplied, then put to
the order or returned, never lost.
Verbs: `take`, `start`, `tenders`, `opened`, `judge`, `apply`, `cancel_started`, `give_back`, `refunds`, `settle`, `retry`.
Events: payment.started, payment.opened, payment.captured, payment.failed, payment.late, order.late_payment, refund.requested,
refund.done, refund.failed.
Points: `LATE_PAYMENT`.
"""

from jiutong.capabilities.payment.model import (
    COUNTER,
    LATE_PAYMENT,
    LATE_REFUND,
    LATE_RESERVE,
    MISMATCH,
    MORE_THAN_OWED,
    NO_CHANNEL,
    NOT_RETRIABLE,
    NOT_YOURS,
    OVER_REFUND,
    Answered,
    Ended,
    Judged,
    Judgement,
    LatePayment,
    Notice,
    OpenTender,
    Owed,
    PaymentChanged,
    Refund,
    RefundChanged,
    SendRefund,
    Started,
    Taken,
    Tender,
    Verdict,
)
from jiutong.capabilities.payment.rules import capture_entry, done_by_order, sums, what_may_be_laid
from jiutong.capabilities.payment.verbs import (
    apply,
    cancel_started,
    give_back,
    judge,
    opened,
    refunds,
    retry,
    settle,
    start,
    take,
    tenders,
)

__all__ = [
    "COUNTER",
    "LATE_PAYMENT",
    "LATE_REFUND",
    "LATE_RESERVE",
    "MISMATCH",
    "MORE_THAN_OWED",
    "NOT_RETRIABLE",
    "NOT_YOURS",
    "NO_CHANNEL",
    "OVER_REFUND",
    "Answered",
    "Ended",
    "Judged",
    "Judgement",
    "LatePayment",
    "Notice",
    "OpenTender",
    "Owed",
    "PaymentChanged",
    "Refund",
    "RefundChanged",
    "SendRefund",
    "Started",
    "Taken",
    "Tender",
    "Verdict",
    "apply",
    "cancel_started",
    "capture_entry",
    "done_by_order",
    "give_back",
    "judge",
    "opened",
    "refunds",
    "retry",
    "settle",
    "start",
    "sums",
    "take",
    "tenders",
    "what_may_be_laid",
]
