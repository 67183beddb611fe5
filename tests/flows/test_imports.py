"""Sheets handed in: read, tried out, taken over row by row, the bad rows handed back and mended; and exports that are imports."""

import asyncio
import csv
import io
import random
import struct
import zipfile
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from python_calamine import CalamineWorkbook
from tests.flows.test_products_api import put_tea, refusal
from tests.world import NOON, World, served, world
from xlsxwriter.workbook import Workbook

from jiutong import worker
from jiutong.gateways.outbound import Outbound
from jiutong.importers.sheets import files, work
from jiutong.kernel import jobs

__all__ = ["served", "world"]


def csv_of(*rows: tuple[str, ...]) -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode()


def xlsx_of(*rows: tuple[object, ...]) -> bytes:
    file = io.BytesIO()
    book = Workbook(file, {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    for no, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(no, column, cell)
            else:
                sheet.write(no, column, cell)
    book.close()
    return file.getvalue()


def rows_of(xlsx: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(xlsx)).get_sheet_by_index(0).to_python(skip_empty_area=False)


async def hand_in(world: World, kind: str, raw: bytes, **headers: str) -> httpx2.Response:
    return await world.post(f"/v1/imports?kind={kind}&name=t.xlsx", raw, **headers)


async def work_off(world: World) -> None:
    """Do what is due, as the worker does."""
    outbound = Outbound()
    await worker.run_due(worker.desk_of(world.served.house, outbound), world.tenant.tenant_id)
    await outbound.close()


async def taken(world: World, kind: str, raw: bytes, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """An import, handed in and taken over."""
    handed = await hand_in(world, kind, raw, **headers)
    assert handed.status_code == 201, handed.text
    begun = await world.post(f"{handed.headers['location']}/start", body or {})
    assert begun.json()["state"] == "running", begun.text
    await work_off(world)
    return (await world.get(handed.headers["location"], **headers)).json()


def counts(told: dict[str, Any]) -> tuple[str, int, int, int, int]:
    return told["state"], told["created"], told["changed"], told["unchanged"], told["refused"]


HEAD = ("商品编码", "商品名称", "SKU", "条码", "重量(克)", "属性：产地")


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_text_in_any_of_its_encodings(self, encoding: str, delimiter: str) -> None:
        text = f'编码{delimiter}名称\r\n007{delimiter}"龙井{delimiter}""明前""\n特级"\r\n\r\n008{delimiter}\r\n'
        table = files.read(text.encode(encoding))
        assert table.columns == ("编码", "名称")
        assert [(row.no, row.cells) for row in table.rows] == [(2, ("007", f'龙井{delimiter}"明前"\n特级')), (4, ("008", ""))]

    def test_a_spreadsheet_tells_numbers_dates_and_text_as_a_person_would(self) -> None:
        raw = xlsx_of(("a", "b", "c", "d"), ("007", 6901234567892, 12.5, True), (" x ", 3.0, "", "=1+1"))
        assert [row.cells for row in files.read(raw).rows] == [("007", "6901234567892", "12.5", "TRUE"), (" x ", "3", "", "=1+1")]

    def test_an_archive_that_would_unpack_to_too_much_is_refused_before_it_does(self) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for no in range(5):
                archive.writestr(f"xl/media/{no}.bin", bytes(100 << 20))
        with pytest.raises(Exception, match="would unpack to more") as refused:
            files.read(file.getvalue())
        assert refused.value.code == "task.unreadable"  # type: ignore[attr-defined]

    def test_an_archive_that_lies_about_its_size_is_refused(self) -> None:
        raw = bytearray(xlsx_of(("a",), ("b" * 100_000,)))
        at = raw.rindex(b"PK\x01\x02", 0, raw.index(b"xl/worksheets/sheet1.xml", raw.index(b"PK\x01\x02")))
        struct.pack_into("<L", raw, at + 24, 10)
        with pytest.raises(Exception, match="another size than it has"):
            files.read(bytes(raw))

    def test_a_table_with_a_far_off_cell_is_refused(self) -> None:
        file = io.BytesIO()
        book = Workbook(file)
        book.add_worksheet().write("XFD1048576", 1)
        book.close()
        with pytest.raises(Exception, match="a cell at XFD1048576"):
            files.read(file.getvalue())

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            (b"", "task.no_rows"),
            (b"a,b\r\n", "task.no_rows"),
            (b"PK\x03\x04rubbish", "task.unreadable"),
            (b"\xff\xfe\x00", "task.unreadable"),
        ],
    )
    async def test_what_is_no_table_is_said_to_be_none(self, world: World, raw: bytes, code: str) -> None:
        assert refusal(await hand_in(world, "products", raw))[:2] == (422, code)

    async def test_more_rows_than_one_import_takes(self, world: World) -> None:
        raw = csv_of(("SKU",), *((f"s{no}",) for no in range(50_001)))
        assert refusal(await hand_in(world, "products", raw))[:2] == (422, "task.too_many_rows")


class TestProducts:
    async def test_new_changed_and_same(self, world: World) -> None:
        await world.put("/v1/brands/lj", {"name": "Longjing"})
        rows = (HEAD, ("tea", "龙井", "tea-1", "6901234567892", 100, "杭州"), ("tea", "", "tea-2", "", 200, ""))
        told = await taken(world, "products", xlsx_of(*rows))
        assert counts(told) == ("done", 1, 1, 0, 0)
        shown = (await world.get("/v1/products/tea")).json()
        assert (shown["title"], shown["attributes"], shown["status"]) == ("龙井", {"产地": "杭州"}, "draft")
        assert [(one["code"], one["title"], one["gtins"], one["weight_g"]) for one in shown["skus"]] == [
            ("tea-1", "龙井", ["06901234567892"], 100),
            ("tea-2", "龙井", [], 200),
        ]
        assert counts(await taken(world, "products", xlsx_of(*rows))) == ("done", 0, 0, 2, 0)
        less = csv_of(("sku", "brand", "weight"), ("tea-1", "lj", "101"))
        assert counts(await taken(world, "products", less)) == ("done", 0, 1, 0, 0)
        shown = (await world.get("/v1/products/tea")).json()
        assert (shown["title"], shown["brand"], shown["attributes"]) == ("龙井", "lj", {"产地": "杭州"})
        assert [(one["gtins"], one["weight_g"]) for one in shown["skus"]] == [(["06901234567892"], 101), ([], 200)]
        cleared = csv_of(("sku", "brand", "条码"), ("tea-1", "(clear)", "（清空）"))
        assert counts(await taken(world, "products", cleared)) == ("done", 0, 1, 0, 0)
        shown = (await world.get("/v1/products/tea")).json()
        assert (shown["brand"], shown["skus"][0]["gtins"]) == (None, [])

    async def test_a_title_cannot_be_emptied(self, world: World) -> None:
        told = await taken(world, "products", csv_of(("sku", "title"), ("salt", "(clear)")))
        assert counts(told) == ("done", 0, 0, 0, 1)

    async def test_a_product_without_a_code_has_its_skus(self, world: World) -> None:
        assert counts(await taken(world, "products", csv_of(("sku", "title"), ("salt", "Salt")))) == ("done", 1, 0, 0, 0)
        assert (await world.get("/v1/products/salt")).json()["skus"][0]["code"] == "salt"

    async def test_bad_rows_come_back_with_their_reasons_and_go_in_once_mended(self, world: World) -> None:
        await put_tea(world)
        rows: list[tuple[object, ...]] = [
            ("商品编码", "商品名称", "SKU", "条码", "品牌", "重量(克)", "备注"),
            ("a", "A", "a-1", "6901234567892", "", 10, "fine"),
            ("b", "", "b-1", "", "", "", "no title"),
            ("c", "C", "c-1", "6901234567890", "", "", "check digit"),
            ("d", "D", "d-1", "", "nobody", "", "brand"),
            ("e", "E", "e 1", "", "", "", "code"),
            ("f", "F", "tea-100", "", "", "", "another product's"),
            ("g", "G", "g-1", "", "", "1.5", "weight"),
        ]
        told = await taken(world, "products", xlsx_of(*rows), accept_language="zh")
        assert counts(told) == ("done", 1, 0, 0, 6)
        refused = (await world.get(f"/v1/imports/{told['id']}/refused", accept_language="zh")).json()["items"]
        assert [(one["row"], one["problem"]["field"], one["problem"]["code"]) for one in refused] == [
            (3, "title", "cell.missing"),
            (4, "barcodes", "catalog.bad_gtin"),
            (5, "brand", "catalog.unknown_brand"),
            (6, "sku", "cell.no_code"),
            (7, "sku", "catalog.sku_taken"),
            (8, "weight_g", "cell.no_number"),
        ]
        assert refused[2]["problem"] == {
            "code": "catalog.unknown_brand",
            "field": "brand",
            "title": "没有这个品牌",
            "detail": "no brand nobody",
            "fix": "请填写已有品牌的编码，或先新建品牌。",
        }
        back = await world.get(f"/v1/imports/{told['id']}/rejects.xlsx", accept_language="zh")
        assert back.headers["content-disposition"].startswith('attachment; filename="t-rejects.xlsx"')
        table = rows_of(back.content)
        assert table[0] == [*rows[0], "问题", "修改建议"]
        assert [row[6] for row in table[1:]] == ["no title", "check digit", "brand", "code", "another product's", "weight"]
        assert table[3][7] == "品牌编码：没有这个品牌 (no brand nobody)"
        with zipfile.ZipFile(io.BytesIO(back.content)) as archive:
            comments = archive.read("xl/comments1.xml").decode()
        assert comments.count("<comment ref=") == 6
        assert 'ref="E4"' in comments
        mended = {
            "no title": (1, "B"),
            "check digit": (3, "5901234123457"),
            "brand": (4, ""),
            "code": (2, "e-1"),
            "another product's": (2, "f-1"),
            "weight": (5, 2),
        }
        for row in table[1:]:
            column, value = mended[row[6]]
            row[column] = value
        again = await taken(world, "products", xlsx_of(*(tuple(row) for row in table)))
        assert counts(again) == ("done", 6, 0, 0, 0)
        assert (await world.get(f"/v1/imports/{again['id']}/refused")).json()["items"] == []

    async def test_a_thousand_rows_with_bad_ones_among_them(self, world: World) -> None:
        bad = set(random.Random(37).sample(range(1_000), 37))
        rows = [("SKU", "Title", "Weight (g)"), *((f"n{no}", f"N {no}", "x" if no in bad else str(no)) for no in range(1_000))]
        told = await taken(world, "products", xlsx_of(*rows))
        assert counts(told) == ("done", 963, 0, 0, 37)
        assert await world.rows("select count(*) from catalog.product where tenant_id = $1") == [(963,)]


class TestPreview:
    async def test_it_says_what_would_be_and_keeps_nothing(self, world: World) -> None:
        await put_tea(world)
        before = (await world.get("/v1/products/tea")).json()
        title = before["title"]
        raw = csv_of(
            ("product", "title", "sku", "weight"),
            ("tea", "New name", "tea-100", "777"),
            ("tea", title, "", ""),
            ("new", "New", "new-1", "1"),
            ("bad", "", "x", "1"),
        )
        handed = (await hand_in(world, "products", raw)).json()
        assert (handed["columns"], handed["mapping"], handed["rows"], handed["state"]) == (
            ["product", "title", "sku", "weight"],
            ["product", "title", "sku", "weight_g"],
            4,
            "uploaded",
        )
        told = (await world.post(f"/v1/imports/{handed['id']}/preview", {})).json()
        assert [told[name] for name in ("rows", "checked", "created", "refused")] == [4, 4, 1, 1]
        assert told["items"][0]["changes"] == [
            {"field": "title", "before": title, "after": "New name"},
            {"field": "weight_g", "before": str(before["skus"][0]["weight_g"]), "after": "777"},
        ]
        assert told["problems"] == [told["items"][3]]
        assert told["items"][3]["problem"]["code"] == "cell.missing"
        assert (await world.get("/v1/products/tea")).json() == before
        other = {"mapping": ["product", "title", "sku", ""]}
        told = (await world.post(f"/v1/imports/{handed['id']}/preview", other)).json()
        assert [one["field"] for one in told["items"][0]["changes"]] == ["title"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"mapping": ["product"]}, "/mapping"),
            ({"mapping": ["product", "nonsense"]}, "/mapping/1"),
            ({"mapping": ["title", "title"]}, "/mapping/1"),
            ({"defaults": {"nonsense": "x"}}, "/defaults/nonsense"),
            ({"defaults": {"time_zone": "Mars/Base"}}, "/defaults/time_zone"),
        ],
    )
    async def test_a_mapping_that_cannot_be(self, world: World, body: dict[str, Any], pointer: str) -> None:
        handed = (await hand_in(world, "products", csv_of(("product", "title"), ("a", "A")))).json()
        assert refusal(await world.post(f"/v1/imports/{handed['id']}/preview", body)) == (422, "request.invalid", [pointer])


