"""Freight templates and fees: drafts, versions, what is in force, and what it would cost to send something somewhere."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import access, catalog, fulfillment, pricing
from jiutong.flows import maintain_tariffs as maintain
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import INVALID, Problem
from jiutong.reads import tariffs as reads

InState = Annotated[fulfillment.TariffState | None, QueryParameter(name="state", description="With a version in that state.")]
Words = Annotated[str | None, QueryParameter(name="q", description="Words in code or name.", max_length=100)]
AUTHORS = (
    access.UNKNOWN_SELLER,
    access.UNKNOWN_CHANNEL,
    fulfillment.OTHER_CURRENCY,
    fulfillment.CHANGED,
    pricing.NO_TAX_RATE,
)
FREIGHT_AUTHORS = (
    *AUTHORS,
    fulfillment.REGION_TWICE,
    fulfillment.TWO_RESTS,
    fulfillment.NOWHERE,
    fulfillment.NO_STEP,
    fulfillment.FREE_WITHOUT,
)
FEE_AUTHORS = (*AUTHORS, fulfillment.NOTHING_CHARGED, fulfillment.BOTH_CHARGED)


class TariffView(msgspec.Struct, frozen=True):
    """A freight template with its versions, the latest first."""

    code: str
    versions: Sequence[reads.VersionRow]


class TariffWrittenView(msgspec.Struct, frozen=True):
    """What became of a version."""

    code: str
    version: int
    state: fulfillment.TariffState
    outcome: Literal["created", "changed", "unchanged"]


class ParcelLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something to be sent: a SKU, or what is said of it. Weight and volume are of one base unit; what is said goes before the SKU's."""

    quantity: Annotated[int, Meta(ge=1, le=10**9)] = 1
    sku: catalog.Code | None = None
    amount_minor: Annotated[int, Meta(ge=0, le=10**12)] = 0
    weight_g: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    volume_cm3: Annotated[int, Meta(ge=0, le=10**9)] | None = None


class TryFreight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A parcel and where it goes. With `terms`, by a template that is not saved; else by those of the seller in the channel."""

    lines: Annotated[tuple[ParcelLine, ...], Meta(min_length=1, max_length=100)]
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    region: Annotated[str, Meta(max_length=200)] = ""
    terms: fulfillment.FreightTerms | None = None
    seller: catalog.Code | None = None
    channel: catalog.Code | None = None
    services: Annotated[tuple[fulfillment.TariffCode, ...], Meta(max_length=50)] = ()


class TriedCharge(msgspec.Struct, frozen=True):
    """A line's part of a charge; `payer` is who pays it."""

    line: int
    kind: fulfillment.Kind
    rule: str
    amount_minor: int
    payer: str


class SendingView(msgspec.Struct, frozen=True):
    """What it would cost, line by line, and why. `region` is the place as templates read it; a parcel that cannot go there has no zone."""

    region: str
    zone: str | None
    reachable: bool
    freight_minor: int
    fees_minor: int
    charges: Sequence[TriedCharge]
    notes: Sequence[fulfillment.TariffNote]


@get("/v1/freight-templates", scope="freight:read")
async def list_freight_templates(
    call: Call, in_state: InState = None, seller: str | None = None, words: Words = None, after: Cursor = None, limit: Limit = 50
) -> Page[reads.TariffRow]:
    """Freight templates, by code."""
    return await _page(call, "freight", in_state, seller, words, after, limit)


@get("/v1/freight-templates/{code}", scope="freight:read", refuses=(fulfillment.UNKNOWN_TARIFF,))
async def show_freight_template(call: Call, code: str) -> TariffView:
    """A freight template and its versions."""
    return await _versions(call, "freight", code)


@put("/v1/freight-templates/{code}", scope="freight:write", refuses=FREIGHT_AUTHORS)
async def put_freight_template(call: Call, code: str, data: JSONBody[fulfillment.FreightTerms]) -> TariffWrittenView:
    """Write the draft of a freight template. What is in force stays so until the draft is published."""
    return _written(await call.run(maintain.put_tariff, maintain.PutTariff(_code(code), data)))


