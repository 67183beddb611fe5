"""One box for everything: a number, a name, a code or some words, and what they lead to."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args

import msgspec

from jiutong.api.call import Call
from jiutong.api.shell import JSONBody, post
from jiutong.capabilities import member
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.reads import find, product_lists, products

Kind: TypeAlias = Literal["order", "member", "product", "payment", "refund", "return", "fulfillment", "shipment", "store", "location"]
Paper: TypeAlias = Callable[[Tx, int], Awaitable[list[find.PaperHit]]]
ORDERS_MAX = 8
MEMBERS_MAX = 5
PRODUCTS_MAX = 8
PLACES_MAX = 5
# What is shorter leads everywhere.
BEGINNING_CHARACTERS_MIN = 3
DIGITS_MIN = 4
_DIGITS = re.compile(r"[\d\s().+-]+")


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was typed or scanned."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class HitView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something found. `id` is its public id or, of products and places, its code; `order` the order a paper belongs to."""

    kind: Kind
    id: str
    title: str
    subtitle: str = ""
    state: str | None = None
    amount: int | None = None
    currency: str | None = None
    at: datetime | None = None
    order: str | None = None


class FoundAnything(msgspec.Struct, frozen=True):
    """What was found, the surest first."""

    items: Sequence[HitView]


PAPERS: dict[str, tuple[Kind, str, Paper]] = {
    "ten": ("payment", "payment:read", find.payments),
    "ref": ("refund", "payment:read", find.refunds),
    "ret": ("return", "care:read", find.returns),
    "ful": ("fulfillment", "fulfillment:read", find.works),
    "shp": ("shipment", "fulfillment:read", find.shipments),
}
"""By the prefix of a public id: what it names, what reading it needs, and where it is read."""


@post("/v1/find", scope="", status=200, repeatable=False)
async def find_anything(call: Call, data: JSONBody[Typed]) -> FoundAnything:
    """Find whatever is meant by a number, a name, a code or words - as far as the caller may read it.

    Known are public ids (`ord_…`, `mem_…`, `ref_…`, …), receipt numbers, phone numbers (E.164, national, or their last four digits and
    more), e-mail addresses, cards, the beginning of a member's name, SKUs, product codes, barcodes, words and pinyin of products, and
    stores and locations. Whoever is found by a phone number comes with their newest orders. A POST, because identities do not belong
    into addresses, which end up in logs.
    """
    typed = unicodedata.normalize("NFKC", data.text).strip()
    if not typed:
        return FoundAnything(())
    async with call.reading() as tx:
        prefix, _, rest = typed.partition("_")
        if rest and (prefix in PAPERS or prefix in {"ord", "mem"}):
            return FoundAnything(await _named(call, tx, prefix, typed.lower()))
        goods = await _goods(call, tx, typed)
        people, orders = await _people(call, tx, typed)
        places = await _places(call, tx, typed)
    exact = [hit for hit, match in goods if match == 0]
    return FoundAnything([*exact, *people, *orders, *places, *(hit for hit, match in goods if match != 0)])


async def _named(call: Call, tx: Tx, prefix: str, typed: str) -> list[HitView]:
    """What has this public id, if it is one."""
    try:
        id_ = call.ids.read(prefix, typed)
    except Problem:
        return []
    if prefix == "ord":
        return [_order(call, one) for one in await find.orders(tx, [id_], None, [], 1)] if call.scope.holds("order:read") else []
    if prefix == "mem":
        found = await find.members(tx, id_, [], None, None, 1) if call.scope.holds("member:read") else []
        return [*(_member(call, one) for one in found), *await _orders_of(call, tx, found)]
    kind, needs, read = PAPERS[prefix]
    if not call.scope.holds(needs):
        return []
    return [
        HitView(
            kind,
            call.ids.show(prefix, one.paper_id),
            call.ids.show(prefix, one.paper_id),
            state=one.state,
            amount=one.amount,
            currency=one.currency,
            at=one.at,
            order=call.ids.show("ord", one.order_id),
        )
        for one in await read(tx, id_)
    ]


async def _goods(call: Call, tx: Tx, typed: str) -> list[tuple[HitView, int | None]]:
    if not call.scope.holds("catalog:read"):
        return []
    found = await products.page(tx, product_lists.Wanted("match", q=typed), PRODUCTS_MAX)
    return [(HitView("product", row.code, row.title, row.code, state=row.status), row.match) for row, _ in found]


async def _people(call: Call, tx: Tx, typed: str) -> tuple[list[HitView], list[HitView]]:
    """Members, and the orders they or the number typed lead to."""
    digits = re.sub(r"\D", "", typed) if _DIGITS.fullmatch(typed) else ""
    number = digits.lstrip("0") if len(digits) >= DIGITS_MIN else ""
    members: list[find.MemberHit] = []
    if call.scope.holds("member:read"):
        starts = [member.Identity(kind, start) for kind in get_args(member.Kind) for start in member.beginnings(kind, typed)]
        known = [one for one in starts if len(one.value) >= BEGINNING_CHARACTERS_MIN]
        members = await find.members(tx, None, known, number or None, None if digits else typed.lower(), MEMBERS_MAX)
    people = [_member(call, one) for one in members]
    if not call.scope.holds("order:read"):
        return people, []
    delivered = await find.delivered_to(tx, number, ORDERS_MAX) if number else []
    of_members = [one.member_id for one in members] if number or len(members) == 1 else []
    return people, [_order(call, one) for one in await find.orders(tx, delivered, typed, of_members, ORDERS_MAX)]


async def _orders_of(call: Call, tx: Tx, members: Sequence[find.MemberHit]) -> list[HitView]:
    if not call.scope.holds("order:read"):
        return []
    return [_order(call, one) for one in await find.orders(tx, [], None, [one.member_id for one in members], ORDERS_MAX)]


async def _places(call: Call, tx: Tx, typed: str) -> list[HitView]:
    stores, locations = call.scope.holds("access:read"), call.scope.holds("inventory:read")
    if not stores and not locations:
        return []
    return [
        HitView("store" if one.kind == "store" else "location", one.code, one.name, one.code)
        for one in await find.places(tx, typed.lower(), PLACES_MAX)
        if (stores if one.kind == "store" else locations)
    ]


def _order(call: Call, one: find.OrderHit) -> HitView:
    name = call.ids.show("ord", one.order_id)
    title = one.receipt_no or name
    return HitView("order", name, title, one.place, one.status, one.total, one.currency, one.placed_at)


def _member(call: Call, one: find.MemberHit) -> HitView:
    name = call.ids.show("mem", one.member_id)
    known_by = " · ".join(one.identities)
    return HitView("member", name, one.name or (one.identities[0] if one.identities else name), known_by, one.status)


ROUTES = [find_anything]
