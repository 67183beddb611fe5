"""Exports: every list as a file, with the filters of the list. Products, prices and listings can be handed in again as they are."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from inspect import signature
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.routes import HTTPRoute

from jiutong.api.call import Call
from jiutong.api.cursors import PAGE_MAX, Page
from jiutong.api.products import list_products
from jiutong.api.shell import Route, get, route_of
from jiutong.api.spreadsheets import CSV, XLSX, Cell, Csv, Xlsx, download
from jiutong.importers.sheets import fields, written
from jiutong.importers.sheets.cells import major, told_instant
from jiutong.importers.sheets.fields import ATTRIBUTE, KINDS, SKU_ATTRIBUTE, KindOf
from jiutong.kernel.errors import INVALID, NOT_FOUND
from jiutong.reads import sheets as reads

ROWS_AT_ONCE = 2_000
ROWS_MAX = 1_000_000
ATTRIBUTES_MAX = 80
CODES_MAX = 1_000
NUMBERS = frozenset({"amount", "per", "min_quantity", "pack_size", "weight_g", "quantity", "off", "quota"})
Leaf = tuple[str, Callable[[Any], Cell]]
Rows = AsyncIterator[list[Sequence[Cell]]]


class _Named(msgspec.Struct, frozen=True):
    code: str


@get("/v1/exports/{file:str}", scope="", refuses=(NOT_FOUND,))
async def export(
    call: Call,
    request: Request[Any, Any, Any],
    file: str,
    bom: Annotated[bool, QueryParameter(description="Begin a CSV file with a byte order mark, as Excel wants it.")] = True,
) -> Response[bytes]:
    """A list as a file: `orders.xlsx`, `stock-movements.csv`, … named after its address, with the parameters of the list.

    `products`, `prices`, `costs` and `listings` have the columns that imports read: handed in again unchanged, they change nothing.
    `products` may be named by `codes`, with commas between them.
    Parameters of `prices` and `costs` are `list` and `sku`; of `listings` `channel`, `store` and `sku`.
    """
    name, _, form = file.rpartition(".")
    if form not in {"csv", "xlsx"}:
        raise NOT_FOUND("exports end in .csv or .xlsx")
    asked = {key: value for key, value in request.query_params.items() if key != "bom"}
    columns, rows = await _wanted(call, request.app, name, asked)
    # What would be refused is refused before anything is sent.
    rows = _begun([await anext(rows, [])], rows)
    parts = _csv(columns, rows, marked=bom) if form == "csv" else _xlsx(columns, rows)
    return download(f"{name}-{call.house.clock.now():%Y%m%d-%H%M}.{form}", CSV if form == "csv" else XLSX, parts)


async def _wanted(call: Call, app: Litestar, name: str, asked: Mapping[str, str]) -> tuple[Sequence[str], Rows]:
    if name == "products":
        call.scope.require("catalog:read")
        codes = [code for code in asked.get("codes", "").split(",") if code]
        if len(codes) > CODES_MAX:
            raise INVALID(f"at most {CODES_MAX} codes", pointer="/codes")
        return await _products(call, _named(codes) if codes else _listed(call, _route(list_products), asked))
    if name in {"prices", "costs"}:
        call.scope.require("pricing:read" if name == "prices" else "cost:read")
        of = KINDS[name]
        return _headings(of, call.zh), _prices(call, of, asked)
    if name == "listings":
        call.scope.require("catalog:read")
        of = KINDS["listings"]
        return _headings(of, call.zh), _listings(call, of, asked)
    route = _lists(app).get(name)
    if route is None:
        raise NOT_FOUND(f"no list {name!r}; there are products, prices, costs, listings, {', '.join(sorted(_lists(app)))}")
    if route.scope:
        call.scope.require(route.scope)
    leaves = _leaves(_view_of(route), call.zh)
    return [heading for heading, _ in leaves], _cells_of(_listed(call, route, asked), leaves)


async def _begun(first: Sequence[list[Sequence[Cell]]], rows: Rows) -> Rows:
    for batch in first:
        yield batch
    async for batch in rows:
        yield batch


async def _named(codes: Sequence[str]) -> AsyncIterator[Sequence[Any]]:
    yield [_Named(code) for code in codes]


async def _csv(columns: Sequence[str], rows: Rows, *, marked: bool) -> AsyncIterator[bytes]:
    file = Csv(columns, marked=marked)
    yield file.taken()
    async for batch in rows:
        for row in batch:
            file.row(row)
        yield file.taken()


async def _xlsx(columns: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    with tempfile.TemporaryFile() as file:
        book = Xlsx(file, columns)
        async for batch in rows:
            await asyncio.to_thread(_write, book, batch)
        await asyncio.to_thread(book.close)
        async for part in book.parts():
            yield part


def _write(book: Xlsx, batch: Sequence[Sequence[Cell]]) -> None:
    for row in batch:
        book.row(row)


async def _products(call: Call, pages: AsyncIterator[Sequence[Any]]) -> tuple[Sequence[str], Rows]:
    async with call.reading() as tx:
        names, sku_names = await reads.attribute_names(tx, ATTRIBUTES_MAX)
    of = KINDS["products"]
    meanings = [one.name for one in of.fields]
    meanings += [f"{ATTRIBUTE}{name}" for name in names] + [f"{SKU_ATTRIBUTE}{name}" for name in sku_names]

    async def rows() -> Rows:
        async for page in pages:
            codes = [one.code for one in page]
            async with call.reading() as tx:
                found = await reads.products(tx, codes, ())
            by_product: dict[str, list[reads.SkuHead]] = {}
            for sku in found.skus.values():
                by_product.setdefault(sku.product, []).append(sku)
            heads = [found.products[code] for code in codes if code in found.products]
            told = [written.product(head, sku) for head in heads for sku in by_product.get(head.code) or [None]]
            yield [_said(one, meanings) for one in told]

    return [fields.heading(of, meaning, call.zh) for meaning in meanings], rows()


async def _prices(call: Call, of: KindOf, asked: Mapping[str, str]) -> Rows:
    after: tuple[int, int, int] | None = None
    lists = [asked["list"]] if asked.get("list") else None
    skus = [asked["sku"]] if asked.get("sku") else None
    while True:
        async with call.reading() as tx:
            found = await reads.prices(tx, lists, skus, after, tx.now, ROWS_AT_ONCE, costs=of.name == "costs")
            if after is None and of.name == "prices" and skus is None:
                found = [*await reads.rates(tx, lists, None, tx.now, ROWS_MAX), *found]
        yield [_said(written.price(one), [f.name for f in of.fields]) for one in found]
        if len(found) < ROWS_AT_ONCE:
            return
        after = (found[-1].list_id, found[-1].sku_id, found[-1].price_id)


async def _listings(call: Call, of: KindOf, asked: Mapping[str, str]) -> Rows:
    after: tuple[int, int] | None = None
    skus = [asked["sku"]] if asked.get("sku") else None
    while True:
        async with call.reading() as tx:
            found = await reads.listings(tx, asked.get("channel"), asked.get("store"), skus, after, ROWS_AT_ONCE)
        yield [_said(written.listing(one), [f.name for f in of.fields]) for one in found]
        if len(found) < ROWS_AT_ONCE:
            return
        after = (found[-1].sku_id, found[-1].listing_id)


def _headings(of: KindOf, zh: bool) -> Sequence[str]:
    return [one.zh if zh else one.en for one in of.fields]


def _said(told: Mapping[str, str], meanings: Sequence[str]) -> Sequence[Cell]:
    return [Decimal(told[one]) if one in NUMBERS and told.get(one) else told.get(one, "") for one in meanings]


def _lists(app: Litestar) -> Mapping[str, Route]:
    """Every list of the API by the name its export has: `/v1/stock/movements` is `stock-movements`."""
    found: dict[str, Route] | None = getattr(app.state, "lists", None)
    if found is None:
        handlers = [one for route in app.routes if isinstance(route, HTTPRoute) for one in route.route_handlers]
        routes = [route for one in handlers if isinstance(one, HTTPRouteHandler) and (route := route_of(one)) is not None]
        found = {one.path.removeprefix("/v1/").replace("/", "-"): one for one in routes if "{" not in one.path and _is_list(one)}
        app.state.lists = found
    return found


def _is_list(route: Route) -> bool:
    return (
        route.method == "GET" and route.scope is not None and get_origin(get_type_hints(route.answer).get("return")) is Page
    ) and "after" in signature(route.answer).parameters


def _route(handler: HTTPRouteHandler) -> Route:
    route = route_of(handler)
    if route is None:
        raise RuntimeError("no route of the house")
    return route


def _view_of(route: Route) -> Any:
    return get_args(get_type_hints(route.answer)["return"])[0]


async def _listed(call: Call, route: Route, asked: Mapping[str, str]) -> AsyncIterator[Sequence[Any]]:
    """The pages of a list, as its own route tells them."""
    given = _arguments(route, asked)
    after: str | None = None
    told = 0
    while told < ROWS_MAX:
        page: Any = await route.answer(call=call, **given, after=after, limit=PAGE_MAX)
        yield page.items
        told += len(page.items)
        after = page.next
        if after is None:
            return


def _arguments(route: Route, asked: Mapping[str, str]) -> dict[str, object]:
    """The parameters of a list, read as its own route would."""
    hints = get_type_hints(route.answer, include_extras=True)
    given: dict[str, object] = {}
    for name in signature(route.answer).parameters:
        if name in {"call", "after", "limit", "request"}:
            continue
        type_, written_as = hints[name], name
        if get_origin(type_) is Annotated:
            type_, *marks = get_args(type_)
            written_as = next((mark.name for mark in marks if isinstance(mark, QueryParameter) and mark.name), name)
        if written_as in asked:
            try:
                given[name] = msgspec.convert(asked[written_as], type_, strict=False)
            except msgspec.ValidationError as fault:
                raise INVALID(str(fault), pointer=f"/{written_as}") from fault
    return given


async def _cells_of(pages: AsyncIterator[Sequence[Any]], leaves: Sequence[Leaf]) -> Rows:
    async for page in pages:
        yield [[cell(one) for _, cell in leaves] for one in page]


def _leaves(view: Any, zh: bool, prefix: str = "") -> list[Leaf]:
    """The columns of a view: its fields, those of what lies within it spelled out; amounts in major units of their currency."""
    found: list[Leaf] = []
    names = {one.name for one in msgspec.structs.fields(view)}
    # What a thing is called by comes first, wherever its view declares it.
    for one in sorted(msgspec.structs.fields(view), key=lambda field: field.name not in {"id", "code"}):
        may_be = (one.type, *(get_args(one.type) if get_origin(one.type) in {Union, UnionType} else ()))
        inner = next((part for part in may_be if isinstance(part, type) and issubclass(part, msgspec.Struct)), None)
        if inner is not None:
            found += [(heading, _within(one.name, cell)) for heading, cell in _leaves(inner, zh, f"{prefix}{one.name} ")]
            continue
        name = one.name.removesuffix("_minor")
        currency = "currency" if one.name.endswith("_minor") and "currency" in names else None
        found.append((_heading(f"{prefix}{name}", zh), _reader(one.name, currency)))
    return found


def _within(name: str, cell: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
    return lambda one: None if getattr(one, name) is None else cell(getattr(one, name))


def _reader(name: str, currency: str | None) -> Callable[[Any], Cell]:
    if currency is None:
        return lambda one: _cell(getattr(one, name))
    return lambda one: None if getattr(one, name) is None else Decimal(major(getattr(one, name), getattr(one, currency)))


def _cell(value: Any) -> Cell:
    match value:
        case None:
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case Enum():
            return str(value.value)
        case str() | int():
            return value
        case datetime():
            return told_instant(value)
        case list() | tuple() if all(isinstance(one, str) for one in value):
            return " ".join(value)
        case _:
            return msgspec.json.encode(value).decode()


def _heading(name: str, zh: bool) -> str:
    words = name.replace("_", " ").strip()
    return _ZH.get(words, words) if zh else words[:1].upper() + words[1:]


_ZH = {
    "id": "编号",
    "code": "编码",
    "name": "名称",
    "title": "名称",
    "status": "状态",
    "state": "状态",
    "channel": "渠道",
    "store": "门店",
    "device": "设备",
    "member": "会员",
    "receipt no": "小票号",
    "currency": "币种",
    "total": "合计",
    "paid": "已付",
    "refunded": "已退",
    "units": "件数",
    "placed at": "下单时间",
    "at": "时间",
    "sku": "单品编码",
    "location": "库位",
    "owner": "货主",
    "quantity": "数量",
    "change": "变动",
    "on hand": "现有量",
    "held": "占用",
    "available": "可用量",
    "reason": "原因",
    "amount": "金额",
    "order": "订单",
    "phone": "手机号",
    "scene": "业务场景",
    "kind": "类型",
    "rule": "规则",
    "balance": "余额",
    "unit": "单位",
}

ROUTES = [export]
