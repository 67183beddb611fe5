"""Access in SQL. Puts are decided by the statement: a row whose revision is not the expected one is not written, and not told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from jiutong.capabilities.access.model import (
    AppKey,
    ChangePassword,
    Channel,
    ChannelFacts,
    Credential,
    DeviceFacts,
    OpenSession,
    Person,
    Prefer,
    Principal,
    Put,
    PutDevice,
    PutStaff,
    ReplaceView,
    ResetPassword,
    Role,
    RotateKey,
    Seller,
    SellerFacts,
    Store,
    StoreFacts,
    Storefront,
    View,
    Written,
)
from jiutong.capabilities.access.rules import ends_at, opened
from jiutong.kernel.db import Tx


async def read_sellers(tx: Tx, codes: Sequence[str], ids: Sequence[int]) -> list[SellerFacts]:
    """Sellers by code or id."""
    return [SellerFacts(*row) for row in await tx.fetch(_SELLERS, codes, ids)]


async def read_channels(tx: Tx, codes: Sequence[str], ids: Sequence[int]) -> list[ChannelFacts]:
    """Channels by code or id."""
    return [ChannelFacts(*row) for row in await tx.fetch(_CHANNELS, codes, ids)]


async def read_stores(tx: Tx, codes: Sequence[str], ids: Sequence[int]) -> list[StoreFacts]:
    """Stores by code or id."""
    return [StoreFacts(*row) for row in await tx.fetch(_STORES, codes, ids)]


async def read_devices(tx: Tx, names: Sequence[tuple[str, str]], ids: Sequence[int]) -> list[tuple[str, DeviceFacts]]:
    """Devices by (store code, device code) or id, each with its store's code."""
    rows = await tx.fetch(_DEVICES, [store for store, _ in names], [code for _, code in names], ids)
    return [(row[0], DeviceFacts(*row[1:])) for row in rows]


