"""What the routes about limits, restrictions, flash sales and reservations have in common."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from jiutong.api.call import Call
from jiutong.api.cursors import Page, paged
from jiutong.capabilities import promotion
from jiutong.flows import maintain_gates as maintain
from jiutong.kernel.errors import ProblemType
from jiutong.reads import gates as reads

V = TypeVar("V", bound="VersionView")
PUT_REFUSES: tuple[ProblemType, ...] = (promotion.GATE_INVALID, promotion.GATE_KIND, promotion.GATE_STATE, promotion.GATE_FIXED)
TURN_REFUSES: tuple[ProblemType, ...] = (promotion.UNKNOWN_GATE, promotion.GATE_STATE)
PUBLISH_REFUSES: tuple[ProblemType, ...] = (*TURN_REFUSES, promotion.GATE_INVALID)


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of sale: its newest version, or the one asked for. `in_force` is the version buyers meet, if any."""

    code: str
    version: int
    state: promotion.GateState
    in_force: int | None
    made_by: str
    made_at: datetime
    published_at: datetime | None
    ended_at: datetime | None


class StandsView(msgspec.Struct, frozen=True):
    """How a rule of sale stands after a command."""

    code: str
    version: int
    state: promotion.GateState


def shown(row: reads.GateRow) -> dict[str, Any]:
    """What every view of a gate shows of its version."""
    return {name: getattr(row, name) for name in VersionView.__struct_fields__}


async def listed(call: Call, kind: promotion.GateKind, status: str | None, after: str | None, limit: int) -> list[reads.GateRow]:
    """Gates of one kind, one more than asked for."""
    async with call.reading() as tx:
        return await reads.gates(tx, kind, None, status, after, limit + 1)


async def named(call: Call, kind: promotion.GateKind, code: str) -> reads.GateRow:
    """A gate as its newest version."""
    async with call.reading() as tx:
        found = await reads.gates(tx, kind, code, None, None, 1)
    if not found:
        raise promotion.UNKNOWN_GATE(f"no {kind} {code!r}")
    return found[0]


async def all_versions(call: Call, kind: promotion.GateKind, code: str) -> list[reads.GateRow]:
    """All versions of a gate, the newest first."""
    async with call.reading() as tx:
        found = await reads.versions(tx, kind, code)
    if not found:
        raise promotion.UNKNOWN_GATE(f"no {kind} {code!r}")
    return found


def page_of(views: list[V], limit: int) -> Page[V]:
    """A page of gates."""
    return paged(views, limit, [one.code for one in views])


def gate_code(given: str) -> str:
    """The code of a gate to be written; 422 if it cannot be one."""
    try:
        return msgspec.convert(given, promotion.GateCode)
    except msgspec.ValidationError:
        raise promotion.GATE_INVALID("a code has 1 to 40 letters, digits, dots, dashes or underscores", pointer="/code") from None


async def put(call: Call, code: str, **what: promotion.GateTerms) -> StandsView:
    """Draft a gate."""
    command: Mapping[str, Any] = what
    return stands(await call.run(maintain.put, maintain.PutGate(gate_code(code), **command)))


async def publish(call: Call, kind: promotion.GateKind, code: str) -> StandsView:
    """Put the draft in force."""
    return stands(await call.run(maintain.publish, maintain.NamedGate(kind, code)))


async def end(call: Call, kind: promotion.GateKind, code: str) -> StandsView:
    """Let a gate stand no longer."""
    return stands(await call.run(maintain.end, maintain.NamedGate(kind, code)))


def stands(one: maintain.GateStands) -> StandsView:
    """How a gate stands, as callers are told."""
    return StandsView(one.code, one.version, one.state)
