"""What can be done with orders. Whatever changes one locks its head first (`lock`), so its processes take turns."""

from collections.abc import Callable, Collection, Mapping, Sequence

from jiutong.capabilities.order import rules
from jiutong.capabilities.order.model import (
    TOO_MANY,
    Leg,
    Line,
    MarkDown,
    Order,
    OrderDraft,
    PlacedClaim,
    Share,
    ShiftSales,
    Sitting,
    Units,
    Withheld,
)
from jiutong.capabilities.order.store import claim, head, line, payable, seat
from jiutong.capabilities.order.store import withheld as store_withheld
from jiutong.kernel.db import Tx


async def place(tx: Tx, drafts: Sequence[OrderDraft]) -> set[int]:
    """Guard. Write orders with lines, adjustments and payables; the ids written. A till's receipt number counts once."""
    if not drafts:
        return set()
    written = await head.insert(tx, drafts)
    new = [draft for draft in drafts if draft.order_id in written]
    if new:
        await line.insert(tx, new)
        await line.insert_adjustments(tx, new)
        await line.insert_charges(tx, new)
        await claim.insert(tx, new)
        await payable.insert(tx, new)
    return written


async def traded(tx: Tx, channel_ids: Sequence[int]) -> set[int]:
    """Quote. Which of these channels have ever had an order."""
    return await head.traded(tx, sorted(set(channel_ids)))


async def ordered(tx: Tx, members: Collection[int]) -> set[int]:
    """Quote. Which of these members have ordered before: an order that was canceled or expired does not count."""
    return await head.ordered(tx, members) if members else set()


