"""The nouns of trade: basket and findings on the way to an order; order, line, price adjustment, payable once placed."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from jiutong import ledger
from jiutong.kernel.errors import Problem, ProblemType

EMPTY = ProblemType("order.empty", 422, "There is nothing to buy", "没有可购买的商品")
MIXED_SELLERS = ProblemType("order.mixed_sellers", 422, "One order buys from one seller", "一个订单只能对应一个销售主体")
MIXED_CURRENCY = ProblemType("order.wrong_currency", 422, "This channel trades in another currency", "币种与渠道不符")
DISCOUNT_FLOOR = ProblemType("order.discount_floor", 422, "The discount goes below what this role may give", "折扣超过允许下限")
TOTAL_MOVED = ProblemType("order.total_moved", 409, "The price has changed since you saw it", "价格已变动")
NOT_YOURS = ProblemType("order.not_found", 404, "There is no such order here", "订单不存在")
NOT_OPEN = ProblemType("order.not_open", 409, "The order can no longer be changed that way", "订单当前状态不允许该操作")
NO_LINE = ProblemType("order.no_such_line", 422, "The order has no such line", "订单行不存在")
TOO_MANY = ProblemType("order.too_many_units", 422, "More units than the line still has", "数量超过可操作数量")
TOO_MUCH = ProblemType("order.too_much", 422, "One order cannot be worth that much", "订单金额超出上限")
TENDERS_DIFFER = ProblemType("order.tenders_differ", 422, "The tenders do not add up to the total", "付款合计与应付不符")
WRONG_COUNTER = ProblemType("order.wrong_counter", 409, "This channel does not sell that way", "该渠道不支持这种下单方式")
NO_SOURCE = ProblemType("order.no_source", 422, "There is no place to take the goods from", "没有可发货地点")
SHORT = ProblemType("order.short", 409, "There is not enough stock", "库存不足")
RECEIPT_TAKEN = ProblemType("order.receipt_taken", 409, "Another sale of this till has that receipt number", "收据号已被使用")
AWAITS = ProblemType("order.awaits", 409, "The order waits for its group", "订单正在等待成团")
WHOLE_ONLY = ProblemType("order.whole_only", 409, "This order is taken back whole, or not at all", "该订单只能整单取消")
AMOUNT_MAX = 10**15


PAYABLE = frozenset({"placed", "paid", "partly_shipped"})
"""The states in which an order takes money."""

EDITABLE = frozenset({"placed", "paid"})
"""The states in which nothing has shipped yet and something still may be changed."""

SELLER = "seller"
"""The funder of what the seller itself gives away."""

STAGES = ("line", "activity", "order", "coupon", "subsidy", "red_packet", "points")
"""In which order things are taken off: each stage works on what the ones before left."""


class BasketLine(msgspec.Struct, frozen=True):
    """What somebody wants of one SKU. `given` amounts come from a till's receipt and are facts, not wishes."""

    line_id: int
    line_no: int
    sku: str
    quantity: int
    given_gross: int | None = None
    adjustments: tuple["GivenAdjustment", ...] = ()


