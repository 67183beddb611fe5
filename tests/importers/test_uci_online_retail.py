"""Laws of the wholesaler's file: every row ends in exactly one place, and a return never takes back what was not sold."""

import csv
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.importers.uci_online_retail import (
    ColumnsMissingError,
    Reason,
    Record,
    Reported,
    ReturnInvoice,
    ReturnLine,
    SaleInvoice,
    SaleLine,
    ServiceKind,
    ServiceLine,
    Take,
    records,
)
from jiutong.importers.uci_online_retail.matching import Unreturned, takes
from jiutong.importers.uci_online_retail.rows import COLUMNS, read_row

MONDAY, TUESDAY = "2010-12-06 08:26:00", "2010-12-07 09:00:00"


def sold(invoice_no: str, code: str, quantity: int, price: str, at: str = MONDAY, customer: str = "17850.0") -> tuple[str, ...]:
    return (invoice_no, code, "LANTERN", str(quantity), at, price, customer, "United Kingdom")


def write(path: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(folder: Path, *rows: Sequence[str]) -> list[Record]:
    return list(records(write(folder / "invoices.csv", rows)))


def rows_of(found: Iterable[Record]) -> Iterator[int]:
    for record in found:
        if isinstance(record, Reported):
            yield record.row
        else:
            yield from (line.row for line in (*record.lines, *record.services))


dirt = st.sampled_from(["", "x", "-", "2.55.1", "1e3", "NaN", "٣"])
rows = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "C1", "C4", "C5", "A6", "", "X7"]),
        st.sampled_from(["10002", "84029g", "84029G", "POST", "M", "D", "B", "gift_0001_20", ""]),
        st.sampled_from(["LANTERN", "", 'FRAME 7" SIZE', "two\nlines"]),
        st.one_of(st.integers(-6, 6).map(str), dirt),
        st.one_of(st.sampled_from([MONDAY, MONDAY, TUESDAY, "2010-12-08 10:00:00"]), dirt),
        st.one_of(st.sampled_from(["2.55", "2.55", "1.0", "0.0", "-3.5", "0.001", "7"]), dirt),
        st.one_of(st.sampled_from(["17850.0", "17850.0", "13047.0", ""]), dirt),
        st.sampled_from(["United Kingdom", "EIRE"]),
    ),
    max_size=30,
)


@given(rows)
def test_every_row_ends_in_exactly_one_place(typed: list[tuple[str, ...]]) -> None:
    with TemporaryDirectory() as folder:
        found = read(Path(folder), *typed)
    assert sorted(rows_of(found)) == list(range(2, len(typed) + 2))


@given(rows.map(lambda typed: sorted(typed, key=lambda row: row[4])))
def test_a_return_takes_back_what_its_customer_bought_at_that_price(typed: list[tuple[str, ...]]) -> None:
    with TemporaryDirectory() as folder:
        found = read(Path(folder), *typed)
    unreturned: dict[int, tuple[object, ...]] = {}
    left: Counter[int] = Counter()
    for record in found:
        if isinstance(record, SaleInvoice):
            for line in record.lines:
                unreturned[line.row] = (record.invoice_no, record.customer_id, line.stock_code, line.unit_price_minor)
                left[line.row] = line.quantity
        elif isinstance(record, ReturnInvoice):
            for back in record.lines:
                assert sum(take.quantity for take in back.takes) == back.quantity
                for take in back.takes:
                    assert unreturned[take.row] == (take.invoice_no, record.customer_id, back.stock_code, back.unit_price_minor)
                    left[take.row] -= take.quantity
                    assert left[take.row] >= 0


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 40))
def test_a_match_is_whole_and_prefers_one_late_sale(quantities: list[int], wanted: int) -> None:
    found = takes([Unreturned("1", row, quantity) for row, quantity in enumerate(quantities)], wanted)
    if enough := [row for row, quantity in enumerate(quantities) if quantity >= wanted]:
        assert found == (Take("1", enough[-1], wanted),)
    elif sum(quantities) < wanted:
        assert found == ()
    else:
        assert sum(take.quantity for take in found) == wanted
        assert all(0 < take.quantity <= quantities[take.row] for take in found)
        assert [take.row for take in found] == sorted({take.row for take in found}, reverse=True)
        assert all(take.quantity == quantities[take.row] for take in found[:-1])
        assert all(quantities[row] == 0 for row in range(found[-1].row, len(quantities)) if row not in {take.row for take in found})


