"""Every page of every app, in both languages, light and dark: nothing goes wrong unseen, and everybody can use it.

The console's pages are read from its areas, so a new one is looked at without being named here; a new parameter is filled in `names`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import PAINTED, Locale, Scheme, Visit
from tests.browser.market import TENANT, Market

from jiutong.cli.consoles import LIBRARIES, SOURCES

AXE = LIBRARIES / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
NARROW = {"console": 1024, "shop": 360, "pos": 1024}
# What shows through where a program is not finished.
LEAKS = re.compile(r"\bundefined\b|\bNaN\b|\[object |Invalid Date|\bnull\b|Infinity")
PAGE = re.compile(r'path:\s*"([^"]+)",\s*load:')
KIND = re.compile(r'export const kind: PlayKind = \{\s*key: "([^"]+)"')
FRONT = f"/{TENANT}/mall"
SHOP = ("/", "/search?q=tea", "/c/drinks", "/p/p21", "/cart", "/checkout", "/find", "/account", "/offers")
# Pages that show nothing without saying of what.
ASKED = {"/ledger/account": "?code=$account"}
# Codes that mean nothing without the word before them.
CODES = {"channels": "mall", "stores": "s1", "locations": "dc1", "sellers": "corner", "scenes": "b2c.mall", "coupons": "winter"}
# The same of plays: the last word before them.
CODES |= {"templates": "parcel", "fees": "bag"}
CODES |= {"sales": "rush", "limits": "two", "restrictions": "adults", "reservations": "harvest", "presales": "hamper", "buys": "three"}
LISTS = {
    "order": "/v1/orders",
    "member": "/v1/members",
    "payment": "/v1/payments",
    "refund": "/v1/refunds",
    "return": "/v1/returns",
    "work": "/v1/fulfillments",
    "paper": "/v1/stock/papers",
    "key": "/v1/app-keys",
    "import": "/v1/imports",
    "simulation": "/v1/simulations",
    "event": "/v1/audit",
    "proposal": "/v1/price-proposals",
    "negotiation": "/v1/price-negotiations",
}


def console_pages() -> list[str]:
    """What the areas of the console say they have."""
    console = SOURCES / "console"
    texts = [index.read_text("utf-8") for index in (*sorted(console.glob("*/index.tsx")), *sorted(console.glob("*/kinds/*.tsx")))]
    kinds = [f"/plays/{key}" for text in texts for key in KIND.findall(text)]
    return kinds + [path for text in texts for path in PAGE.findall(text)]


@pytest.fixture(scope="session")
async def names(market: Market) -> dict[str, str]:
    """Something of everything, by the names parameters go by."""
    found = {name: told(await market.ask("GET", f"{path}?limit=1")) for name, path in LISTS.items()}
    orders = market.orders
    traced = await market.ask("GET", f"/v1/orders/{orders['returned']}/ledger")
    entry = re.search(r"ent_\w+", repr(traced))
    assert entry is not None
    await coupons(market)
    await plays(market)
    await tariffs(market)
    lot, card = await assets(market)
    (parcel,) = await market.ask("GET", f"/v1/orders/{orders['shipped']}/shipments")
    return found | {
        "order": orders["returned"],
        "shipment": parcel["id"],
        "entry": entry[0],
        "account": (await market.ask("GET", "/v1/ledger/accounts?limit=1"))["items"][0]["code"],
        "product": "p01",
        "sku": "p01",
        "code": "p01",
        "list": "base",
        "location": "dc1",
        "store": "s1",
        "device": "t1",
        "channel": "mall",
        "seller": "corner",
        "role": "clerk",
        "login": "clerk",
        "scene": "b2c.mall",
        "other": "store.pos",
        "kind": "revenue",
        "category": "drinks",
        "brand": "corner",
        "buyers": await group(market),
        "promotion": "five-off",
        "company": "kiln",
        "group": "gold",
        "lot": lot,
        "card": card,
    }


async def coupons(market: Market) -> None:
    """A batch of coupons, one of them a member's."""
    off = {"least": 5000, "benefit": {"kind": "amount", "amount_minor": 500}}
    terms = {"name": "Five off", "stage": "coupon", "coupon": True, "currency": "USD", "measure": "amount", "tiers": [off]}
    await market.ask("PUT", "/v1/promotions/five-off", terms | {"funders": [{"funder": "seller", "bp": 10_000}]})
    await market.ask("POST", "/v1/promotions/five-off/publish")
    given = {"claim_from": "2020-01-01T00:00:00Z", "claim_to": "2100-01-01T00:00:00Z", "valid_days": 30}
    batch = {"name": "Winter", "promotion": "five-off", "kind": "claimed", "cap": 10, **given}
    await market.ask("PUT", "/v1/coupon-batches/winter", batch)
    await market.ask("POST", "/v1/coupon-batches/winter/publish")
    someone = told(await market.ask("GET", "/v1/members?limit=1"))
    await market.ask("POST", "/v1/coupon-batches/winter/coupons", {"member": someone})