class GivenAdjustment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount somebody takes off by hand or by receipt: minor units off the line (or basket), why, and who bears it."""

    amount_minor: int
    reason: str
    funder: str = "seller"


class Basket(msgspec.Struct, frozen=True):
    """One wish to buy, with who, where and when resolved."""

    order_id: int
    scene: str
    channel_id: int
    store_id: int
    currency: str
    at: datetime
    business_day: int
    lines: tuple[BasketLine, ...]
    adjustments: tuple[GivenAdjustment, ...] = ()
    member_id: int | None = None
    contact: str | None = None
    device_id: int | None = None
    receipt_no: str | None = None
    may_discount_any: bool = False
    play: str = ""
    """The code of the activity, or of a group of one, that the buyer entered through."""

    region: str = ""
    """Where it is bought for, as price lists and tariffs name regions: US/CA."""

    company: str = ""
    """The code of the company it is bought for."""

    coupons: tuple[str, ...] | None = None
    """Codes of the coupons to be used; None: the best of those in hand."""

    points: int = 0
    """At most so many points are burned,"""

    beans: int = 0
    """so many procurement points,"""

    red_packet_minor: int = 0
    """and so much of red packets."""

    services: tuple[str, ...] = ()
    """Codes of the services chosen with it: gift wrap, installation."""


class LinePrice(msgspec.Struct, frozen=True):
    """The price a line is sold by: a price row, or the amount given by a receipt."""

    price_id: int | None
    source: str
    unit_price: int
    per: int
    gross: int
    floor: int = 0
    """The least the whole line may come to; 0 for none."""


class Adjustment(msgspec.Struct, frozen=True):
    """Minor units taken off one line at one stage by one rule, borne by one funder."""

    line_no: int
    stage: str
    rule: str
    funder: str
    amount: int


class LineTax(msgspec.Struct, frozen=True):
    """Tax of a line: rate in basis points, amount, and whether it comes on top of the net amount."""

    rate_bp: int
    amount: int
    on_top: bool


class Offer(msgspec.Struct, frozen=True):
    """The listing a line is sold under."""

    sku_id: int
    listing_id: int
    seller_id: int
    owner_id: int
    tax_class: str


class Due(msgspec.Struct, frozen=True):
    """An amount the customer owes, and until when; None: no deadline. Not to be paid before `opens_at`.

    `kept`: until when the seller keeps it if the buyer withdraws ("until_paid": everything is, "until_shipped"; "" never).
    """

    amount: int
    due_at: datetime | None
    opens_at: datetime | None = None
    kept: str = ""


class Claim(msgspec.Struct, frozen=True):
    """A wish for something scarce besides the goods: so much of an account, and the refusal if it cannot bear that.

    `line_no` 0: for the whole order. `back`: what gives it back - "units" (canceled and returned), "unshipped" (canceled only),
    "cancel" (only when all of the order is), "never".
    """

    claim_id: int
    line_no: int
    kind: str
    subject_id: int
    account: ledger.Account
    to: ledger.Account
    amount: int
    back: str
    refusal: Problem


class PlacedClaim(msgspec.Struct, frozen=True):
    """A claim of an order as it stands: held until `used`; `given_back` of it came back. `line_id` 0: for the whole order."""

    order_id: int
    claim_id: int
    line_id: int
    kind: str
    subject_id: int
    account: ledger.Account
    to: ledger.Account
    amount: int
    back: str
    used: bool
    given_back: int

    @property
    def left(self) -> int:
        """What of it has not come back."""
        return self.amount - self.given_back


class Charge(msgspec.Struct, frozen=True):
    """One line's part of freight or a fee, in minor units: `gross` by the tariff `rule`, `off` of it borne by `off_funder`.

    Where several bear what is taken off, each has a part of its own; what is left to be paid is in the first.
    `payable` is what the customer owes of it: gross - off, and the tax where it comes on top.
    """

    line_no: int
    kind: str
    rule: str
    gross: int
    off: int
    off_rule: str
    off_funder: str
    tax_bp: int
    tax: int
    payable: int


class FreightOff(msgspec.Struct, frozen=True):
    """A promise that the freight, or at most `max_minor` of it, is taken off by a rule, and who bears it in basis points."""

    rule: str
    funders: tuple[tuple[str, int], ...]
    max_minor: int | None = None


class Note(msgspec.Struct, frozen=True):
    """What became of one rule, and why: the one form in which everything explains itself.

    `outcome`: applied, near (`gap` minor units or units are missing), beaten (`by` another rule), barred. `why` is a stable code.
    `amount`: what it takes off, in minor units; `funders`: who bears how much of it.
    """

    stage: str
    rule: str
    name: str
    name_zh: str
    outcome: Literal["applied", "near", "beaten", "barred"]
    why: str = ""
    amount: int = 0
    gap: int = 0
    gap_unit: Literal["", "minor", "units"] = ""
    by: str = ""
    lines: tuple[int, ...] = ()
    funders: tuple[tuple[str, int], ...] = ()


class Sitting(msgspec.Struct, frozen=True):
    """An order's place in something several orders share (a group of buyers): what it counts for there."""

    group_id: int
    counts: int
    order_id: int = 0


