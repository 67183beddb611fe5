"""Words that commands of several processes share: codes, quantities, amounts, and what is taken off by hand."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities.order import GivenAdjustment

Quantity = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Base units of the SKU")]
Minor = Annotated[int, Meta(ge=0, le=10**15, description="Minor units of the currency")]
Positive = Annotated[int, Meta(ge=1, le=10**15, description="Minor units of the currency")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=500)]

Word = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^:]+$")]
"""A code that becomes part of a ledger account's, whose parts are divided by colons."""


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom and where to deliver."""

    name: Annotated[str, Meta(max_length=200)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    region: Annotated[str, Meta(max_length=200)] = ""
    address: Text = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    postal_code: Annotated[str, Meta(max_length=20)] = ""


class TakeOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount somebody takes off by hand, and why. `funder` bears it: the seller, unless said otherwise."""

    amount_minor: Positive
    reason: Word
    funder: Word = "seller"


def given(taken: Sequence[TakeOff]) -> tuple[GivenAdjustment, ...]:
    """The same in the order room's words."""
    return tuple(GivenAdjustment(one.amount_minor, one.reason, one.funder) for one in taken)
