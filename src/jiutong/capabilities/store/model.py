"""The nouns of a store: how its tills work, the shift and its drawer, the chain of receipts, and what a person has to look at."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

NO_SHIFT = ProblemType("store.no_open_shift", 409, "Open a shift first", "请先开班")
SHIFT_COUNTED = ProblemType("store.shift_counted", 409, "The drawer is being counted", "钱箱清点中，不能操作")
ALREADY_OPEN = ProblemType("store.shift_already_open", 409, "This till has an open shift", "该设备已有未交班的班次")
UNKNOWN_SHIFT = ProblemType("store.unknown_shift", 404, "There is no such shift", "没有该班次")
SHIFT_CLOSED = ProblemType("store.shift_closed", 409, "The shift is closed", "班次已交班")
NOT_COUNTED = ProblemType("store.not_counted", 409, "Count the drawer first", "请先清点钱箱")
UNEXPLAINED = ProblemType("store.variance_unexplained", 422, "A difference needs a reason", "长短款必须填写原因")
UNSYNCED = ProblemType("store.unsynced_receipts", 409, "The till still has receipts we have not", "还有收据未上传，不能交班")
UNKNOWN_REASON = ProblemType("store.unknown_reason", 422, "That is no reason for this", "原因不适用")
TWICE = ProblemType("store.counted_twice", 422, "Each tender is counted once", "同一支付方式重复清点")
EXCEPTION_GONE = ProblemType("store.exception_settled", 409, "Somebody has settled it already", "异常已处理")

CASH = "cash"
"""The method a drawer holds in notes and coins; it is always counted."""

Minor = Annotated[int, Meta(ge=0, le=10**15, description="Minor units of the store's currency")]
Positive = Annotated[int, Meta(ge=1, le=10**15, description="Minor units of the store's currency")]
Counted = Annotated[int, Meta(ge=-(10**15), le=10**15, description="Minor units of the store's currency")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Method = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^:]+$")]
Text = Annotated[str, Meta(max_length=500)]
Hash = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
Kind: TypeAlias = Literal["refused", "price", "gap", "fork", "restart", "late", "caps", "no_shift"]


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a store's tills work: whether each sale needs a shift, and how far a till may go without us."""

    shifts_required: bool = False
    offline_count_max: Annotated[int, Meta(ge=0, le=5_000)] = 500
    offline_amount_max: Minor = 2_000_000
    offline_hours_max: Annotated[int, Meta(ge=0, le=720)] = 72


DEFAULT_POLICY = Policy()


class PutPolicy(msgspec.Struct, frozen=True):
    """Say how a store's tills work. `expected` is the revision it builds on."""

    store: str
    what: Policy
    expected: int | None = None


class PolicyWritten(msgspec.Struct, frozen=True):
    """How they work now."""

    store: str
    what: Policy
    revision: int


class MovementReason(msgspec.Struct, frozen=True):
    """Why cash goes into a drawer or out of it without a sale. `books` is the amount's word in the posting rules."""

    code: str
    kind: Literal["in", "out"]
    books: str
    means: str
    means_zh: str


MOVEMENT_REASONS: dict[tuple[str, str], MovementReason] = {
    (reason.kind, reason.code): reason
    for reason in (
        MovementReason("change", "in", "safe", "change from the safe", "补充零钱"),
        MovementReason("found", "in", "petty", "found in or by the drawer", "捡到或归还的现金"),
        MovementReason("other", "in", "petty", "something else: say what", "其他收入"),
        MovementReason("deposit", "out", "safe", "put into the safe", "缴存保险柜"),
        MovementReason("supplies", "out", "petty", "bought for the store", "门店采买"),
        MovementReason("courier", "out", "petty", "paid to a courier", "支付快递费"),
        MovementReason("other", "out", "petty", "something else: say what", "其他支出"),
    )
}
"""The published reasons."""

VARIANCE_REASONS: dict[str, tuple[str, str]] = {
    "wrong_change": ("wrong change was given", "找零错误"),
    "wrong_tender": ("rung up under another tender", "支付方式录错"),
    "float_wrong": ("the float was counted wrong", "备用金清点有误"),
    "counterfeit": ("a note was counterfeit", "收到假币"),
    "unrung": ("a sale or refund was not rung up", "有漏录的收款或退款"),
    "unknown": ("nobody knows", "原因不明"),
}
"""Why a drawer does not hold what it should."""


class Attendance(msgspec.Struct, frozen=True):
    """What a till is doing: its shift, whether it is being counted, and how its store works."""

    shift_id: int | None
    counted: bool
    policy: Policy


class OpenShift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open a drawer with so much cash, counted."""

    store: Code
    device: Code
    float_minor: Minor


class ShiftOpened(msgspec.Struct, frozen=True):
    """shift.opened.v1."""

    shift_id: int
    shift_no: int
    store: str
    device: str
    float_minor: int


class NewShift(msgspec.Struct, frozen=True):
    """A shift about to be opened."""

    shift_id: int
    store_id: int
    device_id: int
    place: int
    currency: str
    business_day: int
    opening_float: int
    actor: str


class Shift(msgspec.Struct, frozen=True):
    """A shift as it stands."""

    shift_id: int
    store_id: int
    device_id: int
    shift_no: int
    currency: str
    business_day: int
    opening_float: int
    opened_at: datetime
    counted_at: datetime | None
    closed_at: datetime | None
    z: str | None


class Moved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cash into the drawer or out of it, and why (a published reason)."""

    kind: Literal["in", "out"]
    amount_minor: Positive
    reason: Code
    note: Text = ""


