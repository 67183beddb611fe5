"""Decisions of tasks: what the outcomes of many rows add up to."""

from collections import Counter
from collections.abc import Iterable

from jiutong.capabilities.task.model import Outcome, RowTold


def counted(rows: Iterable[RowTold]) -> dict[Outcome, int]:
    """How many rows came to what."""
    found = Counter(row.outcome for row in rows)
    return {outcome: found[outcome] for outcome in ("created", "changed", "unchanged", "refused")}
