"""A sale at the till: goods, tenders and member in one call; the receipt is an order exactly once, however often it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong import ledger
from jiutong.capabilities import access, inventory, member, order, payment
from jiutong.capabilities.member import Recognize
from jiutong.flows import facts as loaded
from jiutong.flows.words import Code, Minor, Positive, Quantity, TakeOff, Word, given
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import FORBIDDEN, INVALID, Problem
from jiutong.kernel.points import plan_of
from jiutong.kernel.runner import Call, flow

CLOCK_AHEAD_MAX = timedelta(minutes=10)


class TillLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A scanned line. `amount_minor` is the list amount the till charged; without it the price in force is charged."""

    sku: Code
    quantity: Quantity
    amount_minor: Minor | None = None
    adjustments: Annotated[tuple[TakeOff, ...], Meta(max_length=20)] = ()


class TenderLaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money laid on the counter, net of change."""

    method: Word
    amount_minor: Positive


class Overage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a coupon is worth beyond the goods: paid out of the drawer, owed to us by its funder."""

    amount_minor: Positive
    funder: Word
    method: Word = "cash"


class TillSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A receipt. `(store, device, receipt_no)` names it: sent again it is the same sale."""

    store: Code
    device: Code
    receipt_no: Code
    lines: Annotated[tuple[TillLine, ...], Meta(min_length=1, max_length=2000)]
    tenders: Annotated[tuple[TenderLaid, ...], Meta(max_length=20)] = ()
    adjustments: Annotated[tuple[TakeOff, ...], Meta(max_length=20)] = ()
    member: Recognize | None = None
    sold_at: datetime | None = None
    overage: Overage | None = None


class Rung(msgspec.Struct, frozen=True):
    """A sale as booked; amounts in minor units."""

    order_id: int
    receipt_no: str
    currency: str
    gross: int
    discount: int
    tax: int
    total: int
    lines: tuple[tuple[str, int, int], ...]  # (sku, quantity, payable)
    member_id: int | None = None


def receipt_key(sale: TillSale) -> str:
    """A receipt's own name: it is booked once under it, whoever sends it."""
    return f"{sale.store}/{sale.device}/{sale.receipt_no}"


@flow("till.sale", gives=Rung, statements=14, named_by=receipt_key)
async def till_sale(tx: Tx, calls: Sequence[Call[TillSale]]) -> list[Rung | Problem]:
    """Ring up sales: goods leave the shelf, tenders are taken, revenue is earned; all of a receipt or nothing."""
    members = await member.find_or_create(tx, {i: call.command.member for i, call in enumerate(calls) if call.command.member})
    baskets = await _baskets(tx, calls, members)
    facts = await loaded.load(tx, [b for b in baskets if isinstance(b, order.Basket)])
    drafts = [_draft(basket, facts, call.command) for basket, call in zip(baskets, calls, strict=True)]
    await loaded.verify(tx)
    booked = await _book(tx, drafts, calls, facts)
    rung = [draft for draft in booked if isinstance(draft, order.OrderDraft)]
    if len(await order.place(tx, rung)) != len(rung):
        raise order.RECEIPT_TAKEN("this receipt number was used before the retry window", pointer="/receipt_no")
    await payment.take(tx, _tenders(booked, calls, tx))
    for draft, call in zip(booked, calls, strict=True):
        if isinstance(draft, order.OrderDraft):
            tx.emit("sale.rung.v1", draft.order_id, order.placed(draft), call.scope)
    return [_shown(draft, call.command) for draft, call in zip(booked, calls, strict=True)]


async def _baskets(tx: Tx, calls: Sequence[Call[TillSale]], members: Mapping[int, int | Problem]) -> list[order.Basket | Problem]:
    tills = await access.devices(tx, list({(call.command.store, call.command.device) for call in calls}))
    stores = await access.stores(tx, list({call.command.store for call in calls}))
    channels = await access.channels_by_id(tx, list({store.channel_id for store in stores.values()}))
    baskets: list[order.Basket | Problem] = []
    for i, call in enumerate(calls):
        sale = call.command
        store, till, who = stores.get(sale.store), tills.get((sale.store, sale.device)), members.get(i)
        if store is None:
            baskets.append(access.UNKNOWN_STORE(f"no store {sale.store}", pointer="/store"))
        elif till is None or not till.active:
            baskets.append(access.UNKNOWN_DEVICE(f"no till {sale.device} in store {sale.store}", pointer="/device"))
        elif not store.open:
            baskets.append(access.CLOSED(f"store {sale.store} is closed", pointer="/store"))
        elif sale.sold_at is not None and (sale.sold_at.tzinfo is None or sale.sold_at > tx.now + CLOCK_AHEAD_MAX):
            baskets.append(INVALID("a receipt cannot come from the future; give sold_at with its offset", pointer="/sold_at"))
        elif isinstance(who, Problem):
            baskets.append(who)
        elif (problem := _unauthorized(call)) is not None:
            baskets.append(problem)
        else:
            baskets.append(_basket(tx, call, store, till, channels[store.channel_id], who))
    return baskets


