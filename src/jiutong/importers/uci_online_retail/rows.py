"""One row of text, read exactly or reported with the column that stopped it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from jiutong.importers.uci_online_retail.model import Reason, Reported, Row

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")

LONDON = ZoneInfo("Europe/London")
WHOLE = re.compile(r"-?[0-9]+")
PRICE = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")
CUSTOMER = re.compile(r"([0-9]+)(?:\.0)?")


class MisreadError(ValueError):
    def __init__(self, column: str, reason: Reason) -> None:
        self.column = column
        self.reason = reason


def read_row(row: int, fields: Sequence[str]) -> Row | Reported:
    raw = tuple(fields)
    if len(raw) != len(COLUMNS):
        return Reported(row, Reason.WRONG_COLUMN_COUNT, raw)
    invoice_no, stock_code, description, quantity, at, unit_price, customer_id, country = raw
    try:
        return Row(
            row=row,
            invoice_no=_required("InvoiceNo", invoice_no),
            stock_code=_code("StockCode", stock_code),
            description=description.strip(),
            quantity=_whole("Quantity", quantity),
            at=_time("InvoiceDate", at),
            unit_price_minor=_pence("UnitPrice", unit_price),
            customer_id=_customer("CustomerID", customer_id),
            country=country.strip(),
            fields=raw,
        )
    except MisreadError as misread:
        return Reported(row, misread.reason, raw, misread.column)


def _required(column: str, text: str) -> str:
    if not (stripped := text.strip()):
        raise MisreadError(column, Reason.MISSING_VALUE)
    return stripped


def _code(column: str, text: str) -> str:
    """Codes differ only by the case in which a clerk typed them (15056bl, 15056BL): one product, one code."""
    return _required(column, text).upper()


def _whole(column: str, text: str) -> int:
    if not WHOLE.fullmatch(stripped := _required(column, text)):
        raise MisreadError(column, Reason.NOT_A_WHOLE_NUMBER)
    return int(stripped)


@lru_cache(maxsize=1024)
def _time(column: str, text: str) -> datetime:
    """The file names no zone; the wholesaler's clock is London's."""
    stripped = _required(column, text)
    try:
        return datetime.strptime(stripped, "%Y-%m-%d %H:%M:%S").replace(tzinfo=LONDON).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MisreadError(column, Reason.NOT_A_TIME) from None


@lru_cache(maxsize=4096)
def _pence(column: str, text: str) -> int:
    """Never rounded: a price below the penny is not a price anybody could pay."""
    if not (match := PRICE.fullmatch(_required(column, text))):
        raise MisreadError(column, Reason.NOT_A_PRICE)
    pounds, decimals = match[1], match[2] or ""
    if decimals[2:].strip("0"):
        raise MisreadError(column, Reason.FRACTION_OF_MINOR_UNIT)
    return int(pounds + decimals[:2].ljust(2, "0"))


@lru_cache(maxsize=8192)
def _customer(column: str, text: str) -> int | None:
    """A spreadsheet wrote the numbers as 17850.0; an empty one is a customer nobody asked."""
    if not (stripped := text.strip()):
        return None
    if not (match := CUSTOMER.fullmatch(stripped)):
        raise MisreadError(column, Reason.NOT_A_CUSTOMER)
    return int(match[1])
