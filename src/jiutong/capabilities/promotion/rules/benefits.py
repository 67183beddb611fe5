"""What each kind of benefit takes off, given the goods it is about and the units still free for it.

All positions are those of the stage's items. What n units of a line carry of an amount is the amount's prefix for n of all its units,
so that no order of taking them makes or loses a cent.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from jiutong.capabilities.promotion.model.promotion import (
    WHOLE_BP,
    AmountOff,
    Benefit,
    Bundle,
    BuyGet,
    FixedPrice,
    FreeFreight,
    Gift,
    Item,
    LevelPrice,
    NthItem,
    PercentOff,
)
from jiutong.capabilities.promotion.rules.scope import Rule
from jiutong.capabilities.promotion.rules.spreading import spread
from jiutong.kernel.money import allocate_capped, prefix_share

SETS_MAX: Final = 200
# Prices of one unit are compared in millionths of a minor unit, rounded up: exact enough to order the amounts of any basket.
MICRO: Final = 1_000_000

# By item what comes off, before it is held to the room there is, and the units used up.
_Parts: TypeAlias = tuple[dict[int, int], dict[int, int]]


class Ground(msgspec.Struct, frozen=True):
    """The basket as a stage finds it; nothing in it changes while the stage chooses.

    By item: the amount before anything, after item promotions, now; what may still be taken above the floor.
    """

    items: tuple[Item, ...]
    gross: Sequence[int]
    sale: Sequence[int]
    net: Sequence[int]
    room: Sequence[int]

    def base(self, rule: Rule) -> Sequence[int]:
        """The amounts a promotion reckons from."""
        kind = rule.terms.base
        return self.net if kind == "net" else self.gross if kind == "list" else self.sale


class Offer:
    """A promotion that is for this basket: what it gives there, on which items, and how often.

    `others` are the items of the goods its benefit names besides: what is got, the parts of a bundle, the gift.
    """

    __slots__ = ("_orders", "base", "benefit", "ground", "items", "level", "others", "rule", "times")

    def __init__(
        self,
        ground: Ground,
        rule: Rule,
        benefit: Benefit,
        items: Sequence[int],
        others: Sequence[Sequence[int]] = (),
        times: int = 1,
        level: str = "",
    ) -> None:
        self.ground = ground
        self.rule = rule
        self.benefit = benefit
        self.items = items
        self.others = others
        self.times = times
        self.level = level
        self.base = ground.base(rule)
        self._orders: dict[tuple[int, bool], list[int]] = {}

    def price(self, i: int) -> int:
        """What one unit of an item costs, in millionths, rounded up."""
        return -(-self.base[i] * MICRO // self.ground.items[i].units)

    def ordered(self, which: int, dearest: bool) -> list[int]:
        """Its items (-1) or those of its others by the price of a unit; the earlier line first where it is the same."""
        known = self._orders.get((which, dearest))
        if known is None:
            places = self.items if which < 0 else self.others[which]
            sign = -1 if dearest else 1
            known = sorted(places, key=lambda i: (sign * self.price(i), self.ground.items[i].line_no))
            self._orders[which, dearest] = known
        return known

    def picked(self, which: int, most: bool) -> list[int]:
        """The same, in the order the benefit is declared to go to them."""
        return self.ordered(which, most or self.rule.terms.pick == "dearest")

    def part(self, i: int, units: int) -> int:
        """What so many units of an item carry of the base."""
        whole = self.ground.items[i].units
        return self.base[i] if units == whole else prefix_share(self.base[i], units, whole)


class Take(msgspec.Struct, frozen=True):
    """What a promotion takes off by item, and the units it uses up by item; free freight takes nothing off and is worth something."""

    offs: dict[int, int]
    units: dict[int, int]
    worth: int
    freight: bool = False
    freight_max: int | None = None


def taken(offer: Offer, free: Sequence[int], room: Sequence[int], most: bool = False) -> Take | None:
    """What the offer takes where so many units of each item are free for it and each has so much room; None for nothing.

    `most` asks for no less than it could take at most, whatever units others leave to it: it is given the units it gains most by.
    """
    benefit = offer.benefit
    if isinstance(benefit, FreeFreight):
        return Take({}, {}, benefit.max_minor or 1, True, benefit.max_minor)
    parts = _KINDS[type(benefit)](offer, benefit, free, room, most)
    if parts is None:
        return None
    offs = {i: min(room[i], off) for i, off in parts[0].items()}
    if not all(offs.values()):
        offs = {i: off for i, off in offs.items() if off}
    total = sum(offs.values())
    cap = offer.rule.terms.limits.cap_minor
    if cap and total > cap:
        shares, _ = allocate_capped(cap, list(offs.values()))
        offs = {i: share for i, share in zip(offs, shares, strict=True) if share}
        total = cap
    return Take(offs, parts[1], total) if offs else None


def _units_chosen(offer: Offer, free: Sequence[int], most: bool) -> dict[int, int]:
    """The free units of the offer's items; where only so many may have it, those first that were declared."""
    limit = offer.rule.terms.limits.units_max
    chosen = {i: free[i] for i in offer.items if free[i]}
    if not limit or sum(chosen.values()) <= limit:
        return chosen
    return _some(offer.picked(-1, most), chosen, limit)


