"""Decisions of freight: which zone, how much, when free, and each line's part of it (docs/freight.md)."""

from collections.abc import Mapping, Sequence

from jiutong.capabilities.fulfillment.model.tariff import (
    EVERYWHERE,
    Carried,
    Charged,
    Free,
    FreightTerms,
    Measure,
    Part,
    Split,
    Tariff,
    TariffFacts,
    TariffNote,
    Zone,
)
from jiutong.kernel.money import allocate

# Base units that are no pieces: what one of them weighs in grams, and fills in cm³.
LOOSE = {"g": (1, 0), "kg": (1000, 0), "ml": (1, 1), "l": (1000, 1000)}
# Written from the smallest to the largest: "Oakland, CA".
SMALLEST_FIRST = frozenset({"US"})
# What stands between the parts of a place; elsewhere it is a comma.
BETWEEN = {"CN": " "}


def region_path(country: str, region: str) -> str:
    """A place as a path from the country down: `US/CA/Oakland`, `CN/浙江省/杭州市/西湖区`; "" while no country is said."""
    if not country:
        return ""
    parts = [part.strip() for part in region.replace("/", BETWEEN.get(country, ",")).split(BETWEEN.get(country, ","))]
    if country in SMALLEST_FIRST:
        parts.reverse()
    return "/".join((country, *(part for part in parts if part)))


def lies_in(region: str, prefix: str) -> bool:
    """Whether a place lies in a region. A part in Chinese may leave out its last characters: 浙江 is 浙江省."""
    place, wanted = region.casefold().split("/"), prefix.casefold().split("/")
    return len(wanted) <= len(place) and all(
        there == part or (not part.isascii() and there.startswith(part)) for there, part in zip(place, wanted, strict=False)
    )


def zone_for(terms: FreightTerms, region: str) -> Zone | None:
    """The zone a place lies in: the longest region counts, then the zone that is everywhere else; None if nothing goes there.

    While no place is said, what everywhere else costs is told; where nothing goes everywhere else, the first open zone.
    """
    if not region:
        return next((z for z in terms.zones if not z.regions and not z.closed), None) or next(
            (z for z in terms.zones if not z.closed), None
        )
    best, length = None, -1
    for zone in terms.zones:
        reach = max((len(one) for one in zone.regions if lies_in(region, one)), default=-1 if zone.regions else 0)
        if reach > length:
            best, length = zone, reach
    return None if best is None or best.closed else best


