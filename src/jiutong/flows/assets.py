"""Points, red packets and procurement points: terms are published, lots are given, taken, earned by paid orders, and expire."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import access, asset, catalog, member, order
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow

UNPAID = frozenset({"placed", "expired", "canceled"})
"""States of an order that earns nothing: not paid yet, or nothing of it is left."""


class Give(msgspec.Struct, frozen=True):
    """Give points or a red packet to members, or procurement points to a company: to each so much, until when, who bears it and why."""

    kind: asset.Kind
    amount: int
    expires_at: datetime
    funder: str
    reason: str
    members: tuple[int, ...] = ()
    company: str = ""
    currency: str = ""
    active_from: datetime | None = None


class Take(msgspec.Struct, frozen=True):
    """Take points, red packets or procurement points of a member or company, and why."""

    kind: asset.Kind
    amount: int
    reason: str
    member_id: int = 0
    company: str = ""
    currency: str = ""


class Reckon(msgspec.Struct, frozen=True):
    """Look at what an order has earned, and what came back of it."""

    order_id: int


class Reckoned(msgspec.Struct, frozen=True):
    """What the order's points came to just now."""

    order_id: int
    earned: int
    clawed: int
    owed: int


@flow("asset.publish", gives=asset.ProgrammePut, statements=4)
async def publish(tx: Tx, calls: Sequence[Call[asset.PutProgramme]]) -> list[asset.ProgrammePut | Problem]:
    """Publish terms: a new version that ends the one before where it begins."""
    outcomes = await asset.publish(tx, [call.command for call in calls], [call.scope.actor for call in calls])
    told: list[asset.ProgrammePut | Problem] = []
    for call, made in zip(calls, outcomes, strict=True):
        if isinstance(made, Problem):
            told.append(made)
            continue
        put = asset.ProgrammePut(call.command.kind, made.version, made.valid_from)
        tx.emit("asset.programme_put.v1", made.version, put, call.scope)
        told.append(put)
    return told


@flow("asset.give", gives=asset.Granted, statements=12, batch_max=64)
async def give(tx: Tx, calls: Sequence[Call[Give]]) -> list[asset.Granted | Problem]:
    """Give lots by hand: as a reward, as amends, from a funder's budget."""
    people = await member.standing(tx, sorted({id_ for call in calls for id_ in call.command.members}))
    companies = await member.companies(tx, {call.command.company for call in calls if call.command.company})
    wishes = [_grant(call.command, companies) for call in calls]
    asked = [(call, wish) for call, wish in zip(calls, wishes, strict=True) if isinstance(wish, asset.Grant)]
    known = {*people, *(company.company_id for company in companies.values())}
    given = iter(await asset.grant(tx, [wish for _, wish in asked], [call.scope.actor for call, _ in asked], known))
    outcomes = [wish if isinstance(wish, Problem) else next(given) for wish in wishes]
    for (call, wish), outcome in zip(asked, [o for w, o in zip(wishes, outcomes, strict=True) if isinstance(w, asset.Grant)], strict=True):
        if isinstance(outcome, asset.Granted):
            for holder, lot_id in zip(wish.holders, outcome.lots, strict=True):
                active = wish.active_from or tx.now
                facts = asset.LotGiven(lot_id, wish.kind, wish.amount, wish.unit, wish.funder, wish.reason, active, wish.expires_at)
                tx.emit("asset.granted.v1", holder, facts, call.scope)
    return outcomes


@flow("asset.take", gives=asset.Deducted, statements=9, batch_max=64)
async def take(tx: Tx, calls: Sequence[Call[Take]]) -> list[asset.Deducted | Problem]:
    """Take by hand what holders can use, first what expires first."""
    companies = await member.companies(tx, {call.command.company for call in calls if call.command.company})
    wishes = [_deduct(call.command, companies) for call in calls]
    taken = iter(await asset.deduct(tx, [wish for wish in wishes if isinstance(wish, asset.Deduct)]))
    outcomes: list[asset.Deducted | Problem] = []
    for call, wish in zip(calls, wishes, strict=True):
        outcome = wish if isinstance(wish, Problem) else next(taken)
        if isinstance(wish, asset.Deduct) and isinstance(outcome, asset.Deducted):
            tx.emit("asset.deducted.v1", wish.holder_id, outcome, call.scope)
        outcomes.append(outcome)
    return outcomes


