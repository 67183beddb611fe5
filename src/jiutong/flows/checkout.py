"""Checkout: a basket is quoted, and placed as an order that holds its goods until it is paid."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong import ledger
from jiutong.capabilities import access, fulfillment, inventory, member, order
from jiutong.capabilities.member import Recognize
from jiutong.flows import claiming
from jiutong.flows import facts as loaded
from jiutong.flows.words import Code, Contact, Minor, Quantity, TakeOff, given
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class LineWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units of a SKU (its code, or a barcode on it)."""

    sku: Code
    quantity: Quantity
    adjustments: Annotated[tuple[TakeOff, ...], Meta(max_length=20)] = ()


class PlaceOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A basket in a channel. `expected_total_minor` is the total the customer saw: if it has moved, nothing is placed."""

    channel: Code
    lines: Annotated[tuple[LineWish, ...], Meta(min_length=1, max_length=500)]
    store: Code | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    member: Recognize | None = None
    contact: Contact | None = None
    adjustments: Annotated[tuple[TakeOff, ...], Meta(max_length=20)] = ()
    expected_total_minor: Minor | None = None
    play: Annotated[str, Meta(max_length=64)] = ""
    """The activity bought through, or a group of one, by its code."""

    company: Annotated[str, Meta(max_length=64)] = ""
    """The company bought for, by its code: its contract's prices hold."""

    region: Annotated[str, Meta(max_length=200)] = ""
    """Where it is bought for: US/CA. Without one, where it is delivered to, or where the company is."""

    coupons: Annotated[tuple[Code, ...], Meta(max_length=20)] | None = None
    """The coupons to be used, by their codes; without it the best of those in hand."""

    points: Annotated[int, Meta(ge=0, le=10**12)] = 0
    """At most so many points are burned,"""

    beans: Annotated[int, Meta(ge=0, le=10**12)] = 0
    """so many of the company's procurement points,"""

    red_packet_minor: Minor = 0
    """and so much of red packets."""

    services: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    """Services chosen with it, by their codes."""


class QuotedLine(msgspec.Struct, frozen=True):
    """One line of a quote or placed order; amounts in minor units, `unit_price` per `price_per` base units."""

    line_no: int
    sku: str
    quantity: int
    unit_price: int
    price_per: int
    price_source: str
    gross: int
    discount: int
    tax: int
    payable: int


class Claimed(msgspec.Struct, frozen=True):
    """What it takes of something scarce besides the goods: so many points, a coupon, a place."""

    kind: str
    line_no: int
    amount: int
    unit: str


class Placed(msgspec.Struct, frozen=True):
    """An order as placed, or as it would be (`order_id` 0). `due` of its total is to be paid by `due_at`: a deposit, or all of it."""

    order_id: int
    scene: str
    plan_version: str
    currency: str
    gross: int
    discount: int
    tax: int
    total: int
    due_at: datetime | None
    lines: tuple[QuotedLine, ...]
    charged: int = 0
    adjustments: tuple[order.Adjustment, ...] = ()
    charges: tuple[order.Charge, ...] = ()
    notes: tuple[order.Note, ...] = ()
    claims: tuple[Claimed, ...] = ()
    due: int = 0


@flow("checkout.place", gives=Placed, statements=14)
async def place(tx: Tx, calls: Sequence[Call[PlaceOrder]]) -> list[Placed | Problem]:
    """Turn baskets into orders. Every order stands or falls alone; the batch commits once."""
    members = await member.find_or_create(tx, {i: call.command.member for i, call in enumerate(calls) if call.command.member})
    baskets = await _baskets(tx, calls, members, tx.mint)
    facts = await loaded.load(tx, [b for b in baskets if isinstance(b, order.Basket)])
    drafts = [_draft(b, facts, call.command) for b, call in zip(baskets, calls, strict=True)]
    await loaded.verify(tx)
    held = await _hold(tx, drafts, calls, facts)
    placed = [draft for draft in held if isinstance(draft, order.OrderDraft)]
    await order.place(tx, placed)
    await claiming.use(tx, [draft.order_id for draft in placed if draft.claims and not draft.total])
    for draft, call in zip(held, calls, strict=True):
        _announce(tx, draft, call)
    return [_shown(draft, call.command) for draft, call in zip(held, calls, strict=True)]


