"""SQL in sight, in its own files, and never built from pieces."""

import ast
import re
from collections.abc import Iterator

from .source import Finding, Source

STATEMENT = re.compile(
    r"\b(select)\s.*\bfrom\s|\A\s*(select)\s|\b(insert\s+into)\s|\b(update)\s+[\w.{}]+\s+(?:as\s+)?(?:\w+\s+)?set\s|\b(delete\s+from)\s",
    re.DOTALL | re.IGNORECASE,
)
# What is put together in a store when it is not a whole statement.
CLAUSE = re.compile(r"\A\s*(where|order by|group by|limit|returning|(?:left |inner )?join|and|or)\s", re.IGNORECASE)
# What makes roles, databases and tables works before there is a room.
ADMINISTRATION = frozenset({("cli", "database.py"), ("cli", "migrations.py")})
BUILDING = frozenset({"format", "format_map", "replace", "join"})


def sql_place(source: Source) -> Iterator[Finding]:
    """Whoever asks what a room does to its tables reads one file."""
    if not source.place or _may_hold_sql(source):
        return
    prose = {id(node.value) for node in source.every(ast.Expr)}
    for node in source.every(ast.Constant):
        if id(node) not in prose and _is(STATEMENT, _text(node)) and not _excused(source, node):
            yield source.finding(node, "sql-place", "SQL outside a store")


def sql_constant(source: Source) -> Iterator[Finding]:
    """A statement is a constant: it is prepared once, its plan is known, and nobody can inject into it."""
    if not source.place:
        return
    by_line = {getattr(node, "lineno", 1): node for node in _built(source, set(_named_statements(source)))}
    for node in by_line.values():
        if not _excused(source, node):
            yield source.finding(node, "sql-built", "SQL made of pieces")


def _built(source: Source, named: set[str]) -> Iterator[ast.AST]:
    """Every f-string, sum, `%` and `.format` with SQL in it."""

    def smells(node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id in named
        if isinstance(node, ast.BinOp):
            return smells(node.left) or smells(node.right)
        return _is(STATEMENT, _text(node)) or (_may_hold_sql(source) and _is(CLAUSE, _text(node)))

    yield from filter(smells, source.every(ast.JoinedStr))
    yield from (sum_ for sum_ in source.every(ast.BinOp) if isinstance(sum_.op, ast.Add | ast.Mod) and smells(sum_))
    for call in source.every(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in BUILDING and smells(call.func.value):
            yield call


def _may_hold_sql(source: Source) -> bool:
    if source.storey == "importers":
        # It asks duckdb about the files it was given; our tables it reaches through doors like everybody else.
        return source.path.name == "reader.py"
    return source.role == "store" or source.storey in {"reads", "kernel"} or source.place in ADMINISTRATION


def _named_statements(source: Source) -> Iterator[str]:
    for node in source.every(ast.Assign, ast.AnnAssign):
        if node.value and _is(STATEMENT, _text(node.value)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _is(pattern: re.Pattern[str], text: str) -> bool:
    """Comments before a statement do not hide it, and a sentence ("Select a store from the list") is not one."""
    found = pattern.search(re.sub(r"--[^\n]*", "", text))
    keyword = next(filter(None, found.groups()), "") if found else ""
    return bool(keyword) and (keyword.islower() or keyword.isupper())


def _text(node: ast.AST) -> str:
    """What is written in a string or an f-string, `{x}` standing for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{x}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _excused(source: Source, node: ast.AST) -> bool:
    """A `# sql: reason` beside the statement or on the line above it; the reason may not be left out."""
    first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    return any(re.search(r"# sql: \w+", line) for line in source.text.splitlines()[max(first - 2, 0) : last])
