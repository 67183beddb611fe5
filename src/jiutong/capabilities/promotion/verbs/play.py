"""What can be done with plays: their versions, their groups, and what a defaulting seller owes."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from jiutong import ledger
from jiutong.capabilities.promotion.model.group_buy import Group
from jiutong.capabilities.promotion.model.play import OTHER_KIND, PLAY_NOT_FOUND, PLAY_STATE, NewVersion, PlayFacts, PlayKind, PlayVersion
from jiutong.capabilities.promotion.model.presale import ALREADY_PAID_OUT, NO_COMPENSATION, Compensation, Presale
from jiutong.capabilities.promotion.rules import play as rules
from jiutong.capabilities.promotion.rules.group_buy import group_floors, heads_counted
from jiutong.capabilities.promotion.rules.presale import default_entry, payout_entry, presale_floors
from jiutong.capabilities.promotion.store import play as store
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def put_plays(tx: Tx, drafts: Sequence[NewVersion]) -> list[PlayVersion | Problem]:
    """Plan. Write drafts: the next version of a play, or its draft anew. A code keeps its kind. One draft per play in a call."""
    known = await store.lock_latest(tx, {one.code for one in drafts}) if drafts else {}
    fresh = [one for one in drafts if one.code not in known]
    if fresh:
        await store.insert_plays(tx, fresh)
    told: list[PlayVersion | Problem] = []
    written: list[tuple[int, NewVersion]] = []
    for one in drafts:
        latest = known[one.code][-1] if one.code in known else None
        if latest is not None and latest.kind != one.kind:
            told.append(OTHER_KIND(f"{one.code} is a {latest.kind}", pointer="/code", kind_there=latest.kind))
            continue
        version, play_id = rules.next_version(latest), latest.play_id if latest else one.play_id
        written.append((version, rules.renumbered(one, play_id)))
        told.append(PlayVersion(play_id, one.code, one.kind, version, "draft", one.what))
    if written:
        await store.write_drafts(tx, written)
    return told


async def publish_plays(tx: Tx, plays: Sequence[tuple[PlayKind, str]]) -> list[PlayVersion | Problem]:
    """Guard. Drafts become what is in force, in place of what was. One that is over already is not published."""
    known = await store.lock_latest(tx, {code for _, code in plays}) if plays else {}
    told: list[PlayVersion | Problem] = []
    moves: list[tuple[int, int, str, str]] = []
    for kind, code in plays:
        versions = known.get(code, [])
        latest = versions[-1] if versions else None
        if latest is None or latest.kind != kind:
            told.append(PLAY_NOT_FOUND(f"no {kind} {code}"))
        elif latest.state != "draft":
            told.append(PLAY_STATE(f"it is {latest.state}", state_now=latest.state))
        elif rules.play_over(latest.what, tx.now):
            told.append(PLAY_STATE("its time is over: change its windows first", state_now=latest.state))
        else:
            moves += [(one.play_id, one.version, "published", "ended") for one in versions if one.state == "published"]
            moves.append((latest.play_id, latest.version, "draft", "published"))
            told.append(rules.as_published(latest))
    for only in ("published", "draft"):
        if now := [move for move in moves if move[2] == only]:
            await store.move_versions(tx, now)
    await ledger.move_floors(tx, _floors(told))
    return told


async def settle_plays(tx: Tx, plays: Sequence[tuple[PlayKind, str]]) -> list[PlayVersion | Problem]:
    """Plan. Give the accounts of plays in force their floors once more: some were opened by who had read the version before."""
    known = await store.lock_latest(tx, {code for _, code in plays}) if plays else {}
    told: list[PlayVersion | Problem] = []
    for kind, code in plays:
        running = next((one for one in known.get(code, []) if one.kind == kind and one.state == "published"), None)
        told.append(running or PLAY_STATE("it is not published"))
    await ledger.move_floors(tx, _floors(told))
    return told


def _floors(told: Sequence[PlayVersion | Problem]) -> list[ledger.FloorMove]:
    """The first version of a play finds no account open: each opens with its floor."""
    return [
        move
        for one in told
        if isinstance(one, PlayVersion) and one.version > 1
        for move in (presale_floors(one.code, one.what) if isinstance(one.what, Presale) else group_floors(one.code, one.what))
    ]


async def end_plays(tx: Tx, plays: Sequence[tuple[PlayKind, str]]) -> list[PlayVersion | Problem]:
    """Guard. What is in force is so no longer: nobody enters through it; who is in goes on under its terms."""
    known = await store.lock_latest(tx, {code for _, code in plays}) if plays else {}
    told: list[PlayVersion | Problem] = []
    for kind, code in plays:
        versions = [one for one in known.get(code, []) if one.kind == kind]
        running = next((one for one in versions if one.state == "published"), None)
        if running is None:
            told.append(PLAY_STATE("it is not published") if versions else PLAY_NOT_FOUND(f"no {kind} {code}"))
        else:
            told.append(rules.as_ended(running))
    moves = [(one.play_id, one.version, "published", "ended") for one in told if isinstance(one, PlayVersion)]
    if moves:
        await store.move_versions(tx, moves)
    return told


async def plays_in_force(tx: Tx, codes: Collection[str]) -> dict[str, PlayFacts]:
    """Quote. The plays buyers enter through, by the code they gave: a play's, or that of one of its groups."""
    found = await store.read_in_force(tx, codes) if codes else {}
    counted = {code: account for code, one in found.items() if (account := heads_counted(one)) is not None}
    shown = await ledger.balances(tx, list(counted.values())) if counted else {}
    left = {code: shown[account.account_id].free for code, account in counted.items()}
    return found | {code: msgspec.structs.replace(found[code], heads_left=free) for code, free in left.items()}


