"""Who trades where, and who may do what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

import msgspec

from jiutong.kernel.errors import ProblemType

UNKNOWN_SELLER = ProblemType("access.unknown_seller", 422, "There is no such seller", "销售主体不存在")
UNKNOWN_CHANNEL = ProblemType("access.unknown_channel", 422, "There is no such channel", "渠道不存在")
UNKNOWN_STORE = ProblemType("access.unknown_store", 422, "There is no such store", "门店不存在")
UNKNOWN_DEVICE = ProblemType("access.unknown_device", 422, "There is no such device in this store", "门店没有此设备")
UNKNOWN_ROLE = ProblemType("access.unknown_role", 422, "There is no such role", "角色不存在")
CLOSED = ProblemType("access.closed", 409, "It does not trade at present", "已停止营业")
BEYOND = ProblemType("access.beyond_own_rights", 403, "Nobody can give rights they do not have", "不能授予自己没有的权限")
WRONG_SIGN_IN = ProblemType("access.wrong_sign_in", 401, "Tenant, login and password do not belong together", "租户、账号或密码错误")
WRONG_PASSWORD = ProblemType("access.wrong_password", 422, "That is not your present password", "当前密码不正确")
OWN_RIGHTS = ProblemType("access.own_rights", 409, "Nobody locks themselves out", "不能停用自己或取消自己的权限")
CURRENCY_FIXED = ProblemType("access.currency_fixed", 409, "A channel with orders keeps its currency", "渠道已有订单，不能再改币种")
NOT_YOURS = ProblemType("access.view_not_yours", 403, "A view is changed by whom it belongs to", "只有创建者可以修改此视图")
TOO_MANY_ATTEMPTS = ProblemType("access.too_many_attempts", 429, "Too many attempts to sign in", "登录尝试过于频繁")

PLACE = "place"
"""The stamp topic of everything that says where trade happens: one key, 0, for the whole tenant."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Code = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9._-]{0,63}$", description="Lower-case letters, digits, dot, dash, underscore.")]
Grant = Annotated[str, msgspec.Meta(pattern=r"^(\*|[a-z_]+:(\*|[a-z_]+))$", examples=["order:place", "order:*", "*"])]
Login = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,99}$")]
Words = Annotated[str, msgspec.Meta(max_length=2000)]
What = TypeVar("What")


class Seller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A legal entity that sells: it issues the invoice and owes the tax."""

    name: Name
    tax_inclusive: bool
    """True where list prices contain tax."""


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way in for orders."""

    name: Name
    scene: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]+([.][a-z0-9_]+)*$", max_length=64, examples=["b2c.mall"])]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", examples=["CNY"])]
    time_zone: Annotated[str, msgspec.Meta(max_length=64, examples=["Asia/Shanghai"])]
    open: bool = True


