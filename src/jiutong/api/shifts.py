"""Shifts of tills: opened, counted blind, explained and closed; X and Z reports; and the receipts a manager has to look at."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import JSONBody, QueryParameter

from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Limit, Page
from jiutong.api.shell import get, post, put
from jiutong.capabilities import access, store
from jiutong.flows import settle_receipts, shifts
from jiutong.flows.counter import TillSale
from jiutong.flows.till_sale import till_sale
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import till

Open = Annotated[bool | None, QueryParameter(name="open")]


class ShiftView(msgspec.Struct, frozen=True):
    """A shift. `state`: open, counted, closed. Amounts in minor units; `variance` is told once it is closed."""

    id: str
    store: str
    device: str
    shift_no: int
    state: str
    currency: str
    business_day: int
    opening_float: int
    opened_at: datetime
    opened_by: str
    counted_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    variance: int | None


class OpenedView(msgspec.Struct, frozen=True):
    """A shift that has begun."""

    id: str
    shift_no: int


class CountedView(msgspec.Struct, frozen=True):
    """What was counted, beside what should be there."""

    id: str
    drawer: tuple[store.DrawerLine, ...]


class MovedView(msgspec.Struct, frozen=True):
    """Cash that went into the drawer or out of it."""

    id: str
    kind: str
    reason: str
    note: str
    amount: int


class ReportView(msgspec.Struct, frozen=True):
    """An X report (no `z_no`), or the Z report as it was made at the close."""

    id: str
    store: str
    device: str
    opened_by: str
    closed_by: str | None
    report: store.Report
    movements: tuple[till.MovementRow, ...]


class ReasonView(msgspec.Struct, frozen=True):
    """A published reason. `kind`: in, out (cash without a sale) or variance."""

    kind: str
    code: str
    means: str
    means_zh: str


class PolicyView(store.Policy, frozen=True, kw_only=True):
    """How a store's tills work."""

    store: str
    revision: int


class ExceptionView(msgspec.Struct, frozen=True):
    """What a person should look at. `sale` is the receipt itself where it could not be booked."""

    id: str
    store: str
    device: str
    kind: str
    receipt_no: str
    order: str | None
    refusal: str
    detail: str
    sale: Any
    at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settlement: str | None


class Settlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done about it."""

    settlement: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


@post("/v1/shifts", scope="till:sell", refuses=(access.UNKNOWN_STORE, access.UNKNOWN_DEVICE, store.ALREADY_OPEN))
async def open_shift(call: Call, data: JSONBody[store.OpenShift]) -> Response[OpenedView]:
    """Open a till's drawer with its counted float. A till has one open shift."""
    done = await call.run(shifts.open_shift, data)
    name = call.ids.show("shf", done.shift_id)
    return call.created(OpenedView(name, done.shift_no), f"/v1/shifts/{name}")


@get("/v1/shifts", scope="till:read")
async def list_shifts(
    call: Call,
    store: str | None = None,
    device: str | None = None,
    open_: Open = None,
    after: cursors.Cursor = None,
    limit: Limit = 50,
) -> Page[ShiftView]:
    """Shifts, latest first."""
    async with call.reading() as tx:
        rows = await till.shifts(tx, store, device, open_, cursors.read(after, int), limit + 1)
    return cursors.paged([_shift(row, call) for row in rows], limit, [row.shift_id for row in rows])


@get("/v1/shifts/{shift}", scope="till:read")
async def show_shift(call: Call, shift: str) -> ShiftView:
    """One shift."""
    async with call.reading() as tx:
        rows = await till.shift_rows(tx, [call.ids.read("shf", shift)])
    if not rows:
        raise store.UNKNOWN_SHIFT("no such shift")
    return _shift(rows[0], call)


@post(
    "/v1/shifts/{shift}/movements",
    scope="till:sell",
    status=200,
    refuses=(store.UNKNOWN_SHIFT, store.UNKNOWN_REASON, store.SHIFT_COUNTED),
)
async def move_cash(call: Call, shift: str, data: JSONBody[store.Moved]) -> MovedView:
    """Put cash into the drawer, or take it out, for a published reason."""
    done = await call.run(shifts.move_cash, store.MoveCash(call.ids.read("shf", shift), data))
    return MovedView(call.ids.show("mov", done.movement_id), done.kind, done.reason, done.note, done.amount)


