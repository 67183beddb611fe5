"""A basket as promotions see it: lines as items, an instant as a time of the week where the channel is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from jiutong.capabilities.promotion.model.promotion import Item, Outcome
from jiutong.kernel.errors import FieldError, Problem

# What is sold by weight, volume or length: a line of it is one unit, however much it is.
MEASURED: Final = frozenset({"g", "kg", "mg", "ml", "cl", "l", "mm", "cm", "m", "cm2", "m2", "cm3", "m3", "oz", "lb"})


def item(line_no: int, goods: Any, quantity: int, per: int, gross: int, off: int = 0, floor: int = 0) -> Item:
    """A line of `quantity` base units at `gross` minor units, of which `off` are taken off already."""
    units = 1 if goods.base_unit in MEASURED else quantity
    return Item(line_no, goods, quantity, units, per, gross, gross - off, floor)


def local(at: datetime, zone: str) -> tuple[int, int]:
    """The weekday (1 is Monday) and the minute of the day at an instant in a time zone."""
    there = at.astimezone(ZoneInfo(zone))
    return there.isoweekday(), there.hour * 60 + there.minute


def after(items: Sequence[Item], outcome: Outcome) -> list[tuple[Item, int, int]]:
    """Each item with what was taken off it and what is left."""
    off = {one.line_no: 0 for one in items}
    for one in outcome.offs:
        off[one.line_no] += one.amount
    return [(one, off[one.line_no], one.net - off[one.line_no]) for one in items]


def totals(items: Sequence[Item], outcome: Outcome) -> tuple[int, int, int]:
    """The whole basket: before, what was taken off, what is left."""
    told = after(items, outcome)
    return sum(one.net for one, _, _ in told), sum(off for _, off, _ in told), sum(net for _, _, net in told)


def deeper(refusal: Problem, at: str) -> Problem:
    """The refusal of terms that lie deeper in what was sent."""
    errors = tuple(FieldError(at + one.pointer, one.code, one.message) for one in refusal.errors)
    return Problem(refusal.type, refusal.detail, errors, refusal.facts)
