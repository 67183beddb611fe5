"""The verbs of the book, one by one, on exact rows."""

from datetime import timedelta

import asyncpg
import pytest
from tests.book import NOON, SUPPLIED, WORLD, Book

from jiutong.kernel.db import Again
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.ledger import (
    HOLD_GONE,
    Account,
    Balance,
    Claim,
    ClaimGroup,
    Entry,
    FloorMove,
    HoldRef,
    Release,
    Shortfall,
    Transfer,
    account,
    balances,
    due,
    hold,
    move_floors,
    post,
)

TEA = account("stock:1:1:7", "sku:7", 0)
RICE = account("stock:1:1:8", "sku:8", 0)
DRAWER = account("clearing:cash:9:2026-11-22", "CNY")
REVENUE = account("revenue:1:9:2026-11-22", "CNY")


def claims(book: Book, *wishes: tuple[Account, int], expires_in_s: int | None = None) -> ClaimGroup:
    expires_at = None if expires_in_s is None else NOON + timedelta(seconds=expires_in_s)
    return ClaimGroup(book.id(), tuple(Claim(book.id(), from_, WORLD, amount) for from_, amount in wishes), expires_at)


def sale(book: Book, *legs: tuple[Account, Account, int], settles: HoldRef | None = None) -> Entry:
    return Entry(book.id(), "sale.rung", 77, tuple(Transfer(from_, to, amount, settles) for from_, to, amount in legs))


def refs(group: ClaimGroup) -> list[HoldRef]:
    return [HoldRef(group.group_id, claim.hold_id) for claim in group.claims]


class TestHold:
    async def test_a_hold_takes_from_what_is_left_and_leaves_what_is_posted(self, book: Book) -> None:
        await book.give((TEA, 10))
        assert (await book.hold(claims(book, (TEA, 4)))).refused == {}
        assert await book.shows(TEA) == [(10, 4)]

    async def test_groups_are_decided_in_arrival_order_and_whole(self, book: Book) -> None:
        await book.give((TEA, 10), (RICE, 3))
        groups = [claims(book, (TEA, 4)), claims(book, (RICE, 2), (TEA, 7)), claims(book, (TEA, 6), (RICE, 3))]
        assert (await book.hold(*groups)).refused == {1: Shortfall(TEA, 7, 6)}
        assert await book.shows(TEA, RICE) == [(10, 10), (3, 3)]

    async def test_claims_of_one_group_on_one_account_count_together(self, book: Book) -> None:
        await book.give((TEA, 10))
        assert (await book.hold(claims(book, (TEA, 6), (TEA, 6)))).refused == {0: Shortfall(TEA, 12, 10)}
        assert (await book.hold(claims(book, (TEA, 5), (TEA, 5)))).refused == {}

    async def test_a_source_nobody_opened_has_nothing(self, book: Book) -> None:
        assert (await book.hold(claims(book, (TEA, 1)))).refused == {0: Shortfall(TEA, 1, 0)}
        assert await book.rows("select code from ledger.account where tenant_id = $1") == [("sold",)]

    async def test_a_source_with_credit_opens_by_itself_down_to_its_floor(self, book: Book) -> None:
        credit = account("credit:company:5", "POINT", -100)
        groups = [claims(book, (credit, 60)), claims(book, (credit, 60)), claims(book, (credit, 40))]
        assert (await book.hold(*groups)).refused == {1: Shortfall(credit, 60, 40)}
        assert await book.shows(credit) == [(0, 100)]

    async def test_a_source_without_floor_is_never_short(self, book: Book) -> None:
        shelf = account("stock:2:1:7", "sku:7", None)
        assert (await book.hold(claims(book, (shelf, 3)))).refused == {}
        assert await book.shows(shelf) == [(0, 3)]

    async def test_safety_stock_is_not_for_sale(self, book: Book) -> None:
        kept = account("stock:3:1:7", "sku:7", 5)
        await book.give((kept, 4))
        assert (await book.hold(claims(book, (kept, 1)))).refused == {0: Shortfall(kept, 1, 0)}
        await book.give((kept, 4))
        groups = [claims(book, (kept, 4)), claims(book, (kept, 3))]
        assert (await book.hold(*groups)).refused == {0: Shortfall(kept, 4, 3)}


