"""Decisions of pricing: which price a line has and why, what the line amounts to, and its tax (docs/price-resolution.md)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from jiutong import ledger
from jiutong.capabilities.pricing.model import (
    ANYBODY,
    LIST_FIXED,
    Candidate,
    Cost,
    For,
    ListChange,
    Losing,
    Place,
    Prefer,
    PriceChange,
    PriceFacts,
    PriceList,
    PriceRow,
    PriceSpan,
    PricesSet,
    Reached,
    Resolved,
    ScopeKey,
    TaxTable,
    Trace,
)
from jiutong.kernel.errors import Problem


def winning_order(rows: Iterable[PriceRow]) -> tuple[PriceRow, ...]:
    """The rows of one scope so that the first one that applies is the price.

    The highest quantity break first; of two lists with the same break the price that started last; then the row made last.
    """
    return tuple(sorted(rows, key=_winning, reverse=True))


def _winning(row: PriceRow) -> tuple[int, datetime, int]:
    return row.min_quantity, row.valid_from, row.price_id


def resolve(
    facts: PriceFacts,
    channel_id: int,
    store_id: int,
    currency: str,
    quantity: int | Reached,
    at: datetime,
    prefer: Prefer = Prefer.SPECIFIC,
    buyer: For = ANYBODY,
    categories: Sequence[str] = (),
) -> Resolved | None:
    """The price of `quantity` base units here and now for this buyer, or None: a line without a price is refused, never free.

    Contract before group before store before channel before region before base; with `Prefer.LOWEST` the lowest of all that apply, of
    equals the one that would have won. `categories` are the SKU's, from the bottom up. Raises ValueError for an instant before the facts
    begin: they would not know the price of that day.
    """
    if at < facts.since:
        raise ValueError("these prices are known from a later instant on: load the history")
    ask = _Ask(facts, channel_id, store_id, currency, quantity, at, buyer, tuple(categories))
    best: Resolved | None = None
    for level in _levels(ask):
        found = _of_level(ask, level, prefer)
        if found is not None and (best is None or found.amount * best.per < best.amount * found.per):
            best = found
        if best is not None and prefer is Prefer.SPECIFIC:
            return best
    return best


def floor(
    facts: PriceFacts,
    channel_id: int,
    store_id: int,
    currency: str,
    quantity: int | Reached,
    at: datetime,
    buyer: For = ANYBODY,
    seller_id: int = 0,
    units: int | None = None,
) -> int:
    """The least the whole line may come to here, 0 for nothing: by the floor lists in the same order, and by what the goods cost with
    the margin that must be left over it; the higher of the two. With `units`, told of so many instead of the whole line.
    """
    if not facts.floors and not facts.costs:
        return 0
    least, units = 0, units or _line_of(quantity)
    ask = _Ask(facts, channel_id, store_id, currency, quantity, at, buyer, (), facts.floors)
    for level in _levels(ask) if facts.floors else ():
        found = _of_level(ask, level, Prefer.SPECIFIC)
        if found is not None:
            least = line_amount(found.amount, found.per, units)
            break
    known = cost(facts, Place(currency, channel_id, store_id, seller_id, buyer.region), quantity, at)
    return max(least, with_margin(known, units) if known else 0)


def cost(facts: PriceFacts, place: Place, quantity: int | Reached, at: datetime) -> Cost | None:
    """What the goods cost that are sold there, or None: a cost nobody knows is not 0, and tells no margin.

    Store before channel before seller before region before base; of one list the highest break, as prices are.
    """
    if not facts.costs:
        return None
    ask = _Ask(facts, place.channel_id, place.store_id, place.currency, quantity, at, ANYBODY, (), facts.costs)
    for level in _cost_levels(place):
        found = _of_level(ask, level, Prefer.SPECIFIC)
        if found is not None:
            return Cost(found.price_id, found.list_code, found.kind, found.amount, found.per, found.margin_bp)
    return None


@lru_cache(maxsize=4_096)
def _cost_levels(place: Place) -> tuple[tuple[ScopeKey, ...], ...]:
    above = _ladder(place.channel_id, place.store_id, place.currency, place.region, (), 0)
    return *above[:2], (("seller", place.seller_id, place.currency),), *above[2:]


def with_margin(known: Cost, quantity: int) -> int:
    """The least that `quantity` may sell for, so that the margin asked for is left over what it costs; 0 where none is asked for.

    A margin is told of the price: of what costs 8, 20 % are left at 10. Rounded up once, so that it is never missed by a cent.
    """
    if known.margin_bp is None:
        return 0
    return -(-known.amount * quantity * 10_000 // (known.per * (10_000 - known.margin_bp)))


def margin_bp(net: int, costs: int) -> int | None:
    """How much of what goods came to is left over what they cost, in basis points, rounded half up; None of nothing."""
    return (2 * 10_000 * (net - costs) + net) // (2 * net) if net > 0 else None


def breaks(facts: PriceFacts, channel_id: int, store_id: int, currency: str, buyer: For = ANYBODY, bought: int = 0) -> list[int]:
    """The quantities at which a price for this buyer may begin, 1 first; what is `bought` counts already toward breaks of the month."""
    rows = [row for level in levels(channel_id, store_id, currency, buyer) for scope in level for row in facts.by_scope.get(scope, ())]
    rows += [row for (_, of), agreed in (buyer.terms.by_category.items() if buyer.terms else ()) if of == currency for row in agreed]
    return sorted({1} | {max(row.min_quantity - (bought if row.basis == "period" else 0), 1) for row in rows})


def levels(channel_id: int, store_id: int, currency: str, buyer: For = ANYBODY) -> tuple[tuple[ScopeKey, ...], ...]:
    """Where prices for this buyer stand here, the most specific first: the published order. Scopes of one level stand equal."""
    return _ladder(channel_id, store_id, currency, buyer.region, buyer.group_ids, buyer.company_id)


@lru_cache(maxsize=4_096)
def _ladder(
    channel_id: int, store_id: int, currency: str, region: str, group_ids: tuple[int, ...], company_id: int
) -> tuple[tuple[ScopeKey, ...], ...]:
    """The same for every line of a basket, and for most baskets of a place."""
    found: list[tuple[ScopeKey, ...]] = []
    if company_id:
        found.append((("contract", company_id, currency),))
    if group_ids:
        found.append(tuple(("group", id_, currency) for id_ in group_ids))
    found += [(("store", store_id, currency),), (("channel", channel_id, currency),)]
    if region:
        parts = region.split("/")
        found += [(("region", "/".join(parts[:upto]), currency),) for upto in range(len(parts), 0, -1)]
    found.append((("base", 0, currency),))
    return tuple(found)


class _Ask(msgspec.Struct, frozen=True):
    """What a price is asked for: the facts, the place, the quantities, the instant and the buyer."""

    facts: PriceFacts
    channel_id: int
    store_id: int
    currency: str
    quantity: int | Reached
    at: datetime
    buyer: For
    categories: tuple[str, ...]
    rows: Mapping[ScopeKey, tuple[PriceRow, ...]] | None = None


_CATEGORIES: tuple[ScopeKey, ...] = ()
"""Stands for the level of a contract's categories, whose rows are the company's and not the SKU's."""


