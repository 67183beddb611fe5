"""A newcomer on a fresh, empty company: from the printed sign-in to the first sale, through the screens alone."""

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect
from tests.browser.conftest import Visit

from jiutong.cli.database import Ready
from jiutong.cli.imports import tenant_of
from jiutong.cli.owners import note_of, password_in


async def pick(page: Page, label: str, typed: str, within: Locator | None = None) -> None:
    """Choose what begins so in a field one chooses from, by keyboard."""
    box = (within or page).get_by_role("combobox", name=label)
    await box.click()
    option = page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=typed).first
    if await box.is_editable():
        await box.fill(typed)
        await expect(option).to_be_visible()
        await page.keyboard.press("Enter")
    else:
        await option.click(force=True)


async def fill(page: Page, **fields: str) -> None:
    """Type into fields by their labels, underscores for spaces."""
    for label, text in fields.items():
        await page.get_by_label(label.replace("_", " "), exact=True).fill(text)


async def step(page: Page, text: str) -> None:
    """Go to the start page and take the step it offers next."""
    await page.goto("/console/")
    await page.locator(".setup-steps .next").get_by_role("link", name=text).click()


async def test_from_the_printed_sign_in_to_the_first_sale(visit: Visit, market_base: Ready, tmp_path: Path) -> None:
    await tenant_of(market_base, tmp_path, "newcomer", "New Corner")
    note = note_of(tmp_path, "newcomer")
    assert note.stat().st_mode & 0o777 == 0o600

    page = await visit.open("console", by=None)
    await fill(page, Company="newcomer", Login="owner", Password="not this one")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_have_text("Company, login and password do not belong together. Check all three.")
    await fill(page, Password=password_in(note))
    await page.keyboard.press("Enter")
    await expect(page.locator(".setup-steps li")).to_have_count(10)
    await expect(page.locator(".setup-steps .done")).to_have_count(0)

    await step(page, "Add a seller")
    await fill(page, Code="corner", Name="Corner Ltd")
    await page.get_by_role("switch", name="List prices contain tax").click()
    await page.get_by_role("button", name="Add the seller").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Corner Ltd")
    await fill(page, Tax_class="standard", Rate_in_percent="8.25")
    await page.get_by_role("button", name="Set the rate").click()
    await expect(page.get_by_role("cell", name="8.25%")).to_be_visible()

    await step(page, "Add a channel")
    await fill(page, Code="mall", Name="Corner online")
    await pick(page, "Currency", "USD")
    await page.get_by_role("button", name="Add the channel").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Corner online")

    await step(page, "Add a location")
    await fill(page, Code="back", Name="Back room")
    await page.get_by_role("button", name="Add the location").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Back room")

    await step(page, "Say where it sells from")
    await page.get_by_role("link", name="Corner online").click()
    await pick(page, "Add a location", "Back room")
    await page.get_by_role("button", name="Save the order").click()
    await expect(page.get_by_role("button", name="Save the order")).to_be_disabled()

    await step(page, "Add a product")
    form = page.locator("form")
    await form.get_by_label("Code").first.fill("tea")
    await form.get_by_label("Title", exact=True).fill("Green tea")
    if await form.get_by_label("Code").count() == 1:
        await page.get_by_role("button", name="Add a SKU").click()
    await form.get_by_label("Code").nth(1).fill("tea-100")
    await page.get_by_role("button", name="Create product").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Green tea")
    await page.get_by_role("button", name="Submit for audit").click()
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.locator(".record-line")).to_contain_text("Published")

    await step(page, "List it in the channel")
    await page.get_by_role("button", name="List SKUs").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("SKUs").fill("tea-100")
    await pick(page, "Channel", "mall", dialog)
    await pick(page, "Seller", "corner", dialog)
    await dialog.get_by_label("Tax class").fill("standard")
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click()
    await expect(dialog).to_be_hidden()

    await step(page, "Set a price")
    await page.get_by_role("button", name="New price list").first.click()
    await fill(page, Name="Everyday", Code="base")
    await pick(page, "Currency", "USD", page.get_by_role("dialog"))
    await page.get_by_role("button", name="Create price list").click()
    await page.get_by_role("button", name="Set a price").first.click()
    dialog = page.get_by_role("dialog", name=re.compile("Everyday"))
    await dialog.get_by_label("SKU", exact=True).fill("tea-100")
    await dialog.get_by_label("Price", exact=True).fill("12.00")
    await page.get_by_role("button", name="Set $12.00").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()

    await step(page, "Receive stock")
    await pick(page, "At which location?", "Back room")
    await page.get_by_role("textbox", name="Owner").fill("corner")
    await page.get_by_label("Scan or type a code").fill("5*tea-100")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Receive 5 units").click()
    await expect(page.locator(".ant-message, .record-line, .state").first).to_be_visible()

    # The shop opens its doors, and somebody buys.
    await page.goto("/console/places/channels/mall")
    await page.get_by_role("button", name="Open the settings of the storefront").click()
    await page.get_by_role("switch", name="Published").click()
    await page.get_by_label("Country").fill("US")
    await page.get_by_role("button", name="Save the storefront").click()
    await expect(page.get_by_role("link", name=re.compile("Visit it"))).to_be_visible()
    number = await bought(visit, "/newcomer/mall")

    await page.goto(f"/console/orders/{number}")
    await expect(page.locator("#main")).to_contain_text("Green tea")
    await page.goto("/console/")
    await expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    await expect(page.locator(".setup")).to_have_count(0)


async def bought(visit: Visit, front: str) -> str:
    """A guest buys the tea; the order's number."""
    shop = await visit.open("shop", f"{front}/p/tea", by=None)
    await shop.get_by_role("button", name=re.compile("^Add to cart")).click()
    await shop.goto(f"/shop{front}/checkout")
    for label, text in {
        "Name": "Ann Lee",
        "Phone": "(415) 555-0123",
        "City": "Oakland",
        "ZIP code": "94601",
        "Street and number": "1 Main St",
    }.items():
        await shop.get_by_label(label, exact=True).fill(text)
    await shop.get_by_label("State", exact=True).select_option("CA")
    await shop.get_by_role("button", name=re.compile(r"^Place order and pay \$")).click()
    await shop.wait_for_url(re.compile("/orders/ord_"))
    await expect(shop.get_by_role("heading", level=1)).to_have_text("Paid")
    return shop.url.rpartition("/")[2]
