"""One past order again: what it came to, and what its scene's own steps make of it under a draft."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import asset, fulfillment, order, pricing, promotion
from jiutong.capabilities.order import Adjustment, Basket, BasketLine, GivenAdjustment, Note, OrderDraft
from jiutong.capabilities.pricing import PriceFacts, PriceRow
from jiutong.capabilities.promotion import PromotionReason
from jiutong.capabilities.simulation import Noted, Replayed, SalesSums, SimulatedLine, TakenOffBy, Used
from jiutong.flows import for_promotions, gating
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import plan_of
from jiutong.reads.simulations import PastLine, PastOrder
from jiutong.replays.drafts import DRAFTED, DraftedPrices, Ready
from jiutong.replays.hands import InHand, hand_of

BY_HAND = "line"
"""The stage of what somebody took off a line by hand or by receipt: facts of the basket, whatever the rules are today."""


class SideLine(msgspec.Struct, frozen=True, gc=False):
    """A line as it was or would be sold."""

    line_no: int
    sku: str
    quantity: int
    gross: int
    net: int


class Side(msgspec.Struct, frozen=True):
    """What an order came to, or would come to: before or under the draft. Of what was sold nobody kept why."""

    sums: SalesSums
    lines: tuple[SideLine, ...]
    taken_off: tuple[Adjustment, ...]
    notes: tuple[Note | PromotionReason, ...] = ()


class Two(msgspec.Struct, frozen=True):
    """Both sides of a past order, what it used of the draft's limits, and what of them others had taken before."""

    before: Side
    after: Side
    used: tuple[Used, ...] = ()
    taken: dict[str, int] = {}


class _Rules(msgspec.Struct, frozen=True):
    """What one side is priced by: the facts, the promotions, and what is left of those that are drafts."""

    facts: Facts
    promotions: promotion.Ruleset
    programmes: Sequence[asset.Programme]
    drafted: bool


def baskets(pasts: Sequence[PastOrder], ready: Ready, now: datetime) -> list[Basket]:
    """Past orders as the baskets they were: as they were sold, or to be priced as of now."""
    return [_basket(past, ready, now) for past in pasts]


def gift_basket(like: Basket, ready: Ready) -> list[Basket]:
    """A basket of all gifts somebody may be offered, so that the facts about them are loaded."""
    lines = tuple(BasketLine(no, no, sku, 1) for no, sku in enumerate(sorted(ready.gifts), 1))
    return [msgspec.structs.replace(like, lines=lines, adjustments=())] if lines else []


def goods_alone(facts: Facts) -> Facts:
    """The facts without promotions, limits, freight and fees: promotions are asked order by order, at its hour; what was bought is no
    longer limited; and freight is not replayed.
    """
    return msgspec.structs.replace(facts, deals=for_promotions.NONE, gates=gating.NO_GATES, tariffs=fulfillment.NO_TARIFFS)


def under(facts: Facts, ready: Ready) -> Facts:
    """The facts as they would be if the draft's prices were published."""
    prices = dict(facts.prices)
    for drafted in ready.prices:
        for code, rows in drafted.rows.items():
            sku = facts.skus.get(code)
            if sku is not None:
                prices[sku.sku_id] = _with_rows(prices.get(sku.sku_id), sku.sku_id, rows, drafted)
    return msgspec.structs.replace(facts, prices=prices) if ready.prices else facts


def replay(
    pasts: Sequence[PastOrder], asked: Sequence[Basket], facts: Facts, ready: Ready, taken: Mapping[str, int]
) -> list[Replayed]:  # fmt: skip
    """What each order came to and would have come to, in the order they were placed: what one takes of a limit the next has no more.

    `taken` is what was used of the draft's limits before, by account.
    """
    so_far = dict(taken)
    drafted_facts = under(facts, ready)
    told: list[Replayed] = []
    for past, basket in zip(pasts, asked, strict=True):
        both = sides(past, basket, facts, drafted_facts, ready, so_far)
        if isinstance(both, Two):
            for use in both.used:
                so_far[use.account] = so_far.get(use.account, 0) + use.amount
        told.append(_told(past, both, facts, ready))
    return told


def sides(
    past: PastOrder, basket: Basket, facts: Facts, drafted_facts: Facts, ready: Ready, taken: Mapping[str, int]
) -> Two | Problem:  # fmt: skip
    """Both sides of a past order, or why it cannot be sold any more."""
    hand = hand_of(past, basket, facts, ready, taken)
    drafted = _Rules(drafted_facts, ready.rules, ready.programmes or facts.programmes.get("points", ()), True)
    standing = _Rules(facts, ready.standing, facts.programmes.get("points", ()), False)
    if ready.basis == "as_sold":
        after = _as_sold(past, basket, drafted, ready, hand)
        before: Side | Problem = _sold(past, basket, standing)
    else:
        after = _priced(past, basket, drafted, ready, hand)
        before = after if _same(drafted, standing) else _priced(past, basket, standing, ready, hand)
    if isinstance(after, Problem):
        return after
    if isinstance(before, Problem):
        return before
    return Two(before, after, hand.used(after.notes), hand.taken)


