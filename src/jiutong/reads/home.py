"""What waits for somebody, and how trade goes: the figures of the first page, each counted where it stands."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from jiutong.kernel.db import Tx

# Counting stops here: whoever has more to do than this needs no exact number.
COUNT_MAX = 1_000
STORES_MAX = 10


class Waiting(msgspec.Struct, frozen=True):
    """So many of a kind wait, up to COUNT_MAX; the oldest since."""

    kind: str
    count: int
    oldest: datetime | None


class Sold(msgspec.Struct, frozen=True):
    """What was sold in a currency, as one facet divides it: by `day` (yyyymmdd), `hour`, `channel` or `store` (code and name).

    `sales` is what customers owe, tax included, less what was canceled and came back since; `units` are base units.
    """

    currency: str
    facet: str
    key: str
    name: str
    earlier: bool
    sales: int
    orders: int
    units: int


async def waiting(tx: Tx, kinds: Collection[str], expiring_before: datetime, quiet_since: datetime) -> list[Waiting]:
    """How much of each of these kinds waits.

    Orders expire if they are not paid by `expiring_before`; of a refund nothing was heard since `quiet_since`.
    """
    rows = await tx.fetch(_WAITING, sorted(kinds), expiring_before, quiet_since, tx.now, COUNT_MAX)
    return [Waiting(*row) for row in rows]


async def last_day(tx: Tx, channel: str | None, store: str | None, before: int | None = None) -> int | None:
    """The last business day (yyyymmdd) on which anything was sold, or the last before another."""
    rows = await tx.fetch(_LAST_DAY, channel, store, before)
    return rows[0]["business_day"] if rows else None


async def time_zones(tx: Tx, channel: str | None, store: str | None) -> dict[str, str]:
    """By currency the time zone in which its days end: that of its first channel."""
    return {row["currency"]: row["time_zone"] for row in await tx.fetch(_TIME_ZONES, channel, store)}


async def sold(tx: Tx, earlier: int, first: int, last: int, channel: str | None, store: str | None) -> list[Sold]:
    """What was sold from business day `first` to `last`, and from `earlier` until before `first`. Of stores the ten best."""
    rows = await tx.fetch(_SOLD, earlier, first, last, channel, store, STORES_MAX)
    return [Sold(*row) for row in rows]


_WAITING = """
-- Each kind through an index of what is open; one that is not asked for is not looked at.
select w.kind, w.count, w.oldest
  from (select 'orders_unpaid' as kind, count(*) as count, min(x.at) as oldest
          from (select o.placed_at as at from orders.placed o
                 where 'orders_unpaid' = any($2::text[]) and o.tenant_id = $1 and o.status = 'placed' order by o.order_id limit $6) x
        union all
        select 'orders_expiring', count(*), min(x.at)
          from (select p.due_at as at
                  from orders.placed o
                  join orders.payable p on p.tenant_id = $1 and p.order_id = o.order_id and p.paid < p.amount and p.due_at < $3
                 where 'orders_expiring' = any($2) and o.tenant_id = $1 and o.status = 'placed' limit $6) x
        union all
        select 'refunds_failed', count(*), min(x.at)
          from (select r.requested_at as at from payment.refund r
                 where 'refunds_failed' = any($2) and r.tenant_id = $1 and r.state = 'failed' order by r.refund_id limit $6) x
        union all
        select 'refunds_quiet', count(*), min(x.at)
          from (select r.requested_at as at from payment.refund r
                 where 'refunds_quiet' = any($2) and r.tenant_id = $1 and r.state in ('requested', 'sent') and r.requested_at < $4
                 order by r.refund_id limit $6) x
        union all
        select 'notices_rejected', count(*), min(x.at)
          from (select n.at from payment.notice n
                 where 'notices_rejected' = any($2) and n.tenant_id = $1 and n.verdict = 'rejected' order by n.notice_id limit $6) x
        union all
        select 'shortages_open', count(*), min(x.at)
          from (select s.at from inventory.shortage s
                 where 'shortages_open' = any($2) and s.tenant_id = $1 and s.resolved_at is null limit $6) x
        union all
        select 'products_audit', count(*), min(x.at)
          from (select p.changed_at as at from catalog.product p
                 where 'products_audit' = any($2) and p.tenant_id = $1 and p.status = 'audit' limit $6) x
        union all
        select 'jobs_dead', count(*), min(x.at)
          from (select j.run_at as at from kernel.job j
                 where 'jobs_dead' = any($2) and j.tenant_id = $1 and j.dead limit $6) x
        union all
        select 'jobs_late', count(*), min(x.at)
          from (select j.run_at as at from kernel.job j
                 where 'jobs_late' = any($2) and j.tenant_id = $1 and not j.dead and j.run_at < $5::timestamptz - interval '1 minute'
                 order by j.run_at limit $6) x) w
 where w.kind = any($2)
