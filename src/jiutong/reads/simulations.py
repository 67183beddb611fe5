"""Simulations as people look at them, and past orders as baskets to be replayed."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from jiutong.capabilities import simulation
from jiutong.kernel.db import Tx


class PastLine(msgspec.Struct, frozen=True, gc=False):
    """A line as it was sold; what was taken off it as (stage, rule, funder, amount)."""

    line_no: int
    sku: str
    sku_id: int
    quantity: int
    gross: int
    discount: int
    payable: int
    charged: int
    taken_off: tuple[tuple[str, str, str, int], ...]


class PastOrder(msgspec.Struct, frozen=True, gc=False):
    """An order as it was sold: who, where and when, its lines, and the points burned. `first`: its buyer had bought nothing before."""

    order_id: int
    scene: str
    channel_id: int
    channel: str
    store_id: int
    seller_id: int
    member_id: int | None
    first: bool
    currency: str
    business_day: int
    placed_at: datetime
    gross: int
    discount: int
    tax: int
    total: int
    points: int
    lines: tuple[PastLine, ...]

    @property
    def red_packets(self) -> list[tuple[str, int]]:
        """What red packets paid of it, by who bears them, in the order they were drawn on."""
        sums: dict[str, int] = {}
        for line in self.lines:
            for stage, _, funder, amount in line.taken_off:
                if stage == "red_packet":
                    sums[funder] = sums.get(funder, 0) + amount
        return list(sums.items())


class ProposedPrice(msgspec.Struct, frozen=True):
    """A price of a SKU that is proposed in a list: an amount, or so much off the base price."""

    list: str
    sku: str
    amount: int
    per: int
    min_quantity: int
    off_bp: int | None


class RunRow(msgspec.Struct, frozen=True):
    """A simulation and how far it has come."""

    run_id: int
    name: str
    actor: str
    basis: simulation.Basis
    state: simulation.State
    wanted: int
    orders: int
    reached: int | None
    currency: str
    sample: simulation.PastSample
    draft: simulation.WhatIf
    tally: simulation.Tally
    started_at: datetime
    beat_at: datetime
    finished_at: datetime | None


async def before_first(tx: Tx, sample: simulation.PastSample) -> int:
    """The order before the oldest of a sample: those with greater ids are looked at."""
    found = await tx.fetch(_FIRST, *_of(sample), sample.orders)
    return found[0]["order_id"] - 1 if found else 0


async def past(tx: Tx, sample: simulation.PastSample, reached: int, orders_max: int) -> list[PastOrder]:
    """The past orders of a sample after an order, as they were placed, with their lines: two statements however many."""
    heads = await tx.fetch(_HEADS, *_of(sample), reached, orders_max)
    ids = [row["order_id"] for row in heads]
    lines: dict[int, list[PastLine]] = {}
    for row in await tx.fetch(_LINES, ids) if ids else ():
        lines.setdefault(row["order_id"], []).append(_line(row))
    return [
        PastOrder(
            lines=tuple(lines.get(row["order_id"], ())), **{name: row[name] for name in PastOrder.__struct_fields__ if name != "lines"}
        )
        for row in heads
    ]


def _of(sample: simulation.PastSample) -> tuple[object, ...]:
    return sample.channel, list(sample.stores) or None, sample.placed_from, sample.placed_to


async def proposed(tx: Tx, proposal_id: int) -> list[ProposedPrice]:
    """The prices of SKUs in a proposal; what it says of categories, and which prices it ends, are left out."""
    return [ProposedPrice(*row.values()) for row in await tx.fetch(_PROPOSED, proposal_id)]


async def titles(tx: Tx, codes: Collection[str]) -> dict[str, str]:
    """What these SKUs are called."""
    return {row["code"]: row["title"] for row in await tx.fetch(_TITLES, sorted(codes))}


async def category_names(tx: Tx, codes: Collection[str]) -> dict[str, str]:
    """What these categories are called."""
    return {row["code"]: row["name"] for row in await tx.fetch(_CATEGORIES, sorted(codes))}


async def free_units(tx: Tx, codes: Collection[str], channel: str) -> dict[str, int]:
    """What of these SKUs lies free where a channel sells from: its locations, and the shelves of its stores."""
    return {row["code"]: row["free"] for row in await tx.fetch(_FREE, sorted(codes), channel)}


async def unknown_skus(tx: Tx, codes: Collection[str]) -> set[str]:
    """Which of these codes no SKU has."""
    return {row["code"] for row in await tx.fetch(_UNKNOWN_SKUS, sorted(codes))}


async def unknown_stores(tx: Tx, codes: Collection[str]) -> set[str]:
    """Which of these codes no store has."""
    return {row["code"] for row in await tx.fetch(_UNKNOWN_STORES, sorted(codes))}


async def runs(tx: Tx, before: int | None, rows_max: int) -> list[RunRow]:
    """Simulations, the latest first."""
    return [_run(row) for row in await tx.fetch(_RUNS, None, before, rows_max)]


async def run(tx: Tx, run_id: int) -> RunRow | None:
    """One simulation."""
    rows = await tx.fetch(_RUNS, [run_id], None, 1)
    return _run(rows[0]) if rows else None


async def place_names(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Code and name of stores and channels by id."""
    return {row["place_id"]: (row["code"], row["name"]) for row in await tx.fetch(_PLACES, list(ids))}


