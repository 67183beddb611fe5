"""The floor: how fast this machine writes the rows of orders and sales when nothing else is asked of it.

Plain asyncpg, 128 orders to a transaction, two connections, under the role, the row-level security and the planner settings of the
product. No HTTP, no prices, no steps, no answers, no checks but the tables' own. What it writes is whole: `jiutong verify` finds nothing.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import cast

import asyncpg
import msgspec
import uvloop

from benchmarks.rig.meters import cpu_s
from benchmarks.rig.stage import Stage
from benchmarks.rig.world import TILLS, World, price, tax
from jiutong import ledger
from jiutong.kernel.db import HOT_PLANNER
from jiutong.kernel.ids import BLOCK

BATCH = 128
CONNECTIONS = 2
ORDER_LINES = 3
SALE_LINES = 10
DAY = 20261122
HOLD = timedelta(minutes=15)
# As long as what the product keeps to answer a repeat with.
ORDER_ANSWER = b"a" * 633
SALE_ANSWER = b"a" * 323
SOLD = ledger.account_of("sold", {}, "any")

Statement = tuple[str, tuple[object, ...]]


class Floor(msgspec.Struct, frozen=True):
    """What to write: the statements of a batch of `orders`, made of `ids_each` ids for each of them."""

    ids_each: int
    statements: Callable[[World, range, int], list[Statement]]


class Measured(msgspec.Struct, frozen=True):
    """What the floor came to: orders per second, and what each took of the database's processors."""

    per_s: float
    database_us: float


def measure(stage: Stage, world: World, floor: Floor, seconds: float) -> Measured:
    """Write for so long."""

    async def for_so_long() -> Measured:
        async with connected(stage, world) as conns:
            began, cpu = time.perf_counter(), cpu_s(stage.database_pid)
            written = await write(conns, world, floor, lambda _: time.perf_counter() - began >= seconds)
            return Measured(written / (time.perf_counter() - began), (cpu_s(stage.database_pid) - cpu) / written * 1e6)

    return uvloop.run(for_so_long())


@asynccontextmanager
async def connected(stage: Stage, world: World) -> AsyncGenerator[list[asyncpg.Connection]]:
    """The connections to write over."""
    conns = [await asyncpg.connect(stage.app_url, server_settings=HOT_PLANNER) for _ in range(CONNECTIONS)]
    try:
        await _open(conns[0], world)
        yield conns
    finally:
        for conn in conns:
            await conn.close()


async def write(conns: Sequence[asyncpg.Connection], world: World, floor: Floor, enough: Callable[[int], bool], batch: int = BATCH) -> int:
    """Write batches until it is `enough`; how many orders were written."""
    written = 0

    async def keep_writing(conn: asyncpg.Connection) -> None:
        nonlocal written
        ids = range(0)
        while not enough(written):
            if len(ids) < floor.ids_each * batch:
                block = cast(int, await conn.fetchval("select nextval('kernel.id_block')"))
                ids = range(block * BLOCK, block * BLOCK + BLOCK)
            statements = floor.statements(world, ids[: floor.ids_each * batch], batch)
            ids = ids[floor.ids_each * batch :]
            await conn.execute(f"begin; set local app.tenant = '{world.tenant_id}'")
            for sql, arguments in statements:
                await conn.execute(sql, world.tenant_id, *arguments)
            await conn.execute("commit")
            written += batch

    await asyncio.gather(*map(keep_writing, conns))
    return written


