"""Which goods and which baskets a promotion is about: compiled once per set of promotions, matched once per SKU."""

from collections.abc import Sequence
from typing import Any, Final

from jiutong.capabilities.promotion.model.promotion import (
    AttributeIs,
    Bundle,
    BuyGet,
    Context,
    Gift,
    LevelPrice,
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
    """A promotion ready to be asked. `goods`, and by tier `others` its benefit names, are matchers of its set, as bits."""

    __slots__ = ("channels", "expression", "goods", "group", "joins", "others", "rule", "stores", "terms", "version")

    def __init__(self, version: Version, goods: int, others: tuple[tuple[int, ...], ...]) -> None:
        terms = version.terms
        self.version = version
        self.terms: Terms = terms
        self.rule = version.rule
        self.goods = goods
        self.others = others
        self.channels = frozenset(version.channel_ids)
        self.stores = frozenset(version.store_ids)
        self.group = terms.stacking.group
        self.joins = frozenset(terms.stacking.joins)
        self.expression: Expression | None = compiled(terms.expression) if terms.expression else None

    def names(self, other: "Rule") -> bool:
        """Whether it agrees to combine with another."""
        return bool(self.joins) and self._names(other)

    def _names(self, other: "Rule") -> bool:
        return "*" in self.joins or other.version.code in self.joins or bool(other.group and other.group in self.joins)


class Ruleset:
    """The promotions of a tenant that run or will, compiled. What matches a SKU is remembered as long as its facts are the same."""

    def __init__(self, versions: Sequence[Version]) -> None:
        self._places: dict[PromotionGoods, int] = {}
        self._matchers: list[Matcher] = []
        self.rules = tuple(self._rule(one) for one in sorted(versions, key=lambda one: (one.code, one.version)))
        self.by_rule = {one.rule: one for one in self.rules}
        self.gifts = frozenset(t.benefit.sku for one in self.rules for t in one.terms.tiers if isinstance(t.benefit, Gift))
        self.limited = any(_limited(one.terms) for one in self.rules)
        self._matched: dict[int, tuple[Any, int]] = {}
        self.by_stage: dict[str, tuple[Rule, ...]] = {}
        for one in self.rules:
            self.by_stage[one.terms.stage] = (*self.by_stage.get(one.terms.stage, ()), one)

    def rules_of(self, code: str) -> list[str]:
        """The versions of this code among them, by name; the newest first."""
        return [one.rule for one in reversed(self.rules) if one.version.code == code][:1]

    def with_drafts(self, drafts: Sequence[Version], *, only: bool) -> "Ruleset":
        """These promotions with drafts in place of the published ones of their codes, or the drafts alone."""
        if not drafts and not only:
            return self
        codes = {one.code for one in drafts}
        return Ruleset([*drafts, *(one.version for one in self.rules if not only and one.version.code not in codes)])

    def _rule(self, version: Version) -> Rule:
        others = tuple(tuple(self._bit(goods) for goods in goods_of(tier.benefit)) for tier in version.terms.tiers)
        return Rule(version, self._bit(version.terms.goods), others)

    def _bit(self, goods: PromotionGoods) -> int:
        place = self._places.get(goods)
        if place is None:
            place = self._places[goods] = len(self._matchers)
            self._matchers.append(Matcher(goods))
        return 1 << place

    def bits(self, sku: Any) -> int:
        """Which matchers want this SKU."""
        known = self._matched.get(sku.sku_id)
        if known is not None and known[0] is sku:
            return known[1]
        bits = 0
        for place, matches in enumerate(self._matchers):
            if matches(sku):
                bits |= 1 << place
        if len(self._matched) >= SKUS_MATCHED_MAX:
            self._matched.clear()
        self._matched[sku.sku_id] = (sku, bits)
        return bits


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


def barred(rule: Rule, context: Context) -> str:
    """Why a promotion is not for this basket, whatever is in it: a stable code, or "" if it is."""
    terms = rule.terms
    if not terms.valid_from <= context.at < terms.valid_to:
        return "not_yet" if context.at < terms.valid_from else "over"
    if terms.hours and not _now(terms, context):
        return "hours"
    return _elsewhere(rule, context) or _not_them(terms.buyers, terms, context)


def _now(terms: Terms, context: Context) -> bool:
    return any(
        (not hours.weekdays or context.weekday in hours.weekdays) and hours.from_minute <= context.minute < hours.to_minute
        for hours in terms.hours
    )


def _elsewhere(rule: Rule, context: Context) -> str:
    if rule.channels and context.channel_id not in rule.channels:
        return "channel"
    if rule.stores and context.store_id not in rule.stores:
        return "store"
    if rule.terms.currency and rule.terms.currency != context.currency:
        return "currency"
    return "play" if rule.terms.play != context.play and rule.terms.play else ""


def _not_them(buyers: PromotionBuyers, terms: Terms, context: Context) -> str:
    if context.member_id is None:
        return "sign_in" if _by_member(buyers, terms) else ""
    if buyers.first_order and not context.first_order:
        return "first_order"
    if buyers.levels and context.level not in buyers.levels:
        return "level"
    if buyers.groups and not set(buyers.groups).intersection(context.groups):
        return "group"
    return _no_price_for(terms, context.level)


def _by_member(buyers: PromotionBuyers, terms: Terms) -> bool:
    asked = buyers.members_only or buyers.first_order or buyers.levels or buyers.groups or terms.limits.member_uses_max
    return bool(asked) or isinstance(terms.tiers[0].benefit, LevelPrice)


def _no_price_for(terms: Terms, level: str) -> str:
    benefit = terms.tiers[0].benefit
    if isinstance(benefit, LevelPrice) and all(one.level != level for one in benefit.prices):
        return "level"
    return ""
