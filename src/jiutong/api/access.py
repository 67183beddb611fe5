"""Signing in; sellers, channels, stores, devices; staff, roles and app keys."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from litestar import Response
from msgspec.structs import asdict

from jiutong.api import passwords
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, delete, get, post, put
from jiutong.capabilities import access
from jiutong.flows import maintain_access as maintain
from jiutong.flows.sign_in import SignOut, sign_in, sign_out
from jiutong.kernel.errors import NOT_FOUND
from jiutong.kernel.scope import Scope
from jiutong.reads import places

SESSION_S = 12 * 3600
AGENT_CHARACTERS_MAX = 300
OVERLAP_S_MAX = 30 * 24 * 3600

Found = TypeVar("Found")
Tagged = TypeVar("Tagged", places.SellerView, places.ChannelView, places.StoreView, places.DeviceView, places.RoleView, places.StaffView)


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs in, and where."""

    tenant: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    login: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    password: passwords.Given


class SignedIn(msgspec.Struct, frozen=True):
    """A session. Send its token as `Authorization: Bearer …`."""

    token: str
    lasts_s: int


class StaffBody(access.StaffMember, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person. Without a password, theirs stays; a new person needs one."""

    password: passwords.Chosen | None = None


class KeyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key for a program, with no more rights than whoever makes it."""

    name: access.Name
    grants: Annotated[tuple[access.Grant, ...], msgspec.Meta(min_length=1, max_length=200)]


class KeyTold(msgspec.Struct, frozen=True):
    """A new key: `token` is told this once."""

    key: str
    token: str


class RotateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the old key still opens; a day unless said otherwise."""

    overlap_s: Annotated[int, msgspec.Meta(ge=0, le=OVERLAP_S_MAX)] = 24 * 3600


class KeyRotated(msgspec.Struct, frozen=True):
    """The key that follows: `token` is told this once."""

    key: str
    token: str
    old_ends_at: datetime


class KeyView(msgspec.Struct, frozen=True):
    """An app key; its token was told when it was made."""

    key: str
    name: str
    grants: Sequence[str]
    created_at: datetime
    revoked_at: datetime | None
    """From when it opens nothing; ahead of now while the key that follows it is brought in."""
    used_at: datetime | None
    """When it was used last, to the minute."""


@post("/v1/sign-in", scope=None, status=200, repeatable=False, refuses=(access.WRONG_SIGN_IN, access.TOO_MANY_ATTEMPTS))
async def begin_session(call: Call, data: JSONBody[SignIn]) -> SignedIn:
    """Sign in.

    What is wrong is not told: tenant, login and password only fit together.
    """
    name = f"{data.tenant}\n{data.login}\n{call.client}"
    call.house.attempts.take(name)
    tenant_id, credential = await _credential(call, data)
    fits = await passwords.fits(credential, data.password)
    if credential is None or not fits:
        raise access.WRONG_SIGN_IN("check all three")
    call.house.attempts.forget(name)
    secret = secrets.token_urlsafe(32)
    call.scope = Scope(tenant_id, f"staff:{credential.staff_id}", frozenset(), call.request_id)
    agent = call.headers.get(b"user-agent", b"").decode("latin-1")[:AGENT_CHARACTERS_MAX]
    await call.run_once(sign_in, access.OpenSession(credential.staff_id, access.secret_hash(secret), SESSION_S, call.client, agent))
    return SignedIn(access.token("staff", tenant_id, secret), SESSION_S)


@post("/v1/sign-out", scope="", status=204, repeatable=False)
async def end_session(call: Call) -> None:
    """Sign out. An app key stays: it is ended by `DELETE /v1/app-keys/{key_id}`."""
    authorization = call.headers[b"authorization"]
    await call.run_once(sign_out, SignOut(access.read_token(authorization).hash))
    call.house.gate.forget(authorization)


@get("/v1/sellers", scope="access:read")
async def list_sellers(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[places.SellerView]:
    """Sellers, by code."""
    async with call.reading() as tx:
        found = await places.sellers(tx, None, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@get("/v1/sellers/{code}", scope="access:read")
async def show_seller(call: Call, code: str) -> Response[places.SellerView]:
    """A seller."""
    async with call.reading() as tx:
        return _tagged(call, await places.sellers(tx, code, None, 1))


@put("/v1/sellers/{code}", scope="access:write")
async def put_seller(call: Call, code: str, data: JSONBody[access.Seller]) -> Response[places.SellerView]:
    """Make or replace a seller."""
    written = await call.run(maintain.put_seller, access.Put(code, data, call.expected()))
    view = places.SellerView(code=code, revision=written.revision, **asdict(data))
    return call.put(view, written.revision, f"/v1/sellers/{code}")


@get("/v1/channels", scope="access:read")
async def list_channels(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[places.ChannelView]:
    """Channels, by code."""
    async with call.reading() as tx:
        found = await places.channels(tx, None, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@get("/v1/channels/{code}", scope="access:read")
async def show_channel(call: Call, code: str) -> Response[places.ChannelView]:
    """A channel."""
    async with call.reading() as tx:
        return _tagged(call, await places.channels(tx, code, None, 1))


@put("/v1/channels/{code}", scope="access:write", refuses=(access.CURRENCY_FIXED,))
async def put_channel(call: Call, code: str, data: JSONBody[access.Channel]) -> Response[places.ChannelView]:
    """Make or replace a channel. One with orders keeps its currency."""
    written = await call.run(maintain.put_channel, access.Put(code, data, call.expected()))
    view = places.ChannelView(code=code, revision=written.revision, **asdict(data))
    return call.put(view, written.revision, f"/v1/channels/{code}")


@get("/v1/stores", scope="access:read")
async def list_stores(call: Call, channel: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[places.StoreView]:
    """Stores, by code; those of one channel if it is named."""
    async with call.reading() as tx:
        found = await places.stores(tx, None, channel, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@get("/v1/stores/{code}", scope="access:read")
async def show_store(call: Call, code: str) -> Response[places.StoreView]:
    """A store."""
    async with call.reading() as tx:
        return _tagged(call, await places.stores(tx, code, None, None, 1))


@put("/v1/stores/{code}", scope="access:write", refuses=(access.UNKNOWN_CHANNEL, access.UNKNOWN_SELLER))
async def put_store(call: Call, code: str, data: JSONBody[access.Store]) -> Response[places.StoreView]:
    """Make or replace a store."""
    written = await call.run(maintain.put_store, access.Put(code, data, call.expected()))
    view = places.StoreView(code=code, revision=written.revision, **asdict(data))
    return call.put(view, written.revision, f"/v1/stores/{code}")


@get("/v1/stores/{store}/devices", scope="access:read")
async def list_devices(call: Call, store: str, after: Cursor = None, limit: Limit = 50) -> Page[places.DeviceView]:
    """Devices of a store, by code."""
    async with call.reading() as tx:
        if not await places.stores(tx, store, None, None, 1):
            raise NOT_FOUND(f"no store {store!r}")
        found = await places.devices(tx, store, None, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@get("/v1/stores/{store}/devices/{code}", scope="access:read")
async def show_device(call: Call, store: str, code: str) -> Response[places.DeviceView]:
    """A device of a store."""
    async with call.reading() as tx:
        return _tagged(call, await places.devices(tx, store, code, None, 1))


@put("/v1/stores/{store}/devices/{code}", scope="access:write")
async def put_device(call: Call, store: str, code: str, data: JSONBody[access.Device]) -> Response[places.DeviceView]:
    """Make or replace a device of a store."""
    written = await call.run(maintain.put_device, access.PutDevice(store, code, data, call.expected()))
    view = places.DeviceView(store=store, code=code, revision=written.revision, active=data.active)
    return call.put(view, written.revision, f"/v1/stores/{store}/devices/{code}")


@get("/v1/roles", scope="access:read")
async def list_roles(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[places.RoleView]:
    """Roles, by code."""
    async with call.reading() as tx:
        found = await places.roles(tx, None, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@get("/v1/roles/{code}", scope="access:read")
async def show_role(call: Call, code: str) -> Response[places.RoleView]:
    """A role."""
    async with call.reading() as tx:
        return _tagged(call, await places.roles(tx, code, None, 1))


@put("/v1/roles/{code}", scope="access:write", refuses=(access.BEYOND,))
async def put_role(call: Call, code: str, data: JSONBody[access.Role]) -> Response[places.RoleView]:
    """Make or replace a role. Nobody can give rights they do not have."""
    written = await call.run(maintain.put_role, access.Put(code, data, call.expected()))
    view = places.RoleView(code=code, revision=written.revision, **asdict(data))
    return call.put(view, written.revision, f"/v1/roles/{code}")


@get("/v1/staff", scope="access:read")
async def list_staff(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[places.StaffView]:
    """People who sign in, by login."""
    async with call.reading() as tx:
        found = await places.staff(tx, None, None, read(after, str), limit + 1)
    return paged(found, limit, [one.login for one in found])


@get("/v1/staff/{login}", scope="access:read")
async def show_staff(call: Call, login: str) -> Response[places.StaffView]:
    """A person who signs in."""
    async with call.reading() as tx:
        return _tagged(call, await places.staff(tx, login, None, None, 1))


@put("/v1/staff/{login}", scope="access:write", refuses=(access.BEYOND, access.OWN_RIGHTS, access.UNKNOWN_ROLE, access.UNKNOWN_STORE))
async def put_staff(call: Call, login: str, data: JSONBody[StaffBody]) -> Response[places.StaffView]:
    """Make or replace a person. Whoever is changed signs in anew; nobody can give rights they do not have."""
    hashed = None if data.password is None else await passwords.hashed(data.password)
    person = access.StaffMember(name=data.name, roles=data.roles, store=data.store, active=data.active)
    written = await call.run_once(maintain.put_staff, access.PutStaff(login, person, hashed, call.expected()))
    view = places.StaffView(login=login, revision=written.revision, **asdict(person))
    return call.put(view, written.revision, f"/v1/staff/{login}")


@get("/v1/app-keys", scope="access:read")
async def list_app_keys(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[KeyView]:
    """App keys, oldest first."""
    async with call.reading() as tx:
        found = await places.app_keys(tx, None, read(after, int), limit + 1)
    return paged([_key_view(call, one) for one in found], limit, [one.key_id for one in found])


@get("/v1/app-keys/{key}", scope="access:read")
async def show_app_key(call: Call, key: str) -> KeyView:
    """An app key, without its token."""
    async with call.reading() as tx:
        found = await places.app_keys(tx, call.ids.read("key", key), None, 1)
    return _key_view(call, _one(found))


@post("/v1/app-keys", scope="access:write", repeatable=False, refuses=(access.BEYOND,))
async def make_app_key(call: Call, data: JSONBody[KeyBody]) -> Response[KeyTold]:
    """Make an app key. Its token is told once and kept nowhere."""
    secret = secrets.token_urlsafe(32)
    made = await call.run_once(maintain.make_key, access.AppKey(data.name, data.grants, access.secret_hash(secret)))
    key = call.ids.show("key", made.key_id)
    return call.created(KeyTold(key, access.token("app", call.scope.tenant_id, secret)), f"/v1/app-keys/{key}")


@post("/v1/app-keys/{key}/rotate", scope="access:write", repeatable=False, refuses=(access.BEYOND,))
async def rotate_app_key(call: Call, key: str, data: JSONBody[RotateBody]) -> Response[KeyRotated]:
    """Let a new key follow this one, with its name and rights.

    Both open for a while, so that a program changes over without a gap; then the old one ends.
    """
    secret = secrets.token_urlsafe(32)
    old = call.ids.read("key", key)
    made = await call.run_once(maintain.rotate_key, access.RotateKey(old, access.secret_hash(secret), data.overlap_s))
    new = call.ids.show("key", made.key_id)
    return call.created(KeyRotated(new, access.token("app", call.scope.tenant_id, secret), made.old_ends_at), f"/v1/app-keys/{new}")


@delete("/v1/app-keys/{key}", scope="access:write")
async def revoke_app_key(call: Call, key: str) -> None:
    """End an app key. Every server refuses it ten seconds later at the latest."""
    await call.run(maintain.revoke_key, maintain.RevokeKey(call.ids.read("key", key)))


async def _credential(call: Call, data: SignIn) -> tuple[int, access.Credential | None]:
    """Whom these words name, if anybody; both questions are asked in any case, so that the answer takes as long."""
    now = call.house.clock.now()
    async with call.house.db.reading(0, now) as tx:
        tenant_id = (await access.named_tenants(tx, [data.tenant])).get(data.tenant, 0)
    async with call.house.db.reading(tenant_id, now) as tx:
        return tenant_id, (await access.credentials(tx, [data.login])).get(data.login)


def _tagged(call: Call, found: Sequence[Tagged]) -> Response[Tagged]:
    view = _one(found)
    return call.tagged(view, view.revision)


def _one(found: Sequence[Found]) -> Found:
    if not found:
        raise NOT_FOUND("there is no such thing here")
    return found[0]


def _key_view(call: Call, row: places.KeyRow) -> KeyView:
    return KeyView(call.ids.show("key", row.key_id), row.name, row.grants, row.created_at, row.revoked_at, row.used_at)


ROUTES = [
    begin_session,
    end_session,
    list_sellers,
    show_seller,
    put_seller,
    list_channels,
    show_channel,
    put_channel,
    list_stores,
    show_store,
    put_store,
    list_devices,
    show_device,
    put_device,
    list_roles,
    show_role,
    put_role,
    list_staff,
    show_staff,
    put_staff,
    list_app_keys,
    show_app_key,
    make_app_key,
    rotate_app_key,
    revoke_app_key,
]
