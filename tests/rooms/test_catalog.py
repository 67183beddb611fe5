"""The catalog room on a real database: facts and their stamps, what is offered, barcodes, and rows by the thousand."""

import doctest
import os
from datetime import timedelta
from pathlib import Path

import pytest
from stdnum import ean
from tests.book import NOON, Book, book, database, new_book

from jiutong.capabilities import catalog
from jiutong.capabilities.catalog import EVER, FOREVER, Listing, ListingFacts, MoveProduct, PutProduct, PutSku, SkuFacts
from jiutong.capabilities.catalog.store import shelf as kept
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem

__all__ = ["book", "database"]
MALL, SHOP, ACME = 7, 3, 5
EAN = "7501031311309"


def tea() -> PutProduct:
    return PutProduct(code="tea", title="Tea", skus=(PutSku("t1", gtins=(EAN,)), PutSku("t2")))


async def put(book: Book, *products: PutProduct) -> None:
    async with book.writing() as tx:
        (outcome,) = await catalog.put_products(tx, [products])
        assert not isinstance(outcome, Problem)


async def move(book: Book, *steps: catalog.Status) -> None:
    async with book.writing() as tx:
        (outcome,) = await catalog.move_products(tx, [[MoveProduct("tea", to) for to in steps]])
        assert not isinstance(outcome, Problem)


def listing(sku: str = "t1", store_id: int = 0, **more: object) -> Listing:
    return Listing(
        **{  # type: ignore[arg-type]
            "sku": sku,
            "channel_id": MALL,
            "store_id": store_id,
            "seller_id": ACME,
            "owner_id": ACME,
            "tax_class": "standard",
            "listed": True,
            "valid_from": EVER,
            "valid_to": FOREVER,
            **more,
        }
    )


async def list_(book: Book, *listings: Listing) -> None:
    async with book.writing() as tx:
        (outcome,) = await catalog.put_listings(tx, [listings])
        assert not isinstance(outcome, Problem)


async def known(book: Book, *names: str) -> dict[str, SkuFacts]:
    async with book.database.reading(book.tenant_id, NOON) as tx:
        return await catalog.skus(tx, names)


async def stale(book: Book, used: dict[int, int]) -> list[int]:
    """The SKUs whose stamp is no longer the one used."""
    now = await book.rows("select key, revision from kernel.stamp where tenant_id = $1 and topic = 'sku'")
    return [
        sku_id for sku_id, revision in used.items() if (sku_id, revision) not in now and (revision or sku_id in {row[0] for row in now})
    ]


class TestFacts:
    async def test_a_sku_is_known_by_its_code_and_by_every_form_of_its_barcode(self, book: Book) -> None:
        await put(book, tea())
        found = await known(book, "t1", EAN, f"0{EAN}", "nobody", "00000000000000")
        assert sorted(found) == [f"0{EAN}", EAN, "t1"]
        assert len({id(sku) for sku in found.values()}) == 1
        assert (found["t1"].code, found["t1"].title, found["t1"].sellable, found["t1"].listings) == ("t1", "Tea", False, ())

    async def test_a_code_goes_before_a_barcode(self, book: Book) -> None:
        await put(book, tea(), PutProduct(code="other", title="Other", skus=(PutSku(EAN),)))
        assert (await known(book, EAN))[EAN].title == "Other"

    async def test_what_is_remembered_costs_nothing_and_what_is_not_one_statement(self, book: Book) -> None:
        await put(book, *(PutProduct(code=f"p{i}", title="P", skus=(PutSku(f"s{i}"),)) for i in range(50)))
        codes = [f"s{i}" for i in range(50)]
        async with book.database.reading(book.tenant_id, NOON) as tx:
            first = await catalog.skus(tx, codes)
            assert tx.statements == 1
            assert await catalog.skus(tx, codes) == first
            assert await catalog.skus_by_id(tx, [sku.sku_id for sku in first.values()]) == {s.sku_id: s for s in first.values()}
            assert (len(first), tx.statements) == (50, 1)

    async def test_a_name_nobody_knows_is_asked_again(self, book: Book) -> None:
        assert await known(book, "t1") == {}
        await put(book, tea())
        assert list(await known(book, "t1")) == ["t1"]

    @pytest.mark.parametrize("change", ["title", "move", "listing", "barcode"])
    async def test_whatever_changes_a_sku_bumps_its_stamp(self, book: Book, change: str) -> None:
        await put(book, tea())
        before = (await known(book, "t1"))["t1"]
        async with book.database.reading(book.tenant_id, NOON) as tx:
            used = catalog.stamps(tx, [before.sku_id])
        # Another process changes it: this one is not told.
        mine = dict(book.database.memory)
        match change:
            case "title":
                await put(book, PutProduct(code="tea", title="Tea", skus=(PutSku("t1", title="Best tea", gtins=(EAN,)),)))
            case "move":
                await move(book, "audit")
            case "listing":
                await list_(book, listing())
            case _:
                await put(book, PutProduct(code="tea", title="Tea", skus=(PutSku("t1"), PutSku("t2", gtins=(EAN,)))))
        book.database.memory.clear()
        book.database.memory.update(mine)
        async with book.database.reading(book.tenant_id, NOON) as tx:
            assert await stale(book, used) == [before.sku_id]
            catalog.forget(tx, [before.sku_id])
            after = await catalog.skus(tx, ["t1", EAN])
        assert after["t1"] is not before
        assert after[EAN].code == ("t2" if change == "barcode" else "t1")

    async def test_putting_the_same_again_bumps_nothing(self, book: Book) -> None:
        await put(book, tea())
        await list_(book, listing())
        async with book.database.reading(book.tenant_id, NOON) as tx:
            await catalog.skus(tx, ["t1", "t2"])
            used = catalog.stamps(tx, [sku.sku_id for sku in (await catalog.skus(tx, ["t1", "t2"])).values()])
        await put(book, tea())
        await list_(book, listing())
        assert (len(used), await stale(book, used)) == (2, [])


