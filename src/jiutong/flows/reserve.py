"""Reservation-to-buy: members sign up, rights are drawn, and whoever has one is told when buying begins."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import access, member, promotion
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow

TOLD_AT_ONCE = 5_000


class SignUp(msgspec.Struct, frozen=True):
    """A member signs up for a reservation, in a channel."""

    code: str
    channel: str
    member_id: int


class Signed(msgspec.Struct, frozen=True):
    """Where a member who signed up stands: waiting for the draw, granted, or lost."""

    code: str
    state: str
    fresh: bool


class Draw(msgspec.Struct, frozen=True):
    """Draw who gets the rights of a reservation."""

    code: str


class Remind(msgspec.Struct, frozen=True):
    """Tell those with a right that buying begins, after this member."""

    code: str
    after: int = 0


class Told(msgspec.Struct, frozen=True):
    """Whom it was told last; 0 when there is nobody left."""

    last: int


@flow("reservation.sign_up", gives=Signed, statements=12)
async def sign_up(tx: Tx, calls: Sequence[Call[SignUp]]) -> list[Signed | Problem]:
    """Members sign up, each once. Where who comes first has the right, a place is taken with it, or it is refused: exactly."""
    channels = await access.channels(tx, list({call.command.channel for call in calls}))
    buyers = await member.buyers(tx, {call.command.member_id for call in calls}, ())
    wishes = [
        promotion.WishToSign(
            call.command.code,
            call.command.member_id,
            buyers[call.command.member_id].level if call.command.member_id in buyers else "",
            tx.mint(),
            channels[call.command.channel].channel_id if call.command.channel in channels else 0,
        )
        for call in calls
    ]
    told = await promotion.sign_up(tx, wishes)
    outcomes: list[Signed | Problem] = []
    for one, call in zip(told, calls, strict=True):
        if isinstance(one, Problem):
            outcomes.append(one)
            continue
        if one.fresh:
            tx.emit("reservation.signed_up.v1", one.gate_id, _signed(one, call.command.code), call.scope)
        outcomes.append(Signed(call.command.code, one.state, one.fresh))
    return outcomes


@flow("reservation.draw", gives=promotion.Drawn, statements=12, batch_max=1)
async def draw(tx: Tx, calls: Sequence[Call[Draw]]) -> list[promotion.Drawn | Problem]:
    """Draw the rights of reservations, once each, by a seed that is told."""
    told = await promotion.draw_rights(tx, [call.command.code for call in calls])
    for one, call in zip(told, calls, strict=True):
        if not isinstance(one, Problem):
            tx.emit("reservation.drawn.v1", one.gate_id, one, call.scope)
    return told


@flow("reservation.remind", gives=Told, statements=4, batch_max=1)
async def remind(tx: Tx, calls: Sequence[Call[Remind]]) -> list[Told | Problem]:
    """Say that buying begins, to some of those who have a right at a time."""
    standing = {one.code: one for one in await promotion.gates(tx)}
    outcomes: list[Told | Problem] = []
    for call in calls:
        gate = standing.get(call.command.code)
        if gate is None or not isinstance(gate.what, promotion.Reservation):
            outcomes.append(promotion.UNKNOWN_GATE(f"no published reservation {call.command.code}"))
            continue
        members = await promotion.rights(tx, gate.gate_id, call.command.after, TOLD_AT_ONCE)
        if members:
            facts = promotion.Reminded(gate.gate_id, gate.code, gate.what.buy_from, tuple(members))
            tx.emit("reservation.reminded.v1", gate.gate_id, facts, call.scope)
        outcomes.append(Told(members[-1] if len(members) == TOLD_AT_ONCE else 0))
    return outcomes


def _signed(one: promotion.Signup, code: str) -> promotion.SignedUp:
    return promotion.SignedUp(one.gate_id, code, one.member_id, one.state)
