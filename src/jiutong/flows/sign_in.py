"""Signing in and out: a session begins once the password was right, and ends when its person says so."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import access
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class SignOut(msgspec.Struct, frozen=True):
    """End the session with this token hash."""

    hash: bytes


class SignedOut(msgspec.Struct, frozen=True):
    """The session has ended, now or before."""

    ended: bool


@flow("access.sign_in", gives=access.Opened, statements=2)
async def sign_in(tx: Tx, calls: Sequence[Call[access.OpenSession]]) -> list[access.Opened | Problem]:
    """Begin sessions for people whose passwords were compared before; whoever left meanwhile is refused."""
    begun = await access.open_sessions(tx, [call.command for call in calls])
    outcomes: list[access.Opened | Problem] = []
    for call in calls:
        if call.command.staff_id in begun:
            opened = access.opened(call.command, tx.now)
            tx.emit("staff.signed_in.v1", call.command.staff_id, opened, call.scope)
            outcomes.append(opened)
        else:
            outcomes.append(access.WRONG_SIGN_IN("sign in again"))
    return outcomes


@flow("access.sign_out", gives=SignedOut, statements=1)
async def sign_out(tx: Tx, calls: Sequence[Call[SignOut]]) -> list[SignedOut | Problem]:
    """End sessions. Ending one twice is ending it."""
    ended = await access.end_sessions(tx, [call.command.hash for call in calls])
    outcomes: list[SignedOut | Problem] = []
    for call in calls:
        staff_id = ended.get(call.command.hash)
        if staff_id is not None:
            tx.emit("staff.signed_out.v1", staff_id, SignedOut(ended=True), call.scope)
        outcomes.append(SignedOut(ended=staff_id is not None))
    return outcomes
