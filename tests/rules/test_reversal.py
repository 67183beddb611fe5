"""The law of reversal: however an order is taken apart, unit by unit and in any order, it comes to exactly what it was."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities.order import Adjustment, Line, Share, canceling_share, returning_share, share, shipping_share

MINOR_MAX = 10**12


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A placed line: any quantity, any amounts, any adjustments by anybody, tax contained or on top."""
    quantity = draw(st.integers(1, 60))
    gross = draw(st.integers(0, draw(st.sampled_from((3, 100, 10_000, MINOR_MAX)))))
    adjustments: list[Adjustment] = []
    left = gross
    for no in range(draw(st.integers(0, 4))):
        amount = draw(st.integers(0, left))
        if amount:
            left -= amount
            adjustments.append(Adjustment(1, "line", f"rule {no}", draw(st.sampled_from(("seller", "brewer"))), amount))
    tax = draw(st.integers(0, max(left, 1)))
    on_top = draw(st.booleans())
    payable = left + (tax if on_top else 0)
    return Line(1, 1, 1, 1, 1, 1, quantity, gross, gross - left, tax, payable, 0, 0, 0, tuple(adjustments))


@st.composite
def happenings(draw: st.DrawFn) -> tuple[Line, list[tuple[str, int]]]:
    """A line, and what happens to it until every unit is canceled, or shipped and returned."""
    line = draw(lines())
    steps: list[tuple[str, int]] = []
    open_, sold = line.quantity, 0
    while open_ or sold:
        what = draw(st.sampled_from([*(["ship", "cancel"] if open_ else []), *(["return"] if sold else [])]))
        units = draw(st.integers(1, sold if what == "return" else open_))
        open_ -= units if what != "return" else 0
        sold += units if what == "ship" else -units if what == "return" else 0
        steps.append((what, units))
    return line, steps


def totals(shares: Sequence[Share]) -> tuple[int, int, int, dict[tuple[str, str], int]]:
    """Net, tax, payable, and each adjustment of some shares together."""
    taken: dict[tuple[str, str], int] = {}
    for one in shares:
        for a in one.adjustments:
            taken[a.rule, a.funder] = taken.get((a.rule, a.funder), 0) + a.amount
    return sum(s.net for s in shares), sum(s.tax for s in shares), sum(s.payable for s in shares), taken


def never_negative(carried: Share) -> bool:
    return min(carried.net, carried.tax, carried.payable, *(a.amount for a in carried.adjustments)) >= 0


def unfold(line: Line, steps: Sequence[tuple[str, int]]) -> dict[str, list[Share]]:
    """What each step carries, by kind of step."""
    carried: dict[str, list[Share]] = {"ship": [], "cancel": [], "return": []}
    for what, units in steps:
        match what:
            case "ship":
                carried[what].append(shipping_share(line, units))
                line = msgspec.structs.replace(line, shipped=line.shipped + units)
            case "cancel":
                carried[what].append(canceling_share(line, units))
                line = msgspec.structs.replace(line, canceled=line.canceled + units)
            case _:
                carried[what].append(returning_share(line, units))
                line = msgspec.structs.replace(line, returned=line.returned + units)
    return carried


@given(happenings())
def test_any_sequence_ends_where_one_full_reversal_does(happening: tuple[Line, list[tuple[str, int]]]) -> None:
    line, steps = happening
    carried = unfold(line, steps)
    whole = totals([share(line, 0, line.quantity)])
    assert totals(carried["cancel"] + carried["return"]) == whole
    assert totals(carried["cancel"] + carried["ship"]) == whole
    assert totals(carried["return"]) == totals(carried["ship"])


@given(happenings())
def test_no_step_carries_less_than_nothing(happening: tuple[Line, list[tuple[str, int]]]) -> None:
    carried = unfold(*happening)
    assert all(never_negative(one) for shares in carried.values() for one in shares)


@given(lines(), st.data())
def test_a_share_depends_on_its_units_alone(line: Line, draw: st.DataObject) -> None:
    """Two ways to the same units carry the same: one parcel of five is a parcel of two and one of three."""
    units = draw.draw(st.integers(1, line.quantity))
    cut = draw.draw(st.integers(0, units))
    parts = [share(line, 0, cut), share(line, cut, units - cut)]
    assert totals(parts) == totals([share(line, 0, units)])


@given(lines())
def test_the_whole_line_carries_what_is_on_it(line: Line) -> None:
    whole = share(line, 0, line.quantity)
    assert (whole.net, whole.tax, whole.payable, whole.gross) == (line.gross - line.discount, line.tax, line.payable, line.gross)
    assert whole.adjustments == line.adjustments
