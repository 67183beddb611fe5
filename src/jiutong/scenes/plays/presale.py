"""Presale 预售: the presale's price, a deposit now and the balance later, goods from where they will arrive."""

from datetime import timedelta

from jiutong.capabilities import order, promotion
from jiutong.capabilities.order import Adjustment, Basket, Claim, Due, Findings
from jiutong.capabilities.promotion import Presale
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import Play, plan_of, step
from jiutong.scenes.plays.entering import entered, explained, left_of, missing, taken_off, wanted
from jiutong.scenes.steps import HOLD_MINUTES, coupons, flash_prices, line_discounts, pay_in_full, promotions, source_complete


@step("plays")
def presale_price(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Sell at the presale's price, count the deposit for what it counts, and take the units of its quota."""
    if found.blocks:
        return order.NOTHING
    play = entered(basket, facts, "presale")
    if isinstance(play, Problem):
        return Findings(blocks=(play,))
    what = play.what
    if not isinstance(what, Presale):
        return order.NOTHING
    closed = promotion.presale_closed(what, basket.at)
    blocks = missing(basket, found, play) if closed is None else (closed,)
    if blocks:
        return Findings(blocks=blocks)
    left = left_of(basket, found)
    adjustments: list[Adjustment] = []
    claims: list[Claim] = []
    for line in basket.lines:
        item = what.items[play.items[found.offers[line.line_no].sku_id]]
        terms = promotion.presale_line(item, line.quantity, left[line.line_no], found.prices[line.line_no].floor)
        adjustments += taken_off(line.line_no, play.rule, terms.off, play)
        adjustments += taken_off(line.line_no, f"{play.rule}+deposit", terms.extra, play)
        account = promotion.quota_account(play.code, item)
        refusal = promotion.QUOTA_GONE(
            f"the presale has not so many {item.sku} left", pointer=f"/lines/{line.line_no - 1}/quantity", sku=item.sku
        )
        claims.append(wanted(line.line_no, "quota", play.play_id, account, line.quantity, "units", refusal))
    notes = [explained(basket, play, "", "play.price", adjustments)]
    if any(one.rule != play.rule for one in adjustments):
        notes.append(explained(basket, play, "+deposit", "play.deposit", adjustments, (": the deposit counts more", "·定金膨胀")))
    return Findings(adjustments=tuple(adjustments), play=play.rule, claims=tuple(claims), notes=tuple(notes))


@step(*coupons.needs, "plays")
def coupons_on_balance(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Coupons are used on the balance, where the presale takes them at all."""
    play = facts.plays.get(basket.play)
    if play is not None and isinstance(play.what, Presale) and play.what.coupons == "none":
        return order.NOTHING
    return coupons.run(basket, facts, found)


@step("plays")
def deposit_then_balance(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Two payables: the deposit before the goods are given back, the balance in its window. All at once where that is allowed."""
    play = facts.plays.get(basket.play)
    if found.blocks or play is None or not isinstance(play.what, Presale):
        return order.NOTHING
    what, total = play.what, order.payable(found)
    deposit = sum(what.items[play.items[found.offers[line.line_no].sku_id]].deposit_minor * line.quantity for line in basket.lines)
    now = basket.at + timedelta(minutes=plan_of(basket.scene, "presale").ask(HOLD_MINUTES))
    if total <= deposit:
        return Findings(dues=(Due(total, now if total else None),))
    opens_at = None if what.full_payment else what.balance_from
    return Findings(dues=(Due(deposit, now, None, promotion.deposit_kept(what)), Due(total - deposit, what.balance_to, opens_at)))


@step("sources", "plays")
def source_supply(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Goods that are not in stock yet are taken from where they will arrive; else from where this channel sells."""
    play = facts.plays.get(basket.play)
    if found.blocks or play is None or not isinstance(play.what, Presale) or not play.what.supply:
        return source_complete.run(basket, facts, found)
    supply = facts.supplies.get(play.what.supply)
    if supply is None:
        return Findings(blocks=(order.NO_SOURCE(f"there is no location {play.what.supply} any more", pointer="/play"),))
    return Findings(sources={line.line_no: supply for line in basket.lines})


PRESALE = Play(
    code="presale",
    title="Presale",
    title_zh="预售",
    after=((line_discounts.name, presale_price),),
    instead=((coupons.name, coupons_on_balance), (pay_in_full.name, deposit_then_balance), (source_complete.name, source_supply)),
    without=(flash_prices.name, promotions.name),
    points=((HOLD_MINUTES, 30),),
)