class Findings(msgspec.Struct, frozen=True):
    """What the steps have found so far, by line number. Nothing is changed; findings are added."""

    offers: dict[int, Offer] = {}
    prices: dict[int, LinePrice] = {}
    adjustments: tuple[Adjustment, ...] = ()
    taxes: dict[int, LineTax] = {}
    sources: dict[int, Any] = {}
    dues: tuple[Due, ...] = ()
    blocks: tuple[Problem, ...] = ()
    play: str = ""
    awaits: str = ""
    place: Sitting | None = None
    claims: tuple[Claim, ...] = ()
    charges: tuple[Charge, ...] = ()
    freight_off: tuple[FreightOff, ...] = ()
    notes: tuple[Note, ...] = ()

    def and_also(self, more: "Findings") -> "Findings":
        """These findings and those of the next step."""
        if more is NOTHING:  # most steps find nothing in most baskets
            return self
        return Findings(
            self.offers | more.offers if more.offers else self.offers,
            self.prices | more.prices if more.prices else self.prices,
            self.adjustments + more.adjustments,
            self.taxes | more.taxes if more.taxes else self.taxes,
            self.sources | more.sources if more.sources else self.sources,
            self.dues + more.dues,
            self.blocks + more.blocks,
            more.play or self.play,
            more.awaits or self.awaits,
            more.place or self.place,
            self.claims + more.claims,
            self.charges + more.charges,
            self.freight_off + more.freight_off,
            self.notes + more.notes,
        )


NOTHING = Findings()


class LineDraft(msgspec.Struct, frozen=True):
    """A line ready to be written; everything later rooms need is frozen here, so nobody walks back."""

    line_id: int
    line_no: int
    sku_id: int
    listing_id: int
    owner_id: int
    location_id: int
    tax_class: str
    tax_bp: int
    price_id: int | None
    price_source: str
    unit_price: int
    price_per: int
    quantity: int
    gross: int
    discount: int
    tax: int
    payable: int
    charged: int = 0