async def bought(tx: Tx, asks: Collection[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """Quote. How many base units of SKUs members have bought since a business day and kept; asked by (member, SKU, day)."""
    return await line.bought(tx, sorted(asks)) if asks else {}


async def lock(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Plan. Lock orders in id order and give them as they stand; unknown ids are absent."""
    return await head.lock(tx, order_ids) if order_ids else {}


async def orders(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    """Quote. Orders as they stand; unknown ids are absent."""
    return await head.read(tx, order_ids)


async def sold_in_shifts(tx: Tx, shift_ids: Sequence[int]) -> dict[int, ShiftSales]:
    """Quote. What was rung up in shifts; one in which nothing was is absent."""
    return await head.sold_in_shifts(tx, shift_ids) if shift_ids else {}


async def lines(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[Line]]:
    """Quote. The lines of orders with their price adjustments, in line order."""
    return await line.read(tx, order_ids) if order_ids else {}


async def pay(tx: Tx, amounts: Mapping[int, int]) -> set[int]:
    """Guard. Put captured money (minor units) to orders that are open and owe at least as much; the orders that took it."""
    ids = sorted(amounts)
    took = await payable.pay(tx, ids, [amounts[id_] for id_ in ids])
    if took:
        await head.pay(tx, sorted(took), [amounts[id_] for id_ in sorted(took)])
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
    return shares, await payable.cut(tx, rules.carried(moves, shares))


async def take_back(tx: Tx, moves: Sequence[Units], known: Mapping[int, Line], with_charges: Collection[int] = ()) -> list[Share]:
    """Guard. Shipped units come back; what they carry, per move. Raises TOO_MANY when fewer have shipped.

    `with_charges`: the orders whose freight and fees come back too.
    """
    shares = [rules.returning_share(known[move.line_id], move.quantity, move.order_id in with_charges) for move in moves]
    await _move(tx, moves, shares, returned=1)
    return shares


async def refund(tx: Tx, amounts: Mapping[int, int]) -> None:
    """Post. Record money given back per order, in minor units."""
    if amounts:
        await head.refund(tx, dict(amounts))


async def withheld(tx: Tx, order_ids: Collection[int]) -> dict[int, list[Withheld]]:
    """Quote. What of the refunds of orders has not gone back by now, by line, rule and funder."""
    return await store_withheld.read(tx, order_ids) if order_ids else {}


async def withhold(tx: Tx, rows: Sequence[Withheld]) -> None:
    """Post. Append what of a refund does not go back, or does after all."""
    if rows:
        await store_withheld.insert(tx, rows)


async def tax_rates(tx: Tx, order_ids: Collection[int]) -> dict[int, int]:
    """Quote. The tax rates (basis points) orders were placed at, by line."""
    return await line.tax_rates(tx, set(order_ids)) if order_ids else {}


async def expire(tx: Tx, order_ids: Sequence[int]) -> set[int]:
    """Guard. End orders that nobody paid; the ones that were still unpaid."""
    return await head.close(tx, order_ids, "expired") if order_ids else set()


async def reopen(tx: Tx, order_ids: Sequence[int]) -> set[int]:
    """Guard. Open expired orders again because their money came after all; the ones that were expired."""
    return await head.reopen(tx, order_ids) if order_ids else set()


async def set_contacts(tx: Tx, contacts: Mapping[int, str]) -> int:
    """Guard. Replace whom and where to deliver (JSON) while nothing has shipped; the number replaced."""
    ids = sorted(contacts)
    return await head.set_contact(tx, ids, [contacts[id_] for id_ in ids])


async def claims(tx: Tx, order_ids: Collection[int]) -> list[PlacedClaim]:
    """Quote. What orders take of scarce things besides their goods."""
    return await claim.read(tx, order_ids) if order_ids else []


async def use_claims(tx: Tx, order_ids: Collection[int]) -> list[PlacedClaim]:
    """Guard. What these orders hold besides their goods is used, once; what was used now."""
    return await claim.use(tx, order_ids) if order_ids else []


async def give_claims_back(tx: Tx, parts: Sequence[tuple[PlacedClaim, int]]) -> None:
    """Guard. Note how much of claims came back (below zero: is claimed again). Raises TOO_MANY when less was left."""
    rows = [(one.order_id, one.claim_id, part) for one, part in parts]
    if rows and await claim.give_back(tx, rows) != len(rows):
        raise TOO_MANY("less of it was left than would come back")


async def legs(tx: Tx, orders: Mapping[int, Order]) -> dict[int, list[Leg]]:
    """Quote. The payables of those orders that came through a play; others have one, open and due at once."""
    asked = [id_ for id_, one in orders.items() if one.play]
    found: dict[int, list[Leg]] = {id_: [] for id_ in asked}
    for leg in await payable.read(tx, asked) if asked else ():
        found[leg.order_id].append(leg)
    return found


async def sitting(tx: Tx, group_ids: Collection[int]) -> dict[int, list[Sitting]]:
    """Quote. Which orders have a place in these groups, and what each counts for."""
    found: dict[int, list[Sitting]] = {}
    for one in await seat.sitting(tx, group_ids) if group_ids else ():
        found.setdefault(one.group_id, []).append(one)
    return found


async def places(tx: Tx, order_ids: Collection[int]) -> dict[int, Sitting]:
    """Quote. The places these orders have; orders that wait for nobody are absent."""
    return {one.order_id: one for one in await seat.of_orders(tx, order_ids)} if order_ids else {}


async def owing(tx: Tx, play: str, after: int, orders_max: int) -> list[int]:
    """Quote. The orders of a version of a play that were paid in part, after this one, by id."""
    return await head.owing(tx, play, after, orders_max)


async def move_places(tx: Tx, order_ids: Collection[int]) -> None:
    """Post. Locked orders whose group closed without them get a place in a group of their own."""
    if order_ids:
        await seat.move_away(tx, order_ids)


async def proceed(tx: Tx, order_ids: Collection[int]) -> set[int]:
    """Guard. What locked orders waited for has come; those that waited."""
    return await head.proceed(tx, order_ids) if order_ids else set()


async def mark_down(tx: Tx, wishes: Sequence[MarkDown], tax_of: Callable[[int, int, bool], int]) -> tuple[dict[int, int], dict[int, int]]:
    """Guard. Lines of locked orders cost less than they were placed at: what less is owed per order, and what of it nobody had paid.

    The unpaid part is taken off the payables; the rest was paid and is owed back. Raises TOO_MANY for a line something was done with.
    """
    if not wishes:
        return {}, {}
    rates = await line.tax_rates(tx, {wish.line.order_id for wish in wishes})
    marked = [rules.marked_down(wish, rates[wish.line.line_id], tax_of) for wish in wishes]
    if await line.mark(tx, marked) != len(marked):
        raise TOO_MANY("something was done with a line meanwhile")
    await line.add_adjustments(tx, rules.numbered(wishes))
    await head.mark(tx, rules.by_order(marked))
    less = rules.less_owed(marked)
    return less, await payable.cut(tx, less)


async def _move(tx: Tx, moves: Sequence[Units], shares: Sequence[Share], shipped: int = 0, canceled: int = 0, returned: int = 0) -> None:
    if await line.move(tx, moves, shipped, canceled, returned) != len(moves):
        raise TOO_MANY("a line has fewer units left than that", pointer="/lines")
    await head.move(tx, moves, shares, shipped, canceled, returned)
