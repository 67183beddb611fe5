"""What a merchandiser asks before publishing: a draft tried on past orders, and one basket with its why and why not."""

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Locale, Scheme, Visit
from tests.browser.market import Market

START = {"en": "Try it on", "zh": "个订单推演"}
DONE = {"en": "Done", "zh": "已完成"}
FEWER = {"en": "Net sales would have fallen by", "zh": "净销售额将减少"}
SIDES = {"en": ("Before", "With the draft"), "zh": ("原来", "按草案")}
PRICES = {"en": "Prices", "zh": "价格"}
NEAR = {"en": "Just short", "zh": "差一点"}


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("zh", "dark")])
async def test_a_draft_price_is_tried_on_past_orders_and_opens_down_to_them(
    visit: Visit, market: Market, locale: Locale, scheme: Scheme
) -> None:
    lines = (await market.ask("GET", f"/v1/orders/{market.orders['paid']}"))["lines"]
    typed = "".join(f"{line['sku']} 0.01\n" for line in lines)
    page = await visit.open("console", "/simulator/new?channel=mall&price_list=base", locale=locale, scheme=scheme)
    await page.get_by_role("textbox", name=PRICES[locale], exact=True).fill(typed)
    await page.get_by_role("button", name=START[locale]).click()
    await expect(page.get_by_text(DONE[locale], exact=True)).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("heading", level=2, name=FEWER[locale])).to_be_visible()
    await page.get_by_role("link", name=market.orders["paid"]).click()
    await expect(page.get_by_role("heading", level=1, name=market.orders["paid"])).to_be_visible()
    for side in SIDES[locale]:
        await expect(page.get_by_role("region", name=side, exact=True)).to_be_visible()


async def test_a_promotion_is_tried_before_it_is_written_out_and_two_are_compared(visit: Visit, market: Market) -> None:
    page = await visit.open("console", "/simulator/new?channel=mall")
    await page.get_by_label("Write a promotion here").check()
    await page.get_by_label("How much", exact=True).fill("10")
    await page.get_by_role("button", name=START["en"]).click()
    await expect(page.get_by_text(DONE["en"], exact=True)).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("heading", level=2, name=FEWER["en"])).to_be_visible()
    await page.get_by_role("button", name="Compare").click()
    await expect(page.get_by_label("Simulation B")).to_be_visible()


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_a_basket_says_which_promotion_is_just_short(visit: Visit, market: Market, locale: Locale) -> None:
    terms = {
        "name": "From ten thousand",
        "name_zh": "满一万",
        "stage": "order",
        "measure": "amount",
        "currency": (await market.ask("GET", "/v1/channels/mall"))["currency"],
        "tiers": [{"least": 1_000_000, "benefit": {"kind": "percent", "bp": 100}}],
        "funders": [{"funder": "seller", "bp": 10_000}],
    }
    await market.ask("PUT", f"/v1/promotions/from-ten-thousand-{locale}", terms)
    await market.ask("POST", f"/v1/promotions/from-ten-thousand-{locale}/publish")
    page = await visit.open("console", "/simulator/try?channel=mall&lines=p01:1", locale=locale)
    await expect(page.get_by_role("heading", level=2, name=NEAR[locale])).to_be_visible()
    await expect(page.get_by_text("满一万" if locale == "zh" else "From ten thousand", exact=True).first).to_be_visible()
