"""Tasks 任务: work people hand in and watch - sheets of rows to be taken over, and what became of each row.

Owns: `task.sheet`, `task.sheet_row`.
Invariants: what becomes of a row is told once; a sheet's counts are those of its rows; a sheet that is done has told of every row;
what was taken over stays, whether its sheet ends or is canceled. Sheets are forgotten after `KEPT_DAYS`.
Verbs: `receive`, `start`, `settle`, `cancel`. What the rows mean is not known here: importers/sheets reads them.
Events: sheet.started.v1, sheet.ended.v1.
"""

from jiutong.capabilities.task.model import (
    KEPT_DAYS,
    NOT_UNDER_WAY,
    NOT_WAITING,
    ROWS_MAX,
    UNKNOWN_SHEET,
    Begun,
    Cancel,
    Ended,
    HandedIn,
    Outcome,
    Row,
    RowTold,
    Stands,
    Start,
    State,
    Told,
)
from jiutong.capabilities.task.verbs import cancel, receive, settle, start

__all__ = [
    "KEPT_DAYS",
    "NOT_UNDER_WAY",
    "NOT_WAITING",
    "ROWS_MAX",
    "UNKNOWN_SHEET",
    "Begun",
    "Cancel",
    "Ended",
    "HandedIn",
    "Outcome",
    "Row",
    "RowTold",
    "Stands",
    "Start",
    "State",
    "Told",
    "cancel",
    "receive",
    "settle",
    "start",
]
