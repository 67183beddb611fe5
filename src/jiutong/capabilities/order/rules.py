"""Decisions of trade: how a fold becomes an order, and what some units of a line carry."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong import ledger
from jiutong.capabilities.order.model import (
    AMOUNT_MAX,
    EMPTY,
    MIXED_SELLERS,
    NO_LINE,
    NOT_OPEN,
    SELLER,
    TENDERS_DIFFER,
    TOO_MANY,
    TOO_MUCH,
    WRONG_COUNTER,
    Adjustment,
    Basket,
    Charge,
    Claim,
    Findings,
    GivenAdjustment,
    Leg,
    Line,
    LineDraft,
    MarkDown,
    Order,
    OrderDraft,
    OrderPlaced,
    PlacedClaim,
    Reversal,
    Share,
    Stay,
    Units,
    Withheld,
)
from jiutong.kernel.errors import Problem
from jiutong.kernel.money import allocate_capped, units_share


def taken_off(adjustments: Sequence[Adjustment]) -> dict[int, int]:
    """Minor units taken off per line number."""
    off: dict[int, int] = {}
    for a in adjustments:
        off[a.line_no] = off.get(a.line_no, 0) + a.amount
    return off


def adjust_lines(basket: Basket, found: Findings) -> tuple[Adjustment, ...]:
    """The adjustments given on the lines themselves (stage `line`)."""
    return tuple(
        Adjustment(line.line_no, "line", given.reason, given.funder, given.amount_minor)
        for line in basket.lines
        for given in line.adjustments
        if given.amount_minor
    )


def spread(given: Sequence[GivenAdjustment], stage: str, basket: Basket, found: Findings) -> tuple[tuple[Adjustment, ...], int]:
    """Spread basket adjustments over the lines in proportion to what is left of them; what no line could bear is returned."""
    off = taken_off(found.adjustments)
    left = [found.prices[line.line_no].gross - off.get(line.line_no, 0) for line in basket.lines]
    made: list[Adjustment] = []
    unborne = 0
    for one in given:
        shares, rest = allocate_capped(one.amount_minor, left)
        unborne += rest
        left = [room - share for room, share in zip(left, shares, strict=True)]
        made.extend(
            Adjustment(line.line_no, stage, one.reason, one.funder, share)
            for line, share in zip(basket.lines, shares, strict=True)
            if share
        )
    return tuple(made), unborne


def draft(basket: Basket, found: Findings, plan_version: str) -> OrderDraft | Problem:
    """The order a basket and its findings make, or the first reason why there is none."""
    if found.blocks:
        first, *rest = found.blocks
        return first if not rest else Problem(first.type, first.detail, tuple(e for b in found.blocks for e in b.errors), first.facts)
    if not basket.lines:
        return EMPTY("add at least one line", pointer="/lines")
    sellers = {offer.seller_id for offer in found.offers.values()}
    if len(sellers) > 1:
        return MIXED_SELLERS("the lines belong to different sellers", pointer="/lines")
    off = taken_off(found.adjustments)
    charged = charged_on(found.charges)
    lines: list[LineDraft] = []
    gross = discount = tax = total = units = 0
    for wish in basket.lines:
        no = wish.line_no
        offer, price, line_tax = found.offers[no], found.prices[no], found.taxes[no]
        line_off = off.get(no, 0)
        payable = price.gross - line_off + (line_tax.amount if line_tax.on_top else 0) + charged.get(no, 0)
        lines.append(
            LineDraft(
                wish.line_id,
                no,
                offer.sku_id,
                offer.listing_id,
                offer.owner_id,
                found.sources[no].location_id,
                offer.tax_class,
                line_tax.rate_bp,
                price.price_id,
                price.source,
                price.unit_price,
                price.per,
                wish.quantity,
                price.gross,
                line_off,
                line_tax.amount,
                payable,
                charged.get(no, 0),
            )
        )
        gross += price.gross
        discount += line_off
        tax += line_tax.amount
        total += payable
        units += wish.quantity
    if max(gross, total) > AMOUNT_MAX:
        return TOO_MUCH(f"at most {AMOUNT_MAX} in all", pointer="/lines", most_minor=AMOUNT_MAX)
    return OrderDraft(
        basket.order_id,
        basket.scene,
        plan_version,
        basket.channel_id,
        basket.store_id,
        sellers.pop(),
        basket.member_id,
        basket.currency,
        basket.business_day,
        basket.at,
        gross,
        discount,
        tax,
        total,
        units,
        tuple(lines),
        found.adjustments,
        found.dues,
        basket.contact,
        basket.device_id,
        basket.receipt_no,
        play=found.play,
        awaits=found.awaits,
        place=found.place,
        claims=tuple(msgspec.structs.replace(one, claim_id=no) for no, one in enumerate(found.claims, 1)),
        charges=found.charges,
        notes=found.notes,
    )


def charged_on(charges: Sequence[Charge]) -> dict[int, int]:
    """Minor units of freight and fees, with their tax on top, per line number."""
    charged: dict[int, int] = {}
    for one in charges:
        charged[one.line_no] = charged.get(one.line_no, 0) + one.payable
    return charged


def over_floor(basket: Basket, found: Findings, allowed_bp: int) -> list[tuple[int, int]]:
    """Lines from which more is taken off by hand than may be: (line number, the most allowed).

    That is `allowed_bp` basis points of their list amount, and no further than the least they may come to, unless who may take off any
    gives it.
    """
    given = {one.reason for one in basket.adjustments}
    off = taken_off([one for one in found.adjustments if one.stage == "line" or (one.stage == "order" and one.rule in given)])
    prices = ((line.line_no, found.prices[line.line_no]) for line in basket.lines)
    most = {no: price.gross * allowed_bp // 10_000 for no, price in prices}
    if not basket.may_discount_any:
        most = {no: min(amount, max(found.prices[no].gross - found.prices[no].floor, 0)) for no, amount in most.items()}
    return [(no, most[no]) for no, taken in sorted(off.items()) if taken > most[no]]


def payable(found: Findings) -> int:
    """What the customer owes: list amounts, less what is taken off, the tax that comes on top, freight and fees."""
    gross = sum(price.gross for price in found.prices.values())
    off = sum(a.amount for a in found.adjustments)
    on_top = sum(line_tax.amount for line_tax in found.taxes.values() if line_tax.on_top)
    return gross - off + on_top + sum(charge.payable for charge in found.charges)


def to_be_paid(draft_: OrderDraft) -> OrderDraft | Problem:
    """The order if its scene says how it is to be paid; one that does not sells at the till alone."""
    if draft_.dues and sum(due.amount for due in draft_.dues) == draft_.total:
        return draft_
    return WRONG_COUNTER("this channel sells at its tills", pointer="/channel")


def paid_by(draft_: OrderDraft, laid: Sequence[int]) -> OrderDraft | Problem:
    """The order if the tenders laid down (minor units, net of change) come to its total exactly."""
    if draft_.dues:
        return WRONG_COUNTER("what this channel sells is paid later", pointer="/store")
    if sum(laid) == draft_.total:
        return draft_
    told = f"{sum(laid)} was laid down for {draft_.total}"
    return TENDERS_DIFFER(told, pointer="/tenders", total_minor=draft_.total, laid_minor=sum(laid))


def paid_with(draft_: OrderDraft, kind: str) -> tuple[int, int]:
    """How many units of an asset (points, red_packet) an order takes, and the minor units they pay."""
    units = sum(one.amount for one in draft_.claims if one.kind == kind)
    return units, sum(one.amount for one in draft_.adjustments if one.stage == kind)


def placed(draft_: OrderDraft, earns: bool = False) -> OrderPlaced:
    """What the world is told of a new order."""
    return OrderPlaced(
        draft_.order_id,
        draft_.scene,
        draft_.channel_id,
        draft_.store_id,
        draft_.member_id,
        draft_.currency,
        draft_.total,
        tuple((line.sku_id, line.quantity, line.payable) for line in draft_.lines),
        earns,
    )


def chosen(order_id: int, lines: Sequence[Line], asked: Sequence[tuple[int, int]], left: Callable[[Line], int]) -> list[Units] | Problem:
    """The units somebody names as (line number, quantity), as far as they are `left` (open, or sold)."""
    by_no = {line.line_no: line for line in lines}
    units: list[Units] = []
    for i, (line_no, quantity) in enumerate(asked):
        line = by_no.pop(line_no, None)
        if line is None:
            return NO_LINE(f"line {line_no} is not on this order, or named twice", pointer=f"/lines/{i}/line")
        if quantity > left(line):
            return TOO_MANY(f"line {line_no} has {left(line)} left", pointer=f"/lines/{i}/quantity", left=left(line))
        units.append(Units(order_id, line.line_id, quantity))
    return units


def open_units(lines: Sequence[Line]) -> list[Units]:
    """Everything that has neither shipped nor been canceled."""
    return [Units(line.order_id, line.line_id, line.open) for line in lines if line.open]


def still_open(lines: Sequence[Line], canceled: Sequence[Units]) -> dict[int, dict[int, int]]:
    """What is left to be sent by order and line, once these units are canceled; only of orders that lose some."""
    gone = {(one.order_id, one.line_id): one.quantity for one in canceled}
    touched = {one.order_id for one in canceled}
    left: dict[int, dict[int, int]] = {}
    for line in lines:
        if line.order_id in touched:
            left.setdefault(line.order_id, {})[line.line_id] = line.open - gone.get((line.order_id, line.line_id), 0)
    return left


def shortened(order_id: int, lines: Sequence[Line], asked: Sequence[tuple[int, int]]) -> list[Units] | Problem:
    """The units to cancel so that of each line named (line number, quantity) that many are left. More cannot be added."""
    left = {line.line_no: line.quantity - line.canceled for line in lines}
    cut: list[tuple[int, int]] = []
    for i, (line_no, quantity) in enumerate(asked):
        if line_no not in left:
            return NO_LINE(f"there is no line {line_no}", pointer=f"/lines/{i}/line")
        if quantity > left[line_no]:
            return NOT_OPEN("a placed order does not grow; place another one", pointer=f"/lines/{i}/quantity", left=left[line_no])
        if quantity < left[line_no]:
            cut.append((line_no, left[line_no] - quantity))
    return chosen(order_id, lines, cut, lambda line: line.open)


def share(line: Line, before: int, units: int, with_charges: bool = True) -> Share:
    """What units `before + 1 … before + units` of a line carry, by prefix differences.

    Each part (net, tax, every adjustment, every charge) is split by its own prefix function, so all shares are non-negative
    and any sequence of partial shipments, cancellations and returns ends at exactly the totals of the whole line.
    """
    net = line.gross - line.discount
    net_share = units_share(net, before, units, line.quantity)
    tax_share = units_share(line.tax, before, units, line.quantity)
    on_top = line.payable - line.charged > net
    parts = tuple(
        Adjustment(a.line_no, a.stage, a.rule, a.funder, part)
        for a in line.adjustments
        if (part := units_share(a.amount, before, units, line.quantity))
    )
    charges = tuple(charge_share(one, before, units, line.quantity) for one in line.charges) if with_charges else ()
    payable = net_share + (tax_share if on_top else 0) + sum(one.payable for one in charges)
    return Share(net_share, tax_share, payable, parts, tuple(one for one in charges if one.gross or one.tax))


def charge_share(charge: Charge, before: int, units: int, whole: int) -> Charge:
    """What some units of a line carry of a charge: what is left of it, what is taken off and its tax each by their own prefixes."""
    net = units_share(charge.gross - charge.off, before, units, whole)
    off = units_share(charge.off, before, units, whole)
    tax = units_share(charge.tax, before, units, whole)
    on_top = charge.payable > charge.gross - charge.off
    return msgspec.structs.replace(charge, gross=net + off, off=off, tax=tax, payable=net + (tax if on_top else 0))


def shipping_share(line: Line, units: int) -> Share:
    """What the next `units` to ship carry: units ship from the front."""
    return share(line, line.shipped, units)


def canceling_share(line: Line, units: int) -> Share:
    """What the next `units` to cancel carry: units are canceled from the back, so they never meet the shipped ones."""
    return share(line, line.quantity - line.canceled - units, units)


def returning_share(line: Line, units: int, with_charges: bool = False) -> Share:
    """What the next `units` to return carry: they come back in the order they shipped. Freight comes back only when we are at fault."""
    return share(line, line.returned, units, with_charges)


def carried(moves: Sequence[Units], shares: Sequence[Share]) -> dict[int, int]:
    """What the moved units carry per order, in minor units the customer owes or owed."""
    amounts: dict[int, int] = {}
    for move, share_ in zip(moves, shares, strict=True):
        amounts[move.order_id] = amounts.get(move.order_id, 0) + share_.payable
    return amounts


def reversals(moves: Sequence[Units], shares: Sequence[Share], known: Mapping[int, Line]) -> dict[int, tuple[Reversal, ...]]:
    """What the moved units undo, line by line, per order. `known` are the lines by id."""
    undone: dict[int, tuple[Reversal, ...]] = {}
    for move, one in zip(moves, shares, strict=True):
        line_no = known[move.line_id].line_no
        undone[move.order_id] = (
            *undone.get(move.order_id, ()),
            Reversal(line_no, move.quantity, one.gross, one.adjustments, one.tax, one.payable, one.charges),
        )
    return undone


def stays(lines: Sequence[Line], units: Sequence[Units], *, returned: bool) -> list[Stay]:
    """What is left to the buyer of each line once these units are canceled, or returned. `lines` are as they stood before."""
    moved = {one.line_id: one.quantity for one in units}
    found: list[Stay] = []
    for line in lines:
        gone = moved.get(line.line_id, 0)
        first = line.returned + (gone if returned else 0)
        left = line.quantity - line.canceled - first - (0 if returned else gone)
        found.append(Stay(line, left, share(line, first, left, with_charges=False)))
    return found


def forgone(
    cause_id: int, staying: Sequence[Stay], lost: Mapping[str, int], rates: Mapping[int, int], tax_of: Callable[[int, int, bool], int]
) -> list[Withheld]:
    """What units that stay cost more where rules ("code@version") no longer take so much off them: by line and funder, with its tax."""
    rows: list[Withheld] = []
    for rule, amount in sorted(lost.items()):
        kept_ = [(stay.line, a) for stay in staying for a in stay.share.adjustments if a.rule == rule]
        parts, _ = allocate_capped(amount, [a.amount for _, a in kept_])
        for (line, a), part in zip(kept_, parts, strict=True):
            if part:
                on_top = line.payable - line.charged > line.gross - line.discount
                tax = tax_of(part, rates[line.line_id], not on_top)
                payable_ = part + (tax if on_top else 0)
                rows.append(Withheld(line.order_id, cause_id, line.line_no, "requalify", rule, a.funder, part, tax, payable_))
    return rows


def withheld_now(cause_id: int, wanted: Sequence[Withheld], before: Sequence[Withheld], room: int) -> list[Withheld]:
    """How what is withheld of an order changes, so that `wanted` is: no more at once than the `room` of this refund.

    What is wanted depends on the units that stay alone; so when none is left, everything has gone back.
    """
    asked, had = sum(one.payable for one in wanted), sum(one.payable for one in before)
    parts, _ = allocate_capped(min(asked, had + room), [one.payable for one in wanted])
    moved = {(one.line_no, one.rule, one.funder): _less(one, part) for one, part in zip(wanted, parts, strict=True)}
    for one in before:
        key = one.line_no, one.rule, one.funder
        now = moved.get(key, msgspec.structs.replace(one, cause_id=cause_id, amount=0, tax=0, payable=0))
        amount, tax, payable_ = now.amount - one.amount, now.tax - one.tax, now.payable - one.payable
        moved[key] = msgspec.structs.replace(now, amount=amount, tax=tax, payable=payable_)
    return [one for _, one in sorted(moved.items()) if one.amount or one.tax]


def _less(one: Withheld, part: int) -> Withheld:
    """So much of it only."""
    if part == one.payable:
        return one
    tax = one.tax * part // one.payable
    return msgspec.structs.replace(one, amount=part - tax if one.payable > one.amount else part, tax=tax, payable=part)


def less_withheld(amounts: Mapping[int, int], rows: Mapping[int, Sequence[Withheld]]) -> dict[int, int]:
    """What goes back of each order's amount."""
    return {id_: amount - sum(one.payable for one in rows.get(id_, ())) for id_, amount in amounts.items()}


