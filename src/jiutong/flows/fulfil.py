"""From a paid order to the customer's door: released to its locations, picked, shipped, delivered."""

from collections.abc import Mapping, Sequence

from jiutong import ledger
from jiutong.capabilities import fulfillment, inventory, order
from jiutong.capabilities.fulfillment import (
    DeliverOne,
    Parcel,
    Pick,
    PickOne,
    Released,
    ReleaseOrder,
    ShipmentDelivered,
    ShipmentSent,
    ShipOne,
    Work,
    WorkPicked,
    WorkReleased,
)
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


@flow("fulfillment.release", gives=Released, statements=6)
async def release(tx: Tx, calls: Sequence[Call[ReleaseOrder]]) -> list[Released | Problem]:
    """Ask the locations of paid orders to send what is open. Asked again, nothing is asked for twice."""
    ids = [call.command.order_id for call in calls]
    take_turns(ids)
    orders = await order.lock(tx, ids)
    paid = [id_ for id_, one in orders.items() if one.status in fulfillment.RELEASABLE and not one.awaits]
    works = await fulfillment.release(tx, await order.lines(tx, paid))
    outcomes: list[Released | Problem] = []
    for id_, call in zip(ids, calls, strict=True):
        if id_ not in paid:
            known = orders.get(id_)
            outcomes.append(_unreleased(known) if known else order.NOT_YOURS("no such order"))
            continue
        mine = [work for work in works if work.order_id == id_]
        for work in mine:
            units = tuple((line.line_id, line.quantity) for line in work.lines)
            tx.emit("work.released.v1", work.work_id, WorkReleased(work.work_id, id_, work.location_id, units), call.scope)
        outcomes.append(Released(id_, tuple(work.work_id for work in mine)))
    return outcomes


@flow("fulfillment.pick", gives=WorkPicked, statements=7)
async def pick(tx: Tx, calls: Sequence[Call[PickOne]]) -> list[WorkPicked | Problem]:
    """Units are taken from the shelf. What is short is told, and is the order's again to place elsewhere or cancel."""
    ids = [call.command.work_id for call in calls]
    take_turns(ids)
    before = await fulfillment.lock(tx, ids)
    lines = await order.lines(tx, list({work.order_id for work in before.values()}))
    wanted = [_pick(call.command, before, lines) for call in calls]
    after = iter(await fulfillment.pick(tx, [one for one in wanted if isinstance(one, Pick)]))
    outcomes: list[WorkPicked | Problem] = []
    for one, call in zip(wanted, calls, strict=True):
        work = one if isinstance(one, Problem) else next(after)
        if isinstance(work, Problem):
            outcomes.append(work)
            continue
        picked = fulfillment.picked_facts(before[work.work_id], work)
        tx.emit("work.picked.v1", work.work_id, picked, call.scope)
        outcomes.append(picked)
    return outcomes


@flow("fulfillment.ship", gives=ShipmentSent, statements=19, batch_max=64)
async def ship(tx: Tx, calls: Sequence[Call[ShipOne]]) -> list[ShipmentSent | Problem]:
    """Parcels leave: the goods are issued from what was held for them, and what was paid for them is earned."""
    order_of = await fulfillment.orders_of(tx, [call.command.work_id for call in calls])
    take_turns([order_of[call.command.work_id] for call in calls if call.command.work_id in order_of])
    orders = await order.lock(tx, list(order_of.values()))
    lines = await order.lines(tx, list(orders))
    works = await fulfillment.lock(tx, list(order_of))
    wanted = [_parcel(call.command, tx.mint(), works, lines) for call in calls]
    after = iter(await fulfillment.ship(tx, [one for one in wanted if isinstance(one, Parcel)]))
    outcomes: list[ShipmentSent | Problem] = []
    sent: list[Parcel] = []
    for one in wanted:
        work = one if isinstance(one, Problem) else next(after)
        if isinstance(one, Parcel) and isinstance(work, Work):
            sent.append(one)
            outcomes.append(fulfillment.sent_facts(one, work))
        elif isinstance(work, Problem):
            outcomes.append(work)
    earned = await _issue(tx, sent, orders, lines)
    for told, call in zip(outcomes, calls, strict=True):
        if isinstance(told, ShipmentSent):
            tx.emit("shipment.sent.v1", told.shipment_id, told, call.scope)
            tx.emit("order.shipped.v1", told.order_id, order.OrderChanged(told.order_id, earned[told.order_id], told.units), call.scope)
    return outcomes


