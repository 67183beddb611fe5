"""What can be done with the book. All verbs are plural and run in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jiutong.kernel.db import Tx
from jiutong.ledger import rules, store
from jiutong.ledger.model import (
    HOLD_GONE,
    Account,
    Balance,
    ClaimGroup,
    Entry,
    Held,
    HoldRef,
    Posted,
    Release,
    Shortfall,
    Transfer,
)
from jiutong.ledger.rules import Demand


async def hold(tx: Tx, groups: Sequence[ClaimGroup]) -> Held:
    """Guard. Hold every claim of a group or none of it; groups are decided in arrival order.

    Amounts are in the account's unit. A source that was never opened has nothing to give.
    """
    await store.open_missing(tx, {claim.to for group in groups for claim in group.claims})
    refused, _ = await _decide(tx, [[Demand(c.from_, 0, c.amount) for c in group.claims] for group in groups])
    await store.record_holds(tx, [group for i, group in enumerate(groups) if i not in refused])
    return Held(refused)


async def post(tx: Tx, entries: Sequence[Entry]) -> Posted:
    """Guard. Book each entry whole or not at all, in arrival order; accounts open by themselves.

    A transfer that settles a hold uses up that hold. Raises HOLD_GONE when a hold is no longer open far enough: its
    owner's own state should have prevented that.
    """
    await store.open_missing(tx, {account for entry in entries for t in entry.transfers for account in (t.from_, t.to)})
    refused, below_zero = await _decide(tx, [[d for t in entry.transfers for d in _demands(t)] for entry in entries])
    booked = [entry for i, entry in enumerate(entries) if i not in refused]
    settled = [(t.settles, t.amount) for entry in booked for t in entry.transfers if t.settles]
    if settled:
        refs = [ref for ref, _ in settled]
        if await store.settle_holds(tx, refs, [amount for _, amount in settled], [0] * len(refs)) != len(refs):
            raise HOLD_GONE("a hold was released or used up before it could be posted")
    if booked:
        await store.record_entries(tx, booked)
        await store.record_transfers(tx, booked)
    return Posted(refused, below_zero)


async def void(tx: Tx, releases: Sequence[Release], accounts: Mapping[int, Account]) -> dict[HoldRef, int]:
    """Plan. Give back what is held: whole groups, or part of single holds. What was given back, per hold.

    `accounts` names the held accounts by id when the caller knows them; it may be empty.
    Raises HOLD_GONE when a named part is more than what is still open.
    """
    wanted = {(r.group_id, r.hold_id): r.amount for r in releases}
    given: dict[HoldRef, int] = {}
    back: list[Demand] = []
    for ref, account_id, still_open in await store.lock_holds(tx, list({r.group_id for r in releases})):
        if (ref.group_id, None) in wanted:
            amount = still_open
        elif (ref.group_id, ref.hold_id) in wanted:
            part = wanted[ref.group_id, ref.hold_id]
            amount = still_open if part is None else part
        else:
            continue
        given[ref] = amount
        back.append(Demand(accounts.get(account_id) or _unnamed(account_id), 0, -amount))
    if any(hold_id is not None and HoldRef(group_id, hold_id) not in given for group_id, hold_id in wanted):
        raise HOLD_GONE("it was posted or released before")
    if given:
        if await store.settle_holds(tx, list(given), [0] * len(given), list(given.values())) != len(given):
            raise HOLD_GONE("less is held than was to be released")
        await store.add(tx, list(rules.totals([back]).values()))
    return given


async def keep(tx: Tx, groups: Sequence[int]) -> int:
    """Guard. Let these groups no longer expire; the number of holds that were still open."""
    return await store.keep_holds(tx, groups) if groups else 0


async def reverse(tx: Tx, reversals: Sequence[tuple[int, int]]) -> Posted:
    """Guard. Book the opposite of entries: pairs of (new entry id, entry to undo). Each can be undone once."""
    new_ids = {undone: new for new, undone in reversals}
    entries = [
        Entry(new_ids[e.entry_id], e.rule, e.subject_id, tuple(Transfer(t.to, t.from_, t.amount) for t in e.transfers), e.entry_id)
        for e in await store.read_entries(tx, list(new_ids))
    ]
    return await post(tx, entries)


async def balances(tx: Tx, accounts: Sequence[Account]) -> dict[int, Balance]:
    """Quote. What these accounts show; an account nobody opened shows zero."""
    found = await store.read_balances(tx, [a.account_id for a in accounts])
    return {a.account_id: found.get(a.account_id, Balance(0, 0, a.floor)) for a in accounts}


async def due(tx: Tx, groups_max: int, at: datetime) -> list[int]:
    """Quote. The held groups past their expiry at `at`, longest overdue first."""
    return await store.due_groups(tx, at, groups_max)


async def _decide(tx: Tx, groups: Sequence[Sequence[Demand]]) -> tuple[dict[int, Shortfall], dict[int, int]]:
    """Apply what can be borne: the whole batch at once in the common case, else group by group in arrival order."""
    demands = list(rules.totals(groups).values())
    if not demands:
        return {}, {}
    if all(d.account.floor is None for d in demands):
        return {}, await store.add(tx, demands)
    balances = await store.take(tx, demands)
    if not balances:
        return {}, {}
    refused = rules.walk(groups, balances)
    if not refused:
        raise store.forget_open(tx)
    served = list(rules.totals([group for i, group in enumerate(groups) if i not in refused]).values())
    if served and await store.take(tx, served):
        raise store.forget_open(tx)
    return refused, {}


def _demands(transfer: Transfer) -> list[Demand]:
    demands = []
    if transfer.from_.tracked:
        demands.append(Demand(transfer.from_, -transfer.amount, -transfer.amount if transfer.settles else 0))
    if transfer.to.tracked:
        demands.append(Demand(transfer.to, transfer.amount, 0))
    return demands


def _unnamed(account_id: int) -> Account:
    """Enough of an account to give back to it: giving back never meets a floor."""
    return Account(account_id, "", "", None, True)