@post(
    "/v1/freight-templates/{code}/publish",
    scope="freight:publish",
    status=200,
    refuses=(fulfillment.UNKNOWN_TARIFF, fulfillment.NO_DRAFT, fulfillment.TAKEN),
)
async def publish_freight_template(call: Call, code: str) -> TariffWrittenView:
    """Put the draft in force; the version before it ends. Orders that were placed keep what they were charged."""
    return _written(await call.run(maintain.move_tariff, maintain.MoveTariff("freight", code, "published")))


@post(
    "/v1/freight-templates/{code}/end",
    scope="freight:publish",
    status=200,
    refuses=(fulfillment.UNKNOWN_TARIFF, fulfillment.NOT_IN_FORCE),
)
async def end_freight_template(call: Call, code: str) -> TariffWrittenView:
    """End the version in force: its goods go by the default, or free without one."""
    return _written(await call.run(maintain.move_tariff, maintain.MoveTariff("freight", code, "ended")))


@post(
    "/v1/freight-templates/try",
    scope="freight:read",
    status=200,
    repeatable=False,
    refuses=(catalog.UNKNOWN_SKU, access.UNKNOWN_SELLER, access.UNKNOWN_CHANNEL, fulfillment.UNKNOWN_SERVICE, *FREIGHT_AUTHORS),
)
async def try_freight(call: Call, data: JSONBody[TryFreight]) -> SendingView:
    """What it would cost to send this there, and why: by what is in force, or by terms that are not saved."""
    async with call.reading() as tx:
        facts, seller_id, channel_id, currency = await _tried_by(tx, data)
        lines = await _weighed(tx, data.lines)
    region = fulfillment.region_path(data.country, data.region)
    unknown = fulfillment.unknown_services(facts, seller_id, channel_id, currency, data.services)
    if unknown:
        raise fulfillment.UNKNOWN_SERVICE(f"no service {data.services[unknown[0]]} here", pointer=f"/services/{unknown[0]}")
    sent = fulfillment.freight(lines, facts, seller_id, channel_id, currency, region)
    asked = fulfillment.fees(lines, facts, seller_id, channel_id, currency, data.services)
    template = fulfillment.template_of(lines[0], facts, seller_id, channel_id, currency)
    terms = template.terms if template else None
    zone = fulfillment.zone_for(terms, region) if isinstance(terms, fulfillment.FreightTerms) else None
    return SendingView(
        region,
        zone.name if zone else None,
        not sent.unreachable,
        sum(part.gross for part in sent.parts),
        sum(part.gross for part in asked.parts),
        [TriedCharge(part.line_no, part.kind, part.rule, part.gross, part.payer) for part in (*sent.parts, *asked.parts)],
        (*sent.told, *asked.told),
    )


@get("/v1/fees", scope="freight:read")
async def list_fees(
    call: Call, in_state: InState = None, seller: str | None = None, words: Words = None, after: Cursor = None, limit: Limit = 50
) -> Page[reads.TariffRow]:
    """Fees, by code."""
    return await _page(call, "fee", in_state, seller, words, after, limit)


@get("/v1/fees/{code}", scope="freight:read", refuses=(fulfillment.UNKNOWN_TARIFF,))
async def show_fee(call: Call, code: str) -> TariffView:
    """A fee and its versions."""
    return await _versions(call, "fee", code)


@put("/v1/fees/{code}", scope="freight:write", refuses=FEE_AUTHORS)
async def put_fee(call: Call, code: str, data: JSONBody[fulfillment.FeeTerms]) -> TariffWrittenView:
    """Write the draft of a fee. What is in force stays so until the draft is published."""
    return _written(await call.run(maintain.put_tariff, maintain.PutTariff(_code(code), data)))


@post("/v1/fees/{code}/publish", scope="freight:publish", status=200, refuses=(fulfillment.UNKNOWN_TARIFF, fulfillment.NO_DRAFT))
async def publish_fee(call: Call, code: str) -> TariffWrittenView:
    """Put the draft in force; the version before it ends."""
    return _written(await call.run(maintain.move_tariff, maintain.MoveTariff("fee", code, "published")))