def _some(order: Sequence[int], free: Mapping[int, int], wanted: int) -> dict[int, int]:
    """So many of the free units, in this order."""
    chosen: dict[int, int] = {}
    for i in order:
        units = min(free.get(i, 0), wanted)
        if units:
            chosen[i] = units
            wanted -= units
    return chosen


def _percent(offer: Offer, benefit: PercentOff, free: Sequence[int], room: Sequence[int], most: bool) -> _Parts:
    """At the activity stage each line is rounded on its own, half up; later the sum is, and spread."""
    chosen = _units_chosen(offer, free, most)
    if offer.rule.terms.stage == "activity":
        return {i: _bp(offer.part(i, units), benefit.bp) for i, units in chosen.items()}, chosen
    return _over(offer, _bp(sum(offer.part(i, units) for i, units in chosen.items()), benefit.bp), chosen, room)


def _amount(offer: Offer, benefit: AmountOff, free: Sequence[int], room: Sequence[int], most: bool) -> _Parts:
    chosen = _units_chosen(offer, free, most)
    if benefit.each:
        return {i: min(benefit.amount_minor * units, offer.part(i, units)) for i, units in chosen.items()}, chosen
    return _over(offer, benefit.amount_minor * offer.times, chosen, room)


def _over(offer: Offer, total: int, chosen: dict[int, int], room: Sequence[int]) -> _Parts:
    ground = offer.ground
    # Where only some units of a line have it, no more comes off than they cost.
    rooms = [room[i] if units == ground.items[i].units else min(room[i], offer.part(i, units)) for i, units in chosen.items()]
    shares = spread(total, [ground.net[i] for i in chosen], rooms)
    return dict(zip(chosen, shares, strict=True)), chosen


def _fixed(offer: Offer, benefit: FixedPrice, free: Sequence[int], _: Sequence[int], most: bool) -> _Parts:
    return _priced(offer, benefit.amount_minor, free, most)


def _level(offer: Offer, benefit: LevelPrice, free: Sequence[int], _: Sequence[int], most: bool) -> _Parts | None:
    price = next((one.amount_minor for one in benefit.prices if one.level == offer.level), None)
    return None if price is None else _priced(offer, price, free, most)


def _priced(offer: Offer, amount: int, free: Sequence[int], most: bool) -> _Parts:
    # The dearest units need not gain most where goods are priced by different units: at most all of them gain.
    chosen = {i: free[i] for i in offer.items if free[i]} if most else _units_chosen(offer, free, most)
    offs: dict[int, int] = {}
    for i, units in chosen.items():
        item = offer.ground.items[i]
        target = (2 * amount * item.quantity + item.per) // (2 * item.per)
        offs[i] = max(offer.part(i, units) - prefix_share(target, units, item.units), 0)
    # Goods that are cheaper already are left alone, for others to take.
    return offs, {i: units for i, units in chosen.items() if offs[i]}