def test_an_invoice_becomes_a_sale_with_its_services_apart(tmp_path: Path) -> None:
    assert read(tmp_path, sold("536370", "84029g", 6, "3.39"), sold("536370", "POST", 3, "18.0")) == [
        SaleInvoice(
            invoice_no="536370",
            at=datetime(2010, 12, 6, 8, 26, tzinfo=UTC),
            customer_id=17850,
            country="United Kingdom",
            lines=(SaleLine(2, "84029G", "LANTERN", 6, 339),),
            services=(ServiceLine(3, ServiceKind.FREIGHT, "POST", "LANTERN", 3, 1800),),
        )
    ]


def test_a_cancellation_is_matched_to_the_latest_sale_that_has_enough(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        sold("1", "10002", 6, "0.85"),
        sold("2", "10002", 4, "0.85"),
        sold("3", "10002", 2, "0.85"),
        sold("C4", "10002", -3, "0.85", TUESDAY),
    )
    assert returns(found) == [ReturnLine(5, "10002", "LANTERN", 3, 85, (Take("2", 3, 3),))]


def test_where_no_one_sale_has_enough_several_are_taken_latest_first(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        sold("1", "10002", 6, "0.85"),
        sold("2", "10002", 4, "0.85"),
        sold("C3", "10002", -1, "0.85"),
        sold("C4", "10002", -8, "0.85", TUESDAY),
    )
    assert [line.takes for line in returns(found)] == [(Take("2", 3, 1),), (Take("2", 3, 3), Take("1", 2, 5))]


def test_a_discount_given_afterwards_is_a_credited_service(tmp_path: Path) -> None:
    [credit] = read(tmp_path, sold("C1", "D", -1, "27.50"))
    assert isinstance(credit, ReturnInvoice)
    assert credit.services == (ServiceLine(2, ServiceKind.DISCOUNT, "D", "LANTERN", 1, 2750),)


def test_an_invoice_typed_in_between_stays_whole(tmp_path: Path) -> None:
    found = read(tmp_path, sold("1", "10002", 1, "1.0"), sold("2", "10003", 1, "1.0"), sold("1", "10004", 1, "1.0"))
    assert [(record.invoice_no, len(record.lines)) for record in found if isinstance(record, SaleInvoice)] == [("1", 2), ("2", 1)]


def test_within_a_day_the_clock_decides_not_the_typist(tmp_path: Path) -> None:
    late, early = sold("C2", "10002", -1, "0.85", "2010-12-06 17:00:00"), sold("1", "10002", 6, "0.85")
    assert returns(read(tmp_path, late, early)) == [ReturnLine(2, "10002", "LANTERN", 1, 85, (Take("1", 3, 1),))]


def test_summer_invoices_are_an_hour_ahead_of_utc() -> None:
    row = read_row(2, sold("1", "10002", 1, "1.0", "2011-07-01 10:00:00"))
    assert not isinstance(row, Reported)
    assert row.at == datetime(2011, 7, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "pence"), [("2.55", 255), ("2.5", 250), ("7", 700), ("0.07", 7), ("-11062.06", -1_106_206), ("-0.5", -50), ("1.500", 150)]
)
def test_a_price_is_read_exactly(text: str, pence: int) -> None:
    row = read_row(2, sold("1", "10002", 1, text))
    assert not isinstance(row, Reported)
    assert row.unit_price_minor == pence


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        (sold("", "10002", 1, "1.0"), Reason.MISSING_VALUE, "InvoiceNo"),
        (sold("1", " ", 1, "1.0"), Reason.MISSING_VALUE, "StockCode"),
        (sold("1", "10002", 1, "1,50"), Reason.NOT_A_PRICE, "UnitPrice"),
        (sold("1", "10002", 1, "0.001"), Reason.FRACTION_OF_MINOR_UNIT, "UnitPrice"),
        (sold("1", "10002", 1, "1.0", "06/12/2010 08:26"), Reason.NOT_A_TIME, "InvoiceDate"),
        (sold("1", "10002", 1, "1.0", customer="17850.5"), Reason.NOT_A_CUSTOMER, "CustomerID"),
        (("1", "10002", "", "1.5", MONDAY, "1.0", "", ""), Reason.NOT_A_WHOLE_NUMBER, "Quantity"),
        (("1", "10002"), Reason.WRONG_COLUMN_COUNT, None),
        (sold("A1", "B", 1, "-11062.06"), Reason.ADJUST_BAD_DEBT, None),
        (sold("X1", "10002", 1, "1.0"), Reason.UNKNOWN_INVOICE_KIND, None),
        (sold("1", "10002", 0, "1.0"), Reason.ZERO_QUANTITY, None),
        (sold("1", "10002", 1, "-1.0"), Reason.NEGATIVE_PRICE, None),
        (sold("1", "10002", -5, "0.0", customer=""), Reason.STOCK_WRITE_OFF, None),
        (sold("1", "10002", 5, "0.0"), Reason.ZERO_PRICE, None),
        (sold("C1", "10002", -5, "0.0"), Reason.ZERO_PRICE, None),
        (sold("C1", "10002", 5, "1.0"), Reason.POSITIVE_CANCELLATION, None),
        (sold("C1", "10002", -5, "1.0", customer=""), Reason.NO_CUSTOMER, None),
        (sold("C1", "10002", -5, "1.0"), Reason.NO_EARLIER_SALE, None),
    ],
)
def test_a_row_that_is_nothing_else_says_why(tmp_path: Path, row: tuple[str, ...], reason: Reason, column: str | None) -> None:
    assert read(tmp_path, row) == [Reported(2, reason, row, column)]


