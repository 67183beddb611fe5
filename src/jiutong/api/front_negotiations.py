"""Negotiating prices in the shop: whoever buys for a company asks, counters, and takes what is offered. What is agreed is its contract."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response
from msgspec import Meta

from jiutong.api.agreements import ANSWERING, Amount, PriceBody, PriceOf
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.entrance import ENTERING, Visit, entered, limits
from jiutong.api.front_goods import BUYING_FOR
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import member, pricing
from jiutong.flows import agree_prices as agree
from jiutong.flows.words import Code
from jiutong.reads import agreements as reads
from jiutong.reads import storefronts

TALKS = "/v1/shop/{tenant}/{channel}/negotiations"
OWN = f"{TALKS}/{{negotiation}}"


class FrontWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many base units of a SKU, and what would be paid for `per` of them, if a price is named."""

    sku: Code
    quantity: pricing.Quantity
    per: pricing.Quantity = 1
    amount_minor: Amount | None = None


class FrontAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Prices asked for. Agreed ones hold for every order of at least that much or, if `capped`, for that much in all."""

    lines: Annotated[tuple[FrontWanted, ...], Meta(min_length=1, max_length=100)]
    title: Annotated[str, Meta(max_length=200)] = ""
    text: Annotated[str, Meta(max_length=4000)] = ""
    valid_to: pricing.Instant = pricing.FOREVER
    capped: bool = False


class FrontSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the buyer says: `price` names other prices, `say` only words, `accept` takes what the shop offered, `end` asks no longer.

    `revision` is the one that was read: what somebody said meanwhile is read first.
    """

    act: Literal["price", "say", "accept", "end"]
    revision: int
    text: Annotated[str, Meta(max_length=4000)] = ""
    prices: Annotated[tuple[PriceBody, ...], Meta(max_length=100)] = ()


class FrontTalk(msgspec.Struct, frozen=True):
    """A negotiation. `status`: asked (the shop's turn), offered (the buyer's), accepted, declined, withdrawn, expired.

    Sums are of all lines, null while one has no price: what the buyer asked, what the shop offers, what everybody pays.
    """

    id: str
    title: str
    status: str
    currency: str
    expires_at: datetime
    valid_to: datetime | None
    capped: bool
    opened_at: datetime
    changed_at: datetime
    revision: int
    lines: int
    asked_minor: int | None
    offered_minor: int | None
    list_minor: int | None


class FrontTalkLine(msgspec.Struct, frozen=True):
    """A line: what was asked and offered last for `per` base units, and what everybody pays for `usual_per` in that quantity."""

    line_no: int
    sku: str
    product: str | None
    title: str
    quantity: int
    per: int
    asked_minor: int | None
    offered_minor: int | None
    usual_minor: int | None
    usual_per: int | None


class FrontMessage(msgspec.Struct, frozen=True):
    """What was said. `by` names a colleague; the shop speaks as the shop."""

    side: pricing.Side
    act: pricing.Act
    by: str
    at: datetime
    text: str
    prices: Sequence[PriceOf]


class FrontNegotiation(msgspec.Struct, frozen=True):
    """A negotiation with its lines and everything that was said."""

    talk: FrontTalk
    lines: Sequence[FrontTalkLine]
    messages: Sequence[FrontMessage]


@get(TALKS, scope=None, refuses=(*ENTERING, *BUYING_FOR))
async def list_front_negotiations(call: Call, tenant: str, channel: str, after: Cursor = None, limit: Limit = 20) -> Page[FrontTalk]:
    """What the company one buys for negotiates here, the latest first."""
    async with entered(call, tenant, channel) as at:
        company = await _company(at)
        found = await reads.negotiations(at.tx, None, None, company, read(after, int), limit + 1, channel=channel)
    return paged([_talk(call, one) for one in found], limit, [one.negotiation_id for one in found])


