"""A sale at the till: goods, tenders and member in one call; the receipt is an order exactly once, however often it is sent."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from jiutong import ledger
from jiutong.capabilities import access, asset, inventory, member, order, payment, pricing
from jiutong.capabilities import store as room
from jiutong.flows import facts as loaded
from jiutong.flows.counter import TenderLaid, TillSale, basket_of, receipt_key, unauthorized
from jiutong.flows.for_whom import price_for
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import FORBIDDEN, INVALID, Problem
from jiutong.kernel.points import plan_of
from jiutong.kernel.runner import Call, flow

CLOCK_AHEAD_MAX = timedelta(minutes=10)


class _Till(msgspec.Struct, frozen=True):
    """The till of a sale, and what it is doing."""

    device_id: int
    attendance: room.Attendance


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


@flow("till.sale", gives=Rung, statements=17, named_by=receipt_key)
async def till_sale(tx: Tx, calls: Sequence[Call[TillSale]]) -> list[Rung | Problem]:
    """Ring up sales: goods leave the shelf, tenders are taken, revenue is earned; all of a receipt or nothing."""
    members = await member.find_or_create(tx, {i: call.command.member for i, call in enumerate(calls) if call.command.member})
    tills = await _tills(tx, calls)
    baskets = await _baskets(tx, calls, members, tills)
    facts = await loaded.load(tx, [b for b in baskets if isinstance(b, order.Basket)])
    baskets, notes = await _honored(tx, baskets, calls, facts, tills)
    drafts = [_draft(basket, facts, call.command, tills) for basket, call in zip(baskets, calls, strict=True)]
    await loaded.verify(tx)
    cards = await asset.cards(tx, [_card(tender) for call in calls for tender in _of_cards(call.command)])
    drafts = [_by_card(tx, draft, call.command, cards) for draft, call in zip(drafts, calls, strict=True)]
    booked = await _book(tx, drafts, calls, facts, cards)
    rung = [draft for draft in booked if isinstance(draft, order.OrderDraft)]
    if len(await order.place(tx, rung)) != len(rung):
        raise order.RECEIPT_TAKEN("this receipt number was used before the retry window", pointer="/receipt_no")
    tenders = _tenders(booked, calls, tx)
    await payment.take(tx, [tender for tender, _ in tenders])
    await asset.note_spent(tx, [_spent(tender, cards[_card(laid)]) for tender, laid in tenders if laid.method == asset.GIFT_CARD])
    await room.chain(tx, _links(booked, calls), _attendances(tills), _notes(notes, booked))
    for draft, call in zip(booked, calls, strict=True):
        if isinstance(draft, order.OrderDraft):
            tx.emit("sale.rung.v1", draft.order_id, order.placed(draft, facts.earns(draft)), call.scope)
    return [_shown(draft, call.command) for draft, call in zip(booked, calls, strict=True)]


async def _tills(tx: Tx, calls: Sequence[Call[TillSale]]) -> dict[tuple[str, str], _Till]:
    """The tills in use, by (store, device); their shifts stay as they are until the sale is booked."""
    named = await access.devices(tx, list({(call.command.store, call.command.device) for call in calls}))
    active = {name: till for name, till in named.items() if till.active}
    doing = await room.attend(tx, {(till.device_id, till.store_id) for till in active.values()})
    return {name: _Till(till.device_id, doing[till.device_id]) for name, till in active.items()}


def _attendances(tills: Mapping[tuple[str, str], _Till]) -> dict[int, room.Attendance]:
    return {till.device_id: till.attendance for till in tills.values()}


async def _baskets(
    tx: Tx, calls: Sequence[Call[TillSale]], members: Mapping[int, int | Problem], tills: Mapping[tuple[str, str], _Till]
) -> list[order.Basket | Problem]:
    stores = await access.stores(tx, list({call.command.store for call in calls}))
    channels = await access.channels_by_id(tx, list({store.channel_id for store in stores.values()}))
    baskets: list[order.Basket | Problem] = []
    for i, call in enumerate(calls):
        sale = call.command
        store, till, who = stores.get(sale.store), tills.get((sale.store, sale.device)), members.get(i)
        if store is None:
            baskets.append(access.UNKNOWN_STORE(f"no store {sale.store}", pointer="/store"))
        elif till is None:
            baskets.append(access.UNKNOWN_DEVICE(f"no till {sale.device} in store {sale.store}", pointer="/device"))
        elif not store.open:
            baskets.append(access.CLOSED(f"store {sale.store} is closed", pointer="/store"))
        elif sale.sold_at is not None and (sale.sold_at.tzinfo is None or sale.sold_at > tx.now + CLOCK_AHEAD_MAX):
            baskets.append(INVALID("a receipt cannot come from the future; give sold_at with its offset", pointer="/sold_at"))
        elif isinstance(who, Problem):
            baskets.append(who)
        elif (problem := unauthorized(call) or room.refuse_sale(till.attendance, sale.chain is not None)) is not None:
            baskets.append(problem)
        else:
            baskets.append(basket_of(tx, call, store, till.device_id, channels[store.channel_id], who, tx.mint))
    return baskets


async def _honored(
    tx: Tx,
    baskets: Sequence[order.Basket | Problem],
    calls: Sequence[Call[TillSale]],
    facts: loaded.Facts,
    tills: Mapping[tuple[str, str], _Till],
) -> tuple[list[order.Basket | Problem], dict[int, list[room.Noted]]]:
    """A chained receipt's own amounts hold if they were in force not too long ago; where they are not today's, that is noted."""
    doubtful = {
        i
        for i, (basket, call) in enumerate(zip(baskets, calls, strict=True))
        if isinstance(basket, order.Basket) and call.command.chain is not None and not call.scope.holds("till:set_price")
    }
    if not doubtful:
        return list(baskets), {}
    named = {sku.sku_id for i in doubtful for line in calls[i].command.lines if (sku := facts.skus.get(line.sku))}
    history = await pricing.history(tx, list(named))
    judged = list(baskets)
    notes: dict[int, list[room.Noted]] = {}
    for i in doubtful:
        basket, sale = baskets[i], calls[i].command
        if isinstance(basket, Problem):
            continue
        till = tills[sale.store, sale.device]
        from_ = room.hours_back(basket.at, till.attendance.policy)
        whom, asked = _asked(basket, sale, facts, history)
        place, prefer = (basket.channel_id, basket.store_id, basket.currency), facts.plan_of(basket).ask(pricing.PREFER)
        for no, line in enumerate(sale.lines):
            sku = facts.skus.get(line.sku)
            if sku is None or line.amount_minor is None:
                continue
            known = history.get(sku.sku_id)
            charged = line.amount_minor
            was = known and pricing.was_charged(known, place, asked[no], charged, from_, basket.at, prefer, whom, sku.categories)
            if was is None:
                judged[i] = FORBIDDEN("it was not sold at this price lately", pointer=f"/lines/{no}/amount_minor", needs="till:set_price")
                break
            if not was:
                said = f"{line.sku}: {line.amount_minor} charged for {line.quantity}, from before the price changed"
                notes.setdefault(basket.order_id, []).append(
                    room.Noted(basket.store_id, till.device_id, "price", sale.receipt_no, said, basket.order_id)
                )
    return judged, notes


def _asked(
    basket: order.Basket, sale: TillSale, facts: loaded.Facts, history: Mapping[int, pricing.PriceFacts]
) -> tuple[pricing.For, Mapping[int, int | pricing.Reached]]:
    """For whom the prices of a receipt hold, and what counts toward the breaks of its lines."""
    buyer = price_for(basket, facts.whom)
    whom = pricing.ANYBODY if isinstance(buyer, Problem) else buyer
    lines = [(no, sku.sku_id, line.quantity) for no, line in enumerate(sale.lines) if (sku := facts.skus.get(line.sku))]
    bought = facts.whom.bought.get((basket.member_id or 0, basket.company), {})
    return whom, pricing.reached(lines, history, bought, whom)


def _draft(
    basket: order.Basket | Problem, facts: loaded.Facts, sale: TillSale, tills: Mapping[tuple[str, str], _Till]
) -> order.OrderDraft | Problem:
    if isinstance(basket, Problem):
        return basket
    plan = plan_of(basket.scene)
    draft = order.draft(basket, plan.fold(basket, facts, order.NOTHING), plan.version)
    if not isinstance(draft, Problem):
        draft = msgspec.structs.replace(draft, shift_id=tills[sale.store, sale.device].attendance.shift_id)
        return order.paid_by(draft, [tender.amount_minor for tender in sale.tenders])
    return draft


def _notes(notes: Mapping[int, Sequence[room.Noted]], booked: Sequence[order.OrderDraft | Problem]) -> list[room.Noted]:
    """What is to be noted of the sales that were booked."""
    return [one for draft in booked if isinstance(draft, order.OrderDraft) for one in notes.get(draft.order_id, ())[:1]]


def _links(booked: Sequence[order.OrderDraft | Problem], calls: Sequence[Call[TillSale]]) -> list[room.Link]:
    """The booked sales that say where in their till's chain they belong."""
    links: list[room.Link] = []
    for draft, call in zip(booked, calls, strict=True):
        sale = call.command
        if isinstance(draft, order.OrderDraft) and draft.device_id is not None and sale.chain is not None:
            hashed = room.fingerprint(sale.chain, receipt_key(sale), draft.placed_at, sale.lines, sale.tenders)
            link = room.Link(
                draft.order_id, draft.store_id, draft.device_id, sale.receipt_no, sale.chain, hashed, draft.placed_at, draft.total,
                draft.shift_id,
            )  # fmt: skip
            links.append(link)
    return links


