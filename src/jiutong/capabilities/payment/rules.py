"""Decisions of payment: what may be laid down, what a channel's message comes to, and which tender gives back what."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from jiutong import ledger
from jiutong.capabilities.payment.model import (
    MORE_THAN_OWED,
    OVER_REFUND,
    STORED,
    Answered,
    Ended,
    Judged,
    Judgement,
    Notice,
    Owed,
    Refund,
    Taken,
    Tender,
)
from jiutong.kernel.errors import Problem

UNSETTLED = frozenset({"started", "failed", "canceled"})
"""States in which money may still come: a channel that said no, or that we told to stop, can be overtaken by its own payer."""


def what_may_be_laid(wishes: Sequence[tuple[int, int | None, bool]], due: Mapping[int, int]) -> list[int | Problem]:
    """How much each tender takes, in arrival order: (order, amount or all that is due, taken at once).

    What is taken at once is no longer due to the next one; what a channel still has to collect is, since it may fail.
    """
    left = dict(due)
    laid: list[int | Problem] = []
    for order_id, asked, at_once in wishes:
        open_ = left[order_id]
        amount = open_ if asked is None else asked
        if amount > open_ or amount == 0:
            laid.append(MORE_THAN_OWED(f"{open_} is still to be paid", pointer="/amount_minor", due_minor=open_))
            continue
        if at_once:
            left[order_id] = open_ - amount
        laid.append(amount)
    return laid


def judge(
    notices: Sequence[Notice],
    tenders: Mapping[int, Tender],
    seen: Mapping[tuple[str, str], Judgement],
    payers: Mapping[tuple[str, str], int],
    due: Mapping[int, int],
) -> Judged:
    """Decide notices in arrival order.

    `seen` are messages judged before, `payers` which tender each channel transaction has paid, `due` what each open order
    still owes (absent: closed). The money decides, not our note of the attempt: a tender that failed or was canceled and is
    paid after all is paid.
    """
    states, told, paid_by, left = dict(tenders), dict(seen), dict(payers), dict(due)
    judged = Judged([], [], [], [])
    for notice in notices:
        message = (notice.merchant, notice.channel_event)
        before = told.get(message)
        if before is not None:
            same = before.verdict == "rejected"
            judged.judgements.append(Judgement("rejected" if same else "duplicate", before.detail if same else "", repeated=True))
            continue
        tender = states.get(notice.tender_id)
        verdict = _judged(notice, tender, paid_by.get((notice.merchant, notice.channel_ref)), left)
        told[message] = verdict
        judged.judgements.append(verdict)
        if tender is None or verdict.verdict not in {"captured", "late", "failed"}:
            continue
        ref = tender.channel_ref if verdict.verdict == "failed" else notice.channel_ref
        states[tender.tender_id] = changed = msgspec.structs.replace(tender, state=verdict.verdict, channel_ref=ref)
        if verdict.verdict == "failed":
            judged.failed.append(changed)
            continue
        paid_by[notice.merchant, notice.channel_ref] = tender.tender_id
        judged.failed[:] = [t for t in judged.failed if t.tender_id != tender.tender_id]
        if verdict.verdict == "captured":
            left[tender.order_id] -= tender.amount
            judged.captured.append(changed)
        else:
            judged.late.append(changed)
    return judged


def _judged(notice: Notice, tender: Tender | None, payer: int | None, due: Mapping[int, int]) -> Judgement:
    if tender is None:
        return Judgement("rejected", "there is no such payment")
    for word, told, ours in (
        ("merchant", notice.merchant, tender.merchant),
        ("order", notice.order_id, tender.order_id),
        ("amount", notice.amount, tender.amount),
        ("currency", notice.currency, tender.currency),
    ):
        if told != ours:
            return Judgement("rejected", f"{word} differs")
    if payer is not None and payer != tender.tender_id:
        return Judgement("rejected", "that transaction has paid something else")
    if tender.state not in UNSETTLED:
        if notice.outcome == "captured" and tender.channel_ref != notice.channel_ref:
            return Judgement("rejected", "another transaction has paid this before")
        return Judgement("duplicate")
    if notice.outcome == "failed":
        return Judgement("failed") if tender.state == "started" else Judgement("duplicate")
    if due.get(tender.order_id, 0) >= tender.amount:
        return Judgement("captured")
    return Judgement("late", "the order no longer takes it")


def split(wishes: Sequence[Owed], tenders: Sequence[Tender]) -> list[list[tuple[Tender, int]]]:
    """Which tender gives back how much for each wish: money goes back where it came from, to cards first, then latest capture first.

    Raises OVER_REFUND when an order's tenders have not that much left.
    """
    left = {t.tender_id: t.left for t in tenders}
    by_order: dict[int, list[Tender]] = {}
    for tender in sorted(tenders, key=lambda t: (t.method == STORED, t.settled_at or t.started_at, t.tender_id), reverse=True):
        by_order.setdefault(tender.order_id, []).append(tender)
    parts: list[list[tuple[Tender, int]]] = []
    for wish in wishes:
        mine: list[tuple[Tender, int]] = []
        rest = wish.amount
        for tender in by_order.get(wish.order_id, ()):
            if tender.tender_id != wish.tender_id if wish.tender_id is not None else tender.state != "captured":
                continue
            part = min(rest, left[tender.tender_id])
            if part:
                left[tender.tender_id] -= part
                rest -= part
                mine.append((tender, part))
        if rest:
            raise OVER_REFUND(f"{rest} more than the tenders still hold", over_minor=rest)
        parts.append(mine)
    return parts


def settle(answers: Sequence[Answered], refunds: Mapping[int, Refund], seen: Mapping[tuple[str, str], Judgement]) -> Ended:
    """Decide what channels say of refunds, in arrival order. What fits no refund under way changes nothing."""
    states, told = dict(refunds), dict(seen)
    ended = Ended([], [])
    for answer in answers:
        message = (answer.merchant, answer.channel_event)
        if answer.channel_event and message in told:
            ended.judgements.append(Judgement("duplicate", repeated=True))
            continue
        refund = states.get(answer.refund_id)
        told[message] = verdict = _settled(answer, refund)
        ended.judgements.append(verdict)
        if refund is None or (verdict.verdict not in {"refunded", "failed"} and not _noted(answer, refund)):
            continue
        state = "sent" if answer.done is None else "done" if answer.done else "failed"
        states[refund.refund_id] = moved = msgspec.structs.replace(refund, state=state, channel_ref=answer.channel_ref)
        ended.refunds[:] = [*(r for r in ended.refunds if r.refund_id != refund.refund_id), moved]
    return ended


def _settled(answer: Answered, refund: Refund | None) -> Judgement:
    if refund is None:
        return Judgement("rejected", "there is no such refund")
    if (answer.merchant, answer.amount, answer.currency) != (refund.merchant, refund.amount, refund.currency):
        return Judgement("rejected", "merchant, amount or currency differs")
    if refund.state not in {"requested", "sent"} or answer.done is None:
        return Judgement("duplicate")
    return Judgement("refunded" if answer.done else "failed")


def _noted(answer: Answered, refund: Refund) -> bool:
    return answer.done is None and refund.state == "requested"


def capture_entry(tender: Tender | Taken, event: str, entry_id: int, keys: Mapping[str, object]) -> ledger.Entry:
    """What it books when money comes in (payment.captured, payment.late), or is put to its order after all (payment.applied)."""
    legs = ledger.leg(event, "amount", tender.amount, tender.currency, {**keys, "method": tender.method})
    return ledger.Entry(entry_id, event, tender.order_id, legs)


def refund_entry(refund: Refund, keys: Mapping[str, object]) -> ledger.Entry:
    """What it books when money has gone back: out of what was owed back, or out of what was never put to an order."""
    event = "payment.returned" if refund.late else "payment.refunded"
    word = "amount" if refund.shift_id is None else "drawer"
    legs = ledger.leg(event, word, refund.amount, refund.currency, {**keys, "method": refund.method, "shift": refund.shift_id})
    return ledger.Entry(refund.refund_id, event, refund.order_id, legs)


def done_by_order(refunds: Iterable[Refund]) -> dict[int, int]:
    """What has gone back per order, of money that had been put to it."""
    back: dict[int, int] = {}
    for refund in refunds:
        if refund.state == "done" and not refund.late:
            back[refund.order_id] = back.get(refund.order_id, 0) + refund.amount
    return back


def sums(tenders: Iterable[Tender | Taken]) -> dict[int, int]:
    """The tenders' amounts per order."""
    by_order: dict[int, int] = {}
    for tender in tenders:
        by_order[tender.order_id] = by_order.get(tender.order_id, 0) + tender.amount
    return by_order
