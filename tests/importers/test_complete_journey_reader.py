"""Reading a small folder of parquet files written by hand, and refusing where there is none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import duckdb
import pytest

from jiutong.importers.complete_journey import (
    BasketLine,
    CompleteJourney,
    Household,
    OpeningStock,
    Position,
    Product,
    ShelfPrice,
    SourceMissingError,
    Store,
    reader,
    source_folder,
)

TRANSACTIONS = """
select * from (values
  (900, 330, 12, 77, 2, 2.50, 0.30, 0.00, 0.20, timestamp '2017-01-01 12:10:28'),
  (900, 330, 12, 50, 1, 0.29, 0.00, 0.29, 0.00, timestamp '2017-01-01 12:10:28'),
  (7,   406, 11, 77, 1, 1.40, 0.00, 0.00, 0.00, timestamp '2017-01-01 12:10:28'),
  (7,   406, 10, 60, 10001, 23.39, 0.00, 0.00, 0.00, timestamp '2017-01-01 11:53:26'),
  (7,   406, 13, 77, 3, 4.60, 0.00, 0.00, 0.00, timestamp '2017-01-02 00:00:00'),
  (7,   406, 13, 99, 0, 0.00, 0.00, 0.55, 0.00, timestamp '2017-01-02 00:00:00')
) as t(household_id, store_id, basket_id, product_id, quantity, sales_value, retail_disc, coupon_disc, coupon_match_disc,
       transaction_timestamp)
"""

PRODUCTS = """
select * from (values
  (77, 2, 'GROCERY', 'National', 'FRZN ICE', 'ICE - CRUSHED/CUBED', '22 LB'),
  (60, 69, 'FUEL', 'Private', 'COUPON/MISC ITEMS', 'GASOLINE-REG UNLEADED', null),
  (50, 2, 'MISCELLANEOUS', 'National', null, null, null)
) as t(product_id, manufacturer_id, department, brand, product_category, product_type, package_size)
"""

DEMOGRAPHICS = """
select * from (values (7, '45-54', '50-74K', 'Homeowner', 'Unmarried', '1', '1 Adult No Kids', '0'))
  as t(household_id, age, income, home_ownership, marital_status, household_size, household_comp, kids_count)
"""


@pytest.fixture
def source(tmp_path: Path) -> Iterator[CompleteJourney]:
    for table, rows in (("transactions", TRANSACTIONS), ("products", PRODUCTS), ("demographics", DEMOGRAPHICS)):
        duckdb.execute(f"copy ({rows}) to '{tmp_path / table}.parquet'")
    with CompleteJourney(tmp_path) as opened:
        yield opened


def test_baskets_come_in_time_order_with_their_lines_in_product_order(source: CompleteJourney) -> None:
    baskets = list(source.baskets())
    assert [basket.basket_id for basket in baskets] == [10, 11, 12, 13]
    assert baskets[2].at == datetime(2017, 1, 1, 12, 10, 28, tzinfo=UTC)
    assert baskets[2].lines == (BasketLine(50, 1, 29, 0, 29, 0), BasketLine(77, 2, 250, 30, 0, 20))
    assert baskets[2].lines[1].gross_minor == 300


def test_a_replay_resumes_after_any_basket(source: CompleteJourney) -> None:
    whole = list(source.baskets())
    for done in range(1, len(whole)):
        assert whole[:done] == list(source.baskets(first=done))
        assert whole[done:] == list(source.baskets(after=whole[done - 1].position))


def test_the_first_position_says_its_instant_in_any_time_zone(source: CompleteJourney) -> None:
    berlin = datetime.fromisoformat("2017-01-01T13:10:28+01:00")
    assert [basket.basket_id for basket in source.baskets(after=Position(berlin, 11))] == [12, 13]


def test_chunks_are_the_same_baskets(source: CompleteJourney) -> None:
    chunks = list(source.chunks(3))
    assert [len(chunk) for chunk in chunks] == [3, 1]
    assert list(chain.from_iterable(chunks)) == list(source.baskets())


def test_products_include_the_unlisted_and_say_how_they_are_sold(source: CompleteJourney) -> None:
    products = {product.product_id: product for product in source.products()}
    assert list(products) == [50, 60, 77, 99]
    assert products[77] == Product(
        product_id=77,
        name="ICE - CRUSHED/CUBED 22 LB",
        sold_by="piece",
        manufacturer_id=2,
        department="GROCERY",
        brand="National",
        category="FRZN ICE",
        type="ICE - CRUSHED/CUBED",
        package_size="22 LB",
    )
    assert products[60].sold_by == "volume"
    assert products[50].name == "Product 50"
    assert products[99] == Product(product_id=99, name="Unlisted product 99", sold_by="piece")


def test_stores_and_households_are_those_that_trade(source: CompleteJourney) -> None:
    assert list(source.stores()) == [Store(330, "Store 330"), Store(406, "Store 406")]
    answered, silent = source.households()
    assert (answered.card_number, answered.household_composition, answered.kids) == ("CJ-000007", "1 Adult No Kids", "0")
    assert silent == Household(900, "CJ-000900")


def test_opening_stock_covers_exactly_the_slice(source: CompleteJourney) -> None:
    assert list(source.opening_stock(first=3)) == [OpeningStock(330, ((50, 3), (77, 4))), OpeningStock(406, ((60, 11_001), (77, 3)))]
    rest = source.opening_stock(after=Position(datetime(2017, 1, 1, 12, 10, 28, tzinfo=UTC), 12))
    assert list(rest) == [OpeningStock(406, ((77, 5),))]


def test_prices_are_the_most_frequent_and_only_what_divides_exactly(source: CompleteJourney) -> None:
    assert list(source.shelf_prices()) == [
        ShelfPrice(50, 29, 1),
        ShelfPrice(60, 234, 1000),
        ShelfPrice(77, 150, 1),
        ShelfPrice(77, 140, 1, store_id=406),
    ]


def test_two_streams_are_read_at_once(source: CompleteJourney) -> None:
    pairs = list(zip(source.baskets(), source.baskets(), strict=True))
    assert len(pairs) == 4
    assert all(one == other for one, other in pairs)


def test_a_missing_package_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PACKAGE", "no_such_package_anywhere")
    with pytest.raises(SourceMissingError, match=r"comes with the demo extra: jiutong\[demo\]"):
        source_folder()
