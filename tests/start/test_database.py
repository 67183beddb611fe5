"""The application's role: what it may, and what it may not."""

import asyncpg


async def test_the_application_connects_as_a_role_without_power(database_url: str) -> None:
    conn = await asyncpg.connect(database_url)
    try:
        role = await conn.fetchrow(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
        )
        owned = await conn.fetchval("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = current_user")
    finally:
        await conn.close()
    assert tuple(role) == ("jiutong_app", False, False, False, False)
    assert owned == 0
