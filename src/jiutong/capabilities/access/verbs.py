"""What can be done with access. Puts refuse what builds on an older revision (412) and what gives more than the caller has (403)."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import asyncpg

from jiutong.capabilities.access import rules
from jiutong.capabilities.access.model import (
    DEFAULT_ROLES,
    NOT_YOURS,
    PLACE,
    UNKNOWN_CHANNEL,
    UNKNOWN_ROLE,
    UNKNOWN_SELLER,
    UNKNOWN_STORE,
    WRONG_PASSWORD,
    AppKey,
    ChangePassword,
    Channel,
    ChannelFacts,
    Credential,
    DeviceFacts,
    EndSession,
    OpenSession,
    Person,
    Places,
    Prefer,
    Principal,
    Put,
    PutDevice,
    PutStaff,
    ReplaceView,
    ResetPassword,
    Role,
    Rotated,
    RotateKey,
    Seller,
    SellerFacts,
    Store,
    StoreFacts,
    Storefront,
    Tenant,
    Token,
    View,
    Written,
)
from jiutong.capabilities.access.store import app_key, place, session, staff, tenant, view
from jiutong.kernel import stamps
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import INVALID, NOT_FOUND, STALE, UNAUTHENTICATED, Problem
from jiutong.kernel.scope import Scope
from jiutong.kernel.stamps import Facts

Key = TypeVar("Key", str, int, tuple[str, str])
Fact = TypeVar("Fact")
TENANTS_KNOWN_MAX = 10_000
PLACES_KNOWN_MAX = 50_000
NONE_YET: Mapping[str, ChannelFacts] = {}


async def sellers(tx: Tx, codes: Collection[str]) -> dict[str, SellerFacts]:
    """Quote. The sellers with these codes; unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [code for code in codes if code not in places.sellers]
    if missing:
        places.keep_sellers(await place.read_sellers(tx, missing, []))
    return _chosen(places.sellers, codes)


async def sellers_by_id(tx: Tx, ids: Collection[int]) -> dict[int, SellerFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.sellers_by_id]
    if missing:
        places.keep_sellers(await place.read_sellers(tx, [], missing))
    return _chosen(places.sellers_by_id, ids)


async def channels(tx: Tx, codes: Collection[str]) -> dict[str, ChannelFacts]:
    """Quote. The channels with these codes; unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [code for code in codes if code not in places.channels]
    if missing:
        places.keep_channels(await place.read_channels(tx, missing, []))
    return _chosen(places.channels, codes)


async def channels_by_id(tx: Tx, ids: Collection[int]) -> dict[int, ChannelFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.channels_by_id]
    if missing:
        places.keep_channels(await place.read_channels(tx, [], missing))
    return _chosen(places.channels_by_id, ids)


async def stores(tx: Tx, codes: Collection[str]) -> dict[str, StoreFacts]:
    """Quote. The stores with these codes; unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [code for code in codes if code not in places.stores]
    if missing:
        places.keep_stores(await place.read_stores(tx, missing, []))
    return _chosen(places.stores, codes)


async def stores_by_id(tx: Tx, ids: Collection[int]) -> dict[int, StoreFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.stores_by_id]
    if missing:
        places.keep_stores(await place.read_stores(tx, [], missing))
    return _chosen(places.stores_by_id, ids)


async def devices(tx: Tx, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], DeviceFacts]:
    """Quote. The devices by (store code, device code); unknown ones are left out. No statement while they are remembered."""
    places = await _places(tx)
    missing = [name for name in names if name not in places.devices]
    if missing:
        places.keep_devices(await place.read_devices(tx, missing, []))
    return _chosen(places.devices, names)


async def devices_by_id(tx: Tx, ids: Collection[int]) -> dict[int, DeviceFacts]:
    """Quote. The same by id."""
    places = await _places(tx)
    missing = [id_ for id_ in ids if id_ not in places.devices_by_id]
    if missing:
        places.keep_devices(await place.read_devices(tx, [], missing))
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
    written = await place.put_sellers(tx, _going(puts, refused))
    await _changed(tx)
    return _outcomes(puts, refused, {row.code: row for row in written})


