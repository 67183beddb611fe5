"""One past order again: what it came to, and what its scene's own steps make of it under a draft."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import fulfillment, order, pricing, promotion, simulation
from jiutong.capabilities.order import Basket, BasketLine, Findings, GivenAdjustment, OrderDraft
from jiutong.capabilities.pricing import PriceFacts, PriceRow
from jiutong.capabilities.simulation import Noted, Replayed, SalesSums, SimulatedLine, TakenOffBy
from jiutong.flows import for_promotions, gating
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import plan_of
from jiutong.reads.simulations import PastLine, PastOrder

DRAFTED = 0
"""The id of every price row that is only a draft."""

BY_HAND = frozenset({"line"})
"""The stages of what somebody took off by hand or by receipt: facts of the basket, whatever the rules are today."""


class Drafted(msgspec.Struct, frozen=True):
    """A draft made ready: price rows by SKU's code, and the scope of the list they would stand in."""

    basis: simulation.Basis
    scope: tuple[str, int, str] = ("base", 0, "")
    list_code: str = ""
    rows: Mapping[str, tuple[PriceRow, ...]] = {}
    standing: promotion.Ruleset = promotion.Ruleset(())
    """The promotions without the draft: those that run, or none where what was sold stays sold."""

    rules: promotion.Ruleset = promotion.Ruleset(())
    """The same with the draft."""

    drafts: tuple[str, ...] = ()
    """The rules that are only drafts, and ask for a coupon: everybody has one in hand."""

    time_zone: str = "UTC"


def baskets(pasts: Sequence[PastOrder], drafted: Drafted, now: datetime) -> list[Basket]:
    """Past orders as the baskets they were: as they were sold, or to be priced as of now."""
    return [_basket(past, drafted, now) for past in pasts]


def goods_alone(facts: Facts) -> Facts:
    """The facts without promotions, limits, freight and fees: promotions are asked here, at the hour of the order; what was bought is no
    longer limited; and freight is not replayed.
    """
    return msgspec.structs.replace(facts, deals=for_promotions.NONE, gates=gating.NO_GATES, tariffs=fulfillment.NO_TARIFFS)


def under(facts: Facts, drafted: Drafted) -> Facts:
    """The facts as they would be if the draft were published."""
    if not drafted.rows:
        return facts
    prices = dict(facts.prices)
    for code, rows in drafted.rows.items():
        sku = facts.skus.get(code)
        if sku is not None:
            prices[sku.sku_id] = _with_rows(facts.prices.get(sku.sku_id), sku.sku_id, rows, drafted)
    return msgspec.structs.replace(facts, prices=prices)


def replay(
    pasts: Sequence[PastOrder],
    asked: Sequence[Basket],
    facts: Facts,
    drafted_facts: Facts,
    drafted: Drafted,
) -> list[Replayed]:
    """What each order came to and what it would have come to."""
    return [_replayed(past, basket, facts, drafted_facts, drafted) for past, basket in zip(pasts, asked, strict=True)]


def _replayed(past: PastOrder, basket: Basket, facts: Facts, drafted_facts: Facts, drafted: Drafted) -> Replayed:
    place = past.store_id or past.channel_id
    after, found, told = _under(past, basket, drafted_facts, drafted, drafted.rules)
    if isinstance(after, Problem):
        return Replayed(past.order_id, past.business_day, place, refused=after.code)
    if drafted.basis == "as_sold":
        before = SalesSums(past.gross, past.discount, past.total - sum(line.charged for line in past.lines))
        lines_before = {line.line_no: line.gross - line.discount for line in past.lines}
        taken = [(funder, amount) for line in past.lines for _, _, funder, amount in line.taken_off]
    else:
        standing, found_before, _ = _under(past, basket, facts, drafted, drafted.standing)
        if isinstance(standing, Problem):
            return Replayed(past.order_id, past.business_day, place, refused=standing.code)
        before = _sums(standing)
        lines_before = {line.line_no: line.gross - line.discount for line in standing.lines}
        taken = [(one.funder, one.amount) for one in found_before.adjustments]
    return Replayed(
        past.order_id,
        past.business_day,
        place,
        before,
        _sums(after),
        _changes(past, lines_before, after, found) if before != _sums(after) else (),
        tuple(taken),
        tuple((one.rule, one.funder, one.amount) for one in found.adjustments),
        tuple(Noted(one.rule, one.outcome, one.why, one.gap, one.gap_unit) for one in told.reasons),
        tuple(_uses(told)),
    )


def _under(
    past: PastOrder, basket: Basket, facts: Facts, drafted: Drafted, rules: promotion.Ruleset
) -> tuple[OrderDraft | Problem, Findings, promotion.Outcome]:
    """What the scene's steps make of a basket, its prices settled and these promotions taken off."""
    plan = plan_of(past.scene)
    found = plan.fold(basket, facts, order.NOTHING)
    settled = _settled(past, basket, found, drafted)
    if settled is not basket:
        found = plan.fold(settled, facts, order.NOTHING)
    told = promotion.Outcome()
    if rules.rules and not found.blocks:
        told = promotion.best(_items(settled, facts, found), rules, _context(past, settled, facts, drafted, rules))
        if told.offs:
            found = plan.fold(_taken_off(settled, told), facts, order.NOTHING)
    return order.draft(basket, found, plan.version), found, told