async def quote(tx: Tx, calls: Sequence[Call[PlaceOrder]]) -> list[Placed | Problem]:
    """What placing these baskets now would come to. Reads only: nothing is held, nobody is made a member."""
    try:
        return await _quoted(tx, calls)
    except Again:
        return await _quoted(tx, calls)  # what has changed is forgotten now


async def _quoted(tx: Tx, calls: Sequence[Call[PlaceOrder]]) -> list[Placed | Problem]:
    members = await member.find(tx, {i: call.command.member for i, call in enumerate(calls) if call.command.member})
    baskets = await _baskets(tx, calls, members, _unnamed)
    facts = await loaded.load(tx, [b for b in baskets if isinstance(b, order.Basket)])
    drafts = [_draft(b, facts, call.command) for b, call in zip(baskets, calls, strict=True)]
    await loaded.verify(tx)
    return [_shown(draft, call.command) for draft, call in zip(drafts, calls, strict=True)]


def _unnamed() -> int:
    """A quote has no id, and uses none up."""
    return 0


async def _baskets(
    tx: Tx, calls: Sequence[Call[PlaceOrder]], members: Mapping[int, int | Problem], mint: Callable[[], int]
) -> list[order.Basket | Problem]:
    """Resolve who, where and when; what cannot be resolved is refused with the pointer to it."""
    channels = await access.channels(tx, list({call.command.channel for call in calls}))
    stores = await access.stores(tx, list({call.command.store for call in calls if call.command.store}))
    baskets: list[order.Basket | Problem] = []
    for i, call in enumerate(calls):
        wish = call.command
        channel = channels.get(wish.channel)
        store = stores.get(wish.store) if wish.store else None
        who = members.get(i)
        if channel is None:
            baskets.append(access.UNKNOWN_CHANNEL(f"no channel {wish.channel}", pointer="/channel"))
        elif not channel.open:
            baskets.append(access.CLOSED(f"channel {wish.channel} is closed", pointer="/channel"))
        elif wish.store and (store is None or store.channel_id != channel.channel_id):
            baskets.append(access.UNKNOWN_STORE(f"no store {wish.store} in {wish.channel}", pointer="/store"))
        elif store is not None and not store.open:
            baskets.append(access.CLOSED(f"store {wish.store} is closed", pointer="/store"))
        elif wish.currency and wish.currency != channel.currency:
            baskets.append(order.MIXED_CURRENCY(f"{wish.channel} trades in {channel.currency}", pointer="/currency"))
        elif isinstance(who, Problem):
            baskets.append(who)
        else:
            baskets.append(_basket(tx, call, channel, store, who, mint))
    return baskets


def _basket(
    tx: Tx,
    call: Call[PlaceOrder],
    channel: access.ChannelFacts,
    store: access.StoreFacts | None,
    member_id: int | None,
    mint: Callable[[], int],
) -> order.Basket:
    wish = call.command
    return order.Basket(
        mint(),
        channel.scene,
        channel.channel_id,
        store.store_id if store else 0,
        channel.currency,
        tx.now,
        access.business_day(tx.now, channel.time_zone),
        tuple(
            order.BasketLine(mint(), no, line.sku, line.quantity, None, given(line.adjustments)) for no, line in enumerate(wish.lines, 1)
        ),
        given(wish.adjustments),
        member_id,
        None if wish.contact is None else msgspec.json.encode(wish.contact).decode(),
        may_discount_any=call.scope.holds("order:discount_any"),
        play=wish.play,
        region=wish.region or _region(wish.contact),
        company=wish.company,
        coupons=wish.coupons,
        points=wish.points,
        beans=wish.beans,
        red_packet_minor=wish.red_packet_minor,
        services=wish.services,
    )


def _region(contact: Contact | None) -> str:
    """Where a contact lives, as price lists and tariffs name regions."""
    return fulfillment.region_path(contact.country, contact.region) if contact else ""


