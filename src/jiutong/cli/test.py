"""`jiutong test`: what must hold before anything is handed on."""

import subprocess
import sys
import time
from typing import Annotated

from cyclopts import Parameter

from jiutong.cli.checkout import ROOT, tool

CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("pyrefly", "check"),
    ("lint-imports",),
)


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
        Leave out what takes long: slow tests, faults and browsers.
    browser:
        Run only the tests in a real browser.
    """
    failed: list[str] = [] if pytest_arguments or browser else [" ".join(check) for check in CHECKS if not passes(check)]
    chosen = ["-m", "not (slow or faults or browser)"] if fast else ["-m", "browser"] if browser else []
    command = [tool("pytest"), "--numprocesses", "auto", "--dist", "worksteal", *chosen, *map(placed, pytest_arguments)]
    tests = subprocess.run(command, cwd=ROOT).returncode
    if failed:
        sys.stderr.write(f"Failed before the tests: {', '.join(failed)}.\n")
    return tests or bool(failed)


def placed(argument: str) -> str:
    """`flows` means `tests/flows`, when there is no other."""
    return f"tests/{argument}" if (ROOT / "tests" / argument.partition("::")[0]).exists() and not (ROOT / argument).exists() else argument


def passes(check: tuple[str, ...]) -> bool:
    """Run one check; what it has to say matters only when it fails."""
    began = time.monotonic()
    done = subprocess.run([tool(check[0]), *check[1:]], cwd=ROOT, capture_output=True, text=True)
    verdict = "failed" if done.returncode else "passed"
    sys.stdout.write(f"{' '.join(check)}: {verdict} in {time.monotonic() - began:.1f} s\n")
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
    sys.stdout.flush()
    return not done.returncode
