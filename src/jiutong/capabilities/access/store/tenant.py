"""Tenants in SQL: how one is found by its code, and how one is made."""

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from jiutong.capabilities.access.model import Role
from jiutong.kernel.db import Tx


async def read_named_tenant(tx: Tx, code: str) -> int | None:
    """The id of the tenant with this code: naming it is what the policy `tenant_named` lets through."""
    await tx.fetch(_NAME_TENANT, code)
    rows = await tx.fetch(_NAMED_TENANT, code)
    return rows[0]["tenant_id"] if rows else None


async def put_owners(conn: asyncpg.Connection, tenant_id: int, hashes: Mapping[str, str]) -> None:
    """Write people who may do everything, over a connection that owns the tables; whoever has such a login is made that person."""
    async with conn.transaction():
        await conn.execute(_BIND_TENANT, str(tenant_id))
        await conn.executemany(_PUT_OWNER, [(tenant_id, login, "Owner", password_hash) for login, password_hash in hashes.items()])
        await conn.executemany(_END_SESSIONS_OF_LOGIN, [(tenant_id, login) for login in hashes])


async def insert_tenant(conn: asyncpg.Connection, code: str, name: str, roles: Mapping[str, Role], key_hash: bytes, now: datetime) -> int:
    """Make a tenant with its roles and its first app key, over a connection that owns the tables; its id."""
    async with conn.transaction():
        (next_,) = await conn.fetch(_NEXT_TENANT)
        tenant_id: int = next_["tenant_id"]
        await conn.execute(_BIND_TENANT, str(tenant_id))
        await conn.execute(_INSERT_TENANT, tenant_id, code, name, now)
        await conn.execute(
            _INSERT_TENANT_ROLES, tenant_id, list(roles), [r.name for r in roles.values()], [",".join(r.grants) for r in roles.values()]
        )
        await conn.execute(_INSERT_FIRST_KEY, tenant_id, key_hash, now)
    return tenant_id


_NAME_TENANT = """
select set_config('app.tenant_code', $2, true) where $1::bigint is not null
"""
_NAMED_TENANT = """
select tenant_id from kernel.tenant where code = $2 and $1::bigint is not null
"""
_NEXT_TENANT = """
select nextval('kernel.id_block') as tenant_id
"""
_BIND_TENANT = """
select set_config('app.tenant', $1, true)
"""
_INSERT_TENANT = """
insert into kernel.tenant (tenant_id, code, name, created_at) values ($1, $2, $3, $4)
"""
_INSERT_TENANT_ROLES = """
insert into access.role (tenant_id, code, name, grants)
select $1, u.code, u.name, string_to_array(u.grants, ',') from unnest($2::text[], $3::text[], $4::text[]) as u(code, name, grants)
"""
_PUT_OWNER = """
insert into access.staff (tenant_id, staff_id, login, name, password_hash, roles)
values ($1, nextval('kernel.id_block'), $2, $3, $4, '{owner}')
    on conflict (tenant_id, login) do update set password_hash = excluded.password_hash, roles = excluded.roles, active = true
"""
_END_SESSIONS_OF_LOGIN = """
delete from access.session s using access.staff f
 where s.tenant_id = $1 and f.tenant_id = $1 and f.login = $2 and s.staff_id = f.staff_id
"""
_INSERT_FIRST_KEY = """
insert into access.app_key (tenant_id, key_id, name, key_hash, grants, created_at)
values ($1, nextval('kernel.id_block'), 'first', $2, '{*}', $3)
"""
