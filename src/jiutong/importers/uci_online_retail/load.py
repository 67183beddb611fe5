"""A wholesaler's invoices, booked through the flows: products, opening stock, then invoice after invoice and what came back of them.

Everything can be repeated: masters are put, opening stock and returns have keys, an invoice names itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path

import msgspec

from jiutong.capabilities import access, catalog, inventory, member, pricing
from jiutong.flows import maintain_access, maintain_catalog, maintain_locations, maintain_prices
from jiutong.flows.counter import TenderLaid, TillLine, TillSale
from jiutong.flows.receive_stock import receive_stock
from jiutong.flows.return_goods import Return, ReturnGoods, UnitsBack, return_goods
from jiutong.flows.till_sale import till_sale
from jiutong.importers.booking import Books, Progress, chunks
from jiutong.importers.uci_online_retail.model import CURRENCY, Reported, ReturnInvoice, SaleInvoice, SaleLine, ServiceLine, Take
from jiutong.importers.uci_online_retail.reader import records
from jiutong.kernel.errors import Problem

SELLER, CHANNEL, STORE, DEVICE = "wholesaler", "wholesale", "uk", "desk"
BATCH = 96
OPENED = datetime(2010, 12, 1, tzinfo=UTC)


class Refusal(msgspec.Struct, frozen=True):
    """A row of the file that is not booked, and why; `fields` as they stood."""

    row: int
    reason: str
    fields: tuple[str, ...]


class Loaded(msgspec.Struct, frozen=True):
    """What an import came to. Every row of the file is booked, or is one of `refusals`."""

    sales: int
    sale_rows: int
    returns: int
    return_rows: int
    refusals: tuple[Refusal, ...]


class _Tally:
    """Orders by invoice, line numbers by row, and what was refused so far."""

    def __init__(self) -> None:
        self.orders: dict[str, int] = {}
        self.line_of: dict[int, int] = {}
        self.sales = self.sale_rows = self.returns = self.return_rows = 0
        self.refusals: list[Refusal] = []


async def load(books: Books, file: Path, progress: Progress) -> Loaded:
    """Book the file. A cancellation that no sale answers for comes back as a refusal with its reason; none is lost."""
    sold = _sold(file)
    await _organization(books)
    await _assortment(books, sold, progress)
    tally = _Tally()
    for done, some in enumerate(chunks(records(file), BATCH), 1):
        sales = [one for one in some if isinstance(one, SaleInvoice)]
        await _book_sales(books, sales, tally)
        await _book_returns(books, [one for one in some if isinstance(one, ReturnInvoice)], tally)
        tally.refusals += [Refusal(one.row, one.reason, one.fields) for one in some if isinstance(one, Reported)]
        progress("invoices", tally.sales + tally.returns, max(tally.sales + tally.returns, done * BATCH))
    return Loaded(tally.sales, tally.sale_rows, tally.returns, tally.return_rows, tuple(sorted(tally.refusals, key=attrgetter("row"))))


async def _organization(books: Books) -> None:
    await books.one(maintain_access.put_seller, access.Put(SELLER, access.Seller(name="UK gift wholesaler", tax_inclusive=True)))
    channel = access.Channel(name="Wholesale", scene="store.pos", currency=CURRENCY, time_zone="Europe/London")
    await books.one(maintain_access.put_channel, access.Put(CHANNEL, channel))
    await books.one(maintain_access.put_store, access.Put(STORE, access.Store(name="Order desk", channel=CHANNEL, seller=SELLER)))
    await books.one(maintain_access.put_device, access.PutDevice(STORE, DEVICE, access.Device()))
    shelves = inventory.PutLocation(name="Warehouse", kind="store", mode="exception", store=STORE)
    await books.one(maintain_locations.put_location, inventory.NamedLocation(STORE, shelves))
    rate = pricing.SetTaxRate("exempt", 0)
    await books.one(maintain_prices.set_tax_rates, maintain_prices.SetTaxRates(SELLER, (rate,)))


async def _assortment(books: Books, sold: dict[str, tuple[str, int]], progress: Progress) -> None:
    """Every code that was ever sold, services among them, and as much of it as the file sells."""
    codes = sorted(sold)
    for done, some in enumerate(chunks(codes, catalog.ROWS_MAX // 2), 1):
        put = tuple(catalog.PutProduct(code=c, title=sold[c][0][:300] or c, skus=(catalog.PutSku(c),)) for c in some)
        await books.one(maintain_catalog.put_products, maintain_catalog.PutProducts(put))
        moves = tuple(catalog.MoveProduct(code, state) for code in some for state in ("audit", "published"))
        await books.batch(maintain_catalog.move_products, [maintain_catalog.MoveProducts(moves)])
        listings = tuple(maintain_catalog.PutListing(code, CHANNEL, SELLER, "exempt") for code in some)
        await books.one(maintain_catalog.put_listings, maintain_catalog.PutListings(listings))
        lines = tuple(inventory.ReceiptLine(code, sold[code][1]) for code in some)
        paper = inventory.ReceiveStock(STORE, lines, SELLER, "opening", "what the file sells")
        await books.one(receive_stock, paper, key=f"uci/opening/{done}")
        progress("products", min(done * (catalog.ROWS_MAX // 2), len(codes)), len(codes))


async def _book_sales(books: Books, sales: Sequence[SaleInvoice], tally: _Tally) -> None:
    if not sales:
        return
    for sale, outcome in zip(sales, await books.batch(till_sale, [_sale(one) for one in sales]), strict=True):
        rows = [line.row for line in (*sale.lines, *sale.services)]
        if isinstance(outcome, Problem):
            tally.refusals += [Refusal(row, outcome.code, (sale.invoice_no, outcome.detail)) for row in rows]
            continue
        tally.orders[sale.invoice_no] = outcome.order_id
        tally.line_of |= {row: no for no, row in enumerate(rows, 1)}
        tally.sales += 1
        tally.sale_rows += len(rows)


async def _book_returns(books: Books, returns: Sequence[ReturnInvoice], tally: _Tally) -> None:
    """Goods go back to the sale they came from. A credited service names no sale line: it is refused, for a person to decide."""
    for invoice in returns:
        booked = await _book_return(books, invoice, tally)
        tally.returns += 1 if booked else 0
        tally.return_rows += booked
        tally.refusals += [
            Refusal(one.row, "service_credit", (invoice.invoice_no, one.stock_code, str(one.amount_minor))) for one in invoice.services
        ]


async def _book_return(books: Books, invoice: ReturnInvoice, tally: _Tally) -> int:
    takes = [(line.row, take) for line in invoice.lines for take in line.takes]
    refused: dict[int, tuple[str, str]] = {}
    for sale_no in dict.fromkeys(take.invoice_no for _, take in takes):
        of_sale = [(row, take) for row, take in takes if take.invoice_no == sale_no]
        order_id = tally.orders.get(sale_no)
        if order_id is None:
            refused |= {row: ("sale_refused", sale_no) for row, _ in of_sale}
            continue
        # A line is named once per return; the same row typed twice comes back as two returns.
        for part, named_once in enumerate(_apart(of_sale)):
            wish = Return("changed_mind", tuple(UnitsBack(tally.line_of[take.row], take.quantity) for _, take in named_once), STORE)
            key = f"uci/{invoice.invoice_no}/{sale_no}/{part}"
            try:
                await books.one(return_goods, ReturnGoods(order_id, wish), key)
            except Problem as problem:
                refused |= {row: (problem.code, problem.detail) for row, _ in named_once}
    tally.refusals += [Refusal(row, reason, (invoice.invoice_no, detail)) for row, (reason, detail) in refused.items()]
    return len(invoice.lines) - len(refused)


def _apart(takes: Sequence[tuple[int, Take]]) -> Iterator[list[tuple[int, Take]]]:
    """Takes in groups that name every sale line once."""
    rest = list(takes)
    while rest:
        first: dict[int, tuple[int, Take]] = {}
        later: list[tuple[int, Take]] = []
        for row, take in rest:
            if take.row in first:
                later.append((row, take))
            else:
                first[take.row] = (row, take)
        yield list(first.values())
        rest = later


def _sale(invoice: SaleInvoice) -> TillSale:
    lines = tuple(TillLine(_code(line.stock_code), line.quantity, line.amount_minor) for line in (*invoice.lines, *invoice.services))
    total = sum(line.amount_minor for line in (*invoice.lines, *invoice.services))
    who = None if invoice.customer_id is None else member.Recognize("card", str(invoice.customer_id))
    tenders = (TenderLaid("account", total),) if total else ()
    return TillSale(STORE, DEVICE, invoice.invoice_no, lines, tenders, (), who, invoice.at)


def _sold(file: Path) -> dict[str, tuple[str, int]]:
    """Every code the file sells: what it is called last, and how many units."""
    sold: dict[str, tuple[str, int]] = {}
    for line in _charged(file):
        code = _code(line.stock_code)
        sold[code] = (line.description or sold.get(code, ("", 0))[0], sold.get(code, ("", 0))[1] + line.quantity)
    return sold


def _charged(file: Path) -> Iterable[SaleLine | ServiceLine]:
    for record in records(file):
        if isinstance(record, SaleInvoice):
            yield from record.lines
            yield from record.services


def _code(stock_code: str) -> str:
    return "_".join(stock_code.split())
