"""Decisions of simulations: what many replayed orders add up to."""

from bisect import bisect_right
from collections.abc import Sequence

from jiutong.capabilities.simulation.model import (
    CHANGE_EDGES_BP,
    MOVERS_MAX,
    Mover,
    NoteCount,
    Replayed,
    RuleSum,
    SalesSums,
    Span,
    Tally,
)

WHOLE_BP = 10_000


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
        so_far.touched += one.before != one.after
        so_far.before = _plus(so_far.before, one.before)
        so_far.after = _plus(so_far.after, one.after)
        so_far.changes[bucket(one.before.net, one.after.net)] += 1
        _spread(so_far, one)
        _said(so_far, one)
    so_far.movers = movers(so_far.movers, replayed)
    return so_far


def movers(known: Sequence[Mover], replayed: Sequence[Replayed]) -> list[Mover]:
    """The orders that change most, the largest change first; of equals the newer."""
    found = [
        *known,
        *(
            Mover(one.order_id, one.day, one.before.net, one.after.net, one.lines)
            for one in replayed
            if not one.refused and one.before.net != one.after.net
        ),
    ]
    found.sort(key=lambda one: (-abs(one.after - one.before), -one.order_id))
    return found[:MOVERS_MAX]


def _spread(so_far: Tally, one: Replayed) -> None:
    for spans, key in ((so_far.days, str(one.day)), (so_far.places, str(one.place))):
        span = spans.setdefault(key, Span())
        span.orders += 1
        span.before += one.before.net
        span.after += one.after.net
    seen: set[str] = set()
    for funder, amount in one.funders_before:
        _of(so_far, funder, seen).before += amount
    for _, funder, amount in one.rules_after:
        _of(so_far, funder, seen).after += amount


def _of(so_far: Tally, funder: str, seen: set[str]) -> Span:
    span = so_far.funders.setdefault(funder, Span())
    if funder not in seen:
        seen.add(funder)
        span.orders += 1
    return span


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
    for kind, amount in one.claims:
        so_far.claims[kind] = so_far.claims.get(kind, 0) + amount


def _plus(one: SalesSums, more: SalesSums) -> SalesSums:
    return SalesSums(one.gross + more.gross, one.discount + more.discount, one.total + more.total)
