"""Taking rows over: through the flows people use for the same, a batch at a time, each row once.

A row goes under a key of its own, so a worker that died between a batch and its telling finds what is done already. What became
of each row is told right after; who comes later begins with the rows nobody has told of.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from jiutong.capabilities import task
from jiutong.flows import take_over
from jiutong.flows.maintain_catalog import ProductsPut
from jiutong.gateways.desk import Desk, Execute, later
from jiutong.importers.sheets.fields import KINDS
from jiutong.importers.sheets.shaping import Wanted, field_of, said, shaped
from jiutong.kernel.clock import Clock
from jiutong.kernel.db import Database
from jiutong.kernel.errors import KEY_REUSED, OVERLOADED, UNAVAILABLE, Problem
from jiutong.kernel.jobs import Job
from jiutong.kernel.runner import Answer, Call, Runner
from jiutong.kernel.scope import Scope
from jiutong.reads import sheets as reads

ROWS_AT_ONCE = 200
TURN_S = 20
"""How long one job works before it leaves the rest to the next: well below what a job may take."""


class Taker(msgspec.Struct, frozen=True):
    """Who takes rows over: with what, and in whose name."""

    db: Database
    runner: Runner
    clock: Clock
    scope: Scope

    async def try_out(
        self, kind: str, rows: Sequence[task.Row], mapping: Sequence[str], defaults: dict[str, str]
    ) -> list[tuple[Wanted, task.RowTold]]:
        """What these rows would come to. Nothing is kept."""
        wanted = await self._wanted(kind, rows, mapping, defaults)
        calls, flow = self._calls(wanted)
        return _told(kind, wanted, await self.runner.preview_all(flow, calls) if flow else [])

    async def take(
        self, sheet_id: int, kind: str, rows: Sequence[task.Row], mapping: Sequence[str], defaults: dict[str, str]
    ) -> list[tuple[Wanted, task.RowTold]]:
        """Take rows over, each on its own: what cannot be done is told."""
        wanted = await self._wanted(kind, rows, mapping, defaults)
        calls, flow = self._calls(wanted)
        keys = [f"import {sheet_id} {one.row.no}" for one in wanted if one.shape is not None]
        return _told(kind, wanted, await self.runner.run_all(flow, calls, keys) if flow else [])

    async def _wanted(self, kind: str, rows: Sequence[task.Row], mapping: Sequence[str], defaults: dict[str, str]) -> list[Wanted]:
        async with self.db.reading(self.scope.tenant_id, self.clock.now()) as tx:
            now = await reads.standing(tx, kind, [said(row, mapping, defaults) for row in rows])
        return shaped(kind, rows, mapping, defaults, now)

    def _calls(self, wanted: Sequence[Wanted]) -> tuple[list[Call[Any]], Any]:
        shapes = [one.shape for one in wanted if one.shape is not None]
        return [Call(one.command, self.scope) for one in shapes], shapes[0].flow if shapes else None


def _told(kind: str, wanted: Sequence[Wanted], answers: Sequence[Answer[Any] | Problem]) -> list[tuple[Wanted, task.RowTold]]:
    """What became of each row. A fault that would strike any row is nobody's in particular: it is raised, and tried again later."""
    left = iter(answers)
    return [(one, _row_told(kind, one, one.why or next(left))) for one in wanted]


def _row_told(kind: str, one: Wanted, answer: Answer[Any] | Problem) -> task.RowTold:
    if isinstance(answer, Answer):
        return task.RowTold(one.row.no, _outcome(answer.result))
    if answer.type in {OVERLOADED, UNAVAILABLE}:
        raise answer
    if answer.type is KEY_REUSED:
        # Done by a worker that died before it could tell, and somebody has changed the thing since.
        return task.RowTold(one.row.no, "changed")
    field = one.field or field_of(KINDS[kind], answer)
    return task.RowTold(one.row.no, "refused", field, answer.code, answer.detail[:500])


def _outcome(result: Any) -> task.Outcome:
    if isinstance(result, ProductsPut):
        return result.products[0].outcome
    if getattr(result, "created", None):
        return "created"
    if hasattr(result, "unchanged"):
        return "unchanged" if result.unchanged else "changed"
    return "created"


async def _work(desk: Desk, tenant_id: int, job: Job) -> Sequence[Job]:
    """Take over rows of a sheet for a while, and leave the rest to a next job."""
    time = asyncio.get_running_loop().time
    until = time() + TURN_S
    after = 0
    while time() < until:
        async with desk.db.reading(tenant_id, desk.clock.now()) as tx:
            sheet = await reads.sheet(tx, job.subject_id)
            if sheet is None or sheet.state != "running":
                return []
            rows = await reads.open_rows(tx, sheet.sheet_id, after, ROWS_AT_ONCE)
        if not rows:
            return []
        scope = Scope(tenant_id, sheet.actor, frozenset(KINDS[sheet.kind].grants), "import")
        taker = Taker(desk.db, desk.runner, desk.clock, scope)
        told = await taker.take(sheet.sheet_id, sheet.kind, rows, sheet.mapping, sheet.defaults)
        await desk.runner.run(take_over.settle, task.Told(sheet.sheet_id, tuple(one for _, one in told)), scope)
        after = rows[-1].no
    return [later(desk, take_over.WORK, job.subject_id, take_over.Work(), timedelta())]


EXECUTES: dict[str, Execute] = {take_over.WORK: _work}
