"""Laws of assets: what is burned comes from lots by expiry, what is taken back ends at what was earned, and worth never grows."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities.asset import (
    LotFacts,
    PointsTerms,
    Rate,
    SoldLine,
    SoldOrder,
    Wallet,
    burn_packets,
    burn_points,
    points_for,
    usable,
    worth,
)
from jiutong.capabilities.asset.model import Earning, Programme
from jiutong.capabilities.asset.rules import lots_earned, months_later, netted, taken_back

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RATES = st.builds(Rate, st.just("USD"), st.just(0), st.just(0), st.integers(1, 1000), st.integers(1, 1000))


def lot(id_: int, free: int, days: int, funder: str = "points") -> LotFacts:
    return LotFacts(id_, "points", 7, "POINT", funder, "", NOW, NOW + timedelta(days=days), free, 0)


def wallet(amounts: list[int], owed: int = 0) -> Wallet:
    return Wallet(tuple(lot(i, free, i + 1, f"f{i % 3}") for i, free in enumerate(amounts)), owed)


AMOUNTS = st.lists(st.integers(0, 10_000), max_size=6)
LEFT = st.dictionaries(st.integers(1, 9), st.integers(0, 100_000), max_size=6)


@given(st.integers(0, 10**9), RATES)
def test_points_for_an_amount_are_the_fewest_that_are_worth_no_more(minor: int, rate: Rate) -> None:
    points = points_for(minor, rate)
    assert worth(points, rate) <= minor
    assert points == 0 or worth(points - 1, rate) < worth(points, rate)


@given(AMOUNTS, st.integers(0, 500), st.integers(0, 50_000), RATES, LEFT)
def test_what_is_burned_is_there_and_is_paid_for(amounts: list[int], owed: int, wanted: int, rate: Rate, left: dict[int, int]) -> None:
    mine = wallet(amounts, owed)
    burned = burn_points(mine, "POINT", wanted, rate, left, NOW)
    _, there = usable(mine, "POINT", NOW)
    assert burned.units <= min(wanted, there)
    assert burned.amount == worth(burned.units, rate)
    assert all(0 < amount <= left[no] for no, amount in burned.amounts)
    taken: dict[int, int] = {}
    for burn in burned.burns:
        taken[burn.lot.lot_id] = taken.get(burn.lot.lot_id, 0) + burn.units
        assert burn.units > 0
    # first what expires first: every lot before the last one drawn on is drawn empty
    drawn = [i for i in range(len(amounts)) if i in taken]
    assert all(taken.get(i, 0) == amounts[i] for i in range(max(drawn, default=0)))


@given(AMOUNTS, st.integers(0, 50_000), LEFT)
def test_red_packets_are_borne_by_their_funders(amounts: list[int], wanted: int, left: dict[int, int]) -> None:
    burned, borne = burn_packets(wallet(amounts), "POINT", wanted, left, NOW)
    assert burned.amount == burned.units == sum(borne.values()) == min(wanted, sum(amounts), sum(left.values()))
    assert {no: sum(part for (line, _), part in borne.items() if line == no) for no, _ in burned.amounts} == dict(burned.amounts)


@given(st.data(), st.integers(1, 60), st.integers(0, 10_000))
def test_partial_returns_end_exactly_at_one_full_reversal(data: st.DataObject, quantity: int, points: int) -> None:
    row = Earning(1, 1, 1, quantity, 0, points, 0, 1)
    undone = 0
    while undone < quantity:
        undone += data.draw(st.integers(1, quantity - undone))
        order = SoldOrder(1, 7, "USD", "mall", "", True, (SoldLine(1, quantity, undone, 0),))
        (row,) = taken_back(order, [row]) or [row]
        assert row.clawed <= points
        assert taken_back(order, [row]) == []
    assert row.clawed == points


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(1, 100)), max_size=6), st.integers(0, 200))
def test_what_is_owed_is_paid_once(lots: list[tuple[int, int]], owed: int) -> None:
    programme = Programme(1, NOW, points=PointsTerms((Rate("USD", 1, 1),)))
    orders = [SoldOrder(i, member, "USD", "mall", "", True, (SoldLine(i, 1, 0, net),)) for i, (member, net) in enumerate(lots)]
    made, _ = lots_earned(orders, {}, (programme,), list(range(100, 100 + len(orders))), NOW)
    given_ = netted(made, {1: owed})
    mine = sum(net for member, net in lots if member == 1)
    assert sum(one.netted for one in given_ if one.holder_id == 1) == min(owed, mine)
    assert sum(one.netted for one in given_ if one.holder_id == 2) == 0


def test_months_end_where_the_month_ends() -> None:
    assert months_later(datetime(2026, 1, 31, 8, tzinfo=UTC), 1) == datetime(2026, 2, 28, 8, tzinfo=UTC)
    assert months_later(datetime(2026, 11, 22, tzinfo=UTC), 14) == datetime(2028, 1, 22, tzinfo=UTC)
