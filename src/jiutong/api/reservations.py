"""Reservation-to-buy 预约: sign up first, buy later, and only who has signed up."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.api import gates
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, read
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import promotion
from jiutong.flows import reserve
from jiutong.kernel.db import Tx
from jiutong.reads import gates as reads

NOBODY_SIGNED = reads.Signups(0, 0, 0, 0, 0)


class ReservationView(gates.VersionView, frozen=True, kw_only=True):
    """A reservation, how many have signed up, and the seed of its draw once it was drawn."""

    reservation: promotion.Reservation
    signups: reads.Signups
    drawn_at: datetime | None
    draw_seed: str | None


class DrawnView(msgspec.Struct, frozen=True):
    """A draw: whoever sorts those who signed up by the BLAKE2b hash of `seed:member` finds the same winners."""

    code: str
    seed: str
    signed: int
    granted: int


@get("/v1/reservations", scope="promotion:read")
async def list_reservations(call: Call, status: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[ReservationView]:
    """Reservations by code, each as its newest version; `status` is draft, published or ended."""
    rows = await gates.listed(call, "reservation", status, read(after, str), limit)
    async with call.reading() as tx:
        return gates.page_of(await _views(tx, rows), limit)


@get("/v1/reservations/{code}", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def show_reservation(call: Call, code: str) -> ReservationView:
    """A reservation, and how many have signed up."""
    row = await gates.named(call, "reservation", code)
    async with call.reading() as tx:
        return (await _views(tx, [row]))[0]


@get("/v1/reservations/{code}/versions", scope="promotion:read", refuses=(promotion.UNKNOWN_GATE,))
async def list_reservation_versions(call: Call, code: str) -> Page[ReservationView]:
    """All versions of a reservation, the newest first. One that was published never changes."""
    rows = await gates.all_versions(call, "reservation", code)
    async with call.reading() as tx:
        return Page(await _views(tx, rows), None)


@put("/v1/reservations/{code}", scope="promotion:write", refuses=gates.PUT_REFUSES)
async def put_reservation(call: Call, code: str, data: JSONBody[promotion.Reservation]) -> gates.StandsView:
    """Draft a reservation: the draft there is anew, or the next version of what was published."""
    return await gates.put(call, code, reservation=data)


@post("/v1/reservations/{code}/publish", scope="promotion:publish", status=200, refuses=gates.PUBLISH_REFUSES)
async def publish_reservation(call: Call, code: str) -> gates.StandsView:
    """Put the draft in force. The draw, and the word to those with a right, come by themselves."""
    return await gates.publish(call, "reservation", code)


@post("/v1/reservations/{code}/end", scope="promotion:publish", status=200, refuses=gates.TURN_REFUSES)
async def end_reservation(call: Call, code: str) -> gates.StandsView:
    """Keep the goods for nobody any longer."""
    return await gates.end(call, "reservation", code)


@post("/v1/reservations/{code}/draw", scope="promotion:publish", status=200, refuses=(promotion.UNKNOWN_GATE, promotion.DRAW_EARLY))
async def draw_reservation(call: Call, code: str) -> DrawnView:
    """Draw now who gets the right to buy, if it has not come by itself. Once, and anybody can check it."""
    done = await call.run(reserve.draw, reserve.Draw(code))
    return DrawnView(done.code, done.seed, done.signed, done.granted)


async def _views(tx: Tx, rows: Sequence[reads.GateRow]) -> list[ReservationView]:
    signed = await reads.signups(tx, [row.code for row in rows]) if rows else {}
    return [
        ReservationView(
            reservation=msgspec.json.decode(row.body, type=promotion.Reservation),
            signups=signed.get(row.code, NOBODY_SIGNED),
            drawn_at=row.drawn_at,
            draw_seed=row.draw_seed,
            **gates.shown(row),
        )
        for row in rows
    ]


ROUTES = [
    list_reservations,
    show_reservation,
    list_reservation_versions,
    put_reservation,
    publish_reservation,
    end_reservation,
    draw_reservation,
]
