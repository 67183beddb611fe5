"""A flow says the order of things: no arithmetic, no scene, no other flow."""

import ast
from collections.abc import Iterator

from .source import Finding, Source, words

LINES_MAX = 70
# What several processes read and say; a process itself may not hide here.
NOT_PROCESSES = frozenset(
    {
        "canceling",
        "claiming",
        "counter",
        "facts",
        "for_promotions",
        "for_whom",
        "gating",
        "marking_down",
        "price_rows",
        "withholding",
        "words",
    }
)
COUNTED = frozenset({"amount", "minor", "quantity", "qty", "total", "price", "cost", "fee"})


def corridor(source: Source) -> Iterator[Finding]:
    """What is decided is decided in a room; the corridor only walks."""
    if source.storey != "flows":
        return
    yield from _scene_branches(source)
    yield from _arithmetic(source)
    yield from _other_flows(source)
    for function in source.every(ast.FunctionDef, ast.AsyncFunctionDef):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LINES_MAX:
            yield source.finding(function, "long-flow", f"{function.name} has {lines} lines")


def _scene_branches(source: Source) -> Iterator[Finding]:
    for compare in source.every(ast.Compare):
        if any(map(_is_scene, (compare.left, *compare.comparators))):
            yield source.finding(compare, "scene-branch", "a flow asks which scene it is in")
    for match in source.every(ast.Match):
        if _is_scene(match.subject):
            yield source.finding(match, "scene-branch", "a flow asks which scene it is in")


def _is_scene(node: ast.AST) -> bool:
    """`scene`, `order.scene`, `scope.scene.code`."""
    names = (part.id if isinstance(part, ast.Name) else part.attr for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute))
    return not {"scene", "scene_code"}.isdisjoint(names)


def _arithmetic(source: Source) -> Iterator[Finding]:
    for node in source.every(ast.BinOp, ast.AugAssign):
        sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
        multiplies = isinstance(node.op, ast.Mult | ast.FloorDiv | ast.Div | ast.Mod)
        if multiplies or (isinstance(node.op, ast.Add | ast.Sub) and any(map(_is_counted, sides))):
            yield source.finding(node, "flow-arithmetic", "a flow calculates")
    for call in source.every(ast.Call):
        if source.dotted(call.func) == "sum":
            yield source.finding(call, "flow-arithmetic", "a flow adds up")


def _is_counted(node: ast.AST) -> bool:
    """`line.price` and `total_minor` count something; `orders` and `so_far` do not."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return not COUNTED.isdisjoint(words(name)[-1:])


def _other_flows(source: Source) -> Iterator[Finding]:
    if source.path.name in {"reactions.py", "__init__.py"}:
        return
    for _, full, node in source.imports:
        match full.split("."):
            case ["jiutong", "flows", other, *_] if other not in NOT_PROCESSES | {source.path.stem}:
                yield source.finding(node, "flow-calls-flow", f"a flow imports {full}")
    if source.path.stem in NOT_PROCESSES:
        for call in source.every(ast.Call):
            if source.dotted(call.func) == "jiutong.kernel.runner.flow":
                yield source.finding(call, "flow-calls-flow", f"a flow in {source.path.name}, which flows import")
