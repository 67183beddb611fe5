"""People who buy, and how they are recognized."""

from typing import Annotated, Literal

import msgspec

from jiutong.kernel.errors import ProblemType

IDENTITY_INVALID = ProblemType("member.identity_invalid", 422, "Nobody can be recognized by this", "会员标识无效")
IDENTITY_TAKEN = ProblemType("member.identity_taken", 409, "This belongs to another member", "该标识已属于其他会员")
BLOCKED = ProblemType("member.blocked", 409, "This member is blocked", "会员已被停用")
NOT_ACTIVE = ProblemType("member.not_active", 409, "This member was merged or erased", "会员已合并或注销")

Kind = Literal["phone", "email", "card", "openid"]
Status = Literal["active", "blocked", "merged", "erased"]
DEFAULT_REGION = "CN"


class Recognize(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person by one of their identities. A phone without a country code is read as one of `region`.

    `name` is kept when the person is new.
    """

    kind: Kind
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=254, examples=["+8613800138000"])]
    region: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] = DEFAULT_REGION
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Identity(msgspec.Struct, frozen=True, order=True):
    """What a person is recognized by, in its one written form."""

    kind: Kind
    value: str


class AddIdentity(msgspec.Struct, frozen=True):
    """Another identity for a member."""

    member_id: int
    identity: Recognize


class Recognized(msgspec.Struct, frozen=True):
    """Who it is, and whether they were unknown until now."""

    member_id: int
    new: bool


class Joined(msgspec.Struct, frozen=True):
    """Event `member.joined.v1`. Says by which kind of identity, never the identity: the log outlives the person's wish to be forgotten."""

    kind: Kind


class IdentityAdded(msgspec.Struct, frozen=True):
    """Event `member.identity_added.v1`."""

    kind: Kind


class StatusChanged(msgspec.Struct, frozen=True):
    """Events `member.blocked.v1` and `member.unblocked.v1`."""

    status: Status
