"""Fulfillment: the board of works, picking, shipping and delivery."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta, convert
from msgspec.structs import asdict

from jiutong.api.call import Call
from jiutong.api.cursors import PAGE_MAX, Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import fulfillment as room
from jiutong.capabilities import order
from jiutong.capabilities.fulfillment import DeliverOne, PickOne, PickWork, ReleaseOrder, ShipOne, ShipWork
from jiutong.flows import fulfil
from jiutong.kernel.errors import NOT_FOUND
from jiutong.kernel.ids import PublicIds
from jiutong.reads import fulfillment


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
