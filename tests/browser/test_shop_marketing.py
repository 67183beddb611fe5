"""What saves a shopper something, as people use it: a coupon is claimed and used, a service chosen, a flash sale counted down honestly."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import Locale, Visit
from tests.browser.market import TENANT, Market

FRONT = f"/{TENANT}/mall"
SELLER = [{"funder": "seller", "bp": 10_000}]


@pytest.fixture(scope="session")
async def offers(market: Market) -> None:
    """A coupon for one product, a service for whoever wants it, and a flash sale of another product; nothing that others would meet."""
    off = {"least": 60, "benefit": {"kind": "amount", "amount_minor": 50}}
    terms = {"name": "Fifty cents", "stage": "coupon", "coupon": True, "currency": "USD", "measure": "amount", "tiers": [off]}
    await market.ask("PUT", "/v1/promotions/fifty", terms | {"goods": {"skus": ["p31"]}, "funders": SELLER})
    await market.ask("POST", "/v1/promotions/fifty/publish")
    given = {"claim_from": "2020-01-01T00:00:00Z", "claim_to": "2100-01-01T00:00:00Z", "valid_days": 30}
    batch = {"name": "Fifty off p31", "promotion": "fifty", "kind": "claimed", "cap": 100, "per_member": 1, **given}
    await market.ask("PUT", "/v1/coupon-batches/fifty", batch)
    await market.ask("POST", "/v1/coupon-batches/fifty/publish")
    bag = {
        "kind": "fee",
        "name": "Gift bag",
        "name_zh": "礼品袋",
        "seller": "corner",
        "currency": "USD",
        "amount_minor": 200,
        "optional": True,
    }
    await market.ask("PUT", "/v1/fees/gift-bag", bag)
    await market.ask("POST", "/v1/fees/gift-bag/publish")
    now = datetime.now(UTC)
    item = {"sku": "p32", "price_minor": 10, "allotment": 7}
    sale = {"name": "Rush", "name_zh": "秒杀专场", "currency": "USD", "entry": "play", "items": [item], "funders": SELLER}
    times = {"begins_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(hours=5)).isoformat()}
    await market.ask("PUT", "/v1/flash-sales/shop-rush", sale | times | {"channels": ["mall"]})
    await market.ask("POST", "/v1/flash-sales/shop-rush/publish")


async def sign_in(page: Page, who: str) -> None:
    await page.get_by_label("Phone number or e-mail").fill(who)
    await page.get_by_role("button", name="Send code").click()
    told = await page.get_by_text(re.compile(r"the code is \d{6}")).inner_text()
    await page.get_by_label("Code", exact=True).fill(re.findall(r"\d{6}", told)[0])
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def test_a_coupon_is_claimed_used_and_told_beside_the_total(visit: Visit, offers: None) -> None:
    page = await visit.open("shop", f"{FRONT}/offers", by=None)
    ticket = page.get_by_role("listitem").filter(has_text="Fifty off p31")
    await ticket.get_by_role("button", name="Sign in to claim").click()
    await sign_in(page, "offers@example.com")
    await ticket.get_by_role("button", name="Claim", exact=True).click()
    await expect(ticket.get_by_role("button", name="Claimed")).to_be_disabled()
    await page.goto(f"/shop{FRONT}/p/p31")
    await page.get_by_role("button", name=re.compile("^Add to cart")).click()
    await page.get_by_role("button", name=re.compile("Go to cart")).click()
    summary = page.get_by_role("region", name="Summary")
    await expect(summary).to_contain_text("Coupon: Fifty cents from this shop")
    await expect(summary).to_contain_text("−$0.50")
    await page.get_by_role("button", name=re.compile("^Check out")).click()
    await page.get_by_label("No coupon").check()
    await expect(summary).not_to_contain_text("Coupon: Fifty cents")
    await page.get_by_label("The best one for me").check()
    await expect(summary).to_contain_text("Coupon: Fifty cents")
    await page.get_by_label("Gift bag").check()
    await expect(summary).to_contain_text("Gift bag")
    for label, text in {"Name": "Olga", "E-mail": "offers@example.com", "City": "Oakland", "ZIP code": "94601"}.items():
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_label("State", exact=True).select_option("CA")
    await page.get_by_label("Street and number", exact=True).fill("3 Oak St")
    total = (await summary.locator("dd").last.inner_text()).strip()
    await page.get_by_role("button", name=f"Place order and pay {total}").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Thank you|Order|Awaiting|Paid"))
    placed = page.get_by_role("region", name="Summary")
    await expect(placed).to_contain_text("Coupon: Fifty cents")
    await expect(placed).to_contain_text("Gift bag")
    await expect(placed.locator("dd").last).to_have_text(total)
    await page.goto(f"/shop{FRONT}/account/wallet")
    await expect(page.get_by_role("listitem").filter(has_text="Fifty off p31")).to_contain_text(re.compile("in an order|used"))


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_a_flash_sale_counts_down_and_tells_what_is_left(visit: Visit, offers: None, locale: Locale) -> None:
    page = await visit.open("shop", f"{FRONT}/p/p32", by=None, locale=locale, size=(390, 800))
    sale = page.get_by_role("region", name={"en": "Flash sale", "zh": "秒杀"}[locale], exact=True)
    await expect(sale).to_contain_text("$0.10")
    await expect(sale).to_contain_text({"en": "7 left", "zh": "剩余 7"}[locale])
    timer = sale.get_by_role("timer")
    before = await timer.inner_text()
    assert re.search(r"0[45]:\d\d:\d\d", before)
    await expect(timer).not_to_have_text(before)
    await sale.get_by_role("button", name={"en": "Buy now", "zh": "立即购买"}[locale]).click()
    await expect(page).to_have_url(re.compile(r"play=shop-rush&sku=p32"))


async def test_an_invitation_to_no_group_says_so(visit: Visit, offers: None) -> None:
    page = await visit.open("shop", f"{FRONT}/groups/none", by=None)
    await expect(page.get_by_text("This group is closed")).to_be_visible()
