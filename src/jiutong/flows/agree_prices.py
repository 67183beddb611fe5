"""Coming to agree on prices: inside the house by proposal and approval, with a company by negotiation."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, catalog, member, pricing
from jiutong.flows.price_rows import Named, SetPrices, names, seen, spans_of
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow

ANSWER_WITHIN = timedelta(days=14)
"""How long a negotiation stays open unless somebody says otherwise."""


class EndOf(msgspec.Struct, frozen=True):
    """A price that is to hold no longer: from the approval on, or from `at`."""

    price_id: int
    at: datetime | None = None


class Propose(msgspec.Struct, frozen=True, omit_defaults=True):
    """Changes of one list's prices, to be approved by somebody else. A draft waits until it is submitted."""

    change: SetPrices
    ends: tuple[EndOf, ...] = ()
    note: str = ""
    draft: bool = False


class Made(msgspec.Struct, frozen=True):
    """What was made."""

    made_id: int


class Decide(msgspec.Struct, frozen=True):
    """What is to become of a proposal."""

    proposal_id: int
    deciding: pricing.Deciding
    reason: str = ""


class WantedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many base units of a SKU, and what the buyer would pay for `per` of them."""

    sku: pricing.Code
    quantity: pricing.Quantity
    per: pricing.Quantity = 1
    amount_minor: pricing.Minor | None = None


class OpenNegotiation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A company asks for prices. They are to hold until `valid_to`, for the asked quantity in all if `capped`."""

    company: pricing.Code
    channel: pricing.Code
    lines: Annotated[tuple[WantedLine, ...], Meta(min_length=1, max_length=500)]
    title: Annotated[str, Meta(max_length=200)] = ""
    text: Annotated[str, Meta(max_length=4000)] = ""
    expires_at: pricing.Instant | None = None
    valid_to: pricing.Instant = pricing.FOREVER
    capped: bool = False


@flow("pricing.propose", gives=Made, statements=6)
async def propose(tx: Tx, calls: Sequence[Call[Propose]]) -> list[Made | Problem]:
    """Propose changes of prices. Nothing resolves from them before they are approved."""
    lists = await pricing.lists(tx, {call.command.change.list for call in calls})
    named = await names(tx, [call.command.change for call in calls])
    outcomes: list[Made | Problem] = []
    proposals: list[pricing.Proposal] = []
    for call in calls:
        told = _proposal(call, lists, named, tx)
        if isinstance(told, Problem):
            outcomes.append(told)
            continue
        proposals.append(told)
        outcomes.append(Made(told.proposal_id))
        facts = pricing.Proposed(told.proposal_id, call.command.change.list, len(told.lines), told.note)
        tx.emit("price.proposed.v1", told.proposal_id, facts, call.scope)
    await pricing.propose(tx, proposals)
    return outcomes


@flow("pricing.decide", gives=pricing.Decided, statements=18, batch_max=32)
async def decide(tx: Tx, calls: Sequence[Call[Decide]]) -> list[pricing.Decided | Problem]:
    """Submit, approve, reject or take back proposals. What is approved begins in the same moment."""
    wishes = [pricing.Decision(call.command.proposal_id, call.command.deciding, call.scope.actor, call.command.reason) for call in calls]
    known = await pricing.proposals(tx, [one.proposal_id for one in wishes])
    skus = await catalog.skus_by_id(tx, [line.sku_id for one in known.values() for line in one.lines if line.sku_id])
    outcomes = await pricing.decide(tx, wishes, known, {sku_id: sku.code for sku_id, sku in skus.items()})
    for call, told in zip(calls, outcomes, strict=True):
        if isinstance(told, pricing.Decided):
            tx.emit(f"price.{told.status}.v1", told.proposal_id, told, call.scope)
    return outcomes


