"""A real browser before a real server: what every test here may ask for.

    async def test_an_order_is_found(console: Page, market: Market) -> None:          # the owner, English, light, 1280 × 800
        await console.goto("/console/orders")

    async def test_the_till_in_chinese(visit: Visit) -> None:
        page = await visit.open("pos", "/", by="clerk", locale="zh", scheme="dark")

The server is a process of its own on a database of its own, with simulated payments, serving the apps as built from these sources. A test
fails on what nobody sees: an error in the console, an exception nobody caught, an answer with 5xx, a broken invariant in the books. What
is meant to happen (a cut network) is named: `visit.forgive("ERR_INTERNET_DISCONNECTED")`. A failing test leaves a trace and a
screenshot of every page; where, it prints.
"""

import asyncio
import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, WebError, async_playwright
from tests.browser.market import TENANT, Market, open_market
from tests.conftest import FOLDER, NO_BROWSER, clone

from jiutong.cli import consoles
from jiutong.cli.address import Address
from jiutong.cli.database import Ready, prepare
from jiutong.cli.failure import Failure
from jiutong.cli.locks import FileLock
from jiutong.cli.verify import health_of

HERE = Path(__file__).parent
CHROMIUM = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
SECRET = "b0" * 32
SIZES = {"console": (1280, 800), "shop": (390, 844), "pos": (1280, 800)}
READY_S_MAX = 90
REST_S_MAX = 30
# A refusal by the API is part of life, and the browser's console names every one.
REFUSAL = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")

Locale = Literal["en", "zh"]
Scheme = Literal["light", "dark"]
Kept = dict[tuple[str, str | None, Locale], Page]
"""Windows that stay open: of an app, of one of the staff, in a language."""

