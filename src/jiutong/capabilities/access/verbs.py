"""What can be done with access. Puts refuse what builds on an older revision (412) and what gives more than the caller has (403)."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import asyncpg

from jiutong.capabilities.access import rules, store
from jiutong.capabilities.access.model import (
    DEFAULT_ROLES,
    PLACE,
    UNKNOWN_CHANNEL,
    UNKNOWN_ROLE,
    UNKNOWN_SELLER,
    UNKNOWN_STORE,
    AppKey,
    Channel,
    ChannelFacts,
    Credential,
    DeviceFacts,
    OpenSession,
    Places,
    Principal,
    Put,
    PutDevice,
    PutStaff,
    Role,
    Seller,
    SellerFacts,
    Store,
    StoreFacts,
    Tenant,
    Token,
    Written,
)
from jiutong.kernel import stamps
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import INVALID, NOT_FOUND, STALE, UNAUTHENTICATED, Problem
from jiutong.kernel.scope import Scope
from jiutong.kernel.stamps import Facts

Key = TypeVar("Key", str, int, tuple[str, str])
Fact = TypeVar("Fact")
TENANTS_KNOWN_MAX = 10_000
PLACES_KNOWN_MAX = 50_000


async def sellers(tx: Tx, codes: Collection[str]) -> dict[str, SellerFacts]:
    """Quote. The sellers with these codes; unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [code for code in codes if code not in places.sellers]
    if missing:
        places.keep_sellers(await store.read_sellers(tx, missing, []))
    return _chosen(places.sellers, codes)


async def sellers_by_id(tx: Tx, ids: Collection[int]) -> dict[int, SellerFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.sellers_by_id]
    if missing:
        places.keep_sellers(await store.read_sellers(tx, [], missing))
    return _chosen(places.sellers_by_id, ids)


async def channels(tx: Tx, codes: Collection[str]) -> dict[str, ChannelFacts]:
    """Quote. The channels with these codes; unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [code for code in codes if code not in places.channels]
    if missing:
        places.keep_channels(await store.read_channels(tx, missing, []))
    return _chosen(places.channels, codes)


async def channels_by_id(tx: Tx, ids: Collection[int]) -> dict[int, ChannelFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.channels_by_id]
    if missing:
        places.keep_channels(await store.read_channels(tx, [], missing))
    return _chosen(places.channels_by_id, ids)


async def stores(tx: Tx, codes: Collection[str]) -> dict[str, StoreFacts]:
    """Quote. The stores with these codes; unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [code for code in codes if code not in places.stores]
    if missing:
        places.keep_stores(await store.read_stores(tx, missing, []))
    return _chosen(places.stores, codes)


async def stores_by_id(tx: Tx, ids: Collection[int]) -> dict[int, StoreFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.stores_by_id]
    if missing:
        places.keep_stores(await store.read_stores(tx, [], missing))
    return _chosen(places.stores_by_id, ids)


