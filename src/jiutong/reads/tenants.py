"""Which tenants there are, for whoever looks after the installation."""

import asyncpg


async def tenants(url: str, code: str | None = None) -> list[tuple[int, str]]:
    """The tenant of that code, or all (which only the administrator's address shows): (id, code), in order of code.

    The application's role is shown a tenant only if it knows its code.
    """
    conn = await asyncpg.connect(url)
    try:
        async with conn.transaction():
            await conn.execute(_NAME, code or "")
            return [(row["tenant_id"], row["code"]) for row in await conn.fetch(_TENANTS, code)]
    finally:
        await conn.close()


async def without_staff(url: str) -> list[tuple[int, str]]:
    """The tenants nobody can sign in to, for the administrator's address: (id, code), in order of code."""
    conn = await asyncpg.connect(url)
    try:
        return [(row["tenant_id"], row["code"]) for row in await conn.fetch(_WITHOUT_STAFF)]
    finally:
        await conn.close()


_WITHOUT_STAFF = """
select t.tenant_id, t.code
  from kernel.tenant t
 where not exists (select from access.staff f where f.tenant_id = t.tenant_id) order by t.code
"""
_NAME = "select set_config('app.tenant_code', $1, true)"
_TENANTS = "select tenant_id, code from kernel.tenant where $1::text is null or code = $1 order by code"
