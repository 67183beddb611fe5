"""What a promotion does, in words: made of its terms, so that they cannot say anything else."""

from collections.abc import Mapping, Sequence
from typing import Final

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

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ZH: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_SIGNS: Final = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "JPY": "JP¥", "KRW": "₩", "INR": "₹"}
# Where a dollar alone is not taken for the American one.
_SIGNS_ZH: Final = _SIGNS | {"USD": "US$"}
_FUNDERS: Final = {"seller": "the seller", "platform": "the platform", "brand": "the brand", "bank": "the bank", "supplier": "the supplier"}
_FUNDERS_ZH: Final = {"seller": "商家", "platform": "平台", "brand": "品牌", "bank": "银行", "supplier": "供应商"}
_STAGES_ZH: Final = {"order": "满减", "coupon": "优惠券", "subsidy": "补贴", "activity": "单品活动"}
_MARKS: Final = "，。；：、（）＋"
_NAMED_MAX: Final = 4


def sentence(terms: Terms, zh: bool) -> str:
    """The promotion in words, in Chinese or in English."""
    return _chinese(terms) if zh else _english(terms)


def _number(minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole:,}" + (f".{rest:0{digits}}" if digits and rest else "")


def _money(minor: int, currency: str, signs: Mapping[str, str]) -> str:
    return signs.get(currency, f"{currency}\N{NO-BREAK SPACE}" if currency else "") + _number(minor, currency)


def _percent(bp: int) -> str:
    whole, rest = divmod(bp, 100)
    return (f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)) + "%"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _english(terms: Terms) -> str:
    first, *more = terms.tiers
    given = [_given(terms, first, _goods(terms.goods)), *(_given(terms, one, "") for one in more)]
    said = ", ".join(["; ".join(given), *_when(terms), *_who(terms)])
    rest = [", ".join(_limits(terms)), ", ".join(_beside(terms)), _returns(terms), f"paid by {_funders(terms)}"]
    return " ".join(f"{one[0].upper()}{one[1:]}." for one in (said, *rest) if one)


def _given(terms: Terms, tier: PromotionTier, goods: str) -> str:
    given = _benefit(terms, tier.benefit, goods)
    if terms.measure == "none":
        return given
    if terms.measure == "amount":
        least = _money(tier.least, terms.currency, _SIGNS)
        return f"{given} for every {least} spent" if terms.every else f"{given} from {least}"
    return f"{given} for every {_units(tier.least)}" if terms.every else f"{given} from {_units(tier.least)}"


def _units(many: int) -> str:
    return "1 unit" if many == 1 else f"{many} units"


def _benefit(terms: Terms, benefit: Benefit, goods: str) -> str:
    """What is given; on which goods only where they are named."""
    money, on = terms.currency, f" {goods}" if goods else ""
    match benefit:
        case PercentOff(bp=bp):
            return f"{_percent(bp)} off{on}"
        case AmountOff(amount_minor=minor, each=each):
            return f"{_money(minor, money, _SIGNS)} off" + (" each" if each else "") + (f", on {goods}" if each and goods else on)
        case FixedPrice(amount_minor=minor):
            return f"{_money(minor, money, _SIGNS)} each" + (f" for {goods}" if goods else "")
        case LevelPrice(prices=prices):
            levels = ", ".join(f"{_money(one.amount_minor, money, _SIGNS)} for {one.level}" for one in prices)
            return f"member prices{f' of {goods}' if goods else ''}: {levels}"
        case FreeFreight(max_minor=most):
            free = "free delivery" if most is None else f"up to {_money(most, money, _SIGNS)} off delivery"
            return free + (f" with {goods}" if goods else "")
        case Gift(sku=sku, units=units):
            return f"{units} × {sku} free" + (f" with {goods}" if goods else "")
        case _:
            return _together(terms, benefit, goods)