async def devices(tx: Tx, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], DeviceFacts]:
    """Quote. The devices by (store code, device code); unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [name for name in names if name not in places.devices]
    if missing:
        places.keep_devices(await store.read_devices(tx, missing, []))
    return _chosen(places.devices, names)


async def devices_by_id(tx: Tx, ids: Collection[int]) -> dict[int, DeviceFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.devices_by_id]
    if missing:
        places.keep_devices(await store.read_devices(tx, [], missing))
    return _chosen(places.devices_by_id, ids)


async def stale_places(tx: Tx) -> list[int]:
    """Quote. Not empty when a place has changed since it was remembered here; then all are forgotten, and asking again finds them new.

    One statement, for the transaction that relies on what the verbs above told.
    """
    known = _remembered(tx)
    moved = await stamps.stale(tx, PLACE, known.stamps(tx.tenant_id, [0]))
    known.forget(tx.tenant_id, moved)
    return moved


def forget(tx: Tx) -> dict[int, int]:
    """Quote. Drop what is remembered of places: their stamp has changed. The stamp it was remembered under."""
    dropped = _remembered(tx).stamps(tx.tenant_id, [0])
    _remembered(tx).forget(tx.tenant_id, dropped)
    return dropped


async def put_sellers(tx: Tx, puts: Sequence[Put[Seller]]) -> list[Written | Problem]:
    """Guard. Make or replace sellers."""
    refused = [rules.misnamed(put.code) for put in puts]
    written = await store.put_sellers(tx, _going(puts, refused))
    await _changed(tx)
    return _outcomes(puts, refused, {row.code: row for row in written})


async def put_channels(tx: Tx, puts: Sequence[Put[Channel]]) -> list[Written | Problem]:
    """Guard. Make or replace channels."""
    refused = [rules.misnamed(put.code) or rules.misplaced(put.what) for put in puts]
    written = await store.put_channels(tx, _going(puts, refused))
    await _changed(tx)
    return _outcomes(puts, refused, {row.code: row for row in written})


async def put_stores(tx: Tx, puts: Sequence[Put[Store]]) -> list[Written | Problem]:
    """Guard. Make or replace stores; their channel and seller must be there."""
    channel_of = await channels(tx, {put.what.channel for put in puts})
    seller_of = await sellers(tx, {put.what.seller for put in puts})
    refused = [
        rules.misnamed(put.code)
        or _unless(put.what.channel in channel_of, UNKNOWN_CHANNEL(f"no channel {put.what.channel}", pointer="/channel"))
        or _unless(put.what.seller in seller_of, UNKNOWN_SELLER(f"no seller {put.what.seller}", pointer="/seller"))
        for put in puts
    ]
    going = [(put, channel_of[put.what.channel].channel_id, seller_of[put.what.seller].seller_id) for put in _going(puts, refused)]
    written = await store.put_stores(tx, going)
    await _changed(tx)
    return _outcomes(puts, refused, {row.code: row for row in written})


async def put_devices(tx: Tx, puts: Sequence[PutDevice]) -> list[Written | Problem]:
    """Guard. Make or replace devices; their store must be there."""
    store_of = await stores(tx, {put.store for put in puts})
    refused = [rules.misnamed(put.code) or _unless(put.store in store_of, NOT_FOUND(f"no store {put.store}")) for put in puts]
    going = [(put, store_of[put.store].store_id) for put in _going(puts, refused)]
    written = {(store_id, row.code): row for store_id, row in await store.put_devices(tx, going)}
    await _changed(tx)
    return [no or written.get((store_of[put.store].store_id, put.code)) or _stale(put.code) for put, no in zip(puts, refused, strict=True)]


async def put_roles(tx: Tx, puts: Sequence[tuple[Put[Role], Scope]]) -> list[Written | Problem]:
    """Guard. Make or replace roles. Nobody can change a role that has, or would have, more rights than they."""
    now = await store.read_grants(tx, [put.code for put, _ in puts])
    refused = [rules.misnamed(put.code) or rules.beyond(by, {*put.what.grants, *now.get(put.code, ())}) for put, by in puts]
    rows = [put for put, _ in puts]
    written = await store.put_roles(tx, _going(rows, refused))
    return _outcomes(rows, refused, {row.code: row for row in written})


async def put_staff(tx: Tx, puts: Sequence[tuple[PutStaff, Scope]]) -> list[Written | Problem]:
    """Guard. Make or replace people. Nobody can change a person who has, or would have, more rights than they.

    Whose rights, password or presence change signs in anew: all their sessions end.
    """
    had = await store.read_roles_of(tx, [put.code for put, _ in puts])
    grants = await store.read_grants(tx, sorted({r for put, _ in puts for r in (*put.what.roles, *had.get(put.code, ()))}))
    store_of = await stores(tx, {put.what.store for put, _ in puts if put.what.store is not None})
    refused = [_staff_refusal(put, by, had, grants, store_of) for put, by in puts]
    rows = [put for put, _ in puts]
    going = [(put, store_of[put.what.store].store_id if put.what.store else None) for put in _going(rows, refused)]
    written = await store.put_staff(tx, going)
    await store.end_sessions_of(tx, [row.id for row in written if row.revision > 1])
    return _outcomes(rows, refused, {row.code: row for row in written})


async def make_keys(tx: Tx, keys: Sequence[tuple[AppKey, Scope]]) -> list[int | Problem]:
    """Post. Make app keys; their ids. Nobody can give a key more rights than they have."""
    outcomes: list[int | Problem] = [rules.beyond(by, key.grants) or tx.mint() for key, by in keys]
    await store.insert_keys(tx, [(id_, key) for id_, (key, _) in zip(outcomes, keys, strict=True) if isinstance(id_, int)])
    return outcomes


async def revoke_keys(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Guard. End app keys, within the ten seconds a server remembers them; the ids there are, ended now or before."""
    return await store.revoke_keys(tx, ids)


async def principals(tx: Tx, tokens: Sequence[Token]) -> list[Principal | Problem]:
    """Quote. Whose tokens these are; 401 for those not in force."""
    keys = [token.hash for token in tokens if token.kind == "app"]
    sessions = [token.hash for token in tokens if token.kind == "staff"]
    known = {
        "app": await store.read_keys(tx, keys) if keys else {},
        "staff": await store.read_sessions(tx, sessions) if sessions else {},
    }
    return [
        known[token.kind].get(token.hash) or UNAUTHENTICATED("this token is unknown, revoked or has ended: sign in again")
        for token in tokens
    ]