async def _book(
    tx: Tx,
    drafts: Sequence[order.OrderDraft | Problem],
    calls: Sequence[Call[TillSale]],
    facts: loaded.Facts,
    cards: Mapping[asset.CardWanted, asset.Card],
) -> list[order.OrderDraft | Problem]:
    """Book goods and money of every sale; what was not on a shelf's book is noted as a shortage."""
    standing = [(i, draft) for i, draft in enumerate(drafts) if isinstance(draft, order.OrderDraft)]
    await inventory.know(tx, [(facts.places[line.location_id], line.owner_id, line.sku_id) for _, d in standing for line in d.lines])
    posted = await ledger.post(tx, [_entry(draft, calls[i].command, facts, cards) for i, draft in standing])
    outcome = list(drafts)
    for position, short in posted.refused.items():
        i, _ = standing[position]
        if short.account.unit.startswith("CARD/"):
            outcome[i] = asset.NOT_ENOUGH(f"{short.free} is left on the card", pointer="/tenders", left=short.free)
            continue
        if (refusal := order.refusal_of(standing[position][1], short)) is not None:
            outcome[i] = refusal
            continue
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


def _entry(draft: order.OrderDraft, sale: TillSale, facts: loaded.Facts, cards: Mapping[asset.CardWanted, asset.Card]) -> ledger.Entry:
    keys: dict[str, object] = {"seller": draft.seller_id, "place": draft.store_id, "day": draft.business_day, "shift": draft.shift_id}
    paid, paid_over = ("tendered", "overage") if draft.shift_id is None else ("drawer", "drawer_overage")
    legs = [inventory.issue(facts.places[line.location_id], line.owner_id, line.sku_id, line.quantity) for line in draft.lines]
    for tender in sale.tenders:
        legs += ledger.leg("sale.rung", paid, tender.amount_minor, draft.currency, keys | {"method": tender.method})
    for tender in _of_cards(sale):
        legs += asset.spent(cards[_card(tender)], tender.amount_minor, keys, draft.shift_id)
    legs += [ledger.Transfer(one.account, one.to, one.amount) for one in draft.claims]
    legs += order.adjustment_legs("sale.rung", draft.adjustments, draft.currency, keys)
    legs += order.charge_legs("sale.rung", draft.charges, draft.currency, keys)
    if sale.overage is not None:
        paid_out = keys | {"method": sale.overage.method, "funder": sale.overage.funder}
        legs += ledger.leg("sale.rung", paid_over, sale.overage.amount_minor, draft.currency, paid_out)
    legs += ledger.leg("sale.rung", "tax", draft.tax, draft.currency, keys)
    return ledger.Entry(draft.order_id, "sale.rung", draft.order_id, tuple(legs))


