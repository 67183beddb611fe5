"""Oneself: who am I, how do I like my screens, where am I signed in."""

from collections.abc import Sequence

import msgspec

from jiutong.api import passwords
from jiutong.api.call import Call
from jiutong.api.people import SessionView, session_of, session_view
from jiutong.api.shell import JSONBody, delete, get, post, put
from jiutong.capabilities import access
from jiutong.flows import people
from jiutong.kernel.errors import FORBIDDEN
from jiutong.reads import people as reads
from jiutong.reads import places

SESSIONS_MAX = 250


class Me(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who asks, where they belong and what they may do. A person has a name and a login, a program the name of its key."""

    actor: str
    grants: list[str]
    tenant: str
    tenant_name: str
    name: str = ""
    login: str = ""
    roles: tuple[str, ...] = ()
    store: str | None = None
    preferences: access.Preferences | None = None


class PasswordBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The present password and the one to come."""

    current: passwords.Given
    new: passwords.Chosen


@get("/v1/me", scope="")
async def show_me(call: Call) -> Me:
    """Who am I, and what may I do?"""
    kind, _, number = call.scope.actor.partition(":")
    grants = sorted(call.scope.grants)
    async with call.reading() as tx:
        tenant, tenant_name = await reads.tenant(tx)
        if kind == "staff":
            (person,) = await places.staff(tx, None, int(number), None, 1)
            (likes,) = await reads.preferences(tx, [int(number)])
            return Me(call.scope.actor, grants, tenant, tenant_name, person.name, person.login, person.roles, person.store, likes)
        (key,) = await places.app_keys(tx, int(number), None, 1)
    return Me(call.scope.actor, grants, tenant, tenant_name, key.name)


@put("/v1/me/preferences", scope="", refuses=(FORBIDDEN,))
async def put_preferences(call: Call, data: JSONBody[access.Preferences]) -> access.Preferences:
    """Keep how I like my screens; they follow me to every device."""
    await call.run(people.prefer, access.Prefer(_myself(call), data))
    return data


@post("/v1/me/password", scope="", status=204, repeatable=False, refuses=(FORBIDDEN, access.WRONG_PASSWORD, access.TOO_MANY_ATTEMPTS))
async def change_password(call: Call, data: JSONBody[PasswordBody]) -> None:
    """Change my password. I stay signed in here and am signed out everywhere else."""
    me = _myself(call)
    name = f"{call.scope.tenant_id}\n{call.scope.actor}\npassword"
    call.house.attempts.take(name)
    async with call.reading() as tx:
        (person,) = await places.staff(tx, None, me, None, 1)
        credential = (await access.credentials(tx, [person.login])).get(person.login)
    if credential is None or not await passwords.fits(credential, data.current):
        raise access.WRONG_PASSWORD("try again", pointer="/current")
    call.house.attempts.forget(name)
    hashed = await passwords.hashed(data.new)
    keep = access.read_token(call.headers[b"authorization"]).hash
    await call.run_once(people.change_password, access.ChangePassword(me, credential.password_hash, hashed, keep))


@get("/v1/me/sessions", scope="", refuses=(FORBIDDEN,))
async def list_my_sessions(call: Call) -> Sequence[SessionView]:
    """Where I am signed in, latest first."""
    async with call.reading() as tx:
        found = await reads.sessions(tx, call.house.clock.now(), _myself(call), None, SESSIONS_MAX)
    return [session_view(call, one) for one in found]


@delete("/v1/me/sessions/{session}", scope="", refuses=(FORBIDDEN,))
async def end_my_session(call: Call, session: str) -> None:
    """Sign me out there."""
    await call.run(people.end_session, access.EndSession(session_of(session), _myself(call)))


def _myself(call: Call) -> int:
    kind, _, number = call.scope.actor.partition(":")
    if kind != "staff":
        raise FORBIDDEN("a program has neither a password nor a screen: sign in")
    return int(number)


ROUTES = [show_me, put_preferences, change_password, list_my_sessions, end_my_session]
