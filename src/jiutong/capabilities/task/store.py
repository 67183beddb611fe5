"""The room's statements."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import msgspec

from jiutong.capabilities.task.model import KEPT_DAYS, HandedIn, Outcome, RowTold, Start
from jiutong.kernel.db import Tx

_encode = msgspec.json.Encoder().encode
FORGOTTEN_AT_ONCE = 20


async def forget(tx: Tx) -> None:
    """Drop a few sheets handed in too long ago to be looked at, and their rows."""
    await tx.count(_FORGET, tx.now - timedelta(days=KEPT_DAYS), FORGOTTEN_AT_ONCE)


async def insert_sheets(tx: Tx, sheets: Sequence[tuple[int, str, HandedIn]]) -> None:
    """Write the heads: (id, who, what)."""
    await tx.count(
        _INSERT_SHEETS,
        [sheet_id for sheet_id, _, _ in sheets],
        [one.kind for _, _, one in sheets],
        [one.name for _, _, one in sheets],
        [actor for _, actor, _ in sheets],
        [_json(one.columns) for _, _, one in sheets],
        [_json(one.mapping) for _, _, one in sheets],
        [len(one.rows) for _, _, one in sheets],
        tx.now,
    )


async def insert_rows(tx: Tx, sheets: Sequence[tuple[int, str, HandedIn]]) -> None:
    """Write the rows."""
    rows = [(sheet_id, row) for sheet_id, _, one in sheets for row in one.rows]
    await tx.count(_INSERT_ROWS, [sheet_id for sheet_id, _ in rows], [row.no for _, row in rows], [_json(row.cells) for _, row in rows])


async def start(tx: Tx, wishes: Sequence[Start]) -> dict[int, asyncpg.Record]:
    """Begin with the sheets that wait; those that did, with what they are."""
    rows = await tx.fetch(
        _START,
        [one.sheet_id for one in wishes],
        [_json(one.mapping) for one in wishes],
        [_json(one.defaults) for one in wishes],
        tx.now,
    )
    return {row["sheet_id"]: row for row in rows}


async def cancel(tx: Tx, sheet_ids: Sequence[int]) -> dict[int, asyncpg.Record]:
    """Stop the sheets that have not ended; those that had not."""
    return {row["sheet_id"]: row for row in await tx.fetch(_CANCEL, sorted(set(sheet_ids)), tx.now)}


async def states(tx: Tx, sheet_ids: Sequence[int]) -> dict[int, str]:
    """The states of these sheets; unknown ones are absent."""
    return {row["sheet_id"]: row["state"] for row in await tx.fetch(_STATES, sorted(set(sheet_ids)))}


async def settle_rows(tx: Tx, rows: Sequence[tuple[int, RowTold]]) -> list[tuple[int, RowTold]]:
    """Say what became of rows nobody has told of yet; those that were."""
    found = await tx.fetch(
        _SETTLE_ROWS,
        [sheet_id for sheet_id, _ in rows],
        [row.no for _, row in rows],
        [row.outcome for _, row in rows],
        [row.field for _, row in rows],
        [row.code for _, row in rows],
        [row.detail for _, row in rows],
    )
    told = {(sheet_id, row.no): row for sheet_id, row in rows}
    return [(row["sheet_id"], told[row["sheet_id"], row["row_no"]]) for row in found]


async def count(tx: Tx, counts: dict[int, dict[Outcome, int]]) -> list[asyncpg.Record]:
    """Add to what sheets have come to; those that are done with it."""
    ids = sorted(counts)
    return await tx.fetch(
        _COUNT,
        ids,
        [counts[id_]["created"] for id_ in ids],
        [counts[id_]["changed"] for id_ in ids],
        [counts[id_]["unchanged"] for id_ in ids],
        [counts[id_]["refused"] for id_ in ids],
        tx.now,
    )


def _json(value: object) -> str:
    return _encode(value).decode()


# Every array drives its statement: a lateral subquery is looked up once per element, in the array's order.
_FORGET = """
with old as materialized (
        select o.sheet_id from task.sheet o
         where o.tenant_id = $1 and o.uploaded_at < $2 order by o.sheet_id limit $3 for update skip locked),
     gone as (
        delete from task.sheet_row r where r.tenant_id = $1 and r.sheet_id = any (array(select old.sheet_id from old)) returning 1)
