"""The first page: what waits for the caller, and how trade goes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from litestar.params import QueryParameter

from jiutong.api.call import Call
from jiutong.api.shell import get
from jiutong.kernel.errors import INVALID
from jiutong.reads import fulfillment, home

DAYS_MAX = 366
DAYS_SHOWN = 30
CALENDAR = (date(1970, 1, 1), date(9000, 1, 1))
# An order that expires within this wants a reminder; a refund that is silent for longer wants a look.
EXPIRES_WITHIN = timedelta(minutes=15)
QUIET_FOR = timedelta(minutes=30)
TASKS: dict[str, tuple[str, str, str]] = {
    "orders_expiring": ("order:read", "orders", "status=placed"),
    "refunds_failed": ("payment:read", "refunds", "state=failed"),
    "refunds_quiet": ("payment:read", "refunds", "state=sent"),
    "notices_rejected": ("payment:read", "payment-notices", "verdict=rejected"),
    "shortages_open": ("inventory:read", "stock/shortages", "resolved=false"),
    "works_release": ("fulfillment:read", "fulfillments/unreleased", ""),
    "works_pick": ("fulfillment:read", "fulfillments", "state=released"),
    "works_ship": ("fulfillment:read", "fulfillments", "state=picked"),
    "orders_unpaid": ("order:read", "orders", "status=placed"),
    "products_audit": ("catalog:read", "products", "status=audit"),
    "jobs_dead": ("jobs:read", "jobs", "state=dead"),
    "jobs_late": ("jobs:read", "jobs", "state=due"),
}
"""Kinds of work that may wait, the most pressing first: who sees them, and the list (under /v1/) and filter that show them."""


class TaskView(msgspec.Struct, frozen=True):
    """So much of a kind waits; `capped` when there is more. `list` and `filter` lead to the rows."""

    kind: str
    count: int
    capped: bool
    oldest: datetime | None
    list: str
    filter: str


class TasksView(msgspec.Struct, frozen=True):
    """What waits for the caller, the most pressing first; what does not wait is told as zero."""

    tasks: Sequence[TaskView]


class SalesFigures(msgspec.Struct, frozen=True):
    """Sales in minor units, the orders and the base units behind them, and what an order came to on average."""

    sales: int
    orders: int
    units: int
    average: int


class DaySales(msgspec.Struct, frozen=True):
    """One business day, from `begins` until before `ends`, beside the day so many days earlier."""

    day: date
    begins: datetime
    ends: datetime
    now: SalesFigures
    earlier_day: date
    earlier: SalesFigures


class HourSales(msgspec.Struct, frozen=True):
    """One hour of the day (0 to 23), over the whole period."""

    hour: int
    now: SalesFigures
    earlier: SalesFigures


class PlaceSales(msgspec.Struct, frozen=True):
    """A channel or a store."""

    code: str
    name: str
    now: SalesFigures
    earlier: SalesFigures


class CurrencySales(msgspec.Struct, frozen=True):
    """Everything sold in one currency; amounts of different currencies are never added. Of stores the ten that sold most."""

    currency: str
    time_zone: str
    begins: datetime
    ends: datetime
    now: SalesFigures
    earlier: SalesFigures
    days: Sequence[DaySales]
    hours: Sequence[HourSales]
    channels: Sequence[PlaceSales]
    stores: Sequence[PlaceSales]


class SalesView(msgspec.Struct, frozen=True):
    """Sales of a period of business days, beside the period of the same length before it.

    `last_day_sold` is the last day ever on which anything was sold, `sold_before` the last one before both periods.
    """

    first: date
    last: date
    earlier_first: date
    earlier_last: date
    last_day_sold: date | None
    sold_before: date | None
    currencies: Sequence[CurrencySales]


@get("/v1/home/tasks", scope="")
async def list_tasks(call: Call) -> TasksView:
    """What waits for somebody with the caller's rights: orders, refunds, goods, work of the house. Counts stop at 1,000."""
    seen = [kind for kind, (needs, _, _) in TASKS.items() if call.scope.holds(needs)]
    now = call.house.clock.now()
    async with call.reading() as tx:
        counted = await home.waiting(tx, seen, now + EXPIRES_WITHIN, now - QUIET_FOR)
        steps = await fulfillment.board(tx, None, home.COUNT_MAX) if "works_pick" in seen else []
    found = {one.kind: (one.count, one.oldest) for one in counted}
    found |= {f"works_{one.step}": (one.count, one.oldest_at) for one in steps}
    return TasksView([_task(kind, *found[kind]) for kind in seen])


