"""Decisions of a store: who may sell, what a receipt's place in its chain tells, and what a drawer comes to at its close."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from jiutong import ledger
from jiutong.capabilities.store.model import (
    CASH,
    MOVEMENT_REASONS,
    NO_SHIFT,
    NOT_COUNTED,
    SHIFT_CLOSED,
    SHIFT_COUNTED,
    TWICE,
    UNEXPLAINED,
    UNKNOWN_REASON,
    VARIANCE_REASONS,
    Attendance,
    CashMoved,
    Chained,
    Closing,
    Counts,
    DrawerLine,
    Explained,
    Link,
    Moved,
    MovementReason,
    NewShift,
    Noted,
    Policy,
    Report,
    Shift,
    TenderCount,
    Totals,
)
from jiutong.kernel.errors import INVALID, Problem


class Scanned(Protocol):
    """What a chain needs to know of a line of a receipt."""

    @property
    def sku(self) -> str:
        """What was scanned."""
        ...

    @property
    def quantity(self) -> int:
        """Base units."""
        ...

    @property
    def amount_minor(self) -> int | None:
        """What was charged before anything was taken off."""
        ...


class Laid(Protocol):
    """What a chain needs to know of a tender of a receipt."""

    @property
    def method(self) -> str:
        """cash, card, …"""
        ...

    @property
    def amount_minor(self) -> int:
        """Net of change."""
        ...


def fingerprint(chain: Chained, named: str, rung_at: datetime, lines: Sequence[Scanned], tenders: Sequence[Laid]) -> str:
    """The hash the next receipt of the till names: SHA-256 of a text both sides write alike (docs/till.md).

    `named` is store/device/receipt number.
    """
    text = "\n".join(
        (
            chain.prev_hash,
            str(chain.seq),
            named,
            str(round(rung_at.timestamp() * 1000)),
            ";".join(f"{one.sku}*{one.quantity}={'' if one.amount_minor is None else one.amount_minor}" for one in lines),
            ";".join(f"{one.method}={one.amount_minor}" for one in tenders),
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_sale(till: Attendance, chained: bool) -> Problem | None:
    """The refusal of a sale without a drawer. A chained receipt is never refused for that: its goods have left."""
    if chained or till.shift_id is not None or not till.policy.shifts_required:
        return None
    return SHIFT_COUNTED("close the shift, or reopen it", pointer="/device") if till.counted else NO_SHIFT("no drawer", pointer="/device")


def hours_back(at: datetime, policy: Policy) -> datetime:
    """The oldest instant whose prices a receipt of `at` may still name."""
    return at - timedelta(hours=policy.offline_hours_max)


def lasts_until(now: datetime, policy: Policy) -> datetime:
    """How long a till may go on without us."""
    return now + timedelta(hours=policy.offline_hours_max)


def noted_of(links: Sequence[Link], known: Mapping[int, Sequence[Link]], tills: Mapping[int, Attendance], now: datetime) -> list[Noted]:
    """What is to be noted of receipts that join their chains. `known` are neighbors already there, per device."""
    heads = {device_id: {one.chain.seq: one for one in there} for device_id, there in known.items()}
    offline: dict[int, tuple[int, int]] = {}
    notes: list[Noted] = []
    for link in sorted(links, key=lambda one: (one.device_id, one.chain.seq)):
        there = heads.setdefault(link.device_id, {})
        notes += _chain_notes(link, there)
        there.setdefault(link.chain.seq, link)
        policy = tills[link.device_id].policy
        if link.chain.offline:
            count, amount = offline.get(link.device_id, (0, 0))
            offline[link.device_id] = count, amount = count + 1, amount + link.total
            if count > policy.offline_count_max or amount > policy.offline_amount_max:
                notes.append(_note(link, "caps", f"{count} receipts of {amount} in one sync, offline"))
            if link.rung_at < hours_back(now, policy):
                notes.append(_note(link, "late", f"rung up more than {policy.offline_hours_max} hours ago"))
        if link.shift_id is None and policy.shifts_required:
            notes.append(_note(link, "no_shift", "its drawer was not open when it came in"))
    return notes


def filling(links: Sequence[Link], known: Mapping[int, Sequence[Link]]) -> list[tuple[int, int]]:
    """The places (device, number) that come in after their successors."""
    there = {(one.device_id, one.chain.seq) for mine in known.values() for one in mine}
    return [(one.device_id, one.chain.seq) for one in links if (one.device_id, one.chain.seq + 1) in there]


def _chain_notes(link: Link, there: Mapping[int, Link]) -> list[Noted]:
    twin, before = there.get(link.chain.seq), there.get(link.chain.seq - 1)
    if twin is not None:
        return [_note(link, "fork", f"receipt {twin.receipt_no} has the same place {link.chain.seq}")]
    if link.chain.restart:
        return [_note(link, "restart", f"the till was set up anew before place {link.chain.seq}")]
    if before is None:
        return [] if link.chain.seq == 1 else [_note(link, "gap", f"place {link.chain.seq - 1} is not here")]
    if before.hash != link.chain.prev_hash:
        return [_note(link, "fork", f"it does not follow receipt {before.receipt_no} as we know it")]
    return []


def _note(link: Link, kind: str, detail: str) -> Noted:
    return Noted(link.store_id, link.device_id, kind, link.receipt_no, detail, link.order_id)  # type: ignore[arg-type]


def movement_reason(what: Moved) -> MovementReason | Problem:
    """The published reason; one that says nothing needs words."""
    reason = MOVEMENT_REASONS.get((what.kind, what.reason))
    if reason is None:
        return UNKNOWN_REASON(f"{what.reason} is no reason for cash going {what.kind}", pointer="/reason")
    if reason.code == "other" and not what.note.strip():
        return INVALID("say what it was", pointer="/note")
    return reason


def counted_twice(what: Counts) -> Problem | None:
    """The refusal of a count that is none: a tender twice, no cash, or notes that do not make up the amount."""
    methods = [one.method for one in what.tenders]
    if len(set(methods)) != len(methods):
        return TWICE("name each tender once", pointer="/tenders")
    if CASH not in methods:
        return INVALID("count the cash, be it nothing", pointer="/tenders")
    for no, one in enumerate(what.tenders):
        if one.denominations and sum(d.face_minor * d.pieces for d in one.denominations) != one.counted_minor:
            return INVALID("the denominations do not make up the amount", pointer=f"/tenders/{no}/counted_minor")
        if one.method == CASH and one.counted_minor < 0:
            return INVALID("a drawer holds nothing or more", pointer=f"/tenders/{no}/counted_minor")
    return None


def drawer_prefix(shift_id: int) -> str:
    """What the codes of a shift's drawer accounts begin with."""
    return f"drawer:{shift_id}:"


