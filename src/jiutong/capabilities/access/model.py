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
TOO_MANY_ATTEMPTS = ProblemType("access.too_many_attempts", 429, "Too many attempts to sign in", "登录尝试过于频繁")

PLACE = "place"
"""The stamp topic of everything that says where trade happens: one key, 0, for the whole tenant."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Code = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9._-]{0,63}$", description="Lower-case letters, digits, dot, dash, underscore.")]
Grant = Annotated[str, msgspec.Meta(pattern=r"^(\*|[a-z_]+:(\*|[a-z_]+))$", examples=["order:place", "order:*", "*"])]
Login = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,99}$")]
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


class Credential(msgspec.Struct, frozen=True):
    """What a password is compared with."""

    staff_id: int
    password_hash: str


class OpenSession(msgspec.Struct, frozen=True):
    """Begin a session for a person whose password was right."""

    staff_id: int
    hash: bytes
    lasts_s: Annotated[int, msgspec.Meta(ge=1)]


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
        grants=("access:read", "catalog:*", "pricing:*", "inventory:*", "member:*", "order:*", "fulfillment:*", "care:*", "report:read"),
    ),
    "merchandiser": Role(name="Merchandiser 商品", grants=("access:read", "catalog:*", "pricing:*", "inventory:read", "report:read")),
    "store_manager": Role(
        name="Store manager 店长",
        grants=(
            "access:read", "catalog:read", "pricing:read", "inventory:*", "member:*", "order:*",
            "till:*", "payment:*", "fulfillment:*", "care:*", "report:read",
        ),
    ),
    "clerk": Role(
        name="Clerk 店员",
        grants=(
            "access:read", "catalog:read", "pricing:read", "inventory:read", "member:read", "member:write",
            "order:place", "order:read", "till:sell", "till:read",
            "payment:start", "payment:cash", "payment:read", "care:return", "care:read",
        ),
    ),
    "finance": Role(name="Finance 财务", grants=("access:read", "order:read", "payment:*", "finance:*", "ledger:read", "report:read")),
    "support": Role(name="Support 客服", grants=("access:read", "catalog:read", "member:*", "order:read", "order:cancel", "care:*")),
}  # fmt: skip