def _levels(ask: _Ask) -> Sequence[tuple[ScopeKey, ...]]:
    found = levels(ask.channel_id, ask.store_id, ask.currency, ask.buyer)
    if ask.rows is None and ask.buyer.terms is not None and ask.categories:
        return (found[0], _CATEGORIES, *found[1:])
    return found


def _of_level(ask: _Ask, level: tuple[ScopeKey, ...], prefer: Prefer) -> Resolved | None:
    """The price of one level: of each scope the first row that applies; of several scopes, or when asked, the lowest."""
    if not level:
        return _of_categories(ask, prefer)
    rows_by_scope = ask.facts.by_scope if ask.rows is None else ask.rows
    best: Resolved | None = None
    won: PriceRow | None = None
    for scope in level:
        for row in rows_by_scope.get(scope, ()):
            found = _applied(ask, row, scope[0])
            if found is None:
                continue
            if best is None or won is None or _lower(found, row, best, won):
                best, won = found, row
            if prefer is Prefer.SPECIFIC:
                break
    return best


def _of_categories(ask: _Ask, prefer: Prefer) -> Resolved | None:
    """The rate of the nearest category that has one; the lowest of all when asked."""
    terms = ask.buyer.terms
    best: Resolved | None = None
    for category in ask.categories:
        for row in terms.by_category.get((category, ask.currency), ()) if terms else ():
            found = _applied(ask, row, "contract_category")
            if found is not None:
                if prefer is Prefer.SPECIFIC:
                    return found
                if best is None or found.amount * best.per < best.amount * found.per:
                    best = found
    return best


