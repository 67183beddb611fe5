"""Decisions of simulations: what many replayed orders add up to."""

from bisect import bisect_right
from collections.abc import Sequence

from jiutong.capabilities.simulation.model import (
    CHANGE_EDGES_BP,
    MOVERS_MAX,
    WHOLE_BP,
    GiftSum,
    Mover,
    NoteCount,
    Replayed,
    RuleSum,
    Span,
    Tally,
    Uptake,
)


def bucket(before: int, after: int) -> int:
    """The bar of the distribution an order stands in. An order that came to nothing and now to something stands in the last."""
    if before == after:
        return bisect_right(CHANGE_EDGES_BP, 0)
    if not before:
        return len(CHANGE_EDGES_BP)
    # Rounded away from zero: an order that changed at all is never counted among those that did not.
    change, size = after - before, abs(before)
    bp = -(-abs(change) * WHOLE_BP // size)
    return bisect_right(CHANGE_EDGES_BP, bp if change > 0 else -bp)


def tally(so_far: Tally, replayed: Sequence[Replayed]) -> Tally:
    """What these orders add to what was found so far; `so_far` becomes it."""
    for one in replayed:
        so_far.orders += 1
        if one.refused:
            so_far.refused[one.refused] = so_far.refused.get(one.refused, 0) + 1
            continue
        so_far.replayed += 1
        so_far.touched += one.before.owed != one.after.owed
        so_far.before = so_far.before.plus(one.before)
        so_far.after = so_far.after.plus(one.after)
        so_far.changes[bucket(one.before.net, one.after.net)] += 1
        _spread(so_far, one)
        _borne(so_far, one)
        _said(so_far, one)
        _used(so_far, one)
    so_far.movers = movers(so_far.movers, replayed)
    return so_far


def movers(known: Sequence[Mover], replayed: Sequence[Replayed]) -> list[Mover]:
    """The orders that change most, the largest change first; of equals the newer."""
    found = [
        *known,
        *(
            Mover(one.order_id, one.day, one.before.net, one.after.net, one.lines, one.taken)
            for one in replayed
            if not one.refused and one.before.net != one.after.net
        ),
    ]
    found.sort(key=lambda one: (-abs(one.after - one.before), -one.order_id))
    return found[:MOVERS_MAX]


def _spread(so_far: Tally, one: Replayed) -> None:
    """By day, place, level and category; an order stands in each category it has goods of."""
    before, after = one.before.net, one.after.net
    _count(so_far.days, str(one.day), before, after)
    _count(so_far.places, str(one.place), before, after)
    _count(so_far.levels, one.level, before, after)
    for category, was, becomes in one.categories:
        _count(so_far.categories, category, was, becomes)


def _count(spans: dict[str, Span], key: str, before: int, after: int) -> None:
    span = spans.get(key)
    if span is None:
        span = spans[key] = Span()
    span.orders += 1
    span.before += before
    span.after += after
    span.rose += after > before
    span.fell += after < before


def _borne(so_far: Tally, one: Replayed) -> None:
    """By who bears what is taken off."""
    sums: dict[str, tuple[int, int]] = {}
    for funder, amount in one.funders_before:
        before, after = sums.get(funder, (0, 0))
        sums[funder] = before + amount, after
    for _, funder, amount in one.rules_after:
        before, after = sums.get(funder, (0, 0))
        sums[funder] = before, after + amount
    for funder, (before, after) in sums.items():
        _count(so_far.funders, funder, before, after)


def _said(so_far: Tally, one: Replayed) -> None:
    applied: set[str] = set()
    for rule, _, amount in one.rules_after:
        sum_ = so_far.rules.setdefault(rule, RuleSum())
        sum_.amount += amount
        sum_.orders += rule not in applied
        applied.add(rule)
    for note in one.notes:
        count = so_far.notes.setdefault(f"{note.rule}\t{note.outcome}\t{note.why}\t{note.gap_unit}", NoteCount())
        count.orders += 1
        count.gap += note.gap
    for sku, before, after in one.gifts:
        units = so_far.gifts.setdefault(sku, GiftSum())
        units.before += before
        units.after += after


def _used(so_far: Tally, one: Replayed) -> None:
    """What is used of the drafts' limits. Those of single members are only counted, not told."""
    for use in one.used:
        taken = so_far.taken[use.account] = so_far.taken.get(use.account, 0) + use.amount
        if use.kind == "member_uses":
            continue
        found = so_far.uptake.setdefault(f"{use.name}\t{use.kind}", Uptake(use.cap))
        found.used += use.amount
        found.off += use.off
        found.orders += 1
        found.least = min(found.least or use.amount, use.amount)
        day = str(one.day)
        found.days[day] = found.days.get(day, 0) + use.amount
        if use.cap and not found.gone_on and use.cap - taken < found.least:
            found.gone_on = one.day
