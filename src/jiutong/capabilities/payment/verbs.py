"""What can be done with payments. Whoever calls them holds the locks of the orders concerned."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import msgspec

from jiutong import ledger
from jiutong.capabilities.payment import rules, store
from jiutong.capabilities.payment.model import (
    NOT_RETRIABLE,
    OVER_REFUND,
    Answered,
    Ended,
    Judged,
    Notice,
    OpenTender,
    Owed,
    Refund,
    SendRefund,
    Started,
    Taken,
    Tender,
)
from jiutong.kernel import jobs
from jiutong.kernel.db import Again, Tx

CHASE_AFTER = timedelta(minutes=2)
"""When a channel that has not said what became of a tender is asked."""


async def take(tx: Tx, taken: Sequence[Taken]) -> None:
    """Post. Note money that lies in the drawer."""
    if taken:
        await store.insert_taken(tx, taken)


async def start(tx: Tx, started: Sequence[Started]) -> None:
    """Post. Note tenders a channel shall collect, and the jobs of telling it to and of asking what became of them."""
    if not started:
        return
    await store.insert_started(tx, started)
    tasks = [(s.tender_id, OpenTender(s.tender_id, s.order_id, s.method, s.merchant, s.currency, s.amount, s.script)) for s in started]
    await jobs.enqueue(
        tx,
        [jobs.job(tx, "payment.open", id_, task) for id_, task in tasks]
        + [jobs.job(tx, "payment.chase", id_, task, CHASE_AFTER) for id_, task in tasks],
    )


async def tenders(tx: Tx, tender_ids: Collection[int]) -> dict[int, Tender]:
    """Quote. Tenders as they stand; unknown ids are absent."""
    return await store.read_tenders(tx, tender_ids) if tender_ids else {}


async def opened(tx: Tx, codes: Mapping[int, str]) -> None:
    """Post. Note what the payer scans or opens, per tender."""
    if codes:
        await store.set_codes(tx, codes)


async def judge(tx: Tx, notices: Sequence[Notice], due: Mapping[int, int]) -> Judged:
    """Plan. Decide what channels say of tenders, in arrival order, and note it. `due` is what each open order still owes.

    A message counts once; one that does not fit merchant, tender, order, amount and currency is noted and changes nothing.
    """
    known = await store.read_tenders(tx, {n.tender_id for n in notices})
    seen = await store.read_seen(tx, [(n.merchant, n.channel_event) for n in notices])
    payers = await store.read_payers(tx, [(n.merchant, n.channel_ref) for n in notices])
    judged = rules.judge(notices, known, seen, payers, due)
    fresh = [
        (notice, notice.tender_id if notice.tender_id in known else None, one)
        for notice, one in zip(notices, judged.judgements, strict=True)
        if not one.repeated
    ]
    if fresh:
        await store.write_notices(tx, fresh)
    moved = judged.captured + judged.late + judged.failed
    if moved and await store.move_tenders(tx, moved, sorted(rules.UNSETTLED)) != len(moved):
        raise Again("a tender moved without its order's lock")
    return judged


async def apply(tx: Tx, late: Sequence[Tender]) -> None:
    """Post. Late money is put to its order after all."""
    if late:
        await store.move_tenders(tx, [msgspec.structs.replace(t, state="captured") for t in late], ["late"])


async def cancel_started(tx: Tx, order_ids: Collection[int]) -> int:
    """Post. Expect no more money for these orders; the number of tenders given up. If it comes all the same, it is late."""
    return await store.cancel_started(tx, order_ids) if order_ids else 0


async def give_back(tx: Tx, owed: Sequence[Owed]) -> list[Refund]:
    """Plan. Send money back to the tenders it came from, to cards of ours first, then latest capture first.

    Cards and cash at once, the rest by a job.
    What is done at once is booked. Raises OVER_REFUND when tenders have not that much left.
    """
    owed = [one for one in owed if one.amount]
    if not owed:
        return []
    keys = {one.order_id: one.keys for one in owed}
    parts = rules.split(owed, await store.read_of_orders(tx, {one.order_id for one in owed}))
    refunds = [
        Refund(
            tx.mint(), t.order_id, t.tender_id, t.method, t.merchant, t.currency, amount, one.reason, one.cause_id,
            "requested" if t.merchant else "done", t.channel_ref, t.state == "late", None if t.merchant else one.shift_id,
        )
        for one, mine in zip(owed, parts, strict=True)
        for t, amount in mine
    ]  # fmt: skip
    await store.insert_refunds(tx, refunds)
    await _add_refunded(tx, refunds, 1)
    await jobs.enqueue(tx, [_sending(tx, refund) for refund in refunds if refund.state == "requested"])
    done = [rules.refund_entry(refund, keys[refund.order_id]) for refund in refunds if refund.state == "done"]
    if done:
        await ledger.post(tx, done)
    return refunds


async def refunds(tx: Tx, refund_ids: Collection[int]) -> dict[int, Refund]:
    """Quote. Refunds as they stand; unknown ids are absent."""
    return await store.read_refunds(tx, refund_ids) if refund_ids else {}


async def settle(tx: Tx, answers: Sequence[Answered], keys: Mapping[int, dict[str, object]]) -> Ended:
    """Plan. Decide what channels say of refunds, in arrival order. `keys` (place, day) name the accounts, per order.

    What is done is booked; what failed may be sent again, and until then the money is still owed back.
    """
    known = await store.read_refunds(tx, {a.refund_id for a in answers})
    named = [(a.merchant, a.channel_event) for a in answers if a.channel_event]
    ended = rules.settle(answers, known, await store.read_seen(tx, named) if named else {})
    fresh = [
        (answer, known[answer.refund_id].tender_id if answer.refund_id in known else None, one)
        for answer, one in zip(answers, ended.judgements, strict=True)
        if answer.channel_event and not one.repeated
    ]
    if fresh:
        await store.write_notices(tx, fresh)
    if not ended.refunds:
        return ended
    if await store.move_refunds(tx, ended.refunds, ["requested", "sent"]) != len(ended.refunds):
        raise Again("a refund moved without its order's lock")
    await _add_refunded(tx, [refund for refund in ended.refunds if refund.state == "failed"], -1)
    done = [rules.refund_entry(refund, keys[refund.order_id]) for refund in ended.refunds if refund.state == "done"]
    if done:
        await ledger.post(tx, done)
    return ended


async def retry(tx: Tx, failed: Sequence[Refund]) -> list[Refund]:
    """Guard. Send refunds that failed once more. Raises NOT_RETRIABLE, and OVER_REFUND when the tender has given it back otherwise."""
    again = [msgspec.structs.replace(refund, state="requested") for refund in failed]
    if await store.move_refunds(tx, again, ["failed"]) != len(again):
        raise NOT_RETRIABLE("it is under way, or done")
    await _add_refunded(tx, again, 1)
    await jobs.enqueue(tx, [_sending(tx, refund) for refund in again])
    return again


async def _add_refunded(tx: Tx, refunds: Sequence[Refund], sign: int) -> None:
    amounts: dict[int, int] = {}
    for refund in refunds:
        amounts[refund.tender_id] = amounts.get(refund.tender_id, 0) + sign * refund.amount
    if amounts and await store.add_refunded(tx, amounts) != len(amounts):
        raise OVER_REFUND("the tender has not that much left")


def _sending(tx: Tx, refund: Refund) -> jobs.Job:
    task = SendRefund(
        refund.refund_id, refund.order_id, refund.tender_id, refund.merchant, refund.channel_ref or "", refund.amount, refund.currency
    )
    return jobs.job(tx, "refund.send", refund.refund_id, task)
