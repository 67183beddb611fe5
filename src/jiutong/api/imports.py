"""Imports: a file is handed in, looked at, tried out, taken over row by row; what could not be done comes back."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post
from jiutong.api.spreadsheets import XLSX, Xlsx, download
from jiutong.capabilities import task
from jiutong.flows import take_over
from jiutong.importers.sheets import fields, files
from jiutong.importers.sheets.fields import KINDS, Kind, KindOf
from jiutong.importers.sheets.shaping import Wanted
from jiutong.importers.sheets.words import RowReason, reason
from jiutong.importers.sheets.work import Taker
from jiutong.kernel.errors import INVALID
from jiutong.reads import sheets as reads

TRIED_MAX, TRIED_AT_ONCE = 2_000, 500
SHOWN, PROBLEMS_SHOWN = 50, 200
FileName = Annotated[str, QueryParameter(min_length=1, max_length=200, description="What the file is called.")]


class ImportFieldView(msgspec.Struct, frozen=True):
    """Something a column may say, in the language asked for. `told`: exports say it, imports pass over it."""

    name: str
    title: str
    needed: bool
    key: bool
    told: bool


class ImportKindView(msgspec.Struct, frozen=True):
    """A kind of import and what its columns may say. Products also take `attribute:<name>` and `sku_attribute:<name>`."""

    name: Kind
    title: str
    scopes: Sequence[str]
    fields: Sequence[ImportFieldView]


class ImportView(msgspec.Struct, frozen=True):
    """A file that was handed in, what its columns mean ("" for nothing), and how far it has come.

    `done` of its `rows` have been told of; `beat_at` is when the last of them were.
    """

    id: str
    kind: str
    name: str
    actor: str
    columns: Sequence[str]
    mapping: Sequence[str]
    defaults: dict[str, str]
    state: task.State
    rows: int
    done: int
    created: int
    changed: int
    unchanged: int
    refused: int
    uploaded_at: datetime
    started_at: datetime | None
    beat_at: datetime | None
    finished_at: datetime | None


class MappingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What each column means, from left to right ("" for nothing), and what holds where the file has no such column.

    Without `mapping` it is what the headings were taken for. `time_zone` among the defaults is that of dates without one.
    """

    mapping: Annotated[tuple[str, ...], msgspec.Meta(max_length=files.COLUMNS_MAX)] | None = None
    defaults: dict[str, Annotated[str, msgspec.Meta(max_length=300)]] = {}


class CellChange(msgspec.Struct, frozen=True):
    """A value that would be another."""

    field: str
    before: str
    after: str


class ImportRowView(msgspec.Struct, frozen=True):
    """A row as it is written and as it was understood, and what it would come to."""

    row: int
    cells: Sequence[str]
    outcome: task.Outcome
    said: dict[str, str]
    changes: Sequence[CellChange]
    problem: RowReason | None


class ImportPreview(msgspec.Struct, frozen=True):
    """What an import would come to: the first `checked` of its `rows` were tried out, and nothing was kept.

    `items` are the first rows, `problems` the first that would be refused.
    """

    rows: int
    checked: int
    created: int
    changed: int
    unchanged: int
    refused: int
    items: Sequence[ImportRowView]
    problems: Sequence[ImportRowView]


class RefusedRowView(msgspec.Struct, frozen=True):
    """A row that was not taken over, as it was handed in, and why."""

    row: int
    cells: Sequence[str]
    problem: RowReason


@get("/v1/imports/kinds", scope="")
async def list_import_kinds(call: Call) -> Sequence[ImportKindView]:
    """What can be imported, and what the columns may say."""
    return [_kind(one, call.zh) for one in KINDS.values()]


@post(
    "/v1/imports",
    scope="",
    repeatable=False,
    body_bytes_max=files.FILE_BYTES_MAX,
    refuses=(files.UNREADABLE, files.TOO_MANY_ROWS, files.NO_ROWS),
)
async def hand_in(call: Call, request: Request[Any, Any, Any], kind: Kind, name: FileName = "import") -> Response[ImportView]:
    """Hand a file in: XLSX, or CSV and the like in UTF-8, UTF-16 or GB18030, as the body. Nothing is taken over yet.

    Its first row with something in it are the headings, in English or Chinese; what each was taken for is told, and can be changed.
    """
    of = KINDS[kind]
    _allowed(call, of)
    table = await asyncio.to_thread(files.read, await request.body())
    wish = task.HandedIn(kind, name, table.columns, fields.recognized(of, table.columns), table.rows)
    kept = await call.run_once(take_over.receive, wish)
    return call.created(await _view(call, kept.sheet_id), f"/v1/imports/{call.ids.show('imp', kept.sheet_id)}")


