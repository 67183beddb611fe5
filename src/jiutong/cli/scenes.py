"""`jiutong scenes …`: what a scene really does, once all its layers are laid over each other."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from jiutong.cli.failure import Failure
from jiutong.kernel import points

AsJson = Annotated[bool, Parameter(name="--json")]


def explain(scene: str, *, as_json: AsJson = False) -> None:
    """Print the effective plan of a scene: its steps in order, and its answers to extension points with their origin.

    Parameters
    ----------
    scene:
        Its code, such as `b2c.mall`.
    as_json:
        Print the plan as JSON.
    """
    plan = plan_of(scene)
    show(("kind", "name", "says"), points.explain(plan), as_json)


def diff(one: str, other: str, *, as_json: AsJson = False) -> None:
    """Print where two scenes differ.

    Parameters
    ----------
    one:
        The code of a scene.
    other:
        The code of another.
    as_json:
        Print the differences as JSON.
    """
    left, right = plan_of(one), plan_of(other)
    show(("kind", "name", one, other), points.diff(left, right), as_json)


def plan_of(code: str) -> points.Plan:
    """The plan of an installed scene."""
    from jiutong.scenes import install  # every room is behind it, and only these two commands need them

    install()
    if code not in points.PLANS:
        raise Failure(f"No scene {code!r} is installed; there are {', '.join(sorted(points.PLANS))}.")
    return points.PLANS[code]


def show(columns: Sequence[str], rows: Sequence[Sequence[str]], as_json: bool) -> None:
    """Rows as aligned text, or as JSON."""
    if as_json:
        sys.stdout.write(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False) + "\n")
        return
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
