"""Keeping the house in order: who trades where, who may do what. Every change says so in the event log."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.capabilities import access, order
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND, Problem
from jiutong.kernel.runner import Call, flow

Outcomes = list[access.Written | Problem]


class KeyMade(msgspec.Struct, frozen=True):
    """A new app key."""

    key_id: int


class RevokeKey(msgspec.Struct, frozen=True):
    """End an app key."""

    key_id: int


class KeyRevoked(msgspec.Struct, frozen=True):
    """The key opens nothing any more."""

    key_id: int


class KeyRotated(msgspec.Struct, frozen=True):
    """What is told of a key that was followed by another."""

    name: str
    by: int
    ends_at: datetime


class DevicePut(msgspec.Struct, frozen=True):
    """What is told of a device that was put."""

    store: str
    code: str
    what: access.Device


class StaffPut(msgspec.Struct, frozen=True):
    """What is told of a person who was put: no password, not even its hash."""

    login: str
    what: access.StaffMember


class KeyFacts(msgspec.Struct, frozen=True):
    """What is told of a key that was made: nothing of its secret."""

    name: str
    grants: tuple[str, ...]


@flow("access.put_seller", gives=access.Written, statements=2)
async def put_seller(tx: Tx, calls: Sequence[Call[access.Put[access.Seller]]]) -> Outcomes:
    """Make or replace sellers."""
    outcomes = await access.put_sellers(tx, [call.command for call in calls])
    _tell(tx, "seller.put.v1", calls, outcomes)
    return outcomes


@flow("access.put_channel", gives=access.Written, statements=5)
async def put_channel(tx: Tx, calls: Sequence[Call[access.Put[access.Channel]]]) -> Outcomes:
    """Make or replace channels. One with orders keeps its currency."""
    puts = [call.command for call in calls]
    now = await access.settle_channels(tx, [put.code for put in puts])
    traded = await order.traded(tx, access.recoined(puts, now))
    outcomes = await access.put_channels(tx, puts, now, traded)
    _tell(tx, "channel.put.v1", calls, outcomes)
    return outcomes


@flow("access.put_store", gives=access.Written, statements=5)
async def put_store(tx: Tx, calls: Sequence[Call[access.Put[access.Store]]]) -> Outcomes:
    """Make or replace stores."""
    outcomes = await access.put_stores(tx, [call.command for call in calls])
    _tell(tx, "store.put.v1", calls, outcomes)
    return outcomes


@flow("access.put_device", gives=access.Written, statements=4)
async def put_device(tx: Tx, calls: Sequence[Call[access.PutDevice]]) -> Outcomes:
    """Make or replace the devices of stores."""
    outcomes = await access.put_devices(tx, [call.command for call in calls])
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, access.Written):
            put = call.command
            tx.emit("device.put.v1", outcome.id, DevicePut(put.store, put.code, put.what), call.scope)
    return outcomes


@flow("access.put_role", gives=access.Written, statements=2)
async def put_role(tx: Tx, calls: Sequence[Call[access.Put[access.Role]]]) -> Outcomes:
    """Make or replace roles; whoever has one has its new rights within seconds."""
    outcomes = await access.put_roles(tx, [(call.command, call.scope) for call in calls])
    _tell(tx, "role.put.v1", calls, outcomes)
    return outcomes


@flow("access.put_staff", gives=access.Written, statements=6)
async def put_staff(tx: Tx, calls: Sequence[Call[access.PutStaff]]) -> Outcomes:
    """Make or replace people who sign in."""
    outcomes = await access.put_staff(tx, [(call.command, call.scope) for call in calls])
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, access.Written):
            tx.emit("staff.put.v1", outcome.id, StaffPut(call.command.code, call.command.what), call.scope)
    return outcomes


@flow("access.make_key", gives=KeyMade, statements=1)
async def make_key(tx: Tx, calls: Sequence[Call[access.AppKey]]) -> list[KeyMade | Problem]:
    """Make app keys. Whoever asks made up the secret and tells it once; here only its hash is known."""
    outcomes: list[KeyMade | Problem] = []
    for call, made in zip(calls, await access.make_keys(tx, [(call.command, call.scope) for call in calls]), strict=True):
        if isinstance(made, Problem):
            outcomes.append(made)
        else:
            tx.emit("app_key.made.v1", made, KeyFacts(call.command.name, call.command.grants), call.scope)
            outcomes.append(KeyMade(made))
    return outcomes


@flow("access.revoke_key", gives=KeyRevoked, statements=1)
async def revoke_key(tx: Tx, calls: Sequence[Call[RevokeKey]]) -> list[KeyRevoked | Problem]:
    """End app keys. Ending one twice is ending it."""
    ended = await access.revoke_keys(tx, [call.command.key_id for call in calls])
    outcomes: list[KeyRevoked | Problem] = []
    for call in calls:
        key_id = call.command.key_id
        if key_id in ended:
            tx.emit("app_key.revoked.v1", key_id, KeyRevoked(key_id), call.scope)
            outcomes.append(KeyRevoked(key_id))
        else:
            outcomes.append(NOT_FOUND("there is no such key"))
    return outcomes


@flow("access.rotate_key", gives=access.Rotated, statements=2)
async def rotate_key(tx: Tx, calls: Sequence[Call[access.RotateKey]]) -> list[access.Rotated | Problem]:
    """Let new app keys follow others, which still open for a while."""
    outcomes = await access.rotate_keys(tx, [(call.command, call.scope) for call in calls])
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, access.Rotated):
            told = KeyRotated(outcome.name, outcome.key_id, outcome.old_ends_at)
            tx.emit("app_key.rotated.v1", call.command.key_id, told, call.scope)
    return outcomes


def _tell(
    tx: Tx,
    event: str,
    calls: Sequence[Call[access.Put[access.Seller]]]
    | Sequence[Call[access.Put[access.Channel]]]
    | Sequence[Call[access.Put[access.Store]]]
    | Sequence[Call[access.Put[access.Role]]],
    outcomes: Outcomes,
) -> None:
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, access.Written):
            tx.emit(event, outcome.id, call.command, call.scope)
