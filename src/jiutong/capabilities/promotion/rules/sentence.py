"""What a promotion does, as a sentence: made of its terms, so that it cannot say anything else."""

from collections.abc import Sequence

from typing_extensions import override

from jiutong.capabilities.promotion.model.promotion import (
    EVER,
    FOREVER,
    WHOLE_BP,
    AmountOff,
    Benefit,
    Bundle,
    BuyGet,
    FixedPrice,
    FreeFreight,
    Gift,
    LevelPrice,
    NthItem,
    PercentOff,
    PromotionGoods,
    PromotionTier,
    Terms,
)
from jiutong.kernel.money import minor_digits

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_NAMED_MAX = 4


def sentence(terms: Terms, zh: bool) -> str:
    """The promotion in one sentence, in Chinese or in English."""
    return _Chinese(terms).told() if zh else _English(terms).told()


def _amount(minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    whole, rest = divmod(minor, 10**digits)
    number = f"{whole:,}" + (f".{rest:0{digits}}" if digits and rest else "")
    return f"{'¥' if currency == 'CNY' else currency + ' '}{number}"


def _bp(bp: int) -> str:
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _named(codes: Sequence[str], more: str) -> str:
    shown = "、".join(codes[:_NAMED_MAX]) if "共" in more else ", ".join(codes[:_NAMED_MAX])
    return shown if len(codes) <= _NAMED_MAX else f"{shown}{more.format(len(codes))}"


class _English:
    """The sentence in English."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    def told(self) -> str:
        """All of it."""
        terms = self.terms
        tiers = "; ".join(self.tier(one) for one in terms.tiers)
        parts = [f"{tiers}, on {self.goods(terms.goods)}", *self.when(), *self.who(), *self.limits(), *self.beside(), *self.returns()]
        return ", ".join(parts) + f". Paid by {self.funders()}."

    def tier(self, tier: PromotionTier) -> str:
        """From how much on what is given."""
        given = self.benefit(tier.benefit)
        if self.terms.measure == "none":
            return given
        least = _amount(tier.least, self.terms.currency) if self.terms.measure == "amount" else f"{tier.least} units"
        return f"{given} for every {least}" if self.terms.every else f"{given} from {least} on"

    def benefit(self, benefit: Benefit) -> str:
        """What is given."""
        money = self.terms.currency
        match benefit:
            case PercentOff(bp=bp):
                return f"{_bp(bp)} % off"
            case AmountOff(amount_minor=minor, each=each):
                return f"{_amount(minor, money)} off" + (" each" if each else "")
            case FixedPrice(amount_minor=minor):
                return f"{_amount(minor, money)} a unit"
            case LevelPrice(prices=prices):
                return "a unit costs " + ", ".join(f"{_amount(one.amount_minor, money)} for {one.level}" for one in prices)
            case _:
                return self.together(benefit)

    def together(self, benefit: Benefit) -> str:
        """What is given for several units together."""
        money = self.terms.currency
        end = "cheapest" if self.terms.pick == "cheapest" else "dearest"
        match benefit:
            case NthItem(nth=nth, bp=bp):
                return f"of every {nth} units the {end} {_off(bp)}"
            case BuyGet(buy=buy, get=get, bp=bp, goods=goods):
                of = "" if goods is None else f" of {self.goods(goods)}"
                return f"buy {buy}, get {get}{of} {_off(bp)} (the {end})"
            case Bundle(amount_minor=minor, parts=parts):
                return " + ".join(f"{one.units} of {self.goods(one.goods)}" for one in parts) + f" together {_amount(minor, money)}"
            case Gift(sku=sku, units=units):
                return f"{units} {sku} as a gift"
            case FreeFreight(max_minor=None):
                return "free freight"
            case FreeFreight(max_minor=int() as most):
                return f"freight up to {_amount(most, money or 'XXX')} free"
            case _:
                return ""

    def goods(self, goods: PromotionGoods) -> str:
        """Which goods."""
        lists = (("", goods.skus), ("brand ", goods.brands), ("category ", goods.categories))
        told = [word + _named(codes, " … ({} in all)") for word, codes in lists if codes]
        told += [f"{one.name} {' or '.join(map(str, one.any_of))}" for one in goods.attributes]
        if goods.expression:
            told.append(f"where {goods.expression}")
        lists = (("", goods.except_skus), ("brand ", goods.except_brands), ("category ", goods.except_categories))
        unwanted = [word + _named(codes, " … ({} in all)") for word, codes in lists if codes]
        return (" and ".join(told) or "everything") + (f" but {', '.join(unwanted)}" if unwanted else "")

    def when(self) -> list[str]:
        """Where and when."""
        terms = self.terms
        told = [f"in {_named((*terms.channels, *terms.stores), ' … ({} in all)')}"] if terms.channels or terms.stores else []
        for hours in terms.hours:
            days = " ".join(_DAYS[day - 1] for day in hours.weekdays) or "daily"
            told.append(f"{days} {_clock(hours.from_minute)}–{_clock(hours.to_minute)}")
        if terms.valid_from != EVER:
            told.append(f"from {terms.valid_from:%Y-%m-%d %H:%M} UTC")
        if terms.valid_to != FOREVER:
            told.append(f"until {terms.valid_to:%Y-%m-%d %H:%M} UTC")
        return told

    def who(self) -> list[str]:
        """For whom."""
        buyers = self.terms.buyers
        told = ["with a coupon"] if self.terms.coupon else []
        if buyers.first_order:
            told.append("on the first order")
        if buyers.levels or buyers.groups:
            told.append(f"for {_named((*buyers.levels, *buyers.groups), ' … ({} in all)')}")
        elif buyers.members_only:
            told.append("for members")
        return [*told, f"where {self.terms.expression}"] if self.terms.expression else told

    def limits(self) -> list[str]:
        """How much of it there is."""
        limits, money = self.terms.limits, self.terms.currency
        told = [f"at most {limits.units_max} units"] if limits.units_max else []
        told += [f"at most {limits.times_max} times an order"] if limits.times_max else []
        told += [f"at most {_amount(limits.cap_minor, money)} an order"] if limits.cap_minor else []
        told += [f"{limits.member_uses_max} orders a member"] if limits.member_uses_max else []
        told += [f"{limits.uses_max} orders in all"] if limits.uses_max else []
        return [*told, f"a budget of {_amount(limits.budget_minor, money)}"] if limits.budget_minor else told

    def beside(self) -> list[str]:
        """What it combines with."""
        stacking = self.terms.stacking
        told = [f"only one of group {stacking.group}"] if stacking.group else []
        if stacking.joins:
            told.append("combines with anything that agrees" if "*" in stacking.joins else f"combines with {', '.join(stacking.joins)}")
        if stacking.stop_after:
            told.append("nothing more after it")
        elif stacking.bars:
            told.append(f"no {' or '.join(stacking.bars)} promotion after it")
        return told

    def returns(self) -> list[str]:
        """What becomes of it when units come back; said where it is not the usual."""
        return ["measured again when goods are returned"] if self.terms.returns == "requalify" else []

    def funders(self) -> str:
        """Who pays."""
        funders = self.terms.funders
        return funders[0].funder if len(funders) == 1 else ", ".join(f"{one.funder} {_bp(one.bp)} %" for one in funders)


class _Chinese(_English):
    """The sentence in Chinese."""

    @override
    def told(self) -> str:
        """All of it."""
        terms = self.terms
        head = "，".join([*self.when(), *self.who()])
        tiers = "；".join(self.tier(one) for one in terms.tiers)
        tail = "，".join([*self.limits(), *self.beside(), *self.returns()])
        said = f"{self.goods(terms.goods)}{tiers}"
        return "，".join(part for part in (head, said, tail) if part) + f"。由{self.funders()}承担。"

    @override
    def tier(self, tier: PromotionTier) -> str:
        """From how much on what is given."""
        given = self.benefit(tier.benefit)
        if self.terms.measure == "none":
            return given
        least = _amount(tier.least, self.terms.currency) if self.terms.measure == "amount" else f" {tier.least} 件"
        return f"每满{least}{given}" if self.terms.every else f"满{least}{given}"

    @override
    def benefit(self, benefit: Benefit) -> str:
        """What is given."""
        money = self.terms.currency
        match benefit:
            case PercentOff(bp=bp):
                return f"打 {_tenths(bp)} 折"
            case AmountOff(amount_minor=minor, each=each):
                return f"每件减 {_amount(minor, money)}" if each else f"减 {_amount(minor, money)}"
            case FixedPrice(amount_minor=minor):
                return f"一口价 {_amount(minor, money)}"
            case LevelPrice(prices=prices):
                return "会员价：" + "、".join(f"{one.level} {_amount(one.amount_minor, money)}" for one in prices)
            case _:
                return self.together(benefit)

    @override
    def together(self, benefit: Benefit) -> str:
        """What is given for several units together."""
        money = self.terms.currency
        end = "价低者" if self.terms.pick == "cheapest" else "价高者"
        match benefit:
            case NthItem(nth=nth, bp=bp):
                return f"每 {nth} 件中 1 件{_off_zh(bp)}（{end}）"
            case BuyGet(buy=buy, get=get, bp=bp, goods=goods):
                of = "" if goods is None else self.goods(goods)
                return f"买 {buy} 件得{of} {get} 件{_off_zh(bp)}（{end}）"
            case Bundle(amount_minor=minor, parts=parts):
                return "＋".join(f"{self.goods(one.goods)} {one.units} 件" for one in parts) + f" 组合价 {_amount(minor, money)}"
            case Gift(sku=sku, units=units):
                return f"赠 {sku} {units} 件"
            case FreeFreight(max_minor=None):
                return "包邮"
            case FreeFreight(max_minor=int() as most):
                return f"运费减免至多 {_amount(most, money or 'XXX')}"
            case _:
                return ""

    @override
    def goods(self, goods: PromotionGoods) -> str:
        """Which goods."""
        lists = (("商品", goods.skus), ("品牌", goods.brands), ("类目", goods.categories))
        told = [f"{word} {_named(codes, ' 等共 {} 个')} " for word, codes in lists if codes]
        told += [f"{one.name} 为 {' 或 '.join(map(str, one.any_of))} " for one in goods.attributes]
        if goods.expression:
            told.append(f"符合 {goods.expression} ")
        lists = (("商品", goods.except_skus), ("品牌", goods.except_brands), ("类目", goods.except_categories))
        unwanted = [f"{word} {_named(codes, ' 等共 {} 个')}" for word, codes in lists if codes]
        return ("且".join(told) or "全部商品") + (f"（不含{'、'.join(unwanted)}）" if unwanted else "")

    @override
    def when(self) -> list[str]:
        """Where and when."""
        terms = self.terms
        told: list[str] = []
        if terms.valid_from != EVER:
            told.append(f"自 {terms.valid_from:%Y-%m-%d %H:%M} UTC 起")
        if terms.valid_to != FOREVER:
            told.append(f"至 {terms.valid_to:%Y-%m-%d %H:%M} UTC 止")
        if terms.channels or terms.stores:
            told.append(f"限 {_named((*terms.channels, *terms.stores), ' 等共 {} 个')}")
        for hours in terms.hours:
            days = "".join(_DAYS_ZH[day - 1] for day in hours.weekdays) or "每天"
            told.append(f"{days} {_clock(hours.from_minute)}–{_clock(hours.to_minute)}")
        return told

    @override
    def who(self) -> list[str]:
        """For whom."""
        buyers = self.terms.buyers
        told = ["凭券"] if self.terms.coupon else []
        if buyers.first_order:
            told.append("首单")
        if buyers.levels or buyers.groups:
            told.append(f"限 {_named((*buyers.levels, *buyers.groups), ' 等共 {} 个')}")
        elif buyers.members_only:
            told.append("限会员")
        return [*told, f"符合 {self.terms.expression}"] if self.terms.expression else told

    @override
    def limits(self) -> list[str]:
        """How much of it there is."""
        limits, money = self.terms.limits, self.terms.currency
        told = [f"最多 {limits.units_max} 件"] if limits.units_max else []
        told += [f"每单最多 {limits.times_max} 次"] if limits.times_max else []
        told += [f"每单最多减 {_amount(limits.cap_minor, money)}"] if limits.cap_minor else []
        told += [f"每位会员限 {limits.member_uses_max} 单"] if limits.member_uses_max else []
        told += [f"共限 {limits.uses_max} 单"] if limits.uses_max else []
        return [*told, f"总预算 {_amount(limits.budget_minor, money)}"] if limits.budget_minor else told

    @override
    def beside(self) -> list[str]:
        """What it combines with."""
        stacking = self.terms.stacking
        told = [f"同组（{stacking.group}）只享一项"] if stacking.group else []
        if stacking.joins:
            told.append("可与互认的活动叠加" if "*" in stacking.joins else f"可与 {'、'.join(stacking.joins)} 叠加")
        if stacking.stop_after:
            told.append("享受后不再叠加后续优惠")
        elif stacking.bars:
            words = {"order": "满减", "coupon": "优惠券", "subsidy": "补贴", "activity": "单品活动"}
            told.append(f"享受后不可再用{'、'.join(words[stage] for stage in stacking.bars)}")
        return told

    @override
    def returns(self) -> list[str]:
        """What becomes of it when units come back; said where it is not the usual."""
        return ["退货后按留存商品重新核算"] if self.terms.returns == "requalify" else []

    @override
    def funders(self) -> str:
        """Who pays."""
        funders = self.terms.funders
        return f" {funders[0].funder} " if len(funders) == 1 else "、".join(f" {one.funder} {_bp(one.bp)}% " for one in funders)


def _off(bp: int) -> str:
    return "for nothing" if bp == WHOLE_BP else f"at {_bp(bp)} % off"


def _off_zh(bp: int) -> str:
    return "免费" if bp == WHOLE_BP else f"打 {_tenths(bp)} 折"


def _tenths(bp: int) -> str:
    """What is left, in tenths: 15 % off is 8.5 折."""
    whole, rest = divmod(WHOLE_BP - bp, 1_000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)
