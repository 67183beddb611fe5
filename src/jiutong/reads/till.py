"""What a till asks: its goods and prices to keep, its own standing, a receipt; and what managers look at: shifts and exceptions."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from jiutong.capabilities.store import DEFAULT_POLICY, Policy, Shift
from jiutong.kernel.db import Tx


class Goods(msgspec.Struct, frozen=True, omit_defaults=True):
    """A SKU as a till keeps it.

    `prices` are (how specific: 0 store, 1 channel, 2 everybody; from how many base units; minor units; per so many base units), in
    winning order: the first that applies is the price. `bp` is the tax rate in basis points, `top` that it comes on top.
    `keys` are how its title sounds. `gone`: no longer sold here.
    """

    sku: str
    title: str = ""
    unit: str = ""
    pack: int = 1
    tax_class: str = ""
    bp: int = 0
    top: bool = False
    prices: tuple[tuple[int, int, int, int], ...] = ()
    codes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    gone: bool = False


class TillRow(msgspec.Struct, frozen=True):
    """A till, its store, and how that works."""

    store_id: int
    device_id: int
    store: str
    store_name: str
    seller_name: str
    device: str
    active: bool
    currency: str
    time_zone: str
    policy: Policy
    policy_revision: int
    head_seq: int
    head_hash: str


class ShiftRow(msgspec.Struct, frozen=True):
    """A shift in a list."""

    shift_id: int
    store: str
    device: str
    shift_no: int
    currency: str
    business_day: int
    opening_float: int
    opened_at: datetime
    opened_by: str
    counted_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    variance: int | None


class MovementRow(msgspec.Struct, frozen=True):
    """Cash that went into a drawer or out of it."""

    kind: str
    reason: str
    note: str
    amount: int
    at: datetime
    actor: str


class ExceptionRow(msgspec.Struct, frozen=True):
    """What a person should look at."""

    exception_id: int
    store: str
    device: str
    kind: str
    receipt_no: str
    order_id: int | None
    refusal: str
    detail: str
    sale: Any
    at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settlement: str | None


class Known(msgspec.Struct, frozen=True):
    """A receipt that is here: its hash in the chain, and the order behind it if it was booked."""

    hash: str
    order_id: int | None


async def goods(
    tx: Tx, store: str, after: int | None, since: datetime | None, only: Sequence[int] | None, rows_max: int
) -> list[tuple[int, Goods]]:
    """What a store sells now, by SKU id; since an instant only what has changed, with what is no longer sold; `only` these SKUs."""
    return [(row["sku_id"], _goods(row)) for row in await tx.fetch(_GOODS, store, after or 0, since, tx.now, rows_max, only)]


async def till(tx: Tx, store: str, device: str) -> TillRow | None:
    """A till by its name."""
    rows = await tx.fetch(_TILL, store, device)
    if not rows:
        return None
    row = dict(rows[0])
    caps = {name: row.pop(name) for name in Policy.__struct_fields__}
    policy = DEFAULT_POLICY if caps["shifts_required"] is None else Policy(**caps)
    return TillRow(policy=policy, **row)


async def shifts(tx: Tx, store: str | None, device: str | None, open_: bool | None, before: int | None, rows_max: int) -> list[ShiftRow]:
    """Shifts, latest first."""
    return [ShiftRow(*row.values()) for row in await tx.fetch(_SHIFTS, store, device, open_, before, None, rows_max)]


async def shift_rows(tx: Tx, shift_ids: Sequence[int]) -> list[ShiftRow]:
    """Shifts by id."""
    return [ShiftRow(*row.values()) for row in await tx.fetch(_SHIFTS, None, None, None, None, list(shift_ids), len(shift_ids))]


async def standing(tx: Tx, shift_ids: Sequence[int]) -> list[Shift]:
    """Shifts as their reports need them; unlocked."""
    return [Shift(*row.values()) for row in await tx.fetch(_STANDING, list(shift_ids))]


async def movements(tx: Tx, shift_id: int) -> list[MovementRow]:
    """Cash that went into a drawer or out of it, in order."""
    return [MovementRow(*row.values()) for row in await tx.fetch(_MOVEMENTS, shift_id)]


async def exceptions(
    tx: Tx, store: str | None, settled: bool | None, exception_id: int | None, before: int | None, rows_max: int
) -> list[ExceptionRow]:
    """Exceptions, latest first; one of them when `exception_id` is given."""
    rows = await tx.fetch(_EXCEPTIONS, store, settled, exception_id, before, rows_max)
    return [
        ExceptionRow(**{name: row[name] for name in row.keys() if name != "sale"}, sale=json.loads(row["sale"]) if row["sale"] else None)  # noqa: SIM118
        for row in rows
    ]


async def known(tx: Tx, store: str, device: str, receipt_nos: Sequence[str]) -> dict[str, Known]:
    """Receipts of a till that are here, in its chain."""
    rows = await tx.fetch(_KNOWN, store, device, list(receipt_nos))
    return {row["receipt_no"]: Known(row["hash"], row["order_id"]) for row in rows}


def _goods(row: asyncpg.Record) -> Goods:
    if row["gone"]:
        return Goods(row["code"], gone=True)
    title = row["title"]
    return Goods(
        row["code"],
        title,
        row["base_unit"],
        row["pack_size"],
        row["tax_class"],
        row["rate_bp"],
        not row["tax_inclusive"],
        tuple(zip(row["ranks"] or (), row["mins"] or (), row["amounts"] or (), row["pers"] or (), strict=True)),
        tuple(row["codes"] or ()),
        () if title.isascii() else _sounds(title),
    )


def _sounds(title: str) -> tuple[str, ...]:
    """How a Chinese title is typed: its syllables' first letters, and all of them."""
    from pypinyin import Style, lazy_pinyin

    initials = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER, errors="ignore"))
    return (initials, "".join(lazy_pinyin(title, errors="ignore"))) if initials else ()


