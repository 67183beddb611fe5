"""Which goods and which baskets a promotion is about: compiled once per set of promotions, matched once per SKU."""

from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any, Final

from jiutong.capabilities.promotion.model.promotion import (
    EVER,
    FOREVER,
    STAGES,
    AmountOff,
    AttributeIs,
    Benefit,
    Bundle,
    BuyGet,
    Context,
    FixedPrice,
    Gift,
    LevelPrice,
    PercentOff,
    PromotionBuyers,
    PromotionGoods,
    Terms,
    Version,
)
from jiutong.capabilities.promotion.rules.expressions import Expression, compiled

SKUS_MATCHED_MAX: Final = 50_000


class Matcher:
    """Whether goods are among those wanted."""

    __slots__ = ("_attributes", "_brands", "_categories", "_except", "_expression", "_skus", "_unless")

    def __init__(self, goods: PromotionGoods) -> None:
        self._skus = frozenset(goods.skus)
        self._brands = frozenset(goods.brands)
        self._categories = frozenset(goods.categories)
        self._except = frozenset(goods.except_skus), frozenset(goods.except_brands)
        self._unless = frozenset(goods.except_categories)
        self._attributes = goods.attributes
        self._expression: Expression | None = compiled(goods.expression) if goods.expression else None

    def __call__(self, sku: Any) -> bool:
        """Whether this SKU is wanted."""
        return self._listed(sku) and self._allowed(sku) and (self._expression is None or self._expression.holds(_values(sku)))

    def _listed(self, sku: Any) -> bool:
        return (
            (not self._skus or sku.code in self._skus)
            and (not self._brands or sku.brand in self._brands)
            and (not self._categories or not self._categories.isdisjoint(sku.categories))
        )

    def _allowed(self, sku: Any) -> bool:
        skus, brands = self._except
        return (
            sku.code not in skus
            and sku.brand not in brands
            and self._unless.isdisjoint(sku.categories)
            and all(_has(sku.attributes, one) for one in self._attributes)
        )


def _has(attributes: dict[str, Any], wanted: AttributeIs) -> bool:
    value = attributes.get(wanted.name)
    values = value if isinstance(value, list) else (value,)
    # True is not 1 here: they are different words of an attribute.
    return any(type(one) is type(other) and one == other for one in values for other in wanted.any_of)


def _values(sku: Any) -> dict[str, Any]:
    return {
        "sku": sku.code,
        "title": sku.title,
        "brand": sku.brand,
        "categories": list(sku.categories),
        "attributes": sku.attributes,
        "weight_g": sku.weight_g,
    }


class Rule:
    """A promotion ready to be asked. `goods`, and by tier `others` its benefit names, are matchers of its set, by number.

    What it asks of a basket is made once into the checks it needs; most promotions need one or two.
    """

    __slots__ = (
        "at",
        "by_line",
        "channels",
        "checks",
        "closes",
        "expression",
        "funders",
        "goods",
        "group",
        "joins",
        "limited",
        "others",
        "rule",
        "stores",
        "terms",
        "version",
    )

    def __init__(self, version: Version, goods: int, others: tuple[tuple[int, ...], ...], at: int = 0) -> None:
        terms = version.terms
        stacking = terms.stacking
        self.at = at
        self.version = version
        self.terms: Terms = terms
        self.rule = version.rule
        self.goods = goods
        self.others = others
        self.channels = frozenset(version.channel_ids)
        self.stores = frozenset(version.store_ids)
        self.group = stacking.group
        self.joins = frozenset(stacking.joins)
        self.closes = frozenset((*stacking.bars, *(STAGES[STAGES.index(terms.stage) + 1 :] if stacking.stop_after else ())))
        self.funders = tuple((one.funder, one.bp) for one in terms.funders)
        self.limited = _limited(terms)
        self.by_line = tuple(_by_line(terms, tier.benefit) for tier in terms.tiers)
        self.checks = _checks(self)
        self.expression: Expression | None = compiled(terms.expression) if terms.expression else None

    def names(self, other: "Rule") -> bool:
        """Whether it agrees to combine with another."""
        return bool(self.joins) and self._names(other)

    def _names(self, other: "Rule") -> bool:
        return "*" in self.joins or other.version.code in self.joins or bool(other.group and other.group in self.joins)


