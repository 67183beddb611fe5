"""Groups of buyers: a paid order takes its place; a full group goes on to ship, a group whose time is over gives everything back."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from jiutong import ledger
from jiutong.capabilities import order, promotion
from jiutong.capabilities.promotion import Group, GroupBuy, PlayVersion
from jiutong.flows import claiming
from jiutong.flows.canceling import TakeOff, names_once, settle, take_off
from jiutong.flows.marking_down import mark_down
from jiutong.kernel import jobs
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow
from jiutong.kernel.scope import Scope


class TakePlace(msgspec.Struct, frozen=True):
    """An order that was paid and waits for its group."""

    order_id: int


class PlaceTaken(msgspec.Struct, frozen=True):
    """What came of it: `opened` a group, `joined` one, or came too late and was `returned`; `waits` no longer when it had moved on."""

    order_id: int
    group_id: int
    outcome: str


class CloseGroup(msgspec.Struct, frozen=True):
    """A group that may be full, or whose time may be over."""

    group_id: int


class GroupClosed(msgspec.Struct, frozen=True):
    """How the group stands: open still, formed or failed."""

    group_id: int
    state: promotion.GroupState
    measured: int
    reached: int | None


@flow("group_buy.take_place", gives=PlaceTaken, statements=36, batch_max=16)
async def take_place(tx: Tx, calls: Sequence[Call[TakePlace]]) -> list[PlaceTaken | Problem]:
    """Paid orders are in their groups. Whoever opened one lets others in from now on; whoever's group has closed gets everything back."""
    ids = [call.command.order_id for call in calls]
    names_once(ids)
    places = await order.places(tx, ids)
    groups = await promotion.lock_groups(tx, {place.group_id for place in places.values()})
    orders = await order.lock(tx, ids)
    waiting = {id_: one for id_, one in orders.items() if one.awaits and one.status == "paid" and id_ in places}
    versions = await promotion.play_versions(tx, {one.play for one in waiting.values()})
    late = {id_: one for id_, one in waiting.items() if places[id_].group_id in groups and groups[places[id_].group_id].state != "open"}
    anew = await _move(tx, {id_: one for id_, one in late.items() if _opens_anew(versions[one.play])}, versions, places)
    late = {id_: one for id_, one in late.items() if id_ not in anew}
    first = [_opened(tx, one, versions[one.play]) for id_, one in waiting.items() if places[id_].group_id not in groups]
    await promotion.open_groups(tx, first)
    opening = [*first, *anew.values()]
    await jobs.enqueue(tx, [_closing(tx, group) for group in opening])
    known = groups | {group.group_id: group for group in opening}
    places = {id_: order.Sitting(id_, place.counts, id_) if id_ in anew else place for id_, place in places.items()}
    by = {call.command.order_id: call.scope for call in calls}
    lines = await order.lines(tx, list(late))
    wishes = [TakeOff(one, lines[id_], order.open_units(lines[id_]), "group_closed", by[id_]) for id_, one in late.items()]
    back = dict(zip(late, await take_off(tx, wishes), strict=True))
    await settle(tx, wishes)
    seats = {group.group_id: promotion.seat_account(group.group_id, group.holds) for group in known.values()}
    left = await ledger.balances(tx, list(seats.values())) if seats else {}
    for group in opening:
        facts = promotion.GroupChanged(group.group_id, group.code, group.play, "open", 0)
        tx.emit("group.opened.v1", group.group_id, facts, by[group.group_id])
    for id_ in {places[id_].group_id: id_ for id_ in waiting if id_ not in late}.values():
        group = known[places[id_].group_id]
        taken = -left[seats[group.group_id].account_id].left  # with places that are still being paid: closing counts exactly
        if taken >= group.holds:
            facts = promotion.GroupChanged(group.group_id, group.code, group.play, "open", taken)
            tx.emit("group.filled.v1", group.group_id, facts, by[id_])
    outcomes: list[PlaceTaken | Problem] = []
    for id_ in ids:
        if id_ not in orders:
            outcomes.append(order.NOT_YOURS("no such order"))
            continue
        group_id = places[id_].group_id if id_ in places else 0
        word = "returned" if id_ in late else "moved_on" if id_ not in waiting else "joined" if group_id in groups else "opened"
        if id_ in back:
            tx.emit("order.canceled.v1", id_, order.OrderChanged(id_, back[id_].amount, (), "group_closed"), by[id_])
        outcomes.append(PlaceTaken(id_, group_id, word))
    return outcomes


@flow("group_buy.close", gives=GroupClosed, statements=60, batch_max=8)
async def close(tx: Tx, calls: Sequence[Call[CloseGroup]]) -> list[GroupClosed | Problem]:
    """Close groups that are full or whose time is over: formed ones ship at the price they reached, failed ones give everything back."""
    ids = [call.command.group_id for call in calls]
    names_once(ids)
    groups = await promotion.lock_groups(tx, ids)
    versions = await promotion.play_versions(tx, {group.play for group in groups.values()})
    places = await order.sitting(tx, [id_ for id_, group in groups.items() if group.state == "open"])
    orders = await order.lock(tx, [place.order_id for mine in places.values() for place in mine])
    stand = {id_: _standing(group, versions[group.play], places.get(id_, ()), orders, tx) for id_, group in groups.items()}
    closed = {id_: group for id_, group in stand.items() if group.state != groups[id_].state}
    await promotion.close_groups(tx, list(closed.values()))
    by = {call.command.group_id: call.scope for call in calls}
    await _go_on(tx, closed, versions, places, orders, by)
    await _give_back(tx, closed, versions, places, orders, by)
    for id_, group in closed.items():
        facts = promotion.GroupChanged(id_, group.code, group.play, group.state, group.measured, group.reached)
        tx.emit(f"group.{group.state}.v1", id_, facts, by[id_])
    return [
        GroupClosed(id_, stand[id_].state, stand[id_].measured, stand[id_].reached)
        if id_ in stand
        else promotion.GROUP_CLOSED("no such group")
        for id_ in ids
    ]


