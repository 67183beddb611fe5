"""What promotions and coupons take off: the best set of each stage, with a reason for every one considered."""

from collections.abc import Sequence

from jiutong import ledger
from jiutong.capabilities import order, promotion
from jiutong.capabilities.order import Adjustment, Basket, Claim, Findings, FreightOff, Note
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import step


@step("promotions", "buyers")
def promotions(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Take off what promotions give on items, then on the order: at each stage the best set that may be together."""
    if _settled(basket, facts, found):
        return order.NOTHING
    outcome = _best(basket, facts, found, ("activity", "order"), _context(basket, facts, ()))
    return Findings(
        adjustments=_adjustments(outcome), claims=_claims(basket, outcome), freight_off=_freight(outcome), notes=_notes(outcome)
    )


@step("promotions", "buyers")
def coupons(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Use the coupons chosen, or else the best of those in hand; then take off what others add."""
    if _settled(basket, facts, found) and not (basket.coupons and not found.blocks):
        return order.NOTHING
    good, barred = promotion.coupons_in_hand(
        facts.deals.coupons, basket.coupons, _holder(basket, facts), basket.channel_id, basket.store_id, basket.at
    )
    refused = _refused(basket, barred)
    if refused:
        return Findings(blocks=refused)
    hands = tuple(promotion.InHand(_name(one), one.promotion) for one in good)
    hands += tuple(promotion.InHand(one.code, one.coupon.promotion, one.why.code) for one in barred if one.coupon)
    outcome = _best(basket, facts, found, ("coupon", "subsidy"), _context(basket, facts, hands))
    used = [one for one in good if _name(one) in outcome.coupons]
    return Findings(
        adjustments=_adjustments(outcome),
        claims=_claims(basket, outcome) + _uses(used, basket, facts),
        freight_off=_freight(outcome),
        notes=_notes(outcome),
        blocks=_unusable(basket, good, outcome),
    )


def _settled(basket: Basket, facts: Facts, found: Findings) -> bool:
    """Nothing is left to be decided: it cannot be sold, no promotion runs, or a receipt says what was charged."""
    return bool(found.blocks) or not facts.deals.rules.rules or any(line.given_gross is not None for line in basket.lines)


def _best(basket: Basket, facts: Facts, found: Findings, stages: Sequence[str], context: promotion.Context) -> promotion.Outcome:
    off = order.taken_off(found.adjustments) if found.adjustments else {}
    items: list[promotion.Item] = []
    for line in basket.lines:
        price = found.prices[line.line_no]
        sku = facts.skus[line.sku]
        items.append(promotion.item(line.line_no, sku, line.quantity, price.per, price.gross, off.get(line.line_no, 0), price.floor))
    before = [promotion.PromotionOff(one.line_no, one.stage, one.rule, one.funder, one.amount) for one in found.adjustments]
    return promotion.best(items, facts.deals.rules, context, stages, before, [one.rule for one in found.freight_off])


def _context(basket: Basket, facts: Facts, hands: tuple[promotion.InHand, ...]) -> promotion.Context:
    buyer = facts.buyers.get(basket.member_id or 0)
    weekday, minute = facts.deals.clock or promotion.local(basket.at, facts.deals.zones.get(basket.channel_id, "UTC"))
    return promotion.Context(
        at=basket.at,
        weekday=weekday,
        minute=minute,
        currency=basket.currency,
        channel_id=basket.channel_id,
        store_id=basket.store_id,
        member_id=basket.member_id,
        level=buyer.level if buyer else "",
        groups=buyer.groups if buyer else (),
        company=basket.company,
        region=basket.region,
        first_order=buyer.first_order if buyer else False,
        play=basket.play,
        coupons=hands,
        without=facts.deals.gone.get(basket.channel_id, frozenset()),
        left=facts.deals.left,
    )


def _holder(basket: Basket, facts: Facts) -> promotion.CouponHolder | None:
    if basket.member_id is None:
        return None
    buyer = facts.buyers.get(basket.member_id)
    if buyer is None:
        return promotion.CouponHolder(basket.member_id)
    return promotion.CouponHolder(basket.member_id, buyer.level, buyer.groups, buyer.first_order)


def _name(coupon: promotion.Coupon) -> str:
    return f"{coupon.batch_id}:{coupon.coupon_id}"


def _refused(basket: Basket, barred: Sequence[promotion.CouponBarred]) -> tuple[Problem, ...]:
    """Coupons somebody chose that do not count here; those merely in hand are left out without a word of refusal."""
    if basket.coupons is None:
        return ()
    place = {promotion.typed_coupon(code): i for i, code in enumerate(basket.coupons)}
    return tuple(one.why(one.detail, pointer=f"/coupons/{place[one.code]}", coupon=one.code) for one in barred)


def _unusable(basket: Basket, good: Sequence[promotion.Coupon], outcome: promotion.Outcome) -> tuple[Problem, ...]:
    """Coupons somebody chose that take nothing off: with what would change it."""
    if basket.coupons is None:
        return ()
    place = {promotion.typed_coupon(code): i for i, code in enumerate(basket.coupons)}
    told = {one.rule: one for one in outcome.reasons}
    refusals: list[Problem] = []
    for coupon in good:
        if _name(coupon) in outcome.coupons:
            continue
        why = told.get(coupon.promotion)
        facts = {"why": why.why, "gap": why.gap, "gap_unit": why.gap_unit, "by": why.by} if why else {"why": "not_running"}
        detail = f"{coupon.code} takes nothing off this basket: {facts['why']}"
        at = f"/coupons/{place.get(coupon.code, 0)}"
        refusals.append(promotion.COUPON_UNUSABLE(detail, pointer=at, coupon=coupon.code, **facts))
    return tuple(refusals)


def _adjustments(outcome: promotion.Outcome) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(one.line_no, one.stage, one.rule, one.funder, one.amount) for one in outcome.offs)


def _freight(outcome: promotion.Outcome) -> tuple[FreightOff, ...]:
    return tuple(FreightOff(one.rule, one.funders, one.max_minor) for one in outcome.freight)


def _notes(outcome: promotion.Outcome) -> tuple[Note, ...]:
    return tuple(
        Note(
            one.stage,
            one.rule,
            one.name,
            one.name_zh,
            one.outcome,
            one.why,
            one.amount,
            one.gap,
            one.gap_unit,
            one.by,
            one.lines,
            one.funders,
        )
        for one in outcome.reasons
    )


def _claims(basket: Basket, outcome: promotion.Outcome) -> tuple[Claim, ...]:
    """One use of each limited promotion, given back when the whole order is canceled; and what it takes of its budget, by line."""
    made: list[Claim] = []
    to = ledger.account_of("used", {}, "any")
    for use in outcome.uses:
        for kind, account in promotion.limit_accounts(use.version, basket.member_id).items():
            said = promotion.limit_refusal(use.version, kind)
            id_ = use.version.promotion_id
            if kind == "budget":
                made += [
                    Claim(0, no, "budget", id_, account, to, part, back, said) for no, part, back in promotion.budget_parts(use, outcome)
                ]
            else:
                made.append(Claim(0, 0, "uses", id_, account, to, 1, "cancel", said))
    return tuple(made)


def _uses(used: Sequence[promotion.Coupon], basket: Basket, facts: Facts) -> tuple[Claim, ...]:
    holder = _holder(basket, facts)
    return tuple(
        Claim(0, 0, use.kind, use.subject_id, use.from_, use.to, 1, "cancel", use.refusal)
        for coupon in used
        for use in promotion.coupon_uses(coupon, holder)
    )