def _line(row: asyncpg.Record) -> PastLine:
    off = tuple(zip(row["stages"], row["rules"], row["funders"], row["amounts"], strict=True)) if row["stages"] else ()
    return PastLine(
        row["line_no"], row["sku"], row["sku_id"], row["quantity"], row["gross"], row["discount"], row["payable"], row["charged"], off
    )


def _run(row: asyncpg.Record) -> RunRow:
    json = {"sample", "draft", "tally"}
    return RunRow(
        sample=msgspec.json.decode(row["sample"], type=simulation.PastSample),
        draft=msgspec.json.decode(row["draft"], type=simulation.WhatIf),
        tally=msgspec.json.decode(row["tally"], type=simulation.Tally),
        **{name: row[name] for name in RunRow.__struct_fields__ if name not in json},
    )


_SAMPLED = """
  from orders.placed o
 where o.tenant_id = $1
   and o.channel_id = (select channel_id from access.channel where tenant_id = $1 and code = $2)
   and ($3::text[] is null or o.store_id = any (array(select store_id from access.store where tenant_id = $1 and code = any($3))))
   and ($4::timestamptz is null or o.placed_at >= $4)
   and ($5::timestamptz is null or o.placed_at < $5)
   and o.status not in ('canceled', 'expired')
"""
_FIRST = f"""
select min(newest.order_id) as order_id
  from (select o.order_id {_SAMPLED} order by o.order_id desc limit $6) newest
having min(newest.order_id) is not null
"""  # sql: parts of this module alone  # noqa: S608
_HEADS = f"""
select o.order_id, o.scene, o.channel_id, $2 as channel, o.store_id, o.seller_id, o.member_id, o.currency, o.business_day, o.placed_at,
       o.gross, o.discount, o.tax, o.total,
       not exists (select from orders.placed e where e.tenant_id = $1 and e.member_id = o.member_id and e.order_id < o.order_id) as first,
       coalesce((select sum(c.amount) from orders.claim c
                  where c.tenant_id = $1 and c.order_id = o.order_id and c.kind = 'points'), 0)::bigint as points
{_SAMPLED}
   and o.order_id > $6
 order by o.order_id
 limit $7
"""  # sql: parts of this module alone  # noqa: S608
_LINES = """
select l.order_id, l.line_no, k.code as sku, l.sku_id, l.quantity, l.gross, l.discount, l.payable, l.charged,
       a.stages, a.rules, a.funders, a.amounts
  from orders.line l
  join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
  left join lateral (
        select array_agg(a.stage order by a.adjustment_no) as stages, array_agg(a.rule order by a.adjustment_no) as rules,
               array_agg(a.funder order by a.adjustment_no) as funders, array_agg(a.amount order by a.adjustment_no) as amounts
          from orders.price_adjustment a
         where l.discount > 0 and a.tenant_id = l.tenant_id and a.order_id = l.order_id and a.line_id = l.line_id) a on true
 where l.tenant_id = $1 and l.order_id = any($2::bigint[])
 order by l.order_id, l.line_no
"""
_PROPOSED = """
select l.code as list, k.code as sku, o.amount, o.per, o.min_quantity, o.off_bp
  from pricing.proposal p
  join pricing.price_list l on l.tenant_id = p.tenant_id and l.list_id = p.list_id
  join pricing.proposal_line o on o.tenant_id = p.tenant_id and o.proposal_id = p.proposal_id
  join catalog.sku k on k.tenant_id = o.tenant_id and k.sku_id = o.sku_id
 where p.tenant_id = $1 and p.proposal_id = $2 and o.ends is null
 order by o.line_no
"""
_TITLES = """
select k.code, coalesce(nullif(k.title, ''), p.title) as title
  from catalog.sku k join catalog.product p on p.tenant_id = k.tenant_id and p.product_id = k.product_id
 where k.tenant_id = $1 and k.code = any($2::text[])
"""
_CATEGORIES = """
select c.code, c.name from catalog.category c where c.tenant_id = $1 and c.code = any($2::text[])
"""
_FREE = """
with sold_from as (
        select s.location_id from inventory.source s join access.channel c on c.tenant_id = s.tenant_id and c.channel_id = s.channel_id
         where s.tenant_id = $1 and c.code = $3
         union
        select l.location_id
          from inventory.location l
          join access.store t on t.tenant_id = l.tenant_id and t.store_id = l.store_id
          join access.channel c on c.tenant_id = t.tenant_id and c.channel_id = t.channel_id
         where l.tenant_id = $1 and c.code = $3)
select k.code, coalesce(sum(greatest(a.posted - a.held - coalesce(a.floor, 0), 0)), 0)::bigint as free
  from catalog.sku k
  left join inventory.stock s on s.tenant_id = k.tenant_id and s.sku_id = k.sku_id and s.location_id in (select location_id from sold_from)
  left join ledger.account a on a.tenant_id = s.tenant_id and a.account_id = s.account_id
 where k.tenant_id = $1 and k.code = any($2::text[])
 group by k.code
"""
_UNKNOWN_SKUS = """
select u.code from unnest($2::text[]) as u(code)
 where not exists (select from catalog.sku k where k.tenant_id = $1 and k.code = u.code)
"""
_UNKNOWN_STORES = """
select u.code from unnest($2::text[]) as u(code)
 where not exists (select from access.store s where s.tenant_id = $1 and s.code = u.code)
"""
_RUNS = """
select r.run_id, r.name, r.actor, r.basis, r.state, r.wanted, r.orders, r.reached, r.sample, r.draft, r.tally, r.started_at, r.beat_at,
       r.finished_at,
       coalesce(c.currency, '') as currency
  from simulation.run r
  left join access.channel c on c.tenant_id = r.tenant_id and c.code = r.sample ->> 'channel'
 where r.tenant_id = $1 and ($2::bigint[] is null or r.run_id = any($2)) and ($3::bigint is null or r.run_id < $3)
 order by r.run_id desc limit $4
"""
_PLACES = """
select s.store_id as place_id, s.code, s.name from access.store s where s.tenant_id = $1 and s.store_id = any($2::bigint[])
union all
select c.channel_id, c.code, c.name from access.channel c where c.tenant_id = $1 and c.channel_id = any($2::bigint[])
"""
