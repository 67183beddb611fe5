"""Maintaining freight templates and fees: written as drafts, published, ended; a change of what was published is a new version."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from jiutong.capabilities import access, fulfillment, pricing
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class PutTariff(msgspec.Struct, frozen=True):
    """A tariff as it is to be."""

    code: str
    terms: fulfillment.Terms


class MoveTariff(msgspec.Struct, frozen=True):
    """A tariff whose draft is to be published, or whose version in force is to end."""

    kind: fulfillment.Kind
    code: str
    to: Literal["published", "ended"]


@flow("tariff.put", gives=fulfillment.TariffWritten, statements=3, batch_max=32)
async def put_tariff(tx: Tx, calls: Sequence[Call[PutTariff]]) -> list[fulfillment.TariffWritten | Problem]:
    """Write drafts of freight templates and fees."""
    sellers = await access.sellers(tx, list({call.command.terms.seller for call in calls}))
    channels = await access.channels(tx, list({code for call in calls for code, _ in _channels(call.command.terms)}))
    rates = await pricing.tax_rates(tx, [one.seller_id for one in sellers.values()])
    wishes = [_wish(call.command, sellers, channels, rates) for call in calls]
    known = [(wish, call.scope.actor) for wish, call in zip(wishes, calls, strict=True) if isinstance(wish, fulfillment.PutTariff)]
    told = iter(await fulfillment.put_tariffs(tx, known) if known else [])
    outcomes: list[fulfillment.TariffWritten | Problem] = [wish if isinstance(wish, Problem) else next(told) for wish in wishes]
    for outcome, call in zip(outcomes, calls, strict=True):
        if isinstance(outcome, fulfillment.TariffWritten) and outcome.outcome != "unchanged":
            tx.emit("tariff.drafted.v1", outcome.tariff_id, outcome, call.scope)
    return outcomes


@flow("tariff.move", gives=fulfillment.TariffWritten, statements=4, batch_max=32)
async def move_tariff(tx: Tx, calls: Sequence[Call[MoveTariff]]) -> list[fulfillment.TariffWritten | Problem]:
    """Publish drafts, and end what is in force."""
    moved = await fulfillment.move_tariffs(tx, [(call.command.kind, call.command.code, call.command.to) for call in calls])
    outcomes: list[fulfillment.TariffWritten | Problem] = []
    for told, call in zip(moved, calls, strict=True):
        if isinstance(told, Problem):
            outcomes.append(told)
            continue
        for one in told:
            tx.emit(f"tariff.{one.state}.v1", one.tariff_id, one, call.scope)
        outcomes.append(told[-1])
    return outcomes


def _channels(terms: fulfillment.Terms) -> list[tuple[str, str]]:
    """The channels terms name, with the pointer to each."""
    if isinstance(terms, fulfillment.FeeTerms):
        return [(code, f"/channels/{i}") for i, code in enumerate(terms.channels)]
    return [(code, f"/default_in/{i}") for i, code in enumerate(terms.default_in)]


def _wish(
    command: PutTariff,
    sellers: dict[str, access.SellerFacts],
    channels: dict[str, access.ChannelFacts],
    rates: dict[tuple[int, str], int],
) -> fulfillment.PutTariff | Problem:
    terms = command.terms
    seller = sellers.get(terms.seller)
    if seller is None:
        return access.UNKNOWN_SELLER(f"no seller {terms.seller}", pointer="/seller")
    if terms.tax_class and (seller.seller_id, terms.tax_class) not in rates:
        return pricing.NO_TAX_RATE(f"{terms.seller} has no rate for tax class {terms.tax_class}", pointer="/tax_class")
    ids: list[int] = []
    for code, pointer in _channels(terms):
        channel = channels.get(code)
        if channel is None:
            return access.UNKNOWN_CHANNEL(f"no channel {code}", pointer=pointer)
        if channel.currency != terms.currency:
            return fulfillment.OTHER_CURRENCY(f"{code} trades in {channel.currency}", pointer=pointer)
        ids.append(channel.channel_id)
    if isinstance(terms, fulfillment.FreightTerms) and terms.default_everywhere:
        ids.append(fulfillment.EVERYWHERE)
    return fulfillment.PutTariff(command.code, terms, seller.seller_id, tuple(sorted(set(ids))))
