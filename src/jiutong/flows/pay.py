"""Paying: a tender is laid on the counter, a channel says what became of it, and money that comes late is put right."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jiutong import ledger
from jiutong.capabilities import asset, inventory, order, payment
from jiutong.flows import claiming
from jiutong.flows.canceling import announce
from jiutong.flows.words import Positive
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import plan_of
from jiutong.kernel.runner import Call, flow
from jiutong.kernel.scope import Scope


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A tender for an order: all that is due, or part of it. `script` is for the simulated channel alone.

    A `gift_card` is named by its code (with its PIN if it has one), or as stored value of the order's member by its id; without an
    amount it pays as much as it can.
    """

    method: Literal["cash", "card", "qr", "gift_card"]
    amount_minor: Positive | None = None
    script: Annotated[str, Meta(pattern="^[a-z_]{0,32}$")] = ""
    card: Annotated[str, Meta(max_length=40)] = ""
    pin: Annotated[str, Meta(max_length=12)] = ""


class Pay(msgspec.Struct, frozen=True):
    """A payment of one order. `card_id` names the card of a member, which its code does not."""

    order_id: int
    wish: Payment
    card_id: int = 0


class Laid(msgspec.Struct, frozen=True):
    """A tender as it was laid down: captured if it lies in the drawer, else started."""

    tender_id: int
    order_id: int
    method: str
    merchant: str
    currency: str
    amount: int
    state: str


class Noticed(msgspec.Struct, frozen=True):
    """What a notice came to, and why."""

    verdict: payment.Verdict
    detail: str = ""


class Opened(msgspec.Struct, frozen=True):
    """A channel is ready to collect a tender: what the payer scans or opens."""

    tender_id: int
    code: str


@flow("pay.start", gives=Laid, statements=18)
async def start(tx: Tx, calls: Sequence[Call[Pay]]) -> list[Laid | Problem]:
    """Lay down tenders for orders that owe as much. Cash is taken at once; a channel is told to collect after the commit."""
    orders = await order.lock(tx, [call.command.order_id for call in calls])
    cards = await asset.cards(tx, [_card(call.command, orders) for call in calls if call.command.wish.method == asset.GIFT_CARD])
    due = order.due_now(orders, await order.legs(tx, orders), tx.now)
    laid = await _off_cards(tx, _laid(tx, calls, orders, due, cards), calls, orders, cards)
    taken = [one for one in laid if isinstance(one, payment.Taken)]
    started = [one for one in laid if isinstance(one, payment.Started)]
    await payment.take(tx, taken)
    await payment.start(tx, started)
    by = {call.command.order_id: call.scope for call in calls}
    for tender in started:
        facts = payment.PaymentChanged(tender.order_id, tender.tender_id, tender.method, tender.amount, tender.currency)
        tx.emit("payment.started.v1", tender.order_id, facts, by[tender.order_id])
    await _credit(tx, taken, orders, by)
    return [one if isinstance(one, Problem) else _shown(one) for one in laid]


@flow("pay.notice", gives=Noticed, statements=31)
async def notice(tx: Tx, calls: Sequence[Call[payment.Notice]]) -> list[Noticed | Problem]:
    """Record what channels say of tenders. Money that fits is captured; money that comes too late revives its order or goes back."""
    told = [call.command for call in calls]
    named = await payment.tenders(tx, {one.tender_id for one in told})
    orders = await order.lock(tx, [tender.order_id for tender in named.values()])
    judged = await payment.judge(tx, told, order.due_now(orders, await order.legs(tx, orders), tx.now))
    by = {named[call.command.tender_id].order_id: call.scope for call in calls if call.command.tender_id in named}
    revived = await _revive(tx, judged.late, orders)
    announce(tx, await _book_late(tx, judged.late, revived, orders), by)
    await _credit(tx, [*judged.captured, *revived], orders, by)
    for tender in judged.failed:
        facts = payment.PaymentChanged(tender.order_id, tender.tender_id, tender.method, tender.amount, tender.currency)
        tx.emit("payment.failed.v1", tender.order_id, facts, by[tender.order_id])
    for tender in judged.late:
        outcome = "applied" if tender in revived else "refunded"
        late = payment.LatePayment(tender.order_id, tender.tender_id, tender.amount, tender.currency, outcome)
        tx.emit("order.late_payment.v1", tender.order_id, late, by[tender.order_id])
    return [Noticed(one.verdict, one.detail) for one in judged.judgements]


