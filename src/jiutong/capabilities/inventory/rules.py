"""Decisions about stock: which account counts it, what moves it, and what a count or adjustment comes to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TypeAlias

import msgspec

from jiutong import ledger
from jiutong.capabilities.inventory.model import (
    BAD_CODE,
    COUNT_EMPTY,
    COUNT_TOO_LARGE,
    COUNTED_TWICE,
    LINES_BOOKED_MAX,
    MODE_FIXED,
    NOT_FREE,
    NOTHING_CHANGES,
    OWNER_UNCLEAR,
    REASON_DIRECTION,
    REASONS,
    SOURCE_NOT_STRICT,
    SOURCE_TWICE,
    STORE_MISMATCH,
    UNKNOWN_CHANNEL,
    UNKNOWN_LOCATION,
    UNKNOWN_OWNER,
    UNKNOWN_SKU,
    UNKNOWN_STORE,
    AdjustStock,
    Corrected,
    CountStock,
    Issue,
    Location,
    LocationFacts,
    LocationStanding,
    NamedLocation,
    NamedSources,
    NotFree,
    OfChannel,
    OfSeller,
    OfStore,
    Paper,
    PaperBooked,
    PaperLine,
    Places,
    ReceiveStock,
    Shortage,
    SkuNamed,
    Sources,
)
from jiutong.kernel.errors import STALE, Problem

_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
Wish: TypeAlias = ReceiveStock | AdjustStock | CountStock

SOLD = ledger.account_of("sold", {}, "any")
SUPPLIED = ledger.account_of("supplied", {}, "any")
CORRECTED = ledger.account_of("corrected", {}, "any")


def places(rows: Sequence[tuple[LocationFacts, Sequence[tuple[int, int]]]]) -> Places:
    """Locations, oldest first, each with (channel, priority), as flows look them up. A store sells from its oldest shelves."""
    locations = [location for location, _ in rows]
    choices: dict[int, list[tuple[int, int, LocationFacts]]] = {}
    for location, channels in rows:
        for channel_id, priority in channels:
            choices.setdefault(channel_id, []).append((priority, location.location_id, location))
    return Places(
        {one.code: one for one in locations},
        {one.location_id: one for one in locations},
        {one.store_id: one for one in reversed(locations) if one.store_id is not None},
        {channel_id: tuple(location for *_, location in sorted(chosen, key=itemgetter(0, 1))) for channel_id, chosen in choices.items()},
    )


def stock_account(location: LocationFacts, owner_id: int, sku_id: int) -> ledger.Account:
    """The account that counts this SKU of this owner here."""
    return _stock_account(location.location_id, owner_id, sku_id, location.strict)


@lru_cache(maxsize=1 << 16)
def _stock_account(location_id: int, owner_id: int, sku_id: int, strict: bool) -> ledger.Account:
    keys = {"location": location_id, "owner": owner_id, "sku": sku_id}
    return ledger.account_of("stock", keys, f"sku:{sku_id}", 0 if strict else None)


def stock_claim(hold_id: int, location: LocationFacts, owner_id: int, sku_id: int, quantity: int) -> ledger.Claim:
    """The wish to hold units for a customer. The hold's id is the order line's."""
    return ledger.Claim(hold_id, stock_account(location, owner_id, sku_id), SOLD, quantity)


def issue(location: LocationFacts, owner_id: int, sku_id: int, quantity: int, settles: ledger.HoldRef | None = None) -> ledger.Transfer:
    """Units leave to a customer; with `settles` they are the ones held before."""
    return ledger.Transfer(stock_account(location, owner_id, sku_id), SOLD, quantity, settles)


def take_back(location: LocationFacts, owner_id: int, sku_id: int, quantity: int) -> ledger.Transfer:
    """Sellable units come back from a customer."""
    return ledger.Transfer(SOLD, stock_account(location, owner_id, sku_id), quantity)


def paper_of(
    wish: Wish,
    paper_id: int,
    actor: str,
    locations: Mapping[str, LocationFacts],
    skus: Mapping[str, SkuNamed],
    sellers: Mapping[str, OfSeller],
    stores: Mapping[int, OfSeller],
) -> Paper | Problem:
    """The paper these words make, or the first thing wrong with them. What they name comes resolved: by code, stores by id."""
    location = locations.get(wish.location)
    if location is None:
        return UNKNOWN_LOCATION(f"no location {wish.location}", pointer="/location")
    for i, line in enumerate(wish.lines):
        if line.sku not in skus:
            return UNKNOWN_SKU(f"no SKU {line.sku}", pointer=f"/lines/{i}/sku")
    if wish.owner is None:
        owner_id = only_owner(location, [skus[line.sku] for line in wish.lines], stores)
    else:
        owner_id = sellers[wish.owner].seller_id if wish.owner in sellers else UNKNOWN_OWNER(f"no seller {wish.owner}", pointer="/owner")
    if isinstance(owner_id, Problem):
        return owner_id
    lines = _lines(wish, {name: sku.sku_id for name, sku in skus.items()})
    if isinstance(lines, Problem):
        return lines
    return Paper(paper_id, REASONS[wish.reason].kind, location, owner_id, wish.reason, wish.reference, actor, lines)


def only_owner(location: LocationFacts, skus: Iterable[SkuNamed], stores: Mapping[int, OfSeller]) -> int | Problem:
    """Whose stock it is when nobody says: the only one it can be, by the store it lies in and by who sells the SKUs."""
    possible = {listing.owner_id for sku in skus for listing in sku.listings}
    if location.store_id in stores:
        possible.add(stores[location.store_id].seller_id)
    if len(possible) == 1:
        return possible.pop()
    return OWNER_UNCLEAR(f"{len(possible)} parties own what this names; say which one's stock it is", pointer="/owner")


def location_of(named: NamedLocation, location_id: int, stores: Mapping[str, OfStore]) -> Location | Problem:
    """The location these words make; `location_id` is its id if it is new."""
    what = named.what
    if not _CODE.fullmatch(named.code):
        return BAD_CODE(f"{named.code!r}: lower-case letters, digits and .-_ after a letter or digit, at most 64", pointer="/code")
    if what.store is not None and what.store not in stores:
        return UNKNOWN_STORE(f"no store {what.store}", pointer="/store")
    store_id = None if what.store is None else stores[what.store].store_id
    return Location(location_id, named.code, what.name, what.kind, what.mode == "strict", store_id, named.expected)


def sources_of(named: NamedSources, channels: Mapping[str, OfChannel], locations: Mapping[str, LocationFacts]) -> Sources | Problem:
    """Where a channel is to sell from. It promises what nobody has in hand yet, so only from where the book is strict."""
    if named.channel not in channels:
        return UNKNOWN_CHANNEL(f"no channel {named.channel}", pointer="/channel")
    for i, code in enumerate(named.locations):
        if code not in locations:
            return UNKNOWN_LOCATION(f"no location {code}", pointer=f"/locations/{i}")
        if not locations[code].strict:
            return SOURCE_NOT_STRICT(f"{code} sells what its book does not have", pointer=f"/locations/{i}")
        if code in named.locations[:i]:
            return SOURCE_TWICE(f"{code} is named twice", pointer=f"/locations/{i}")
    return Sources(channels[named.channel].channel_id, tuple(locations[code] for code in named.locations))


def location_refusal(wanted: Location, standing: LocationStanding | None) -> Problem | None:
    """Why a location may not be put like that."""
    if (wanted.kind == "store") != (wanted.store_id is not None):
        return STORE_MISMATCH("a location of kind `store` names its store, and no other does", pointer="/store")
    if wanted.expected is not None and (standing is None or standing.revision != wanted.expected):
        return STALE(f"{wanted.code} is at revision {standing.revision if standing else 0}, not {wanted.expected}")
    if standing is not None and standing.stocked and standing.strict != wanted.strict:
        return MODE_FIXED("its stock was booked in the other mode; make another location", pointer="/mode")
    return None


def _lines(wish: Wish, sku_ids: Mapping[str, int]) -> tuple[PaperLine, ...] | Problem:
    match wish:
        case ReceiveStock():
            return _received(wish, sku_ids)
        case AdjustStock():
            return _adjusted(wish, sku_ids)
        case CountStock():
            return _counted(wish, sku_ids)


def _received(wish: ReceiveStock, sku_ids: Mapping[str, int]) -> tuple[PaperLine, ...] | Problem:
    return tuple(PaperLine(sku_ids[line.sku], line.quantity) for line in wish.lines)


def _adjusted(wish: AdjustStock, sku_ids: Mapping[str, int]) -> tuple[PaperLine, ...] | Problem:
    direction = REASONS[wish.reason].direction
    for i, line in enumerate(wish.lines):
        if line.change == 0:
            return NOTHING_CHANGES("say how many more or less", pointer=f"/lines/{i}/change")
        if direction and (line.change > 0) != (direction > 0):
            way = "more" if direction > 0 else "less"
            return REASON_DIRECTION(f"`{wish.reason}` only makes stock {way}", pointer=f"/lines/{i}/change")
    return tuple(PaperLine(sku_ids[line.sku], line.change) for line in wish.lines)


def _counted(wish: CountStock, sku_ids: Mapping[str, int]) -> tuple[PaperLine, ...] | Problem:
    if not wish.lines and wish.reason != "full":
        return COUNT_EMPTY("name the SKUs that were counted", pointer="/lines")
    seen: set[int] = set()
    for i, line in enumerate(wish.lines):
        if sku_ids[line.sku] in seen:
            return COUNTED_TWICE(f"{line.sku} is counted twice", pointer=f"/lines/{i}/sku")
        seen.add(sku_ids[line.sku])
    return tuple(PaperLine(sku_ids[line.sku], 0, line.counted) for line in wish.lines)


def counted_in_full(paper: Paper, sku_ids: Iterable[int]) -> Paper | Problem:
    """A full count also says of the SKUs the book has there, and it does not name, that there is none."""
    named = {line.sku_id for line in paper.lines}
    implied = tuple(PaperLine(sku_id, counted=0, implied=True) for sku_id in sku_ids if sku_id not in named)
    if len(paper.lines) + len(implied) > LINES_BOOKED_MAX:
        return COUNT_TOO_LARGE(f"{len(implied)} SKUs of this owner are not named", pointer="/reason")
    return msgspec.structs.replace(paper, lines=paper.lines + implied)


def refusal(wish: AdjustStock | CountStock, why: NotFree) -> Problem:
    """What the caller is told: the line, and how much is free of it."""
    if isinstance(wish, AdjustStock):
        sku, pointer = wish.lines[why.line_no].sku, f"/lines/{why.line_no}/change"
        return NOT_FREE(f"{sku}: only {why.free} are free, {why.held} are held for orders", pointer=pointer, free=why.free, held=why.held)
    if why.line_no < len(wish.lines):
        sku, pointer = wish.lines[why.line_no].sku, f"/lines/{why.line_no}/counted"
        return NOT_FREE(f"{sku}: {why.held} are held for orders, more than was counted", pointer=pointer, free=why.free, held=why.held)
    return NOT_FREE(f"{why.held} are held for orders of a SKU the count does not name", pointer="/lines", free=why.free, held=why.held)


def outcome(corrected: Corrected, paper: Paper, wish: AdjustStock | CountStock) -> PaperBooked | Problem:
    """What became of one paper."""
    why = corrected.refused.get(paper.paper_id)
    return booked(corrected.booked[paper.paper_id]) if why is None else refusal(wish, why)


def booked(paper: Paper) -> PaperBooked:
    """What a booked paper is announced as."""
    return PaperBooked(
        paper.paper_id,
        paper.location.code,
        paper.reason,
        paper.reference,
        len(paper.lines),
        sum(line.change for line in paper.lines if line.change > 0),
        -sum(line.change for line in paper.lines if line.change < 0),
    )


def receipt_entry(paper: Paper) -> ledger.Entry:
    """What a receipt books: every line from the supplier into stock."""
    return ledger.Entry(
        paper.paper_id,
        "goods.received",
        paper.paper_id,
        tuple(ledger.Transfer(SUPPLIED, stock_account(paper.location, paper.owner_id, line.sku_id), line.change) for line in paper.lines),
    )


def correction_entries(paper: Paper, second_id: int) -> list[ledger.Entry]:
    """What an adjustment or count books: what was found, then what was lost. If both, the second entry needs an id of its own."""
    found: list[ledger.Transfer] = []
    lost: list[ledger.Transfer] = []
    for line in paper.lines:
        account = stock_account(paper.location, paper.owner_id, line.sku_id)
        if line.change < 0:
            lost.append(ledger.Transfer(account, CORRECTED, -line.change))
        elif line.change > 0:
            found.append(ledger.Transfer(CORRECTED, account, line.change))
    sides = [("goods.found", tuple(found)), ("goods.lost", tuple(lost))]
    ids = iter((paper.paper_id, second_id))
    return [ledger.Entry(next(ids), rule, paper.paper_id, moved) for rule, moved in sides if moved]


def corrections(papers: Sequence[Paper], balances: Mapping[int, ledger.Balance]) -> Corrected:
    """What the papers come to when booked in arrival order on these balances.

    A counted line changes the book by what it lacks or has too much. A paper stands whole or not at all: a strict
    location never gives what is held or not there, whichever line of the paper asks for it.
    """
    left = dict(balances)
    stands: dict[int, Paper] = {}
    refused: dict[int, NotFree] = {}
    for paper in papers:
        verdict = _correction(paper, left)
        if isinstance(verdict, NotFree):
            refused[paper.paper_id] = verdict
        else:
            stands[paper.paper_id], after = verdict
            left |= after
    return Corrected(stands, refused)


def _correction(paper: Paper, balances: Mapping[int, ledger.Balance]) -> tuple[Paper, dict[int, ledger.Balance]] | NotFree:
    after: dict[int, ledger.Balance] = {}
    lines: list[PaperLine] = []
    taking: dict[int, int] = {}
    for line_no, line in enumerate(paper.lines):
        account = stock_account(paper.location, paper.owner_id, line.sku_id)
        balance = after.get(account.account_id) or balances.get(account.account_id) or ledger.Balance(0, 0, account.floor)
        change = line.change if line.counted is None else line.counted - balance.posted
        after[account.account_id] = msgspec.structs.replace(balance, posted=balance.posted + change)
        if change or not line.implied:
            lines.append(msgspec.structs.replace(line, change=change))
        if change < 0:
            taking[account.account_id] = line_no
    for account_id, line_no in taking.items():
        # Strict accounts have floor zero: what is free is what is neither held nor taken by the papers before.
        if after[account_id].floor is not None and after[account_id].free < 0:
            before = balances.get(account_id) or ledger.Balance()
            return NotFree(line_no, max(before.free, 0), before.held)
    return msgspec.structs.replace(paper, lines=tuple(lines)), after


def changes(papers: Iterable[Paper]) -> dict[int, int]:
    """What the booked papers change per account."""
    sums: dict[int, int] = {}
    for paper in papers:
        for line in paper.lines:
            account_id = stock_account(paper.location, paper.owner_id, line.sku_id).account_id
            sums[account_id] = sums.get(account_id, 0) + line.change
    return sums


def paper_issues(papers: Iterable[Paper]) -> list[Issue]:
    """The booked changes of papers, seen as units that left with them (less than nothing where units came)."""
    return [Issue(paper.paper_id, paper.location, paper.owner_id, line.sku_id, -line.change) for paper in papers for line in paper.lines]


def shortages(issues: Sequence[Issue], rests: Mapping[int, int]) -> list[Shortage]:
    """The subjects that left with goods the book did not have.

    `rests` is what is left of the accounts (posted - held) after all issues, so what was left after each one follows by
    walking back. Issues come in the order they were booked; those of one subject on one account count together.
    """
    issued: dict[tuple[int, int], Issue] = {}
    for one in issues:
        account_id = stock_account(one.location, one.owner_id, one.sku_id).account_id
        if not one.location.strict and account_id in rests:
            same = issued.get((account_id, one.subject_id))
            issued[account_id, one.subject_id] = (
                one if same is None else msgspec.structs.replace(one, quantity=one.quantity + same.quantity)
            )
    rest = dict(rests)
    found: list[Shortage] = []
    for (account_id, _), one in reversed(issued.items()):
        if one.quantity > 0 and rest[account_id] < 0:
            found.append(Shortage(one.subject_id, one.location, one.owner_id, one.sku_id, -rest[account_id]))
        rest[account_id] += one.quantity
    return found[::-1]
