"""What can be done with members."""

from collections.abc import Collection, Mapping, Sequence

from jiutong.capabilities.member import rules, store
from jiutong.capabilities.member.model import (
    ADDRESSES_MAX,
    BLOCKED,
    CODE_KINDS,
    CODE_LASTS,
    IDENTITY_TAKEN,
    NOT_ACTIVE,
    SESSION_LASTS,
    TOO_MANY_ADDRESSES,
    AddIdentity,
    Address,
    Buyer,
    CodeSent,
    Company,
    CompanyPut,
    DropAddress,
    EnterCode,
    Entered,
    Group,
    Identity,
    KeepAddress,
    Message,
    PutGroup,
    Recognize,
    Recognized,
    Regroup,
    Regrouped,
    Rename,
    SendCode,
    Shopper,
    Status,
)
from jiutong.kernel import jobs
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


async def send_codes(tx: Tx, sends: Sequence[SendCode]) -> list[CodeSent | Problem]:
    """Guard. Send one-time codes; nobody gets another within half a minute. Whether anybody is a member by it does not matter."""
    identities = [rules.only(rules.identity(send.to), CODE_KINDS) for send in sends]
    going = {i: send for i, send in zip(identities, sends, strict=True) if isinstance(i, Identity)}
    put = await store.put_codes(tx, {i: send.code_hash for i, send in going.items()}) if going else set()
    messages = [Message(i.kind, i.value, going[i].text, tx.now + CODE_LASTS) for i in sorted(put)]
    await jobs.enqueue(tx, [jobs.job(tx, "message.send", 0, message) for message in messages])
    return [i if isinstance(i, Problem) else CodeSent(i in put and going[i] is send) for i, send in zip(identities, sends, strict=True)]


async def enter_codes(tx: Tx, enters: Sequence[EnterCode]) -> list[Entered | Problem]:
    """Guard. Begin the sessions of those whose codes are right; the unknown become members. A wrong code is a try, and an answer."""
    identities = [rules.only(rules.identity(enter.identity), CODE_KINDS) for enter in enters]
    first = {i: enter for i, enter in reversed(list(zip(identities, enters, strict=True))) if isinstance(i, Identity)}
    right = await store.try_codes(tx, {i: enter.code_hash for i, enter in first.items()}) if first else set()
    entered = {i: first[i] for i in sorted(right)}
    who = dict(zip(entered, await recognize(tx, [enter.identity for enter in entered.values()]), strict=True))
    sessions = {entered[i].token_hash: one.member_id for i, one in who.items() if isinstance(one, Recognized)}
    if sessions:
        await store.insert_sessions(tx, sessions)
    outcomes: list[Entered | Problem] = []
    for i, enter in zip(identities, enters, strict=True):
        one = i if isinstance(i, Problem) else who.get(i) if entered.get(i) is enter else None
        if isinstance(one, Recognized):
            outcomes.append(Entered(one.member_id, one.new, tx.now + SESSION_LASTS))
        else:
            outcomes.append(one or Entered(0))
    return outcomes


async def end_sessions(tx: Tx, hashes: Sequence[bytes]) -> set[bytes]:
    """Guard. End sessions; those there were."""
    return await store.delete_sessions(tx, hashes)


async def shoppers(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, Shopper]:
    """Quote. Whose sessions these are; those that have ended are left out, and members who may not shop."""
    return await store.read_sessions(tx, hashes)


async def rename(tx: Tx, renames: Sequence[Rename]) -> set[int]:
    """Guard. Call members what they want to be called; those there are."""
    return await store.rename(tx, {one.member_id: one.name for one in renames})


async def keep_addresses(tx: Tx, keeps: Sequence[KeepAddress]) -> list[Address | Problem]:
    """Guard. Keep addresses: new ones, or in place of a member's own. The preferred one is alone in being so."""
    ids = [keep.address_id or tx.mint() for keep in keeps]
    written = await store.put_addresses(tx, keeps, ids)
    outcomes: list[Address | Problem] = []
    for keep, id_ in zip(keeps, ids, strict=True):
        if id_ in written:
            outcomes.append(Address(id_, keep.what))
        elif keep.address_id:
            outcomes.append(NOT_FOUND("there is no such address"))
        else:
            outcomes.append(TOO_MANY_ADDRESSES(f"at most {ADDRESSES_MAX}; change one instead"))
    return outcomes


