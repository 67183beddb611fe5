"""Two sessions at the same price: the exclusion constraint lets one of them in, and a withdrawal sees every price it concerns."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from tests.book import NOON, Book, book, database
from tests.races.waiting import blocked
from tests.rooms.test_pricing import make_list, revision, set_, span

from jiutong.capabilities import catalog, pricing
from jiutong.capabilities.catalog import PutProduct, PutSku
from jiutong.capabilities.pricing import PriceList
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem

pytestmark = pytest.mark.races
__all__ = ["book", "database"]


async def crossed(book: Book, first: Callable[[Tx], Awaitable[object]], second: Callable[[Tx], Awaitable[object]]) -> None:
    """`second` begins while `first` holds its locks, and ends after `first` has committed."""

    async def late() -> None:
        async with book.writing() as tx:
            await second(tx)

    async with book.writing() as tx:
        await first(tx)
        waiting = asyncio.create_task(late())
        while not await blocked(book.database):
            assert not waiting.done()
    await waiting


async def test_two_who_saw_nothing_running_meet_at_the_constraint(book: Book) -> None:
    list_id = await make_list(book)
    with pytest.raises(Problem) as refused:
        await crossed(
            book,
            lambda tx: pricing.set_prices(tx, [[span(list_id, 100)]]),
            lambda tx: pricing.set_prices(tx, [[span(list_id, 90)]]),
        )
    assert (refused.value.type, refused.value.errors[0].pointer) == (pricing.OVERLAP, "/prices/90")
    assert await book.rows("select amount, valid_to = 'infinity' from pricing.price where tenant_id = $1") == [(100, True)]


async def test_two_who_would_end_the_same_row_meet_at_that_row(book: Book) -> None:
    list_id = await make_list(book)
    await set_(book, span(list_id, 100))
    later, latest = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    with pytest.raises(Problem) as refused:
        await crossed(
            book,
            lambda tx: pricing.set_prices(tx, [[span(list_id, 90, later)]]),
            lambda tx: pricing.set_prices(tx, [[span(list_id, 80, latest)]]),
        )
    assert refused.value.type is pricing.OVERLAP
    rows = await book.rows("select amount, valid_from from pricing.price where tenant_id = $1 order by valid_from")
    assert rows == [(100, NOON), (90, later)]


async def test_of_many_at_once_exactly_one_wins(book: Book) -> None:
    list_id = await make_list(book)
    told = await asyncio.gather(*(set_(book, span(list_id, amount)) for amount in range(90, 98)), return_exceptions=True)
    won = [one for one in told if isinstance(one, pricing.PricesSet)]
    lost = [one for one in told if isinstance(one, Problem)]
    assert (len(won), len(lost), {one.type for one in lost}) == (1, 7, {pricing.OVERLAP})
    assert len(await book.rows("select amount from pricing.price where tenant_id = $1")) == 1


async def test_a_withdrawal_waits_for_the_prices_being_set(book: Book) -> None:
    """Otherwise the new price would be remembered as one of a list that is used, and its stamp would never say otherwise."""
    list_id = await make_list(book)

    async def set_one(tx: Tx) -> None:
        assert list(await pricing.lists(tx, ["base"])) == ["base"]
        await pricing.set_prices(tx, [[span(list_id, 100)]])

    await crossed(book, set_one, lambda tx: pricing.put_lists(tx, [[PriceList("base", "Base", "base", 0, "CNY", False)]]))
    assert await revision(book) == 2


async def test_a_list_code_taken_meanwhile_sends_the_second_back(book: Book) -> None:
    wish = PriceList("base", "Base", "base", 0, "CNY", True)
    with pytest.raises(Again):
        await crossed(book, lambda tx: pricing.put_lists(tx, [[wish]]), lambda tx: pricing.put_lists(tx, [[wish]]))


async def test_a_barcode_put_elsewhere_meanwhile_sends_the_second_back(book: Book) -> None:
    def tea(code: str) -> PutProduct:
        return PutProduct(code=code, title="Tea", skus=(PutSku(code, gtins=("73513537",)),))

    with pytest.raises(Again):
        await crossed(book, lambda tx: catalog.put_products(tx, [[tea("a")]]), lambda tx: catalog.put_products(tx, [[tea("b")]]))
    async with book.writing() as tx:
        (told,) = await catalog.put_products(tx, [[tea("b")]])
        assert isinstance(told, Problem)
        assert told.type is catalog.BARCODE_TAKEN
    assert await book.rows("select code from catalog.product where tenant_id = $1") == [("a",)]
