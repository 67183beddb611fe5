"""One request as a route sees it: who asks, and everything it may ask of the house on their behalf."""

import secrets
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import msgspec
from litestar import Response
from litestar.connection import ASGIConnection

from jiutong.api import etags
from jiutong.api.attempts import Attempts, Left
from jiutong.api.gate import Gate
from jiutong.api.metrics import Metrics
from jiutong.api.web import Web
from jiutong.kernel.clock import Clock
from jiutong.kernel.config import Config
from jiutong.kernel.db import Database, Tx
from jiutong.kernel.errors import INVALID, Problem
from jiutong.kernel.ids import PublicIds
from jiutong.kernel.runner import Flow, Runner
from jiutong.kernel.scope import Scope

C = TypeVar("C", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
View = TypeVar("View")
KEY_CHARACTERS_MAX = 200
REQUEST_ID_CHARACTERS_MAX = 64
NOBODY = Scope(0, "anonymous", frozenset())


class House(msgspec.Struct, frozen=True, kw_only=True):
    """What is assembled once per process and used by every request."""

    config: Config
    db: Database
    clock: Clock
    runner: Runner
    ids: PublicIds
    gate: Gate
    attempts: Attempts
    """Tries to sign in."""

    rate: Attempts | None
    """Requests of each key; None while there is no limit."""

    metrics: Metrics
    web: Web
    """The built web apps."""

    version_needed: str | None = None
    """The migration this code is written for; None leaves the question to the operator."""


class Call:
    """One request. Routes are given one as their argument `call`."""

    __slots__ = ("client", "headers", "house", "replayed", "request_id", "scope", "told")

    def __init__(self, house: House, headers: dict[bytes, bytes], client: str) -> None:
        self.house = house
        self.headers = headers
        self.client = client
        self.request_id = _request_id(headers.get(b"x-request-id"))
        self.told = [(b"x-request-id", self.request_id.encode())]
        self.scope = NOBODY
        self.replayed = False

    @property
    def ids(self) -> PublicIds:
        """Internal ids to public names and back: `call.ids.show("ord", order_id)`, `call.ids.read("ord", name)`."""
        return self.house.ids

    @property
    def zh(self) -> bool:
        """The caller would rather read Chinese."""
        wanted = self.headers.get(b"accept-language", b"")
        return b"zh" in wanted and (b"en" not in wanted or wanted.index(b"zh") < wanted.index(b"en"))

    async def admit(self, grant: str) -> None:
        """Find out who asks, and refuse whoever may not: 401 for nobody, 403 without `grant` ("" asks for none)."""
        principal = await self.house.gate.principal(self.headers.get(b"authorization"))
        self.scope = Scope(principal.tenant_id, principal.actor, principal.grants, self.request_id)
        if self.house.rate is not None:
            self._count(self.house.rate)
        if grant:
            self.scope.require(grant)

    def _count(self, rate: Attempts) -> None:
        """Take this request off what its key may send, and tell what is left in headers (draft-ietf-httpapi-ratelimit-headers)."""
        self.told.append((b"ratelimit-policy", f'"key";{rate.policy}'.encode()))
        try:
            left = rate.take(f"{self.scope.tenant_id} {self.scope.actor}")
        except Problem as refusal:
            self.told.append(_rate_limit(Left(0, refusal.facts["retry_after_s"])))
            raise
        self.told.append(_rate_limit(left))

    async def run(self, flow: Flow[C, R], command: C) -> R:
        """Do `command` once per Idempotency-Key, and tell its result. What it was refused with is raised."""
        answer = await self.house.runner.run(flow, command, self.scope, self.key())
        self.replayed = answer.replayed
        return answer.result

    async def run_once(self, flow: Flow[C, R], command: C) -> R:
        """Like `run`, for commands that carry something made up for this request (a secret, a salt): a key cannot repeat them."""
        return (await self.house.runner.run(flow, command, self.scope)).result

    async def preview(self, flow: Flow[C, R], command: C) -> R:
        """Tell what `run` would answer, and keep nothing."""
        return await self.house.runner.preview(flow, command, self.scope)

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        """A read-only transaction of the caller's tenant: `async with call.reading() as tx`."""
        return self.house.db.reading(self.scope.tenant_id, self.house.clock.now())

    def key(self) -> str | None:
        """The caller's Idempotency-Key."""
        given = self.headers.get(b"idempotency-key")
        if given is None:
            return None
        key = given.decode("latin-1")
        if not 0 < len(key) <= KEY_CHARACTERS_MAX or not key.isascii() or not key.isprintable():
            raise INVALID(f"1 to {KEY_CHARACTERS_MAX} printable ASCII characters", pointer="/Idempotency-Key")
        return key

    def expected(self) -> int | None:
        """The revision named by If-Match; None when the caller does not care."""
        return etags.expected(self.headers.get(b"if-match"))

    def created(self, view: View, location: str) -> Response[View]:
        """201 with the address of what was made."""
        headers = {"location": location}
        if self.replayed:
            headers["idempotency-replayed"] = "true"
        return Response(view, status_code=201, headers=headers)

    def tagged(self, view: View, revision: int) -> Response[View]:
        """200 with the revision as ETag; 304 without a body when the caller has it already."""
        tag = etags.written(revision)
        if etags.matches(self.headers.get(b"if-none-match"), tag):
            return Response(None, status_code=304, headers={"etag": tag})  # type: ignore[return-value]
        return Response(view, headers={"etag": tag})

    def put(self, view: View, revision: int, location: str) -> Response[View]:
        """The answer to PUT: 201 for what is new, 200 for what was replaced, with the ETag to change it next time."""
        headers = {"etag": etags.written(revision)}
        if revision == 1:
            headers["location"] = location
        return Response(view, status_code=201 if revision == 1 else 200, headers=headers)


def call_of(request: ASGIConnection[Any, Any, Any, Any]) -> Call:
    """The call that was made of a request before it was routed."""
    scope: Any = request.scope
    return scope["call"]


def _rate_limit(left: Left) -> tuple[bytes, bytes]:
    return b"ratelimit", f'"key";r={left.tokens};t={left.full_in_s}'.encode()


def _request_id(given: bytes | None) -> str:
    """The caller's own id for the request, if it is one to be repeated safely, else a new one."""
    if given is not None and len(given) <= REQUEST_ID_CHARACTERS_MAX and given.isascii():
        told = given.decode()
        if told.replace("-", "").replace("_", "").replace(".", "").isalnum():
            return told
    return secrets.token_hex(8)
