"""Odd cases of prices: what falls out and why, ties, and what a till may have charged to whom."""

from datetime import UTC, datetime, timedelta

import pytest

from jiutong.capabilities import pricing
from jiutong.capabilities.pricing import ANYBODY, EVER, FOREVER, For, Losing, Prefer, PriceFacts, PriceRow, ScopeKey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BASE: ScopeKey = ("base", 0, "CNY")
HERE = (7, 3, "CNY")


def row(id_: int, amount: int, **more: object) -> PriceRow:
    known: dict[str, object] = {"per": 1, "min_quantity": 1, "valid_from": EVER, "valid_to": FOREVER, **more}
    return PriceRow(price_id=id_, list_code=f"l{id_}", amount=amount, **known)  # pyrefly: ignore


def facts(rows: dict[ScopeKey, tuple[PriceRow, ...]], **more: dict[ScopeKey, tuple[PriceRow, ...]]) -> PriceFacts:
    return PriceFacts(1, EVER, {scope: pricing.winning_order(own) for scope, own in rows.items()}, more.get("withdrawn", {}))


def why(known: PriceFacts, quantity: int = 1, at: datetime = NOW, prefer: Prefer = Prefer.SPECIFIC, buyer: For = ANYBODY) -> dict[int, str]:
    """By price what it lost by, "" for the one that won."""
    told = pricing.trace(known, *HERE, quantity, at, prefer, buyer)
    return {one.price_id: one.losing or "" for one in told.candidates}


def test_each_that_lost_says_by_what() -> None:
    known = facts(
        {
            BASE: (row(1, 1000), row(2, 900, min_quantity=5), row(3, 800, valid_to=NOW), row(4, 700, valid_from=NOW + DAY)),
            ("base", 0, "USD"): (row(5, 1),),
            ("channel", 7, "CNY"): (row(6, 950),),
            ("channel", 8, "CNY"): (row(7, 1),),
            ("region", "US", "CNY"): (row(8, 1),),
            ("group", 9, "CNY"): (row(9, 1),),
            ("contract", 4, "CNY"): (row(10, 1),),
        },
        withdrawn={BASE: (row(11, 1),)},
    )
    assert why(known) == {
        6: "",
        1: Losing.LESS_SPECIFIC,
        2: Losing.QUANTITY_BELOW_BREAK,
        3: Losing.EXPIRED,
        4: Losing.NOT_YET_VALID,
        5: Losing.OTHER_CURRENCY,
        8: Losing.OTHER_REGION,
        9: Losing.NOT_IN_GROUP,
        10: Losing.OTHER_COMPANY,
        11: Losing.LIST_WITHDRAWN,
    }


@pytest.mark.parametrize(
    ("prefer", "told"),
    [
        (Prefer.SPECIFIC, {1: "", 2: Losing.STARTED_EARLIER, 3: Losing.LESS_SPECIFIC}),
        (Prefer.LOWEST, {1: "", 2: Losing.STARTED_EARLIER, 3: Losing.LESS_SPECIFIC}),
    ],
)
def test_of_equal_prices_the_published_order_decides_in_either_setting(prefer: Prefer, told: dict[int, str]) -> None:
    known = facts({("store", 3, "CNY"): (row(1, 900, valid_from=NOW - DAY), row(2, 900)), BASE: (row(3, 900),)})
    assert why(known, prefer=prefer) == told


def test_the_lowest_is_reckoned_per_unit_and_the_specific_one_is_not() -> None:
    known = facts({("store", 3, "CNY"): (row(1, 1000, per=1),), BASE: (row(2, 9_990, per=10),)})
    assert why(known) == {1: "", 2: Losing.LESS_SPECIFIC}
    assert why(known, prefer=Prefer.LOWEST) == {2: "", 1: Losing.NOT_LOWEST}


def test_of_rows_of_one_instant_the_one_made_last_wins_and_of_breaks_the_higher() -> None:
    assert why(facts({BASE: (row(1, 900), row(2, 950))})) == {2: "", 1: Losing.STARTED_EARLIER}
    known = facts({BASE: (row(1, 900, min_quantity=5), row(2, 950, valid_from=NOW - DAY))})
    assert why(known, 5) == {1: "", 2: Losing.BEATEN_BY_BREAK}


def test_of_two_groups_at_one_price_the_one_that_began_last_wins() -> None:
    known = facts({("group", 1, "CNY"): (row(1, 900),), ("group", 2, "CNY"): (row(2, 900, valid_from=NOW - DAY),)})
    assert why(known, buyer=For("", (1, 2))) == {2: "", 1: Losing.LESS_SPECIFIC}