failed = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies here drives a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Let fixtures know how the test went."""
    report = yield
    if call.when == "call":
        item.stash[failed] = report.failed
    return report


_VISITORS = itertools.count(1)


class Visit:
    """Browser windows of one test, each with cookies, language and colors of its own, and what went wrong in them unseen."""

    def __init__(self, browser: Browser, market: Market, kept: Kept) -> None:
        self.market = market
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        self._browser = browser
        self._kept = kept
        self._looked: list[Page] = []
        self._forgiven: list[re.Pattern[str]] = []
        self._fetching: set[Request] = set()
        self._fetched = 0

    async def open(
        self,
        app: str,
        path: str = "/",
        *,
        by: str | None = "owner",
        locale: Locale = "en",
        scheme: Scheme = "light",
        size: tuple[int, int] | None = None,
        **options: Any,
    ) -> Page:
        """A window on an app, signed in as one of the staff; `by=None` is a stranger. `path` is below the app's address.

        `options` are Playwright's own for a context, e.g. `java_script_enabled=False`.
        """
        context = await self._context(app, locale, scheme, size, **options)
        self.contexts.append(context)
        await context.tracing.start(snapshots=True)
        if by is not None:
            await self.sign_in(context, by)
        self._mind(context)
        page = await context.new_page()
        await page.goto(f"/{app}{path}")
        return page

    async def look(self, app: str, path: str = "/", *, by: str | None = "owner", locale: Locale = "en") -> Page:
        """A page in a window that stays open for the tests to come, which need not start the app anew. For those that only look."""
        page = self._kept.get((app, by, locale))
        if page is None:
            context = await self._context(app, locale, "light", None)
            if by is not None:
                await self.sign_in(context, by)
            page = self._kept[app, by, locale] = await context.new_page()
        self._mind(page.context)
        self._looked.append(page)
        width, height = SIZES[app]
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")
        await page.goto(f"/{app}{path}")
        return page

    async def _context(self, app: str, locale: Locale, scheme: Scheme, size: tuple[int, int] | None, **options: Any) -> BrowserContext:
        width, height = size or SIZES[app]
        context = await self._browser.new_context(
            base_url=self.market.address,
            locale="zh-CN" if locale == "zh" else "en-US",
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            timezone_id="America/New_York",
            reduced_motion="reduce",
            # Everybody comes from an address of their own, as through a proxy: what one of them may do at once is not used up by others.
            extra_http_headers={"x-forwarded-for": f"fd00::{next(_VISITORS):x}"},
            **options,
        )
        context.set_default_timeout(10_000)
        return context

    async def sign_in(self, context: BrowserContext, login: str) -> None:
        """As if one of the staff had signed in on this device before; what they do afterwards, such as signing out, stays done."""
        held = {"token": self.market.tokens[login], "tenant": TENANT, "until": (int(time.time()) + 36_000) * 1000}
        kept = msgspec.json.encode(msgspec.json.encode(held).decode()).decode()
        await context.add_init_script(
            "if (location.protocol.startsWith('http') && !localStorage.opened) "
            f"{{ localStorage.opened = 1; localStorage.setItem('jiutong.session', {kept}) }}"
        )

    async def rest(self, page: Page) -> None:
        """Wait until nothing is fetched any more, and what came is painted."""
        async with asyncio.timeout(REST_S_MAX):
            fetched = -1
            while self._fetching or fetched != self._fetched:
                fetched = self._fetched
                await page.evaluate(PAINTED)

    def forgive(self, *patterns: str) -> None:
        """What this test brings about on purpose."""
        self._forgiven += [re.compile(pattern) for pattern in patterns]

    async def close(self, keep: Path | None) -> None:
        """Close the windows, keeping what they show if a folder is named."""
        for number, context in enumerate(self.contexts):
            if keep is not None:
                for at, page in enumerate(context.pages):
                    await page.screenshot(path=keep / f"window-{number}-{at}.png")
            await context.tracing.stop(path=keep / f"trace-{number}.zip" if keep is not None else None)
            await context.close()
        for number, page in enumerate(self._looked):
            if keep is not None:
                await page.screenshot(path=keep / f"page-{number}.png")
            self._mind(page.context, no_more=True)

    def wrong(self) -> list[str]:
        """What nobody saw and nobody meant."""
        return [fault for fault in self.faults if not any(pattern.search(fault) for pattern in self._forgiven)]

    def _mind(self, context: BrowserContext, *, no_more: bool = False) -> None:
        """Notice what happens in a window, seen or not."""
        heard: dict[Any, Callable[[Any], None]] = {
            "console": self._said,
            "weberror": self._raised,
            "response": self._answered,
            "request": self._asked,
            "requestfinished": self._came,
            "requestfailed": self._came,
        }
        for event, noted in heard.items():
            (context.remove_listener if no_more else context.on)(event, noted)

    def _asked(self, request: Request) -> None:
        self._fetching.add(request)
        self._fetched += 1

    def _came(self, request: Request) -> None:
        self._fetching.discard(request)

    def _raised(self, error: WebError) -> None:
        where = error.page.url if error.page else "a worker"
        self.faults.append(f"{where}: {error.error}")

    def _said(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not (REFUSAL.match(message.text) and "/v1/" in where):
            self.faults.append(f"console: {message.text} ({where})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.request.method} {response.url}: {response.status}")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser of this machine. Without one the tests are left out, loudly; never where a machine builds what is handed on."""
    found = os.environ.get("JIUTONG_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        told = f"{NO_BROWSER}: install chromium (Debian: apt install chromium fonts-noto-cjk) or name one in JIUTONG_CHROMIUM"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(told)
    return found


@pytest.fixture(scope="session")
def built_consoles(chromium_path: str) -> Path:
    """The apps, built from these sources; one worker builds, the others wait. JIUTONG_CONSOLES_DIR names a build to take as it is."""
    if given := os.environ.get("JIUTONG_CONSOLES_DIR"):
        return Path(given)
    try:
        folder = consoles.built()
    except Failure as refusal:
        pytest.fail(str(refusal))
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def market_url(server_url: str, worker_id: str) -> str:
    """A database for the server process alone: it works on every job it finds, which other tests do by hand."""
    own = f"jiutong_market_{worker_id}"
    folder = Path(os.environ[FOLDER])
    with FileLock(folder / "template").alone():
        asyncio.run(clone(server_url, folder, own))
    return Address(server_url).database_named(own)


@pytest.fixture(scope="session")
def market_base(market_url: str) -> Ready:
    """It, for the application and for whoever looks behind."""
    return Ready(asyncio.run(prepare(market_url, Path(os.environ[FOLDER]))), market_url)


@pytest.fixture(scope="session")
def address(market_base: Ready, built_consoles: Path) -> Iterator[str]:
    """Where the server answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="jiutong-market-"))
    own = {name: value for name, value in os.environ.items() if not name.startswith("JIUTONG_")}
    settings = {
        "JIUTONG_DATABASE_URL": market_base.app_url,
        "JIUTONG_SECRET": SECRET,
        "JIUTONG_DATA_DIR": str(folder),
        "JIUTONG_PORT": str(port),
        "JIUTONG_CONSOLES_DIR": str(built_consoles),
        "JIUTONG_SIMULATE_PAYMENTS": "true",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "jiutong.app:create_app", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, env=own | settings)
    try:
        wait_for(server, port, time.monotonic() + READY_S_MAX)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(server: "subprocess.Popen[bytes]", port: int, until: float) -> None:
    """Wait until somebody listens, giving way to them."""
    while not listens(port):
        assert time.monotonic() < until, "the server did not start"
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"the server has ended with {server.wait(0.1)}; what it said is above")


def listens(port: int) -> bool:
    """Whether anybody does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
async def market(address: str, market_url: str) -> Market:
    """The company, open for business."""
    return await open_market(address, market_url)


@pytest.fixture(scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """Chromium, started once for a worker."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=OPTIONS)
        yield started
        await started.close()


@pytest.fixture(scope="session")
def kept(browser: Browser) -> Kept:
    """The windows that stay open; the browser closes them with itself."""
    return {}


@pytest.fixture
async def visit(browser: Browser, market: Market, market_base: Ready, kept: Kept, request: pytest.FixtureRequest) -> AsyncIterator[Visit]:
    """Windows on the apps; closed, looked through and balanced at the end."""
    made = Visit(browser, market, kept)
    yield made
    wrong = made.wrong()
    keep = (
        Path(tempfile.gettempdir()) / "jiutong-browser" / re.sub(r"\W+", "-", request.node.nodeid)
        if failure(request.node) or wrong
        else None
    )
    if keep is not None:
        await asyncio.to_thread(keep.mkdir, parents=True, exist_ok=True)
    await made.close(keep)
    if keep is not None:
        sys.stdout.write(f"\nScreenshots and traces: {keep} (playwright show-trace {keep}/trace-0.zip)\n")
    assert not wrong, "unseen in the browser:\n" + "\n".join(wrong)
    health = await health_of(market_base, None)
    assert health.broken == {}


def failure(item: pytest.Item) -> bool:
    """Whether the test itself failed."""
    return item.stash.get(failed, True)


# Painted, and come to rest: colors change gently.
PAINTED = """
new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))).then(() => Promise.all(
    document.getAnimations().filter(one => one.effect?.getComputedTiming().iterations !== Infinity).map(one => one.finished.catch(() => 0))
)).then(() => true)
"""


def window(app: str, by: str | None, path: str = "/") -> Callable[..., Any]:
    """A fixture: a window on the start page of an app."""

    @pytest.fixture(name=app)
    async def opened(visit: Visit) -> Page:
        return await visit.open(app, path, by=by)

    return opened


console, pos, shop = window("console", "owner"), window("pos", "clerk"), window("shop", None, f"/{TENANT}/mall/")