def _same(one: _Rules, other: _Rules) -> bool:
    return one.facts is other.facts and one.promotions is other.promotions and one.programmes is other.programmes


def _sold(past: PastOrder, basket: Basket, rules: _Rules) -> Side:
    """The order as it is in the book, without its freight."""
    lines = tuple(SideLine(line.line_no, line.sku, line.quantity, line.gross, line.gross - line.discount) for line in past.lines)
    taken = tuple(
        Adjustment(line.line_no, stage, rule, funder, amount) for line in past.lines for stage, rule, funder, amount in line.taken_off
    )
    total = past.total - sum(line.charged for line in past.lines)
    return Side(_sums(past, basket, lines, total, past.points, rules), lines, taken)


def _as_sold(past: PastOrder, basket: Basket, rules: _Rules, ready: Ready, hand: InHand) -> Side | Problem:
    """What was sold stays sold; the draft's prices and promotions come on top."""
    plan = plan_of(past.scene)
    found = plan.fold(basket, rules.facts, order.NOTHING)
    settled = _settled(past, basket, found, ready)
    if settled is not basket:
        found = plan.fold(settled, rules.facts, order.NOTHING)
    told = promotion.Outcome()
    if rules.promotions.rules and not found.blocks:
        told = promotion.best(_items(settled, rules.facts, found), rules.promotions, _context(past, settled, rules.facts, ready, hand))
        settled, told = _with_gifts(settled, told, rules, past, ready, hand)
        if told.offs:
            found = plan.fold(_taken_off(settled, told), rules.facts, order.NOTHING)
    made = order.draft(settled, found, plan.version)
    return made if isinstance(made, Problem) else _side(past, settled, made, rules, told.reasons, past.points)


def _with_gifts(
    basket: Basket, told: promotion.Outcome, rules: _Rules, past: PastOrder, ready: Ready, hand: InHand
) -> tuple[Basket, promotion.Outcome]:
    """Who is offered a gift takes it, where it can be sold."""
    more = _gifts_offered(basket, told.reasons)
    if not more:
        return basket, told
    larger = msgspec.structs.replace(basket, lines=(*basket.lines, *more))
    found = plan_of(past.scene).fold(larger, rules.facts, order.NOTHING)
    if found.blocks:
        return basket, told
    again = promotion.best(_items(larger, rules.facts, found), rules.promotions, _context(past, larger, rules.facts, ready, hand))
    return larger, again


def _priced(past: PastOrder, basket: Basket, rules: _Rules, ready: Ready, hand: InHand) -> Side | Problem:
    """The same basket at the prices and promotions of one side, by the scene's own steps."""
    plan = plan_of(past.scene)
    facts = _asked(past, rules, ready, hand)
    asked = hand.chosen(basket, rules.drafted)
    found = plan.fold(asked, facts, order.NOTHING)
    settled = _settled(past, asked, found, ready)
    if settled is not asked:
        found = plan.fold(settled, facts, order.NOTHING)
    if found.blocks and settled.coupons and all(one.type is promotion.COUPON_UNUSABLE for one in found.blocks):
        settled = msgspec.structs.replace(settled, coupons=None)
        found = plan.fold(settled, facts, order.NOTHING)
    more = _gifts_offered(settled, found.notes)
    if more:
        larger = msgspec.structs.replace(settled, lines=(*settled.lines, *more))
        with_gifts = plan.fold(larger, facts, order.NOTHING)
        if not with_gifts.blocks:
            settled, found = larger, with_gifts
    made = order.draft(settled, found, plan.version)
    if isinstance(made, Problem):
        return made
    return _side(past, settled, made, rules, found.notes, sum(claim.amount for claim in found.claims if claim.kind == "points"))


def _asked(past: PastOrder, rules: _Rules, ready: Ready, hand: InHand) -> Facts:
    """The facts as this order's buyer finds them: the promotions at the hour they came, and what they had in hand."""
    deals = for_promotions.ForPromotions(
        rules.promotions,
        hand.left if rules.drafted else {},
        hand.coupons(rules.drafted),
        clock=promotion.local(past.placed_at, ready.time_zone),
    )
    return msgspec.structs.replace(
        rules.facts, deals=deals, whom=hand.whom, wallets=hand.wallets, programmes={**rules.facts.programmes, "points": rules.programmes}
    )


