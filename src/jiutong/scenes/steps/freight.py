"""What is asked besides the goods: freight by the seller's templates, and fees by its rules."""

from collections.abc import Sequence
from typing import TypeAlias

from jiutong.capabilities import fulfillment, order, pricing, promotion
from jiutong.capabilities.order import Basket, Charge, Findings, FreightOff, Note
from jiutong.flows.facts import Facts
from jiutong.kernel.errors import Problem
from jiutong.kernel.money import allocate_capped
from jiutong.kernel.points import step

Waived: TypeAlias = tuple[str, str, int]
"""Minor units taken off a charge: by which rule, borne by whom, how much."""

# Ways to pay: they take nothing off what the goods are worth.
SPENT = frozenset({"red_packet", "points"})


@step("tariffs", "tax_rates")
def freight(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Ask for freight by the template each line goes by, less what promotions take off it; refuse what cannot be delivered."""
    if found.blocks or not facts.tariffs.templates:
        return order.NOTHING
    sent = fulfillment.freight(
        _carried(basket, facts, found), facts.tariffs, _seller(found), basket.channel_id, basket.currency, basket.region
    )
    blocks = tuple(
        fulfillment.UNREACHABLE(f"{line.sku} cannot be delivered there", pointer=f"/lines/{line.line_no - 1}/sku", sku=line.sku)
        for line in basket.lines
        if line.line_no in sent.unreachable
    )
    off = _best_off(found.freight_off, sum(part.gross for part in sent.parts))
    charges, untaxed = _charges(basket, facts, found, sent.parts, _borne(off, [part.gross for part in sent.parts]))
    notes = [*_notes("freight", sent.told), *(_off_note(off[0], off[1], found, charges) if off else ())]
    return Findings(charges=charges, notes=tuple(notes), blocks=blocks + untaxed)


@step("tariffs", "tax_rates")
def fees(basket: Basket, facts: Facts, found: Findings) -> Findings:
    """Ask for the fees that apply here, and for the services chosen; what somebody else pays is taken off again in their name."""
    seller_id = _seller(found)
    wrong = fulfillment.unknown_services(facts.tariffs, seller_id, basket.channel_id, basket.currency, basket.services)
    if wrong and not found.blocks:
        told = (fulfillment.UNKNOWN_SERVICE(f"no service {basket.services[i]} here", pointer=f"/services/{i}") for i in wrong)
        return Findings(blocks=tuple(told))
    if found.blocks or not facts.tariffs.fees:
        return order.NOTHING
    asked = fulfillment.fees(_carried(basket, facts, found), facts.tariffs, seller_id, basket.channel_id, basket.currency, basket.services)
    borne = [() if part.payer == BUYER else ((part.rule, part.payer, part.gross),) for part in asked.parts]
    charges, untaxed = _charges(basket, facts, found, asked.parts, borne)
    return Findings(charges=charges, notes=_notes("fee", asked.told), blocks=untaxed)


BUYER = "buyer"


def _seller(found: Findings) -> int:
    """Whose tariffs count. An order of several sellers is refused elsewhere."""
    return next((offer.seller_id for offer in found.offers.values()), 0)


def _carried(basket: Basket, facts: Facts, found: Findings) -> list[fulfillment.Carried]:
    off = order.taken_off([one for one in found.adjustments if one.stage not in SPENT])
    lines: list[fulfillment.Carried] = []
    for line in basket.lines:
        sku = facts.skus[line.sku]
        amount = found.prices[line.line_no].gross - off.get(line.line_no, 0)
        lines.append(fulfillment.carried(line.line_no, line.quantity, sku.base_unit, sku.weight_g, sku.attributes, amount))
    return lines


def _best_off(promised: Sequence[FreightOff], asked: int) -> tuple[FreightOff, int] | None:
    """Of several promises of free freight the one that takes most off; of equals the first by rule."""
    if not asked:
        return None
    amounts = [(-min(asked, asked if one.max_minor is None else one.max_minor), one.rule, one) for one in promised]
    best = min(amounts, default=None, key=lambda one: one[:2])
    return None if best is None or best[0] == 0 else (best[2], -best[0])


def _borne(off: tuple[FreightOff, int] | None, asked: Sequence[int]) -> list[tuple[Waived, ...]]:
    """What is taken off each amount asked, funder by funder."""
    if off is None:
        return [() for _ in asked]
    promise, amount = off
    taken, _ = allocate_capped(amount, asked)
    rows = promotion.borne(taken, [bp for _, bp in promise.funders])
    return [tuple((promise.rule, funder, part) for (funder, _), part in zip(promise.funders, row, strict=True) if part) for row in rows]


def _charges(
    basket: Basket, facts: Facts, found: Findings, parts: Sequence[fulfillment.Part], waived: Sequence[tuple[Waived, ...]]
) -> tuple[tuple[Charge, ...], tuple[Problem, ...]]:
    """Charges with their tax, on what is left of them; a tax class without a rate is refused, never untaxed.

    What several bear is a charge for each: the first has what is left, the others only what their funder bears.
    """
    charges: list[Charge] = []
    blocks: list[Problem] = []
    for part, off in zip(parts, waived, strict=True):
        offer = found.offers[part.line_no]
        tax_class = part.tax_class or offer.tax_class
        rate_bp = facts.tax_rates.get((offer.seller_id, tax_class))
        if rate_bp is None:
            blocks.append(pricing.NO_TAX_RATE(f"no rate for tax class {tax_class} of {part.rule}", pointer=f"/lines/{part.line_no - 1}"))
            continue
        inclusive = facts.tax_inclusive[offer.seller_id]
        left = part.gross - sum(taken for _, _, taken in off)
        tax = pricing.tax_of(left, rate_bp, inclusive)
        payable = left if inclusive else left + tax
        (rule, funder, taken), *others = off or (("", "", 0),)
        charges.append(Charge(part.line_no, part.kind, part.rule, left + taken, taken, rule, funder, rate_bp, tax, payable))
        for rule, funder, taken in others:
            charges.append(Charge(part.line_no, part.kind, part.rule, taken, taken, rule, funder, rate_bp, 0, 0))
    return tuple(charges), tuple(blocks)


def _notes(stage: str, told: Sequence[fulfillment.TariffNote]) -> tuple[Note, ...]:
    return tuple(
        Note(stage, one.rule, one.name, one.name_zh, one.outcome, one.why, one.amount, one.gap, one.gap_unit, "", one.lines) for one in told
    )


def _off_note(off: FreightOff, amount: int, found: Findings, charges: Sequence[Charge]) -> tuple[Note, ...]:
    """What a promotion takes off freight, under the name its own note gives it."""
    named = next((one for one in found.notes if one.rule == off.rule), None)
    name, name_zh = (named.name, named.name_zh) if named else (off.rule, "")
    lines = tuple(dict.fromkeys(one.line_no for one in charges if one.off))
    borne = tuple((funder, sum(one.off for one in charges if one.off_funder == funder)) for funder, _ in off.funders)
    return (Note("freight", off.rule, name, name_zh, "applied", "freight_off", amount, lines=lines, funders=borne),)
