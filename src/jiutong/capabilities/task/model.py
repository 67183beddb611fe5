"""The nouns of tasks: a sheet of rows to be taken over, its rows, and what became of them."""

from typing import Literal, TypeAlias

import msgspec

from jiutong.kernel.errors import ProblemType

UNKNOWN_SHEET = ProblemType("task.unknown_import", 404, "There is no such import", "没有这个导入任务")
NOT_WAITING = ProblemType("task.not_waiting", 409, "This import has begun or ended already", "该导入已开始或已结束")
NOT_UNDER_WAY = ProblemType("task.not_under_way", 409, "This import has ended already", "该导入已结束")

KEPT_DAYS = 30
ROWS_MAX = 50_000

State: TypeAlias = Literal["uploaded", "running", "done", "canceled"]
Outcome: TypeAlias = Literal["created", "changed", "unchanged", "refused"]


class Row(msgspec.Struct, frozen=True):
    """A row of a sheet: its number as the spreadsheet shows it, and what is written in it from left to right."""

    no: int
    cells: tuple[str, ...]


class HandedIn(msgspec.Struct, frozen=True):
    """A sheet as it was handed in, and what its columns were taken for."""

    kind: str
    name: str
    columns: tuple[str, ...]
    mapping: tuple[str, ...]
    rows: tuple[Row, ...]


class Start(msgspec.Struct, frozen=True):
    """A wish to take a sheet over: what its columns mean, and what holds where it has no such column."""

    sheet_id: int
    mapping: tuple[str, ...]
    defaults: dict[str, str]


class Cancel(msgspec.Struct, frozen=True):
    """A wish to take over no more of a sheet."""

    sheet_id: int


class RowTold(msgspec.Struct, frozen=True):
    """What became of a row; of a refused one in which field it failed, by which rule (a problem's code), and how it was put."""

    no: int
    outcome: Outcome
    field: str = ""
    code: str = ""
    detail: str = ""


class Told(msgspec.Struct, frozen=True):
    """What became of some rows of a sheet."""

    sheet_id: int
    rows: tuple[RowTold, ...]


class Stands(msgspec.Struct, frozen=True):
    """A sheet, and the state it is in now."""

    sheet_id: int
    state: State


class Ended(msgspec.Struct, frozen=True):
    """sheet.ended.v1: what the rows of a sheet came to."""

    sheet_id: int
    kind: str
    name: str
    created: int
    changed: int
    unchanged: int
    refused: int


class Begun(msgspec.Struct, frozen=True):
    """sheet.started.v1: the rows of a sheet are being taken over."""

    sheet_id: int
    kind: str
    name: str
    rows: int