def _items(basket: Basket, facts: Facts, found: order.Findings) -> list[promotion.Item]:
    off = order.taken_off(found.adjustments)
    return [
        promotion.item(line.line_no, facts.skus[line.sku], line.quantity, price.per, price.gross, off.get(line.line_no, 0), price.floor)
        for line in basket.lines
        for price in (found.prices[line.line_no],)
    ]


def _context(past: PastOrder, basket: Basket, facts: Facts, ready: Ready, hand: InHand) -> promotion.Context:
    """Today, at the hour and weekday the order was placed."""
    weekday, minute = promotion.local(past.placed_at, ready.time_zone)
    buyer = hand.whom.buyers.get(past.member_id or 0)
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
        first_order=past.first,
        coupons=hand.usable(basket),
        left=hand.left,
    )


def _gifts_offered(basket: Basket, notes: Sequence[Note | PromotionReason]) -> tuple[BasketLine, ...]:
    """The lines of the gifts a basket has earned and does not have."""
    units = {note.by: note.gap for note in notes if note.why == "add_gift"}
    first = max((line.line_no for line in basket.lines), default=0) + 1
    return tuple(BasketLine(no, no, sku, count) for no, (sku, count) in enumerate(units.items(), first))


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


def _basket(past: PastOrder, ready: Ready, now: datetime) -> Basket:
    again = ready.basis == "now"
    return Basket(
        past.order_id,
        past.scene,
        past.channel_id,
        past.store_id,
        past.currency,
        now,
        past.business_day,
        tuple(_line(line, ready) for line in past.lines),
        _on_the_whole(past) if again else (),
        member_id=past.member_id,
        may_discount_any=True,  # what was taken off by hand had been allowed
        points=past.points if again else 0,
        red_packet_minor=sum(amount for _, amount in past.red_packets) if again else 0,
    )


def _on_the_whole(past: PastOrder) -> tuple[GivenAdjustment, ...]:
    """What was given by hand on the whole basket: of its stage, and by no rule that has a version."""
    sums: dict[tuple[str, str], int] = {}
    for line in past.lines:
        for stage, rule, funder, amount in line.taken_off:
            if stage == "order" and "@" not in rule:
                sums[rule, funder] = sums.get((rule, funder), 0) + amount
    return tuple(GivenAdjustment(amount, rule, funder) for (rule, funder), amount in sums.items())


def _line(line: PastLine, ready: Ready) -> BasketLine:
    as_sold = ready.basis == "as_sold"
    kept = tuple(GivenAdjustment(amount, rule, funder) for stage, rule, funder, amount in line.taken_off if as_sold or stage == BY_HAND)
    gross = line.gross if as_sold and not ready.prices_name(line.sku) else None
    return BasketLine(line.line_no, line.line_no, line.sku, line.quantity, gross, kept)


def _settled(past: PastOrder, basket: Basket, found: order.Findings, ready: Ready) -> Basket:
    """The same basket where its prices turned out otherwise: a line that the draft does not price costs what it cost, and of what
    was taken off by hand no more is than there is now.
    """
    sold = {line.line_no: line.gross for line in past.lines}
    as_sold = ready.basis == "as_sold"
    lines = tuple(_settled_line(line, sold[line.line_no] if as_sold else None, found) for line in basket.lines)
    return basket if lines == basket.lines else msgspec.structs.replace(basket, lines=lines)


def _settled_line(line: BasketLine, sold: int | None, found: order.Findings) -> BasketLine:
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


def _with_rows(known: PriceFacts | None, sku_id: int, rows: Sequence[PriceRow], drafted: DraftedPrices) -> PriceFacts:
    """The prices of a SKU with the draft's in their list, in place of those of the same break."""
    since = rows[0].valid_from
    by_scope = dict(known.by_scope) if known else {}
    breaks = {row.min_quantity for row in rows}
    left = [row for row in by_scope.get(drafted.scope, ()) if row.list_code != drafted.list_code or row.min_quantity not in breaks]
    by_scope[drafted.scope] = pricing.winning_order([*left, *rows])
    return msgspec.structs.replace(known, by_scope=by_scope) if known else PriceFacts(sku_id, since, by_scope, {})


def _side(
    past: PastOrder,
    basket: Basket,
    made: OrderDraft,
    rules: _Rules,
    notes: tuple[Note | PromotionReason, ...],
    burned: int,
) -> Side:
    skus = {line.line_no: line.sku for line in basket.lines}
    lines = tuple(SideLine(one.line_no, skus[one.line_no], one.quantity, one.gross, one.gross - one.discount) for one in made.lines)
    return Side(_sums(past, basket, lines, made.total, burned, rules), lines, made.adjustments, notes)


