"""How often somebody may try: a bucket of tokens per name, refilled slowly, in the memory of this process."""

import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from jiutong.kernel.errors import ProblemType

NAMES_MAX = 10_000
SECOND_NS = 1_000_000_000


class Left(msgspec.Struct, frozen=True):
    """How many more may follow at once, and the seconds until all of them may again."""

    tokens: int
    full_in_s: int


class Attempts:
    """At most `tokens` tries in a row, refilled evenly, all of them in `full_in_s` seconds; `refused` is what the next one is told."""

    def __init__(self, tokens: int, full_in_s: int, refused: ProblemType, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.policy = f"q={tokens};w={full_in_s}"
        self._full_ns = full_in_s * SECOND_NS
        self._token_ns = self._full_ns // tokens
        self._refused = refused
        self._clock_ns = clock_ns
        self._full_at: OrderedDict[str, int] = OrderedDict()

    def take(self, name: str) -> Left:
        """Count a try and tell what is left, or refuse it with the time to wait."""
        # A bucket is the moment it would be full again: every try moves that moment by what one token takes to come back.
        now = self._clock_ns()
        lacks_ns = max(self._full_at.get(name, now) - now, 0) + self._token_ns
        if lacks_ns > self._full_ns:
            raise self._refused("wait a moment before the next try", retry_after_s=-(-(lacks_ns - self._full_ns) // SECOND_NS))
        self._full_at[name] = now + lacks_ns
        self._full_at.move_to_end(name)
        if len(self._full_at) > NAMES_MAX:
            self._full_at.popitem(last=False)
        return Left((self._full_ns - lacks_ns) // self._token_ns, -(-lacks_ns // SECOND_NS))

    def forget(self, name: str) -> None:
        """It was right: the tries before it do not count."""
        self._full_at.pop(name, None)
