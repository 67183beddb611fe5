"""No swallowed errors; tests that can fail, and that wait for nothing."""

import ast
from collections.abc import Iterator

from .source import Finding, Function, Source

BROAD = frozenset({"Exception", "BaseException"})
CLAIMS = ("assert", "raises", "warns", "expect", "verify", "check", "run_state_machine")


def swallowed(source: Source) -> Iterator[Finding]:
    """Most catastrophes are small errors that somebody signaled and nobody read."""
    for caught in source.every(ast.ExceptHandler):
        if caught.type is None:
            yield source.finding(caught, "bare-except", "this catches everything, even the exit")
        elif source.dotted(caught.type) in BROAD and all(map(_does_nothing, caught.body)):
            yield source.finding(caught, "swallowed", "this drops every error unseen")
    for call in source.every(ast.Call):
        if source.dotted(call.func) == "contextlib.suppress" and BROAD.intersection(map(source.dotted, call.args)):
            yield source.finding(call, "swallowed", "this drops every error unseen")


def honest_tests(source: Source) -> Iterator[Finding]:
    """A test that cannot fail is a defect; one that sleeps is slow today and flaky tomorrow."""
    if source.path.parts[0] != "tests":
        return
    for call in source.every(ast.Call):
        if source.dotted(call.func) in {"time.sleep", "asyncio.sleep"} and not _only_gives_way(call):
            yield source.finding(call, "sleep", "a test waits for time to pass")
    for claim in source.every(ast.Assert):
        if isinstance(claim.test, ast.Constant | ast.Tuple):
            yield source.finding(claim, "always-true", "this assertion cannot fail")
    if source.path.name.startswith("test_"):
        for test in source.every(ast.FunctionDef, ast.AsyncFunctionDef):
            if test.name.startswith("test_") and not _claims_something(test):
                yield source.finding(test, "no-claim", f"{test.name} claims nothing")


def _does_nothing(step: ast.stmt) -> bool:
    return isinstance(step, ast.Pass | ast.Continue) or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))


def _only_gives_way(sleep: ast.Call) -> bool:
    """`sleep(0)` lets another coroutine run; no time passes."""
    return bool(sleep.args) and isinstance(sleep.args[0], ast.Constant) and sleep.args[0].value == 0


def _claims_something(test: Function) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called.lstrip("_").startswith(CLAIMS):
                return True
    return False