def _draft(basket: order.Basket | Problem, facts: loaded.Facts, wish: PlaceOrder) -> order.OrderDraft | Problem:
    if isinstance(basket, Problem):
        return basket
    plan = facts.plan_of(basket)
    draft = order.draft(basket, plan.fold(basket, facts, order.NOTHING), plan.version)
    draft = draft if isinstance(draft, Problem) else order.to_be_paid(draft)
    if isinstance(draft, Problem) or wish.expected_total_minor in (None, draft.total):
        return draft
    return order.TOTAL_MOVED(
        f"the total is {draft.total} now",
        pointer="/expected_total_minor",
        total_minor=draft.total,
        expected_minor=wish.expected_total_minor,
    )


async def _hold(
    tx: Tx, drafts: Sequence[order.OrderDraft | Problem], calls: Sequence[Call[PlaceOrder]], facts: loaded.Facts
) -> list[order.OrderDraft | Problem]:
    """Hold the goods of every draft, all its lines or none; whoever comes too late is told what is left."""
    standing = [(i, draft) for i, draft in enumerate(drafts) if isinstance(draft, order.OrderDraft)]
    supplied = {place.location_id: place for place in facts.supplies.values()}
    coming = [line for _, draft in standing for line in draft.lines if line.location_id in supplied]
    await inventory.know(tx, [(supplied[line.location_id], line.owner_id, line.sku_id) for line in coming])
    held = await ledger.hold(tx, [_claims(draft, facts) for _, draft in standing])
    outcome = list(drafts)
    for position, short in held.refused.items():
        i, draft = standing[position]
        outcome[i] = _short(short, draft, calls[i].command, facts)
    return outcome


def _claims(draft: order.OrderDraft, facts: loaded.Facts) -> ledger.ClaimGroup:
    claims = [
        inventory.stock_claim(line.line_id, facts.places[line.location_id], line.owner_id, line.sku_id, line.quantity)
        for line in draft.lines
    ]
    claims += order.holds((one, one.amount) for one in draft.claims)
    return ledger.ClaimGroup(draft.order_id, tuple(claims), draft.dues[0].due_at if draft.dues else None)


def _short(short: ledger.Shortfall, draft: order.OrderDraft, wish: PlaceOrder, facts: loaded.Facts) -> Problem:
    for line in draft.lines:
        account = inventory.stock_account(facts.places[line.location_id], line.owner_id, line.sku_id)
        if account.account_id == short.account.account_id:
            sku, where = wish.lines[line.line_no - 1].sku, f"/lines/{line.line_no - 1}/quantity"
            return order.SHORT(f"{sku}: {short.wanted} wanted, {short.free} left", pointer=where, sku=sku, left=short.free)
    return order.refusal_of(draft, short) or order.SHORT(f"{short.wanted} wanted, {short.free} left", left=short.free)


def _announce(tx: Tx, draft: order.OrderDraft | Problem, call: Call[PlaceOrder]) -> None:
    if isinstance(draft, Problem):
        return
    tx.emit("order.placed.v1", draft.order_id, order.placed(draft), call.scope)
    if draft.total == 0:
        tx.emit("order.paid.v1", draft.order_id, order.OrderChanged(draft.order_id), call.scope)
        if draft.awaits:
            tx.emit("order.waiting.v1", draft.order_id, order.OrderChanged(draft.order_id, reason=draft.awaits), call.scope)


def _shown(draft: order.OrderDraft | Problem, wish: PlaceOrder) -> Placed | Problem:
    if isinstance(draft, Problem):
        return draft
    return Placed(
        draft.order_id,
        draft.scene,
        draft.plan_version,
        draft.currency,
        draft.gross,
        draft.discount,
        draft.tax,
        draft.total,
        draft.dues[0].due_at if draft.dues else None,
        tuple(
            QuotedLine(
                line.line_no,
                wish.lines[line.line_no - 1].sku,
                line.quantity,
                line.unit_price,
                line.price_per,
                line.price_source,
                line.gross,
                line.discount,
                line.tax,
                line.payable,
            )
            for line in draft.lines
        ),
        draft.charged,
        draft.adjustments,
        draft.charges,
        draft.notes,
        tuple(Claimed(one.kind, one.line_no, one.amount, one.account.unit) for one in draft.claims),
        draft.dues[0].amount if draft.dues else draft.total,
    )
