"""What can be done with points, red packets and procurement points. All verbs are plural and run in the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from jiutong import ledger
from jiutong.capabilities.asset import rules, store
from jiutong.capabilities.asset.model import (
    CARD_GRACE_DAYS,
    CARD_STATE,
    CARD_TAKEN,
    CHANGED,
    EMPTY_WALLET,
    RED_PACKET_GRACE_DAYS,
    ActivateCard,
    Card,
    CardRefund,
    CardsIssued,
    CardSpent,
    CardWanted,
    Clawback,
    Deduct,
    Deducted,
    Earning,
    Expired,
    ExpireLots,
    Grant,
    Granted,
    Holder,
    IssueCards,
    Lot,
    LotFacts,
    Programme,
    PutProgramme,
    Reckoned,
    Refunding,
    SoldOrder,
    TopUp,
    Wallet,
)
from jiutong.kernel import stamps
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import Problem


async def programmes(tx: Tx) -> Mapping[str, tuple[Programme, ...]]:
    """Quote. All versions of the terms by kind, the first one first. No statement for what is remembered."""
    kept = store.kept(tx)
    found, missing = kept.known(tx, (0,))
    if missing:
        loaded = await store.load_programmes(tx)
        kept.keep(tx, {0: loaded})
        found[0] = loaded[1]
    return found[0]


async def publish(tx: Tx, wishes: Sequence[PutProgramme], by: Sequence[str]) -> list[Programme | Problem]:
    """Guard. Publish new versions of the terms; each ends the one before where it begins."""
    _, known = await store.load_programmes(tx)
    versions = {kind: list(known.get(kind, ())) for kind in ("points", "beans")}
    outcomes: list[Programme | Problem] = []
    new: list[tuple[str, Programme, str]] = []
    for wish, who in zip(wishes, by, strict=True):
        mine = versions[wish.kind]
        problem = rules.refuse_terms(wish, mine, tx.now)
        if problem is not None:
            outcomes.append(problem)
            continue
        made = Programme(len(mine) + 1, wish.valid_from or tx.now, wish.points, wish.beans)
        mine.append(made)
        new.append((wish.kind, made, who))
        outcomes.append(made)
    if new:
        if await store.insert_programme(tx, new) != len(new):
            raise Again("somebody else published terms meanwhile")
        await stamps.bump(tx, store.TOPIC, [0])
        tx.after_commit.append(lambda: store.forget(tx))
    return outcomes


async def wallets(tx: Tx, holders: Collection[Holder]) -> dict[Holder, Wallet]:
    """Quote. What these holders have and owe; an empty wallet for who has nothing."""
    found = await store.read_wallets(tx, holders) if holders else {}
    return {holder: found.get(holder, EMPTY_WALLET) for holder in holders}


async def grant(tx: Tx, wishes: Sequence[Grant], by: Sequence[str], known: Collection[int]) -> list[Granted | Problem]:
    """Post. Give lots to holders (`known` are those there are); what a member owes in points is taken off at once."""
    outcomes: list[Granted | Problem] = []
    lots: list[Lot] = []
    for wish, who in zip(wishes, by, strict=True):
        given = rules.granted(wish, set(known), [tx.mint() for _ in wish.holders], who, tx.now)
        if isinstance(given, Problem):
            outcomes.append(given)
        else:
            lots += given
            outcomes.append(Granted(tuple(lot.lot_id for lot in given)))
    await _give(tx, lots)
    return outcomes


async def deduct(tx: Tx, wishes: Sequence[Deduct]) -> list[Deducted | Problem]:
    """Plan. Take from what holders can use, first what expires first; refused where there is less."""
    found = await wallets(tx, {Holder(wish.kind, wish.holder_id) for wish in wishes})
    outcomes: list[Deducted | Problem] = []
    entries: list[ledger.Entry] = []
    for wish in wishes:
        planned = rules.deduction(wish, found[Holder(wish.kind, wish.holder_id)], tx.mint(), tx.now)
        if isinstance(planned, Problem):
            outcomes.append(planned)
        else:
            entries.append(planned[0])
            outcomes.append(Deducted(wish.kind, wish.amount, wish.reason, tuple(planned[1])))
    if entries and (await ledger.post(tx, entries)).refused:
        raise CHANGED("somebody used it meanwhile; look again")
    return outcomes


async def reckon(tx: Tx, orders: Sequence[SoldOrder]) -> list[Reckoned]:
    """Plan. Let paid orders earn, and take back what the units undone since had earned. Being told twice changes nothing.

    The caller holds the orders' locks. What a member has spent already is owed: it is never dropped.
    """
    known = await store.read_earnings(tx, [order.order_id for order in orders]) if orders else {}
    told = await programmes(tx)
    lots, earnings = rules.lots_earned(orders, known, told.get("points", ()), [tx.mint() for _ in orders], tx.now)
    given = {lot.source_id: lot for lot in await _give(tx, lots)}
    if earnings:
        await store.insert_earnings(tx, earnings)
    for earning in earnings:
        known.setdefault(earning.order_id, []).append(earning)
    clawed = await _claw(tx, [(order, known.get(order.order_id, [])) for order in orders])
    outcomes: list[Reckoned] = []
    for order in orders:
        lot, back = given.get(order.order_id), clawed.get(order.order_id)
        points, owed = (back.points, back.owed) if back else (0, 0)
        outcomes.append(Reckoned(order.order_id, lot.amount if lot else 0, points, owed, lot))
    return outcomes


async def claw_back(tx: Tx, orders: Sequence[SoldOrder], refunds: Mapping[int, int]) -> dict[int, Clawback]:
    """Plan. Take back what units undone had earned before their refunds (minor units, by order) go out, where the terms take it off them.

    Orders by other terms are left to `reckon`. The caller holds the orders' locks.
    """
    versions = (await programmes(tx)).get("points", ()) if orders else ()
    if not any(one.points and one.points.clawback == "refund" for one in versions):
        return {}
    known = await store.read_earnings(tx, [order.order_id for order in orders])
    mine = [(order, known.get(order.order_id, [])) for order in orders]
    taking = {
        order.order_id: terms
        for order, earnings in mine
        if (terms := rules.refunding(order, earnings, versions, refunds.get(order.order_id, 0))) is not None
    }
    return await _claw(tx, [one for one in mine if one[0].order_id in taking], taking)


async def due(tx: Tx, lots_max: int, at: datetime) -> list[int]:
    """Quote. The lots that can be used no more and hold something, longest overdue first."""
    return await store.due_lots(tx, at, lots_max)


async def expire(tx: Tx, wishes: Sequence[ExpireLots]) -> tuple[list[Expired], dict[int, LotFacts]]:
    """Plan. Book what is left of lots as expired, and close them; what is held stays until it is used or given back. The lots by id."""
    lots = await store.read_lots(tx, {id_ for wish in wishes for id_ in wish.lots})
    over = {id_: lot for id_, lot in lots.items() if lot.usable_until <= tx.now and not lot.held}
    entries = [
        ledger.Entry(
            tx.mint(), "asset.expired", id_,
            (ledger.Transfer(rules.lot_account(lot.kind, lot.holder_id, id_, lot.unit), rules.EXPIRED, lot.free),),
        )
        for id_, lot in over.items()
        if lot.free
    ]  # fmt: skip
    if entries and (await ledger.post(tx, entries)).refused:
        raise Again("a lot was used while it expired")
    if over:
        await store.close_lots(tx, list(over))
    return [Expired(tuple((id_, over[id_].free) for id_ in wish.lots if id_ in over)) for wish in wishes], over


async def given_back(tx: Tx, account_ids: Collection[int]) -> int:
    """Guard. Something came back into these accounts: lots of them that have expired may be used for the days of grace; how many."""
    if not account_ids:
        return 0
    told = await programmes(tx)
    points, beans = (rules.in_force(told.get(kind, ()), tx.now) for kind in ("points", "beans"))
    grace = {
        "points": points.points.grace_days if points and points.points else 0,
        "beans": beans.beans.grace_days if beans and beans.beans else 0,
        "red_packet": RED_PACKET_GRACE_DAYS,
    }
    return await store.open_again(tx, list(account_ids), grace)


async def issue_cards(
    tx: Tx, wishes: Sequence[IssueCards], places: Sequence[tuple[int, int]], by: Sequence[str]
) -> list[CardsIssued | Problem]:
    """Post. Issue batches of cards at places (place, business day); active ones are worth their amount, and the money is owed.

    Raises CARD_TAKEN when a code was given before.
    """
    outcomes: list[CardsIssued | Problem] = []
    batches: list[tuple[int, IssueCards, Sequence[int], int, int, str]] = []
    for wish, (place, day), who in zip(wishes, places, by, strict=True):
        problem = rules.refuse_issue(wish, tx.now)
        if problem is not None:
            outcomes.append(problem)
            continue
        batch_id, ids = tx.mint(), tuple(tx.mint() for _ in wish.cards)
        batches.append((batch_id, wish, ids, place, day, who))
        origin = "granted" if wish.funder else "sold"
        outcomes.append(CardsIssued(batch_id, ids, wish.currency, wish.amount, origin, wish.active))
    if not batches:
        return outcomes
    if len(await store.insert_cards(tx, batches)) != sum(len(ids) for _, _, ids, _, _, _ in batches):
        raise CARD_TAKEN("make other codes")
    entries: list[ledger.Entry] = []
    for batch_id, wish, ids, place, day, _ in batches:
        keys = {"place": place, "day": day, "method": wish.method, "funder": wish.funder}
        origin = "granted" if wish.funder else "sold"
        legs = tuple(leg for id_ in ids for leg in rules.valued(id_, wish.currency, wish.amount, origin, keys)) if wish.active else ()
        if legs:
            entries.append(ledger.Entry(batch_id, f"card.{origin}", batch_id, legs))
    if entries:
        await ledger.post(tx, entries)
    return outcomes


async def activate_cards(tx: Tx, wishes: Sequence[ActivateCard], places: Sequence[tuple[int, int]]) -> list[Card | Problem]:
    """Guard. Printed cards become worth their face."""
    known = await store.read_cards(tx, {wish.card_id for wish in wishes}, ())
    rows = [
        (wish.card_id, "granted" if wish.funder else "sold", wish.method, wish.reference, wish.funder, place, day)
        for wish, (place, day) in zip(wishes, places, strict=True)
    ]
    moved = await store.activate_cards(tx, rows)
    entries: list[ledger.Entry] = []
    outcomes: list[Card | Problem] = []
    for card_id, origin, method, _, funder, place, day in rows:
        card = known.get(card_id)
        if card is None or card_id not in moved:
            outcomes.append(CARD_STATE("only a card that was issued and is not active yet can be activated"))
            continue
        moved.discard(card_id)
        keys = {"place": place, "day": day, "method": method, "funder": funder}
        legs = rules.valued(card_id, card.currency, card.face, origin, keys)
        entries.append(ledger.Entry(tx.mint(), f"card.{origin}", card_id, legs))
        outcomes.append(card)
    if entries:
        await ledger.post(tx, entries)
    return outcomes


async def top_up(tx: Tx, wishes: Sequence[TopUp]) -> list[Card | Problem]:
    """Guard. More money on cards that are active; it is owed where the card's money is."""
    known = await store.read_cards(tx, {wish.card_id for wish in wishes}, ())
    entries: list[ledger.Entry] = []
    outcomes: list[Card | Problem] = []
    amounts: dict[int, int] = {}
    for wish in wishes:
        card = known.get(wish.card_id)
        if card is None or card.state != "active" or card.origin != "sold":
            outcomes.append(CARD_STATE("only an active card that was sold takes more money"))
            continue
        keys = {"place": card.place, "day": card.day, "method": wish.method}
        entries.append(
            ledger.Entry(tx.mint(), "card.sold", card.card_id, rules.valued(card.card_id, card.currency, wish.amount, "sold", keys))
        )
        amounts[card.card_id] = amounts.get(card.card_id, 0) + wish.amount
        outcomes.append(card)
    if amounts:
        if await store.add_face(tx, amounts) != len(amounts):
            raise CARD_STATE("the card was blocked meanwhile")
        await ledger.post(tx, entries)
    return outcomes