class Ruleset:
    """The promotions of a tenant that run or will, compiled: by stage, which goods which of them want.

    Which goods a SKU is among is remembered as long as its facts are the same.
    """

    def __init__(self, versions: Sequence[Version]) -> None:
        self._places: dict[PromotionGoods, int] = {}
        self._matchers: list[Matcher] = []
        self.rules = tuple(self._rule(one, at) for at, one in enumerate(sorted(versions, key=lambda one: (one.code, one.version))))
        self.by_rule = {one.rule: one for one in self.rules}
        self.gifts = frozenset(t.benefit.sku for one in self.rules for t in one.terms.tiers if isinstance(t.benefit, Gift))
        self.limited = any(one.limited for one in self.rules)
        self._matched: dict[int, tuple[Any, tuple[int, ...]]] = {}
        self._wanting: dict[tuple[str, int], list[Rule]] = {}
        for one in self.rules:
            self._wanting.setdefault((one.terms.stage, one.goods), []).append(one)

    def rules_of(self, code: str) -> list[str]:
        """The versions of this code among them, by name; the newest first."""
        return [one.rule for one in reversed(self.rules) if one.version.code == code][:1]

    def with_drafts(self, drafts: Sequence[Version], *, only: bool) -> "Ruleset":
        """These promotions with drafts in place of the published ones of their codes, or the drafts alone."""
        if not drafts and not only:
            return self
        codes = {one.code for one in drafts}
        return Ruleset([*drafts, *(one.version for one in self.rules if not only and one.version.code not in codes)])

    def asked(self, stage: str, goods: Collection[int], *, everything: bool) -> list[Rule]:
        """The promotions of a stage that want any of these goods - or all of them - in canonical order."""
        if everything:
            return [one for one in self.rules if one.terms.stage == stage]
        return sorted((rule for place in goods for rule in self._wanting.get((stage, place), ())), key=attrgetter("at"))

    def _rule(self, version: Version, at: int) -> Rule:
        others = tuple(tuple(self._place(goods) for goods in goods_of(tier.benefit)) for tier in version.terms.tiers)
        return Rule(version, self._place(version.terms.goods), others, at)

    def _place(self, goods: PromotionGoods) -> int:
        place = self._places.get(goods)
        if place is None:
            place = self._places[goods] = len(self._matchers)
            self._matchers.append(Matcher(goods))
        return place

    def matching(self, skus: Sequence[Any]) -> dict[int, tuple[int, ...]]:
        """By matcher that wants any of these SKUs: which of them."""
        found: dict[int, list[int]] = {}
        for i, sku in enumerate(skus):
            for place in self._matching(sku):
                found.setdefault(place, []).append(i)
        return {place: tuple(those) for place, those in found.items()}

    def _matching(self, sku: Any) -> tuple[int, ...]:
        known = self._matched.get(sku.sku_id)
        if known is not None and known[0] is sku:
            return known[1]
        places = tuple(place for place, matches in enumerate(self._matchers) if matches(sku))
        if len(self._matched) >= SKUS_MATCHED_MAX:
            self._matched.clear()
        self._matched[sku.sku_id] = (sku, places)
        return places


def goods_of(benefit: object) -> tuple[PromotionGoods, ...]:
    """The goods a benefit names besides those of its promotion."""
    match benefit:
        case Bundle(parts=parts):
            return tuple(part.goods for part in parts)
        case BuyGet(goods=PromotionGoods() as goods):
            return (goods,)
        case Gift(sku=sku):
            return (PromotionGoods(skus=(sku,)),)
        case _:
            return ()


def _limited(terms: Terms) -> bool:
    return bool(terms.limits.uses_max or terms.limits.member_uses_max or terms.limits.budget_minor)


def _by_line(terms: Terms, benefit: Benefit) -> bool:
    """Whether an item promotion gives each line its own, so that lines may be had one without another."""
    limits = terms.limits
    together = limits.units_max or limits.cap_minor or limits.budget_minor or terms.stacking.group
    kind = isinstance(benefit, (PercentOff, FixedPrice, LevelPrice)) or (isinstance(benefit, AmountOff) and benefit.each)
    return terms.stage == "activity" and kind and not together


def barred(rule: Rule, context: Context) -> str:
    """Why a promotion is not for this basket, whatever is in it: a stable code, or "" if it is."""
    for check in rule.checks:
        if why := check(rule, context):
            return why
    return ""


def _checks(rule: Rule) -> tuple[Callable[[Rule, Context], str], ...]:
    """What has to be asked of a basket, in the order it is told."""
    terms = rule.terms
    asked = (
        ((terms.valid_from, terms.valid_to) != (EVER, FOREVER), _now),
        (terms.hours, _hours),
        (rule.channels, _channel),
        (rule.stores, _store),
        (terms.currency, _currency),
        (terms.play, _play),
        (_by_member(terms.buyers, terms), _not_them),
    )
    return tuple(check for needed, check in asked if needed)


def _now(rule: Rule, context: Context) -> str:
    if context.at < rule.terms.valid_from:
        return "not_yet"
    return "" if context.at < rule.terms.valid_to else "over"


def _channel(rule: Rule, context: Context) -> str:
    return "" if context.channel_id in rule.channels else "channel"


def _store(rule: Rule, context: Context) -> str:
    return "" if context.store_id in rule.stores else "store"


def _currency(rule: Rule, context: Context) -> str:
    return "" if context.currency == rule.terms.currency else "currency"


def _play(rule: Rule, context: Context) -> str:
    return "" if context.play == rule.terms.play else "play"


def _hours(rule: Rule, context: Context) -> str:
    now = any(
        (not hours.weekdays or context.weekday in hours.weekdays) and hours.from_minute <= context.minute < hours.to_minute
        for hours in rule.terms.hours
    )
    return "" if now else "hours"


def _not_them(rule: Rule, context: Context) -> str:
    buyers = rule.terms.buyers
    if context.member_id is None:
        return "sign_in"
    if buyers.first_order and not context.first_order:
        return "first_order"
    if buyers.levels and context.level not in buyers.levels:
        return "level"
    if buyers.groups and not set(buyers.groups).intersection(context.groups):
        return "group"
    return _no_price_for(rule.terms, context.level)


def _by_member(buyers: PromotionBuyers, terms: Terms) -> bool:
    asked = buyers.members_only or buyers.first_order or buyers.levels or buyers.groups or terms.limits.member_uses_max
    return bool(asked) or isinstance(terms.tiers[0].benefit, LevelPrice)


def _no_price_for(terms: Terms, level: str) -> str:
    benefit = terms.tiers[0].benefit
    if isinstance(benefit, LevelPrice) and all(one.level != level for one in benefit.prices):
        return "level"
    return ""
