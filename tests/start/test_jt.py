"""The first command on a new machine."""

import ast
import re

import pytest

from jiutong.cli.checkout import ROOT

LOCKS = ("core", "demo", "dev", "tools", "ui")


def pins(name: str) -> set[str]:
    return set(re.findall(r"^[a-z].*==\S+", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))


def test_an_old_python_can_read_that_it_is_too_old() -> None:
    statements = [type(node) for node in ast.parse((ROOT / "jt").read_text(), feature_version=(3, 6)).body]
    assert statements.index(ast.If) < statements.index(ast.FunctionDef)


@pytest.mark.parametrize("name", LOCKS)
def test_the_locked_packages_can_come_from_any_mirror(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in lock
    assert "--index" not in lock
    assert len(re.findall(r"^[a-z].*==", lock, re.MULTILINE)) == len(re.findall(r"==.*\\\n    --hash=sha256:", lock))


def test_each_lock_holds_the_one_before() -> None:
    assert pins("core") < pins("demo") < pins("dev")
