"""Laws of splitting money: nothing is lost or invented, and who gets the odd unit is not a matter of luck."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jiutong.kernel.errors import Problem
from jiutong.kernel.money import CURRENCY_MISMATCH, Money, allocate, allocate_capped, prefix_share, units_share

totals = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)
caps = st.lists(st.integers(0, 10**9), max_size=30)
wholes = st.integers(1, 500)


class TestMoney:
    @given(totals, totals)
    def test_sums_and_differences_undo_each_other(self, a: int, b: int) -> None:
        yuan, more = Money(a, "CNY"), Money(b, "CNY")
        assert yuan + more - more == yuan
        assert yuan + -yuan == Money(0, "CNY")

    def test_two_currencies_are_never_added(self) -> None:
        for act in (lambda: Money(1, "CNY") + Money(1, "USD"), lambda: Money(1, "CNY") - Money(1, "USD")):
            with pytest.raises(Problem) as refused:
                act()
            assert refused.value.type is CURRENCY_MISMATCH


class TestAllocate:
    @given(totals, weights)
    def test_the_shares_are_the_total(self, total: int, weights: list[int]) -> None:
        assert sum(allocate(total, weights)) == total

    @given(totals, weights)
    def test_a_share_is_within_one_unit_of_its_exact_part(self, total: int, weights: list[int]) -> None:
        base = sum(weights) or len(weights)
        for share, weight in zip(allocate(total, weights), weights if sum(weights) else [1] * len(weights), strict=True):
            assert abs(share * base - total * weight) < base

    @given(totals, weights)
    def test_a_greater_weight_never_has_the_smaller_share(self, total: int, weights: list[int]) -> None:
        heaviest_first = [abs(share) for _, share in sorted(zip(weights, allocate(total, weights), strict=True), key=lambda w: -w[0])]
        assert all(before >= after for before, after in pairwise(heaviest_first))

    @given(totals, weights.flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
    def test_in_another_order_the_same_weights_have_the_same_shares(self, total: int, orders: tuple[list[int], list[int]]) -> None:
        """Position decides only between those whose remainders are equal."""
        one, other = orders
        assume(len({abs(total) * weight % (sum(one) or 1) for weight in one}) == len(set(one)))
        assert sorted(zip(one, allocate(total, one), strict=True)) == sorted(zip(other, allocate(total, other), strict=True))

    @given(totals, weights)
    def test_a_reversal_splits_as_what_it_reverses(self, total: int, weights: list[int]) -> None:
        assert allocate(-total, weights) == [-share for share in allocate(total, weights)]

    @pytest.mark.parametrize(
        ("total", "weights", "shares"),
        [
            (1000, [1, 1, 1], [334, 333, 333]),
            (-1000, [1, 1, 1], [-334, -333, -333]),
            (2, [1, 1, 1], [1, 1, 0]),
            (10, [3, 3, 4], [3, 3, 4]),
            (1, [1, 2], [0, 1]),
            (5, [0, 0], [3, 2]),
            (5, [0, 7], [0, 5]),
            (0, [1, 2, 3], [0, 0, 0]),
            (0, [], []),
        ],
    )
    def test_the_published_tie_break(self, total: int, weights: list[int], shares: list[int]) -> None:
        """The larger remainder first, then the earlier position."""
        assert allocate(total, weights) == shares

    def test_something_cannot_be_split_among_nobody(self) -> None:
        with pytest.raises(ValueError, match="nothing to allocate to"):
            allocate(1, [])

    def test_a_weight_below_zero_is_refused(self) -> None:
        with pytest.raises(ValueError, match="below zero"):
            allocate(10, [5, -1])


class TestAllocateCapped:
    @given(st.integers(0, 10**12), caps)
    def test_what_is_borne_and_what_is_left_are_the_total(self, total: int, caps: list[int]) -> None:
        shares, left = allocate_capped(total, caps)
        assert sum(shares) + left == total

    @given(st.integers(0, 10**12), caps)
    def test_nobody_bears_more_than_the_cap_and_nothing_is_left_while_there_is_room(self, total: int, caps: list[int]) -> None:
        shares, left = allocate_capped(total, caps)
        assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))
        assert left == max(total - sum(caps), 0)

    @pytest.mark.parametrize(("total", "caps"), [(-1, [1]), (1, [-1])])
    def test_nothing_here_is_below_zero(self, total: int, caps: list[int]) -> None:
        with pytest.raises(ValueError, match="not below zero"):
            allocate_capped(total, caps)


class TestPrefixShare:
    @given(totals, st.lists(st.integers(1, 40), min_size=1, max_size=12))
    def test_any_partition_into_partial_returns_ends_at_the_whole(self, total: int, parts: list[int]) -> None:
        whole, before, returned = sum(parts), 0, 0
        for units in parts:
            returned += units_share(total, before, units, whole)
            before += units
        assert returned == total

    @given(totals, wholes, st.data())
    def test_two_returns_are_worth_what_one_of_both_is(self, total: int, whole: int, data: st.DataObject) -> None:
        before = data.draw(st.integers(0, whole))
        one = data.draw(st.integers(0, whole - before))
        other = data.draw(st.integers(0, whole - before - one))
        both = units_share(total, before, one, whole) + units_share(total, before + one, other, whole)
        assert both == units_share(total, before, one + other, whole)

    @given(totals, wholes, st.data())
    def test_a_prefix_is_its_exact_part_rounded(self, total: int, whole: int, data: st.DataObject) -> None:
        first = data.draw(st.integers(0, whole))
        assert 2 * abs(prefix_share(total, first, whole) * whole - total * first) <= whole

    @given(totals, wholes)
    def test_no_unit_takes_back_what_another_gave(self, total: int, whole: int) -> None:
        shares = [units_share(abs(total), k, 1, whole) for k in range(whole)]
        assert min(shares) >= 0
        assert max(shares) - min(shares) <= 1

    @given(totals, wholes, st.data())
    def test_a_discount_and_its_funding_differ_in_nothing_but_the_sign(self, total: int, whole: int, data: st.DataObject) -> None:
        first = data.draw(st.integers(0, whole))
        assert prefix_share(-total, first, whole) == -prefix_share(total, first, whole)

    def test_halves_go_away_from_zero(self) -> None:
        assert [prefix_share(total, 1, 2) for total in (5, -5, 1, -1, 0)] == [3, -3, 1, -1, 0]
        assert [units_share(1000, k, 1, 3) for k in range(3)] == [333, 334, 333]