class TestPost:
    async def test_an_entry_moves_its_amounts_and_says_why(self, book: Book) -> None:
        await book.give((TEA, 10))
        entry = sale(book, (TEA, WORLD, 2), (REVENUE, DRAWER, 1990))
        assert (await book.post(entry)).refused == {}
        assert await book.shows(TEA, REVENUE, DRAWER) == [(8, 0), (-1990, 0), (1990, 0)]
        assert await book.rows(
            "select rule, subject_id, reverses, at from ledger.entry where tenant_id = $1 and entry_id = $2", entry.entry_id
        ) == [("sale.rung", 77, None, NOON)]
        assert await book.rows(
            "select transfer_no, from_account, to_account, amount from ledger.transfer where tenant_id = $1 and entry_id = $2 order by 1",
            entry.entry_id,
        ) == [(0, TEA.account_id, WORLD.account_id, 2), (1, REVENUE.account_id, DRAWER.account_id, 1990)]

    async def test_entries_are_refused_one_by_one(self, book: Book) -> None:
        await book.give((TEA, 10))
        entries = [sale(book, (TEA, WORLD, 7), (REVENUE, DRAWER, 7)) for _ in range(2)] + [
            sale(book, (TEA, WORLD, 3), (REVENUE, DRAWER, 3))
        ]
        posted = await book.post(*entries)
        assert posted.refused == {1: Shortfall(TEA, 7, 3)}
        assert posted.below_zero == {REVENUE.account_id: -10}
        assert await book.shows(TEA, DRAWER) == [(0, 0), (10, 0)]
        assert await book.rows("select count(*) from ledger.entry where tenant_id = $1 and rule = 'sale.rung'") == [(2,)]

    async def test_an_entry_cannot_spend_what_a_later_one_brings(self, book: Book) -> None:
        await book.give((TEA, 1))
        back = Entry(book.id(), "goods.returned", 1, (Transfer(WORLD, TEA, 5),))
        assert (await book.post(sale(book, (TEA, WORLD, 4)), back)).refused == {0: Shortfall(TEA, 4, 1)}
        assert (await book.post(sale(book, (TEA, WORLD, 6)))).refused == {}
        assert await book.shows(TEA) == [(0, 0)]

    async def test_a_floorless_account_tells_how_far_below_zero_it_stands(self, book: Book) -> None:
        shelf = account("stock:2:1:7", "sku:7", None)
        await book.give((TEA, 9), (shelf, 1))
        assert (await book.post(sale(book, (shelf, WORLD, 1)))).below_zero == {}
        assert (await book.post(sale(book, (shelf, WORLD, 3), (TEA, WORLD, 1)))).below_zero == {shelf.account_id: -3}
        assert (await book.post(sale(book, (shelf, WORLD, 1)))).below_zero == {shelf.account_id: -4}

    async def test_a_fact_is_booked_once(self, book: Book) -> None:
        entry = sale(book, (REVENUE, DRAWER, 100))
        await book.post(entry)
        with pytest.raises(asyncpg.UniqueViolationError, match="entry_pkey"):
            await book.post(entry)
        assert await book.shows(DRAWER) == [(100, 0)]

    async def test_a_code_is_never_two_units(self, book: Book) -> None:
        await book.post(sale(book, (REVENUE, DRAWER, 100)))
        dollars = account(DRAWER.code, "USD")
        with pytest.raises(ValueError, match="open as something else"):
            await book.post(sale(book, (account("revenue:1:9:other", "USD"), dollars, 100)))

    async def test_a_fact_without_amounts_is_a_fact(self, book: Book) -> None:
        entry = Entry(book.id(), "sale.rung", 5, ())
        assert (await book.post(entry)).refused == {}
        assert (await book.reverse((book.id(), entry.entry_id))).refused == {}
        assert await book.rows("select count(*) from ledger.entry where tenant_id = $1") == [(2,)]


class TestSettle:
    async def test_posting_uses_up_a_hold_in_parts(self, book: Book) -> None:
        await book.give((TEA, 10))
        group = claims(book, (TEA, 5))
        (ref,) = refs(group)
        await book.hold(group)
        await book.post(sale(book, (TEA, WORLD, 2), settles=ref))
        assert await book.shows(TEA) == [(8, 3)]
        await book.post(sale(book, (TEA, WORLD, 3), settles=ref))
        assert await book.shows(TEA) == [(5, 0)]
        with pytest.raises(Problem) as gone:
            await book.post(sale(book, (TEA, WORLD, 1), settles=ref))
        assert gone.value.type is HOLD_GONE

    async def test_two_entries_of_one_batch_share_a_hold(self, book: Book) -> None:
        await book.give((TEA, 10))
        group = claims(book, (TEA, 5))
        (ref,) = refs(group)
        await book.hold(group)
        await book.post(sale(book, (TEA, WORLD, 2), settles=ref), sale(book, (TEA, WORLD, 3), settles=ref))
        assert await book.rows("select posted, voided from ledger.hold where tenant_id = $1") == [(5, 0)]
        assert await book.shows(TEA) == [(5, 0)]

    async def test_a_refused_entry_leaves_its_hold_open(self, book: Book) -> None:
        await book.give((TEA, 10))
        group = claims(book, (TEA, 5))
        (ref,) = refs(group)
        await book.hold(group)
        entry = Entry(book.id(), "exchange", 1, (Transfer(TEA, WORLD, 3, ref), Transfer(RICE, WORLD, 1)))
        assert (await book.post(entry, sale(book, (TEA, WORLD, 2), settles=ref))).refused == {0: Shortfall(RICE, 1, 0)}
        assert await book.shows(TEA) == [(8, 3)]
        assert await book.void(Release(group.group_id)) == {ref: 3}

    async def test_a_hold_serves_only_the_account_it_was_taken_from(self, book: Book) -> None:
        await book.give((TEA, 10), (RICE, 10))
        group = claims(book, (TEA, 5))
        await book.hold(group)
        with pytest.raises(Problem) as gone:
            await book.post(sale(book, (RICE, WORLD, 1), settles=refs(group)[0]))
        assert gone.value.type is HOLD_GONE


