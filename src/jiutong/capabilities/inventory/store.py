"""The room's statements. Arrays are sorted by key before they get here."""

from collections.abc import Sequence

import asyncpg

from jiutong.capabilities.inventory.model import (
    Location,
    LocationFacts,
    LocationStanding,
    LocationWritten,
    Paper,
    Places,
    Shortage,
    Sources,
    StockKey,
)
from jiutong.capabilities.inventory.rules import places, stock_account
from jiutong.kernel.db import Tx
from jiutong.ledger import Balance


async def read_places(tx: Tx) -> tuple[int, Places]:
    """All locations and sources with the stamp they were read under: one statement, so of one snapshot."""
    rows = await tx.fetch(_PLACES)
    found = [(_location(row), row["channels"]) for row in rows if row["location_id"] is not None]
    return rows[0]["revision"] if rows else 0, places(found)


async def lock_modes(tx: Tx, locations: Sequence[LocationFacts]) -> int:
    """Keep these locations from changing their mode until commit; the number that have the mode the caller believes in."""
    rows = await tx.fetch(_LOCK_MODES, [one.location_id for one in locations], [_mode(one.strict) for one in locations])
    return len(rows)


async def describe_stock(tx: Tx, keys: Sequence[StockKey]) -> None:
    """Write which account counts what. Somebody else's row for the same stock is waited for and kept."""
    await tx.count(
        _DESCRIBE_STOCK,
        [location.location_id for location, _, _ in keys],
        [owner_id for _, owner_id, _ in keys],
        [sku_id for _, _, sku_id in keys],
        [stock_account(*key).account_id for key in keys],
    )


