"""Sellers, channels, storefronts, stores and devices in SQL."""

from collections.abc import Sequence

from jiutong.capabilities.access.model import (
    Channel,
    ChannelFacts,
    DeviceFacts,
    Put,
    PutDevice,
    Seller,
    SellerFacts,
    Store,
    StoreFacts,
    Storefront,
    Written,
)
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
