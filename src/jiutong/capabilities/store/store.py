"""The room's statements. Whoever changes a shift locks it first; whoever sells in it shares the lock, so a drawer is counted whole."""

from collections.abc import Collection, Mapping, Sequence

import asyncpg
import msgspec

from jiutong.capabilities.store.model import (
    DEFAULT_POLICY,
    Attendance,
    CashMoved,
    Chained,
    Link,
    NewShift,
    Noted,
    Policy,
    PolicyWritten,
    PutPolicy,
    Shift,
    TenderCount,
)
from jiutong.kernel.db import Tx


async def read_attendance(tx: Tx, tills: Sequence[tuple[int, int]]) -> dict[int, Attendance]:
    """What each (device, store) is doing; open shifts are shared-locked, in the order of their devices."""
    rows = await tx.fetch(_ATTENDANCE, [device for device, _ in tills], [store for _, store in tills])
    return {
        row["device_id"]: Attendance(
            None if row["counted"] else row["shift_id"],
            bool(row["counted"]),
            DEFAULT_POLICY if row["shifts_required"] is None else _policy(row),
        )
        for row in rows
    }


async def write_policies(tx: Tx, puts: Sequence[tuple[PutPolicy, int]]) -> dict[int, PolicyWritten]:
    """Write policies by store id; those whose revision moved on are not told."""
    by_id = {store_id: put for put, store_id in puts}
    rows = await tx.fetch(
        _WRITE_POLICIES,
        list(by_id),
        [put.expected for put in by_id.values()],
        [put.what.shifts_required for put in by_id.values()],
        [put.what.offline_count_max for put in by_id.values()],
        [put.what.offline_amount_max for put in by_id.values()],
        [put.what.offline_hours_max for put in by_id.values()],
    )
    return {row["store_id"]: PolicyWritten(by_id[row["store_id"]].store, by_id[row["store_id"]].what, row["revision"]) for row in rows}


async def read_policies(tx: Tx, store_ids: Collection[int]) -> dict[int, tuple[Policy, int]]:
    """Policies and their revisions by store id; 0 is the default."""
    found = {row["store_id"]: (_policy(row), row["revision"]) for row in await tx.fetch(_POLICIES, sorted(store_ids))}
    return {id_: found.get(id_, (DEFAULT_POLICY, 0)) for id_ in store_ids}


async def insert_shifts(tx: Tx, new: Sequence[NewShift]) -> dict[int, int]:
    """Open shifts; the numbers of those that could be opened, by id."""
    rows = await tx.fetch(
        _INSERT_SHIFTS,
        [s.shift_id for s in new],
        [s.store_id for s in new],
        [s.device_id for s in new],
        [s.currency for s in new],
        [s.business_day for s in new],
        [s.opening_float for s in new],
        [s.actor for s in new],
        tx.now,
    )
    return {row["shift_id"]: row["shift_no"] for row in rows}


async def lock_shifts(tx: Tx, shift_ids: Collection[int]) -> dict[int, Shift]:
    """Lock shifts in id order."""
    return {row["shift_id"]: Shift(*row) for row in await tx.fetch(_LOCK_SHIFTS, sorted(shift_ids))}


async def insert_movements(tx: Tx, moved: Sequence[CashMoved], actors: Sequence[str]) -> None:
    """Append cash movements."""
    await tx.count(
        _INSERT_MOVEMENTS,
        [m.movement_id for m in moved],
        [m.shift_id for m in moved],
        [m.kind for m in moved],
        [m.reason for m in moved],
        [m.note for m in moved],
        [m.amount for m in moved],
        list(actors),
        tx.now,
    )


async def write_counts(tx: Tx, counts: Mapping[int, Sequence[TenderCount]]) -> None:
    """Write what was counted in locked shifts that had no count."""
    rows = [(shift_id, one) for shift_id, tenders in counts.items() for one in tenders]
    await tx.count(
        _WRITE_COUNTS,
        [shift_id for shift_id, _ in rows],
        [one.method for _, one in rows],
        [one.counted_minor for _, one in rows],
        [msgspec.json.encode(one.denominations).decode() if one.denominations else None for _, one in rows],
    )


async def mark_counted(tx: Tx, shifts: Mapping[int, tuple[str, int]]) -> None:
    """Mark locked shifts counted, by whom, and how far the till's chain went."""
    await tx.count(_MARK_COUNTED, list(shifts), [actor for actor, _ in shifts.values()], [seq for _, seq in shifts.values()], tx.now)


async def read_counts(tx: Tx, shift_ids: Collection[int]) -> dict[int, list[TenderCount]]:
    """What was counted, per shift."""
    counts: dict[int, list[TenderCount]] = {}
    for row in await tx.fetch(_READ_COUNTS, sorted(shift_ids)):
        counts.setdefault(row["shift_id"], []).append(TenderCount(row["method"], row["counted"]))
    return counts