def _order_statements(world: World, ids: range, orders: int) -> list[Statement]:
    """Idempotency, event, head, 3 lines, payable, 3 holds, 3 account updates: what placing an order writes."""
    now = datetime.now(UTC)
    order_ids, event_ids, key_ids, line_ids = ids[:orders], ids[orders : 2 * orders], ids[2 * orders : 3 * orders], ids[3 * orders :]
    goods = _picked(world, orders, ORDER_LINES)
    of_line = [order_id for order_id in order_ids for _ in range(ORDER_LINES)]
    stock = stock_accounts(world)[0]
    accounts = [stock[no] for no in goods]
    totals, taxes = _per_order(map(price, goods), ORDER_LINES), _per_order(map(tax, goods), ORDER_LINES)
    nowhere = [None] * orders
    return [
        (_ADD, _net((account, 0, 1) for account in accounts)),
        (_HOLDS, (of_line, line_ids, accounts, SOLD.account_id, now + HOLD)),
        (_PLACED, (order_ids, [0] * orders, nowhere, nowhere, totals, taxes, [0] * orders,
                   "b2c.mall", world.mall_id, world.seller_id, ORDER_LINES, 0, now)),
        (_LINES, (of_line, line_ids, *_line_columns(world, goods, ORDER_LINES, world.mall_id),
                  [world.warehouse_id] * len(goods), world.seller_id, 0)),
        (_PAYABLES, (order_ids, totals, now + HOLD)),
        (_EVENTS, (event_ids, order_ids, _facts(world.mall_id, goods, ORDER_LINES), "order.placed.v1", "checkout.place", now)),
        (_ANSWERS, (_keys(key_ids), ORDER_ANSWER, "checkout.place", now)),
    ]  # fmt: skip