@post(
    "/v1/shifts/{shift}/counts",
    scope="till:sell",
    status=200,
    refuses=(store.UNKNOWN_SHIFT, store.SHIFT_CLOSED, store.SHIFT_COUNTED, store.UNSYNCED, store.TWICE),
)
async def count_shift(call: Call, shift: str, data: JSONBody[store.Counts]) -> CountedView:
    """Count the drawer blind: what was counted is kept first, and only then is told what should be there.

    Refused while the till has receipts that are not here: the answer lists them (`receipts` it keeps, `missing` places of its chain).
    """
    done = await call.run(shifts.count, store.CountShift(call.ids.read("shf", shift), data))
    return CountedView(shift, done.lines)


@post("/v1/shifts/{shift}/reopen", scope="till:sell", status=200, refuses=(store.SHIFT_CLOSED, store.NOT_COUNTED))
async def reopen_shift(call: Call, shift: str) -> OpenedView:
    """Sell on after a count; the drawer is counted again later. The first count stays on the timeline."""
    done = await call.run(shifts.reopen, store.ReopenShift(call.ids.read("shf", shift)))
    async with call.reading() as tx:
        (row,) = await till.shift_rows(tx, [done.shift_id])
    return OpenedView(shift, row.shift_no)


@post(
    "/v1/shifts/{shift}/close",
    scope="till:sell",
    status=200,
    refuses=(store.SHIFT_CLOSED, store.NOT_COUNTED, store.UNEXPLAINED, store.UNKNOWN_REASON),
)
async def close_shift(call: Call, shift: str, data: JSONBody[store.Closing]) -> ReportView:
    """Close a counted drawer. Every difference needs a reason and is booked; the Z report is made and stays."""
    done = await call.run(shifts.close, store.CloseShift(call.ids.read("shf", shift), data))
    return await _report(call, done.shift_id, done.report)


@get("/v1/shifts/{shift}/report", scope="till:report", refuses=(store.UNKNOWN_SHIFT,))
async def show_report(call: Call, shift: str) -> ReportView:
    """The X report of an open shift, made now, or the Z report of a closed one, as it was made then.

    It tells what a drawer should hold; so that counts stay blind, clerks do not have the right to it.
    """
    shift_id = call.ids.read("shf", shift)
    async with call.reading() as tx:
        standing = await till.standing(tx, [shift_id])
        if not standing:
            raise store.UNKNOWN_SHIFT("no such shift")
        kept = standing[0].z
        report = msgspec.json.decode(kept, type=store.Report) if kept else (await shifts.report(tx, standing))[0]
    return await _report(call, shift_id, report)


@get("/v1/till/reasons", scope="till:sell")
async def list_till_reasons(call: Call) -> Page[ReasonView]:
    """The published reasons for cash without a sale, and for drawers that do not hold what they should."""
    moving = [ReasonView(one.kind, one.code, one.means, one.means_zh) for one in store.MOVEMENT_REASONS.values()]
    differing = [ReasonView("variance", code, means, zh) for code, (means, zh) in store.VARIANCE_REASONS.items()]
    return Page(moving + differing, None)


@get("/v1/stores/{store_code}/till-policy", scope="till:read")
async def show_till_policy(call: Call, store_code: str) -> Response[PolicyView]:
    """How a store's tills work: the defaults until somebody has said otherwise (revision 0)."""
    async with call.reading() as tx:
        places = await access.stores(tx, [store_code])
        if store_code not in places:
            raise NOT_FOUND(f"no store {store_code}")
        policy, revision = (await store.policies(tx, [places[store_code].store_id]))[places[store_code].store_id]
    view = PolicyView(store=store_code, revision=revision, **msgspec.structs.asdict(policy))
    return call.tagged(view, revision)


@put("/v1/stores/{store_code}/till-policy", scope="till:manage")
async def put_till_policy(call: Call, store_code: str, data: JSONBody[store.Policy]) -> Response[PolicyView]:
    """Say how a store's tills work."""
    done = await call.run(shifts.put_policy, store.PutPolicy(store_code, data, call.expected()))
    view = PolicyView(store=store_code, revision=done.revision, **msgspec.structs.asdict(done.what))
    return call.put(view, done.revision, f"/v1/stores/{store_code}/till-policy")


