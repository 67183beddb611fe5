"""What the runner has answered, it lets go of."""

import asyncio
import gc
from collections.abc import Sequence

import msgspec
from tests.book import NOON, Book

from jiutong.kernel.clock import SetClock
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.runner import Call, Flow, Runner
from jiutong.kernel.scope import Scope

REFUSED = "refused for the test of memory"


class Ask(msgspec.Struct, frozen=True):
    """A wish that is always refused."""


async def refuse(tx: Tx, calls: Sequence[Call[Ask]]) -> list[Ask | Problem]:
    return [NOT_FOUND(REFUSED) for _ in calls]


REFUSE: Flow[Ask, Ask] = Flow("test.refuse", refuse, Ask, 1, 256)


async def test_a_refusal_that_was_told_is_forgotten(book: Book) -> None:
    runner, scope = Runner(book.database, SetClock(NOON)), Scope(book.tenant_id, "app:1", frozenset())

    async def told(key: str) -> str:
        try:
            await runner.run(REFUSE, Ask(), scope, key)
        except Problem as refusal:
            return refusal.code
        return ""

    assert {await told(f"key {no}") for no in range(10)} == {"resource.not_found"}
    await runner.drain()
    await asyncio.sleep(0)  # the loop itself holds what it told last until its next turn
    gc.collect()
    assert [left for left in gc.get_objects() if isinstance(left, Problem) and left.detail == REFUSED] == []
