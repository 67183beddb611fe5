"""Gift cards and stored value: issued, activated, topped up, blocked, and written off only when somebody says so."""

from collections.abc import Mapping, Sequence

import msgspec

from jiutong.capabilities import access, asset
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow
from jiutong.kernel.scope import Scope


class MoveCard(msgspec.Struct, frozen=True):
    """Block a card, or let it be used again, and why."""

    card_id: int
    block: bool
    reason: str


class CloseOut(msgspec.Struct, frozen=True):
    """Book what is left on a card as income, and why."""

    card_id: int
    reason: str


class CardMoved(msgspec.Struct, frozen=True):
    """What became of a card: its state, and the amount that moved."""

    card_id: int
    state: asset.CardState
    amount: int


@flow("card.issue", gives=asset.CardsIssued, statements=8, batch_max=16)
async def issue(tx: Tx, calls: Sequence[Call[asset.IssueCards]]) -> list[asset.CardsIssued | Problem]:
    """Issue batches of cards: sold, granted, or printed to be activated later."""
    places = await _places(tx, [(call.command.channel, call.command.store) for call in calls])
    fit = [_fitting(call.command, places) for call in calls]
    asked = [(call, one) for call, one in zip(calls, fit, strict=True) if not isinstance(one, Problem)]
    made = iter(await asset.issue_cards(tx, [c.command for c, _ in asked], [p for _, p in asked], [c.scope.actor for c, _ in asked]))
    outcomes = [one if isinstance(one, Problem) else next(made) for one in fit]
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, asset.CardsIssued):
            tx.emit("asset.cards_issued.v1", outcome.batch_id, outcome, call.scope)
    return outcomes


@flow("card.activate", gives=CardMoved, statements=9, batch_max=64)
async def activate(tx: Tx, calls: Sequence[Call[asset.ActivateCard]]) -> list[CardMoved | Problem]:
    """Printed cards become worth their face."""
    places = await _places(tx, [(call.command.channel, call.command.store) for call in calls])
    known = [places.get((call.command.channel, call.command.store)) for call in calls]
    asked = [(call.command, place[:2]) for call, place in zip(calls, known, strict=True) if place is not None]
    made = iter(await asset.activate_cards(tx, [wish for wish, _ in asked], [place for _, place in asked]))
    outcomes: list[CardMoved | Problem] = []
    for call, place in zip(calls, known, strict=True):
        card = next(made) if place is not None else asset.UNKNOWN_PLACE("no such channel or store", pointer="/channel")
        if isinstance(card, Problem):
            outcomes.append(card)
            continue
        outcomes.append(_told(tx, "asset.card_activated.v1", CardMoved(card.card_id, "active", card.face), "", call.scope))
    return outcomes


@flow("card.top_up", gives=CardMoved, statements=7, batch_max=64)
async def top_up(tx: Tx, calls: Sequence[Call[asset.TopUp]]) -> list[CardMoved | Problem]:
    """Put more money on cards: that is how members keep stored value."""
    outcomes: list[CardMoved | Problem] = []
    for call, card in zip(calls, await asset.top_up(tx, [call.command for call in calls]), strict=True):
        if isinstance(card, Problem):
            outcomes.append(card)
            continue
        moved = CardMoved(card.card_id, "active", call.command.amount)
        outcomes.append(_told(tx, "asset.card_topped_up.v1", moved, call.command.reference, call.scope))
    return outcomes


@flow("card.move", gives=CardMoved, statements=3, batch_max=64)
async def move(tx: Tx, calls: Sequence[Call[MoveCard]]) -> list[CardMoved | Problem]:
    """Block cards and let them be used again. Doing it twice is doing it once."""
    blocked = await asset.move_cards(tx, [c.command.card_id for c in calls if c.command.block], ["active", "blocked"], "blocked")
    freed = await asset.move_cards(tx, [c.command.card_id for c in calls if not c.command.block], ["blocked", "active"], "active")
    outcomes: list[CardMoved | Problem] = []
    for call in calls:
        wish = call.command
        if wish.card_id not in (blocked if wish.block else freed):
            outcomes.append(asset.CARD_STATE("only a card in use can be blocked, only a blocked one let go"))
            continue
        state: asset.CardState = "blocked" if wish.block else "active"
        event = "asset.card_blocked.v1" if wish.block else "asset.card_unblocked.v1"
        outcomes.append(_told(tx, event, CardMoved(wish.card_id, state, 0), wish.reason, call.scope))
    return outcomes


@flow("card.close_out", gives=CardMoved, statements=8, batch_max=64)
async def close_out(tx: Tx, calls: Sequence[Call[CloseOut]]) -> list[CardMoved | Problem]:
    """Book what is left on cards as income. It never happens by itself."""
    cards = await asset.cards(tx, {asset.CardWanted(card_id=call.command.card_id) for call in calls})
    gone = await asset.close_out(tx, [call.command.card_id for call in calls], {card.place: _today(tx) for card in cards.values()})
    outcomes: list[CardMoved | Problem] = []
    for call in calls:
        card_id = call.command.card_id
        if card_id not in gone:
            outcomes.append(asset.CARD_STATE("only a card in use, or blocked, can be written off"))
            continue
        moved = CardMoved(card_id, "written_off", gone[card_id])
        outcomes.append(_told(tx, "asset.card_written_off.v1", moved, call.command.reason, call.scope))
    return outcomes


async def _places(tx: Tx, named: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int, str]]:
    """Where cards are issued: the place and its business day, and the currency, by (channel, store)."""
    channels = await access.channels(tx, list({channel for channel, _ in named}))
    stores = await access.stores(tx, list({store for _, store in named if store}))
    known: dict[tuple[str, str], tuple[int, int, str]] = {}
    for channel_code, store_code in named:
        channel, store = channels.get(channel_code), stores.get(store_code)
        if channel is None or (store_code and (store is None or store.channel_id != channel.channel_id)):
            continue
        place = store.store_id if store else channel.channel_id
        known[channel_code, store_code] = (place, access.business_day(tx.now, channel.time_zone), channel.currency)
    return known


def _fitting(wish: asset.IssueCards, places: Mapping[tuple[str, str], tuple[int, int, str]]) -> tuple[int, int] | Problem:
    found = places.get((wish.channel, wish.store))
    if found is None:
        return asset.UNKNOWN_PLACE("no such channel or store", pointer="/channel")
    place, day, currency = found
    if currency != wish.currency:
        return asset.UNKNOWN_PLACE(f"{wish.channel} trades in {currency}", pointer="/currency")
    return place, day


def _today(tx: Tx) -> int:
    return access.business_day(tx.now, "UTC")


def _told(tx: Tx, event: str, moved: CardMoved, reason: str, by: Scope) -> CardMoved:
    tx.emit(event, moved.card_id, asset.CardChanged(moved.card_id, moved.state, moved.amount, reason), by)
    return moved