@get("/v1/till/exceptions", scope="till:read")
async def list_till_exceptions(
    call: Call, store: str | None = None, settled: bool | None = None, after: cursors.Cursor = None, limit: Limit = 50
) -> Page[ExceptionView]:
    """Receipts a person has to look at, latest first: refused ones, other prices, gaps and forks of a chain."""
    async with call.reading() as tx:
        rows = await till.exceptions(tx, store, settled, None, cursors.read(after, int), limit + 1)
    return cursors.paged([_exception(row, call) for row in rows], limit, [row.exception_id for row in rows])


@post("/v1/till/exceptions/{exception}/settle", scope="till:manage", status=200, refuses=(store.EXCEPTION_GONE,))
async def settle_till_exception(call: Call, exception: str, data: JSONBody[Settlement]) -> ExceptionView:
    """Settle an exception by hand: what was done about it stays with it."""
    id_ = call.ids.read("exc", exception)
    await call.run(settle_receipts.settle, store.SettleException(id_, data.settlement))
    return await _one_exception(call, id_)


@post("/v1/till/exceptions/{exception}/book", scope="till:manage", status=200, refuses=(store.EXCEPTION_GONE,))
async def book_refused_receipt(call: Call, exception: str) -> ExceptionView:
    """Book a refused receipt as it stands, with your own rights; its exception is settled by that."""
    id_ = call.ids.read("exc", exception)
    one = await _noted(call, id_)
    if one.sale is None or one.settled_at is not None:
        raise store.EXCEPTION_GONE("there is nothing to book")
    sale = msgspec.convert(one.sale, TillSale)
    rung = await call.run(till_sale, msgspec.structs.replace(sale, chain=None))
    await call.run_once(settle_receipts.settle, store.SettleException(id_, f"booked as {call.ids.show('ord', rung.order_id)}"))
    return await _one_exception(call, id_)


async def _one_exception(call: Call, exception_id: int) -> ExceptionView:
    return _exception(await _noted(call, exception_id), call)


async def _noted(call: Call, exception_id: int) -> till.ExceptionRow:
    async with call.reading() as tx:
        rows = await till.exceptions(tx, None, None, exception_id, None, 1)
    if not rows:
        raise NOT_FOUND("no such exception")
    return rows[0]


async def _report(call: Call, shift_id: int, report: store.Report) -> ReportView:
    async with call.reading() as tx:
        (row,) = await till.shift_rows(tx, [shift_id])
        moved = await till.movements(tx, shift_id)
    return ReportView(call.ids.show("shf", shift_id), row.store, row.device, row.opened_by, row.closed_by, report, tuple(moved))


def _shift(row: till.ShiftRow, call: Call) -> ShiftView:
    state = "closed" if row.closed_at else "counted" if row.counted_at else "open"
    plain = {name: getattr(row, name) for name in ShiftView.__struct_fields__ if name not in {"id", "state"}}
    return ShiftView(id=call.ids.show("shf", row.shift_id), state=state, **plain)


def _exception(row: till.ExceptionRow, call: Call) -> ExceptionView:
    plain = {name: getattr(row, name) for name in ExceptionView.__struct_fields__ if name not in {"id", "order", "sale"}}
    order = None if row.order_id is None else call.ids.show("ord", row.order_id)
    return ExceptionView(id=call.ids.show("exc", row.exception_id), order=order, sale=_unspendable(row.sale), **plain)


def _unspendable(sale: Any) -> Any:
    """A receipt as it is shown: its cards by their endings, so that nobody who reads it can spend them."""
    if sale is None:
        return None
    tenders = [{key: value[-4:] if key == "card" else value for key, value in one.items() if key != "pin"} for one in sale["tenders"]]
    return sale | {"tenders": tenders}


ROUTES = [
    open_shift,
    list_shifts,
    show_shift,
    move_cash,
    count_shift,
    reopen_shift,
    close_shift,
    show_report,
    list_till_reasons,
    show_till_policy,
    put_till_policy,
    list_till_exceptions,
    settle_till_exception,
    book_refused_receipt,
]
