"""Flash sales 秒杀: few pieces at a low price for a short time."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.api import gates
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, read
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import catalog, promotion
from jiutong.kernel.db import Tx
from jiutong.reads import gates as reads


class ItemView(msgspec.Struct, frozen=True):
    """How far one SKU of a flash sale has come: bought, being bought (held until it is paid), and what is left."""

    sku: str
    allotment: int
    sold: int
    held: int
    left: int


class FlashSaleView(gates.VersionView, frozen=True, kw_only=True):
    """A flash sale, and what of it is left."""

    flash_sale: promotion.FlashSale
    items: Sequence[ItemView]


class CurveView(msgspec.Struct, frozen=True):
    """What a flash sale has sold minute by minute, and how it stands at the server's time `at`."""

    at: datetime
    begins_at: datetime
    ends_at: datetime
    items: Sequence[ItemView]
    moments: Sequence[reads.SaleMoment]


@get("/v1/flash-sales", scope="promotion:read")
async def list_flash_sales(call: Call, status: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[FlashSaleView]:
    """Flash sales by code, each as its newest version; `status` is draft, published or ended."""
    rows = await gates.listed(call, "flash_sale", status, read(after, str), limit)
    async with call.reading() as tx:
        return gates.page_of(await _views(tx, rows), limit)


@get("/v1/flash-sales/{code}", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def show_flash_sale(call: Call, code: str) -> FlashSaleView:
    """A flash sale, and what of each SKU is sold, held and left."""
    row = await gates.named(call, "flash_sale", code)
    async with call.reading() as tx:
        return (await _views(tx, [row]))[0]


@get("/v1/flash-sales/{code}/versions", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def list_flash_sale_versions(call: Call, code: str) -> Page[FlashSaleView]:
    """All versions of a flash sale, the newest first. One that was published never changes."""
    rows = await gates.all_versions(call, "flash_sale", code)
    async with call.reading() as tx:
        return Page(await _views(tx, rows), None)


@get("/v1/flash-sales/{code}/curve", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def show_flash_sale_curve(call: Call, code: str, sku: str | None = None) -> CurveView:
    """What it has sold minute by minute, of one SKU if asked; orders that expired or were canceled do not count."""
    row = await gates.named(call, "flash_sale", code)
    async with call.reading() as tx:
        (view,) = await _views(tx, [row])
        moments = await reads.curve(tx, code, sku)
    what = view.flash_sale
    return CurveView(call.house.clock.now(), what.begins_at, what.ends_at, view.items, moments)


@put("/v1/flash-sales/{code}", scope="promotion:write", refuses=gates.PUT_REFUSES)
async def put_flash_sale(call: Call, code: str, data: JSONBody[promotion.FlashSale]) -> gates.StandsView:
    """Draft a flash sale: the draft there is anew, or the next version of what was published."""
    return await gates.put(call, code, flash_sale=data)


@post("/v1/flash-sales/{code}/publish", scope="promotion:publish", status=200, refuses=gates.PUBLISH_REFUSES)
async def publish_flash_sale(call: Call, code: str) -> gates.StandsView:
    """Put the draft in force. What was sold under the version before counts against its allotment."""
    return await gates.publish(call, "flash_sale", code)


@post("/v1/flash-sales/{code}/end", scope="promotion:publish", status=200, refuses=gates.TURN_REFUSES)
async def end_flash_sale(call: Call, code: str) -> gates.StandsView:
    """Sell nothing at this price any longer."""
    return await gates.end(call, "flash_sale", code)


async def items_of(tx: Tx, whats: Sequence[tuple[str, promotion.FlashSale]]) -> list[list[ItemView]]:
    """How far the SKUs of these flash sales (by code) have come."""
    ids = await catalog.sku_ids(tx, {item.sku for _, what in whats for item in what.items})
    accounts = [f"quota:{code}:{ids.get(item.sku, 0)}" for code, what in whats for item in what.items]
    taken = await reads.taken(tx, accounts) if accounts else {}
    views: list[list[ItemView]] = []
    for code, what in whats:
        own: list[ItemView] = []
        for item in what.items:
            one = taken.get(f"quota:{code}:{ids.get(item.sku, 0)}")
            counts = (one.taken, one.held, max(item.allotment - one.all, 0)) if one else (0, 0, item.allotment)
            own.append(ItemView(item.sku, item.allotment, *counts))
        views.append(own)
    return views


async def _views(tx: Tx, rows: Sequence[reads.GateRow]) -> list[FlashSaleView]:
    whats = [msgspec.json.decode(row.body, type=promotion.FlashSale) for row in rows]
    items = await items_of(tx, [(row.code, what) for row, what in zip(rows, whats, strict=True)])
    return [FlashSaleView(flash_sale=what, items=own, **gates.shown(row)) for row, what, own in zip(rows, whats, items, strict=True)]


ROUTES = [
    list_flash_sales,
    show_flash_sale,
    list_flash_sale_versions,
    show_flash_sale_curve,
    put_flash_sale,
    publish_flash_sale,
    end_flash_sale,
]
