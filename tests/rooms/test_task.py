"""Sheets begin and end once, whoever asks, also when two ask at once and are served together."""

from jiutong.capabilities import task
from jiutong.kernel.errors import Problem

from ..book import Book


async def test_the_first_to_begin_a_sheet_is_the_only_one(book: Book) -> None:
    async with book.writing() as tx:
        (kept,) = await task.receive(tx, [("op", task.HandedIn("products", "t.csv", ("sku",), ("sku",), ()))])
    async with book.writing() as tx:
        one, other = await task.start(tx, [task.Start(kept.sheet_id, ("code",), {}), task.Start(kept.sheet_id, ("sku",), {})])
    assert one == task.Begun(kept.sheet_id, "products", "t.csv", 0)
    assert isinstance(other, Problem)
    assert other.type is task.NOT_WAITING
    assert await book.rows("select state, mapping::text from task.sheet where tenant_id = $1") == [("running", '["code"]')]


async def test_the_first_to_cancel_a_sheet_is_the_only_one(book: Book) -> None:
    async with book.writing() as tx:
        (kept,) = await task.receive(tx, [("op", task.HandedIn("products", "t.csv", ("sku",), ("sku",), ()))])
    async with book.writing() as tx:
        one, other = await task.cancel(tx, [kept.sheet_id, kept.sheet_id])
    assert one == task.Ended(kept.sheet_id, "products", "t.csv", 0, 0, 0, 0)
    assert isinstance(other, Problem)
    assert other.type is task.NOT_UNDER_WAY
