"""The way in for the public: the address names the tenant and the channel, a published storefront opens, and nobody needs a key.

    async with entered(call, tenant, channel) as at:
        at.tx, at.front, at.shopper

A shopper who has signed in says so by their own token (`Authorization: Bearer jtm_…`); a guest proves an order theirs by its key
(`X-Order-Key`), told when it was placed or found. Neither opens anything else of the API. Who is signed in and buys for a company names
it (`X-Company`): then its prices hold, and only for who does.
"""

import hashlib
import hmac
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec

from jiutong.api.attempts import Attempts
from jiutong.api.call import Call
from jiutong.api.problems import TOO_MANY
from jiutong.capabilities import access, member
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, UNAUTHENTICATED
from jiutong.kernel.scope import Scope
from jiutong.reads import storefronts

TENANTS_MAX = 10_000
REQUESTS_AT_ONCE, REQUESTS_AGAIN_IN_S = 600, 60
ORDERS_AT_ONCE, ORDERS_AGAIN_IN_S = 20, 600
CODES_AT_ONCE, CODES_AGAIN_IN_S = 5, 900
GUESSES_AT_ONCE, GUESSES_AGAIN_IN_S = 10, 900
PREFIX = "jtm_"
ENTERING = (UNAUTHENTICATED, TOO_MANY)
"""What whoever comes in may be told at any of these addresses."""

_TOKEN = re.compile(r"jtm_[A-Za-z0-9_-]{43}")


class Limits:
    """How often the public may do what, per client of this process."""

    def __init__(self) -> None:
        self.requests = Attempts(REQUESTS_AT_ONCE, REQUESTS_AGAIN_IN_S, TOO_MANY)
        self.orders = Attempts(ORDERS_AT_ONCE, ORDERS_AGAIN_IN_S, TOO_MANY)
        self.codes = Attempts(CODES_AT_ONCE, CODES_AGAIN_IN_S, member.TOO_OFTEN)
        self.guesses = Attempts(GUESSES_AT_ONCE, GUESSES_AGAIN_IN_S, member.TOO_OFTEN)


class Visit(msgspec.Struct, frozen=True):
    """Somebody in a storefront: where, and who if they have signed in. Reading only."""

    tx: Tx
    tenant: str
    front: storefronts.FrontRow
    shopper: member.Shopper | None
    company: str = ""

    @property
    def channel(self) -> str:
        """The code of the channel."""
        return self.front.what.channel

    def member(self) -> member.Shopper:
        """Who has signed in; 401 for a guest."""
        if self.shopper is None:
            raise UNAUTHENTICATED("sign in to this shop first")
        return self.shopper


def limits(call: Call) -> Limits:
    """The limits of this process."""
    memory = call.house.db.memory
    if "api.limits" not in memory:
        memory["api.limits"] = Limits()
    return memory["api.limits"]


@asynccontextmanager
async def entered(call: Call, tenant: str, channel: str) -> AsyncGenerator[Visit]:
    """Come in, or learn that there is no such shop: one that is not published is as good as none."""
    limits(call).requests.take(call.client)
    tenant_id = await _tenant(call, tenant)
    call.scope = Scope(tenant_id, f"shop:{channel}", frozenset(), call.request_id)
    token = token_hash(call)
    async with call.reading() as tx:
        found = await storefronts.fronts(tx, [channel]) if tenant_id else []
        if not found or not found[0].what.published:
            raise NOT_FOUND("there is no such shop")
        known = await member.shoppers(tx, [token]) if token else {}
        shopper = known.get(token) if token else None
        if token and shopper is None:
            raise UNAUTHENTICATED("this session has ended: sign in again")
        if shopper is not None:
            call.scope = Scope(tenant_id, f"member:{shopper.member_id}", frozenset(), call.request_id)
        company = call.headers.get(b"x-company", b"").decode("latin-1") if shopper is not None else ""
        yield Visit(tx, tenant, found[0], shopper, company)


def token_hash(call: Call) -> bytes | None:
    """The hash of the shopper's token, if one was sent; 401 for what cannot be one."""
    given = call.headers.get(b"authorization")
    if given is None:
        return None
    scheme, _, token = given.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or _TOKEN.fullmatch(token.strip()) is None:
        raise UNAUTHENTICATED("this is no shopper's token: Authorization: Bearer jtm_…")
    return access.secret_hash(token.strip())


def secret(call: Call, purpose: str, *words: object) -> bytes:
    """A secret only this installation can work out, for a purpose and whatever it is about."""
    about = "\n".join([str(call.scope.tenant_id), *map(str, words)])
    key = bytes.fromhex(call.house.config.secret or "")
    return hashlib.blake2b(about.encode(), key=key, digest_size=32, person=purpose.encode()).digest()


def order_key(call: Call, order_id: int) -> str:
    """What proves an order to be theirs who placed it."""
    return secret(call, "jt-order-key", order_id).hex()


def holds_key(call: Call, order_id: int) -> bool:
    """Whether the request brings the key of this order."""
    given = call.headers.get(b"x-order-key", b"")
    return hmac.compare_digest(order_key(call, order_id).encode(), given)


async def _tenant(call: Call, code: str) -> int:
    """The tenant behind its code, 0 for none. A code is a tenant's for ever."""
    known: dict[str, int] = call.house.db.memory.setdefault("api.shop_tenants", {})
    if code in known:
        return known[code]
    async with call.house.db.reading(0, call.house.clock.now()) as tx:
        tenant_id = (await access.named_tenants(tx, [code])).get(code, 0)
    if tenant_id:
        if len(known) >= TENANTS_MAX:
            known.clear()
        known[code] = tenant_id
    return tenant_id