async def move_cards(tx: Tx, card_ids: Sequence[int], from_: Sequence[str], to: str) -> set[int]:
    """Guard. Block cards, or let blocked ones be used again; those that were in one of these states."""
    return await store.move_cards(tx, card_ids, from_, to)


async def close_out(tx: Tx, card_ids: Sequence[int], days: Mapping[int, int]) -> dict[int, int]:
    """Guard. Book what is left on cards as income, by explicit act; what it was, by card. `days` are the business days by place."""
    known = await store.read_cards(tx, card_ids, ())
    moved = await store.move_cards(tx, card_ids, ["active", "blocked"], "written_off")
    entries: list[ledger.Entry] = []
    for card_id in sorted(moved):
        card = known[card_id]
        if card.left:
            keys = {"place": card.place, "day": days.get(card.place, card.day)}
            entries.append(rules.written_off(tx.mint(), card, card.left, keys))
    if entries and (await ledger.post(tx, entries)).refused:
        raise Again("a card was used while it was written off")
    return {card_id: known[card_id].left for card_id in moved}


async def cards(tx: Tx, wanted: Collection[CardWanted]) -> dict[CardWanted, Card]:
    """Quote. The cards somebody shows; unknown ones are absent. Whether they can pay `refuse_card` says."""
    asked = set(wanted)
    if not asked:
        return {}
    found = await store.read_cards(tx, {one.card_id for one in asked if one.card_id}, {one.code_hash for one in asked if not one.card_id})
    return {one: card for one in asked if (card := found.get(one.card_id or one.code_hash)) is not None}


