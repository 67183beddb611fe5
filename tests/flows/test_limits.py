"""How much may be asked, and what an operator sees of it."""

import asyncio
import importlib
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import httpx2
import msgspec
import pytest
from tests.shop import Shop, basket, refused, shop
from tests.world import NOON, Served, World, new_world, served, world

from jiutong.api import ROUTES, bodies
from jiutong.api.attempts import SECOND_NS, Attempts
from jiutong.api.call import House
from jiutong.api.hot import Front
from jiutong.api.problems import TOO_MANY
from jiutong.api.shell import litestar
from jiutong.app import assemble, create_app
from jiutong.capabilities.member import Recognize
from jiutong.capabilities.pricing import SetPrice
from jiutong.cli import serving
from jiutong.cli.migrations import head
from jiutong.flows.checkout import Placed
from jiutong.flows.find_member import recognize
from jiutong.kernel.clock import SystemClock
from jiutong.kernel.config import Config
from jiutong.kernel.errors import Problem
from jiutong.kernel.points import Point
from jiutong.kernel.runner import Call

__all__ = ["served", "shop", "world"]
PAGE = Path(__file__).parents[2] / "docs" / "limits.md"


class TestBuckets:
    def test_so_many_at_once_and_then_as_they_come_back(self) -> None:
        now = 0
        bucket = Attempts(3, 60, TOO_MANY, lambda: now)
        assert [(left.tokens, left.full_in_s) for left in (bucket.take("a") for _ in range(3))] == [(2, 20), (1, 40), (0, 60)]
        assert self.waits(bucket) == 20
        now = 19 * SECOND_NS
        assert self.waits(bucket) == 1
        now = 20 * SECOND_NS
        assert bucket.take("a").tokens == 0
        assert self.waits(bucket) == 20
        now = 500 * SECOND_NS
        assert bucket.take("a").tokens == 2

    def test_each_name_has_its_own_and_can_be_forgiven(self) -> None:
        bucket = Attempts(1, 1, TOO_MANY, lambda: 0)
        assert (bucket.take("a").tokens, bucket.take("b").tokens) == (0, 0)
        bucket.forget("a")
        assert bucket.take("a").tokens == 0
        assert self.waits(bucket) == 1

    @pytest.mark.parametrize("tokens", [1, 3, 7, 1_000_000])
    def test_never_more_than_that_at_once(self, tokens: int) -> None:
        bucket = Attempts(tokens, 1, TOO_MANY, lambda: 0)
        assert [bucket.take("a").tokens for _ in range(min(tokens, 10))] == [tokens - 1 - i for i in range(min(tokens, 10))]
        if tokens < 10:
            assert self.waits(bucket) == 1

    def waits(self, bucket: Attempts) -> int:
        with pytest.raises(Problem) as waits:
            bucket.take("a")
        return waits.value.facts["retry_after_s"]


@asynccontextmanager
async def changed(served: Served, **other: object) -> AsyncIterator[httpx2.AsyncClient]:
    """The same house with something else about it."""
    house: House = msgspec.structs.replace(served.house, **other)
    app = Front(house, ROUTES, litestar(house, ROUTES, lambda _: nullcontext()))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver.local") as client:
        yield client


def limited(served: Served, tokens: int) -> AbstractAsyncContextManager[httpx2.AsyncClient]:
    """The same house with a limit per key."""
    return changed(served, rate=Attempts(tokens, 3600, TOO_MANY, lambda: 0))


class TestReady:
    async def test_it_is_ready_on_the_tables_it_is_written_for(self, served: Served) -> None:
        async with changed(served, version_needed=head()) as client:
            told = await client.get("/ready")
        assert (told.status_code, told.json()) == (200, {"migration": head()})

    async def test_on_any_other_it_is_not(self, served: Served) -> None:
        async with changed(served, version_needed="9999") as client:
            told = await client.get("/ready")
        assert (told.status_code, told.json()["code"], told.headers["retry-after"]) == (503, "service.unavailable", "5")
        assert told.json()["detail"] == f"the database is at version {head()}, this needs 9999"

    def test_a_server_process_is_told_what_it_needs(self) -> None:
        made = serving.application()
        assert (made.func, made.keywords) == (create_app, {"version_needed": head()})