class MoveCash(msgspec.Struct, frozen=True):
    """The same, of one shift."""

    shift_id: int
    what: Moved


class CashMoved(msgspec.Struct, frozen=True):
    """shift.cash_moved.v1."""

    movement_id: int
    shift_id: int
    kind: str
    reason: str
    note: str
    amount: int


class Denomination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many notes or coins of one face value."""

    face_minor: Positive
    pieces: Annotated[int, Meta(ge=0, le=1_000_000)]


class TenderCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was counted of one tender: notes, coins, slips. The denominations, if told, make up the amount."""

    method: Method
    counted_minor: Counted
    denominations: Annotated[tuple[Denomination, ...], Meta(max_length=40)] = ()


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The blind count of a drawer, and how far the till's chain of receipts goes. `unsynced` are numbers it still keeps.

    `missing_because` closes over receipts that will never come: the till's storage is gone. It needs `till:force`.
    """

    tenders: Annotated[tuple[TenderCount, ...], Meta(max_length=50)]
    last_seq: Annotated[int, Meta(ge=0, le=10**15)] = 0
    unsynced: Annotated[tuple[Code, ...], Meta(max_length=5_000)] = ()
    missing_because: Text = ""


class CountShift(msgspec.Struct, frozen=True):
    """The same, of one shift."""

    shift_id: int
    what: Counts


class ShiftCounted(msgspec.Struct, frozen=True):
    """shift.counted.v1: what was counted, before anybody was told what should be there."""

    shift_id: int
    tenders: tuple[TenderCount, ...]
    missing_because: str


class Explained(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a tender's count differs: a published reason, and words."""

    method: Method
    reason: Code
    note: Text = ""


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reasons of the differences, one per tender that has one."""

    reasons: Annotated[tuple[Explained, ...], Meta(max_length=50)] = ()


class CloseShift(msgspec.Struct, frozen=True):
    """The same, of one shift."""

    shift_id: int
    what: Closing


class ReopenShift(msgspec.Struct, frozen=True):
    """Sell on: the count is thrown away (it stays on the timeline) and the drawer is counted again later."""

    shift_id: int


class ShiftReopened(msgspec.Struct, frozen=True):
    """shift.reopened.v1."""

    shift_id: int


class DrawerLine(msgspec.Struct, frozen=True):
    """One tender of a drawer, in minor units: what came and went, what should be there, and what was counted."""

    method: str
    float_minor: int
    sales: int
    refunds: int
    paid_in: int
    paid_out: int
    expected: int
    counted: int | None = None
    variance: int | None = None
    reason: str = ""


class Totals(msgspec.Struct, frozen=True):
    """What was sold in a shift, in minor units."""

    receipts: int = 0
    gross: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0
    units: int = 0
    first_receipt: str = ""
    last_receipt: str = ""


class Report(msgspec.Struct, frozen=True):
    """An X report (`z_no` is null) or a Z report. Amounts in minor units."""

    shift_no: int
    z_no: int | None
    currency: str
    business_day: int
    opened_at: datetime
    made_at: datetime
    sold: Totals
    refunds: int
    refunded: int
    drawer: tuple[DrawerLine, ...]


class ShiftClosed(msgspec.Struct, frozen=True):
    """shift.closed.v1: the Z report, as it stays."""

    shift_id: int
    report: Report


class Chained(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A receipt's place in its till's chain: its number in it and the hash of the one before ("" for the first of all).

    `offline`: it was rung up without us. `restart`: the till was set up anew and has forgotten what it had not sent.
    """

    seq: Annotated[int, Meta(ge=1, le=10**15)]
    prev_hash: Hash = ""
    offline: bool = False
    restart: bool = False
    catalog: Annotated[str, Meta(max_length=64)] = ""


class Link(msgspec.Struct, frozen=True):
    """A receipt about to be added to a chain, or one that is in it."""

    order_id: int
    store_id: int
    device_id: int
    receipt_no: str
    chain: Chained
    hash: str
    rung_at: datetime
    total: int
    shift_id: int | None


class Noted(msgspec.Struct, frozen=True):
    """Something about a receipt that a person should look at. `sale`: the receipt itself, where it could not be booked."""

    store_id: int
    device_id: int
    kind: Kind
    receipt_no: str
    detail: str
    order_id: int | None = None
    refusal: str = ""
    sale: str | None = None


class RefusedReceipt(msgspec.Struct, frozen=True):
    """A receipt that could not be booked, with everything on it: it is kept until somebody has settled it."""

    store: str
    device: str
    receipt_no: str
    refusal: str
    detail: str
    sale: msgspec.Raw


class RefusalNoted(msgspec.Struct, frozen=True):
    """receipt.refused.v1."""

    receipt_no: str
    refusal: str


class SettleException(msgspec.Struct, frozen=True):
    """Settle an exception: say what was done about it."""

    exception_id: int
    settlement: str


class ExceptionSettled(msgspec.Struct, frozen=True):
    """exception.settled.v1."""

    exception_id: int
    settlement: str
