"""Care's rows, and what a return comes to."""

import asyncpg
import pytest

from jiutong.capabilities import care
from jiutong.capabilities.care import ReturnedLine

from ..book import Book

LINES = (ReturnedLine(11, 1, 2, 500, True), ReturnedLine(12, 2, 1, 99, False))


def test_a_return_gives_back_what_its_lines_do() -> None:
    back = care.returned(5, 10, "damaged", 3, LINES)
    assert back.refund == 599
    told = care.goods_returned(back, "USD")
    assert (told.amount, told.units) == (599, ((11, 2, True), (12, 1, False)))


async def test_returns_are_written_with_their_lines(book: Book) -> None:
    async with book.writing() as tx:
        await care.record(tx, [care.returned(5, 10, "damaged", 3, LINES), care.returned(6, 10, "late", 3, LINES[:1])])
    heads = "select return_id, state, reason, refund from care.return_order where tenant_id = $1 order by 1"
    assert await book.rows(heads) == [(5, "received", "damaged", 599), (6, "received", "late", 500)]
    lines = "select return_id, line_id, quantity, refund, restock from care.return_line where tenant_id = $1 order by 1, 2"
    assert await book.rows(lines) == [(5, 11, 2, 500, True), (5, 12, 1, 99, False), (6, 11, 2, 500, True)]


async def test_a_return_is_written_once(book: Book) -> None:
    back = [care.returned(5, 10, "damaged", 3, LINES)]
    async with book.writing() as tx:
        await care.record(tx, back)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with book.writing() as tx:
            await care.record(tx, back)
