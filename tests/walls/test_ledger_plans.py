"""How PostgreSQL runs the book's hot statements: row by row through the keys, in the order of the arrays.

That is what makes a batch cost what it carries and not what the tables hold, and what makes locks be taken in one order.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.book import NOON

from jiutong.cli.address import Address
from jiutong.cli.locks import FileLock
from jiutong.kernel.db import HOT_PLANNER
from jiutong.ledger import store

MANY = 20_000
Plan = dict[str, Any]


@pytest.fixture(scope="module")
async def young_url(server_url: str, admin_url: str, worker_id: str) -> str:
    """A database as a fresh installation has it: nobody has traded in it, nothing was analyzed. `admin_url` has made its template."""
    own = f"jiutong_plans_{worker_id}"
    conn = await asyncpg.connect(server_url)
    try:
        with FileLock(Path(os.environ["JIUTONG_TEST_FOLDER"]) / "template").alone():
            await conn.execute(f"drop database if exists {own}")
            await conn.execute(f"create database {own} template jiutong_template")
    finally:
        await conn.close()
    return Address(server_url).database_named(own)


@pytest.fixture(scope="module", params=["analyzed", "not yet analyzed"])
async def conn(request: pytest.FixtureRequest, young_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The application's session on a book of many rows, which are gone afterwards."""
    conn = await asyncpg.connect(young_url, server_settings=HOT_PLANNER, statement_cache_size=0)
    await conn.execute("begin")
    await conn.execute(f"{_TENANT}; {_ACCOUNTS}; {_HOLDS}")
    if request.param == "analyzed":
        await conn.execute("analyze ledger.account, ledger.hold, kernel.tenant")
    await conn.execute("set local role jiutong_app; set local app.tenant = '-1'")
    yield conn
    await conn.execute("rollback")
    await conn.close()


@pytest.mark.parametrize(
    ("name", "arguments", "looked_up"),
    [
        ("_TAKE", ["{1,2}", "{0,0}", "{1,1}", "{-1,-1}"], {"account": 2}),
        ("_ADD", ["{1,2}", "{0,0}", "{1,1}"], {"account": 1}),
        ("_SETTLE_HOLDS", ["{1,2}", "{1,2}", "{1,2}", "{1,1}", "{0,0}"], {"hold": 1}),
        ("_LOCK_HOLDS", ["{1,2}"], {"hold": 1}),
        ("_KEEP_HOLDS", ["{1,2}"], {"hold": 1}),
        ("_RECORD_HOLDS", ["{3}", "{3}", "{3}", "{3}", "{3}", "{NULL}"], {"tenant": 1}),
        ("_RECORD_ENTRIES", ["{3}", "{x}", "{3}", "{NULL}", str(NOON)], {"tenant": 1}),
        ("_RECORD_TRANSFERS", ["{3}", "{0}", "{1}", "{2}", "{3}"], {"tenant": 1}),
        ("_OPEN", ["{3}", "{x}", "{x}", "{0}", "{t}"], {"account": 1, "tenant": 1}),
        ("_BALANCES", ["{1,2}"], {"account": 1}),
    ],
)
async def test_rows_are_found_one_by_one_through_the_key(
    conn: asyncpg.Connection, name: str, arguments: list[str], looked_up: dict[str, int]
) -> None:
    nodes = list(walked(await plan(conn, getattr(store, name), arguments)))
    scans = [node for node in nodes if "Relation Name" in node and node["Node Type"] != "ModifyTable"]
    assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan"}
    assert {node["Relation Name"]: sum(other["Relation Name"] == node["Relation Name"] for other in scans) for node in scans} == looked_up
    assert [node["Node Type"] for node in nodes if "Hash" in node["Node Type"] or "Merge" in node["Node Type"]] == []
    for scan in scans:
        key = {"account": "account_id", "hold": "group_id", "tenant": "tenant_id"}[scan["Relation Name"]]
        assert f"({key} = " in scan["Index Cond"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("_TAKE", ["{1,2}", "{0,0}", "{1,1}", "{-1,-1}"]),
        ("_ADD", ["{1,2}", "{0,0}", "{1,1}"]),
        ("_SETTLE_HOLDS", ["{1,2}", "{1,2}", "{1,2}", "{1,1}", "{0,0}"]),
    ],
)
async def test_locks_are_taken_in_the_order_of_the_arrays(conn: asyncpg.Connection, name: str, arguments: list[str]) -> None:
    """The array (or what was read from it) drives the loop; the table is looked up inside it, and nothing sorts in between."""
    nodes = list(walked(await plan(conn, getattr(store, name), arguments)))
    loops = [node["Plans"] for node in nodes if node["Node Type"] == "Nested Loop" and tables(node["Plans"][1]) != []]
    assert [tables(outer) for outer, _ in loops] == [[]] * len(loops)
    assert len(loops) == (2 if name == "_TAKE" else 1)
    assert [node for node in nodes if "Sort" in node["Node Type"]] == []


async def test_holds_of_groups_are_locked_in_the_order_of_their_key(conn: asyncpg.Connection) -> None:
    top = await plan(conn, store._LOCK_HOLDS, ["{1,2}"])
    ordered = [node["Node Type"] for node in walked(top)]
    assert ordered[0] == "LockRows"
    scan = next(node for node in walked(top) if node["Node Type"] == "Index Scan")
    assert (scan["Index Name"], scan["Scan Direction"]) == ("hold_pkey", "Forward")


async def plan(conn: asyncpg.Connection, sql: str, arguments: list[str]) -> Plan:
    """The generic plan the application's sessions would keep for a statement."""
    await conn.execute(f"deallocate all; prepare hot as {sql}")
    given = ", ".join(f"'{argument}'" for argument in arguments)
    [row] = await conn.fetch(f"explain (costs off, format json) execute hot(-1, {given})")
    return json.loads(row[0])[0]["Plan"]


def walked(top: Plan) -> Iterator[Plan]:
    yield top
    for below in top.get("Plans", []):
        yield from walked(below)


def tables(top: Plan) -> list[str]:
    return [node["Relation Name"] for node in walked(top) if "Relation Name" in node]


_TENANT = "insert into kernel.tenant (tenant_id, code, name, created_at) values (-1, 'many', 'Many', now())"
_ACCOUNTS = f"""
insert into ledger.account (tenant_id, account_id, code, unit, floor, tracked)
select -1, i, 'stock:1:1:' || i, 'sku:' || i, 0, true from generate_series(1, {MANY}) i
"""
_HOLDS = f"""
insert into ledger.hold (tenant_id, group_id, hold_id, account_id, to_account_id, amount)
select -1, i, i, i, 0, 1 from generate_series(1, {MANY}) i
"""
