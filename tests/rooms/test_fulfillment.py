"""Laws of fulfillment: whatever is picked, shipped and canceled in whatever order, the counters and the state agree."""

from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities.fulfillment import MAY, Parcel, Pick, Work, WorkLine
from jiutong.capabilities.fulfillment.rules import work as rules
from jiutong.kernel.errors import Problem

ACTS = st.lists(st.tuples(st.sampled_from(["pick", "short", "ship", "cancel"]), st.integers(1, 2), st.integers(0, 6)), max_size=14)


class OpenLine:
    """An order's line with so many open units."""

    def __init__(self, line_id: int, location_id: int, units: int) -> None:
        self.line_id = line_id
        self.sku_id = 100 + line_id
        self.location_id = location_id
        self.open = units


def act(work: Work, what: str, line_id: int, units: int) -> Work | Problem:
    match what:
        case "pick" | "short":
            return rules.picked(work, Pick(work.work_id, {line_id: units} if units else {}, what == "short"))
        case "ship":
            return rules.shipped(work, Parcel(1, work.order_id, work.work_id, "", "", {line_id: units} if units else {}))
        case _:
            changed = rules.trimmed([work], {line_id: units})
            return changed[0] if changed else work


@given(st.integers(1, 6), st.integers(1, 6), ACTS)
def test_the_state_of_a_work_is_what_its_counters_say(tea: int, rice: int, acts: list[tuple[str, int, int]]) -> None:
    work = Work(1, 2, 3, "released", (WorkLine(1, 101, tea), WorkLine(2, 102, rice)))
    for what, line_id, units in acts:
        before = work
        after = act(work, what, line_id, units)
        allowed = MAY["pick" if what == "short" else what]
        if isinstance(after, Problem):
            continue
        assert before.state in allowed or after is before
        work = after
        for line, was in zip(work.lines, before.lines, strict=True):
            assert 0 <= line.shipped <= line.picked <= line.quantity - line.canceled
            assert (line.shipped, line.canceled) >= (was.shipped, was.canceled)
        wanted = sum(line.quantity - line.canceled for line in work.lines)
        sent = sum(line.shipped for line in work.lines)
        assert (work.state == "canceled") == (wanted == 0)
        assert (work.state == "shipped") == (wanted == sent > 0)
    assert rules.trimmed([work], {line.line_id: line.to_ship for line in work.lines}) == []


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5)), min_size=1, max_size=5), st.integers(0, 3))
def test_release_asks_for_what_is_open_and_under_way_nowhere(wanted: list[tuple[int, int]], under_way: int) -> None:
    lines = [OpenLine(i, location_id, units) for i, (location_id, units) in enumerate(wanted)]
    standing = [Work(1, 2, 3, "released", tuple(WorkLine(line.line_id, line.sku_id, under_way) for line in lines if under_way))]
    asked = rules.unreleased(lines, standing)
    sums = {line_id: one.quantity for parts in asked.values() for line_id, one in parts.items()}
    assert sums == {line.line_id: line.open - under_way for line in lines if line.open > under_way}
    assert {line_id: location for location, parts in asked.items() for line_id in parts} == {
        line.line_id: line.location_id for line in lines if line.open > under_way
    }


def test_what_was_released_last_is_given_up_first() -> None:
    early, late = (Work(id_, 2, 3, "released", (WorkLine(1, 101, 4),)) for id_ in (1, 2))
    (changed,) = rules.trimmed([early, late], {1: 6})
    assert (changed.work_id, changed.lines) == (2, (WorkLine(1, 101, 4, canceled=2),))
    both = rules.trimmed([early, late], {1: 3})
    assert [(work.work_id, work.state, work.lines[0].canceled) for work in both] == [(1, "released", 1), (2, "canceled", 4)]


def test_another_orders_lines_are_left_alone() -> None:
    work = Work(1, 2, 3, "released", (WorkLine(1, 101, 4),))
    assert rules.trimmed([work], {9: 0}) == []
