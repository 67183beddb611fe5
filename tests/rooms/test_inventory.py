"""The verbs of the inventory room, one by one, on exact rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.book import NOON
from tests.shelves import CHANNEL, OWNER, RICE, SALT, STORE, TEA, Shelves, shelves

from jiutong import ledger
from jiutong.capabilities import inventory
from jiutong.capabilities.inventory import Issue, Location, LocationFacts, LocationWritten, NotFree, PaperLine, Sources, rules, store
from jiutong.capabilities.inventory.model import Paper
from jiutong.kernel.db import Again
from jiutong.kernel.errors import STALE, Problem

__all__ = ["shelves"]

PAPERS = "select paper_id, kind, location_id, reason, reference, actor, lines from inventory.movement_paper where tenant_id = $1 order by 1"
LINES = "select paper_id, line_no, owner_id, sku_id, quantity, counted from inventory.movement_line where tenant_id = $1 order by 1, 2"
BOOKED = """
select e.entry_id, e.rule, e.subject_id, f.code, o.code, x.amount
  from ledger.entry e join ledger.transfer x using (tenant_id, entry_id)
  join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  join ledger.account o on o.tenant_id = x.tenant_id and o.account_id = x.to_account
 where e.tenant_id = $1 order by e.entry_id, x.transfer_no
