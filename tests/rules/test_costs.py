"""Laws of costs and margins: what goods cost, whose cost it is, and the least that leaves a margin over it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities import pricing
from jiutong.capabilities.pricing import EVER, FOREVER, Cost, Place, PriceFacts, PriceRow, ScopeKey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = Place("CNY", 7, 3, 5, "US/CA/Fresno")


def row(code: str, amount: int, **more: object) -> PriceRow:
    known: dict[str, object] = {"per": 1, "min_quantity": 1, "valid_from": EVER, "valid_to": FOREVER, **more}
    return PriceRow(price_id=1, list_code=code, amount=amount, **known)  # pyrefly: ignore


def facts(costs: dict[ScopeKey, tuple[PriceRow, ...]], floors: dict[ScopeKey, tuple[PriceRow, ...]] | None = None) -> PriceFacts:
    return PriceFacts(1, EVER, {("base", 0, "CNY"): (row("sold", 1000),)}, {}, floors or {}, costs=costs)


LADDER: list[ScopeKey] = [
    ("store", 3, "CNY"), ("channel", 7, "CNY"), ("seller", 5, "CNY"), ("region", "US/CA/Fresno", "CNY"), ("region", "US/CA", "CNY"),
    ("region", "US", "CNY"), ("base", 0, "CNY"),
]  # fmt: skip


@pytest.mark.parametrize("least", range(len(LADDER)))
def test_the_nearest_cost_is_the_cost(least: int) -> None:
    known = facts({scope: (row(str(no), 100 + no),) for no, scope in enumerate(LADDER) if no >= least})
    found = pricing.cost(known, HERE, 1, NOW)
    assert found is not None
    assert (found.kind, found.list_code, found.amount) == (LADDER[least][0], str(least), 100 + least)


@pytest.mark.parametrize(
    "strange",
    [("base", 0, "USD"), ("store", 4, "CNY"), ("channel", 8, "CNY"), ("seller", 6, "CNY"), ("region", "US/NY", "CNY"), ("group", 5, "CNY")],
)
def test_a_cost_of_somewhere_else_is_not_known_and_is_no_cost_of_nothing(strange: ScopeKey) -> None:
    known = facts({strange: (row("other", 1, margin_bp=9999),)})
    assert pricing.cost(known, HERE, 1, NOW) is None
    assert pricing.floor(known, 7, 3, "CNY", 1, NOW, pricing.For("US/CA/Fresno"), 5) == 0


def test_costs_begin_and_end_and_have_breaks() -> None:
    rows = (row("c", 700, min_quantity=10), row("c", 800, valid_from=NOW - timedelta(days=2), valid_to=NOW))
    known = facts({("base", 0, "CNY"): rows})
    before = NOW - timedelta(microseconds=1)
    told = [pricing.cost(known, Place("CNY"), much, at) for much, at in ((9, before), (10, before), (9, NOW), (10, NOW))]
    assert [one and one.amount for one in told] == [800, 700, None, 700]


def test_nothing_is_sold_by_what_it_costs() -> None:
    known = PriceFacts(1, EVER, {}, {}, costs={("base", 0, "CNY"): (row("c", 700),)})
    assert pricing.resolve(known, 7, 3, "CNY", 1, NOW) is None
    assert pricing.trace(known, 7, 3, "CNY", 1, NOW).candidates == ()


def test_the_higher_of_floor_and_cost_with_margin_counts() -> None:
    base: ScopeKey = ("base", 0, "CNY")
    asked = (7, 3, "CNY", 3, NOW)
    assert pricing.floor(facts({base: (row("c", 800),)}), *asked) == 0
    assert pricing.floor(facts({base: (row("c", 800, margin_bp=0),)}), *asked) == 2400
    assert pricing.floor(facts({base: (row("c", 800, margin_bp=2000),)}), *asked) == 3000
    assert pricing.floor(facts({base: (row("c", 800, margin_bp=2000),)}, {base: (row("f", 999),)}), *asked) == 3000
    assert pricing.floor(facts({base: (row("c", 800, margin_bp=2000),)}, {base: (row("f", 1001),)}), *asked) == 3003


@given(st.integers(0, 10**7), st.sampled_from([1, 3, 12, 1000]), st.integers(0, 9_999), st.integers(1, 10_000))
def test_the_least_leaves_the_margin_and_a_cent_less_does_not(amount: int, per: int, margin_bp: int, quantity: int) -> None:
    least = pricing.with_margin(Cost(1, "c", "base", amount, per, margin_bp), quantity)
    costs = Fraction(amount * quantity, per)
    assert (least - costs) * 10_000 >= least * margin_bp
    assert least == 0 or (least - 1 - costs) * 10_000 < (least - 1) * margin_bp


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_a_margin_is_of_what_goods_came_to(net: int, costs: int) -> None:
    told = pricing.margin_bp(net, costs)
    assert told is not None
    assert abs(Fraction(told) - Fraction(10_000 * (net - costs), net)) <= Fraction(1, 2)


def test_nothing_has_no_margin() -> None:
    assert (pricing.margin_bp(0, 5), pricing.margin_bp(1000, 800), pricing.margin_bp(800, 1000)) == (None, 2000, -2500)
