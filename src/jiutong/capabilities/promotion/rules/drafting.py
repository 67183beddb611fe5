"""What authors may write: contradictions are refused when terms are saved, never at the checkout."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from jiutong.capabilities.promotion.model.promotion import (
    BAD_TERMS,
    NOT_RUNNING,
    NOTHING_DRAFTED,
    OVERLAPPING,
    STAGES,
    UNKNOWN_PROMOTION,
    WHOLE_BP,
    AmountOff,
    Benefit,
    Bundle,
    BuyGet,
    Draft,
    Drafted,
    FixedPrice,
    FreeFreight,
    Gift,
    LevelPrice,
    NthItem,
    PercentOff,
    PromotionGoods,
    PromotionTier,
    Terms,
    Turn,
    Turned,
    Version,
)
from jiutong.capabilities.promotion.rules import expressions
from jiutong.kernel.errors import Problem

_TERMS: Final = msgspec.json.Decoder(Terms)
_REPEATED = (AmountOff, Gift)
_MONEY = (AmountOff, FixedPrice, LevelPrice, Bundle)


def fault(terms: Terms) -> Problem | None:
    """The first thing that is wrong with terms, with the pointer to it; None if they can be kept."""
    return next((found for check in _CHECKS for found in check(terms)), None)


def terms_of(text: str) -> Terms:
    """Terms as they were written."""
    return _TERMS.decode(text)


def _bad(why: str, pointer: str) -> Problem:
    return BAD_TERMS(why, pointer=pointer)


def _times(terms: Terms) -> Iterator[Problem]:
    if terms.valid_from >= terms.valid_to:
        yield _bad("it would end before it begins", "/valid_to")
    for position, hours in enumerate(terms.hours):
        if hours.from_minute >= hours.to_minute:
            yield _bad("a time of the day ends after it begins; for a night write two", f"/hours/{position}/to_minute")


def _funders(terms: Terms) -> Iterator[Problem]:
    if sum(one.bp for one in terms.funders) != WHOLE_BP:
        yield _bad(f"the funders bear {sum(one.bp for one in terms.funders)} basis points; it must be 10000", "/funders")
    names = [one.funder for one in terms.funders]
    if len(set(names)) != len(names):
        yield _bad("a funder is named twice", "/funders")


def _stages(terms: Terms) -> Iterator[Problem]:
    if terms.stage == "coupon" and not terms.coupon:
        yield _bad("what is given at the coupon stage needs a coupon", "/coupon")
    if terms.coupon and terms.stage not in ("coupon", "subsidy"):
        yield _bad("a coupon is used at the coupon or the subsidy stage", "/stage")
    for position, stage in enumerate(terms.stacking.bars):
        if STAGES.index(stage) <= STAGES.index(terms.stage):
            yield _bad(f"{stage} is not after {terms.stage}", f"/stacking/bars/{position}")


def _tiers(terms: Terms) -> Iterator[Problem]:
    if terms.measure == "none":
        if len(terms.tiers) > 1 or terms.tiers[0].least:
            yield _bad("without a measure there is one tier, from 0 on", "/measure")
        if terms.every:
            yield _bad("every so much needs a measure", "/every")
        return
    for position, tier in enumerate(terms.tiers):
        if tier.least < 1:
            yield _bad("a threshold is at least 1", f"/tiers/{position}/least")
        if position:
            yield from _above(terms.tiers[position - 1], tier, position)
    if terms.every and len(terms.tiers) > 1:
        yield _bad("every so much has one tier", "/tiers/1")


def _above(lower: PromotionTier, upper: PromotionTier, position: int) -> Iterator[Problem]:
    if upper.least <= lower.least:
        yield _bad(f"this tier is never reached before the one from {lower.least} on", f"/tiers/{position}/least")
    if type(lower.benefit) is not type(upper.benefit):
        yield _bad("all tiers give the same kind of benefit", f"/tiers/{position}/benefit")
    elif _size(upper.benefit) <= _size(lower.benefit):
        yield _bad("whoever buys more would not get more", f"/tiers/{position}/benefit")


def _size(benefit: Benefit) -> int:
    """How much it gives, to be compared with others of its kind."""
    match benefit:
        case PercentOff(bp=bp) | NthItem(bp=bp):
            return bp
        case AmountOff(amount_minor=amount):
            return amount
        case FixedPrice(amount_minor=amount) | Bundle(amount_minor=amount):
            return -amount
        case Gift(units=units) | BuyGet(get=units):
            return units
        case FreeFreight(max_minor=most):
            return 10**15 if most is None else most
        case LevelPrice(prices=prices):
            return -sum(one.amount_minor for one in prices)


def _benefits(terms: Terms) -> Iterator[Problem]:
    for position, tier in enumerate(terms.tiers):
        at, benefit = f"/tiers/{position}/benefit", tier.benefit
        if terms.every and not isinstance(benefit, _REPEATED):
            yield _bad("only an amount or a gift is given again and again", "/every")
        if terms.every and isinstance(benefit, AmountOff) and benefit.each:
            yield _bad("an amount off each unit is not given again and again", f"{at}/each")
        if isinstance(benefit, AmountOff) and not benefit.each and terms.measure == "amount" and benefit.amount_minor > tier.least:
            yield _bad("more than the threshold would come off: over 100 %", f"{at}/amount_minor")
        yield from _gift(terms, benefit, at)
        yield from _levels(benefit, at)


def _gift(terms: Terms, benefit: Benefit, at: str) -> Iterator[Problem]:
    if isinstance(benefit, FreeFreight) and terms.stage == "activity":
        yield _bad("freight is of the whole order: give it at a later stage", "/stage")
    if not isinstance(benefit, Gift):
        return
    if (benefit.fallback == "amount") != (benefit.amount_minor > 0):
        yield _bad("an amount and nothing else is needed to fall back on one", f"{at}/amount_minor")
    if benefit.sku in terms.goods.skus:
        yield _bad("a gift cannot be what earns it", f"{at}/sku")


def _levels(benefit: Benefit, at: str) -> Iterator[Problem]:
    if isinstance(benefit, LevelPrice):
        levels = [one.level for one in benefit.prices]
        if len(set(levels)) != len(levels):
            yield _bad("a level has two prices", f"{at}/prices")


def _currency(terms: Terms) -> Iterator[Problem]:
    limits = terms.limits
    money = terms.measure == "amount" or limits.cap_minor or limits.budget_minor or any(isinstance(t.benefit, _MONEY) for t in terms.tiers)
    if money and not terms.currency:
        yield _bad("amounts need a currency", "/currency")


def _limits(terms: Terms) -> Iterator[Problem]:
    limits = terms.limits
    if limits.uses_max and limits.member_uses_max > limits.uses_max:
        yield _bad("one member may use it more often than all may", "/limits/member_uses_max")
    if limits.budget_minor and limits.cap_minor > limits.budget_minor:
        yield _bad("one order may take more than the whole budget", "/limits/cap_minor")
    if limits.units_max and isinstance(terms.tiers[0].benefit, (Bundle, BuyGet, NthItem, Gift)):
        yield _bad("sets are limited by times_max", "/limits/units_max")


def _returns(terms: Terms) -> Iterator[Problem]:
    if terms.returns != "requalify":
        return
    if terms.measure == "none":
        yield _bad("without a threshold there is nothing to measure again", "/returns")
    if not isinstance(terms.tiers[0].benefit, (PercentOff, AmountOff)):
        yield _bad("only a percentage or an amount is measured again", "/returns")


def _goods(terms: Terms) -> Iterator[Problem]:
    yield from _wanted(terms.goods, "/goods")
    for position, tier in enumerate(terms.tiers):
        at = f"/tiers/{position}/benefit"
        if isinstance(tier.benefit, BuyGet) and tier.benefit.goods is not None:
            yield from _wanted(tier.benefit.goods, f"{at}/goods")
        if isinstance(tier.benefit, Bundle):
            for number, part in enumerate(tier.benefit.parts):
                yield from _wanted(part.goods, f"{at}/parts/{number}/goods")
    if terms.expression:
        found = expressions.fault(terms.expression, expressions.OF_BASKET, "/expression")
        if found is not None:
            yield found


def _wanted(goods: PromotionGoods, at: str) -> Iterator[Problem]:
    pairs = (("skus", goods.skus, goods.except_skus), ("brands", goods.brands, goods.except_brands))
    for name, wanted, unwanted in pairs:
        if wanted and set(wanted) <= set(unwanted):
            yield _bad("nothing is left of it", f"{at}/except_{name}")
    if goods.categories and set(goods.categories) <= set(goods.except_categories):
        yield _bad("nothing is left of it", f"{at}/except_categories")
    if goods.expression:
        found = expressions.fault(goods.expression, expressions.OF_GOODS, f"{at}/expression")
        if found is not None:
            yield found


_CHECKS: tuple[Callable[[Terms], Iterator[Problem]], ...] = (
    _times,
    _funders,
    _stages,
    _tiers,
    _benefits,
    _currency,
    _limits,
    _returns,
    _goods,
)


def drafts(wishes: Sequence[Draft], kept: Sequence[Version], mint: Callable[[], int]) -> list[tuple[Drafted, Draft]]:
    """What each code's last draft comes to: in place of its draft, else as the version after its newest."""
    last = {one.code: one for one in wishes}
    known: dict[str, list[Version]] = {}
    for one in kept:
        known.setdefault(one.code, []).append(one)
    plan: list[tuple[Drafted, Draft]] = []
    for code, wish in last.items():
        versions = known.get(code)
        if not versions:
            plan.append((Drafted(mint(), code, 1, changed=True), wish))
            continue
        newest = max(versions, key=lambda one: one.version)
        same = newest.terms == wish.terms and newest.state in ("draft", "published")
        version = newest.version if same or newest.state == "draft" else newest.version + 1
        plan.append((Drafted(newest.promotion_id, code, version, changed=not same), wish))
    return plan