_GOODS = """
with place as (
        select s.store_id, s.channel_id, c.currency
          from access.store s join access.channel c on c.tenant_id = $1 and c.channel_id = s.channel_id
         where s.tenant_id = $1 and s.code = $2)
select k.sku_id, k.code, coalesce(nullif(k.title, ''), p.title) as title, k.base_unit, k.pack_size, l.tax_class,
       coalesce(r.rate_bp, 0) as rate_bp, e.tax_inclusive, m.ranks, m.mins, m.amounts, m.pers, b.codes,
       (k.status <> 'active' or p.status <> 'published' or l.listing_id is null or l.status <> 'listed'
        or $5::timestamptz < l.valid_from or $5::timestamptz >= l.valid_to) as gone
  from place
 cross join lateral (
        select x.* from catalog.sku x
         where x.tenant_id = $1 and x.sku_id > $3 and ($7::bigint[] is null or x.sku_id = any($7))
           and ($4::timestamptz is null
                or exists (select from catalog.product y
                            where y.tenant_id = $1 and y.product_id = x.product_id and y.changed_at > $4::timestamptz)
                or exists (select from pricing.price y
                            where y.tenant_id = $1 and y.sku_id = x.sku_id
                              and (y.valid_from > $4::timestamptz and y.valid_from <= $5::timestamptz
                                   or y.valid_to > $4::timestamptz and y.valid_to <= $5::timestamptz)))
         order by x.sku_id) k
  join catalog.product p on p.tenant_id = $1 and p.product_id = k.product_id
  left join lateral (
        select i.listing_id, i.tax_class, i.seller_id, i.status, i.valid_from, i.valid_to
          from catalog.listing i
         where i.tenant_id = $1 and i.sku_id = k.sku_id and i.channel_id = place.channel_id and i.store_id in (place.store_id, 0)
         order by i.store_id desc limit 1) l on true
  left join access.seller e on e.tenant_id = $1 and e.seller_id = l.seller_id
  left join lateral (
        select t.rate_bp from pricing.tax_rate t
         where t.tenant_id = $1 and t.seller_id = l.seller_id and t.tax_class = l.tax_class and t.valid_from <= $5::timestamptz
         order by t.valid_from desc limit 1) r on true
  left join lateral (
        select array_agg(q.rank order by q.rank, q.min_quantity desc, q.valid_from desc, q.price_id desc) as ranks,
               array_agg(q.min_quantity order by q.rank, q.min_quantity desc, q.valid_from desc, q.price_id desc) as mins,
               array_agg(q.amount order by q.rank, q.min_quantity desc, q.valid_from desc, q.price_id desc) as amounts,
               array_agg(q.per order by q.rank, q.min_quantity desc, q.valid_from desc, q.price_id desc) as pers
          from (select case h.kind when 'store' then 0 when 'channel' then 1 else 2 end as rank,
                       c.min_quantity, c.valid_from, c.price_id,
                       case when c.off_bp is null then c.amount else (2 * o.amount * (10000 - c.off_bp) + 10000) / 20000 end as amount,
                       case when c.off_bp is null then c.per else o.per end as per
                  from pricing.price c
                  join pricing.price_list h on h.tenant_id = $1 and h.list_id = c.list_id and h.role = 'sale'
                  left join lateral (
                        select y.amount, y.per from pricing.price y
                          join pricing.price_list z on z.tenant_id = $1 and z.list_id = y.list_id and z.kind = 'base' and z.role = 'sale'
                               and z.status = 'active' and z.currency = place.currency
                         where c.off_bp is not null and y.tenant_id = $1 and y.sku_id = k.sku_id and y.min_quantity <= c.min_quantity
                           and y.valid_from <= $5::timestamptz and y.valid_to > $5::timestamptz
                         order by y.min_quantity desc, y.valid_from desc, y.price_id desc limit 1) o on true
                 where c.tenant_id = $1 and c.sku_id = k.sku_id and c.valid_from <= $5::timestamptz and c.valid_to > $5::timestamptz
                   and h.status = 'active' and h.currency = place.currency
                   and (h.kind = 'base' or h.kind = 'channel' and h.channel_id = place.channel_id
                        or h.kind = 'store' and h.store_id = place.store_id)
                   and (c.off_bp is null or o.amount is not null)) q) m on true
  left join lateral (
        select array_agg(ltrim(g.gtin, '0') order by g.gtin) as codes
          from catalog.barcode g where g.tenant_id = $1 and g.sku_id = k.sku_id) b on true
 where $4::timestamptz is not null
    or k.status = 'active' and p.status = 'published' and l.listing_id is not null and l.status = 'listed'
       and $5::timestamptz >= l.valid_from and $5::timestamptz < l.valid_to
 order by k.sku_id
 limit $6
"""
_TILL = """
select s.store_id, d.device_id, s.code as store, s.name as store_name, e.name as seller_name, d.code as device,
       d.active and s.open as active, c.currency, c.time_zone, p.shifts_required, p.offline_count_max, p.offline_amount_max,
       p.offline_hours_max, coalesce(p.revision, 0) as policy_revision, coalesce(h.seq, 0) as head_seq, coalesce(h.hash, '') as head_hash
  from access.store s
  join access.device d on d.tenant_id = $1 and d.store_id = s.store_id and d.code = $3
  join access.channel c on c.tenant_id = $1 and c.channel_id = s.channel_id
  join access.seller e on e.tenant_id = $1 and e.seller_id = s.seller_id
  left join store.policy p on p.tenant_id = $1 and p.store_id = s.store_id
  left join lateral (
        select r.seq, r.hash from store.receipt r
         where r.tenant_id = $1 and r.device_id = d.device_id order by r.seq desc, r.order_id desc limit 1) h on true
 where s.tenant_id = $1 and s.code = $2
"""
_SHIFTS = """
select h.shift_id, s.code as store, d.code as device, h.shift_no, h.currency, h.business_day, h.opening_float, h.opened_at, h.opened_by,
       h.counted_at, h.closed_at, h.closed_by,
       (select sum(c.counted - c.expected)::bigint from store.count c where c.tenant_id = $1 and c.shift_id = h.shift_id) as variance
  from store.shift h
  join access.store s on s.tenant_id = $1 and s.store_id = h.store_id
  join access.device d on d.tenant_id = $1 and d.device_id = h.device_id
 where h.tenant_id = $1 and ($2::text is null or s.code = $2) and ($3::text is null or d.code = $3)
   and ($4::boolean is null or (h.closed_at is null) = $4) and ($5::bigint is null or h.shift_id < $5)
   and ($6::bigint[] is null or h.shift_id = any($6))
 order by h.shift_id desc
 limit $7
"""
_STANDING = """
select s.shift_id, s.store_id, s.device_id, s.shift_no, s.currency, s.business_day, s.opening_float, s.opened_at, s.counted_at,
       s.closed_at, s.z::text
  from store.shift s
 where s.tenant_id = $1 and s.shift_id = any($2::bigint[])
"""
_MOVEMENTS = """
select m.kind, m.reason, m.note, m.amount, m.at, m.actor
  from store.movement m where m.tenant_id = $1 and m.shift_id = $2 order by m.movement_id
"""
_EXCEPTIONS = """
select x.exception_id, s.code as store, d.code as device, x.kind, x.receipt_no, x.order_id, x.refusal, x.detail, x.sale::text as sale, x.at,
       x.settled_at, x.settled_by, x.settlement
  from store.exception x
  join access.store s on s.tenant_id = $1 and s.store_id = x.store_id
  join access.device d on d.tenant_id = $1 and d.device_id = x.device_id
 where x.tenant_id = $1 and ($2::text is null or s.code = $2) and ($3::boolean is null or (x.settled_at is not null) = $3)
   and ($4::bigint is null or x.exception_id = $4) and ($5::bigint is null or x.exception_id < $5)
 order by x.exception_id desc
 limit $6
"""
_KNOWN = """
select r.receipt_no, r.hash, o.order_id
  from access.store s
  join access.device d on d.tenant_id = $1 and d.store_id = s.store_id and d.code = $3
  join store.receipt r on r.tenant_id = $1 and r.device_id = d.device_id and r.receipt_no = any($4::text[])
  left join orders.placed o on o.tenant_id = $1 and o.order_id = r.order_id
 where s.tenant_id = $1 and s.code = $2
"""