@flow("fulfillment.deliver", gives=ShipmentDelivered, statements=2)
async def deliver(tx: Tx, calls: Sequence[Call[DeliverOne]]) -> list[ShipmentDelivered | Problem]:
    """Parcels arrive, each once."""
    orders = await fulfillment.deliver(tx, [call.command.shipment_id for call in calls])
    outcomes: list[ShipmentDelivered | Problem] = []
    for order_id, call in zip(orders, calls, strict=True):
        if isinstance(order_id, Problem):
            outcomes.append(order_id)
            continue
        delivered = ShipmentDelivered(call.command.shipment_id, order_id, tx.now)
        tx.emit("shipment.delivered.v1", delivered.shipment_id, delivered, call.scope)
        outcomes.append(delivered)
    return outcomes


def take_turns(ids: Sequence[int]) -> None:
    """Commands about one thing take turns: a batch that raises is run again in halves, until nothing is in it twice."""
    if len(set(ids)) != len(ids):
        raise fulfillment.BUSY("it is being changed by another command")


def _unreleased(one: order.Order) -> Problem:
    if one.awaits:
        return order.AWAITS("it is in a group that is not complete yet", awaits=one.awaits)
    return fulfillment.NOT_RELEASABLE(f"it is {one.status}")


def _pick(command: PickOne, works: Mapping[int, Work], lines: Mapping[int, Sequence[order.Line]]) -> Pick | Problem:
    work = works.get(command.work_id)
    if work is None:
        return fulfillment.NOT_FOUND("no such fulfillment order")
    units = fulfillment.by_line(command.wish.lines, lines[work.order_id])
    return units if isinstance(units, Problem) else Pick(work.work_id, units, command.wish.short)


def _parcel(command: ShipOne, shipment_id: int, works: Mapping[int, Work], lines: Mapping[int, Sequence[order.Line]]) -> Parcel | Problem:
    work, wish = works.get(command.work_id), command.wish
    if work is None:
        return fulfillment.NOT_FOUND("no such fulfillment order")
    units = fulfillment.by_line(wish.lines, lines[work.order_id]) if wish.lines else fulfillment.waiting(work)
    if isinstance(units, Problem):
        return units
    return Parcel(shipment_id, work.order_id, work.work_id, wish.carrier, wish.tracking_no, units)


async def _issue(
    tx: Tx, parcels: Sequence[Parcel], orders: Mapping[int, order.Order], lines: Mapping[int, Sequence[order.Line]]
) -> dict[int, int]:
    """Book parcels: goods from the holds, money by the share of the units. What was earned per order, one parcel each."""
    known = {line.line_id: line for parcel in parcels for line in lines[parcel.order_id]}
    places = await inventory.locations_by_id(tx, {line.location_id for line in known.values()})
    moves = [order.Units(parcel.order_id, line_id, units) for parcel in parcels for line_id, units in parcel.units.items()]
    shares = dict(zip(((move.order_id, move.line_id) for move in moves), await order.ship(tx, moves, known), strict=True)) if moves else {}
    entries: list[ledger.Entry] = []
    for parcel in parcels:
        one = orders[parcel.order_id]
        legs: list[ledger.Transfer] = []
        for line_id, units in parcel.units.items():
            line, held = known[line_id], ledger.HoldRef(parcel.order_id, line_id)
            legs.append(inventory.issue(places[line.location_id], line.owner_id, line.sku_id, units, held))
            legs += order.money_legs("order.shipped", shares[parcel.order_id, line_id], one.currency, order.account_keys(one))
        entries.append(ledger.Entry(parcel.shipment_id, "order.shipped", parcel.order_id, tuple(legs)))
    await ledger.post(tx, entries)
    return order.carried(moves, [shares[move.order_id, move.line_id] for move in moves])
