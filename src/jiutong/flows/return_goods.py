"""Returning: goods that are with the buyer come back, into stock or not, and the money for them goes back where it came from."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong import ledger
from jiutong.capabilities import access, care, inventory, order, payment
from jiutong.capabilities import store as room
from jiutong.flows import claiming, withholding
from jiutong.flows.canceling import Refunded, announce, back_on_cards, names_once, told
from jiutong.flows.words import Code, Quantity
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow
from jiutong.kernel.scope import Scope


class UnitsBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many base units of a line, by its number; without `restock` they cannot be sold again."""

    line: int
    quantity: Quantity
    restock: bool = True


class AtTill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The till whose open drawer gives cash back."""

    store: Code
    device: Code


class Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What comes back, why (a published reason), and to which location: by default where its first line was taken from.

    With `till`, what needs no channel comes out of that till's drawer.
    """

    reason: care.ReasonCode
    lines: Annotated[tuple[UnitsBack, ...], Meta(min_length=1, max_length=500)]
    location: Code | None = None
    till: AtTill | None = None


class ReturnGoods(msgspec.Struct, frozen=True):
    """A return of units of one order."""

    order_id: int
    wish: Return


class LineBack(msgspec.Struct, frozen=True):
    """What a line gives back, in minor units."""

    line: int
    quantity: int
    refund: int
    restock: bool


class Returned(msgspec.Struct, frozen=True):
    """A return as booked: where the goods go, what it gives back per line and to which tenders, and what it undoes."""

    return_id: int
    order_id: int
    currency: str
    refund: int
    lines: tuple[LineBack, ...]
    refunds: tuple[Refunded, ...]
    location: str = ""
    undone: tuple[order.Reversal, ...] = ()
    withheld: tuple[order.Withheld, ...] = ()
    """What of it does not go back, and why: `refund` is what does."""


class _Back(msgspec.Struct, frozen=True):
    """A return that may go ahead."""

    order: order.Order
    lines: Mapping[int, order.Line]
    units: Sequence[order.Units]
    restock: set[int]
    reason: str
    location: inventory.LocationFacts
    shift_id: int | None
    return_id: int


