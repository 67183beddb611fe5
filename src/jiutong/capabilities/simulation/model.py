"""The nouns of simulations: the draft that is tried, the past orders it is tried on, and what it would have come to."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

UNKNOWN_SIMULATION = ProblemType("simulation.unknown", 404, "There is no such simulation", "没有这个推演")
NOT_RUNNING = ProblemType("simulation.not_running", 409, "This simulation has ended already", "该推演已结束")
NOTHING_DRAFTED = ProblemType("simulation.nothing_drafted", 422, "There is nothing to try", "没有可推演的草案")
NOT_IN_SAMPLE = ProblemType("simulation.not_in_sample", 404, "This simulation did not look at that order", "该订单不在推演样本中")

KEPT_DAYS = 90
ORDERS_MAX = 200_000
PRICES_MAX = 5_000
STORES_MAX = 500
MOVERS_MAX = 50
DRAFTS_MAX = 10
WHOLE_BP = 10_000

CHANGE_EDGES_BP = (-5000, -2000, -1000, -500, -200, -100, 0, 1, 101, 201, 501, 1001, 2001, 5001)
"""Where the bars of the distribution begin, in basis points of what an order came to: below -50 %, …, just 0, …, above 50 %."""

Code: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]

State: TypeAlias = Literal["running", "done", "canceled"]

Basis: TypeAlias = Literal["as_sold", "now"]
"""`as_sold`: each line costs what it cost, what was taken off stays taken off, and the draft comes on top. `now`: the same baskets at
today's prices and promotions, once without and once with the draft."""


