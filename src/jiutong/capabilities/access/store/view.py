"""Views people keep of lists, in SQL."""

from collections.abc import Sequence

from jiutong.capabilities.access.model import ReplaceView, View
from jiutong.kernel.db import Tx


async def insert_views(tx: Tx, views: Sequence[tuple[int, str, View]]) -> None:
    """Write new views under their ids, each with its owner."""
    await tx.count(
        _INSERT_VIEWS,
        [view_id for view_id, _, _ in views],
        [owner for _, owner, _ in views],
        [view.list for _, _, view in views],
        [view.name for _, _, view in views],
        [view.query for _, _, view in views],
        # An array of arrays must be rectangular; neither columns nor roles contain a comma.
        [",".join(view.columns) for _, _, view in views],
        [",".join(view.roles) for _, _, view in views],
    )


async def read_view_owners(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """To whom views belong."""
    return {row["view_id"]: row["owner"] for row in await tx.fetch(_VIEW_OWNERS, ids)}


async def replace_views(tx: Tx, views: Sequence[ReplaceView]) -> dict[int, int]:
    """Write views; the new revisions of those whose revision had not moved on."""
    rows = await tx.fetch(
        _REPLACE_VIEWS,
        [one.view_id for one in views],
        [one.expected for one in views],
        [one.what.list for one in views],
        [one.what.name for one in views],
        [one.what.query for one in views],
        [",".join(one.what.columns) for one in views],
        [",".join(one.what.roles) for one in views],
    )
    return {row["view_id"]: row["revision"] for row in rows}


async def delete_views(tx: Tx, ids: Sequence[int]) -> int:
    """Delete views."""
    return await tx.count(_DELETE_VIEWS, ids)


_INSERT_VIEWS = """
insert into access.view (tenant_id, view_id, owner, list, name, query, columns, roles)
select t.tenant_id, u.view_id, u.owner, u.list, u.name, u.query, string_to_array(u.columns, ','), string_to_array(u.roles, ',')
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       as u(view_id, owner, list, name, query, columns, roles)
 where t.tenant_id = $1
"""
_VIEW_OWNERS = """
select view_id, owner from access.view where tenant_id = $1 and view_id = any($2::bigint[])
"""
_REPLACE_VIEWS = """
update access.view v
   set list = u.list, name = u.name, query = u.query, columns = string_to_array(u.columns, ','),
       roles = string_to_array(u.roles, ','), revision = v.revision + 1
  from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       as u(view_id, expected, list, name, query, columns, roles)
 where v.tenant_id = $1 and v.view_id = u.view_id and (u.expected is null or v.revision = u.expected)
returning v.view_id, v.revision
"""
_DELETE_VIEWS = """
delete from access.view where tenant_id = $1 and view_id = any($2::bigint[])
"""