async def read_grants(tx: Tx, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What roles allow."""
    return {row["code"]: tuple(row["grants"]) for row in await tx.fetch(_GRANTS, codes)}


async def read_people(tx: Tx, logins: Sequence[str]) -> dict[str, Person]:
    """People and the roles they have."""
    return {row["login"]: Person(row["staff_id"], tuple(row["roles"])) for row in await tx.fetch(_PEOPLE, logins)}


async def read_people_of(tx: Tx, sessions: Sequence[bytes]) -> dict[bytes, Person]:
    """Whose sessions these are."""
    return {row["session"]: Person(row["staff_id"], tuple(row["roles"])) for row in await tx.fetch(_PEOPLE_OF, sessions)}


async def put_sellers(tx: Tx, puts: Sequence[Put[Seller]]) -> list[Written]:
    """Write sellers; those whose revision moved on are not told."""
    rows = await tx.fetch(
        _PUT_SELLERS,
        [tx.mint() for _ in puts],
        [p.code for p in puts],
        [p.expected for p in puts],
        [p.what.name for p in puts],
        [p.what.tax_inclusive for p in puts],
    )
    return [Written(*row) for row in rows]


async def put_channels(tx: Tx, puts: Sequence[Put[Channel]]) -> list[Written]:
    """Write channels; those whose revision moved on are not told."""
    rows = await tx.fetch(
        _PUT_CHANNELS,
        [tx.mint() for _ in puts],
        [p.code for p in puts],
        [p.expected for p in puts],
        [p.what.name for p in puts],
        [p.what.scene for p in puts],
        [p.what.currency for p in puts],
        [p.what.time_zone for p in puts],
        [p.what.open for p in puts],
    )
    return [Written(*row) for row in rows]


async def put_storefronts(tx: Tx, puts: Sequence[tuple[Put[Storefront], int]]) -> list[Written]:
    """Write storefronts with the ids of their channels; those whose revision moved on are not told."""
    whats = [p.what for p, _ in puts]
    rows = await tx.fetch(
        _PUT_STOREFRONTS,
        [channel_id for _, channel_id in puts],
        [p.code for p, _ in puts],
        [p.expected for p, _ in puts],
        [w.published for w in whats],
        [w.title for w in whats],
        [w.title_zh for w in whats],
        [w.greeting for w in whats],
        [w.greeting_zh for w in whats],
        [w.delivery for w in whats],
        [w.delivery_zh for w in whats],
        [w.returns for w in whats],
        [w.returns_zh for w in whats],
        [",".join(w.languages) for w in whats],
        [w.country for w in whats],
        [w.dispatch_days for w in whats],
        [w.return_days for w in whats],
        [w.line_max for w in whats],
    )
    return [Written(*row) for row in rows]


async def put_stores(tx: Tx, puts: Sequence[tuple[Put[Store], int, int]]) -> list[Written]:
    """Write stores with the ids of their channel and seller; those whose revision moved on are not told."""
    rows = await tx.fetch(
        _PUT_STORES,
        [tx.mint() for _ in puts],
        [p.code for p, _, _ in puts],
        [p.expected for p, _, _ in puts],
        [p.what.name for p, _, _ in puts],
        [channel_id for _, channel_id, _ in puts],
        [seller_id for _, _, seller_id in puts],
        [p.what.open for p, _, _ in puts],
    )
    return [Written(*row) for row in rows]


async def put_devices(tx: Tx, puts: Sequence[tuple[PutDevice, int]]) -> list[tuple[int, Written]]:
    """Write devices with the ids of their stores, told with them; those whose revision moved on are not told."""
    rows = await tx.fetch(
        _PUT_DEVICES,
        [tx.mint() for _ in puts],
        [p.code for p, _ in puts],
        [p.expected for p, _ in puts],
        [store_id for _, store_id in puts],
        [p.what.active for p, _ in puts],
    )
    return [(row[0], Written(*row[1:])) for row in rows]


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


async def end_sessions_of(tx: Tx, staff_ids: Sequence[int]) -> int:
    """End every session of these people."""
    return await tx.count(_END_SESSIONS_OF, staff_ids)


async def change_passwords(tx: Tx, changes: Sequence[ChangePassword]) -> set[int]:
    """Write the new passwords of people whose present one is still what it was compared with; whose were written."""
    rows = await tx.fetch(_CHANGE_PASSWORDS, [c.staff_id for c in changes], [c.was for c in changes], [c.password_hash for c in changes])
    return {row["staff_id"] for row in rows}


async def reset_passwords(tx: Tx, resets: Sequence[ResetPassword]) -> dict[str, int]:
    """Write new passwords; the people who have them."""
    rows = await tx.fetch(_RESET_PASSWORDS, [r.login for r in resets], [r.password_hash for r in resets])
    return {row["login"]: row["staff_id"] for row in rows}


async def end_sessions_but(tx: Tx, staff_ids: Sequence[int], keep: Sequence[bytes]) -> int:
    """End every session of these people except the one each keeps."""
    return await tx.count(_END_SESSIONS_BUT, staff_ids, keep)


async def end_named_sessions(tx: Tx, sessions: Sequence[bytes]) -> set[bytes]:
    """End the sessions of these names; those there were."""
    return {row["session"] for row in await tx.fetch(_END_NAMED_SESSIONS, sessions)}


async def write_preferences(tx: Tx, wanted: Sequence[Prefer]) -> set[int]:
    """Keep what people prefer; whose were kept."""
    said = [msgspec.json.encode(one.preferences).decode() for one in wanted]
    return {row["staff_id"] for row in await tx.fetch(_WRITE_PREFERENCES, [one.staff_id for one in wanted], said)}


async def note_keys(tx: Tx, hashes: Sequence[bytes]) -> int:
    """Note that these keys were used."""
    return await tx.count(_NOTE_KEYS, hashes, tx.now)


async def note_sessions(tx: Tx, hashes: Sequence[bytes]) -> int:
    """Note that these sessions were used."""
    return await tx.count(_NOTE_SESSIONS, hashes, tx.now)


async def read_key_grants(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What keys in force allow."""
    return {row["key_id"]: tuple(row["grants"]) for row in await tx.fetch(_KEY_GRANTS, ids, tx.now)}


async def rotate_keys(tx: Tx, rotations: Sequence[tuple[int, RotateKey]]) -> dict[int, tuple[str, datetime]]:
    """Write, under their ids, keys that follow others in force, which end later; name and end of the one before, by the new id."""
    rows = await tx.fetch(
        _ROTATE_KEYS,
        [key_id for key_id, _ in rotations],
        [one.key_id for _, one in rotations],
        [one.hash for _, one in rotations],
        [ends_at(one, tx.now) for _, one in rotations],
        tx.now,
    )
    return {row["key_id"]: (row["name"], row["revoked_at"]) for row in rows}


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


async def insert_keys(tx: Tx, keys: Sequence[tuple[int, AppKey]]) -> None:
    """Write new app keys under their ids."""
    await tx.count(
        _INSERT_KEYS,
        [key_id for key_id, _ in keys],
        [key.name for _, key in keys],
        [key.hash for _, key in keys],
        [",".join(key.grants) for _, key in keys],
        tx.now,
    )


async def revoke_keys(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Revoke keys; those that exist, revoked now or before."""
    return {row["key_id"] for row in await tx.fetch(_REVOKE_KEYS, ids, tx.now)}


async def read_keys(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, Principal]:
    """Whose keys these are, among those in force."""
    rows = await tx.fetch(_KEYS, hashes, tx.now)
    return {row["key_hash"]: Principal(tx.tenant_id, f"app:{row['key_id']}", frozenset(row["grants"])) for row in rows}


async def read_sessions(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, Principal]:
    """Whose sessions these are, among those in force of people still with us."""
    rows = await tx.fetch(_SESSIONS, hashes, tx.now)
    return {row["token_hash"]: Principal(tx.tenant_id, f"staff:{row['staff_id']}", frozenset(row["grants"])) for row in rows}


async def read_credentials(tx: Tx, logins: Sequence[str]) -> dict[str, Credential]:
    """What to compare passwords with, for people still with us."""
    return {row["login"]: Credential(row["staff_id"], row["password_hash"]) for row in await tx.fetch(_CREDENTIALS, logins)}


async def insert_sessions(tx: Tx, sessions: Sequence[OpenSession]) -> set[int]:
    """Write sessions of people still with us; whose were written."""
    rows = await tx.fetch(
        _INSERT_SESSIONS,
        [s.hash for s in sessions],
        [s.staff_id for s in sessions],
        [opened(s, tx.now).expires_at for s in sessions],
        tx.now,
        [s.address for s in sessions],
        [s.agent for s in sessions],
    )
    return {row["staff_id"] for row in rows}


async def delete_sessions(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """End sessions; whose there were."""
    return {row["token_hash"]: row["staff_id"] for row in await tx.fetch(_DELETE_SESSIONS, hashes)}


async def delete_ended(tx: Tx) -> int:
    """Forget the sessions that ended by themselves."""
    return await tx.count(_DELETE_ENDED, tx.now)


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


_SELLERS = """
select seller_id, code, tax_inclusive from access.seller where tenant_id = $1 and (code = any($2::text[]) or seller_id = any($3::bigint[]))
"""
_CHANNELS = """
select channel_id, code, name, scene, currency, time_zone, open
  from access.channel where tenant_id = $1 and (code = any($2::text[]) or channel_id = any($3::bigint[]))
"""
_STORES = """
select store_id, code, channel_id, seller_id, open
  from access.store where tenant_id = $1 and (code = any($2::text[]) or store_id = any($3::bigint[]))
"""
_DEVICES = """
select s.code, d.device_id, d.store_id, d.code, d.active
  from unnest($2::text[], $3::text[]) as u(store, device)
  join access.store s on s.tenant_id = $1 and s.code = u.store
  join access.device d on d.tenant_id = $1 and d.store_id = s.store_id and d.code = u.device
union
select s.code, d.device_id, d.store_id, d.code, d.active
  from access.device d join access.store s on s.tenant_id = $1 and s.store_id = d.store_id
 where d.tenant_id = $1 and d.device_id = any($4::bigint[])
"""
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

# The revision a row would get travels as `revision`: expected + 1, or 1 from whoever expects nothing. Inserts keep it, so
# only rows somebody expects to find are held back where there is none; rows are never deleted, so the look is safe.
_PUT_SELLERS = """
insert into access.seller as s (tenant_id, seller_id, code, revision, name, tax_inclusive)
select t.tenant_id, u.id, u.code, coalesce(u.expected, 0) + 1, u.name, u.tax_inclusive
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::boolean[]) as u(id, code, expected, name, tax_inclusive)
 where t.tenant_id = $1
   and (u.expected is null or exists (select from access.seller x where x.tenant_id = $1 and x.code = u.code))
    on conflict (tenant_id, code) do update
   set name = excluded.name, tax_inclusive = excluded.tax_inclusive, revision = s.revision + 1
 where excluded.revision in (1, s.revision + 1)
returning s.code, s.seller_id, s.revision
"""
_PUT_CHANNELS = """
insert into access.channel as c (tenant_id, channel_id, code, revision, name, scene, currency, time_zone, open)
select t.tenant_id, u.id, u.code, coalesce(u.expected, 0) + 1, u.name, u.scene, u.currency, u.time_zone, u.open
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])
       as u(id, code, expected, name, scene, currency, time_zone, open)
 where t.tenant_id = $1
   and (u.expected is null or exists (select from access.channel x where x.tenant_id = $1 and x.code = u.code))
    on conflict (tenant_id, code) do update
   set name = excluded.name, scene = excluded.scene, currency = excluded.currency, time_zone = excluded.time_zone,
       open = excluded.open, revision = c.revision + 1
 where excluded.revision in (1, c.revision + 1)
