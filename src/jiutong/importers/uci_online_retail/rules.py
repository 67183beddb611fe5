"""What a readable row is: goods, a service, or neither and why (every decision with its count: docs/importers.md)."""

import re

from jiutong.importers.uci_online_retail.model import Reason, Row, SaleLine, ServiceKind, ServiceLine

BAD_DEBT = "B"
SERVICES = {
    "POST": ServiceKind.FREIGHT,
    "DOT": ServiceKind.FREIGHT,
    "C2": ServiceKind.FREIGHT,
    "M": ServiceKind.MANUAL,
    "D": ServiceKind.DISCOUNT,
    "S": ServiceKind.SAMPLES,
    "BANK CHARGES": ServiceKind.BANK_CHARGE,
    "AMAZONFEE": ServiceKind.MARKETPLACE_FEE,
    "CRUK": ServiceKind.CHARITY_COMMISSION,
}
VOUCHER_PREFIX = "GIFT_"
INVOICE_NO = re.compile(r"C?[0-9]+")


def not_trade(row: Row) -> Reason | None:
    """Why a row is neither a sale nor a return, in this order; None where it is one of them.

    A price of zero with a negative count and no cancellation is a stock-keeper's note (damaged, lost, thrown away). Any other
    price of zero - a gift, a find, a correction - is reported, because a sale for nothing must be somebody's decision.
    """
    cancels = row.invoice_no.startswith("C")
    if row.stock_code == BAD_DEBT:
        return Reason.ADJUST_BAD_DEBT
    if not INVOICE_NO.fullmatch(row.invoice_no):
        return Reason.UNKNOWN_INVOICE_KIND
    if row.quantity == 0:
        return Reason.ZERO_QUANTITY
    if row.unit_price_minor < 0:
        return Reason.NEGATIVE_PRICE
    if row.unit_price_minor == 0:
        return Reason.STOCK_WRITE_OFF if row.quantity < 0 and not cancels else Reason.ZERO_PRICE
    if cancels and row.quantity > 0:
        return Reason.POSITIVE_CANCELLATION
    return None


def service_kind(stock_code: str) -> ServiceKind | None:
    """A gift voucher is a promise to pay later, not stock."""
    return ServiceKind.GIFT_VOUCHER if stock_code.startswith(VOUCHER_PREFIX) else SERVICES.get(stock_code)


def service_line(row: Row, kind: ServiceKind) -> ServiceLine:
    return ServiceLine(row.row, kind, row.stock_code, row.description, abs(row.quantity), row.unit_price_minor)


def sale_line(row: Row) -> SaleLine:
    return SaleLine(row.row, row.stock_code, row.description, row.quantity, row.unit_price_minor)
