"""The best that promotions can do for a basket: stage after stage, at each the best set, and a reason for everything considered."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from jiutong.capabilities.promotion.model.promotion import (
    STAGES,
    AmountOff,
    Benefit,
    Bundle,
    BuyGet,
    Context,
    FixedPrice,
    FreightTaken,
    GapUnit,
    Gift,
    InHand,
    Item,
    LevelPrice,
    NthItem,
    Outcome,
    PercentOff,
    PromotionOff,
    PromotionReason,
    SetCertificate,
    Use,
    Verdict,
)
from jiutong.capabilities.promotion.rules.benefits import Ask, Ground, Take, taken
from jiutong.capabilities.promotion.rules.scope import Rule, Ruleset, barred
from jiutong.capabilities.promotion.rules.spreading import borne
from jiutong.capabilities.promotion.rules.stacking import Candidate, Chosen, beaten_by, best_set, exclusive, worth
from jiutong.capabilities.promotion.rules.uses import budget_left, spent

_BY_LINE: Final = (PercentOff, FixedPrice, LevelPrice, AmountOff)
_CHOOSY: Final = (NthItem, BuyGet, Bundle)
_OFF_BEFORE_SALE: Final = ("line", "activity")


class _Standing(msgspec.Struct):
    """How far the stages have come: the running net by item, what fired, and which stages may no longer touch an item.

    `priced`: by item the codes of other activities (a flash sale, a presale) its units carry already.
    """

    net: list[int]
    sale: list[int]
    fired: list[Rule]
    closed: list[set[str]]
    priced: list[set[str]]


class _Wish(msgspec.Struct, frozen=True):
    """A promotion that is for this basket, on these items, measured: the tier it has reached and how often."""

    rule: Rule
    coupon: str
    eligible: tuple[int, ...]
    tier: int
    times: int


def best(
    items: Sequence[Item],
    ruleset: Ruleset,
    context: Context,
    stages: Sequence[str] = STAGES,
    before: Sequence[PromotionOff] = (),
    fired: Collection[str] = (),
) -> Outcome:
    """What the promotions do to these items. `before` is what earlier steps took off them, `fired` what took part without taking."""
    bits = [ruleset.bits(item.goods) for item in items]
    standing = _standing(items, ruleset, before, fired)
    outcome = Outcome()
    for stage in stages:
        rules = ruleset.by_stage.get(stage)
        if not rules or not items:
            continue
        told = _Stage(stage, items, bits, context, standing).run(rules, _in_hand(ruleset, context))
        outcome = _joined(outcome, told)
    return outcome


def _standing(items: Sequence[Item], ruleset: Ruleset, before: Sequence[PromotionOff], fired: Collection[str]) -> _Standing:
    place = {item.line_no: i for i, item in enumerate(items)}
    sale = [item.gross for item in items]
    names = dict.fromkeys([*(off.rule for off in before), *fired])
    standing = _Standing([item.net for item in items], sale, [], [set() for _ in items], [set() for _ in items])
    for off in before:
        i = place.get(off.line_no)
        if i is not None:
            if off.stage in _OFF_BEFORE_SALE:
                sale[i] -= off.amount
            rule = ruleset.by_rule.get(off.rule)
            if rule is not None:
                _close(standing, rule, (i,))
            elif off.stage == "activity":
                standing.priced[i].add(off.rule.partition("@")[0])
    standing.fired = [ruleset.by_rule[name] for name in names if name in ruleset.by_rule]
    return standing


def _close(standing: _Standing, rule: Rule, places: Collection[int]) -> None:
    stacking = rule.terms.stacking
    if not stacking.stop_after and not stacking.bars:
        return
    later = STAGES[STAGES.index(rule.terms.stage) + 1 :] if stacking.stop_after else ()
    for i in places:
        standing.closed[i].update(later, stacking.bars)


def _in_hand(ruleset: Ruleset, context: Context) -> dict[str, list[InHand]]:
    found: dict[str, list[InHand]] = {}
    for one in context.coupons:
        found.setdefault(one.rule, []).append(one)
    return found


def _joined(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(
        one.offs + other.offs,
        one.freight + other.freight,
        one.uses + other.uses,
        one.coupons + other.coupons,
        one.reasons + other.reasons,
        one.certificates + other.certificates,
    )


class _Stage:
    """One stage over a basket."""

    def __init__(self, stage: str, items: Sequence[Item], bits: Sequence[int], context: Context, standing: _Standing) -> None:
        self.stage = stage
        self.items = items
        self.context = context
        self.standing = standing
        room = [max(net - item.floor, 0) for net, item in zip(standing.net, items, strict=True)]
        self.ground = Ground(tuple(items), [item.gross for item in items], tuple(standing.sale), tuple(standing.net), room, bits)
        self.reasons: list[PromotionReason] = []
        self.any = 0
        for each in bits:
            self.any |= each

    def run(self, rules: Sequence[Rule], in_hand: dict[str, list[InHand]]) -> Outcome:
        """Choose, take, and tell why."""
        wishes = [wish for rule in rules for wish in self._wishes(rule, in_hand)]
        candidates = [one for wish in wishes for one in self._candidates(wish)]
        if not candidates:
            return Outcome(reasons=tuple(self.reasons))
        chosen, certificate = best_set(candidates, self.ground, self.stage)
        return self._outcome(candidates, chosen, certificate)

    def _wishes(self, rule: Rule, in_hand: dict[str, list[InHand]]) -> list[_Wish]:
        if not rule.goods & self.any and not self.context.everything:
            return []
        if not rule.terms.coupon:
            wish = self._wish(rule, "")
            return [wish] if wish else []
        for coupon in in_hand.get(rule.rule, ()):
            if coupon.why:
                self._tell(rule, "barred", coupon.why)
                continue
            wish = self._wish(rule, coupon.coupon)
            return [wish] if wish else []
        return []

    def _wish(self, rule: Rule, coupon: str) -> _Wish | None:
        eligible = self._eligible(rule)
        why = barred(rule, self.context) or self._not_for(rule) or spent(rule, self.context)
        if not why and not eligible:
            why = "goods" if not rule.goods & self.any else "closed"
        if why:
            self._tell(rule, "barred", why, lines=eligible)
            return None
        fellow = next((one for one in self.standing.fired if exclusive(one, rule)), None)
        if fellow is not None:
            self._tell(rule, "beaten", "group", by=fellow.rule, lines=eligible)
            return None
        return self._measured(rule, coupon, eligible)

    def _eligible(self, rule: Rule) -> tuple[int, ...]:
        return tuple(i for i, bits in enumerate(self.ground.bits) if bits & rule.goods and self.ground.room[i] > 0 and self._open(rule, i))

    def _open(self, rule: Rule, i: int) -> bool:
        """Whether no earlier stage bars it from the item, nor - at its own stage - an activity it does not agree to combine with."""
        if self.stage in self.standing.closed[i]:
            return False
        return self.stage != "activity" or "*" in rule.joins or self.standing.priced[i] <= rule.joins

    def _not_for(self, rule: Rule) -> str:
        if rule.expression is None:
            return ""
        context = self.context
        values = {
            "total_minor": sum(self.ground.net),
            "units": sum(item.units for item in self.items),
            "lines": len(self.items),
            "currency": context.currency,
            "signed_in": context.member_id is not None,
            "level": context.level,
            "groups": list(context.groups),
            "company": context.company,
            "first_order": context.first_order,
            "region": context.region,
            "weekday": context.weekday,
            "hour": context.minute // 60,
            "minute": context.minute % 60,
        }
        return "" if rule.expression.holds(values) else "expression"

    def _measured(self, rule: Rule, coupon: str, eligible: tuple[int, ...]) -> _Wish | None:
        """Thresholds are measured once, as the stage begins, on the declared base."""
        terms = rule.terms
        if terms.measure == "none":
            return _Wish(rule, coupon, eligible, 0, 1)
        by_amount = terms.measure == "amount"
        base = self.ground.base(rule)
        value = sum(base[i] if by_amount else self.items[i].units for i in eligible)
        unit: GapUnit = "minor" if by_amount else "units"
        tier = -1
        for position, one in enumerate(terms.tiers):
            if value >= one.least:
                tier = position
        if tier + 1 < len(terms.tiers):
            gap = terms.tiers[tier + 1].least - value
            self._tell(rule, "near", "threshold" if tier < 0 else "next_tier", gap=gap, gap_unit=unit, lines=eligible)
        if tier < 0:
            return None
        times = value // terms.tiers[tier].least if terms.every else 1
        most = terms.limits.times_max
        if terms.every and (not most or times < most):
            gap = terms.tiers[tier].least * (times + 1) - value
            self._tell(rule, "near", "next_time", gap=gap, gap_unit=unit, lines=eligible)
        return _Wish(rule, coupon, eligible, tier, min(times, most) if most else times)

    def _candidates(self, wish: _Wish) -> list[Candidate]:
        rule = wish.rule
        limits = rule.terms.limits
        alone = limits.units_max or limits.cap_minor or limits.budget_minor or rule.terms.stacking.group
        benefit = rule.terms.tiers[wish.tier].benefit
        apart = self.stage == "activity" and isinstance(benefit, _BY_LINE) and not alone and len(wish.eligible) > 1
        if apart and isinstance(benefit, AmountOff) and not benefit.each:
            apart = False
        groups = [(i,) for i in wish.eligible] if apart else [wish.eligible]
        made = [one for group in groups if (one := self._candidate(wish, group))]
        if not made:
            self._nothing(wish)
        return made

    def _candidate(self, wish: _Wish, eligible: tuple[int, ...]) -> Candidate | None:
        rule, context = wish.rule, self.context
        benefit = self._instead(rule.terms.tiers[wish.tier].benefit)
        others = rule.others[wish.tier]
        budget = budget_left(rule, context)

        def take(free: Sequence[int], room: Sequence[int], most: bool = False) -> Take | None:
            ask = Ask(self.ground, rule, eligible, free, room, others, wish.times, context.level, most)
            found = taken(ask, benefit)
            if found is not None and budget is not None and found.total > budget:
                return None
            return found

        whole = [item.units for item in self.items]
        alone = take(whole, self.ground.room)
        if alone is None:
            return None
        most = worth(alone)
        choosy = rule.terms.limits.units_max or isinstance(benefit, _CHOOSY)
        if choosy and self.stage == "activity" and rule.terms.pick == "cheapest":
            dearest = take(whole, self.ground.room, True)
            most = max(most, worth(dearest) if dearest else 0)
        return Candidate(rule, eligible, alone, most, take, wish.coupon)

    def _instead(self, benefit: Benefit) -> Benefit:
        """What is given: instead of a gift that is out of stock an amount, where the promotion says so."""
        if isinstance(benefit, Gift) and benefit.amount_minor and benefit.sku in self.context.without:
            return AmountOff(benefit.amount_minor)
        return benefit

    def _nothing(self, wish: _Wish) -> None:
        """It is for this basket and takes nothing: a gift is to be added, a set is not complete, or it is as cheap already."""
        rule = wish.rule
        benefit = rule.terms.tiers[wish.tier].benefit
        if isinstance(benefit, Gift) and benefit.sku in self.context.without:
            self._tell(rule, "barred", "gift_gone", by=benefit.sku, lines=wish.eligible)
        elif isinstance(benefit, Gift):
            gap = benefit.units * wish.times
            self._tell(rule, "near", "add_gift", gap=gap, gap_unit="units", by=benefit.sku, lines=wish.eligible)
        else:
            self._tell(rule, "barred", "nothing_off", lines=wish.eligible)

    def _outcome(self, candidates: Sequence[Candidate], chosen: Sequence[Chosen], certificate: SetCertificate) -> Outcome:
        standing = self.standing
        by_rule: dict[str, list[Chosen]] = {}
        for one in chosen:
            by_rule.setdefault(one.candidate.rule.rule, []).append(one)
        offs: list[PromotionOff] = []
        freight: list[FreightTaken] = []
        uses: list[Use] = []
        for parts in by_rule.values():
            rule = parts[0].candidate.rule
            amounts = _together(parts)
            made = self._funded(rule, amounts)
            offs += made
            funders = tuple((one.funder, one.bp) for one in rule.terms.funders)
            freight += [FreightTaken(rule.rule, funders, one.take.freight_max) for one in parts if one.take.freight]
            limits = rule.terms.limits
            if limits.uses_max or limits.member_uses_max or limits.budget_minor:
                uses.append(Use(rule.version, sum(amounts.values())))
            standing.fired.append(rule)
            _close(standing, rule, amounts)
            for i, amount in amounts.items():
                standing.net[i] -= amount
                if self.stage == "activity":
                    standing.sale[i] -= amount
            self._tell(rule, "applied", lines=tuple(amounts), amount=sum(amounts.values()), funders=_sums(made))
        self._beaten(candidates, chosen, by_rule)
        coupons = tuple(dict.fromkeys(one.candidate.coupon for one in chosen if one.candidate.coupon))
        return Outcome(tuple(offs), tuple(freight), tuple(uses), coupons, tuple(self.reasons), (certificate,))

    def _funded(self, rule: Rule, amounts: dict[int, int]) -> list[PromotionOff]:
        funders = rule.terms.funders
        rows = borne(list(amounts.values()), [one.bp for one in funders])
        return [
            PromotionOff(self.items[i].line_no, self.stage, rule.rule, funder.funder, share)
            for i, row in zip(amounts, rows, strict=True)
            for funder, share in zip(funders, row, strict=True)
            if share
        ]

    def _beaten(self, candidates: Sequence[Candidate], chosen: Sequence[Chosen], by_rule: dict[str, list[Chosen]]) -> None:
        lost: dict[str, list[Candidate]] = {}
        for one in candidates:
            if one.rule.rule not in by_rule:
                lost.setdefault(one.rule.rule, []).append(one)
        for those in lost.values():
            amount = sum(one.worth for one in those if not one.alone.freight)
            lines = tuple(i for one in those for i in one.items)
            self._tell(those[0].rule, "beaten", "better", by=beaten_by(those[0], chosen), amount=amount, lines=lines)

    def _tell(
        self,
        rule: Rule,
        outcome: Verdict,
        why: str = "",
        *,
        amount: int = 0,
        gap: int = 0,
        gap_unit: GapUnit = "",
        by: str = "",
        lines: Sequence[int] = (),
        funders: tuple[tuple[str, int], ...] = (),
    ) -> None:
        numbers = tuple(self.items[i].line_no for i in lines)
        terms = rule.terms
        self.reasons.append(
            PromotionReason(self.stage, rule.rule, terms.name, terms.name_zh, outcome, why, amount, gap, gap_unit, by, numbers, funders)
        )


def _together(parts: Sequence[Chosen]) -> dict[int, int]:
    amounts: dict[int, int] = {}
    for one in parts:
        for i, off in one.take.offs.items():
            amounts[i] = amounts.get(i, 0) + off
    return dict(sorted(amounts.items()))


def _sums(offs: Sequence[PromotionOff]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for off in offs:
        sums[off.funder] = sums.get(off.funder, 0) + off.amount
    return tuple(sums.items())
