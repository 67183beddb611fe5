"""The nouns of assets: the programme, lots of points, red packets and procurement points, and what orders earn."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

TERMS = ProblemType("asset.terms", 422, "The terms of the programme do not fit together", "积分规则有误")
NO_PROGRAMME = ProblemType("asset.no_programme", 422, "There is no such programme here", "未设置该积分规则")
LOT_WINDOW = ProblemType("asset.lot_window", 422, "It would expire before it could be used", "有效期设置有误")
NOT_ENOUGH = ProblemType("asset.not_enough", 409, "The holder has not that much", "可用余额不足")
CHANGED = ProblemType("asset.changed", 409, "It has been used meanwhile", "资产已被使用")
MONTH_USED_UP = ProblemType("asset.month_used_up", 409, "The limit of this month is used up", "本月额度已用完")
NO_HOLDER = ProblemType("asset.no_holder", 422, "Nobody by that name holds anything here", "持有人不存在")

NO_CARD = ProblemType("asset.no_card", 422, "This card cannot be used", "该卡不可用")
CARD_STATE = ProblemType("asset.card_state", 409, "The card does not allow that now", "该卡当前状态不允许此操作")
CARD_TAKEN = ProblemType("asset.card_taken", 409, "There is a card with that code", "卡号已存在")
CARD_SOLD = ProblemType("asset.card_sold", 422, "A card is sold for money or given by a funder", "礼品卡须售出或由出资方赠送")
UNKNOWN_PLACE = ProblemType("asset.unknown_place", 422, "There is no such channel or store", "渠道或门店不存在")

GIFT_CARD = "gift_card"
"""The method of a tender that is a card."""

CARD_GRACE_DAYS = 30
"""What goes back to a card that has expired may be used for so many days more."""

CardState: TypeAlias = Literal["issued", "active", "blocked", "written_off"]
Kind: TypeAlias = Literal["points", "red_packet", "beans"]
LotState: TypeAlias = Literal["promised", "active", "used", "expired"]

WHOLE_BP = 10_000
RED_PACKET_GRACE_DAYS = 7
"""A red packet that comes back after it has expired may be used for so many days more."""

Whole = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Basis = Annotated[int, Meta(ge=0, le=1_000_000)]
Share = Annotated[int, Meta(ge=0, le=WHOLE_BP)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Funder = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^:]+$")]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """In a currency: `earn_points` for every `earn_minor` minor units paid; `burn_points` are worth `burn_minor`. Zero: not at all."""

    currency: Currency
    earn_points: Whole = 0
    earn_minor: Whole = 0
    burn_points: Whole = 0
    burn_minor: Whole = 0


class PointsTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """By which terms members earn and burn points.

    Multipliers are in basis points (20000 doubles) by level, category and channel code; those that apply multiply each other. What is
    earned is promised for `promised_days`, then usable until `valid_months` after it was earned. At most `share_bp` of what is left to
    pay may be burned, and at least `least` points at once. `breakage_bp` is the share expected never to be used. Points taken back after
    they have been spent are owed (`clawback` debt), or their worth is taken off the refund and only the rest is owed (refund).
    """

    rates: Annotated[tuple[Rate, ...], Meta(min_length=1, max_length=20)]
    levels: dict[Code, Basis] = {}
    categories: dict[Code, Basis] = {}
    channels: dict[Code, Basis] = {}
    promised_days: Annotated[int, Meta(ge=0, le=366)] = 0
    valid_months: Annotated[int, Meta(ge=1, le=120)] = 12
    grace_days: Annotated[int, Meta(ge=0, le=366)] = 7
    share_bp: Share = WHOLE_BP
    least: Whole = 0
    funder: Funder = "points"
    breakage_bp: Share = 0
    clawback: Literal["debt", "refund"] = "debt"


class BeansTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """By which terms buyers burn the procurement points of their company: who may (`roles`; none named: everybody), and how many.

    `order_max` and `month_max` bound one order and one buyer's month; 0 does not. Months are those of the channel's business days.
    """

    rates: Annotated[tuple[Rate, ...], Meta(min_length=1, max_length=20)]
    roles: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    order_max: Whole = 0
    month_max: Whole = 0
    share_bp: Share = WHOLE_BP
    grace_days: Annotated[int, Meta(ge=0, le=366)] = 7
    funder: Funder = "beans"


class Programme(msgspec.Struct, frozen=True):
    """A version of the terms, in force from `valid_from` until the next one's."""

    version: int
    valid_from: datetime
    points: PointsTerms | None = None
    beans: BeansTerms | None = None


