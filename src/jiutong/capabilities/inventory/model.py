"""The nouns of stock: locations, what lies there, the papers that move it, and what was sold without being there."""

from typing import TypeAlias

import msgspec

from jiutong.kernel.errors import ProblemType

LOCATION_UNKNOWN = ProblemType("inventory.location_unknown", 422, "There is no such location", "库存地点不存在")
NO_SOURCE = ProblemType("inventory.no_source", 422, "There is no location to sell from", "没有可售的库存地点")
OWNER_UNCLEAR = ProblemType("inventory.owner_unclear", 422, "Say whose stock it is", "请指明货主")
NOT_FREE = ProblemType("inventory.not_free", 409, "That much is not free to take", "可用数量不足")
COUNTED_TWICE = ProblemType("inventory.counted_twice", 422, "A count names each SKU of an owner once", "同一单品重复盘点")
REASON_DIRECTION = ProblemType("inventory.reason_direction", 422, "This reason moves stock the other way", "调整方向与原因不符")
NOTHING_CHANGES = ProblemType("inventory.nothing_changes", 422, "A line of zero moves nothing", "数量不能为零")
MODE_FIXED = ProblemType("inventory.mode_fixed", 409, "The mode is fixed once stock has been booked", "已有库存，模式不可更改")
SOURCE_NOT_STRICT = ProblemType("inventory.source_not_strict", 422, "A channel sells from strict locations", "渠道货源必须为严格模式")
SOURCE_TWICE = ProblemType("inventory.source_twice", 422, "A channel names each location once", "货源地点重复")
STORE_MISMATCH = ProblemType("inventory.store_mismatch", 422, "Shelves belong to a store, other locations do not", "门店与地点类型不符")
SHORTAGE_GONE = ProblemType("inventory.shortage_gone", 409, "This shortage is settled already", "缺货异常已处理")

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
    by_store: dict[int, LocationFacts]
    sources: dict[int, tuple[LocationFacts, ...]]


class Location(msgspec.Struct, frozen=True):
    """A location as it is to be. `location_id` counts only if the code is new."""

    location_id: int
    code: str
    name: str
    kind: str
    strict: bool
    store_id: int | None


class Sources(msgspec.Struct, frozen=True):
    """The locations a channel sells from, first choice first."""

    channel_id: int
    locations: tuple[LocationFacts, ...]


class Reason(msgspec.Struct, frozen=True):
    """Why stock is adjusted, and which way that may move it: +1 more, -1 less, 0 either."""

    code: str
    direction: int
    means: str
    means_zh: str


REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("damaged", -1, "broken or spoiled", "破损"),
        Reason("expired", -1, "past its date", "过期"),
        Reason("lost", -1, "not where it should be", "丢失"),
        Reason("theft", -1, "stolen", "被盗"),
        Reason("sample", -1, "given away or shown", "样品"),
        Reason("internal_use", -1, "used by ourselves", "自用"),
        Reason("found", +1, "turned up again", "找回"),
        Reason("correction", 0, "an earlier paper was wrong", "更正"),
    )
}
"""The published reasons of adjustments."""


class PaperLine(msgspec.Struct, frozen=True):
    """One SKU of one owner on a paper, in base units: a signed change, or what was counted (the change then follows from it)."""

    owner_id: int
    sku_id: int
    change: int = 0
    counted: int | None = None


class Paper(msgspec.Struct, frozen=True):
    """A receipt, adjustment or count at one location. Its id is also that of its ledger entry."""

    paper_id: int
    kind: str
    location: LocationFacts
    reason: str
    reference: str
    actor: str
    lines: tuple[PaperLine, ...]


class NotFree(msgspec.Struct, frozen=True):
    """Why a paper was refused: the line that would take more than is free, and what is free."""

    line_no: int
    free: int


class Corrected(msgspec.Struct, frozen=True):
    """What became of papers: those booked, with the change of each line, and by position those refused."""

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
