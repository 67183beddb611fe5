"""Decisions of reservations: who may sign up, who is drawn, and who may buy."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from jiutong import ledger
from jiutong.capabilities.promotion.model.gate import GATE_INVALID, Buying, BuyingLine, GateFacts, GateVersion, Judgment, Remark, Want
from jiutong.capabilities.promotion.model.reservation import (
    RIGHT_NEEDED,
    RIGHT_TOO_EARLY,
    RIGHT_USED,
    SIGNUP_CLOSED,
    SIGNUP_FULL,
    SIGNUP_NOT_YOU,
    Reservation,
    Signup,
    WishToSign,
)
from jiutong.capabilities.promotion.rules.limit import UNIT
from jiutong.kernel.errors import Problem, ProblemType


def right_account(code: str, member_id: int) -> ledger.Account:
    """What a member may still buy by their right. It is opened by signing up: who has not, has nothing to take."""
    return ledger.account_of("right", {"activity": code, "member": member_id}, UNIT, 0)


def signups_account(code: str, places: int) -> ledger.Account:
    """What is left of the places of a reservation."""
    return ledger.account_of("signups", {"activity": code}, UNIT, -places)


def reservation_wrong(what: Reservation) -> Problem | None:
    """Why a reservation cannot be saved."""
    if what.signup_from >= what.signup_to:
        return GATE_INVALID("signing up would end before it begins", pointer="/signup_to")
    if what.buy_from >= what.buy_to:
        return GATE_INVALID("buying would end before it begins", pointer="/buy_to")
    if what.buy_to <= what.signup_to:
        return GATE_INVALID("who signs up last must still have time to buy", pointer="/buy_to")
    if what.mode == "draw" and not what.places:
        return GATE_INVALID("say how many are drawn", pointer="/places")
    if what.mode == "draw" and what.buy_from < what.signup_to:
        return GATE_INVALID("nobody has a right before the draw, which is when signing up has ended", pointer="/buy_from")
    return None


def not_signed(gate: GateVersion | None, wish: WishToSign, at: datetime) -> Problem | None:
    """Why a member cannot sign up."""
    if gate is None or not isinstance(gate.what, Reservation) or (gate.channel_ids and wish.channel_id not in gate.channel_ids):
        return SIGNUP_CLOSED(f"there is nothing to sign up for: {wish.code}")
    what = gate.what
    if not what.signup_from <= at < what.signup_to:
        return SIGNUP_CLOSED("signing up has its time", opens_at=what.signup_from.isoformat(), closes_at=what.signup_to.isoformat())
    if what.levels and wish.level not in what.levels:
        return SIGNUP_NOT_YOU("it is for members of certain levels", levels=list(what.levels))
    return None


def signing(gate: GateVersion | None, wish: WishToSign, at: datetime) -> Signup | Problem:
    """A member's sign-up as it would be, or why they cannot."""
    refused = not_signed(gate, wish, at)
    if refused is not None or gate is None or not isinstance(gate.what, Reservation):
        return refused or SIGNUP_CLOSED("there is nothing to sign up for")
    return Signup(gate.gate_id, wish.member_id, "granted" if gate.what.mode == "first_come" else "waiting", at, fresh=True)


def signed(
    one: Signup | Problem, leads: bool, before: Mapping[tuple[int, int], Signup], full: Collection[tuple[int, int]]
) -> Signup | Problem:  # fmt: skip
    """What came of a sign-up: it stands as it did `before`, there was no place, or it is new for the wish that `leads`."""
    if isinstance(one, Problem):
        return one
    pair = one.gate_id, one.member_id
    if pair in full:
        return SIGNUP_FULL("all places are taken", left=0)
    known = before.get(pair)
    return known or (one if leads else msgspec.structs.replace(one, fresh=False))


def granting(gate: GateVersion, member_id: int, entry_id: int) -> ledger.Entry:
    """The entry by which a member gets the right to buy; who comes first takes a place with it."""
    what = gate.what
    if not isinstance(what, Reservation):
        raise TypeError(f"{gate.code} is no reservation")
    right = ledger.Transfer(ledger.account_of("issued", {}, "any"), right_account(gate.code, member_id), what.units_each)
    if what.mode == "first_come" and what.places:
        place = ledger.Transfer(signups_account(gate.code, what.places), ledger.account_of("used", {}, "any"), 1)
        return ledger.Entry(entry_id, "right.granted", gate.gate_id, (place, right))
    return ledger.Entry(entry_id, "right.granted", gate.gate_id, (right,))


def drawn(seed: str, members: Sequence[int], places: int) -> frozenset[int]:
    """The members who win: the first `places` by the hash of seed and member, which anybody can check."""

    def turn(member_id: int) -> bytes:
        return hashlib.blake2b(f"{seed}:{member_id}".encode(), digest_size=16).digest()

    return frozenset(sorted(members, key=turn)[:places])


def judge_reservation(gate: GateVersion, what: Reservation, lines: Sequence[BuyingLine], buying: Buying, facts: GateFacts) -> Judgment:
    """Whether a buyer has the right to these lines, and what they take of it."""
    numbers = tuple(line.line_no for line in lines)
    wanted = sum(line.quantity for line in lines)
    account = None if buying.member_id is None else right_account(gate.code, buying.member_id)
    balance = facts.balances.get(account.account_id) if account is not None else None
    left = 0 if balance is None else max(balance.free, 0)
    trouble: tuple[ProblemType, str] | None = None
    if account is None:
        trouble = RIGHT_NEEDED, "sign_in"
    elif buying.at < what.buy_from:
        trouble = RIGHT_TOO_EARLY, "too_early"
    elif left == 0:
        trouble = RIGHT_NEEDED, "no_right"
    elif wanted > left:
        trouble = RIGHT_USED, "too_many"
    if trouble is not None:
        refuse, why = trouble
        told = tuple(
            refuse(
                f"{line.sku} is for those who have signed up",
                pointer=f"/lines/{line.line_no - 1}/sku",
                sku=line.sku,
                rule=gate.rule,
                left=left,
                signup_to=what.signup_to.isoformat(),
                buy_from=what.buy_from.isoformat(),
            )
            for line in lines
        )
        return Judgment(blocks=told, remarks=(_remark(gate, what, "barred", why, numbers, left),))
    assert account is not None
    wants = tuple(
        Want(
            line.line_no, "right", gate.gate_id, account, line.quantity, "units",
            RIGHT_USED(f"{line.sku}: the right is used", pointer=f"/lines/{line.line_no - 1}/quantity", sku=line.sku, rule=gate.rule),
        )
        for line in lines
    )  # fmt: skip
    return Judgment(wants, (), (_remark(gate, what, "applied", "right", numbers, left - wanted),))


def _remark(gate: GateVersion, what: Reservation, outcome: str, why: str, lines: tuple[int, ...], left: int) -> Remark:
    return Remark(
        "reservation", gate.rule, what.name, what.name_zh, outcome, f"reservation.{why}", lines, left, what.units_each,  # type: ignore[arg-type]
        at=what.buy_from, until=what.buy_to,
    )  # fmt: skip