"""


async def put(
    shelves: Shelves,
    *,
    name: str = "Center",
    kind: str = "dc",
    strict: bool = True,
    store_id: int | None = None,
    expected: int | None = None,
) -> LocationWritten | Problem:
    """Put the location `dc`."""
    async with shelves.writing() as tx:
        (written,) = await inventory.put_locations(tx, [Location(shelves.id(), "dc", name, kind, strict, store_id, expected)])
    return written


def verdicts(corrected: inventory.Corrected) -> list[NotFree]:
    """Why papers were refused."""
    return list(corrected.refused.values())


class TestPlaces:
    async def test_places_are_read_by_one_statement_and_then_remembered(self, shelves: Shelves) -> None:
        async with shelves.writing() as tx:
            await inventory.set_sources(tx, [Sources(CHANNEL, (shelves.dc,))])
        async with shelves.writing() as tx:
            assert await inventory.sources(tx, [CHANNEL, 99]) == {CHANNEL: (shelves.dc,)}
            assert await inventory.store_locations(tx, [STORE, 99]) == {STORE: shelves.shop}
            assert await inventory.locations(tx, ["dc"]) == {"dc": shelves.dc}
            assert tx.statements == 1
        async with shelves.writing() as tx:
            assert await inventory.sources(tx, [CHANNEL]) == {CHANNEL: (shelves.dc,)}
            assert tx.statements == 0

    async def test_sources_keep_their_order_of_choice(self, shelves: Shelves) -> None:
        async with shelves.writing() as tx:
            await inventory.set_sources(tx, [Sources(CHANNEL, (shelves.dc, shelves.shop)), Sources(99, (shelves.dc,))])
        async with shelves.writing() as tx:
            await inventory.set_sources(tx, [Sources(CHANNEL, (shelves.shop, shelves.dc))])
        async with shelves.writing() as tx:
            assert await inventory.sources(tx, [CHANNEL, 99]) == {CHANNEL: (shelves.shop, shelves.dc), 99: (shelves.dc,)}

    async def test_a_change_elsewhere_shows_in_the_stamp(self, shelves: Shelves) -> None:
        async with shelves.writing() as tx:
            await inventory.locations(tx, ["dc"])
            before = inventory.stamps(tx)
        async with shelves.writing() as tx:
            await inventory.put_locations(tx, [Location(shelves.id(), "new", "New", "dc", True, None)])
        async with shelves.writing() as tx:
            assert inventory.stamps(tx) == {}
            assert set(await inventory.locations(tx, ["dc", "new", "none"])) == {"dc", "new"}
            assert inventory.stamps(tx) == {0: before[0] + 1}

    async def test_a_location_nobody_has_stock_at_may_change_its_mode(self, shelves: Shelves) -> None:
        assert await put(shelves, strict=False) == LocationWritten(shelves.dc.location_id, "dc", 2)
        async with shelves.writing() as tx:
            found = await inventory.locations(tx, ["dc"])
        assert not found["dc"].strict

    async def test_a_location_that_has_had_stock_keeps_its_mode(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 1))
        refused = await put(shelves, strict=False)
        assert isinstance(refused, Problem)
        assert (refused.type, refused.errors[0].pointer) == (inventory.MODE_FIXED, "/mode")
        assert await put(shelves, strict=True, name="Other") == LocationWritten(shelves.dc.location_id, "dc", 2)
        assert await shelves.rows("select name, mode from inventory.location where tenant_id = $1 and code = 'dc'") == [("Other", "strict")]

    async def test_a_change_builds_on_the_revision_it_has_read(self, shelves: Shelves) -> None:
        assert await put(shelves, expected=1) == LocationWritten(shelves.dc.location_id, "dc", 2)
        refused = await put(shelves, expected=1)
        assert isinstance(refused, Problem)
        assert refused.type is STALE

    async def test_only_shelves_belong_to_a_store(self, shelves: Shelves) -> None:
        for kind, store_id in (("store", None), ("dc", STORE)):
            refused = await put(shelves, kind=kind, store_id=store_id)
            assert isinstance(refused, Problem)
            assert refused.type is inventory.STORE_MISMATCH

    async def test_stock_is_not_opened_under_a_mode_that_is_not_in_force(self, shelves: Shelves) -> None:
        believed = LocationFacts(shelves.dc.location_id, "dc", "dc", False, None)
        async with shelves.database.transaction(shelves.tenant_id, NOON) as tx:
            with pytest.raises(Again):
                await inventory.know(tx, [(believed, OWNER, TEA)])


class TestReceive:
    async def test_a_receipt_is_paper_entry_and_stock(self, shelves: Shelves) -> None:
        paper = await shelves.receive(shelves.dc, (TEA, 7), (RICE, 3), (TEA, 2))
        dc = shelves.dc.location_id
        tea, rice = f"stock:{dc}:{OWNER}:{TEA}", f"stock:{dc}:{OWNER}:{RICE}"
        id_ = paper.paper_id
        assert await shelves.rows(PAPERS) == [(id_, "receipt", dc, "test", "", "staff:1", 3)]
        assert await shelves.rows(LINES) == [(id_, 1, OWNER, TEA, 7, None), (id_, 2, OWNER, RICE, 3, None), (id_, 3, OWNER, TEA, 2, None)]
        assert await shelves.rows(BOOKED) == [
            (id_, "goods.received", id_, "supplied", tea, 7),
            (id_, "goods.received", id_, "supplied", rice, 3),
            (id_, "goods.received", id_, "supplied", tea, 2),
        ]
        assert await shelves.stock(shelves.dc, TEA, RICE) == [(9, 0), (3, 0)]

    async def test_available_is_what_is_posted_and_not_held(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 7))
        await shelves.claim(shelves.dc, TEA, 3)
        async with shelves.writing() as tx:
            free = await inventory.available(tx, [(shelves.dc, OWNER, TEA), (shelves.dc, OWNER, RICE)])
            assert tx.statements == 1
        assert free == {(shelves.dc, OWNER, TEA): 4, (shelves.dc, OWNER, RICE): 0}

    async def test_known_stock_is_not_described_again(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 7))
        async with shelves.writing() as tx:
            await inventory.know(tx, [(shelves.dc, OWNER, TEA)])
            assert tx.statements == 0
            await inventory.know(tx, [(shelves.dc, OWNER, TEA), (shelves.dc, OWNER, RICE)])
            assert tx.statements == 2


class TestCorrect:
    async def test_a_count_books_what_it_lacks_and_what_it_has_too_much(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 7), (RICE, 3))
        corrected = await shelves.count(shelves.dc, (TEA, 5), (RICE, 3), (SALT, 4))
        (paper,) = corrected.booked.values()
        assert corrected.refused == {}
        assert paper.lines == (PaperLine(TEA, -2, 5), PaperLine(RICE, 0, 3), PaperLine(SALT, 4, 4))
        assert await shelves.stock(shelves.dc, TEA, RICE, SALT) == [(5, 0), (3, 0), (4, 0)]
        dc, id_ = shelves.dc.location_id, paper.paper_id
        rows = [row for row in await shelves.rows(BOOKED) if row[1] != "goods.received"]
        assert [row[1:] for row in rows] == [
            ("goods.found", id_, "corrected", f"stock:{dc}:{OWNER}:{SALT}", 4),
            ("goods.lost", id_, f"stock:{dc}:{OWNER}:{TEA}", "corrected", 2),
        ]
        assert rows[0][0] == id_

    async def test_a_count_that_finds_what_the_book_says_moves_nothing(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 7))
        await shelves.count(shelves.dc, (TEA, 7), (RICE, 0))
        assert [row[1] for row in await shelves.rows(BOOKED)] == ["goods.received"]
        assert [row[3:] for row in await shelves.rows(LINES)] == [(TEA, 7, None), (TEA, 0, 7), (RICE, 0, 0)]

    async def test_what_is_held_stays_held(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 7))
        await shelves.claim(shelves.dc, TEA, 4)
        assert verdicts(await shelves.count(shelves.dc, (TEA, 3))) == [NotFree(0, 3, 4)]
        assert verdicts(await shelves.adjust(shelves.dc, (TEA, -4))) == [NotFree(0, 3, 4)]
        assert (await shelves.count(shelves.dc, (TEA, 4))).refused == {}
        assert verdicts(await shelves.adjust(shelves.dc, (TEA, -1))) == [NotFree(0, 0, 4)]
        assert await shelves.stock(shelves.dc, TEA) == [(4, 4)]

    async def test_a_refused_paper_leaves_nothing_behind_and_spoils_no_other(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 7))
        one, two, three = (shelves.paper("adjustment", shelves.dc, *lines) for lines in (
            (PaperLine(TEA, -5),),
            (PaperLine(RICE, 2), PaperLine(TEA, -3)),
            (PaperLine(TEA, -2),),
        ))  # fmt: skip
        corrected = await shelves.correct(one, two, three)
        assert corrected.refused == {two.paper_id: NotFree(1, 2, 0)}
        assert sorted(corrected.booked) == [one.paper_id, three.paper_id]
        assert await shelves.stock(shelves.dc, TEA, RICE) == [(0, 0), (0, 0)]
        assert [row[0] for row in await shelves.rows(PAPERS) if row[1] == "adjustment"] == [one.paper_id, three.paper_id]

    async def test_lines_of_one_paper_count_together(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 3))
        assert verdicts(await shelves.adjust(shelves.dc, (TEA, -2), (TEA, -2))) == [NotFree(1, 3, 0)]
        assert (await shelves.adjust(shelves.dc, (TEA, -4), (TEA, 2))).refused == {}
        assert await shelves.stock(shelves.dc, TEA) == [(1, 0)]

    async def test_a_full_count_says_that_the_rest_is_not_there(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.dc, (TEA, 7), (RICE, 3), (SALT, 1))
        await shelves.count(shelves.dc, (SALT, 0))
        full = shelves.paper("count", shelves.dc, PaperLine(TEA, counted=6), reason="full")
        async with shelves.writing() as tx:
            (whole,) = await inventory.in_full(tx, [full])
            assert isinstance(whole, Paper)
            corrected = await inventory.correct(tx, [whole])
        assert corrected.booked[full.paper_id].lines == (PaperLine(TEA, -1, 6), PaperLine(RICE, -3, 0, implied=True))
        assert await shelves.stock(shelves.dc, TEA, RICE, SALT) == [(6, 0), (0, 0), (0, 0)]

    async def test_stock_described_but_never_opened_is_planned_again_when_somebody_fills_it_meanwhile(self, shelves: Shelves) -> None:
        async with shelves.writing() as tx:
            await inventory.know(tx, [(shelves.dc, OWNER, TEA)])
        paper = shelves.paper("count", shelves.dc, PaperLine(TEA, counted=5))
        receipt = shelves.paper("receipt", shelves.dc, PaperLine(TEA, 3))
        async with shelves.database.transaction(shelves.tenant_id, NOON) as tx:
            account = inventory.stock_account(shelves.dc, OWNER, TEA)
            assert await store.lock_stock(tx, [account.account_id]) == {}
            async with shelves.writing() as other:
                await inventory.receive(other, [receipt])
            planned = rules.corrections([paper], {}).booked[paper.paper_id]
            await ledger.post(tx, rules.correction_entries(planned, shelves.id()))
            with pytest.raises(Again):
                await inventory.verbs._opened_as_planned(tx, [planned], [account])


class TestShortages:
    async def test_what_leaves_without_being_there_is_noted_per_order(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.shop, (TEA, 5))
        await shelves.sell(shelves.shop, TEA, 4)
        first = await shelves.sell(shelves.shop, TEA, 3)
        second = await shelves.sell(shelves.shop, TEA, 1)
        assert await shelves.shortages() == [(TEA, first, 2, False), (TEA, second, 3, False)]

    async def test_a_receipt_that_fills_the_gap_settles_it(self, shelves: Shelves) -> None:
        order_id = await shelves.sell(shelves.shop, TEA, 3)
        await shelves.receive(shelves.shop, (TEA, 2), (RICE, 9))
        assert await shelves.shortages() == [(TEA, order_id, 3, False)]
        await shelves.receive(shelves.shop, (TEA, 1))
        assert await shelves.shortages() == [(TEA, order_id, 3, True)]

    async def test_a_count_settles_it(self, shelves: Shelves) -> None:
        order_id = await shelves.sell(shelves.shop, TEA, 3)
        await shelves.count(shelves.shop, (TEA, 0))
        assert await shelves.shortages() == [(TEA, order_id, 3, True)]
        assert await shelves.stock(shelves.shop, TEA) == [(0, 0)]

    async def test_an_adjustment_below_zero_is_noted_too(self, shelves: Shelves) -> None:
        await shelves.receive(shelves.shop, (TEA, 1))
        corrected = await shelves.adjust(shelves.shop, (TEA, -2))
        assert await shelves.shortages() == [(TEA, *corrected.booked, 1, False)]

    async def test_a_person_settles_each_once(self, shelves: Shelves) -> None:
        await shelves.sell(shelves.shop, TEA, 3)
        ((id_,),) = await shelves.rows("select shortage_id from inventory.shortage where tenant_id = $1")
        assert isinstance(id_, int)
        async with shelves.writing() as tx:
            assert await inventory.resolve_shortages(tx, [id_, 99]) == {id_}
        async with shelves.writing() as tx:
            assert await inventory.resolve_shortages(tx, [id_]) == set()

    def test_each_order_of_a_batch_is_told_how_far_it_went(self) -> None:
        shop = LocationFacts(1, "shop", "store", False, 2)
        tea, rice = (inventory.stock_account(shop, OWNER, sku).account_id for sku in (TEA, RICE))
        issues = [
            Issue(1, shop, OWNER, TEA, 2),
            Issue(2, shop, OWNER, TEA, 1),
            Issue(2, shop, OWNER, TEA, 1),
            Issue(3, shop, OWNER, RICE, 1),
        ]
        found = rules.shortages(issues, {tea: -3, rice: 0})
        assert [(one.subject_id, one.sku_id, one.below_zero) for one in found] == [(1, TEA, 1), (2, TEA, 3)]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-6, 6)), max_size=12), st.integers(-5, 10))
def test_the_shortages_of_a_batch_are_those_of_its_orders_one_by_one(moves: list[tuple[int, int]], start: int) -> None:
    """Walking back from the end finds what walking forward from the start would have."""
    shop = LocationFacts(1, "shop", "store", False, 2)
    account_id = inventory.stock_account(shop, OWNER, TEA).account_id
    moves = sorted(moves)
    expected = []
    rest = start
    for subject_id in sorted({subject for subject, _ in moves}):
        out = sum(units for subject, units in moves if subject == subject_id)
        rest -= out
        if out > 0 and rest < 0:
            expected.append((subject_id, -rest))
    issues = [Issue(subject_id, shop, OWNER, TEA, units) for subject_id, units in moves]
    found = rules.shortages(issues, {account_id: rest})
    assert [(one.subject_id, one.below_zero) for one in found] == expected


def test_what_moves_stock_is_what_the_posting_rules_say() -> None:
    """One table says what moves between which accounts; the room's own words must not differ from it."""
    shop = LocationFacts(1, "shop", "store", True, 2)
    paper = Paper(1, "count", shop, OWNER, "cycle", "", "me", (PaperLine(TEA, 1), PaperLine(RICE, -1)))
    said = {
        ("goods.received", t) for t in rules.receipt_entry(Paper(2, "receipt", shop, OWNER, "", "", "", (PaperLine(TEA, 1),))).transfers
    }
    said |= {(entry.rule, t) for entry in rules.correction_entries(paper, 3) for t in entry.transfers}
    said |= {("order.shipped", rules.issue(shop, OWNER, TEA, 1)), ("goods.returned", rules.take_back(shop, OWNER, TEA, 1))}
    table = {(rule.event, rule.from_, rule.to) for rule in ledger.POSTING_RULES if rule.amount == "units" and rule.phase == "post"}
    assert {(event, t.from_.code.split(":")[0], t.to.code.split(":")[0]) for event, t in said} == table - {("sale.rung", "stock", "sold")}
    claim = rules.stock_claim(9, shop, OWNER, TEA, 1)
    assert (claim.from_.code, claim.to.code) == (f"stock:1:{OWNER}:{TEA}", "sold")
