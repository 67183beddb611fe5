"""Receipts, adjustments, counts, locations and sources: through the runner, on exact rows and events."""

import pytest
from tests.book import database
from tests.shelves import CHANNEL, OTHER, OWNER, RICE, SALT, TEA, Company, company

from jiutong.capabilities import inventory
from jiutong.capabilities.inventory import (
    AdjustmentLine,
    AdjustStock,
    CountLine,
    CountStock,
    LocationWritten,
    NamedLocation,
    NamedSources,
    PaperBooked,
    PutLocation,
    ReceiptLine,
    ReceiveStock,
    ResolveShortage,
    ShortageResolved,
    SourcesSet,
)
from jiutong.flows.adjust_stock import adjust_stock, resolve_shortage
from jiutong.flows.count_stock import count_stock
from jiutong.flows.maintain_locations import put_location, set_sources
from jiutong.flows.receive_stock import receive_stock
from jiutong.kernel.errors import STALE, Problem, ProblemType
from jiutong.kernel.runner import Call
from jiutong.kernel.scope import Scope

__all__ = ["company", "database"]

OWNERS = "select distinct owner_id from inventory.movement_line where tenant_id = $1"


def receipt(*amounts: tuple[str, int], at: str = "dc", owner: str | None = None) -> ReceiveStock:
    return ReceiveStock(at, tuple(ReceiptLine(sku, units) for sku, units in amounts), owner, "opening", "DN 7")


def adjustment(reason: str, *changes: tuple[str, int], at: str = "dc", owner: str | None = None) -> AdjustStock:
    return AdjustStock(at, tuple(AdjustmentLine(sku, units) for sku, units in changes), reason, owner)  # type: ignore[arg-type]


def count(*counts: tuple[str, int], at: str = "dc", full: bool = False, owner: str | None = None) -> CountStock:
    return CountStock(at, tuple(CountLine(sku, units) for sku, units in counts), "full" if full else "cycle", owner)


def told(refusal: object) -> tuple[ProblemType, str]:
    assert isinstance(refusal, Problem)
    return refusal.type, refusal.errors[0].pointer


class TestReceive:
    async def test_a_receipt_is_told_announced_and_repeated_by_its_key(self, company: Company) -> None:
        booked = await company.run(receive_stock, receipt(("tea", 7), ("rice", 3)), "k1")
        assert booked == PaperBooked(booked.paper_id, "dc", "opening", "DN 7", 2, 10, 0)
        assert await company.run(receive_stock, receipt(("tea", 7), ("rice", 3)), "k1") == booked
        assert await company.stock(company.dc, TEA, RICE) == [(7, 0), (3, 0)]
        facts = {"paper_id": booked.paper_id, "location": "dc", "reason": "opening", "reference": "DN 7", "lines": 2, "more": 10, "less": 0}
        assert await company.events("stock.received.v1") == [("stock.received.v1", booked.paper_id, facts)]

    async def test_whose_stock_it_is_follows_where_it_can_only_be_one(self, company: Company) -> None:
        await company.run(receive_stock, receipt(("tea", 1)))
        await company.run(receive_stock, receipt(("salt", 1), at="shop"))
        assert await company.rows(OWNERS) == [(OWNER,)]
        await company.run(receive_stock, receipt(("salt", 1), owner="other"))
        assert sorted(await company.rows(OWNERS)) == [(OWNER,), (OTHER,)]

    @pytest.mark.parametrize(
        ("wish", "why", "where"),
        [
            (receipt(("tea", 1), at="none"), inventory.UNKNOWN_LOCATION, "/location"),
            (receipt(("tea", 1), ("none", 1)), inventory.UNKNOWN_SKU, "/lines/1/sku"),
            (receipt(("tea", 1), owner="none"), inventory.UNKNOWN_OWNER, "/owner"),
            (receipt(("salt", 1)), inventory.OWNER_UNCLEAR, "/owner"),
        ],
    )
    async def test_what_cannot_be_resolved_is_refused_where_it_stands(
        self, company: Company, wish: ReceiveStock, why: ProblemType, where: str
    ) -> None:
        assert told(await company.run(receive_stock, wish)) == (why, where)
        assert await company.rows("select paper_id from inventory.movement_paper where tenant_id = $1") == []

    async def test_receipts_of_one_batch_stand_each_for_itself(self, company: Company) -> None:
        scope = Scope(company.tenant_id, "staff:1", frozenset())
        wishes = [receipt(("tea", 1)), receipt(("none", 1)), receipt(("tea", 2))]
        answers = await company.runner.run_all(receive_stock, [Call(wish, scope) for wish in wishes], [None, None, None])
        assert [isinstance(answer, Problem) for answer in answers] == [False, True, False]
        assert await company.stock(company.dc, TEA) == [(3, 0)]

    async def test_a_receipt_at_the_shop_settles_its_shortages(self, company: Company) -> None:
        order_id = await company.sell(company.shop, TEA, 3)
        await company.run(receive_stock, receipt(("tea", 3), at="shop"))
        assert await company.shortages() == [(TEA, order_id, 3, True)]