def _lower(found: Resolved, row: PriceRow, best: Resolved, won: PriceRow) -> bool:
    """Whether a price is lower than the best so far; of equals the one in winning order is."""
    one, other = found.amount * best.per, best.amount * found.per
    return one < other or (one == other and _winning(row) > _winning(won))


def _applied(ask: _Ask, row: PriceRow, kind: str) -> Resolved | None:
    """What a row comes to for this buyer now; None where it does not apply."""
    if not row.valid_from <= ask.at < row.valid_to:
        return None
    quantity = ask.quantity
    reached = quantity if isinstance(quantity, int) else quantity.of(row)
    if row.min_quantity > reached:
        return None
    if row.quota is not None and ask.buyer.left.get(row.price_id, row.quota) < _line_of(quantity):
        return None
    if row.off_bp is None:
        return Resolved(row.price_id, row.list_code, kind, row.amount, row.per, row.min_quantity, reached, row.quota, row.margin_bp)
    base = _base(ask)
    if base is None:
        return None
    return Resolved(row.price_id, row.list_code, kind, off_base(base.amount, row.off_bp), base.per, row.min_quantity, reached, row.quota)


def _base(ask: _Ask) -> PriceRow | None:
    """The price everybody pays for this quantity: what rates are taken off."""
    for row in ask.facts.by_scope.get(("base", 0, ask.currency), ()):
        if row.off_bp is None and row.valid_from <= ask.at < row.valid_to:
            reached = ask.quantity if isinstance(ask.quantity, int) else ask.quantity.of(row)
            if row.min_quantity <= reached:
                return row
    return None


def off_base(amount: int, off_bp: int) -> int:
    """A base price less a rate, rounded half up once: the result is a unit price, printed and multiplied as it is."""
    return (2 * amount * (10_000 - off_bp) + 10_000) // 20_000


def reached(
    lines: Iterable[tuple[int, int, int]], prices: Mapping[int, PriceFacts], bought: Mapping[int, int], buyer: For = ANYBODY
) -> dict[int, int | Reached]:
    """By line what counts toward its breaks. `lines` are (line, SKU, quantity); `bought` by SKU what was bought this month before."""
    asked = list(lines)
    agreed = (row for rows in (buyer.terms.by_category.values() if buyer.terms else ()) for row in rows)
    if not any(prices[sku_id].bases for _, sku_id, _ in asked if sku_id in prices) and all(row.basis == "line" for row in agreed):
        return {line_no: quantity for line_no, _, quantity in asked}
    by_sku: dict[int, int] = {}
    for _, sku_id, quantity in asked:
        by_sku[sku_id] = by_sku.get(sku_id, 0) + quantity
    mixes: dict[tuple[str, str], int] = {}
    for sku_id, quantity in by_sku.items():
        for key in mixes_of(prices[sku_id]) if sku_id in prices else ():
            mixes[key] = mixes.get(key, 0) + quantity
    return {
        line_no: Reached(quantity, by_sku[sku_id], by_sku[sku_id] + bought.get(sku_id, 0), mixes) for line_no, sku_id, quantity in asked
    }


def mixes_of(facts: PriceFacts) -> set[tuple[str, str]]:
    """The mixes a SKU counts into, each (list, mix)."""
    if "group" not in facts.bases:
        return set()
    every = (row for kept in (facts.by_scope, facts.floors) for rows in kept.values() for row in rows)
    return {(row.list_code, row.mix) for row in every if row.basis == "group" and row.mix}


def quotas_of(facts: PriceFacts, at: datetime, company_id: int) -> list[PriceRow]:
    """The rows of a company's contracts that are good for a quota and run now."""
    return [
        row
        for scope, rows in facts.by_scope.items()
        if scope[0] == "contract" and scope[1] == company_id
        for row in rows
        if row.quota is not None and row.valid_from <= at < row.valid_to
    ]


def quota_account(price_id: int, quota: int) -> ledger.Account:
    """The account of a price that is good for so many base units: it opens at nothing and goes down to minus so many."""
    return ledger.account_of("agreed", {"price": price_id}, "QUOTA", floor=-quota)


def left_of(rows: Iterable[PriceRow], balances: Mapping[int, ledger.Balance]) -> dict[int, int]:
    """By price how many base units are left of those it is good for."""
    left: dict[int, int] = {}
    for row in rows:
        quota = row.quota or 0
        held = balances[quota_account(row.price_id, quota).account_id]
        left[row.price_id] = quota + held.posted - held.held
    return left


