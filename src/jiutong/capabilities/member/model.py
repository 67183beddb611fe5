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

UNKNOWN_COMPANY = ProblemType("member.unknown_company", 422, "There is no such company", "没有这家企业客户")
UNKNOWN_GROUP = ProblemType("member.unknown_group", 422, "There is no such customer group", "没有这个客户分组")
UNKNOWN_MEMBER = ProblemType("member.unknown_member", 422, "There is no such member", "没有这位会员")
NOT_A_BUYER = ProblemType("member.not_a_buyer", 422, "This member does not buy for that company", "该会员不是这家企业的采购人")
COMPANY_BLOCKED = ProblemType("member.company_blocked", 409, "This company is blocked", "企业客户已被停用")

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
Role = Literal["buyer", "approver", "owner"]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\s/\x00-\x1f]+$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Region = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^([^/\s][^/]*(/[^/\s][^/]*)*)?$", examples=["US/CA"])]
"""A region from the widest to the nearest, divided by strokes: US/CA lies in US."""


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


class Employee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member who buys for a company, and what they may do for it."""

    member_id: int
    role: Role = "buyer"


class Company(msgspec.Struct, frozen=True):
    """A company that buys, as it stands or is to be. `groups` are codes of customer groups; `region` is where it buys for."""

    code: Code
    name: Name
    region: Region = ""
    groups: tuple[Code, ...] = ()
    buyers: tuple[Employee, ...] = ()
    active: bool = True
    company_id: int = 0


class PutGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer group as it is to be."""

    code: Code
    name: Name


class Group(msgspec.Struct, frozen=True):
    """A customer group: who is in it is told by its members and companies."""

    group_id: int
    code: str
    name: str


class Regroup(msgspec.Struct, frozen=True):
    """Members to be taken into a customer group, and members to leave it."""

    group: str
    join: tuple[int, ...] = ()
    leave: tuple[int, ...] = ()


class Regrouped(msgspec.Struct, frozen=True):
    """Event `member_group.changed.v1`: who came and who went."""

    group: str
    joined: tuple[int, ...]
    left: tuple[int, ...]


class CompanyPut(msgspec.Struct, frozen=True):
    """Event `company.put.v1`: a company that is new (`before` None) or different now."""

    before: Company | None
    after: Company


class Employment(msgspec.Struct, frozen=True):
    """For whom a buyer buys: the company, what they may do for it, where it is, the groups it is in, and all who buy for it."""

    company_id: int
    code: str
    role: Role
    region: str
    groups: tuple[tuple[int, str], ...]
    active: bool
    colleagues: tuple[int, ...]


class Buyer(msgspec.Struct, frozen=True):
    """What steps may ask of whoever buys.

    `groups` are the codes of the groups they are in themselves, `group_ids` the same groups' ids. Who buys for one company only has it
    in `company_id` and `role`; what an order is bought for is said by the order (`employment`).
    """

    member_id: int
    level: str
    groups: tuple[str, ...]
    group_ids: tuple[int, ...]
    companies: tuple[Employment, ...]
    first_order: bool

    @property
    def company_id(self) -> int:
        """The one company they buy for; 0 for none, or for more than one."""
        return self.companies[0].company_id if len(self.companies) == 1 else 0

    @property
    def role(self) -> str:
        """What they may do for that company."""
        return self.companies[0].role if len(self.companies) == 1 else ""

    def employment(self, company: str) -> Employment | None:
        """The company of this code they buy for."""
        return next((one for one in self.companies if one.code == company), None)