def test_of_several_groups_the_lowest_price_counts_and_the_others_say_so() -> None:
    known = facts({("group", 1, "CNY"): (row(1, 950),), ("group", 2, "CNY"): (row(2, 900),), BASE: (row(3, 1000),)})
    assert why(known, buyer=For("", (1, 2))) == {2: "", 1: Losing.NOT_LOWEST, 3: Losing.LESS_SPECIFIC}


def test_where_there_are_no_costs_none_is_known() -> None:
    assert pricing.cost(facts({BASE: (row(1, 1000),)}), pricing.Place("CNY", 7, 3), 1, NOW) is None


def test_a_line_is_rounded_half_up_once() -> None:
    assert [pricing.line_amount(305, 1000, grams) for grams in (1, 2, 1640, 1000)] == [0, 1, 500, 305]


def test_what_is_not_known_any_more_is_not_guessed() -> None:
    remembered = PriceFacts(1, NOW - DAY, {BASE: (row(1, 900),)}, {})
    with pytest.raises(ValueError, match="load the history"):
        pricing.resolve(remembered, *HERE, 1, NOW - 2 * DAY)


class TestCharged:
    """A till that was out of reach did not know who bought: what everybody paid is honored as well as what its buyer did."""

    known = facts({BASE: (row(1, 1000),), ("group", 9, "CNY"): (row(2, 900, valid_from=NOW - DAY, valid_to=NOW),)})

    @pytest.mark.parametrize(
        ("gross", "buyer", "told"),
        [
            (2000, For("", (9,)), True),
            (1800, For("", (9,)), False),  # until a moment ago
            (1800, ANYBODY, None),
            (1900, For("", (9,)), None),
        ],
    )
    def test_to_whom(self, gross: int, buyer: For, told: bool | None) -> None:
        assert pricing.was_charged(self.known, HERE, 2, gross, NOW - DAY, NOW, buyer=buyer) is told

    def test_what_everybody_pays_is_honored_to_who_pays_less(self) -> None:
        known = facts({BASE: (row(1, 1000),), ("group", 9, "CNY"): (row(2, 900),)})
        told = [pricing.was_charged(known, HERE, 1, gross, NOW - DAY, NOW, buyer=For("", (9,))) for gross in (900, 1000, 950)]
        assert told == [True, True, None]

    def test_by_the_setting_of_the_scene(self) -> None:
        dearer = facts({("store", 3, "CNY"): (row(1, 1100),), BASE: (row(2, 1000),)})
        asked = (dearer, HERE, 1, 1000, NOW - DAY, NOW)
        assert [pricing.was_charged(*asked, prefer) for prefer in Prefer] == [None, True]


class TestAgreedQuantity:
    """A price good for so many units holds for a line that fits into what is left of them, and for no other."""

    known = facts({("contract", 4, "CNY"): (row(1, 700, quota=10),), BASE: (row(2, 1000),)})

    @pytest.mark.parametrize(("left", "quantity", "told"), [(10, 10, 1), (10, 11, 2), (4, 4, 1), (4, 5, 2), (0, 1, 2)])
    def test_holds_to_the_last_unit(self, left: int, quantity: int, told: int) -> None:
        buyer = For("", (), 4, left={1: left})
        found = pricing.resolve(self.known, *HERE, quantity, NOW, buyer=buyer)
        assert found is not None
        assert found.price_id == told
        assert why(self.known, quantity, buyer=buyer) == ({1: "", 2: Losing.LESS_SPECIFIC} if told == 1 else {2: "", 1: Losing.QUOTA_SPENT})

    def test_nothing_is_taken_yet_where_nobody_knows(self) -> None:
        found = pricing.resolve(self.known, *HERE, 10, NOW, buyer=For("", (), 4))
        assert found is not None
        assert found.price_id == 1


def test_a_rate_without_a_base_price_is_no_price() -> None:
    known = facts({("group", 9, "CNY"): (row(1, 0, off_bp=1000),), ("base", 0, "USD"): (row(2, 1000),)})
    buyer = For("", (9,))
    assert pricing.resolve(known, *HERE, 1, NOW, buyer=buyer) is None
    assert why(known, buyer=buyer) == {1: Losing.NO_BASE, 2: Losing.OTHER_CURRENCY}


def test_a_rate_comes_off_the_base_price_of_that_quantity() -> None:
    known = facts({("group", 9, "CNY"): (row(1, 0, off_bp=1000),), BASE: (row(2, 1005), row(3, 905, min_quantity=10))})
    found = [pricing.resolve(known, *HERE, quantity, NOW, buyer=For("", (9,))) for quantity in (9, 10)]
    assert [one.amount for one in found if one] == [905, 815]  # 904.5 and 814.5, half up