def _together(terms: Terms, benefit: Benefit, goods: str) -> str:
    of = f" of {goods}" if goods else ""
    match benefit:
        case NthItem(nth=nth, bp=bp):
            return f"the {terms.pick} of every {nth} units{of} {_off(bp)}"
        case BuyGet(buy=buy, get=get, bp=bp, goods=None):
            return f"buy {buy}{of}, get {get} {_off(bp)} (the {terms.pick})"
        case BuyGet(buy=buy, get=get, bp=bp, goods=PromotionGoods() as got):
            return f"buy {buy}{of}, get {get} of {_goods(got)} {_off(bp)} (the {terms.pick})"
        case Bundle(amount_minor=minor, parts=parts):
            pieces = " and ".join(f"{one.units} of {_goods(one.goods)}" for one in parts)
            return f"{pieces} for {_money(minor, terms.currency, _SIGNS)}" + (" together" if len(parts) > 1 else "")
        case _:
            return ""


def _off(bp: int) -> str:
    return "free" if bp == WHOLE_BP else f"at {_percent(bp)} off"


def _named(codes: Sequence[str]) -> str:
    more = len(codes) - _NAMED_MAX
    return ", ".join(codes) if more <= 0 else f"{', '.join(codes[:_NAMED_MAX])} and {more} more"


def _goods(goods: PromotionGoods) -> str:
    """Which goods."""
    lists = (("", goods.skus), ("brand ", goods.brands), ("category ", goods.categories))
    told = [word + _named(codes) for word, codes in lists if codes]
    told += [f"{one.name} {' or '.join(map(str, one.any_of))}" for one in goods.attributes]
    if goods.expression:
        told.append(f"goods where {goods.expression}")
    lists = (("", goods.except_skus), ("brand ", goods.except_brands), ("category ", goods.except_categories))
    unwanted = [word + _named(codes) for word, codes in lists if codes]
    return (" and ".join(told) or "everything") + (f" except {', '.join(unwanted)}" if unwanted else "")


def _when(terms: Terms) -> list[str]:
    """Where and when."""
    told = [f"in {_named((*terms.channels, *terms.stores))}"] if terms.channels or terms.stores else []
    for hours in terms.hours:
        days = " ".join(_DAYS[day - 1] for day in hours.weekdays) or "daily"
        told.append(f"{days} {_clock(hours.from_minute)}–{_clock(hours.to_minute)}")
    if terms.valid_from != EVER:
        told.append(f"from {terms.valid_from:%Y-%m-%d %H:%M} UTC")
    if terms.valid_to != FOREVER:
        told.append(f"until {terms.valid_to:%Y-%m-%d %H:%M} UTC")
    return told


def _who(terms: Terms) -> list[str]:
    """For whom."""
    buyers = terms.buyers
    told = ["with a coupon"] if terms.coupon else []
    if buyers.first_order:
        told.append("on the first order")
    if buyers.levels or buyers.groups:
        told.append(f"for {_named((*buyers.levels, *buyers.groups))}")
    elif buyers.members_only:
        told.append("for members")
    return [*told, f"where {terms.expression}"] if terms.expression else told


def _limits(terms: Terms) -> list[str]:
    """How much of it there is."""
    limits, money = terms.limits, terms.currency
    told = [f"at most {_units(limits.units_max)} an order"] if limits.units_max else []
    told += [f"at most {_times(limits.times_max)} an order"] if limits.times_max else []
    told += [f"at most {_money(limits.cap_minor, money, _SIGNS)} off an order"] if limits.cap_minor else []
    told += [f"{_orders(limits.member_uses_max)} a member"] if limits.member_uses_max else []
    told += [f"{_orders(limits.uses_max)} in all"] if limits.uses_max else []
    return [*told, f"a budget of {_money(limits.budget_minor, money, _SIGNS)}"] if limits.budget_minor else told


def _times(many: int) -> str:
    return "once" if many == 1 else f"{many} times"


def _orders(many: int) -> str:
    return "1 order" if many == 1 else f"{many:,} orders"


def _beside(terms: Terms) -> list[str]:
    """What it combines with."""
    stacking = terms.stacking
    told = [f"only one of group {stacking.group} an order"] if stacking.group else []
    if stacking.joins:
        told.append("combines with whatever agrees to" if "*" in stacking.joins else f"combines with {', '.join(stacking.joins)}")
    if stacking.stop_after:
        told.append("nothing more comes off after it")
    elif stacking.bars:
        told.append(f"no {' or '.join(stacking.bars)} promotion after it")
    return told