async def assets(market: Market) -> tuple[str, str]:
    """Points given to a member, and a card somebody bought: their ids."""
    someone = told(await market.ask("GET", "/v1/members?limit=1"))
    given = {
        "kind": "points",
        "members": [someone],
        "amount": 100,
        "funder": "seller",
        "reason": "welcome",
        "expires_at": "2090-01-01T00:00:00Z",
    }
    lots = await market.ask("POST", "/v1/assets/grants", given)
    sold = {"method": "cash", "reference": "r-1"}
    cards = await market.ask("POST", "/v1/cards", {"count": 1, "currency": "USD", "amount_minor": 5_000, "channel": "mall", "sold": sold})
    return lots["lots"][0], cards["cards"][0]["id"]


async def tariffs(market: Market) -> None:
    """A freight template no goods go by, and a draft of a fee."""
    own = {"seller": "corner", "currency": "USD"}
    zones = [{"name": "West", "regions": ["US/CA"], "first_minor": 500}, {"name": "Elsewhere", "first_minor": 900}]
    await market.ask("PUT", "/v1/freight-templates/parcel", {"kind": "freight", "name": "Parcel", "zones": zones, **own})
    await market.ask("POST", "/v1/freight-templates/parcel/publish")
    await market.ask("PUT", "/v1/fees/bag", {"kind": "fee", "name": "Bag", "amount_minor": 10, **own})


async def plays(market: Market) -> None:
    """One of every kind of play; they stand in a time to come, where they stop nobody. A group that has begun."""
    begins, between, ends = (f"2090-01-0{day}T00:00:00Z" for day in (1, 2, 3))
    goods, names = {"skus": ["p01"]}, {"name": "P", "name_zh": "品"}
    window = {"valid_from": begins, "valid_to": ends}
    item = {"sku": "p01", "price_minor": 100, "allotment": 20}
    bodies = {
        "flash-sales/rush": {"currency": "USD", "begins_at": begins, "ends_at": ends, "items": [item]},
        "limits/two": {"units": 2, "goods": goods, "period": "month", **window},
        "restrictions/adults": {"goods": goods, "reason": "For adults", "certificates": ["adult"], **window},
        "reservations/harvest": {
            "skus": ["p01"], "signup_from": begins, "signup_to": between, "buy_from": between, "buy_to": ends, "places": 10
        },
        "presales/hamper": {
            "currency": "USD", "deposit": "earnest", "deposit_from": begins, "deposit_to": between, "balance_from": between,
            "balance_to": ends, "ships_by": ends, "items": [{"sku": "p01", "price_minor": 100, "deposit_minor": 20, "quota": 10}],
        },
        "group-buys/three": {
            "currency": "USD", "by": "people", "thresholds": [3, 5], "newcomers": 1, "heads": 5, "hours": 24,
            "open_from": "2020-01-01T00:00:00Z", "open_to": ends,
            "items": [{"sku": "p33", "prices_minor": [20, 15], "head_minor": 10}],
        },
    }  # fmt: skip
    for path, body in bodies.items():
        await market.ask("PUT", f"/v1/{path}", names | body)
        await market.ask("POST", f"/v1/{path}/publish")


async def group(market: Market) -> str:
    """A group somebody has opened: its code."""
    buyer = {"kind": "phone", "value": "+12025550177"}
    wish = {"channel": "mall", "lines": [{"sku": "p33", "quantity": 1}], "play": "three", "member": buyer}
    made = await market.ask("POST", "/v1/orders", wish)
    await market.ask("POST", f"/v1/orders/{made['id']}/payments", {"method": "cash"})
    opened = await market.becomes("/v1/buying-groups", lambda told: told["items"])
    return str(opened["items"][0]["code"])