class TestRate:
    def test_it_is_off_unless_set(self) -> None:
        parts = {"database_url": "postgresql:///", "secret": "0" * 64}
        assert assemble(Config(**parts), SystemClock()).rate is None
        rate = assemble(Config(**parts, rate_per_s=50), SystemClock()).rate
        assert rate is not None
        assert rate.policy == "q=50;w=1"

    async def test_without_a_limit_nothing_is_told_of_one(self, world: World) -> None:
        told = await world.get("/v1/me")
        assert [name for name in told.headers if name.startswith("ratelimit")] == []

    @pytest.mark.parametrize("path", ["/v1/channels", "/v1/orders/ord_0000000000000"])
    async def test_a_key_is_told_what_is_left_and_then_to_wait(self, world: World, path: str) -> None:
        bearer = {"authorization": f"Bearer {world.key}"}
        async with limited(world.served, 2) as client:
            seen = [await client.get(path, headers=bearer) for _ in range(3)]
        assert [told.headers["ratelimit"] for told in seen] == ['"key";r=1;t=1800', '"key";r=0;t=3600', '"key";r=0;t=1800']
        assert {told.headers["ratelimit-policy"] for told in seen} == {'"key";q=2;w=3600'}
        assert (seen[2].status_code, seen[2].json()["code"], seen[2].headers["retry-after"]) == (429, "request.too_many", "1800")
        assert seen[2].headers["x-request-id"] == seen[2].json()["request_id"]

    async def test_each_key_and_each_company_for_itself(self, world: World, admin_url: str) -> None:
        other, neighbor = await world.key_with("*"), (await new_world(world.served, admin_url)).key
        async with limited(world.served, 1) as client:
            for key in (world.key, other, neighbor):
                told = [await client.get("/v1/me", headers={"authorization": f"Bearer {key}"}) for _ in range(2)]
                assert [one.status_code for one in told] == [200, 429]

    async def test_who_is_nobody_is_not_counted(self, world: World) -> None:
        async with limited(world.served, 1) as client:
            told = [await client.get("/health") for _ in range(3)]
            assert [one.status_code for one in told] == [200, 200, 200]


class TestWhatNothingCouldHold:
    @pytest.mark.parametrize(
        ("path", "pointer"),
        [
            ("/v1/stock?available_below=9223372036854775808", "/available_below"),
            ("/v1/stock?available_below=-9223372036854775809", "/available_below"),
            ("/v1/orders?placed_from=0001-01-01T00:00:00%2B14:00", "/placed_from"),
            ("/v1/orders?placed_to=9999-12-31T23:59:59-14:00", "/placed_to"),
            ("/v1/orders?placed_to=2026-11-22T12:00:00", "/placed_to"),
            ("/v1/prices/explain?sku=a&channel=mall&at=2026-11-22T12:00:00", "/at"),
            ("/v1/prices/explain?sku=a&channel=mall&at=9999-12-31T23:59:59-14:00", "/at"),
        ],
    )
    async def test_a_question_is_refused_where_it_is_wrong(self, world: World, path: str, pointer: str) -> None:
        told = await world.get(path)
        assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, pointer)

    @pytest.mark.parametrize(
        ("title", "outcome"), [("9999-12-31T23:59:59-14:00", "refused"), ("9999-12-31T23:59:59Z", "kept"), ("0001-01-01", "kept")]
    )
    def test_an_instant_outside_the_calendar_is_pointed_at(self, title: str, outcome: str) -> None:
        body = msgspec.json.encode({"lines": [{"at": title}]})
        if outcome == "kept":
            assert bodies.decoded(body, msgspec.json.Decoder()) == {"lines": [{"at": title}]}
            return
        with pytest.raises(Problem) as pointed:
            bodies.decoded(body, msgspec.json.Decoder())
        assert pointed.value.errors[0].pointer == "/lines/0/at"

    async def test_an_order_is_worth_no_more_than_can_be_booked(self, shop: Shop) -> None:
        await shop.price(SetPrice("salt", 10**12))
        (most,) = await shop.quote(basket(("salt", 900)))
        assert isinstance(most, Placed)
        assert most.total == 974_250_000_000_000
        over = await shop.place(basket(("salt", 1000)))
        assert refused(over) == ("order.too_much", "/lines")