class TestPricesAndListings:
    async def test_prices_in_major_units(self, world: World) -> None:
        await put_tea(world)
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
        raw = csv_of(
            ("SKU", "价格", "起订量"),
            ("tea-100", '"$1,234.50"', ""),
            ("tea-100", "12.5", "10"),
            ("tea-100", "12.505", "20"),
            ("nil", "1", ""),
        )
        told = await taken(world, "prices", raw, {"defaults": {"list": "base"}})
        assert counts(told) == ("done", 2, 0, 0, 2)
        shown = (await world.get("/v1/price-lists/base/prices")).json()["items"]
        assert [(one["amount_minor"], one["min_quantity"]) for one in shown] == [(123450, 1), (1250, 10)]
        refused = (await world.get(f"/v1/imports/{told['id']}/refused")).json()["items"]
        assert [(one["row"], one["problem"]["field"], one["problem"]["code"]) for one in refused] == [
            (4, "amount", "cell.no_amount"),
            (5, "sku", "pricing.unknown_sku"),
        ]

    async def test_a_price_that_meets_a_later_one_is_refused_alone(self, world: World) -> None:
        await put_tea(world)
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
        await world.put(
            "/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 5, "valid_from": "2027-01-01T00:00:00Z"}]}
        )
        raw = csv_of(("list", "sku", "amount", "from quantity"), *(("base", "tea-100", "1", str(no)) for no in (3, 2, 1, 4)))
        assert counts(await taken(world, "prices", raw)) == ("done", 3, 0, 0, 1)

    async def test_dates_are_of_the_zone_that_was_said(self, world: World) -> None:
        await put_tea(world)
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
        raw = csv_of(("list", "sku", "amount", "生效时间"), ("base", "tea-100", "1", "2026-12-01 08:00"))
        assert counts(await taken(world, "prices", raw, {"defaults": {"time_zone": "Asia/Shanghai"}})) == ("done", 1, 0, 0, 0)
        assert (await world.get("/v1/price-lists/base/prices")).json()["items"][0]["valid_from"] == "2026-12-01T00:00:00Z"

    async def test_listings(self, world: World) -> None:
        await put_tea(world)
        raw = csv_of(
            ("sku", "channel", "seller", "tax class"), ("tea-100", "stores", "acme", "food"), ("tea-100", "nowhere", "acme", "food")
        )
        told = await taken(world, "listings", raw)
        assert counts(told) == ("done", 1, 0, 0, 1)
        refused = (await world.get(f"/v1/imports/{told['id']}/refused")).json()["items"]
        assert [(one["problem"]["field"], one["problem"]["code"]) for one in refused] == [("channel", "access.unknown_channel")]

    async def test_stock_is_received_once(self, world: World) -> None:
        await put_tea(world)
        raw = csv_of(("仓库", "SKU", "数量", "owner"), ("dc1", "tea-100", '"1,200"', "acme"), ("dc1", "nil", "5", "acme"))
        assert counts(await taken(world, "stock", raw)) == ("done", 1, 0, 0, 1)
        assert (await world.get("/v1/stock/tea-100")).json()["on_hand"] == 1200


