"""The till in a clerk's hands: by the keyboard alone, with the network cut in the middle, from two tabs, to the counted drawer."""

import re
import time
from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import Locale, Scheme, Visit
from tests.browser.market import BUYERS, Market, gtin

CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "Failed to fetch")
SALE_S_MAX = 45
# Fast for a person, slow for a scanner.
BY_HAND_MS = 70
# A scanner: keys faster than anybody types, into whatever has the focus; what the till takes for itself never reaches the field.
SCAN = """keys => {
  const send = (key) => {
    const at = document.activeElement ?? document.body
    const down = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
    if (!at.dispatchEvent(down) || key.length > 1 || !("value" in at)) return
    const value = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(at), "value")
    value.set.call(at, at.value + key)
    at.dispatchEvent(new Event("input", { bubbles: true }))
  }
  for (const key of keys) send(key === "\\n" ? "Enter" : key)
}"""


async def scan(page: Page, code: str, end: str = "\n") -> None:
    await page.evaluate(SCAN, f"{code}{end}")


def lines(page: Page) -> Any:
    return page.locator(".line")


async def till(visit: Visit, store: str, device: str, *, float_: str | None = "100", **options: Any) -> Page:
    """A clerk at a till that was never used on this device; the shift is open, unless there is to be none."""
    page = await visit.open("pos", by="clerk", **options)
    zh = options.get("locale") == "zh"
    await page.get_by_label("门店" if zh else "Store").fill(store)
    await page.get_by_role("button", name=re.compile(rf" {store}$")).click()
    await page.get_by_role("button", name=re.compile(rf"· {device}$")).click()
    if float_ is None:
        await page.get_by_role("button", name="不开班直接收银" if zh else "Sell without a shift").click()
    else:
        await expect(page.get_by_label("备用金" if zh else "Float")).to_be_focused()
        await page.keyboard.type(float_)
        await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox")).to_be_focused()
    await expect(page.get_by_text("本机商品" if zh else "goods on this device")).to_be_visible(timeout=30_000)
    return page


async def pay_exactly(page: Page) -> None:
    """Three keys: pay, exactly, the next one. Enter within a breath of a scan is the scanner's own."""
    await expect(lines(page).first).to_be_visible()
    await page.wait_for_timeout(2 * BY_HAND_MS)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name=re.compile("Paid|已收款"))).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def receipt(market: Market, store: str, device: str, no: str) -> Any:
    return await market.ask("GET", f"/v1/receipts/{store}/{device}/{no}")


async def open_exceptions(market: Market, store: str) -> list[tuple[str, str]]:
    told = await market.ask("GET", f"/v1/till/exceptions?store={store}&settled=false")
    return [(one["device"], one["kind"]) for one in told["items"]]


async def test_ten_items_a_member_and_two_tenders_while_the_network_is_cut(visit: Visit, market: Market) -> None:
    visit.forgive(*CUT)
    page = await till(visit, "s1", "t1")
    began = time.monotonic()
    for number in range(1, 6):
        await scan(page, gtin(number))
    await expect(lines(page)).to_have_count(5)
    await page.context.set_offline(True)
    await expect(page.get_by_role("status").filter(has_text="Offline")).to_be_visible()
    await page.keyboard.press("F3")
    await page.keyboard.type(BUYERS[0][1], delay=BY_HAND_MS)
    await page.keyboard.press("Enter")
    for number in range(6, 11):
        await scan(page, gtin(number))
    await expect(lines(page)).to_have_count(10)
    await page.keyboard.press("F9")
    await page.keyboard.press("k")
    await page.keyboard.type("5.00", delay=BY_HAND_MS)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Still due")).to_be_visible()
    await page.keyboard.press("c")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name=re.compile("Paid"))).to_be_visible()
    await page.keyboard.press("Enter")
    assert time.monotonic() - began < SALE_S_MAX
    await expect(page.get_by_role("status").filter(has_text="1 receipt waits")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_role("status").filter(has_text="Offline")).to_have_count(0, timeout=30_000)
    await expect(page.get_by_role("button", name="Receipts", exact=True)).to_be_visible()
    booked = await receipt(market, "s1", "t1", "000001")
    assert (len(booked["lines"]), booked["member"] is not None, booked["paid"]) == (10, True, booked["total"])
    tenders = await market.ask("GET", f"/v1/payments?order={booked['id']}")
    assert [(one["method"], one["amount"]) for one in tenders["items"] if one["method"] == "card"] == [("card", 500)]
    assert sum(one["amount"] for one in tenders["items"]) == booked["total"]
    shift = (await market.ask("GET", "/v1/shifts?store=s1&device=t1&open=true"))["items"][0]
    report = await market.ask("GET", f"/v1/shifts/{shift['id']}/report")
    assert (report["report"]["sold"]["receipts"], report["report"]["sold"]["total"]) == (1, booked["total"])
    assert await open_exceptions(market, "s1") == []


