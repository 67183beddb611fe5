"""Keeping storefronts: which channels are open to the public, and what their shoppers are told."""

from collections.abc import Sequence

from jiutong.capabilities import access
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


@flow("access.put_storefront", gives=access.Written, statements=3)
async def put_storefront(tx: Tx, calls: Sequence[Call[access.Put[access.Storefront]]]) -> list[access.Written | Problem]:
    """Make or replace the storefronts of channels."""
    outcomes = await access.put_storefronts(tx, [call.command for call in calls])
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, access.Written):
            tx.emit("storefront.put.v1", outcome.id, call.command, call.scope)
    return outcomes
