"""What can be done with orders. Whatever changes one locks its head first (`lock`), so its processes take turns."""

from collections.abc import Collection, Mapping, Sequence

from jiutong.capabilities.order import rules, store
from jiutong.capabilities.order.model import TOO_MANY, Line, Order, OrderDraft, Share, ShiftSales, Units
from jiutong.kernel.db import Tx


async def place(tx: Tx, drafts: Sequence[OrderDraft]) -> set[int]:
    """Guard. Write orders with lines, adjustments and payables; the ids written. A till's receipt number counts once."""
    if not drafts:
        return set()
    written = await store.insert_placed(tx, drafts)
    new = [draft for draft in drafts if draft.order_id in written]
    if new:
        await store.insert_lines(tx, new)
        await store.insert_adjustments(tx, new)
        await store.insert_payables(tx, new)
    return written


async def traded(tx: Tx, channel_ids: Sequence[int]) -> set[int]:
    """Quote. Which of these channels have ever had an order."""
    return await store.read_traded(tx, sorted(set(channel_ids)))


async def ordered(tx: Tx, members: Collection[int]) -> set[int]:
    """Quote. Which of these members have ordered before: an order that was canceled or expired does not count."""
    return await store.read_ordered(tx, members) if members else set()


async def bought(tx: Tx, asks: Collection[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """Quote. How many base units of SKUs members have bought since a business day and kept; asked by (member, SKU, day)."""
    return await store.read_bought(tx, sorted(asks)) if asks else {}


async def lock(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Plan. Lock orders in id order and give them as they stand; unknown ids are absent."""
    return await store.lock_orders(tx, order_ids) if order_ids else {}


async def orders(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Quote. Orders as they stand; unknown ids are absent."""
    return await store.read_orders(tx, order_ids)


async def sold_in_shifts(tx: Tx, shift_ids: Sequence[int]) -> dict[int, ShiftSales]:
    """Quote. What was rung up in shifts; one in which nothing was is absent."""
    return await store.read_shift_sales(tx, shift_ids) if shift_ids else {}


async def lines(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[Line]]:
    """Quote. The lines of orders with their price adjustments, in line order."""
    return await store.read_lines(tx, order_ids) if order_ids else {}


async def pay(tx: Tx, amounts: Mapping[int, int]) -> set[int]:
    """Guard. Put captured money (minor units) to orders that are open and owe at least as much; the orders that took it."""
    ids = sorted(amounts)
    took = await store.pay(tx, ids, [amounts[id_] for id_ in ids])
    if took:
        await store.pay_heads(tx, sorted(took), [amounts[id_] for id_ in sorted(took)])
    return took


async def ship(tx: Tx, moves: Sequence[Units], known: Mapping[int, Line]) -> list[Share]:
    """Guard. Units leave; what they carry, per move. `known` are the lines by id, read under the lock of their orders.

    Raises TOO_MANY when a line has fewer open units.
    """
    shares = [rules.shipping_share(known[move.line_id], move.quantity) for move in moves]
    await _move(tx, moves, shares, shipped=1)
    return shares


async def cancel(tx: Tx, moves: Sequence[Units], known: Mapping[int, Line]) -> tuple[list[Share], dict[int, int]]:
    """Guard. Units are no longer wanted; what they carry per move, and per order how much of it nobody had paid yet.

    The unpaid part is taken off the payables; the rest was paid and is owed back. Raises TOO_MANY.
    """
    shares = [rules.canceling_share(known[move.line_id], move.quantity) for move in moves]
    await _move(tx, moves, shares, canceled=1)
    return shares, await store.cut_payables(tx, rules.carried(moves, shares))


async def take_back(tx: Tx, moves: Sequence[Units], known: Mapping[int, Line]) -> list[Share]:
    """Guard. Shipped units come back; what they carry, per move. Raises TOO_MANY when fewer have shipped."""
    shares = [rules.returning_share(known[move.line_id], move.quantity) for move in moves]
    await _move(tx, moves, shares, returned=1)
    return shares


async def refund(tx: Tx, amounts: Mapping[int, int]) -> None:
    """Post. Record money given back per order, in minor units."""
    if amounts:
        await store.refund_heads(tx, dict(amounts))


async def expire(tx: Tx, order_ids: Sequence[int]) -> set[int]:
    """Guard. End orders that nobody paid; the ones that were still unpaid."""
    return await store.close(tx, order_ids, "expired") if order_ids else set()


async def reopen(tx: Tx, order_ids: Sequence[int]) -> set[int]:
    """Guard. Open expired orders again because their money came after all; the ones that were expired."""
    return await store.reopen(tx, order_ids) if order_ids else set()


async def set_contacts(tx: Tx, contacts: Mapping[int, str]) -> int:
    """Guard. Replace whom and where to deliver (JSON) while nothing has shipped; the number replaced."""
    ids = sorted(contacts)
    return await store.set_contact(tx, ids, [contacts[id_] for id_ in ids])


async def _move(tx: Tx, moves: Sequence[Units], shares: Sequence[Share], shipped: int = 0, canceled: int = 0, returned: int = 0) -> None:
    if await store.move_lines(tx, moves, shipped, canceled, returned) != len(moves):
        raise TOO_MANY("a line has fewer units left than that", pointer="/lines")
    await store.move_heads(tx, moves, shares, shipped, canceled, returned)