@flow("pay.opened", gives=Opened, statements=2)
async def opened(tx: Tx, calls: Sequence[Call[Opened]]) -> list[Opened | Problem]:
    """Note what payers scan or open."""
    await payment.opened(tx, {call.command.tender_id: call.command.code for call in calls})
    return [call.command for call in calls]


def _card(command: Pay, orders: Mapping[int, order.Order]) -> asset.CardWanted:
    """Which card a payment names."""
    one = orders.get(command.order_id)
    if command.card_id:
        return asset.CardWanted(card_id=command.card_id, member_id=(one.member_id or 0) if one else 0)
    code, pin = command.wish.card, command.wish.pin
    return asset.CardWanted(asset.code_hash(code), asset.pin_hash(code, pin) if pin else None)


def _asked(command: Pay, one: order.Order, due: int, cards: Mapping[asset.CardWanted, asset.Card]) -> int | None:
    """The amount a payment asks to lay down; None for all that is due."""
    card = cards.get(_card(command, {one.order_id: one})) if command.wish.method == asset.GIFT_CARD else None
    return asset.asked_of(card, command.wish.amount_minor, due) if card else command.wish.amount_minor


async def _off_cards(
    tx: Tx,
    laid: Sequence[payment.Taken | payment.Started | Problem],
    calls: Sequence[Call[Pay]],
    orders: Mapping[int, order.Order],
    cards: Mapping[asset.CardWanted, asset.Card],
) -> list[payment.Taken | payment.Started | Problem]:
    """Take what cards pay off them; a card that has not that much any more lays nothing down."""
    spent = [
        asset.CardSpent(one.tender_id, one.order_id, cards[_card(call.command, orders)], one.amount)
        for one, call in zip(laid, calls, strict=True)
        if isinstance(one, payment.Taken) and one.method == asset.GIFT_CARD
    ]
    refused = await asset.spend(tx, spent, [order.account_keys(orders[one.order_id]) for one in spent])
    short = asset.NOT_ENOUGH("there is less on the card", pointer="/amount_minor")
    return [short if isinstance(one, payment.Taken) and one.tender_id in refused else one for one in laid]


def _laid(
    tx: Tx,
    calls: Sequence[Call[Pay]],
    orders: Mapping[int, order.Order],
    due: Mapping[int, int],
    cards: Mapping[asset.CardWanted, asset.Card],
) -> list[payment.Taken | payment.Started | Problem]:
    wishes = [
        (
            call.command.order_id,
            _asked(call.command, orders[call.command.order_id], due[call.command.order_id], cards),
            call.command.wish.method in payment.AT_ONCE,
        )
        for call in calls
        if call.command.order_id in orders
    ]
    amounts = iter(payment.what_may_be_laid(wishes, due))
    laid: list[payment.Taken | payment.Started | Problem] = []
    for call in calls:
        wish, one = call.command.wish, orders.get(call.command.order_id)
        if one is None:
            laid.append(order.NOT_YOURS("no such order"))
            continue
        amount = next(amounts)
        named = _card(call.command, orders) if wish.method == asset.GIFT_CARD else None
        refusal = asset.refuse_card(cards.get(named), named, one.currency, tx.now, "/card") if named else None
        if one.status not in order.PAYABLE:
            laid.append(order.NOT_OPEN(f"it is {one.status}", status_now=one.status))
        elif refusal is not None:
            laid.append(refusal)
        elif isinstance(amount, Problem):
            laid.append(amount)
        elif wish.method in payment.AT_ONCE:
            laid.append(payment.Taken(tx.mint(), one.order_id, wish.method, one.currency, amount, tx.now))
        else:
            # Our account at the channel is the seller's: every legal entity collects its own money.
            laid.append(payment.Started(tx.mint(), one.order_id, wish.method, str(one.seller_id), one.currency, amount, wish.script))
    return laid


