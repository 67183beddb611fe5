"""The field's words, and none that could mean anything. The glossary is the source of both lists."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .source import Finding, Source, words

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"
# Words that name no thing: a reader learns nothing from them, so everything ends up under them.
EMPTY = frozenset({"manager", "helper", "helpers", "util", "utils", "common", "process", "handle", "data", "info"})


@cache
def glossary() -> list[tuple[str, ...]]:
    """The rows of every table of the glossary: (word, Chinese, means, not)."""
    rows = (tuple(re.split(r"\s*\|\s*", line.strip("| "))) for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("|"))
    return [row for row in rows if row[0] != "word" and not row[0].startswith("---")]


@cache
def never() -> dict[str, str]:
    """{word: the word to use}: what the glossary's `not` column sets in `code`.

    Plain words there are wrong only in that row's sense (`lock` for a reservation), which no lint can tell.
    """
    return {wrong: row[0] for row in glossary() for wrong in re.findall(r"`([a-z_]+)`", row[3])}


def names(source: Source) -> Iterator[Finding]:
    """Modules, functions and classes are called what the trade calls them."""
    if not source.place:
        return
    module = source.path.parent.name if source.path.stem == "__init__" else source.path.stem
    named: list[tuple[str, ast.AST | int]] = [(module, 1)]
    named += [(node.name, node) for node in source.every(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)]
    for name, node in named:
        parts = words(name)
        for empty in EMPTY.intersection(parts):
            yield source.finding(node, "empty-name", f"`{empty}` in {name}")
        for wrong, right in never().items():
            if f"_{wrong}_" in f"_{'_'.join(parts)}_":
                yield source.finding(node, "glossary", f"`{wrong}` in {name} is {right}")
