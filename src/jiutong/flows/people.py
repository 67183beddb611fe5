"""Looking after the people who sign in: their passwords, where they are signed in, how they like their screens."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import access
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class Done(msgspec.Struct, frozen=True):
    """It was done, for the person of this id."""

    staff_id: int


class Noted(msgspec.Struct, frozen=True):
    """How many keys and sessions were noted."""

    noted: int


@flow("people.change_password", gives=Done, statements=2)
async def change_password(tx: Tx, calls: Sequence[Call[access.ChangePassword]]) -> list[Done | Problem]:
    """Give people the passwords they chose, and sign them out everywhere else."""
    refusals = await access.change_passwords(tx, [call.command for call in calls])
    return _told(tx, "staff.password_changed.v1", calls, [no or call.command.staff_id for call, no in zip(calls, refusals, strict=True)])


@flow("people.reset_password", gives=Done, statements=4)
async def reset_password(tx: Tx, calls: Sequence[Call[access.ResetPassword]]) -> list[Done | Problem]:
    """Give others new passwords, and sign them out."""
    return _told(tx, "staff.password_reset.v1", calls, await access.reset_passwords(tx, [(call.command, call.scope) for call in calls]))


@flow("people.end_session", gives=Done, statements=3)
async def end_session(tx: Tx, calls: Sequence[Call[access.EndSession]]) -> list[Done | Problem]:
    """Sign somebody out of one place."""
    return _told(tx, "staff.session_ended.v1", calls, await access.end_named_sessions(tx, [(call.command, call.scope) for call in calls]))


@flow("people.prefer", gives=Done, statements=1)
async def prefer(tx: Tx, calls: Sequence[Call[access.Prefer]]) -> list[Done | Problem]:
    """Keep how people like their screens."""
    refusals = await access.prefer(tx, [call.command for call in calls])
    return [no or Done(call.command.staff_id) for call, no in zip(calls, refusals, strict=True)]


@flow("people.note_seen", gives=Noted, statements=2)
async def note_seen(tx: Tx, calls: Sequence[Call[access.Seen]]) -> list[Noted | Problem]:
    """Note which keys and sessions are in use."""
    keys = {key for call in calls for key in call.command.keys}
    sessions = {session for call in calls for session in call.command.sessions}
    noted = Noted(await access.note_seen(tx, sorted(keys), sorted(sessions)))
    return [noted for _ in calls]


def _told(
    tx: Tx,
    event: str,
    calls: Sequence[Call[access.ChangePassword]] | Sequence[Call[access.ResetPassword]] | Sequence[Call[access.EndSession]],
    outcomes: Sequence[int | Problem],
) -> list[Done | Problem]:
    told: list[Done | Problem] = []
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, Problem):
            told.append(outcome)
        else:
            done = Done(outcome)
            tx.emit(event, outcome, done, call.scope)
            told.append(done)
    return told
