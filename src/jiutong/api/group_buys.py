"""Group buys 拼团: whoever fills a group in time buys at its price; a group that is not filled gives everything back."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.presales import StandsView, play_code, stands
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import access, promotion
from jiutong.capabilities.promotion import GroupBuy
from jiutong.flows import maintain_plays as maintain
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import play_versions as reads


class GroupBuyView(msgspec.Struct, frozen=True):
    """A group buy: its newest version. `in_force` is the version buyers enter through, if any; `orders` came through all of them."""

    code: str
    version: int
    state: promotion.PlayState
    in_force: int | None
    orders: int
    made_by: str
    made_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    group_buy: GroupBuy


class GroupView(msgspec.Struct, frozen=True):
    """A group of buyers. `measured` is what its paid places come to, `under_way` what is being paid, `reached` the threshold from 0.

    `newcomers` of its places are kept for first-time buyers; `regulars_left` is how many others may still take one (null: as many as fit).
    """

    code: str
    order: str
    play: str
    version: int
    state: promotion.GroupState
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    holds: int
    measured: int
    under_way: int
    reached: int | None
    newcomers: int
    regulars_left: int | None


class SeatView(msgspec.Struct, frozen=True):
    """An order with a place in a group. `head` opened it, `headed` at a price of its own; `newcomer` has a place kept for them."""

    order: str
    member: str | None
    member_name: str
    status: str
    head: bool
    headed: bool
    newcomer: bool
    counts: int
    currency: str
    total: int
    paid: int
    refunded: int
    placed_at: datetime


class MomentView(msgspec.Struct, frozen=True):
    """What happened: an event (group.opened.v1, order.paid.v1 …), to which order of the group, and why."""

    at: datetime
    what: str
    order: str
    why: str


class GroupCourseView(msgspec.Struct, frozen=True):
    """A group from its first buyer to its end: its places, and what happened in the order of time."""

    group: GroupView
    measure: promotion.Measure
    seats: Sequence[SeatView]
    moments: Sequence[MomentView]


@get("/v1/group-buys", scope="promotion:read")
async def list_group_buys(call: Call, status: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[GroupBuyView]:
    """Group buys by code, each as its newest version; `status` is draft, published or ended."""
    async with call.reading() as tx:
        found = await reads.plays(tx, "group_buy", None, status, read(after, str), limit + 1)
    return paged([_view(one) for one in found], limit, [one.code for one in found])


@get("/v1/group-buys/{code}", scope="promotion:read", refuses=(NOT_FOUND,))
async def show_group_buy(call: Call, code: str) -> GroupBuyView:
    """A group buy."""
    async with call.reading() as tx:
        found = await reads.plays(tx, "group_buy", code, None, None, 1)
    if not found:
        raise NOT_FOUND(f"no group buy {code}")
    return _view(found[0])


@get("/v1/group-buys/{code}/versions", scope="promotion:read", refuses=(NOT_FOUND,))
async def list_group_buy_versions(call: Call, code: str) -> Page[GroupBuyView]:
    """All versions of a group buy, the newest first. One that was published never changes."""
    async with call.reading() as tx:
        found = await reads.versions(tx, "group_buy", code)
    if not found:
        raise NOT_FOUND(f"no group buy {code}")
    return Page([_view(one) for one in found], None)


@put(
    "/v1/group-buys/{code}",
    scope="promotion:write",
    refuses=(promotion.PLAY_INVALID, promotion.NOT_IN_PLAY, promotion.OTHER_KIND, promotion.PLAY_STATE, access.UNKNOWN_CHANNEL),
)
async def put_group_buy(call: Call, code: str, data: JSONBody[GroupBuy]) -> StandsView:
    """Draft a group buy: the draft there is anew, or the next version of what was published. Nobody buys by a draft."""
    return stands(await call.run(maintain.put, maintain.PutPlay(play_code(code), group_buy=data)))


@post("/v1/group-buys/{code}/publish", scope="promotion:publish", status=200, refuses=(promotion.PLAY_NOT_FOUND, promotion.PLAY_STATE))
async def publish_group_buy(call: Call, code: str) -> StandsView:
    """Put the draft in force, in place of what was. Groups go on under the version they were opened by."""
    return stands(await call.run(maintain.publish, maintain.NamedPlay("group_buy", code)))


@post("/v1/group-buys/{code}/end", scope="promotion:publish", status=200, refuses=(promotion.PLAY_NOT_FOUND, promotion.PLAY_STATE))
async def end_group_buy(call: Call, code: str) -> StandsView:
    """Let no more groups be opened. Those that are open go on until they close."""
    return stands(await call.run(maintain.end, maintain.NamedPlay("group_buy", code)))


@get("/v1/buying-groups", scope="promotion:read", refuses=(NOT_FOUND,))
async def list_buying_groups(
    call: Call, play: str | None = None, status: str | None = None, after: Cursor = None, limit: Limit = 50
) -> Page[GroupView]:
    """Groups of buyers, the newest first; of one group buy, or those that are open, formed or failed."""
    async with call.reading() as tx:
        found = await reads.groups(tx, play, status, None, read(after, int), limit + 1)
    return paged([_group(call, one) for one in found], limit, [one.group_id for one in found])


@get("/v1/buying-groups/{code}", scope="promotion:read", refuses=(NOT_FOUND,))
async def show_buying_group(call: Call, code: str) -> GroupView:
    """A group of buyers, by the code others join it with."""
    async with call.reading() as tx:
        found = await reads.groups(tx, None, None, code, None, 1)
    if not found:
        raise NOT_FOUND(f"no group {code}")
    return _group(call, found[0])


@get("/v1/buying-groups/{code}/course", scope="promotion:read", refuses=(NOT_FOUND,))
async def show_group_course(call: Call, code: str) -> GroupCourseView:
    """Who has a place in a group of buyers, and how it went: opened, joined, paid, formed or failed, refunded."""
    async with call.reading() as tx:
        found = await reads.groups(tx, None, None, code, None, 1)
        if not found:
            raise NOT_FOUND(f"no group {code}")
        (one,) = found
        (play,) = [row for row in await reads.versions(tx, "group_buy", one.play) if row.version == one.version]
        seats = await reads.seats(tx, one.group_id)
        moments = await reads.moments(tx, one.group_id, [seat.order_id for seat in seats])
    show = call.ids.show
    return GroupCourseView(
        _group(call, one),
        msgspec.json.decode(play.body, type=GroupBuy).by,
        [_seat(call, seat) for seat in seats],
        [MomentView(moment.at, moment.what, show("ord", moment.order_id), moment.why) for moment in moments],
    )


def _seat(call: Call, row: reads.SeatRow) -> SeatView:
    plain = {name: getattr(row, name) for name in SeatView.__struct_fields__ if name not in {"order", "member"}}
    member = call.ids.show("mem", row.member_id) if row.member_id is not None else None
    return SeatView(order=call.ids.show("ord", row.order_id), member=member, **plain)


def _view(row: reads.PlayRow) -> GroupBuyView:
    plain = {name: getattr(row, name) for name in GroupBuyView.__struct_fields__ if name != "group_buy"}
    return GroupBuyView(group_buy=msgspec.json.decode(row.body, type=GroupBuy), **plain)


def _group(call: Call, row: reads.GroupRow) -> GroupView:
    plain = {name: getattr(row, name) for name in GroupView.__struct_fields__ if name != "order"}
    return GroupView(order=call.ids.show("ord", row.group_id), **plain)


ROUTES = [
    list_group_buys,
    show_group_buy,
    list_group_buy_versions,
    put_group_buy,
    publish_group_buy,
    end_group_buy,
    list_buying_groups,
    show_buying_group,
    show_group_course,
]