@pytest.mark.parametrize(
    ("second", "reason", "column"),
    [
        (sold("C2", "10002", -1, "0.80"), Reason.PRICE_DIFFERS, None),
        (sold("C2", "10002", -7, "0.85"), Reason.QUANTITY_EXCEEDS_SOLD, None),
        (sold("C2", "10002", -1, "0.85", customer="13047.0"), Reason.NO_EARLIER_SALE, None),
        (sold("1", "10003", 1, "0.85", TUESDAY), Reason.INVOICE_REAPPEARS, "InvoiceNo"),
        (sold("2", "10003", 1, "0.85", "2010-12-05 23:00:00"), Reason.OUT_OF_TIME_ORDER, "InvoiceDate"),
        (sold("1", "10003", 1, "0.85", customer="13047.0"), Reason.INVOICE_DISAGREES, "CustomerID"),
        ((*sold("1", "10003", 1, "0.85")[:-1], "EIRE"), Reason.INVOICE_DISAGREES, "Country"),
    ],
)
def test_a_row_at_odds_with_an_earlier_one_says_why(tmp_path: Path, second: tuple[str, ...], reason: Reason, column: str | None) -> None:
    found = read(tmp_path, sold("1", "10002", 6, "0.85"), second)
    assert [record for record in found if isinstance(record, Reported)] == [Reported(3, reason, second, column)]


def test_a_compressed_file_reads_the_same(tmp_path: Path) -> None:
    plain = write(tmp_path / "invoices.csv", [sold("1", "10002", 6, "0.85"), sold("C2", "10002", -1, "0.85")])
    packed = tmp_path / "invoices.csv.xz"
    packed.write_bytes(lzma.compress(plain.read_bytes()))
    assert list(records(packed)) == list(records(plain))


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    row = sold("1", "10002", 6, "0.85")
    turned = write(tmp_path / "turned.csv", [["extra", *reversed(row)]], ["Extra", *reversed(COLUMNS)])
    assert list(records(turned)) == read(tmp_path, row)


@pytest.mark.parametrize("text", ["", "InvoiceNo,StockCode\n1,2\n"])
def test_a_file_without_its_columns_is_refused_whole(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.csv").write_text(text)
    with pytest.raises(ColumnsMissingError, match="UnitPrice"):
        list(records(tmp_path / "other.csv"))


def test_a_quote_that_never_closes_is_one_reported_row(tmp_path: Path) -> None:
    path = write(tmp_path / "invoices.csv", [sold("1", "10002", 6, "0.85")])
    with path.open("a") as file:
        file.write('2,10002,"' + "x" * (csv.field_size_limit() + 1))
    assert [record for record in records(path) if isinstance(record, Reported)] == [Reported(3, Reason.UNREADABLE, ())]


def returns(found: Iterable[Record]) -> list[ReturnLine]:
    return [line for record in found if isinstance(record, ReturnInvoice) for line in record.lines]