class TestVoid:
    async def test_a_group_is_given_back_whole_and_only_once(self, book: Book) -> None:
        await book.give((TEA, 10), (RICE, 10))
        group = claims(book, (TEA, 5), (RICE, 2))
        tea, rice = refs(group)
        await book.hold(group)
        await book.post(sale(book, (TEA, WORLD, 1), settles=tea))
        assert await book.void(Release(group.group_id), Release(group.group_id)) == {tea: 4, rice: 2}
        assert await book.void(Release(group.group_id)) == {}
        assert await book.shows(TEA, RICE) == [(9, 0), (10, 0)]

    async def test_parts_of_one_hold_count_together(self, book: Book) -> None:
        await book.give((TEA, 10))
        group = claims(book, (TEA, 5))
        (ref,) = refs(group)
        await book.hold(group)
        assert await book.void(Release(*_parts(ref, 1)), Release(*_parts(ref, 2))) == {ref: 3}
        assert await book.shows(TEA) == [(10, 2)]

    @pytest.mark.parametrize("amount", [6, -1, 0])
    async def test_no_more_than_is_held_is_given_back(self, book: Book, amount: int) -> None:
        await book.give((TEA, 10))
        group = claims(book, (TEA, 5))
        await book.hold(group)
        with pytest.raises(Problem) as gone:
            await book.void(Release(*_parts(refs(group)[0], amount)))
        assert gone.value.type is HOLD_GONE
        assert await book.shows(TEA) == [(10, 5)]


class TestExpiry:
    async def test_what_is_overdue_comes_longest_first_and_what_is_kept_never_comes(self, book: Book) -> None:
        await book.give((TEA, 10))
        late, later, open_, kept, future = (claims(book, (TEA, 1), expires_in_s=s) for s in (-9, -10, -8, -20, 1))
        await book.hold(late, later, open_, kept, future, claims(book, (TEA, 1)))
        assert await book.keep(kept.group_id) == 1
        await book.void(Release(open_.group_id))
        async with book.writing() as tx:
            assert await due(tx, 10, NOON) == [later.group_id, late.group_id]
            assert await due(tx, 1, NOON) == [later.group_id]
        assert await book.keep(open_.group_id) == 0


class TestReverse:
    async def test_a_reversal_is_the_opposite_and_names_what_it_undoes(self, book: Book) -> None:
        await book.give((TEA, 10))
        entry = sale(book, (TEA, WORLD, 2), (REVENUE, DRAWER, 1990))
        await book.post(entry)
        undo = book.id()
        assert (await book.reverse((undo, entry.entry_id))).refused == {}
        assert await book.shows(TEA, REVENUE, DRAWER) == [(10, 0), (0, 0), (0, 0)]
        assert await book.rows("select rule, subject_id, reverses from ledger.entry where tenant_id = $1 and entry_id = $2", undo) == [
            ("sale.rung", 77, entry.entry_id)
        ]

    async def test_what_was_undone_cannot_be_undone_again(self, book: Book) -> None:
        entry = sale(book, (REVENUE, DRAWER, 5))
        await book.post(entry)
        await book.reverse((book.id(), entry.entry_id))
        with pytest.raises(asyncpg.UniqueViolationError, match="entry_reversed_once"):
            await book.reverse((book.id(), entry.entry_id))

    async def test_reversals_answer_by_position(self, book: Book) -> None:
        first, second = (Entry(book.id(), "goods.received", 1, (Transfer(SUPPLIED, to, 5),)) for to in (TEA, RICE))
        await book.post(first, second)
        await book.post(sale(book, (TEA, WORLD, 1)))
        posted = await book.reverse((book.id(), second.entry_id), (book.id(), first.entry_id))
        assert posted.refused == {1: Shortfall(TEA, 5, 4)}

    async def test_what_was_never_booked_cannot_be_undone(self, book: Book) -> None:
        with pytest.raises(Problem) as unknown:
            await book.reverse((book.id(), 4711))
        assert unknown.value.type is NOT_FOUND


