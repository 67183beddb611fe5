"""A merchandiser brings a thousand rows, 37 of them wrong: 963 go in, 37 come back with their reasons, are mended, and go in too."""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from python_calamine import CalamineWorkbook
from tests.browser.conftest import Locale, Visit
from xlsxwriter.workbook import Workbook

HEADINGS = {
    "en": ("Product code", "Title", "SKU", "Barcodes", "Brand", "Category", "Weight (g)", "Active", "Note"),
    "zh": ("商品编码", "商品名称", "单品编码", "条码", "品牌", "类目", "重量(克)", "启用", "备注"),
}
SAYS: dict[str, dict[str, str]] = {
    "en": {
        "products": "Products",
        "would": "963 new",
        "bad": "37 with mistakes",
        "start": "Import 963 rows",
        "ended": "963 rows are in, 37 came back",
        "download": "Download 37 rows to mend",
        "mended": "All 37 rows are in",
        "problem": "Problem",
        "brand": "There is no such brand",
    },
    "zh": {
        "products": "商品",
        "would": "新增 963",
        "bad": "有误 37",
        "start": "导入 963 行",
        "ended": "成功 963 行，退回 37 行",
        "download": "下载退回的 37 行",
        "mended": "37 行全部导入成功",
        "problem": "问题",
        "brand": "没有这个品牌",
    },
}
# What is put wrong into a good row, by column, and what mends it.
MISTAKES: tuple[tuple[int, str, str], ...] = (
    (1, "", "A title"),
    (2, "two words", ""),
    (3, "6901234567890", ""),
    (4, "nobody", ""),
    (5, "nowhere", ""),
    (6, "heavy", "12"),
    (7, "perhaps", "yes"),
)


def ean(number: int) -> str:
    """A barcode with the right check digit."""
    digits = f"200{number:09}"
    odd, even = (sum(map(int, digits[start::2])) for start in (0, 1))
    return f"{digits}{-(odd + 3 * even) % 10}"


def thousand(prefix: str) -> tuple[list[list[str]], dict[str, tuple[int, str]]]:
    """The rows, and for those that are wrong (by their product) which column is to say what instead."""
    chance = random.Random(37)
    start = sum(map(ord, prefix)) * 10_000
    rows = [[f"{prefix}{no}", f"Goods {no}", f"{prefix}{no}-1", ean(start + no), "", "", str(no), "", "kept"] for no in range(1_000)]
    mending: dict[str, tuple[int, str]] = {}
    for at, no in enumerate(sorted(chance.sample(range(1_000), 37))):
        column, wrong, right = MISTAKES[at % len(MISTAKES)]
        row = rows[no]
        mending[row[0]] = (column, right or (f"{row[0]}-1" if column == 2 else ""))
        row[column] = wrong
    return rows, mending


def write(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    book = Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    for no, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(no, column, str(cell))
    book.close()


def written(path: Path) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)]


async def hand_in(page: Page, file: Path) -> None:
    await page.locator("input[type=file]").set_input_files(file)
    await page.wait_for_url("**/imports/imp_*")


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_a_thousand_rows_with_37_mistakes(visit: Visit, tmp_path: Path, locale: Locale) -> None:
    says, prefix = SAYS[locale], f"im{locale}"
    rows, mending = thousand(prefix)
    assert len(mending) == 37
    first, mended = tmp_path / "goods.xlsx", tmp_path / "mended.xlsx"
    await asyncio.to_thread(write, first, [HEADINGS[locale], *rows])

    page = await visit.open("console", "/imports", by="merchandiser", locale=locale)
    await expect(page.get_by_role("radio", name=says["products"], exact=False).first).to_be_checked()
    await hand_in(page, first)
    preview = page.locator(".preview-line")
    await expect(preview).to_contain_text(says["would"], timeout=30_000)
    await expect(preview).to_contain_text(says["bad"])
    await page.get_by_role("button", name=says["start"]).click()
    await expect(page.locator(".run h2")).to_have_text(says["ended"], timeout=60_000)
    await expect(page.locator("table.sheet tbody tr")).to_have_count(37)
    await expect(page.locator("table.sheet")).to_contain_text(says["brand"])

    async with page.expect_download() as downloading:
        await page.get_by_role("button", name=says["download"]).click()
    back = tmp_path / "rejects.xlsx"
    await (await downloading.value).save_as(back)
    table = await asyncio.to_thread(written, back)
    assert table[0][: len(HEADINGS[locale])] == list(HEADINGS[locale])
    assert table[0][-2] == says["problem"]
    assert {row[0] for row in table[1:]} == set(mending)
    assert all(row[8] == "kept" and row[-2] and row[-1] for row in table[1:])
    for row in table[1:]:
        column, right = mending[row[0]]
        row[column] = right
    await asyncio.to_thread(write, mended, table)

    address = page.url
    await page.locator("input[type=file]").set_input_files(mended)
    await page.wait_for_function("before => location.href !== before && location.pathname.includes('/imports/imp_')", arg=address)
    start = page.locator(".act-bar button")
    await expect(start).to_be_enabled(timeout=30_000)
    await start.click()
    await expect(page.locator(".run h2")).to_have_text(says["mended"], timeout=60_000)
    found = await visit.market.ask("GET", f"/v1/products/{next(iter(mending))}")
    assert found["status"] == "draft"


async def test_a_grid_is_typed_into_checked_and_saved_by_keyboard(visit: Visit) -> None:
    page = await visit.open("console", "/products/grid?codes=p51,p52,p53", by="merchandiser")
    before = [(await visit.market.ask("GET", f"/v1/products/{code}"))["description"] for code in ("p51", "p52", "p53")]
    grid = page.get_by_role("grid")
    await expect(grid.get_by_role("gridcell", name="p53").first).to_be_visible()
    await grid.focus()
    for key in ("ArrowRight", "ArrowRight"):
        await page.keyboard.press(key)
    await page.keyboard.type("First")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Second")
    await page.keyboard.press("Enter")
    await page.keyboard.type("gone")
    await page.keyboard.press("Escape")
    await expect(grid.locator(".dirty")).to_have_count(2)
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Check 2 changed rows").click()
    await expect(page.locator(".changes li")).to_have_count(2)
    await page.get_by_role("button", name="Save 2 rows").click()
    await expect(page.get_by_role("button", name="Nothing changed")).to_be_visible(timeout=20_000)
    after = [(await visit.market.ask("GET", f"/v1/products/{code}"))["description"] for code in ("p51", "p52", "p53")]
    assert after == ["First", "Second", before[2]]