def month_start(business_day: int) -> int:
    """The first business day of the month of this one, as both are written: 20261122 is of 20261101."""
    return business_day // 100 * 100 + 1


def together(units: Mapping[tuple[int, int], int], people: Collection[int], sku_ids: Collection[int]) -> dict[int, int]:
    """By SKU what these people have bought together; `units` are by (person, SKU)."""
    return {sku_id: sum(units.get((one, sku_id), 0) for one in people) for sku_id in sku_ids}


def _line_of(quantity: int | Reached) -> int:
    return quantity if isinstance(quantity, int) else quantity.line


def trace(
    facts: PriceFacts,
    channel_id: int,
    store_id: int,
    currency: str,
    quantity: int | Reached,
    at: datetime,
    prefer: Prefer = Prefer.SPECIFIC,
    buyer: For = ANYBODY,
    categories: Sequence[str] = (),
) -> Trace:
    """What `resolve` decides, and of every other row why it is not the price: the first test it fails.

    Rows of other channels and stores are not considered; those of other regions, groups and companies are, and say so.
    """
    chosen = resolve(facts, channel_id, store_id, currency, quantity, at, prefer, buyer, categories)
    ask = _Ask(facts, channel_id, store_id, currency, quantity, at, buyer, tuple(categories))
    here = {scope[:2]: place for place, level in enumerate(levels(channel_id, store_id, currency, buyer)) for scope in level}
    every: list[tuple[tuple[str, int | str, str], str, PriceRow, Losing | None]] = []
    for rows_by_scope, withdrawn in ((facts.by_scope, False), (facts.withdrawn, True)):
        for scope, rows in rows_by_scope.items():
            strange = None if scope[:2] in here else _STRANGE.get(scope[0])
            if scope[:2] not in here and strange is None:
                continue
            early = strange or (Losing.OTHER_CURRENCY if scope[2] != currency else Losing.LIST_WITHDRAWN if withdrawn else None)
            every += [(scope, "", row, early) for row in rows]
    for (category, of_currency), rows in buyer.terms.by_category.items() if buyer.terms else ():
        early = Losing.OTHER_CATEGORY if category not in categories else Losing.OTHER_CURRENCY if of_currency != currency else None
        every += [(("contract_category", buyer.company_id, of_currency), category, row, early) for row in rows]
    won = next((scope for scope, _, row, _ in every if chosen is not None and row.price_id == chosen.price_id), None)
    candidates = [
        _candidate(ask, row, scope, category, early or _unfit(ask, row) or _beaten(ask, row, scope, chosen, won, prefer))
        for scope, category, row, early in every
    ]
    candidates.sort(key=lambda one: _in_sight(one, here))
    return Trace(f"pricing.{prefer}", chosen.price_id if chosen else None, tuple(candidates))


_STRANGE = {"region": Losing.OTHER_REGION, "group": Losing.NOT_IN_GROUP, "contract": Losing.OTHER_COMPANY}
_STRANGE_ONES = frozenset((*_STRANGE.values(), Losing.OTHER_CATEGORY))


def _in_sight(one: Candidate, here: Mapping[tuple[str, int | str], int]) -> tuple[bool, bool, int, str]:
    """The winner first, then what is for this buyer in the published order, then what is for others, by list."""
    strange = one.losing in _STRANGE_ONES
    kinds = ("contract", "contract_category", "group", "store", "channel", "region", "base")
    place = kinds.index(one.kind) if strange else here.get((one.kind, one.scope_id), 0)
    return one.losing is not None, strange, place, one.list_code if strange else ""


def _unfit(ask: _Ask, row: PriceRow) -> Losing | None:
    if ask.at < row.valid_from:
        return Losing.NOT_YET_VALID
    if ask.at >= row.valid_to:
        return Losing.EXPIRED
    if row.min_quantity > (ask.quantity if isinstance(ask.quantity, int) else ask.quantity.of(row)):
        return Losing.QUANTITY_BELOW_BREAK
    if row.quota is not None and ask.buyer.left.get(row.price_id, row.quota) < _line_of(ask.quantity):
        return Losing.QUOTA_SPENT
    return Losing.NO_BASE if row.off_bp is not None and _base(ask) is None else None


