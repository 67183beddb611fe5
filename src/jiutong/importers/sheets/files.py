"""From the bytes of a file to rows of text. A file may be anything: what it claims of itself is checked before it is believed."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

from jiutong.capabilities.task import ROWS_MAX, Row
from jiutong.kernel.errors import ProblemType

UNREADABLE = ProblemType("task.unreadable", 422, "This file cannot be read as a table", "无法识别为表格文件")
TOO_MANY_ROWS = ProblemType("task.too_many_rows", 422, "The file has more rows or columns than allowed", "行数或列数超出单次导入上限")
NO_ROWS = ProblemType("task.no_rows", 422, "The file has no rows below its headings", "表头下没有任何行")

FILE_BYTES_MAX = 20 << 20
INFLATED_BYTES_MAX = 400 << 20
MEMBERS_MAX = 2_000
COLUMNS_MAX = 200
CELL_CHARACTERS_MAX = 32_767
# Before the file is believed: the place of a cell, which decides how much memory a reader takes for the table around it.
_CELL = re.compile(rb'<c[^>]*?\br="([A-Z]{1,7})(\d{1,10})"')
_ROW = re.compile(rb'<row[^>]*?\br="(\d{1,10})"')
_UNESCAPE = re.compile(r"^'(?=[=+\-@\t\r'])")


class Table(msgspec.Struct, frozen=True):
    """A file's headings and its rows below them, each with the number a spreadsheet shows for it. Every row has all columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(raw: bytes) -> Table:
    """The first table of a file; refused when it is none, or too large."""
    if raw[:4] == b"PK\x03\x04":
        lines: Iterable[tuple[int, list[str]]] = _xlsx(raw)
    elif raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UNREADABLE("an old Excel file (.xls) or a protected one; save it as .xlsx or CSV without a password")
    else:
        lines = _csv(raw)
    return _table(lines)


def _table(lines: Iterable[tuple[int, list[str]]]) -> Table:
    columns: list[str] = []
    rows: list[Row] = []
    for no, cells in lines:
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if len(cells) > COLUMNS_MAX:
            raise TOO_MANY_ROWS(f"row {no} has {len(cells)} columns; at most {COLUMNS_MAX}", columns_max=COLUMNS_MAX)
        if not columns:
            columns = [cell.strip() for cell in cells]
            continue
        if len(rows) == ROWS_MAX:
            raise TOO_MANY_ROWS(f"at most {ROWS_MAX} rows; split the file", rows_max=ROWS_MAX)
        for cell in cells:
            if len(cell) > CELL_CHARACTERS_MAX or "\0" in cell:
                raise UNREADABLE(f"row {no} has a cell no spreadsheet could hold")
        rows.append(Row(no, tuple(cells)))
    if not rows:
        raise NO_ROWS("the first row with something in it is taken for the headings")
    width = max(len(columns), max(len(row.cells) for row in rows))
    return Table(
        (*columns, *[""] * (width - len(columns))), tuple(Row(row.no, (*row.cells, *[""] * (width - len(row.cells)))) for row in rows)
    )


def _csv(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(raw)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for no, cells in enumerate(reader, 1):
            yield no, [_UNESCAPE.sub("", cell) for cell in cells]
    except csv.Error as fault:
        raise UNREADABLE(f"line {reader.line_num}: {fault}") from fault


def _decoded(raw: bytes) -> str:
    """The text of a CSV file: what its byte order mark says, else UTF-8, else what Chinese Excel writes (GB18030)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], (encoding,))
    zeros = raw[:4000].count(0)
    if zeros:
        # Text without a mark has no zero bytes unless every letter is two bytes wide.
        return _strictly(raw, ("utf-16-le",) if raw[1:4000:2].count(0) * 2 > zeros else ("utf-16-be",))
    return _strictly(raw, ("utf-8", "gb18030"))


def _strictly(raw: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UNREADABLE("neither an .xlsx file nor text in UTF-8, UTF-16 or GB18030")


def _delimiter(text: str) -> str:
    """What the headings are separated by: the sign that stands most often in the first line, outside quotes."""
    head = text.lstrip("\r\n")[:20_000]
    line = re.sub(r'"[^"]*"', "", head).partition("\n")[0]
    return max(",\t;|", key=line.count)


def _xlsx(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    _vet(raw)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, ValueError, IndexError) as fault:
        raise UNREADABLE(f"the spreadsheet is damaged: {fault}") from fault
    return ((no, [_written(cell) for cell in cells]) for no, cells in enumerate(rows, 1))


def _vet(raw: bytes) -> None:
    """Refuse an archive that would unpack to more than it may, or a table that would need more memory than it is worth."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS_MAX or sum(one.file_size for one in members) > INFLATED_BYTES_MAX:
                raise UNREADABLE(f"it would unpack to more than {INFLATED_BYTES_MAX} bytes")
            for one in members:
                inflated = _inflated(raw, one)
                if one.filename.startswith("xl/worksheets/"):
                    _vet_extent(inflated)
    except (zipfile.BadZipFile, struct.error, zlib.error, NotImplementedError) as fault:
        raise UNREADABLE(f"the spreadsheet is damaged: {fault}") from fault


def _inflated(raw: bytes, member: zipfile.ZipInfo) -> bytes:
    """A member of the archive, which is as long as it says and no longer: a reader that trusts the stream must find the same end."""
    name, extra = struct.unpack("<HH", raw[member.header_offset + 26 : member.header_offset + 30])
    begin = member.header_offset + 30 + name + extra
    packed = raw[begin : begin + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        if len(packed) != member.file_size:
            raise UNREADABLE("the spreadsheet says another size than it has")
        return packed
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise UNREADABLE("the spreadsheet is packed in an unusual way; save it again")
    inflater = zlib.decompressobj(-15)
    inflated = inflater.decompress(packed, member.file_size + 1)
    if len(inflated) != member.file_size:
        raise UNREADABLE("the spreadsheet says another size than it has")
    return inflated


def _vet_extent(xml: bytes) -> None:
    for found in _CELL.finditer(xml):
        if len(found[1]) > 2 or _column_no(found[1]) > COLUMNS_MAX or int(found[2]) > ROWS_MAX * 2:
            place = (found[1] + found[2]).decode()
            raise TOO_MANY_ROWS(f"a cell at {place}; at most {COLUMNS_MAX} columns and {ROWS_MAX} rows", rows_max=ROWS_MAX)
    if any(int(found[1]) > ROWS_MAX * 2 for found in _ROW.finditer(xml)):
        raise TOO_MANY_ROWS(f"at most {ROWS_MAX} rows; split the file", rows_max=ROWS_MAX)


def _column_no(letters: bytes) -> int:
    no = 0
    for letter in letters:
        no = no * 26 + letter - 64
    return no


def _written(cell: object) -> str:
    """A spreadsheet's value as a person would type it: whole numbers without a point, instants as ISO 8601."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1 << 53 else repr(cell)
        case datetime():
            return cell.isoformat(" ", "seconds") if cell.time() != time() else cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return ""
