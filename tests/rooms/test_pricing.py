"""The pricing room on a real database: facts and their stamps, tax rates, and the constraint that decides who is first."""

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.book import NOON, Book, book, database

from jiutong.capabilities import pricing
from jiutong.capabilities.pricing import FOREVER, PriceList, PriceSpan, SetTaxRate
from jiutong.kernel.errors import Problem

__all__ = ["book", "database"]
MALL, SHOP, ACME, SKU = 7, 3, 5, 21


async def make_list(book: Book, code: str = "base", active: bool = True, kind: str = "base", scope_id: int = 0) -> int:
    async with book.writing() as tx:
        wish = PriceList(code, code.title(), kind, scope_id, "CNY", active)  # type: ignore[arg-type]
        (outcome,) = await pricing.put_lists(tx, [[wish]])
        assert not isinstance(outcome, Problem)
        return (await pricing.lists(tx, [code]))[code].list_id


def span(list_id: int, amount: int, since: datetime = NOON, until: datetime = FOREVER, sku_id: int = SKU, least: int = 1) -> PriceSpan:
    return PriceSpan(list_id, sku_id, least, amount, 1, since, until, sku=f"s{sku_id}", pointer=f"/prices/{amount}")


async def set_(book: Book, *spans: PriceSpan) -> pricing.PricesSet:
    async with book.writing() as tx:
        (told,) = await pricing.set_prices(tx, [spans])
        return told


async def price(book: Book, quantity: int = 1, at: datetime = NOON) -> int | None:
    """What the SKU costs in the mall's shop, by what is remembered."""
    async with book.database.reading(book.tenant_id, at) as tx:
        found = pricing.resolve((await pricing.prices(tx, [SKU]))[SKU], MALL, SHOP, "CNY", quantity, at)
        return found.amount if found else None


async def revision(book: Book) -> object:
    """The stamp of the SKU now."""
    rows = await book.rows("select revision from kernel.stamp where tenant_id = $1 and topic = 'sku' and key = $2", SKU)
    return rows[0][0] if rows else 0


class TestFacts:
    async def test_the_most_specific_list_and_the_highest_break_win(self, book: Book) -> None:
        lists = [await make_list(book), await make_list(book, "mall", kind="channel", scope_id=MALL)]
        lists.append(await make_list(book, "shop", kind="store", scope_id=SHOP))
        assert await price(book) is None
        told = []
        for list_id, amount, least in ((lists[0], 100, 1), (lists[1], 95, 1), (lists[1], 90, 10), (lists[2], 99, 100)):
            await set_(book, span(list_id, amount, least=least))
            told.append((await price(book), await price(book, 10), await price(book, 100)))
        assert told == [(100, 100, 100), (95, 95, 95), (95, 90, 90), (95, 90, 99)]

    async def test_any_number_of_skus_costs_one_statement_and_then_none(self, book: Book) -> None:
        list_id = await make_list(book)
        ids = list(range(100, 160))
        await set_(book, *(span(list_id, 100, sku_id=sku_id) for sku_id in ids))
        async with book.database.reading(book.tenant_id, NOON) as tx:
            first = await pricing.prices(tx, ids)
            assert (len(first), tx.statements) == (60, 1)
            assert await pricing.prices(tx, ids) == first
            assert tx.statements == 1

    @pytest.mark.parametrize("change", ["first price", "new price", "withdrawn list", "list in use again", "renamed list", "same price"])
    async def test_whatever_changes_a_price_bumps_its_stamp(self, book: Book, change: str) -> None:
        list_id = await make_list(book)
        if change != "first price":
            await set_(book, span(list_id, 100))
        if change == "list in use again":
            await make_list(book, active=False)
        await price(book)
        async with book.database.reading(book.tenant_id, NOON) as tx:
            used = pricing.stamps(tx, [SKU])
        assert used == {SKU: await revision(book)}
        match change:
            case "first price" | "same price":
                await set_(book, span(list_id, 100))
            case "new price":
                await set_(book, span(list_id, 90, NOON + timedelta(hours=1)))
            case "withdrawn list":
                await make_list(book, active=False)
            case "list in use again":
                await make_list(book, active=True)
            case _:
                async with book.writing() as tx:
                    await pricing.put_lists(tx, [[PriceList("base", "Other name", "base", 0, "CNY", True)]])
        assert (await revision(book) != used[SKU]) == (change not in {"renamed list", "same price"})

    async def test_history_reaches_back_before_what_is_remembered(self, book: Book) -> None:
        list_id = await make_list(book)
        long_ago = NOON - timedelta(days=400)
        await set_(book, span(list_id, 100, long_ago, NOON - timedelta(days=2)), span(list_id, 90))
        async with book.database.reading(book.tenant_id, NOON) as tx:
            now = (await pricing.prices(tx, [SKU]))[SKU]
            then = (await pricing.history(tx, [SKU]))[SKU]
        assert [row.amount for row in now.by_scope["base", 0, "CNY"]] == [90]
        resolved = pricing.resolve(then, MALL, SHOP, "CNY", 1, long_ago)
        assert resolved is not None
        assert (resolved.amount, resolved.list_code, resolved.kind) == (100, "base", "base")
        with pytest.raises(ValueError, match="load the history"):
            pricing.resolve(now, MALL, SHOP, "CNY", 1, long_ago)


