"""Shoppers: they sign in with a code they were sent, and keep their own name and addresses."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.runner import Call, flow


class Leave(msgspec.Struct, frozen=True):
    """End the session with this token hash."""

    token_hash: bytes


class Left(msgspec.Struct, frozen=True):
    """The session has ended, now or before."""

    ended: bool


class Dropped(msgspec.Struct, frozen=True):
    """The address is kept no longer."""

    address_id: int


@flow("member.send_code", gives=member.CodeSent, statements=2)
async def send_code(tx: Tx, calls: Sequence[Call[member.SendCode]]) -> list[member.CodeSent | Problem]:
    """Send one-time codes to people who want to sign in."""
    return await member.send_codes(tx, [call.command for call in calls])


@flow("member.enter", gives=member.Entered, statements=6)
async def enter(tx: Tx, calls: Sequence[Call[member.EnterCode]]) -> list[member.Entered | Problem]:
    """Let people in who say the code they were sent. A wrong code is an outcome, not a refusal: the try has to count."""
    outcomes = await member.enter_codes(tx, [call.command for call in calls])
    for call, entered in zip(calls, outcomes, strict=True):
        if isinstance(entered, member.Entered) and entered.new:
            tx.emit("member.joined.v1", entered.member_id, member.Joined(call.command.identity.kind), call.scope)
        if isinstance(entered, member.Entered) and entered.member_id:
            tx.emit("member.signed_in.v1", entered.member_id, entered, call.scope)
    return outcomes


@flow("member.leave", gives=Left, statements=1)
async def leave(tx: Tx, calls: Sequence[Call[Leave]]) -> list[Left | Problem]:
    """End sessions. Ending one twice is ending it."""
    ended = await member.end_sessions(tx, [call.command.token_hash for call in calls])
    return [Left(ended=call.command.token_hash in ended) for call in calls]


@flow("member.rename", gives=member.Rename, statements=1)
async def rename(tx: Tx, calls: Sequence[Call[member.Rename]]) -> list[member.Rename | Problem]:
    """Call members what they want to be called."""
    known = await member.rename(tx, [call.command for call in calls])
    return [call.command if call.command.member_id in known else NOT_FOUND("there is no such member") for call in calls]


@flow("member.keep_address", gives=member.Address, statements=2)
async def keep_address(tx: Tx, calls: Sequence[Call[member.KeepAddress]]) -> list[member.Address | Problem]:
    """Keep addresses of members."""
    return await member.keep_addresses(tx, [call.command for call in calls])


@flow("member.drop_address", gives=Dropped, statements=1)
async def drop_address(tx: Tx, calls: Sequence[Call[member.DropAddress]]) -> list[Dropped | Problem]:
    """Keep addresses no longer. Dropping one twice is dropping it."""
    await member.drop_addresses(tx, [call.command for call in calls])
    return [Dropped(call.command.address_id) for call in calls]