class PutProgramme(msgspec.Struct, frozen=True):
    """New terms of points or of procurement points, from an instant on (now when None)."""

    points: PointsTerms | None = None
    beans: BeansTerms | None = None
    valid_from: datetime | None = None

    @property
    def kind(self) -> Kind:
        """What the terms are of."""
        return "beans" if self.points is None else "points"


class ProgrammePut(msgspec.Struct, frozen=True):
    """asset.programme_put.v1: terms are published."""

    kind: Kind
    version: int
    valid_from: datetime


class Holder(msgspec.Struct, frozen=True, order=True):
    """Who holds lots of a kind: a member; of procurement points, a company."""

    kind: Kind
    holder_id: int


class Lot(msgspec.Struct, frozen=True):
    """Something given to a holder. `amount` in points, or minor units of the currency of a red packet."""

    lot_id: int
    kind: Kind
    holder_id: int
    unit: str
    amount: int
    source: str
    source_id: int
    funder: str
    reason: str
    given_by: str
    earned_at: datetime
    active_from: datetime
    expires_at: datetime
    netted: int = 0


class LotFacts(msgspec.Struct, frozen=True, gc=False):
    """A lot as a basket may use it. `free` is what is left of it and not held."""

    lot_id: int
    kind: Kind
    holder_id: int
    unit: str
    funder: str
    reason: str
    active_from: datetime
    usable_until: datetime
    free: int
    held: int


class Wallet(msgspec.Struct, frozen=True):
    """What a holder has of a kind: lots by expiry, then age, and what is owed (points taken back after they had been spent)."""

    lots: tuple[LotFacts, ...] = ()
    owed: int = 0


EMPTY_WALLET = Wallet()


class Burn(msgspec.Struct, frozen=True):
    """What a line takes of a lot: `units` of it, worth `amount` minor units."""

    line_no: int
    lot: LotFacts
    units: int


class Burned(msgspec.Struct, frozen=True):
    """What is burned for a basket: minor units by line, units by line and lot."""

    amounts: tuple[tuple[int, int], ...] = ()  # (line_no, minor units)
    burns: tuple[Burn, ...] = ()

    @property
    def units(self) -> int:
        """Points, or minor units of red packets, in all."""
        return sum(burn.units for burn in self.burns)

    @property
    def units_by_line(self) -> dict[int, int]:
        """Points by line number."""
        units: dict[int, int] = {}
        for burn in self.burns:
            units[burn.line_no] = units.get(burn.line_no, 0) + burn.units
        return units

    @property
    def amount(self) -> int:
        """Minor units taken off in all."""
        return sum(amount for _, amount in self.amounts)


class Offered(msgspec.Struct, frozen=True):
    """What a wallet could give to a basket: `most` units at best, `usable` there are, and the first thing that bounds it ("" nothing)."""

    usable: int
    most: int
    bound: str = ""
    gap: int = 0


class Grant(msgspec.Struct, frozen=True):
    """Something given by hand or by rule: to each holder so much, borne by a funder."""

    kind: Kind
    holders: tuple[int, ...]
    unit: str
    amount: int
    active_from: datetime | None
    expires_at: datetime
    funder: str
    reason: str


class Granted(msgspec.Struct, frozen=True):
    """The lots a grant gave, in the order of its holders."""

    lots: tuple[int, ...]


class LotGiven(msgspec.Struct, frozen=True):
    """asset.granted.v1 and points.earned.v1: a lot was given. `netted` of it went against what the holder owed."""

    lot_id: int
    kind: Kind
    amount: int
    unit: str
    funder: str
    reason: str
    active_from: datetime
    expires_at: datetime
    order_id: int | None = None
    netted: int = 0


class Deduct(msgspec.Struct, frozen=True):
    """Take so much of what a holder can use, first what expires first, and why."""

    kind: Kind
    holder_id: int
    amount: int
    reason: str
    unit: str = "POINT"


class Deducted(msgspec.Struct, frozen=True):
    """asset.deducted.v1: what was taken, lot by lot."""

    kind: Kind
    amount: int
    reason: str
    lots: tuple[tuple[int, int], ...]


class SoldLine(msgspec.Struct, frozen=True):
    """A line as points see it: units bought, units taken back since (canceled or returned), and what it was paid by."""

    line_id: int
    quantity: int
    undone: int
    net: int
    categories: tuple[str, ...] = ()


class SoldOrder(msgspec.Struct, frozen=True):
    """An order as points see it. `earns`: it is paid, so its lines earn."""

    order_id: int
    member_id: int
    currency: str
    channel: str
    level: str
    earns: bool
    lines: tuple[SoldLine, ...]