async def settle_channels(tx: Tx, codes: Sequence[str]) -> dict[str, ChannelFacts]:
    """Plan. Channels as they stand, of which nobody else changes any before this transaction ends."""
    await _changed(tx)
    return {channel.code: channel for channel in await place.read_channels(tx, codes, [])}


async def put_channels(
    tx: Tx, puts: Sequence[Put[Channel]], now: Mapping[str, ChannelFacts] = NONE_YET, traded: Collection[int] = ()
) -> list[Written | Problem]:
    """Guard. Make or replace channels. `now` is how they stand, `traded` the ids of those with orders: they keep their currency."""
    refused = [rules.misnamed(put.code) or rules.misplaced(put.what) or rules.currency_refusal(put, now, traded) for put in puts]
    written = await place.put_channels(tx, _going(puts, refused))
    await _changed(tx)
    return _outcomes(puts, refused, {row.code: row for row in written})


async def put_storefronts(tx: Tx, puts: Sequence[Put[Storefront]]) -> list[Written | Problem]:
    """Guard. Make or replace the storefronts of channels, which must be there."""
    channel_of = await channels(tx, {put.code for put in puts})
    refused = [_unless(put.code in channel_of, NOT_FOUND(f"no channel {put.code}")) for put in puts]
    written = await place.put_storefronts(tx, [(put, channel_of[put.code].channel_id) for put in _going(puts, refused)])
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
    written = await place.put_stores(tx, going)
    await _changed(tx)
    return _outcomes(puts, refused, {row.code: row for row in written})


async def put_devices(tx: Tx, puts: Sequence[PutDevice]) -> list[Written | Problem]:
    """Guard. Make or replace devices; their store must be there."""
    store_of = await stores(tx, {put.store for put in puts})
    refused = [rules.misnamed(put.code) or _unless(put.store in store_of, NOT_FOUND(f"no store {put.store}")) for put in puts]
    going = [(put, store_of[put.store].store_id) for put in _going(puts, refused)]
    written = {(store_id, row.code): row for store_id, row in await place.put_devices(tx, going)}
    await _changed(tx)
    return [no or written.get((store_of[put.store].store_id, put.code)) or _stale(put.code) for put, no in zip(puts, refused, strict=True)]


async def put_roles(tx: Tx, puts: Sequence[tuple[Put[Role], Scope]]) -> list[Written | Problem]:
    """Guard. Make or replace roles. Nobody can change a role that has, or would have, more rights than they."""
    now = await staff.read_grants(tx, [put.code for put, _ in puts])
    refused = [rules.misnamed(put.code) or rules.beyond(by, {*put.what.grants, *now.get(put.code, ())}) for put, by in puts]
    rows = [put for put, _ in puts]
    written = await staff.put_roles(tx, _going(rows, refused))
    return _outcomes(rows, refused, {row.code: row for row in written})


async def put_staff(tx: Tx, puts: Sequence[tuple[PutStaff, Scope]]) -> list[Written | Problem]:
    """Guard. Make or replace people. Nobody can change a person who has, or would have, more rights than they.

    Whose rights, password or presence change signs in anew: all their sessions end.
    """
    had = await staff.read_people(tx, [put.code for put, _ in puts])
    roles = {role for put, _ in puts for role in put.what.roles} | {role for person in had.values() for role in person.roles}
    grants = await staff.read_grants(tx, sorted(roles))
    store_of = await stores(tx, {put.what.store for put, _ in puts if put.what.store is not None})
    refused = [_staff_refusal(put, by, had, grants, store_of) for put, by in puts]
    rows = [put for put, _ in puts]
    going = [(put, store_of[put.what.store].store_id if put.what.store else None) for put in _going(rows, refused)]
    written = await staff.put_staff(tx, going)
    await session.end_sessions_of(tx, [row.id for row in written if row.revision > 1])
    return _outcomes(rows, refused, {row.code: row for row in written})


