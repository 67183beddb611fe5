"""Finding anything from anywhere, by the keyboard alone; and the first page, which leads to the rows behind its figures."""

import csv
import re
import time
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import Locale, Scheme, Visit
from tests.browser.market import BUYERS, Market

FOUND_MS_MAX = 2_000


async def type_into_palette(page: Page, typed: str) -> None:
    """Ctrl+K, and what somebody types."""
    await expect(page.get_by_role("navigation")).to_be_visible()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    await page.keyboard.insert_text(typed)


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("zh", "dark")])
async def test_an_order_is_found_from_a_phone_number_in_two_actions(visit: Visit, market: Market, locale: Locale, scheme: Scheme) -> None:
    name, phone = BUYERS[0]
    page = await visit.open("console", "/", by="support", locale=locale, scheme=scheme)
    await type_into_palette(page, phone)
    began = time.monotonic()
    found = page.get_by_role("dialog").get_by_role("option")
    await expect(found.first).to_contain_text(name)
    assert (time.monotonic() - began) * 1000 < FOUND_MS_MAX
    kind = "订单" if locale == "zh" else "Order"
    orders = found.filter(has_text=re.compile(rf"ord_.*{kind}"))
    told = await market.ask("POST", "/v1/find", {"text": phone})
    newest = [one["id"] for one in told["items"] if one["kind"] == "order"]
    assert newest
    await expect(orders).to_have_count(len(newest))
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(rf"/console/orders/{newest[0]}$"))


async def test_enter_may_come_before_the_answer(console: Page, market: Market) -> None:
    order = market.orders["paid"]
    await type_into_palette(console, order)
    await console.keyboard.press("Enter")
    await expect(console).to_have_url(re.compile(rf"/console/orders/{order}$"))
    await console.keyboard.press("Control+k")
    await expect(console.get_by_role("group", name="Recently opened").get_by_role("option")).to_contain_text([order])


async def test_goods_are_found_by_words_pinyin_and_barcode(console: Page, market: Market) -> None:
    told = await market.ask("GET", "/v1/products/p11")
    barcode = told["skus"][0]["gtins"][0]
    for typed in ("whole mil", "牛奶", "quanzhiniunai", "qznn", barcode, "p11"):
        await type_into_palette(console, typed)
        await expect(console.get_by_role("group", name="Found").get_by_role("option").first).to_contain_text("Whole milk 全脂牛奶")
        await console.keyboard.press("Escape")
        await expect(console.get_by_role("dialog").get_by_role("combobox")).to_be_hidden()


async def test_commands_are_told_from_records(console: Page) -> None:
    await type_into_palette(console, "> dark")
    await expect(console.get_by_role("option")).to_have_count(1)
    await console.keyboard.press("Enter")
    await expect(console.locator("html")).to_have_attribute("data-theme", "dark")


async def test_what_waits_leads_to_its_rows(console: Page) -> None:
    link = console.get_by_role("link", name=re.compile("Products in audit"))
    await expect(link).to_contain_text("1")
    await link.click()
    await expect(console).to_have_url(re.compile(r"/console/products\?status=audit$"))


async def test_figures_lead_to_their_orders_and_are_a_table_and_a_file(console: Page, tmp_path: Path) -> None:
    by_day = console.locator(".chart-card", has=console.get_by_role("heading", name="Sales by day"))
    await expect(by_day.get_by_role("img", name="Sales by day", exact=True)).to_be_visible()
    await by_day.get_by_role("button", name="Show as a table").click()
    rows = by_day.get_by_role("row")
    await expect(rows).to_have_count(31)
    async with console.expect_download() as handed:
        await by_day.get_by_role("button", name="Download as CSV").click()
    file = tmp_path / "days.csv"
    await (await handed.value).save_as(file)
    told = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert told[0] == ["Day", "This period", "Period before"]
    assert len(told) == 31
    await console.get_by_role("radio", name=re.compile("^Orders")).click()
    await expect(console).to_have_url(re.compile(r"show=orders"))
    await console.get_by_role("link", name="Hudson Street 哈德逊街").click()
    await expect(console).to_have_url(re.compile(r"/console/orders\?.*store=s1"))
    await expect(console.get_by_role("grid")).to_be_visible()


async def test_a_period_of_ones_own_is_in_the_address(visit: Visit) -> None:
    page = await visit.open("console", "/?first=2017-01-01&last=2017-01-31", locale="zh")
    await expect(page.get_by_role("heading", name="该时段没有销售")).to_be_visible()
    await page.get_by_role("button", name="查看最近 30 天的销售").click()
    await expect(page.get_by_role("heading", name="每日销售额")).to_be_visible()
    assert "first=" not in page.url
    await page.get_by_role("button", name="上一时段").click()
    await expect(page).to_have_url(re.compile(r"first=\d{4}-\d\d-\d\d&last=\d{4}-\d\d-\d\d$"))
