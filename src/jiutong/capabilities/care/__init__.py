"""Care 服务通: goods and money that go back.

Owns: `care.return_order`, `care.return_line`. Refunds themselves are payment's, shares of money the order's, units the ledger's.
Invariants: what a line shows as returned is what came back in returns; a return's refund is the sum of its lines,
less what is withheld.
Verbs: `record`. Published reasons: `REASONS`.
Events: order.returned (the order's).
"""

from jiutong.capabilities.care.model import REASONS, GoodsReturned, Reason, ReasonCode, ReturnedLine, ReturnOrder
from jiutong.capabilities.care.rules import goods_returned, ours, return_entry
from jiutong.capabilities.care.verbs import record

__all__ = [
    "REASONS",
    "GoodsReturned",
    "Reason",
    "ReasonCode",
    "ReturnOrder",
    "ReturnedLine",
    "goods_returned",
    "ours",
    "record",
    "return_entry",
]