async def make_keys(tx: Tx, keys: Sequence[tuple[AppKey, Scope]]) -> list[int | Problem]:
    """Post. Make app keys; their ids. Nobody can give a key more rights than they have."""
    outcomes: list[int | Problem] = [rules.beyond(by, key.grants) or tx.mint() for key, by in keys]
    await app_key.insert_keys(tx, [(id_, key) for id_, (key, _) in zip(outcomes, keys, strict=True) if isinstance(id_, int)])
    return outcomes


async def revoke_keys(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Guard. End app keys, within the ten seconds a server remembers them; the ids there are, ended now or before."""
    return await app_key.revoke_keys(tx, ids)


async def rotate_keys(tx: Tx, rotations: Sequence[tuple[RotateKey, Scope]]) -> list[Rotated | Problem]:
    """Guard. Let new keys follow keys in force, with the same name and rights; nobody gets rights that way they do not have."""
    grants = await app_key.read_key_grants(tx, [one.key_id for one, _ in rotations])
    going: dict[int, RotateKey] = {}
    outcomes: list[int | Problem] = []
    for one, by in rotations:
        refusal = _unless(one.key_id in grants, NOT_FOUND("there is no such key in force")) or rules.beyond(by, grants.get(one.key_id, ()))
        outcomes.append(refusal or tx.mint())
        if isinstance(made := outcomes[-1], int):
            going[made] = one
    written = await app_key.rotate_keys(tx, list(going.items()))
    return [
        one if isinstance(one, Problem) else Rotated(one, *written[one]) if one in written else NOT_FOUND("the key was rotated just now")
        for one in outcomes
    ]


async def note_seen(tx: Tx, keys: Sequence[bytes], sessions: Sequence[bytes]) -> int:
    """Guard. Note that these keys and sessions were used now; how many of them there are."""
    return await app_key.note_keys(tx, sorted(keys)) + await session.note_sessions(tx, sorted(sessions))


async def change_passwords(tx: Tx, changes: Sequence[ChangePassword]) -> list[Problem | None]:
    """Guard. Give people the passwords they chose; all their sessions but the one they ask from end."""
    done = await staff.change_passwords(tx, changes)
    going = [one for one in changes if one.staff_id in done]
    await session.end_sessions_but(tx, [one.staff_id for one in going], [one.keep for one in going])
    return [_unless(one.staff_id in done, WRONG_PASSWORD("it was changed meanwhile", pointer="/current")) for one in changes]


async def reset_passwords(tx: Tx, resets: Sequence[tuple[ResetPassword, Scope]]) -> list[int | Problem]:
    """Guard. Give others new passwords, whose ids these are; their sessions end. Nobody does so to a person with more rights."""
    had = await staff.read_people(tx, [one.login for one, _ in resets])
    refused = await _out_of_reach(tx, [(had.get(one.login), by) for one, by in resets])
    rows = [one for one, _ in resets]
    done = await staff.reset_passwords(tx, _going(rows, refused))
    await session.end_sessions_of(tx, sorted(done.values()))
    return [no or done[one.login] for one, no in zip(rows, refused, strict=True)]


async def end_named_sessions(tx: Tx, ends: Sequence[tuple[EndSession, Scope]]) -> list[int | Problem]:
    """Guard. End sessions by name; whose they were. Nobody ends those of a person with more rights."""
    had = await staff.read_people_of(tx, [one.session for one, _ in ends])
    theirs = [person if (person := had.get(one.session)) and one.of in {None, person.staff_id} else None for one, _ in ends]
    refused = await _out_of_reach(tx, [(person, by if one.of is None else None) for (one, by), person in zip(ends, theirs, strict=True)])
    await session.end_named_sessions(tx, _going([one.session for one, _ in ends], refused))
    return [no or had[one.session].staff_id for (one, _), no in zip(ends, refused, strict=True)]


async def prefer(tx: Tx, wanted: Sequence[Prefer]) -> list[Problem | None]:
    """Guard. Keep how people like their screens."""
    refused = [rules.unzoned(one.preferences) for one in wanted]
    await staff.write_preferences(tx, _going(wanted, refused))
    return refused


async def make_views(tx: Tx, views: Sequence[tuple[View, Scope]]) -> list[int | Problem]:
    """Post. Keep views for whoever asks; their ids."""
    roles = await staff.read_grants(tx, sorted({role for view, _ in views for role in view.roles}))
    outcomes: list[int | Problem] = [_shared_with_nobody(view, roles) or tx.mint() for view, _ in views]
    made = [(id_, by.actor, view) for id_, (view, by) in zip(outcomes, views, strict=True) if isinstance(id_, int)]
    await view.insert_views(tx, made)
    return outcomes


async def replace_views(tx: Tx, views: Sequence[tuple[ReplaceView, Scope]]) -> list[int | Problem]:
    """Guard. Replace views; their new revisions. A view is changed by its owner, and by whoever may change access."""
    roles = await staff.read_grants(tx, sorted({role for one, _ in views for role in one.what.roles}))
    owners = await view.read_view_owners(tx, [one.view_id for one, _ in views])
    refused = [_not_theirs(one.view_id, by, owners) or _shared_with_nobody(one.what, roles) for one, by in views]
    rows = [one for one, _ in views]
    written = await view.replace_views(tx, _going(rows, refused))
    return [no or written.get(one.view_id) or _stale(one.what.name) for one, no in zip(rows, refused, strict=True)]


async def delete_views(tx: Tx, views: Sequence[tuple[int, Scope]]) -> list[Problem | None]:
    """Guard. Delete views; what is not there is deleted."""
    owners = await view.read_view_owners(tx, [view_id for view_id, _ in views])
    refused = [_not_theirs(view_id, by, owners) if view_id in owners else None for view_id, by in views]
    await view.delete_views(tx, _going([view_id for view_id, _ in views], refused))
    return refused


async def principals(tx: Tx, tokens: Sequence[Token]) -> list[Principal | Problem]:
    """Quote. Whose tokens these are; 401 for those not in force."""
    keys = [token.hash for token in tokens if token.kind == "app"]
    sessions = [token.hash for token in tokens if token.kind == "staff"]
    known = {
        "app": await app_key.read_keys(tx, keys) if keys else {},
        "staff": await session.read_sessions(tx, sessions) if sessions else {},
    }
    return [
        known[token.kind].get(token.hash) or UNAUTHENTICATED("this token is unknown, revoked or has ended: sign in again")
        for token in tokens
    ]


async def credentials(tx: Tx, logins: Sequence[str]) -> dict[str, Credential]:
    """Quote. What the passwords of these people are compared with; nobody who has left."""
    return await staff.read_credentials(tx, logins)


async def open_sessions(tx: Tx, sessions: Sequence[OpenSession]) -> set[int]:
    """Guard. Begin sessions of people still with us; whose were begun. Sweeps out the ones that ended by themselves."""
    await session.delete_ended(tx)
    return await session.insert_sessions(tx, sessions)


async def end_sessions(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Guard. End sessions; whose there were."""
    return await session.delete_sessions(tx, hashes)


async def named_tenants(tx: Tx, codes: Sequence[str]) -> dict[str, int]:
    """Quote. Tenants by the code people sign in with, for whoever has no tenant yet (a transaction of tenant 0)."""
    found: dict[str, int] = {}
    for code in codes:
        tenant_id = await tenant.read_named_tenant(tx, code)
        if tenant_id is not None:
            found[code] = tenant_id
    return found


async def make_owners(conn: asyncpg.Connection, tenant_id: int, passwords: Mapping[str, str]) -> None:
    """Post. Make people who may do everything, by login, or give them a new password; their sessions end.

    Takes a connection that owns the tables: it is how somebody gets in whom nobody inside could let in.
    """
    hashes = {login: rules.password_hash(password, secrets.token_bytes(16)) for login, password in passwords.items()}
    await tenant.put_owners(conn, tenant_id, hashes)


async def create_tenant(conn: asyncpg.Connection, code: str, name: str, now: datetime, roles: Mapping[str, Role] = DEFAULT_ROLES) -> Tenant:
    """Post. Make a tenant with its roles and a first key that may do everything, told once.

    Takes a connection that owns the tables: the application itself cannot make tenants.
    """
    refusal = rules.misnamed(code)
    if refusal is not None:
        raise refusal
    secret = secrets.token_urlsafe(32)
    tenant_id = await tenant.insert_tenant(conn, code, name, roles, rules.secret_hash(secret), now)
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
    put: PutStaff, by: Scope, had: Mapping[str, Person], grants: Mapping[str, Sequence[str]], store_of: Mapping[str, StoreFacts]
) -> Problem | None:
    unknown = [role for role in put.what.roles if role not in grants]
    return (
        rules.misnamed(put.code, login=True)
        or _unless(not unknown, UNKNOWN_ROLE(f"no role {', '.join(unknown)}", pointer="/roles"))
        or _unless(put.what.store is None or put.what.store in store_of, UNKNOWN_STORE(f"no store {put.what.store}", pointer="/store"))
        or rules.beyond(by, {grant for role in (*put.what.roles, *_roles(had.get(put.code))) for grant in grants.get(role, ())})
        or rules.locked_out(put, by, had, grants)
        or _unless(put.password_hash is not None or put.code in had, INVALID("a new person needs a password", pointer="/password"))
    )