def dropped(code: str, drafts: Mapping[str, Version]) -> Drafted | Problem:
    """What throwing a draft away comes to."""
    one = drafts.get(code)
    return NOTHING_DRAFTED(f"{code} has no draft") if one is None else Drafted(one.promotion_id, code, one.version, changed=True)


def publishing(turns: Sequence[Turn], kept: Sequence[Version], rivals: Sequence[Version]) -> list[tuple[Turned, ...] | Problem]:
    """What publishing comes to, in order; one code is published once."""
    drafted = {one.code: one for one in kept if one.state == "draft"}
    running = {one.code: one for one in kept if one.state == "published"}
    known = {one.code for one in kept}
    outcomes: list[tuple[Turned, ...] | Problem] = []
    rivals = list(rivals)
    for turn in turns:
        draft = drafted.pop(turn.code, None)
        if draft is None:
            kind = NOTHING_DRAFTED if turn.code in known else UNKNOWN_PROMOTION
            outcomes.append(kind(f"{turn.code} has no draft" if turn.code in known else f"no promotion {turn.code!r}"))
            continue
        rival = next((one for one in rivals if one.code != turn.code and _overlap(draft, one)), None)
        if rival is not None:
            outcomes.append(OVERLAPPING(f"{rival.rule} fixes the price of some of these goods then", pointer="/goods/skus", by=rival.rule))
            continue
        rivals.append(draft)
        before = running.get(turn.code)
        told = [Turned(draft.promotion_id, draft.code, draft.version, "draft", "published")]
        if before is not None:
            told.insert(0, Turned(before.promotion_id, before.code, before.version, "published", "replaced"))
        outcomes.append(tuple(told))
    return outcomes


