"""The nouns of stock: locations, what lies there, the papers that move it, and what was sold without being there."""

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

UNKNOWN_LOCATION = ProblemType("inventory.unknown_location", 422, "There is no such location", "库存地点不存在")
NO_SOURCE = ProblemType("inventory.no_source", 422, "There is no location to sell from", "没有可售的库存地点")
UNKNOWN_SKU = ProblemType("inventory.unknown_sku", 422, "There is no such SKU", "单品不存在")
COUNT_EMPTY = ProblemType("inventory.count_empty", 422, "A count names what was counted", "盘点没有内容")
COUNT_TOO_LARGE = ProblemType("inventory.count_too_large", 422, "Too much for one paper; count it in cycles", "库存过多，请分批盘点")
UNKNOWN_STORE = ProblemType("inventory.unknown_store", 422, "There is no such store", "门店不存在")
UNKNOWN_CHANNEL = ProblemType("inventory.unknown_channel", 404, "There is no such channel", "渠道不存在")
BAD_CODE = ProblemType("inventory.bad_code", 422, "This cannot be a location's code", "库存地点编码格式错误")
UNKNOWN_OWNER = ProblemType("inventory.unknown_owner", 422, "There is no such owner", "货主不存在")
OWNER_UNCLEAR = ProblemType("inventory.owner_unclear", 422, "Say whose stock it is", "请指明货主")
NOT_FREE = ProblemType("inventory.not_free", 409, "That much is not free to take", "可用数量不足")
COUNTED_TWICE = ProblemType("inventory.counted_twice", 422, "A count names each SKU once", "同一单品重复盘点")
REASON_DIRECTION = ProblemType("inventory.reason_direction", 422, "This reason moves stock the other way", "调整方向与原因不符")
NOTHING_CHANGES = ProblemType("inventory.nothing_changes", 422, "A line of zero moves nothing", "数量不能为零")
MODE_FIXED = ProblemType("inventory.mode_fixed", 409, "The mode is fixed once stock has been booked", "已有库存，模式不可更改")
SOURCE_NOT_STRICT = ProblemType("inventory.source_not_strict", 422, "A channel sells from strict locations", "渠道货源必须为严格模式")
SOURCE_TWICE = ProblemType("inventory.source_twice", 422, "A channel names each location once", "货源地点重复")
STORE_MISMATCH = ProblemType("inventory.store_mismatch", 422, "Shelves belong to a store, other locations do not", "门店与地点类型不符")
SHORTAGE_GONE = ProblemType("inventory.shortage_gone", 409, "This shortage is settled already", "缺货异常已处理")


class SkuNamed(Protocol):
    """What a paper needs to know of a SKU: its id, and whose it is where it is sold."""

    @property
    def sku_id(self) -> int:
        """Its id."""
        ...

    @property
    def listings(self) -> Sequence["Owned"]:
        """Where it is sold."""
        ...


class Owned(Protocol):
    """What a paper needs to know of a listing."""

    @property
    def owner_id(self) -> int:
        """Whose stock is sold."""
        ...


class OfSeller(Protocol):
    """What a paper needs to know of a seller or a store."""

    @property
    def seller_id(self) -> int:
        """The legal entity."""
        ...


class OfChannel(Protocol):
    """What sources need to know of a channel."""

    @property
    def channel_id(self) -> int:
        """Its id."""
        ...


class OfStore(Protocol):
    """What a location needs to know of its store."""

    @property
    def store_id(self) -> int:
        """Its id."""
        ...


QUANTITY_MAX = 10**12
"""Base units in one line: a million tonnes in grams, and far from where 64 bits end."""


class LocationFacts(msgspec.Struct, frozen=True):
    """A location as flows know it. Strict: never below zero. Otherwise a shortage is recorded, never silent."""

    location_id: int
    code: str
    kind: str
    strict: bool
    store_id: int | None


StockKey: TypeAlias = tuple[LocationFacts, int, int]
"""(location, owner_id, sku_id): what one stock account counts."""


class Places(msgspec.Struct, frozen=True):
    """Every location of a tenant, and the locations its channels sell from, first choice first."""

    by_code: dict[str, LocationFacts]
    by_id: dict[int, LocationFacts]
    by_store: dict[int, LocationFacts]
    sources: dict[int, tuple[LocationFacts, ...]]


class Location(msgspec.Struct, frozen=True):
    """A location as it is to be. `location_id` counts only if the code is new; `expected` is the revision it builds on."""

    location_id: int
    code: str
    name: str
    kind: str
    strict: bool
    store_id: int | None
    expected: int | None = None


class LocationStanding(msgspec.Struct, frozen=True):
    """A location as it is: its revision, its mode, and whether it has ever had stock."""

    revision: int
    strict: bool
    stocked: bool


class LocationWritten(msgspec.Struct, frozen=True):
    """What was put: revision 1 was made, any other replaced."""

    location_id: int
    code: str
    revision: int


class Sources(msgspec.Struct, frozen=True):
    """The locations a channel sells from, first choice first."""

    channel_id: int
    locations: tuple[LocationFacts, ...]


class Reason(msgspec.Struct, frozen=True):
    """Why a paper is written, on which kind of paper, and which way it may move stock: +1 more, -1 less, 0 either."""

    code: str
    kind: str
    direction: int
    means: str
    means_zh: str


REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("purchase", "receipt", +1, "bought from a supplier", "采购入库"),
        Reason("opening", "receipt", +1, "was there when we began to count", "期初库存"),
        Reason("production", "receipt", +1, "made by ourselves", "生产入库"),
        Reason("damaged", "adjustment", -1, "broken or spoiled", "破损"),
        Reason("expired", "adjustment", -1, "past its date", "过期"),
        Reason("lost", "adjustment", -1, "not where it should be", "丢失"),
        Reason("theft", "adjustment", -1, "stolen", "被盗"),
        Reason("sample", "adjustment", -1, "given away or shown", "样品"),
        Reason("internal_use", "adjustment", -1, "used by ourselves", "自用"),
        Reason("found", "adjustment", +1, "turned up again", "找回"),
        Reason("correction", "adjustment", 0, "an earlier paper was wrong", "更正"),
        Reason("cycle", "count", 0, "the SKUs named were counted", "循环盘点"),
        Reason("full", "count", 0, "everything was counted; what is not named is not there", "全面盘点"),
    )
}
"""The published reasons."""

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Reference = Annotated[str, Meta(max_length=200)]
LINES_MAX = 5_000
LINES_BOOKED_MAX = 30_000
"""With what a full count implies. A ledger entry numbers its transfers with 15 bits."""


class ReceiptLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units of a SKU (its code, or a barcode on it) came in."""

    sku: Code
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]


class AdjustmentLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units more, or less, than the book says."""

    sku: Code
    change: Annotated[int, Meta(ge=-QUANTITY_MAX, le=QUANTITY_MAX)]


class CountLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units lie there."""

    sku: Code
    counted: Annotated[int, Meta(ge=0, le=QUANTITY_MAX)]


class ReceiveStock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods that came in at a location. `owner` is a seller's code; it may be left out where there is only one it can be."""

    location: Code
    lines: Annotated[tuple[ReceiptLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    owner: Code | None = None
    reason: Literal["purchase", "opening", "production"] = "purchase"
    reference: Reference = ""


class AdjustStock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stated difference between book and shelf, and its reason."""

    location: Code
    lines: Annotated[tuple[AdjustmentLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    reason: Literal["damaged", "expired", "lost", "theft", "sample", "internal_use", "found", "correction"]
    owner: Code | None = None
    reference: Reference = ""


class CountStock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was found on the shelf. A full count says that of every SKU it does not name there is none."""

    location: Code
    lines: Annotated[tuple[CountLine, ...], Meta(max_length=LINES_MAX)]
    reason: Literal["cycle", "full"] = "cycle"
    owner: Code | None = None
    reference: Reference = ""


class PutLocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A location as it is to be. `store` is the store whose shelves these are: every store location has one, no other has."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Literal["dc", "store", "supplier", "virtual", "transit"]
    mode: Literal["strict", "exception"]
    store: Code | None = None


class NamedLocation(msgspec.Struct, frozen=True):
    """The location with this code as it is to be; `expected` is the revision it builds on."""

    code: str
    what: PutLocation
    expected: int | None = None


class NamedSources(msgspec.Struct, frozen=True):
    """The locations (by code) a channel is to sell from, first choice first."""

    channel: str
    locations: tuple[str, ...]


class PaperLine(msgspec.Struct, frozen=True):
    """One SKU on a paper, in base units: a signed change, or what was counted (the change then follows from it).

    A line is implied when a full count did not name what the book has there.
    """

    sku_id: int
    change: int = 0
    counted: int | None = None
    implied: bool = False


class Paper(msgspec.Struct, frozen=True):
    """A receipt, adjustment or count of one owner's stock at one location. Its id is also that of its ledger entry."""

    paper_id: int
    kind: str
    location: LocationFacts
    owner_id: int
    reason: str
    reference: str
    actor: str
    lines: tuple[PaperLine, ...]

    @property
    def shelf(self) -> tuple[int, int]:
        """Where and whose: (location, owner)."""
        return self.location.location_id, self.owner_id

    @property
    def keys(self) -> list[StockKey]:
        """The stock it touches."""
        return [(self.location, self.owner_id, line.sku_id) for line in self.lines]


class PaperBooked(msgspec.Struct, frozen=True):
    """stock.received.v1, stock.adjusted.v1, stock.counted.v1: what a paper moved, in base units. Its lines are on the paper."""

    paper_id: int
    location: str
    reason: str
    reference: str
    lines: int
    more: int
    less: int


class ResolveShortage(msgspec.Struct, frozen=True):
    """Settle a shortage by hand: its cause is known and dealt with."""

    shortage_id: int
    reason: str


class ShortageResolved(msgspec.Struct, frozen=True):
    """shortage.resolved.v1: a person settled a shortage, and why."""

    shortage_id: int
    reason: str


class LocationPut(msgspec.Struct, frozen=True):
    """location.put.v1."""

    code: str
    location: PutLocation


class SourcesSet(msgspec.Struct, frozen=True):
    """channel.sources_set.v1: the locations a channel sells from now, first choice first."""

    channel: str
    locations: tuple[str, ...]


class NotFree(msgspec.Struct, frozen=True):
    """Why a paper was refused: the line that would take more than is free, what is free, and what is held."""

    line_no: int
    free: int
    held: int


class Corrected(msgspec.Struct, frozen=True):
    """What became of papers, by id: those booked, with the change of each line, and those refused."""

    booked: dict[int, Paper]
    refused: dict[int, NotFree]


class Issue(msgspec.Struct, frozen=True):
    """Units that left a location with a subject (an order or a paper)."""

    subject_id: int
    location: LocationFacts
    owner_id: int
    sku_id: int
    quantity: int


class Shortage(msgspec.Struct, frozen=True):
    """A subject that left with goods the book did not have, and how far below zero the account stood after it."""

    subject_id: int
    location: LocationFacts
    owner_id: int
    sku_id: int
    below_zero: int
