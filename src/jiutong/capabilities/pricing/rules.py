"""Decisions of pricing: which price a line has and why, what the line amounts to, and its tax (docs/price-resolution.md)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from jiutong.capabilities.pricing.model import Candidate, Losing, Prefer, PriceFacts, PriceRow, Resolved, TaxTable, Trace


def winning_order(rows: Iterable[PriceRow]) -> tuple[PriceRow, ...]:
    """The rows of one scope so that the first one that applies is the price.

    The highest quantity break first; of two lists with the same break the price that started last; then the row made last.
    """
    return tuple(sorted(rows, key=lambda row: (row.min_quantity, row.valid_from, row.price_id), reverse=True))


def resolve(
    facts: PriceFacts, channel_id: int, store_id: int, currency: str, quantity: int, at: datetime, prefer: Prefer = Prefer.SPECIFIC
) -> Resolved | None:
    """The price of `quantity` base units here and now, or None: a line without a price is refused, never free.

    Store before channel before base; with `Prefer.LOWEST` the lowest of the three, the more specific of equals.
    Raises ValueError for an instant before the facts begin: they would not know the price of that day.
    """
    if at < facts.since:
        raise ValueError("these prices are known from a later instant on: load the history")
    best: Resolved | None = None
    for scope in (("store", store_id, currency), ("channel", channel_id, currency), ("base", 0, currency)):
        for row in facts.by_scope.get(scope, ()):
            if row.min_quantity <= quantity and row.valid_from <= at < row.valid_to:
                if best is None or row.amount * best.per < best.amount * row.per:
                    best = Resolved(row.price_id, row.list_code, scope[0], row.amount, row.per, row.min_quantity)
                break
        if best is not None and prefer is Prefer.SPECIFIC:
            return best
    return best


def trace(
    facts: PriceFacts, channel_id: int, store_id: int, currency: str, quantity: int, at: datetime, prefer: Prefer = Prefer.SPECIFIC
) -> Trace:
    """What `resolve` decides, and of every other row of this place why it is not the price: the first test it fails."""
    chosen = resolve(facts, channel_id, store_id, currency, quantity, at, prefer)
    candidates: list[Candidate] = []
    for place in (("store", store_id), ("channel", channel_id), ("base", 0)):
        for rows_by_scope, withdrawn in ((facts.by_scope, False), (facts.withdrawn, True)):
            for (kind, scope_id, of_currency), rows in rows_by_scope.items():
                if (kind, scope_id) == place:
                    ahead: PriceRow | None = None
                    for row in rows:
                        losing = _unfit(row, quantity, at)
                        if of_currency != currency:
                            losing = Losing.OTHER_CURRENCY
                        elif withdrawn:
                            losing = Losing.LIST_WITHDRAWN
                        elif losing is None:
                            losing = _beaten(row, ahead, chosen, prefer)
                            ahead = ahead or row
                        candidates.append(_candidate(row, kind, scope_id, of_currency, losing))
    candidates.sort(key=lambda candidate: candidate.losing is not None)
    return Trace(f"pricing.{prefer}", chosen.price_id if chosen else None, tuple(candidates))


def _unfit(row: PriceRow, quantity: int, at: datetime) -> Losing | None:
    if at < row.valid_from:
        return Losing.NOT_YET_VALID
    if at >= row.valid_to:
        return Losing.EXPIRED
    return Losing.QUANTITY_BELOW_BREAK if quantity < row.min_quantity else None


def _beaten(row: PriceRow, ahead: PriceRow | None, chosen: Resolved | None, prefer: Prefer) -> Losing | None:
    """Why a row that applies lost: to the one `ahead` of it in its own scope, or to the `chosen` one of another."""
    if ahead is not None:
        return Losing.BEATEN_BY_BREAK if row.min_quantity < ahead.min_quantity else Losing.STARTED_EARLIER
    if chosen is None or row.price_id == chosen.price_id:
        return None
    dearer = row.amount * chosen.per > chosen.amount * row.per
    return Losing.NOT_LOWEST if prefer is Prefer.LOWEST and dearer else Losing.LESS_SPECIFIC


def _candidate(row: PriceRow, kind: str, scope_id: int, currency: str, losing: Losing | None) -> Candidate:
    return Candidate(
        row.price_id,
        row.list_code,
        kind,
        scope_id,
        currency,
        row.amount,
        row.per,
        row.min_quantity,
        row.valid_from,
        row.valid_to,
        losing,
    )


def line_amount(amount: int, per: int, quantity: int) -> int:
    """What `quantity` base units cost at `amount` minor units per `per` base units, rounded half up once for the line."""
    return (2 * amount * quantity + per) // (2 * per)


def tax_of(amount: int, rate_bp: int, inclusive: bool) -> int:
    """The tax of a line, rounded half up once: contained in `amount` if inclusive, to be added to it if not. Amounts are not negative."""
    whole = 10_000 + rate_bp if inclusive else 10_000
    return (2 * amount * rate_bp + whole) // (2 * whole)


def rates_at(table: TaxTable, seller_ids: Collection[int], at: datetime) -> dict[tuple[int, str], int]:
    """The rate of each (seller, tax class) that has one at `at`: the one that began last."""
    in_force: dict[tuple[int, str], int] = {}
    for key, rates in table.items():
        if key[0] in seller_ids:
            for since, rate_bp in rates:
                if since <= at:
                    in_force[key] = rate_bp
                    break
    return in_force