@flow("negotiation.open", gives=Made, statements=8)
async def open_negotiation(tx: Tx, calls: Sequence[Call[OpenNegotiation]]) -> list[Made | Problem]:
    """Let companies ask for prices."""
    companies = await member.companies(tx, {call.command.company for call in calls})
    channels = await access.channels(tx, {call.command.channel for call in calls})
    sku_ids = await catalog.sku_ids(tx, {line.sku for call in calls for line in call.command.lines})
    outcomes: list[Made | Problem] = []
    opened: list[tuple[pricing.Negotiation, pricing.Said]] = []
    for call in calls:
        talk = _negotiation(call, companies, channels, sku_ids, tx)
        if isinstance(talk, Problem):
            outcomes.append(talk)
            continue
        asked = tuple((line.line_no, line.asked) for line in talk.lines if line.asked is not None)
        opened.append((talk, pricing.Said(talk.negotiation_id, "buyer", "price", call.scope.actor, call.command.text, asked)))
        outcomes.append(Made(talk.negotiation_id))
        facts = pricing.NegotiationMoved(talk.negotiation_id, talk.company_id, "buyer", asked, call.command.text)
        tx.emit("negotiation.asked.v1", talk.negotiation_id, facts, call.scope)
    await pricing.open_negotiations(tx, opened)
    return outcomes


@flow("negotiation.speak", gives=Made, statements=20, batch_max=32)
async def speak(tx: Tx, calls: Sequence[Call[pricing.Said]]) -> list[Made | Problem]:
    """Answer in negotiations: words, counter offers by line, an end, or yes - then the prices hold in the company's contract."""
    known = await pricing.negotiations(tx, [call.command.negotiation_id for call in calls])
    companies = await member.company_codes(tx, {talk.company_id for talk in known.values()})
    skus = await catalog.skus_by_id(tx, [line.sku_id for talk in known.values() for line in talk.lines])
    codes = {sku_id: sku.code for sku_id, sku in skus.items()}
    outcomes = await pricing.speak(tx, [call.command for call in calls], known, companies, codes)
    for call, told in zip(calls, outcomes, strict=True):
        if isinstance(told, pricing.Spoken):
            said, talk = call.command, told.negotiation
            facts = pricing.NegotiationMoved(talk.negotiation_id, talk.company_id, said.side, said.prices, said.text)
            tx.emit(f"negotiation.{told.act}.v1", talk.negotiation_id, facts, call.scope)
    return [told if isinstance(told, Problem) else Made(told.negotiation.negotiation_id) for told in outcomes]


def _proposal(call: Call[Propose], lists: Mapping[str, pricing.PriceList], named: Named, tx: Tx) -> pricing.Proposal | Problem:
    wish = call.command
    price_list = seen(wish.change.list, lists, call.scope)
    if isinstance(price_list, Problem):
        return price_list
    spans: list[pricing.PriceSpan] | Problem = []
    if wish.change.prices or wish.change.rates or not wish.ends:
        spans = spans_of(wish.change, lists, named, tx.now, call.scope)
    if isinstance(spans, Problem):
        return spans
    ends = [pricing.EndPrice(one.price_id, one.at or tx.now) for one in wish.ends]
    return pricing.Proposal(
        tx.mint(),
        price_list.list_id,
        wish.note,
        "draft" if wish.draft else "proposed",
        call.scope.actor,
        pricing.proposal_lines(spans, ends, tx.now),
    )


def _negotiation(
    call: Call[OpenNegotiation],
    companies: Mapping[str, member.Company],
    channels: Mapping[str, access.ChannelFacts],
    sku_ids: Mapping[str, int],
    tx: Tx,
) -> pricing.Negotiation | Problem:
    wish = call.command
    company, channel = companies.get(wish.company), channels.get(wish.channel)
    if company is None:
        return member.UNKNOWN_COMPANY(f"no company {wish.company}", pointer="/company")
    if not company.active:
        return member.COMPANY_BLOCKED(f"{wish.company} is blocked", pointer="/company")
    if channel is None:
        return access.UNKNOWN_CHANNEL(f"no channel {wish.channel}", pointer="/channel")
    for place, line in enumerate(wish.lines):
        if line.sku not in sku_ids:
            return pricing.UNKNOWN_SKU(f"no SKU {line.sku}", pointer=f"/lines/{place}/sku")
    expires_at = wish.expires_at or tx.now + ANSWER_WITHIN
    for field, at in (("expires_at", expires_at), ("valid_to", wish.valid_to)):
        if at <= tx.now:
            return pricing.EMPTY_WINDOW("give an instant that is to come", pointer=f"/{field}")
    return pricing.Negotiation(
        tx.mint(),
        company.company_id,
        channel.channel_id,
        channel.currency,
        wish.title,
        "asked",
        expires_at,
        wish.valid_to,
        wish.capped,
        1,
        tuple(
            pricing.NegotiationLine(no, sku_ids[line.sku], line.quantity, line.per, line.amount_minor)
            for no, line in enumerate(wish.lines, 1)
        ),
        call.scope.actor,
    )
