"""Five files to a room, none too long; decisions pure; integers only."""

import ast
from collections.abc import Iterator

from .source import Finding, Source, matches

FIVE = ("__init__", "model", "rules", "store", "verbs")
LINES_MAX = 700

WALL_CLOCK = ("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today", "time.time")
# Elsewhere `secrets` and uuids are how tokens are made; a rule may not even do that.
CHANCE_IN_RULES = ("random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom")
# The two files that may ask the world: everyone else is handed the answer, so that a test can choose it.
MAY_ASK_THE_WORLD = frozenset({("kernel", "clock.py"), ("kernel", "ids.py")})


def five_files(source: Source) -> Iterator[Finding]:
    """A room is known by its shape, so a stranger finds the rule, the statement and the verb at once."""
    lines = source.text.count("\n") + 1
    if lines > LINES_MAX:
        yield source.finding(LINES_MAX, "long-file", f"{lines} lines")
    if source.room is None:
        return
    if source.role not in FIVE:
        yield source.finding(1, "sixth-file", f"a room has no `{source.role}`")
    if source.role == "__init__":
        for name in FIVE[1:]:
            if not source.beside & {name, f"{name}.py"}:
                yield source.finding(1, "five-files", f"room `{source.room}` has no {name}.py")


def one_door(source: Source) -> Iterator[Finding]:
    """What a room does not offer at its door it may change tomorrow."""
    if not source.place:
        return
    for _, full, node in source.imports:
        match full.split("."):
            case ["jiutong", "capabilities", room, inside, *_] | ["jiutong", "ledger" as room, inside, *_]:
                if inside in FIVE and room != source.room:
                    yield source.finding(node, "side-door", f"{full} comes from inside a room")


def pure_rules(source: Source) -> Iterator[Finding]:
    """A rule is a function of its arguments: it can be replayed, explained and tested without a database."""
    if source.role != "rules":
        return
    for node in source.every(ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith):
        yield source.finding(node, "async-rule", "a rule never waits")
    for _, full, node in source.imports:
        # One room is itself called store: what counts is the file behind the room's name.
        if matches(full, ("asyncpg", "jiutong.kernel.db")) or {"store", "verbs"}.intersection(full.split(".")[3:]):
            yield source.finding(node, "rule-import", f"a rule imports {full}")


def integers_only(source: Source) -> Iterator[Finding]:
    """Money and stock are counted, and 0.1 + 0.2 is not 0.3."""
    counting_storey = source.storey in {"ledger", "flows", "scenes"} or source.place == ("kernel", "money.py")
    if not counting_storey and source.role not in {"rules", "model", "verbs"}:
        return
    for constant in source.every(ast.Constant):
        if isinstance(constant.value, float):
            yield source.finding(constant, "float", f"float {constant.value}")
    for name in source.every(ast.Name):
        if name.id == "float":
            yield source.finding(name, "float", "float in a count")
    for division in source.every(ast.BinOp, ast.AugAssign):
        if isinstance(division.op, ast.Div):
            yield source.finding(division, "true-division", "`/` makes a float")


def clock_and_chance(source: Source) -> Iterator[Finding]:
    """Time and randomness come in as arguments: one seed and one clock replay a whole run."""
    if not source.place or source.place in MAY_ASK_THE_WORLD or source.storey == "cli":
        return
    chance = CHANCE_IN_RULES if source.role == "rules" else ("random",)
    for node in source.every(ast.Attribute, ast.Name):
        full = source.dotted(node)
        if matches(full, WALL_CLOCK):
            yield source.finding(node, "wall-clock", f"{full} here")
        elif "." in full and matches(full, chance):
            yield source.finding(node, "chance", f"{full} here")