def _returns(terms: Terms) -> str:
    """What becomes of it when units come back; said where it is not the usual."""
    return "measured again when goods are returned" if terms.returns == "requalify" else ""


def _funders(terms: Terms) -> str:
    funders = terms.funders
    if len(funders) == 1:
        return _FUNDERS.get(funders[0].funder, funders[0].funder)
    *others, last = [f"{_FUNDERS.get(one.funder, one.funder)} ({_percent(one.bp)})" for one in funders]
    return f"{', '.join(others)} and {last}"


def _chinese(terms: Terms) -> str:
    head = "，".join([*_when_zh(terms), *_who_zh(terms)])
    given = "；".join(_given_zh(terms, one) for one in terms.tiers)
    # A bundle names its goods itself.
    bundle = isinstance(terms.tiers[0].benefit, Bundle)
    said = given if bundle else _zh(_goods_zh(terms.goods), given)
    tail = "，".join([*_limits_zh(terms), *_beside_zh(terms), *_returns_zh(terms)])
    return "，".join(part for part in (head, said, tail) if part) + f"。{_funders_zh(terms)}。"


def _zh(*parts: str) -> str:
    """Pieces set together as they are in print: a space between, but not where Chinese meets Chinese, nor around punctuation."""
    said = ""
    for part in filter(None, parts):
        close = not said or said[-1] in _MARKS or part[0] in _MARKS or (_is_han(said[-1]) and _is_han(part[0]))
        said += part if close else f" {part}"
    return said


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _given_zh(terms: Terms, tier: PromotionTier) -> str:
    given = _benefit_zh(terms, tier.benefit)
    if terms.measure == "none":
        return given
    least = _money(tier.least, terms.currency, _SIGNS_ZH) if terms.measure == "amount" else f"{tier.least} 件"
    return _zh("每满" if terms.every else "满", least, given)


def _benefit_zh(terms: Terms, benefit: Benefit) -> str:
    money = terms.currency
    match benefit:
        case PercentOff(bp=bp):
            return _off_zh(bp)
        case AmountOff(amount_minor=minor, each=each):
            return _zh("每件减" if each else "减", _money(minor, money, _SIGNS_ZH))
        case FixedPrice(amount_minor=minor):
            return _zh("一口价", _money(minor, money, _SIGNS_ZH))
        case LevelPrice(prices=prices):
            return "会员价：" + "、".join(f"{one.level} {_money(one.amount_minor, money, _SIGNS_ZH)}" for one in prices)
        case FreeFreight(max_minor=None):
            return "包邮"
        case FreeFreight(max_minor=int() as most):
            return _zh("运费最多减", _money(most, money, _SIGNS_ZH))
        case Gift(sku=sku, units=units):
            return _zh("赠", f"{sku} × {units}")
        case _:
            return _together_zh(terms, benefit)


def _together_zh(terms: Terms, benefit: Benefit) -> str:
    end = "价低者" if terms.pick == "cheapest" else "价高者"
    match benefit:
        case NthItem(nth=nth, bp=bp):
            return _zh(f"每 {nth} 件中 1 件", _off_zh(bp)) + f"（{end}）"
        case BuyGet(buy=buy, get=get, bp=bp, goods=goods):
            got = "" if goods is None else _goods_zh(goods)
            free = f"买 {buy} 件送" if bp == WHOLE_BP else f"买 {buy} 件，再买"
            return _zh(free, got, f"{get} 件", "" if bp == WHOLE_BP else _off_zh(bp)) + f"（{end}）"
        case Bundle(amount_minor=minor, parts=parts):
            pieces = [_zh(_goods_zh(one.goods), f"{one.units} 件") for one in parts]
            return _zh("＋".join(pieces), "组合价", _money(minor, terms.currency, _SIGNS_ZH))
        case _:
            return ""


def _off_zh(bp: int) -> str:
    """What is left, in tenths: 15 % off is 8.5 折."""
    whole, rest = divmod(WHOLE_BP - bp, 1_000)
    return "免费" if bp == WHOLE_BP else f"打 {f'{whole}.{rest:03}'.rstrip('0') if rest else whole} 折"