def drawer_lines(
    moved: Sequence[ledger.MovedByRule], counts: Sequence[TenderCount] | None, reasons: Sequence[Explained] = ()
) -> tuple[DrawerLine, ...]:
    """A drawer by tender: what the ledger says came and went, and beside it what was counted. What was not counted is not there."""
    rules: dict[str, dict[str, int]] = {CASH: {}}
    for row in moved:
        mine = rules.setdefault(row.code.split(":", 2)[2].replace("%3A", ":").replace("%25", "%"), {})
        mine[row.rule] = mine.get(row.rule, 0) + row.given - row.taken
    counted = {one.method: one.counted_minor for one in counts or ()}
    why = {one.method: " · ".join(part for part in (one.reason, one.note.strip()) if part) for one in reasons}
    lines: list[DrawerLine] = []
    for method in sorted({*rules, *counted}, key=lambda m: (m != CASH, m)):
        mine = rules.get(method, {})
        expected = sum(amount for rule, amount in mine.items() if rule != "shift.closed")
        found = None if counts is None else counted.get(method, 0)
        lines.append(
            DrawerLine(
                method,
                mine.get("shift.opened", 0),
                mine.get("sale.rung", 0),
                -mine.get("payment.refunded", 0),
                mine.get("drawer.paid_in", 0),
                -mine.get("drawer.paid_out", 0),
                expected,
                found,
                None if found is None else found - expected,
                why.get(method, ""),
            )
        )
    return tuple(lines)


def explained(lines: Sequence[DrawerLine], what: Closing) -> Problem | None:
    """The refusal of a close that leaves a difference unexplained, or explains one that is not there."""
    told = {one.method: (no, one) for no, one in enumerate(what.reasons)}
    for no, one in told.values():
        if one.reason not in VARIANCE_REASONS:
            return UNKNOWN_REASON(f"{one.reason} is not a published reason", pointer=f"/reasons/{no}/reason")
    open_ = [line for line in lines if line.variance and line.method not in told]
    if open_:
        facts = {line.method: line.variance for line in open_}
        return UNEXPLAINED("say why for each of them", pointer="/reasons", variances=facts)
    return None


def judge_close(shift: Shift | None) -> Problem | None:
    """The refusal to close what is closed, or not counted."""
    if shift is None or shift.closed_at is not None:
        return SHIFT_CLOSED("its Z report stands")
    return NOT_COUNTED("the count comes before the close") if shift.counted_at is None else None


def opening_entry(new: NewShift) -> ledger.Entry:
    """The float goes from the safe into the drawer."""
    legs = ledger.leg("shift.opened", "float", new.opening_float, new.currency, {"place": new.place, "shift": new.shift_id, "method": CASH})
    return ledger.Entry(new.shift_id, "shift.opened", new.shift_id, legs)


def movement_entry(moved: CashMoved, shift: Shift, books: str) -> ledger.Entry:
    """Cash goes into the drawer or out of it."""
    event = f"drawer.paid_{moved.kind}"
    keys = {"place": shift.store_id, "day": shift.business_day, "shift": shift.shift_id, "method": CASH, "reason": moved.reason}
    return ledger.Entry(moved.movement_id, event, shift.shift_id, ledger.leg(event, books, moved.amount, shift.currency, keys))


def closing_entry(entry_id: int, shift: Shift, lines: Sequence[DrawerLine]) -> ledger.Entry:
    """The drawer is emptied: differences are told apart, cash goes to the safe, the rest waits for its channels."""
    legs: tuple[ledger.Transfer, ...] = ()
    for line in lines:
        keys = {"place": shift.store_id, "day": shift.business_day, "shift": shift.shift_id, "method": line.method}
        counted, variance = line.counted or 0, line.variance or 0
        kept = "cash" if line.method == CASH else "counted"
        for word, amount in (("over", variance), ("short", -variance), (kept, counted), ("counted_back", -counted)):
            if amount > 0:
                legs += ledger.leg("shift.closed", word, amount, shift.currency, keys)
    return ledger.Entry(entry_id, "shift.closed", shift.shift_id, legs)


def report(
    shift: Shift, sold: Totals, moved: Sequence[ledger.MovedByRule], lines: tuple[DrawerLine, ...], made_at: datetime, closed: bool
) -> Report:
    """An X report, or the Z report of a shift that closes."""
    back = [row for row in moved if row.rule == "payment.refunded"]
    return Report(
        shift.shift_no,
        shift.shift_no if closed else None,
        shift.currency,
        shift.business_day,
        shift.opened_at,
        made_at,
        sold,
        sum(row.entries for row in back),
        sum(row.taken - row.given for row in back),
        lines,
    )
