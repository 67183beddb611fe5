"""What all gates of one kind come to for one basket."""

from collections.abc import Mapping

from jiutong.capabilities.promotion.model.flash_sale import FlashSale
from jiutong.capabilities.promotion.model.gate import Buying, GateFacts, Judgment
from jiutong.capabilities.promotion.model.limit import Limit
from jiutong.capabilities.promotion.model.reservation import Reservation
from jiutong.capabilities.promotion.model.restriction import Restriction
from jiutong.capabilities.promotion.rules.flash_sale import judge_flash
from jiutong.capabilities.promotion.rules.gate import concerned, together
from jiutong.capabilities.promotion.rules.limit import judge_limit
from jiutong.capabilities.promotion.rules.reservation import judge_reservation
from jiutong.capabilities.promotion.rules.restriction import judge_restriction


def judge_limits(buying: Buying, facts: GateFacts) -> Judgment:
    """Every purchase limit a basket has to keep."""
    met = concerned(facts.gates, buying)
    return together(*(judge_limit(g, g.what, lines, buying, facts) for g, lines in met if isinstance(g.what, Limit)))


def judge_restrictions(buying: Buying, facts: GateFacts) -> Judgment:
    """Every restriction a basket has to pass."""
    met = concerned(facts.gates, buying)
    return together(*(judge_restriction(g, g.what, lines, buying, facts) for g, lines in met if isinstance(g.what, Restriction)))


def judge_reservations(buying: Buying, facts: GateFacts) -> Judgment:
    """Every reservation that keeps goods for those who have signed up."""
    met = concerned(facts.gates, buying)
    return together(*(judge_reservation(g, g.what, lines, buying, facts) for g, lines in met if isinstance(g.what, Reservation)))


def judge_flash_sales(buying: Buying, facts: GateFacts, priced: Mapping[int, tuple[int, int, int]], currency: str) -> Judgment:
    """The flash prices a basket gets. A line has one flash price: of two sales the one entered through, else the first by code."""
    met = [(g, g.what, lines) for g, lines in concerned(facts.gates, buying) if isinstance(g.what, FlashSale)]
    met.sort(key=lambda one: (one[0].code != buying.play, one[0].code))
    made = Judgment()
    taken: set[int] = set()
    for gate, what, lines in met:
        still = [line for line in lines if line.line_no not in taken]
        if still:
            one = judge_flash(gate, what, still, buying, facts, priced, currency)
            taken |= {reduction.line_no for reduction in one.reductions}
            made = together(made, one)
    return made


def judge_all(buying: Buying, facts: GateFacts, priced: Mapping[int, tuple[int, int, int]], currency: str) -> Judgment:
    """Everything gates have to say about goods: what is told beside them before they are in a basket."""
    return together(
        judge_restrictions(buying, facts),
        judge_flash_sales(buying, facts, priced, currency),
        judge_reservations(buying, facts),
        judge_limits(buying, facts),
    )
