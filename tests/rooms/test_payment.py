"""Payment's decisions as laws, and its guards on real rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities import payment
from jiutong.capabilities.payment import Answered, Judgement, Notice, Owed, Refund, Tender, rules
from jiutong.kernel.errors import Problem

from ..book import NOON, Book

CARD = Tender(1, 10, "card", "7", "USD", 300, 0, "started", None, NOON, None)
CAPTURED = Notice("7", "e1", "captured", 1, 10, 300, "USD", "tr1", msgspec.Raw(b"{}"))
FAILED = msgspec.structs.replace(CAPTURED, channel_event="e0", outcome="failed")
REFUND = Refund(5, 10, 1, "card", "7", "USD", 300, "test", 9, "requested", None, False)


def tender(no: int, amount: int, refunded: int = 0, state: str = "captured", at: datetime = NOON) -> Tender:
    return Tender(no, 10, "card", "7", "USD", amount, refunded, state, f"tr{no}", at, at)


def judged(*notices: Notice, tenders: Sequence[Tender] = (CARD,), due: int = 300) -> list[str]:
    return [one.verdict for one in rules.judge(notices, {t.tender_id: t for t in tenders}, {}, {}, {10: due}).judgements]


class TestJudge:
    @pytest.mark.parametrize("state", ["started", "failed", "canceled"])
    def test_the_money_decides_not_our_note_of_the_attempt(self, state: str) -> None:
        assert judged(CAPTURED, tenders=[msgspec.structs.replace(CARD, state=state)]) == ["captured"]

    @pytest.mark.parametrize("state", ["captured", "late"])
    def test_money_that_is_there_is_not_there_again(self, state: str) -> None:
        there = msgspec.structs.replace(CARD, state=state, channel_ref="tr1")
        assert judged(CAPTURED, FAILED, tenders=[there]) == ["duplicate", "duplicate"]

    def test_within_a_batch_each_knows_what_came_before_it(self) -> None:
        again = msgspec.structs.replace(CAPTURED, channel_event="e2")
        assert judged(FAILED, CAPTURED, CAPTURED, again) == ["failed", "captured", "duplicate", "duplicate"]
        assert rules.judge([FAILED, CAPTURED], {1: CARD}, {}, {}, {10: 300}).failed == []

    def test_what_an_order_no_longer_takes_is_late(self) -> None:
        assert judged(CAPTURED, due=299) == ["late"]
        assert judged(CAPTURED, due=0) == ["late"]

    def test_two_tenders_do_not_pay_one_debt(self) -> None:
        other = msgspec.structs.replace(CARD, tender_id=2)
        second = msgspec.structs.replace(CAPTURED, tender_id=2, channel_event="e2", channel_ref="tr2")
        assert judged(CAPTURED, second, tenders=[CARD, other], due=500) == ["captured", "late"]

    def test_a_message_keeps_its_first_verdict(self) -> None:
        seen = {("7", "e1"): Judgement("rejected", "amount differs")}
        [again] = rules.judge([CAPTURED], {1: CARD}, seen, {}, {10: 300}).judgements
        assert (again.verdict, again.detail, again.repeated) == ("rejected", "amount differs", True)


class TestSplit:
    @given(
        st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 1000)), min_size=1, max_size=6), st.lists(st.integers(1, 1000), max_size=6)
    )
    def test_no_tender_gives_back_more_than_it_took(self, took: list[tuple[int, int]], wishes: list[int]) -> None:
        tenders = [tender(no, amount, min(back, amount), at=NOON + timedelta(seconds=no)) for no, (amount, back) in enumerate(took)]
        owed = [Owed(10, amount, "test", 1, {}) for amount in wishes]
        if sum(wishes) > sum(t.left for t in tenders):
            with pytest.raises(Problem) as refusal:
                rules.split(owed, tenders)
            assert refusal.value.type is payment.OVER_REFUND
            return
        parts = rules.split(owed, tenders)
        assert [sum(part for _, part in mine) for mine in parts] == wishes
        given_back = {t.tender_id: 0 for t in tenders}
        for one, part in (pair for mine in parts for pair in mine):
            given_back[one.tender_id] += part
        assert all(given_back[t.tender_id] <= t.left for t in tenders)
        # Latest first: a tender gives back only when every later one has given back all it had.
        used = [t for t in tenders if given_back[t.tender_id]]
        assert all(given_back[t.tender_id] == t.left for t in tenders if used and t.tender_id > used[0].tender_id)

    def test_late_money_goes_back_from_its_own_tender(self) -> None:
        late = tender(2, 300, state="late")
        owed = [Owed(10, 100, "test", 1, {}), Owed(10, 300, "late", 2, {}, tender_id=2)]
        assert rules.split(owed, [tender(1, 300), late]) == [[(tender(1, 300), 100)], [(late, 300)]]


class TestSettle:
    def verdicts(self, *answers: Answered, state: str = "requested") -> list[str]:
        return [one.verdict for one in rules.settle(answers, {5: msgspec.structs.replace(REFUND, state=state)}, {}).judgements]

    def test_a_refund_ends_once(self) -> None:
        done = Answered(5, "7", 300, "USD", True, "r", "e1")
        other = msgspec.structs.replace(done, done=False, channel_event="e2")
        assert self.verdicts(done, done, other) == ["refunded", "duplicate", "duplicate"]
        assert self.verdicts(other, done, state="sent") == ["failed", "duplicate"]
        assert self.verdicts(done, state="failed") == ["duplicate"]

    def test_taking_note_is_not_an_end(self) -> None:
        ended = rules.settle([Answered(5, "7", 300, "USD", None, "r"), Answered(5, "7", 300, "USD", True, "r")], {5: REFUND}, {})
        assert [refund.state for refund in ended.refunds] == ["done"]


class TestTakes:
    def test_what_lies_in_the_drawer_is_no_longer_due(self) -> None:
        laid = rules.what_may_be_laid([(10, 200, True), (10, 200, False), (10, None, False), (10, None, True), (10, None, True)], {10: 300})
        assert [one if isinstance(one, int) else one.code for one in laid] == [
            200,
            "payment.more_than_owed",
            100,
            100,
            "payment.more_than_owed",
        ]


class TestRows:
    """The database itself keeps the invariants, whatever a flow may have forgotten."""

    async def test_a_tender_gives_back_no_more_than_it_took(self, book: Book) -> None:
        await self.taken(book, 1)
        async with book.writing() as tx:
            assert await payment.store.add_refunded(tx, {1: 300}) == 1
        async with book.writing() as tx:
            assert await payment.store.add_refunded(tx, {1: 1}) == 0

    async def test_a_channels_transaction_pays_once(self, book: Book) -> None:
        await self.started(book, 1, 2)
        paid = [msgspec.structs.replace(CARD, tender_id=no, state="captured", channel_ref="T") for no in (1, 2)]
        async with book.writing() as tx:
            await payment.store.move_tenders(tx, paid[:1], ["started"])
        with pytest.raises(asyncpg.UniqueViolationError):
            async with book.writing() as tx:
                await payment.store.move_tenders(tx, paid[1:], ["started"])

    async def test_a_message_is_on_record_once(self, book: Book) -> None:
        async with book.writing() as tx:
            await payment.store.write_notices(tx, [(CAPTURED, None, Judgement("rejected", "test"))] * 2)
        assert await book.rows("select count(*) from payment.notice where tenant_id = $1") == [(1,)]

    async def test_a_tender_leaves_a_state_once(self, book: Book) -> None:
        await self.started(book, 1)
        moved = [msgspec.structs.replace(CARD, state="captured", channel_ref="T")]
        async with book.writing() as tx:
            assert [await payment.store.move_tenders(tx, moved, ["started"]) for _ in range(2)] == [1, 0]

    async def taken(self, book: Book, *ids: int) -> None:
        async with book.writing() as tx:
            await payment.take(tx, [payment.Taken(no, 10, "cash", "USD", 300, NOON) for no in ids])

    async def started(self, book: Book, *ids: int) -> None:
        async with book.writing() as tx:
            await payment.start(tx, [payment.Started(no, 10, "card", "7", "USD", 300) for no in ids])