def told(page: Any) -> str:
    """What the first thing of a list goes by."""
    first = page["items"][0]
    return next(first[name] for name in ("id", "member", "key", "event", "proposal", "negotiation") if name in first)


def filled(path: str, names: Mapping[str, str]) -> str:
    """The path with something of the market in place of `$name`."""
    path += ASKED.get(path, "")
    return re.sub(r"(\w*[/=])\$(\w+)", lambda part: part[1] + (CODES.get(part[1][:-1]) or quote(names[part[2]])), path)


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("path", console_pages())
async def test_a_page_of_the_console_is_for_everybody(visit: Visit, names: dict[str, str], path: str, locale: Locale) -> None:
    page = await visit.look("console", filled(path, names), locale=locale)
    await check_over(visit, page, "console")
    assert not re.fullmatch(r"jiutong|", await page.title()), "the page does not say in its title what it is"


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("path", SHOP)
async def test_a_page_of_the_shop_is_for_everybody(visit: Visit, path: str, locale: Locale) -> None:
    await check_over(visit, await visit.look("shop", f"{FRONT}{path}", by=None, locale=locale), "shop")


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("by", ["clerk", None])
async def test_the_till_is_for_everybody(visit: Visit, by: str | None, locale: Locale) -> None:
    # One screen with the scanner's field in it: there is nothing to skip.
    await check_over(visit, await visit.look("pos", by=by, locale=locale), "pos", framed=False)


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_the_way_in_is_for_everybody(visit: Visit, locale: Locale) -> None:
    page = await visit.look("console", by=None, locale=locale)
    await check_over(visit, page, "console", framed=False)
    await page.goto("/")
    await check_over(visit, page, "shop", framed=False)


async def check_over(visit: Visit, page: Page, app: str, *, framed: bool = True) -> None:
    """Everything that can be said of a page without knowing what it is about."""
    await settled(visit, page)
    faults: list[str] = []
    if framed:
        faults += [] if await page.evaluate(SKIPS) else ["the first thing to be reached with the keyboard is no link to the content"]
        faults += [] if await page.evaluate(MAIN) else ["there is no one main part that can be given the focus"]
    assert await page.title(), "the page has no title"
    # Every page is looked over in both languages: each takes one of the lights.
    scheme: Scheme = "dark" if await page.evaluate("document.documentElement.lang") == "zh-CN" else "light"
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.evaluate(PAINTED)
    faults += [f"{scheme}: {fault}" for fault in await barriers(page)]
    text = await page.evaluate("document.body.innerText")
    faults += [f"it shows {leak[0]!r}: {text[max(0, leak.start() - 40) : leak.end() + 40]!r}" for leak in LEAKS.finditer(text)]
    size = page.viewport_size or {"height": 800}
    await page.set_viewport_size({"width": NARROW[app], "height": size["height"]})
    await page.evaluate(PAINTED)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    faults += [f"{wide} pixels wide on a screen of {NARROW[app]}: {await page.evaluate(STICKS_OUT)}"] if wide > NARROW[app] else []
    assert not faults, f"{page.url}\n" + "\n".join(faults)


async def settled(visit: Visit, page: Page) -> None:
    """Wait until what was asked for has come."""
    await page.locator("main").first.wait_for()
    await expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    await visit.rest(page)


async def barriers(page: Page) -> list[str]:
    """What keeps people out, as axe tells it."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(axe())
    told: list[dict[str, Any]] = await page.evaluate(
        "rules => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then(found => found.violations)", [*RULES]
    )
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]} {'; '.join(any_['message'] for any_ in node['any'][:1])}"
        for one in told
        for node in one["nodes"][:3]
    ]


def axe() -> str:
    """The program that finds them. It is told to the page by the debugger: the page's own policy lets nobody else in."""
    return Path(AXE).read_text("utf-8")


SKIPS = """
(first => first?.matches('a[href^="#"]') && !!document.querySelector(first.getAttribute('href')))(
    [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex]')].find(one => one.tabIndex >= 0 && !one.disabled))
"""
MAIN = "document.querySelectorAll('main').length === 1 && document.querySelector('main[tabindex]') !== null"
STICKS_OUT = """
[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(one => one.outerHTML.slice(0, 120)).join(' | ')
"""