returning c.code, c.channel_id, c.revision
"""
_PUT_STOREFRONTS = """
with put as (
insert into access.storefront as f (tenant_id, channel_id, revision, published, title, title_zh, greeting, greeting_zh, delivery,
       delivery_zh, returns, returns_zh, languages, country, dispatch_days, return_days, line_max)
select t.tenant_id, u.channel_id, coalesce(u.expected, 0) + 1, u.published, u.title, u.title_zh, u.greeting, u.greeting_zh, u.delivery,
       u.delivery_zh, u.returns, u.returns_zh, string_to_array(u.languages, ','), u.country, u.dispatch_days, u.return_days, u.line_max
  from kernel.tenant t,
       unnest($2::bigint[], $4::bigint[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
              $12::text[], $13::text[], $14::text[], $15::text[], $16::integer[], $17::integer[], $18::bigint[])
       as u(channel_id, expected, published, title, title_zh, greeting, greeting_zh, delivery, delivery_zh, returns, returns_zh,
            languages, country, dispatch_days, return_days, line_max)
 where t.tenant_id = $1
   and (u.expected is null or exists (select from access.storefront x where x.tenant_id = $1 and x.channel_id = u.channel_id))
    on conflict (tenant_id, channel_id) do update
   set published = excluded.published, title = excluded.title, title_zh = excluded.title_zh, greeting = excluded.greeting,
       greeting_zh = excluded.greeting_zh, delivery = excluded.delivery, delivery_zh = excluded.delivery_zh, returns = excluded.returns,
       returns_zh = excluded.returns_zh, languages = excluded.languages, country = excluded.country,
       dispatch_days = excluded.dispatch_days, return_days = excluded.return_days, line_max = excluded.line_max, revision = f.revision + 1
 where excluded.revision in (1, f.revision + 1)
returning f.channel_id, f.revision)
select n.code, p.channel_id, p.revision
  from put p join unnest($2::bigint[], $3::text[]) as n(channel_id, code) on n.channel_id = p.channel_id
"""
_PUT_STORES = """
insert into access.store as s (tenant_id, store_id, code, revision, name, channel_id, seller_id, open)
select t.tenant_id, u.id, u.code, coalesce(u.expected, 0) + 1, u.name, u.channel_id, u.seller_id, u.open
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::boolean[])
       as u(id, code, expected, name, channel_id, seller_id, open)
 where t.tenant_id = $1
   and (u.expected is null or exists (select from access.store x where x.tenant_id = $1 and x.code = u.code))
    on conflict (tenant_id, code) do update
   set name = excluded.name, channel_id = excluded.channel_id, seller_id = excluded.seller_id, open = excluded.open,
       revision = s.revision + 1
 where excluded.revision in (1, s.revision + 1)