def _sums(past: PastOrder, basket: Basket, lines: Sequence[SideLine], total: int, burned: int, rules: _Rules) -> SalesSums:
    costed = cost = 0
    for line in lines:
        known = _cost(past, basket.at, line, rules.facts)
        if known is not None:
            costed += line.net
            cost += known
    gross = sum(line.gross for line in lines)
    return SalesSums(gross, gross - sum(line.net for line in lines), total, costed, cost, _earned(past, basket, lines, rules), burned)


def _cost(past: PastOrder, at: datetime, line: SideLine, facts: Facts) -> int | None:
    """What the goods of a line cost; None where nobody knows."""
    sku = facts.skus.get(line.sku)
    known = facts.prices.get(sku.sku_id) if sku else None
    if known is None or not known.costs:
        return None
    place = pricing.Place(past.currency, past.channel_id, past.store_id, past.seller_id)
    found = pricing.cost(known, place, line.quantity, max(at, known.since))
    return pricing.line_amount(found.amount, found.per, line.quantity) if found else None


def _earned(past: PastOrder, basket: Basket, lines: Sequence[SideLine], rules: _Rules) -> int:
    """The points the buyer earns by it."""
    if past.member_id is None or not rules.programmes:
        return 0
    buyer = rules.facts.buyers.get(past.member_id)
    skus = rules.facts.skus
    sold = tuple(
        asset.SoldLine(line.line_no, line.quantity, 0, line.net, skus[line.sku].categories if line.sku in skus else ()) for line in lines
    )
    level = buyer.level if buyer else ""
    return asset.would_earn(
        asset.SoldOrder(past.order_id, past.member_id, past.currency, past.channel, level, True, sold), rules.programmes, basket.at
    )


def _told(past: PastOrder, both: Two | Problem, facts: Facts, ready: Ready) -> Replayed:
    place = past.store_id or past.channel_id
    buyer = facts.buyers.get(past.member_id or 0)
    level = buyer.level if buyer else ""
    if isinstance(both, Problem):
        return Replayed(past.order_id, past.business_day, place, level, refused=both.code)
    before, after = both.before, both.after
    return Replayed(
        past.order_id,
        past.business_day,
        place,
        level,
        before.sums,
        after.sums,
        changes(before, after) if before.sums.net != after.sums.net else (),
        _categories(both, facts),
        tuple((one.funder, one.amount) for one in before.taken_off),
        tuple((one.rule, one.funder, one.amount) for one in after.taken_off),
        tuple(Noted(one.rule, one.outcome, one.why, one.gap, one.gap_unit) for one in after.notes),
        _gifts(both, ready),
        both.used,
        both.taken if before.sums.net != after.sums.net else {},
    )


def changes(before: Side, after: Side) -> tuple[SimulatedLine, ...]:
    """The lines of both sides; a gift that was taken was not there before."""
    was = {line.line_no: line.net for line in before.lines}
    off: dict[int, list[TakenOffBy]] = {}
    for one in after.taken_off:
        off.setdefault(one.line_no, []).append(TakenOffBy(one.rule, one.funder, one.amount))
    return tuple(
        SimulatedLine(line.line_no, line.sku, line.quantity, was.get(line.line_no, 0), line.net, tuple(off.get(line.line_no, ())))
        for line in after.lines
    )


def _categories(both: Two, facts: Facts) -> tuple[tuple[str, int, int], ...]:
    sums: dict[str, list[int]] = {}
    for place, side in enumerate((both.before, both.after)):
        for line in side.lines:
            sku = facts.skus.get(line.sku)
            sums.setdefault(sku.categories[-1] if sku and sku.categories else "", [0, 0])[place] += line.net
    return tuple((category, before, after) for category, (before, after) in sums.items())


def _gifts(both: Two, ready: Ready) -> tuple[tuple[str, int, int], ...]:
    """Units given away on each side, by SKU."""
    if not ready.gifts:
        return ()
    units: dict[str, list[int]] = {}
    for place, side in enumerate((both.before, both.after)):
        for note in side.notes:
            rule = ready.rules.by_rule.get(note.rule) or ready.standing.by_rule.get(note.rule)
            if rule is None or note.outcome != "applied":
                continue
            given = {tier.benefit.sku for tier in rule.terms.tiers if isinstance(tier.benefit, promotion.Gift)}
            for line in side.lines:
                if line.sku in given and line.line_no in note.lines and line.gross:
                    units.setdefault(line.sku, [0, 0])[place] += min(-(-note.amount * line.quantity // line.gross), line.quantity)
    return tuple((sku, before, after) for sku, (before, after) in units.items())
