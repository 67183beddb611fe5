"""The shop's pages as they leave the server: readable before and without JavaScript, by people and by search engines.

The markup is the one the app draws (consoles/shop), so that nothing moves when it takes over. Everything from the catalog goes through
`text` or `embedded`; neither lets it become markup.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from jiutong.api.front_goods import FrontView, ShownView
from jiutong.api.front_views import CardView, ProductPage, StockView
from jiutong.kernel.money import minor_digits

SIGNS = {"USD": "$", "CNY": "¥", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩", "INR": "₹"}
AVAILABLE = {
    "in_stock": "https://schema.org/InStock",
    "few": "https://schema.org/LimitedAvailability",
    "out": "https://schema.org/OutOfStock",
}
DOORS = 12
SHELL = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>jiutong</title></head><body><div id="root"></div></body></html>'
)
WORDS: dict[bool, dict[str, str]] = {
    False: {
        "search": "Search",
        "hint": "Search products",
        "account": "Account",
        "cart": "Cart",
        "language": "中文",
        "home": "Home",
        "categories": "Categories",
        "category": "Category",
        "best": "Best sold",
        "all": "See all",
        "look": "Look around",
        "results": "{count} products",
        "result": "{count} product",
        "resultsFor": "Search: {q}",
        "none": "Nothing fits",
        "noneBody": "Try fewer or other words, or take out a filter.",
        "more": "Show more",
        "in_stock": "In stock",
        "few": "Only {left} left",
        "out": "Out of stock",
        "from": "from {price}",
        "per": "per {count} {unit}",
        "leaves": "Order today: leaves us by {day}",
        "breaks": "Buy more, pay less",
        "breakFrom": "Buy {count} or more",
        "details": "Details",
        "delivery": "Delivery",
        "returns": "Returns",
        "find": "Find an order",
        "order": "Order",
        "missing": "There is nothing here",
        "missingBody": "It may have been sold out for good, or the address is wrong.",
        "simulated": "Test shop: payments are played through, nobody's money moves.",
        "noscript": "Looking around works as it is. The cart and ordering need JavaScript.",
    },
    True: {
        "search": "搜索",
        "hint": "搜索商品",
        "account": "我的",
        "cart": "购物车",
        "language": "English",
        "home": "首页",
        "categories": "分类",
        "category": "分类",
        "best": "大家都在买",
        "all": "查看全部",
        "look": "去逛逛",
        "results": "{count} 件商品",
        "result": "{count} 件商品",
        "resultsFor": "搜索：{q}",
        "none": "没有找到合适的商品",
        "noneBody": "换个关键词，或去掉一些筛选条件试试。",
        "more": "加载更多",
        "in_stock": "有货",
        "few": "仅剩 {left} 件",
        "out": "已售罄",
        "from": "{price} 起",
        "per": "每 {count} {unit}",
        "leaves": "今日下单，最晚 {day} 发出",
        "breaks": "多买优惠",
        "breakFrom": "买 {count} 件起",
        "details": "商品参数",
        "delivery": "配送说明",
        "returns": "退货说明",
        "find": "查询订单",
        "order": "订单",
        "missing": "页面不存在",
        "missingBody": "商品可能已下架，或地址有误。",
        "simulated": "演示店铺：支付仅作模拟，不会产生真实扣款。",
        "noscript": "无需 JavaScript 即可浏览；购物车与下单需要启用 JavaScript。",
    },
}


class Sheet(msgspec.Struct, frozen=True):
    """A page: its title and description, what stands in it, what machines read of it, and the answers the app need not ask for again."""

    title: str
    body: str
    about: str = ""
    facts: Sequence[Mapping[str, Any]] = ()
    answers: Mapping[str, object] = {}
    index: bool = True


class Pen:
    """Writes the pages of one shop in one language."""

    def __init__(self, front: FrontView, origin: str, zh: bool) -> None:
        self.front = front
        self.base = f"/shop/{quote(front.tenant, safe='')}/{quote(front.channel, safe='')}"
        self.zh = zh
        self._origin = origin
        self._words = WORDS[zh]

    def say(self, word: str, **values: object) -> str:
        """A sentence, ready to stand in the page."""
        return text(self._words[word].format(**values))

    def told(self, what: str) -> str:
        """What the shop says of itself, in the reader's language where it has words in it."""
        own, other = getattr(self.front, f"{what}_zh"), getattr(self.front, what)
        return (own or other) if self.zh else (other or own)

    def url(self, path: str = "/") -> str:
        """The whole address of a page of this shop."""
        return f"{self._origin}{self.base}{path}"

    def home(self, best: ShownView) -> Sheet:
        """The start page."""
        doors = [one for one in self.front.categories if one.parent is None and one.count > 4][:DOORS]
        greeting = text(self.told("greeting") or self.told("title"))
        items = "".join(
            f'<li><a href="{self.base}/c/{quote(one.code)}"><span class="art"></span><span>{text(one.name)}</span></a></li>'
            for one in doors
        )
        body = (
            f'<section class="hero"><h1>{greeting}</h1><p>'
            f'<a class="button main" href="{self.base}/search">{self.say("look")}</a></p></section>'
            f'<section><h2>{self.say("categories")}</h2><ul class="doors">{items}</ul></section>'
            f'<section><div class="section-head"><h2>{self.say("best")}</h2><a href="{self.base}/search">{self.say("all")}</a></div>'
            f"{self._cards(best.items)}</section>"
        )
        site = {
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": self.told("title"),
            "url": self.url(),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": self.url("/search?q={search_term_string}")},
                "query-input": "required name=search_term_string",
            },
        }
        return Sheet(self.told("title"), body, self.told("greeting"), (site,))

    def listing(self, shown: ShownView, category: str, query: Mapping[str, str]) -> Sheet:
        """A category, or what a search finds."""
        here = next((one for one in self.front.categories if one.code == category), None)
        q = query.get("q", "")
        title = here.name if here else self._words["resultsFor"].format(q=q) if q else self._words["best"]
        below = [one for one in self.front.categories if here is not None and one.parent == here.code][:DOORS]
        pills = "".join(f'<li><a href="{self.base}/c/{quote(one.code)}">{text(one.name)}</a></li>' for one in below)
        path = f"/c/{quote(category)}" if category and "category" not in query else "/search"
        more = ""
        if shown.next:
            following = urlencode({**query, "after": shown.next})
            more = f'<div class="more"><a class="button" rel="next" href="{self.base}{path}?{text(following)}">{self.say("more")}</a></div>'
        empty = f'<div class="empty"><h2>{self.say("none")}</h2><p>{self.say("noneBody")}</p></div>' if not shown.count else ""
        body = (
            f"{self._trail([(one.name, f'/c/{quote(one.code)}') for one in self._above(category)])}"
            f'<div class="list-head"><h1>{text(title)}</h1>'
            f'<p class="muted">{self.say("result" if shown.count == 1 else "results", count=shown.count)}</p></div>'
            f'{f"""<ul class="pills">{pills}</ul>""" if pills else ""}'
            f'<div class="with-aside"><aside class="facets"></aside><div>{self._cards(shown.items)}{more}{empty}</div></div>'
        )
        names = [
            {"@type": "ListItem", "position": no, "url": self.url(f"/p/{quote(one.code)}"), "name": one.title}
            for no, one in enumerate(shown.items, 1)
        ]
        facts = ({"@context": "https://schema.org", "@type": "ItemList", "itemListElement": names}, self._crumbs(category, None))
        return Sheet(title, body, f"{title} - {self.told('title')}", facts, index=not q)

    def product(self, one: ProductPage) -> Sheet:
        """A product."""
        form = next((form for form in one.forms if form.stock.state != "out"), one.forms[0])
        picture = one.pictures[0] if one.pictures else None
        shown = (
            f'<img class="photo" src="/media/{picture.hash}-800.webp" alt="{text(picture.alt)}" fetchpriority="high" />'
            if picture
            else '<span class="art"></span>'
        )
        brand = (
            f'<p class="product-brand"><a href="{self.base}/search?brand={quote(one.brand.code)}">{text(one.brand.name)}</a></p>'
            if one.brand
            else ""
        )
        leaves = f'<span class="promise">{self.say("leaves", day=one.leaves_by.isoformat())}</span>' if one.leaves_by else ""
        steps = "".join(
            f'<tr><th scope="row">{self.say("breakFrom", count=step.min_quantity)}</th>'
            f'<td class="num">{self._price(step.amount_minor, step.per, form.base_unit)}</td><td></td></tr>'
            for step in form.breaks
        )
        breaks = f'<table class="breaks"><caption>{self.say("breaks")}</caption><tbody>{steps}</tbody></table>' if steps else ""
        rows = "".join(
            f"<div><dt>{text(name.replace('_', ' '))}</dt><dd>{text(str(value))}</dd></div>"
            for name, value in {**one.attributes, **form.attributes}.items()
        )
        details = f'<section><h2>{self.say("details")}</h2><dl class="details">{rows}</dl></section>' if rows else ""
        prose = f'<p class="prose">{text(one.description)}</p>' if one.description else ""
        trail = [(each.name, f"/c/{quote(each.code)}") for each in one.trail]
        price = self._price(form.price.amount_minor, form.price.per, form.base_unit)
        body = (
            f"{self._trail(trail, calm(one.title))}"
            f'<div class="product"><div class="product-pictures"><div class="product-picture">{shown}</div></div>'
            f'<div class="product-facts">{brand}<h1>{text(calm(one.title))}</h1>'
            f'<p class="product-price"><span class="price num large">{price}</span></p>'
            f'<p class="product-state">{self._stock(form.stock)}{leaves}</p>{breaks}'
            f'<noscript><p class="notice">{self.say("noscript")}</p></noscript>{prose}{details}</div></div>'
        )
        offer: dict[str, Any] = {
            "@type": "Offer",
            "url": self.url(f"/p/{quote(one.code)}"),
            "priceCurrency": self.front.currency,
            "price": decimal(form.price.amount_minor, self.front.currency),
            "availability": AVAILABLE[form.stock.state],
        }
        if form.price.per != 1:
            offer["priceSpecification"] = {
                "@type": "UnitPriceSpecification",
                "price": offer["price"],
                "priceCurrency": self.front.currency,
                "referenceQuantity": {"@type": "QuantitativeValue", "value": form.price.per, "unitText": form.base_unit},
            }
        item: dict[str, Any] = {"@context": "https://schema.org", "@type": "Product", "name": one.title, "sku": form.sku, "offers": offer}
        if one.description:
            item["description"] = one.description
        if one.brand:
            item["brand"] = {"@type": "Brand", "name": one.brand.name}
        if one.pictures:
            item["image"] = [f"{self._origin}/media/{each.hash}-1600.webp" for each in one.pictures]
        about = one.description or f"{one.title} - {money(form.price.amount_minor, self.front.currency)} - {self.told('title')}"
        return Sheet(calm(one.title), body, about, (item, self._crumbs(one.trail[-1].code if one.trail else "", one)))

    def missing(self) -> Sheet:
        """Nothing stands at this address."""
        body = f'<div class="empty"><h2>{self.say("missing")}</h2><p>{self.say("missingBody")}</p></div>'
        return Sheet(self._words["missing"], body, index=False)

    def page(self, shell: str, sheet: Sheet, path: str) -> str:
        """The whole document: the app's own page with the sheet written into it."""
        other = "zh" if not self.zh else "en"
        links = "".join(
            f'<link rel="alternate" hreflang="{language}" href="{text(self._with(path, f"lang={language}"))}" />'
            for language in self.front.languages
        )
        head = (
            f'<meta name="description" content="{text(sheet.about[:300])}" />'
            f'<link rel="canonical" href="{text(self.url(path))}" />{links}'
            f'<meta property="og:title" content="{text(sheet.title)}" /><meta property="og:type" content="website" />'
            + ("" if sheet.index else '<meta name="robots" content="noindex" />')
        )
        written = "".join(f'<script type="application/ld+json">{embedded(fact)}</script>' for fact in sheet.facts)
        answers = f'<script type="application/json" id="answers">{embedded(sheet.answers)}</script>'
        simulated = f'<p class="simulated">{self.say("simulated")}</p>' if self.front.simulated else ""
        root = f'{self._top(path, other)}{simulated}<main id="main" tabindex="-1">{sheet.body}</main>{self._bottom()}'
        lang = "zh-CN" if self.zh else "en"
        return (
            shell.replace('<html lang="en">', f'<html lang="{lang}">', 1)
            .replace("<title>jiutong</title>", f"<title>{text(sheet.title)}</title>{head}", 1)
            .replace('<div id="root"></div>', f'<div id="root">{root}</div>{written}{answers}', 1)
        )

    def _with(self, path: str, query: str) -> str:
        return f"{self.url(path)}{'&' if '?' in path else '?'}{query}"

    def _top(self, path: str, other: str) -> str:
        languages = (
            f'<a class="link" href="{text(self._with(path, f"lang={other}"))}">{self.say("language")}</a>'
            if len(self.front.languages) > 1
            else ""
        )
        return (
            f'<header class="top"><a class="brand" href="{self.base}/"><span>{text(self.told("title"))}</span></a>'
            f'<search><form action="{self.base}/search" method="get"><label class="sr-only" for="q">{self.say("search")}</label>'
            f'<input id="q" name="q" type="search" maxlength="100" placeholder="{self.say("hint")}" />'
            f'<button type="submit">{self.say("search")}</button></form></search>'
            f'<nav aria-label="{self.say("account")}">{languages}<a class="link" href="{self.base}/account">{self.say("account")}</a>'
            f'<a class="link" href="{self.base}/cart">{self.say("cart")}</a></nav></header>'
        )

    def _bottom(self) -> str:
        parts = "".join(
            f"<section><h2>{self.say(what)}</h2><p>{text(self.told(what))}</p></section>"
            for what in ("delivery", "returns")
            if self.told(what)
        )
        find = f'<section><h2>{self.say("order")}</h2><p><a href="{self.base}/find">{self.say("find")}</a></p></section>'
        return f'<footer class="bottom">{parts}{find}</footer>'

    def _trail(self, trail: Sequence[tuple[str, str]], last: str = "") -> str:
        items = "".join(f'<li><a href="{self.base}{path}">{text(name)}</a></li>' for name, path in [(self._words["home"], "/"), *trail])
        here = f'<li><span aria-current="page">{text(last)}</span></li>' if last else ""
        return f'<nav class="trail" aria-label="{self.say("category")}"><ol>{items}{here}</ol></nav>'

    def _above(self, code: str) -> list[Any]:
        by_code = {one.code: one for one in self.front.categories}
        trail: list[Any] = []
        at = by_code.get(code)
        while at is not None and len(trail) < 10:
            trail.insert(0, at)
            at = by_code.get(at.parent or "")
        return trail

    def _crumbs(self, category: str, one: ProductPage | None) -> dict[str, Any]:
        names = [(self._words["home"], "/"), *((each.name, f"/c/{quote(each.code)}") for each in self._above(category))]
        if one is not None:
            names.append((one.title, f"/p/{quote(one.code)}"))
        items = [{"@type": "ListItem", "position": no, "name": name, "item": self.url(path)} for no, (name, path) in enumerate(names, 1)]
        return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}

    def _cards(self, items: Sequence[CardView]) -> str:
        return f'<ul class="cards">{"".join(map(self._card, items))}</ul>'

    def _card(self, one: CardView) -> str:
        picture = (
            f'<img class="photo" src="/media/{one.picture}-320.webp" alt="" loading="lazy" />'
            if one.picture
            else '<span class="art"></span>'
        )
        price = self._price(one.price.amount_minor, one.price.per, one.base_unit, varies=one.varies)
        brand = one.brand.name if one.brand else one.category.name if one.category else ""
        stock = "" if one.stock.state == "in_stock" else self._stock(one.stock)
        return (
            f'<li class="card"><div class="card-picture">{picture}</div>'
            f'<a class="card-title" href="{self.base}/p/{quote(one.code, safe="")}">{text(calm(one.title))}</a>'
            f'<p class="card-brand">{text(brand)}</p>'
            f'<p class="card-foot"><span><span class="price num">{price}</span>{stock}</span></p></li>'
        )

    def _price(self, amount: int, per: int, unit: str, *, varies: bool = False) -> str:
        shown = money(amount, self.front.currency)
        said = self.say("from", price=shown) if varies else text(shown)
        if per == 1 and unit == "piece":
            return said
        return f"{said} <small>{self.say('per', count='' if per == 1 else f'{per:,}', unit=unit)}</small>"

    def _stock(self, stock: StockView) -> str:
        kind = {"in_stock": "in", "few": "few", "out": "out"}[stock.state]
        return f'<span class="stock {kind}">{self.say(stock.state, left=stock.left)}</span>'


def text(written: str) -> str:
    """Words as they stand in a page, between tags or within an attribute's quotes."""
    return html.escape(written, quote=True)


def embedded(value: object) -> str:
    """JSON inside a script element: nothing in it can end the element or begin a comment."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def decimal(minor: int, currency: str) -> str:
    """An amount as machines read it: 1280 of USD is 12.80. Digits are moved, not divided."""
    digits = minor_digits(currency)
    whole = str(minor).rjust(digits + 1, "0")
    return f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole


def money(minor: int, currency: str) -> str:
    """An amount as people read it: 123456 of USD is $1,234.56."""
    units, dot, fraction = decimal(minor, currency).partition(".")
    return f"{SIGNS.get(currency, currency)}{int(units):,}{dot}{fraction}"


def calm(title: str) -> str:
    """A name written in capitals is easier read in small letters; what is not all capitals stays as it is."""
    return title.capitalize() if title.isupper() and title.isascii() else title
