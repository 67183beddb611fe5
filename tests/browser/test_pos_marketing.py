"""What takes something off at the till: promotions and why, coupons, points, gift cards; a total that moves; no network."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import Locale, Scheme, Visit
from tests.browser.market import Market, gtin
from tests.browser.test_pos import BY_HAND_MS, CUT, lines, open_exceptions, pay_exactly, receipt, scan, till

SELLER = [{"funder": "seller", "bp": 10_000}]
# p42 costs 8.16, p44 10.90, p46 13.64; none of them is taxed.
TENTH, HALVED, GONE = gtin(41), gtin(43), gtin(45)


@pytest.fixture(scope="session")
async def deals(market: Market) -> None:
    """A tenth off p42, three dollars from thirty on, a coupon on p44, a dollar off p46, points that pay: nothing that others would meet."""

    async def promotion(code: str, **terms: Any) -> None:
        await market.ask("PUT", f"/v1/promotions/{code}", terms | {"currency": "USD", "funders": SELLER})
        await market.ask("POST", f"/v1/promotions/{code}/publish")

    def off(amount: int, least: int) -> dict[str, Any]:
        return {"measure": "amount", "tiers": [{"least": least, "benefit": {"kind": "amount", "amount_minor": amount}}]}

    tenth = {"measure": "none", "tiers": [{"least": 0, "benefit": {"kind": "percent", "bp": 1_000}}]}
    both = {"skus": ["p42", "p44"]}
    await promotion("till-tenth", name="A tenth off", name_zh="九折", stage="activity", goods={"skus": ["p42"]}, **tenth)
    await promotion("till-three", name="Three off thirty", name_zh="满30减3", stage="order", goods=both, **off(300, 3_000))
    await promotion(
        "till-two", name="Two dollars", name_zh="两元券", stage="coupon", coupon=True, goods={"skus": ["p44"]}, **off(200, 1_000)
    )
    await promotion("till-gone", name="A dollar off", name_zh="立减一元", stage="order", goods={"skus": ["p46"]}, **off(100, 1_000))
    claims = {"claim_from": "2020-01-01T00:00:00Z", "claim_to": "2100-01-01T00:00:00Z", "valid_days": 30}
    batch = {"name": "Two off p44", "promotion": "till-two", "kind": "claimed", "cap": 100, "per_member": 1, **claims}
    await market.ask("PUT", "/v1/coupon-batches/till-two", batch)
    await market.ask("POST", "/v1/coupon-batches/till-two/publish")
    rate = {"currency": "USD", "burn_points": 100, "burn_minor": 100}
    await market.ask("POST", "/v1/points/programme", {"terms": {"rates": [rate], "share_bp": 5_000, "least": 10, "funder": "pool"}})
    for number in range(1, 9):
        await market.ask("PUT", f"/v1/stores/s1/devices/m{number}", {})


async def member(market: Market, phone: str) -> str:
    """Somebody with a coupon and five hundred points."""
    who = (await market.ask("POST", "/v1/members", {"kind": "phone", "value": phone, "name": "Dora"}))["member"]
    await market.ask("POST", "/v1/coupon-batches/till-two/coupons", {"member": who})
    lot = {"kind": "points", "amount": 500, "expires_at": "2099-01-01T00:00:00Z", "funder": "pool", "reason": "welcome"}
    await market.ask("POST", "/v1/assets/grants", lot | {"members": [who]})
    return who


def total(page: Page) -> Any:
    return page.locator(".sell-total .total output")


def dialog(page: Page) -> Any:
    return page.get_by_role("dialog")


async def take_member(page: Page, phone: str) -> None:
    await page.keyboard.press("F3")
    await page.keyboard.type(phone, delay=BY_HAND_MS)
    await expect(dialog(page).get_by_text("Dora")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name=re.compile("Dora"))).to_be_visible()


@pytest.mark.parametrize(("locale", "scheme", "device"), [("en", "light", "m1"), ("zh", "dark", "m2")])
async def test_a_promotion_is_taken_off_as_one_scans_and_says_why(
    visit: Visit, market: Market, deals: None, locale: Locale, scheme: Scheme, device: str
) -> None:
    page = await till(visit, "s1", device, float_=None, locale=locale, scheme=scheme)
    zh = locale == "zh"
    for _ in range(2):
        await scan(page, TENTH)
    # Ten percent of 16.32; 30.00 is 15.31 away.
    await expect(lines(page).first).to_contain_text("九折 −$1.63" if zh else "A tenth off −$1.63")
    await expect(total(page)).to_have_text("$14.69")
    more = "再买 $15.31，可享：满30减3" if zh else "$15.31 more: Three off thirty"
    await expect(page.get_by_role("button", name=more)).to_be_visible()
    for _ in range(2):
        await scan(page, HALVED)
    await expect(total(page)).to_have_text("$33.49")
    await expect(page.get_by_text("本单共优惠 $4.63" if zh else "You saved $4.63")).to_be_visible()
    await page.keyboard.press("/")
    reasons = dialog(page).locator(".why li")
    await expect(reasons.first).to_contain_text("九折" if zh else "A tenth off")
    await expect(reasons.nth(1)).to_contain_text("−$3.00")
    await page.keyboard.press("Escape")
    await pay_exactly(page)
    booked = await receipt(market, "s1", device, "000001")
    assert [booked[name] for name in ("gross", "discount", "total", "paid")] == [3812, 463, 3349, 3349]
    taken = sorted((one["rule"], one["amount"]) for line in booked["lines"] for one in line["adjustments"])
    assert taken == [("till-tenth@1", 163), ("till-three@1", 121), ("till-three@1", 179)]


async def test_a_coupon_and_points_are_a_key_each_and_come_back_with_the_goods(visit: Visit, market: Market, deals: None) -> None:
    phone = "+12025550171"
    who = await member(market, phone)
    page = await till(visit, "s1", "m3", float_=None)
    await take_member(page, phone)
    await scan(page, HALVED)
    await expect(total(page)).to_have_text("$10.90")
    await page.keyboard.press("$")
    await expect(total(page)).to_have_text("$8.90")
    # Points pay half of what is left at most.
    await page.keyboard.press("#")
    await expect(total(page)).to_have_text("$4.45")
    await page.keyboard.press("$")
    await expect(total(page)).to_have_text("$5.90")
    await page.keyboard.press("$")
    await expect(total(page)).to_have_text("$4.45")
    # It is held and recalled with whom it is for and what they use.
    await page.keyboard.press("F4")
    await expect(lines(page)).to_have_count(0)
    await page.keyboard.press("F6")
    await expect(dialog(page).get_by_role("listitem").get_by_role("button").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(total(page)).to_have_text("$4.45")
    await pay_exactly(page)
    booked = await receipt(market, "s1", "m3", "000001")
    assert [booked[name] for name in ("gross", "discount", "total", "member")] == [1090, 645, 445, who]
    assert [one["state"] for one in (await market.ask("GET", f"/v1/coupons?member={who}"))["items"]] == ["used"]
    assert (await market.ask("GET", f"/v1/members/{who}/wallet"))["purses"][0]["usable"] == 55
    await page.keyboard.press("F8")
    await page.keyboard.type("000001", delay=BY_HAND_MS)
    await page.keyboard.press("Enter")
    given_back = dialog(page).get_by_role("list", name="Taken off then")
    await expect(given_back.get_by_role("listitem").filter(has_text="Points")).to_contain_text("$4.45")
    await expect(given_back.get_by_role("listitem").filter(has_text="Points")).to_contain_text("Goes back to the member")
    await dialog(page).get_by_label("Reason").select_option("defective")
    await dialog(page).get_by_role("button", name="Refund $4.45").click()
    await expect(dialog(page).get_by_text("The money has gone back")).to_be_visible()
    assert (await market.ask("GET", f"/v1/members/{who}/wallet"))["purses"][0]["usable"] == 500


async def test_a_coupon_that_does_not_count_is_let_go(visit: Visit, market: Market, deals: None) -> None:
    phone = "+12025550172"
    await member(market, phone)
    page = await till(visit, "s1", "m4", float_=None)
    await take_member(page, phone)
    await scan(page, HALVED)
    await page.keyboard.press("$")
    await expect(total(page)).to_have_text("$8.90")
    await scan(page, TENTH)
    await expect(total(page)).to_have_text("$16.24")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Delete")
    await expect(page.get_by_role("alert").filter(has_text="does not count here")).to_be_visible()
    await expect(total(page)).to_have_text("$7.34")


async def test_a_gift_card_pays_its_part(visit: Visit, market: Market, deals: None) -> None:
    sold = {"count": 1, "currency": "USD", "amount_minor": 500, "channel": "stores", "store": "s1", "sold": {"method": "cash"}}
    (card,) = (await market.ask("POST", "/v1/cards", sold))["cards"]
    page = await till(visit, "s1", "m5", float_=None)
    await scan(page, HALVED)
    await expect(total(page)).to_have_text("$10.90")
    await page.wait_for_timeout(2 * BY_HAND_MS)
    await page.keyboard.press("F9")
    await expect(dialog(page).get_by_label(re.compile("^Amount"))).to_be_focused()
    await scan(page, card["code"])
    await expect(dialog(page).get_by_text(re.compile(rf"\$5.00 on card ···{card['code'][-4:]}"))).to_be_visible()
    amount = dialog(page).get_by_label(re.compile("^Amount"))
    await expect(amount).to_have_value("5.00")
    await amount.press("Control+a")
    await amount.press_sequentially("5.01", delay=BY_HAND_MS)
    await page.keyboard.press("Enter")
    await expect(dialog(page).get_by_role("alert")).to_contain_text("There is not that much on the card")
    await amount.press("Control+a")
    await amount.press_sequentially("5.00", delay=BY_HAND_MS)
    await page.keyboard.press("Enter")
    await expect(dialog(page).get_by_text("Still due")).to_be_visible()
    await expect(amount).to_have_value("5.90")
    await amount.press("Enter")
    await expect(page.get_by_role("dialog", name=re.compile("Paid"))).to_be_visible()
    booked = await receipt(market, "s1", "m5", "000001")
    paid = await market.ask("GET", f"/v1/payments?order={booked['id']}")
    assert sorted((one["method"], one["amount"]) for one in paid["items"]) == [("cash", 590), ("gift_card", 500)]
    assert (await market.ask("POST", "/v1/cards/balance", {"code": card["code"]}))["left"] == 0


async def test_a_total_that_moves_while_one_pays_is_shown_first(visit: Visit, market: Market, deals: None) -> None:
    page = await till(visit, "s1", "m6", float_=None)
    await scan(page, GONE)
    await expect(total(page)).to_have_text("$12.64")
    await page.wait_for_timeout(2 * BY_HAND_MS)
    await page.keyboard.press("F9")
    await expect(dialog(page).get_by_label(re.compile("^Amount"))).to_have_value("12.64")
    await market.ask("POST", "/v1/promotions/till-gone/end")
    await page.keyboard.press("Enter")
    moved = page.get_by_role("dialog", name="The total has changed")
    await expect(moved.get_by_role("listitem")).to_have_text("A dollar off−$1.00$0.00")
    await expect(moved.get_by_role("button", name="Go on with $13.64")).to_be_focused()
    assert await open_exceptions(market, "s1") == []
    await page.keyboard.press("Enter")
    await expect(dialog(page).get_by_text("Still due")).to_be_visible()
    await expect(dialog(page).get_by_label(re.compile("^Amount"))).to_have_value("1.00")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name=re.compile("Paid"))).to_be_visible()
    booked = await receipt(market, "s1", "m6", "000001")
    assert [booked[name] for name in ("gross", "discount", "total", "paid")] == [1364, 0, 1364, 1364]


async def test_without_a_network_it_is_sold_at_list_and_taken_so(visit: Visit, market: Market, deals: None) -> None:
    visit.forgive(*CUT)
    phone = "+12025550173"
    who = await member(market, phone)
    page = await till(visit, "s1", "m7", float_=None)
    await take_member(page, phone)
    for _ in range(2):
        await scan(page, HALVED)
    await page.keyboard.press("$")
    await expect(total(page)).to_have_text("$19.80")
    await page.wait_for_timeout(2 * BY_HAND_MS)
    await page.keyboard.press("F9")
    await expect(dialog(page).get_by_label(re.compile("^Amount"))).to_have_value("19.80")
    await page.context.set_offline(True)
    await page.keyboard.press("Enter")
    moved = page.get_by_role("dialog", name="The total has changed")
    await expect(moved).to_contain_text("without promotions, coupons and points")
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("Promotions are not applied (offline)")).to_be_visible()
    await expect(total(page)).to_have_text("$21.80")
    await pay_exactly(page)
    await page.context.set_offline(False)
    await expect(page.get_by_role("status").filter(has_text="Offline")).to_have_count(0, timeout=30_000)
    await expect(page.get_by_role("button", name="Receipts", exact=True)).to_be_visible(timeout=20_000)
    booked = await receipt(market, "s1", "m7", "000001")
    assert [booked[name] for name in ("gross", "discount", "total", "member")] == [2180, 0, 2180, who]
    assert [one["state"] for one in (await market.ask("GET", f"/v1/coupons?member={who}"))["items"]] == ["free"]
    assert [one for one in await open_exceptions(market, "s1") if one[0] == "m7"] == []