async def test_two_tabs_send_one_queue(visit: Visit, market: Market) -> None:
    visit.forgive(*CUT)
    page = await till(visit, "s2", "t1", float_=None)
    other = await page.context.new_page()
    await other.goto("/pos/")
    await other.get_by_role("button", name="Sell without a shift").click()
    await expect(other.get_by_text("goods on this device")).to_be_visible(timeout=30_000)
    await page.context.set_offline(True)
    for window, number in ((page, 1), (other, 2), (page, 3)):
        await window.bring_to_front()
        await scan(window, gtin(number))
        await pay_exactly(window)
    await page.context.set_offline(False)
    for window in (page, other):
        await expect(window.get_by_role("status").filter(has_text="Offline")).to_have_count(0, timeout=30_000)
    for no in ("000001", "000002", "000003"):
        await expect_booked(market, "s2", "t1", no)
    assert await open_exceptions(market, "s2") == []


async def expect_booked(market: Market, store: str, device: str, no: str) -> None:
    """It is on the server, if need be in a moment."""
    until = time.monotonic() + 20
    while True:
        told = await market.ask("GET", f"/v1/orders?store={store}&limit=250")
        found = [one for one in told["items"] if one["receipt_no"] == no]
        if found or time.monotonic() > until:
            assert len(found) == 1
            return


async def test_the_drawer_is_not_counted_over_receipts_that_were_not_sent(visit: Visit, market: Market) -> None:
    visit.forgive(*CUT)
    page = await till(visit, "s1", "t2", float_="50")
    await page.context.set_offline(True)
    await scan(page, gtin(1))
    await pay_exactly(page)
    await page.keyboard.press("F10")
    await page.get_by_role("button", name="Close the shift").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("000001")
    await expect(dialog.get_by_role("button", name=re.compile("Count is"))).to_be_disabled()
    await page.context.set_offline(False)
    await expect(dialog.get_by_role("alert")).to_have_count(0, timeout=30_000)
    total = (await receipt(market, "s1", "t2", "000001"))["total"]
    # A cent too much: nobody was told beforehand what should be there.
    await expect(dialog.get_by_text("Expected")).to_have_count(0)
    for face, pieces in coins(5_000 + total + 1):
        await dialog.get_by_label(f"Pieces ${face // 100}.{face % 100:02}", exact=True).fill(str(pieces))
    await dialog.get_by_role("button", name=re.compile("Count is")).click()
    await expect(dialog.get_by_role("row", name=re.compile("Cash"))).to_contain_text("+$0.01")
    close = dialog.get_by_role("button", name=re.compile(r"Close with \+\$0.01"))
    await expect(close).to_be_disabled()
    await dialog.get_by_label("Reason Cash").select_option("wrong_change")
    await close.click()
    await expect(dialog.get_by_role("heading", name=re.compile("Z report 1"))).to_be_visible()
    shift = (await market.ask("GET", "/v1/shifts?store=s1&device=t2"))["items"][0]
    assert (shift["state"], shift["variance"]) == ("closed", 1)


def coins(amount: int) -> list[tuple[int, int]]:
    """Notes and coins that make up an amount."""
    made: list[tuple[int, int]] = []
    for face in (10_000, 5_000, 2_000, 1_000, 500, 100, 25, 10, 5, 1):
        pieces, amount = divmod(amount, face)
        if pieces:
            made.append((face, pieces))
    return made


