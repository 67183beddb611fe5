"""What a lint reads (one file, parsed once) and what it says (a finding that tells how to mend it)."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from .codes import MEND

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef
HOUSE = PurePosixPath("src/jiutong")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}: {self.message}"


@dataclass(frozen=True)
class Source:
    """One Python file by its path in the repository, with the names of the files and folders beside it."""

    path: PurePosixPath
    text: str
    beside: frozenset[str] = frozenset()

    def finding(self, at: ast.AST | int, code: str, wrong: str) -> Finding:
        """Nobody is told off without being told what to do: the code says how it is mended."""
        line = at if isinstance(at, int) else getattr(at, "lineno", 1)
        return Finding(str(self.path), line, code, f"{wrong}; {MEND[code]}")

    @cached_property
    def place(self) -> tuple[str, ...]:
        """The path inside the house; empty for a file outside it."""
        return self.path.relative_to(HOUSE).parts if self.path.is_relative_to(HOUSE) else ()

    @cached_property
    def storey(self) -> str:
        return self.place[0].removesuffix(".py") if self.place else ""

    @cached_property
    def room(self) -> str | None:
        """`catalog` for everything in capabilities/catalog; the ledger is a room too, one storey below."""
        match self.place:
            case ("capabilities", room, _, *_):
                return room
            case ("ledger", _, *_):
                return "ledger"
            case _:
                return None

    @cached_property
    def role(self) -> str | None:
        """Which of the five files this is: both `store.py` and `store/holds.py` are "store"."""
        if self.room is None:
            return None
        return self.place[self.place.index(self.room) + 1].removesuffix(".py")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def _by_kind(self) -> dict[type[ast.AST], list[Any]]:
        kinds: dict[type[ast.AST], list[Any]] = defaultdict(list)
        for node in ast.walk(self.tree):
            kinds[type(node)].append(node)
        return kinds

    def every(self, *kinds: type[Node]) -> Iterator[Node]:
        """Every node of these kinds, wherever it stands."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def functions(self) -> Iterator[Function]:
        """Functions of the module itself, not those inside classes or other functions."""
        yield from (node for node in self.tree.body if isinstance(node, Function))

    @cached_property
    def imports(self) -> list[tuple[str, str, ast.stmt]]:
        """(local name, full dotted name, statement) of every import, relative ones resolved."""
        package = ("jiutong", *self.place[:-1])
        found: list[tuple[str, str, ast.stmt]] = []
        for node in self.every(ast.Import):
            found += [(name.asname or name.name, name.name, node) for name in node.names]
        for origin in self.every(ast.ImportFrom):
            above = package[: len(package) - origin.level + 1] if origin.level else ()
            module = ".".join((*above, origin.module) if origin.module else above)
            found += [(name.asname or name.name, f"{module}.{name.name}", origin) for name in origin.names]
        return found

    @cached_property
    def _full_names(self) -> dict[str, str]:
        return {local: full for local, full, _ in self.imports}

    def dotted(self, node: ast.AST) -> str:
        """`dt.now` as `datetime.datetime.now`, whatever the file calls it; empty when it is not a plain name."""
        if isinstance(node, ast.Name):
            return self._full_names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""


def words(name: str) -> list[str]:
    """`PlaceOrder` and `place_order` are both ["place", "order"]."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def matches(name: str, banned: Iterable[str]) -> bool:
    """True when `name` is one of `banned` or lies inside it (`random.choice` inside `random`)."""
    return any(name == b or name.startswith(f"{b}.") for b in banned)


def read(root: Path, *tops: str) -> list[Source]:
    """Every Python file under these folders of the repository."""
    return [
        Source(PurePosixPath(path.relative_to(root).as_posix()), path.read_text("utf-8"), frozenset(p.name for p in path.parent.iterdir()))
        for top in tops
        for path in sorted((root / top).rglob("*.py"))
    ]
