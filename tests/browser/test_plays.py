"""Plays as shoppers go through them, from the product to the parcel, to the cent: presale, group buy, flash sale, reservation."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.market import TENANT, Market
from tests.browser.test_shop import ship
from tests.browser.test_shop_marketing import sign_in

FRONT = f"/{TENANT}/mall"
SELLER = [{"funder": "seller", "bp": 10_000}]
ADDRESS = {"Name": "Ann Lee", "City": "Oakland", "ZIP code": "94601", "Street and number": "1 Main St"}


@pytest.fixture(scope="session")
async def plays(market: Market) -> None:
    """One play of each kind, each of a product of its own (food: no tax)."""

    def at(hours: float) -> str:
        return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()

    here = {"currency": "USD", "channels": ["mall"], "funders": SELLER}
    flash = {"begins_at": at(-1), "ends_at": at(5), **here}
    group = {"by": "people", "open_from": at(-1), "open_to": at(5), "hours": 24, **here}
    bodies: dict[str, Any] = {
        "presales/oolong": {
            "name": "Oolong", "deposit": "earnest", "deposit_from": at(-1), "deposit_to": at(5), "balance_from": at(24),
            "balance_to": at(48), "ships_by": at(72),
            "items": [{"sku": "p35", "price_minor": 1400, "deposit_minor": 200, "counts_minor": 300, "quota": 5}], **here,
        },
        "group-buys/pair": {
            "name": "Pair", "thresholds": [2], "items": [{"sku": "p36", "prices_minor": [1600], "head_minor": 1500}], "heads": 9, **group
        },
        "group-buys/trio": {"name": "Trio", "thresholds": [3], "items": [{"sku": "p37", "prices_minor": [1700]}], **group},
        "flash-sales/last-one": {
            "name": "Last one", "entry": "play", "items": [{"sku": "p34", "price_minor": 999, "allotment": 1}], **flash
        },
        "flash-sales/by-itself": {
            "name": "By itself", "entry": "automatic", "items": [{"sku": "p39", "price_minor": 300, "allotment": 1}], **flash
        },
        "reservations/first-pick": {
            "name": "First pick", "skus": ["p38"], "signup_from": at(-2), "signup_to": at(2), "buy_from": at(-1), "buy_to": at(5),
            "places": 5, "channels": ["mall"],
        },
    }  # fmt: skip
    for path, body in bodies.items():
        await market.ask("PUT", f"/v1/{path}", body)
        await market.ask("POST", f"/v1/{path}/publish")


async def come(market: Market, url: str, sql: str, *args: object) -> None:
    """Let a time come that lies hours ahead."""
    admin = await asyncpg.connect(url)
    await admin.execute(sql, market.tenant_id, *args)
    await admin.close()


async def placed(page: Page, button: str) -> str:
    """Fill in the address, press the button, and be on the order's page; its number."""
    for label, text in ADDRESS.items():
        await page.get_by_label(label, exact=True).fill(text)
    if not await page.get_by_label("E-mail", exact=True).input_value():
        await page.get_by_label("E-mail", exact=True).fill("ann@example.com")
    await page.get_by_label("State", exact=True).select_option("CA")
    await page.get_by_role("button", name=button, exact=True).click()
    await page.wait_for_url(re.compile("/orders/ord_"))
    return page.url.rpartition("/")[2]


async def member(visit: Visit, product: str, email: str, deal: str, act: re.Pattern[str] | str) -> Page:
    """Somebody who enters a play from its product, is asked to sign in, and comes back to the checkout."""
    page = await visit.open("shop", f"{FRONT}/p/{product}", by=None)
    await page.get_by_role("region", name=deal, exact=True).get_by_role("button", name=act).first.click()
    await page.wait_for_url("**/checkout?play=*")
    await page.get_by_role("main").get_by_role("link", name="Sign in").click()
    await sign_in(page, email)
    await page.wait_for_url("**/checkout?play=*")
    return page


async def stands(market: Market, number: str, *, status: str, paid: int, refunded: int = 0) -> None:
    """An order stands so in the book."""
    told = await market.ask("GET", f"/v1/orders/{number}")
    assert (told["status"], told["paid"], told["refunded"]) == (status, paid, refunded)


async def test_a_presale_from_deposit_to_balance_to_parcel(visit: Visit, market: Market, market_url: str, plays: None) -> None:
    page = await visit.open("shop", f"{FRONT}/p/p35", by=None)
    deal = page.get_by_role("region", name="Presale", exact=True)
    await expect(deal).to_contain_text("$14.00")
    await deal.get_by_role("button", name="Pay the deposit · $2.00").click()
    summary = page.get_by_role("region", name="Summary")
    await expect(summary).to_contain_text("Oolong: the deposit counts more")
    await expect(summary.locator("dd").last).to_have_text("$13.00")
    number = await placed(page, "Place order and pay the deposit of $2.00")
    await expect(summary).to_contain_text("$11.00")
    await stands(market, number, status="placed", paid=200)
    await expect(page.get_by_role("button", name="Pay $11.00 by card")).to_have_count(0)
    due = "update orders.payable set opens_at = now() - interval '1 minute' where tenant_id = $1 and payable_no = 2"
    await come(market, market_url, due)
    await page.reload()
    await page.get_by_role("button", name=re.compile(r"^Pay \$11\.00 by")).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Paid")
    await stands(market, number, status="paid", paid=1300)
    await ship(market, number)
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Shipped")


