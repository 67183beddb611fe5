"""How often somebody may try: a bucket of tokens per name, refilled slowly, in the memory of this process."""

import asyncio
from collections import OrderedDict
from math import ceil

from jiutong.kernel.errors import ProblemType

NAMES_MAX = 10_000


class Attempts:
    """At most `tokens` tries in a row, then one every `refill_s` seconds; `refused` is what the next one is told."""

    def __init__(self, tokens: int, refill_s: int, refused: ProblemType) -> None:
        self._tokens = tokens
        self._refill_s = refill_s
        self._refused = refused
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, name: str) -> None:
        """Count a try, or refuse it with the time to wait."""
        # A bucket is the moment it would be full again: every try moves that moment by one refill.
        now = asyncio.get_running_loop().time()
        full_at = max(self._full_at.get(name, now), now) + self._refill_s
        wait_s = full_at - now - self._tokens * self._refill_s
        if wait_s > 0:
            raise self._refused("wait a moment before the next try", retry_after_s=ceil(wait_s))
        self._full_at[name] = full_at
        self._full_at.move_to_end(name)
        if len(self._full_at) > NAMES_MAX:
            self._full_at.popitem(last=False)

    def forget(self, name: str) -> None:
        """It was right: the tries before it do not count."""
        self._full_at.pop(name, None)
