"""Presales 预售: a deposit now, the balance in a window later. What contradicts itself is refused when it is saved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import QueryParameter

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import access, inventory, order, promotion
from jiutong.capabilities.promotion import Presale
from jiutong.flows import maintain_plays as maintain
from jiutong.flows import presale
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import gates
from jiutong.reads import play_versions as reads


class PresaleView(msgspec.Struct, frozen=True):
    """A presale: its newest version. `in_force` is the version buyers enter through, if any; `orders` came through all of them."""

    code: str
    version: int
    state: promotion.PlayState
    in_force: int | None
    orders: int
    made_by: str
    made_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    presale: Presale
    sold: Sequence[reads.Taken]


class StandsView(msgspec.Struct, frozen=True):
    """How a play stands after a command."""

    code: str
    version: int
    state: promotion.PlayState


@get("/v1/presales", scope="promotion:read")
async def list_presales(call: Call, status: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[PresaleView]:
    """Presales by code, each as its newest version; `status` is draft, published or ended."""
    async with call.reading() as tx:
        found = await reads.plays(tx, "presale", None, status, read(after, str), limit + 1)
        views = await views_of(tx, found)
    return paged(views, limit, [one.code for one in found])


@get("/v1/presales/{code}", scope="promotion:read", refuses=(NOT_FOUND,))
async def show_presale(call: Call, code: str) -> PresaleView:
    """A presale, and how many of each SKU it has sold."""
    async with call.reading() as tx:
        found = await views_of(tx, await reads.plays(tx, "presale", code, None, None, 1))
    if not found:
        raise NOT_FOUND(f"no presale {code}")
    return found[0]


@get("/v1/presales/{code}/versions", scope="promotion:read", refuses=(NOT_FOUND,))
async def list_presale_versions(call: Call, code: str) -> Page[PresaleView]:
    """All versions of a presale, the newest first. One that was published never changes."""
    async with call.reading() as tx:
        found = await views_of(tx, await reads.versions(tx, "presale", code))
    if not found:
        raise NOT_FOUND(f"no presale {code}")
    return Page(found, None)


@put(
    "/v1/presales/{code}",
    scope="promotion:write",
    refuses=(
        promotion.PLAY_INVALID,
        promotion.NOT_IN_PLAY,
        promotion.OTHER_KIND,
        promotion.PLAY_STATE,
        access.UNKNOWN_CHANNEL,
        inventory.UNKNOWN_LOCATION,
    ),
)
async def put_presale(call: Call, code: str, data: JSONBody[Presale]) -> StandsView:
    """Draft a presale: the draft there is anew, or the next version of what was published. Nobody buys by a draft."""
    return stands(await call.run(maintain.put, maintain.PutPlay(play_code(code), presale=data)))


@post("/v1/presales/{code}/publish", scope="promotion:publish", status=200, refuses=(promotion.PLAY_NOT_FOUND, promotion.PLAY_STATE))
async def publish_presale(call: Call, code: str) -> StandsView:
    """Put the draft in force, in place of what was. Orders go on under the version they were placed by."""
    return stands(await call.run(maintain.publish, maintain.NamedPlay("presale", code)))


@post("/v1/presales/{code}/end", scope="promotion:publish", status=200, refuses=(promotion.PLAY_NOT_FOUND, promotion.PLAY_STATE))
async def end_presale(call: Call, code: str) -> StandsView:
    """Take no more deposits. Balances are paid as agreed."""
    return stands(await call.run(maintain.end, maintain.NamedPlay("presale", code)))


class DefaultedView(msgspec.Struct, frozen=True):
    """What became of an order its seller will not deliver: `refund` goes back, `compensation` is owed besides."""

    order: str
    status: str
    currency: str
    refund: int
    compensation: int
    compensation_id: str


class CompensationView(msgspec.Struct, frozen=True):
    """What a seller who defaulted owes a buyer besides the deposit that went back, and whether it has been paid out."""

    id: str
    order: str
    currency: str
    amount: int
    reason: str
    owed_at: datetime
    method: str | None
    reference: str | None
    paid_at: datetime | None


@post(
    "/v1/orders/{order_id}/default",
    scope="order:cancel",
    status=200,
    refuses=(order.NOT_YOURS, order.NOT_OPEN, promotion.NO_EARNEST),
)
async def default_presale(call: Call, order_id: str, data: JSONBody[presale.Default]) -> DefaultedView:
    """Say that the seller will not deliver what was sold in advance: all that was paid goes back, the earnest is owed once more."""
    done = await call.run(presale.default, presale.DefaultPresale(call.ids.read("ord", order_id), data))
    name = call.ids.show("cmp", done.compensation_id)
    return DefaultedView(order_id, done.status, done.currency, done.refund, done.compensation, name)


@get("/v1/compensations", scope="payment:read", refuses=(NOT_FOUND,))
async def list_compensations(
    call: Call,
    owed: bool | None = None,
    of: Annotated[str | None, QueryParameter(name="order")] = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[CompensationView]:
    """What is owed to buyers because a seller defaulted, the newest first; only what is still owed, or what was paid, if asked."""
    order_id = call.ids.read("ord", of) if of else None
    async with call.reading() as tx:
        found = await reads.compensations(tx, owed, order_id, read(after, int), limit + 1)
    return paged([_compensation(call, one) for one in found], limit, [one.compensation_id for one in found])


class ForfeitureView(msgspec.Struct, frozen=True):
    """An earnest a buyer lost by withdrawing or by not paying the balance: other income, never revenue."""

    order: str
    play: str
    currency: str
    amount: int
    at: datetime


@get("/v1/forfeitures", scope="payment:read", refuses=(NOT_FOUND,))
async def list_forfeitures(
    call: Call,
    of: Annotated[str | None, QueryParameter(name="order")] = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[ForfeitureView]:
    """Earnests that buyers of presales lost, the newest first; of one order, if asked."""
    order_id = call.ids.read("ord", of) if of else None
    async with call.reading() as tx:
        found = await reads.forfeitures(tx, order_id, read(after, int), limit + 1)
    views = [ForfeitureView(call.ids.show("ord", one.order_id), one.play, one.currency, one.amount, one.at) for one in found]
    return paged(views, limit, [one.entry_id for one in found])


@post(
    "/v1/compensations/{compensation}/pay",
    scope="payment:refund",
    status=200,
    refuses=(promotion.NO_COMPENSATION, promotion.ALREADY_PAID_OUT),
)
async def pay_compensation(call: Call, compensation: str, data: JSONBody[presale.PaidOut]) -> CompensationView:
    """Note that a compensation has been paid out, once: how, and the reference of it."""
    id_ = call.ids.read("cmp", compensation)
    done = await call.run(presale.pay_out, presale.PayOut(id_, data))
    async with call.reading() as tx:
        (found,) = [one for one in await reads.compensations(tx, None, done.order_id, None, 1) if one.compensation_id == id_]
    return _compensation(call, found)


def _compensation(call: Call, row: reads.CompensationRow) -> CompensationView:
    plain = {name: getattr(row, name) for name in CompensationView.__struct_fields__ if name not in {"id", "order"}}
    return CompensationView(id=call.ids.show("cmp", row.compensation_id), order=call.ids.show("ord", row.order_id), **plain)


def play_code(given: str) -> str:
    """The code of a play to be written; 422 if it cannot be one."""
    try:
        return msgspec.convert(given, promotion.PlayCode)
    except msgspec.ValidationError:
        raise promotion.PLAY_INVALID("a code has 1 to 40 characters, no spaces and none of / + @ :", pointer="/code") from None


def stands(one: maintain.PlayStands) -> StandsView:
    """How a play stands, as callers are told."""
    return StandsView(one.code, one.version, one.state)


async def views_of(tx: Tx, rows: Sequence[reads.PlayRow]) -> list[PresaleView]:
    """Presales with what they have sold."""
    whats = [msgspec.json.decode(row.body, type=Presale) for row in rows]
    codes = {
        (row.code, item.sku): promotion.quota_account(row.code, item).code
        for row, what in zip(rows, whats, strict=True)
        for item in what.items
    }
    taken = await gates.taken(tx, list(codes.values())) if codes else {}
    return [
        PresaleView(
            presale=what,
            sold=[_sold(item, taken.get(codes[row.code, item.sku])) for item in what.items],
            **{name: getattr(row, name) for name in PresaleView.__struct_fields__ if name not in {"presale", "sold"}},
        )
        for row, what in zip(rows, whats, strict=True)
    ]


def _sold(item: promotion.PresaleItem, taken: gates.Taken | None) -> reads.Taken:
    return reads.Taken(item.sku, item.quota, taken.all if taken else 0)


ROUTES = [
    list_presales,
    show_presale,
    list_presale_versions,
    put_presale,
    publish_presale,
    end_presale,
    default_presale,
    list_compensations,
    list_forfeitures,
    pay_compensation,
]
