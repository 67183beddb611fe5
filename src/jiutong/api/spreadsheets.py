"""Tables as files: XLSX and CSV written row by row, and sent as they are written."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import IO, TypeAlias
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream
from xlsxwriter.workbook import Workbook

Cell: TypeAlias = "str | int | Decimal | None"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PART_BYTES = 1 << 18
COMMENTS_MAX = 2_000
TEXT_CHARACTERS_MAX = 32_767
# What a spreadsheet would take for the beginning of a formula; and the sign that says it is none.
_RISKY = frozenset("=+-@\t\r'")


def download(name: str, media_type: str, parts: AsyncIterator[bytes]) -> Response[bytes]:
    """An answer that is saved as a file, sent while it is being made."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_" for letter in name)
    headers = {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}", "cache-control": "no-store"}
    return Stream(parts, media_type=media_type, headers=headers)  # type: ignore[return-value]


class Csv:
    """A CSV file for Excel and everybody else. Text that would be run as a formula is kept from it by a leading apostrophe."""

    def __init__(self, columns: Sequence[str], *, marked: bool) -> None:
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        if marked:
            self._text.write("\ufeff")
        self._writer.writerow([_harmless(column) for column in columns])

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one row."""
        self._writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in cells])

    def taken(self) -> bytes:
        """What was written since this was last asked."""
        written = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        return written


class Xlsx:
    """A spreadsheet. Text is written as text, so nothing in it is ever a formula."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._file = file
        self._book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self._sheet = self._book.add_worksheet()
        self._bad = self._book.add_format({"bg_color": "#FFE3DB", "border": 1, "border_color": "#C8370A"})
        head = self._book.add_format({"bold": True, "bg_color": "#EEF4F3", "bottom": 1})
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(columns) - 1, 0), 18)
        for no, column in enumerate(columns):
            self._sheet.write_string(0, no, column[:TEXT_CHARACTERS_MAX], head)
        self._rows = 0
        self._comments = 0

    def row(self, cells: Sequence[Cell], marked: int | None = None, comment: str = "") -> None:
        """Write one row; of the cell marked, say why."""
        self._rows += 1
        for no, cell in enumerate(cells):
            style = self._bad if no == marked else None
            if isinstance(cell, str):
                if cell or style:
                    self._sheet.write_string(self._rows, no, cell[:TEXT_CHARACTERS_MAX], style)
            elif cell is not None:
                self._sheet.write_number(self._rows, no, float(cell), style)
        if marked is not None and self._comments < COMMENTS_MAX:
            self._comments += 1
            self._sheet.write_comment(self._rows, marked, comment, {"x_scale": 2})

    def close(self) -> None:
        """Put the file together."""
        self._book.close()
        self._file.seek(0)

    async def parts(self) -> AsyncIterator[bytes]:
        """The file, piece by piece."""
        while part := self._file.read(PART_BYTES):
            yield part


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in _RISKY and text else text
