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


_NAME = "select set_config('app.tenant_code', $1, true)"
_TENANTS = "select tenant_id, code from kernel.tenant where $1::text is null or code = $1 order by code"
