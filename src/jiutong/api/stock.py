"""Stock: what lies where and who holds it, what moved it, what is short; receipts, adjustments, counts; locations and sources."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta, convert
from msgspec.structs import asdict

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.instants import instant
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import inventory
from jiutong.capabilities.inventory import AdjustStock, CountStock, NamedLocation, NamedSources, PutLocation, ReceiveStock, ResolveShortage
from jiutong.flows.adjust_stock import adjust_stock, resolve_shortage
from jiutong.flows.count_stock import count_stock
from jiutong.flows.maintain_locations import put_location, set_sources
from jiutong.flows.receive_stock import receive_stock
from jiutong.kernel.errors import NOT_FOUND, STALE
from jiutong.kernel.ids import PublicIds
from jiutong.reads import stock

PAPER_REFUSES = (inventory.UNKNOWN_LOCATION, inventory.UNKNOWN_SKU, inventory.UNKNOWN_OWNER, inventory.OWNER_UNCLEAR)
SOLD_BY = {"sale": "sale.rung", "shipment": "order.shipped", "return": "goods.returned"}
"""What moves goods without a paper, by the posting rule that says so."""

KINDS = {rule: kind for kind, rule in SOLD_BY.items()}
# 5,000 lines with the longest codes and numbers.
PAPER_BYTES_MAX = 1 << 20


class HolderView(msgspec.Struct, frozen=True):
    """An order that holds units, until it ships or the hold expires (null: it is paid and does not)."""

    order: str
    line: int
    status: str
    held: int
    expires_at: datetime | None


class PlaceView(stock.StockRow, frozen=True, kw_only=True):
    """A SKU at one location, and who holds it there."""

    holders: Sequence[HolderView]


class SkuStockView(msgspec.Struct, frozen=True):
    """A SKU everywhere, in base units: available = on hand - held - floor, per place and in all.

    `held_unlisted` is what is held beyond the holders told: those that wait longest come first.
    """

    sku: str
    title: str
    base_unit: str
    on_hand: int
    held: int
    floor: int
    available: int
    held_unlisted: int
    places: Sequence[PlaceView]


class MovementView(msgspec.Struct, frozen=True):
    """Stock changed by `change` base units; `balance` lay there, of this owner, after it; and the paper or the order behind it."""

    entry: str
    at: datetime
    kind: str
    rule: str
    sku: str
    location: str
    owner: str
    change: int
    balance: int
    paper: str | None
    order: str | None
    receipt_no: str | None
    reason: str | None
    reference: str | None
    actor: str | None


class ShortageView(msgspec.Struct, frozen=True):
    """Something left a location that its book did not have there: `below_zero` is how far that took it, `on_hand` where it is now."""

    id: str
    sku: str
    title: str
    location: str
    owner: str
    paper: str | None
    order: str | None
    below_zero: int
    on_hand: int
    at: datetime
    resolved_at: datetime | None


class PaperView(msgspec.Struct, frozen=True):
    """A receipt, adjustment or count, and by how many base units the book grew and shrank."""

    id: str
    kind: Literal["receipt", "adjustment", "count"]
    location: str
    location_name: str
    owner: str | None
    reason: str
    reference: str
    at: datetime
    actor: str
    lines: int
    more: int
    less: int


class CountPreview(msgspec.Struct, frozen=True):
    """What a count would book: every line beside the book, those that differ first, and what they come to."""

    more: int
    less: int
    lines: Sequence[stock.ComparedRow]


class ReasonView(msgspec.Struct, frozen=True):
    """A published reason, the papers it goes with, and which way it may move stock: 1 more, -1 less, 0 either."""

    code: str
    kind: str
    direction: int
    means: str


class Settlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a shortage needs no more attention."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class ChannelSources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The locations (by code) a channel sells from, first choice first."""

    locations: Annotated[tuple[inventory.Code, ...], Meta(max_length=100)]


