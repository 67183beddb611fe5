"""Proposing prices, and deciding on what others proposed. Nothing resolves from a proposal before it is approved."""

from collections.abc import Mapping, Sequence

from jiutong.capabilities.pricing.model import MOVES, UNKNOWN_PROPOSAL, Decided, Deciding, Decision, EndPrice, PricesSet, Proposal
from jiutong.capabilities.pricing.rules import agreement as rules
from jiutong.capabilities.pricing.store import proposal as store
from jiutong.capabilities.pricing.verbs.price import end_prices, set_prices
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def propose(tx: Tx, proposals: Sequence[Proposal]) -> None:
    """Post. Write proposals, each under its id."""
    if proposals:
        await store.insert(tx, proposals)


async def proposals(tx: Tx, ids: Sequence[int]) -> dict[int, Proposal]:
    """Guard. These proposals, locked until the end; unknown ones are absent."""
    return await store.lock(tx, set(ids)) if ids else {}


async def decide(tx: Tx, wishes: Sequence[Decision], known: Mapping[int, Proposal], codes: Mapping[int, str]) -> list[Decided | Problem]:
    """Guard. Submit, approve, reject or take back proposals that `proposals` has locked; of two decisions the first counts.

    What is approved begins now at the earliest; what it was to end ends. `codes` are the codes of its SKUs, for what is told.
    """
    standing = dict(known)
    outcomes: list[Decided | Problem] = []
    approved: list[Proposal] = []
    written: dict[int, store.Outcome] = {}
    for wish in wishes:
        proposal = standing.get(wish.proposal_id)
        refusal = rules.undecided(wish, proposal)
        if refusal is not None or proposal is None:
            outcomes.append(refusal or UNKNOWN_PROPOSAL("no such proposal"))
            continue
        status = MOVES[wish.deciding][1]
        by = None if wish.deciding is Deciding.SUBMIT else wish.actor
        standing[wish.proposal_id] = rules.moved(proposal, status)
        written[wish.proposal_id] = store.Outcome(wish.proposal_id, status, by, wish.reason.strip())
        outcomes.append(Decided(wish.proposal_id, proposal.list_id, status, proposal.made_by, wish.reason.strip()))
        if status == "approved":
            approved.append(proposal)
    if written:
        await store.decide(tx, [written[id_] for id_ in sorted(written)])
    await _begin(tx, approved, codes)
    return outcomes


async def _begin(tx: Tx, approved: Sequence[Proposal], codes: Mapping[int, str]) -> list[PricesSet]:
    spans = [rules.approved_spans(one, codes, tx.now) for one in approved]
    ends = [EndPrice(line.ends, max(line.valid_to, tx.now)) for one in approved for line in one.lines if line.ends is not None]
    if ends:
        await end_prices(tx, ends, approved=True)
    set_ = [one for one in spans if one]
    return await set_prices(tx, set_) if set_ else []