returning s.code, s.store_id, s.revision
"""
_PUT_DEVICES = """
insert into access.device as d (tenant_id, device_id, code, revision, store_id, active)
select t.tenant_id, u.id, u.code, coalesce(u.expected, 0) + 1, u.store_id, u.active
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[]) as u(id, code, expected, store_id, active)
 where t.tenant_id = $1
   and (u.expected is null
        or exists (select from access.device x where x.tenant_id = $1 and x.store_id = u.store_id and x.code = u.code))
    on conflict (tenant_id, store_id, code) do update set active = excluded.active, revision = d.revision + 1
 where excluded.revision in (1, d.revision + 1)
returning d.store_id, d.code, d.device_id, d.revision
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
_END_SESSIONS_OF = """
delete from access.session where tenant_id = $1 and staff_id = any($2::bigint[])
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
_END_SESSIONS_BUT = """
delete from access.session s
 using unnest($2::bigint[], $3::bytea[]) as u(staff_id, keep)
 where s.tenant_id = $1 and s.staff_id = u.staff_id and s.token_hash <> u.keep
"""
_END_NAMED_SESSIONS = """
delete from access.session s where s.tenant_id = $1 and substr(s.token_hash, 1, 16) = any($2::bytea[])
returning substr(s.token_hash, 1, 16) as session
"""
_WRITE_PREFERENCES = """
update access.staff f set preferences = u.preferences
  from unnest($2::bigint[], $3::json[]) as u(staff_id, preferences)
 where f.tenant_id = $1 and f.staff_id = u.staff_id
