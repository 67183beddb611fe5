"""The nouns of the book: account, claim and hold, entry and transfer."""

import hashlib
from datetime import datetime
from functools import lru_cache

import msgspec

from jiutong.kernel.errors import ProblemType

SHORT = ProblemType("ledger.short", 409, "There is not enough left", "余额不足")
HOLD_GONE = ProblemType("ledger.hold_gone", 409, "What was held is no longer held", "占用已释放")


class Account(msgspec.Struct, frozen=True):
    """Where something is counted. `code` reads `kind:key:key…`; amounts are in `unit` (a currency's minor units, a SKU's base units).

    `floor` is the least that may be left (posted - held); None lets it go below zero. An untracked account is the world
    outside (customers, suppliers): its balance is not stored but is the sum of its transfers, so nobody queues on it.
    """

    account_id: int
    code: str
    unit: str
    floor: int | None
    tracked: bool


@lru_cache(maxsize=1 << 16)
def account(code: str, unit: str, floor: int | None = None, tracked: bool = True) -> Account:
    """The account of this code. Its id is the first 64 bits of the code's MD5, so nobody has to look it up; SQL has `ledger.account_id`."""
    account_id = int.from_bytes(hashlib.md5(code.encode(), usedforsecurity=False).digest()[:8], signed=True)
    return Account(account_id, code, unit, floor, tracked)


class Claim(msgspec.Struct, frozen=True):
    """A wish for something scarce: hold `amount` of `from_`, to be moved to `to` later."""

    hold_id: int
    from_: Account
    to: Account
    amount: int


class ClaimGroup(msgspec.Struct, frozen=True):
    """Claims that are granted together or not at all. Held until posted, voided or past `expires_at`."""

    group_id: int
    claims: tuple[Claim, ...]
    expires_at: datetime | None = None


class HoldRef(msgspec.Struct, frozen=True):
    """Names one hold of a group."""

    group_id: int
    hold_id: int


class Transfer(msgspec.Struct, frozen=True):
    """`amount` > 0 moves from one account to another; with `settles` it takes up that much of a hold on `from_`."""

    from_: Account
    to: Account
    amount: int
    settles: HoldRef | None = None


class Entry(msgspec.Struct, frozen=True):
    """One fact in the book. `entry_id` is the id of the business fact itself, so that it is booked at most once."""

    entry_id: int
    rule: str
    subject_id: int
    transfers: tuple[Transfer, ...]
    reverses: int | None = None


class Release(msgspec.Struct, frozen=True):
    """Give back what is still held: of a whole group, or `amount` of one of its holds."""

    group_id: int
    hold_id: int | None = None
    amount: int | None = None


class Balance(msgspec.Struct, frozen=True):
    """What an account shows: posted, held, and what is left of it."""

    posted: int = 0
    held: int = 0
    floor: int | None = None

    @property
    def left(self) -> int:
        """posted - held."""
        return self.posted - self.held

    @property
    def free(self) -> int:
        """What may still be taken; what is left above the floor."""
        return self.left - (self.floor or 0)


class FloorMove(msgspec.Struct, frozen=True):
    """The account with this code shall bear `floor` from now on, also when more of it was taken already; with `begins` all whose
    codes begin so. No account is meant by two moves of one call.
    """

    code: str
    floor: int
    begins: bool = False


class Standing(msgspec.Struct, frozen=True):
    """A locked account that is to bear `floor`. `lifted` is what earlier moves put on it."""

    account: Account
    left: int
    lifted: int
    floor: int


class Shortfall(msgspec.Struct, frozen=True):
    """Why a group was refused: the account that could not bear it, what was wanted, what was free."""

    account: Account
    wanted: int
    free: int


class MovedByRule(msgspec.Struct, frozen=True):
    """What one rule gave to an account and took from it, by how many entries."""

    code: str
    unit: str
    rule: str
    given: int
    taken: int
    entries: int


class Held(msgspec.Struct, frozen=True):
    """Outcome of `hold`: the refused groups, by their position in the call."""

    refused: dict[int, Shortfall]


class Posted(msgspec.Struct, frozen=True):
    """Outcome of `post`: the refused entries by position, and the floorless accounts that now stand below zero."""

    refused: dict[int, Shortfall]
    below_zero: dict[int, int]
