"""Money is an integer of minor units and a currency; a sum is split without losing or inventing one of them."""

from collections.abc import Sequence

import msgspec

from jiutong.kernel.errors import ProblemType

CURRENCY_MISMATCH = ProblemType("money.currency_mismatch", 422, "Amounts are in different currencies", "币种不一致")


# ISO 4217: the currencies whose minor unit is not a hundredth.
_WHOLE = frozenset(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"])
_THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def minor_digits(currency: str) -> int:
    """How many decimals an amount of this currency is written with: cents 2, yen 0, fils 3."""
    return 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in minor units (cents, fen) of an ISO 4217 currency."""

    amount_minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CURRENCY_MISMATCH(f"{self.currency} and {other.currency} cannot be added")
        return other.amount_minor


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder (Hamilton's method).

    Shares sum to `total` exactly. Ties go to the larger remainder first, then to the earlier position: the house's one
    published tie-break. Weights are non-negative; if all are zero the split is as if they were equal.
    """
    if not weights:
        if total:
            raise ValueError("nothing to allocate to")
        return []
    if min(weights) < 0:
        raise ValueError("a weight below zero has no share")
    if total < 0:
        return [-share for share in allocate(-total, weights)]
    base = sum(weights)
    if base == 0:
        weights, base = [1] * len(weights), len(weights)
    shares = [total * weight // base for weight in weights]
    left = total - sum(shares)
    if left:
        remainders = [total * weight % base for weight in weights]
        for i in sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)[:left]:
            shares[i] += 1
    return shares


def allocate_capped(total: int, caps: Sequence[int]) -> tuple[list[int], int]:
    """Split `total` in proportion to what each position can still bear; nobody above its cap.

    Returns the shares and what nobody could bear. Proportion to the caps themselves keeps every share under its cap
    (a rounding unit lands only where there is room), so one pass is enough. Neither `total` nor a cap is below zero.
    """
    if total < 0 or min(caps, default=0) < 0:
        raise ValueError("what is to be borne and what can be borne are not below zero")
    room = sum(caps)
    borne = min(total, room)
    if borne == room:
        return list(caps), total - room
    return allocate(borne, caps), total - borne


def prefix_share(total: int, first: int, whole: int) -> int:
    """What the first `first` of `whole` units carry of `total`, rounded half away from zero.

    The share of units k+1 … k+r is `prefix_share(k + r) - prefix_share(k)`: whatever the sequence of partial returns,
    the shares of all units add up to `total`. A discount and what its funder owes for it are one amount with two signs,
    so their shares must differ in nothing but the sign.
    """
    if total < 0:
        return -prefix_share(-total, first, whole)
    return (2 * total * first + whole) // (2 * whole)


def units_share(total: int, before: int, units: int, whole: int) -> int:
    """What units `before + 1 … before + units` of `whole` carry of `total`: the difference of two prefixes."""
    return prefix_share(total, before + units, whole) - prefix_share(total, before, whole)
