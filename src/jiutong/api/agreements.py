"""Prices people agree on: proposals and their approval, and negotiations with companies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.prices import SET_REFUSES
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import access, member, pricing
from jiutong.flows import agree_prices as agree
from jiutong.flows.price_rows import SEES_COSTS, SetPrices
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.runner import Call as Order
from jiutong.reads import agreements as reads

AT_ONCE_MAX = 200
ANSWERING = (
    pricing.UNKNOWN_NEGOTIATION,
    pricing.NEGOTIATION_OVER,
    pricing.NEGOTIATION_EXPIRED,
    pricing.NEGOTIATION_MOVED,
    pricing.NOT_YOUR_TURN,
    pricing.NO_SUCH_LINE,
    pricing.OVERLAP,
)
"""What either side may be told when it answers in a negotiation."""
Amount = Annotated[int, msgspec.Meta(ge=0, le=10**12, description="Minor units per the line's `per` base units.")]


class EndedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A price that is to end: when it is approved, or at `at`."""

    price: str
    at: pricing.Instant | None = None


class ProposalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Changes of one list's prices; a draft waits until it is submitted."""

    list: pricing.Code
    prices: Annotated[tuple[pricing.SetPrice, ...], msgspec.Meta(max_length=pricing.ROWS_MAX)] = ()
    rates: Annotated[tuple[pricing.SetRate, ...], msgspec.Meta(max_length=pricing.ROWS_MAX)] = ()
    ends: Annotated[tuple[EndedBody, ...], msgspec.Meta(max_length=pricing.ROWS_MAX)] = ()
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    draft: bool = False


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to become of proposals; a rejection says why."""

    proposals: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=AT_ONCE_MAX)]
    decision: Literal["approve", "reject"]
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class DecidedView(msgspec.Struct, frozen=True):
    """What became of a proposal; where it was refused, why."""

    proposal: str
    status: pricing.ProposalStatus | None
    refused: str = ""
    detail: str = ""


class DecisionsView(msgspec.Struct, frozen=True):
    """What became of each proposal."""

    decided: int
    refused: int
    rows: Sequence[DecidedView]


class ProposalView(msgspec.Struct, frozen=True):
    """A proposal: who made it and when, how many prices it raises and lowers, and what became of it."""

    proposal: str
    list: str
    list_name: str
    currency: str
    note: str
    status: pricing.ProposalStatus
    made_by: str
    made_by_name: str
    made_at: datetime
    decided_by: str | None
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    lines: int
    raised: int
    lowered: int
    mine: bool


class ProposalLineView(msgspec.Struct, frozen=True):
    """A line of a proposal beside what holds now (`before_…`), everybody's price, and the least it may come to (for `per` units, too).

    `cost_minor` is what `cost_per` of the goods cost, `margin_bp` and `before_margin_bp` what the prices leave over it: null where nobody
    knows, or the caller may not (`cost:read`). `ends` names the price that is to hold no longer, instead of a new one.
    """

    line_no: int
    sku: str | None
    title: str
    category: str | None
    ends: str | None
    min_quantity: int
    amount_minor: int
    per: int
    off_bp: int | None
    mix: str
    quota: int | None
    valid_from: datetime | None
    valid_to: datetime | None
    before_minor: int | None
    before_per: int | None
    before_off_bp: int | None
    base_minor: int | None
    base_per: int | None
    floor_minor: int | None
    cost_minor: int | None
    cost_per: int | None
    margin_bp: int | None
    before_margin_bp: int | None


class NegotiationView(msgspec.Struct, frozen=True):
    """A negotiation. `status`: asked (the seller's turn), offered (the buyer's), accepted, declined, withdrawn, expired.

    Sums are of all lines, null while a line has no price: what the buyer asked, what the seller offered, what everybody pays.
    """

    negotiation: str
    company: str
    company_name: str
    channel: str
    currency: str
    title: str
    status: str
    expires_at: datetime
    valid_to: datetime | None
    capped: bool
    opened_by: str
    opened_by_name: str
    opened_at: datetime
    changed_at: datetime
    revision: int
    list: str | None
    lines: int
    asked_minor: int | None
    offered_minor: int | None
    list_minor: int | None


class PriceOf(msgspec.Struct, frozen=True):
    """What was said of a line."""

    line_no: int
    amount_minor: int


class MessageView(msgspec.Struct, frozen=True):
    """What was said, by whom, and the prices it named."""

    message: str
    side: pricing.Side
    act: pricing.Act
    actor: str
    actor_name: str
    at: datetime
    text: str
    prices: Sequence[PriceOf]


class NegotiationLineView(msgspec.Struct, frozen=True):
    """A line of a negotiation: what was asked and offered for `per` base units, everybody's price for that quantity, and the least.

    `cost_minor` and the margins asked and offered prices leave over it are null where nobody knows, or the caller may not (`cost:read`).
    """

    line_no: int
    sku: str
    title: str
    quantity: int
    per: int
    asked_minor: int | None
    offered_minor: int | None
    base_minor: int | None
    base_per: int | None
    floor_minor: int | None
    cost_minor: int | None
    cost_per: int | None
    asked_margin_bp: int | None
    offered_margin_bp: int | None


class NegotiationDetail(msgspec.Struct, frozen=True):
    """A negotiation with its lines and everything that was said."""

    negotiation: NegotiationView
    lines: Sequence[NegotiationLineView]
    messages: Sequence[MessageView]


class PriceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price for a line."""

    line_no: int
    amount_minor: Amount


class MessageBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one side says: `price` names prices for lines, `say` only words, `accept` takes what the other side named, `end` ends it.

    `revision` is the one that was read; without it, whatever it is now. Terms (`expires_at`, `valid_to`, `capped`) change with `price`.
    """

    side: pricing.Side
    act: Literal["price", "say", "accept", "end"]
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    prices: Annotated[tuple[PriceBody, ...], msgspec.Meta(max_length=500)] = ()
    expires_at: pricing.Instant | None = None
    valid_to: pricing.Instant | None = None
    capped: bool | None = None
    revision: int | None = None


@post("/v1/price-proposals", scope="pricing:write", refuses=SET_REFUSES)
async def propose_prices(call: Call, data: JSONBody[ProposalBody]) -> Response[ProposalView]:
    """Propose changes of a list's prices. Somebody else approves them; until then nothing resolves from them."""
    ends = tuple(agree.EndOf(call.ids.read("prc", one.price), one.at) for one in data.ends)
    made = await call.run(agree.propose, agree.Propose(SetPrices(data.list, data.prices, data.rates), ends, data.note, draft=data.draft))
    view = await _proposal(call, made.made_id)
    return call.created(view, f"/v1/price-proposals/{view.proposal}")


@get("/v1/price-proposals", scope="pricing:read")
async def list_proposals(
    call: Call,
    stage: pricing.ProposalStatus | None = None,
    list: str | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[ProposalView]:
    """Proposals, the latest first; of one stage, of one list."""
    async with call.reading() as tx:
        found = await reads.proposals(tx, None, stage, list, read(after, int), limit + 1, costs=call.scope.holds(SEES_COSTS))
    return paged([_shown(call, one) for one in found], limit, [one.proposal_id for one in found])


@get("/v1/price-proposals/{proposal}", scope="pricing:read", refuses=(pricing.UNKNOWN_PROPOSAL,))
async def show_proposal(call: Call, proposal: str) -> ProposalView:
    """A proposal."""
    return await _proposal(call, call.ids.read("ppr", proposal))


@get("/v1/price-proposals/{proposal}/lines", scope="pricing:read")
async def list_proposal_lines(call: Call, proposal: str, after: Cursor = None, limit: Limit = 50) -> Page[ProposalLineView]:
    """The lines of a proposal: before, after, everybody's price, the least it may come to, and the margin it leaves."""
    sees = call.scope.holds(SEES_COSTS)
    async with call.reading() as tx:
        found = await reads.proposal_lines(tx, call.ids.read("ppr", proposal), read(after, int) or 0, limit + 1, costs=sees)
    views = [
        ProposalLineView(
            one.line_no,
            one.sku,
            one.title,
            one.category,
            None if one.ends is None else call.ids.show("prc", one.ends),
            one.min_quantity,
            one.amount_minor,
            one.per,
            one.off_bp,
            one.mix,
            one.quota,
            one.valid_from,
            one.valid_to,
            one.before_minor,
            one.before_per,
            one.before_off_bp,
            one.beside.base_minor,
            one.beside.base_per,
            one.beside.floor_minor,
            one.beside.cost_minor,
            one.beside.cost_per,
            None if one.ends is not None else one.beside.margin_of(one.amount_minor, one.per, one.off_bp),
            one.beside.margin_of(one.before_minor, one.before_per, one.before_off_bp),
        )
        for one in found
    ]
    return paged(views, limit, [one.line_no for one in found])


@post("/v1/price-proposals/decisions", scope="price:approve", status=200, repeatable=False, refuses=(NOT_FOUND,))
async def decide_proposals(call: Call, data: JSONBody[DecisionBody]) -> DecisionsView:
    """Approve or reject proposals; each stands or falls on its own. What is approved begins at once."""
    deciding = pricing.Deciding(data.decision)
    orders = [Order(agree.Decide(call.ids.read("ppr", one), deciding, data.reason), call.scope) for one in data.proposals]
    answers = await call.house.runner.run_all(agree.decide, orders, [None] * len(orders))
    rows = [
        DecidedView(name, None, one.code, f"{one.type.title_zh if call.zh else one.type.title}: {one.detail}")
        if isinstance(one, Problem)
        else DecidedView(name, one.result.status)
        for name, one in zip(data.proposals, answers, strict=True)
    ]
    refused = sum(1 for one in rows if one.status is None)
    return DecisionsView(len(rows) - refused, refused, rows)


@post(
    "/v1/price-proposals/{proposal}/submit",
    scope="pricing:write",
    status=200,
    refuses=(pricing.UNKNOWN_PROPOSAL, pricing.PROPOSAL_DECIDED, pricing.NOT_YOURS),
)
async def submit_proposal(call: Call, proposal: str) -> ProposalView:
    """Submit a draft of one's own for approval."""
    id_ = call.ids.read("ppr", proposal)
    await call.run(agree.decide, agree.Decide(id_, pricing.Deciding.SUBMIT))
    return await _proposal(call, id_)


@post(
    "/v1/price-proposals/{proposal}/withdraw",
    scope="pricing:write",
    status=200,
    refuses=(pricing.UNKNOWN_PROPOSAL, pricing.PROPOSAL_DECIDED, pricing.NOT_YOURS),
)
async def withdraw_proposal(call: Call, proposal: str) -> ProposalView:
    """Take back a proposal of one's own."""
    id_ = call.ids.read("ppr", proposal)
    await call.run(agree.decide, agree.Decide(id_, pricing.Deciding.WITHDRAW))
    return await _proposal(call, id_)


@post(
    "/v1/price-negotiations",
    scope="pricing:write",
    refuses=(member.UNKNOWN_COMPANY, member.COMPANY_BLOCKED, access.UNKNOWN_CHANNEL, pricing.UNKNOWN_SKU, pricing.EMPTY_WINDOW),
)
async def open_negotiation(call: Call, data: JSONBody[agree.OpenNegotiation]) -> Response[NegotiationDetail]:
    """Ask for prices in the name of a company."""
    made = await call.run(agree.open_negotiation, data)
    view = await _negotiation(call, made.made_id)
    return call.created(view, f"/v1/price-negotiations/{view.negotiation.negotiation}")


@get("/v1/price-negotiations", scope="pricing:read")
async def list_negotiations(
    call: Call,
    stage: Literal["asked", "offered", "accepted", "declined", "withdrawn", "expired"] | None = None,
    company: str | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[NegotiationView]:
    """Negotiations, the latest first; of one stage, with one company."""
    async with call.reading() as tx:
        found = await reads.negotiations(tx, None, stage, company, read(after, int), limit + 1)
    return paged([_talk(call, one) for one in found], limit, [one.negotiation_id for one in found])


@get("/v1/price-negotiations/{negotiation}", scope="pricing:read", refuses=(pricing.UNKNOWN_NEGOTIATION,))
async def show_negotiation(call: Call, negotiation: str) -> NegotiationDetail:
    """A negotiation with its lines and everything that was said."""
    return await _negotiation(call, call.ids.read("neg", negotiation))


@post(
    "/v1/price-negotiations/{negotiation}/messages",
    scope="pricing:write",
    status=200,
    refuses=(*ANSWERING, pricing.EMPTY_WINDOW),
)
async def answer_negotiation(call: Call, negotiation: str, data: JSONBody[MessageBody]) -> NegotiationDetail:
    """Answer in a negotiation. With a yes the prices hold at once, in the company's contract."""
    id_ = call.ids.read("neg", negotiation)
    await call.run(
        agree.speak,
        pricing.Said(
            id_,
            data.side,
            data.act,
            call.scope.actor,
            data.text,
            tuple((one.line_no, one.amount_minor) for one in data.prices),
            data.expires_at,
            data.valid_to,
            data.capped,
            data.revision,
        ),
    )
    return await _negotiation(call, id_)


async def _proposal(call: Call, proposal_id: int) -> ProposalView:
    async with call.reading() as tx:
        found = await reads.proposals(tx, [proposal_id], None, None, None, 1, costs=call.scope.holds(SEES_COSTS))
    if not found:
        raise pricing.UNKNOWN_PROPOSAL("no such proposal")
    return _shown(call, found[0])


def _shown(call: Call, one: reads.ProposalRow) -> ProposalView:
    return ProposalView(
        call.ids.show("ppr", one.proposal_id),
        one.list,
        one.list_name,
        one.currency,
        one.note,
        one.status,
        one.made_by,
        one.made_by_name,
        one.made_at,
        one.decided_by,
        one.decided_by_name,
        one.decided_at,
        one.reason,
        one.lines,
        one.raised,
        one.lowered,
        one.made_by == call.scope.actor,
    )


async def _negotiation(call: Call, negotiation_id: int) -> NegotiationDetail:
    async with call.reading() as tx:
        found = await reads.negotiations(tx, [negotiation_id], None, None, None, 1)
        lines = await reads.negotiation_lines(tx, negotiation_id, costs=call.scope.holds(SEES_COSTS))
        said = await reads.messages(tx, negotiation_id)
    if not found:
        raise pricing.UNKNOWN_NEGOTIATION("no such negotiation")
    messages = [
        MessageView(
            call.ids.show("msg", one.message_id),
            one.side,
            one.act,
            one.actor,
            one.actor_name,
            one.at,
            one.text,
            [PriceOf(line_no, amount) for line_no, amount in one.prices],
        )
        for one in said
    ]
    return NegotiationDetail(_talk(call, found[0]), [_line(one) for one in lines], messages)


def _line(one: reads.NegotiationLine) -> NegotiationLineView:
    return NegotiationLineView(
        one.line_no,
        one.sku,
        one.title,
        one.quantity,
        one.per,
        one.asked_minor,
        one.offered_minor,
        one.beside.base_minor,
        one.beside.base_per,
        one.beside.floor_minor,
        one.beside.cost_minor,
        one.beside.cost_per,
        one.beside.margin_of(one.asked_minor, one.per),
        one.beside.margin_of(one.offered_minor, one.per),
    )


def _talk(call: Call, one: reads.NegotiationRow) -> NegotiationView:
    return NegotiationView(
        call.ids.show("neg", one.negotiation_id),
        one.company,
        one.company_name,
        one.channel,
        one.currency,
        one.title,
        one.status,
        one.expires_at,
        one.valid_to,
        one.capped,
        one.opened_by,
        one.opened_by_name,
        one.opened_at,
        one.changed_at,
        one.revision,
        one.list,
        one.lines,
        one.asked_minor,
        one.offered_minor,
        one.list_minor,
    )


ROUTES = [
    propose_prices,
    list_proposals,
    show_proposal,
    list_proposal_lines,
    decide_proposals,
    submit_proposal,
    withdraw_proposal,
    open_negotiation,
    list_negotiations,
    show_negotiation,
    answer_negotiation,
]
