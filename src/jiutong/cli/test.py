"""`jiutong test`: what must hold before anything is handed on."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from jiutong.cli import consoles
from jiutong.cli.checkout import ROOT, tool
from jiutong.cli.failure import Failure

CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("pyrefly", "check"),
    ("lint-imports",),
)
FAST = ("-m", "not (slow or races or faults or browser)", "--hypothesis-profile=fast")


def run_tests(
    *pytest_arguments: Annotated[str, Parameter(allow_leading_hyphen=True)],
    fast: bool = False,
    browser: bool = False,
) -> int:
    """Run the checks and the tests on a database of their own. With arguments for pytest: only the tests they choose.

    Parameters
    ----------
    pytest_arguments:
        Paths and options for pytest, as in `./jt test flows -k cancel`.
    fast:
        Leave out what takes long: slow tests, races, faults and browsers. Laws are tried less often, none is left out.
    browser:
        Run only the tests in a real browser.
    """
    failed: list[str] = [] if pytest_arguments or browser else [*failing(), *failing_consoles(fast=fast)]
    chosen = FAST if fast else ["-m", "browser"] if browser else []
    command = [tool("pytest"), "--numprocesses", "auto", "--dist", "worksteal", *chosen, *map(placed, pytest_arguments)]
    tests = subprocess.run(command, cwd=ROOT).returncode
    if failed:
        sys.stderr.write(f"Failed before the tests: {', '.join(failed)}.\n")
    return tests or bool(failed)


def placed(argument: str) -> str:
    """`flows` means `tests/flows`, when there is no other."""
    return f"tests/{argument}" if (ROOT / "tests" / argument.partition("::")[0]).exists() and not (ROOT / argument).exists() else argument


def failing() -> list[str]:
    """The checks of the Python that fail."""
    return [" ".join(check) for check in CHECKS if not passes(" ".join(check), (str(tool(check[0])), *check[1:]), ROOT)]


def failing_consoles(*, fast: bool) -> list[str]:
    """The checks of the web apps that fail. Where they cannot be made it is said, and is a failure where nobody reads it."""
    if fast and not consoles.is_ready():
        say("consoles: NOT CHECKED, because consoles/node_modules is missing or old; `./jt test` without --fast installs it\n")
        return []
    try:
        node = consoles.installed()
    except Failure as refusal:
        say(f"consoles: NOT CHECKED. {refusal}\n")
        return ["consoles"] if os.environ.get("CI") == "true" else []
    failed = [title for title, command in consoles.checks(node) if not passes(title, command, consoles.SOURCES, node.environment())]
    return failed if fast else [*failed, *failing_build(node)]


def failing_build(node: consoles.Node) -> list[str]:
    """Whether the web apps cannot be built, or are larger than they may be."""
    try:
        consoles.built()
    except Failure as refusal:
        say(f"{refusal}\n")
        return ["consoles: build"]
    title, command = consoles.SIZE
    return [] if passes(title, command, consoles.SOURCES, node.environment()) else [title]


def passes(title: str, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> bool:
    """Run one check; what it has to say matters only when it fails."""
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    verdict = "failed" if done.returncode else "passed"
    say(f"{title}: {verdict} in {time.monotonic() - began:.1f} s\n")
    if done.returncode:
        say(done.stdout + done.stderr)
    return not done.returncode


def say(text: str) -> None:
    """Tell it now: what comes next takes long."""
    sys.stdout.write(text)
    sys.stdout.flush()
