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
    """An order as it was sold: who, where and when, and its lines."""

    order_id: int
    scene: str
    channel_id: int
    store_id: int
    member_id: int | None
    currency: str
    business_day: int
    placed_at: datetime
    gross: int
    discount: int
    tax: int
    total: int
    lines: tuple[PastLine, ...]


class RunRow(msgspec.Struct, frozen=True):
    """A simulation and how far it has come."""

    run_id: int
    name: str
    actor: str
    basis: simulation.Basis
    state: simulation.State
    wanted: int
    orders: int
    below: int | None
    currency: str
    sample: simulation.PastSample
    draft: simulation.WhatIf
    tally: simulation.Tally
    started_at: datetime
    beat_at: datetime
    finished_at: datetime | None


async def past(tx: Tx, sample: simulation.PastSample, below: int | None, orders_max: int) -> list[PastOrder]:
    """The newest past orders of a sample below an order, with their lines: two statements however many."""
    heads = await tx.fetch(_HEADS, sample.channel, list(sample.stores) or None, sample.placed_from, sample.placed_to, below, orders_max)
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


_HEADS = """
select o.order_id, o.scene, o.channel_id, o.store_id, o.member_id, o.currency, o.business_day, o.placed_at, o.gross, o.discount, o.tax,
       o.total
  from orders.placed o
 where o.tenant_id = $1
   and o.channel_id = (select channel_id from access.channel where tenant_id = $1 and code = $2)
   and ($3::text[] is null or o.store_id = any (array(select store_id from access.store where tenant_id = $1 and code = any($3))))
   and ($4::timestamptz is null or o.placed_at >= $4)
   and ($5::timestamptz is null or o.placed_at < $5)
   and ($6::bigint is null or o.order_id < $6)
   and o.status not in ('canceled', 'expired')
 order by o.order_id desc
 limit $7
"""
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
_UNKNOWN_SKUS = """
select u.code from unnest($2::text[]) as u(code)
 where not exists (select from catalog.sku k where k.tenant_id = $1 and k.code = u.code)
"""
_UNKNOWN_STORES = """
select u.code from unnest($2::text[]) as u(code)
 where not exists (select from access.store s where s.tenant_id = $1 and s.code = u.code)
"""
_RUNS = """
select r.run_id, r.name, r.actor, r.basis, r.state, r.wanted, r.orders, r.below, r.sample, r.draft, r.tally, r.started_at, r.beat_at,
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
