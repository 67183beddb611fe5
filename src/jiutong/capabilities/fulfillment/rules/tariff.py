"""Decisions about tariffs themselves: what an author may write, which version follows, and who is whose default."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from jiutong.capabilities.fulfillment.model.tariff import (
    BOTH_CHARGED,
    CHANGED,
    FREE_WITHOUT,
    NO_DRAFT,
    NO_STEP,
    NOT_IN_FORCE,
    NOTHING_CHARGED,
    NOWHERE,
    REGION_TWICE,
    TAKEN,
    TWO_RESTS,
    UNKNOWN_TARIFF,
    FeeTerms,
    FreightTerms,
    Kind,
    PutTariff,
    Tariff,
    TariffFacts,
    TariffWritten,
    Terms,
)
from jiutong.kernel.errors import Problem

Versions = dict[tuple[str, str], list[Tariff]]
"""All versions by (kind, code), the latest last."""


def kind_of(terms: Terms) -> Kind:
    """Freight or fee."""
    return "freight" if isinstance(terms, FreightTerms) else "fee"


def flaw(terms: Terms) -> Problem | None:
    """What is wrong with terms, with the pointer to it; None for terms that can be published."""
    return _freight_flaw(terms) if isinstance(terms, FreightTerms) else _fee_flaw(terms)


def _freight_flaw(terms: FreightTerms) -> Problem | None:
    seen: dict[str, int] = {}
    rest: int | None = None
    for i, zone in enumerate(terms.zones):
        for j, region in enumerate(zone.regions):
            if region.casefold() in seen:
                where = terms.zones[seen[region.casefold()]].name
                return REGION_TWICE(f"{region} is in {where} already", pointer=f"/zones/{i}/regions/{j}", region=region)
            seen[region.casefold()] = i
        if not zone.regions:
            if rest is not None:
                return TWO_RESTS(f"{terms.zones[rest].name} is everywhere else already", pointer=f"/zones/{i}/regions")
            rest = i
        if zone.step_minor and not zone.step:
            return NO_STEP("say for how much more this is asked", pointer=f"/zones/{i}/step")
    if all(zone.closed for zone in terms.zones):
        return NOWHERE("open at least one zone", pointer="/zones")
    for i, rule in enumerate(terms.free):
        if not (rule.from_minor or rule.from_pieces or rule.regions):
            return FREE_WITHOUT("a rule without conditions makes everything free: price the zones at nothing instead", pointer=f"/free/{i}")
    return None


def _fee_flaw(terms: FeeTerms) -> Problem | None:
    if terms.amount_minor and terms.rate_bp:
        return BOTH_CHARGED("leave one of them out", pointer="/rate_bp")
    if not terms.amount_minor and not terms.rate_bp:
        return NOTHING_CHARGED("give an amount or a rate", pointer="/amount_minor")
    return None


def put(kept: Versions, wish: PutTariff, mint: Callable[[], int]) -> tuple[Tariff, TariffWritten] | Problem:
    """The draft a wish makes: the one that is there rewritten, else the version after the last. `kept` learns of it."""
    wrong = flaw(wish.terms)
    if wrong is not None:
        return wrong
    kind = kind_of(wish.terms)
    versions = kept.setdefault((kind, wish.code), [])
    last = versions[-1] if versions else None
    if last is not None and last.seller_id != wish.seller_id:
        return CHANGED(f"{wish.code} is another seller's", pointer="/seller")
    if last is not None and last.terms.currency != wish.terms.currency:
        return CHANGED(f"{wish.code} is in {last.terms.currency}", pointer="/currency")
    if last is not None and last.state != "ended" and (last.terms, last.channel_ids) == (wish.terms, wish.channel_ids):
        return last, TariffWritten(last.tariff_id, kind, last.code, last.version, last.state, "unchanged")
    if last is not None and last.state == "draft":
        made = msgspec.structs.replace(last, terms=wish.terms, channel_ids=wish.channel_ids)
        versions[-1] = made
    else:
        version = last.version + 1 if last else 1
        made = Tariff(mint(), kind, wish.code, version, "draft", wish.seller_id, wish.channel_ids, wish.terms)
        versions.append(made)
    return made, TariffWritten(made.tariff_id, kind, made.code, made.version, "draft", "created" if last is None else "changed")


def publish(kept: Versions, kind: Kind, code: str) -> list[Tariff] | Problem:
    """The draft in force, and the version before it ended. `kept` learns of it."""
    versions = kept.get((kind, code), [])
    if not versions:
        return UNKNOWN_TARIFF(f"no {kind} {code!r}")
    if versions[-1].state != "draft":
        return NO_DRAFT(f"version {versions[-1].version} of {code} is {versions[-1].state}")
    draft = versions[-1]
    taken = _other_default(kept, draft)
    if taken is not None:
        return taken
    changed = [msgspec.structs.replace(one, state="ended") for one in versions if one.state == "published"]
    changed.append(msgspec.structs.replace(draft, state="published"))
    _learn(kept, changed)
    return changed


def end(kept: Versions, kind: Kind, code: str) -> list[Tariff] | Problem:
    """The version in force ended. `kept` learns of it."""
    versions = kept.get((kind, code), [])
    if not versions:
        return UNKNOWN_TARIFF(f"no {kind} {code!r}")
    changed = [msgspec.structs.replace(one, state="ended") for one in versions if one.state == "published"]
    if not changed:
        return NOT_IN_FORCE(f"no version of {code} is in force")
    _learn(kept, changed)
    return changed


def facts(tariffs: Iterable[Tariff]) -> TariffFacts:
    """What is in force, as the steps ask for it."""
    in_force = sorted((one for one in tariffs if one.state == "published"), key=lambda one: one.code)
    templates = [one for one in in_force if one.kind == "freight"]
    by_seller: dict[int, list[Tariff]] = {}
    for fee in in_force:
        if fee.kind == "fee":
            by_seller.setdefault(fee.seller_id, []).append(fee)
    return TariffFacts(
        {(one.seller_id, one.code): one for one in templates},
        {(one.seller_id, channel_id, one.terms.currency): one for one in templates for channel_id in one.channel_ids},
        {seller_id: tuple(own) for seller_id, own in by_seller.items()},
    )


def written(tariffs: Sequence[Tariff]) -> tuple[TariffWritten, ...]:
    """What the world is told of tariffs that changed their state."""
    return tuple(TariffWritten(one.tariff_id, one.kind, one.code, one.version, one.state) for one in tariffs)


def _other_default(kept: Mapping[tuple[str, str], Sequence[Tariff]], draft: Tariff) -> Problem | None:
    if draft.kind != "freight":
        return None
    wanted = set(draft.channel_ids)
    for (kind, code), versions in sorted(kept.items()):
        for one in versions:
            same = (kind, one.state, one.seller_id, one.terms.currency) == ("freight", "published", draft.seller_id, draft.terms.currency)
            if code != draft.code and same and wanted.intersection(one.channel_ids):
                return TAKEN(f"{code} is the default there: end it, or take the channel off it first", pointer="/default_in", by=code)
    return None


def _learn(kept: Versions, changed: Sequence[Tariff]) -> None:
    for one in changed:
        versions = kept[one.kind, one.code]
        versions[[each.version for each in versions].index(one.version)] = one