async def drop_counts(tx: Tx, shift_ids: Collection[int]) -> None:
    """Throw counts of locked shifts away."""
    await tx.count(_DROP_COUNTS, sorted(shift_ids))


async def mark_open(tx: Tx, shift_ids: Collection[int]) -> None:
    """Locked shifts sell on."""
    await tx.count(_MARK_OPEN, sorted(shift_ids))


async def write_expected(tx: Tx, rows: Sequence[tuple[int, str, int, int, str]]) -> None:
    """Write what should have been there: (shift, method, counted, expected, reason)."""
    await tx.count(
        _WRITE_EXPECTED,
        [shift_id for shift_id, *_ in rows],
        [method for _, method, *_ in rows],
        [counted for _, _, counted, *_ in rows],
        [expected for *_, expected, _ in rows],
        [reason for *_, reason in rows],
    )


async def mark_closed(tx: Tx, closed: Mapping[int, tuple[str, int, str]]) -> None:
    """Close locked shifts: by whom, the emptying entry, the Z report."""
    await tx.count(
        _MARK_CLOSED,
        list(closed),
        [actor for actor, _, _ in closed.values()],
        [entry_id for _, entry_id, _ in closed.values()],
        [z for _, _, z in closed.values()],
        tx.now,
    )


async def read_neighbors(tx: Tx, places: Sequence[tuple[int, int]]) -> dict[int, list[Link]]:
    """The receipts at these (device, place) of chains, just before them and just after."""
    return _links(await tx.fetch(_NEIGHBORS, [device for device, _ in places], [seq for _, seq in places]))


async def read_links(tx: Tx, named: Sequence[tuple[int, str]]) -> dict[int, list[Link]]:
    """The receipts with these (device, receipt number)."""
    return _links(await tx.fetch(_LINKS, [device for device, _ in named], [no for _, no in named]))


async def insert_links(tx: Tx, links: Sequence[Link]) -> None:
    """Append receipts to their chains."""
    await tx.count(
        _INSERT_LINKS,
        [one.order_id for one in links],
        [one.device_id for one in links],
        [one.chain.seq for one in links],
        [one.receipt_no for one in links],
        [one.chain.prev_hash for one in links],
        [one.hash for one in links],
        [one.chain.offline for one in links],
        [one.rung_at for one in links],
        [one.chain.catalog for one in links],
        tx.now,
    )


async def read_missing(tx: Tx, reach: Mapping[int, tuple[int, int]]) -> dict[int, list[int]]:
    """Places of chains that should be there and are not, per device: after the first number, up to the second."""
    missing: dict[int, list[int]] = {}
    rows = await tx.fetch(_MISSING, list(reach), [low for low, _ in reach.values()], [high for _, high in reach.values()])
    for row in rows:
        missing.setdefault(row["device_id"], []).append(row["seq"])
    return missing


async def read_chain_floors(tx: Tx, shift_ids: Collection[int]) -> dict[int, int]:
    """Where the chains of shifts begin."""
    return {row["shift_id"]: row["chain_from"] for row in await tx.fetch(_CHAIN_FLOORS, sorted(shift_ids))}


async def insert_notes(tx: Tx, notes: Sequence[Noted]) -> None:
    """Append exceptions; one that is noted already is not noted again."""
    await tx.count(
        _INSERT_NOTES,
        [tx.mint() for _ in notes],
        [n.store_id for n in notes],
        [n.device_id for n in notes],
        [n.kind for n in notes],
        [n.receipt_no for n in notes],
        [n.order_id for n in notes],
        [n.refusal for n in notes],
        [n.detail for n in notes],
        [n.sale for n in notes],
        tx.now,
    )


async def fill_gaps(tx: Tx, places: Sequence[tuple[int, int]]) -> None:
    """Settle the gaps that these (device, place) of chains have filled."""
    await tx.count(_FILL_GAPS, [device for device, _ in places], [seq for _, seq in places], tx.now)


async def settle_notes(tx: Tx, settled: Mapping[int, tuple[str, str]]) -> set[int]:
    """Settle exceptions that are open: (by whom, what was done); the ids that were."""
    rows = await tx.fetch(
        _SETTLE_NOTES, list(settled), [actor for actor, _ in settled.values()], [said for _, said in settled.values()], tx.now
    )
    return {row["exception_id"] for row in rows}


def _policy(row: asyncpg.Record) -> Policy:
    return Policy(
        shifts_required=row["shifts_required"],
        offline_count_max=row["offline_count_max"],
        offline_amount_max=row["offline_amount_max"],
        offline_hours_max=row["offline_hours_max"],
    )


