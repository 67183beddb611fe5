"""The page at `/`: the ways in, in the reader's language."""

import html
import re
from collections.abc import Sequence
from pathlib import Path

STATIC = Path(__file__).parent / "static"
MARK = (STATIC / "mark.svg").read_bytes()
PAGE = (STATIC / "doors.html").read_text("utf-8")
# Every text in English, then in Chinese.
ABOUT = ("One set of commerce capabilities for every channel", "一套能力，贯通所有渠道")
DOORS = {
    "console": (("Console", "后台"), ("Orders, goods, stock, members, books", "订单、商品、库存、会员、账务")),
    "shop": (("Shop", "商城"), ("What customers see and buy", "顾客浏览与下单")),
    "pos": (("Till", "收银台"), ("Scan, take money, hand over, with or without a network", "扫码、收款、交货，断网可用")),
}
MORE = ("Try every call of the API", "在线试用全部接口")
ALONE = ("The web apps are not built here; this serves the API.", "此处未构建网页应用，仅提供接口。")


def page(apps: Sequence[str], zh: bool) -> bytes:
    """The page, with a door for each app that is built."""
    doors = "".join(
        f'<li><a href="/{app}/"><strong>{html.escape(name[zh])}<i aria-hidden="true">→</i></strong>'
        f"<small>{html.escape(says[zh])}</small></a></li>"
        for app, (name, says) in DOORS.items()
        if app in apps
    )
    told = {
        "lang": "zh-CN" if zh else "en",
        "mark": re.sub(r"<style>.*?</style>", "", MARK.decode("utf-8")),  # here the page gives it its color
        "about": ABOUT[zh],
        "doors": doors,
        "more": f'{"" if apps else f"{html.escape(ALONE[zh])} "}<a href="/docs">{html.escape(MORE[zh])}</a>',
    }
    return re.sub(r"{(\w+)}", lambda word: told[word[1]], PAGE).replace("<ul></ul>", "").encode()