class Store(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place that sells face to face, through a channel, for a seller."""

    name: Name
    channel: Code
    seller: Code
    open: bool = True


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A till, scanner or display of a store, with receipt numbers of its own."""

    active: bool = True


class Role(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people of one kind may do."""

    name: Name
    grants: Annotated[tuple[Grant, ...], msgspec.Meta(max_length=200)]


class StaffMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who signs in. `store` is whose till they work at; none for head office."""

    name: Name
    roles: Annotated[tuple[Code, ...], msgspec.Meta(max_length=50)]
    store: Code | None = None
    active: bool = True


class Storefront(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel open to the public. Words without a Chinese form are told in the other one."""

    published: bool
    title: Name
    title_zh: Annotated[str, msgspec.Meta(max_length=200)] = ""
    greeting: Words = ""
    greeting_zh: Words = ""
    delivery: Words = ""
    delivery_zh: Words = ""
    returns: Words = ""
    returns_zh: Words = ""
    languages: Annotated[tuple[Literal["en", "zh"], ...], msgspec.Meta(min_length=1, max_length=2)] = ("en", "zh")
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", examples=["CN"])] = "CN"
    """The form of addresses, and how phone numbers without a country code are read."""

    dispatch_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 0
    """What is ordered today leaves within so many days; 0 promises nothing."""

    return_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 0
    """For so many days after the order shoppers may send back by themselves, and get their money before the goods arrive; 0: they ask."""

    line_max: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    """Most pieces of one line; 0 sets no limit."""


class Put(msgspec.Struct, Generic[What], frozen=True):
    """Make or replace what has this code. `expected` is the revision it builds on; None where that does not matter."""

    code: Code
    what: What
    expected: int | None = None


class PutDevice(msgspec.Struct, frozen=True):
    """Make or replace a device of a store."""

    store: Code
    code: Code
    what: Device
    expected: int | None = None


class PutStaff(msgspec.Struct, frozen=True):
    """Make or replace a person. Without `password_hash` the password stays; a new person needs one."""

    code: Login
    what: StaffMember
    password_hash: str | None
    expected: int | None = None


class Preferences(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a person likes their screens; what is not said is left to the device."""

    language: Literal["en", "zh"] | None = None
    theme: Literal["light", "dark"] | None = None
    density: Literal["comfortable", "compact"] | None = None
    time_zone: Annotated[str, msgspec.Meta(max_length=64, examples=["Asia/Shanghai"])] | None = None


class Prefer(msgspec.Struct, frozen=True):
    """Keep a person's preferences."""

    staff_id: int
    preferences: Preferences


class ChangePassword(msgspec.Struct, frozen=True):
    """Give oneself another password. `was` is the hash the present one was compared with, `keep` the session that stays."""

    staff_id: int
    was: str
    password_hash: str
    keep: bytes


class ResetPassword(msgspec.Struct, frozen=True):
    """Give somebody else a new password."""

    login: Login
    password_hash: str


class EndSession(msgspec.Struct, frozen=True):
    """End a session by its name, the first half of its hash; `of` names whose it must be, None leaves that open."""

    session: bytes
    of: int | None = None


class Seen(msgspec.Struct, frozen=True):
    """The hashes of app keys and of sessions that were used lately."""

    keys: tuple[bytes, ...]
    sessions: tuple[bytes, ...]


class View(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list as somebody keeps it. Whoever has one of `roles` sees it too."""

    list: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9._-]{0,63}$", examples=["orders"])]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    query: Annotated[str, msgspec.Meta(max_length=4000, examples=["status=paid&sort=-placed_at"])] = ""
    columns: Annotated[tuple[Annotated[str, msgspec.Meta(pattern="^[^,]{1,64}$")], ...], msgspec.Meta(max_length=100)] = ()
    roles: Annotated[tuple[Code, ...], msgspec.Meta(max_length=50)] = ()


class ReplaceView(msgspec.Struct, frozen=True):
    """Replace a view. `expected` is the revision it builds on; None where that does not matter."""

    view_id: int
    what: View
    expected: int | None = None


class Written(msgspec.Struct, frozen=True):
    """What was put: revision 1 was made, any other replaced."""

    code: str
    id: int
    revision: int


class AppKey(msgspec.Struct, frozen=True):
    """A key for a program. Only the hash of its secret is known here."""

    name: Name
    grants: tuple[Grant, ...]
    hash: bytes


class RotateKey(msgspec.Struct, frozen=True):
    """Let a new key follow one in force, which still opens for `overlap_s` seconds."""

    key_id: int
    hash: bytes
    overlap_s: Annotated[int, msgspec.Meta(ge=0)]


class Rotated(msgspec.Struct, frozen=True):
    """The key that follows, and when the one before it opens nothing any more."""

    key_id: int
    name: str
    old_ends_at: datetime


class SellerFacts(msgspec.Struct, frozen=True):
    """What a sale needs to know of its seller."""

    seller_id: int
    code: str
    tax_inclusive: bool


class ChannelFacts(msgspec.Struct, frozen=True):
    """What a sale needs to know of its channel."""

    channel_id: int
    code: str
    name: str
    scene: str
    currency: str
    time_zone: str
    open: bool


class StoreFacts(msgspec.Struct, frozen=True):
    """What a sale needs to know of its store."""

    store_id: int
    code: str
    channel_id: int
    seller_id: int
    open: bool


class DeviceFacts(msgspec.Struct, frozen=True):
    """What a sale needs to know of its till."""

    device_id: int
    store_id: int
    code: str
    active: bool


class Places:
    """The sellers, channels, stores and devices of one tenant, as far as they were asked for since the stamp they are read under."""

    __slots__ = ("channels", "channels_by_id", "devices", "devices_by_id", "sellers", "sellers_by_id", "stores", "stores_by_id")

    def __init__(self) -> None:
        self.sellers: dict[str, SellerFacts] = {}
        self.sellers_by_id: dict[int, SellerFacts] = {}
        self.channels: dict[str, ChannelFacts] = {}
        self.channels_by_id: dict[int, ChannelFacts] = {}
        self.stores: dict[str, StoreFacts] = {}
        self.stores_by_id: dict[int, StoreFacts] = {}
        self.devices: dict[tuple[str, str], DeviceFacts] = {}
        self.devices_by_id: dict[int, DeviceFacts] = {}

    def rows(self) -> int:
        """How much is remembered."""
        return len(self.sellers_by_id) + len(self.channels_by_id) + len(self.stores_by_id) + len(self.devices_by_id)

    def keep_sellers(self, rows: Iterable[SellerFacts]) -> None:
        """Remember sellers."""
        for row in rows:
            self.sellers[row.code] = self.sellers_by_id[row.seller_id] = row

    def keep_channels(self, rows: Iterable[ChannelFacts]) -> None:
        """Remember channels."""
        for row in rows:
            self.channels[row.code] = self.channels_by_id[row.channel_id] = row

    def keep_stores(self, rows: Iterable[StoreFacts]) -> None:
        """Remember stores."""
        for row in rows:
            self.stores[row.code] = self.stores_by_id[row.store_id] = row

    def keep_devices(self, rows: Iterable[tuple[str, DeviceFacts]]) -> None:
        """Remember devices, each told with the code of its store."""
        for store_code, row in rows:
            self.devices[store_code, row.code] = self.devices_by_id[row.device_id] = row


class Token(msgspec.Struct, frozen=True):
    """What a bearer token says: whose world, a program's key or a person's session, and the hash of its secret."""

    tenant_id: int
    kind: Literal["app", "staff"]
    hash: bytes


class Principal(msgspec.Struct, frozen=True):
    """Somebody known: `app:12` or `staff:3`, with their rights."""

    tenant_id: int
    actor: str
    grants: frozenset[str]


class Person(msgspec.Struct, frozen=True):
    """Who has a login, and their roles."""

    staff_id: int
    roles: tuple[str, ...]


class Credential(msgspec.Struct, frozen=True):
    """What a password is compared with."""

    staff_id: int
    password_hash: str


class OpenSession(msgspec.Struct, frozen=True):
    """Begin a session for a person whose password was right."""

    staff_id: int
    hash: bytes
    lasts_s: Annotated[int, msgspec.Meta(ge=1)]
    address: str = ""
    agent: str = ""


class Opened(msgspec.Struct, frozen=True):
    """A session has begun."""

    staff_id: int
    expires_at: datetime


class Tenant(msgspec.Struct, frozen=True):
    """A new tenant and the first key to it, told once."""

    tenant_id: int
    code: str
    first_key: str


DEFAULT_ROLES: Mapping[str, Role] = {
    "owner": Role(name="Owner 所有者", grants=("*",)),
    "operator": Role(
        name="Operator 运营",
        grants=(
            "access:read", "catalog:*", "pricing:*", "price:approve", "cost:read", "inventory:*", "member:*", "order:*", "fulfillment:*",
            "care:*", "promotion:*", "coupon:*", "asset:*", "freight:*", "simulation:*", "report:read",
        ),
    ),
    # Whoever writes a promotion has somebody else publish it.
    "merchandiser": Role(
        name="Merchandiser 商品",
        grants=(
            "access:read", "catalog:*", "pricing:*", "cost:read", "inventory:read", "promotion:read", "promotion:write", "coupon:read",
            "coupon:write", "freight:read", "freight:write", "simulation:*", "report:read",
        ),
    ),
    "store_manager": Role(
        name="Store manager 店长",
        grants=(
            "access:read", "catalog:read", "pricing:read", "inventory:*", "member:*", "order:*",
            "till:*", "payment:*", "fulfillment:*", "care:*", "promotion:read", "coupon:read", "coupon:give",
            "asset:read", "asset:card", "asset:balance", "freight:read", "report:read",
        ),
    ),
    "clerk": Role(
        name="Clerk 店员",
        grants=(
            "access:read", "catalog:read", "pricing:read", "inventory:read", "member:read", "member:write",
            "order:place", "order:read", "till:sell", "till:read",
            "payment:start", "payment:cash", "payment:read", "care:return", "care:read", "asset:balance",
        ),
    ),
    "finance": Role(
        name="Finance 财务",
        grants=(
            "access:read", "order:read", "cost:read", "payment:*", "finance:*", "ledger:read", "promotion:read", "coupon:read",
            "asset:read", "freight:read", "simulation:read", "report:read",
        ),
    ),
    "support": Role(
        name="Support 客服",
        grants=(
            "access:read", "catalog:read", "member:*", "order:read", "order:cancel", "care:*",
            "promotion:read", "coupon:read", "coupon:give", "asset:read", "asset:grant", "asset:balance",
        ),
    ),
}  # fmt: skip