@get("/v1/stock", scope="inventory:read")
async def list_stock(
    call: Call,
    sku: str | None = None,
    location: str | None = None,
    owner: str | None = None,
    available_below: int | None = None,
    q: Annotated[
        str | None, QueryParameter(max_length=200, description="A code or the beginning of one, a barcode, words of a title.")
    ] = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[stock.StockRow]:
    """What lies where, whose it is, and how much of it can be promised.

    `available_below=10` finds what runs out, `available_below=0` what is short.
    """
    wanted = stock.StockFilter(sku, location, owner, available_below, (q or "").strip() or None)
    async with call.reading() as tx:
        found = await stock.page(tx, wanted, read(after, stock.StockKeys), limit + 1)
    return paged([row for _, row in found], limit, [keys for keys, _ in found])


@get("/v1/stock/{sku:str}", scope="inventory:read")
async def show_stock(call: Call, sku: str) -> SkuStockView:
    """One SKU at every location, and why so much of it can be promised: what is there, and which orders hold it."""
    async with call.reading() as tx:
        rows = [row for _, row in await stock.page(tx, stock.StockFilter(sku), None, stock.PLACES_MAX)]
        holders = await stock.holders(tx, sku)
    if not rows:
        raise NOT_FOUND(f"there never was any {sku} anywhere")
    places = [_place(row, [one for one in holders if (one.location, one.owner) == (row.location, row.owner)], call.ids) for row in rows]
    on_hand, held, floor, available = (sum(getattr(row, name) for row in rows) for name in ("on_hand", "held", "floor", "available"))
    unlisted = held - sum(one.held for one in holders)
    return SkuStockView(rows[0].sku, rows[0].title, rows[0].base_unit, on_hand, held, floor, available, unlisted, places)


@get("/v1/stock/movements", scope="inventory:read")
async def list_movements(
    call: Call,
    sku: str,
    location: str | None = None,
    owner: str | None = None,
    kind: Literal["receipt", "adjustment", "count", "sale", "shipment", "return"] | None = None,
    reason: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[MovementView]:
    """What moved a SKU, latest first, and why: the ledger's transfers with the paper or order behind each, and what lay there then."""
    wanted = stock.MovementFilter(
        location=location,
        owner=owner,
        kind=None if kind is None else SOLD_BY.get(kind, kind),
        reason=reason,
        since=instant(since, "since"),
        until=instant(until, "until"),
    )
    async with call.reading() as tx:
        found = await stock.movements(tx, sku, wanted, read(after, stock.MovementKeys), limit + 1)
    keys = [stock.MovementKeys(row.entry_id, row.transfer_no) for row in found]
    return paged([_movement(row, call.ids) for row in found], limit, keys)


@get("/v1/stock/scan", scope="inventory:read", refuses=(NOT_FOUND,))
async def scan_goods(
    call: Call,
    code: Annotated[str, QueryParameter(min_length=1, max_length=64, description="A SKU's code, or a barcode on it.")],
    location: str | None = None,
) -> stock.ScannedRow:
    """What was scanned, and what the book has of it at a location: nothing, where it has never been."""
    async with call.reading() as tx:
        found = await stock.scanned(tx, code.strip(), location)
    if found is None:
        raise NOT_FOUND(f"no SKU has the code or barcode {code}")
    return found


@get("/v1/stock/shortages", scope="inventory:read")
async def list_shortages(
    call: Call, location: str | None = None, resolved: bool | None = False, after: Cursor = None, limit: Limit = 50
) -> Page[ShortageView]:
    """What left without being in the book, latest first; without `resolved`, what still needs attention."""
    async with call.reading() as tx:
        found = await stock.shortages(tx, location, resolved, None, read(after, int), limit + 1)
    return paged([_shortage(row, call.ids) for row in found], limit, [row.shortage_id for row in found])


@post("/v1/stock/shortages/{shortage_id:str}/resolve", scope="inventory:write", status=200, refuses=(inventory.SHORTAGE_GONE,))
async def settle_shortage(call: Call, shortage_id: str, data: JSONBody[Settlement]) -> ShortageView:
    """Settle a shortage by hand. Receipts and counts that cover one settle it by themselves."""
    id_ = call.ids.read("sho", shortage_id)
    await call.run(resolve_shortage, ResolveShortage(id_, data.reason))
    async with call.reading() as tx:
        (found,) = await stock.shortages(tx, None, None, id_, None, 1)
    return _shortage(found, call.ids)


@get("/v1/stock/reasons", scope="inventory:read")
async def list_reasons(call: Call) -> list[ReasonView]:
    """The reasons papers are written for."""
    return [ReasonView(one.code, one.kind, one.direction, one.means_zh if call.zh else one.means) for one in inventory.REASONS.values()]


@post("/v1/stock/receipts", scope="inventory:write", refuses=PAPER_REFUSES, body_bytes_max=PAPER_BYTES_MAX)
async def receive(call: Call, data: JSONBody[ReceiveStock]) -> Response[PaperView]:
    """Book goods that came in. Send an Idempotency-Key: repeating the request then books nothing more."""
    return await _written(call, (await call.run(receive_stock, data)).paper_id)


@post(
    "/v1/stock/adjustments",
    scope="inventory:write",
    refuses=(*PAPER_REFUSES, inventory.REASON_DIRECTION, inventory.NOTHING_CHANGES, inventory.NOT_FREE),
    body_bytes_max=PAPER_BYTES_MAX,
)
async def adjust(call: Call, data: JSONBody[AdjustStock]) -> Response[PaperView]:
    """Make the book agree with what you state, for a published reason. What is held for orders cannot be taken from a strict location."""
    return await _written(call, (await call.run(adjust_stock, data)).paper_id)


@post(
    "/v1/stock/counts",
    scope="inventory:write",
    refuses=(*PAPER_REFUSES, inventory.COUNT_EMPTY, inventory.COUNTED_TWICE, inventory.COUNT_TOO_LARGE, inventory.NOT_FREE),
    body_bytes_max=PAPER_BYTES_MAX,
)
async def count(call: Call, data: JSONBody[CountStock]) -> Response[PaperView]:
    """Book what was found on the shelf. A `full` count says that of every SKU it does not name there is none."""
    return await _written(call, (await call.run(count_stock, data)).paper_id)


@post(
    "/v1/stock/counts/preview",
    scope="inventory:write",
    status=200,
    repeatable=False,
    refuses=(*PAPER_REFUSES, inventory.COUNT_EMPTY, inventory.COUNTED_TWICE, inventory.COUNT_TOO_LARGE, inventory.NOT_FREE),
    body_bytes_max=PAPER_BYTES_MAX,
)
async def preview_count(call: Call, data: JSONBody[CountStock]) -> CountPreview:
    """Tell what a count would change, and keep nothing: refused like the count itself, told line by line beside the book."""
    booked = await call.preview(count_stock, data)
    async with call.reading() as tx:
        lines = [(line.sku, line.counted) for line in data.lines]
        rows = await stock.compared(tx, data.location, data.owner, lines, full=data.reason == "full")
    return CountPreview(booked.more, booked.less, rows)


@get("/v1/stock/papers", scope="inventory:read")
async def list_papers(
    call: Call,
    kind: Literal["receipt", "adjustment", "count"] | None = None,
    location: str | None = None,
    reason: str | None = None,
    reference: Annotated[
        str | None, QueryParameter(max_length=200, description="Part of the delivery note's number, or whatever it says.")
    ] = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[PaperView]:
    """Receipts, adjustments and counts, latest first."""
    wanted = stock.PaperFilter(
        kind=kind,
        location=location,
        reason=reason,
        reference=(reference or "").strip() or None,
        since=instant(since, "since"),
        until=instant(until, "until"),
    )
    async with call.reading() as tx:
        found = await stock.papers(tx, wanted, None, read(after, int), limit + 1)
    return paged([_paper(row, call.ids) for row in found], limit, [row.paper_id for row in found])


@get("/v1/stock/papers/{paper_id:str}", scope="inventory:read")
async def show_paper(call: Call, paper_id: str) -> PaperView:
    """One paper."""
    async with call.reading() as tx:
        found = await stock.papers(tx, stock.PaperFilter(), [call.ids.read("pap", paper_id)], None, 1)
    if not found:
        raise NOT_FOUND(f"no paper {paper_id}")
    return _paper(found[0], call.ids)


@get("/v1/stock/papers/{paper_id:str}/lines", scope="inventory:read")
async def list_paper_lines(call: Call, paper_id: str, after: Cursor = None, limit: Limit = 50) -> Page[stock.PaperLineRow]:
    """What is on a paper: by how much each SKU's book changed, and what a count found."""
    async with call.reading() as tx:
        found = await stock.paper_lines(tx, call.ids.read("pap", paper_id), read(after, int), limit + 1)
    return paged(found, limit, [row.line_no for row in found])


@get("/v1/locations", scope="inventory:read")
async def list_locations(
    call: Call,
    q: Annotated[str | None, QueryParameter(max_length=200, description="Part of a code or a name.")] = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[stock.LocationView]:
    """Where stock lies, by code."""
    async with call.reading() as tx:
        found = await stock.locations(tx, None, read(after, str), limit + 1, (q or "").strip() or None)
    return paged(found, limit, [one.code for one in found])


@get("/v1/locations/{code:str}", scope="inventory:read")
async def show_location(call: Call, code: str) -> Response[stock.LocationView]:
    """One location."""
    async with call.reading() as tx:
        found = await stock.locations(tx, code, None, 1)
    if not found:
        raise NOT_FOUND(f"no location {code}")
    return call.tagged(found[0], found[0].revision)


@put(
    "/v1/locations/{code:str}",
    scope="inventory:write",
    refuses=(inventory.BAD_CODE, inventory.UNKNOWN_STORE, inventory.STORE_MISMATCH, inventory.MODE_FIXED, STALE),
)
async def write_location(call: Call, code: str, data: JSONBody[PutLocation]) -> Response[stock.LocationView]:
    """Make or replace a location. Its mode is fixed once stock has been booked there."""
    written = await call.run(put_location, NamedLocation(code, data, call.expected()))
    return call.put(stock.LocationView(code=code, revision=written.revision, **asdict(data)), written.revision, f"/v1/locations/{code}")


@get("/v1/channels/{code:str}/sources", scope="inventory:read")
async def show_sources(call: Call, code: str) -> list[stock.SourceRow]:
    """The locations a channel sells from, first choice first."""
    async with call.reading() as tx:
        found = await stock.sources(tx, code)
    if found is None:
        raise NOT_FOUND(f"no channel {code}")
    return found


@put(
    "/v1/channels/{code:str}/sources",
    scope="inventory:write",
    refuses=(inventory.UNKNOWN_CHANNEL, inventory.UNKNOWN_LOCATION, inventory.SOURCE_NOT_STRICT, inventory.SOURCE_TWICE),
)
async def write_sources(call: Call, code: str, data: JSONBody[ChannelSources]) -> ChannelSources:
    """Say anew where a channel sells from, first choice first."""
    return ChannelSources((await call.run(set_sources, NamedSources(code, data.locations))).locations)


async def _written(call: Call, paper_id: int) -> Response[PaperView]:
    async with call.reading() as tx:
        (found,) = await stock.papers(tx, stock.PaperFilter(), [paper_id], None, 1)
    view = _paper(found, call.ids)
    return call.created(view, f"/v1/stock/papers/{view.id}")


def _paper(row: stock.PaperRow, ids: PublicIds) -> PaperView:
    return convert(asdict(row) | {"id": ids.show("pap", row.paper_id)}, PaperView)


def _place(row: stock.StockRow, holders: Sequence[stock.Holder], ids: PublicIds) -> PlaceView:
    told = [HolderView(ids.show("ord", one.order_id), one.line_no, one.status, one.held, one.expires_at) for one in holders]
    return convert(asdict(row) | {"holders": told}, PlaceView)


def _movement(row: stock.Movement, ids: PublicIds) -> MovementView:
    kind = KINDS.get(row.kind, row.kind)
    told = {"entry": ids.show("ent", row.entry_id), "kind": kind}
    return convert(asdict(row) | _behind(row.subject_id, row.reason is not None, ids) | told, MovementView)


def _shortage(row: stock.ShortageRow, ids: PublicIds) -> ShortageView:
    behind = _behind(row.subject_id, row.is_paper, ids)
    return convert(asdict(row) | behind | {"id": ids.show("sho", row.shortage_id)}, ShortageView)


def _behind(subject_id: int, is_paper: bool, ids: PublicIds) -> dict[str, str | None]:
    """The paper or the order behind a change of stock."""
    paper = ids.show("pap", subject_id) if is_paper else None
    return {"paper": paper, "order": None if is_paper else ids.show("ord", subject_id)}


ROUTES = [
    list_stock,
    list_movements,
    scan_goods,
    list_shortages,
    settle_shortage,
    list_reasons,
    receive,
    adjust,
    count,
    preview_count,
    list_papers,
    show_paper,
    list_paper_lines,
    show_stock,
    list_locations,
    show_location,
    write_location,
    show_sources,
    write_sources,
]
