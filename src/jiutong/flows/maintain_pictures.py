"""Pictures of products: shown, replaced, and shown no more."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import catalog
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class Shown(msgspec.Struct, frozen=True):
    """A product is shown by this picture at this place; by none where `hash` is empty."""

    product_id: int
    position: int
    hash: str = ""


@flow("catalog.put_picture", gives=Shown, statements=2)
async def put_picture(tx: Tx, calls: Sequence[Call[catalog.PutPicture]]) -> list[Shown | Problem]:
    """Show products by pictures."""
    ids = await catalog.put_pictures(tx, [call.command for call in calls])
    outcomes: list[Shown | Problem] = [
        id_ if isinstance(id_, Problem) else Shown(id_, call.command.position, call.command.hash)
        for id_, call in zip(ids, calls, strict=True)
    ]
    return _told(tx, calls, outcomes)


@flow("catalog.drop_picture", gives=Shown, statements=2)
async def drop_picture(tx: Tx, calls: Sequence[Call[catalog.DropPicture]]) -> list[Shown | Problem]:
    """Show products without pictures. Dropping one twice is dropping it."""
    ids = await catalog.drop_pictures(tx, [call.command for call in calls])
    outcomes: list[Shown | Problem] = [
        id_ if isinstance(id_, Problem) else Shown(id_, call.command.position) for id_, call in zip(ids, calls, strict=True)
    ]
    return _told(tx, calls, outcomes)


def _told(
    tx: Tx, calls: Sequence[Call[catalog.PutPicture]] | Sequence[Call[catalog.DropPicture]], outcomes: list[Shown | Problem]
) -> list[Shown | Problem]:
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, Shown):
            tx.emit("product.picture_shown.v1", outcome.product_id, outcome, call.scope)
    return outcomes