async def drop_addresses(tx: Tx, drops: Sequence[DropAddress]) -> int:
    """Guard. Keep addresses no longer; how many there were."""
    return await store.delete_addresses(tx, drops)


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


async def groups(tx: Tx, codes: Collection[str]) -> dict[str, Group]:
    """Quote. The customer groups with these codes; unknown ones are absent."""
    return await store.read_groups(tx, set(codes)) if codes else {}


async def companies(tx: Tx, codes: Collection[str]) -> dict[str, Company]:
    """Guard. The companies with these codes, locked; unknown ones are absent."""
    return await store.lock_companies(tx, set(codes)) if codes else {}


async def company_codes(tx: Tx, ids: Collection[int]) -> dict[int, str]:
    """Quote. The codes of these companies."""
    return await store.company_codes(tx, ids) if ids else {}


async def buyers(tx: Tx, ids: Collection[int], ordered: Collection[int]) -> dict[int, Buyer]:
    """Quote. What steps ask of these members: level, groups, companies; `ordered` are those who have an order already."""
    return await store.read_buyers(tx, set(ids), ordered) if ids else {}


async def put_groups(tx: Tx, wishes: Sequence[PutGroup]) -> list[Group | None]:
    """Guard. Make customer groups or call them otherwise; None for what was so already. Of two for one code the later counts."""
    last = {one.code: one for one in wishes}
    named = [last[code] for code in sorted(last)]
    changed = await store.write_groups(tx, named, [tx.mint() for _ in named])
    known = await store.read_groups(tx, set(last))
    return [known[one.code] if one.code in changed and last[one.code] is one else None for one in wishes]


async def put_companies(tx: Tx, wishes: Sequence[Company]) -> list[CompanyPut | Problem | None]:
    """Guard. Make companies or change who buys for them; None for what was so already. Of two for one code the later counts."""
    known = await store.lock_companies(tx, {one.code for one in wishes})
    in_groups = await store.read_groups(tx, {code for one in wishes for code in one.groups})
    people = await store.known_members(tx, {buyer.member_id for one in wishes for buyer in one.buyers})
    outcomes: list[CompanyPut | Problem | None] = []
    after: dict[str, Company] = {}
    for one in wishes:
        before = after.get(one.code) or known.get(one.code)
        refusal = rules.company_refused(one, in_groups, people)
        put = rules.company(one, before.company_id if before else tx.mint())
        if refusal is None and put != before:
            after[one.code] = put
        outcomes.append(refusal or (None if put == before else CompanyPut(before, put)))
    if after:
        written = [after[code] for code in sorted(after)]
        await store.write_companies(tx, written)
        await store.write_buyers(tx, written)
        await store.write_grouped(tx, {one.company_id: [in_groups[code].group_id for code in one.groups] for one in written})
    return outcomes


async def regroup(tx: Tx, wishes: Sequence[Regroup]) -> list[Regrouped | Problem]:
    """Guard. Take members into groups and out of them; who was so already is not told."""
    known = await store.read_groups(tx, {one.group for one in wishes})
    people = await store.known_members(tx, {member_id for one in wishes for member_id in one.join})
    refusals = [rules.regroup_refused(one, known, people) for one in wishes]
    good = [one for one, refusal in zip(wishes, refusals, strict=True) if refusal is None]
    joined = await store.join_groups(tx, {(known[one.group].group_id, id_) for one in good for id_ in one.join}) if good else set()
    left = await store.leave_groups(tx, {(known[one.group].group_id, id_) for one in good for id_ in one.leave}) if good else set()
    return [
        refusal
        or Regrouped(
            one.group,
            tuple(id_ for id_ in one.join if (known[one.group].group_id, id_) in joined),
            tuple(id_ for id_ in one.leave if (known[one.group].group_id, id_) in left),
        )
        for one, refusal in zip(wishes, refusals, strict=True)
    ]
