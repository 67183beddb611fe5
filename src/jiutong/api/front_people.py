"""Shoppers: sign in with a code they were sent, their name and their addresses."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from litestar import Response
from msgspec import Meta

from jiutong.api.call import Call
from jiutong.api.entrance import ENTERING, PREFIX, Visit, entered, limits, secret, token_hash
from jiutong.api.shell import JSONBody, delete, get, post, put
from jiutong.capabilities import access, member
from jiutong.flows import shoppers
from jiutong.kernel.errors import UNAVAILABLE, Problem
from jiutong.reads import companies
from jiutong.reads import members as reads

SIMULATED_CODE = "x-simulated-code"


class Reach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to send a code."""

    kind: Literal["phone", "email"]
    value: Annotated[str, Meta(min_length=3, max_length=254)]


class CodeView(msgspec.Struct, frozen=True):
    """A code is on its way, unless one has just been sent. It says nothing of whether anybody is known by this."""

    lasts_s: int


class CodeEntered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who says which code."""

    kind: Literal["phone", "email"]
    value: Annotated[str, Meta(min_length=3, max_length=254)]
    code: Annotated[str, Meta(pattern="^[0-9]{6}$")]


class ShopperToken(msgspec.Struct, frozen=True):
    """A session in this shop: send its token as `Authorization: Bearer …`. `new`: they became a member just now."""

    token: str
    lasts_s: int
    new: bool


class EmployerView(msgspec.Struct, frozen=True):
    """A company somebody buys for: name it as `X-Company`, and its prices hold."""

    code: str
    name: str
    role: member.Role


class ShopperView(msgspec.Struct, frozen=True):
    """Who is signed in, and for which companies they buy."""

    name: str
    level: str
    identities: Sequence[member.Identity]
    companies: Sequence[EmployerView]


class NameBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to be called."""

    name: Annotated[str, Meta(max_length=200)]


class AddressView(member.AddressBody, frozen=True, kw_only=True):
    """A kept address."""

    id: str


class AddressesView(msgspec.Struct, frozen=True):
    """The addresses kept, the preferred one first."""

    items: Sequence[AddressView]


@post(
    "/v1/shop/{tenant}/{channel}/codes",
    scope=None,
    status=200,
    repeatable=False,
    refuses=(*ENTERING, member.IDENTITY_INVALID, member.TOO_OFTEN),
)
async def send_front_code(call: Call, tenant: str, channel: str, data: JSONBody[Reach]) -> Response[CodeView]:
    """Send a one-time code to a phone number or e-mail address; good for five minutes, five tries and one sign-in."""
    async with entered(call, tenant, channel) as at:
        to = _identity(data.kind, data.value, at.front.what.country)
        title = at.front.what.title_zh if call.zh and at.front.what.title_zh else at.front.what.title
    if not call.house.config.simulate_payments:
        raise UNAVAILABLE("no messenger is set up to send codes", retry_after_s=60)
    limits(call).codes.take(f"from {call.client}")
    limits(call).codes.take(f"to {call.scope.tenant_id} {to.value}")
    code = f"{secrets.randbelow(10**member.CODE_DIGITS):0{member.CODE_DIGITS}}"
    text = f"{code} 是您在{title}的验证码，5 分钟内有效。" if call.zh else f"{code} is your code for {title}. It is good for 5 minutes."
    wish = member.SendCode(member.Recognize(to.kind, to.value), _code_hash(call, to, code), text)
    sent = await call.run_once(shoppers.send_code, wish)
    view = CodeView(int(member.CODE_LASTS.total_seconds()))
    # Only where payments are played through does anybody but the messenger learn the code.
    return Response(view, headers={SIMULATED_CODE: code} if sent.sent else {})


@post(
    "/v1/shop/{tenant}/{channel}/sign-in",
    scope=None,
    status=200,
    repeatable=False,
    refuses=(*ENTERING, member.IDENTITY_INVALID, member.WRONG_CODE, member.TOO_OFTEN, member.BLOCKED),
)
async def sign_shopper_in(call: Call, tenant: str, channel: str, data: JSONBody[CodeEntered]) -> ShopperToken:
    """Say the code. Who is not a member yet becomes one.

    A wrong code, an old one and one that was never sent are told alike.
    """
    async with entered(call, tenant, channel) as at:
        who = _identity(data.kind, data.value, at.front.what.country)
    limits(call).guesses.take(f"code {call.client}")
    token = PREFIX + secrets.token_urlsafe(32)
    wish = member.EnterCode(member.Recognize(who.kind, who.value), _code_hash(call, who, data.code), access.secret_hash(token))
    entered_ = await call.run_once(shoppers.enter, wish)
    if not entered_.member_id:
        raise member.WRONG_CODE("ask for another one if it is older than five minutes", pointer="/code")
    return ShopperToken(token, int(member.SESSION_LASTS.total_seconds()), entered_.new)