def _items(basket: Basket, facts: Facts, found: Findings) -> list[promotion.Item]:
    off = order.taken_off(found.adjustments)
    return [
        promotion.item(line.line_no, facts.skus[line.sku], line.quantity, price.per, price.gross, off.get(line.line_no, 0), price.floor)
        for line in basket.lines
        for price in (found.prices[line.line_no],)
    ]


def _context(past: PastOrder, basket: Basket, facts: Facts, drafted: Drafted, rules: promotion.Ruleset) -> promotion.Context:
    """Today, at the hour and weekday the order was placed."""
    weekday, minute = promotion.local(past.placed_at, drafted.time_zone)
    buyer = facts.buyers.get(past.member_id or 0)
    hands = tuple(promotion.InHand(rule, rule) for rule in drafted.drafts if rule in rules.by_rule)
    return promotion.Context(
        at=basket.at,
        weekday=weekday,
        minute=minute,
        currency=past.currency,
        channel_id=past.channel_id,
        store_id=past.store_id,
        member_id=past.member_id,
        level=buyer.level if buyer else "",
        groups=buyer.groups if buyer else (),
        coupons=hands,
    )


def _taken_off(basket: Basket, told: promotion.Outcome) -> Basket:
    """The basket with what promotions take off it."""
    more: dict[int, list[GivenAdjustment]] = {}
    for off in told.offs:
        more.setdefault(off.line_no, []).append(GivenAdjustment(off.amount, off.rule, off.funder))
    lines = tuple(
        msgspec.structs.replace(line, adjustments=(*line.adjustments, *more[line.line_no])) if line.line_no in more else line
        for line in basket.lines
    )
    return msgspec.structs.replace(basket, lines=lines)


def _basket(past: PastOrder, drafted: Drafted, now: datetime) -> Basket:
    return Basket(
        past.order_id,
        past.scene,
        past.channel_id,
        past.store_id,
        past.currency,
        now,
        past.business_day,
        tuple(_line(line, drafted) for line in past.lines),
        member_id=past.member_id,
        may_discount_any=True,  # what was taken off by hand had been allowed
    )


def _line(line: PastLine, drafted: Drafted) -> BasketLine:
    as_sold = drafted.basis == "as_sold"
    kept = tuple(GivenAdjustment(amount, rule, funder) for stage, rule, funder, amount in line.taken_off if as_sold or stage in BY_HAND)
    gross = line.gross if as_sold and line.sku not in drafted.rows else None
    return BasketLine(line.line_no, line.line_no, line.sku, line.quantity, gross, kept)


def _settled(past: PastOrder, basket: Basket, found: Findings, drafted: Drafted) -> Basket:
    """The same basket where its prices turned out otherwise: a line that the draft does not price costs what it cost, and of what
    was taken off by hand no more is than there is now.
    """
    sold = {line.line_no: line.gross for line in past.lines}
    as_sold = drafted.basis == "as_sold"
    lines = tuple(_settled_line(line, sold[line.line_no] if as_sold else None, found) for line in basket.lines)
    return basket if lines == basket.lines else msgspec.structs.replace(basket, lines=lines)


def _settled_line(line: BasketLine, sold: int | None, found: Findings) -> BasketLine:
    price = found.prices.get(line.line_no)
    if line.given_gross is not None or price is None:
        return line
    given = sold if price.price_id != DRAFTED else None
    left = price.gross if given is None else given
    kept: list[GivenAdjustment] = []
    for one in line.adjustments:
        amount = min(one.amount_minor, left)
        left -= amount
        if amount:
            kept.append(one if amount == one.amount_minor else msgspec.structs.replace(one, amount_minor=amount))
    if given is None and tuple(kept) == line.adjustments:
        return line
    return msgspec.structs.replace(line, given_gross=given, adjustments=tuple(kept))


def _with_rows(known: PriceFacts | None, sku_id: int, rows: Sequence[PriceRow], drafted: Drafted) -> PriceFacts:
    """The prices of a SKU with the draft's in their list, in place of those of the same break."""
    since = rows[0].valid_from
    by_scope = dict(known.by_scope) if known else {}
    breaks = {row.min_quantity for row in rows}
    left = [row for row in by_scope.get(drafted.scope, ()) if row.list_code != drafted.list_code or row.min_quantity not in breaks]
    by_scope[drafted.scope] = pricing.winning_order([*left, *rows])
    return msgspec.structs.replace(known, by_scope=by_scope) if known else PriceFacts(sku_id, since, by_scope, {})


def _sums(draft: OrderDraft) -> SalesSums:
    return SalesSums(draft.gross, draft.discount, draft.total)


def _changes(past: PastOrder, before: Mapping[int, int], after: OrderDraft, found: Findings) -> tuple[SimulatedLine, ...]:
    skus = {line.line_no: line.sku for line in past.lines}
    return tuple(
        SimulatedLine(
            line.line_no,
            skus[line.line_no],
            line.quantity,
            before[line.line_no],
            line.gross - line.discount,
            tuple(TakenOffBy(one.rule, one.funder, one.amount) for one in found.adjustments if one.line_no == line.line_no),
        )
        for line in after.lines
    )


def _uses(told: promotion.Outcome) -> Iterator[tuple[str, int]]:
    """What of scarce things would be used: a coupon, a use of a limited promotion, and of its budget."""
    for _ in told.coupons:
        yield "coupon", 1
    for use in told.uses:
        yield "uses", 1
        if use.version.terms.limits.budget_minor:
            yield "budget", use.amount