@get("/v1/imports", scope="")
async def list_imports(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[ImportView]:
    """Imports of what the caller may write, the latest first. They are forgotten after 30 days."""
    kinds = [one.name for one in KINDS.values() if all(call.scope.holds(grant) for grant in one.grants)]
    async with call.reading() as tx:
        found = await reads.sheets(tx, kinds, read(after, int), limit + 1)
    return paged([_import(call, one) for one in found], limit, [one.sheet_id for one in found])


@get("/v1/imports/{import_id:str}", scope="", refuses=(task.UNKNOWN_SHEET,))
async def show_import(call: Call, import_id: str) -> ImportView:
    """An import and how far it has come."""
    return await _view(call, call.ids.read("imp", import_id))


@post("/v1/imports/{import_id:str}/preview", scope="", status=200, repeatable=False, refuses=(task.UNKNOWN_SHEET,))
async def preview_import(call: Call, import_id: str, data: JSONBody[MappingBody]) -> ImportPreview:
    """Try the first rows out: what would be new, what would change from what to what, what would be refused. Nothing is kept."""
    sheet, mapping = await _mapped(call, import_id, data)
    async with call.reading() as tx:
        rows = await reads.open_rows(tx, sheet.sheet_id, 0, TRIED_MAX)
    house = call.house
    taker = Taker(house.db, house.runner, house.clock, call.scope)
    told: list[tuple[Wanted, task.RowTold]] = []
    for first in range(0, len(rows), TRIED_AT_ONCE):
        told += await taker.try_out(sheet.kind, rows[first : first + TRIED_AT_ONCE], mapping, data.defaults)
    counts = Counter(one.outcome for _, one in told)
    refused = [pair for pair in told if pair[1].outcome == "refused"]
    return ImportPreview(
        sheet.rows,
        len(told),
        counts["created"],
        counts["changed"],
        counts["unchanged"],
        counts["refused"],
        [_row(*pair, call.zh) for pair in told[:SHOWN]],
        [_row(*pair, call.zh) for pair in refused[:PROBLEMS_SHOWN]],
    )


@post("/v1/imports/{import_id:str}/start", scope="", status=200, refuses=(task.UNKNOWN_SHEET, task.NOT_WAITING))
async def start_import(call: Call, import_id: str, data: JSONBody[MappingBody]) -> ImportView:
    """Take its rows over: the good ones, each on its own. What is refused can be had back as a sheet, mended and handed in again."""
    sheet, mapping = await _mapped(call, import_id, data)
    await call.run(take_over.start, task.Start(sheet.sheet_id, mapping, data.defaults))
    return await _view(call, sheet.sheet_id)


@post("/v1/imports/{import_id:str}/cancel", scope="", status=200, refuses=(task.UNKNOWN_SHEET, task.NOT_UNDER_WAY))
async def cancel_import(call: Call, import_id: str) -> ImportView:
    """Take over no more of it. What was taken over stays."""
    sheet = await _sheet(call, import_id)
    await call.run(take_over.cancel, task.Cancel(sheet.sheet_id))
    return await _view(call, sheet.sheet_id)


@get("/v1/imports/{import_id:str}/refused", scope="", refuses=(task.UNKNOWN_SHEET,))
async def list_refused_rows(call: Call, import_id: str, after: Cursor = None, limit: Limit = 50) -> Page[RefusedRowView]:
    """The rows that were not taken over, and why."""
    sheet = await _sheet(call, import_id)
    async with call.reading() as tx:
        found = await reads.refused_rows(tx, sheet.sheet_id, read(after, int) or 0, limit + 1)
    views = [RefusedRowView(one.no, one.cells, reason(one.code, one.field, one.detail, call.zh)) for one in found]
    return paged(views, limit, [one.no for one in found])


@get("/v1/imports/{import_id:str}/rejects.xlsx", scope="", refuses=(task.UNKNOWN_SHEET,))
async def download_rejects(call: Call, import_id: str) -> Response[bytes]:
    """The rows that were not taken over, as they were handed in, with what is wrong and how to mend it; the cell at fault is marked."""
    sheet = await _sheet(call, import_id)
    return download(f"{sheet.name.rpartition('.')[0] or sheet.name}-rejects.xlsx", XLSX, _rejects(call, sheet))


async def _rejects(call: Call, sheet: reads.SheetRow) -> AsyncIterator[bytes]:
    with tempfile.TemporaryFile() as file:
        zh = call.zh
        book = Xlsx(file, [*sheet.columns, *((fields.REASON[zh], fields.FIX[zh]))])
        after = 0
        while True:
            async with call.reading() as tx:
                rows = await reads.refused_rows(tx, sheet.sheet_id, after, 1_000)
            if not rows:
                break
            after = rows[-1].no
            told = [(row, reason(row.code, row.field, row.detail, zh)) for row in rows]
            await asyncio.to_thread(_write_refused, book, sheet, told, zh)
        await asyncio.to_thread(book.close)
        async for part in book.parts():
            yield part


def _write_refused(book: Xlsx, sheet: reads.SheetRow, told: Sequence[tuple[reads.RefusedRow, RowReason]], zh: bool) -> None:
    for row, why in told:
        at = sheet.mapping.index(why.field) if why.field in sheet.mapping else None
        what = f"{_titled(KINDS[sheet.kind], why.field, zh)}{why.title}" if why.field else why.title
        book.row([*row.cells, f"{what} ({why.detail})", why.fix], at, f"{why.title}\n{why.fix}")


def _titled(of: KindOf, field: str, zh: bool) -> str:
    return f"{fields.heading(of, field, zh)}{'：' if zh else ': '}"


def _kind(one: KindOf, zh: bool) -> ImportKindView:
    told = [ImportFieldView(f.name, f.zh if zh else f.en, f.needed, f.key, f.told) for f in one.fields]
    return ImportKindView(one.name, one.zh if zh else one.en, one.grants, told)


async def _sheet(call: Call, import_id: str) -> reads.SheetRow:
    sheet_id = call.ids.read("imp", import_id)
    async with call.reading() as tx:
        sheet = await reads.sheet(tx, sheet_id)
    if sheet is None:
        raise task.UNKNOWN_SHEET(f"no import {import_id!r}")
    _allowed(call, KINDS[sheet.kind])
    return sheet


async def _view(call: Call, sheet_id: int) -> ImportView:
    return _import(call, await _sheet(call, call.ids.show("imp", sheet_id)))


def _import(call: Call, one: reads.SheetRow) -> ImportView:
    done = one.created + one.changed + one.unchanged + one.refused
    same = {name: getattr(one, name) for name in ImportView.__struct_fields__ if name not in {"id", "done"}}
    return ImportView(id=call.ids.show("imp", one.sheet_id), done=done, **same)


async def _mapped(call: Call, import_id: str, body: MappingBody) -> tuple[reads.SheetRow, tuple[str, ...]]:
    """The sheet and what its columns are to mean; refused where that cannot be."""
    sheet = await _sheet(call, import_id)
    mapping = sheet.mapping if body.mapping is None else body.mapping
    of = KINDS[sheet.kind]
    if len(mapping) != len(sheet.columns):
        raise INVALID(f"there are {len(sheet.columns)} columns", pointer="/mapping")
    for no, meaning in enumerate(mapping):
        if not fields.is_meaning(of, meaning):
            raise INVALID(f"{sheet.kind} have no {meaning!r}", pointer=f"/mapping/{no}")
        if meaning and meaning in mapping[:no]:
            raise INVALID("another column means this already", pointer=f"/mapping/{no}")
    for meaning, value in body.defaults.items():
        if meaning == "time_zone":
            _zone(value)
        elif of.field(meaning) is None:
            raise INVALID(f"{sheet.kind} have no {meaning!r}", pointer=f"/defaults/{meaning}")
    return sheet, mapping


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise INVALID(f"no time zone {name!r}", pointer="/defaults/time_zone") from None


def _row(wanted: Wanted, told: task.RowTold, zh: bool) -> ImportRowView:
    problem = reason(told.code, told.field, told.detail, zh) if told.outcome == "refused" else None
    changes: list[CellChange] = []
    if told.outcome == "changed" and wanted.shape is not None and wanted.shape.before is not None:
        before, after = wanted.shape.before, wanted.shape.after
        pairs = ((name, before.get(name, ""), after.get(name, "")) for name in wanted.said if name in after)
        changes = [CellChange(*pair) for pair in pairs if pair[1] != pair[2]]
    return ImportRowView(wanted.row.no, wanted.row.cells, told.outcome, wanted.said, changes, problem)


def _allowed(call: Call, of: fields.KindOf) -> None:
    for grant in of.grants:
        call.scope.require(grant)


ROUTES = [
    list_import_kinds,
    hand_in,
    list_imports,
    show_import,
    preview_import,
    start_import,
    cancel_import,
    list_refused_rows,
    download_rejects,
]