@post("/v1/fees/{code}/end", scope="freight:publish", status=200, refuses=(fulfillment.UNKNOWN_TARIFF, fulfillment.NOT_IN_FORCE))
async def end_fee(call: Call, code: str) -> TariffWrittenView:
    """End the version in force: it is asked no more."""
    return _written(await call.run(maintain.move_tariff, maintain.MoveTariff("fee", code, "ended")))


def _written(told: fulfillment.TariffWritten) -> TariffWrittenView:
    return TariffWrittenView(told.code, told.version, told.state, told.outcome)


def _code(given: str) -> str:
    """The code a path names a tariff by; 422 for one that could not stand before its version (`code@version`)."""
    try:
        return msgspec.convert(given, fulfillment.TariffCode)
    except msgspec.ValidationError as refusal:
        raise INVALID(f"a code has 1 to 64 characters, no spaces and none of / @ : - {refusal}", pointer="/code") from None


async def _page(
    call: Call, kind: fulfillment.Kind, in_state: str | None, seller: str | None, words: str | None, after: str | None, limit: int
) -> Page[reads.TariffRow]:
    async with call.reading() as tx:
        found = await reads.tariffs(tx, kind, in_state, seller, words, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


async def _versions(call: Call, kind: fulfillment.Kind, code: str) -> TariffView:
    async with call.reading() as tx:
        found = await reads.versions(tx, kind, code)
    if not found:
        raise fulfillment.UNKNOWN_TARIFF(f"no {kind} {code!r}")
    return TariffView(code, found)


async def _tried_by(tx: Tx, data: TryFreight) -> tuple[fulfillment.TariffFacts, int, int, str]:
    """The tariffs to try, and whose, where and in what currency."""
    if data.terms is not None:
        wrong = fulfillment.flaw(data.terms)
        if wrong is not None:
            raise Problem(
                wrong.type, wrong.detail, tuple(msgspec.structs.replace(e, pointer=f"/terms{e.pointer}") for e in wrong.errors), {}
            )
        drafted = fulfillment.Tariff(0, "freight", "draft", 0, "published", 0, (fulfillment.EVERYWHERE,), data.terms)
        return fulfillment.tariff_facts([drafted]), 0, fulfillment.EVERYWHERE, data.terms.currency
    seller = (await access.sellers(tx, [data.seller])).get(data.seller) if data.seller else None
    channel = (await access.channels(tx, [data.channel])).get(data.channel) if data.channel else None
    if seller is None:
        raise access.UNKNOWN_SELLER("name the seller, or give terms to try", pointer="/seller")
    if channel is None:
        raise access.UNKNOWN_CHANNEL("name the channel, or give terms to try", pointer="/channel")
    return await fulfillment.tariffs(tx), seller.seller_id, channel.channel_id, channel.currency


async def _weighed(tx: Tx, lines: Sequence[ParcelLine]) -> list[fulfillment.Carried]:
    skus = await catalog.skus(tx, list({line.sku for line in lines if line.sku}))
    weighed: list[fulfillment.Carried] = []
    for no, line in enumerate(lines, 1):
        sku = skus.get(line.sku) if line.sku else None
        if line.sku and sku is None:
            raise catalog.UNKNOWN_SKU(f"no SKU {line.sku}", pointer=f"/lines/{no - 1}/sku")
        attributes = dict(sku.attributes) if sku else {}
        if line.volume_cm3 is not None:
            attributes["volume_cm3"] = line.volume_cm3
        weight = line.weight_g if line.weight_g is not None else sku.weight_g if sku else 0
        unit = sku.base_unit if sku else "piece"
        weighed.append(fulfillment.carried(no, line.quantity, unit, weight, attributes, line.amount_minor))
    return weighed


ROUTES = [
    list_freight_templates,
    try_freight,
    show_freight_template,
    put_freight_template,
    publish_freight_template,
    end_freight_template,
    list_fees,
    show_fee,
    put_fee,
    publish_fee,
    end_fee,
]
