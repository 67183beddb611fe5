"""Decisions of assets: what a basket may burn and of which lots, what an order earns, and what is taken back of it.

Law: points are taken from lots in the order they expire and go back into the very lots they came from; whatever the sequence of
partial returns, what is taken back of an order's points ends at what it earned.
"""

import calendar
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from jiutong import ledger
from jiutong.capabilities.asset.model import (
    CARD_SOLD,
    CARD_STATE,
    GIFT_CARD,
    LOT_WINDOW,
    NO_CARD,
    NO_HOLDER,
    NOT_ENOUGH,
    TERMS,
    WHOLE_BP,
    BeansTerms,
    Burn,
    Burned,
    Card,
    CardRefund,
    CardWanted,
    Clawback,
    Deduct,
    Earning,
    Grant,
    IssueCards,
    Kind,
    Lot,
    LotFacts,
    LotState,
    Offered,
    PointsTerms,
    Programme,
    PutProgramme,
    Rate,
    Refunding,
    SoldLine,
    SoldOrder,
    Wallet,
)
from jiutong.kernel.errors import Problem
from jiutong.kernel.money import allocate, allocate_capped, prefix_share

ISSUED = ledger.account_of("issued", {}, "any")
USED = ledger.account_of("used", {}, "any")
EXPIRED = ledger.account_of("expired", {}, "any")
CLAWED = ledger.account_of("clawed", {}, "any")
POINT, BEAN, RED = "POINT", "BEAN", "RED/"


def unit_of(kind: Kind, currency: str) -> str:
    """What lots of a kind are counted in: points and beans as such, red packets in their currency."""
    return {"points": POINT, "beans": BEAN}.get(kind, f"{RED}{currency}")


def lot_account(kind: str, holder_id: int, lot_id: int, unit: str) -> ledger.Account:
    """The account that counts what is left of a lot. Nobody takes what is not there."""
    return ledger.account_of(kind, {"holder": holder_id, "lot": lot_id}, unit, 0)


def owed_account(holder_id: int) -> ledger.Account:
    """The account of the points a member owes: taken back after they had been spent."""
    return ledger.account_of("points_owed", {"holder": holder_id}, POINT, 0)


def month_account(company_id: int, member_id: int, month: int, most: int) -> ledger.Account:
    """The account that lets a buyer burn `most` of their company's procurement points in a month, and no more."""
    return ledger.account_of("bean_month", {"company": company_id, "member": member_id, "month": month, "most": most}, "QUOTA", -most)


def refuse_terms(wish: PutProgramme, versions: Sequence[Programme], now: datetime) -> Problem | None:
    """Why these terms cannot be published; None when they can. The pointer names the field."""
    terms = wish.points or wish.beans
    if terms is None:
        return TERMS("say the terms", pointer="/terms")
    if wish.valid_from is not None and wish.valid_from.tzinfo is None:
        return TERMS("give the instant with its offset", pointer="/valid_from")
    if wish.valid_from is not None and wish.valid_from < now:
        return TERMS("terms begin now or later", pointer="/valid_from")
    if versions and (wish.valid_from or now) < versions[-1].valid_from:
        return TERMS("an announced version begins later than that", pointer="/valid_from", announced=versions[-1].version)
    return _refuse_rates(wish, terms.rates)


def _refuse_rates(wish: PutProgramme, rates: Sequence[Rate]) -> Problem | None:
    seen: set[str] = set()
    for i, rate in enumerate(rates):
        if rate.currency in seen:
            return TERMS(f"{rate.currency} is named twice", pointer=f"/terms/rates/{i}/currency")
        seen.add(rate.currency)
        if (rate.earn_points == 0) != (rate.earn_minor == 0):
            return TERMS("points are earned for an amount: give both or neither", pointer=f"/terms/rates/{i}/earn_minor")
        if (rate.burn_points == 0) != (rate.burn_minor == 0):
            return TERMS("points are worth an amount: give both or neither", pointer=f"/terms/rates/{i}/burn_minor")
        if wish.points is not None and wish.points.clawback == "refund" and rate.earn_points and not rate.burn_points:
            return TERMS("what is taken off a refund needs the worth of a point", pointer=f"/terms/rates/{i}/burn_points")
        if wish.beans is not None and rate.earn_points:
            return TERMS("procurement points are given, not earned", pointer=f"/terms/rates/{i}/earn_points")
    return None