def cost(zone: Zone, measured: int) -> int:
    """What so many pieces, grams or cm³ cost to a zone: the first of them, and every step begun after it."""
    more = measured - zone.first
    if more <= 0 or zone.step == 0:
        return zone.first_minor
    return zone.first_minor + -(-more // zone.step) * zone.step_minor


def carried(line_no: int, quantity: int, base_unit: str, weight_g: int, attributes: Mapping[str, object], amount: int) -> Carried:
    """What a line of a basket weighs in freight and fees, by its SKU and what its attributes say of it.

    Goods sold by weight or volume are one piece to a line, and weigh or fill what is bought of them.
    """
    volume = attributes.get("volume_cm3")
    volume_cm3 = volume if isinstance(volume, int) and not isinstance(volume, bool) and volume > 0 else 0
    template, word = attributes.get("freight_template"), attributes.get("handling")
    handling = (word,) if isinstance(word, str) else tuple(str(one) for one in word) if isinstance(word, list) else ()
    return Carried(
        line_no,
        1 if base_unit in LOOSE else quantity,
        quantity * (weight_g or LOOSE.get(base_unit, (0, 0))[0]),
        quantity * (volume_cm3 or LOOSE.get(base_unit, (0, 0))[1]),
        amount,
        template if isinstance(template, str) else "",
        handling,
    )


def weights(lines: Sequence[Carried], split: Split) -> list[int]:
    """What a charge is split over lines in proportion to."""
    return [measure(line, split) for line in lines]


def measure(line: Carried, by: Split | Measure) -> int:
    """What is counted of a line."""
    if by == "pieces":
        return line.pieces
    if by == "weight":
        return line.weight_g
    return line.volume_cm3 if by == "volume" else line.amount


def freight(lines: Sequence[Carried], facts: TariffFacts, seller_id: int, channel_id: int, currency: str, region: str) -> Charged:
    """What the goods cost to send: one charge per template, over all lines that go by it. Goods without a template go free."""
    groups: dict[int, tuple[Tariff, list[Carried]]] = {}
    for line in lines:
        template = template_of(line, facts, seller_id, channel_id, currency)
        if template is not None:
            groups.setdefault(template.tariff_id, (template, []))[1].append(line)
    parts: list[Part] = []
    told: list[TariffNote] = []
    unreachable: list[int] = []
    for template, own in groups.values():
        found = _sent(template, own, region)
        parts += found.parts
        told += found.told
        unreachable += found.unreachable
    return Charged(tuple(parts), tuple(told), tuple(unreachable))


def template_of(line: Carried, facts: TariffFacts, seller_id: int, channel_id: int, currency: str) -> Tariff | None:
    """The template goods go by: the one they name, while it is in force, else the channel's, else the seller's for every channel."""
    named = facts.templates.get((seller_id, line.template)) if line.template else None
    if named is not None and named.terms.currency == currency:
        return named
    return facts.defaults.get((seller_id, channel_id, currency)) or facts.defaults.get((seller_id, EVERYWHERE, currency))


def _sent(template: Tariff, lines: Sequence[Carried], region: str) -> Charged:
    terms = template.terms
    assert isinstance(terms, FreightTerms)
    numbers = tuple(line.line_no for line in lines)
    zone = zone_for(terms, region)
    if zone is None:
        told = TariffNote(template.rule, terms.name, terms.name_zh, "barred", "unreachable", 0, numbers)
        return Charged((), (told,), numbers)
    asked = cost(zone, sum(measure(line, terms.by) for line in lines))
    amount, pieces = sum(line.amount for line in lines), sum(line.pieces for line in lines)
    if asked == 0:
        return Charged((), (TariffNote(template.rule, terms.name, terms.name_zh, "applied", "free", 0, numbers),))
    here = [rule for rule in terms.free if not rule.regions or any(lies_in(region, one) for one in rule.regions)]
    if any(amount >= rule.from_minor and pieces >= rule.from_pieces for rule in here):
        return Charged((), (TariffNote(template.rule, terms.name, terms.name_zh, "applied", "free_reached", asked, numbers),))
    shares = allocate(asked, weights(lines, terms.split))
    parts = tuple(
        Part(line.line_no, "freight", template.rule, share, terms.tax_class) for line, share in zip(lines, shares, strict=True) if share
    )
    why = "charged" if region else "estimated"
    told = TariffNote(template.rule, terms.name, terms.name_zh, "applied", why, asked, numbers)
    return Charged(parts, (told, *_near(template, here, lines, asked)))


def _near(template: Tariff, here: Sequence[Free], lines: Sequence[Carried], saves: int) -> tuple[TariffNote, ...]:
    """What is missing to free freight: of several rules the one that is missing least, amounts before pieces."""
    amount, pieces = sum(line.amount for line in lines), sum(line.pieces for line in lines)
    gaps = [
        (0, rule.from_minor - amount) if pieces >= rule.from_pieces else (1, rule.from_pieces - pieces)
        for rule in here
        if amount >= rule.from_minor or pieces >= rule.from_pieces
    ]
    if not gaps:
        return ()
    in_pieces, gap = min(gaps)
    numbers = tuple(line.line_no for line in lines)
    unit = "units" if in_pieces else "minor"
    return (TariffNote(template.rule, template.terms.name, template.terms.name_zh, "near", "free_near", saves, numbers, gap, unit),)
