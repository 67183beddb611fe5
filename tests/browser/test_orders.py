"""Orders in the console, as the people who work with them do: what a change undoes is seen first, and what was seen is what was booked."""

import re
from typing import Any

from playwright.async_api import Locator, Page, expect
from tests.browser.conftest import Visit
from tests.browser.market import Market


async def ordered(market: Market, *lines: tuple[str, int], off: int = 0, name: str = "Rosa Diaz") -> str:
    """An order of the mall; `off` cents are taken off it."""
    wish: dict[str, Any] = {
        "channel": "mall",
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
        "contact": {"name": name, "phone": "+12025550177", "address": "5 Mill Lane"},
        "adjustments": [{"amount_minor": off, "reason": "welcome", "funder": "seller"}] if off else [],
    }
    return (await market.ask("POST", "/v1/orders", wish))["id"]


async def paid(market: Market, *lines: tuple[str, int], off: int = 0, name: str = "Rosa Diaz") -> str:
    """The same, paid in cash in two parts."""
    order = await ordered(market, *lines, off=off, name=name)
    await market.ask("POST", f"/v1/orders/{order}/payments", {"method": "cash", "amount_minor": 100})
    await market.ask("POST", f"/v1/orders/{order}/payments", {"method": "cash"})
    return order


async def work_of(market: Market, order: str) -> str:
    """The fulfillment order of a paid order."""
    await market.ask("POST", "/v1/fulfillments", {"order": order})
    (work,) = (await market.ask("GET", f"/v1/fulfillments?order_id={order}"))["items"]
    return work["id"]


async def shipped(market: Market, *lines: tuple[str, int], off: int = 0) -> str:
    """The same, sent."""
    order = await paid(market, *lines, off=off)
    work = await work_of(market, order)
    body = {"lines": [{"line": number, "quantity": quantity} for number, (_, quantity) in enumerate(lines, 1)]}
    await market.ask("POST", f"/v1/fulfillments/{work}/pick", body)
    await market.ask("POST", f"/v1/fulfillments/{work}/ship", body)
    return order


def cents(text: str) -> int:
    """What an amount on the screen says, in cents."""
    digits = re.sub(r"[^0-9−]", "", text)
    return -int(digits[1:]) if digits.startswith("−") else int(digits)


async def amounts(part: Locator) -> list[int]:
    """The amounts at the ends of a table's rows."""
    return [cents(text) for text in await part.all_inner_texts()]


def undone(page: Page) -> Locator:
    """What the dialog says a change undoes."""
    return page.get_by_role("region", name="What this undoes")


