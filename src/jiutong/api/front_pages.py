"""The addresses of the shop that are read as pages: written on the server, then taken over by the app."""

import gzip
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar import get as plain_get
from litestar.params import FromPath

from jiutong.api.call import Call, call_of
from jiutong.api.cursors import read
from jiutong.api.entrance import Visit, entered
from jiutong.api.front_goods import CARDS_MAX, front_view, product_page, shown
from jiutong.api.front_html import SHELL, Pen, Sheet
from jiutong.api.web import ALWAYS
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.reads import shelf
from jiutong.reads.shelf import SORTS, Ask, Sort

PAGE = 24
BEST = 18
BARE = "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
ASKED_MAX = 100
GZIP_LEVEL = 5
# Where the app's own files lie.
NO_TENANTS = frozenset({"assets"})
_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:]{2,45}\](:\d{1,5})?")
Asked = Request[Any, Any, Any]


@plain_get("/shop/{tenant:str}/{channel:str}", include_in_schema=False)
async def home_page(request: Asked, tenant: FromPath[str], channel: FromPath[str]) -> Response[bytes]:
    """The start page of a shop."""
    return await _page(request, tenant, channel, "/", "")


@plain_get("/shop/{tenant:str}/{channel:str}/search", include_in_schema=False)
async def search_page(request: Asked, tenant: FromPath[str], channel: FromPath[str]) -> Response[bytes]:
    """What a search finds, or everything."""
    return await _page(request, tenant, channel, "/search", "")


@plain_get("/shop/{tenant:str}/{channel:str}/c/{code:str}", include_in_schema=False)
async def category_page(request: Asked, tenant: FromPath[str], channel: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    """A category."""
    return await _page(request, tenant, channel, "/c/", code)


@plain_get("/shop/{tenant:str}/{channel:str}/p/{code:str}", include_in_schema=False)
async def goods_page(request: Asked, tenant: FromPath[str], channel: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    """A product."""
    return await _page(request, tenant, channel, "/p/", code)


async def _page(request: Asked, tenant: str, channel: str, kind: str, argument: str) -> Response[bytes]:
    call: Call = call_of(request)
    if tenant in NO_TENANTS or _CODE.fullmatch(tenant) is None:
        raise NOT_FOUND("there is no such file")
    query = {name: value for name, value in request.query_params.items() if len(value) <= ASKED_MAX or name == "after"}
    # A page shows the same to everybody: who is signed in is the app's business.
    call.headers.pop(b"authorization", None)
    try:
        async with entered(call, tenant, channel) as at:
            of = await shelf.shelves(call.house.db, call.house.clock).shelf(call.scope.tenant_id, at.front.channel_id)
            front = front_view(call, at, of)
            pen = Pen(front, _origin(call), _zh(call, query, front.languages))
            sheet = await _sheet(call, at, pen, kind, argument, query)
    except Problem as refusal:
        if refusal.status != NOT_FOUND.status:
            raise
        return _told(call, "<!doctype html><title>404</title><h1>404</h1>", 404)
    path = f"{kind}{argument}" if argument else kind
    if kind == "/search" and (q := query.get("q")):
        path = f"/search?q={q}"
    answers = {"": front, **sheet.answers}
    written = Sheet(sheet.title, sheet.body, sheet.about, sheet.facts, answers, sheet.index)
    shell = call.house.web.page("shop")
    return _told(call, pen.page(shell.html if shell else SHELL, written, path), 200 if sheet.index or kind == "/search" else 404)


async def _sheet(call: Call, at: Visit, pen: Pen, kind: str, argument: str, query: Mapping[str, str]) -> Sheet:
    if kind == "/p/":
        one = await product_page(call, at, argument)
        if one is None:
            return pen.missing()
        return _with(pen.product(one), f"/products/{argument}", one)
    if kind == "/":
        best = await shown(call, at, Ask(in_stock=True), 0, BEST)
        return _with(pen.home(best), f"/products?limit={BEST}&in_stock=true", best)
    category = argument or query.get("category", "")
    if argument and not any(one.code == argument for one in pen.front.categories):
        return pen.missing()
    sort: Sort = next((known for known in SORTS if known == query.get("sort")), "best")
    q = query.get("q", "").strip() or None
    ask = Ask(category or None, query.get("brand"), q, bool(query.get("in_stock")), sort)
    found = await shown(call, at, ask, _start(query), min(PAGE, CARDS_MAX))
    sheet = pen.listing(found, category, query)
    return sheet if "after" in query else _with(sheet, _question(ask), found)


def _question(ask: Ask) -> str:
    """What the app asks for the same list (ListPage.tsx, `question`)."""
    pairs = {"q": ask.q, "category": ask.category, "brand": ask.brand, "in_stock": "true" if ask.in_stock else None}
    asked = {name: value for name, value in pairs.items() if value}
    if ask.sort != "best":
        asked["sort"] = ask.sort
    return f"/products?{urlencode(asked)}" if asked else "/products"


def _with(sheet: Sheet, path: str, answer: object) -> Sheet:
    return Sheet(sheet.title, sheet.body, sheet.about, sheet.facts, {path: answer}, sheet.index)


def _start(query: Mapping[str, str]) -> int:
    try:
        return read(query.get("after"), int) or 0
    except Problem:
        return 0


def _zh(call: Call, query: Mapping[str, str], languages: tuple[str, ...]) -> bool:
    wanted = query.get("lang")
    if wanted in languages:
        return wanted == "zh"
    return "en" not in languages or ("zh" in languages and call.zh)


def _origin(call: Call) -> str:
    """The address this was asked at, as far as it can be one."""
    host = call.headers.get(b"host", b"").decode("latin-1")
    if _HOST.fullmatch(host) is None:
        return ""
    told = call.headers.get(b"x-forwarded-proto", b"").decode("latin-1")
    near = host.partition(":")[0] in {"localhost", "127.0.0.1"}
    return f"{told if told in {'http', 'https'} else 'http' if near else 'https'}://{host}"


def _told(call: Call, body: str, status: int) -> Response[bytes]:
    shell = call.house.web.page("shop")
    headers = {name.decode(): value.decode() for name, value in ALWAYS}
    headers["content-security-policy"] = shell.policy if shell else BARE
    headers |= {"cache-control": "no-cache", "vary": "accept-language, accept-encoding"}
    sent = body.encode()
    if b"gzip" in call.headers.get(b"accept-encoding", b""):
        sent = gzip.compress(sent, GZIP_LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(sent, status_code=status, headers=headers, media_type="text/html")


ROUTES = [home_page, search_page, category_page, goods_page]