@flow("order.return", gives=Returned, statements=31, batch_max=64)
async def return_goods(tx: Tx, calls: Sequence[Call[ReturnGoods]]) -> list[Returned | Problem]:
    """Take goods back: shipped ones, or those a till has sold. Previewed, it tells what would be refunded."""
    ids = [call.command.order_id for call in calls]
    names_once(ids)
    orders = await order.lock(tx, ids)
    lines = await order.lines(tx, list(orders))
    named = await inventory.locations(tx, {call.command.wish.location for call in calls if call.command.wish.location})
    homes = await inventory.locations_by_id(tx, {line.location_id for mine in lines.values() for line in mine})
    drawers = await _drawers(tx, calls)
    wanted = [_wanted(call.command, orders, lines, named, homes, drawers, tx.mint()) for call in calls]
    backs = [one for one in wanted if isinstance(one, _Back)]
    units = [one for back in backs for one in back.units]
    known = {id_: line for back in backs for id_, line in back.lines.items()}
    faults = {back.order.order_id for back in backs if care.ours(back.reason)}
    taken_back = await order.take_back(tx, units, known, faults)
    await claiming.back_from_return(tx, known, units)
    shares = dict(zip([one.line_id for one in units], taken_back, strict=True))
    by = {call.command.order_id: call.scope for call in calls}
    amounts = order.carried(units, taken_back)
    withheld = await withholding.withhold(tx, [_going_back(back, amounts[back.order.order_id], by[back.order.order_id]) for back in backs])
    refund = order.less_withheld(amounts, withheld)
    returns = [_made(back, shares, refund[back.order.order_id]) for back in backs]
    await care.record(tx, returns)
    await _book(tx, backs, returns, shares)
    refunds = await payment.give_back(tx, [_owed(back, made) for back, made in zip(backs, returns, strict=True)])
    await back_on_cards(tx, refunds, orders)
    await order.refund(tx, payment.done_by_order(refunds))
    announce(tx, refunds, by)
    made_of = {made.order_id: made for made in returns}
    undone = order.reversals(units, taken_back, known)
    outcomes: list[Returned | Problem] = []
    for one, call in zip(wanted, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        made = made_of[one.order.order_id]
        tx.emit("order.returned.v1", made.order_id, care.goods_returned(made, one.order.currency), call.scope)
        outcomes.append(_shown(one, made, refunds, undone[made.order_id], withheld.get(made.order_id, ())))
    return outcomes


async def _drawers(tx: Tx, calls: Sequence[Call[ReturnGoods]]) -> dict[tuple[str, str], room.Attendance]:
    """What the tills are doing that give money back."""
    names = {(till.store, till.device) for call in calls if (till := call.command.wish.till)}
    tills = await access.devices(tx, names) if names else {}
    doing = await room.attend(tx, {(till.device_id, till.store_id) for till in tills.values() if till.active})
    return {name: doing[till.device_id] for name, till in tills.items() if till.device_id in doing}


def _wanted(
    command: ReturnGoods,
    orders: Mapping[int, order.Order],
    lines: Mapping[int, Sequence[order.Line]],
    named: Mapping[str, inventory.LocationFacts],
    homes: Mapping[int, inventory.LocationFacts],
    drawers: Mapping[tuple[str, str], room.Attendance],
    return_id: int,
) -> _Back | Problem:
    one, wish = orders.get(command.order_id), command.wish
    if one is None:
        return order.NOT_YOURS("no such order")
    mine = lines[one.order_id]
    units = order.chosen(one.order_id, mine, [(x.line, x.quantity) for x in wish.lines], lambda line: line.sold)
    if isinstance(units, Problem):
        return units
    by_id = {line.line_id: line for line in mine}
    location = named.get(wish.location) if wish.location else homes.get(by_id[units[0].line_id].location_id)
    if location is None:
        return inventory.UNKNOWN_LOCATION(f"no location {wish.location}", pointer="/location")
    drawer = drawers.get((wish.till.store, wish.till.device)) if wish.till else None
    if wish.till and drawer is None:
        return access.UNKNOWN_DEVICE(f"no till {wish.till.device} in store {wish.till.store}", pointer="/till")
    if drawer is not None and (problem := room.refuse_sale(drawer, chained=False)) is not None:
        return problem
    shift_id = drawer.shift_id if drawer else None
    return _Back(one, by_id, units, {x.line for x in wish.lines if x.restock}, wish.reason, location, shift_id, return_id)


def _going_back(back: _Back, amount: int, by: Scope) -> withholding.GoingBack:
    """What the customer paid for these units."""
    return withholding.GoingBack(back.order, list(back.lines.values()), back.units, amount, back.return_id, by, returned=True)


def _made(back: _Back, shares: Mapping[int, order.Share], refund: int) -> care.ReturnOrder:
    """The return: each line gives back what the customer paid for these units, and all of it that less what is withheld."""
    back_lines = [
        care.ReturnedLine(
            one.line_id,
            back.lines[one.line_id].line_no,
            one.quantity,
            shares[one.line_id].payable,
            back.lines[one.line_id].line_no in back.restock,
        )
        for one in back.units
    ]
    return care.ReturnOrder(back.return_id, back.order.order_id, back.reason, refund, back.location.location_id, tuple(back_lines))


async def _book(tx: Tx, backs: Sequence[_Back], returns: Sequence[care.ReturnOrder], shares: Mapping[int, order.Share]) -> None:
    """Units that can be sold again are in stock; the sale of all of them is undone, with everybody's share of it."""
    entries: list[ledger.Entry] = []
    stock: list[inventory.StockKey] = []
    for back, made in zip(backs, returns, strict=True):
        keys = order.account_keys(back.order)
        restocked = [(back.lines[line.line_id], line.quantity) for line in made.lines if line.restock]
        stock += [(back.location, line.owner_id, line.sku_id) for line, _ in restocked]
        goods = [inventory.take_back(back.location, line.owner_id, line.sku_id, quantity) for line, quantity in restocked]
        money = [leg for one in made.lines for leg in order.money_legs("goods.returned", shares[one.line_id], back.order.currency, keys)]
        entries.append(care.return_entry(made, goods, money))
    await inventory.know(tx, stock)
    if entries:
        await ledger.post(tx, entries)


def _owed(back: _Back, made: care.ReturnOrder) -> payment.Owed:
    return payment.Owed(made.order_id, made.refund, made.reason, made.return_id, order.account_keys(back.order), shift_id=back.shift_id)


def _shown(
    back: _Back,
    made: care.ReturnOrder,
    refunds: Sequence[payment.Refund],
    undone: tuple[order.Reversal, ...],
    withheld: tuple[order.Withheld, ...],
) -> Returned:
    return Returned(
        made.return_id,
        made.order_id,
        back.order.currency,
        made.refund,
        tuple(LineBack(line.line_no, line.quantity, line.refund, line.restock) for line in made.lines),
        told([refund for refund in refunds if refund.cause_id == made.return_id]),
        back.location.code,
        undone,
        withheld,
    )