class TestWork:
    async def test_a_worker_that_died_before_it_could_tell_does_nothing_twice(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        await put_tea(world)
        raw = csv_of(("location", "sku", "quantity", "owner"), *(("dc1", "tea-100", "1", "acme") for _ in range(5)))
        handed = (await hand_in(world, "stock", raw)).json()
        await world.post(f"/v1/imports/{handed['id']}/start", {})

        def dies(*_: object) -> None:
            raise RuntimeError("power cut")

        with monkeypatch.context() as patched:
            patched.setattr(work.task, "Told", dies)
            await work_off(world)
        assert (await world.get("/v1/stock/tea-100")).json()["on_hand"] == 5
        assert (await world.get(f"/v1/imports/{handed['id']}")).json()["done"] == 0
        world.served.clock.at = NOON.replace(minute=5)
        await work_off(world)
        assert counts((await world.get(f"/v1/imports/{handed['id']}")).json()) == ("done", 5, 0, 0, 0)
        assert (await world.get("/v1/stock/tea-100")).json()["on_hand"] == 5

    async def test_two_workers_at_the_same_rows_do_nothing_twice(self, world: World) -> None:
        """As when one of them has lost its lease and does not know it yet."""
        await put_tea(world)
        raw = csv_of(("location", "sku", "quantity", "owner"), *(("dc1", "tea-100", "1", "acme") for _ in range(250)))
        handed = (await hand_in(world, "stock", raw)).json()
        await world.post(f"/v1/imports/{handed['id']}/start", {})
        house, tenant_id = world.served.house, world.tenant.tenant_id
        (job,) = await jobs.claim(house.db, tenant_id, world.served.clock.now(), 16)
        outbound = Outbound()
        desk = worker.desk_of(house, outbound)
        await asyncio.gather(*(worker.EXECUTES[job.kind](desk, tenant_id, job) for _ in range(2)))
        await outbound.close()
        assert counts((await world.get(f"/v1/imports/{handed['id']}")).json()) == ("done", 250, 0, 0, 0)
        assert (await world.get("/v1/stock/tea-100")).json()["on_hand"] == 250

    async def test_it_begins_once_and_ends_when_it_is_canceled(self, world: World) -> None:
        handed = (await hand_in(world, "products", csv_of(("sku", "title"), ("a", "A")))).json()
        path = f"/v1/imports/{handed['id']}"
        begun = await asyncio.gather(*(world.post(f"{path}/start", {}) for _ in range(8)))
        assert sorted(one.status_code for one in begun) == [200, *[409] * 7]
        ended = await asyncio.gather(*(world.post(f"{path}/cancel") for _ in range(8)))
        assert sorted(one.status_code for one in ended) == [200, *[409] * 7]
        assert (await world.get(path)).json()["state"] == "canceled"
        assert refusal(await world.post(f"{path}/cancel"))[:2] == (409, "task.not_under_way")
        await work_off(world)
        assert counts((await world.get(path)).json()) == ("canceled", 0, 0, 0, 0)
        assert await world.rows("select count(*) from catalog.product where tenant_id = $1") == [(0,)]

    async def test_who_may_not_write_may_not_import(self, world: World) -> None:
        token = await world.key_with("catalog:read")
        told = await world.served.ask("POST", "/v1/imports?kind=products&name=t", csv_of(("sku", "title"), ("a", "A")), token)
        assert refusal(told)[:2] == (403, "access.forbidden")
        assert await world.rows("select count(*) from task.sheet where tenant_id = $1") == [(0,)]
        handed = (await hand_in(world, "products", csv_of(("sku", "title"), ("a", "A")))).json()
        assert [one["id"] for one in (await world.get("/v1/imports")).json()["items"]] == [handed["id"]]
        assert (await world.served.ask("GET", "/v1/imports", None, token)).json()["items"] == []
        assert refusal(await world.served.ask("GET", f"/v1/imports/{handed['id']}", None, token))[:2] == (403, "access.forbidden")

    async def test_old_sheets_are_forgotten(self, world: World) -> None:
        handed = (await hand_in(world, "products", csv_of(("sku", "title"), ("a", "A")))).json()
        world.served.clock.at = NOON.replace(month=12, day=23)
        await hand_in(world, "products", csv_of(("sku", "title"), ("b", "B")))
        assert refusal(await world.get(f"/v1/imports/{handed['id']}"))[:2] == (404, "task.unknown_import")
        assert await world.rows("select count(*) from task.sheet_row where tenant_id = $1") == [(1,)]


ODD = '茶 "best", a=b\nline two\ttab'


class TestRoundTrip:
    async def stock_up(self, world: World) -> None:
        await put_tea(world)
        await world.put("/v1/brands/b-1", {"name": "B"})
        odd = {
            "title": ODD,
            "description": "=SUM(A1)\n\n+1\n  spaces  ",
            "brand": "b-1",
            "attributes": {
                "yes": True,
                "number": 7,
                "text": "007",
                "like a number": "7",
                "list": ["a", "b"],
                "pipe": ["a|b"],
                "empty": "",
                "quote": '"x"',
            },
            "skus": [
                {"code": "007", "gtins": ["6901234567892"], "pack_size": 12, "attributes": {"size": "XL"}},
                {"code": "'1", "title": "@cmd", "active": False},
            ],
        }
        assert (await world.put("/v1/products/odd", odd)).status_code == 201
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
        prices = [
            {"sku": "007", "amount_minor": 5},
            {"sku": "007", "amount_minor": 123456, "min_quantity": 10, "per": 100, "valid_to": "2027-01-01T00:00:00Z"},
        ]
        assert (await world.put("/v1/price-lists/base/prices", {"prices": prices})).json()["created"] == 2
        await world.put("/v1/member-groups/gold", {"name": "Gold"})
        await world.put("/v1/companies/kiln", {"name": "Kiln"})
        await world.put("/v1/categories/odds", {"name": "Odds"})
        rate = {"sku": "007", "off_bp": 1250, "min_quantity": 6, "mix": "odd"}
        kinds: list[tuple[dict[str, str], list[dict[str, Any]], list[dict[str, Any]]]] = [
            ({"region": "US/CA"}, [{"sku": "007", "amount_minor": 4}], []),
            ({"group": "gold", "basis": "group"}, [], [rate]),
            (
                {"company": "kiln", "basis": "period"},
                [{"sku": "007", "amount_minor": 3, "quota": 9}],
                [{"category": "odds", "off_bp": 500}],
            ),
            ({"role": "floor"}, [{"sku": "007", "amount_minor": 2}], []),
            ({"role": "cost", "seller": "acme"}, [{"sku": "007", "amount_minor": 1, "per": 3}], []),
        ]
        for no, (whom, amounts, rates) in enumerate(kinds):
            await world.put(f"/v1/price-lists/l{no}", {"name": "L", "currency": "USD", **whom})
            told = await world.put(f"/v1/price-lists/l{no}/prices", {"prices": amounts, "rates": rates})
            assert told.json()["created"] == len(amounts) + len(rates)
        listing = {
            "sku": "007",
            "channel": "stores",
            "store": "s1",
            "seller": "acme",
            "tax_class": "food",
            "valid_to": "2027-01-01T00:00:00Z",
        }
        assert (await world.put("/v1/listings", {"listings": [listing]})).json()["created"] == 1

    @pytest.mark.parametrize("form", ["xlsx", "csv"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("kind", ["products", "prices", "costs", "listings"])
    async def test_what_is_exported_can_be_handed_in_and_changes_nothing(self, world: World, kind: str, form: str, language: str) -> None:
        await self.stock_up(world)
        world.served.clock.advance(timedelta(hours=1))
        file = await world.get(f"/v1/exports/{kind}.{form}", accept_language=language)
        assert file.status_code == 200
        told = await taken(world, kind, file.content)
        assert (told["state"], told["refused"], told["created"], told["changed"]) == ("done", 0, 0, 0)
        assert told["unchanged"] == told["rows"] > 0
        assert "" not in [meaning for meaning, column in zip(told["mapping"], told["columns"], strict=True) if column]

    async def test_prices_of_every_kind_of_list_are_written_as_they_are_and_costs_apart(self, world: World) -> None:
        await self.stock_up(world)
        prices = csv.DictReader(io.StringIO((await world.get("/v1/exports/prices.csv?bom=false")).text))
        keys = ("Price list", "SKU", "Category", "Price", "% off base", "Per", "From quantity", "Mix", "Good for")
        assert {tuple(row[key] for key in keys) for row in prices if row["Price list"] != "base"} == {
            ("l0", "007", "", "0.04", "", "1", "1", "", ""),
            ("l1", "007", "", "", "12.5", "", "6", "odd", ""),
            ("l2", "007", "", "0.03", "", "1", "1", "", "9"),
            ("l2", "", "odds", "", "5", "", "1", "", ""),
            ("l3", "007", "", "0.02", "", "1", "1", "", ""),
        }
        costs = csv.DictReader(io.StringIO((await world.get("/v1/exports/costs.csv?bom=false")).text))
        assert [(row["Price list"], row["SKU"], row["Cost"], row["Per"]) for row in costs] == [("l4", "007", "0.01", "3")]
        blind = await world.key_with("pricing:*")
        assert (await world.served.ask("GET", "/v1/exports/costs.csv", None, blind)).status_code == 403
        assert b"l4" not in (await world.served.ask("GET", "/v1/exports/prices.csv", None, blind)).content
        refused = await world.served.ask("POST", "/v1/imports?kind=costs&name=c.csv", None, blind)
        assert refused.status_code == 403

    async def test_rows_of_prices_that_cannot_be_come_back_with_the_cell_at_fault(self, world: World) -> None:
        await self.stock_up(world)
        rows = (
            "l2,007,,3.50,,20",  # changed
            "l2,,odds,,7.5,",  # changed
            "base,007,,,5,",  # everybody's list has nothing to take a rate off
            "l1,007,,1,5,",  # a price and a rate
            "l2,007,odds,,5,",  # a SKU and a category
            "l2,,odds,4,,",  # a category has no price
            "l1,007,,1,,9",  # a quota outside a contract
            "l4,007,,1,,",  # costs are no prices
            "l1,007,,,101,",  # more than all of it
        )
        raw = "\n".join(("list,sku,category,price,% off base,quota", *rows))
        world.served.clock.advance(timedelta(hours=1))
        told = await taken(world, "prices", raw.encode())
        assert counts(told) == ("done", 0, 2, 0, 7)
        refused = (await world.get(f"/v1/imports/{told['id']}/refused")).json()["items"]
        assert [(one["problem"]["field"], one["problem"]["code"]) for one in refused] == [
            ("off", "pricing.no_base_to_take_off"),
            ("amount", "cell.missing"),
            ("sku", "cell.missing"),
            ("off", "cell.missing"),
            ("quota", "pricing.contracts_only"),
            ("list", "pricing.unknown_list"),
            ("off", "cell.no_amount"),
        ]

    async def test_text_that_looks_like_a_formula_is_none(self, world: World) -> None:
        await self.stock_up(world)
        file = (await world.get("/v1/exports/products.csv?bom=false")).content.decode()
        assert '"\'=SUM(A1)\n\n+1\n  spaces  "' in file
        assert "'@cmd" in file
        assert "''1" in file
        assert not file.startswith("\ufeff")
        assert (await world.get("/v1/exports/products.csv")).content.startswith(b"\xef\xbb\xbf")
        with zipfile.ZipFile(io.BytesIO((await world.get("/v1/exports/products.xlsx")).content)) as archive:
            assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()


class TestLists:
    async def test_a_list_is_exported_with_its_filters(self, world: World) -> None:
        await put_tea(world)
        await world.put("/v1/brands/b-1", {"name": "B"})
        file = await world.get("/v1/exports/stores.csv?bom=false&channel=stores")
        assert file.headers["content-type"].startswith("text/csv")
        assert [line.split(",")[0] for line in file.content.decode().splitlines()] == ["Code", "s1", "s2"]
        assert (await world.get("/v1/exports/stores.csv?bom=false&channel=mall")).content.decode().count("\r\n") == 1
        assert rows_of((await world.get("/v1/exports/brands.xlsx", accept_language="zh")).content) == [["编码", "名称"], ["b-1", "B"]]
        filtered = (await world.get("/v1/exports/products.csv?bom=false&status=retired")).content.decode()
        assert filtered.count("\r\n") == 1

    async def test_products_may_be_named(self, world: World) -> None:
        await put_tea(world)
        file = (await world.get("/v1/exports/products.csv?bom=false&codes=nil,tea")).content.decode().splitlines()
        assert {line.split(",")[0] for line in file[1:]} == {"tea"}
        assert refusal(await world.get(f"/v1/exports/products.csv?codes={',x' * 1001}"))[:2] == (422, "request.invalid")

    async def test_amounts_are_told_in_major_units(self, world: World) -> None:
        await put_tea(world)
        await world.put("/v1/price-lists/base", {"name": "Base", "currency": "USD"})
        await world.put("/v1/price-lists/base/prices", {"prices": [{"sku": "tea-100", "amount_minor": 1205}]})
        file = (await world.get("/v1/exports/prices.csv?bom=false&sku=tea-100")).content.decode().splitlines()
        assert file[1].split(",")[3:5] == ["12.05", "USD"]

    @pytest.mark.parametrize(
        ("path", "told"),
        [
            ("nothing.csv", (404, "resource.not_found")),
            ("products.pdf", (404, "resource.not_found")),
            ("products.csv?status=nonsense", (422, "request.invalid")),
        ],
    )
    async def test_what_cannot_be_exported(self, world: World, path: str, told: tuple[int, str]) -> None:
        assert refusal(await world.get(f"/v1/exports/{path}"))[:2] == told

    async def test_whoever_may_not_read_a_list_may_not_export_it(self, world: World) -> None:
        token = await world.key_with("catalog:read")
        assert refusal(await world.served.ask("GET", "/v1/exports/orders.csv", None, token))[:2] == (403, "access.forbidden")
        assert refusal(await world.served.ask("GET", "/v1/exports/prices.csv", None, token))[:2] == (403, "access.forbidden")
        assert (await world.served.ask("GET", "/v1/exports/brands.csv", None, token)).status_code == 200
