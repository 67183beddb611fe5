"""People who buy, and how they are recognized."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec

from jiutong.kernel.errors import ProblemType

IDENTITY_INVALID = ProblemType("member.identity_invalid", 422, "Nobody can be recognized by this", "会员标识无效")
IDENTITY_TAKEN = ProblemType("member.identity_taken", 409, "This belongs to another member", "该标识已属于其他会员")
BLOCKED = ProblemType("member.blocked", 409, "This member is blocked", "会员已被停用")
NOT_ACTIVE = ProblemType("member.not_active", 409, "This member was merged or erased", "会员已合并或注销")

WRONG_CODE = ProblemType("member.wrong_code", 401, "The code is wrong or has expired", "验证码错误或已过期")
TOO_OFTEN = ProblemType("member.too_often", 429, "Too many attempts; wait a moment", "操作过于频繁，请稍后再试")
TOO_MANY_ADDRESSES = ProblemType("member.too_many_addresses", 422, "Nobody keeps that many addresses", "收货地址数量已达上限")

CODE_DIGITS: Final = 6
CODE_LASTS: Final = timedelta(minutes=5)
CODE_AGAIN: Final = timedelta(seconds=30)
"""How long to wait before another code is sent to the same place."""

CODE_KINDS: Final[frozenset[str]] = frozenset({"phone", "email"})
"""What a code can be sent to."""

SESSION_LASTS: Final = timedelta(days=30)
ADDRESSES_MAX: Final = 20

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


class SendCode(msgspec.Struct, frozen=True):
    """Send a one-time code to a person. Only its hash is kept; `text` is what they read."""

    to: Recognize
    code_hash: bytes
    text: str


class CodeSent(msgspec.Struct, frozen=True):
    """Whether a code went out; not when the one before is younger than half a minute."""

    sent: bool


class Message(msgspec.Struct, frozen=True):
    """The job of telling a person something: by phone (`sms`) or e-mail, until it is of no use any more."""

    kind: Kind
    to: str
    text: str
    until: datetime


class EnterCode(msgspec.Struct, frozen=True):
    """Somebody says the code they were sent, and asks for a session under this token."""

    identity: Recognize
    code_hash: bytes
    token_hash: bytes


class Entered(msgspec.Struct, frozen=True):
    """A session of a member has begun; none (0) where the code was not right."""

    member_id: int
    new: bool = False
    expires_at: datetime | None = None


class Shopper(msgspec.Struct, frozen=True):
    """A member who is signed in, with what they are recognized by."""

    member_id: int
    name: str
    level: str
    identities: tuple[Identity, ...]


class Rename(msgspec.Struct, frozen=True):
    """What a member wants to be called."""

    member_id: int
    name: str


class AddressBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where goods go. `region` names province, city and district, or city and state, as the country writes them."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    phone: Annotated[str, msgspec.Meta(max_length=40)]
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    region: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    postal_code: Annotated[str, msgspec.Meta(max_length=20)] = ""
    preferred: bool = False


class KeepAddress(msgspec.Struct, frozen=True):
    """Keep an address of a member: a new one (0), or in place of the one with this id."""

    member_id: int
    address_id: int
    what: AddressBody


class Address(msgspec.Struct, frozen=True):
    """A kept address."""

    address_id: int
    what: AddressBody


class DropAddress(msgspec.Struct, frozen=True):
    """Keep an address no longer."""

    member_id: int
    address_id: int
