"""`jiutong verify`: every invariant the rooms ship, run over the data; a healthy house answers with no rows."""

from typing import Any

import msgspec

from jiutong.kernel.db import Tx

ROWS_SHOWN_MAX = 20


class Broken(msgspec.Struct, frozen=True):
    """An invariant that does not hold: what it says, and some of the rows that break it."""

    invariant: str
    says: str
    rows: tuple[str, ...]


class Breaking(msgspec.Struct, frozen=True):
    """Some of the rows that break an invariant, column by column, and how many there are."""

    rows: tuple[dict[str, Any], ...]
    count: int


async def invariants(tx: Tx) -> list[tuple[str, str]]:
    """The names and sentences of all invariants, in order."""
    return [(row["name"], row["says"] or "") for row in await tx.fetch(_INVARIANTS)]


async def broken(tx: Tx, name: str, says: str) -> Broken | None:
    """The rows that break one invariant, or None when it holds."""
    # sql: the name comes from the system catalog, never from a caller
    rows = await tx.fetch(f"select v::text as row from {name} v where v.tenant_id = $1 limit {ROWS_SHOWN_MAX}")  # noqa: S608
    return Broken(name, says, tuple(row["row"] for row in rows)) if rows else None


async def breaking(tx: Tx, name: str) -> Breaking:
    """What breaks one invariant, for screens; `name` is one of `invariants`."""
    # sql: the name comes from the system catalog, never from a caller
    sql = f"select to_jsonb(v) - 'tenant_id' as row, count(*) over () as count from {name} v where v.tenant_id = $1 limit {ROWS_SHOWN_MAX}"  # noqa: S608
    rows = await tx.fetch(sql)
    return Breaking(tuple(msgspec.json.decode(row["row"]) for row in rows), rows[0]["count"] if rows else 0)


async def verify(tx: Tx) -> list[Broken]:
    """All invariants of the tenant; empty means healthy."""
    found = [await broken(tx, name, says) for name, says in await invariants(tx)]
    return [one for one in found if one is not None]


_INVARIANTS = """
select format('%I.%I', n.nspname, c.relname) as name, obj_description(c.oid) as says
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where $1::bigint is not null and c.relkind = 'v' and c.relname like 'inv\\_%'
 order by n.nspname, c.relname
"""
