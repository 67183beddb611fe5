"""What stands between a buyer and the goods: the door of an activity, restrictions, flash prices, reservations, purchase limits."""

from jiutong import ledger
from jiutong.capabilities import order, promotion
from jiutong.capabilities.order import Adjustment, Basket, Claim, Findings, Note
from jiutong.capabilities.promotion import Buying, Judgment
from jiutong.flows.facts import Facts
from jiutong.flows.gating import buying
from jiutong.kernel.points import step


@step("gates", "promotions", "buyers")
def entrance(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Who comes through an activity comes through one that is open: never to ordinary terms instead."""
    if not basket.play or basket.play in facts.plays:
        return order.NOTHING
    closed = promotion.entrance_refusal(_buying(basket, facts), basket.currency, facts.gates.gates, facts.deals.rules.rules, facts.over)
    return Findings(blocks=(closed,)) if closed is not None else order.NOTHING


@step("gates", "buyers")
def restrictions(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Goods that are not for everybody, or not for everywhere, are refused with the reason and what would change it."""
    if not facts.gates.gates:
        return order.NOTHING
    return _found(promotion.judge_restrictions(_buying(basket, facts), facts.gates), "restriction")


@step("gates", "buyers")
def flash_prices(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Give lines their flash price while there is some left, and take it off the allotment."""
    if found.blocks or not facts.gates.gates or basket.play in facts.plays:
        return order.NOTHING
    off = order.taken_off(found.adjustments)
    priced = {
        line.line_no: (price.gross - off.get(line.line_no, 0), price.floor, price.per)
        for line in basket.lines
        if line.given_gross is None and (price := found.prices.get(line.line_no)) is not None
    }
    return _found(promotion.judge_flash_sales(_buying(basket, facts), facts.gates, priced, basket.currency), "activity")


@step("gates", "buyers")
def reservations(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """What is kept for those who signed up is sold to nobody else, and to them as much as they have a right to."""
    if not facts.gates.gates:
        return order.NOTHING
    return _found(promotion.judge_reservations(_buying(basket, facts), facts.gates), "reservation")


@step("gates", "buyers")
def purchase_limits(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Nobody takes more than a purchase limit allows; what is left is told."""
    if not facts.gates.gates:
        return order.NOTHING
    return _found(promotion.judge_limits(_buying(basket, facts), facts.gates), "limit")


def _buying(basket: Basket, facts: Facts) -> Buying:
    return buying(basket, facts.skus, facts.buyers)


def _found(judged: Judgment, stage: str) -> Findings:
    used = ledger.account_of("used", {}, "any")
    return Findings(
        adjustments=tuple(Adjustment(one.line_no, "activity", one.rule, one.funder, one.amount) for one in judged.reductions),
        claims=tuple(
            Claim(0, one.line_no, one.kind, one.gate_id, one.account, used, one.amount, one.back, one.refusal) for one in judged.wants
        ),
        blocks=judged.blocks,
        notes=tuple(
            Note(
                stage, one.rule, one.name, one.name_zh, one.outcome, one.why, one.amount, one.left or 0,
                "" if one.left is None else "units", "", one.lines, _bearers(judged, one.rule, one.lines),
            )
            for one in judged.remarks
        ),
    )  # fmt: skip


def _bearers(judged: Judgment, rule: str, lines: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for one in judged.reductions:
        if one.rule == rule and one.line_no in lines:
            sums[one.funder] = sums.get(one.funder, 0) + one.amount
    return tuple(sorted(sums.items()))
