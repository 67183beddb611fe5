"""Decisions on how prices come to be agreed: what may become of a proposal, and of a negotiation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from jiutong.capabilities.pricing.model import (
    EMPTY_WINDOW,
    FOUR_EYES,
    MOVES,
    NEGOTIATION_EXPIRED,
    NEGOTIATION_MOVED,
    NEGOTIATION_OVER,
    NO_SUCH_LINE,
    NOT_YOUR_TURN,
    NOT_YOURS,
    PROPOSAL_DECIDED,
    REASON_NEEDED,
    UNKNOWN_NEGOTIATION,
    UNKNOWN_PROPOSAL,
    Deciding,
    Decision,
    EndPrice,
    Negotiation,
    NegotiationStatus,
    PriceList,
    PriceSpan,
    Proposal,
    ProposalLine,
    ProposalStatus,
    Said,
    Spoken,
)
from jiutong.kernel.errors import Problem


def proposal_lines(spans: Sequence[PriceSpan], ends: Sequence[EndPrice], now: datetime) -> tuple[ProposalLine, ...]:
    """Prices to be and prices to end as the lines of a proposal; what would begin at once begins when it is approved."""
    return (
        *(
            ProposalLine(
                span.sku_id or None,
                span.category or None,
                None,
                span.min_quantity,
                span.amount,
                span.per,
                span.off_bp,
                span.mix,
                span.quota,
                span.valid_from if span.valid_from > now else None,
                span.valid_to,
            )
            for span in spans
        ),
        *(ProposalLine(None, None, one.price_id, 1, 0, 1, None, "", None, None, one.at) for one in ends),
    )


def approved_spans(proposal: Proposal, codes: Mapping[int, str], now: datetime) -> list[PriceSpan]:
    """The prices of a proposal as they begin: now at the earliest. One whose time has passed meanwhile does not."""
    return [
        PriceSpan(
            proposal.list_id,
            line.sku_id or 0,
            line.min_quantity,
            line.amount,
            line.per,
            max(line.valid_from or now, now),
            line.valid_to,
            sku=codes.get(line.sku_id or 0, ""),
            pointer=f"/lines/{place}",
            off_bp=line.off_bp,
            mix=line.mix,
            quota=line.quota,
            category=line.category or "",
        )
        for place, line in enumerate(proposal.lines)
        if line.ends is None and line.valid_to > now
    ]


def undecided(wish: Decision, proposal: Proposal | None) -> Problem | None:
    """Why somebody cannot do that with a proposal: it is not there, decided already, or theirs (or not theirs) to decide."""
    if proposal is None:
        return UNKNOWN_PROPOSAL("no such proposal")
    if proposal.status not in MOVES[wish.deciding][0]:
        return PROPOSAL_DECIDED(f"it is {proposal.status}", is_now=proposal.status)
    mine = proposal.made_by == wish.actor
    if wish.deciding in {Deciding.APPROVE, Deciding.REJECT} and mine:
        return FOUR_EYES("you proposed it")
    if wish.deciding in {Deciding.SUBMIT, Deciding.WITHDRAW} and not mine:
        return NOT_YOURS("somebody else proposed it")
    if wish.deciding is Deciding.REJECT and not wish.reason.strip():
        return REASON_NEEDED("say why", pointer="/reason")
    return None


def spoken(talk: Negotiation | None, said: Said, now: datetime) -> Spoken | Problem:
    """What a negotiation is after something was said, or why it cannot be said."""
    if talk is None:
        return UNKNOWN_NEGOTIATION("no such negotiation")
    if talk.status not in {"asked", "offered"}:
        return NEGOTIATION_OVER(f"it was {talk.status}", is_now=talk.status)
    if now >= talk.expires_at and not (said.side == "seller" and said.expires_at and said.expires_at > now):
        return NEGOTIATION_EXPIRED("open another one", expired_at=talk.expires_at.isoformat())
    if said.revision is not None and said.revision != talk.revision:
        return NEGOTIATION_MOVED(f"it is at revision {talk.revision}", revision=talk.revision)
    if said.act == "say":
        return Spoken(_moved(talk, talk.status), "said")
    if said.act == "end":
        ended: Literal["withdrawn", "declined"] = "withdrawn" if said.side == "buyer" else "declined"
        return Spoken(_moved(talk, ended), ended)
    return _priced(talk, said, now) if said.act == "price" else _accepted(talk, said)


def _priced(talk: Negotiation, said: Said, now: datetime) -> Spoken | Problem:
    """One side names prices; then it is the other's turn."""
    named = dict(said.prices)
    known = {line.line_no for line in talk.lines}
    for place, (line_no, _) in enumerate(said.prices):
        if line_no not in known:
            return NO_SUCH_LINE(f"there is no line {line_no}", pointer=f"/prices/{place}/line_no")
    for field, at in (("expires_at", said.expires_at), ("valid_to", said.valid_to)):
        if at is not None and at <= now:
            return EMPTY_WINDOW("give an instant that is to come", pointer=f"/{field}")
    field = "asked" if said.side == "buyer" else "offered"
    lines = tuple(msgspec.structs.replace(line, **{field: named[line.line_no]}) if line.line_no in named else line for line in talk.lines)
    status: NegotiationStatus = "asked" if said.side == "buyer" else "offered"
    terms = msgspec.structs.replace(
        talk,
        lines=lines,
        expires_at=said.expires_at or talk.expires_at,
        valid_to=said.valid_to or talk.valid_to,
        capped=talk.capped if said.capped is None else said.capped,
    )
    return Spoken(_moved(terms, status), status)


def _accepted(talk: Negotiation, said: Said) -> Spoken | Problem:
    """One side takes what the other named, for every line."""
    waiting: NegotiationStatus = "offered" if said.side == "buyer" else "asked"
    agreed = [line.offered if said.side == "buyer" else line.asked for line in talk.lines]
    if talk.status != waiting or None in agreed:
        return NOT_YOUR_TURN("not every line has a price of the other side", is_now=talk.status)
    lines = tuple(msgspec.structs.replace(line, offered=amount, asked=amount) for line, amount in zip(talk.lines, agreed, strict=True))
    return Spoken(_moved(msgspec.structs.replace(talk, lines=lines), "accepted"), "accepted")


def _moved(talk: Negotiation, status: NegotiationStatus) -> Negotiation:
    return msgspec.structs.replace(talk, status=status, revision=talk.revision + 1)


def agreed_spans(talk: Negotiation, list_id: int, codes: Mapping[int, str], now: datetime) -> list[PriceSpan]:
    """What was agreed, as contract prices: good for the agreed quantity in all, or from that quantity on."""
    return [
        PriceSpan(
            list_id,
            line.sku_id,
            1 if talk.capped else line.quantity,
            line.offered or 0,
            line.per,
            now,
            talk.valid_to,
            sku=codes.get(line.sku_id, ""),
            pointer=f"/lines/{place}",
            quota=line.quantity if talk.capped else None,
        )
        for place, line in enumerate(talk.lines)
    ]


def contract_of(talk: Negotiation, company: str) -> PriceList:
    """The contract list agreed prices of a company go to: one for each currency."""
    code = f"agreed-{company}-{talk.currency}"[:64]
    return PriceList(code, f"{company} {talk.currency}", "contract", talk.company_id, talk.currency, True)


def agreed_in(talk: Negotiation, list_id: int) -> Negotiation:
    """A negotiation whose prices went to a list."""
    return msgspec.structs.replace(talk, list_id=list_id)


def moved(proposal: Proposal, status: ProposalStatus) -> Proposal:
    """A proposal in its next status."""
    return msgspec.structs.replace(proposal, status=status)