class TestAdjust:
    async def test_a_reason_goes_with_what_it_can_mean(self, company: Company) -> None:
        await company.run(receive_stock, receipt(("tea", 9)))
        booked = await company.run(adjust_stock, adjustment("damaged", ("tea", -2)))
        assert booked == PaperBooked(booked.paper_id, "dc", "damaged", "", 1, 0, 2)
        assert [event[:2] for event in await company.events("stock.adjusted.v1")] == [("stock.adjusted.v1", booked.paper_id)]
        assert told(await company.run(adjust_stock, adjustment("theft", ("tea", 2)))) == (inventory.REASON_DIRECTION, "/lines/0/change")
        assert told(await company.run(adjust_stock, adjustment("found", ("tea", -2)))) == (inventory.REASON_DIRECTION, "/lines/0/change")
        assert told(await company.run(adjust_stock, adjustment("correction", ("tea", 0)))) == (inventory.NOTHING_CHANGES, "/lines/0/change")
        await company.run(adjust_stock, adjustment("correction", ("tea", -1), ("rice", 4)))
        assert await company.stock(company.dc, TEA, RICE) == [(6, 0), (4, 0)]

    async def test_what_is_held_cannot_be_taken_and_what_is_free_is_told(self, company: Company) -> None:
        await company.run(receive_stock, receipt(("tea", 9)))
        await company.claim(company.dc, TEA, 4)
        refusal = await company.run(adjust_stock, adjustment("lost", ("tea", -6)))
        assert told(refusal) == (inventory.NOT_FREE, "/lines/0/change")
        assert refusal.facts == {"free": 5, "held": 4}
        assert await company.stock(company.dc, TEA) == [(9, 4)]
        assert await company.events("stock.adjusted.v1") == []

    async def test_a_shortage_is_settled_by_hand_once_and_with_a_reason(self, company: Company) -> None:
        await company.sell(company.shop, TEA, 3)
        ((id_,),) = await company.rows("select shortage_id from inventory.shortage where tenant_id = $1")
        assert isinstance(id_, int)
        wish = ResolveShortage(id_, "delivered unbooked")
        assert await company.run(resolve_shortage, wish) == ShortageResolved(id_, "delivered unbooked")
        refusal = await company.run(resolve_shortage, wish)
        assert refusal.type is inventory.SHORTAGE_GONE
        facts = {"shortage_id": id_, "reason": "delivered unbooked"}
        assert await company.events("shortage.resolved.v1") == [("shortage.resolved.v1", id_, facts)]


class TestCount:
    async def test_a_count_makes_the_book_say_what_was_found(self, company: Company) -> None:
        await company.run(receive_stock, receipt(("tea", 9), ("rice", 2)))
        booked = await company.run(count_stock, count(("tea", 7), ("rice", 5)))
        assert booked == PaperBooked(booked.paper_id, "dc", "cycle", "", 2, 3, 2)
        assert await company.stock(company.dc, TEA, RICE) == [(7, 0), (5, 0)]
        assert [event[:2] for event in await company.events("stock.counted.v1")] == [("stock.counted.v1", booked.paper_id)]

    async def test_a_full_count_leaves_nothing_it_does_not_name(self, company: Company) -> None:
        await company.run(receive_stock, receipt(("tea", 9), ("rice", 2)))
        await company.run(receive_stock, receipt(("tea", 5), owner="other"))
        booked = await company.run(count_stock, count(("tea", 9), full=True))
        assert booked == PaperBooked(booked.paper_id, "dc", "full", "", 2, 0, 2)
        others = inventory.stock_account(company.dc, OTHER, TEA)
        assert (await company.stock(company.dc, TEA, RICE), await company.shows(others)) == ([(9, 0), (0, 0)], [(5, 0)])

    async def test_a_full_count_of_nothing_needs_an_owner(self, company: Company) -> None:
        await company.run(receive_stock, receipt(("tea", 9)))
        assert told(await company.run(count_stock, count(full=True))) == (inventory.OWNER_UNCLEAR, "/owner")
        booked = await company.run(count_stock, count(full=True, owner="main"))
        assert (booked.more, booked.less) == (0, 9)

    async def test_what_is_held_must_be_there(self, company: Company) -> None:
        await company.run(receive_stock, receipt(("tea", 9), ("rice", 2)))
        await company.claim(company.dc, TEA, 4)
        refusal = await company.run(count_stock, count(("rice", 1), ("tea", 3)))
        assert (told(refusal), refusal.facts) == ((inventory.NOT_FREE, "/lines/1/counted"), {"free": 5, "held": 4})
        assert told(await company.run(count_stock, count(("rice", 1), full=True))) == (inventory.NOT_FREE, "/lines")
        assert await company.stock(company.dc, TEA, RICE) == [(9, 4), (2, 0)]

    async def test_a_count_names_each_sku_once_and_at_least_one(self, company: Company) -> None:
        assert told(await company.run(count_stock, count(("tea", 1), ("tea", 1)))) == (inventory.COUNTED_TWICE, "/lines/1/sku")
        assert told(await company.run(count_stock, count(owner="main"))) == (inventory.COUNT_EMPTY, "/lines")


