"""Views people keep of their lists. They are nobody's business but theirs, so the event log does not tell of them."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import access
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class Kept(msgspec.Struct, frozen=True):
    """A view as it is kept now."""

    view_id: int
    revision: int


class DeleteView(msgspec.Struct, frozen=True):
    """Keep a view no longer."""

    view_id: int


class Gone(msgspec.Struct, frozen=True):
    """The view is not there, now or before."""

    view_id: int


@flow("view.make", gives=Kept, statements=2)
async def make_view(tx: Tx, calls: Sequence[Call[access.View]]) -> list[Kept | Problem]:
    """Keep views."""
    made = await access.make_views(tx, [(call.command, call.scope) for call in calls])
    return [one if isinstance(one, Problem) else Kept(one, 1) for one in made]


@flow("view.replace", gives=Kept, statements=3)
async def replace_view(tx: Tx, calls: Sequence[Call[access.ReplaceView]]) -> list[Kept | Problem]:
    """Replace views."""
    outcomes = await access.replace_views(tx, [(call.command, call.scope) for call in calls])
    return [
        revision if isinstance(revision, Problem) else Kept(call.command.view_id, revision)
        for call, revision in zip(calls, outcomes, strict=True)
    ]


@flow("view.delete", gives=Gone, statements=2)
async def delete_view(tx: Tx, calls: Sequence[Call[DeleteView]]) -> list[Gone | Problem]:
    """Delete views."""
    refusals = await access.delete_views(tx, [(call.command.view_id, call.scope) for call in calls])
    return [no or Gone(call.command.view_id) for call, no in zip(calls, refusals, strict=True)]
