"""Refunding: what channels say of money that goes back, and sending again what failed. What is owed back is decided elsewhere."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import order, payment
from jiutong.flows.canceling import names_once
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class RefundNoticed(msgspec.Struct, frozen=True):
    """What an answer came to, and why."""

    verdict: payment.Verdict
    detail: str = ""


class RetryRefund(msgspec.Struct, frozen=True):
    """A refund that failed and is to be sent again."""

    refund_id: int


class Retried(msgspec.Struct, frozen=True):
    """It is under way again."""

    refund_id: int
    state: str


@flow("refund.answer", gives=RefundNoticed, statements=13)
async def answer(tx: Tx, calls: Sequence[Call[payment.Answered]]) -> list[RefundNoticed | Problem]:
    """Record what channels say of refunds: done, failed, or taken note of."""
    named = await payment.refunds(tx, {call.command.refund_id for call in calls})
    orders = await order.lock(tx, [refund.order_id for refund in named.values()])
    ended = await payment.settle(tx, [call.command for call in calls], {id_: order.account_keys(one) for id_, one in orders.items()})
    await order.refund(tx, payment.done_by_order(ended.refunds))
    by = {call.command.refund_id: call.scope for call in calls}
    for refund in ended.refunds:
        if refund.state in {"done", "failed"}:
            facts = payment.RefundChanged(
                refund.order_id, refund.refund_id, refund.tender_id, refund.amount, refund.currency, refund.reason
            )
            tx.emit(f"refund.{refund.state}.v1", refund.order_id, facts, by[refund.refund_id])
    return [RefundNoticed(one.verdict, one.detail) for one in ended.judgements]


@flow("refund.retry", gives=Retried, statements=7, batch_max=64)
async def retry(tx: Tx, calls: Sequence[Call[RetryRefund]]) -> list[Retried | Problem]:
    """Send refunds that failed once more."""
    names_once([call.command.refund_id for call in calls])
    named = await payment.refunds(tx, {call.command.refund_id for call in calls})
    await order.lock(tx, [refund.order_id for refund in named.values()])
    again = {one.refund_id: one for one in await payment.retry(tx, list(named.values()))} if named else {}
    outcomes: list[Retried | Problem] = []
    for call in calls:
        refund = again.get(call.command.refund_id)
        if refund is None:
            outcomes.append(payment.NOT_YOURS("no such refund"))
            continue
        facts = payment.RefundChanged(refund.order_id, refund.refund_id, refund.tender_id, refund.amount, refund.currency, refund.reason)
        tx.emit("refund.requested.v1", refund.order_id, facts, call.scope)
        outcomes.append(Retried(refund.refund_id, refund.state))
    return outcomes
