"""App keys in SQL."""

from collections.abc import Sequence
from datetime import datetime

from jiutong.capabilities.access.model import AppKey, Principal, RotateKey
from jiutong.capabilities.access.rules import ends_at
from jiutong.kernel.db import Tx


async def note_keys(tx: Tx, hashes: Sequence[bytes]) -> int:
    """Note that these keys were used."""
    return await tx.count(_NOTE_KEYS, hashes, tx.now)


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


_NOTE_KEYS = """
update access.app_key set used_at = $3 where tenant_id = $1 and key_hash = any($2::bytea[])
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
