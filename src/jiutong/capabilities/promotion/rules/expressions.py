"""Conditions in the Common Expression Language: which names they may use, and what they say of goods or of a basket.

Only whole numbers, words, lists and truth: a number with a point is refused when the terms are saved, and so is every name
nobody gives a value. An expression that fails on something (an attribute the goods do not have) does not hold there.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import cel

from jiutong.capabilities.promotion.model.promotion import BAD_EXPRESSION
from jiutong.kernel.errors import Problem

# What an expression may ask, with a value of each kind to try it on.
OF_GOODS: Final[Mapping[str, Any]] = {
    "sku": "tea-1",
    "title": "Tea",
    "brand": "acme",
    "categories": ["tea", "drinks"],
    "attributes": {},
    "weight_g": 100,
}
OF_BASKET: Final[Mapping[str, Any]] = {
    "total_minor": 10_000,
    "units": 3,
    "lines": 2,
    "currency": "USD",
    "signed_in": True,
    "level": "gold",
    "groups": ["staff"],
    "company": "",
    "first_order": False,
    "region": "CN-31",
    "weekday": 1,
    "hour": 12,
    "minute": 30,
}
_CALLED = ("size", "contains", "startsWith", "endsWith", "matches", "int", "string", "@in", "@not_strictly_false", "_?_:_", "_[_]")
_SIGNS = ("_&&_", "_||_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_+_", "_-_", "_*_", "_/_", "_%_", "-_")
FUNCTIONS: Final = frozenset((*_CALLED, *_SIGNS))
_TEXT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
_POINTED = re.compile(r"(?<![\w.])(?:\d+\.\d+|\d*\.\d+|\d+(?:\.\d+)?[eE][+-]?\d+)")
_BOUND = re.compile(r"\.(?:exists|exists_one|all|map|filter)\(\s*([A-Za-z_]\w*)\s*,")


class Expression:
    """A compiled expression. Made of text that was checked."""

    __slots__ = ("_program",)

    def __init__(self, text: str) -> None:
        self._program: cel.Program = cel.compile(text)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true of these values; what it cannot find there makes it false."""
        try:
            return self._program.execute(dict(values)) is True
        except (KeyError, RuntimeError, TypeError, ValueError, ArithmeticError):
            return False


@lru_cache(maxsize=4_096)
def compiled(text: str) -> Expression:
    """The expression of this text, compiled once per process."""
    return Expression(text)


def fault(text: str, given: Mapping[str, Any], pointer: str) -> Problem | None:
    """What is wrong with an expression over these names; None if it can be used."""
    bare = _TEXT.sub("''", text)
    pointed = _POINTED.search(bare)
    if pointed:
        return BAD_EXPRESSION(f"{pointed.group()} is no whole number: use minor units, basis points or grams", pointer=pointer)
    try:
        program = cel.compile(text)
    except ValueError as broken:
        return BAD_EXPRESSION(_first_line(broken), pointer=pointer)
    told = program.references()
    unknown = sorted(set(told["variables"]) - set(given) - set(_BOUND.findall(bare)))
    if unknown:
        return BAD_EXPRESSION(f"{unknown[0]} is not known here; there are {', '.join(given)}", pointer=pointer, unknown=unknown)
    strange = sorted(set(told["functions"]) - FUNCTIONS)
    if strange:
        return BAD_EXPRESSION(f"{strange[0]} cannot be used here", pointer=pointer, unknown=strange)
    return _no_truth(program, given, pointer)


def _no_truth(program: cel.Program, given: Mapping[str, Any], pointer: str) -> Problem | None:
    """It must answer yes or no; that an attribute is missing on the try is no fault."""
    try:
        answer = program.execute(dict(given))
    except (KeyError, ArithmeticError):
        return None
    except (RuntimeError, TypeError, ValueError) as broken:
        return BAD_EXPRESSION(_first_line(broken), pointer=pointer)
    if isinstance(answer, bool):
        return None
    return BAD_EXPRESSION("it must be true or false", pointer=pointer)


def _first_line(broken: Exception) -> str:
    return str(broken).partition("\n")[0].removeprefix("Failed to parse expression ")[:300]
