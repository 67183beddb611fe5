"""The tour of an order line is true: every block of it is done, in order, in a company of its own, and answers what it says."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from tests.world import World, served, world

from jiutong.cli import verify
from jiutong.cli.database import Ready

__all__ = ["served", "world"]
PAGE = Path(__file__).parents[2] / "docs" / "tour-of-an-order-line.md"
LINES_MAX = 200
ANSWERED_BY = {"http": "json", "sql": "text", "sh": "json"}
NAME = re.compile(r"\$([a-z_]+)")
HEADER = re.compile(r"([A-Z][\w-]+): (.*)\n")
Told = dict[str, str]


class Block(msgspec.Struct, frozen=True):
    """A fenced block of the page: what kind it is, where, and what it says."""

    kind: str
    line: int
    text: str


class Step(msgspec.Struct, frozen=True):
    """Something asked, and what is answered."""

    asked: Block
    expected: Block


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page."""
    found = re.finditer(r"^```(\w*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [Block(one[1], page.count("\n", 0, one.start()) + 1, one[2]) for one in found]


def steps(found: Sequence[Block]) -> list[Step]:
    """What the page asks, each with its answer; a block that is neither would be checked by nobody."""
    pairs = [Step(*pair) for pair in zip(found[::2], found[1::2], strict=True)]
    for step in pairs:
        assert ANSWERED_BY.get(step.asked.kind) == step.expected.kind, f"line {step.asked.line}: nobody checks this block"
    return pairs


def filled(text: str, told: Told) -> str:
    """The text with the names told so far in place of `$name`."""
    return NAME.sub(lambda name: told[name[1]], text)


def asked(text: str) -> tuple[str, str, dict[str, str], object]:
    """A request: the method and path, headers if any, and a JSON body if any."""
    head, _, rest = text.partition("\n")
    method, path = head.split(" ")
    headers: dict[str, str] = {}
    while header := HEADER.match(rest):
        headers[header[1].lower().replace("-", "_")] = header[2]
        rest = rest[header.end() :]
    return method, path, headers, json.loads(rest) if rest else None


def compared(expected: Any, answered: Any, where: str, told: Told) -> list[str]:
    """Where an answer is not what was expected, which may leave members out. A `$name` never told before is told now."""
    match expected:
        case str() if (name := NAME.fullmatch(expected)) and name[1] not in told:
            told[name[1]] = str(answered)
            return []
        case str() if NAME.search(expected):
            return compared(filled(expected, told), answered, where, told)
        case dict() if isinstance(answered, dict):
            return [
                wrong
                for member, inner in expected.items()
                for wrong in compared(inner, answered.get(member, "nothing"), f"{where}/{member}", told)
            ]
        case list() if isinstance(answered, list) and len(expected) == len(answered):
            pairs = zip(expected, answered, strict=True)
            return [wrong for i, (one, other) in enumerate(pairs) for wrong in compared(one, other, f"{where}/{i}", told)]
    same = (type(expected), expected) == (type(answered), answered)
    return [] if same else [f"{where}: {json.dumps(answered, ensure_ascii=False)} instead of {json.dumps(expected, ensure_ascii=False)}"]


def cells(table: str) -> list[list[str]]:
    """The rows of a table as psql draws it, its heading first."""
    return [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if not set(line) <= set("-+")]


async def answer(step: Step, told: Told, world: World, admin_url: str, database_url: str) -> list[str]:
    """Do one step; what of its answers is not as the page says."""
    if step.asked.kind == "sql":
        return compared(cells(step.expected.text), await seen(database_url, world.tenant.tenant_id, step.asked.text), "", told)
    expected = [json.loads(line) for line in step.expected.text.splitlines()]
    if step.asked.kind == "sh":
        assert filled(step.asked.text, told) == f"./jt verify --tenant {world.tenant.code} --json\n"
        health = await verify.health_of(Ready(database_url, admin_url), world.tenant.code)
        return compared(expected, [msgspec.to_builtins(health)], "", told)
    requests = step.asked.text.split("\n\n")
    assert len(requests) == len(expected)
    wrong: list[str] = []
    for i, (request, wanted) in enumerate(zip(requests, expected, strict=True)):
        method, path, headers, body = asked(filled(request, told))
        answered = (await world.served.ask(method, path, body, world.key, **headers)).json()
        wrong += compared(wanted, answered, f"/{i}", told)
    return wrong


async def seen(database_url: str, tenant_id: int, sql: str) -> list[list[str]]:
    """What a statement shows the tenant, its heading first."""
    conn = await asyncpg.connect(database_url)
    try:
        async with conn.transaction(readonly=True):
            await conn.execute(f"set local app.tenant = '{tenant_id:d}'")
            statement = await conn.prepare(sql)
            rows = [["" if cell is None else str(cell) for cell in row] for row in await statement.fetch()]
            return [[column.name for column in statement.get_attributes()], *rows]
    finally:
        await conn.close()


async def toured(page: str, world: World, admin_url: str, database_url: str) -> tuple[Told, list[str]]:
    """The names told on a tour, and everything that was not as the page says, up to the first step that failed."""
    told: Told = {"tenant": world.tenant.code}
    for step in steps(blocks(page)):
        wrong = await answer(step, told, world, admin_url, database_url)
        if wrong:
            return told, [f"line {step.expected.line}: {one}" for one in wrong]
    return told, []


async def test_the_tour_is_true(world: World, admin_url: str, database_url: str) -> None:
    told, wrong = await toured(PAGE.read_text("utf-8"), world, admin_url, database_url)
    assert wrong == []
    assert told.keys() == {"tenant", "receipt", "order", "work", "shipment", "return"}


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ('```http\nGET /health\n```\n```json\n{"alive": false}\n```\n', ["line 4: /0/alive: true instead of false"]),
        ('```http\nGET /health\n```\n```json\n{"dead": 1}\n```\n', ['line 4: /0/dead: "nothing" instead of 1']),
        ("```sql\nselect 1 as a\n```\n```text\n a\n---\n 2\n```\n", ['line 4: /1/0: "1" instead of "2"']),
        ("```sql\nselect 1 as a\n```\n```text\n a\n---\n```\n", ['line 4: : [["a"], ["1"]] instead of [["a"]]']),
    ],
)
async def test_a_page_that_is_wrong_is_told_where(page: str, wrong: list[str], world: World, admin_url: str, database_url: str) -> None:
    assert (await toured(page, world, admin_url, database_url))[1] == wrong


@pytest.mark.parametrize("page", ["```http\nGET /health\n```\n```text\nyes\n```\n", "```\nx\n```\n```json\n1\n```\n", "```json\n1\n```\n"])
def test_no_block_goes_unchecked(page: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        steps(blocks(page))


def test_the_tour_is_short() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count("\n") <= LINES_MAX
    assert page.count("```") == 2 * len(blocks(page))
    assert NAME.search(page) is not None
