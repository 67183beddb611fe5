"""`jiutong verify`: every invariant the rooms ship, run over the data; a healthy house answers with no rows."""

import msgspec

from jiutong.kernel.db import Tx

ROWS_SHOWN_MAX = 20


class Broken(msgspec.Struct, frozen=True):
    """An invariant that does not hold: what it says, and some of the rows that break it."""

    invariant: str
    says: str
    rows: tuple[str, ...]


async def invariants(tx: Tx) -> list[tuple[str, str]]:
    """The names and sentences of all invariants, in order."""
    return [(row["name"], row["says"] or "") for row in await tx.fetch(_INVARIANTS)]


async def broken(tx: Tx, name: str, says: str) -> Broken | None:
    """The rows that break one invariant, or None when it holds."""
    # sql: the name comes from the system catalog, never from a caller
    rows = await tx.fetch(f"select v::text as row from {name} v where v.tenant_id = $1 limit {ROWS_SHOWN_MAX}")  # noqa: S608
    return Broken(name, says, tuple(row["row"] for row in rows)) if rows else None


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
