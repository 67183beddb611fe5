"""What every play asks of a basket that comes through it."""

from collections.abc import Sequence

from jiutong import ledger
from jiutong.capabilities import order, promotion
from jiutong.capabilities.order import Adjustment, Basket, Claim, Findings, Note
from jiutong.capabilities.promotion import PlayFacts
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem


def entered(basket: Basket, facts: Facts, kind: promotion.PlayKind) -> PlayFacts | Problem:
    """The play a basket came through, if it is played here and in this currency."""
    play = facts.plays.get(basket.play)
    if play is None or play.kind != kind:
        return promotion.UNKNOWN_PLAY(f"no {kind} {basket.play}", pointer="/play")
    if play.channels and basket.channel_id not in play.channels:
        return promotion.PLAY_CLOSED("it is not played in this channel", pointer="/channel")
    if play.what.currency != basket.currency:
        return promotion.PLAY_CLOSED(f"it is in {play.what.currency}", pointer="/currency")
    return play


def missing(basket: Basket, found: Findings, play: PlayFacts) -> tuple[Problem, ...]:
    """Lines that are not part of the play: one order buys by one play alone."""
    return tuple(
        promotion.NOT_IN_PLAY(f"{line.sku} is not part of {play.code}", pointer=f"/lines/{line.line_no - 1}/sku", sku=line.sku)
        for line in basket.lines
        if found.offers[line.line_no].sku_id not in play.items
    )


def left_of(basket: Basket, found: Findings) -> dict[int, int]:
    """What is left of each line after what was taken off by hand."""
    off = order.taken_off(found.adjustments)
    return {line.line_no: found.prices[line.line_no].gross - off.get(line.line_no, 0) for line in basket.lines}


def taken_off(line_no: int, rule: str, amount: int, play: PlayFacts) -> tuple[Adjustment, ...]:
    """What a play takes off a line, at the expense of those who bear it."""
    return tuple(
        Adjustment(line_no, "activity", rule, funder, part) for funder, part in promotion.borne_by(amount, play.what.funders, order.SELLER)
    )


def explained(
    basket: Basket, play: PlayFacts, part: str, why: str, adjustments: Sequence[Adjustment], besides: tuple[str, str] = ("", "")
) -> Note:
    """What became of a play's terms, or of a part of them: `besides` says which, beside the play's own name."""
    rule = play.rule + part
    mine = [one for one in adjustments if one.rule == rule]
    borne: dict[str, int] = {}
    for one in mine:
        borne[one.funder] = borne.get(one.funder, 0) + one.amount
    name, name_zh = play.what.name + besides[0], (play.what.name_zh or play.what.name) + besides[1]
    met = tuple(sorted({one.line_no for one in mine})) or tuple(line.line_no for line in basket.lines)
    outcome = "applied" if mine else "barred"
    return Note("activity", rule, name, name_zh, outcome, why, sum(borne.values()), lines=met, funders=tuple(sorted(borne.items())))


def wanted(line_no: int, kind: str, subject_id: int, account: ledger.Account, amount: int, back: str, refusal: Problem) -> Claim:
    """So much of an account, which it is used up from."""
    return Claim(0, line_no, kind, subject_id, account, ledger.account_of("used", {}, account.unit), amount, back, refusal)
