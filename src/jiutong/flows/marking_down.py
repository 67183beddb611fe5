"""What price protection and bigger groups have in common: a line costs less than it was placed at, and what was paid too much goes back."""

from collections.abc import Mapping, Sequence

from jiutong import ledger
from jiutong.capabilities import order, payment, pricing
from jiutong.flows.canceling import Refunded, announce, told
from jiutong.kernel.db import Tx
from jiutong.kernel.scope import Scope


async def mark_down(
    tx: Tx, wishes: Sequence[order.MarkDown], orders: Mapping[int, order.Order], reason: str, by: Mapping[int, Scope]
) -> dict[int, tuple[int, tuple[Refunded, ...]]]:
    """Let lines of locked orders cost less: what less is owed per order, and what goes back of what had been paid."""
    less, unpaid = await order.mark_down(tx, wishes, pricing.tax_of)
    paid = order.paid_part(less, unpaid)
    owed = [payment.Owed(id_, amount, reason, tx.mint(), order.account_keys(orders[id_])) for id_, amount in paid.items()]
    entries = [
        ledger.Entry(
            one.cause_id,
            "order.marked_down",
            one.order_id,
            ledger.leg("order.marked_down", "amount", one.amount, orders[one.order_id].currency, one.keys),
        )
        for one in owed
    ]
    if entries:
        await ledger.post(tx, entries)
    refunds = await payment.give_back(tx, owed)
    await order.refund(tx, payment.done_by_order(refunds))
    announce(tx, refunds, by)
    return {id_: (amount, told([one for one in refunds if one.order_id == id_])) for id_, amount in less.items()}