async def test_a_group_is_opened_joined_full_and_ships(visit: Visit, market: Market, plays: None) -> None:
    first = await member(visit, "p36", "head@example.com", "Group buy", "Open a group · $15.00")
    await expect(first.get_by_role("region", name="Summary")).to_contain_text("Pair: opening a group")
    one = await placed(first, "Place order and pay $15.00")
    await expect(first.get_by_text("Waiting for the group")).to_be_visible()
    second = await member(visit, "p36", "friend@example.com", "Group buy", "Join")
    two = await placed(second, "Place order and pay $16.00")
    for number, amount in ((one, 1500), (two, 1600)):
        await expect(second.get_by_role("heading", level=1)).to_have_text("Paid")
        await ready(market, number)
        await stands(market, number, status="paid", paid=amount)
        await ship(market, number)
    await first.reload()
    await expect(first.get_by_text("Waiting for the group")).to_have_count(0)
    await expect(first.get_by_role("heading", level=1)).to_have_text("Shipped")


async def ready(market: Market, number: str) -> None:
    """An order waits for its group no longer."""
    await market.becomes(f"/v1/orders/{number}", lambda one: not one["awaits"])


async def test_a_group_nobody_joins_gives_everything_back(visit: Visit, market: Market, market_url: str, plays: None) -> None:
    page = await member(visit, "p37", "alone@example.com", "Group buy", "Open a group")
    number = await placed(page, "Place order and pay $17.00")
    await expect(page.get_by_text("Waiting for the group")).to_be_visible()
    over = """
    with closed as (update promotion.play_group g set closes_at = now() - interval '1 second'
                      from orders.placed o
                     where g.tenant_id = $1 and o.tenant_id = $1 and g.group_id = o.group_id and o.play = 'trio@1'
                    returning g.group_id)
    update kernel.job j set run_at = now() from closed c
     where j.tenant_id = $1 and j.kind = 'group_buy.close' and j.subject_id = c.group_id
    """
    await come(market, market_url, over)
    await market.becomes(f"/v1/orders/{number}", lambda one: one["refunded"])
    await stands(market, number, status="canceled", paid=1700, refunded=1700)
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Canceled")
    await expect(page.get_by_role("region", name="Summary")).to_contain_text("−$17.00")


async def test_the_last_one_of_a_flash_sale(visit: Visit, market: Market, plays: None) -> None:
    page = await visit.open("shop", f"{FRONT}/p/p34", by=None)
    late = await visit.open("shop", f"{FRONT}/checkout?play=last-one&sku=p34&quantity=1", by=None)
    await expect(late.get_by_role("region", name="Summary").locator("dd").last).to_have_text("$9.99")
    await page.get_by_role("region", name="Flash sale", exact=True).get_by_role("button", name="Buy now").click()
    number = await placed(page, "Place order and pay $9.99")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Paid")
    await stands(market, number, status="paid", paid=999)
    # Who comes a moment later is told so, and is offered the ordinary price, never charged it.
    await late.reload()
    await expect(late.get_by_role("button", name=re.compile("^Place order"))).to_be_disabled()
    await late.get_by_role("link", name="Buy at the ordinary price").click()
    await late.wait_for_url("**/search?q=p34")
    await page.goto(f"/shop{FRONT}/p/p34")
    await expect(page.get_by_role("region", name="Flash sale", exact=True).get_by_role("button", name="Sold out")).to_be_disabled()


async def test_a_flash_price_that_holds_by_itself_is_on_the_button(visit: Visit, plays: None) -> None:
    page = await visit.open("shop", f"{FRONT}/p/p39", by=None)
    await expect(page.get_by_role("button", name="Add to cart · $3.00")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^One more")).click()
    await expect(page.get_by_role("button", name="Add to cart · $8.10")).to_be_visible()  # there is one at the flash price


async def test_who_has_signed_up_may_buy(visit: Visit, market: Market, plays: None) -> None:
    page = await visit.open("shop", f"{FRONT}/offers", by=None)
    ticket = page.get_by_role("listitem").filter(has_text="First pick")
    other = await visit.open("shop", f"{FRONT}/p/p38", by=None)
    await other.get_by_role("button", name=re.compile("^Add to cart")).click()
    await other.goto(f"/shop{FRONT}/checkout")
    await expect(other.get_by_role("button", name=re.compile("^Place order"))).to_be_disabled()
    await page.goto(f"/shop{FRONT}/account?next=/offers")
    await sign_in(page, "keen@example.com")
    await ticket.get_by_role("button", name="Sign up").click()
    await expect(ticket).to_contain_text("You are signed up")
    await page.goto(f"/shop{FRONT}/p/p38")
    await page.get_by_role("button", name="Add to cart · $2.68").click()
    await page.goto(f"/shop{FRONT}/checkout")
    number = await placed(page, "Place order and pay $2.68")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Paid")
    await stands(market, number, status="paid", paid=268)


async def test_an_ended_play_is_refused_with_what_holds_instead(visit: Visit, market: Market, plays: None) -> None:
    page = await visit.open("shop", f"{FRONT}/checkout?play=nothing&sku=p31&quantity=1", by=None)
    await expect(page.get_by_text("There is no such activity")).to_be_visible()
    await page.get_by_role("link", name="Buy at the ordinary price").click()
    await page.wait_for_url("**/search?q=p31")
