"""Finance explains one odd cent: from the trial balance to the line and the units it came from, by clicking only."""

from playwright.async_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.market import Market

RULE = "odd cent week"


async def sold_in_two_parcels(market: Market) -> str:
    """Three packs with a dollar off, sent one and two at a time: a dollar does not split in three."""
    wish = {
        "channel": "mall",
        "lines": [{"sku": "p51", "quantity": 3}],
        "contact": {"name": "Ines Cole", "phone": "+12025550188", "address": "3 Third Street"},
        "adjustments": [{"amount_minor": 100, "reason": RULE, "funder": "seller"}],
    }
    order = (await market.ask("POST", "/v1/orders", wish))["id"]
    await market.ask("POST", f"/v1/orders/{order}/payments", {"method": "cash"})
    await market.ask("POST", "/v1/fulfillments", {"order": order})
    (work,) = (await market.ask("GET", f"/v1/fulfillments?order_id={order}"))["items"]
    await market.ask("POST", f"/v1/fulfillments/{work['id']}/pick", {"lines": [{"line": 1, "quantity": 3}]})
    for quantity in (1, 2):
        await market.ask("POST", f"/v1/fulfillments/{work['id']}/ship", {"lines": [{"line": 1, "quantity": quantity}]})
    return order


async def opened_at_the_account(page: Page, kind: str, by_rule: str) -> None:
    """From the trial balance down to the one account of a rule."""
    await page.get_by_role("row", name=kind).get_by_role("link").first.click()
    await page.get_by_role("row", name=RULE).get_by_role("link", name=RULE).click()
    await page.get_by_role("row").get_by_role("link", name=by_rule).first.click()


async def test_finance_explains_an_odd_cent_by_clicking_only(visit: Visit, market: Market) -> None:
    order = await sold_in_two_parcels(market)
    booked = await market.ask("GET", f"/v1/orders/{order}/ledger")
    legs = [leg for entry in booked["entries"] for leg in entry["transfers"] if leg["word"] == "discount"]
    assert [(leg["amount"], leg["parts"][0]["first"], leg["parts"][0]["last"]) for leg in legs] == [(33, 1, 1), (67, 2, 3)]
    assert sum(row["posted"] for row in booked["balances"]) == 0

    page = await visit.open("console", "/ledger", by="finance")
    await expect(page.get_by_role("heading", name="Trial balance")).to_be_visible()
    await expect(page.get_by_text("The book balances")).to_be_visible()
    await opened_at_the_account(page, "Discounts we bear", RULE)

    # The account: a dollar in two movements, each with what it showed then.
    await expect(page.get_by_text("Balance now")).to_be_visible()
    movements = page.get_by_role("region", name="Movements")
    await expect(movements.get_by_role("link", name="0.67")).to_be_visible()
    await expect(movements.get_by_role("link", name="0.33")).to_be_visible()
    await movements.get_by_role("link", name="0.67").click()

    # The entry: double entry by the rule, and the units the cents came from.
    await expect(page.get_by_role("heading", name="Goods shipped")).to_be_visible()
    discount = page.get_by_role("row", name="discount we bear").first
    await expect(discount).to_contain_text("what the seller gave away of the list amount")
    leg = discount.get_by_role("button", name="discount we bear")
    if await leg.get_attribute("aria-expanded") == "false":
        await leg.click()
    part = page.get_by_role("row", name="units 2–3 of 3: share of 1.00").first
    await expect(part).to_contain_text("Line 1 · Dish soap 洗洁精")
    await expect(part).to_contain_text("0.67")

    # The order: where all of its cents are now.
    await page.get_by_role("link", name="Everything this order booked").click()
    await expect(page.get_by_role("heading", name="Why this cent")).to_be_visible()
    assert page.url.endswith(f"/ledger/orders/{order}")
    await page.get_by_role("button", name="1. Dish soap").click()
    await expect(page.get_by_text("units 2–3 of 3: share of 1.00").first).to_be_visible()
    await expect(page.get_by_text("unit 1 of 3: share of 1.00").first).to_be_visible()


async def test_the_tax_of_a_line_says_how_it_was_rounded(visit: Visit, market: Market) -> None:
    order = await sold_in_two_parcels(market)
    (line,) = (await market.ask("GET", f"/v1/orders/{order}/ledger"))["lines"]
    assert line["tax"] == (2 * line["tax_bp"] * (line["gross"] - line["discount"]) + 10_000) // 20_000
    page = await visit.open("console", f"/ledger/orders/{order}?line=1", by="finance", locale="zh", scheme="dark")
    await expect(page.get_by_role("heading", name="这分钱从哪来")).to_be_visible()
    await expect(page.get_by_text("8.25% 的税").first).to_be_visible()
    await expect(page.get_by_text("价外加收").first).to_be_visible()
