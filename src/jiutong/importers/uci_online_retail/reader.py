"""The file, streamed a day at a time: rows become invoices, and invoices meet the sales they take back."""

import csv
import lzma
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from jiutong.importers.uci_online_retail import rules
from jiutong.importers.uci_online_retail.matching import SalesBook
from jiutong.importers.uci_online_retail.model import (
    Reason,
    Record,
    Reported,
    ReturnInvoice,
    ReturnLine,
    Row,
    SaleInvoice,
    SaleLine,
    ServiceLine,
)
from jiutong.importers.uci_online_retail.rows import COLUMNS, read_row

FIRST_ROW = 2


class ColumnsMissingError(LookupError):
    """The header lacks a column, so no row could mean anything."""


def records(path: Path) -> Iterator[Record]:
    """Everything the file says, in its order: sales and returns as whole invoices, the rest as reported rows."""
    with _open(path) as text:
        book = SalesBook()
        for day in _days(_rows(text)):
            yield from day.reported
            for invoice in day.invoices():
                yield from _shaped(invoice, book)


class Day:
    """One day's invoices. Their rows mostly stand together, but a clerk at another desk may have typed in between."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.reported: list[Reported] = []
        self.by_invoice: dict[str, list[Row]] = {}

    def add(self, row: Row) -> None:
        """An invoice belongs to one customer in one country: its first row says which."""
        rows = self.by_invoice.setdefault(row.invoice_no, [row])
        if rows[0] is row:
            return
        if rows[0].customer_id != row.customer_id:
            self.reported.append(Reported(row.row, Reason.INVOICE_DISAGREES, row.fields, "CustomerID"))
        elif rows[0].country != row.country:
            self.reported.append(Reported(row.row, Reason.INVOICE_DISAGREES, row.fields, "Country"))
        else:
            rows.append(row)

    def invoices(self) -> list[list[Row]]:
        return sorted(self.by_invoice.values(), key=lambda rows: (rows[0].at, rows[0].row))


def _open(path: Path) -> TextIO:
    """A byte that is no UTF-8 can only stand in a description, and costs that one character."""
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


def _rows(text: TextIO) -> Iterator[Row | Reported]:
    lines = csv.reader(text)
    header = next(lines, [])
    if missing := set(COLUMNS) - set(header):
        raise ColumnsMissingError(", ".join(sorted(missing)))
    order = [header.index(column) for column in COLUMNS]
    number = FIRST_ROW
    while True:
        try:
            fields = next(lines)
        except StopIteration:
            return
        except csv.Error:
            yield Reported(number, Reason.UNREADABLE, ())
        else:
            yield read_row(number, [fields[i] for i in order] if len(fields) == len(header) else fields)
        number += 1


def _days(rows: Iterator[Row | Reported]) -> Iterator[Day]:
    """Days in file order. A row of an earlier day, or of an invoice already closed, would rewrite what was matched: reported."""
    day = Day(date.min)
    closed: set[str] = set()
    for row in rows:
        if isinstance(row, Reported):
            day.reported.append(row)
            continue
        if row.at.date() > day.on:
            yield day
            closed.update(day.by_invoice)
            day = Day(row.at.date())
        if row.at.date() < day.on:
            day.reported.append(Reported(row.row, Reason.OUT_OF_TIME_ORDER, row.fields, "InvoiceDate"))
        elif row.invoice_no in closed:
            day.reported.append(Reported(row.row, Reason.INVOICE_REAPPEARS, row.fields, "InvoiceNo"))
        else:
            day.add(row)
    yield day


def _shaped(rows: Sequence[Row], book: SalesBook) -> Iterator[Record]:
    """An invoice as a sale, a return, or - where signs are mixed - one of each under the same number."""
    trade: list[Row] = []
    for row in rows:
        if reason := rules.not_trade(row):
            yield Reported(row.row, reason, row.fields)
        else:
            trade.append(row)
    sold = [row for row in trade if row.quantity > 0]
    returned = [row for row in trade if row.quantity < 0]
    if sold:
        sale = _sale(sold)
        book.remember(sale)
        yield sale
    if returned:
        yield from _returns(returned, book)


def _sale(rows: Sequence[Row]) -> SaleInvoice:
    lines: list[SaleLine] = []
    services: list[ServiceLine] = []
    for row in rows:
        if kind := rules.service_kind(row.stock_code):
            services.append(rules.service_line(row, kind))
        else:
            lines.append(rules.sale_line(row))
    head = rows[0]
    return SaleInvoice(head.invoice_no, head.at, head.customer_id, head.country, tuple(lines), tuple(services))


def _returns(rows: Sequence[Row], book: SalesBook) -> Iterator[ReturnInvoice | Reported]:
    lines: list[ReturnLine] = []
    services: list[ServiceLine] = []
    for row in rows:
        if kind := rules.service_kind(row.stock_code):
            services.append(rules.service_line(row, kind))
            continue
        found = book.take_back(row)
        if isinstance(found, Reason):
            yield Reported(row.row, found, row.fields)
        else:
            lines.append(ReturnLine(row.row, row.stock_code, row.description, -row.quantity, row.unit_price_minor, found))
    head = rows[0]
    if lines or services:
        yield ReturnInvoice(head.invoice_no, head.at, head.customer_id, head.country, tuple(lines), tuple(services))