class TestMeters:
    async def test_batches_and_their_commands_are_counted(self, world: World) -> None:
        before = await meters(world.served)
        await world.served.house.runner.run_all(recognize, [Call(card(n), world.scope) for n in range(5)], [None] * 5)
        after = await meters(world.served)
        assert [after[name] - before[name] for name in ("jiutong_batches_total", "jiutong_commands_total")] == [1, 5]
        assert [after[name] for name in ("jiutong_queue_length", "jiutong_batches_in_flight")] == [0, 0]

    async def test_who_waits_and_what_is_under_way_is_seen(self, world: World) -> None:
        house = world.served.house
        seen: set[tuple[int, int, int]] = set()
        house.db.boundary = lambda _: seen.add((house.runner.waiting, house.runner.in_flight, house.db.in_use()["hot"]))
        tasks = [asyncio.create_task(house.runner.run(recognize, card(n), world.scope)) for n in range(3)]
        await asyncio.sleep(0)
        assert house.runner.waiting == 3
        await asyncio.gather(*tasks)
        house.db.boundary = lambda _: None
        assert seen == {(0, 1, 1)}

    async def test_connections_in_use_are_seen_by_pool(self, world: World) -> None:
        async with world.served.house.db.reading(world.tenant.tenant_id, NOON):
            during = await meters(world.served)
        after = await meters(world.served)
        name = 'jiutong_connections_in_use{pool="%s"}'
        assert [(one[name % "hot"], one[name % "read"]) for one in (during, after)] == [(0, 1), (0, 0)]


def card(number: int) -> Recognize:
    return Recognize("card", f"{number:08}")


ROWS = re.findall(r"^\|.*?\| ([\d,]+)[^|]*\|[^|]*\| \[[^\]]*\]\(\.\./(\S+)\) `([\w.]+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)


class TestThePage:
    @pytest.mark.parametrize(("shown", "path", "name"), ROWS, ids=[row[2] for row in ROWS])
    def test_it_shows_the_limit_that_is_set(self, shown: str, path: str, name: str) -> None:
        module = importlib.import_module(path.removeprefix("src/").removesuffix(".py").replace("/", "."))
        assert int(shown.replace(",", "")) == limit_of(module, name)

    def test_every_row_was_read(self) -> None:
        page = PAGE.read_text("utf-8")
        assert len(ROWS) == page.count("](../src/")
        assert len(ROWS) == len(re.findall(r"^\| .*\d", page, re.MULTILINE))


def limit_of(module: ModuleType, name: str) -> int:
    """What a module sets: a number, a time in days or seconds, a point's default, a setting's default, the most a field takes."""
    owner, _, field = name.rpartition(".")
    if owner == "Config":
        return getattr(Config(), field)
    if owner:
        return most_of(get_type_hints(getattr(module, owner), include_extras=True)[field])
    match getattr(module, name):
        case timedelta() as time:
            return time.days or time.seconds
        case Point() as point:
            return point.default
        case number:
            return number


def most_of(hint: Any) -> int:
    """The bound in a field's type."""
    (meta,) = [one for one in hint.__metadata__ if isinstance(one, msgspec.Meta)]
    most = meta.max_length or meta.le
    assert isinstance(most, int)
    return most


async def meters(served: Served) -> dict[str, int]:
    """What the meters show, by name and labels."""
    told = (await served.ask("GET", "/metrics")).text
    return {name: int(float(value)) for name, value in (line.rsplit(" ", 1) for line in told.splitlines() if line.startswith("jiutong_"))}