def withheld_entries(rows: Sequence[Withheld], currency: str, keys: Mapping[str, object], mint: Callable[[], int]) -> list[ledger.Entry]:
    """What is withheld of one order's refund falls to those who had borne it; what goes back after all comes from them again."""
    entries: list[ledger.Entry] = []
    for event, sign in (("refund.withheld", 1), ("refund.let_go", -1)):
        legs: list[ledger.Transfer] = []
        for one in rows:
            mine = {**keys, "rule": one.rule, "funder": one.funder}
            borne = "discount" if one.funder == SELLER else "funded"
            for word, amount in ((borne, one.amount), ("tax_on_top", one.payable - one.amount), ("tax", one.tax)):
                legs += ledger.leg(event, word, max(sign * amount, 0), currency, mine)
        if legs:
            entries.append(ledger.Entry(mint(), event, rows[0].order_id, tuple(legs)))
    return entries


def paid_part(amounts: Mapping[int, int], unpaid: Mapping[int, int]) -> dict[int, int]:
    """How much of canceled amounts had been paid and is owed back, per order; orders of which nothing was are left out."""
    return {id_: back for id_, amount in amounts.items() if (back := amount - unpaid.get(id_, 0))}


def adjustment_legs(event: str, adjustments: Sequence[Adjustment], currency: str, keys: Mapping[str, object]) -> list[ledger.Transfer]:
    """Who bears what was taken off: the seller as a discount of that rule, anybody else as a debt to the seller."""
    sums: dict[tuple[str, str], int] = {}
    for a in adjustments:
        sums[a.funder, a.rule if a.funder == SELLER else ""] = sums.get((a.funder, a.rule if a.funder == SELLER else ""), 0) + a.amount
    legs: list[ledger.Transfer] = []
    for (funder, rule), amount in sorted(sums.items()):
        if funder == SELLER:
            legs += ledger.leg(event, "discount", amount, currency, {**keys, "rule": rule})
        else:
            legs += ledger.leg(event, "funded", amount, currency, {**keys, "funder": funder})
    return legs