@post(TALKS, scope=None, refuses=(*ENTERING, *BUYING_FOR, pricing.UNKNOWN_SKU, pricing.EMPTY_WINDOW))
async def ask_for_prices(call: Call, tenant: str, channel: str, data: JSONBody[FrontAsk]) -> Response[FrontNegotiation]:
    """Ask the shop for prices, in the name of the company one buys for."""
    async with entered(call, tenant, channel) as at:
        company = await _company(at)
    limits(call).orders.take(call.client)
    lines = tuple(agree.WantedLine(one.sku, one.quantity, one.per, one.amount_minor) for one in data.lines)
    wish = agree.OpenNegotiation(company, channel, lines, data.title, data.text, valid_to=data.valid_to, capped=data.capped)
    made = await call.run(agree.open_negotiation, wish)
    async with entered(call, tenant, channel) as at:
        view = await _view(call, at, made.made_id)
    return call.created(view, f"/v1/shop/{tenant}/{channel}/negotiations/{view.talk.id}")


@get(OWN, scope=None, refuses=(*ENTERING, *BUYING_FOR, pricing.UNKNOWN_NEGOTIATION))
async def show_front_negotiation(call: Call, tenant: str, channel: str, negotiation: str) -> FrontNegotiation:
    """A negotiation of the company one buys for, with everything that was said."""
    async with entered(call, tenant, channel) as at:
        return await _view(call, at, call.ids.read("neg", negotiation))


@post(
    f"{OWN}/messages",
    scope=None,
    status=200,
    refuses=(*ENTERING, *BUYING_FOR, *ANSWERING),
)
async def answer_as_buyer(call: Call, tenant: str, channel: str, negotiation: str, data: JSONBody[FrontSaid]) -> FrontNegotiation:
    """Answer the shop. What is taken holds at once, in the company's contract."""
    id_ = call.ids.read("neg", negotiation)
    async with entered(call, tenant, channel) as at:
        await _own(at, id_)
    prices = tuple((one.line_no, one.amount_minor) for one in data.prices)
    await call.run(agree.speak, pricing.Said(id_, "buyer", data.act, call.scope.actor, data.text, prices, revision=data.revision))
    async with entered(call, tenant, channel) as at:
        return await _view(call, at, id_)


async def _company(at: Visit) -> str:
    """The company whoever is signed in has named, if they buy for it."""
    me = at.member().member_id
    hired = (await member.buyers(at.tx, {me}, ()))[me].employment(at.company)
    if hired is None:
        raise member.NOT_A_BUYER("name a company you buy for: X-Company", pointer="/company")
    if not hired.active:
        raise member.COMPANY_BLOCKED(f"{at.company} is blocked", pointer="/company")
    return hired.code


async def _own(at: Visit, negotiation_id: int) -> reads.NegotiationRow:
    """A negotiation of the company one buys for, in this shop; what is somebody else's is not there."""
    company = await _company(at)
    found = await reads.negotiations(at.tx, [negotiation_id], None, company, None, 1, channel=at.channel)
    if not found:
        raise pricing.UNKNOWN_NEGOTIATION("no such negotiation")
    return found[0]


async def _view(call: Call, at: Visit, negotiation_id: int) -> FrontNegotiation:
    talk = await _own(at, negotiation_id)
    lines = await reads.negotiation_lines(at.tx, negotiation_id, costs=False)
    said = await reads.messages(at.tx, negotiation_id)
    of_sku = await storefronts.products_of(at.tx, {line.sku for line in lines})
    return FrontNegotiation(
        _talk(call, talk),
        [
            FrontTalkLine(
                line.line_no,
                line.sku,
                of_sku.get(line.sku),
                line.title,
                line.quantity,
                line.per,
                line.asked_minor,
                line.offered_minor,
                line.beside.base_minor,
                line.beside.base_per,
            )
            for line in lines
        ],
        [
            FrontMessage(
                one.side,
                one.act,
                one.actor_name if one.side == "buyer" else "",
                one.at,
                one.text,
                [PriceOf(line_no, amount) for line_no, amount in one.prices],
            )
            for one in said
        ],
    )


def _talk(call: Call, one: reads.NegotiationRow) -> FrontTalk:
    return FrontTalk(
        call.ids.show("neg", one.negotiation_id),
        one.title,
        one.status,
        one.currency,
        one.expires_at,
        one.valid_to,
        one.capped,
        one.opened_at,
        one.changed_at,
        one.revision,
        one.lines,
        one.asked_minor,
        one.offered_minor,
        one.list_minor,
    )


ROUTES = [list_front_negotiations, ask_for_prices, show_front_negotiation, answer_as_buyer]