async def _credit(
    tx: Tx, money: Sequence[payment.Taken | payment.Tender], orders: Mapping[int, order.Order], by: Mapping[int, Scope]
) -> None:
    """Put money to its orders; the goods of those fully paid now are held for good."""
    if not money:
        return
    entries = [
        payment.capture_entry(one, "payment.captured", one.tender_id, order.account_keys(orders[one.order_id]))
        for one in money
        if isinstance(one, payment.Taken) or one.state == "captured"
    ]
    if entries:
        await ledger.post(tx, entries)
    sums = payment.sums(money)
    await order.pay(tx, sums)
    after = await order.orders(tx, list(sums))
    paid = {id_: one for id_, one in after.items() if not one.owed}
    await ledger.keep(tx, list(paid))
    await claiming.use(tx, paid)
    await ledger.hold_until(tx, order.held_until(after, await order.legs(tx, after)))
    for one in money:
        facts = payment.PaymentChanged(one.order_id, one.tender_id, one.method, one.amount, one.currency)
        tx.emit("payment.captured.v1", one.order_id, facts, by[one.order_id])
    for id_, one in paid.items():
        tx.emit("order.paid.v1", id_, order.OrderChanged(id_, one.paid), by[id_])
        if one.awaits:
            tx.emit("order.waiting.v1", id_, order.OrderChanged(id_, one.paid, (), one.awaits), by[id_])


async def _revive(tx: Tx, late: Sequence[payment.Tender], orders: Mapping[int, order.Order]) -> list[payment.Tender]:
    """Late money that covers an expired order takes its goods once more; the tenders whose orders live again."""
    first = {tender.order_id: tender for tender in reversed(late)}
    policy = {id_: plan_of(orders[id_].scene).ask(payment.LATE_PAYMENT) for id_ in first}
    covering = [
        tender
        for id_, tender in first.items()
        if orders[id_].status == "expired"
        and orders[id_].owed == tender.amount
        and policy[id_] == payment.LATE_RESERVE
        and not orders[id_].play  # what was scarce about it is gone to others
    ]
    if not covering:
        return []
    lines = await order.lines(tx, [tender.order_id for tender in covering])
    places = await inventory.locations_by_id(tx, {line.location_id for mine in lines.values() for line in mine})
    claimed = await claiming.wanted_again(tx, lines)
    groups = [_claims(tender.order_id, lines[tender.order_id], places, claimed.get(tender.order_id, ())) for tender in covering]
    held = await ledger.hold(tx, groups)
    revived = [tender for i, tender in enumerate(covering) if i not in held.refused]
    await order.reopen(tx, [tender.order_id for tender in revived])
    await claiming.take_again(tx, [one for tender in revived for one in claimed.get(tender.order_id, ())])
    await payment.apply(tx, revived)
    return revived


def _claims(
    order_id: int,
    lines: Sequence[order.Line],
    places: Mapping[int, inventory.LocationFacts],
    claimed: Sequence[tuple[order.PlacedClaim, int]],
) -> ledger.ClaimGroup:
    claims = [
        inventory.stock_claim(line.line_id, places[line.location_id], line.owner_id, line.sku_id, line.open) for line in lines if line.open
    ]
    return ledger.ClaimGroup(order_id, (*claims, *order.holds(claimed)))


async def _book_late(
    tx: Tx, late: Sequence[payment.Tender], revived: Sequence[payment.Tender], orders: Mapping[int, order.Order]
) -> list[payment.Refund]:
    """All late money is in the book before anything becomes of it: put to its order, or on its way back."""
    if not late:
        return []
    keys = {one.order_id: order.account_keys(orders[one.order_id]) for one in late}
    entries = [payment.capture_entry(one, "payment.late", one.tender_id, keys[one.order_id]) for one in late]
    entries += [payment.capture_entry(one, "payment.applied", tx.mint(), keys[one.order_id]) for one in revived]
    await ledger.post(tx, entries)
    back = [one for one in late if one not in revived]
    owed = [payment.Owed(one.order_id, one.amount, "late payment", one.tender_id, keys[one.order_id], one.tender_id) for one in back]
    return await payment.give_back(tx, owed)


def _shown(one: payment.Taken | payment.Started) -> Laid:
    if isinstance(one, payment.Taken):
        return Laid(one.tender_id, one.order_id, one.method, "", one.currency, one.amount, "captured")
    return Laid(one.tender_id, one.order_id, one.method, one.merchant, one.currency, one.amount, "started")