class TestPlaces:
    async def test_a_location_is_made_and_changed_by_its_code(self, company: Company) -> None:
        wanted = PutLocation(name="Shelves", kind="store", mode="exception", store="s1")
        made = await company.run(put_location, NamedLocation("shop2", wanted))
        assert (made.code, made.revision) == ("shop2", 1)
        renamed = PutLocation(name="Other", kind="store", mode="exception", store="s1")
        assert await company.run(put_location, NamedLocation("shop2", renamed, 1)) == LocationWritten(made.location_id, "shop2", 2)
        assert (await company.run(put_location, NamedLocation("shop2", wanted, 1))).type is STALE
        assert [event[:2] for event in await company.events("location.put.v1")] == [("location.put.v1", made.location_id)] * 2

    @pytest.mark.parametrize(
        ("code", "kind", "store", "why", "where"),
        [
            ("Not A Code", "dc", None, inventory.BAD_CODE, "/code"),
            ("new", "store", "none", inventory.UNKNOWN_STORE, "/store"),
            ("new", "store", None, inventory.STORE_MISMATCH, "/store"),
            ("new", "dc", "s1", inventory.STORE_MISMATCH, "/store"),
        ],
    )
    async def test_a_location_that_cannot_be_is_refused(
        self, company: Company, code: str, kind: str, store: str | None, why: ProblemType, where: str
    ) -> None:
        wish = NamedLocation(code, PutLocation(name="N", kind=kind, mode="strict", store=store))  # type: ignore[arg-type]
        assert told(await company.run(put_location, wish)) == (why, where)

    async def test_a_channel_sells_from_strict_locations_named_once(self, company: Company) -> None:
        assert await company.run(set_sources, NamedSources("mall", ("dc",))) == SourcesSet("mall", ("dc",))
        assert await company.events("channel.sources_set.v1") == [
            ("channel.sources_set.v1", CHANNEL, {"channel": "mall", "locations": ["dc"]})
        ]
        for locations, why, where in (
            (("dc", "none"), inventory.UNKNOWN_LOCATION, "/locations/1"),
            (("shop",), inventory.SOURCE_NOT_STRICT, "/locations/0"),
            (("dc", "dc"), inventory.SOURCE_TWICE, "/locations/1"),
        ):
            assert told(await company.run(set_sources, NamedSources("mall", locations))) == (why, where)
        assert told(await company.run(set_sources, NamedSources("none", ()))) == (inventory.UNKNOWN_CHANNEL, "/channel")
        async with company.writing() as tx:
            assert await inventory.sources(tx, [CHANNEL]) == {CHANNEL: (company.dc,)}


async def test_no_flow_needs_more_statements_than_it_declares(company: Company) -> None:
    """The worst that can happen in one batch: nothing remembered, an unknown name, stock that opens, shortages that begin and end."""
    for sku_id in (TEA, RICE):
        await company.sell(company.shop, sku_id, 9)
    nowhere = receipt(("tea", 1), at="none")
    filling = receipt(("tea", 9), ("rice", 1), at="shop")
    received = await company.cold(receive_stock, [filling, receipt(("salt", 9), owner="main"), nowhere])
    mending = adjustment("correction", ("tea", -1), ("rice", 8), ("salt", 1), at="shop", owner="main")
    adjusted = await company.cold(adjust_stock, [mending, adjustment("found", at="none")])
    await company.claim(company.shop, SALT, 1)
    counts = [count(("tea", 2), at="shop", full=True, owner="main"), count(("rice", 1)), count(("tea", 1), at="none")]
    counted = await company.cold(count_stock, counts)
    shelves = PutLocation(name="N", kind="store", mode="strict", store="s1")
    put = await company.cold(put_location, [NamedLocation(f"n{i}", shelves) for i in range(4)])
    sources = await company.cold(set_sources, [NamedSources("mall", ("dc",)), NamedSources("none", ("none",))])
    assert await company.stock(company.shop, TEA, RICE, SALT) == [(2, 0), (0, 0), (0, 1)]
    assert [one[0] for one in await company.shortages() if not one[3]] == [SALT]
    flows = (receive_stock, adjust_stock, count_stock, put_location, set_sources)
    assert (received, adjusted, counted, put, sources) == tuple(flow.statements for flow in flows)
