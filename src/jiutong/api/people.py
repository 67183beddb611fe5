"""Looking after people: where they are signed in, their passwords, and what rights there are to give."""

import re
import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request

from jiutong.api import passwords
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import JSONBody, delete, get, post, route_of
from jiutong.capabilities import access
from jiutong.flows import people
from jiutong.kernel.errors import NOT_FOUND
from jiutong.reads import people as reads

PASSWORD_BYTES = 12
ASKED_WITHIN: dict[str, str] = {
    "order:discount_any": "Take more off an order than its scene allows",
    "payment:cash": "Take cash for an order",
    "till:set_price": "Charge a price of one's own at the till",
}
"""Rights no route asks for as a whole: they are asked for within, and what they open."""


class SessionView(msgspec.Struct, frozen=True):
    """Where somebody is signed in. `current` marks the one this question was asked from."""

    session: str
    login: str
    name: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    """When it was used last, to the minute."""
    address: str
    agent: str
    current: bool


class ResetBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new password for somebody; without one, one is made up."""

    password: passwords.Chosen | None = None


class PasswordTold(msgspec.Struct, frozen=True):
    """The password that was made up, told this once; null where it was given."""

    password: str | None


class Opens(msgspec.Struct, frozen=True):
    """Something a right lets people do."""

    method: str
    path: str
    summary: str


class GrantView(msgspec.Struct, frozen=True):
    """A right that can be given, and what it opens."""

    grant: str
    opens: Sequence[Opens]


@get("/v1/sessions", scope="access:read")
async def list_sessions(call: Call, login: str | None = None, after: Cursor = None, limit: Limit = 50) -> Page[SessionView]:
    """Who is signed in, and where; latest first. Those of one person if they are named."""
    key = read(after, tuple[datetime, str])
    before = (key[0], session_of(key[1])) if key else None
    async with call.reading() as tx:
        found = await reads.sessions(tx, call.house.clock.now(), None, login, limit + 1, before)
    return paged([session_view(call, one) for one in found], limit, [(one.created_at, one.session.hex()) for one in found])


@delete("/v1/sessions/{session}", scope="access:write", refuses=(access.BEYOND,))
async def end_named_session(call: Call, session: str) -> None:
    """Sign somebody out. Every server refuses their token ten seconds later at the latest."""
    await call.run(people.end_session, access.EndSession(session_of(session)))


@post("/v1/staff/{login}/password", scope="access:write", status=200, repeatable=False, refuses=(access.BEYOND,))
async def reset_password(call: Call, login: str, data: JSONBody[ResetBody]) -> PasswordTold:
    """Give somebody a new password. They are signed out everywhere; one that is made up is told once."""
    made_up = secrets.token_urlsafe(PASSWORD_BYTES) if data.password is None else None
    hashed = await passwords.hashed(data.password or made_up or "")
    await call.run_once(people.reset_password, access.ResetPassword(login, hashed))
    return PasswordTold(made_up)


@get("/v1/grants", scope="access:read")
async def list_grants(call: Call, request: Request[Any, Any, Any]) -> Sequence[GrantView]:
    """Every right there is to give, and what it opens."""
    opens: defaultdict[str, list[Opens]] = defaultdict(list)
    for route in request.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            declared = route_of(handler)
            if declared is not None and declared.scope:
                opens[declared.scope].append(Opens(declared.method, declared.path, str(handler.summary)))
    for grant, summary in ASKED_WITHIN.items():
        opens[grant].append(Opens("", "", summary))
    return [GrantView(grant, sorted(opens[grant], key=lambda one: (one.path, one.method))) for grant in sorted(opens)]


def session_of(name: str) -> bytes:
    """The name of a session as it is kept; what cannot be one is not found."""
    if not re.fullmatch("[0-9a-f]{32}", name):
        raise NOT_FOUND("there is no such session")
    return bytes.fromhex(name)


def session_view(call: Call, row: reads.SessionRow) -> SessionView:
    """A session as its person is told of it."""
    mine = call.scope.actor.startswith("staff:") and access.read_token(call.headers[b"authorization"]).hash.startswith(row.session)
    return SessionView(
        row.session.hex(), row.login, row.name, row.created_at, row.expires_at, row.seen_at, row.address, row.agent, current=mine
    )


ROUTES = [list_sessions, end_named_session, reset_password, list_grants]