async def test_typing_is_no_scan_and_a_scan_is_no_typing(visit: Visit) -> None:
    page = await till(visit, "s2", "t2", float_=None)
    await page.keyboard.type("p0", delay=BY_HAND_MS)
    await page.keyboard.type("1", delay=BY_HAND_MS)
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(lines(page)).to_have_count(1)
    # The same again by scanner, with Enter sent twice, is one more of it.
    await scan(page, gtin(0), end="\n\n")
    await expect(lines(page)).to_have_count(1)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(lines(page).first).to_contain_text("2 ×")
    # Paying, a scan is refused aloud and does not become an amount; fast typing does.
    await page.keyboard.press("F9")
    amount = page.get_by_role("dialog").get_by_label(re.compile("Amount"))
    before = await amount.input_value()
    await scan(page, gtin(2))
    await expect(page.get_by_role("alert").filter(has_text="No scanning here")).to_be_visible()
    assert await amount.input_value() == before
    await amount.press("Control+a")
    await amount.press_sequentially("12.34", delay=BY_HAND_MS)
    await expect(amount).to_have_value("12.34")
    # So many at once: 3 times the next one.
    await page.keyboard.press("Escape")
    await page.keyboard.type("3*", delay=BY_HAND_MS)
    await page.wait_for_timeout(2 * BY_HAND_MS)
    await scan(page, gtin(2))
    await expect(lines(page)).to_have_count(2)
    await expect(lines(page).nth(1)).to_contain_text("3 ×")


@pytest.mark.parametrize(("locale", "scheme", "device"), [("en", "light", "t1"), ("zh", "dark", "t2")])
async def test_a_sale_is_held_and_recalled_and_survives_a_reload_without_a_network(
    visit: Visit, locale: Locale, scheme: Scheme, device: str
) -> None:
    visit.forgive(*CUT)
    page = await till(visit, "s3", device, float_=None, locale=locale, scheme=scheme)
    await scan(page, gtin(3))
    await scan(page, gtin(4))
    await page.keyboard.press("F4")
    await expect(lines(page)).to_have_count(0)
    await page.keyboard.press("F6")
    held = page.get_by_role("dialog").get_by_role("listitem")
    await expect(held).to_have_count(1)
    await expect(held.get_by_role("button").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(lines(page)).to_have_count(2)
    # The till's own files are kept: it opens again, with what was begun, while nothing can be reached.
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    await page.wait_for_function("navigator.serviceWorker.controller !== null || caches.keys().then(keys => keys.length > 0)")
    await page.context.set_offline(True)
    await page.reload()
    await page.get_by_role("button", name="不开班直接收银" if locale == "zh" else "Sell without a shift").click()
    await expect(lines(page)).to_have_count(2)
    await scan(page, gtin(5))
    await expect(lines(page)).to_have_count(3)
    await page.context.set_offline(False)


async def test_goods_come_back_by_their_receipt(visit: Visit, market: Market) -> None:
    page = await till(visit, "s3", "t1", float_=None)
    await scan(page, gtin(7))
    await pay_exactly(page)
    shown = page.get_by_role("button", name="Receipts", exact=True)
    await shown.click()
    row = page.get_by_role("dialog").get_by_role("listitem").first
    await expect(row).to_contain_text("Booked", timeout=20_000)
    no = re.sub(r"\D.*", "", await row.inner_text(), flags=re.DOTALL)
    await page.keyboard.press("Escape")
    await page.keyboard.press("F8")
    await scan(page, f"S3/T1/{no}")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Goes back to")).to_be_visible()
    refund = dialog.get_by_role("button", name=re.compile("Refund"))
    await expect(refund).to_be_disabled()
    await dialog.get_by_label("Reason").select_option("defective")
    total = (await receipt(market, "s3", "t1", no))["total"]
    await expect(refund).to_have_text(f"Refund ${total // 100}.{total % 100:02}")
    await refund.click()
    await expect(dialog.get_by_text("The money has gone back")).to_be_visible()
    assert (await receipt(market, "s3", "t1", no))["refunded"] == total
