"""Business customers: companies, who buys for them, and customer groups."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.rows import code_of
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import member
from jiutong.flows import maintain_companies as maintain
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import companies as reads

MEMBERS_MAX = 1_000


class BuyerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A member who buys for the company, and what they may do for it."""

    member: str
    role: member.Role = "buyer"


class CompanyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A company as it is to be: who buys for it, the groups it is in, where it buys for."""

    name: member.Name
    region: member.Region = ""
    groups: Annotated[tuple[member.Code, ...], msgspec.Meta(max_length=100)] = ()
    buyers: Annotated[tuple[BuyerBody, ...], msgspec.Meta(max_length=MEMBERS_MAX)] = ()
    active: bool = True


class MemberGroupBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer group is called."""

    name: member.Name


class RegroupBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Members who are to come into the group, and members who are to leave it."""

    join: Annotated[tuple[str, ...], msgspec.Meta(max_length=MEMBERS_MAX)] = ()
    leave: Annotated[tuple[str, ...], msgspec.Meta(max_length=MEMBERS_MAX)] = ()


class BuyerView(msgspec.Struct, frozen=True):
    """A member who buys for a company."""

    member: str
    name: str
    role: member.Role


class CompanyView(msgspec.Struct, frozen=True):
    """A company; `contracts` counts the price lists agreed with it."""

    code: str
    name: str
    region: str
    active: bool
    groups: Sequence[str]
    buyers: Sequence[BuyerView]
    contracts: int


class GroupedView(msgspec.Struct, frozen=True):
    """A member or a company in a group."""

    member: str | None
    company: str | None
    name: str


class RegroupedView(msgspec.Struct, frozen=True):
    """How many came, and how many went."""

    joined: int
    left: int


@get("/v1/companies", scope="member:read")
async def list_companies(
    call: Call, q: str | None = None, group: str | None = None, after: Cursor = None, limit: Limit = 50
) -> Page[CompanyView]:
    """Companies, by code; those called like `q`, those in a group."""
    async with call.reading() as tx:
        found = await reads.companies(tx, None, q, group, read(after, str), limit + 1)
    return paged([_view(call, one) for one in found], limit, [one.code for one in found])


@get("/v1/companies/{code}", scope="member:read")
async def show_company(call: Call, code: str) -> CompanyView:
    """A company."""
    async with call.reading() as tx:
        found = await reads.companies(tx, code, None, None, None, 1)
    if not found:
        raise NOT_FOUND(f"no company {code!r}")
    return _view(call, found[0])


@put("/v1/companies/{code}", scope="member:write", refuses=(member.UNKNOWN_GROUP, member.UNKNOWN_MEMBER))
async def put_company(call: Call, code: str, data: JSONBody[CompanyBody]) -> CompanyView:
    """Make a company or change it: its buyers and groups are those named here and no others."""
    buyers = tuple(member.Employee(call.ids.read("mem", one.member), one.role) for one in data.buyers)
    await call.run(maintain.put_company, member.Company(code_of(code), data.name, data.region, data.groups, buyers, data.active))
    async with call.reading() as tx:
        (kept,) = await reads.companies(tx, code, None, None, None, 1)
    return _view(call, kept)


@get("/v1/member-groups", scope="member:read")
async def list_member_groups(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[reads.MemberGroupView]:
    """Customer groups, by code."""
    async with call.reading() as tx:
        found = await reads.groups(tx, None, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@get("/v1/member-groups/{code}", scope="member:read")
async def show_member_group(call: Call, code: str) -> reads.MemberGroupView:
    """A customer group."""
    async with call.reading() as tx:
        found = await reads.groups(tx, code, None, 1)
    if not found:
        raise NOT_FOUND(f"no customer group {code!r}")
    return found[0]


@put("/v1/member-groups/{code}", scope="member:write")
async def put_member_group(call: Call, code: str, data: JSONBody[MemberGroupBody]) -> reads.MemberGroupView:
    """Make a customer group, or call it otherwise."""
    await call.run(maintain.put_group, member.PutGroup(code_of(code), data.name))
    async with call.reading() as tx:
        (kept,) = await reads.groups(tx, code, None, 1)
    return kept


@get("/v1/member-groups/{code}/members", scope="member:read")
async def list_group_members(call: Call, code: str, after: Cursor = None, limit: Limit = 50) -> Page[GroupedView]:
    """The members and companies in a group."""
    async with call.reading() as tx:
        if not await reads.groups(tx, code, None, 1):
            raise NOT_FOUND(f"no customer group {code!r}")
        found = await reads.grouped(tx, code, read(after, int), limit + 1)
    views = [GroupedView(None if one.company else call.ids.show("mem", one.party_id), one.company, one.name) for one in found]
    return paged(views, limit, [one.party_id for one in found])


@post("/v1/member-groups/{code}/members", scope="member:write", status=200, refuses=(member.UNKNOWN_GROUP, member.UNKNOWN_MEMBER))
async def regroup_members(call: Call, code: str, data: JSONBody[RegroupBody]) -> RegroupedView:
    """Take members into a group and out of it; who is so already is left so. Companies are grouped where they are kept."""
    join = tuple(call.ids.read("mem", one) for one in data.join)
    leave = tuple(call.ids.read("mem", one) for one in data.leave)
    done = await call.run(maintain.regroup, member.Regroup(code, join, leave))
    return RegroupedView(len(done.joined), len(done.left))


def _view(call: Call, one: reads.CompanyRow) -> CompanyView:
    buyers = tuple(BuyerView(call.ids.show("mem", buyer.member_id), buyer.name, buyer.role) for buyer in one.buyers)
    return CompanyView(one.code, one.name, one.region, one.active, one.groups, buyers, one.contracts)


ROUTES = [
    list_companies,
    show_company,
    put_company,
    list_member_groups,
    show_member_group,
    put_member_group,
    list_group_members,
    regroup_members,
]