returning f.staff_id
"""
_NOTE_KEYS = """
update access.app_key set used_at = $3 where tenant_id = $1 and key_hash = any($2::bytea[])
"""
_NOTE_SESSIONS = """
update access.session set seen_at = $3 where tenant_id = $1 and token_hash = any($2::bytea[])
"""
_KEY_GRANTS = """
select key_id, grants
  from access.app_key where tenant_id = $1 and key_id = any($2::bigint[]) and (revoked_at is null or revoked_at > $3)
"""
_ROTATE_KEYS = """
with rotated as (
    update access.app_key k set revoked_at = least(k.revoked_at, u.ends_at)
      from unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::timestamptz[]) as u(key_id, old_id, hash, ends_at)
     where k.tenant_id = $1 and k.key_id = u.old_id and (k.revoked_at is null or k.revoked_at > $6)
    returning k.tenant_id, u.key_id, k.name, u.hash, k.grants, k.revoked_at),
made as (
    insert into access.app_key (tenant_id, key_id, name, key_hash, grants, created_at)
    select r.tenant_id, r.key_id, r.name, r.hash, r.grants, $6 from rotated r)
select key_id, name, revoked_at from rotated
"""
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
_INSERT_KEYS = """
insert into access.app_key (tenant_id, key_id, name, key_hash, grants, created_at)
select t.tenant_id, u.key_id, u.name, u.hash, string_to_array(u.grants, ','), $6
  from kernel.tenant t, unnest($2::bigint[], $3::text[], $4::bytea[], $5::text[]) as u(key_id, name, hash, grants)
 where t.tenant_id = $1
"""
_REVOKE_KEYS = """
update access.app_key set revoked_at = least(revoked_at, $3) where tenant_id = $1 and key_id = any($2::bigint[]) returning key_id
"""
_KEYS = """
select key_hash, key_id, grants
  from access.app_key
 where tenant_id = $1 and key_hash = any($2::bytea[]) and (revoked_at is null or revoked_at > $3)
"""
_SESSIONS = """
select s.token_hash, s.staff_id,
       array(select distinct g from access.role r, unnest(r.grants) g where r.tenant_id = $1 and r.code = any(f.roles)) as grants
  from access.session s
  join access.staff f on f.tenant_id = $1 and f.staff_id = s.staff_id and f.active
 where s.tenant_id = $1 and s.token_hash = any($2::bytea[]) and s.expires_at > $3
"""
_CREDENTIALS = """
select login, staff_id, password_hash from access.staff where tenant_id = $1 and login = any($2::text[]) and active
"""
_INSERT_SESSIONS = """
insert into access.session (tenant_id, token_hash, staff_id, created_at, expires_at, seen_at, address, agent)
select f.tenant_id, u.hash, f.staff_id, $5, u.expires_at, $5, u.address, u.agent
  from unnest($2::bytea[], $3::bigint[], $4::timestamptz[], $6::text[], $7::text[]) as u(hash, staff_id, expires_at, address, agent)
  join access.staff f on f.tenant_id = $1 and f.staff_id = u.staff_id and f.active
returning staff_id
"""
_DELETE_SESSIONS = """
delete from access.session where tenant_id = $1 and token_hash = any($2::bytea[]) returning token_hash, staff_id
"""
_DELETE_ENDED = """
delete from access.session where tenant_id = $1 and expires_at <= $2
"""
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
