"""What must hold after every test that writes: no `inv_*` view of any room shows a row."""

from tests.book import NOON

from jiutong.kernel.db import Database

_VIEWS = """
select schemaname || '.' || viewname as name from pg_views where viewname like 'inv\\_%' and $1::bigint > 0 order by 1
"""


async def broken(database: Database, tenant_id: int) -> list[tuple[object, ...]]:
    """The rows every invariant view shows of this tenant, each behind the view's name; empty when all is sound."""
    async with database.reading(tenant_id, NOON) as tx:
        views = [str(row["name"]) for row in await tx.fetch(_VIEWS)]
        assert "inventory.inv_stock_known" in views
        return [(view, *row) for view in views for row in await tx.fetch(f"select * from {view} where tenant_id = $1")]