def money_legs(event: str, carried: Share, currency: str, keys: Mapping[str, object]) -> list[ledger.Transfer]:
    """What shipping or returning these units moves: the customer's part, each funder's, the tax, and what is charged besides.

    `keys`: seller, place, day.
    """
    charged = sum(one.payable for one in carried.charges)
    return [
        *ledger.leg(event, "net", carried.payable - charged, currency, keys),
        *adjustment_legs(event, carried.adjustments, currency, keys),
        *ledger.leg(event, "tax", carried.tax, currency, keys),
        *charge_legs(event, carried.charges, currency, keys),
    ]


def charge_legs(event: str, charges: Sequence[Charge], currency: str, keys: Mapping[str, object]) -> list[ledger.Transfer]:
    """What freight and fees move: the customer's part, the funder's of what is taken off, and the tax."""
    legs: list[ledger.Transfer] = []
    for one in charges:
        mine = {**keys, "kind": one.kind, "rule": one.off_rule, "funder": one.off_funder}
        legs += ledger.leg(event, "charge", one.payable, currency, mine)
        legs += ledger.leg(event, "charge_discount" if one.off_funder == SELLER else "charge_funded", one.off, currency, mine)
        legs += ledger.leg(event, "charge_tax", one.tax, currency, mine)
    return legs


