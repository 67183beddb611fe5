"""Whether the activity a basket came through is one, and is open to it: nobody who asked for a play is sold ordinary terms instead."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from jiutong.capabilities.promotion.model.flash_sale import FlashSale
from jiutong.capabilities.promotion.model.gate import Buying, GateVersion
from jiutong.capabilities.promotion.model.play import NOT_IN_PLAY, PLAY_CLOSED, UNKNOWN_PLAY
from jiutong.capabilities.promotion.rules.scope import Rule
from jiutong.kernel.errors import Problem

ORDINARY = "without it, the ordinary terms hold"


def entrance_refusal(
    buying: Buying, currency: str, gates: Iterable[GateVersion], rules: Iterable[Rule], over: Mapping[str, datetime]
) -> Problem | None:
    """Why nobody enters by the code this basket names: a flash sale, or what a running promotion says it is entered by.

    `over` says of codes that are in force no longer when their time ended.
    """
    code = buying.play
    sale = next(((gate, gate.what) for gate in gates if gate.code == code and isinstance(gate.what, FlashSale)), None)
    if sale is not None:
        return _sale_refusal(*sale, buying, currency)
    if any(_leads_in(rule, buying, currency) for rule in rules):
        return None
    if code in over:
        return PLAY_CLOSED(f"{code} has ended; {ORDINARY}", pointer="/play", closed_at=over[code].isoformat())
    return UNKNOWN_PLAY(f"no activity {code}; {ORDINARY}", pointer="/play", play=code)


def _sale_refusal(gate: GateVersion, what: FlashSale, buying: Buying, currency: str) -> Problem | None:
    if not what.begins_at <= buying.at < what.ends_at:
        word = "begins later" if buying.at < what.begins_at else "has ended"
        times = {"opens_at": what.begins_at.isoformat(), "closed_at": what.ends_at.isoformat()}
        return PLAY_CLOSED(f"{gate.code} {word}; {ORDINARY}", pointer="/play", **times)
    if gate.channel_ids and buying.channel_id not in gate.channel_ids:
        return PLAY_CLOSED("it is not played in this channel", pointer="/channel")
    if what.currency != currency:
        return PLAY_CLOSED(f"it is in {what.currency}", pointer="/currency")
    if not any(line.sku_id in gate.sku_ids for line in buying.lines):
        return NOT_IN_PLAY(f"nothing of this is part of {gate.code}", pointer="/lines/0/sku")
    return None


def _leads_in(rule: Rule, buying: Buying, currency: str) -> bool:
    terms = rule.terms
    here = not rule.channels or buying.channel_id in rule.channels
    return terms.play == buying.play and terms.valid_from <= buying.at < terms.valid_to and here and terms.currency in ("", currency)