@post("/v1/shop/{tenant}/{channel}/sign-out", scope=None, status=204, repeatable=False, refuses=ENTERING)
async def sign_shopper_out(call: Call, tenant: str, channel: str) -> None:
    """End the session."""
    async with entered(call, tenant, channel) as at:
        at.member()
    token = token_hash(call)
    if token is not None:
        await call.run_once(shoppers.leave, shoppers.Leave(token))


@get("/v1/shop/{tenant}/{channel}/me", scope=None, refuses=ENTERING)
async def show_shopper(call: Call, tenant: str, channel: str) -> ShopperView:
    """Who am I?"""
    async with entered(call, tenant, channel) as at:
        return await _shopper(at, at.member())


@put("/v1/shop/{tenant}/{channel}/me", scope=None, refuses=ENTERING)
async def name_shopper(call: Call, tenant: str, channel: str, data: JSONBody[NameBody]) -> ShopperView:
    """Be called something else."""
    async with entered(call, tenant, channel) as at:
        who = at.member()
        view = await _shopper(at, who)
    await call.run_once(shoppers.rename, member.Rename(who.member_id, data.name.strip()))
    return msgspec.structs.replace(view, name=data.name.strip())


async def _shopper(at: Visit, who: member.Shopper) -> ShopperView:
    """Who is signed in, with the companies that may buy at present."""
    hired = [one for one in (await member.buyers(at.tx, {who.member_id}, ()))[who.member_id].companies if one.active]
    names = await companies.names(at.tx, [one.code for one in hired]) if hired else {}
    employers = [EmployerView(one.code, names[one.code], one.role) for one in hired]
    return ShopperView(who.name, who.level, who.identities, employers)


@get("/v1/shop/{tenant}/{channel}/me/addresses", scope=None, refuses=ENTERING)
async def list_front_addresses(call: Call, tenant: str, channel: str) -> AddressesView:
    """The addresses I keep here."""
    async with entered(call, tenant, channel) as at:
        kept = await reads.addresses(at.tx, at.member().member_id)
    return AddressesView([_view(call, one) for one in kept])


@post(
    "/v1/shop/{tenant}/{channel}/me/addresses",
    scope=None,
    refuses=(
        *ENTERING,
        member.TOO_MANY_ADDRESSES,
    ),
)
async def keep_front_address(call: Call, tenant: str, channel: str, data: JSONBody[member.AddressBody]) -> Response[AddressView]:
    """Keep one more address."""
    async with entered(call, tenant, channel) as at:
        who = at.member()
    kept = await call.run(shoppers.keep_address, member.KeepAddress(who.member_id, 0, data))
    view = _view(call, kept)
    return call.created(view, f"/v1/shop/{tenant}/{channel}/me/addresses/{view.id}")


@put("/v1/shop/{tenant}/{channel}/me/addresses/{address_id}", scope=None, refuses=ENTERING)
async def change_front_address(call: Call, tenant: str, channel: str, address_id: str, data: JSONBody[member.AddressBody]) -> AddressView:
    """Change an address I keep."""
    async with entered(call, tenant, channel) as at:
        who = at.member()
    wish = member.KeepAddress(who.member_id, call.ids.read("adr", address_id), data)
    return _view(call, await call.run_once(shoppers.keep_address, wish))


@delete("/v1/shop/{tenant}/{channel}/me/addresses/{address_id}", scope=None, refuses=ENTERING)
async def drop_front_address(call: Call, tenant: str, channel: str, address_id: str) -> None:
    """Keep an address no longer."""
    async with entered(call, tenant, channel) as at:
        who = at.member()
    await call.run_once(shoppers.drop_address, member.DropAddress(who.member_id, call.ids.read("adr", address_id)))


def _identity(kind: Literal["phone", "email"], value: str, country: str) -> member.Identity:
    known = member.identity(member.Recognize(kind, value, country))
    if isinstance(known, Problem):
        raise known
    return known


def _code_hash(call: Call, who: member.Identity, code: str) -> bytes:
    return secret(call, "jt-shop-code", who.kind, who.value, code)


def _view(call: Call, kept: member.Address) -> AddressView:
    return AddressView(id=call.ids.show("adr", kept.address_id), **msgspec.structs.asdict(kept.what))


ROUTES = [
    send_front_code,
    sign_shopper_in,
    sign_shopper_out,
    show_shopper,
    name_shopper,
    list_front_addresses,
    keep_front_address,
    change_front_address,
    drop_front_address,
]
