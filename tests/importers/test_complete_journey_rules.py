"""Laws of the till receipt: nothing is lost, nothing goes below zero, the same basket always prints the same receipt."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.importers.complete_journey import Adjustment, Basket, BasketLine, ReceiptLine, opening_units, receipt, rules
from jiutong.kernel.money import allocate_capped

AT = datetime(2017, 1, 1, 11, 53, 26, tzinfo=UTC)

cents = st.integers(0, 2_000)
rooms = st.lists(cents, min_size=1, max_size=12)


def basket(*lines: BasketLine) -> Basket:
    return Basket(basket_id=1, store_id=330, household_id=900, at=AT, lines=lines)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    ids = draw(st.lists(st.integers(1, 10**8), min_size=1, max_size=10, unique=True))
    lines = [
        BasketLine(product_id, draw(st.integers(0, 9)), draw(cents), draw(cents), draw(cents), draw(cents)) for product_id in sorted(ids)
    ]
    return basket(*lines)


@given(st.integers(0, 30_000), rooms)
def test_shares_keep_the_sum_and_never_exceed_their_room(amount: int, room: list[int]) -> None:
    shares = allocate_capped(amount, room)[0]
    assert sum(shares) == min(amount, sum(room))
    assert all(0 <= share <= most for share, most in zip(shares, room, strict=True))


@given(st.integers(0, 30_000), rooms)
def test_every_share_is_its_proportion_rounded_to_a_neighbor(amount: int, room: list[int]) -> None:
    whole = sum(room)
    borne = min(amount, whole)
    for share, weight in zip(allocate_capped(amount, room)[0], room, strict=True):
        assert abs(share * whole - borne * weight) < max(whole, 1)


@given(st.integers(0, 30_000), cents, st.integers(1, 12))
def test_equal_lines_differ_by_at_most_a_cent_and_the_earlier_bears_it(amount: int, each: int, lines: int) -> None:
    shares = allocate_capped(amount, [each] * lines)[0]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


@given(st.data(), st.integers(1, 30_000), rooms)
def test_only_lines_with_equal_remainders_care_about_their_order(data: st.DataObject, amount: int, room: list[int]) -> None:
    whole = sum(room)
    remainder = [amount * weight % whole if amount < whole else 0 for weight in room]
    rank = {value: data.draw(st.integers()) for value in sorted(set(remainder))}
    order = sorted(range(len(room)), key=lambda i: rank[remainder[i]])
    shares = allocate_capped(amount, room)[0]
    assert allocate_capped(amount, [room[i] for i in order])[0] == [shares[i] for i in order]


@given(baskets())
def test_a_receipt_brings_back_every_column_of_its_basket(raw: Basket) -> None:
    printed = receipt(raw)
    taken_off = {rule: amount_of(printed.lines, rule) for rule in ("loyalty_price", "coupon_match", "coupon")}
    sold = [line for line in raw.lines if line.quantity or line.gross_minor]
    assert taken_off["loyalty_price"] == sum(line.retail_disc_minor for line in sold)
    assert taken_off["coupon_match"] == sum(line.coupon_match_disc_minor for line in sold)
    assert taken_off["coupon"] + printed.overage_minor == sum(line.coupon_disc_minor for line in raw.lines)
    assert printed.tender_minor + taken_off["coupon"] == sum(line.sales_value_minor for line in raw.lines)


@given(baskets())
def test_no_line_pays_less_than_nothing_and_overage_only_follows_an_empty_till(raw: Basket) -> None:
    printed = receipt(raw)
    assert all(line.net_minor >= 0 for line in printed.lines)
    assert all(adjustment.amount_minor > 0 for line in printed.lines for adjustment in line.adjustments)
    assert printed.overage_minor == 0 or printed.tender_minor == 0


@given(baskets())
def test_a_receipt_counts_at_least_one_unit_on_at_least_one_line(raw: Basket) -> None:
    printed = receipt(raw)
    assert printed.lines
    assert all(line.quantity >= 1 for line in printed.lines)


@given(st.lists(baskets(), max_size=5))
def test_opening_stock_counts_what_receipts_sell(raw: list[Basket]) -> None:
    sold = rules.units_sold(raw)
    assert [product for product, _ in sold] == sorted({line.product_id for one in raw for line in receipt(one).lines})
    assert sum(units for _, units in sold) == sum(line.quantity for one in raw for line in receipt(one).lines)


def test_a_coupon_larger_than_its_line_lowers_the_others_in_proportion() -> None:
    printed = receipt(basket(BasketLine(1, 1, 100, 20, 250, 0), BasketLine(2, 2, 200, 0, 0, 0), BasketLine(3, 1, 300, 0, 0, 10)))
    assert printed.lines == (
        ReceiptLine(1, 1, 120, (Adjustment("loyalty_price", "store", 20), Adjustment("coupon", "manufacturer", 100))),
        ReceiptLine(2, 2, 200, (Adjustment("coupon", "manufacturer", 60),)),
        ReceiptLine(3, 1, 310, (Adjustment("coupon_match", "store", 10), Adjustment("coupon", "manufacturer", 90))),
    )
    assert (printed.tender_minor, printed.overage_minor) == (350, 0)


def test_what_the_whole_basket_cannot_bear_is_overage() -> None:
    printed = receipt(basket(BasketLine(1, 1, 100, 0, 60, 0), BasketLine(2, 0, 0, 0, 75, 0)))
    assert printed.lines == (ReceiptLine(1, 1, 100, (Adjustment("coupon", "manufacturer", 100),)),)
    assert (printed.tender_minor, printed.overage_minor) == (0, 35)


def test_a_sale_whose_count_was_lost_counts_one() -> None:
    assert receipt(basket(BasketLine(1, 0, 79, 0, 0, 0))).lines == (ReceiptLine(1, 1, 79, ()),)


def test_a_basket_of_nothing_but_scanned_coupons_is_still_one_receipt() -> None:
    printed = receipt(basket(BasketLine(5978648, 0, 0, 0, 100, 0), BasketLine(5978656, 0, 0, 0, 0, 0)))
    assert printed.lines == (ReceiptLine(5978648, 1, 0, ()),)
    assert (printed.tender_minor, printed.overage_minor) == (0, 100)


@pytest.mark.parametrize(
    ("product_type", "largest_count", "expected"),
    [
        ("GASOLINE-REG UNLEADED", 89_638, "volume"),
        ("GASOLINE-REG UNLEADED", None, "volume"),
        ("GASOLINE-REG UNLEADED", 1, "piece"),
        ("CORN WHITE", 144, "piece"),
        (None, 0, "piece"),
    ],
)
def test_fuel_is_sold_by_volume_unless_it_is_prepaid(product_type: str | None, largest_count: int | None, expected: str) -> None:
    assert rules.sold_by(product_type, largest_count) == expected


@pytest.mark.parametrize(("sold", "opening"), [(1, 3), (19, 21), (29, 31), (30, 33), (500, 550)])
def test_a_shelf_opens_with_a_tenth_more_and_at_least_two(sold: int, opening: int) -> None:
    assert opening_units(sold) == opening


def amount_of(lines: Sequence[ReceiptLine], rule: str) -> int:
    return sum(adjustment.amount_minor for line in lines for adjustment in line.adjustments if adjustment.rule == rule)