class TestOffer:
    async def test_a_draft_is_not_sold_a_published_one_is(self, book: Book) -> None:
        await put(book, tea())
        await list_(book, listing())
        assert catalog.offer((await known(book, "t1"))["t1"], MALL, SHOP, NOON) is catalog.NOT_SELLABLE
        await move(book, "audit", "published")
        sku = (await known(book, "t1"))["t1"]
        assert catalog.offer(sku, MALL, SHOP, NOON) is sku.listings[0]
        assert catalog.offer(sku, 8, SHOP, NOON) is catalog.NOT_LISTED
        assert catalog.offer(None, MALL, SHOP, NOON) is catalog.UNKNOWN_SKU

    def test_the_store_decides_before_the_channel(self) -> None:
        def facts(*listings: ListingFacts) -> SkuFacts:
            return SkuFacts(1, "t1", "Tea", 1, "piece", 1, 0, True, listings)

        wide = ListingFacts(1, MALL, 0, ACME, ACME, "standard", True, EVER, FOREVER)
        own = ListingFacts(2, MALL, SHOP, ACME, ACME, "standard", True, EVER, NOON)
        shut = ListingFacts(3, MALL, SHOP, ACME, ACME, "standard", False, EVER, FOREVER)
        before = NOON - timedelta(microseconds=1)
        assert catalog.offer(facts(wide, own), MALL, SHOP, before) is own
        assert catalog.offer(facts(wide, own), MALL, SHOP, NOON) is catalog.NO_LONGER
        assert catalog.offer(facts(wide, own), MALL, 4, NOON) is wide
        assert catalog.offer(facts(wide, shut), MALL, SHOP, NOON) is catalog.NOT_LISTED
        late = ListingFacts(4, MALL, 0, ACME, ACME, "standard", True, NOON, FOREVER)
        assert catalog.offer(facts(late), MALL, SHOP, before) is catalog.NOT_YET
        assert catalog.offer(facts(late), MALL, SHOP, NOON) is late


