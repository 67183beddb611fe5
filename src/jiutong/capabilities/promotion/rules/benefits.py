"""What each kind of benefit takes off, given the goods it is about and the units still free for it.

All positions are those of the stage's items. What n units of a line carry of an amount is the amount's prefix for n of all its units,
so that no order of taking them makes or loses a cent.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

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


class Ground(msgspec.Struct, frozen=True):
    """The basket as a stage finds it; nothing in it changes while the stage chooses.

    By item: the amount before anything, after item promotions, now; what may still be taken above the floor; which matchers want it.
    """

    items: tuple[Item, ...]
    gross: Sequence[int]
    sale: Sequence[int]
    net: Sequence[int]
    room: Sequence[int]
    bits: Sequence[int]

    def base(self, rule: Rule) -> Sequence[int]:
        """The amounts a promotion reckons from."""
        kind = rule.terms.base
        return self.net if kind == "net" else self.gross if kind == "list" else self.sale


class Ask(msgspec.Struct, frozen=True):
    """A promotion asked what it takes: of which items, how many units of each are free for it, what room each still has.

    `most` asks what it could take at most, whatever units others leave to it: where the cheapest units have the benefit, that is
    what the dearest would bring.
    """

    ground: Ground
    rule: Rule
    eligible: Sequence[int]
    free: Sequence[int]
    room: Sequence[int]
    others: tuple[int, ...]
    times: int
    level: str
    most: bool = False

    @property
    def base(self) -> Sequence[int]:
        """The amounts it reckons from."""
        return self.ground.base(self.rule)


class Take(msgspec.Struct, frozen=True):
    """What a promotion takes off by item, and the units it uses up by item."""

    offs: dict[int, int]
    units: dict[int, int]
    freight: bool = False
    freight_max: int | None = None
    worth: int = 0

    @property
    def total(self) -> int:
        """All it takes off."""
        return sum(self.offs.values())


def taken(ask: Ask, benefit: Benefit) -> Take | None:
    """What the benefit comes to; None for nothing."""
    take = _KINDS[type(benefit)](ask, benefit)
    if take is None or take.freight:
        return take
    offs = {i: min(off, ask.room[i]) for i, off in take.offs.items()}
    cap = ask.rule.terms.limits.cap_minor
    if cap and sum(offs.values()) > cap:
        shares, _ = allocate_capped(cap, list(offs.values()))
        offs = dict(zip(offs, shares, strict=True))
    offs = {i: off for i, off in offs.items() if off}
    return Take(offs, take.units) if offs else None


def _units_chosen(ask: Ask) -> dict[int, int]:
    """The free units of the eligible lines; where only so many may have it, those first that were declared."""
    most = ask.rule.terms.limits.units_max
    if not most or sum(ask.free[i] for i in ask.eligible) <= most:
        return {i: ask.free[i] for i in ask.eligible if ask.free[i]}
    chosen: dict[int, int] = {}
    for i in _by_price(ask, ask.eligible):
        units = min(ask.free[i], most)
        if units:
            chosen[i] = units
            most -= units
    return chosen


def _by_price(ask: Ask, places: Sequence[int], dearest: bool | None = None) -> list[int]:
    """Positions by the price of a unit, as declared; the earlier line first where it is the same."""
    base, items = ask.base, ask.ground.items
    first = (ask.most or ask.rule.terms.pick == "dearest") if dearest is None else dearest
    # Prices per unit are compared as what a million units would cost, which is exact enough to order amounts of any basket.
    price = {i: base[i] * 1_000_000 // items[i].units for i in places}
    return sorted(places, key=lambda i: (-price[i] if first else price[i], items[i].line_no))


def _part(ask: Ask, i: int, units: int) -> int:
    """What so many units of an item carry of the base."""
    whole = ask.ground.items[i].units
    return ask.base[i] if units == whole else prefix_share(ask.base[i], units, whole)


def _percent(ask: Ask, benefit: PercentOff) -> Take | None:
    """At the activity stage each line is rounded on its own, half up; later the sum is, and spread."""
    chosen = _units_chosen(ask)
    parts = {i: _part(ask, i, units) for i, units in chosen.items()}
    if ask.rule.terms.stage == "activity":
        return Take({i: _bp(part, benefit.bp) for i, part in parts.items()}, chosen)
    return _over(ask, _bp(sum(parts.values()), benefit.bp), chosen)


def _amount(ask: Ask, benefit: AmountOff) -> Take | None:
    chosen = _units_chosen(ask)
    if benefit.each:
        return Take({i: min(benefit.amount_minor * units, _part(ask, i, units)) for i, units in chosen.items()}, chosen)
    return _over(ask, benefit.amount_minor * ask.times, chosen)


def _over(ask: Ask, total: int, chosen: dict[int, int]) -> Take:
    places = list(chosen)
    # Where only some units of a line have it, no more comes off than they cost.
    rooms = [ask.room[i] if units == ask.ground.items[i].units else min(ask.room[i], _part(ask, i, units)) for i, units in chosen.items()]
    shares = spread(total, [ask.ground.net[i] for i in places], rooms)
    return Take(dict(zip(places, shares, strict=True)), chosen)


def _fixed(ask: Ask, benefit: FixedPrice) -> Take | None:
    return _priced(ask, benefit.amount_minor)


def _level(ask: Ask, benefit: LevelPrice) -> Take | None:
    price = next((one.amount_minor for one in benefit.prices if one.level == ask.level), None)
    return None if price is None else _priced(ask, price)


def _priced(ask: Ask, amount: int) -> Take | None:
    chosen = _units_chosen(ask)
    offs: dict[int, int] = {}
    for i, units in chosen.items():
        item = ask.ground.items[i]
        target = (2 * amount * item.quantity + item.per) // (2 * item.per)
        offs[i] = max(_part(ask, i, units) - prefix_share(target, units, item.units), 0)
    # Goods that are cheaper already are left alone, for others to take.
    return Take(offs, {i: units for i, units in chosen.items() if offs[i]})


def _nth(ask: Ask, benefit: NthItem) -> Take | None:
    return _sets(ask, benefit.nth - 1, 1, benefit.bp, ask.eligible, ask.eligible)


def _buy_get(ask: Ask, benefit: BuyGet) -> Take | None:
    got = ask.eligible if benefit.goods is None else _wanting(ask, ask.others[0])
    return _sets(ask, benefit.buy, benefit.get, benefit.bp, ask.eligible, got)


def _wanting(ask: Ask, bit: int) -> list[int]:
    return [i for i, bits in enumerate(ask.ground.bits) if bits & bit and ask.free[i]]


def _sets(ask: Ask, buy: int, get: int, bp: int, bought: Sequence[int], got: Sequence[int]) -> Take | None:
    """As many sets as the free units make. A unit that is bought in a set is not the one that is got in it, nor in another."""
    both = set(bought).intersection(got)
    only_bought = sum(ask.free[i] for i in bought if i not in both)
    only_got = sum(ask.free[i] for i in got if i not in both)
    shared = sum(ask.free[i] for i in both)
    sets = min((only_bought + shared) // buy, (only_got + shared) // get, (only_bought + only_got + shared) // (buy + get))
    sets = min(sets, ask.rule.terms.limits.times_max or sets)
    if not sets:
        return None
    # So many shared units may be got: the rest of them has to be bought.
    allowed = shared - max(sets * buy - only_bought, 0)
    gets = _picked(ask, _by_price(ask, got), sets * get, {i: ask.free[i] for i in got}, both, allowed)
    rest = {i: ask.free[i] - gets.get(i, 0) for i in bought}
    # What is merely bought is taken from the cheap end, so that the dear units stay free for others.
    buys = _picked(ask, _by_price(ask, bought, dearest=False), sets * buy, rest, frozenset(), 0)
    offs = {i: _bp(_part(ask, i, units), bp) for i, units in gets.items()}
    return Take(offs, {i: gets.get(i, 0) + buys.get(i, 0) for i in {*gets, *buys}})


def _picked(
    ask: Ask, order: Sequence[int], wanted: int, free: dict[int, int], shared: set[int] | frozenset[int], allowed: int
) -> dict[int, int]:
    chosen: dict[int, int] = {}
    for i in order:
        units = min(free[i], wanted, allowed if i in shared else free[i])
        if units > 0:
            chosen[i] = units
            wanted -= units
            allowed -= units if i in shared else 0
    return chosen


def _bundle(ask: Ask, benefit: Bundle) -> Take | None:
    """The number of sets that saves the most; each part takes its units in the declared order of price."""
    best: Take | None = None
    most = ask.rule.terms.limits.times_max or SETS_MAX
    for sets in range(1, min(most, SETS_MAX) + 1):
        units = _parts(ask, benefit, sets)
        if units is None:
            break
        worth = {i: _part(ask, i, much) for i, much in units.items()}
        off = sum(worth.values()) - benefit.amount_minor * sets
        if off > (best.worth if best else 0):
            shares = spread(off, list(worth.values()), [min(ask.room[i], worth[i]) for i in worth])
            best = Take(dict(zip(worth, shares, strict=True)), units, worth=off)
    return best


def _parts(ask: Ask, benefit: Bundle, sets: int) -> dict[int, int] | None:
    used: dict[int, int] = {}
    for part, bit in zip(benefit.parts, ask.others, strict=True):
        wanted = part.units * sets
        for i in _by_price(ask, [i for i in _wanting(ask, bit) if ask.ground.bits[i] & ask.rule.goods]):
            units = min(ask.free[i] - used.get(i, 0), wanted)
            if units > 0:
                used[i] = used.get(i, 0) + units
                wanted -= units
        if wanted:
            return None
    return used


def _gift(ask: Ask, benefit: Gift) -> Take | None:
    """The gift's price comes off, spread over the gift and what earned it: whoever returns one of them gives back its share."""
    wanted = benefit.units * ask.times
    given: dict[int, int] = {}
    for i in _wanting(ask, ask.others[0]):
        units = min(ask.free[i], wanted)
        if units:
            given[i] = units
            wanted -= units
    if not given:
        return None
    total = sum(_part(ask, i, units) for i, units in given.items())
    over = {i: ask.free[i] for i in ask.eligible if ask.free[i]} | given
    return _over(ask, total, over)


def _free_freight(ask: Ask, benefit: FreeFreight) -> Take | None:
    return Take({}, {}, freight=True, freight_max=benefit.max_minor, worth=benefit.max_minor or 1)


def _bp(amount: int, bp: int) -> int:
    """So many basis points of an amount, rounded half up."""
    return (2 * amount * bp + WHOLE_BP) // (2 * WHOLE_BP)


_KINDS: Final[dict[type, Callable[[Ask, Any], Take | None]]] = {
    PercentOff: _percent,
    AmountOff: _amount,
    FixedPrice: _fixed,
    LevelPrice: _level,
    NthItem: _nth,
    BuyGet: _buy_get,
    Bundle: _bundle,
    Gift: _gift,
    FreeFreight: _free_freight,
}
