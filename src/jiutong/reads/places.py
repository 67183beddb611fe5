"""Lists of who trades where and who may do what, in order of code. `after` is the last code told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import convert

from jiutong.capabilities import access
from jiutong.kernel.db import Tx

Revision = Annotated[int, msgspec.Meta(description="The ETag's number.")]


class SellerView(access.Seller, frozen=True, kw_only=True):
    """A seller."""

    code: str
    revision: Revision


class ChannelView(access.Channel, frozen=True, kw_only=True):
    """A channel."""

    code: str
    revision: Revision


class StoreView(access.Store, frozen=True, kw_only=True):
    """A store."""

    code: str
    revision: Revision


class DeviceView(access.Device, frozen=True, kw_only=True):
    """A device of a store."""

    store: str
    code: str
    revision: Revision


class RoleView(access.Role, frozen=True, kw_only=True):
    """A role."""

    code: str
    revision: Revision


class StaffView(access.StaffMember, frozen=True, kw_only=True):
    """A person who signs in."""

    login: str
    revision: Revision


class KeyRow(msgspec.Struct, frozen=True):
    """An app key, without its secret."""

    key_id: int
    name: str
    grants: Sequence[str]
    created_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


async def sellers(tx: Tx, code: str | None, after: str | None, rows_max: int) -> list[SellerView]:
    """Sellers; one of them when `code` is given."""
    return [convert(dict(row), SellerView) for row in await tx.fetch(_SELLERS, code, after, rows_max)]


async def channels(tx: Tx, code: str | None, after: str | None, rows_max: int) -> list[ChannelView]:
    """Channels; one of them when `code` is given."""
    return [convert(dict(row), ChannelView) for row in await tx.fetch(_CHANNELS, code, after, rows_max)]


async def stores(tx: Tx, code: str | None, channel: str | None, after: str | None, rows_max: int) -> list[StoreView]:
    """Stores, those of a channel if one is given; one of them when `code` is given."""
    return [convert(dict(row), StoreView) for row in await tx.fetch(_STORES, code, channel, after, rows_max)]


async def devices(tx: Tx, store: str, code: str | None, after: str | None, rows_max: int) -> list[DeviceView]:
    """Devices of a store; one of them when `code` is given."""
    return [convert(dict(row), DeviceView) for row in await tx.fetch(_DEVICES, store, code, after, rows_max)]


async def roles(tx: Tx, code: str | None, after: str | None, rows_max: int) -> list[RoleView]:
    """Roles; one of them when `code` is given."""
    return [convert(dict(row), RoleView) for row in await tx.fetch(_ROLES, code, after, rows_max)]


async def staff(tx: Tx, login: str | None, staff_id: int | None, after: str | None, rows_max: int) -> list[StaffView]:
    """People; one of them when `login` or `staff_id` is given."""
    return [convert(dict(row), StaffView) for row in await tx.fetch(_STAFF, login, staff_id, after, rows_max)]


async def app_keys(tx: Tx, key_id: int | None, after: int | None, rows_max: int) -> list[KeyRow]:
    """App keys, in the order they were made; one of them when `key_id` is given."""
    return [convert(dict(row), KeyRow) for row in await tx.fetch(_KEYS, key_id, after, rows_max)]


_SELLERS = """
select code, revision, name, tax_inclusive from access.seller
 where tenant_id = $1 and ($2::text is null or code = $2) and ($3::text is null or code > $3) order by code limit $4
"""
_CHANNELS = """
select code, revision, name, scene, currency, time_zone, open from access.channel
 where tenant_id = $1 and ($2::text is null or code = $2) and ($3::text is null or code > $3) order by code limit $4
"""
_STORES = """
select s.code, s.revision, s.name, c.code as channel, e.code as seller, s.open
  from access.store s
  join access.channel c on c.tenant_id = s.tenant_id and c.channel_id = s.channel_id
  join access.seller e on e.tenant_id = s.tenant_id and e.seller_id = s.seller_id
 where s.tenant_id = $1 and ($2::text is null or s.code = $2) and ($3::text is null or c.code = $3) and ($4::text is null or s.code > $4)
 order by s.code limit $5
"""
_DEVICES = """
select s.code as store, d.code, d.revision, d.active
  from access.store s join access.device d on d.tenant_id = s.tenant_id and d.store_id = s.store_id
 where s.tenant_id = $1 and s.code = $2 and ($3::text is null or d.code = $3) and ($4::text is null or d.code > $4)
 order by d.code limit $5
"""
_ROLES = """
select code, revision, name, grants from access.role
 where tenant_id = $1 and ($2::text is null or code = $2) and ($3::text is null or code > $3) order by code limit $4
"""
_STAFF = """
select f.login, f.revision, f.name, f.roles, s.code as store, f.active
  from access.staff f left join access.store s on s.tenant_id = f.tenant_id and s.store_id = f.store_id
 where f.tenant_id = $1 and ($2::text is null or f.login = $2) and ($3::bigint is null or f.staff_id = $3)
   and ($4::text is null or f.login > $4)
 order by f.login limit $5
"""
_KEYS = """
select key_id, name, grants, created_at, revoked_at, used_at from access.app_key
 where tenant_id = $1 and ($2::bigint is null or key_id = $2) and ($3::bigint is null or key_id > $3) order by key_id limit $4
"""
