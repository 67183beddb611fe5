"""Verbs are plural and say which of the four sentences they are; every door explains itself."""

import ast
from collections.abc import Iterator

from .source import Finding, Function, Source

FORMS = ("Quote.", "Guard.", "Plan.", "Post.")
PLURAL = frozenset({"Sequence", "Collection", "Mapping", "Ruleset", "list", "tuple", "set", "dict"})


def four_sentences(source: Source) -> Iterator[Finding]:
    """Four forms are enough for every operation, and the first word tells the reader what it may do to the rows."""
    if source.role != "verbs":
        return
    for verb in source.functions():
        if verb.name.startswith("_"):
            continue
        form = next(iter((ast.get_docstring(verb) or "").split()), "")
        if form not in FORMS:
            yield source.finding(verb, "sentence-form", f"{verb.name} does not say its form")
        # a quote that lists ("what is due by now?") has nothing in hand yet: its answer is the plural
        plural = [argument.annotation for argument in _arguments(verb)] + [verb.returns] * (form == "Quote.")
        if not any(map(_is_plural, plural)):
            yield source.finding(verb, "singular-verb", f"{verb.name} takes one thing")


def docstrings(source: Source) -> Iterator[Finding]:
    """What others may call says what it promises, in a sentence."""
    if source.role not in {"__init__", "model", "rules", "verbs"} and source.storey not in {"flows", "api"}:
        return
    if not ast.get_docstring(source.tree) and source.text.strip():
        yield source.finding(1, "docstring", "the file does not say what it is for")
    for node in source.tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            yield source.finding(node, "docstring", f"{node.name} says nothing of itself")


def _arguments(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _is_plural(annotation: ast.expr | None) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    root = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(root, ast.Name | ast.Attribute) and (root.id if isinstance(root, ast.Name) else root.attr) in PLURAL