def _opens_anew(version: PlayVersion) -> bool:
    return isinstance(version.what, GroupBuy) and promotion.opens_anew(version.what)


async def _move(
    tx: Tx, late: Mapping[int, order.Order], versions: Mapping[str, PlayVersion], places: Mapping[int, order.Sitting]
) -> dict[int, Group]:
    """Payers whose group closed open groups of their own, as their activity declares; by order."""
    anew = {id_: _opened(tx, one, versions[one.play]) for id_, one in late.items()}
    await promotion.open_groups(tx, list(anew.values()))
    await order.move_places(tx, list(anew))
    if anew:
        regular = {one.order_id for one in await order.claims(tx, anew) if one.account.code.startswith("regulars:")}
        await ledger.post(tx, [_moved(tx, group, versions[group.play], places[id_], regular) for id_, group in anew.items()])
    return anew


def _moved(tx: Tx, group: Group, version: PlayVersion, place: order.Sitting, regular: Collection[int]) -> ledger.Entry:
    what = version.what
    assert isinstance(what, GroupBuy)
    return promotion.moved_entry(tx.mint(), group, what, place.counts, regular=place.order_id in regular)


def _opened(tx: Tx, one: order.Order, version: PlayVersion) -> Group:
    what = version.what
    assert isinstance(what, GroupBuy)
    return promotion.group_opened(one.order_id, promotion.group_code(tx.tenant_id, one.order_id), version, what, tx.now)


def _closing(tx: Tx, group: Group) -> jobs.Job:
    return jobs.job(tx, "group_buy.close", group.group_id, CloseGroup(group.group_id), promotion.time_until(group.closes_at, tx.now))


def _standing(group: Group, version: PlayVersion, places: Sequence[order.Sitting], orders: Mapping[int, order.Order], tx: Tx) -> Group:
    """How a group stands with the places that are paid."""
    what = version.what
    if group.state != "open" or not isinstance(what, GroupBuy):
        return group
    return promotion.group_closing(what, group, [place.counts for place in places if _waits(orders[place.order_id])], tx.now)


def _waits(one: order.Order) -> bool:
    return one.status == "paid" and one.awaits == "group"


async def _go_on(
    tx: Tx,
    closed: Mapping[int, Group],
    versions: Mapping[str, PlayVersion],
    places: Mapping[int, Sequence[order.Sitting]],
    orders: Mapping[int, order.Order],
    by: Mapping[int, Scope],
) -> None:
    """The orders of groups that have formed cost what their group reached, and ship."""
    group_of = {
        place.order_id: group
        for id_, group in closed.items()
        if group.state == "formed"
        for place in places[id_]
        if _waits(orders[place.order_id])
    }
    if not group_of:
        return
    lines = await order.lines(tx, list(group_of))
    skus = await promotion.items_of(tx, {group.play for group in group_of.values()})
    marks = [mark for id_, group in group_of.items() for mark in _reached(group, versions[group.play], skus[group.play], lines[id_])]
    scopes = {id_: by[group.group_id] for id_, group in group_of.items()}
    await mark_down(tx, marks, orders, "group_price", scopes)
    await order.proceed(tx, list(group_of))
    await claiming.give_up(tx, list(group_of), "in_group")
    for id_ in group_of:
        tx.emit("order.ready.v1", id_, order.OrderChanged(id_), scopes[id_])


def _reached(group: Group, version: PlayVersion, items: Mapping[int, int], lines: Sequence[order.Line]) -> list[order.MarkDown]:
    """What a group that reached a higher threshold pays less than everybody paid at first."""
    what = version.what
    if not group.reached or not isinstance(what, GroupBuy):
        return []
    marks: list[order.MarkDown] = []
    for line in lines:
        item = what.items[items[line.sku_id]]
        head = any(one.rule == f"{version.rule}+head" for one in line.adjustments)
        less = promotion.group_less(item, group.reached, line.quantity, line.gross, line.gross - line.discount, head=head)
        taken = tuple(
            order.Adjustment(line.line_no, "activity", f"{version.rule}+group", funder, part)
            for funder, part in promotion.borne_by(less, what.funders, order.SELLER)
        )
        if taken:
            marks.append(order.MarkDown(line, taken))
    return marks


async def _give_back(
    tx: Tx,
    closed: Mapping[int, Group],
    versions: Mapping[str, PlayVersion],
    places: Mapping[int, Sequence[order.Sitting]],
    orders: Mapping[int, order.Order],
    by: Mapping[int, Scope],
) -> None:
    """The orders of groups that have failed are taken back. Whoever has not paid when a group closes is too late for it."""
    over = {
        place.order_id: by[id_]
        for id_, group in closed.items()
        for place in places.get(id_, ())
        if (group.state == "failed" and _waits(orders[place.order_id]))
        or (orders[place.order_id].status == "placed" and not _opens_anew(versions[group.play]))
    }
    lines = await order.lines(tx, list(over))
    wishes = [TakeOff(orders[id_], lines[id_], order.open_units(lines[id_]), "group_closed", scope) for id_, scope in over.items()]
    back = dict(zip(over, await take_off(tx, wishes), strict=True))
    await settle(tx, wishes)
    for id_, scope in over.items():
        tx.emit("order.canceled.v1", id_, order.OrderChanged(id_, back[id_].amount, (), "group_closed"), scope)