async def spend(tx: Tx, spent: Sequence[CardSpent], keys: Sequence[Mapping[str, object]]) -> set[int]:
    """Guard. Take tenders off their cards, each whole or not at all; the tenders that were refused. `keys`: place and day of the sale."""
    if not spent:
        return set()
    entries = [
        ledger.Entry(tx.mint(), "card.spent", one.order_id, rules.spent(one.card, one.amount, sale))
        for one, sale in zip(spent, keys, strict=True)
    ]
    refused = (await ledger.post(tx, entries)).refused
    took = [one for i, one in enumerate(spent) if i not in refused]
    if took:
        await store.insert_tenders(tx, took)
    return {spent[i].tender_id for i in refused}


async def note_spent(tx: Tx, spent: Sequence[CardSpent]) -> None:
    """Post. Note which card paid which tender of a sale whose entry has booked it."""
    if spent:
        await store.insert_tenders(tx, spent)


async def back_on_cards(tx: Tx, refunds: Sequence[CardRefund]) -> None:
    """Post. What cards paid and goes back is on them again, at once; an expired card may be used for some days more."""
    if not refunds:
        return
    amounts: dict[int, int] = {}
    for one in refunds:
        amounts[one.tender_id] = amounts.get(one.tender_id, 0) + one.amount
    of_tender = await store.return_tenders(tx, amounts, CARD_GRACE_DAYS)
    known = await store.read_cards(tx, set(of_tender.values()), ())
    await ledger.post(tx, [rules.refunded(tx.mint(), known[of_tender[one.tender_id]], one) for one in refunds])


