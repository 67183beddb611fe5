"""The laws of withholding: what a refund is less by depends on the units that stay alone, never exceeds it, and comes back in the end."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities import promotion
from jiutong.capabilities.order import (
    Adjustment,
    Line,
    Units,
    Withheld,
    canceling_share,
    forgone,
    returning_share,
    stays,
    withheld_now,
)
from jiutong.capabilities.pricing import tax_of
from jiutong.kernel.money import allocate_capped

PIECE = SimpleNamespace(base_unit="piece")
RULE = "spend@1"
RATES = dict.fromkeys(range(1, 5), 825)


def version(
    measure: Literal["amount", "quantity"], rungs: Sequence[tuple[int, int]], every: bool = False, percent: bool = False
) -> promotion.Version:
    """A promotion measured again on returns: from so much on, so much off."""
    tiers = tuple(
        promotion.PromotionTier(least, promotion.PercentOff(off) if percent else promotion.AmountOff(off)) for least, off in rungs
    )
    funders = (promotion.PromotionFunder("seller", 6_000), promotion.PromotionFunder("brand", 4_000))
    terms = promotion.Terms(
        name="Spend", stage="order", currency="USD", measure=measure, every=every, tiers=tiers, funders=funders, returns="requalify"
    )
    return promotion.Version(1, "spend", 1, "ended", terms)


class Order(msgspec.Struct, frozen=True):
    """Lines as they were placed with a promotion, and what happens to them: (returned or canceled, line, units)."""

    version: promotion.Version
    lines: tuple[Line, ...]
    steps: tuple[tuple[bool, int, int], ...]


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Up to three lines with another discount below the promotion's, taken apart until nothing is left, shipped units and others."""
    on_top = draw(st.booleans())
    quantities = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    gross = [quantity * draw(st.integers(1, 3_000)) for quantity in quantities]
    before = [draw(st.integers(0, amount // 4)) for amount in gross]
    net = [amount - off for amount, off in zip(gross, before, strict=True)]
    least = draw(st.integers(1, max(sum(net), 1)))
    every = draw(st.booleans())
    one = version("amount", [(least, draw(st.integers(1, least)))], every)
    off = taken(one, quantities, gross, net)
    shipped = [draw(st.integers(0, quantity)) for quantity in quantities]
    lines: list[Line] = []
    for no, quantity in enumerate(quantities, 1):
        mine = off[no - 1]
        seller = mine * 6 // 10
        adjustments = [Adjustment(no, "activity", "hand@1", "seller", before[no - 1])] if before[no - 1] else []
        adjustments += [Adjustment(no, "order", RULE, who, part) for who, part in (("seller", seller), ("brand", mine - seller)) if part]
        left = net[no - 1] - mine
        tax = tax_of(left, RATES[no], not on_top)
        paid = left + (tax if on_top else 0)
        lines.append(
            Line(1, no, no, 1, 1, 1, quantity, gross[no - 1], before[no - 1] + mine, tax, paid, shipped[no - 1], 0, 0, tuple(adjustments))
        )
    moves = [(True, no, 1) for no, much in enumerate(shipped, 1) for _ in range(much)]
    moves += [(False, no, 1) for no, much in enumerate(shipped, 1) for _ in range(quantities[no - 1] - much)]
    return Order(one, tuple(lines), tuple(draw(st.permutations(moves))))


def taken(one: promotion.Version, quantities: Sequence[int], gross: Sequence[int], net: Sequence[int]) -> list[int]:
    """What the promotion takes off the lines as they are placed."""
    ruleset = promotion.Ruleset([msgspec.structs.replace(one, state="published")])
    unsaid: dict[str, object] = {"title": "", "brand": "", "categories": (), "attributes": {}, "weight_g": 0, "base_unit": "piece"}
    goods = [SimpleNamespace(sku_id=no, code=str(no), **unsaid) for no in range(len(net))]
    items = [
        msgspec.structs.replace(promotion.item(no, good, quantity, 1, amount), net=left)
        for no, (good, quantity, amount, left) in enumerate(zip(goods, quantities, gross, net, strict=True), 1)
    ]
    context = promotion.Context(at=datetime(2026, 11, 22, tzinfo=UTC), weekday=1, minute=0, currency="USD")
    off = dict.fromkeys(range(1, len(net) + 1), 0)
    for part in promotion.best(items, ruleset, context).offs:
        off[part.line_no] += part.amount
    return list(off.values())


def wanted(order: Order, lines: Sequence[Line], units: Sequence[Units], returned: bool) -> tuple[list[Withheld], int, int]:
    """What is to be withheld once these units are gone; what stays keeps of the promotion, and what it would have had alone."""
    staying = stays(lines, units, returned=returned)
    told = [
        promotion.Staying(
            one.line.line_no, PIECE, one.units, one.share.gross, one.left_before("order"), one.left_before("order"),
            one.taken_off_by(RULE),
        )
        for one in staying
    ]  # fmt: skip
    lost = promotion.lost(order.version, told)
    return forgone(7, staying, {RULE: lost}, RATES, tax_of), sum(one.kept for one in told), lost


def summed(rows: Sequence[Withheld]) -> dict[tuple[int, str], tuple[int, int, int]]:
    sums: dict[tuple[int, str], tuple[int, int, int]] = {}
    for one in rows:
        was = sums.get((one.line_no, one.funder), (0, 0, 0))
        sums[one.line_no, one.funder] = (was[0] + one.amount, was[1] + one.tax, was[2] + one.payable)
    return {key: amounts for key, amounts in sums.items() if any(amounts)}


def moved(line: Line, returned: bool, units: int) -> Line:
    return msgspec.structs.replace(
        line, returned=line.returned + (units if returned else 0), canceled=line.canceled + (0 if returned else units)
    )


@given(orders())
def test_it_never_exceeds_the_refund_and_ends_at_nothing(order: Order) -> None:
    lines = list(order.lines)
    so_far: list[Withheld] = []
    went = 0
    for returned, no, units in order.steps:
        line = lines[no - 1]
        share = returning_share(line, units) if returned else canceling_share(line, units)
        want, _, _ = wanted(order, lines, [Units(1, no, units)], returned)
        now = withheld_now(7, want, collapsed(so_far), share.payable)
        assert sum(one.payable for one in now) <= share.payable, "no refund is below nothing"
        so_far += now
        assert all(min(amounts) >= 0 for amounts in summed(so_far).values()), "no more is let go than was withheld"
        went += share.payable - sum(one.payable for one in now)
        lines[no - 1] = moved(line, returned, units)
    assert summed(so_far) == {}
    assert went == sum(line.payable for line in order.lines)


@given(orders())
def test_where_the_refund_bears_it_what_stays_has_what_it_would_have_had_alone(order: Order) -> None:
    lines = list(order.lines)
    for returned, no, units in order.steps:
        want, kept, lost = wanted(order, lines, [Units(1, no, units)], returned)
        assert 0 <= lost <= kept
        assert sum(one.amount for one in want) == lost
        assert summed(withheld_now(7, want, [], 10**12)) == summed(want)
        lines[no - 1] = moved(lines[no - 1], returned, units)


def collapsed(rows: Sequence[Withheld]) -> list[Withheld]:
    """What was withheld by now, one row for each line and funder."""
    return [Withheld(1, 0, no, "requalify", RULE, who, *amounts) for (no, who), amounts in summed(rows).items()]


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 40), st.booleans()), min_size=1, max_size=5), st.integers(0, 3_000))
def test_what_a_small_refund_cannot_bear_is_shared(parts: list[tuple[int, int, bool]], room: int) -> None:
    want = [
        Withheld(1, 7, no, "requalify", RULE, "seller", amount, tax, amount + (tax if on_top else 0))
        for no, (amount, tax, on_top) in enumerate(parts, 1)
    ]
    now = withheld_now(7, want, [], room)
    shares, _ = allocate_capped(room, [one.payable for one in want])
    assert [one.payable for one in now] == [share for share in shares if share]
    by_line: Mapping[int, Withheld] = {one.line_no: one for one in want}
    for one in now:
        whole = by_line[one.line_no]
        assert 0 <= one.tax <= whole.tax
        assert one.payable == one.amount + (one.tax if whole.payable > whole.amount else 0)