def _links(rows: Sequence[asyncpg.Record]) -> dict[int, list[Link]]:
    links: dict[int, list[Link]] = {}
    for row in rows:
        chain = Chained(row["seq"], row["prev_hash"], row["offline"], catalog=row["catalog"])
        links.setdefault(row["device_id"], []).append(
            Link(row["order_id"], 0, row["device_id"], row["receipt_no"], chain, row["hash"], row["rung_at"], 0, None)
        )
    return links


_ATTENDANCE = """
-- Whoever sells in a drawer shares its shift's lock: it is counted with all of its sales or waits for them.
with open as (
        select s.device_id, s.shift_id, s.counted_at is not null as counted
          from store.shift s
         where s.tenant_id = $1 and s.device_id = any($2::bigint[]) and s.closed_at is null
         order by s.device_id
           for share)
select u.device_id, o.shift_id, o.counted, p.shifts_required, p.offline_count_max, p.offline_amount_max, p.offline_hours_max
  from unnest($2::bigint[], $3::bigint[]) as u(device_id, store_id)
  left join open o on o.device_id = u.device_id
  left join store.policy p on p.tenant_id = $1 and p.store_id = u.store_id
"""
_WRITE_POLICIES = """
insert into store.policy as p (tenant_id, store_id, revision, shifts_required, offline_count_max, offline_amount_max, offline_hours_max)
select t.tenant_id, u.store_id, coalesce(u.expected, 0) + 1, u.shifts_required, u.count_max, u.amount_max, u.hours_max
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::boolean[], $5::integer[], $6::bigint[], $7::integer[])
       as u(store_id, expected, shifts_required, count_max, amount_max, hours_max)
 where t.tenant_id = $1
   and (u.expected is null or u.expected = 0 or exists (select from store.policy x where x.tenant_id = $1 and x.store_id = u.store_id))
    on conflict (tenant_id, store_id) do update
   set shifts_required = excluded.shifts_required, offline_count_max = excluded.offline_count_max,
       offline_amount_max = excluded.offline_amount_max, offline_hours_max = excluded.offline_hours_max, revision = p.revision + 1
 where excluded.revision in (1, p.revision + 1)
returning p.store_id, p.revision
"""
_POLICIES = """
select store_id, revision, shifts_required, offline_count_max, offline_amount_max, offline_hours_max
  from store.policy where tenant_id = $1 and store_id = any($2::bigint[])
"""
_INSERT_SHIFTS = """
-- The till's last number, and how far its chain of receipts has come, are read where the new shift is written: two at once meet
-- at the constraint.
insert into store.shift (tenant_id, shift_id, store_id, device_id, shift_no, currency, business_day, opening_float, opened_at, opened_by,
                         chain_from)
select t.tenant_id, u.shift_id, u.store_id, u.device_id,
       coalesce((select max(s.shift_no) from store.shift s where s.tenant_id = $1 and s.device_id = u.device_id), 0) + 1,
       u.currency, u.day, u.float, $9::timestamptz, u.actor,
       greatest(
           (select max(r.seq) from store.receipt r where r.tenant_id = $1 and r.device_id = u.device_id),
           (select max(s.chain_to) from store.shift s where s.tenant_id = $1 and s.device_id = u.device_id), 0)
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::integer[], $7::bigint[], $8::text[])
       as u(shift_id, store_id, device_id, currency, day, float, actor)
 where t.tenant_id = $1
    on conflict do nothing
returning shift_id, shift_no
"""
_LOCK_SHIFTS = """
select s.shift_id, s.store_id, s.device_id, s.shift_no, s.currency, s.business_day, s.opening_float, s.opened_at, s.counted_at,
       s.closed_at, s.z
  from store.shift s
 where s.tenant_id = $1 and s.shift_id = any($2::bigint[])
 order by s.shift_id
   for no key update
"""
_INSERT_MOVEMENTS = """
insert into store.movement (tenant_id, movement_id, shift_id, kind, reason, note, amount, actor, at)
select t.tenant_id, u.movement_id, u.shift_id, u.kind, u.reason, u.note, u.amount, u.actor, $9::timestamptz
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
       as u(movement_id, shift_id, kind, reason, note, amount, actor)
 where t.tenant_id = $1
"""
_WRITE_COUNTS = """
insert into store.count (tenant_id, shift_id, method, counted, denominations)
select t.tenant_id, u.shift_id, u.method, u.counted, u.denominations
  from kernel.tenant t, unnest($2::bigint[], $3::text[], $4::bigint[], $5::json[]) as u(shift_id, method, counted, denominations)
 where t.tenant_id = $1
"""
_MARK_COUNTED = """
update store.shift s set counted_at = $5, counted_by = u.actor, chain_to = u.seq
  from unnest($2::bigint[], $3::text[], $4::bigint[]) as u(shift_id, actor, seq)
 where s.tenant_id = $1 and s.shift_id = u.shift_id
"""
_READ_COUNTS = """
select shift_id, method, counted from store.count where tenant_id = $1 and shift_id = any($2::bigint[]) order by shift_id, method
"""
_DROP_COUNTS = """
delete from store.count where tenant_id = $1 and shift_id = any($2::bigint[])
"""
_MARK_OPEN = """
update store.shift s set counted_at = null, counted_by = null, chain_to = null where s.tenant_id = $1 and s.shift_id = any($2::bigint[])
"""
_WRITE_EXPECTED = """
insert into store.count as c (tenant_id, shift_id, method, counted, expected, reason)
select t.tenant_id, u.shift_id, u.method, u.counted, u.expected, u.reason
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[]) as u(shift_id, method, counted, expected, reason)
 where t.tenant_id = $1
    on conflict (tenant_id, shift_id, method) do update set expected = excluded.expected, reason = excluded.reason
"""
_MARK_CLOSED = """
update store.shift s set closed_at = $6, closed_by = u.actor, closing_id = u.entry_id, z = u.z
  from unnest($2::bigint[], $3::text[], $4::bigint[], $5::json[]) as u(shift_id, actor, entry_id, z)
 where s.tenant_id = $1 and s.shift_id = u.shift_id
"""
_NEIGHBORS = """
select distinct r.order_id, r.device_id, r.seq, r.receipt_no, r.prev_hash, r.hash, r.offline, r.rung_at, r.catalog
  from unnest($2::bigint[], $3::bigint[]) as u(device_id, seq)
  join store.receipt r on r.tenant_id = $1 and r.device_id = u.device_id and r.seq in (u.seq - 1, u.seq, u.seq + 1)
"""
_LINKS = """
select r.order_id, r.device_id, r.seq, r.receipt_no, r.prev_hash, r.hash, r.offline, r.rung_at, r.catalog
  from unnest($2::bigint[], $3::text[]) as u(device_id, receipt_no)
  join store.receipt r on r.tenant_id = $1 and r.device_id = u.device_id and r.receipt_no = u.receipt_no
"""
_INSERT_LINKS = """
insert into store.receipt (tenant_id, order_id, device_id, seq, receipt_no, prev_hash, hash, offline, rung_at, catalog, synced_at)
select t.tenant_id, u.order_id, u.device_id, u.seq, u.receipt_no, u.prev_hash, u.hash, u.offline, u.rung_at, u.catalog, $11::timestamptz
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::timestamptz[], $10::text[])
       as u(order_id, device_id, seq, receipt_no, prev_hash, hash, offline, rung_at, catalog)
 where t.tenant_id = $1
"""
_MISSING = """
-- A till that names a number out of all proportion is told the first ten thousand.
select u.device_id, g.seq
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as u(device_id, low, high),
       generate_series(u.low + 1, least(u.high, u.low + 10000)) as g(seq)
 where not exists (select from store.receipt r where r.tenant_id = $1 and r.device_id = u.device_id and r.seq = g.seq)
 order by u.device_id, g.seq
"""
_CHAIN_FLOORS = """
select shift_id, chain_from from store.shift where tenant_id = $1 and shift_id = any($2::bigint[])
"""
_INSERT_NOTES = """
insert into store.exception (tenant_id, exception_id, store_id, device_id, kind, receipt_no, order_id, refusal, detail, sale, at)
select t.tenant_id, u.exception_id, u.store_id, u.device_id, u.kind, u.receipt_no, u.order_id, u.refusal, u.detail, u.sale,
       $11::timestamptz
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::json[])
       as u(exception_id, store_id, device_id, kind, receipt_no, order_id, refusal, detail, sale)
 where t.tenant_id = $1
    on conflict (tenant_id, device_id, receipt_no, kind) do nothing
"""
_FILL_GAPS = """
update store.exception x set settled_at = $4, settled_by = 'system:chain', settlement = 'it has come in'
  from unnest($2::bigint[], $3::bigint[]) as u(device_id, seq)
  join store.receipt r on r.tenant_id = $1 and r.device_id = u.device_id and r.seq = u.seq + 1
 where x.tenant_id = $1 and x.device_id = r.device_id and x.receipt_no = r.receipt_no and x.kind = 'gap' and x.settled_at is null
"""
_SETTLE_NOTES = """
update store.exception x set settled_at = $5, settled_by = u.actor, settlement = u.said
  from unnest($2::bigint[], $3::text[], $4::text[]) as u(exception_id, actor, said)
 where x.tenant_id = $1 and x.exception_id = u.exception_id and x.settled_at is null
returning x.exception_id
"""
