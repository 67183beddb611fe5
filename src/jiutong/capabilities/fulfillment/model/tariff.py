"""The nouns of freight and fees: a tariff as its author writes it, as it stands, and what it comes to for a basket."""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

UNREACHABLE = ProblemType("freight.unreachable", 409, "It cannot be delivered there", "该地区暂不支持配送")
UNKNOWN_SERVICE = ProblemType("fee.unknown_service", 422, "There is no such service here", "没有这项服务")
UNKNOWN_TARIFF = ProblemType("tariff.unknown", 404, "There is no such tariff", "没有这个资费")
NO_DRAFT = ProblemType("tariff.no_draft", 409, "There is no draft to publish", "没有可发布的草稿")
NOT_IN_FORCE = ProblemType("tariff.not_in_force", 409, "No version of it is in force", "没有生效中的版本")
CHANGED = ProblemType("tariff.changed", 409, "A tariff keeps its seller and currency", "资费的销售主体与币种不可更改")
TAKEN = ProblemType("tariff.default_taken", 409, "This channel has another freight template by default", "该渠道已有默认运费模板")
OTHER_CURRENCY = ProblemType("tariff.other_currency", 422, "The channel trades in another currency", "币种与渠道不符")
REGION_TWICE = ProblemType("freight.region_twice", 422, "A region belongs to one zone", "一个地区只能属于一个运费区域")
TWO_RESTS = ProblemType("freight.two_rests", 422, "Only one zone is everywhere else", "只能有一个“其他地区”")
NOWHERE = ProblemType("freight.nowhere", 422, "Nothing can be delivered anywhere", "没有任何可配送地区")
FREE_WITHOUT = ProblemType("freight.free_without", 422, "Say from when, or where, it is free", "请写明包邮的门槛或地区")
NO_STEP = ProblemType("freight.no_step", 422, "A price for more needs a step", "续件价格需要步长")
NOTHING_CHARGED = ProblemType("fee.nothing_charged", 422, "A fee is an amount or a rate", "费用需要金额或费率")
BOTH_CHARGED = ProblemType("fee.both_charged", 422, "A fee is an amount or a rate, not both", "金额与费率只能选一")

Kind: TypeAlias = Literal["freight", "fee"]
TariffState: TypeAlias = Literal["draft", "published", "ended"]
Measure: TypeAlias = Literal["pieces", "weight", "volume"]
Split: TypeAlias = Literal["pieces", "weight", "volume", "amount"]
TariffCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s/@:\x00-\x1f]+$")]
Place: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
NameZh: TypeAlias = Annotated[str, Meta(max_length=100)]
Minor: TypeAlias = Annotated[int, Meta(ge=0, le=10**12)]
Measured: TypeAlias = Annotated[int, Meta(ge=1, le=10**9)]
Currency: TypeAlias = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Region: TypeAlias = Annotated[str, Meta(min_length=2, max_length=200, pattern=r"^[A-Z]{2}(/[^/\x00-\x1f]+)*$")]

EVERYWHERE = 0
"""The channel id of a default that holds in every channel without one of its own."""


class Zone(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where goods go, at what cost: `first_minor` up to `first` pieces, grams or cm³, and `step_minor` for each `step` begun after it.

    Regions are paths from the country down (`CN/浙江省/杭州市`); a zone without any is everywhere else. Nothing goes to a closed zone.
    """

    name: Name
    name_zh: NameZh = ""
    regions: Annotated[tuple[Region, ...], Meta(max_length=1000)] = ()
    first: Measured = 1
    first_minor: Minor = 0
    step: Annotated[int, Meta(ge=0, le=10**9)] = 0
    step_minor: Minor = 0
    closed: bool = False


class Free(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When the seller asks for no freight: from this amount and this quantity on (both, where both are said), in these regions."""

    from_minor: Minor = 0
    from_pieces: Annotated[int, Meta(ge=0, le=10**9)] = 0
    regions: Annotated[tuple[Region, ...], Meta(max_length=1000)] = ()


class FreightTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="freight"):
    """A freight template: what it counts, its zones, when it is free, how it is split over lines, and whose tax rate it bears.

    `default_in` are the channels whose goods go by it unless their own attributes name another; `default_everywhere` is every channel
    that has no default of its own. `taxed_as` goods: each line's part bears the line's rate; else the seller's rate of that class.
    """

    name: Name
    seller: Place
    currency: Currency
    zones: Annotated[tuple[Zone, ...], Meta(min_length=1, max_length=200)]
    name_zh: NameZh = ""
    by: Measure = "pieces"
    free: Annotated[tuple[Free, ...], Meta(max_length=20)] = ()
    split: Split = "amount"
    tax_class: Annotated[str, Meta(max_length=32)] = ""
    default_in: Annotated[tuple[Place, ...], Meta(max_length=200)] = ()
    default_everywhere: bool = False


class FeeTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="fee"):
    """A fee: an amount per order, line or piece, or a rate of the goods; when it is asked, who pays it, and its own tax class.

    `optional` ones are asked of who chooses them. `below_minor`: only of small orders. `handling`: only for goods that need it (their
    attribute `handling` says so). `payer` buyer, or whoever bears it instead: then it is shown and taken off again.
    """

    name: Name
    seller: Place
    currency: Currency
    name_zh: NameZh = ""
    amount_minor: Minor = 0
    rate_bp: Annotated[int, Meta(ge=0, le=10_000)] = 0
    per: Literal["order", "line", "piece"] = "order"
    optional: bool = False
    channels: Annotated[tuple[Place, ...], Meta(max_length=200)] = ()
    below_minor: Minor = 0
    handling: Annotated[str, Meta(max_length=64)] = ""
    payer: Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^:]+$")] = "buyer"
    split: Split = "amount"
    tax_class: Annotated[str, Meta(max_length=32)] = ""


Terms: TypeAlias = FreightTerms | FeeTerms


class Tariff(msgspec.Struct, frozen=True):
    """A version of a tariff. Once published its terms never change: a change is a new version."""

    tariff_id: int
    kind: Kind
    code: str
    version: int
    state: TariffState
    seller_id: int
    channel_ids: tuple[int, ...]
    terms: Terms

    @property
    def rule(self) -> str:
        """How charges name it: code@version."""
        return f"{self.code}@{self.version}"


class PutTariff(msgspec.Struct, frozen=True):
    """A tariff as it is to be, its seller and channels resolved."""

    code: str
    terms: Terms
    seller_id: int
    channel_ids: tuple[int, ...]


class TariffWritten(msgspec.Struct, frozen=True):
    """tariff.drafted.v1, tariff.published.v1, tariff.ended.v1: which version of what stands where."""

    tariff_id: int
    kind: Kind
    code: str
    version: int
    state: TariffState
    outcome: Literal["created", "changed", "unchanged"] = "changed"


class TariffFacts(msgspec.Struct, frozen=True):
    """Everything in force: freight templates by (seller, code), the default by (seller, channel, currency), fees by seller."""

    templates: dict[tuple[int, str], Tariff]
    defaults: dict[tuple[int, int, str], Tariff]
    fees: dict[int, tuple[Tariff, ...]]


NO_TARIFFS = TariffFacts({}, {}, {})


class Carried(msgspec.Struct, frozen=True):
    """What a line weighs in freight and fees. `amount` is what its goods cost after what was taken off, in minor units."""

    line_no: int
    pieces: int
    weight_g: int
    volume_cm3: int
    amount: int
    template: str = ""
    handling: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """A line's part of a charge, before anything is taken off it. `tax_class` "" is the goods' own."""

    line_no: int
    kind: Kind
    rule: str
    gross: int
    tax_class: str
    payer: str = "buyer"


class TariffNote(msgspec.Struct, frozen=True):
    """Why a tariff came to what it did. `gap` is what is missing to the better outcome, in `gap_unit`."""

    rule: str
    name: str
    name_zh: str
    outcome: Literal["applied", "near", "barred"]
    why: str
    amount: int
    lines: tuple[int, ...]
    gap: int = 0
    gap_unit: Literal["", "minor", "units"] = ""


class Charged(msgspec.Struct, frozen=True):
    """What tariffs come to for a basket: parts by line, why, and the lines that cannot go there."""

    parts: tuple[Part, ...] = ()
    told: tuple[TariffNote, ...] = ()
    unreachable: tuple[int, ...] = ()