def _beaten(ask: _Ask, row: PriceRow, scope: ScopeKey, chosen: Resolved | None, won: ScopeKey | None, prefer: Prefer) -> Losing | None:
    if chosen is None or won is None or row.price_id == chosen.price_id:
        return None
    told = _applied(ask, row, scope[0])
    dearer = told is not None and told.amount * chosen.per > chosen.amount * told.per
    if prefer is Prefer.LOWEST and dearer:
        return Losing.NOT_LOWEST
    if scope != won:
        return Losing.NOT_LOWEST if scope[0] == won[0] == "group" and dearer else Losing.LESS_SPECIFIC
    if scope[0] == "contract_category" and row.min_quantity == chosen.min_quantity:
        return Losing.LESS_SPECIFIC
    return Losing.BEATEN_BY_BREAK if row.min_quantity < chosen.min_quantity else Losing.STARTED_EARLIER


def _candidate(ask: _Ask, row: PriceRow, scope: ScopeKey, category: str, losing: Losing | None) -> Candidate:
    base = _base(ask) if row.off_bp is not None else None
    amount, per = (off_base(base.amount, row.off_bp), base.per) if base is not None and row.off_bp is not None else (row.amount, row.per)
    return Candidate(
        row.price_id,
        row.list_code,
        scope[0],
        scope[1],
        scope[2],
        amount,
        per,
        row.min_quantity,
        row.valid_from,
        row.valid_to,
        losing,
        ask.quantity if isinstance(ask.quantity, int) else ask.quantity.of(row),
        row.basis,
        row.mix,
        row.off_bp,
        category,
    )


def line_amount(amount: int, per: int, quantity: int) -> int:
    """What `quantity` base units cost at `amount` minor units per `per` base units, rounded half up once for the line."""
    return (2 * amount * quantity + per) // (2 * per)


def was_charged(
    facts: PriceFacts,
    place: tuple[int, int, str],
    quantity: int | Reached,
    gross: int,
    from_: datetime,
    to: datetime,
    prefer: Prefer = Prefer.SPECIFIC,
    buyer: For = ANYBODY,
    categories: Sequence[str] = (),
) -> bool | None:
    """True if `gross` is what `quantity` costs at `to`, False if it was so at some instant since `from_`, None if at none.

    `place` is (channel, store, currency). What everybody pays counts as well as what this buyer does: a till that is out of reach does not
    know who buys. Prices change where a row begins or ends, so those instants are all there are.
    """
    starts = {row.valid_from for rows in facts.by_scope.values() for row in rows} | {
        row.valid_to for rows in facts.by_scope.values() for row in rows
    }
    for at in (to, max(from_, facts.since), *(at for at in starts if max(from_, facts.since) < at < to)):
        for whom in (buyer, ANYBODY):
            price = resolve(facts, *place, quantity, at, prefer, whom, categories)
            if price is not None and line_amount(price.amount, price.per, _line_of(quantity)) == gross:
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
            if before and (before.scope, before.role) != (wish.scope, wish.role):
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


def means_otherwise(before: PriceList, after: PriceList) -> bool:
    """Whether the prices of a list mean something else now: it is withdrawn or used again, its breaks count or its margin is otherwise."""
    return (before.active, before.basis, before.margin_bp) != (after.active, after.basis, after.margin_bp)


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
    lines: dict[tuple[int, int, str, int], list[PriceSpan]] = {}
    replaces: dict[int, PriceSpan | None] = {}
    met: dict[int, PriceSpan] = {}
    for position, wish in enumerate(wishes):
        line = lines.setdefault((wish.list_id, wish.sku_id, wish.category, wish.min_quantity), [])
        known = running.get(position)
        if known is not None and known.price_id not in met:
            met[known.price_id] = known
            line.append(known)
        row = next((span for span in line if span.valid_from <= wish.valid_from < span.valid_to), None)
        if row is not None and _same(row, wish) and wish.valid_to <= row.valid_to:
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


def _same(row: PriceSpan, wish: PriceSpan) -> bool:
    return (row.amount, row.per, row.off_bp, row.mix, row.quota) == (wish.amount, wish.per, wish.off_bp, wish.mix, wish.quota)


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
                        wish.sku or wish.category,
                        wish.min_quantity,
                        before.amount,
                        before.per,
                        wish.amount,
                        wish.per,
                        wish.valid_from,
                        wish.valid_to,
                        before.off_bp,
                        wish.off_bp,
                    )
                )
            elif position in plan.replaces:
                created.append(wish.sku or wish.category)
            position += 1
        told.append(PricesSet(wishes[0].list_id, tuple(created), tuple(changed), len(wishes) - len(created) - len(changed)))
    return told
