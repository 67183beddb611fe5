"""Tokens, passwords and rights; which calendar day a sale belongs to. All of it pure."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from argon2.exceptions import Argon2Error, InvalidHash
from argon2.low_level import Type, hash_secret, verify_secret

from jiutong.capabilities.access.model import (
    BEYOND,
    CLOSED,
    CURRENCY_FIXED,
    OWN_RIGHTS,
    Channel,
    ChannelFacts,
    DeviceFacts,
    Opened,
    OpenSession,
    Person,
    Preferences,
    Put,
    PutStaff,
    RotateKey,
    StoreFacts,
    Token,
)
from jiutong.kernel.errors import INVALID, UNAUTHENTICATED, Problem
from jiutong.kernel.scope import Scope

PREFIXES = {"app": "jtk", "staff": "jts"}
_TOKEN = re.compile(r"(?P<kind>jtk|jts)_(?P<tenant>[0-9a-v]{1,13})_(?P<secret>[A-Za-z0-9_-]{43})")
_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
_DIGITS = "0123456789abcdefghijklmnopqrstuv"

# RFC 9106's second choice: 64 MiB, three passes.
PASSES, MEMORY_KIB, LANES, HASH_BYTES = 3, 65536, 4, 32
# An unknown login is compared with this, so that it takes as long as a known one.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5IGhhcyB0aGlzIQ$K4cZ7AgJSdWnFQB0l0TzVYl8YcDd3nIKkXQfIbqB2z0"


def token(kind: str, tenant_id: int, secret: str) -> str:
    """A bearer token: `jtk_…` of a program, `jts_…` of a person. `secret` is 43 characters of base64url, 256 bits by chance."""
    digits = ""
    while tenant_id:
        digits = _DIGITS[tenant_id & 31] + digits
        tenant_id >>= 5
    return f"{PREFIXES[kind]}_{digits or '0'}_{secret}"


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def read_token(authorization: bytes) -> Token:
    """The token of an Authorization header; 401 when it cannot be one."""
    scheme, _, given = authorization.decode("latin-1").partition(" ")
    found = _TOKEN.fullmatch(given.strip())
    if scheme.lower() != "bearer" or found is None or int(found["tenant"], 32) >> 63:
        raise UNAUTHENTICATED("this is not a token of this API: Authorization: Bearer jtk_… or jts_…")
    return Token(int(found["tenant"], 32), "app" if found["kind"] == "jtk" else "staff", secret_hash(found["secret"]))


def password_hash(password: str, salt: bytes) -> str:
    """Argon2id, encoded with its parameters. Slow on purpose: run it in a thread, few at a time."""
    return hash_secret(password.encode(), salt, PASSES, MEMORY_KIB, LANES, HASH_BYTES, Type.ID).decode()


def password_fits(hashed: str | None, password: str) -> bool:
    """True for the right password. None, for a login nobody has, takes as long and fits nothing."""
    try:
        return verify_secret((hashed or NOBODYS_HASH).encode(), password.encode(), Type.ID) and hashed is not None
    except (Argon2Error, InvalidHash):
        return False


def opened(session: OpenSession, now: datetime) -> Opened:
    """When a session that begins now ends."""
    return Opened(session.staff_id, now + timedelta(seconds=session.lasts_s))


def ends_at(rotation: RotateKey, now: datetime) -> datetime:
    """When a key that is followed by another opens nothing any more."""
    return now + timedelta(seconds=rotation.overlap_s)


def beyond(scope: Scope, grants: Iterable[str]) -> Problem | None:
    """The refusal of grants the caller does not hold; a grant of everything needs everything."""
    held = scope.grants
    missing = sorted({g for g in grants if "*" not in held and g not in held and f"{g.partition(':')[0]}:*" not in held})
    return BEYOND(f"you do not hold {', '.join(missing)}", missing=missing) if missing else None


def misnamed(code: str, *, login: bool = False) -> Problem | None:
    """The refusal of a code or login that is not written as one."""
    if (_LOGIN if login else _CODE).fullmatch(code):
        return None
    return INVALID(f"{code!r}: lower-case letters, digits and .-_ after a letter or digit, at most {100 if login else 64}", pointer="/code")


def unzoned(preferences: Preferences) -> Problem | None:
    """The refusal to show times as in a zone nobody lives in."""
    zone = preferences.time_zone
    if zone is None or zone in _time_zones():
        return None
    return INVALID(f"{zone!r} is not an IANA time zone", pointer="/time_zone")


def misplaced(channel: Channel) -> Problem | None:
    """The refusal of a time zone nobody lives in."""
    if channel.time_zone in _time_zones():
        return None
    return INVALID(f"{channel.time_zone!r} is not an IANA time zone", pointer="/time_zone")


def recoined(puts: Iterable[Put[Channel]], now: Mapping[str, ChannelFacts]) -> list[int]:
    """The channels that would get another currency than they have."""
    return [now[put.code].channel_id for put in puts if put.code in now and now[put.code].currency != put.what.currency]


def currency_refusal(put: Put[Channel], now: Mapping[str, ChannelFacts], traded: Collection[int]) -> Problem | None:
    """The refusal of another currency where orders were placed: their money would no longer be of one kind."""
    if not any(channel_id in traded for channel_id in recoined([put], now)):
        return None
    return CURRENCY_FIXED(f"{put.code} has orders in {now[put.code].currency}: make another channel", pointer="/currency")


def locked_out(put: PutStaff, by: Scope, known: Mapping[str, Person], grants: Mapping[str, Iterable[str]]) -> Problem | None:
    """The refusal to lock oneself out: whoever may change people keeps that right and stays."""
    before = known.get(put.code)
    if before is None or by.actor != f"staff:{before.staff_id}":
        return None
    left = Scope(by.tenant_id, by.actor, frozenset(grant for role in put.what.roles for grant in grants.get(role, ())))
    return None if put.what.active and left.holds("access:write") else OWN_RIGHTS("ask somebody else to do that", pointer="/roles")


def closed(place: ChannelFacts | StoreFacts | DeviceFacts, pointer: str) -> Problem | None:
    """The refusal to trade where nobody trades at present."""
    if place.active if isinstance(place, DeviceFacts) else place.open:
        return None
    return CLOSED(f"{place.code} is closed", pointer=pointer, code_of=place.code)


def business_day(at: datetime, time_zone: str) -> int:
    """The calendar day of an instant where it was sold, as 20261231. Business days end at midnight."""
    local = at.astimezone(_zone(time_zone))
    return local.year * 10_000 + local.month * 100 + local.day


@lru_cache(512)
def _zone(time_zone: str) -> ZoneInfo:
    return ZoneInfo(time_zone)


@lru_cache(1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
