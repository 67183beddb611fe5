"""Fulfillment: the board of works, picking, shipping and delivery."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta, convert
from msgspec.structs import asdict

from jiutong.api.call import Call
from jiutong.api.cursors import PAGE_MAX, Cursor, Limit, Page, paged, read
from jiutong.api.instants import instant
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import fulfillment as room
from jiutong.capabilities import order
from jiutong.capabilities.fulfillment import DeliverOne, PickOne, PickWork, ReleaseOrder, ShipOne, ShipWork
from jiutong.flows import fulfil
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.ids import PublicIds
from jiutong.kernel.runner import Flow
from jiutong.reads import fulfillment

C = TypeVar("C", bound=msgspec.Struct)
BULK_MAX = 250
COUNT_MAX = 1_000


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order whose goods are to leave."""

    order: Annotated[str, Meta(max_length=64)]


class WorkView(msgspec.Struct, frozen=True):
    """A fulfillment order: what one location does for one order. `contact` is whom and where to deliver."""

    id: str
    order: str
    location: str
    state: room.State
    created_at: datetime
    changed_at: datetime
    contact: Any
    lines: Sequence[fulfillment.WorkLineRow]


class ShipmentView(msgspec.Struct, frozen=True):
    """A parcel."""

    id: str
    order: str
    fulfillment: str
    location: str
    carrier: str
    tracking_no: str
    shipped_at: datetime
    delivered_at: datetime | None
    lines: Sequence[fulfillment.ParcelLineRow]


class WorksReleased(msgspec.Struct, frozen=True):
    """The works that are open for an order, whoever asked for them: this request, or the reaction to its payment."""

    order: str
    fulfillments: Sequence[str]


class Releases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The orders whose goods are to leave."""

    orders: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(min_length=1, max_length=BULK_MAX)]


class Deliveries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parcels that have arrived."""

    shipments: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(min_length=1, max_length=BULK_MAX)]


class Refused(msgspec.Struct, frozen=True):
    """Why one of many was refused."""

    code: str
    title: str
    detail: str


class RowDone(msgspec.Struct, frozen=True):
    """What became of one of many: done, or why not."""

    id: str
    done: bool
    problem: Refused | None


class RowsDone(msgspec.Struct, frozen=True):
    """What became of each, in the order given."""

    items: Sequence[RowDone]


class BoardView(msgspec.Struct, frozen=True):
    """How much waits at each step."""

    columns: Sequence[fulfillment.BoardColumn]


class UnreleasedView(msgspec.Struct, frozen=True):
    """A paid order with units nobody was asked to send yet."""

    order: str
    placed_at: datetime
    status: str
    buyer: str
    contact: Any
    units: int
    lines: int
    locations: Sequence[str]


@get("/v1/fulfillments/board", scope="fulfillment:read")
async def show_board(call: Call, location: str | None = None) -> BoardView:
    """How much waits at each step on the way to the customer, and since when the oldest does; each counted up to a thousand."""
    async with call.reading() as tx:
        return BoardView(await fulfillment.board(tx, location, COUNT_MAX))