class TestBalances:
    async def test_an_account_nobody_opened_shows_zero_above_its_floor(self, book: Book) -> None:
        kept = account("stock:3:1:9", "sku:9", 5)
        async with book.writing() as tx:
            assert await balances(tx, [kept]) == {kept.account_id: Balance(0, 0, 5)}

    async def test_floors_move_for_the_accounts_that_are_meant_and_no_others(self, book: Book) -> None:
        named, longer, below = (account(f"quota:rush:{code}", "QUOTA", -9) for code in ("1", "12", "1:x"))
        await book.hold(claims(book, (named, 4)), claims(book, (longer, 4)), claims(book, (below, 4)))
        async with book.writing() as tx:
            await move_floors(tx, [FloorMove("quota:rush:1", -5)])
        assert await book.rows("select code, floor from ledger.account where tenant_id = $1 and unit = 'QUOTA' order by code") == [
            ("quota:rush:1", -5),
            ("quota:rush:12", -9),
            ("quota:rush:1:x", -9),
        ]
        async with book.writing() as tx:
            await move_floors(tx, [FloorMove("quota:rush:1:", -6, begins=True), FloorMove("quota:rush:12", -7)])
        floors = await book.rows("select floor from ledger.account where tenant_id = $1 and unit = 'QUOTA' order by code")
        assert floors == [(-5,), (-7,), (-6,)]

    async def test_an_aborted_transaction_leaves_nothing(self, book: Book) -> None:
        await book.give((TEA, 10))
        async with book.database.transaction(book.tenant_id, NOON) as tx:
            await hold(tx, [claims(book, (TEA, 4))])
            await post(tx, [sale(book, (REVENUE, DRAWER, 1))])
        assert await book.shows(TEA, DRAWER) == [(10, 0), (0, 0)]
        await book.post(sale(book, (REVENUE, DRAWER, 1)))
        assert await book.shows(DRAWER) == [(1, 0)]

    async def test_accounts_that_vanished_open_again(self, book: Book, admin: asyncpg.Connection) -> None:
        """A database restored behind the same address forgets accounts that the process believes open."""
        await book.post(sale(book, (REVENUE, DRAWER, 1)))
        await admin.execute(f"delete from ledger.account where tenant_id = {book.tenant_id}")
        await admin.execute(f"delete from ledger.transfer where tenant_id = {book.tenant_id}")
        with pytest.raises(Again):
            await book.post(sale(book, (REVENUE, DRAWER, 2)))
        await book.post(sale(book, (REVENUE, DRAWER, 2)))
        assert await book.shows(DRAWER) == [(2, 0)]


class TestConstraints:
    """What the database refuses, whoever asks and however."""

    @pytest.mark.parametrize(
        ("wrong", "constraint"),
        [
            ("update ledger.account set held = 11 where tenant_id = $1 and code = 'stock:1:1:7'", "account_floor"),
            ("update ledger.account set posted = 3 where tenant_id = $1 and code = 'stock:1:1:7'", "account_floor"),
            ("update ledger.account set held = -1 where tenant_id = $1 and code = 'stock:1:1:7'", "account_held"),
            ("update ledger.account set posted = 1 where tenant_id = $1 and code = 'sold'", "account_untracked"),
            ("update ledger.account set held = 1 where tenant_id = $1 and code = 'sold'", "account_untracked"),
            ("update ledger.hold set posted = 5 where tenant_id = $1", "hold_open"),
            ("update ledger.hold set voided = 5 where tenant_id = $1", "hold_open"),
            ("update ledger.hold set posted = 2, voided = 3 where tenant_id = $1", "hold_open"),
            ("update ledger.hold set posted = -1 where tenant_id = $1", "hold_open"),
            ("update ledger.hold set voided = -1 where tenant_id = $1", "hold_open"),
            ("update ledger.hold set amount = 0 where tenant_id = $1", "hold_amount"),
            ("update ledger.transfer set amount = 0 where tenant_id = $1", "transfer_amount"),
            ("update ledger.transfer set to_account = from_account where tenant_id = $1", "transfer_moves"),
        ],
    )
    async def test_no_count_can_be_wrong(self, book: Book, admin: asyncpg.Connection, wrong: str, constraint: str) -> None:
        await book.give((TEA, 10))
        await book.hold(claims(book, (TEA, 4)))
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await admin.execute(wrong, book.tenant_id)


def _parts(ref: HoldRef, amount: int) -> tuple[int, int, int]:
    return ref.group_id, ref.hold_id, amount
