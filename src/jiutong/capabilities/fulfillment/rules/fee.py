"""Decisions of fees: which are asked for, how much, by whom they are paid, and each line's part (docs/freight.md)."""

from collections.abc import Collection, Sequence

from jiutong.capabilities.fulfillment.model.tariff import Carried, Charged, FeeTerms, Part, Tariff, TariffFacts, TariffNote
from jiutong.capabilities.fulfillment.rules.freight import weights
from jiutong.kernel.money import allocate

WHOLE_BP = 10_000


def fees(
    lines: Sequence[Carried], facts: TariffFacts, seller_id: int, channel_id: int, currency: str, services: Collection[str]
) -> Charged:
    """What is asked besides goods and freight: everything that applies here, and of the optional services those chosen."""
    parts: list[Part] = []
    told: list[TariffNote] = []
    for fee in here(facts, seller_id, channel_id, currency):
        found = _asked(fee, lines, fee.code in services)
        parts += found.parts
        told += found.told
    return Charged(tuple(parts), tuple(told))


def here(facts: TariffFacts, seller_id: int, channel_id: int, currency: str) -> list[Tariff]:
    """The fees of a seller in a channel."""
    return [
        fee
        for fee in facts.fees.get(seller_id, ())
        if fee.terms.currency == currency and (not fee.channel_ids or channel_id in fee.channel_ids)
    ]


def unknown_services(facts: TariffFacts, seller_id: int, channel_id: int, currency: str, services: Sequence[str]) -> list[int]:
    """The positions of services that cannot be chosen here."""
    known = {fee.code for fee in here(facts, seller_id, channel_id, currency) if isinstance(fee.terms, FeeTerms) and fee.terms.optional}
    return [i for i, code in enumerate(services) if code not in known]


def _asked(fee: Tariff, lines: Sequence[Carried], chosen: bool) -> Charged:
    terms = fee.terms
    assert isinstance(terms, FeeTerms)
    own = [line for line in lines if not terms.handling or terms.handling in line.handling]
    if not own:
        return Charged()
    numbers = tuple(line.line_no for line in own)
    goods = sum(line.amount for line in lines)
    if terms.below_minor and goods >= terms.below_minor:
        return Charged()
    shares = _shares(terms, own)
    asked = sum(shares)
    if terms.optional and not chosen:
        return Charged((), (TariffNote(fee.rule, terms.name, terms.name_zh, "near", "optional", asked, numbers),))
    if asked == 0:
        return Charged()
    gap = terms.below_minor - goods if terms.below_minor else 0
    why = "small_order" if gap else "chosen" if terms.optional else "charged"
    parts = tuple(
        Part(line.line_no, "fee", fee.rule, share, terms.tax_class, terms.payer) for line, share in zip(own, shares, strict=True) if share
    )
    return Charged(parts, (TariffNote(fee.rule, terms.name, terms.name_zh, "applied", why, asked, numbers, gap, "minor" if gap else ""),))


def _shares(terms: FeeTerms, lines: Sequence[Carried]) -> list[int]:
    """Each line's part. What is asked per line or piece is the line's own; what is asked per order is split as declared."""
    if terms.rate_bp:
        goods = sum(line.amount for line in lines)
        return allocate((2 * goods * terms.rate_bp + WHOLE_BP) // (2 * WHOLE_BP), [line.amount for line in lines])
    if terms.per == "line":
        return [terms.amount_minor] * len(lines)
    if terms.per == "piece":
        return [terms.amount_minor * line.pieces for line in lines]
    return allocate(terms.amount_minor, weights(lines, terms.split))
