"""How soon a shopper on a slow phone sees a page of the shop.

Largest contentful paint with a processor four times slower, over slow 4G, by the browser's own count; a script, because no test should
depend on how busy its machine is.

python -m tests.browser.paint http://127.0.0.1:8000/shop/demo/mall [--runs 5] [--chromium /usr/bin/chromium]
"""

import argparse
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# What Lighthouse calls slow 4G: 150 ms there and back, 1.6 Mbit/s down, 0.75 up.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 // 8, "uploadThroughput": 750_000 // 8}
SLOWER = 4
PHONE = {"width": 390, "height": 844}
PAGES = ("/", "/search?q=milk")
WATCH = """
window.painted = 0; window.shifted = 0
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.painted = one.startTime })
  .observe({ type: "largest-contentful-paint", buffered: true })
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value })
  .observe({ type: "layout-shift", buffered: true })
"""


def painted(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds to the largest contentful paint, and how much the layout shifted, with an empty cache."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", SLOW_4G)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(url, wait_until="networkidle")
    page.wait_for_timeout(500)
    found = page.evaluate("[window.painted, window.shifted]")
    context.close()
    return found[0], found[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shop", help="the address of a shop, e.g. http://127.0.0.1:8000/shop/demo/mall")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--chromium", type=Path, default=Path("/usr/bin/chromium"))
    parser.add_argument("--product", help="the code of a product to look at as well")
    wanted = parser.parse_args()
    pages = [*PAGES, *([f"/p/{wanted.product}"] if wanted.product else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=wanted.chromium, args=["--no-sandbox", "--disable-gpu"])
        for page in pages:
            painted(browser, wanted.shop + page)  # the server has what it keeps in memory
            runs = [painted(browser, wanted.shop + page) for _ in range(wanted.runs)]
            times = sorted(run[0] for run in runs)
            told = f"LCP median {statistics.median(times):.0f} ms, {times[0]:.0f} to {times[-1]:.0f}"
            sys.stdout.write(f"{page:24} {told}; layout shift at most {max(run[1] for run in runs):.3f}\n")
        browser.close()


if __name__ == "__main__":
    main()
