"""Booking what a reader yields: commands in batches through the same flows that people and tills use."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, Flow, Runner
from jiutong.kernel.scope import Scope

C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

IN_FLIGHT = 2
"""Batches under way at once: while the database commits one, the next is being shaped."""


class Books(msgspec.Struct, frozen=True):
    """Where an import writes and in whose name."""

    runner: Runner
    scope: Scope

    async def one(self, flow: Flow[C, R], command: C, key: str | None = None) -> R:
        """Do one command; what it was refused with is raised."""
        return (await self.runner.run(flow, command, self.scope, key)).result

    async def batch(self, flow: Flow[C, R], commands: Sequence[C], keys: Sequence[str] | None = None) -> list[R | Problem]:
        """Do commands as one batch, each accepted or refused on its own."""
        calls = [Call(command, self.scope) for command in commands]
        answers = await self.runner.run_all(flow, calls, keys or [None] * len(calls))
        return [answer if isinstance(answer, Problem) else answer.result for answer in answers]

    async def stream(self, flow: Flow[C, R], commands: Iterable[C], size: int) -> AsyncIterator[list[tuple[C, R | Problem]]]:
        """Do many commands, batch after batch, in order, with the next batch shaped while the last one is written."""
        under_way: list[tuple[list[C], asyncio.Task[list[R | Problem]]]] = []
        for chunk in chunks(commands, size):
            under_way.append((chunk, asyncio.create_task(self.batch(flow, chunk))))
            if len(under_way) == IN_FLIGHT:
                done, task = under_way.pop(0)
                yield list(zip(done, await task, strict=True))
        for done, task in under_way:
            yield list(zip(done, await task, strict=True))


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Rows in lists of `size`, the last one shorter."""
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk


def accepted(outcomes: Iterable[R | Problem]) -> list[R]:
    """The results of commands none of which may be refused; the first refusal is raised."""
    results: list[R] = []
    for outcome in outcomes:
        if isinstance(outcome, Problem):
            raise outcome
        results.append(outcome)
    return results