async def _out_of_reach(tx: Tx, asked: Sequence[tuple[Person | None, Scope | None]]) -> list[Problem | None]:
    """The refusal to touch people who are not there, or have more rights than who asks; no scope stands for themselves."""
    grants = await staff.read_grants(tx, sorted({role for person, _ in asked if person for role in person.roles}))
    return [
        NOT_FOUND("there is no such person or session")
        if person is None
        else rules.beyond(by, {grant for role in person.roles for grant in grants.get(role, ())})
        if by
        else None
        for person, by in asked
    ]


def _not_theirs(view_id: int, by: Scope, owners: Mapping[int, str]) -> Problem | None:
    owner = owners.get(view_id)
    if owner is None:
        return NOT_FOUND("there is no such view")
    return _unless(owner == by.actor or by.holds("access:write"), NOT_YOURS("keep one of your own"))


def _shared_with_nobody(view: View, roles: Mapping[str, Sequence[str]]) -> Problem | None:
    unknown = [role for role in view.roles if role not in roles]
    return _unless(not unknown, UNKNOWN_ROLE(f"no role {', '.join(unknown)}", pointer="/roles"))


def _roles(person: Person | None) -> Sequence[str]:
    return person.roles if person else ()


def _unless(holds: bool, problem: Problem) -> Problem | None:
    return None if holds else problem


def _going(puts: Sequence[Fact], refused: Sequence[Problem | None]) -> list[Fact]:
    return [put for put, no in zip(puts, refused, strict=True) if no is None]


def _outcomes(
    puts: Sequence[Put[Seller]]
    | Sequence[Put[Channel]]
    | Sequence[Put[Storefront]]
    | Sequence[Put[Store]]
    | Sequence[Put[Role]]
    | Sequence[PutStaff],
    refused: Sequence[Problem | None],
    written: Mapping[str, Written],
) -> list[Written | Problem]:
    return [no or written.get(put.code) or _stale(put.code) for put, no in zip(puts, refused, strict=True)]


def _stale(code: str) -> Problem:
    return STALE(f"{code} is not at the revision you read; read it again", code_of=code)