def published(outcomes: Sequence[tuple[Turned, ...] | Problem], kept: Sequence[Version]) -> list[Version]:
    """The versions that came into force."""
    fresh = {(one.code, one.version) for told in outcomes if not isinstance(told, Problem) for one in told if one.state == "published"}
    return [one for one in kept if (one.code, one.version) in fresh]


def _overlap(one: Version, other: Version) -> bool:
    """Two prices fixed for the same SKU, place, time and buyers: which of them holds would be an accident."""
    mine, theirs = one.terms, other.terms
    fixed = all(isinstance(terms.tiers[0].benefit, FixedPrice) and terms.measure == "none" for terms in (mine, theirs))
    if not fixed or mine.buyers != theirs.buyers or mine.play != theirs.play or mine.hours != theirs.hours:
        return False
    if mine.valid_from >= theirs.valid_to or theirs.valid_from >= mine.valid_to or mine.currency != theirs.currency:
        return False
    if not _same_place(one.channel_ids, other.channel_ids) or not _same_place(one.store_ids, other.store_ids):
        return False
    return bool(set(mine.goods.skus) & set(theirs.goods.skus))


def _same_place(one: Sequence[int], other: Sequence[int]) -> bool:
    return not one or not other or bool(set(one) & set(other))


def ending(turns: Sequence[Turn], kept: Sequence[Version]) -> list[tuple[Turned, ...] | Problem]:
    """What ending comes to, in order."""
    running = {one.code: one for one in kept if one.state == "published"}
    known = {one.code for one in kept}
    outcomes: list[tuple[Turned, ...] | Problem] = []
    for turn in turns:
        one = running.pop(turn.code, None)
        if one is not None:
            outcomes.append((Turned(one.promotion_id, one.code, one.version, "published", "ended"),))
        elif turn.code in known:
            outcomes.append(NOT_RUNNING(f"{turn.code} is not published"))
        else:
            outcomes.append(UNKNOWN_PROMOTION(f"no promotion {turn.code!r}"))
    return outcomes