@flow("asset.reckon", gives=Reckoned, statements=18)
async def reckon(tx: Tx, calls: Sequence[Call[Reckon]]) -> list[Reckoned | Problem]:
    """Let paid orders earn points, and take back what units canceled or returned had earned. Being told twice changes nothing."""
    orders = await order.lock(tx, [call.command.order_id for call in calls])
    of_members = {id_: one for id_, one in orders.items() if one.member_id is not None}
    lines = await order.lines(tx, list(of_members))
    people = await member.buyers(tx, {one.member_id for one in of_members.values() if one.member_id is not None}, ())
    channels = await access.channels_by_id(tx, list({one.channel_id for one in of_members.values()}))
    goods = await catalog.skus_by_id(tx, {line.sku_id for mine in lines.values() for line in mine})
    sold = [_sold(one, lines[id_], people, channels, goods) for id_, one in of_members.items()]
    reckoned = {one.order_id: one for one in await asset.reckon(tx, sold)}
    await asset.given_back(tx, {one.account.account_id for one in await order.claims(tx, orders) if one.given_back})
    by = {call.command.order_id: call.scope for call in calls}
    for id_, one in reckoned.items():
        if one.lot is not None:
            lot = one.lot
            facts = asset.LotGiven(
                lot.lot_id, lot.kind, lot.amount, lot.unit, lot.funder, "", lot.active_from, lot.expires_at, id_, lot.netted
            )
            tx.emit("points.earned.v1", lot.holder_id, facts, by[id_])
        if one.clawed:
            tx.emit("points.clawed_back.v1", of_members[id_].member_id or 0, asset.ClawedBack(id_, one.clawed, one.owed), by[id_])
    return [
        Reckoned(id_, one.earned, one.clawed, one.owed) if (one := reckoned.get(id_)) else Reckoned(id_, 0, 0, 0)
        for id_ in (call.command.order_id for call in calls)
    ]


@flow("asset.expire", gives=asset.Expired, statements=8)
async def expire(tx: Tx, calls: Sequence[Call[asset.ExpireLots]]) -> list[asset.Expired | Problem]:
    """Book what is left of lots whose time has come as expired."""
    outcomes, lots = await asset.expire(tx, [call.command for call in calls])
    told: set[int] = set()
    for call, outcome in zip(calls, outcomes, strict=True):
        for lot_id, amount in outcome.lots:
            if amount and lot_id not in told:
                told.add(lot_id)
                facts = asset.LotsExpired(lot_id, lots[lot_id].kind, amount, lots[lot_id].unit)
                tx.emit("asset.expired.v1", lots[lot_id].holder_id, facts, call.scope)
    return list(outcomes)


def _grant(wish: Give, companies: Mapping[str, member.Company]) -> asset.Grant | Problem:
    if wish.company and wish.company not in companies:
        return asset.NO_HOLDER(f"no company {wish.company}", pointer="/company")
    holders = (companies[wish.company].company_id,) if wish.company else wish.members
    unit = asset.unit_of(wish.kind, wish.currency)
    return asset.Grant(wish.kind, holders, unit, wish.amount, wish.active_from, wish.expires_at, wish.funder, wish.reason)


def _deduct(wish: Take, companies: Mapping[str, member.Company]) -> asset.Deduct | Problem:
    if wish.company and wish.company not in companies:
        return asset.NO_HOLDER(f"no company {wish.company}", pointer="/company")
    holder = companies[wish.company].company_id if wish.company else wish.member_id
    return asset.Deduct(wish.kind, holder, wish.amount, wish.reason, asset.unit_of(wish.kind, wish.currency))


def _sold(
    one: order.Order,
    lines: Sequence[order.Line],
    people: Mapping[int, member.Buyer],
    channels: Mapping[int, access.ChannelFacts],
    goods: Mapping[int, catalog.SkuFacts],
) -> asset.SoldOrder:
    member_id = one.member_id or 0
    level = people[member_id].level if member_id in people else ""
    sold = tuple(
        asset.SoldLine(
            line.line_id,
            line.quantity,
            line.canceled + line.returned,
            line.gross - line.discount,
            goods[line.sku_id].categories if line.sku_id in goods else (),
        )
        for line in lines
    )
    channel = channels[one.channel_id].code
    return asset.SoldOrder(one.order_id, member_id, one.currency, channel, level, one.status not in UNPAID, sold)