def refusal_of(draft_: OrderDraft, short: ledger.Shortfall) -> Problem | None:
    """Why an order is refused whose claim could not be borne; None when the account is none of its claims'."""
    for one in draft_.claims:
        if one.account.account_id == short.account.account_id:
            why = one.refusal
            return Problem(why.type, why.detail, why.errors, {**why.facts, "left": short.free})
    return None


def claims_back(
    claims: Sequence[PlacedClaim], lines: Mapping[int, Line], units: Sequence[Units], *, ended: Collection[int], returned: bool
) -> list[tuple[PlacedClaim, int]]:
    """How much of each claim comes back when these units are canceled, or returned. `lines` are as they stood before.

    `ended` are the orders of which nothing is left. What was only held comes back with the units it was for, whatever its terms say
    of what was used.
    """
    moved = {(one.order_id, one.line_id): one.quantity for one in units}
    parts: list[tuple[PlacedClaim, int]] = []
    for claim in claims:
        if claim.order_id in ended:
            # All at once, so that what earlier cancellations of other units left with the order comes too.
            part = claim.left if not claim.used or claim.back != "never" else 0
        elif claim.line_id == 0 or (quantity := moved.get((claim.order_id, claim.line_id))) is None:
            part = 0
        elif returned:
            line = lines[claim.line_id]
            part = units_share(claim.amount, line.returned, quantity, line.quantity) if claim.back == "units" else 0
        else:
            line = lines[claim.line_id]
            comes = not claim.used or claim.back in {"units", "unshipped"}
            part = units_share(claim.amount, line.quantity - line.canceled - quantity, quantity, line.quantity) if comes else 0
        if part:
            parts.append((claim, part))
    return parts


