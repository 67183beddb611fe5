"""What readers yield, booked: every sum comes back from the ledger, every receipt is an order once, also after a kill."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.invariants import broken
from tests.world import NOON, Served, new_tenant, served

from jiutong.importers.booking import Books
from jiutong.importers.complete_journey import CompleteJourney, SourceMissingError, receipt, source_folder
from jiutong.importers.complete_journey import load as journey
from jiutong.importers.uci_online_retail.load import Refusal
from jiutong.importers.uci_online_retail.load import load as load_invoices
from jiutong.kernel.scope import Scope
from jiutong.reads import ledger

__all__ = ["served"]

BASKETS = 400
INVOICES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
1,H,HEART,3,2010-12-01 08:26:00,0.85,17850.0,United Kingdom
1,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850.0,United Kingdom
2,A,LANTERN,4,2010-12-02 09:00:00,2.55,17850.0,United Kingdom
C3,A,LANTERN,-5,2010-12-03 10:00:00,2.55,17850.0,United Kingdom
C4,A,LANTERN,-5,2010-12-04 10:00:00,2.55,17850.0,United Kingdom
C5,H,HEART,-1,2010-12-05 10:00:00,0.80,17850.0,United Kingdom
C6,D,Discount,-1,2010-12-05 11:00:00,5.00,17850.0,United Kingdom
"""


class Killed(Exception):
    """The import was stopped from outside."""


@pytest.fixture(scope="module")
def year() -> Iterator[CompleteJourney]:
    try:
        folder = source_folder()
    except SourceMissingError as missing:
        pytest.skip(f"NOT PROVED: {missing}")
    with CompleteJourney(folder) as opened:
        yield opened


async def books_of(served: Served, admin_url: str) -> Books:
    served.clock.at = NOON
    tenant = await new_tenant(served, admin_url)
    return Books(served.house.runner, Scope(tenant.tenant_id, "system:import", frozenset({"*"})))


async def posted(served: Served, books: Books, prefix: str) -> int:
    async with served.house.db.reading(books.scope.tenant_id, NOON) as tx:
        rows = await ledger.accounts(tx, ledger.Choice(prefix=prefix), "", 10_000)
    return sum(row.posted for row in rows)


async def count(served: Served, books: Books, sql: str) -> int:
    async with served.house.db.reading(books.scope.tenant_id, NOON) as tx:
        return (await tx.fetch(sql))[0][0]


def tell_nobody(stage: str, done: int, total: int) -> None:
    """Nobody watches a test's progress."""


@pytest.mark.slow
async def test_a_killed_import_goes_on_and_every_cent_comes_back_from_the_ledger(
    served: Served, admin_url: str, year: CompleteJourney
) -> None:
    books = await books_of(served, admin_url)
    baskets = list(year.baskets(BASKETS))
    sold = {line.product_id for basket in baskets for line in basket.lines}
    await journey.organization(books, year, tell_nobody)
    await journey.assortment(books, [p for p in year.products() if p.product_id in sold], tell_nobody)

    def kill_at_half(stage: str, done: int, total: int) -> None:
        if stage == "baskets" and done >= BASKETS // 3:
            raise Killed

    with pytest.raises(Killed):
        await journey.part(books, year, 1, first=BASKETS, after=None, progress=kill_at_half)
    assert 0 < await count(served, books, "select count(*) from orders.placed where tenant_id = $1") <= BASKETS
    loaded = await journey.part(books, year, 1, first=BASKETS, after=None, progress=tell_nobody)
    assert (loaded.baskets, loaded.refused) == (BASKETS, ())

    source: Counter[str] = Counter()
    for basket in baskets:
        for line in basket.lines:
            source["sales_value"] += line.sales_value_minor
            source["retail_disc"] += line.retail_disc_minor
            source["coupon_disc"] += line.coupon_disc_minor
            source["coupon_match_disc"] += line.coupon_match_disc_minor
    loyalty = await posted(served, books, "discount:loyalty_price:")
    match = await posted(served, books, "discount:coupon_match:")
    assert {
        "sales_value": -await posted(served, books, "revenue:") - loyalty - match,
        "retail_disc": loyalty,
        "coupon_disc": await posted(served, books, "funder:manufacturer:"),
        "coupon_match_disc": match,
    } == source
    assert await count(served, books, "select count(*) from orders.placed where tenant_id = $1") == BASKETS
    tendered = sum(receipt(basket).tender_minor - receipt(basket).overage_minor for basket in baskets)
    assert await posted(served, books, "clearing:cash:") == tendered
    assert await count(served, books, "select count(*) from inventory.shortage where tenant_id = $1") == 0
    assert await broken(served.house.db, books.scope.tenant_id) == []


async def test_cancellations_go_back_to_their_sales_and_the_rest_comes_back_with_a_reason(
    served: Served, admin_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(INVOICES)
    books = await books_of(served, admin_url)
    loaded = await load_invoices(books, file, tell_nobody)
    assert (loaded.sales, loaded.sale_rows, loaded.returns, loaded.return_rows) == (2, 4, 2, 2)
    assert [(one.row, one.reason) for one in loaded.refusals] == [(8, "price_differs"), (9, "service_credit")]
    assert isinstance(loaded.refusals[0], Refusal)
    # Ten lanterns were sold and all came back: five from the older sale, the four of the newer and one more.
    assert -await posted(served, books, "revenue:") == 6 * 255 + 3 * 85 + 1800 + 4 * 255 - 10 * 255
    again = await load_invoices(books, file, tell_nobody)
    assert (again.sales, again.returns) == (2, 2)
    assert await count(served, books, "select count(*) from orders.placed where tenant_id = $1") == 2
    assert await count(served, books, "select count(*) from care.return_order where tenant_id = $1") == 3
    assert await broken(served.house.db, books.scope.tenant_id) == []
