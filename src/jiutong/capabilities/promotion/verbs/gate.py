"""What can be done with gates: their versions, the certificates they ask for, the rights they give."""

import secrets
from collections.abc import Collection, Sequence

from jiutong import ledger
from jiutong.capabilities.promotion.model.gate import (
    GATE_INVALID,
    GATE_KIND,
    GATE_STATE,
    UNKNOWN_GATE,
    Buying,
    GateDraft,
    GateFacts,
    GateKind,
    GateVersion,
    Holder,
    PutCertificate,
)
from jiutong.capabilities.promotion.model.reservation import DRAW_EARLY, Drawn, Reservation, Signup, WishToSign
from jiutong.capabilities.promotion.rules import gate as rules
from jiutong.capabilities.promotion.rules import reservation as reserving
from jiutong.capabilities.promotion.store import gate as store
from jiutong.kernel import stamps as kernel_stamps
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem


async def gates(tx: Tx) -> tuple[GateVersion, ...]:
    """Quote. The gates that stand or will. No statement for what is remembered."""
    kept = store.kept_gates(tx)
    found, missing = kept.known(tx, (0,))
    if missing:
        stamp, loaded = await store.load_gates(tx)
        kept.keep(tx, {0: (stamp, loaded)})
        return loaded
    return found[0]


async def gate_facts(tx: Tx, buyings: Sequence[Buying]) -> GateFacts:
    """Quote. What the gates these baskets meet have to know: at most one statement for balances, and one for certificates."""
    standing = await gates(tx)
    if not standing:
        return GateFacts()
    accounts = rules.meters(standing, buyings)
    holders = rules.holders(standing, buyings)
    balances = await ledger.balances(tx, accounts) if accounts else {}
    return GateFacts(standing, balances, await store.read_certificates(tx, holders) if holders else {})


async def put_gates(tx: Tx, drafts: Sequence[GateDraft]) -> list[GateVersion | Problem]:
    """Plan. Write drafts: the next version of a gate, or its draft anew. A code keeps its kind. One draft per gate in a call."""
    known = await store.lock_gates(tx, {one.code for one in drafts}) if drafts else {}
    told: list[GateVersion | Problem] = []
    for one in drafts:
        versions = known.get(one.code, [])
        latest = versions[-1] if versions else None
        after = rules.drafted(one, latest)
        if latest is not None and latest.kind != one.kind:
            told.append(GATE_KIND(f"{one.code} is a {latest.kind}", pointer="/code", kind_there=latest.kind))
        else:
            running = next((version for version in versions if version.state == "published"), None)
            told.append(rules.broken_promise(running, after, tx.now) or after)
    written = [(after, one.made_by) for after, one in zip(told, drafts, strict=True) if isinstance(after, GateVersion)]
    fresh = [after for after, _ in written if after.code not in known]
    if fresh:
        await store.insert_gates(tx, fresh)
    if written:
        await store.write_drafts(tx, [after for after, _ in written], [by for _, by in written])
    return told


async def publish_gates(tx: Tx, named: Sequence[tuple[GateKind, str]]) -> list[GateVersion | Problem]:
    """Guard. Drafts come into force in place of what was. What was taken is not forgotten: it is counted under the code."""
    known = await store.lock_gates(tx, {code for _, code in named}) if named else {}
    told: list[GateVersion | Problem] = []
    moves: list[tuple[int, int, str, str]] = []
    floors: list[ledger.FloorMove] = []
    for kind, code in named:
        versions = [one for one in known.get(code, []) if one.kind == kind]
        latest = versions[-1] if versions else None
        running = next((one for one in versions if one.state == "published"), None)
        if latest is None:
            told.append(UNKNOWN_GATE(f"no {kind} {code}"))
        elif latest.state != "draft":
            told.append(GATE_STATE("there is no draft of it", state_now=latest.state))
        elif rules.gate_window(latest.what)[1] <= tx.now:
            told.append(GATE_INVALID("its time is over: change it first", pointer="/ends_at"))
        else:
            moves += [(running.gate_id, running.version, "published", "ended")] if running else []
            moves.append((latest.gate_id, latest.version, "draft", "published"))
            floors += rules.floor_moves(running or (latest if latest.version > 1 else None), latest)
            told.append(rules.gate_in("published", latest))
    await _moved(tx, moves)
    await ledger.move_floors(tx, floors)
    return told


async def end_gates(tx: Tx, named: Sequence[tuple[GateKind, str]]) -> list[GateVersion | Problem]:
    """Guard. What is in force is so no longer; what was taken stays counted."""
    known = await store.lock_gates(tx, {code for _, code in named}) if named else {}
    told: list[GateVersion | Problem] = []
    for kind, code in named:
        versions = [one for one in known.get(code, []) if one.kind == kind]
        running = next((one for one in versions if one.state == "published"), None)
        if running is not None:
            told.append(rules.gate_in("ended", running))
        else:
            told.append(GATE_STATE("it is not published") if versions else UNKNOWN_GATE(f"no {kind} {code}"))
    await _moved(tx, [(one.gate_id, one.version, "published", "ended") for one in told if isinstance(one, GateVersion)])
    return told