def claim_open(claim: PlacedClaim, lines: Mapping[int, Line]) -> int:
    """What of a claim the units that were not canceled stand for."""
    if claim.line_id == 0:
        return claim.amount
    line = lines[claim.line_id]
    return claim.amount - units_share(claim.amount, line.quantity - line.canceled, line.canceled, line.quantity)


def holds(claims: Iterable[tuple[Claim | PlacedClaim, int]]) -> list[ledger.Claim]:
    """So much of these claims as the book holds it: once of each account, under the account's own id, for however many lines."""
    held: dict[int, ledger.Claim] = {}
    for one, amount in claims:
        name = one.account.account_id
        known = held.get(name)
        held[name] = ledger.Claim(name, one.account, one.to, amount if known is None else known.amount + amount)
    return list(held.values())


def used_entries(used: Sequence[PlacedClaim], mint: Callable[[], int]) -> list[ledger.Entry]:
    """One fact per order: what it held of scarce things is used."""
    by_order: dict[int, list[tuple[PlacedClaim, int]]] = {}
    for one in used:
        if one.left:
            by_order.setdefault(one.order_id, []).append((one, one.left))
    return [
        ledger.Entry(
            mint(),
            "claims.used",
            order_id,
            tuple(ledger.Transfer(c.from_, c.to, c.amount, ledger.HoldRef(order_id, c.hold_id)) for c in holds(mine)),
        )
        for order_id, mine in by_order.items()
    ]