async def read_skus(tx: Tx, shelves: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
    """The SKUs of which each (location, owner) has ever had any."""
    found: dict[tuple[int, int], list[int]] = {shelf: [] for shelf in shelves}
    for row in await tx.fetch(_READ_SKUS, [location_id for location_id, _ in shelves], [owner_id for _, owner_id in shelves]):
        found[row["location_id"], row["owner_id"]].append(row["sku_id"])
    return found


async def lock_stock(tx: Tx, account_ids: Sequence[int]) -> dict[int, Balance]:
    """The balances of the accounts that are open, locked in account order: the house's one lock order."""
    rows = await tx.fetch(_LOCK_STOCK, account_ids)
    return {row["account_id"]: Balance(row["posted"], row["held"], row["floor"]) for row in rows}


async def write_papers(tx: Tx, papers: Sequence[Paper]) -> None:
    """Append the papers."""
    await tx.count(
        _WRITE_PAPERS,
        [paper.paper_id for paper in papers],
        [paper.kind for paper in papers],
        [paper.location.location_id for paper in papers],
        [paper.reason for paper in papers],
        [paper.reference for paper in papers],
        [paper.actor for paper in papers],
        [len(paper.lines) for paper in papers],
        tx.now,
    )


async def write_lines(tx: Tx, papers: Sequence[Paper]) -> None:
    """Append what is on the papers."""
    rows = [(paper, no, line) for paper in papers for no, line in enumerate(paper.lines, 1)]
    await tx.count(
        _WRITE_LINES,
        [paper.paper_id for paper, _, _ in rows],
        [no for _, no, _ in rows],
        [paper.owner_id for paper, _, _ in rows],
        [line.sku_id for _, _, line in rows],
        [line.change for _, _, line in rows],
        [line.counted for _, _, line in rows],
    )


async def write_shortages(tx: Tx, shortages: Sequence[Shortage]) -> None:
    """Append shortages."""
    await tx.count(
        _WRITE_SHORTAGES,
        [tx.mint() for _ in shortages],
        [one.location.location_id for one in shortages],
        [one.owner_id for one in shortages],
        [one.sku_id for one in shortages],
        [one.subject_id for one in shortages],
        [one.below_zero for one in shortages],
        tx.now,
    )


async def open_shortages(tx: Tx, keys: Sequence[StockKey]) -> list[tuple[int, int, int]]:
    """Of these, the (location, owner, SKU) that have an open shortage."""
    rows = await tx.fetch(
        _OPEN_SHORTAGES,
        [location.location_id for location, _, _ in keys],
        [owner_id for _, owner_id, _ in keys],
        [sku_id for _, _, sku_id in keys],
    )
    return [(row["location_id"], row["owner_id"], row["sku_id"]) for row in rows]


async def resolve_stock(tx: Tx, keys: Sequence[tuple[int, int, int]]) -> int:
    """Settle every open shortage of these (location, owner, SKU)."""
    return await tx.count(
        _RESOLVE_STOCK,
        [location_id for location_id, _, _ in keys],
        [owner_id for _, owner_id, _ in keys],
        [sku_id for _, _, sku_id in keys],
        tx.now,
    )


async def resolve_shortages(tx: Tx, shortage_ids: Sequence[int]) -> list[int]:
    """Settle these shortages; those that were still open."""
    return [row["shortage_id"] for row in await tx.fetch(_RESOLVE_SHORTAGES, shortage_ids, tx.now)]


async def lock_locations(tx: Tx, codes: Sequence[str]) -> None:
    """Lock these locations; whoever books the first stock there holds a share lock until commit, and is waited for."""
    await tx.count(_LOCK_LOCATIONS, codes)


async def standing_locations(tx: Tx, codes: Sequence[str]) -> dict[str, LocationStanding]:
    """These locations as they stand. A statement of its own, so that it sees what `lock_locations` waited for."""
    rows = await tx.fetch(_STANDING_LOCATIONS, codes)
    return {row["code"]: LocationStanding(row["revision"], row["mode"] == "strict", row["stocked"]) for row in rows}


async def put_locations(tx: Tx, locations: Sequence[Location]) -> dict[str, LocationWritten]:
    """Make or replace locations, by code."""
    rows = await tx.fetch(
        _PUT_LOCATIONS,
        [one.location_id for one in locations],
        [one.code for one in locations],
        [one.name for one in locations],
        [one.kind for one in locations],
        [_mode(one.strict) for one in locations],
        [one.store_id for one in locations],
    )
    return {row["code"]: LocationWritten(row["location_id"], row["code"], row["revision"]) for row in rows}


async def drop_sources(tx: Tx, channel_ids: Sequence[int]) -> None:
    """Forget where these channels sell from."""
    await tx.count(_DROP_SOURCES, channel_ids)


async def add_sources(tx: Tx, sources: Sequence[Sources]) -> None:
    """Write where channels sell from, in their order of choice."""
    rows = [(one.channel_id, location.location_id, no) for one in sources for no, location in enumerate(one.locations)]
    await tx.count(_ADD_SOURCES, [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


def _mode(strict: bool) -> str:
    return "strict" if strict else "exception"


def _location(row: asyncpg.Record) -> LocationFacts:
    return LocationFacts(row["location_id"], row["code"], row["kind"], row["mode"] == "strict", row["store_id"])


_PLACES = """
select coalesce(v.revision, 0) as revision, l.location_id, l.code, l.kind, l.mode, l.store_id,
       array(select row(s.channel_id, s.priority) from inventory.source s
              where s.tenant_id = l.tenant_id and s.location_id = l.location_id) as channels
  from kernel.tenant t
  left join kernel.stamp v on v.tenant_id = t.tenant_id and v.topic = 'place' and v.key = 0
  left join inventory.location l on l.tenant_id = t.tenant_id
 where t.tenant_id = $1
 order by l.location_id
"""
_LOCK_MODES = """
select l.location_id
  from unnest($2::bigint[], $3::text[]) as u(location_id, mode)
  join inventory.location l on l.tenant_id = $1 and l.location_id = u.location_id and l.mode = u.mode
 order by l.location_id
   for share of l
"""
_DESCRIBE_STOCK = """
insert into inventory.stock (tenant_id, location_id, owner_id, sku_id, account_id)
select t.tenant_id, s.location_id, s.owner_id, s.sku_id, s.account_id
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as s(location_id, owner_id, sku_id, account_id)
 where t.tenant_id = $1
    on conflict (tenant_id, location_id, owner_id, sku_id) do nothing
"""
_READ_SKUS = """
select s.location_id, s.owner_id, s.sku_id
  from unnest($2::bigint[], $3::bigint[]) as u(location_id, owner_id)
  join inventory.stock s on s.tenant_id = $1 and s.location_id = u.location_id and s.owner_id = u.owner_id
 order by s.location_id, s.owner_id, s.sku_id
"""
_LOCK_STOCK = """
select a.account_id, a.posted, a.held, a.floor
  from ledger.account a
 where a.tenant_id = $1 and a.account_id = any($2::bigint[])
 order by a.account_id
   for update
"""
_WRITE_PAPERS = """
insert into inventory.movement_paper (tenant_id, paper_id, kind, location_id, reason, reference, actor, lines, at)
select t.tenant_id, p.paper_id, p.kind, p.location_id, p.reason, p.reference, p.actor, p.lines, $9
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::integer[])
           as p(paper_id, kind, location_id, reason, reference, actor, lines)
 where t.tenant_id = $1
"""
_WRITE_LINES = """
insert into inventory.movement_line (tenant_id, paper_id, line_no, owner_id, sku_id, quantity, counted)
select t.tenant_id, l.paper_id, l.line_no, l.owner_id, l.sku_id, l.quantity, l.counted
  from kernel.tenant t,
       unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
           as l(paper_id, line_no, owner_id, sku_id, quantity, counted)
 where t.tenant_id = $1
"""
_WRITE_SHORTAGES = """
insert into inventory.shortage (tenant_id, shortage_id, location_id, owner_id, sku_id, subject_id, below_zero, at)
select t.tenant_id, s.shortage_id, s.location_id, s.owner_id, s.sku_id, s.subject_id, s.below_zero, $8
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
           as s(shortage_id, location_id, owner_id, sku_id, subject_id, below_zero)
 where t.tenant_id = $1
"""
_OPEN_SHORTAGES = """
select distinct s.location_id, s.owner_id, s.sku_id
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as u(location_id, owner_id, sku_id)
  join inventory.shortage s on s.tenant_id = $1 and s.location_id = u.location_id and s.owner_id = u.owner_id
                           and s.sku_id = u.sku_id and s.resolved_at is null
"""
_RESOLVE_STOCK = """
update inventory.shortage s set resolved_at = $5
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as u(location_id, owner_id, sku_id)
 where s.tenant_id = $1 and s.location_id = u.location_id and s.owner_id = u.owner_id
   and s.sku_id = u.sku_id and s.resolved_at is null
"""
_RESOLVE_SHORTAGES = """
update inventory.shortage s set resolved_at = $3
 where s.tenant_id = $1 and s.shortage_id = any($2::bigint[]) and s.resolved_at is null
returning s.shortage_id
"""
_LOCK_LOCATIONS = """
select l.location_id from inventory.location l where l.tenant_id = $1 and l.code = any($2::text[]) order by l.code for update
"""
_STANDING_LOCATIONS = """
select l.code, l.revision, l.mode,
       exists (select from inventory.stock s where s.tenant_id = l.tenant_id and s.location_id = l.location_id) as stocked
  from inventory.location l
 where l.tenant_id = $1 and l.code = any($2::text[])
"""
_PUT_LOCATIONS = """
insert into inventory.location as l (tenant_id, location_id, code, name, kind, mode, store_id)
select t.tenant_id, p.location_id, p.code, p.name, p.kind, p.mode, p.store_id
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
           as p(location_id, code, name, kind, mode, store_id)
 where t.tenant_id = $1
    on conflict (tenant_id, code) do update
   set name = excluded.name, kind = excluded.kind, mode = excluded.mode, store_id = excluded.store_id, revision = l.revision + 1
returning l.code, l.location_id, l.revision
"""
_DROP_SOURCES = """
delete from inventory.source s where s.tenant_id = $1 and s.channel_id = any($2::bigint[])
"""
_ADD_SOURCES = """
insert into inventory.source (tenant_id, channel_id, location_id, priority)
select t.tenant_id, s.channel_id, s.location_id, s.priority
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::integer[]) as s(channel_id, location_id, priority)
 where t.tenant_id = $1
"""
