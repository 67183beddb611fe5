"""Stock in the console: received scan by scan, counted with a difference, and what can be promised explained down to the order."""

from playwright.async_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.market import Market, gtin


async def choose_location(page: Page, code: str) -> None:
    """Type where, and take what is offered."""
    box = page.get_by_role("combobox", name="At which location?")
    await box.click()
    await box.fill(code)
    await page.locator(".ant-select-item-option", has_text=f"· {code}").click()
    await expect(page.get_by_role("textbox", name="Scan or type a code")).to_be_focused()


async def scan(page: Page, *codes: str) -> None:
    """What a scanner does: characters faster than fingers, and Enter."""
    for code in codes:
        await page.keyboard.type(code)
        await page.keyboard.press("Enter")


async def lying(market: Market, sku: str, location: str) -> int:
    """What the book has of a SKU at a location."""
    places = (await market.ask("GET", f"/v1/stock/{sku}"))["places"]
    return next(place["on_hand"] for place in places if place["location"] == location)


async def test_goods_are_received_by_scanning(visit: Visit, market: Market) -> None:
    before = [await lying(market, sku, "s2") for sku in ("p07", "p08")]
    page = await visit.open("console", "/stock/receive", by="owner")
    await choose_location(page, "s2")
    # A barcode three times, faster than the answers come; a code with a number before it; and one nobody knows.
    await scan(page, gtin(6), gtin(6), "5*p08", gtin(6), "nothing-has-this")
    await expect(page.get_by_text("Nothing has the code nothing-has-this")).to_be_visible()
    first = page.get_by_role("row").nth(1)
    await expect(first).to_contain_text("Carrots")
    await expect(first).to_contain_text("Last scanned")
    await expect(first.get_by_role("spinbutton")).to_have_value("3")
    await page.reload()
    await page.get_by_role("button", name="Receive 8 units").click()
    await expect(page.get_by_role("link", name="Ledger entry")).to_be_visible()
    paper = await market.ask("GET", f"/v1/stock/papers/{page.url.rpartition('/')[2]}")
    assert (paper["kind"], paper["location"], paper["lines"], paper["more"], paper["less"]) == ("receipt", "s2", 2, 8, 0)
    assert [await lying(market, sku, "s2") for sku in ("p07", "p08")] == [before[0] + 3, before[1] + 5]


async def test_a_count_shows_its_difference_before_it_is_booked(visit: Visit, market: Market) -> None:
    before = await lying(market, "p09", "s3")
    page = await visit.open("console", "/stock/count", by="owner")
    await choose_location(page, "s3")
    await scan(page, f"{before - 4}*p09", f"{await lying(market, 'p10', 's3')}*p10")
    # Blind: the book is not shown to whoever counts.
    await expect(page.get_by_role("columnheader", name="Book")).to_have_count(0)
    await page.get_by_role("button", name="Show differences").click()
    row = page.get_by_role("table", name="Difference").get_by_role("row").nth(1)
    await expect(row).to_contain_text("Ginger")
    await expect(row).to_contain_text("−4")
    await expect(page.get_by_text("one line agrees with the book")).to_be_visible()
    assert await lying(market, "p09", "s3") == before
    await page.get_by_role("button", name="Book one difference").click()
    await expect(page.get_by_role("link", name="Ledger entry")).to_be_visible()
    assert await lying(market, "p09", "s3") == before - 4


async def test_what_can_be_promised_is_explained_as_the_api_tells_it(visit: Visit, market: Market) -> None:
    wish = {
        "channel": "mall",
        "lines": [{"sku": "p12", "quantity": 2}],
        "contact": {"name": "A", "phone": "+12025550189", "address": "1 A"},
    }
    order = (await market.ask("POST", "/v1/orders", wish))["id"]
    await market.ask("POST", f"/v1/orders/{order}/payments", {"method": "cash"})
    told = await market.ask("GET", "/v1/stock/p12")
    page = await visit.open("console", "/stock/skus/p12", by="owner")
    await expect(page.get_by_role("heading", name=f"Why {told['available']:,}?")).to_be_visible()
    steps = page.locator(".explain").first.get_by_role("listitem")
    shown = [text.splitlines() for text in await steps.all_inner_texts()]
    assert [step[1] for step in shown] == [f"{told['on_hand']:,}", f"−{told['held']:,}", f"{told['available']:,}"]
    assert told["on_hand"] - told["held"] - told["floor"] == told["available"]
    center = page.get_by_role("row", name="dc1")
    await center.get_by_role("button").click()
    await expect(page.get_by_role("link", name=f"Order {order}, line 1")).to_be_visible()
    # What moved it says what lay there then.
    await expect(page.get_by_role("region", name="Movements").get_by_role("link", name="DN dc1")).to_be_visible()


async def test_it_is_verified_while_one_watches(visit: Visit, market: Market) -> None:
    page = await visit.open("console", "/health/verify", by="owner")
    await page.get_by_role("button", name="Run all").click()
    await expect(page.get_by_text("In good order: all")).to_be_visible(timeout=60_000)
    count = len(await market.ask("GET", "/v1/verify/invariants"))
    await expect(page.get_by_text("holds", exact=True)).to_have_count(count)
