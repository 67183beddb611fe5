"""Member 会员通: one person across all channels and stores, found by any of their identities.

Owns the schema `member`.
Invariants: an identity (phone, e-mail, card, openid) has one written form and belongs to one member; however many
tills meet a person at once, they become one member; who is blocked cannot shop.
Verbs: `recognize` and `find_or_create` (unknown people become members), `find`, `add_identities`, `block`, `unblock`, `standing`.
Events: `member.joined.v1`, `member.identity_added.v1`, `member.blocked.v1`, `member.unblocked.v1` - without the identity
itself, because the log cannot forget.
"""

from jiutong.capabilities.member.model import (
    BLOCKED,
    DEFAULT_REGION,
    IDENTITY_INVALID,
    IDENTITY_TAKEN,
    NOT_ACTIVE,
    AddIdentity,
    Identity,
    IdentityAdded,
    Joined,
    Kind,
    Recognize,
    Recognized,
    Status,
    StatusChanged,
)
from jiutong.capabilities.member.rules import beginnings, identity
from jiutong.capabilities.member.verbs import add_identities, block, find, find_or_create, recognize, standing, unblock

__all__ = [
    "BLOCKED",
    "DEFAULT_REGION",
    "IDENTITY_INVALID",
    "IDENTITY_TAKEN",
    "NOT_ACTIVE",
    "AddIdentity",
    "Identity",
    "IdentityAdded",
    "Joined",
    "Kind",
    "Recognize",
    "Recognized",
    "Status",
    "StatusChanged",
    "add_identities",
    "beginnings",
    "block",
    "find",
    "find_or_create",
    "identity",
    "recognize",
    "standing",
    "unblock",
]
