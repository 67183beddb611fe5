"""Which promotions of a stage combine, and the best set of them.

Two promotions are in each other's way where one unit (after item promotions: one line) would carry both and not each names the
other, or where they are of one group. The value of a set is what its members take in the canonical order - the one that would take
most alone first, then by code, then by line - each from the units and the room those before it leave. Those that touch no common
line and no common group are decided apart; those that compete are searched (see `search`), unless they are so many that the one
worth most alone simply takes first.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

from jiutong.capabilities.promotion.model.promotion import AmountOff, Bundle, BuyGet, FixedPrice, Gift, LevelPrice, NthItem, PercentOff
from jiutong.capabilities.promotion.rules.benefits import Offer, Take, taken
from jiutong.capabilities.promotion.rules.scope import Rule

_BY_LINE: Final = (PercentOff, AmountOff, FixedPrice, LevelPrice)
_CHOOSY: Final = (NthItem, BuyGet, Bundle, Gift)


class Candidate:
    """An offer that could take part: `alone` is what it takes when it is the only one, `budget` what is left for it to take.

    `lines` are all items it may touch in whatever company.
    """

    def __init__(self, offer: Offer, alone: Take, budget: int | None = None, coupon: str = "") -> None:
        self.offer = offer
        self.rule = offer.rule
        self.items = offer.items
        self.lines = sorted(set(offer.items).union(*offer.others)) if offer.others else offer.items
        self.alone = alone
        self.worth = alone.worth
        self.budget = budget
        self.coupon = coupon
        self.canonical = (-alone.worth, offer.rule.version.code, offer.items)

    @property
    def covers(self) -> bool:
        """Whether it is on one line and takes every unit that is left of it."""
        one = self.offer
        whole = len(self.items) == 1 and self.alone.units.get(self.items[0]) == one.ground.items[self.items[0]].units
        return whole and isinstance(one.benefit, _BY_LINE) and not one.rule.terms.limits.units_max

    @property
    def steady(self) -> bool:
        """Whether what it takes of so many units is the same in whatever room, as long as there is more of it."""
        return self.budget is None and not self.rule.terms.limits.cap_minor

    @property
    def touched(self) -> Sequence[int]:
        """The items it touches alone; free freight touches those that earn it."""
        return tuple(self.alone.units) or self.items

    @cached_property
    def most(self) -> int:
        """What it could be worth at most in any company: with the best units there are, and all the room."""
        terms, offer = self.rule.terms, self.offer
        choosy = terms.limits.units_max or isinstance(offer.benefit, _CHOOSY)
        if not choosy or terms.stage != "activity":
            return self.worth
        best = taken(offer, [item.units for item in offer.ground.items], offer.base, True)
        return max(self.worth, best.worth if best else 0)

    def take(self, free: Sequence[int], room: Sequence[int]) -> Take | None:
        """What it takes where so many units are free for it and each item has so much room; None for nothing."""
        found = taken(self.offer, free, room)
        over = found is not None and self.budget is not None and not found.freight and found.worth > self.budget
        return None if over else found


class Chosen(msgspec.Struct, frozen=True):
    """A promotion that takes part, and what it takes."""

    candidate: Candidate
    take: Take


def combine(one: Rule, other: Rule) -> bool:
    """Whether each names the other: then a unit may carry both."""
    return one.names(other) and other.names(one)


def exclusive(one: Rule, other: Rule) -> bool:
    """Whether they are of one group, of which only one takes part."""
    return bool(one.group) and one.group == other.group and not combine(one, other)


def met_first(chosen: Sequence[Chosen]) -> dict[int, int]:
    """By item who took something off it first."""
    first: dict[int, int] = {}
    for place, one in enumerate(chosen):
        for i in one.take.offs:
            first.setdefault(i, place)
    return first


def beaten_by(candidate: Candidate, chosen: Sequence[Chosen], first: Mapping[int, int]) -> str:
    """Whom a candidate lost to: the first that takes part and is in its way; else the first that touches its lines."""
    rule = candidate.rule
    if rule.group:
        fellow = next((one.candidate.rule for one in chosen if exclusive(one.candidate.rule, rule)), None)
        if fellow is not None:
            return fellow.rule
    met = min((first[i] for i in candidate.items if i in first), default=None)
    if met is None:
        return ""
    touched = set(candidate.items)
    for one in chosen[met:] if rule.joins else ():
        if not touched.isdisjoint(one.take.offs) and not combine(one.candidate.rule, rule):
            return one.candidate.rule.rule
    return chosen[met].candidate.rule.rule
