"""Jobs: written with what asks for them, done at least once, tried again on a schedule, and never by two at once."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jiutong import worker
from jiutong.gateways.desk import Desk
from jiutong.gateways.outbound import Outbound
from jiutong.kernel import jobs
from jiutong.kernel.clock import SetClock
from jiutong.kernel.ids import BLOCK, PublicIds
from jiutong.kernel.jobs import Job
from jiutong.kernel.runner import Runner

from ..book import NOON, Book, new_book

LEFT = "select kind, attempts, dead, trouble from kernel.job where tenant_id = $1 order by job_id"


class Note(msgspec.Struct, frozen=True):
    text: str = ""


class Post:
    """Somebody who does jobs of the kind `note`, and can be told to fail."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.clock = SetClock(NOON)
        self.done: list[str] = []
        self.fault: Exception | None = None
        runner = Runner(book.database, self.clock)
        self.desk = Desk(book.database, runner, self.clock, PublicIds(b"secret"), "5e" * 32, "http://testserver.local", Outbound())

    async def ask(self, *texts: str, after: timedelta = timedelta()) -> None:
        async with self.book.writing() as tx:
            await jobs.enqueue(tx, [jobs.job(tx, "note", 1, Note(text), after) for text in texts])

    async def do(self, desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
        if self.fault is not None:
            raise self.fault
        self.done.append(msgspec.json.decode(job.facts, type=Note).text)
        return []

    async def round(self) -> int:
        return await worker.run_due(self.desk, self.book.tenant_id)

    async def left(self) -> list[tuple[Any, ...]]:
        return await self.book.rows(LEFT)


@pytest.fixture
async def post(book: Book, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    await book.database.ids.reserve(BLOCK)
    made = Post(book)
    monkeypatch.setitem(worker.EXECUTES, "note", made.do)
    yield made
    await made.desk.outbound.close()


async def test_a_job_exists_exactly_when_its_cause_was_committed(post: Post) -> None:
    async with post.book.database.transaction(post.book.tenant_id, NOON) as tx:
        await jobs.enqueue(tx, [jobs.job(tx, "note", 1, Note("never"))])
    assert await post.left() == []
    await post.ask("a")
    assert await post.left() == [("note", 0, False, "")]


async def test_what_is_done_is_gone_and_what_is_not_due_waits(post: Post) -> None:
    await post.ask("a", "b")
    await post.ask("later", after=timedelta(minutes=1))
    assert await post.round() == 2
    assert sorted(post.done) == ["a", "b"]
    post.clock.advance(timedelta(minutes=1))
    assert await post.round() == 1
    assert await post.left() == []


async def test_a_commit_rings_for_its_tenant_and_a_rollback_does_not(post: Post) -> None:
    bell = jobs.bell(post.book.database.memory)
    bell.answered()
    async with post.book.database.transaction(post.book.tenant_id, NOON) as tx:
        await jobs.enqueue(tx, [jobs.job(tx, "note", 1, Note())])
    await post.ask("later", after=timedelta(minutes=1))
    assert bell.answered() == set()
    await post.ask("now")
    assert bell.answered() == {post.book.tenant_id}


async def test_what_a_dead_worker_began_is_begun_again_when_its_lease_ends(post: Post) -> None:
    await post.ask("a")
    await jobs.claim(post.book.database, post.book.tenant_id, NOON, 10)
    assert await post.round() == 0
    post.clock.advance(jobs.LEASE)
    assert await post.round() == 1
    assert (post.done, await post.left()) == (["a"], [])


async def test_who_has_lost_the_lease_finishes_nothing(post: Post) -> None:
    await post.ask("a")
    database, tenant_id = post.book.database, post.book.tenant_id
    [slow] = await jobs.claim(database, tenant_id, NOON, 10)
    [other] = await jobs.claim(database, tenant_id, NOON + jobs.LEASE, 10)
    assert not await jobs.finish(database, tenant_id, NOON, slow, [])
    await jobs.fail(database, tenant_id, NOON, slow, "too slow")
    assert await post.left() == [("note", 2, False, "")]
    assert await jobs.finish(database, tenant_id, NOON, other, [])
    assert await post.left() == []


async def test_two_workers_never_have_the_same_job(post: Post) -> None:
    await post.ask(*"abcdef")
    one = await jobs.claim(post.book.database, post.book.tenant_id, NOON, 4)
    other = await jobs.claim(post.book.database, post.book.tenant_id, NOON, 4)
    assert [len(one), len(other)] == [4, 2]
    assert {job.job_id for job in one}.isdisjoint(job.job_id for job in other)


async def test_what_fails_is_tried_again_on_the_published_schedule_and_then_left_to_a_person(post: Post) -> None:
    post.fault = RuntimeError("no luck")
    await post.ask("a")
    for tries, wait_s in enumerate(jobs.RETRY_AFTER_S, 1):
        assert await post.round() == 1
        assert await post.left() == [("note", tries, False, "RuntimeError('no luck')")]
        post.clock.advance(timedelta(seconds=wait_s - 1))
        assert await post.round() == 0
        post.clock.advance(timedelta(seconds=1))
    assert await post.round() == 1
    assert await post.left() == [("note", len(jobs.RETRY_AFTER_S) + 1, True, "RuntimeError('no luck')")]
    post.clock.advance(timedelta(days=1))
    assert await post.round() == 0


async def test_a_job_that_kills_its_workers_is_buried(post: Post) -> None:
    await post.ask("a")
    for _ in range(len(jobs.RETRY_AFTER_S) + 1):
        await jobs.claim(post.book.database, post.book.tenant_id, post.clock.now(), 1)
        post.clock.advance(jobs.LEASE)
    assert await post.round() == 1
    assert (post.done, [row[2] for row in await post.left()]) == ([], [True])


async def test_a_kind_nobody_does_is_not_lost(post: Post) -> None:
    async with post.book.writing() as tx:
        await jobs.enqueue(tx, [jobs.job(tx, "unheard of", 1, Note())])
    await post.round()
    assert await post.left() == [("unheard of", 1, False, "KeyError('unheard of')")]


async def test_no_tenant_sees_the_jobs_of_another(post: Post, admin_url: str) -> None:
    other = (await new_book(post.book.database, admin_url)).tenant_id
    await post.ask("a")
    assert await jobs.claim(post.book.database, other, NOON, 10) == []
    assert {other, post.book.tenant_id} <= set(await post.book.database.tenants())


async def test_old_answers_are_forgotten(post: Post) -> None:
    async with post.book.writing() as tx:
        await tx.count(_ANSWER, b"old", NOON - timedelta(days=3))
        await tx.count(_ANSWER, b"new", NOON)
    assert await worker.forget(post.desk, post.book.tenant_id) == 1
    assert await post.book.rows("select key from kernel.idempotency where tenant_id = $1") == [(b"new",)]


_ANSWER = "insert into kernel.idempotency (tenant_id, key, fingerprint, answer, flow, at) values ($1, $2, '', '', 'f', $3)"