def _of_cards(sale: TillSale) -> list[TenderLaid]:
    return [tender for tender in sale.tenders if tender.method == asset.GIFT_CARD]


def _card(tender: TenderLaid) -> asset.CardWanted:
    """Which card a tender names."""
    return asset.CardWanted(asset.code_hash(tender.card), asset.pin_hash(tender.card, tender.pin) if tender.pin else None)


def _by_card(
    tx: Tx, draft: order.OrderDraft | Problem, sale: TillSale, cards: Mapping[asset.CardWanted, asset.Card]
) -> order.OrderDraft | Problem:
    """The sale, if every card laid down can pay here."""
    if isinstance(draft, Problem):
        return draft
    for i, tender in enumerate(sale.tenders):
        named = _card(tender)
        pointer = f"/tenders/{i}/card"
        if tender.method == asset.GIFT_CARD and (no := asset.refuse_card(cards.get(named), named, draft.currency, tx.now, pointer)):
            return no
    return draft


def _spent(tender: payment.Taken, card: asset.Card) -> asset.CardSpent:
    return asset.CardSpent(tender.tender_id, tender.order_id, card, tender.amount)


def _tenders(
    drafts: Sequence[order.OrderDraft | Problem], calls: Sequence[Call[TillSale]], tx: Tx
) -> list[tuple[payment.Taken, TenderLaid]]:
    return [
        (payment.Taken(tx.mint(), draft.order_id, tender.method, draft.currency, tender.amount_minor, draft.placed_at), tender)
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