class PastSample(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The past orders to look at: the newest `orders` of a channel, of some of its stores or days if named. Canceled ones are left out."""

    channel: Code
    orders: Annotated[int, Meta(ge=1, le=ORDERS_MAX)] = 1_000
    stores: Annotated[tuple[Code, ...], Meta(max_length=STORES_MAX)] = ()
    placed_from: Instant | None = None
    placed_to: Instant | None = None


class DraftPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A price that might be: `amount_minor` for `per` base units from `min_quantity` on."""

    sku: Code
    amount_minor: Annotated[int, Meta(ge=0, le=10**12)]
    per: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1
    min_quantity: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1


class DraftCoupons(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Coupons in the hands of all members who may have them: of a `batch` that is kept, or as it would be `written`.

    `uptake_bp` is the share of buyers who use theirs, in basis points; they are the same in every simulation.
    """

    batch: Code | None = None
    written: dict[str, Any] | None = None
    uptake_bp: Annotated[int, Meta(ge=1, le=WHOLE_BP)] = WHOLE_BP


class WhatIf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is tried, all of it together.

    Prices in a list that is there, or those of a `proposal`; `promotions` that are kept (`code@version`) and one as it would be saved;
    `coupons`; and terms of `points` as they would be published.
    """

    price_list: Code | None = None
    prices: Annotated[tuple[DraftPrice, ...], Meta(max_length=PRICES_MAX)] = ()
    proposal: Annotated[str, Meta(max_length=40)] | None = None
    promotion: dict[str, Any] | None = None
    promotions: Annotated[tuple[Annotated[str, Meta(min_length=3, max_length=80)], ...], Meta(max_length=DRAFTS_MAX)] = ()
    coupons: Annotated[tuple[DraftCoupons, ...], Meta(max_length=DRAFTS_MAX)] = ()
    points: dict[str, Any] | None = None

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to try."""
        return self == WhatIf(price_list=self.price_list)


class Simulate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A wish to try a draft on past orders."""

    sample: PastSample
    draft: WhatIf
    basis: Basis = "as_sold"
    name: Annotated[str, Meta(max_length=120)] = ""


class SalesSums(msgspec.Struct, frozen=True):
    """What orders come to, in minor units: list amounts, what is taken off, and what the customers owe with tax.

    `cost` is what the goods cost whose cost is known, and `costed` what those came to. `earned` and `burned` are points.
    """

    gross: int = 0
    discount: int = 0
    total: int = 0
    costed: int = 0
    cost: int = 0
    earned: int = 0
    burned: int = 0

    @property
    def net(self) -> int:
        """What is left of the list amounts."""
        return self.gross - self.discount

    @property
    def owed(self) -> tuple[int, int, int]:
        """What an order comes to, whatever it costs and earns."""
        return self.gross, self.discount, self.total

    def plus(self, more: "SalesSums") -> "SalesSums":
        """Both together."""
        return SalesSums(
            self.gross + more.gross,
            self.discount + more.discount,
            self.total + more.total,
            self.costed + more.costed,
            self.cost + more.cost,
            self.earned + more.earned,
            self.burned + more.burned,
        )


class TakenOffBy(msgspec.Struct, frozen=True):
    """What a rule would take off, in minor units, and who would bear it."""

    rule: str
    funder: str
    amount: int


class SimulatedLine(msgspec.Struct, frozen=True):
    """A line before and after, net, in minor units, and what would be taken off it."""

    line_no: int
    sku: str
    quantity: int
    before: int
    after: int
    taken_off: tuple[TakenOffBy, ...] = ()


class Mover(msgspec.Struct, frozen=True):
    """An order that would have come to something else. `taken`: what of the drafts' limits others had used before it, by account."""

    order_id: int
    day: int
    before: int
    after: int
    lines: tuple[SimulatedLine, ...]
    taken: dict[str, int] = {}


class Noted(msgspec.Struct, frozen=True):
    """What a rule said of an order: applied, near (so much short of it), beaten or barred."""

    rule: str
    outcome: str
    why: str
    gap: int = 0
    gap_unit: str = ""


class Used(msgspec.Struct, frozen=True):
    """What an order used of something a draft has so much of (`cap`; 0 no bound).

    `name` is the promotion's rule or the batch of coupons, `kind` uses, member_uses, budget or coupon, `account` where it is counted; `off`
    minor units were taken off by it.
    """

    name: str
    kind: str
    account: str
    amount: int
    cap: int
    off: int


class Replayed(msgspec.Struct, frozen=True):
    """One past order, before and under the draft. `refused`: by which rule it could not be replayed; then nothing else is said.

    `categories`: what its goods came to before and after, by the topmost category. `gifts`: units of them before and after, by SKU.
    `taken`: what of the drafts' limits that concern it others had used before, by account.
    """

    order_id: int
    day: int
    place: int
    level: str = ""
    before: SalesSums = SalesSums()
    after: SalesSums = SalesSums()
    lines: tuple[SimulatedLine, ...] = ()
    categories: tuple[tuple[str, int, int], ...] = ()
    funders_before: tuple[tuple[str, int], ...] = ()
    rules_after: tuple[tuple[str, str, int], ...] = ()
    notes: tuple[Noted, ...] = ()
    gifts: tuple[tuple[str, int, int], ...] = ()
    used: tuple[Used, ...] = ()
    taken: dict[str, int] = {}
    refused: str = ""


class Span(msgspec.Struct):
    """Of some orders together: how many, what they came to before and after, net of what was taken off, and how many rose and fell."""

    orders: int = 0
    before: int = 0
    after: int = 0
    rose: int = 0
    fell: int = 0


class GiftSum(msgspec.Struct):
    """Units of a SKU that were given away, before and after."""

    before: int = 0
    after: int = 0


class Uptake(msgspec.Struct):
    """How much of something a draft has so much of would be used: in all, by day, and on how many orders; `off` it takes off.

    `gone_on` is the day from which less was left than the least an order had used.
    """

    cap: int = 0
    used: int = 0
    off: int = 0
    orders: int = 0
    least: int = 0
    days: dict[str, int] = {}
    gone_on: int = 0


class RuleSum(msgspec.Struct):
    """What a rule would have taken off in all, at whose expense, and on how many orders."""

    amount: int = 0
    orders: int = 0


class NoteCount(msgspec.Struct):
    """How many orders a rule said the same of, and the gaps of those that were near, added up."""

    orders: int = 0
    gap: int = 0


class Tally(msgspec.Struct):
    """What a simulation has found so far. Amounts are minor units; `changes` are orders by size of change (see CHANGE_EDGES_BP).

    `taken` counts what of the drafts' limits is used, by account: the orders come in the order they were placed, so who comes too late
    goes without.
    """

    orders: int = 0
    replayed: int = 0
    touched: int = 0
    refused: dict[str, int] = {}
    before: SalesSums = SalesSums()
    after: SalesSums = SalesSums()
    funders: dict[str, Span] = {}
    rules: dict[str, RuleSum] = {}
    notes: dict[str, NoteCount] = {}
    gifts: dict[str, GiftSum] = {}
    uptake: dict[str, Uptake] = {}
    taken: dict[str, int] = {}
    days: dict[str, Span] = {}
    places: dict[str, Span] = {}
    levels: dict[str, Span] = {}
    categories: dict[str, Span] = {}
    changes: list[int] = msgspec.field(default_factory=lambda: [0] * (len(CHANGE_EDGES_BP) + 1))
    movers: list[Mover] = []


class Progress(msgspec.Struct, frozen=True):
    """What a worker found since the last time: it stood at `seen` orders, comes to `tally`, and goes on after order `reached`."""

    run_id: int
    seen: int
    tally: Tally
    reached: int
    over: bool


class Begun(msgspec.Struct, frozen=True):
    """simulation.started.v1."""

    run_id: int
    name: str


class Ended(msgspec.Struct, frozen=True):
    """simulation.ended.v1; also what a run that goes on says of itself."""

    run_id: int
    state: State
    orders: int
