"""Saved views as whoever asks sees them: their own, and those shared with a role of theirs."""

import msgspec
from msgspec import convert

from jiutong.kernel.db import Tx


class ViewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A saved view. `by` is the name of whose it is."""

    view_id: int
    owner: str
    by: str
    list: str
    name: str
    query: str
    columns: tuple[str, ...]
    roles: tuple[str, ...]
    revision: int


async def views(tx: Tx, actor: str, of: str | None, view_id: int | None, after: tuple[str, int] | None, rows_max: int) -> list[ViewRow]:
    """Views of a list, or of all, by name; one of them when `view_id` is given."""
    kind, _, number = actor.partition(":")
    staff_id = int(number) if kind == "staff" else None
    name, last = after or (None, None)
    return [convert(dict(row), ViewRow) for row in await tx.fetch(_VIEWS, actor, staff_id, of, view_id, name, last, rows_max)]


_VIEWS = """
select v.view_id, v.owner, coalesce(o.name, '') as by, v.list, v.name, v.query, v.columns, v.roles, v.revision
  from access.view v
  left join access.staff o on o.tenant_id = $1 and v.owner = 'staff:' || o.staff_id
 where v.tenant_id = $1
   and (v.owner = $2 or exists (select from access.staff f where f.tenant_id = $1 and f.staff_id = $3 and f.roles && v.roles))
   and ($4::text is null or v.list = $4) and ($5::bigint is null or v.view_id = $5)
   and ($6::text is null or (v.name, v.view_id) > ($6, $7::bigint))
 order by v.name, v.view_id limit $8
"""
