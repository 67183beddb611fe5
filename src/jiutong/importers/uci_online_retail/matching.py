"""Which sale a cancellation takes back: the file never says, so one rule does.

Same customer, same code, same price; the latest sale line that still has enough, else several lines, latest first. The whole
row is matched or none of it. Another price is never matched: what a return pays back is the share of what was captured, and a
link at another price would pay back money that was not taken, or keep money that was given back.
"""

from collections.abc import Sequence

from msgspec import Struct

from jiutong.importers.uci_online_retail.model import Reason, Row, SaleInvoice, Take


class Unreturned(Struct):
    """Units of one sale line that nobody has brought back yet."""

    invoice_no: str
    row: int
    quantity: int


def takes(sold: Sequence[Unreturned], wanted: int) -> tuple[Take, ...]:
    """The units to take back, from sales in time order; nothing where they do not suffice."""
    for line in reversed(sold):
        if line.quantity >= wanted:
            return (Take(line.invoice_no, line.row, wanted),)
    if sum(line.quantity for line in sold) < wanted:
        return ()
    found: list[Take] = []
    for line in reversed(sold):
        if units := min(line.quantity, wanted):
            found.append(Take(line.invoice_no, line.row, units))
            wanted -= units
    return tuple(found)


class SalesBook:
    """Everything sold so far to known customers, less what came back."""

    def __init__(self) -> None:
        self._at_price: dict[tuple[int, str, int], list[Unreturned]] = {}
        self._at_any_price: set[tuple[int, str]] = set()

    def remember(self, sale: SaleInvoice) -> None:
        if sale.customer_id is None:
            return
        for line in sale.lines:
            key = (sale.customer_id, line.stock_code, line.unit_price_minor)
            self._at_price.setdefault(key, []).append(Unreturned(sale.invoice_no, line.row, line.quantity))
            self._at_any_price.add(key[:2])

    def take_back(self, row: Row) -> tuple[Take, ...] | Reason:
        """Take a cancelled row's units back from their sales, or say why no sale answers for it."""
        if row.customer_id is None:
            return Reason.NO_CUSTOMER
        sold = self._at_price.get((row.customer_id, row.stock_code, row.unit_price_minor))
        if sold is None:
            known = (row.customer_id, row.stock_code) in self._at_any_price
            return Reason.PRICE_DIFFERS if known else Reason.NO_EARLIER_SALE
        if not (found := takes(sold, -row.quantity)):
            return Reason.QUANTITY_EXCEEDS_SOLD
        by_row = {line.row: line for line in sold}
        for take in found:
            by_row[take.row].quantity -= take.quantity
        return found
