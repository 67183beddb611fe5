"""The shop as people use it: by keyboard alone, without scripts, as a guest from the shelf to the refund, as a member with a code."""

import json
import re

import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import Locale, Visit
from tests.browser.market import TENANT, Market

FRONT = f"/{TENANT}/mall"
TABS_MAX = 80
FOCUSED = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return ""
  const label = at.labels && at.labels[0] ? at.labels[0].textContent : ""
  return [at.getAttribute("aria-label"), label, at.name, at.textContent].filter(Boolean).join(" | ")
}"""
SEEN = """() => {
  const style = getComputedStyle(document.activeElement)
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
}"""
SAYS = {
    "en": {
        "add": r"Add to cart",
        "go": r"In your cart",
        "checkout": r"Check out",
        "name": r"^Name",
        "email": r"^E-mail",
        "city": r"^City",
        "state": r"^State",
        "zip": r"^ZIP",
        "street": r"^Street",
        "place": r"^Place order and pay \$",
        "paid": "Paid",
    },
    "zh": {
        "add": r"加入购物车 ·",
        "go": r"已加入购物车",
        "checkout": r"去结算",
        "name": r"^姓名",
        "email": r"^邮箱",
        "city": r"^城市",
        "state": r"^州",
        "zip": r"^邮编",
        "street": r"^街道",
        "place": r"^提交订单并支付",
        "paid": "待发货",
    },
}


async def tab_to(page: Page, wanted: str) -> None:
    """Tab until what has the focus says this; the focus can be seen."""
    for _ in range(TABS_MAX):
        await page.keyboard.press("Tab")
        if re.search(wanted, (await page.evaluate(FOCUSED)).strip()):
            assert await page.evaluate(SEEN), f"the focus on {wanted} cannot be seen"
            return
    raise AssertionError(f"nothing that says {wanted} was reached; the focus is on {await page.evaluate(FOCUSED)!r}")


async def typed(page: Page, field: str, text: str) -> None:
    await tab_to(page, field)
    await page.keyboard.type(text)


async def order_as_guest(page: Page, product: str, *, count: int = 1) -> str:
    """From the shelf to a paid order, with a mouse; its number."""
    await page.goto(f"/shop{FRONT}/p/{product}")
    for _ in range(count - 1):
        await page.get_by_role("button", name=re.compile("^One more")).click()
    await page.get_by_role("button", name=re.compile("^Add to cart")).click()
    await page.goto(f"/shop{FRONT}/checkout")
    for label, text in {
        "Name": "Ann Lee",
        "Phone": "(415) 555-0123",
        "City": "Oakland",
        "ZIP code": "94601",
        "Street and number": "1 Main St",
    }.items():
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_label("State", exact=True).select_option("CA")
    await page.get_by_role("button", name=re.compile(r"^Place order and pay \$")).click()
    await page.wait_for_url(re.compile("/orders/ord_"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Paid")
    return page.url.rpartition("/")[2]


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_checkout_by_keyboard_alone(visit: Visit, locale: Locale) -> None:
    says = SAYS[locale]
    page = await visit.open("shop", f"{FRONT}/p/p21", by=None, locale=locale)
    await tab_to(page, says["add"])
    await page.keyboard.press("Enter")
    await tab_to(page, says["go"]) if not re.search(says["go"], await page.evaluate(FOCUSED)) else None
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/cart")
    await expect(page.get_by_role("button", name=re.compile(says["checkout"]))).to_be_enabled()
    await tab_to(page, says["checkout"])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/checkout")
    await typed(page, says["name"], "Ann Lee")
    await typed(page, says["email"], "ann@example.com")
    await typed(page, says["city"], "Oakland")
    await typed(page, says["state"], "CA")
    await typed(page, says["zip"], "94601")
    await typed(page, says["street"], "1 Main St")
    await expect(page.get_by_role("button", name=re.compile(says["place"]))).to_be_enabled()
    await tab_to(page, says["place"])
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/orders/ord_"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(says["paid"])


async def test_a_product_reads_without_scripts(visit: Visit, market: Market) -> None:
    page = await visit.open("shop", f"{FRONT}/p/p31", by=None, java_script_enabled=False)
    title = (await page.get_by_role("heading", level=1).inner_text()).strip()
    assert title.startswith("Longjing green tea")
    facts = [json.loads(text) for text in await page.locator('script[type="application/ld+json"]').all_text_contents()]
    assert [fact["@type"] for fact in facts] == ["Product", "BreadcrumbList"]
    assert facts[0]["name"] == title
    assert re.fullmatch(r"\d+\.\d\d", facts[0]["offers"]["price"])
    price = await page.locator(".product-price").inner_text()
    assert price.strip().startswith(f"${facts[0]['offers']['price']}")
    await page.get_by_role("link", name="Drinks 饮料").click()
    assert page.url.endswith("/c/drinks")
    assert await page.locator(".card").count() == 10
    await page.get_by_role("searchbox").fill("milk")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/search?q=milk")
    assert "Whole milk 全脂牛奶" in await page.locator(".cards").inner_text()


async def test_a_guest_orders_pays_follows_and_sends_back(visit: Visit, market: Market) -> None:
    page = await visit.open("shop", f"{FRONT}/", by=None)
    number = await order_as_guest(page, "p01", count=2)
    await ship(market, number)
    # On another device, with nothing but the number and the phone.
    other = await visit.open("shop", f"{FRONT}/find", by=None)
    await other.get_by_label("Order number").fill(number)
    await other.get_by_label("Phone number or e-mail").fill("415 555 0123")
    await other.get_by_role("button", name="Find order").click()
    await expect(other.get_by_role("heading", level=1)).to_have_text("Shipped")
    await other.get_by_role("button", name=re.compile("^Send something back")).click()
    sheet = other.get_by_role("dialog")
    await sheet.get_by_role("checkbox").check()
    await sheet.get_by_role("button", name=re.compile("^One less")).click()
    foretold = await sheet.get_by_role("button", name=re.compile(r"^Send back · \$[1-9]")).inner_text()
    await sheet.get_by_role("button", name=re.compile("^Send back ·")).click()
    amount = foretold.partition("· ")[2]
    await expect(other.get_by_text(f"{amount} goes back to where it came from")).to_be_visible()
    await expect(other.get_by_text("1 returned")).to_be_visible()
    booked = (await market.ask("GET", f"/v1/refunds?order={number}"))["items"]
    assert [f"${one['amount'] / 100:.2f}" for one in booked] == [amount]


async def test_two_tenders_pay_one_order_and_a_declined_one_is_tried_again(visit: Visit) -> None:
    page = await visit.open("shop", f"{FRONT}/", by=None)
    await page.goto(f"/shop{FRONT}/p/p03")
    await page.get_by_role("button", name=re.compile("^Add to cart")).click()
    await page.goto(f"/shop{FRONT}/checkout")
    for label, text in {
        "Name": "Bo",
        "E-mail": "bo@example.com",
        "City": "Oakland",
        "ZIP code": "94601",
        "Street and number": "2 Side St",
    }.items():
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_label("State", exact=True).select_option("CA")
    await page.get_by_label(re.compile("^Pay in two parts")).check()
    await page.get_by_role("textbox", name="By card").fill("0.50")
    await page.get_by_role("button", name=re.compile(r"^Place order and pay \$")).click()
    await page.wait_for_url(re.compile("/orders/ord_"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Paid")
    await expect(page.get_by_text("$0.50", exact=True).first).to_be_visible()


async def test_a_price_that_moved_is_shown_from_and_to(visit: Visit, market: Market) -> None:
    page = await visit.open("shop", f"{FRONT}/p/p05", by=None)
    await page.get_by_role("button", name=re.compile("^Add to cart")).click()
    await page.evaluate(
        """() => { const key = Object.keys(localStorage).find((one) => one.endsWith('.basket'))
        localStorage.setItem(key, JSON.stringify(JSON.parse(localStorage[key]).map((line) => ({ ...line, price: 1 })))) }"""
    )
    await page.goto(f"/shop{FRONT}/cart")
    note = page.get_by_text(re.compile(r"^Price rose from \$0\.01 to \$"))
    await expect(note).to_be_visible()
    await page.get_by_role("button", name="Okay").click()
    await expect(note).to_be_hidden()


async def test_a_member_signs_in_with_a_code_and_keeps_an_address(visit: Visit) -> None:
    page = await visit.open("shop", f"{FRONT}/account", by=None)
    await page.get_by_label("Phone number or e-mail").fill("cleo@example.com")
    await page.get_by_role("button", name="Send code").click()
    told = await page.get_by_text(re.compile(r"the code is \d{6}")).inner_text()
    await page.get_by_label("Code", exact=True).fill(re.findall(r"\d{6}", told)[0])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hello, cleo@example.com")
    await page.get_by_role("link", name="Addresses").click()
    await page.get_by_role("button", name="New address").click()
    for label, text in {
        "Name": "Cleo",
        "Phone": "4155550177",
        "City": "Oakland",
        "ZIP code": "94601",
        "Street and number": "3 Oak St",
    }.items():
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_label("State", exact=True).select_option("CA")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("3 Oak St, Oakland, CA 94601")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


async def test_language_and_light_are_a_button_away(visit: Visit) -> None:
    page = await visit.open("shop", f"{FRONT}/", by=None)
    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("街角老店，始于1987")
    assert await page.evaluate("document.documentElement.lang") == "zh-CN"
    await page.get_by_role("button", name="深色").click()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def ship(market: Market, number: str) -> None:
    """Everything of an order leaves."""
    await market.ask("POST", "/v1/fulfillments", {"order": number})
    works = (await market.ask("GET", f"/v1/fulfillments?order_id={number}"))["items"]
    for work in works:
        lines = [{"line": line["line"], "quantity": line["quantity"]} for line in work["lines"]]
        await market.ask("POST", f"/v1/fulfillments/{work['id']}/pick", {"lines": lines})
        await market.ask("POST", f"/v1/fulfillments/{work['id']}/ship", {"carrier": "SF", "tracking_no": "SF100"})
    assert works