@get("/v1/fulfillments/unreleased", scope="fulfillment:read")
async def list_unreleased(call: Call, location: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[UnreleasedView]:
    """Paid orders with units nobody was asked to send yet, those that wait longest first: new ones, and what was short elsewhere."""
    async with call.reading() as tx:
        found = await fulfillment.unreleased(tx, location, read(after, int), limit + 1)
    views = [
        UnreleasedView(
            call.ids.show("ord", row.order_id), row.placed_at, row.status, row.buyer, row.contact, row.units, row.lines, row.locations
        )
        for row in found
    ]
    return paged(views, limit, [row.order_id for row in found])


@post("/v1/fulfillments/releases", scope="fulfillment:write", status=200)
async def release_orders(call: Call, data: JSONBody[Releases]) -> RowsDone:
    """Ask the locations of many paid orders to send what nobody was asked for yet. Each stands or falls alone."""
    return await _each(call, fulfil.release, data.orders, lambda name: ReleaseOrder(call.ids.read("ord", name)))


@post("/v1/shipments/deliveries", scope="fulfillment:write", status=200)
async def deliver_shipments(call: Call, data: JSONBody[Deliveries]) -> RowsDone:
    """Say that many parcels have arrived. Each stands or falls alone."""
    return await _each(call, fulfil.deliver, data.shipments, lambda name: DeliverOne(call.ids.read("shp", name)))


@get("/v1/shipments", scope="fulfillment:read", refuses=(NOT_FOUND,))
async def list_all_shipments(
    call: Call,
    delivered: bool | None = None,
    location: str | None = None,
    order_id: str | None = None,
    carrier: str | None = None,
    tracking_no: str | None = None,
    shipped_from: datetime | None = None,
    shipped_to: datetime | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[ShipmentView]:
    """Parcels, those that left last first. `delivered=false` are those under way; times are RFC 3339."""
    wanted_order = None if order_id is None else call.ids.read("ord", order_id)
    left = instant(shipped_from, "shipped_from"), instant(shipped_to, "shipped_to")
    wanted = fulfillment.ParcelFilter(delivered, location, wanted_order, carrier, tracking_no, *left, read(after, int))
    async with call.reading() as tx:
        found = await fulfillment.parcels(tx, wanted, limit + 1)
    return paged([_shipment(row, call.ids) for row in found], limit, [row.shipment_id for row in found])


@get("/v1/fulfillments", scope="fulfillment:read", refuses=(NOT_FOUND,))
async def list_works(
    call: Call,
    in_state: Annotated[room.State | None, QueryParameter(name="state")] = None,
    location: str | None = None,
    order_id: str | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[WorkView]:
    """Works, those that wait longest first: what is still to be done, or those of one state or order."""
    wanted_order = None if order_id is None else call.ids.read("ord", order_id)
    wanted = fulfillment.WorkFilter(in_state, location, wanted_order, read(after, int))
    async with call.reading() as tx:
        found = await fulfillment.works(tx, wanted, limit + 1)
    return paged([_work(row, call.ids) for row in found], limit, [row.work_id for row in found])


@post("/v1/fulfillments", scope="fulfillment:write", status=200, refuses=(room.NOT_RELEASABLE, order.NOT_YOURS))
async def release_order(call: Call, data: JSONBody[Release]) -> WorksReleased:
    """Ask the locations of a paid order to send what nobody was asked for yet. Nothing is asked for twice."""
    order_id = call.ids.read("ord", data.order)
    await call.run(fulfil.release, ReleaseOrder(order_id))
    async with call.reading() as tx:
        works = await fulfillment.works(tx, fulfillment.WorkFilter(order_id=order_id), PAGE_MAX)
    return WorksReleased(data.order, [call.ids.show("ful", work.work_id) for work in works if work.state not in {"shipped", "canceled"}])


@get("/v1/fulfillments/{work_id:str}", scope="fulfillment:read")
async def show_work(call: Call, work_id: str) -> WorkView:
    """One work."""
    return await _shown(call, call.ids.read("ful", work_id))


@post(
    "/v1/fulfillments/{work_id:str}/pick",
    scope="fulfillment:write",
    status=200,
    refuses=(room.NOT_FOUND, room.WRONG_STATE, room.NO_LINE, room.TOO_MANY),
)
async def pick_work(call: Call, work_id: str, data: JSONBody[PickWork]) -> WorkView:
    """Say what was taken from the shelf. `short` ends picking: what was not there is the order's again to place elsewhere or cancel."""
    id_ = call.ids.read("ful", work_id)
    await call.run(fulfil.pick, PickOne(id_, data))
    return await _shown(call, id_)


@post(
    "/v1/fulfillments/{work_id:str}/ship",
    scope="fulfillment:write",
    refuses=(room.NOT_FOUND, room.WRONG_STATE, room.NO_LINE, room.TOO_MANY, room.NOTHING_PICKED),
)
async def ship_work(call: Call, work_id: str, data: JSONBody[ShipWork]) -> Response[ShipmentView]:
    """Send a parcel with what was picked, all of it or the lines named: the goods leave the book, and their money is earned."""
    sent = await call.run(fulfil.ship, ShipOne(call.ids.read("ful", work_id), data))
    view = await _parcel(call, sent.shipment_id)
    return call.created(view, f"/v1/shipments/{view.id}")


@get("/v1/fulfillments/{work_id:str}/shipments", scope="fulfillment:read")
async def list_parcels(call: Call, work_id: str) -> list[ShipmentView]:
    """The parcels of a work, in the order they left."""
    async with call.reading() as tx:
        return [_shipment(row, call.ids) for row in await fulfillment.shipments(tx, work_id=call.ids.read("ful", work_id))]


@get("/v1/orders/{order_id:str}/shipments", scope="fulfillment:read")
async def list_shipments(call: Call, order_id: str) -> list[ShipmentView]:
    """The parcels of an order, in the order they left."""
    async with call.reading() as tx:
        return [_shipment(row, call.ids) for row in await fulfillment.shipments(tx, order_id=call.ids.read("ord", order_id))]


@get("/v1/shipments/{shipment_id:str}", scope="fulfillment:read")
async def show_shipment(call: Call, shipment_id: str) -> ShipmentView:
    """One parcel."""
    return await _parcel(call, call.ids.read("shp", shipment_id))


@post("/v1/shipments/{shipment_id:str}/deliver", scope="fulfillment:write", status=200, refuses=(room.NO_SHIPMENT, room.DELIVERED))
async def deliver_shipment(call: Call, shipment_id: str) -> ShipmentView:
    """Say that a parcel has arrived."""
    id_ = call.ids.read("shp", shipment_id)
    await call.run(fulfil.deliver, DeliverOne(id_))
    return await _parcel(call, id_)


async def _each(call: Call, flow: Flow[C, Any], names: Sequence[str], command: Callable[[str], C]) -> RowsDone:
    """Do the same to many, each under a key of its own, together in as few transactions as their flow takes."""
    key = call.key()

    async def one(name: str) -> RowDone:
        try:
            await call.house.runner.run(flow, command(name), call.scope, None if key is None else f"{key} {name}")
        except Problem as refusal:
            title = refusal.type.title_zh if call.zh else refusal.type.title
            return RowDone(name, done=False, problem=Refused(refusal.code, title, refusal.detail))
        return RowDone(name, done=True, problem=None)

    return RowsDone(await asyncio.gather(*(one(name) for name in dict.fromkeys(names))))


async def _shown(call: Call, work_id: int) -> WorkView:
    async with call.reading() as tx:
        found = await fulfillment.work(tx, work_id)
    if found is None:
        raise NOT_FOUND("no such fulfillment order")
    return _work(found, call.ids)


async def _parcel(call: Call, shipment_id: int) -> ShipmentView:
    async with call.reading() as tx:
        found = await fulfillment.shipments(tx, shipment_id=shipment_id)
    if not found:
        raise NOT_FOUND("no such shipment")
    return _shipment(found[0], call.ids)


def _work(row: fulfillment.WorkRow, ids: PublicIds) -> WorkView:
    return convert(asdict(row) | {"id": ids.show("ful", row.work_id), "order": ids.show("ord", row.order_id)}, WorkView)


def _shipment(row: fulfillment.ShipmentRow, ids: PublicIds) -> ShipmentView:
    names = {"id": ids.show("shp", row.shipment_id), "order": ids.show("ord", row.order_id), "fulfillment": ids.show("ful", row.work_id)}
    return convert(asdict(row) | names, ShipmentView)


ROUTES = [
    show_board,
    list_unreleased,
    release_orders,
    deliver_shipments,
    list_all_shipments,
    list_works,
    release_order,
    show_work,
    pick_work,
    ship_work,
    list_parcels,
    list_shipments,
    show_shipment,
    deliver_shipment,
]