async def _give(tx: Tx, lots: Sequence[Lot]) -> list[Lot]:
    """Write lots and book them; what their holders owe is taken off."""
    if not lots:
        return []
    debtors = {lot.holder_id: rules.owed_account(lot.holder_id) for lot in lots if lot.kind == "points"}
    shown = await ledger.balances(tx, list(debtors.values()))
    given = rules.netted(lots, {id_: shown[account.account_id].left for id_, account in debtors.items()})
    await store.insert_lots(tx, given, [rules.lot_account(x.kind, x.holder_id, x.lot_id, x.unit).account_id for x in given])
    if (await ledger.post(tx, [rules.given_entry(lot) for lot in given])).refused:
        raise Again("what a holder owes was paid meanwhile")
    return given


async def _claw(
    tx: Tx, orders: Sequence[tuple[SoldOrder, Sequence[Earning]]], taking: Mapping[int, Refunding] = MappingProxyType({})
) -> dict[int, Clawback]:
    """Take back what orders earned by units that are undone; out of what their holders have left, then off refunds, the rest is owed."""
    moved = [(order, rules.taken_back(order, earnings), {e.line_id: e.clawed for e in earnings}) for order, earnings in orders]
    moved = [one for one in moved if one[1]]
    if not moved:
        return {}
    found = await wallets(tx, {Holder("points", order.member_id) for order, _, _ in moved})
    made: dict[int, Clawback] = {}
    entries: list[ledger.Entry] = []
    for order, rows, before in moved:
        holder = Holder("points", order.member_id)
        points = sum(row.clawed - before[row.line_id] for row in rows)
        back, entry = rules.clawback(tx.mint(), order, points, rows[0].lot_id, found[holder].lots, taking.get(order.order_id))
        found[holder] = rules.drawn_from(found[holder], entry)
        made[order.order_id] = back
        entries += [entry] if entry.transfers else []
    if entries and (await ledger.post(tx, entries)).refused:
        raise Again("the points were used while they were taken back")
    await store.move_earnings(tx, [row for _, rows, _ in moved for row in rows])
    await store.insert_clawbacks(tx, list(made.values()))
    return made