def returned_entries(parts: Sequence[tuple[PlacedClaim, int]], mint: Callable[[], int]) -> list[ledger.Entry]:
    """One fact per order: what it had used comes back where it was taken from."""
    by_order: dict[int, list[tuple[PlacedClaim, int]]] = {}
    for one, part in parts:
        if one.used:
            by_order.setdefault(one.order_id, []).append((one, part))
    return [
        ledger.Entry(mint(), "claims.returned", order_id, tuple(ledger.Transfer(c.to, c.from_, c.amount) for c in holds(mine)))
        for order_id, mine in by_order.items()
    ]


def releases(parts: Sequence[tuple[PlacedClaim, int]], whole: Collection[int]) -> list[ledger.Release]:
    """What is held no longer of claims that come back before they were used, but for orders that are released `whole`."""
    return [ledger.Release(one.order_id, one.account.account_id, part) for one, part in parts if not one.used and one.order_id not in whole]


def account_keys(order: Order) -> dict[str, object]:
    """How the ledger's money accounts name this order: seller, place, business day."""
    return {"seller": order.seller_id, "place": order.place, "day": order.business_day}


def due_now(orders: Mapping[int, Order], legs: Mapping[int, Sequence[Leg]], at: datetime) -> dict[int, int]:
    """What may be paid of each order now: what is owed, without the payables that have not opened yet."""
    shut = {id_: sum(leg.owed for leg in mine if leg.opens_at is not None and leg.opens_at > at) for id_, mine in legs.items()}
    return {id_: max(one.due - shut.get(id_, 0), 0) for id_, one in orders.items()}