"""
_LAST_DAY = """
select o.business_day from orders.placed o
 where o.tenant_id = $1
   and ($2::text is null or o.channel_id = (select c.channel_id from access.channel c where c.tenant_id = $1 and c.code = $2))
   and ($3::text is null or o.store_id = (select s.store_id from access.store s where s.tenant_id = $1 and s.code = $3))
   and ($4::integer is null or o.business_day < $4)
   and o.paid > 0
 order by o.business_day desc
 limit 1
"""
_TIME_ZONES = """
select distinct on (c.currency) c.currency, c.time_zone
  from access.channel c
  left join access.store s on s.tenant_id = $1 and s.channel_id = c.channel_id and s.code = $3
 where c.tenant_id = $1 and ($2::text is null or c.code = $2) and ($3::text is null or s.store_id is not null)
 order by c.currency, c.channel_id
"""
_SOLD = """
-- One pass over the orders of both periods, added up in three ways; quarters of an hour, because zones differ by those.
with sold as materialized (
        select o.currency, o.business_day < $3::integer as earlier, o.business_day, o.channel_id, o.store_id,
               date_bin('15 minutes', o.placed_at, timestamptz '2000-01-01 00:00Z') as quarter,
               sum(o.total - o.canceled - o.returned)::bigint as sales, count(*) as orders,
               sum(o.units - o.units_canceled - o.units_returned)::bigint as units
          from orders.placed o
         where o.tenant_id = $1 and o.business_day between $2::integer and $4::integer and o.paid > 0
           and ($5::text is null or o.channel_id = (select c.channel_id from access.channel c where c.tenant_id = $1 and c.code = $5))
           and ($6::text is null or o.store_id = (select s.store_id from access.store s where s.tenant_id = $1 and s.code = $6))
         group by grouping sets ((1, 2, 3, 4), (1, 2, 5), (1, 2, 4, 6))),
     best as (
        select b.currency, b.store_id
          from (select s.currency, s.store_id, row_number() over (partition by s.currency order by s.sales desc, s.store_id) as no
                  from sold s where s.store_id <> 0 and not s.earlier) b
         where b.no <= $7)
select s.currency, 'day' as facet, s.business_day::text as key, '' as name, s.earlier, sum(s.sales)::bigint as sales,
       sum(s.orders)::bigint as orders, sum(s.units)::bigint as units
  from sold s where s.business_day is not null group by 1, s.business_day, s.earlier
union all
select h.currency, 'hour', h.hour::text, '', h.earlier, sum(h.sales)::bigint, sum(h.orders)::bigint, sum(h.units)::bigint
  from (select s.currency, extract(hour from s.quarter at time zone c.time_zone)::integer as hour, s.earlier, s.sales, s.orders, s.units
          from sold s join access.channel c on c.tenant_id = $1 and c.channel_id = s.channel_id
         where s.quarter is not null) h
 group by h.currency, h.hour, h.earlier
union all
select s.currency, 'channel', c.code, c.name, s.earlier, sum(s.sales)::bigint, sum(s.orders)::bigint, sum(s.units)::bigint
  from sold s join access.channel c on c.tenant_id = $1 and c.channel_id = s.channel_id
 where s.business_day is not null
 group by s.currency, c.code, c.name, s.earlier
union all
select s.currency, 'store', a.code, a.name, s.earlier, s.sales, s.orders, s.units
  from best b
  join sold s on s.currency = b.currency and s.store_id = b.store_id
  join access.store a on a.tenant_id = $1 and a.store_id = b.store_id
 order by currency, facet, earlier, sales desc, key
"""
