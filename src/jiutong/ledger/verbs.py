"""What can be done with the book. All verbs are plural and run in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND
from jiutong.ledger import rules, store
from jiutong.ledger.model import (
    HOLD_GONE,
    Account,
    Balance,
    ClaimGroup,
    Entry,
    FloorMove,
    Held,
    HoldRef,
    MovedByRule,
    Posted,
    Release,
    Shortfall,
)
from jiutong.ledger.rules import Demand


async def hold(tx: Tx, groups: Sequence[ClaimGroup]) -> Held:
    """Guard. Hold every claim of a group or none of it; groups are decided in arrival order.

    Amounts are in the account's unit. A source that was never opened has nothing to give, unless its floor is below zero.
    """
    await store.open_missing(tx, [a for group in groups for claim in group.claims for a in rules.to_open(claim)])
    refused, _ = await _decide(tx, [rules.claimed(group) for group in groups])
    await store.record_holds(tx, [group for i, group in enumerate(groups) if i not in refused])
    return Held(refused)


async def post(tx: Tx, entries: Sequence[Entry]) -> Posted:
    """Guard. Book each entry whole or not at all, in arrival order; accounts open by themselves.

    A transfer that settles a hold uses up that hold. Raises HOLD_GONE when a hold is no longer open far enough: its
    owner's own state should have prevented that.
    """
    await store.open_missing(tx, [a for entry in entries for t in entry.transfers for a in (t.from_, t.to)])
    used = rules.used_up(entries)
    if used and await store.settle_holds(tx, used) != len(used):
        raise HOLD_GONE("a hold was released or used up before it could be posted")
    refused, below_zero = await _decide(tx, [rules.moved(entry) for entry in entries])
    if refused and (unused := rules.used_up(entries[i] for i in refused)):
        await store.settle_holds(tx, {ref: (account_id, -amount) for ref, (account_id, amount) in unused.items()})
    booked = [entry for i, entry in enumerate(entries) if i not in refused]
    if booked:
        await store.record_entries(tx, booked)
        await store.record_transfers(tx, booked)
    return Posted(refused, below_zero)


async def void(tx: Tx, releases: Sequence[Release], accounts: Mapping[int, Account]) -> dict[HoldRef, int]:
    """Plan. Give back what is held: whole groups, or part of single holds. What was given back, per hold.

    `accounts` names the held accounts by id when the caller knows them; it may be empty.
    Raises HOLD_GONE when a named part is more than what is still open.
    """
    still_open = await store.lock_holds(tx, {r.group_id for r in releases})
    given = rules.given_back(releases, {ref: amount for ref, _, amount in still_open})
    if given is None:
        raise HOLD_GONE("less is held than was to be released")
    parts = {ref: (account_id, given[ref]) for ref, account_id, _ in still_open if ref in given}
    if parts:
        await store.settle_holds(tx, parts, void=True)
        back = [{account_id: Demand(accounts.get(account_id) or _unnamed(account_id), 0, -amount)} for account_id, amount in parts.values()]
        await store.add(tx, rules.totals(back))
    return given


async def keep(tx: Tx, groups: Sequence[int]) -> int:
    """Guard. Let these groups no longer expire; the number of holds that were still open."""
    return await store.keep_holds(tx, groups) if groups else 0


async def hold_until(tx: Tx, groups: Mapping[int, datetime]) -> int:
    """Guard. Let these groups expire at another time; the number of holds that were still open."""
    return await store.hold_until(tx, groups) if groups else 0


async def reverse(tx: Tx, reversals: Sequence[tuple[int, int]]) -> Posted:
    """Guard. Book the opposite of entries: pairs of (new entry id, entry to undo). Each can be undone once.

    A hold that the undone entry used up stays used up. Raises NOT_FOUND for an entry that is not in the book.
    """
    booked = await store.read_entries(tx, [undone for _, undone in reversals])
    if any(undone not in booked for _, undone in reversals):
        raise NOT_FOUND("an entry to be undone is not in the book")
    return await post(tx, [rules.opposite(booked[undone], new) for new, undone in reversals])


async def move_floors(tx: Tx, moves: Sequence[FloorMove]) -> None:
    """Plan. Let accounts that are open bear other floors; what was taken of them stays taken, be it more than the floor allows now.

    Moving to the same floor again changes nothing.
    """
    lifted = rules.account_of("lifted", {}, "any")
    floors, legs = rules.floors(await store.lock_standing(tx, moves, lifted) if moves else (), lifted)
    if legs:
        await post(tx, [Entry(tx.mint(), "limit.lowered", 0, legs)])
    if floors:
        await store.set_floors(tx, floors)


async def balances(tx: Tx, accounts: Sequence[Account]) -> dict[int, Balance]:
    """Quote. What these accounts show; one that nobody opened shows zero, and so does the world outside."""
    found = await store.read_balances(tx, [a.account_id for a in accounts])
    return {a.account_id: found.get(a.account_id, Balance(0, 0, a.floor)) for a in accounts}


async def due(tx: Tx, groups_max: int, at: datetime) -> list[int]:
    """Quote. The held groups past their expiry at `at`, longest overdue first."""
    return await store.due_groups(tx, at, groups_max)


async def moved(tx: Tx, prefixes: Sequence[str]) -> list[MovedByRule]:
    """Quote. What has moved the accounts whose codes begin so, rule by rule. Not for stock accounts: they are too many."""
    return await store.moved_by_rule(tx, prefixes) if prefixes else []


async def _decide(tx: Tx, groups: Sequence[Mapping[int, Demand]]) -> tuple[dict[int, Shortfall], dict[int, int]]:
    """Apply what can be borne: the whole batch at once in the common case, else group by group in arrival order.

    The refused groups by position, and what floorless accounts lack to zero.
    """
    needs = rules.totals(groups)
    if not needs:
        return {}, {}
    granted, shown = await store.take(tx, needs)
    refused: dict[int, Shortfall] = {} if granted else rules.walk(groups, shown)
    if refused:
        served = rules.totals(group for i, group in enumerate(groups) if i not in refused)
        granted, shown = await store.take(tx, served) if served else (True, {})
    if not granted:
        raise store.forget_open(tx)
    return refused, {id_: balance.left for id_, balance in shown.items()}


def _unnamed(account_id: int) -> Account:
    """Enough of an account to give back to it: giving back never meets a floor."""
    return Account(account_id, "", "", None, True)
