"""Group buy 拼团: the group's price for a place in it; the order waits for its group before it ships."""

from collections.abc import Sequence

from jiutong.capabilities import order, promotion
from jiutong.capabilities.order import Adjustment, Basket, Claim, Findings, Note, Sitting
from jiutong.capabilities.promotion import GroupBuy, PlayFacts
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import Play, step
from jiutong.scenes.plays.entering import entered, explained, left_of, missing, taken_off, wanted
from jiutong.scenes.steps import coupons, flash_prices, line_discounts, pay_in_full, promotions


@step("plays", "buyers")
def group_price(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Sell at the price of the group's first threshold, less for who opens one; take a place in it, or in a group of one's own."""
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
    heads = promotion.heads(play, what)
    adjustments: list[Adjustment] = []
    net = 0
    for line in basket.lines:
        item = what.items[play.items[found.offers[line.line_no].sku_id]]
        terms = item, 0, line.quantity, left[line.line_no], found.prices[line.line_no].floor
        off, all_off = promotion.group_off(*terms), promotion.group_off(*terms, head=heads == "open")
        net += left[line.line_no] - all_off
        adjustments += taken_off(line.line_no, play.rule, off, play)
        adjustments += taken_off(line.line_no, f"{play.rule}+head", all_off - off, play)
    headed = any(one.rule == f"{play.rule}+head" for one in adjustments)
    claims = _places(basket, facts, play, what, net) + (_head(basket, play, what) if headed else ())
    place = Sitting(claims[0].subject_id, claims[0].amount, basket.order_id)
    notes = _notes(basket, play, adjustments, heads)
    return Findings(adjustments=tuple(adjustments), play=play.rule, awaits="group", place=place, claims=claims, notes=notes)


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


def _notes(basket: Basket, play: PlayFacts, adjustments: Sequence[Adjustment], heads: str) -> tuple[Note, ...]:
    own = explained(basket, play, "", "play.price", adjustments)
    if not heads:
        return (own,)
    why = "play.head" if heads == "open" else "play.heads_gone"
    return own, explained(basket, play, "+head", why, adjustments, (": opening a group", "·团长优惠"))


def _places(basket: Basket, facts: Facts, play: PlayFacts, what: GroupBuy, net: int) -> tuple[Claim, ...]:
    """A place in the group, and being in one group of this play at a time. Who joins no group opens one under the order's own id.

    Where places are kept for newcomers, everybody else takes one of the others besides, and a newcomer the one they ever have.
    """
    group_id = play.group.group_id if play.group else basket.order_id
    holds = play.group.holds if play.group else what.holds
    counts = promotion.group_counts(what, sum(line.quantity for line in basket.lines), net)
    full = promotion.GROUP_FULL("the group has not that many places left", pointer="/play", opens_new=play.code)
    twice = promotion.IN_A_GROUP("you are in a group of this already", pointer="/play")
    alone = promotion.in_group_account(play.code, basket.member_id or 0)
    places = (
        wanted(0, "seat", group_id, promotion.seat_account(group_id, holds), counts, "cancel", full),
        wanted(0, "limit", play.play_id, alone, 1, "cancel", twice),
    )
    if not what.newcomers:
        return places
    buyer = facts.buyers.get(basket.member_id or 0)
    if buyer is None or buyer.first_order:
        once = promotion.NEWCOMER_ONCE("finish the order you placed as a newcomer first", pointer="/play")
        return *places, wanted(0, "seat", group_id, promotion.newcomer_account(basket.member_id or 0), 1, "cancel", once)
    kept = promotion.NEWCOMERS_ONLY("the places left are kept for newcomers", pointer="/play", opens_new=play.code)
    return *places, wanted(0, "seat", group_id, promotion.regulars_account(group_id, what), 1, "cancel", kept)


def _head(basket: Basket, play: PlayFacts, what: GroupBuy) -> tuple[Claim, ...]:
    """One of the groups that are opened at a price of their own, where these are counted."""
    if not what.heads:
        return ()
    gone = promotion.HEADS_GONE("ask again: it can be opened at the price of the group", pointer="/play")
    return (wanted(0, "uses", play.play_id, promotion.heads_account(play.code, what), 1, "cancel", gone),)


GROUP_BUY = Play(
    code="group_buy",
    title="Group buy",
    title_zh="拼团",
    after=((line_discounts.name, group_price),),
    instead=((pay_in_full.name, pay_in_full),),  # a till, which has no such step, takes nobody into a group
    without=(flash_prices.name, promotions.name, coupons.name),
)