@get("/v1/home/sales", scope="order:read")
async def tell_sales(
    call: Call,
    first: date | None = None,
    last: date | None = None,
    days: Annotated[int, QueryParameter(ge=1, le=DAYS_MAX)] = DAYS_SHOWN,
    channel: str | None = None,
    store: str | None = None,
) -> SalesView:
    """Sales by day, hour, channel and store, per currency, beside those of the period before.

    `first` and `last` are business days; without `first` it is so many `days`, without `last` up to the last one on which anything was
    sold. Sales are what customers owe, tax included, for orders that something was paid for, less what was canceled and came back
    since: a return changes the day of its sale. At most 366 days.
    """
    for name, day in (("first", first), ("last", last)):
        if day and not CALENDAR[0] <= day <= CALENDAR[1]:
            raise INVALID(f"a business day lies from {CALENDAR[0]} to {CALENDAR[1]}", pointer=f"/{name}")
    if first and last and first > last:
        raise INVALID("the period ends before it begins", pointer="/last")
    async with call.reading() as tx:
        last_sold = await home.last_day(tx, channel, store)
        newest = _day(last_sold) if last_sold else call.house.clock.now().date()
        until = last or (newest if first is None else max(first, newest))
        since = first or until - timedelta(days=days - 1)
        length = until - since + timedelta(days=1)
        if length.days > DAYS_MAX:
            raise INVALID(f"at most {DAYS_MAX} days", pointer="/first", at_most=DAYS_MAX)
        rows = await home.sold(tx, _number(since - length), _number(since), _number(until), channel, store)
        zones = await home.time_zones(tx, channel, store)
        sold_before = await home.last_day(tx, channel, store, _number(since - length))
    return SalesView(
        since,
        until,
        since - length,
        since - timedelta(days=1),
        _day(last_sold) if last_sold else None,
        _day(sold_before) if sold_before else None,
        [
            _currency(currency, zones.get(currency, "UTC"), since, until, [row for row in rows if row.currency == currency])
            for currency in sorted({row.currency for row in rows})
        ],
    )


def _task(kind: str, count: int, oldest: datetime | None) -> TaskView:
    _, list_, narrowed = TASKS[kind]
    return TaskView(kind, min(count, home.COUNT_MAX), count >= home.COUNT_MAX, oldest, list_, narrowed)


def _currency(currency: str, time_zone: str, first: date, last: date, rows: Sequence[home.Sold]) -> CurrencySales:
    zone = ZoneInfo(time_zone)
    length = last - first + timedelta(days=1)
    days = _by_key(rows, "day")
    hours = _by_key(rows, "hour")
    every_day = [first + timedelta(days=no) for no in range(length.days)]
    return CurrencySales(
        currency,
        time_zone,
        _begins(first, zone),
        _begins(last + timedelta(days=1), zone),
        _sum(one for one in rows if one.facet == "day" and not one.earlier),
        _sum(one for one in rows if one.facet == "day" and one.earlier),
        [
            DaySales(
                day,
                _begins(day, zone),
                _begins(day + timedelta(days=1), zone),
                _sum(days.get((str(_number(day)), False), ())),
                day - length,
                _sum(days.get((str(_number(day - length)), True), ())),
            )
            for day in every_day
        ],
        [HourSales(hour, _sum(hours.get((str(hour), False), ())), _sum(hours.get((str(hour), True), ()))) for hour in range(24)],
        _places(rows, "channel"),
        _places(rows, "store"),
    )


def _places(rows: Sequence[home.Sold], facet: Literal["channel", "store"]) -> list[PlaceSales]:
    """The places in the order of what they sell now."""
    found = _by_key(rows, facet)
    names = {row.key: row.name for row in rows if row.facet == facet}
    places = [PlaceSales(key, name, _sum(found.get((key, False), ())), _sum(found.get((key, True), ()))) for key, name in names.items()]
    return sorted(places, key=lambda place: (-place.now.sales, place.code))


def _by_key(rows: Sequence[home.Sold], facet: str) -> Mapping[tuple[str, bool], list[home.Sold]]:
    found: dict[tuple[str, bool], list[home.Sold]] = {}
    for row in rows:
        if row.facet == facet:
            found.setdefault((row.key, row.earlier), []).append(row)
    return found


def _sum(rows: Iterable[home.Sold]) -> SalesFigures:
    found = list(rows)
    sales, orders = sum(row.sales for row in found), sum(row.orders for row in found)
    return SalesFigures(sales, orders, sum(row.units for row in found), (2 * sales + orders) // (2 * orders) if orders else 0)


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _day(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


ROUTES = [list_tasks, tell_sales]