def in_force(versions: Sequence[Programme], at: datetime) -> Programme | None:
    """The version of the terms at an instant: the latest that has begun."""
    return next((one for one in reversed(versions) if one.valid_from <= at), None)


def rate_of(terms: PointsTerms | BeansTerms, currency: str) -> Rate | None:
    """The rate of a currency; None where the programme says nothing of it."""
    return next((rate for rate in terms.rates if rate.currency == currency), None)


def usable(wallet: Wallet, unit: str, at: datetime) -> tuple[list[LotFacts], int]:
    """The lots a basket may draw on at an instant, in drawing order, and how much of them in all: what is owed comes off first."""
    lots = [lot for lot in wallet.lots if lot.unit == unit and lot.free > 0 and lot.active_from <= at < lot.usable_until]
    return lots, max(sum(lot.free for lot in lots) - wallet.owed, 0)


def offered(wallet: Wallet, unit: str, rate: Rate, share_bp: int, least: int, left: Sequence[int], at: datetime) -> Offered:
    """How many points a basket could burn: as many as there are, worth no more than the share allowed of what is left to pay."""
    _, there = usable(wallet, unit, at)
    payable = sum(left) * share_bp // WHOLE_BP
    most = min(there, points_for(payable, rate))
    if there == 0:
        return Offered(0, 0, "nothing_usable")
    if most < least:
        return Offered(there, 0, "below_least", least - most)
    if most < there:
        return Offered(there, most, "share", there - most)
    return Offered(there, most)


def worth(points: int, rate: Rate) -> int:
    """Minor units points are worth, rounded down."""
    return points * rate.burn_minor // rate.burn_points if rate.burn_points else 0