async def plays_over(tx: Tx, codes: Collection[str]) -> dict[str, datetime]:
    """Quote. Of codes nobody can enter by: when those that once were presales, group buys or flash sales ended."""
    return await store.read_over(tx, codes) if codes else {}


async def play_versions(tx: Tx, names: Collection[str]) -> dict[str, PlayVersion]:
    """Quote. Versions of plays by the name orders carry (code@version)."""
    asked = rules.named_versions(names)
    return await store.read_versions(tx, asked) if asked else {}


async def items_of(tx: Tx, names: Collection[str]) -> dict[str, dict[int, int]]:
    """Quote. Which item each SKU of a version is, by the version's name (code@version)."""
    asked = rules.named_versions(names)
    return await store.read_items(tx, asked) if asked else {}


async def open_groups(tx: Tx, groups: Sequence[Group]) -> set[int]:
    """Guard. Open groups, each once; those that were not open yet."""
    return await store.insert_groups(tx, groups) if groups else set()


async def lock_groups(tx: Tx, group_ids: Collection[int]) -> dict[int, Group]:
    """Plan. Lock groups in id order and give them as they stand; a group is locked before its orders."""
    return await store.lock_groups(tx, group_ids) if group_ids else {}


async def close_groups(tx: Tx, closed: Sequence[Group]) -> None:
    """Guard. Groups, locked and open, have formed or failed: for good."""
    if closed and await store.close_groups(tx, closed) != len(closed):
        raise PLAY_STATE("a group was closed without its lock")


async def owe_compensations(tx: Tx, owed: Sequence[tuple[Compensation, dict[str, object]]]) -> None:
    """Post. Note and book what sellers owe for defaulting; with each the keys (place, day) of the order's accounts."""
    if owed:
        await store.insert_compensations(tx, [one for one, _ in owed])
        await ledger.post(tx, [default_entry(one, keys) for one, keys in owed])


async def compensations(tx: Tx, compensation_ids: Collection[int]) -> dict[int, Compensation]:
    """Quote. Compensations as they stand; unknown ids are absent."""
    return await store.read_compensations(tx, compensation_ids) if compensation_ids else {}


async def pay_compensations(tx: Tx, paid: Sequence[tuple[int, str, str]]) -> list[Compensation | Problem]:
    """Guard. Compensations were paid out, each once: (which, how, its reference)."""
    done = await store.pay_compensations(tx, paid) if paid else {}
    there = await store.read_compensations(tx, [id_ for id_, _, _ in paid if id_ not in done]) if len(done) < len(paid) else {}
    told: list[Compensation | Problem] = []
    for id_, _, _ in paid:
        if id_ in done:
            told.append(done[id_])
        else:
            told.append(ALREADY_PAID_OUT("it was paid before") if id_ in there else NO_COMPENSATION("no such compensation"))
    return told


async def book_compensations(tx: Tx, paid: Sequence[tuple[int, Compensation, dict[str, object]]]) -> None:
    """Post. Money has gone out for these compensations: (the entry's id, what was paid, the keys of the order's accounts)."""
    if paid:
        await ledger.post(tx, [payout_entry(entry_id, one, keys) for entry_id, one, keys in paid])
