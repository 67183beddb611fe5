"""The ledger 台账: the only thing that counts.

Owns: `ledger.account` (posted, held, floor), `ledger.entry` and `ledger.transfer` (append only), `ledger.hold` (two-phase).
Invariants: an account's posted is the sum of its transfers, its held the sum of its open holds, and what is left
(posted - held) is never below its floor; every transfer takes from one account what it gives to another, so the book
balances by construction. Correction is by reversal only.
Verbs: `hold`, `post`, `void`, `keep`, `hold_until`, `reverse`, `balances`, `due`, `moved`, `move_floors`.
Money goes from the credited to the debited account.
What moves when is one table: `POSTING_RULES` (docs/ledger.md).
"""

from jiutong.ledger.model import (
    HOLD_GONE,
    SHORT,
    Account,
    Balance,
    Claim,
    ClaimGroup,
    Entry,
    FloorMove,
    Held,
    HoldRef,
    MovedByRule,
    Posted,
    Release,
    Shortfall,
    Transfer,
    account,
)
from jiutong.ledger.rules import ACCOUNT_KINDS, POSTING_RULES, PostingRule, account_of, leg
from jiutong.ledger.verbs import balances, due, hold, hold_until, keep, move_floors, moved, post, reverse, void

__all__ = [
    "ACCOUNT_KINDS",
    "HOLD_GONE",
    "POSTING_RULES",
    "SHORT",
    "Account",
    "Balance",
    "Claim",
    "ClaimGroup",
    "Entry",
    "FloorMove",
    "Held",
    "HoldRef",
    "MovedByRule",
    "Posted",
    "PostingRule",
    "Release",
    "Shortfall",
    "Transfer",
    "account",
    "account_of",
    "balances",
    "due",
    "hold",
    "hold_until",
    "keep",
    "leg",
    "move_floors",
    "moved",
    "post",
    "reverse",
    "void",
]