class TestChanging:
    async def test_a_cancellation_books_exactly_what_its_preview_showed(self, visit: Visit, market: Market) -> None:
        order = await paid(market, ("p51", 3), ("p05", 2), off=37)
        page = await visit.open("console", f"/orders/{order}")
        await page.get_by_role("button", name="Cancel…").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("spinbutton", name=re.compile("^Cancel: Dish soap")).fill("1")
        await dialog.get_by_role("spinbutton", name=re.compile("^Cancel: Cherry tomatoes")).fill("0")
        await dialog.get_by_role("spinbutton", name=re.compile("^Cancel: Cherry tomatoes")).press("Tab")
        await expect(undone(page).locator("table").first.locator("tbody tr")).to_have_count(1)
        would = await market.ask(
            "POST", f"/v1/orders/{order}/cancellations/preview", {"reason": "changed_mind", "lines": [{"line": 1, "quantity": 1}]}
        )
        # One third of the line: its list amount, its part of the 37 cents, the tax on the rest, and what the customer paid for it.
        (line,) = would["lines"]
        row = undone(page).locator("table").first.locator("tbody td")
        assert await amounts(row.nth(2)) == [line["gross"]]
        assert cents((await row.nth(3).inner_text()).splitlines()[0]) == -line["adjustments"][0]["amount"]
        assert [await amounts(row.nth(at)) for at in (4, 5)] == [[line["tax"]], [line["amount"]]]
        await expect(row.nth(6)).to_have_text("free again at dc1")
        back = await amounts(undone(page).locator("table").nth(1).locator("td.end"))
        assert back == [one["amount"] for one in would["refunds"]]
        assert sum(back) == would["refund"]
        await dialog.get_by_role("button", name=re.compile(r"^Cancel and give back \$")).click()
        await expect(dialog).to_be_hidden()
        booked = await market.ask("GET", f"/v1/orders/{order}")
        assert (booked["canceled"], booked["refunded"], booked["lines"][0]["canceled"]) == (would["amount"], sum(back), 1)
        refunds = (await market.ask("GET", f"/v1/refunds?order={order}"))["items"]
        assert sorted(one["amount"] for one in refunds) == sorted(back)
        await expect(page.get_by_text(re.compile("^Canceled 1 × line 1: Changed their mind$"))).to_be_visible()

    async def test_part_of_an_order_comes_back_as_previewed(self, visit: Visit, market: Market) -> None:
        order = await shipped(market, ("p52", 3), ("p06", 2), off=50)
        page = await visit.open("console", f"/orders/{order}")
        await page.get_by_role("button", name="Return goods…").click()
        dialog = page.get_by_role("dialog")
        take = dialog.get_by_role("spinbutton", name=re.compile("^Take back: Laundry powder"))
        await take.fill("2")
        await take.press("Tab")
        await dialog.get_by_role("checkbox", name=re.compile("^Sellable again: Laundry powder")).uncheck()
        await expect(undone(page).get_by_text("not back in stock")).to_be_visible()
        shown = cents(await undone(page).get_by_test_id("refund").inner_text())
        await dialog.get_by_role("button", name=re.compile(r"^Take back and give back \$")).click()
        await expect(dialog).to_be_hidden()
        (back,) = (await market.ask("GET", f"/v1/returns?order={order}"))["items"]
        assert (back["refund"], back["units"], back["lines"][0]["restock"]) == (shown, 2, False)
        await page.get_by_role("link", name=back["id"]).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(back["id"])
        await expect(page.get_by_text("Not sellable")).to_be_visible()

    async def test_a_comment_stays_on_the_timeline_with_its_author(self, visit: Visit, market: Market) -> None:
        order = await ordered(market, ("p07", 1))
        page = await visit.open("console", f"/orders/{order}", by="operator")
        box = page.get_by_role("textbox", name="Write a comment. Only colleagues see it.")
        await box.fill("Ring twice, the bell is quiet.")
        await box.press("Control+Enter")
        said = page.get_by_role("region", name="Timeline").get_by_role("listitem").first
        await expect(said).to_contain_text("Ring twice, the bell is quiet.")
        await expect(said).to_contain_text("Owen Li 李欧文")
        newest = (await market.ask("GET", f"/v1/orders/{order}/timeline"))["items"][0]
        assert (newest["type"], newest["facts"]["text"]) == ("order.commented.v1", "Ring twice, the bell is quiet.")

    async def test_the_delivery_address_is_corrected_in_chinese(self, visit: Visit, market: Market) -> None:
        order = await ordered(market, ("p08", 2))
        page = await visit.open("console", f"/orders/{order}", locale="zh", scheme="dark")
        await page.get_by_role("button", name="更多操作").click()
        await page.get_by_role("menuitem", name="改单…").click()
        await page.get_by_label("地址").fill("8 Canal Street")
        await page.get_by_role("button", name="保存修改").click()
        await expect(page.get_by_text("8 Canal Street")).to_be_visible()
        await expect(page.get_by_text("修改收货信息")).to_be_visible()
        assert (await market.ask("GET", f"/v1/orders/{order}"))["contact"]["address"] == "8 Canal Street"


