"""The best that promotions can do for a basket: stage after stage, at each the best set, and a reason for everything considered."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from jiutong.capabilities.promotion.model.promotion import (
    STAGES,
    AmountOff,
    Benefit,
    Bundle,
    Context,
    FreightTaken,
    GapUnit,
    Gift,
    InHand,
    Item,
    Outcome,
    PromotionOff,
    PromotionReason,
    SetCertificate,
    Use,
    Verdict,
)
from jiutong.capabilities.promotion.rules.benefits import Ground, Offer, taken
from jiutong.capabilities.promotion.rules.scope import Rule, Ruleset, barred
from jiutong.capabilities.promotion.rules.search import best_set
from jiutong.capabilities.promotion.rules.spreading import borne
from jiutong.capabilities.promotion.rules.stacking import Candidate, Chosen, beaten_by, exclusive, met_first
from jiutong.capabilities.promotion.rules.uses import budget_left, spent

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
    goods = ruleset.matching([item.goods for item in items])
    standing = _standing(items, ruleset, before, fired)
    in_hand = _in_hand(context)
    outcome = Outcome()
    for stage in stages if items else ():
        rules = ruleset.asked(stage, goods, everything=context.everything)
        if rules:
            outcome = _joined(outcome, _Stage(stage, items, goods, context, standing).run(rules, in_hand))
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
    for i in places if rule.closes else ():
        standing.closed[i] |= rule.closes


def _in_hand(context: Context) -> dict[str, list[InHand]]:
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

    def __init__(
        self, stage: str, items: Sequence[Item], goods: Mapping[int, tuple[int, ...]], context: Context, standing: _Standing
    ) -> None:
        self.stage = stage
        self.items = items
        self.goods = goods
        self.context = context
        self.standing = standing
        room = [max(net - item.floor, 0) for net, item in zip(standing.net, items, strict=True)]
        self.ground = Ground(tuple(items), [item.gross for item in items], tuple(standing.sale), tuple(standing.net), room)
        self.whole = [item.units for item in items]
        # Mostly nothing bars any of the items, and nobody has to look at each.
        self.all_open = all(room) and not any(standing.closed) and not (stage == "activity" and any(standing.priced))
        self.reasons: list[PromotionReason] = []

    def run(self, rules: Sequence[Rule], in_hand: dict[str, list[InHand]]) -> Outcome:
        """Choose, take, and tell why."""
        wishes = [wish for rule in rules if (wish := self._wished(rule, in_hand))]
        candidates = [one for wish in wishes for one in self._candidates(wish)]
        if not candidates:
            return Outcome(reasons=tuple(self.reasons))
        chosen, certificate = best_set(candidates, self.ground, self.stage)
        return self._outcome(candidates, chosen, certificate)

    def _wished(self, rule: Rule, in_hand: dict[str, list[InHand]]) -> _Wish | None:
        if not rule.terms.coupon:
            return self._wish(rule, "")
        for coupon in in_hand.get(rule.rule, ()):
            if not coupon.why:
                return self._wish(rule, coupon.coupon)
            self._tell(rule, "barred", coupon.why)
        return None

    def _wish(self, rule: Rule, coupon: str) -> _Wish | None:
        wanted = self.goods.get(rule.goods, ())
        eligible = wanted if self.all_open else tuple(i for i in wanted if self.ground.room[i] > 0 and self._open(rule, i))
        why = barred(rule, self.context) or self._not_for(rule) or spent(rule, self.context)
        if not why and not eligible:
            why = "closed" if wanted else "goods"
        if why:
            self._tell(rule, "barred", why, lines=eligible)
            return None
        fellow = next((one for one in self.standing.fired if exclusive(one, rule)), None) if rule.group else None
        if fellow is not None:
            self._tell(rule, "beaten", "group", by=fellow.rule, lines=eligible)
            return None
        return self._measured(rule, coupon, eligible)

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
        rule, context = wish.rule, self.context
        benefit = self._instead(rule.terms.tiers[wish.tier].benefit)
        others = [self._other(rule, place, benefit) for place in rule.others[wish.tier]]
        budget = budget_left(rule, context) if rule.limited else None
        made: list[Candidate] = []
        for items in [(i,) for i in wish.eligible] if rule.by_line[wish.tier] else [wish.eligible]:
            offer = Offer(self.ground, rule, benefit, items, others, wish.times, context.level)
            alone = taken(offer, self.whole, self.ground.room)
            if alone is not None and (budget is None or alone.freight or alone.worth <= budget):
                made.append(Candidate(offer, alone, budget, wish.coupon))
        if not made:
            self._nothing(wish)
        return made

    def _other(self, rule: Rule, place: int, benefit: Benefit) -> list[int]:
        """The items of the goods its benefit names that nothing bars it from; parts of a bundle are among its own goods."""
        own = self.goods.get(rule.goods, ())
        return [i for i in self.goods.get(place, ()) if self._open(rule, i) and (not isinstance(benefit, Bundle) or i in own)]

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
            total = sum(amounts.values())
            made = self._funded(rule, amounts)
            offs += made
            freight += [FreightTaken(rule.rule, rule.funders, one.take.freight_max) for one in parts if one.take.freight]
            if rule.limited:
                uses.append(Use(rule.version, total))
            standing.fired.append(rule)
            _close(standing, rule, amounts)
            for i, amount in amounts.items():
                standing.net[i] -= amount
                if self.stage == "activity":
                    standing.sale[i] -= amount
            self._tell(rule, "applied", lines=tuple(amounts), amount=total, funders=_sums(made))
        self._beaten(candidates, chosen, by_rule)
        coupons = tuple(dict.fromkeys(one.candidate.coupon for one in chosen if one.candidate.coupon))
        return Outcome(tuple(offs), tuple(freight), tuple(uses), coupons, tuple(self.reasons), (certificate,))

    def _funded(self, rule: Rule, amounts: dict[int, int]) -> list[PromotionOff]:
        rows = borne(list(amounts.values()), [bp for _, bp in rule.funders])
        return [
            PromotionOff(self.items[i].line_no, self.stage, rule.rule, funder, share)
            for i, row in zip(amounts, rows, strict=True)
            for (funder, _), share in zip(rule.funders, row, strict=True)
            if share
        ]

    def _beaten(self, candidates: Sequence[Candidate], chosen: Sequence[Chosen], by_rule: dict[str, list[Chosen]]) -> None:
        lost: dict[str, list[Candidate]] = {}
        for one in candidates:
            if one.rule.rule not in by_rule:
                lost.setdefault(one.rule.rule, []).append(one)
        first = met_first(chosen)
        for those in lost.values():
            amount = sum(one.worth for one in those if not one.alone.freight)
            lines = [i for one in those for i in one.items]
            self._tell(those[0].rule, "beaten", "better", by=beaten_by(those[0], chosen, first), amount=amount, lines=lines)

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
        numbers = tuple([self.items[i].line_no for i in lines])
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
