"""The nouns of fulfillment: work at one location, its lines, and the parcels that leave it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

NOT_FOUND = ProblemType("fulfillment.not_found", 404, "There is no such fulfillment order", "履约单不存在")
NO_SHIPMENT = ProblemType("fulfillment.no_shipment", 404, "There is no such shipment", "包裹不存在")
NOT_RELEASABLE = ProblemType("fulfillment.not_releasable", 409, "Only a paid order is worked on", "订单未付款，不能履约")
WRONG_STATE = ProblemType("fulfillment.wrong_state", 409, "The work is past that", "履约单当前状态不允许该操作")
NO_LINE = ProblemType("fulfillment.no_line", 422, "This line is not part of the work", "履约单没有该行")
TOO_MANY = ProblemType("fulfillment.too_many", 422, "That is more than there is to do", "数量超过可操作数量")
NOTHING_PICKED = ProblemType("fulfillment.nothing_picked", 409, "Nothing picked is waiting to ship", "没有已拣货的商品")
BUSY = ProblemType("fulfillment.busy", 409, "Another command is at work on this", "正在处理中")
DELIVERED = ProblemType("fulfillment.delivered", 409, "It has been delivered already", "包裹已签收")

State = Literal["released", "picking", "picked", "shipped", "canceled"]
MAY: Mapping[str, frozenset[State]] = {
    "pick": frozenset({"released", "picking"}),
    "ship": frozenset({"picking", "picked"}),
    "cancel": frozenset({"released", "picking", "picked"}),
}
"""From which states each act may start. Where it leads follows from the counters (`rules.state`)."""

RELEASABLE = frozenset({"paid", "partly_shipped"})
"""The statuses of orders whose goods may leave."""

Quantity = Annotated[int, Meta(ge=1, le=10**12)]


class WorkLine(msgspec.Struct, frozen=True):
    """Units of one order line in one work. Picked and shipped count up; canceled is what this work no longer has to do."""

    line_id: int
    sku_id: int
    quantity: int
    picked: int = 0
    shipped: int = 0
    canceled: int = 0

    @property
    def to_ship(self) -> int:
        """Units this work still has to send."""
        return self.quantity - self.canceled - self.shipped


class Work(msgspec.Struct, frozen=True):
    """A fulfillment order: what one location does for one order."""

    work_id: int
    order_id: int
    location_id: int
    state: State
    lines: tuple[WorkLine, ...]


class Pick(msgspec.Struct, frozen=True):
    """Units taken from the shelf for a work, by line id. `short`: no more will be found here."""

    work_id: int
    units: Mapping[int, int]
    short: bool


class Parcel(msgspec.Struct, frozen=True):
    """A shipment to be: units by line id. Its id is also that of its ledger entry."""

    shipment_id: int
    order_id: int
    work_id: int
    carrier: str
    tracking_no: str
    units: Mapping[int, int]


class OpenLine(Protocol):
    """What work needs to know of an order's line."""

    @property
    def line_id(self) -> int:
        """Its id."""
        ...

    @property
    def sku_id(self) -> int:
        """What to pick."""
        ...

    @property
    def location_id(self) -> int:
        """Where it is allocated."""
        ...

    @property
    def open(self) -> int:
        """Units neither shipped nor canceled."""
        ...


class NumberedLine(Protocol):
    """An order's line as people name it."""

    @property
    def line_id(self) -> int:
        """Its id."""
        ...

    @property
    def line_no(self) -> int:
        """Its number on the order."""
        ...


class LineQuantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units of a line, by its number on the order."""

    line: int
    quantity: Quantity


class PickWork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was taken from the shelf. `short` ends picking with less than was asked: the rest is the order's again to place or cancel."""

    lines: Annotated[tuple[LineQuantity, ...], Meta(max_length=500)] = ()
    short: bool = False


class ShipWork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parcel. Without lines it holds everything picked that has not left yet."""

    lines: Annotated[tuple[LineQuantity, ...], Meta(max_length=500)] = ()
    carrier: Annotated[str, Meta(max_length=64)] = ""
    tracking_no: Annotated[str, Meta(max_length=100)] = ""


class ReleaseOrder(msgspec.Struct, frozen=True):
    """Ask for everything of an order that is open and not asked for yet."""

    order_id: int


class PickOne(msgspec.Struct, frozen=True):
    """A pick of one work."""

    work_id: int
    wish: PickWork


class ShipOne(msgspec.Struct, frozen=True):
    """A parcel of one work."""

    work_id: int
    wish: ShipWork


class DeliverOne(msgspec.Struct, frozen=True):
    """A parcel that arrived."""

    shipment_id: int


class Released(msgspec.Struct, frozen=True):
    """The works an order was newly given; none if all that is open is asked for already."""

    order_id: int
    works: tuple[int, ...]


class WorkReleased(msgspec.Struct, frozen=True):
    """work.released.v1: a location is asked to send units (line id, units) of an order."""

    work_id: int
    order_id: int
    location_id: int
    units: tuple[tuple[int, int], ...]


class WorkPicked(msgspec.Struct, frozen=True):
    """work.picked.v1: units taken from the shelf, and units asked for that were not there (line id, units)."""

    work_id: int
    order_id: int
    state: State
    units: tuple[tuple[int, int], ...]
    short: tuple[tuple[int, int], ...]


class ShipmentSent(msgspec.Struct, frozen=True):
    """shipment.sent.v1: a parcel left with units (line id, units)."""

    shipment_id: int
    order_id: int
    work_id: int
    state: State
    carrier: str
    tracking_no: str
    units: tuple[tuple[int, int], ...]


class ShipmentDelivered(msgspec.Struct, frozen=True):
    """shipment.delivered.v1: a parcel arrived."""

    shipment_id: int
    order_id: int
    delivered_at: datetime
