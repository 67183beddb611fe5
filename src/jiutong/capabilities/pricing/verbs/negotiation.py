"""Negotiating prices with a company: asked and offered by line, until one side takes what the other named."""

from collections.abc import Mapping, Sequence

from jiutong.capabilities.pricing.model import Negotiation, PriceList, Said, Spoken
from jiutong.capabilities.pricing.rules import agreement as rules
from jiutong.capabilities.pricing.store import negotiation as store
from jiutong.capabilities.pricing.verbs.price import lists, put_lists, set_prices
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def open_negotiations(tx: Tx, talks: Sequence[tuple[Negotiation, Said]]) -> None:
    """Post. Begin negotiations, each with its first message."""
    if talks:
        await store.insert(tx, [talk for talk, _ in talks])
        await store.append(tx, [(said, "asked") for _, said in talks], [tx.mint() for _ in talks])


async def negotiations(tx: Tx, ids: Sequence[int]) -> dict[int, Negotiation]:
    """Guard. These negotiations, locked until the end; unknown ones are absent."""
    return await store.lock(tx, set(ids)) if ids else {}


async def speak(
    tx: Tx, sayings: Sequence[Said], known: Mapping[int, Negotiation], companies: Mapping[int, str], codes: Mapping[int, str]
) -> list[Spoken | Problem]:
    """Guard. Say something in negotiations that `negotiations` has locked, in the order it comes.

    What is accepted becomes prices of the company's contract at once; that list is made where there is none. `companies` and `codes`
    are the codes of companies and SKUs.
    """
    standing = dict(known)
    outcomes: list[Spoken | Problem] = []
    for said in sayings:
        told = rules.spoken(standing.get(said.negotiation_id), said, tx.now)
        if isinstance(told, Spoken):
            standing[said.negotiation_id] = told.negotiation
        outcomes.append(told)
    done = [(said, told.act) for said, told in zip(sayings, outcomes, strict=True) if isinstance(told, Spoken)]
    if not done:
        return outcomes
    agreed = [told.negotiation for told in outcomes if isinstance(told, Spoken) and told.act == "accepted"]
    for talk in await _contracted(tx, agreed, companies, codes):
        standing[talk.negotiation_id] = talk
    changed = sorted({said.negotiation_id for said, _ in done})
    await store.write(tx, [standing[id_] for id_ in changed])
    await store.append(tx, done, [tx.mint() for _ in done])
    return outcomes


async def _contracted(tx: Tx, agreed: Sequence[Negotiation], companies: Mapping[int, str], codes: Mapping[int, str]) -> list[Negotiation]:
    """What was agreed with the list its prices went to."""
    if not agreed:
        return []
    wishes = {talk.negotiation_id: rules.contract_of(talk, companies[talk.company_id]) for talk in agreed}
    ids = await _put(tx, sorted(wishes.values(), key=lambda one: one.code))
    await set_prices(tx, [rules.agreed_spans(talk, ids[wishes[talk.negotiation_id].code], codes, tx.now) for talk in agreed])
    return [rules.agreed_in(talk, ids[wishes[talk.negotiation_id].code]) for talk in agreed]


async def _put(tx: Tx, wishes: Sequence[PriceList]) -> dict[str, int]:
    """The ids of contract lists by their codes, made where there are none."""
    known = await lists(tx, {one.code for one in wishes})
    new = {one.code: one for one in wishes if one.code not in known}
    if new:
        for told in await put_lists(tx, [list(new.values())]):
            if isinstance(told, Problem):
                raise told
        known = await lists(tx, {one.code for one in wishes})
    return {code: one.list_id for code, one in known.items()}