async def settle_gates(tx: Tx, named: Sequence[tuple[GateKind, str]]) -> list[GateVersion | Problem]:
    """Plan. Give the accounts of gates in force their floors once more: some were opened by who had read the version before."""
    known = await store.lock_gates(tx, {code for _, code in named}) if named else {}
    told: list[GateVersion | Problem] = []
    for kind, code in named:
        running = next((one for one in known.get(code, []) if one.kind == kind and one.state == "published"), None)
        told.append(running or GATE_STATE("it is not published"))
    floors = [move for one in told if isinstance(one, GateVersion) for move in rules.floor_moves(one, one)]
    await ledger.move_floors(tx, floors)
    return told


async def _moved(tx: Tx, moves: Sequence[tuple[int, int, str, str]]) -> None:
    for only in ("published", "draft"):  # what ends makes room for what begins
        if now := [move for move in moves if move[2] == only]:
            await store.move_gates(tx, now)
    if moves:
        await kernel_stamps.bump(tx, "gate", [0])
        tx.after_commit.append(lambda: store.forget_gates(tx))


async def sign_up(tx: Tx, wishes: Sequence[WishToSign]) -> list[Signup | Problem]:
    """Guard. Members sign up, each once; who comes first has the right while there are places. Whoever has signed up stays so."""
    known = {one.code: one for one in await gates(tx) if one.kind == "reservation"}
    asked = [(known.get(wish.code), wish) for wish in wishes]
    told: list[Signup | Problem] = [reserving.signing(gate, wish, tx.now) for gate, wish in asked]
    first: dict[tuple[int, int], int] = {}
    for i, one in enumerate(told):
        if isinstance(one, Signup):
            first.setdefault((one.gate_id, one.member_id), i)
    new = await store.insert_signups(tx, [one for i in first.values() if isinstance(one := told[i], Signup)]) if first else set()
    granted = [pair for pair, i in first.items() if pair in new and isinstance(one := told[i], Signup) and one.state == "granted"]
    entries = [
        reserving.granting(gate, pair[1], asked[first[pair]][1].entry_id) for pair in granted if (gate := asked[first[pair]][0]) is not None
    ]
    booked = await ledger.post(tx, entries) if entries else ledger.Posted({}, {})
    full = {granted[position] for position in booked.refused}
    if full:
        await store.drop_signups(tx, full)
    there = await store.read_signups(tx, first.keys() - new) if first.keys() - new else {}
    return [reserving.signed(one, i == first.get(_pair(one)), there, full) for i, one in enumerate(told)]


def _pair(one: Signup | Problem) -> tuple[int, int]:
    return (one.gate_id, one.member_id) if isinstance(one, Signup) else (0, 0)


async def signups(tx: Tx, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Signup]:
    """Quote. Who has signed up for what, by (gate, member); who has not is absent."""
    return await store.read_signups(tx, pairs) if pairs else {}


async def draw_rights(tx: Tx, codes: Sequence[str]) -> list[Drawn | Problem]:
    """Plan. Draw who gets the right to buy, once per reservation, by a seed that is told: anybody can draw the same again."""
    known = await store.lock_gates(tx, codes) if codes else {}
    told: list[Drawn | Problem] = []
    for code in codes:  # one at a time: a reservation is drawn once in its life
        gate = next((one for one in known.get(code, []) if one.state == "published"), None)
        if gate is None or not isinstance(gate.what, Reservation):
            told.append(UNKNOWN_GATE(f"no published reservation {code}"))
        elif gate.what.mode != "draw" or gate.drawn or tx.now < gate.what.signup_to:
            told.append(
                DRAW_EARLY("it is drawn once, when signing up has ended", draws_at=gate.what.signup_to.isoformat(), drawn=gate.drawn)
            )
        else:
            told.append(await _draw(tx, gate, gate.what))
    return told


async def _draw(tx: Tx, gate: GateVersion, what: Reservation) -> Drawn:
    waiting = [member for _, member in await store.lock_waiting(tx, [gate.gate_id])]
    seed = secrets.token_hex(16)
    won = reserving.drawn(seed, waiting, what.places)
    await store.note_draws(tx, [(gate.gate_id, seed)])
    if waiting:
        await store.decide_signups(tx, [(gate.gate_id, member, "granted" if member in won else "lost") for member in waiting])
    if won:
        await ledger.post(tx, [reserving.granting(gate, member, tx.mint()) for member in sorted(won)])
    return Drawn(gate.gate_id, gate.code, seed, len(waiting), len(won))


async def rights(tx: Tx, gate_id: int, after: int, members_max: int) -> list[int]:
    """Quote. The members with a right of a reservation, some at a time, after this one."""
    return await store.read_granted(tx, gate_id, after, members_max)


async def put_certificates(tx: Tx, wishes: Sequence[PutCertificate]) -> int:
    """Post. Write down what members and companies are certified for; how many certificates are new or different."""
    return await store.write_certificates(tx, wishes) if wishes else 0


async def drop_certificates(tx: Tx, named: Sequence[tuple[Holder, str]]) -> list[bool]:
    """Guard. Take certificates away; whether each was there."""
    gone = await store.drop_certificates(tx, named) if named else set()
    return [(holder.holder, holder.holder_id, code) in gone for holder, code in named]
