"""A brand or a category gets another name while a product is filed under it: no product keeps a word of the old one."""

import pytest
from tests.book import Book, book, database
from tests.races.test_price_races import crossed

from jiutong.capabilities import catalog
from jiutong.capabilities.catalog import PutBrand, PutCategory, PutProduct
from jiutong.kernel.db import Tx

pytestmark = pytest.mark.races
__all__ = ["book", "database"]
WORDS = """
select p.code, w.word from catalog.product_word w join catalog.product p on p.tenant_id = $1 and p.product_id = w.product_id
 where w.tenant_id = $1 and w.place in (2, 3) order by 1, 2
"""


async def named(book: Book, name: str) -> None:
    async with book.writing() as tx:
        await catalog.put_brands(tx, [[PutBrand("b", name)]])
        await catalog.put_categories(tx, [[PutCategory("c", name)]])


async def filed(tx: Tx) -> None:
    await catalog.put_products(tx, [[PutProduct(code="p", title="P", brand="b", category="c")]])


async def test_a_rename_waits_for_who_files_a_product(book: Book) -> None:
    await named(book, "Old")
    await crossed(book, filed, lambda tx: catalog.put_brands(tx, [[PutBrand("b", "New")]]))
    assert await book.rows(WORDS) == [("p", "new"), ("p", "old")]
    async with book.writing() as tx:
        await tx.count("delete from catalog.product_word where tenant_id = $1")
        await tx.count("update catalog.product set title = 'Q' where tenant_id = $1")
    await named(book, "Old")
    await crossed(book, filed, lambda tx: catalog.put_categories(tx, [[PutCategory("c", "New")]]))
    assert await book.rows(WORDS) == [("p", "new"), ("p", "old")]


async def test_who_files_a_product_waits_for_a_rename(book: Book) -> None:
    await named(book, "Old")
    await crossed(book, lambda tx: catalog.put_brands(tx, [[PutBrand("b", "New")]]), filed)
    assert await book.rows(WORDS) == [("p", "new"), ("p", "old")]
