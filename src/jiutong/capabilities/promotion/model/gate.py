"""Gates: what stands between a buyer and the goods, in immutable versions. What all kinds share, and the facts they are judged by."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong import ledger
from jiutong.capabilities.promotion.model.flash_sale import FlashSale
from jiutong.capabilities.promotion.model.limit import Limit
from jiutong.capabilities.promotion.model.reservation import Reservation
from jiutong.capabilities.promotion.model.restriction import Restriction
from jiutong.kernel.errors import Problem, ProblemType

UNKNOWN_GATE = ProblemType("promotion.unknown_gate", 404, "There is no such rule of sale", "没有这条销售规则")
GATE_INVALID = ProblemType("promotion.gate_invalid", 422, "The rule contradicts itself", "规则设置自相矛盾")
GATE_STATE = ProblemType("promotion.gate_state", 409, "The rule does not stand so that this could be done", "规则当前状态不允许该操作")
GATE_KIND = ProblemType("promotion.gate_kind", 409, "Another kind of rule has that code", "该编码已用于其他规则")
GATE_FIXED = ProblemType(
    "promotion.gate_fixed", 409, "This cannot change any more: somebody has relied on it", "已有人据此下单或报名，不能再更改"
)

GateKind: TypeAlias = Literal["limit", "restriction", "flash_sale", "reservation"]
GateState: TypeAlias = Literal["draft", "published", "ended"]
GateCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$", examples=["nov-wine-cap"])]
GateTerms: TypeAlias = Limit | Restriction | FlashSale | Reservation
GATE_KINDS: dict[GateKind, type[GateTerms]] = {
    "limit": Limit,
    "restriction": Restriction,
    "flash_sale": FlashSale,
    "reservation": Reservation,
}
GATE_EVER = datetime.min.replace(tzinfo=UTC)
GATE_FOREVER = datetime.max.replace(tzinfo=UTC)

SETTLED_AFTER = timedelta(seconds=60)
"""When every transaction that read the version before has ended, and with it whoever opened accounts by it."""


class GateDraft(msgspec.Struct, frozen=True):
    """A draft to be written: it becomes the next version, or takes the place of the draft there is."""

    gate_id: int
    code: str
    kind: GateKind
    what: GateTerms
    channel_ids: tuple[int, ...]
    sku_ids: tuple[int, ...]
    made_by: str


class GateVersion(msgspec.Struct, frozen=True):
    """A version of a gate as it stands. `sku_ids` are those of the SKUs it names, in their order."""

    gate_id: int
    code: str
    kind: GateKind
    version: int
    state: GateState
    what: GateTerms
    channel_ids: frozenset[int] = frozenset()
    sku_ids: tuple[int, ...] = ()
    drawn: bool = False

    @property
    def ends_at(self) -> datetime:
        """Until just before when it stands."""
        what = self.what
        if isinstance(what, FlashSale):
            return what.ends_at
        return what.buy_to if isinstance(what, Reservation) else what.valid_to or GATE_FOREVER

    @property
    def only_ids(self) -> frozenset[int]:
        """The only channels its goods are sold in, if it is a restriction that names some."""
        return self.channel_ids if isinstance(self.what, Restriction) and self.what.channels_only else frozenset()

    @property
    def rule(self) -> str:
        """How claims, adjustments and refusals name it."""
        return f"{self.code}@{self.version}"


class GateChanged(msgspec.Struct, frozen=True):
    """Events gate.put.v1, gate.published.v1, gate.ended.v1."""

    gate_id: int
    code: str
    kind: GateKind
    version: int
    state: GateState
    what: GateTerms


class BuyingLine(msgspec.Struct, frozen=True):
    """A line as gates judge it."""

    line_no: int
    sku: str
    sku_id: int
    quantity: int
    brand: str = ""
    categories: tuple[str, ...] = ()


class Buying(msgspec.Struct, frozen=True):
    """What somebody is about to buy, as gates judge it. `day` is the business day (yyyymmdd) where the channel is."""

    at: datetime
    day: int
    channel_id: int
    lines: tuple[BuyingLine, ...]
    member_id: int | None = None
    company_id: int = 0
    level: str = ""
    groups: tuple[str, ...] = ()
    role: str = ""
    region: str = ""
    play: str = ""


class Holder(msgspec.Struct, frozen=True, order=True):
    """Who holds a certificate: a member or a company."""

    holder: Literal["member", "company"]
    holder_id: int


class Validity(msgspec.Struct, frozen=True):
    """From when until just before when something holds."""

    valid_from: datetime
    valid_to: datetime


class GateFacts(msgspec.Struct, frozen=True):
    """What a batch is told: the gates in force, what the accounts they count in show, and the certificates held."""

    gates: tuple[GateVersion, ...] = ()
    balances: dict[int, ledger.Balance] = {}
    certificates: dict[Holder, dict[str, Validity]] = {}


class Want(msgspec.Struct, frozen=True):
    """Something scarce a line takes: `amount` of an account; `back` is when it is given back, `refusal` what to say if it is gone."""

    line_no: int
    kind: Literal["limit", "quota", "right"]
    gate_id: int
    account: ledger.Account
    amount: int
    back: Literal["units", "never"]
    refusal: Problem


class Remark(msgspec.Struct, frozen=True):
    """What a gate has to say about a basket, whether or not it stops anybody: also what is told beside the goods.

    `left` is how many units may still be taken, `of` of how many; `needs` what would open it, `at` when it does, `until` when it ends.
    """

    kind: GateKind
    rule: str
    name: str
    name_zh: str
    outcome: Literal["applied", "near", "barred"]
    why: str
    lines: tuple[int, ...]
    left: int | None = None
    of: int | None = None
    period: str = ""
    amount: int = 0
    needs: tuple[str, ...] = ()
    reason: str = ""
    reason_zh: str = ""
    at: datetime | None = None
    until: datetime | None = None


class Reduction(msgspec.Struct, frozen=True):
    """Minor units a flash sale takes off a line, and who bears them."""

    line_no: int
    rule: str
    funder: str
    amount: int


class Judgment(msgspec.Struct, frozen=True):
    """What gates come to for one basket."""

    wants: tuple[Want, ...] = ()
    blocks: tuple[Problem, ...] = ()
    remarks: tuple[Remark, ...] = ()
    reductions: tuple[Reduction, ...] = ()


NO_JUDGMENT = Judgment()


class PutCertificate(msgspec.Struct, frozen=True):
    """A certificate as it is to be."""

    holder: Holder
    code: str
    number: str
    valid_from: datetime
    valid_to: datetime
    by: str


class CertificatePut(msgspec.Struct, frozen=True):
    """Event certificate.put.v1: what somebody holds now. Its number stays out of the log."""

    holder: Literal["member", "company"]
    holder_id: int
    certifies: str
    valid_from: datetime
    valid_to: datetime


class CertificateDropped(msgspec.Struct, frozen=True):
    """Event certificate.dropped.v1."""

    holder: Literal["member", "company"]
    holder_id: int
    certifies: str
