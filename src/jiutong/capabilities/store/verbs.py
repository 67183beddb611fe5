"""What can be done at a store's tills. All verbs are plural and run in the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence

from jiutong import ledger
from jiutong.capabilities.store import rules, store
from jiutong.capabilities.store.model import (
    Attendance,
    CashMoved,
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


async def attend(tx: Tx, tills: Collection[tuple[int, int]]) -> dict[int, Attendance]:
    """Guard. What each (device, store) is doing. An open shift stays as it is until the transaction ends."""
    return await store.read_attendance(tx, sorted(tills)) if tills else {}


async def policies(tx: Tx, store_ids: Collection[int]) -> dict[int, tuple[Policy, int]]:
    """Quote. How stores work, and the revision of that; 0 is the default."""
    return await store.read_policies(tx, store_ids)


async def put_policies(tx: Tx, puts: Sequence[tuple[PutPolicy, int]]) -> dict[int, PolicyWritten]:
    """Guard. Say how stores work, by store id; those whose revision moved on are not told."""
    return await store.write_policies(tx, puts) if puts else {}


async def open_shifts(tx: Tx, new: Sequence[NewShift]) -> dict[int, int]:
    """Guard. Open drawers with their float; the shift numbers by id. A till that has an open one is not told."""
    if not new:
        return {}
    opened = await store.insert_shifts(tx, new)
    floats = [rules.opening_entry(one) for one in new if one.shift_id in opened and one.opening_float]
    if floats:
        await ledger.post(tx, floats)
    return opened


async def lock(tx: Tx, shift_ids: Collection[int]) -> dict[int, Shift]:
    """Plan. Lock shifts in id order and give them as they stand; sales under way are waited for."""
    return await store.lock_shifts(tx, shift_ids) if shift_ids else {}


async def move_cash(tx: Tx, moved: Sequence[tuple[CashMoved, Shift, str, str]]) -> None:
    """Post. Cash goes into locked drawers or out of them: (what, its shift, its word in the posting rules, who)."""
    if moved:
        await store.insert_movements(tx, [one for one, *_ in moved], [actor for *_, actor in moved])
        await ledger.post(tx, [rules.movement_entry(one, shift, books) for one, shift, books, _ in moved])


async def count(tx: Tx, counts: Mapping[int, tuple[Sequence[TenderCount], str, int]]) -> None:
    """Post. Note what was counted in locked shifts: tenders, by whom, and where the till's chain ends."""
    if counts:
        await store.write_counts(tx, {shift_id: tenders for shift_id, (tenders, _, _) in counts.items()})
        await store.mark_counted(tx, {shift_id: (actor, seq) for shift_id, (_, actor, seq) in counts.items()})


async def counted(tx: Tx, shift_ids: Collection[int]) -> dict[int, list[TenderCount]]:
    """Quote. What was counted, per shift."""
    return await store.read_counts(tx, shift_ids) if shift_ids else {}


async def reopen(tx: Tx, shift_ids: Collection[int]) -> None:
    """Post. Locked shifts that were counted sell on; their count is thrown away."""
    if shift_ids:
        await store.drop_counts(tx, shift_ids)
        await store.mark_open(tx, shift_ids)


async def close(tx: Tx, closed: Sequence[tuple[Shift, Sequence[rules.DrawerLine], str, str]]) -> None:
    """Post. Empty locked drawers, note what should have been there, and keep the Z report: (shift, drawer, who, report as JSON)."""
    if not closed:
        return
    rows = [(shift.shift_id, line.method, line.counted or 0, line.expected, line.reason) for shift, lines, _, _ in closed for line in lines]
    await store.write_expected(tx, rows)
    entries = {shift.shift_id: rules.closing_entry(tx.mint(), shift, lines) for shift, lines, _, _ in closed}
    await store.mark_closed(tx, {shift.shift_id: (actor, entries[shift.shift_id].entry_id, z) for shift, _, actor, z in closed})
    await ledger.post(tx, [entry for entry in entries.values() if entry.transfers])


async def chain(tx: Tx, links: Sequence[Link], tills: Mapping[int, Attendance], also: Sequence[Noted] = ()) -> None:
    """Post. Add receipts to their tills' chains; gaps, forks and broken caps are noted, and `also` these."""
    notes = list(also)
    if links:
        known = await store.read_neighbors(tx, [(one.device_id, one.chain.seq) for one in links])
        notes += rules.noted_of(links, known, tills, tx.now)
        await store.insert_links(tx, links)
        filling = rules.filling(links, known)
        if filling:
            await store.fill_gaps(tx, filling)
    await note(tx, notes)


async def links(tx: Tx, named: Collection[tuple[int, str]]) -> dict[tuple[int, str], Link]:
    """Quote. Receipts in chains by (device, receipt number)."""
    found = await store.read_links(tx, sorted(named)) if named else {}
    return {(device_id, one.receipt_no): one for device_id, mine in found.items() for one in mine}


async def missing(tx: Tx, shifts: Mapping[int, tuple[int, int]]) -> dict[int, list[int]]:
    """Quote. Which places of their tills' chains are not here, by shift: (device, the last place the till has given)."""
    if not shifts:
        return {}
    floors = await store.read_chain_floors(tx, shifts)
    by_device = {device_id: (floors[shift_id], last) for shift_id, (device_id, last) in shifts.items()}
    found = await store.read_missing(tx, by_device)
    return {shift_id: found[device_id] for shift_id, (device_id, _) in shifts.items() if device_id in found}


async def note(tx: Tx, notes: Sequence[Noted]) -> None:
    """Post. Note what a person should look at, each once."""
    if notes:
        await store.insert_notes(tx, notes)


async def settle(tx: Tx, settled: Mapping[int, tuple[str, str]]) -> set[int]:
    """Guard. Settle exceptions by id: (who, what was done); those that were open."""
    return await store.settle_notes(tx, settled) if settled else set()