def _nth(offer: Offer, benefit: NthItem, free: Sequence[int], _: Sequence[int], most: bool) -> _Parts | None:
    return _sets(offer, benefit.nth - 1, 1, benefit.bp, free, most)


def _buy_get(offer: Offer, benefit: BuyGet, free: Sequence[int], _: Sequence[int], most: bool) -> _Parts | None:
    if benefit.goods is None:
        return _sets(offer, benefit.buy, benefit.get, benefit.bp, free, most)
    return _sets_across(offer, benefit, free, most)


def _sets(offer: Offer, buy: int, get: int, bp: int, free: Sequence[int], most: bool) -> _Parts | None:
    """As many sets of the same goods as the free units make. A unit that is bought in a set is got in none."""
    units = {i: free[i] for i in offer.items if free[i]}
    sets = sum(units.values()) // (buy + get)
    sets = min(sets, offer.rule.terms.limits.times_max or sets)
    if not sets:
        return None
    gets = _some(offer.picked(-1, most), units, sets * get)
    for i, got in gets.items():
        units[i] -= got
    return _told(offer, bp, gets, _some(offer.ordered(-1, False), units, sets * buy))


def _sets_across(offer: Offer, benefit: BuyGet, free: Sequence[int], most: bool) -> _Parts | None:
    """As many sets as the free units make where what is got are other goods, which may overlap with those that are bought."""
    buy, get = benefit.buy, benefit.get
    bought, got = offer.items, offer.others[0]
    both = set(bought).intersection(got)
    only_bought = sum(free[i] for i in bought if i not in both)
    only_got = sum(free[i] for i in got if i not in both)
    shared = sum(free[i] for i in both)
    sets = min((only_bought + shared) // buy, (only_got + shared) // get, (only_bought + only_got + shared) // (buy + get))
    sets = min(sets, offer.rule.terms.limits.times_max or sets)
    if not sets:
        return None
    # So many shared units may be got: the rest of them has to be bought.
    allowed = shared if most else shared - max(sets * buy - only_bought, 0)
    wanted, gets = sets * get, dict[int, int]()
    for i in offer.picked(0, most):
        units = min(free[i], wanted, allowed if i in both else wanted)
        if units > 0:
            gets[i] = units
            wanted -= units
            allowed -= units if i in both else 0
    rest = {i: free[i] - gets.get(i, 0) for i in bought}
    return _told(offer, benefit.bp, gets, _some(offer.ordered(-1, False), rest, sets * buy))


def _told(offer: Offer, bp: int, gets: dict[int, int], buys: dict[int, int]) -> _Parts:
    """What is merely bought was taken from the cheap end, so that the dear units stay free for others."""
    offs = {i: _bp(offer.part(i, units), bp) for i, units in gets.items()}
    for i, units in gets.items():
        buys[i] = buys.get(i, 0) + units
    return offs, buys


def _bundle(offer: Offer, benefit: Bundle, free: Sequence[int], room: Sequence[int], most: bool) -> _Parts | None:
    """The number of sets that saves the most; each part takes its units in the declared order of price."""
    best: _Parts | None = None
    saved = 0
    limit = offer.rule.terms.limits.times_max or SETS_MAX
    for sets in range(1, min(limit, SETS_MAX) + 1):
        units = _parts(offer, benefit, sets, free, most)
        if units is None:
            break
        worth = {i: offer.part(i, much) for i, much in units.items()}
        off = sum(worth.values()) - benefit.amount_minor * sets
        if off > saved:
            shares = spread(off, list(worth.values()), [min(room[i], worth[i]) for i in worth])
            best, saved = (dict(zip(worth, shares, strict=True)), units), off
    return best


def _parts(offer: Offer, benefit: Bundle, sets: int, free: Sequence[int], most: bool) -> dict[int, int] | None:
    used: dict[int, int] = {}
    for place, part in enumerate(benefit.parts):
        wanted = part.units * sets
        for i in offer.picked(place, most):
            units = min(free[i] - used.get(i, 0), wanted)
            if units > 0:
                used[i] = used.get(i, 0) + units
                wanted -= units
        if wanted:
            return None
    return used


def _gift(offer: Offer, benefit: Gift, free: Sequence[int], room: Sequence[int], most: bool) -> _Parts | None:
    """The gift's price comes off, spread over the gift and what earned it: whoever returns one of them gives back its share."""
    order = offer.ordered(0, True) if most else offer.others[0]
    given = _some(order, {i: free[i] for i in order}, benefit.units * offer.times)
    if not given:
        return None
    total = sum(offer.part(i, units) for i, units in given.items())
    return _over(offer, total, {i: free[i] for i in offer.items if free[i]} | given, room)


def _bp(amount: int, bp: int) -> int:
    """So many basis points of an amount, rounded half up."""
    return (2 * amount * bp + WHOLE_BP) // (2 * WHOLE_BP)


_KINDS: Final[dict[type, Callable[[Offer, Any, Sequence[int], Sequence[int], bool], _Parts | None]]] = {
    PercentOff: _percent,
    AmountOff: _amount,
    FixedPrice: _fixed,
    LevelPrice: _level,
    NthItem: _nth,
    BuyGet: _buy_get,
    Bundle: _bundle,
    Gift: _gift,
}


def charges(offer: Offer) -> dict[int, int] | None:
    """By item so much a unit that no take is worth more than the units it uses are charged; None where this is not told.

    One unit of an item is worth at most `gain` to a percentage: n units are at most n times that, also after rounding, because what
    n units carry differs from n prices by half a minor unit at most and a fraction is rounded up here. Where the cheapest units of a
    set are got every unit bought is worth as much at least: the gain of those got is no more than their part of the whole set's, so
    each unit of it bears that part; and none that is got is dearer than the dearest there is behind those bought, so no unit bears
    more than that one would. Where others may be got, the units got bear it all. A bundle saves no greater part of what its units
    cost than it does of the dearest set there is.
    """
    terms = offer.rule.terms
    match offer.benefit:
        case PercentOff(bp=bp) if terms.stage == "activity":
            return {i: _gain(offer, i, bp) for i in offer.items}
        case AmountOff(amount_minor=amount, each=True):
            return {i: min(amount, _gain(offer, i, WHOLE_BP)) for i in offer.items}
        case NthItem(nth=nth, bp=bp):
            return _charged(offer, nth - 1, 1, bp)
        case BuyGet(buy=buy, get=get, bp=bp, goods=None):
            return _charged(offer, buy, get, bp)
        case BuyGet(bp=bp):
            return dict.fromkeys(offer.items, 0) | {i: _gain(offer, i, bp) for i in offer.others[0]}
        case Bundle(amount_minor=amount, parts=parts):
            cost = {i: _gain(offer, i, WHOLE_BP) for those in offer.others for i in those}
            whole = sum(part.units * max((cost[i] for i in those), default=0) for part, those in zip(parts, offer.others, strict=True))
            return {i: -(-much * max(whole - amount, 0) // max(whole, 1)) for i, much in cost.items()}
        case _:
            return None


def _charged(offer: Offer, buy: int, get: int, bp: int) -> dict[int, int]:
    gains = {i: _gain(offer, i, bp) for i in offer.items}
    if offer.rule.terms.pick == "dearest":
        return gains
    most, dearer = 0, buy + 1
    for i in offer.ordered(-1, True):
        most, dearer = gains[i], dearer - offer.ground.items[i].units
        if dearer <= 0:
            break
    return {i: -(-get * min(gain, most) // (buy + get)) for i, gain in gains.items()}


def _gain(offer: Offer, i: int, bp: int) -> int:
    """So many basis points of one unit's price, rounded up."""
    return -(-offer.price(i) * bp // (WHOLE_BP * MICRO))