def points_for(minor: int, rate: Rate) -> int:
    """The fewest points worth so many minor units; where no number of points is worth just that, the next amount below."""
    if not rate.burn_minor:
        return 0
    fewest = -(-minor * rate.burn_points // rate.burn_minor)
    if worth(fewest, rate) == minor:
        return fewest
    reached = worth(minor * rate.burn_points // rate.burn_minor, rate)
    return -(-reached * rate.burn_points // rate.burn_minor)


def burn_points(wallet: Wallet, unit: str, wanted: int, rate: Rate, left: Mapping[int, int], at: datetime) -> Burned:
    """Burn up to `wanted` points over lines with so much left to pay: the fewest points for the amount, lots by expiry."""
    lots, there = usable(wallet, unit, at)
    points = points_for(min(worth(min(wanted, there), rate), sum(left.values())), rate)
    shares, _ = allocate_capped(worth(points, rate), list(left.values()))
    amounts = {no: share for no, share in zip(left, shares, strict=True) if share}
    by_line = dict(zip(amounts, allocate(points, list(amounts.values())), strict=True)) if amounts else {}
    return Burned(tuple(amounts.items()), tuple(_drawn(lots, by_line)))


def burn_packets(
    wallet: Wallet, unit: str, wanted: int, left: Mapping[int, int], at: datetime
) -> tuple[Burned, dict[tuple[int, str], int]]:
    """Burn up to `wanted` minor units of red packets, and who bears how much of each line: the funders of the lots."""
    lots, there = usable(wallet, unit, at)
    shares, _ = allocate_capped(min(wanted, there), list(left.values()))
    by_line = {no: share for no, share in zip(left, shares, strict=True) if share}
    burns = _drawn(lots, by_line)
    borne: dict[tuple[int, str], int] = {}
    for burn in burns:
        key = burn.line_no, burn.lot.funder
        borne[key] = borne.get(key, 0) + burn.units
    return Burned(tuple(by_line.items()), tuple(burns)), borne


def _drawn(lots: Sequence[LotFacts], by_line: Mapping[int, int]) -> list[Burn]:
    """Draw lines, one after the other, on lots, one after the other."""
    burns: list[Burn] = []
    queue = [(lot, lot.free) for lot in lots]
    for no, wanted in by_line.items():
        while wanted:
            lot, rest = queue[0]
            part = min(wanted, rest)
            burns.append(Burn(no, lot, part))
            wanted -= part
            queue[0] = (lot, rest - part)
            if rest == part:
                del queue[0]
    return burns


def earned(order: SoldOrder, line: SoldLine, terms: PointsTerms) -> int:
    """The points a line earns on what was paid for it, rounded down; multipliers of level, channel and categories multiply."""
    rate = rate_of(terms, order.currency)
    if rate is None or not rate.earn_minor:
        return 0
    up, down = line.net * rate.earn_points, rate.earn_minor
    factors = [terms.levels.get(order.level), terms.channels.get(order.channel)]
    factors += [max((terms.categories[code] for code in line.categories if code in terms.categories), default=None)]
    for factor in factors:
        if factor is not None:
            up, down = up * factor, down * WHOLE_BP
    return up // down


def would_earn(order: SoldOrder, versions: Sequence[Programme], at: datetime) -> int:
    """The points an order earns if it is paid at `at`."""
    programme = in_force(versions, at)
    if programme is None or programme.points is None:
        return 0
    return sum(earned(order, line, programme.points) for line in order.lines)


def lots_earned(
    orders: Sequence[SoldOrder],
    known: Mapping[int, Sequence[Earning]],
    versions: Sequence[Programme],
    mint: Sequence[int],
    at: datetime,
) -> tuple[list[Lot], list[Earning]]:
    """What orders earn that have not earned yet: a lot each, and what of it came by which line. `mint` has an id for each order."""
    lots: list[Lot] = []
    earnings: list[Earning] = []
    programme = in_force(versions, at)
    if programme is None or programme.points is None:
        return lots, earnings
    terms = programme.points
    for order, lot_id in zip(orders, mint, strict=True):
        if not order.earns or order.order_id in known:
            continue
        rows = [
            Earning(order.order_id, line.line_id, lot_id, line.quantity, line.net, points, 0, programme.version)
            for line in order.lines
            if (points := earned(order, line, terms))
        ]
        if rows:
            total = sum(row.points for row in rows)
            active, until = at + timedelta(days=terms.promised_days), months_later(at, terms.valid_months)
            lots.append(
                Lot(lot_id, "points", order.member_id, POINT, total, "order", order.order_id, terms.funder, "", "", at, active,
                    max(until, active + timedelta(days=1)))
            )  # fmt: skip
            earnings += rows
    return lots, earnings


def taken_back(order: SoldOrder, earnings: Sequence[Earning]) -> list[Earning]:
    """What the units undone since take back of what was earned: by line, as it stands after that; lines that lose nothing are absent."""
    undone = {line.line_id: line.undone for line in order.lines}
    moved = [(row, prefix_share(row.points, undone.get(row.line_id, 0), row.quantity)) for row in earnings]
    return [msgspec.structs.replace(row, clawed=target) for row, target in moved if target > row.clawed]


def refunding(order: SoldOrder, earnings: Sequence[Earning], versions: Sequence[Programme], room: int) -> Refunding | None:
    """How the terms an order earned by take points off its refund; None where they do not."""
    terms = next((one.points for one in versions if earnings and one.version == earnings[0].version), None)
    rate = rate_of(terms, order.currency) if terms is not None and terms.clawback == "refund" else None
    return None if terms is None or rate is None else Refunding(f"points@{earnings[0].version}", terms.funder, rate, room)


def clawback(
    clawback_id: int, order: SoldOrder, points: int, own_lot: int, lots: Sequence[LotFacts], refund: Refunding | None = None
) -> tuple[Clawback, ledger.Entry]:
    """Take points back: out of the order's own lot first, then out of the holder's others, then out of the refund; the rest is owed."""
    rest = points
    legs: list[ledger.Transfer] = []
    for lot in sorted(lots, key=lambda lot: lot.lot_id != own_lot):
        part = min(rest, max(lot.free, 0))
        if part:
            legs.append(ledger.Transfer(lot_account(lot.kind, lot.holder_id, lot.lot_id, lot.unit), CLAWED, part))
            rest -= part
    deducted = points_for(min(worth(rest, refund.rate), refund.room), refund.rate) if refund else 0
    owed = rest - deducted
    if owed:
        legs.append(ledger.Transfer(CLAWED, owed_account(order.member_id), owed))
    made = Clawback(clawback_id, order.order_id, order.member_id, points, owed)
    if refund and deducted:
        amount = worth(deducted, refund.rate)
        made = msgspec.structs.replace(made, deducted=deducted, amount=amount, rule=refund.rule, funder=refund.funder)
    return made, ledger.Entry(clawback_id, "points.clawed_back", order.order_id, tuple(legs))


def drawn_from(wallet: Wallet, entry: ledger.Entry) -> Wallet:
    """The wallet after an entry has taken from its lots."""
    taken: dict[int, int] = {}
    for moved in entry.transfers:
        taken[moved.from_.account_id] = taken.get(moved.from_.account_id, 0) + moved.amount
    lots = [(lot, taken.get(lot_account(lot.kind, lot.holder_id, lot.lot_id, lot.unit).account_id, 0)) for lot in wallet.lots]
    return Wallet(tuple(msgspec.structs.replace(lot, free=lot.free - part) if part else lot for lot, part in lots), wallet.owed)


def given_entry(lot: Lot) -> ledger.Entry:
    """A lot is given; what its holder owes is taken off it at once."""
    account = lot_account(lot.kind, lot.holder_id, lot.lot_id, lot.unit)
    legs = [ledger.Transfer(ISSUED, account, lot.amount)]
    if lot.netted:
        legs += [ledger.Transfer(account, CLAWED, lot.netted), ledger.Transfer(owed_account(lot.holder_id), CLAWED, lot.netted)]
    event = "points.earned" if lot.source == "order" else "asset.granted"
    return ledger.Entry(lot.lot_id, event, lot.source_id, tuple(legs))


def netted(lots: Sequence[Lot], owed: Mapping[int, int]) -> list[Lot]:
    """The lots with what of each goes against what its holder owes, in order."""
    left = dict(owed)
    given: list[Lot] = []
    for lot in lots:
        part = min(lot.amount, left.get(lot.holder_id, 0)) if lot.kind == "points" else 0
        left[lot.holder_id] = left.get(lot.holder_id, 0) - part
        given.append(msgspec.structs.replace(lot, netted=part) if part else lot)
    return given


def granted(grant: Grant, holders: set[int], lot_ids: Sequence[int], by: str, at: datetime) -> list[Lot] | Problem:
    """The lots of a grant, or why it cannot be given."""
    for i, holder in enumerate(grant.holders):
        if holder not in holders:
            return NO_HOLDER("there is no such holder", pointer=f"/holders/{i}")
    active = grant.active_from or at
    if grant.expires_at.tzinfo is None or active.tzinfo is None:
        return LOT_WINDOW("give the instant with its offset", pointer="/expires_at")
    if active < at:
        return LOT_WINDOW("it cannot have been usable before it was given", pointer="/active_from")
    if grant.expires_at <= active:
        return LOT_WINDOW("it would expire before it could be used", pointer="/expires_at")
    return [
        Lot(id_, grant.kind, holder, grant.unit, grant.amount, "grant", id_, grant.funder, grant.reason, by, at, active, grant.expires_at)
        for holder, id_ in zip(grant.holders, lot_ids, strict=True)
    ]


def deduction(wish: Deduct, wallet: Wallet, entry_id: int, at: datetime) -> tuple[ledger.Entry, list[tuple[int, int]]] | Problem:
    """Take from lots by expiry what is to be deducted; refused when there is less."""
    lots, there = usable(wallet, wish.unit, at)
    if there < wish.amount:
        return NOT_ENOUGH(f"{there} can be taken", pointer="/amount", usable=there)
    burns = _drawn(lots, {0: wish.amount})
    legs = tuple(ledger.Transfer(lot_account(b.lot.kind, b.lot.holder_id, b.lot.lot_id, b.lot.unit), USED, b.units) for b in burns)
    return ledger.Entry(entry_id, "asset.deducted", wish.holder_id, legs), [(b.lot.lot_id, b.units) for b in burns]


def state_of(amount: int, left: int, active_from: datetime, usable_until: datetime, expired: bool, at: datetime) -> LotState:
    """What can be done with a lot now."""
    if expired or at >= usable_until:
        return "expired"
    if left <= 0:
        return "used"
    return "promised" if at < active_from else "active"


def months_later(at: datetime, months: int) -> datetime:
    """The same day and time so many months later; the last of the month where it is shorter."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def code_hash(code: str) -> bytes:
    """What is kept of a card's code. The code is random enough (80 bits) that nobody finds it by trying."""
    return hashlib.sha256(normal(code).encode()).digest()


def pin_hash(code: str, pin: str) -> bytes:
    """What is kept of a card's PIN: salted with the code, which nobody keeps, so that the table alone tells no PIN."""
    return hashlib.blake2b(pin.encode(), key=normal(code).encode()[:64], digest_size=32).digest()


def normal(code: str) -> str:
    """A code as it is read: no dashes or spaces, capital letters."""
    return "".join(code.split()).replace("-", "").upper()


def card_account(card_id: int, currency: str) -> ledger.Account:
    """The account that counts what is left on a card. It never goes below zero."""
    return ledger.account_of("card", {"card": card_id}, f"CARD/{currency}", 0)


def valued(card_id: int, currency: str, amount: int, origin: str, keys: Mapping[str, object]) -> tuple[ledger.Transfer, ...]:
    """A card is worth so much, and the money is owed. `keys`: place, day, and method or funder."""
    event = "card.sold" if origin == "sold" else "card.granted"
    return (ledger.Transfer(ISSUED, card_account(card_id, currency), amount), *ledger.leg(event, "amount", amount, currency, keys))


def spent(card: Card, amount: int, keys: Mapping[str, object], shift_id: int | None = None) -> tuple[ledger.Transfer, ...]:
    """A card pays: what is on it is used, and what the tender's account took is no longer owed. `keys`: place and day of the sale."""
    took = ledger.leg("card.spent", "amount" if shift_id is None else "drawer", amount, card.currency, _sale(keys, shift_id))[0].from_
    owed = ledger.account_of("stored_value", {"place": card.place, "day": card.day}, card.currency)
    return (ledger.Transfer(card_account(card.card_id, card.currency), USED, amount), ledger.Transfer(took, owed, amount))


def refunded(entry_id: int, card: Card, back: CardRefund) -> ledger.Entry:
    """What a card paid is on it again, and owed again."""
    took = _sale(back.keys, back.shift_id)
    gave = ledger.leg("card.refunded", "amount" if back.shift_id is None else "drawer", back.amount, card.currency, took)[0].to
    owed = ledger.account_of("stored_value", {"place": card.place, "day": card.day}, card.currency)
    legs = (ledger.Transfer(USED, card_account(card.card_id, card.currency), back.amount), ledger.Transfer(owed, gave, back.amount))
    return ledger.Entry(entry_id, "card.refunded", back.order_id, legs)


def _sale(keys: Mapping[str, object], shift_id: int | None) -> dict[str, object]:
    return {**keys, "method": GIFT_CARD, "shift": shift_id}


def written_off(entry_id: int, card: Card, amount: int, at_keys: Mapping[str, object]) -> ledger.Entry:
    """What is left on a card is income: somebody says so."""
    owed = ledger.account_of("stored_value", {"place": card.place, "day": card.day}, card.currency)
    income = ledger.account_of("breakage", at_keys, card.currency)
    legs = (ledger.Transfer(card_account(card.card_id, card.currency), EXPIRED, amount), ledger.Transfer(income, owed, amount))
    return ledger.Entry(entry_id, "card.written_off", card.card_id, legs)


def refuse_card(card: Card | None, wanted: CardWanted, currency: str, at: datetime, pointer: str) -> Problem | None:
    """Why a card cannot pay here; None when it can. A wrong code and a wrong PIN are told alike."""
    if card is None:
        return NO_CARD("there is no such card, or the PIN is wrong", pointer=pointer)
    if wanted.card_id and (card.member_id is None or card.member_id != wanted.member_id):
        return NO_CARD("there is no such card, or the PIN is wrong", pointer=pointer)
    if not wanted.card_id and card.pin_hash is not None and not hmac.compare_digest(card.pin_hash, wanted.pin_hash or b""):
        return NO_CARD("there is no such card, or the PIN is wrong", pointer=pointer)
    if card.state != "active":
        return CARD_STATE(f"the card is {card.state}", pointer=pointer, state=card.state)
    if card.expires_at is not None and card.expires_at <= at:
        return CARD_STATE("the card has expired", pointer=pointer, state="expired")
    if card.currency != currency:
        return NO_CARD(f"the card is in {card.currency}", pointer=pointer, currency=card.currency)
    return None


def asked_of(card: Card, asked: int | None, due: int) -> int:
    """How much a card is to pay: what is asked, or as much as it can."""
    return min(card.left, due) if asked is None else asked


def refuse_issue(wish: IssueCards, at: datetime) -> Problem | None:
    """Why cards cannot be issued so; None when they can."""
    if wish.active and bool(wish.method) == bool(wish.funder):
        return CARD_SOLD("say either how it was paid for or who gives it", pointer="/sold")
    if not wish.active and (wish.method or wish.funder):
        return CARD_SOLD("a card that is not active yet has not been paid for", pointer="/active")
    if wish.expires_at is not None and (wish.expires_at.tzinfo is None or wish.expires_at <= at):
        return LOT_WINDOW("it would have expired already, or has no offset", pointer="/expires_at")
    return None
