"""Care's rows, and what a return comes to."""

import asyncpg
import pytest

from jiutong.capabilities import care
from jiutong.capabilities.care import ReturnedLine

from ..book import Book

LINES = (ReturnedLine(11, 1, 2, 500, True), ReturnedLine(12, 2, 1, 99, False))


def test_the_world_is_told_what_goes_back_and_which_units_came() -> None:
    back = care.ReturnOrder(5, 10, "damaged", 599, 3, LINES)
    told = care.goods_returned(back, "USD")
    assert (told.amount, told.units) == (599, ((11, 2, True), (12, 1, False)))


async def test_returns_are_written_with_their_lines(book: Book) -> None:
    async with book.writing() as tx:
        await care.record(tx, [care.ReturnOrder(5, 10, "damaged", 599, 3, LINES), care.ReturnOrder(6, 10, "late", 450, 3, LINES[:1])])
    heads = "select return_id, state, reason, refund from care.return_order where tenant_id = $1 order by 1"
    assert await book.rows(heads) == [(5, "received", "damaged", 599), (6, "received", "late", 450)]
    lines = "select return_id, line_id, quantity, refund, restock from care.return_line where tenant_id = $1 order by 1, 2"
    assert await book.rows(lines) == [(5, 11, 2, 500, True), (5, 12, 1, 99, False), (6, 11, 2, 500, True)]


async def test_a_return_is_written_once(book: Book) -> None:
    back = [care.ReturnOrder(5, 10, "damaged", 599, 3, LINES)]
    async with book.writing() as tx:
        await care.record(tx, back)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with book.writing() as tx:
            await care.record(tx, back)
