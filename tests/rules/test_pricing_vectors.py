"""What other projects assert about splitting and about benefits, asked of ours.

Our rule: largest remainder, the earlier position first; what is off is positive; floors bind and the excess is spread again. Where a
project rounds otherwise its cases differ by rounding units; which, is asserted too, so that the rule cannot drift unnoticed.
"""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.rules.test_promotions import best, item, terms

from jiutong.capabilities import promotion
from jiutong.capabilities.promotion.rules.spreading import spread
from jiutong.kernel.money import allocate

pytestmark = [
    pytest.mark.extra,
    pytest.mark.skipif("JIUTONG_EXTRA_DATA" not in os.environ, reason="needs the reference files"),
]

FOLLOWS = {
    "Sylius/Sylius ProportionalIntegerDistributorSpec.php": (5, 8),
    "Sylius/Sylius MinimumPriceDistributorSpec.php": (2, 2),
    "vendure-ecommerce/vendure prorate.spec.ts": (11, 11),
    "solidusio/solidus distributed_amounts_handler_spec.rb": (4, 4),
    "moneyphp/money MoneyTest.php": (6, 6),
    "django-oscar/django-oscar test_absolute_benefit.py": (0, 1),
    "formancehq/ledger allotment_test.go": (1, 2),
}
"""Of how many cases of each project how many come out the same."""


def read(name: str) -> list[dict[str, Any]]:
    folder = Path(os.environ["JIUTONG_EXTRA_DATA"])
    return json.loads((folder / "vectors_pricing" / name).read_text())["groups"]


def minor(text: object) -> int:
    return int(Decimal(str(text)) * 100)


def short(source: str) -> str:
    repository, path, *_ = source.split(" ")
    return f"{repository} {path.rpartition('/')[2]}"


def ours(case: dict[str, Any], in_minor: bool) -> list[int]:
    """What our rule makes of a case."""
    total = case["total"] if in_minor else minor(case["total"])
    if "lines" in case and in_minor:
        nets = [one["total"] for one in case["lines"]]
        rooms = [one["total"] - one["min_unit"] * one["qty"] for one in case["lines"]]
        return [-share for share in spread(-total, nets, rooms)]
    if "lines" in case:
        return allocate(total, [minor(one["price"]) * one["qty"] for one in case["lines"]])
    if "split_equal" in case:
        return allocate(total, [1] * case["split_equal"])
    return allocate(total, case.get("weights") or shares(case["shares"]))


def shares(told: list[str]) -> list[int]:
    """Rational shares as weights of a common base; what remains is what they leave of it."""
    pairs = [tuple(map(int, one.split("/"))) for one in told if one != "remaining"]
    base = 1
    for _, below in pairs:
        base *= below
    weights = [above * base // below for above, below in pairs]
    return weights + [base - sum(weights)] * ("remaining" in told)


def agrees(case: dict[str, Any], in_minor: bool) -> bool:
    told = ours(case, in_minor)
    if "expect_any_order" in case:
        return sorted(told) == sorted(minor(one) for one in case["expect_any_order"])
    return told == (case["expect"] if in_minor else [minor(one) for one in case["expect"]])


def test_splitting() -> None:
    found: dict[str, tuple[int, int]] = {}
    for group in read("allocation_rounding.json"):
        if "percent" in group:
            continue
        cases = [agrees(case, group["unit"] == "minor") for case in group["cases"]]
        found[short(group["source"])] = (sum(cases), len(cases))
    assert found == FOLLOWS


def test_ten_per_cent_of_each_line_is_rounded_half_up() -> None:
    (group,) = (one for one in read("allocation_rounding.json") if "percent" in one)
    for case in group["cases"]:
        items = [item(no, "a", 1, minor(price)) for no, price in enumerate(case["prices"], 1)]
        told = best(items, terms(promotion.PercentOff(1_000)))
        assert [one.amount for one in told.offs] == [minor(one) for one in case["expect"]]


def ours_of(group: dict[str, Any]) -> promotion.Terms:
    """The same offer in our terms: had once, the cheapest units first."""
    condition, benefit = group["condition"], group["benefit"]
    by_count = condition["type"] == "count"
    least = condition["value"] if by_count else minor(condition["value"])
    limits = promotion.PromotionLimits(times_max=1)
    given: promotion.Benefit
    if benefit["type"] == "fixed":
        given = promotion.AmountOff(minor(benefit["value"]))
        limits = promotion.PromotionLimits(units_max=benefit.get("max_affected_items", 0))
    else:
        given = promotion.BuyGet(least - 1 if by_count else 1, 1)
    return terms(given, measure="quantity" if by_count else "amount", least=least, limits=limits)


@pytest.mark.parametrize("number", range(6))
def test_offers(number: int) -> None:
    group = read("offer_benefits.json")[number]
    for case in group["cases"]:
        items = [item(no, "a", units, minor(price)) for no, (price, units) in enumerate(case["basket"], 1)]
        told = best(items, ours_of(group))
        assert (case, sum(one.amount for one in told.offs)) == (case, minor(case["discount"]))
        if "line_discounts" in case:
            assert [one.amount for one in told.offs] == [minor(one) for one in case["line_discounts"]]
