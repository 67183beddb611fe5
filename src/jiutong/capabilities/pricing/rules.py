"""Decisions of pricing: which price a line has and why, what the line amounts to, and its tax (docs/price-resolution.md)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities.pricing.model import (
    LIST_FIXED,
    Candidate,
    ListChange,
    Losing,
    Prefer,
    PriceChange,
    PriceFacts,
    PriceList,
    PriceRow,
    PriceSpan,
    PricesSet,
    Resolved,
    TaxTable,
    Trace,
)
from jiutong.kernel.errors import Problem


def winning_order(rows: Iterable[PriceRow]) -> tuple[PriceRow, ...]:
    """The rows of one scope so that the first one that applies is the price.

    The highest quantity break first; of two lists with the same break the price that started last; then the row made last.
    """
    return tuple(sorted(rows, key=lambda row: (row.min_quantity, row.valid_from, row.price_id), reverse=True))


def resolve(
    facts: PriceFacts, channel_id: int, store_id: int, currency: str, quantity: int, at: datetime, prefer: Prefer = Prefer.SPECIFIC
) -> Resolved | None:
    """The price of `quantity` base units here and now, or None: a line without a price is refused, never free.

    Store before channel before base; with `Prefer.LOWEST` the lowest of all that apply, of equals the one that would have won.
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
                if prefer is Prefer.SPECIFIC:
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
                    early = Losing.OTHER_CURRENCY if of_currency != currency else Losing.LIST_WITHDRAWN if withdrawn else None
                    for row in rows:
                        losing = early or _unfit(row, quantity, at) or _beaten(row, kind, chosen, prefer)
                        candidates.append(_candidate(row, kind, scope_id, of_currency, losing))
    candidates.sort(key=lambda candidate: candidate.losing is not None)
    return Trace(f"pricing.{prefer}", chosen.price_id if chosen else None, tuple(candidates))


def _unfit(row: PriceRow, quantity: int, at: datetime) -> Losing | None:
    if at < row.valid_from:
        return Losing.NOT_YET_VALID
    if at >= row.valid_to:
        return Losing.EXPIRED
    return Losing.QUANTITY_BELOW_BREAK if quantity < row.min_quantity else None


def _beaten(row: PriceRow, kind: str, chosen: Resolved | None, prefer: Prefer) -> Losing | None:
    if chosen is None or row.price_id == chosen.price_id:
        return None
    if prefer is Prefer.LOWEST and row.amount * chosen.per > chosen.amount * row.per:
        return Losing.NOT_LOWEST
    if kind != chosen.kind:
        return Losing.LESS_SPECIFIC
    return Losing.BEATEN_BY_BREAK if row.min_quantity < chosen.min_quantity else Losing.STARTED_EARLIER


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


def was_charged(facts: PriceFacts, place: tuple[int, int, str], quantity: int, gross: int, from_: datetime, to: datetime) -> bool | None:
    """True if `gross` is what `quantity` costs at `to`, False if it was so at some instant since `from_`, None if at none.

    `place` is (channel, store, currency). Prices change where a row begins or ends, so those instants are all there are.
    """
    starts = {row.valid_from for rows in facts.by_scope.values() for row in rows} | {
        row.valid_to for rows in facts.by_scope.values() for row in rows
    }
    for at in (to, max(from_, facts.since), *(at for at in starts if max(from_, facts.since) < at < to)):
        price = resolve(facts, *place, quantity, at)
        if price is not None and line_amount(price.amount, price.per, quantity) == gross:
            return at == to
    return None


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


def put_lists(
    kept: dict[str, PriceList], commands: Sequence[Sequence[PriceList]], mint: Callable[[], int]
) -> list[tuple[ListChange, ...] | Problem]:
    """What each command comes to, in arrival order, each whole or not at all. `kept` is left as it is to be."""
    outcomes: list[tuple[ListChange, ...] | Problem] = []
    for wishes in commands:
        ahead: dict[str, PriceList] = {}
        changes: list[ListChange] = []
        for position, wish in enumerate(wishes):
            before = ahead.get(wish.code) or kept.get(wish.code)
            after = msgspec.structs.replace(wish, list_id=before.list_id if before else mint())
            if before and (before.kind, before.scope_id, before.currency) != (wish.kind, wish.scope_id, wish.currency):
                refusal = LIST_FIXED(f"{wish.code} is a {before.kind} list in {before.currency}", pointer=f"/lists/{position}")
                outcomes.append(refusal)
                break
            if after != before:
                ahead[wish.code] = after
                changes.append(ListChange(before, after))
        else:
            kept.update(ahead)
            outcomes.append(tuple(changes))
    return outcomes


class PricePlan(msgspec.Struct, frozen=True):
    """What setting prices comes to: rows as they end now, ids of rows taken back, rows to add, and by position what each wish replaces."""

    ends: list[PriceSpan]
    drops: list[int]
    adds: list[PriceSpan]
    replaces: dict[int, PriceSpan | None]


def price_plan(wishes: Sequence[PriceSpan], running: Mapping[int, PriceSpan], now: datetime) -> PricePlan:
    """Lay each wish over the row running at its start (`running`, by the wish's position), in the order given.

    The running row ends where the wish begins; one that would begin at that very instant, and has not begun yet, is taken back.
    Where the wish ends before that row would have, its price resumes in a row of its own. A wish that the running row already
    fulfils changes nothing. Whatever else overlaps, the database's constraint refuses.
    """
    lines: dict[tuple[int, int, int], list[PriceSpan]] = {}
    replaces: dict[int, PriceSpan | None] = {}
    met: dict[int, PriceSpan] = {}
    for position, wish in enumerate(wishes):
        line = lines.setdefault((wish.list_id, wish.sku_id, wish.min_quantity), [])
        known = running.get(position)
        if known is not None and known.price_id not in met:
            met[known.price_id] = known
            line.append(known)
        row = next((span for span in line if span.valid_from <= wish.valid_from < span.valid_to), None)
        if row is not None and (row.amount, row.per) == (wish.amount, wish.per) and wish.valid_to <= row.valid_to:
            continue
        replaces[position] = row
        if row is not None and (row.valid_from < wish.valid_from or row.resumes or row.valid_from > now):
            line.remove(row)
            if row.valid_from < wish.valid_from:
                line.append(msgspec.structs.replace(row, valid_to=wish.valid_from))
            if wish.valid_to < row.valid_to:
                line.append(msgspec.structs.replace(row, price_id=0, valid_from=wish.valid_to, pointer=wish.pointer, resumes=True))
        line.append(wish)
    planned = [span for line in lines.values() for span in line]
    stay = {span.price_id for span in planned}
    return PricePlan(
        [span for span in planned if span.price_id and span != met[span.price_id]],
        [price_id for price_id in met if price_id not in stay],
        [span for span in planned if not span.price_id],
        replaces,
    )


def prices_set(commands: Sequence[Sequence[PriceSpan]], plan: PricePlan) -> list[PricesSet]:
    """What each command came to: first prices, changed ones, and those that were so already."""
    told: list[PricesSet] = []
    position = 0
    for wishes in commands:
        created: list[str] = []
        changed: list[PriceChange] = []
        for wish in wishes:
            before = plan.replaces.get(position)
            if before is not None:
                changed.append(
                    PriceChange(
                        wish.sku, wish.min_quantity, before.amount, before.per, wish.amount, wish.per, wish.valid_from, wish.valid_to
                    )
                )
            elif position in plan.replaces:
                created.append(wish.sku)
            position += 1
        told.append(PricesSet(wishes[0].list_id, tuple(created), tuple(changed), len(wishes) - len(created) - len(changed)))
    return told
