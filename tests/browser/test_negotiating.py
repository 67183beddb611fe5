"""A buyer of a company asks for prices in the shop, the merchandiser answers in the console, and the agreed order is paid to the cent."""

import re

from playwright.async_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.market import TENANT, Market

FRONT = f"/{TENANT}/mall"


async def forge(market: Market, code: str) -> str:
    """A company whose buyer signs in by mail; their address."""
    mail = f"kim@{code}.example"
    person = await market.ask("POST", "/v1/members", {"kind": "email", "value": mail, "name": "Kim"})
    await market.ask("PUT", f"/v1/companies/{code}", {"name": "Forge Ltd", "buyers": [{"member": person["member"], "role": "approver"}]})
    return mail


async def sign_in(page: Page, mail: str) -> None:
    await page.goto(f"/shop{FRONT}/account")
    await page.get_by_label("Phone number or e-mail").fill(mail)
    await page.get_by_role("button", name="Send code").click()
    notice = await page.get_by_text(re.compile(r"\d{6}")).first.inner_text()
    found = re.search(r"\d{6}", notice)
    assert found is not None
    await page.get_by_label("Code", exact=True).fill(found[0])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_label("Buying for").select_option(label="Forge Ltd")
    await expect(page.get_by_text("You buy for Forge Ltd")).to_be_visible()


async def test_from_a_wish_to_a_paid_order_at_the_agreed_price(visit: Visit, market: Market) -> None:
    mail = await forge(market, "forge")
    shop = await visit.open("shop", f"{FRONT}/", by=None)
    await sign_in(shop, mail)
    await shop.goto(f"/shop{FRONT}/p/p05")
    await shop.get_by_role("link", name="Ask for a price").click()
    await shop.get_by_label(re.compile("^Quantity")).fill("6")
    await shop.get_by_label("Your price each").fill("0.5")
    await shop.get_by_label("Subject").fill("Forge canteen")
    await shop.get_by_role("button", name="Ask for 1 price").click()
    await expect(shop.get_by_text("The shop's turn")).to_be_visible()

    console = await visit.open("console", "/prices/negotiations?stage=asked")
    await console.get_by_text("Forge canteen").click()
    await console.get_by_label(re.compile("^Our price")).fill("0.83")
    await console.get_by_role("button", name="Offer $4.98").click()
    await expect(console.get_by_text("Waiting for the buyer").first).to_be_visible()

    await shop.reload()
    await shop.get_by_role("button", name="Take the offer · $4.98").click()
    await shop.get_by_role("button", name="Order at these prices · $4.98").click()
    await shop.wait_for_url("**/cart")
    await expect(shop.get_by_text("$0.83").first).to_be_visible()
    await shop.get_by_role("button", name=re.compile("^Check out · ")).click()
    fields = {"Name": "Kim", "E-mail": mail, "City": "Oakland", "ZIP code": "94601", "Street and number": "3 Forge Rd"}
    for label, text in fields.items():
        await shop.get_by_label(label, exact=True).fill(text)
    await shop.get_by_label("State", exact=True).select_option("CA")
    await shop.get_by_role("button", name=re.compile(r"^Place order and pay \$")).click()
    await shop.wait_for_url(re.compile("/orders/ord_"))
    await expect(shop.get_by_role("heading", level=1)).to_have_text("Paid")
    order = await market.ask("GET", f"/v1/orders/{shop.url.rpartition('/')[2]}")
    (line,) = order["lines"]
    assert (line["quantity"], line["unit_price"], line["gross"]) == (6, 83, 498)
    assert [order[key] for key in ("gross", "discount", "tax", "total", "paid")] == [498, 0, 0, 498, 498]


async def test_the_next_on_the_device_sees_everybodys_price(visit: Visit, market: Market) -> None:
    mail = await forge(market, "smithy")
    await market.ask("PUT", "/v1/price-lists/smithy", {"name": "Smithy contract", "currency": "USD", "company": "smithy"})
    await market.ask("PUT", "/v1/price-lists/smithy/prices", {"prices": [{"sku": "p06", "amount_minor": 1}]})
    shop = await visit.open("shop", f"{FRONT}/p/p06", by=None)
    usual = await shop.locator(".product-price").inner_text()
    await sign_in(shop, mail)
    await shop.goto(f"/shop{FRONT}/p/p06")
    await expect(shop.get_by_text("Your company's contract").first).to_be_visible()
    await expect(shop.locator(".product-price")).to_contain_text("$0.01")
    await shop.get_by_role("button", name="Buy for myself").click()
    await expect(shop.locator(".product-price")).to_have_text(usual)
