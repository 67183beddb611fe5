"""The real file to October 2011, counted row by row and summed to the penny against the text itself."""

import csv
import lzma
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from jiutong.importers.uci_online_retail import Record, Reported, ReturnInvoice, SaleInvoice, records

pytestmark = pytest.mark.extra


@pytest.fixture(scope="module")
def path() -> Path:
    if not (folder := os.environ.get("JIUTONG_EXTRA_DATA")):
        pytest.skip("NOT PROVED: JIUTONG_EXTRA_DATA names no folder with uci_online_retail/")
    return Path(folder) / "uci_online_retail" / "online_retail_to_2011-10.csv.xz"


@pytest.fixture(scope="module")
def found(path: Path) -> list[Record]:
    return list(records(path))


def test_the_file_is_partitioned(found: list[Record]) -> None:
    reasons = Counter(str(record.reason) for record in found if isinstance(record, Reported))
    sales = [record for record in found if isinstance(record, SaleInvoice)]
    returns = [record for record in found if isinstance(record, ReturnInvoice)]
    ends = {
        "sale lines": sum(len(invoice.lines) for invoice in sales),
        "charged services": sum(len(invoice.services) for invoice in sales),
        "return lines": sum(len(invoice.lines) for invoice in returns),
        "credited services": sum(len(invoice.services) for invoice in returns),
        **reasons,
    }
    assert ends == {
        "sale lines": 419_635,
        "charged services": 1_984,
        "return lines": 5_905,
        "credited services": 512,
        "stock_write_off": 1_169,
        "zero_price": 1_026,
        "no_earlier_sale": 982,
        "price_differs": 244,
        "no_customer": 151,
        "quantity_exceeds_sold": 58,
        "fraction_of_minor_unit": 4,
        "adjust_bad_debt": 3,
    }
    rows = [record.row for record in found if isinstance(record, Reported)]
    rows += [line.row for invoice in (*sales, *returns) for line in (*invoice.lines, *invoice.services)]
    assert sorted(rows) == list(range(2, 431_673 + 2))
    assert (len(sales), len(returns)) == (16_371, 2_842)
    assert len({invoice.invoice_no for invoice in (*sales, *returns)}) == len(sales) + len(returns)


def test_every_penny_of_the_file_is_somewhere(path: Path, found: list[Record]) -> None:
    with lzma.open(path, "rt", encoding="utf-8", newline="") as text:
        typed = sum(Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in csv.DictReader(text))
    reported = sum(Decimal(record.fields[3]) * Decimal(record.fields[5]) for record in found if isinstance(record, Reported))
    charged = sum(line.amount_minor for record in found if isinstance(record, SaleInvoice) for line in (*record.lines, *record.services))
    credited = sum(line.amount_minor for record in found if isinstance(record, ReturnInvoice) for line in (*record.lines, *record.services))
    assert typed - reported == Decimal(charged - credited).scaleb(-2)
    assert (charged, credited) == (850_733_347, 61_317_816)


def test_services_by_kind(found: list[Record]) -> None:
    kinds = Counter(
        (type(record).__name__, str(line.kind)) for record in found if not isinstance(record, Reported) for line in record.services
    )
    assert dict(kinds) == {
        ("SaleInvoice", "freight"): 1_669,
        ("SaleInvoice", "manual"): 273,
        ("SaleInvoice", "gift_voucher"): 30,
        ("SaleInvoice", "bank_charge"): 8,
        ("SaleInvoice", "marketplace_fee"): 2,
        ("SaleInvoice", "samples"): 2,
        ("ReturnInvoice", "manual"): 223,
        ("ReturnInvoice", "freight"): 105,
        ("ReturnInvoice", "discount"): 64,
        ("ReturnInvoice", "samples"): 58,
        ("ReturnInvoice", "marketplace_fee"): 28,
        ("ReturnInvoice", "bank_charge"): 23,
        ("ReturnInvoice", "charity_commission"): 11,
    }


def test_no_unit_is_taken_back_twice(found: list[Record]) -> None:
    left: Counter[int] = Counter()
    several = 0
    for record in found:
        if isinstance(record, SaleInvoice):
            left.update({line.row: line.quantity for line in record.lines})
        elif isinstance(record, ReturnInvoice):
            for line in record.lines:
                several += len(line.takes) > 1
                left.subtract({take.row: take.quantity for take in line.takes})
    assert min(left.values()) == 0
    assert several == 37
