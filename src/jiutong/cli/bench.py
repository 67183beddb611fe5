"""`jiutong bench`: how fast it is here and now."""

import importlib
import json
import sys
from typing import Annotated

from cyclopts import Parameter

from jiutong.cli.checkout import BENCHMARKS, ROOT
from jiutong.cli.failure import Failure


def bench(
    name: str | None = None,
    *,
    seconds: int = 10,
    clients: int = 64,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> None:
    """Measure one thing, together with the floor the machine sets in the same run. Without a name: say what can be measured.

    Parameters
    ----------
    name:
        What to measure.
    seconds:
        How long to measure.
    clients:
        How many clients at once.
    as_json:
        Print the figures as JSON.
    """
    known = sorted(file.stem for file in BENCHMARKS.glob("[a-z]*.py"))
    if name is None:
        sys.stdout.write("".join(f"{each}\n" for each in known))
        return
    if name not in known:
        raise Failure(f"There is no benchmark {name!r}; there are {', '.join(known) or 'none yet'}.")
    sys.path.insert(0, str(ROOT))
    figures: dict[str, object] = importlib.import_module(f"benchmarks.{name}").run(seconds=seconds, clients=clients)
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        width = max(map(len, figures), default=0)
        sys.stdout.write("".join(f"{what:<{width}}  {figure}\n" for what, figure in figures.items()))