def _sale_statements(world: World, ids: range, sales: int) -> list[Statement]:
    """Idempotency, event, head, 10 lines, 2 tenders, entry, 13 transfers, 14 account updates: what ringing up a sale writes."""
    now = datetime.now(UTC)
    order_ids, event_ids, key_ids, tender_ids = ids[:sales], ids[sales : 2 * sales], ids[2 * sales : 3 * sales], ids[3 * sales : 5 * sales]
    line_ids = ids[5 * sales :]
    goods = _picked(world, sales, SALE_LINES)
    stores = [random.randint(1, world.stores) for _ in order_ids]
    of_line = [order_id for order_id in order_ids for _ in range(SALE_LINES)]
    store_of_line = [store for store in stores for _ in range(SALE_LINES)]
    stock = stock_accounts(world)
    totals, taxes = _per_order(map(price, goods), SALE_LINES), _per_order(map(tax, goods), SALE_LINES)
    cash, card = [total // 3 for total in totals], [total - total // 3 for total in totals]
    moves = [
        (order_id, no % SALE_LINES, stock[store][sku], SOLD.account_id, 1)
        for no, (order_id, store, sku) in enumerate(zip(of_line, store_of_line, goods, strict=True))
    ]
    for order_id, store, in_cash, by_card, of_tax in zip(order_ids, stores, cash, card, taxes, strict=True):
        money = money_accounts(world)[store]
        moves += [
            (order_id, SALE_LINES, money["revenue"], money["cash"], in_cash),
            (order_id, SALE_LINES + 1, money["revenue"], money["card"], by_card),
            (order_id, SALE_LINES + 2, money["tax"], money["revenue"], of_tax),
        ]
    tills = [world.till_id(store, random.randint(1, TILLS)) for store in stores]
    return [
        (_ADD, _net((account, sign * move[4], 0) for move in moves for account, sign in ((move[2], -1), (move[3], 1)))),
        (_ENTRIES, (order_ids, "sale.rung", now)),
        (_TRANSFERS, tuple(map(list, zip(*moves, strict=True)))),
        (_PLACED, (order_ids, [world.store_id(store) for store in stores], tills, [str(id_) for id_ in order_ids], totals, taxes, totals,
                   "store.pos", world.shops_id, world.seller_id, SALE_LINES, SALE_LINES, now)),
        (_LINES, (of_line, line_ids, *_line_columns(world, goods, SALE_LINES, world.shops_id),
                  [world.warehouse_id + store for store in store_of_line], world.seller_id, 1)),
        (_TENDERS, (tender_ids, [*order_ids, *order_ids], ["cash"] * sales + ["card"] * sales, cash + card, now)),
        (_EVENTS, (event_ids, order_ids, _facts(world.shops_id, goods, SALE_LINES), "sale.rung.v1", "till.sale", now)),
        (_ANSWERS, (_keys(key_ids), SALE_ANSWER, "till.sale", now)),
    ]  # fmt: skip


ORDERS = Floor(3 + ORDER_LINES, _order_statements)
SALES = Floor(5 + SALE_LINES, _sale_statements)


@cache
def stock_accounts(world: World) -> list[list[int]]:
    """The stock accounts by location (0 is the warehouse, then the shelves of each store) and SKU number."""

    def account_id(location: int, no: int) -> int:
        keys = {"location": world.warehouse_id + location, "owner": world.seller_id, "sku": world.sku_id(no)}
        return ledger.account_of("stock", keys, "").account_id

    return [[account_id(location, no) for no in range(world.skus + 1)] for location in range(world.stores + 1)]


@cache
def money_accounts(world: World) -> list[dict[str, int]]:
    """The money accounts of each store."""
    return [{name: account.account_id for name, account in _money(world, store).items()} for store in range(world.stores + 1)]


def _money(world: World, store: int) -> dict[str, ledger.Account]:
    keys = {"seller": world.seller_id, "place": world.store_id(store), "day": DAY}
    return {
        "revenue": ledger.account_of("revenue", keys, "CNY"),
        "tax": ledger.account_of("tax", keys, "CNY"),
        "cash": ledger.account_of("clearing", keys | {"method": "cash"}, "CNY"),
        "card": ledger.account_of("clearing", keys | {"method": "card"}, "CNY"),
    }


async def _open(conn: asyncpg.Connection, world: World) -> None:
    accounts = [SOLD, *(account for store in range(1, world.stores + 1) for account in _money(world, store).values())]
    async with conn.transaction():
        await conn.execute(f"set local app.tenant = '{world.tenant_id}'")
        rows = [(world.tenant_id, a.account_id, a.code, a.unit, a.tracked) for a in accounts]
        await conn.executemany(_OPEN, rows)


def _picked(world: World, orders: int, lines: int) -> list[int]:
    """SKU numbers, for every order as many different ones as it has lines."""
    return [no for _ in range(orders) for no in random.sample(range(1, world.skus + 1), lines)]


def _per_order(amounts: Iterable[int], lines: int) -> list[int]:
    return list(map(sum, zip(*[iter(amounts)] * lines, strict=True)))


def _net(changes: Iterable[tuple[int, int, int]]) -> tuple[list[int], list[int], list[int]]:
    """One change of posted and held per account, in account order: two batches cannot deadlock. The world outside keeps none."""
    net: dict[int, tuple[int, int]] = {}
    for account, posted, held in changes:
        if account == SOLD.account_id:
            continue
        so_far = net.get(account, (0, 0))
        net[account] = so_far[0] + posted, so_far[1] + held
    accounts = sorted(net)
    return accounts, [net[a][0] for a in accounts], [net[a][1] for a in accounts]


def _line_columns(world: World, goods: Sequence[int], lines: int, channel_id: int) -> tuple[list[int], ...]:
    """Line number, SKU, listing, price row, price, tax."""
    return (
        [at % lines + 1 for at in range(len(goods))],
        [world.sku_id(no) for no in goods],
        [world.listing_id(channel_id, no) for no in goods],
        [world.price_id(no) for no in goods],
        [price(no) for no in goods],
        [tax(no) for no in goods],
    )


def _facts(channel_id: int, goods: Sequence[int], lines: int) -> list[str]:
    """What the event of an order says."""
    return [
        json.dumps({"order_id": channel_id, "scene": "b2c.mall", "channel_id": channel_id, "store_id": channel_id, "member_id": None,
                    "currency": "CNY", "total": 1234, "lines": [(channel_id, 1, price(no)) for no in goods[at : at + lines]]})
        for at in range(0, len(goods), lines)
    ]  # fmt: skip


def _keys(ids: Iterable[int]) -> list[bytes]:
    """Idempotency keys fall anywhere, as hashes do."""
    return sorted(random.randbytes(8) + id_.to_bytes(8) for id_ in ids)


_OPEN = """
insert into ledger.account (tenant_id, account_id, code, unit, tracked) values ($1, $2, $3, $4, $5) on conflict do nothing
"""
_ADD = """
update ledger.account a set posted = a.posted + n.posted, held = a.held + n.held
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as n(account_id, posted, held)
 where a.tenant_id = $1 and a.account_id = n.account_id
"""
_HOLDS = """
insert into ledger.hold (tenant_id, group_id, hold_id, account_id, to_account_id, amount, expires_at)
select t.tenant_id, h.group_id, h.hold_id, h.account_id, $5, 1, $6
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::bigint[]) as h(group_id, hold_id, account_id)
 where t.tenant_id = $1
"""
_ENTRIES = """
insert into ledger.entry (tenant_id, entry_id, rule, subject_id, at)
select t.tenant_id, e.id, $3, e.id, $4 from kernel.tenant t, unnest($2::bigint[]) as e(id) where t.tenant_id = $1
"""
_TRANSFERS = """
insert into ledger.transfer (tenant_id, entry_id, transfer_no, from_account, to_account, amount)
select t.tenant_id, x.entry_id, x.transfer_no, x.from_account, x.to_account, x.amount
  from kernel.tenant t,
       unnest($2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[])
           as x(entry_id, transfer_no, from_account, to_account, amount)
 where t.tenant_id = $1
"""
_PLACED = f"""
insert into orders.placed (tenant_id, order_id, scene, plan_version, channel_id, store_id, seller_id, currency, business_day, device_id,
                           receipt_no, gross, discount, tax, total, paid, units, units_shipped, placed_at)
select t.tenant_id, o.order_id, $9, $9 || '@00000000', $10, o.store_id, $11, 'CNY', {DAY}, o.device_id,
       o.receipt_no, o.total, 0, o.tax, o.total, o.paid, $12, $13, $14
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
           as o(order_id, store_id, device_id, receipt_no, total, tax, paid)
 where t.tenant_id = $1
"""  # noqa: S608 - a day
_LINES = """
insert into orders.line (tenant_id, order_id, line_id, line_no, sku_id, listing_id, owner_id, location_id, tax_class, tax_bp, price_id,
                         price_source, unit_price, price_per, quantity, gross, discount, tax, payable, shipped)
select t.tenant_id, l.order_id, l.line_id, l.line_no, l.sku_id, l.listing_id, $11, l.location_id, 'standard', 1300, l.price_id,
       'base', l.price, 1, 1, l.price, 0, l.tax, l.price, $12
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
              $10::bigint[])
           as l(order_id, line_id, line_no, sku_id, listing_id, price_id, price, tax, location_id)
 where t.tenant_id = $1
"""
_PAYABLES = """
insert into orders.payable (tenant_id, order_id, payable_no, amount, due_at)
select t.tenant_id, p.order_id, 1, p.amount, $4
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[]) as p(order_id, amount)
 where t.tenant_id = $1
"""
_TENDERS = """
insert into payment.tender (tenant_id, tender_id, order_id, method, currency, amount, state, started_at, settled_at)
select t.tenant_id, p.tender_id, p.order_id, p.method, 'CNY', p.amount, 'captured', $6, $6
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[]) as p(tender_id, order_id, method, amount)
 where t.tenant_id = $1
"""
_EVENTS = """
insert into kernel.event (tenant_id, event_id, type, subject_id, actor, facts, flow, at)
select t.tenant_id, e.event_id, $5, e.subject_id, 'app:2', e.facts, $6, $7
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::json[]) as e(event_id, subject_id, facts)
 where t.tenant_id = $1
"""
_ANSWERS = """
insert into kernel.idempotency (tenant_id, key, fingerprint, answer, flow, at)
select t.tenant_id, k.key, k.key, $3, $4, $5 from kernel.tenant t, unnest($2::bytea[]) as k(key) where t.tenant_id = $1
"""
