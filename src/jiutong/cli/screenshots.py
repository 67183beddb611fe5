"""`jiutong screenshots`: the pages of the docs as they are, taken from a running demo shop."""

import io
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from jiutong.cli.checkout import ROOT
from jiutong.cli.demo import DEMO
from jiutong.cli.failure import Failure
from jiutong.cli.settings import settings

FOLDER = ROOT / "docs" / "screenshots"
PAGE = ROOT / "docs" / "screenshots.md"
DESKTOP, PHONE = (1280, 800), (390, 844)
BYTES_MAX = 6_000_000
QUALITY = 80
CHROMIUM = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
LOCALES = {"en": "en-US", "zh": "zh-CN"}
SCHEMES = ("light", "dark")
TILLS = {"en": "s321", "zh": "s400"}
RESTED_MS = 1500


class Shot(msgspec.Struct, frozen=True):
    """One picture: a page, on screens of these sizes. `$name` in its path is something of the demo shop."""

    name: str
    path: str
    en: str
    zh: str
    phone: bool = False
    till: bool = False


SHOTS = (
    Shot("home", "/console/", "The day at a glance: what waits, what sold", "今日一览：待办与销售"),
    Shot("orders", "/console/orders", "Orders, filtered in the address, by keyboard", "订单：筛选写进网址，键盘可操作"),
    Shot("order", "/console/orders/$order", "An order: what happened, and why each cent", "订单详情：来龙去脉，每分钱的缘由"),
    Shot("promotions", "/console/promotions", "Promotions, each with the sentence its rule makes", "促销：规则自成一句话"),
    Shot("coupons", "/console/coupons/welcome", "A batch of coupons, counted in the book", "券批次：发放与核销，账上有数"),
    Shot("plays", "/console/plays", "Presales, group buys, flash sales and limits in one place", "玩法：预售、拼团、秒杀与限购"),
    Shot("products", "/console/products", "92,348 products, found as fast as they are typed", "九万余件商品，随输随查"),
    Shot("stock", "/console/stock", "Stock at every place, each number open to its rows", "各处库存，数字可追到明细"),
    Shot("ledger", "/console/ledger", "The book: everything scarce, balanced", "台账：一切稀缺之物，借贷必平"),
    Shot("health", "/console/health", "Whether the house is in order", "体检：不变量、任务与积压"),
    Shot("shop", "/shop/$tenant/mall/", "The shop", "商城首页", phone=True),
    Shot("shop-search", "/shop/$tenant/mall/search?q=milk", "Search, with what can be narrowed down", "搜索与筛选", phone=True),
    Shot("till", "/pos/", "The till: keyboard and scanner first", "收银台：键盘与扫码优先", till=True),
)


def screenshots(*, address: str = "http://127.0.0.1:8000", data_dir: Path | None = None, only: str | None = None) -> None:
    """Take the screenshots of the docs anew, from a demo shop that runs: `./jt up` in another terminal.

    Parameters
    ----------
    address:
        Where it runs.
    data_dir:
        Where that installation keeps its login; `.jiutong` in the checkout by default.
    only:
        Take the one with this name, and leave the others as they are.
    """
    folder = settings(data_dir).data_dir
    if not (folder / f"{DEMO}.login").exists():
        raise Failure(f"There is no {DEMO}.login in {folder}: start the demo shop with `./jt up`, and say with --data-dir where it lives.")
    chromium = os.environ.get("JIUTONG_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        raise Failure(
            "There is no Chromium here: install it (Debian: apt install chromium fonts-noto-cjk), or name one in JIUTONG_CHROMIUM."
        )
    try:
        from playwright.sync_api import Error, sync_playwright  # only where the product is worked on
    except ImportError as missing:
        raise Failure("Playwright is not installed here; `./jt test` brings it.") from missing
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
            take(browser, address, folder, only)
        except Error as fault:
            raise Failure(f"The screenshots cannot be taken from {address}: {fault.message.splitlines()[0]}") from fault
    PAGE.write_text("".join(page()), "utf-8")
    weight = sum(file.stat().st_size for file in FOLDER.iterdir())
    sys.stdout.write(f"{len(list(FOLDER.iterdir()))} screenshots, {weight / 1e6:.1f} MB, in {FOLDER}; shown in {PAGE}\n")
    if weight > BYTES_MAX:
        raise Failure(f"They weigh more than {BYTES_MAX / 1e6:.0f} MB: take fewer, or compress them more.")


