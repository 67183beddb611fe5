"""Decisions of care: what a return comes to, and what it books."""

from collections.abc import Sequence

from jiutong import ledger
from jiutong.capabilities.care.model import REASONS, GoodsReturned, ReturnOrder


def return_entry(back: ReturnOrder, goods: Sequence[ledger.Transfer], money: Sequence[ledger.Transfer]) -> ledger.Entry:
    """One fact in the book: sellable units are in stock again, the sale of all units is undone.

    Units that cannot be sold again stay sold: they have left the stock for good, and only the return's line knows they are back.
    """
    return ledger.Entry(back.return_id, "goods.returned", back.order_id, (*goods, *money))


def goods_returned(back: ReturnOrder, currency: str) -> GoodsReturned:
    """What the world is told of a return."""
    units = tuple((line.line_id, line.quantity, line.restock) for line in back.lines)
    return GoodsReturned(back.order_id, back.return_id, back.reason, back.refund, currency, units)


def ours(reason: str) -> bool:
    """Whether goods come back for a reason that is our fault."""
    return any(one.ours for code, one in REASONS.items() if code == reason)
