"""What lies on the counter: a receipt as it is said, and as the scene's steps see it. Selling it and quoting it begin alike."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, order
from jiutong.capabilities import store as room
from jiutong.capabilities.member import Recognize
from jiutong.flows.words import Code, Minor, Positive, Quantity, TakeOff, Word, given
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import FORBIDDEN, Problem
from jiutong.kernel.runner import Call


class TillLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A scanned line. `amount_minor` is the list amount the till charged; without it the price in force is charged."""

    sku: Code
    quantity: Quantity
    amount_minor: Minor | None = None
    adjustments: Annotated[tuple[TakeOff, ...], Meta(max_length=20)] = ()


class TenderLaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Money laid on the counter, net of change. A `gift_card` is named by its code, with its PIN if it has one."""

    method: Word
    amount_minor: Positive
    card: Annotated[str, Meta(max_length=40)] = ""
    pin: Annotated[str, Meta(max_length=12)] = ""


class Overage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a coupon is worth beyond the goods: paid out of the drawer, owed to us by its funder."""

    amount_minor: Positive
    funder: Word
    method: Word = "cash"


class TillSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A receipt. `(store, device, receipt_no)` names it: sent again it is the same sale.

    `chain` is its place among the till's receipts. A till that sends it may name the list amounts of its own catalog, as long as
    each was in force not longer ago than the store lets its tills be offline.
    """

    store: Code
    device: Code
    receipt_no: Code
    lines: Annotated[tuple[TillLine, ...], Meta(min_length=1, max_length=2000)]
    tenders: Annotated[tuple[TenderLaid, ...], Meta(max_length=20)] = ()
    adjustments: Annotated[tuple[TakeOff, ...], Meta(max_length=20)] = ()
    member: Recognize | None = None
    sold_at: datetime | None = None
    overage: Overage | None = None
    chain: room.Chained | None = None
    coupons: Annotated[tuple[Code, ...], Meta(max_length=20)] | None = ()
    points: Annotated[int, Meta(ge=0, le=10**12)] = 0
    red_packet_minor: Minor = 0


def receipt_key(sale: TillSale) -> str:
    """A receipt's own name: it is booked once under it, whoever sends it."""
    return f"{sale.store}/{sale.device}/{sale.receipt_no}"


def unauthorized(call: Call[TillSale]) -> Problem | None:
    """A till that names its own amounts needs the right to: prices are the house's. Those of a chained receipt are looked up."""
    if call.command.chain is not None:
        return None
    for no, line in enumerate(call.command.lines):
        if line.amount_minor is not None and not call.scope.holds("till:set_price"):
            return FORBIDDEN("this till may not set prices", pointer=f"/lines/{no}/amount_minor", needs="till:set_price")
    return None


def basket_of(
    tx: Tx,
    call: Call[TillSale],
    store: access.StoreFacts,
    device_id: int,
    channel: access.ChannelFacts,
    member_id: int | None,
    mint: Callable[[], int],
) -> order.Basket:
    """What lies on the counter, as the scene's steps see it."""
    sale = call.command
    at = sale.sold_at or tx.now
    return order.Basket(
        mint(),
        channel.scene,
        channel.channel_id,
        store.store_id,
        channel.currency,
        at,
        access.business_day(at, channel.time_zone),
        tuple(
            order.BasketLine(mint(), no, line.sku, line.quantity, line.amount_minor, given(line.adjustments))
            for no, line in enumerate(sale.lines, 1)
        ),
        given(sale.adjustments),
        member_id,
        None,
        device_id,
        sale.receipt_no,
        call.scope.holds("order:discount_any"),
        coupons=sale.coupons,
        points=sale.points,
        red_packet_minor=sale.red_packet_minor,
    )
