"""Fulfillment 履约 (订单通): what is sold leaves the right place, in the right parcel, once.

Owns: `fulfillment.work` (one order at one location) and its lines, `fulfillment.shipment` and its lines.
Invariants: a work line ships what was picked, and picks what was asked and not canceled; what left in parcels is what the
order's lines show as shipped; of no line more is under way than is open.
Verbs: `release`, `pick`, `ship`, `cancel_open`, `deliver`, `lock`, `orders_of`. Where an act may start is one table (`MAY`), where it
leads follows from the counters.
Events: work.released, work.picked, shipment.sent, shipment.delivered.
"""

from jiutong.capabilities.fulfillment.model.work import (
    BUSY,
    DELIVERED,
    MAY,
    NO_LINE,
    NO_SHIPMENT,
    NOT_FOUND,
    NOT_RELEASABLE,
    NOTHING_PICKED,
    RELEASABLE,
    TOO_MANY,
    WRONG_STATE,
    DeliverOne,
    LineQuantity,
    Parcel,
    Pick,
    PickOne,
    PickWork,
    Released,
    ReleaseOrder,
    ShipmentDelivered,
    ShipmentSent,
    ShipOne,
    ShipWork,
    State,
    Work,
    WorkLine,
    WorkPicked,
    WorkReleased,
)
from jiutong.capabilities.fulfillment.rules.work import by_line, picked_facts, sent_facts, waiting
from jiutong.capabilities.fulfillment.verbs.work import cancel_open, deliver, lock, orders_of, pick, release, ship

__all__ = [
    "BUSY",
    "DELIVERED",
    "MAY",
    "NOTHING_PICKED",
    "NOT_FOUND",
    "NOT_RELEASABLE",
    "NO_LINE",
    "NO_SHIPMENT",
    "RELEASABLE",
    "TOO_MANY",
    "WRONG_STATE",
    "DeliverOne",
    "LineQuantity",
    "Parcel",
    "Pick",
    "PickOne",
    "PickWork",
    "ReleaseOrder",
    "Released",
    "ShipOne",
    "ShipWork",
    "ShipmentDelivered",
    "ShipmentSent",
    "State",
    "Work",
    "WorkLine",
    "WorkPicked",
    "WorkReleased",
    "by_line",
    "cancel_open",
    "deliver",
    "lock",
    "orders_of",
    "pick",
    "picked_facts",
    "release",
    "sent_facts",
    "ship",
    "waiting",
]
