"""House lints: what style.md asks and ruff cannot know. One function is one rule of the house."""

from collections.abc import Callable, Iterator

from .codes import MEND
from .corridor import corridor
from .honesty import honest_tests, swallowed
from .names import glossary, names, never
from .network import outbound
from .rooms import clock_and_chance, five_files, integers_only, one_door, pure_rules
from .sentences import docstrings, four_sentences
from .source import Finding, Source, read
from .sql import sql_constant, sql_place

Lint = Callable[[Source], Iterator[Finding]]

LINTS: tuple[Lint, ...] = (
    five_files,
    one_door,
    pure_rules,
    integers_only,
    clock_and_chance,
    sql_place,
    sql_constant,
    corridor,
    four_sentences,
    docstrings,
    names,
    outbound,
    swallowed,
    honest_tests,
)

__all__ = ["LINTS", "MEND", "Finding", "Lint", "Source", "glossary", "never", "read"]
