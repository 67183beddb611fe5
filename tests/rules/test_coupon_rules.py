"""Codes are told apart from slips of the pen; which coupons count in a basket, and why the others do not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities import promotion
from jiutong.capabilities.promotion.rules import coupon as rules

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TERMS = promotion.CouponTerms("Ten off", "", "ten@1", 10, NOON - timedelta(days=1), NOON + timedelta(days=1), valid_days=7)
SILVER = msgspec.structs.replace(TERMS, levels=("silver",))
MINE = promotion.CouponHolder(9, "gold", ("club",), first_order=True)
randoms = st.binary(min_size=16, max_size=16)
CODE = rules.written(bytes(16))


def coupon(**other: Any) -> promotion.Coupon:
    made = promotion.Coupon(1, 2, "ten", CODE, "claimed", "live", 9, NOON - timedelta(hours=1), NOON + timedelta(hours=1), "free", 1, TERMS)
    return msgspec.structs.replace(made, **other)


@given(randoms)
def test_a_code_is_read_however_it_is_typed(random: bytes) -> None:
    code = rules.written(random)
    assert len(code) == 16
    assert set(code) <= {*rules.ALPHABET, "-"}
    assert [promotion.typed_coupon(text) for text in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ")] == [
        code
    ] * 4
    assert not rules.mistyped(code)


@given(randoms, st.integers(0, 13), st.sampled_from(rules.ALPHABET))
def test_every_wrong_sign_is_told(random: bytes, place: int, sign: str) -> None:
    bare = rules.written(random).replace("-", "")
    wrong = bare[:place] + sign + bare[place + 1 :]
    assert rules.mistyped(wrong) == (wrong != bare)


@given(randoms, st.integers(0, 12), st.integers(1, 13))
def test_every_swap_of_two_signs_is_told(random: bytes, one: int, by: int) -> None:
    bare = list(rules.written(random).replace("-", ""))
    other = min(one + by, 13)
    bare[one], bare[other] = bare[other], bare[one]
    assert rules.mistyped("".join(bare)) == (bare != list(rules.written(random).replace("-", "")))


@pytest.mark.parametrize(
    ("other", "holder", "why"),
    [
        ({}, MINE, None),
        ({}, None, promotion.COUPON_MEMBERS_ONLY),
        ({"member_id": 8}, MINE, promotion.COUPON_NOT_YOURS),
        ({"status": "stopped"}, MINE, None),
        ({"status": "ended"}, MINE, promotion.COUPON_WITHDRAWN),
        ({"state": "held"}, MINE, promotion.COUPON_USED),
        ({"state": "used"}, MINE, promotion.COUPON_USED),
        ({"valid_from": NOON}, MINE, None),
        ({"valid_from": NOON + timedelta(seconds=1)}, MINE, promotion.COUPON_NOT_YET),
        ({"valid_to": NOON}, MINE, promotion.COUPON_OVER),
        ({"terms": msgspec.structs.replace(TERMS, channels=(4,))}, MINE, promotion.COUPON_NOT_HERE),
        ({"terms": msgspec.structs.replace(TERMS, channels=(3,))}, MINE, None),
        ({"terms": msgspec.structs.replace(TERMS, stores=(5,))}, MINE, promotion.COUPON_NOT_HERE),
        ({"terms": SILVER}, MINE, None),
        (
            {"kind": "unique", "member_id": None, "terms": SILVER},
            MINE,
            promotion.COUPON_NOT_FOR_YOU,
        ),
        ({"kind": "unique", "member_id": None}, None, promotion.COUPON_MEMBERS_ONLY),
        ({"kind": "unique", "member_id": None, "per_member": 0}, None, None),
        ({"kind": "unique", "member_id": 8}, MINE, promotion.COUPON_NOT_YOURS),
        ({"kind": "shared", "member_id": None, "status": "stopped"}, MINE, promotion.COUPONS_NOT_GIVEN_OUT),
    ],
)
def test_a_coupon_counts_or_says_why_not(other: dict[str, Any], holder: promotion.CouponHolder | None, why: Any) -> None:
    one = coupon(**other)
    good, barred = promotion.coupons_in_hand(promotion.CouponFacts({}, {CODE: one}), [CODE.lower()], holder, 3, 0, NOON)
    assert (good, [bar.why for bar in barred]) == ((one,), []) if why is None else ((), [why])


def test_without_a_choice_all_in_hand_count_those_that_end_first_before_the_others() -> None:
    late, soon = coupon(coupon_id=1, valid_to=NOON + timedelta(days=2)), coupon(coupon_id=2)
    facts = promotion.CouponFacts({9: (late, soon)}, {})
    assert promotion.coupons_in_hand(facts, None, MINE, 3, 0, NOON) == ((soon, late), ())
    assert promotion.coupons_in_hand(facts, None, None, 3, 0, NOON) == ((), ())
    assert promotion.coupons_in_hand(facts, (), MINE, 3, 0, NOON) == ((), ())


def test_a_code_nobody_gave_out_is_told_from_one_that_is_mistyped() -> None:
    wrong = ("3" if CODE[0] == "2" else "2") + CODE[1:]
    told = [promotion.coupons_in_hand(promotion.CouponFacts(), [code], MINE, 3, 0, NOON)[1][0] for code in (CODE, wrong)]
    assert [(bar.why.code, bar.detail) for bar in told] == [
        ("coupon.unknown", f"nobody gave out {CODE}"),
        ("coupon.unknown", f"{wrong} is mistyped: one sign is wrong"),
    ]


def test_what_using_one_claims_depends_on_its_kind() -> None:
    def told(one: promotion.Coupon, holder: promotion.CouponHolder | None) -> list[tuple[str, int, str, int | None]]:
        return [(use.kind, use.subject_id, use.from_.code, use.from_.floor) for use in promotion.coupon_uses(one, holder)]

    assert told(coupon(), MINE) == [("coupon", 1, "coupon:1", -1)]
    assert told(coupon(kind="unique"), MINE) == [("coupon", 1, "coupon:1", -1), ("limit", 2, "coupons_of:2:9", -1)]
    assert told(coupon(kind="shared", coupon_id=0), MINE) == [("coupon", 2, "coupons:2", 0), ("limit", 2, "coupons_of:2:9", -1)]
    assert told(coupon(kind="shared", coupon_id=0, per_member=0), None) == [("coupon", 2, "coupons:2", 0)]
