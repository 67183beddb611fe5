"""Staff and their roles in SQL."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities.access.model import ChangePassword, Credential, Person, Prefer, Put, PutStaff, ResetPassword, Role, Written
from jiutong.kernel.db import Tx


async def read_grants(tx: Tx, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What roles allow."""
    return {row["code"]: tuple(row["grants"]) for row in await tx.fetch(_GRANTS, codes)}


async def read_people(tx: Tx, logins: Sequence[str]) -> dict[str, Person]:
    """People and the roles they have."""
    return {row["login"]: Person(row["staff_id"], tuple(row["roles"])) for row in await tx.fetch(_PEOPLE, logins)}


async def read_people_of(tx: Tx, sessions: Sequence[bytes]) -> dict[bytes, Person]:
    """Whose sessions these are."""
    return {row["session"]: Person(row["staff_id"], tuple(row["roles"])) for row in await tx.fetch(_PEOPLE_OF, sessions)}


async def put_roles(tx: Tx, puts: Sequence[Put[Role]]) -> list[Written]:
    """Write roles; those whose revision moved on are not told. A role has no id of its own."""
    rows = await tx.fetch(
        _PUT_ROLES,
        [p.code for p in puts],
        [p.expected for p in puts],
        [p.what.name for p in puts],
        # An array of arrays must be rectangular; grants contain no comma.
        [",".join(p.what.grants) for p in puts],
    )
    return [Written(row["code"], 0, row["revision"]) for row in rows]


async def put_staff(tx: Tx, puts: Sequence[tuple[PutStaff, int | None]]) -> list[Written]:
    """Write people with the ids of their stores; those whose revision moved on, and new ones without a password, are not told."""
    rows = await tx.fetch(
        _PUT_STAFF,
        [tx.mint() for _ in puts],
        [p.code for p, _ in puts],
        [p.expected for p, _ in puts],
        [p.what.name for p, _ in puts],
        [",".join(p.what.roles) for p, _ in puts],
        [p.password_hash for p, _ in puts],
        [store_id for _, store_id in puts],
        [p.what.active for p, _ in puts],
    )
    return [Written(*row) for row in rows]


async def change_passwords(tx: Tx, changes: Sequence[ChangePassword]) -> set[int]:
    """Write the new passwords of people whose present one is still what it was compared with; whose were written."""
    rows = await tx.fetch(_CHANGE_PASSWORDS, [c.staff_id for c in changes], [c.was for c in changes], [c.password_hash for c in changes])
    return {row["staff_id"] for row in rows}


async def reset_passwords(tx: Tx, resets: Sequence[ResetPassword]) -> dict[str, int]:
    """Write new passwords; the people who have them."""
    rows = await tx.fetch(_RESET_PASSWORDS, [r.login for r in resets], [r.password_hash for r in resets])
    return {row["login"]: row["staff_id"] for row in rows}


async def write_preferences(tx: Tx, wanted: Sequence[Prefer]) -> set[int]:
    """Keep what people prefer; whose were kept."""
    said = [msgspec.json.encode(one.preferences).decode() for one in wanted]
    return {row["staff_id"] for row in await tx.fetch(_WRITE_PREFERENCES, [one.staff_id for one in wanted], said)}


async def read_credentials(tx: Tx, logins: Sequence[str]) -> dict[str, Credential]:
    """What to compare passwords with, for people still with us."""
    return {row["login"]: Credential(row["staff_id"], row["password_hash"]) for row in await tx.fetch(_CREDENTIALS, logins)}


_GRANTS = """
select code, grants from access.role where tenant_id = $1 and code = any($2::text[])
"""
_PEOPLE = """
select login, staff_id, roles from access.staff where tenant_id = $1 and login = any($2::text[])
"""
_PEOPLE_OF = """
select u.session, f.staff_id, f.roles
  from unnest($2::bytea[]) as u(session)
  join access.session s on s.tenant_id = $1 and substr(s.token_hash, 1, 16) = u.session
  join access.staff f on f.tenant_id = $1 and f.staff_id = s.staff_id
"""
_PUT_ROLES = """
insert into access.role as r (tenant_id, code, revision, name, grants)
select t.tenant_id, u.code, coalesce(u.expected, 0) + 1, u.name, string_to_array(u.grants, ',')
  from kernel.tenant t, unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) as u(code, expected, name, grants)
 where t.tenant_id = $1
   and (u.expected is null or exists (select from access.role x where x.tenant_id = $1 and x.code = u.code))
    on conflict (tenant_id, code) do update set name = excluded.name, grants = excluded.grants, revision = r.revision + 1
 where excluded.revision in (1, r.revision + 1)
returning r.code, r.revision
"""
_PUT_STAFF = """
insert into access.staff as s (tenant_id, staff_id, login, revision, name, roles, password_hash, store_id, active)
select t.tenant_id, coalesce(x.staff_id, u.id), u.login, coalesce(u.expected, 0) + 1, u.name, string_to_array(u.roles, ','),
       coalesce(u.password_hash, x.password_hash), u.store_id, u.active
  from kernel.tenant t
 cross join unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::boolean[])
       as u(id, login, expected, name, roles, password_hash, store_id, active)
  left join access.staff x on x.tenant_id = $1 and x.login = u.login
 where t.tenant_id = $1 and (u.expected is null or x.staff_id is not null) and (u.password_hash is not null or x.staff_id is not null)
    on conflict (tenant_id, login) do update
   set name = excluded.name, roles = excluded.roles, password_hash = excluded.password_hash, store_id = excluded.store_id,
       active = excluded.active, revision = s.revision + 1
 where excluded.revision in (1, s.revision + 1)
returning s.login, s.staff_id, s.revision
"""
_CHANGE_PASSWORDS = """
update access.staff f set password_hash = u.hash
  from unnest($2::bigint[], $3::text[], $4::text[]) as u(staff_id, was, hash)
 where f.tenant_id = $1 and f.staff_id = u.staff_id and f.password_hash = u.was and f.active
returning f.staff_id
"""
_RESET_PASSWORDS = """
update access.staff f set password_hash = u.hash
  from unnest($2::text[], $3::text[]) as u(login, hash)
 where f.tenant_id = $1 and f.login = u.login
returning f.login, f.staff_id
"""
_WRITE_PREFERENCES = """
update access.staff f set preferences = u.preferences
  from unnest($2::bigint[], $3::json[]) as u(staff_id, preferences)
 where f.tenant_id = $1 and f.staff_id = u.staff_id
returning f.staff_id
"""
_CREDENTIALS = """
select login, staff_id, password_hash from access.staff where tenant_id = $1 and login = any($2::text[]) and active
"""