TEA = Adjustment(1, "order", RULE, "seller", 1_000)


@pytest.mark.parametrize(("back", "lost"), [(0, 0), (1, 0), (2, 667), (5, 167), (6, 0)])
def test_six_for_a_threshold_of_five(back: int, lost: int) -> None:
    """Six of 20.00 less 10.00 from 100.00 on: five still reach it; four keep 6.67 off and are due nothing."""
    line = Line(1, 1, 1, 1, 1, 1, 6, 12_000, 1_000, 0, 11_000, 6, 0, 0, (TEA,))
    order = Order(version("amount", [(10_000, 1_000)]), (line,), ())
    assert wanted(order, [line], [Units(1, 1, back)], True)[2] == lost


@pytest.mark.parametrize(("back", "lost"), [(1, 250), (2, 200), (3, 600), (4, 400)])
def test_a_ladder_by_pieces_in_per_cent(back: int, lost: int) -> None:
    """Six of 10.00, 20 % off from six on, 15 % from four on: five keep 10.00 and are due 7.50, and so on."""
    twelve = Adjustment(1, "order", RULE, "seller", 1_200)
    line = Line(1, 1, 1, 1, 1, 1, 6, 6_000, 1_200, 0, 4_800, 6, 0, 0, (twelve,))
    order = Order(version("quantity", [(4, 1_500), (6, 2_000)], percent=True), (line,), ())
    assert wanted(order, [line], [Units(1, 1, back)], True)[2] == lost