class TestSet:
    async def test_who_comes_after_ends_what_the_other_began(self, book: Book) -> None:
        list_id = await make_list(book)
        await set_(book, span(list_id, 100))
        later = NOON + timedelta(hours=1)
        await asyncio.gather(set_(book, span(list_id, 90, later)), set_(book, span(list_id, 80, sku_id=22)))
        rows = await book.rows("select amount, valid_from, valid_to = 'infinity' from pricing.price where tenant_id = $1 order by amount")
        assert rows == [(80, NOON, True), (90, later, True), (100, NOON, False)]
        assert (await price(book), await price(book, at=later)) == (100, 90)

    async def test_a_batch_costs_the_same_few_statements_whatever_its_size(self, book: Book) -> None:
        list_id = await make_list(book)

        async def counted(since: datetime, amount: int, first: int, last: int) -> int:
            async with book.writing() as tx:
                await pricing.set_prices(tx, [[span(list_id, amount, since, sku_id=sku_id)] for sku_id in range(first, last)])
                return tx.statements

        assert [await counted(NOON, 100, 200, 201), await counted(NOON, 100, 201, 260)] == [3, 3]
        later = NOON + timedelta(hours=1)
        assert [await counted(later, 90, 200, 201), await counted(later, 90, 201, 260)] == [4, 4]
        assert [await counted(later, 80, 200, 201), await counted(later, 80, 201, 260)] == [4, 4]


class TestTax:
    async def test_the_rate_that_began_last_counts(self, book: Book) -> None:
        new_year = datetime.fromisoformat("2027-01-01T00:00:00Z")
        async with book.writing() as tx:
            rates = [SetTaxRate("standard", 1300), SetTaxRate("standard", 900, new_year), SetTaxRate("exempt", 0)]
            await pricing.set_tax_rates(tx, [(ACME, rates)])
        for at, standard in ((NOON, 1300), (new_year - timedelta(microseconds=1), 1300), (new_year, 900)):
            async with book.database.reading(book.tenant_id, at) as tx:
                told = await pricing.tax_rates(tx, [ACME, 99])
                assert told == {(ACME, "standard"): standard, (ACME, "exempt"): 0}
                assert (ACME, "reduced") not in told

    async def test_a_change_bumps_the_place_and_the_same_again_does_not(self, book: Book) -> None:
        seen = []
        for rate_bp in (1300, 1300, 1000):
            async with book.writing() as tx:
                await pricing.set_tax_rates(tx, [(ACME, [SetTaxRate("standard", rate_bp)])])
            async with book.database.reading(book.tenant_id, NOON) as tx:
                assert await pricing.tax_rates(tx, [ACME]) == {(ACME, "standard"): rate_bp}
                place = await book.rows("select revision from kernel.stamp where tenant_id = $1 and topic = 'place'")
                seen.append((pricing.tax_stamps(tx)[0], place[0][0]))
        assert seen == [(1, 1), (1, 1), (2, 2)]

    async def test_of_two_commands_for_one_rate_the_later_counts(self, book: Book) -> None:
        async with book.writing() as tx:
            told = await pricing.set_tax_rates(tx, [(ACME, [SetTaxRate("standard", 1)]), (ACME, [SetTaxRate("standard", 2)])])
        assert [[one.after_bp for one in rows] for rows in told] == [[], [2]]