def _unauthorized(call: Call[TillSale]) -> Problem | None:
    """A till that names its own amounts needs the right to: prices are the house's."""
    for no, line in enumerate(call.command.lines):
        if line.amount_minor is not None and not call.scope.holds("till:set_price"):
            return FORBIDDEN("this till may not set prices", pointer=f"/lines/{no}/amount_minor", needs="till:set_price")
    return None


def _basket(
    tx: Tx,
    call: Call[TillSale],
    store: access.StoreFacts,
    till: access.DeviceFacts,
    channel: access.ChannelFacts,
    member_id: int | None,
) -> order.Basket:
    sale = call.command
    at = sale.sold_at or tx.now
    return order.Basket(
        tx.mint(),
        channel.scene,
        channel.channel_id,
        store.store_id,
        channel.currency,
        at,
        access.business_day(at, channel.time_zone),
        tuple(
            order.BasketLine(tx.mint(), no, line.sku, line.quantity, line.amount_minor, given(line.adjustments))
            for no, line in enumerate(sale.lines, 1)
        ),
        given(sale.adjustments),
        member_id,
        None,
        till.device_id,
        sale.receipt_no,
        call.scope.holds("order:discount_any"),
    )


def _draft(basket: order.Basket | Problem, facts: loaded.Facts, sale: TillSale) -> order.OrderDraft | Problem:
    if isinstance(basket, Problem):
        return basket
    plan = plan_of(basket.scene)
    draft = order.draft(basket, plan.fold(basket, facts, order.NOTHING), plan.version)
    return draft if isinstance(draft, Problem) else order.paid_by(draft, [tender.amount_minor for tender in sale.tenders])


async def _book(
    tx: Tx, drafts: Sequence[order.OrderDraft | Problem], calls: Sequence[Call[TillSale]], facts: loaded.Facts
) -> list[order.OrderDraft | Problem]:
    """Book goods and money of every sale; what was not on a shelf's book is noted as a shortage."""
    standing = [(i, draft) for i, draft in enumerate(drafts) if isinstance(draft, order.OrderDraft)]
    await inventory.know(tx, [(facts.places[line.location_id], line.owner_id, line.sku_id) for _, d in standing for line in d.lines])
    posted = await ledger.post(tx, [_entry(draft, calls[i].command, facts) for i, draft in standing])
    outcome = list(drafts)
    for position, short in posted.refused.items():
        i, _ = standing[position]
        outcome[i] = order.SHORT(f"{short.wanted} sold, {short.free} on the book of a strict location", left=short.free)
    if posted.below_zero:
        issues = [
            inventory.Issue(draft.order_id, facts.places[line.location_id], line.owner_id, line.sku_id, line.quantity)
            for position, (_, draft) in enumerate(standing)
            if position not in posted.refused
            for line in draft.lines
        ]
        await inventory.note_shortages(tx, issues, posted.below_zero)
    return outcome


def _entry(draft: order.OrderDraft, sale: TillSale, facts: loaded.Facts) -> ledger.Entry:
    keys: dict[str, object] = {"seller": draft.seller_id, "place": draft.store_id, "day": draft.business_day}
    legs = [inventory.issue(facts.places[line.location_id], line.owner_id, line.sku_id, line.quantity) for line in draft.lines]
    for tender in sale.tenders:
        legs += ledger.leg("sale.rung", "tendered", tender.amount_minor, draft.currency, keys | {"method": tender.method})
    legs += order.adjustment_legs("sale.rung", draft.adjustments, draft.currency, keys)
    if sale.overage is not None:
        paid_out = keys | {"method": sale.overage.method, "funder": sale.overage.funder}
        legs += ledger.leg("sale.rung", "overage", sale.overage.amount_minor, draft.currency, paid_out)
    legs += ledger.leg("sale.rung", "tax", draft.tax, draft.currency, keys)
    return ledger.Entry(draft.order_id, "sale.rung", draft.order_id, tuple(legs))


def _tenders(drafts: Sequence[order.OrderDraft | Problem], calls: Sequence[Call[TillSale]], tx: Tx) -> list[payment.Taken]:
    return [
        payment.Taken(tx.mint(), draft.order_id, tender.method, draft.currency, tender.amount_minor, draft.placed_at)
        for draft, call in zip(drafts, calls, strict=True)
        if isinstance(draft, order.OrderDraft)
        for tender in call.command.tenders
    ]


def _shown(draft: order.OrderDraft | Problem, sale: TillSale) -> Rung | Problem:
    if isinstance(draft, Problem):
        return draft
    return Rung(
        draft.order_id,
        sale.receipt_no,
        draft.currency,
        draft.gross,
        draft.discount,
        draft.tax,
        draft.total,
        tuple((line.sku, line.quantity, made.payable) for line, made in zip(sale.lines, draft.lines, strict=True)),
        draft.member_id,
    )