class Earning(msgspec.Struct, frozen=True):
    """What a line earned, and how much of it was taken back."""

    order_id: int
    line_id: int
    lot_id: int
    quantity: int
    net: int
    points: int
    clawed: int
    version: int


class Clawback(msgspec.Struct, frozen=True):
    """Points taken back of an order: out of lots; had they been spent, `deducted` of them out of the refund, and the rest is owed now.

    `amount` is what the deducted ones are worth in minor units, to the `funder` who had borne them by the terms of the `rule`.
    """

    clawback_id: int
    order_id: int
    holder_id: int
    points: int
    owed: int
    deducted: int = 0
    amount: int = 0
    rule: str = ""
    funder: str = ""


class Refunding(msgspec.Struct, frozen=True):
    """A refund points may be taken off: by which terms, at which rate, and at most how much (minor units)."""

    rule: str
    funder: str
    rate: Rate
    room: int


class ClawedBack(msgspec.Struct, frozen=True, omit_defaults=True):
    """points.clawed_back.v1: `deducted` and `owed` of the points had been spent: the former were taken off the refund."""

    order_id: int
    points: int
    owed: int
    deducted: int = 0


class Reckoned(msgspec.Struct, frozen=True):
    """What an order's points came to just now: earned, and taken back."""

    order_id: int
    earned: int = 0
    clawed: int = 0
    owed: int = 0
    lot: Lot | None = None


class ExpireLots(msgspec.Struct, frozen=True):
    """Lots whose time has come."""

    lots: tuple[int, ...]


class Expired(msgspec.Struct, frozen=True):
    """What was left of them, by lot."""

    lots: tuple[tuple[int, int], ...]


class LotsExpired(msgspec.Struct, frozen=True):
    """asset.expired.v1: what was left of a lot has expired."""

    lot_id: int
    kind: Kind
    amount: int
    unit: str


class NewCard(msgspec.Struct, frozen=True):
    """The secret side of a card to be issued: hashes of its code and PIN, and what one may see of the code."""

    code_hash: bytes
    pin_hash: bytes | None
    ending: str


class IssueCards(msgspec.Struct, frozen=True):
    """Cards of one worth. Sold by a `method` with a payment's reference, or granted by a `funder`; inactive ones are neither yet."""

    cards: tuple[NewCard, ...]
    currency: str
    amount: int
    channel: str
    store: str
    method: str
    reference: str
    funder: str
    reason: str
    expires_at: datetime | None
    member_id: int | None
    active: bool


class ActivateCard(msgspec.Struct, frozen=True):
    """A card printed before becomes worth its face: sold, or granted."""

    card_id: int
    channel: str
    store: str
    method: str
    reference: str
    funder: str


class TopUp(msgspec.Struct, frozen=True):
    """More money on a card that was sold."""

    card_id: int
    amount: int
    channel: str
    store: str
    method: str
    reference: str


class Card(msgspec.Struct, frozen=True):
    """A card as it stands. `left` is what is on it; `place` and `day` name the account of the money owed on it."""

    card_id: int
    pin_hash: bytes | None
    ending: str
    currency: str
    face: int
    state: CardState
    origin: str
    funder: str
    place: int
    day: int
    member_id: int | None
    expires_at: datetime | None
    left: int


class CardWanted(msgspec.Struct, frozen=True):
    """Which card somebody shows: by its code (with its PIN), or as their own by its id."""

    code_hash: bytes = b""
    pin_hash: bytes | None = None
    card_id: int = 0
    member_id: int = 0


class CardSpent(msgspec.Struct, frozen=True):
    """A tender taken off a card."""

    tender_id: int
    order_id: int
    card: Card
    amount: int


class CardRefund(msgspec.Struct, frozen=True):
    """Money of a tender on its way back to its card. `keys` (place, day) are the order's; `shift_id` the drawer it was booked out of."""

    refund_id: int
    order_id: int
    tender_id: int
    currency: str
    amount: int
    keys: dict[str, object]
    shift_id: int | None


class CardsIssued(msgspec.Struct, frozen=True):
    """asset.cards_issued.v1: a batch of cards, and what they are worth together."""

    batch_id: int
    cards: tuple[int, ...]
    currency: str
    amount: int
    origin: str
    active: bool


class CardChanged(msgspec.Struct, frozen=True):
    """asset.card_activated.v1, asset.card_topped_up.v1, asset.card_blocked.v1, asset.card_unblocked.v1, asset.card_written_off.v1."""

    card_id: int
    state: CardState
    amount: int
    reason: str = ""
