"""Members: met at a till or in a shop, recognized from then on."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.runner import Call, flow


class Block(msgspec.Struct, frozen=True):
    """Let a member shop no more."""

    member_id: int


class Unblock(msgspec.Struct, frozen=True):
    """Let a blocked member shop again."""

    member_id: int


class Standing(msgspec.Struct, frozen=True):
    """Whether a member can shop now."""

    member_id: int
    status: member.Status


@flow("member.recognize", gives=member.Recognized, statements=3)
async def recognize(tx: Tx, calls: Sequence[Call[member.Recognize]]) -> list[member.Recognized | Problem]:
    """Find members, or make them where they are unknown."""
    outcomes = await member.recognize(tx, [call.command for call in calls])
    joined: set[int] = set()
    for call, who in zip(calls, outcomes, strict=True):
        if isinstance(who, member.Recognized) and who.new and who.member_id not in joined:
            joined.add(who.member_id)
            tx.emit("member.joined.v1", who.member_id, member.Joined(call.command.kind), call.scope)
    return outcomes


@flow("member.add_identity", gives=member.Identity, statements=2)
async def add_identity(tx: Tx, calls: Sequence[Call[member.AddIdentity]]) -> list[member.Identity | Problem]:
    """Recognize members by more identities."""
    outcomes = await member.add_identities(tx, [call.command for call in calls])
    for call, identity in zip(calls, outcomes, strict=True):
        if isinstance(identity, member.Identity):
            tx.emit("member.identity_added.v1", call.command.member_id, member.IdentityAdded(identity.kind), call.scope)
    return outcomes


@flow("member.block", gives=Standing, statements=2)
async def block(tx: Tx, calls: Sequence[Call[Block]]) -> list[Standing | Problem]:
    """Let members shop no more. Blocking one twice is blocking them."""
    ids = [call.command.member_id for call in calls]
    return await _moved(tx, calls, await member.block(tx, ids), "blocked")


@flow("member.unblock", gives=Standing, statements=2)
async def unblock(tx: Tx, calls: Sequence[Call[Unblock]]) -> list[Standing | Problem]:
    """Let blocked members shop again."""
    ids = [call.command.member_id for call in calls]
    return await _moved(tx, calls, await member.unblock(tx, ids), "active")


async def _moved(
    tx: Tx, calls: Sequence[Call[Block]] | Sequence[Call[Unblock]], moved: set[int], to: member.Status
) -> list[Standing | Problem]:
    event = "member.blocked.v1" if to == "blocked" else "member.unblocked.v1"
    standing = await member.standing(tx, [call.command.member_id for call in calls])
    outcomes: list[Standing | Problem] = []
    for call in calls:
        member_id = call.command.member_id
        status = standing.get(member_id)
        if member_id in moved:
            tx.emit(event, member_id, member.StatusChanged(to), call.scope)
        if status is None:
            outcomes.append(NOT_FOUND("there is no such member"))
        elif status != to:
            outcomes.append(member.NOT_ACTIVE(f"the member was {status}"))
        else:
            outcomes.append(Standing(member_id, status))
    return outcomes
