"""What can be done with works and parcels. Whoever changes an order, too, locks the order first, then its works."""

from collections.abc import Callable, Mapping, Sequence

from jiutong.capabilities.fulfillment.model.work import DELIVERED, NO_SHIPMENT, NOT_FOUND, OpenLine, Parcel, Pick, Work
from jiutong.capabilities.fulfillment.rules import work as rules
from jiutong.capabilities.fulfillment.store import work as store
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem


async def orders_of(tx: Tx, work_ids: Sequence[int]) -> dict[int, int]:
    """Quote. The order each work belongs to; unknown works are absent."""
    return await store.orders_of(tx, work_ids)


async def release(tx: Tx, lines: Mapping[int, Sequence[OpenLine]]) -> list[Work]:
    """Plan. Ask the locations to send what is open of these orders and not asked for yet: one work per order and location.

    The orders are locked by the caller, so that nothing is asked for twice.
    """
    standing = await store.lock_works_of(tx, list(lines))
    works: list[Work] = []
    for order_id, wanted in lines.items():
        mine = [work for work in standing.values() if work.order_id == order_id]
        for location_id, parts in sorted(rules.unreleased(wanted, mine).items()):
            works.append(Work(tx.mint(), order_id, location_id, "released", tuple(parts.values())))
    if works:
        await store.insert_works(tx, works)
    return works


async def pick(tx: Tx, picks: Sequence[Pick]) -> list[Work | Problem]:
    """Plan. Take units from the shelf; the works after it. Picks of one work count one after the other."""
    return await _change(tx, "pick", {i: one.work_id for i, one in enumerate(picks)}, lambda work, i: rules.picked(work, picks[i]))


async def lock(tx: Tx, work_ids: Sequence[int]) -> dict[int, Work]:
    """Plan. Lock works and give them as they stand; unknown ones are absent."""
    return await store.lock_works(tx, work_ids) if work_ids else {}


async def ship(tx: Tx, parcels: Sequence[Parcel]) -> list[Work | Problem]:
    """Plan. Send parcels with what was picked; the works after it. Parcels of one work leave one after the other."""
    after = await _change(tx, "ship", {i: one.work_id for i, one in enumerate(parcels)}, lambda work, i: rules.shipped(work, parcels[i]))
    sent = [parcel for parcel, work in zip(parcels, after, strict=True) if isinstance(work, Work)]
    if sent:
        await store.insert_shipments(tx, sent)
    return after


async def cancel_open(tx: Tx, open_units: Mapping[int, Mapping[int, int]]) -> list[Work]:
    """Plan. Let no more be under way than orders still want: per order, the open units by line. The works that changed.

    Picked units that are no longer wanted go back on the shelf. The orders are locked by the caller.
    """
    standing = await store.lock_works_of(tx, list(open_units))
    changed = [
        work
        for order_id, units in open_units.items()
        for work in rules.trimmed([one for one in standing.values() if one.order_id == order_id], units)
    ]
    await _write(tx, changed, "cancel")
    return changed


async def deliver(tx: Tx, shipment_ids: Sequence[int]) -> list[int | Problem]:
    """Guard. Parcels arrive, each once; the order of each."""
    arrived = dict(await store.deliver(tx, sorted(set(shipment_ids))))
    known = await store.known_shipments(tx, shipment_ids) if len(arrived) < len(shipment_ids) else set(arrived)
    outcomes: list[int | Problem] = []
    for id_ in shipment_ids:
        order_id = arrived.pop(id_, None)
        if order_id is not None:
            outcomes.append(order_id)
        else:
            outcomes.append(DELIVERED("it arrived before") if id_ in known else NO_SHIPMENT("no such shipment"))
    return outcomes


async def _change(tx: Tx, act: str, work_ids: Mapping[int, int], change: Callable[[Work, int], Work | Problem]) -> list[Work | Problem]:
    standing = await lock(tx, list(set(work_ids.values())))
    changed: dict[int, Work] = {}
    outcomes: list[Work | Problem] = []
    for i, work_id in work_ids.items():
        before = standing.get(work_id)
        after = NOT_FOUND("no such fulfillment order") if before is None else change(before, i)
        if isinstance(after, Work):
            standing[work_id] = changed[work_id] = after
        outcomes.append(after)
    await _write(tx, list(changed.values()), act)
    return outcomes


async def _write(tx: Tx, works: Sequence[Work], act: str) -> None:
    if not works:
        return
    await store.set_lines(tx, works)
    if await store.set_states(tx, works, act) != len(works):
        raise Again("work moved on in between")
