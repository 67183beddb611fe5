"""Members: recognized at the till, found while typing, blocked and let in again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, get_args

import msgspec
from litestar import Response

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.orders import EventView, public_facts
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import member
from jiutong.flows import find_member
from jiutong.kernel.errors import INVALID, NOT_FOUND
from jiutong.reads import members as reads

FOUND_MAX = 20
TYPED_MIN = 3
NAME_MIN = 2


class MemberView(msgspec.Struct, frozen=True):
    """A member with everything they are recognized by."""

    member: str
    name: str
    level: str
    status: member.Status
    created_at: datetime
    identities: Sequence[member.Identity]
    orders: int
    last_order_at: datetime | None


class OverviewView(msgspec.Struct, frozen=True):
    """A member with what they bought per currency (minor units), what is still open, and how often something came back."""

    member: MemberView
    figures: Sequence[reads.Figures]
    open_orders: int
    returns: int


class RecognizedView(msgspec.Struct, frozen=True):
    """Who it is; `new` when they became a member just now."""

    member: str
    new: bool


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was typed or scanned so far: the beginning of any identity. Without `kind`, every kind is tried."""

    text: Annotated[str, msgspec.Meta(min_length=TYPED_MIN, max_length=254)]
    kind: member.Kind | None = None


class FoundView(msgspec.Struct, frozen=True):
    """The members found; at most twenty."""

    items: Sequence[MemberView]


class StandingView(msgspec.Struct, frozen=True):
    """Whether a member can shop."""

    member: str
    status: member.Status


@get("/v1/members", scope="member:read")
async def list_members(
    call: Call, sort: Literal["joined", "-joined"] = "joined", after: Cursor = None, limit: Limit = 50
) -> Page[MemberView]:
    """Members, in the order they joined; `-joined` tells the latest first."""
    async with call.reading() as tx:
        found = await reads.members(tx, None, read(after, int), limit + 1, latest_first=sort == "-joined")
    return paged([_view(call, row) for row in found], limit, [row.member_id for row in found])


@get("/v1/members/{member_id}", scope="member:read")
async def show_member(call: Call, member_id: str) -> MemberView:
    """A member."""
    async with call.reading() as tx:
        found = await reads.members(tx, [call.ids.read("mem", member_id)], None, 1)
    if not found:
        raise NOT_FOUND("there is no such member")
    return _view(call, found[0])


@get("/v1/members/{member_id}/overview", scope="member:read")
async def overlook_member(call: Call, member_id: str) -> OverviewView:
    """A member at a glance: who they are, what they bought per currency so far, and what came back."""
    async with call.reading() as tx:
        found = await reads.overview(tx, call.ids.read("mem", member_id))
    if found is None:
        raise NOT_FOUND("there is no such member")
    return OverviewView(_view(call, found.member), found.figures, found.open_orders, found.returns)


@get("/v1/members/{member_id}/timeline", scope="member:read")
async def show_member_timeline(call: Call, member_id: str, after: Cursor = None, limit: Limit = 50) -> Page[EventView]:
    """What happened to a member and to their orders (the newest two thousand), latest first."""
    subject = call.ids.read("mem", member_id)
    call.scope.require("order:read")
    async with call.reading() as tx:
        rows = await reads.timeline(tx, subject, read(after, int), limit)
    views = [
        EventView(call.ids.show("evt", row.event_id), row.type, row.at, row.actor, row.who, public_facts(row.facts, {}, call.ids))
        for row in rows
    ]
    return paged(views, limit, [row.event_id for row in rows])


@post("/v1/members", scope="member:write", also=(200,), refuses=(member.IDENTITY_INVALID, member.BLOCKED))
async def recognize_member(call: Call, data: JSONBody[member.Recognize]) -> Response[RecognizedView]:
    """Recognize a person, who becomes a member if they were none.

    201 for a new member, 200 for a known one.
    """
    who = await call.run(find_member.recognize, data)
    shown = call.ids.show("mem", who.member_id)
    made = call.created(RecognizedView(shown, who.new), f"/v1/members/{shown}")
    return made if who.new else Response(RecognizedView(shown, new=False), status_code=200, headers={"location": f"/v1/members/{shown}"})


@post("/v1/members/find", scope="member:read", status=200, repeatable=False)
async def find_members(call: Call, data: JSONBody[Typed]) -> FoundView:
    """Find members by the beginning of a phone number, e-mail address, card number or openid, or, without `kind`, by part of their name.

    A POST, because identities do not belong into addresses, which end up in logs.
    """
    kinds = [data.kind] if data.kind else get_args(member.Kind)
    beginnings = [member.Identity(kind, start) for kind in kinds for start in member.beginnings(kind, data.text)]
    beginnings = [one for one in beginnings if len(one.value) >= TYPED_MIN]
    name = "" if data.kind else data.text.strip()
    if not beginnings and len(name) < NAME_MIN:
        raise INVALID(f"at least {TYPED_MIN} characters that can stand in an identity", pointer="/text")
    async with call.reading() as tx:
        found = await reads.beginning(tx, beginnings, name, FOUND_MAX)
    return FoundView([_view(call, row) for row in found])


@post(
    "/v1/members/{member_id}/identities",
    scope="member:write",
    refuses=(member.IDENTITY_INVALID, member.IDENTITY_TAKEN, member.NOT_ACTIVE),
)
async def add_identity(call: Call, member_id: str, data: JSONBody[member.Recognize]) -> Response[member.Identity]:
    """Recognize a member by one more identity."""
    added = await call.run(find_member.add_identity, member.AddIdentity(call.ids.read("mem", member_id), data))
    return call.created(added, f"/v1/members/{member_id}")


@post("/v1/members/{member_id}/block", scope="member:write", status=200, refuses=(member.NOT_ACTIVE,))
async def block_member(call: Call, member_id: str) -> StandingView:
    """Let a member shop no more."""
    standing = await call.run(find_member.block, find_member.Block(call.ids.read("mem", member_id)))
    return StandingView(member_id, standing.status)


@post("/v1/members/{member_id}/unblock", scope="member:write", status=200, refuses=(member.NOT_ACTIVE,))
async def unblock_member(call: Call, member_id: str) -> StandingView:
    """Let a blocked member shop again."""
    standing = await call.run(find_member.unblock, find_member.Unblock(call.ids.read("mem", member_id)))
    return StandingView(member_id, standing.status)


def _view(call: Call, row: reads.MemberRow) -> MemberView:
    return MemberView(
        call.ids.show("mem", row.member_id), row.name, row.level, row.status, row.created_at, row.identities, row.orders, row.last_order_at
    )


ROUTES = [
    list_members,
    show_member,
    overlook_member,
    show_member_timeline,
    recognize_member,
    find_members,
    add_identity,
    block_member,
    unblock_member,
]