class TestPut:
    async def test_commands_are_decided_in_arrival_order_each_whole(self, book: Book) -> None:
        async with book.writing() as tx:
            first, second, third = await catalog.put_products(
                tx,
                [
                    [tea()],
                    [PutProduct(code="new", title="New"), PutProduct(code="bad", title="Bad", skus=(PutSku("t1"),))],
                    [PutProduct(code="tea", title="Tea", skus=(PutSku("t1"), PutSku("t2", gtins=(EAN,))), revision=1)],
                ],
            )
        assert not isinstance(first, Problem)
        assert isinstance(second, Problem)
        assert (second.type, second.errors[0].pointer) == (catalog.SKU_TAKEN, "/products/1/skus/0/code")
        assert not isinstance(third, Problem)
        assert third.rows[0].outcome == "changed"
        assert await book.rows("select code, revision from catalog.product where tenant_id = $1") == [("tea", 2)]
        assert (await known(book, EAN))[EAN].code == "t2"

    async def test_a_batch_costs_the_same_few_statements_whatever_its_size(self, book: Book) -> None:
        async def counted(products: int) -> int:
            wishes = [
                PutProduct(code=f"{products}-{i}", title="P", skus=(PutSku(f"{products}-{i}", gtins=(_ean(products * 1000 + i),)),))
                for i in range(products)
            ]
            async with book.writing() as tx:
                await catalog.put_products(tx, [[wish] for wish in wishes])
                return tx.statements

        assert [await counted(1), await counted(40)] == [8, 8]

    async def test_a_tree_has_no_circle_also_across_commands(self, book: Book) -> None:
        async with book.writing() as tx:
            first, second = await catalog.put_categories(
                tx,
                [
                    [catalog.PutCategory("b", "B", "a"), catalog.PutCategory("a", "A")],
                    [catalog.PutCategory("a", "A", "b")],
                ],
            )
        assert not isinstance(first, Problem)
        assert [(one.code, one.parent_after) for one in first] == [("b", "a"), ("a", None)]
        assert isinstance(second, Problem)
        assert second.type is catalog.CATEGORY_CIRCLE

    async def test_brands_are_renamed_in_order(self, book: Book) -> None:
        async with book.writing() as tx:
            told = await catalog.put_brands(tx, [[catalog.PutBrand("a", "A")], [catalog.PutBrand("a", "B"), catalog.PutBrand("a", "B")]])
        assert [[(one.before, one.after) for one in rows] for rows in told] == [[(None, "A")], [("A", "B")]]
        assert await book.rows("select code, name from catalog.brand where tenant_id = $1") == [("a", "B")]


def _ean(number: int) -> str:
    digits = f"20{number:010d}"
    return digits + ean.calc_check_digit(digits)


class TestGtin:
    @pytest.mark.parametrize(
        ("barcode", "gtin"),
        [
            ("73513537", "00000073513537"),
            ("978-0-471-11709-4", "09780471117094"),
            ("98412345678908", "98412345678908"),
            ("7501031311308", None),
            ("75010313113", None),
            ("750103AAAA309", None),
            ("٧٣٥١٣٥٣٧", None),
        ],
    )
    def test_length_and_check_digit_decide(self, barcode: str, gtin: str | None) -> None:
        assert catalog.gtin14(barcode) == gtin

    @pytest.mark.extra
    @pytest.mark.skipif("JIUTONG_EXTRA_DATA" not in os.environ, reason="needs the reference files")
    def test_the_reference_vectors_agree(self) -> None:
        text = (Path(os.environ["JIUTONG_EXTRA_DATA"]) / "vectors_identifiers" / "test_ean.doctest").read_text()
        examples = [one for one in doctest.DocTestParser().get_examples(text) if one.source.startswith("ean.validate")]
        told = {one.source.split("'")[1]: "Traceback" not in one.want and one.exc_msg is None for one in examples}
        assert len(told) >= 4
        assert {barcode: catalog.gtin14(barcode) is not None for barcode in told} == told


async def test_two_tenants_do_not_meet(book: Book, admin_url: str) -> None:
    other = await new_book(book.database, admin_url)
    await put(book, tea())
    await put(other, PutProduct(code="tea", title="Theirs", skus=(PutSku("t1"),)))
    assert [(await known(one, "t1"))["t1"].title for one in (book, other, book)] == ["Tea", "Theirs", "Tea"]


async def test_names_are_remembered_up_to_a_bound(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    await put(book, *(PutProduct(code=f"p{i}", title="P", skus=(PutSku(f"s{i}"),)) for i in range(6)))
    shelf = kept.Shelf()
    monkeypatch.setattr(kept, "NAMES_KEPT_MAX", 4)
    monkeypatch.setitem(book.database.memory, "catalog.sku", shelf)

    async def ask(tx: Tx, code: str) -> int:
        before = tx.statements
        assert list(await catalog.skus(tx, [code])) == [code]
        return tx.statements - before

    async with book.database.reading(book.tenant_id, NOON) as tx:
        assert [await ask(tx, f"s{i}") for i in range(6)] == [1] * 6
        assert [await ask(tx, "s5"), await ask(tx, "s0"), len(shelf.names)] == [0, 1, 3]