def take(browser: Any, address: str, folder: Path, only: str | None) -> None:
    """Every page, in every language, light and size."""
    token, names = found(browser, address, folder)
    for shot in SHOTS:
        if only not in {None, shot.name}:
            continue
        for locale, language in LOCALES.items():
            for size_name, (width, height) in sizes(shot).items():
                context = browser.new_context(
                    base_url=address,
                    locale=language,
                    viewport={"width": width, "height": height},
                    device_scale_factor=2 if size_name == "phone" else 1,
                    reduced_motion="reduce",
                )
                context.add_init_script(signed_in(token))
                window = context.new_page()
                window.goto(filled(shot.path, names))
                window.wait_for_load_state("networkidle")
                if shot.till:
                    ring_up(window, TILLS[locale])
                for scheme in SCHEMES:
                    window.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    window.wait_for_timeout(RESTED_MS)
                    (FOLDER / f"{shot.name}-{size_name}-{locale}-{scheme}.webp").write_bytes(compressed(window.screenshot()))
                context.close()
                sys.stdout.write(f"{shot.name} {size_name} {locale}\n")


def ring_up(window: Any, store: str) -> None:
    """Take a till, and put a few things into the basket."""
    window.get_by_role("textbox").first.fill(store)
    window.get_by_role("button", name=store).first.click()
    window.locator("main section").last.get_by_role("button").first.click()
    window.wait_for_load_state("networkidle")
    if window.locator("main.center").count():  # nobody sells here yet
        window.keyboard.type("100")
        window.keyboard.press("Enter")
    for wanted in ("milk", "bananas", "bread"):
        window.wait_for_timeout(RESTED_MS)
        window.keyboard.type(wanted, delay=120)  # slower than a scanner
        window.wait_for_timeout(RESTED_MS)
        window.keyboard.press("Enter")


def found(browser: Any, address: str, folder: Path) -> tuple[str, dict[str, str]]:
    """A session of the owner, and what the paths name."""
    said = dict(line.split(None, 1) for line in (folder / f"{DEMO}.login").read_text().splitlines())
    context = browser.new_context(base_url=address)
    signed = context.request.post("/v1/sign-in", data=said)
    if signed.status != 200:
        raise Failure(f"Nobody can sign in at {address} with {folder / f'{DEMO}.login'}: {signed.json()['title']}.")
    token = signed.json()["token"]
    told = context.request.get("/v1/orders?limit=1", headers={"authorization": f"Bearer {token}"}).json()["items"]
    context.close()
    return token, {"tenant": DEMO, "order": told[0]["id"] if told else ""}


def filled(path: str, names: Mapping[str, str]) -> str:
    """The path with what its names stand for."""
    for name, value in names.items():
        path = path.replace(f"${name}", value)
    return path


def signed_in(token: str) -> str:
    """As if the owner had signed in here before."""
    held = msgspec.json.encode({"token": token, "tenant": DEMO, "until": 4_102_444_800_000}).decode()
    return f"if (location.protocol.startsWith('http')) localStorage.setItem('jiutong.session', {msgspec.json.encode(held).decode()})"


def sizes(shot: Shot) -> dict[str, tuple[int, int]]:
    """The screens a page is shown on."""
    return {"desktop": DESKTOP, "phone": PHONE} if shot.phone else {"desktop": DESKTOP}


def compressed(png: bytes) -> bytes:
    """As WebP: a third of the weight."""
    from PIL import Image  # a tenth of a second that no other command needs

    written = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(written, "WEBP", quality=QUALITY, method=6)
    return written.getvalue()


def page() -> Iterator[str]:
    """The page that shows them: in the light the reader has chosen, both languages."""
    yield "# What it looks like 界面\n\n"
    yield "Taken from the demo shop by `./jt screenshots`. Each picture follows the light your system has chosen.\n"
    for shot in SHOTS:
        yield f"\n## {shot.en} {shot.zh}\n"
        for size_name in sizes(shot):
            width = 320 if size_name == "phone" else 760
            yield "\n"
            for locale, text in (("en", shot.en), ("zh", shot.zh)):
                name = f"screenshots/{shot.name}-{size_name}-{locale}"
                if (FOLDER / f"{shot.name}-{size_name}-{locale}-light.webp").exists():
                    yield (
                        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{name}-dark.webp">'
                        f'<img src="{name}-light.webp" width="{width}" alt="{text}"></picture>\n'
                    )