class TestSending:
    async def test_an_order_is_picked_and_sent_by_keyboard_alone(self, visit: Visit, market: Market) -> None:
        order = await paid(market, ("p09", 2), ("p10", 1))
        work = await work_of(market, order)
        gtin = (await market.ask("GET", f"/v1/fulfillments/{work}"))["lines"][1]["gtins"][0]
        page = await visit.open("console", f"/fulfillment/{work}")
        await expect(page.get_by_role("textbox", name="Scan or type a barcode or SKU, Enter takes one")).to_be_focused()
        keys = page.keyboard
        for code in ("p09", "nothing"):
            await keys.type(code)
            await keys.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="nothing is not on this list")).to_be_visible()
        # A scanner is a fast keyboard that ends with Enter; the code on the box has 13 digits.
        for code in ("p09", gtin[1:], "p09"):
            await keys.type(code)
            await keys.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="all 2 are taken already")).to_be_visible()
        await keys.press("Control+Enter")
        await expect(page.get_by_label("Carrier")).to_be_focused()
        await keys.type("UPS")
        await keys.press("Tab")
        await keys.type("1Z999")
        await keys.press("Enter")
        await expect(page.get_by_role("button", name=re.compile("^Send parcel"))).to_be_hidden()
        (parcel,) = await market.ask("GET", f"/v1/orders/{order}/shipments")
        assert (parcel["carrier"], parcel["tracking_no"], [line["quantity"] for line in parcel["lines"]]) == ("UPS", "1Z999", [2, 1])
        assert (await market.ask("GET", f"/v1/orders/{order}"))["status"] == "shipped"

    async def test_what_is_short_waits_to_be_released_again(self, visit: Visit, market: Market) -> None:
        order = await paid(market, ("p11", 2), name="Short Sam")
        work = await work_of(market, order)
        page = await visit.open("console", f"/fulfillment/{work}")
        await page.get_by_role("textbox", name="Scan or type a barcode or SKU, Enter takes one").fill("p11")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Book 1 and report 1 missing").click()
        await expect(page.get_by_role("button", name="Send parcel with 1 unit")).to_be_visible()
        await page.get_by_role("link", name="Board").click()
        column = page.get_by_role("region", name="To release")
        await column.get_by_role("checkbox", name="Choose Short Sam").check()
        await column.get_by_role("button", name="Release 1 order").click()
        await expect(column.get_by_text("Short Sam")).to_be_hidden()
        works = (await market.ask("GET", f"/v1/fulfillments?order_id={order}"))["items"]
        assert sorted(one["state"] for one in works) == ["picked", "released"]


class TestFinding:
    async def test_an_order_is_found_from_a_phone_number_and_opened_by_keyboard(self, visit: Visit, market: Market) -> None:
        order = await ordered(market, ("p12", 1), name="Zora Quist")
        page = await visit.open("console", "/orders")
        await expect(page.get_by_role("grid", name="Orders")).to_be_visible()
        await page.keyboard.press("/")
        await page.keyboard.type("zora")
        await expect(page.get_by_role("grid", name="Orders").get_by_role("row")).to_have_count(2)
        await page.get_by_role("grid", name="Orders").focus()
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text(f"Zora Quist {order}")

    async def test_many_orders_are_canceled_at_once(self, visit: Visit, market: Market) -> None:
        orders = [await ordered(market, ("p13", 1), name="Bulk Bella") for _ in range(3)]
        page = await visit.open("console", "/orders?q=bulk+bella")
        await expect(page.get_by_role("grid", name="Orders").get_by_role("row")).to_have_count(4)
        await page.get_by_role("checkbox", name="Select all rows shown").check()
        await page.get_by_role("button", name="Cancel 3 orders…").click()
        await page.get_by_role("dialog").get_by_role("button", name="Cancel 3 orders").click()
        await expect(page.get_by_text("3 canceled, 0 refused")).to_be_visible()
        assert {(await market.ask("GET", f"/v1/orders/{one}"))["status"] for one in orders} == {"canceled"}


class TestUnderstanding:
    async def test_finance_goes_from_the_order_to_what_it_booked(self, visit: Visit, market: Market) -> None:
        order = await shipped(market, ("p53", 2), off=25)
        page = await visit.open("console", f"/orders/{order}", by="finance")
        await page.get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name="What it booked").click()
        await page.wait_for_url(f"**/console/ledger/orders/{order}")
        booked = await market.ask("GET", f"/v1/orders/{order}/ledger")
        assert booked
        entry = page.locator("a[href*='/ledger/entries/']").first
        address = await entry.get_attribute("href")
        await entry.click()
        await page.wait_for_url(f"**{address}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()

    async def test_every_amount_is_explained_with_one_key(self, visit: Visit, market: Market) -> None:
        order = await ordered(market, ("p54", 2), off=30)
        line = (await market.ask("GET", f"/v1/orders/{order}/explain"))["lines"][0]
        page = await visit.open("console", f"/orders/{order}")
        await expect(page.get_by_role("heading", level=2, name="Lines")).to_be_visible()
        await page.keyboard.press("e")
        panel = page.get_by_role("dialog", name="How the total came about")
        await expect(panel.get_by_text("welcome")).to_be_visible()
        steps = await panel.locator(".explain-amount").all_inner_texts()
        assert [cents(text) for text in steps] == [*(step["amount"] for step in line["steps"]), line["payable"]]
        await page.keyboard.press("e")
        await expect(panel).to_be_hidden()
