"""What can be done with members."""

from collections.abc import Mapping, Sequence

from jiutong.capabilities.member import rules, store
from jiutong.capabilities.member.model import (
    BLOCKED,
    IDENTITY_TAKEN,
    NOT_ACTIVE,
    AddIdentity,
    Identity,
    Recognize,
    Recognized,
    Status,
)
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.errors import NOT_FOUND, Problem


async def recognize(tx: Tx, wanted: Sequence[Recognize]) -> list[Recognized | Problem]:
    """Guard. Who these people are; the unknown become members. Nobody becomes two: the identity's key decides.

    Blocked members are refused.
    """
    identities = [rules.identity(one) for one in wanted]
    asked = {identity: one for identity, one in zip(identities, wanted, strict=True) if isinstance(identity, Identity)}
    known = await store.read_identities(tx, sorted(asked)) if asked else {}
    new = {identity: tx.mint() for identity in sorted(asked) if identity not in known}
    if new:
        await store.insert_members(tx, {member_id: asked[identity].name for identity, member_id in new.items()})
        if len(await store.insert_identities(tx, new)) < len(new):
            raise Again("somebody else made the same person a member meanwhile")
    return [_recognized(identity, known, new) for identity in identities]


async def find_or_create(tx: Tx, wanted: Mapping[int, Recognize], pointer: str = "/member/value") -> dict[int, int | Problem]:
    """Guard. Like `recognize`, for callers who only need to know who: the member id for each key."""
    told = dict(zip(wanted, await recognize(tx, list(wanted.values())), strict=True))
    return {key: who.member_id if isinstance(who, Recognized) else _pointed(who, pointer) for key, who in told.items()}


async def find(tx: Tx, wanted: Mapping[int, Recognize]) -> dict[int, int]:
    """Quote. The members these are, where they are known and may shop; nobody becomes one."""
    identities = {key: rules.identity(one) for key, one in wanted.items()}
    known = await store.read_identities(tx, sorted({i for i in identities.values() if isinstance(i, Identity)})) if identities else {}
    found = {key: known[i] for key, i in identities.items() if isinstance(i, Identity) and i in known}
    return {key: member_id for key, (member_id, status) in found.items() if status == "active"}


async def add_identities(tx: Tx, adds: Sequence[AddIdentity]) -> list[Identity | Problem]:
    """Guard. Recognize members by more identities; adding what is theirs already changes nothing."""
    identities = [rules.identity(add.identity) for add in adds]
    status = await store.read_status(tx, [add.member_id for add in adds])
    outcomes: list[Identity | Problem] = []
    going: dict[Identity, int] = {}
    for add, identity in zip(adds, identities, strict=True):
        if isinstance(identity, Problem):
            outcomes.append(identity)
        elif add.member_id not in status:
            outcomes.append(NOT_FOUND("there is no such member"))
        elif status[add.member_id] in {"merged", "erased"}:
            outcomes.append(NOT_ACTIVE(f"the member was {status[add.member_id]}"))
        elif going.setdefault(identity, add.member_id) != add.member_id:
            outcomes.append(_taken())
        else:
            outcomes.append(identity)
    theirs = await store.insert_identities(tx, going) if going else set()
    return [one if isinstance(one, Problem) or one in theirs else _taken() for one in outcomes]


async def block(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Guard. Let these members shop no more; those who could until now."""
    return await store.change_status(tx, ids, "active", "blocked")


async def unblock(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Guard. Let these members shop again; those who were blocked until now."""
    return await store.change_status(tx, ids, "blocked", "active")


async def standing(tx: Tx, ids: Sequence[int]) -> dict[int, Status]:
    """Quote. Whether these members can shop; unknown ones are left out."""
    return await store.read_status(tx, ids)


def _recognized(
    identity: Identity | Problem, known: Mapping[Identity, tuple[int, str]], new: Mapping[Identity, int]
) -> Recognized | Problem:
    if isinstance(identity, Problem):
        return identity
    if identity in new:
        return Recognized(new[identity], new=True)
    member_id, status = known[identity]
    if status == "blocked":
        return BLOCKED("this member cannot shop at present", pointer="/value")
    return Recognized(member_id, new=False)


def _pointed(problem: Problem, pointer: str) -> Problem:
    return problem.type(problem.detail, pointer=pointer, **problem.facts)


def _taken() -> Problem:
    return IDENTITY_TAKEN("it belongs to another member; merge them if they are one person", pointer="/value")
