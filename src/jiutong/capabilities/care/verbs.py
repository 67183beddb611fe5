"""What can be done with what comes back."""

from collections.abc import Sequence

from jiutong.capabilities.care import store
from jiutong.capabilities.care.model import ReturnOrder
from jiutong.kernel.db import Tx


async def record(tx: Tx, returns: Sequence[ReturnOrder]) -> None:
    """Post. Write returns whose goods are back and whose refund is under way."""
    if returns:
        await store.insert_returns(tx, returns)
        await store.insert_lines(tx, returns)
