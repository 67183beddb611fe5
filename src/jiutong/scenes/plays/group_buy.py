"""Group buy 拼团: the group's price for a place in it; the order waits for its group before it ships."""

from jiutong.capabilities import order, promotion
from jiutong.capabilities.order import Adjustment, Basket, Claim, Findings, Sitting
from jiutong.capabilities.promotion import GroupBuy, PlayFacts
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import Play, step
from jiutong.scenes.plays.entering import entered, left_of, missing, taken_off, wanted
from jiutong.scenes.steps import coupons, flash_prices, line_discounts, pay_in_full, promotions


@step("plays")
def group_price(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Sell at the price of the group's first threshold, and take a place in it, or in a group of one's own."""
    if found.blocks:
        return order.NOTHING
    play = entered(basket, facts, "group_buy")
    if isinstance(play, Problem):
        return Findings(blocks=(play,))
    what = play.what
    if not isinstance(what, GroupBuy):
        return order.NOTHING
    blocks = _refused(basket, found, play, what)
    if blocks:
        return Findings(blocks=blocks)
    left = left_of(basket, found)
    adjustments: list[Adjustment] = []
    net = 0
    for line in basket.lines:
        item = what.items[play.items[found.offers[line.line_no].sku_id]]
        off = promotion.group_off(item, 0, line.quantity, left[line.line_no], found.prices[line.line_no].floor)
        net += left[line.line_no] - off
        adjustments += taken_off(line.line_no, play.rule, off, play)
    seat, alone = _places(basket, play, what, net)
    place = Sitting(seat.subject_id, seat.amount, basket.order_id)
    return Findings(adjustments=tuple(adjustments), play=play.rule, awaits="group", place=place, claims=(seat, alone))


def _refused(basket: Basket, found: Findings, play: PlayFacts, what: GroupBuy) -> tuple[Problem, ...]:
    if basket.member_id is None:
        return (promotion.MEMBERS_ONLY("a group knows who is in it", pointer="/member"),)
    closed = promotion.group_refusal(what, play.group, basket.at)
    if closed is not None:
        return (closed,)
    if unknown := missing(basket, found, play):
        return unknown
    asked = [
        promotion.units_refusal(what.items[play.items[found.offers[line.line_no].sku_id]], line.quantity, line.line_no)
        for line in basket.lines
    ]
    return tuple(one for one in asked if one is not None)


def _places(basket: Basket, play: PlayFacts, what: GroupBuy, net: int) -> tuple[Claim, Claim]:
    """A place in the group, and being in one group of this play at a time. Who joins no group opens one under the order's own id."""
    group_id = play.group.group_id if play.group else basket.order_id
    holds = play.group.holds if play.group else what.holds
    counts = promotion.group_counts(what, sum(line.quantity for line in basket.lines), net)
    full = promotion.GROUP_FULL("the group has not that many places left", pointer="/play", opens_new=play.code)
    twice = promotion.IN_A_GROUP("you are in a group of this already", pointer="/play")
    alone = promotion.in_group_account(play.code, basket.member_id or 0)
    return (
        wanted(0, "seat", group_id, promotion.seat_account(group_id, holds), counts, "cancel", full),
        wanted(0, "limit", play.play_id, alone, 1, "cancel", twice),
    )


GROUP_BUY = Play(
    code="group_buy",
    title="Group buy",
    title_zh="拼团",
    after=((line_discounts.name, group_price),),
    instead=((pay_in_full.name, pay_in_full),),  # a till, which has no such step, takes nobody into a group
    without=(flash_prices.name, promotions.name, coupons.name),
)