class OrderDraft(msgspec.Struct, frozen=True):
    """An order ready to be written: the fold of a basket."""

    order_id: int
    scene: str
    plan_version: str
    channel_id: int
    store_id: int
    seller_id: int
    member_id: int | None
    currency: str
    business_day: int
    placed_at: datetime
    gross: int
    discount: int
    tax: int
    total: int
    units: int
    lines: tuple[LineDraft, ...]
    adjustments: tuple[Adjustment, ...]
    dues: tuple[Due, ...]
    contact: str | None = None
    device_id: int | None = None
    receipt_no: str | None = None
    shift_id: int | None = None
    play: str = ""
    awaits: str = ""
    place: Sitting | None = None
    claims: tuple[Claim, ...] = ()
    charges: tuple[Charge, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def charged(self) -> int:
        """Freight and fees, with their tax."""
        return sum(line.charged for line in self.lines)


class Order(msgspec.Struct, frozen=True):
    """An order as it stands."""

    order_id: int
    scene: str
    channel_id: int
    store_id: int
    seller_id: int
    member_id: int | None
    currency: str
    business_day: int
    device_id: int | None
    gross: int
    discount: int
    tax: int
    total: int
    paid: int
    refunded: int
    canceled: int
    returned: int
    units: int
    units_shipped: int
    units_canceled: int
    units_returned: int
    revision: int
    status: str
    play: str = ""
    """The activity it came through (code@version), or nothing."""

    awaits: str = ""
    """What it waits for besides its money before it ships: its group, or nothing."""

    @property
    def place(self) -> int:
        """Where it was sold, as the ledger's accounts name it: the store, or the channel without one."""
        return self.store_id or self.channel_id

    @property
    def owed(self) -> int:
        """What is still to be paid."""
        return max(self.total - self.canceled - self.paid, 0)

    @property
    def due(self) -> int:
        """What may still be paid: nothing once it is closed."""
        return self.owed if self.status in PAYABLE else 0


class ShiftSales(msgspec.Struct, frozen=True):
    """What was rung up in a shift, in minor units."""

    receipts: int
    gross: int
    discount: int
    tax: int
    total: int
    units: int
    first_receipt: str
    last_receipt: str


class Line(msgspec.Struct, frozen=True):
    """A line as it stands, with what was taken off it."""

    order_id: int
    line_id: int
    line_no: int
    sku_id: int
    owner_id: int
    location_id: int
    quantity: int
    gross: int
    discount: int
    tax: int
    payable: int
    shipped: int
    canceled: int
    returned: int
    adjustments: tuple[Adjustment, ...] = ()
    charged: int = 0
    charges: tuple[Charge, ...] = ()

    @property
    def open(self) -> int:
        """Units neither shipped nor canceled."""
        return self.quantity - self.shipped - self.canceled

    @property
    def sold(self) -> int:
        """Units that are with the buyer."""
        return self.shipped - self.returned


class Units(msgspec.Struct, frozen=True):
    """So many units of a line of an order."""

    order_id: int
    line_id: int
    quantity: int


class Share(msgspec.Struct, frozen=True):
    """What some units of a line carry, in minor units. `gross` = `net` + all adjustments; tax is contained or on top.

    `payable` holds their part of the charges too.
    """

    net: int
    tax: int
    payable: int
    adjustments: tuple[Adjustment, ...]
    charges: tuple[Charge, ...] = ()

    @property
    def gross(self) -> int:
        """The list amount of these units."""
        return self.net + sum(a.amount for a in self.adjustments)


class Reversal(msgspec.Struct, frozen=True):
    """What some units of one line undo, in minor units: the list amount, everybody's part of it, the tax, and the customer's part."""

    line_no: int
    quantity: int
    gross: int
    adjustments: tuple[Adjustment, ...]
    tax: int
    amount: int
    charges: tuple[Charge, ...] = ()


class Leg(msgspec.Struct, frozen=True):
    """A payable of an order as it stands. `kept`: until when the seller keeps what was paid of it if the buyer withdraws."""

    order_id: int
    payable_no: int
    amount: int
    paid: int
    due_at: datetime | None
    opens_at: datetime | None
    kept: str

    @property
    def owed(self) -> int:
        """What is still to be paid of it."""
        return self.amount - self.paid


class Stay(msgspec.Struct, frozen=True):
    """The units of a line that are left to the buyer once others have come back, and what they carry."""

    line: Line
    units: int
    share: Share

    def left_before(self, stage: str) -> int:
        """What was left of them as a stage began, in minor units."""
        return self.share.net + sum(a.amount for a in self.share.adjustments if STAGES.index(a.stage) >= STAGES.index(stage))

    def taken_off_by(self, rule: str) -> int:
        """What they still carry of a rule, in minor units."""
        return sum(a.amount for a in self.share.adjustments if a.rule == rule)


class Withheld(msgspec.Struct, frozen=True):
    """What of a refund does not go back; below zero: what did not go back earlier does now.

    `kind`: requalify (the units that stay would not have had that discount alone), points (what came back had earned points that are
    spent). The `funder` has `amount` of it again, the state `tax`; `payable` is what the buyer gets less. `line_no` 0: for the order.
    """

    order_id: int
    cause_id: int
    line_no: int
    kind: Literal["requalify", "points"]
    rule: str
    funder: str
    amount: int
    tax: int
    payable: int


class MarkDown(msgspec.Struct, frozen=True):
    """A line, not touched since it was placed, that costs less than it was placed at: what more is taken off, by whom it is borne."""

    line: Line
    adjustments: tuple[Adjustment, ...]


class OrderPlaced(msgspec.Struct, frozen=True, omit_defaults=True):
    """order.placed.v1 and sale.rung.v1."""

    order_id: int
    scene: str
    channel_id: int
    store_id: int
    member_id: int | None
    currency: str
    total: int
    lines: tuple[tuple[int, int, int], ...]  # (sku_id, quantity, payable)
    earns: bool = False
    """Whether whoever bought earns something by it: a member, while there are terms of points."""


class OrderChanged(msgspec.Struct, frozen=True):
    """order.paid.v1, order.canceled.v1, order.expired.v1, order.shipped.v1, order.edited.v1, order.returned.v1."""

    order_id: int
    amount: int = 0
    units: tuple[tuple[int, int], ...] = ()  # (line_id, quantity)
    reason: str = ""


class OrderCommented(msgspec.Struct, frozen=True):
    """order.commented.v1: what a person wrote on the timeline."""

    order_id: int
    text: str
