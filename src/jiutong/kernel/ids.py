"""Ids: bigint inside, minted from blocks leased from the database; prefixed and unguessable outside."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable

from jiutong.kernel.errors import NOT_FOUND

BLOCK = 1 << 20
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {c: i for i, c in enumerate(_ALPHABET)}
_DIGITS = 13
_MASK32 = 0xFFFFFFFF


class IdMint:
    """Hands out time-ordered bigint ids from hi/lo blocks. `lease` returns the next block number of the installation.

    Uniqueness rests on the database's sequence, not on a clock. `reserve` must have covered what `mint` hands out.
    """

    def __init__(self, lease: Callable[[], Awaitable[int]]) -> None:
        self._lease = lease
        self._leasing = asyncio.Lock()
        self._next = 0
        self._end = 0
        self._spare: deque[int] = deque()

    async def reserve(self, count: int) -> None:
        """Make sure at least `count` ids can be minted without asking the database."""
        if self._left() >= count:
            return
        # One lease at a time: two would come back in any order, and ids would step back.
        async with self._leasing:
            while self._left() < count:
                self._spare.append(await self._lease())

    def mint(self) -> int:
        """One new id."""
        if self._next == self._end:
            if not self._spare:
                raise RuntimeError("ids were minted without being reserved")
            self._next = self._spare.popleft() * BLOCK
            self._end = self._next + BLOCK
        self._next += 1
        return self._next - 1

    def _left(self) -> int:
        return self._end - self._next + len(self._spare) * BLOCK


class PublicIds:
    """A keyed permutation of 64-bit ids written in base32: `ord_1f6k…`. Neighbors cannot be told from their names.

    A four-round Feistel network over BLAKE2b (Luby and Rackoff, 1988); the key is the installation's secret.
    """

    def __init__(self, secret: bytes) -> None:
        self._rounds = tuple(
            hashlib.blake2b(key=hashlib.blake2b(secret, digest_size=16, person=b"jt-ids%d" % i).digest(), digest_size=4) for i in range(4)
        )

    def show(self, prefix: str, id_: int) -> str:
        """The public name of an internal id."""
        left, right = id_ >> 32, id_ & _MASK32
        for keyed in self._rounds:
            left, right = right, left ^ _mix(keyed, right)
        value = left << 32 | right
        return f"{prefix}_" + "".join(_ALPHABET[value >> shift & 31] for shift in range(60, -1, -5))

    def read(self, prefix: str, name: str) -> int:
        """The internal id behind a public name; a name that cannot be one is simply not found."""
        head, _, digits = name.partition("_")
        if head != prefix or len(digits) != _DIGITS or any(d not in _VALUE for d in digits) or _VALUE[digits[0]] > 15:
            raise NOT_FOUND(f"{name!r} is not a {prefix}_ id")
        value = 0
        for digit in digits:
            value = value << 5 | _VALUE[digit]
        left, right = value >> 32, value & _MASK32
        for keyed in reversed(self._rounds):
            left, right = right ^ _mix(keyed, left), left
        if left >> 31:
            raise NOT_FOUND(f"{name!r} is not a {prefix}_ id")
        return left << 32 | right


def _mix(keyed: hashlib.blake2b, half: int) -> int:
    state = keyed.copy()
    state.update(half.to_bytes(4))
    return int.from_bytes(state.digest())