def _named_zh(codes: Sequence[str]) -> str:
    shown = "、".join(codes[:_NAMED_MAX])
    return shown if len(codes) <= _NAMED_MAX else _zh(shown, f"等 {len(codes)} 个")


def _goods_zh(goods: PromotionGoods) -> str:
    """Which goods."""
    lists = (("商品", goods.skus), ("品牌", goods.brands), ("类目", goods.categories))
    told = [_zh(word, _named_zh(codes)) for word, codes in lists if codes]
    told += [_zh(one.name, "为", " 或 ".join(map(str, one.any_of))) for one in goods.attributes]
    if goods.expression:
        told.append(_zh("符合", goods.expression, "的商品"))
    lists = (("商品", goods.except_skus), ("品牌", goods.except_brands), ("类目", goods.except_categories))
    unwanted = [_zh(word, _named_zh(codes)) for word, codes in lists if codes]
    return ("且".join(told) or "全部商品") + (f"（不含{'、'.join(unwanted)}）" if unwanted else "")


def _when_zh(terms: Terms) -> list[str]:
    """Where and when."""
    told: list[str] = []
    if terms.valid_from != EVER:
        told.append(f"自 {terms.valid_from:%Y-%m-%d %H:%M} UTC 起")
    if terms.valid_to != FOREVER:
        told.append(f"至 {terms.valid_to:%Y-%m-%d %H:%M} UTC 止")
    if terms.channels or terms.stores:
        told.append(_zh("限", _named_zh((*terms.channels, *terms.stores))))
    for hours in terms.hours:
        days = "、".join(_DAYS_ZH[day - 1] for day in hours.weekdays) or "每天"
        told.append(f"{days} {_clock(hours.from_minute)}–{_clock(hours.to_minute)}")
    return told


def _who_zh(terms: Terms) -> list[str]:
    """For whom."""
    buyers = terms.buyers
    told = ["凭券"] if terms.coupon else []
    if buyers.first_order:
        told.append("限首单")
    if buyers.levels or buyers.groups:
        told.append(_zh("限", _named_zh((*buyers.levels, *buyers.groups))))
    elif buyers.members_only:
        told.append("限会员")
    return [*told, _zh("符合", terms.expression)] if terms.expression else told


def _limits_zh(terms: Terms) -> list[str]:
    """How much of it there is."""
    limits, money = terms.limits, terms.currency
    told = [f"每单最多 {limits.units_max} 件"] if limits.units_max else []
    told += [f"每单最多 {limits.times_max} 次"] if limits.times_max else []
    told += [_zh("每单最多减", _money(limits.cap_minor, money, _SIGNS_ZH))] if limits.cap_minor else []
    told += [f"每位会员限 {limits.member_uses_max:,} 单"] if limits.member_uses_max else []
    told += [f"共限 {limits.uses_max:,} 单"] if limits.uses_max else []
    return [*told, _zh("总预算", _money(limits.budget_minor, money, _SIGNS_ZH))] if limits.budget_minor else told


def _beside_zh(terms: Terms) -> list[str]:
    """What it combines with."""
    stacking = terms.stacking
    told = [f"同组（{stacking.group}）只享一项"] if stacking.group else []
    if stacking.joins:
        told.append("可与互认的活动叠加" if "*" in stacking.joins else _zh("可与", "、".join(stacking.joins), "叠加"))
    if stacking.stop_after:
        told.append("享受后不再叠加后续优惠")
    elif stacking.bars:
        told.append(f"享受后不可再用{'、'.join(_STAGES_ZH[stage] for stage in stacking.bars)}")
    return told


def _returns_zh(terms: Terms) -> list[str]:
    """What becomes of it when units come back; said where it is not the usual."""
    return ["退货后按留存商品重新核算"] if terms.returns == "requalify" else []


def _funders_zh(terms: Terms) -> str:
    first, *others = terms.funders
    who = _FUNDERS_ZH.get(first.funder, first.funder)
    if not others:
        return _zh("由", who, "承担")
    told = [_zh(_FUNDERS_ZH.get(one.funder, one.funder), _percent(one.bp)) for one in others]
    return "、".join([_zh(who, "承担", _percent(first.bp)), *told])