async def credentials(tx: Tx, logins: Sequence[str]) -> dict[str, Credential]:
    """Quote. What the passwords of these people are compared with; nobody who has left."""
    return await store.read_credentials(tx, logins)


async def open_sessions(tx: Tx, sessions: Sequence[OpenSession]) -> set[int]:
    """Guard. Begin sessions of people still with us; whose were begun. Sweeps out the ones that ended by themselves."""
    await store.delete_ended(tx)
    return await store.insert_sessions(tx, sessions)


async def end_sessions(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Guard. End sessions; whose there were."""
    return await store.delete_sessions(tx, hashes)


async def named_tenants(tx: Tx, codes: Sequence[str]) -> dict[str, int]:
    """Quote. Tenants by the code people sign in with, for whoever has no tenant yet (a transaction of tenant 0)."""
    found: dict[str, int] = {}
    for code in codes:
        tenant_id = await store.read_named_tenant(tx, code)
        if tenant_id is not None:
            found[code] = tenant_id
    return found


async def create_tenant(conn: asyncpg.Connection, code: str, name: str, now: datetime, roles: Mapping[str, Role] = DEFAULT_ROLES) -> Tenant:
    """Post. Make a tenant with its roles and a first key that may do everything, told once.

    Takes a connection that owns the tables: the application itself cannot make tenants.
    """
    refusal = rules.misnamed(code)
    if refusal is not None:
        raise refusal
    secret = secrets.token_urlsafe(32)
    tenant_id = await store.insert_tenant(conn, code, name, roles, rules.secret_hash(secret), now)
    return Tenant(tenant_id, code, rules.token("app", tenant_id, secret))


def _remembered(tx: Tx) -> Facts[Places]:
    return tx.memory.setdefault("access.place", Facts(PLACE, TENANTS_KNOWN_MAX))


async def _places(tx: Tx) -> Places:
    """What is remembered of this tenant. The stamp is read before any row, so a change between the two is noticed."""
    known = _remembered(tx)
    found, missing = known.known(tx, [0])
    if missing or found[0].rows() > PLACES_KNOWN_MAX:
        stamp = await stamps.read(tx, PLACE, [0])
        found = {0: Places()}
        known.keep(tx, {0: (stamp[0], found[0])})
    return found[0]


async def _changed(tx: Tx) -> None:
    await stamps.bump(tx, PLACE, [0])
    tx.after_commit.append(lambda: _remembered(tx).forget(tx.tenant_id, [0]))


def _chosen(known: Mapping[Key, Fact], keys: Iterable[Key]) -> dict[Key, Fact]:
    return {key: known[key] for key in keys if key in known}


def _staff_refusal(
    put: PutStaff, by: Scope, had: Mapping[str, Sequence[str]], grants: Mapping[str, Sequence[str]], store_of: Mapping[str, StoreFacts]
) -> Problem | None:
    unknown = [role for role in put.what.roles if role not in grants]
    return (
        rules.misnamed(put.code, login=True)
        or _unless(not unknown, UNKNOWN_ROLE(f"no role {', '.join(unknown)}", pointer="/roles"))
        or _unless(put.what.store is None or put.what.store in store_of, UNKNOWN_STORE(f"no store {put.what.store}", pointer="/store"))
        or rules.beyond(by, {grant for role in (*put.what.roles, *had.get(put.code, ())) for grant in grants.get(role, ())})
        or _unless(put.password_hash is not None or put.code in had, INVALID("a new person needs a password", pointer="/password"))
    )


def _unless(holds: bool, problem: Problem) -> Problem | None:
    return None if holds else problem


def _going(puts: Sequence[Fact], refused: Sequence[Problem | None]) -> list[Fact]:
    return [put for put, no in zip(puts, refused, strict=True) if no is None]


def _outcomes(
    puts: Sequence[Put[Seller]] | Sequence[Put[Channel]] | Sequence[Put[Store]] | Sequence[Put[Role]] | Sequence[PutStaff],
    refused: Sequence[Problem | None],
    written: Mapping[str, Written],
) -> list[Written | Problem]:
    return [no or written.get(put.code) or _stale(put.code) for put, no in zip(puts, refused, strict=True)]


def _stale(code: str) -> Problem:
    return STALE(f"{code} is not at the revision you read; read it again", code_of=code)