def next_due(legs: Sequence[Leg]) -> datetime | None:
    """Until when the next of these payables must be paid; None when nothing is owed, or nothing by a time."""
    return next((leg.due_at for leg in legs if leg.owed), None)


def held_until(orders: Mapping[int, Order], legs: Mapping[int, Sequence[Leg]]) -> dict[int, datetime]:
    """Orders that owe a later payable, and until when their goods are held for it."""
    until = {id_: next_due(mine) for id_, mine in legs.items() if orders[id_].paid and orders[id_].owed}
    return {id_: at for id_, at in until.items() if at is not None}


def not_due_yet(orders: Mapping[int, Order], legs: Mapping[int, Sequence[Leg]], at: datetime) -> dict[int, datetime]:
    """Orders whose next payable is not overdue, and until when it is not: their earlier ones were paid meanwhile."""
    return {id_: until for id_, until in held_until(orders, legs).items() if until > at}


def kept(order: Order, legs: Sequence[Leg]) -> int:
    """What the seller keeps if the buyer withdraws now, or lets the next payable go by: payables that were paid whole."""
    while_ = {"until_paid", "until_shipped"} if order.owed else {"until_shipped"}
    if order.units_shipped:
        return 0
    return sum(leg.paid for leg in legs if leg.kept in while_ and not leg.owed)


def less_kept(paid: Mapping[int, int], kept_: Mapping[int, int]) -> dict[int, int]:
    """What goes back of what was paid, when some of it stays with the seller; orders of which nothing does are left out."""
    return {id_: back for id_, amount in paid.items() if (back := amount - kept_.get(id_, 0))}


def all_of(lines: Sequence[Line], units: Sequence[Units]) -> bool:
    """Whether these units are everything on an order."""
    return sum(one.quantity for one in units) == sum(line.quantity for line in lines)


def ends(lines: Sequence[Line], units: Sequence[Units]) -> bool:
    """Whether an order of which nothing has shipped has nothing left once these units are canceled."""
    left = sum(line.quantity - line.canceled for line in lines) - sum(one.quantity for one in units)
    return not left and not any(line.shipped for line in lines)


def earnest(legs: Sequence[Leg]) -> int:
    """What a seller who defaults owes once more: payables that bind both sides, as far as they were paid whole."""
    return sum(leg.paid for leg in legs if leg.kept and not leg.owed)


LATER = 16_384
"""What is taken off after an order was placed is numbered from here on, so it never meets what was taken off then."""


def marked_down(wish: MarkDown, tax_bp: int, tax_of: Callable[[int, int, bool], int]) -> tuple[int, int, int, int, int]:
    """What a line costs less: (order, line, more discount, less tax, less to be paid). Tax is that of what is left of its net."""
    line, off = wish.line, sum(a.amount for a in wish.adjustments)
    net = line.gross - line.discount
    on_top = line.payable - line.charged > net
    less_tax = line.tax - tax_of(net - off, tax_bp, not on_top)
    return line.order_id, line.line_id, off, less_tax, off + (less_tax if on_top else 0)


def numbered(wishes: Sequence[MarkDown]) -> list[tuple[int, int, int, Adjustment]]:
    """What more is taken off, numbered within its line: (order, line, number, what)."""
    return [
        (wish.line.order_id, wish.line.line_id, LATER + len(wish.line.adjustments) + i, one)
        for wish in wishes
        for i, one in enumerate(wish.adjustments)
    ]


def by_order(marked: Sequence[tuple[int, int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """What orders cost less, from what their lines do: (order, more discount, less tax, less to be paid)."""
    sums: dict[int, tuple[int, int, int]] = {}
    for order_id, _, off, tax, less in marked:
        was = sums.get(order_id, (0, 0, 0))
        sums[order_id] = (was[0] + off, was[1] + tax, was[2] + less)
    return [(order_id, *sums[order_id]) for order_id in sorted(sums)]


def less_owed(marked: Sequence[tuple[int, int, int, int, int]]) -> dict[int, int]:
    """What less is to be paid, per order."""
    return {order_id: less for order_id, _, _, less in by_order(marked)}