delete from task.sheet s
 where s.tenant_id = $1 and s.sheet_id = any (array(select old.sheet_id from old)) and (select count(*) from gone) >= 0
"""
_INSERT_SHEETS = """
insert into task.sheet (tenant_id, sheet_id, kind, name, actor, columns, mapping, rows, uploaded_at)
select t.tenant_id, s.*, $9
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::json[], $7::json[], $8::bigint[])
           as s(sheet_id, kind, name, actor, columns, mapping, rows)
 where t.tenant_id = $1
"""
_INSERT_ROWS = """
insert into task.sheet_row (tenant_id, sheet_id, row_no, cells)
select t.tenant_id, r.*
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::json[]) as r(sheet_id, row_no, cells)
 where t.tenant_id = $1
"""
_START = """
with wish as materialized (
        select w.*
          from unnest($2::bigint[], $3::json[], $4::json[]) as w(sheet_id, mapping, defaults)
         cross join lateral (
               select from task.sheet o
                where o.tenant_id = $1 and o.sheet_id = w.sheet_id and o.state = 'uploaded' for update) s)
update task.sheet s set state = 'running', mapping = w.mapping, defaults = w.defaults, started_at = $5, beat_at = $5
  from wish w
 where s.tenant_id = $1 and s.sheet_id = w.sheet_id and s.state = 'uploaded'
returning s.sheet_id, s.kind, s.name, s.rows
"""
_CANCEL = """
update task.sheet s set state = 'canceled', finished_at = $3
 where s.tenant_id = $1 and s.sheet_id = any($2::bigint[]) and s.state in ('uploaded', 'running')
returning s.sheet_id, s.kind, s.name, s.created, s.changed, s.unchanged, s.refused
"""
_STATES = """
select s.sheet_id, s.state from task.sheet s where s.tenant_id = $1 and s.sheet_id = any($2::bigint[])
"""
_SETTLE_ROWS = """
-- The guard against telling twice: a row without an outcome. Rows that are there are met by an insert, never by an update that joins.
insert into task.sheet_row as r (tenant_id, sheet_id, row_no, cells, outcome, field, code, detail)
select t.tenant_id, w.sheet_id, w.row_no, '[]', w.outcome, w.field, w.code, w.detail
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
           as w(sheet_id, row_no, outcome, field, code, detail)
 where t.tenant_id = $1
    on conflict (tenant_id, sheet_id, row_no) do update
   set outcome = excluded.outcome, field = excluded.field, code = excluded.code, detail = excluded.detail
 where r.outcome is null
returning r.sheet_id, r.row_no
"""
_COUNT = """
with more as (select * from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
                  as w(sheet_id, created, changed, unchanged, refused)),
     counted as (
        update task.sheet s
           set created = s.created + m.created, changed = s.changed + m.changed, unchanged = s.unchanged + m.unchanged,
               refused = s.refused + m.refused, beat_at = $7,
               state = case when s.state = 'running'
                             and s.created + m.created + s.changed + m.changed + s.unchanged + m.unchanged + s.refused + m.refused = s.rows
                            then 'done' else s.state end,
               finished_at = case when s.state = 'running'
                             and s.created + m.created + s.changed + m.changed + s.unchanged + m.unchanged + s.refused + m.refused = s.rows
                            then $7 else s.finished_at end
          from more m
         where s.tenant_id = $1 and s.sheet_id = m.sheet_id
        returning s.sheet_id, s.kind, s.name, s.state, s.created, s.changed, s.unchanged, s.refused)
select * from counted
"""
