"""The audit log: who did what to what, when, and what it was before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import QueryParameter

from jiutong.api import cursors
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page
from jiutong.api.instants import instant
from jiutong.api.shell import get
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import INVALID, NOT_FOUND, Problem
from jiutong.kernel.ids import PublicIds
from jiutong.reads import actors, audit

# By how an event's type begins: what it is about, and how that is named outside.
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "order": ("order", "ord"),
    "sale": ("order", "ord"),
    "payment": ("order", "ord"),
    "refund": ("order", "ord"),
    "member": ("member", "mem"),
    "work": ("work", "ful"),
    "shipment": ("shipment", "shp"),
    "stock": ("paper", "pap"),
    "shortage": ("shortage", "sho"),
    "app_key": ("app_key", "key"),
    "presale": ("order", "ord"),
    "compensation": ("order", "ord"),
    "group": ("order", "ord"),
}
PREFIX_OF = dict(SUBJECTS.values())
FACT_OF = {f"{kind}_id": prefix for kind, prefix in PREFIX_OF.items()} | {
    "tender_id": "ten",
    "refund_id": "ref",
    "return_id": "ret",
    "key_id": "key",
    "by": "key",
}
ACTORS = {"key": "app", "mem": "member"}
CODED = ("code", "login", "name")
EVENT = "^[a-z_]+([.][a-z_0-9]*){0,2}$"


class Subject(msgspec.Struct, frozen=True):
    """What an event is about. `id` is its public name where it has one, `code` what people call it."""

    kind: str
    id: str | None
    code: str | None


class AuditView(msgspec.Struct, frozen=True):
    """Something that happened."""

    event: str
    at: datetime
    type: str
    actor: str
    who: str
    """The name of the person or program; empty where the house itself did it."""
    subject: Subject
    flow: str
    facts: dict[str, Any]


class Change(msgspec.Struct, frozen=True):
    """A fact before and after; null where there was, or is, none. `at` is the path to it."""

    at: str
    before: Any
    after: Any


class AuditDetail(msgspec.Struct, frozen=True):
    """Something that happened, and what it changed; `changes` is null where what was before is not known."""

    happened: AuditView
    before: dict[str, Any] | None
    changes: Sequence[Change] | None


@get("/v1/audit", scope="access:read", refuses=(INVALID, NOT_FOUND))
async def list_audit(
    call: Call,
    actor: Annotated[str | None, QueryParameter(description="A login, a `key_…` or `mem_…`, or `system:…`.", max_length=100)] = None,
    event: Annotated[str | None, QueryParameter(description="How the type begins: `order.`", pattern=EVENT, max_length=100)] = None,
    subject: Annotated[
        str | None, QueryParameter(description="A public id, or `channel:`, `seller:`, `store:`, `staff:` and a code.")
    ] = None,
    since: Annotated[datetime | None, QueryParameter(name="from")] = None,
    until: Annotated[datetime | None, QueryParameter(name="to")] = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditView]:
    """Everything that happened, latest first.

    One page looks through 20,000 events: with a rare actor or event it may hold fewer rows than asked for, and still have a `next`.
    """
    cursor = cursors.read(after, tuple[datetime, int])
    key = (instant(cursor[0], "after") or cursor[0], cursor[1]) if cursor else None
    async with call.reading() as tx:
        who = await _actor(call, tx, actor)
        about = await _subject(call, tx, subject)
        if who == "" or about == -1:
            return Page([], None)
        sought = audit.Sought(who, event, about, instant(since, "from"), instant(until, "to"))
        looked = await audit.look(tx, sought, key, limit)
        views = await _views(tx, looked.found, call.ids)
    return Page(views, cursors.written(looked.onward) if looked.onward else None)


@get("/v1/audit/{event}", scope="access:read")
async def show_audit(call: Call, event: str) -> AuditDetail:
    """Something that happened: its facts, and for what was put, each fact before and after."""
    async with call.reading() as tx:
        found = await audit.logged(tx, call.ids.read("evt", event))
        if not found:
            raise NOT_FOUND(f"no event {event}")
        (view,) = await _views(tx, found, call.ids)
    was = found[0].before
    before = None if was is None else told(was, call.ids)
    first = was is None and ".put." in found[0].type
    changes = list(changed(before or {}, view.facts)) if before is not None or first else None
    return AuditDetail(view, before, changes)


def told(facts: Mapping[str, Any], ids: PublicIds) -> dict[str, Any]:
    """Facts in public names; internal ids without one, and rows that are only numbers, stay inside."""
    shown: dict[str, Any] = {}
    for word, value in facts.items():
        if word in FACT_OF and isinstance(value, int):
            shown[word.removesuffix("_id")] = ids.show(FACT_OF[word], value)
        elif word.endswith(("_id", "_ids")) or word in {"id", "expected"}:
            continue
        elif isinstance(value, dict):
            shown[word] = told(value, ids)
        elif isinstance(value, list):
            shown[word] = [told(one, ids) if isinstance(one, dict) else one for one in value if not isinstance(one, list)]
        else:
            shown[word] = value
    return shown


def changed(before: Mapping[str, Any], after: Mapping[str, Any], at: str = "") -> list[Change]:
    """The facts that differ, by their path."""
    changes: list[Change] = []
    for word in dict.fromkeys((*before, *after)):
        was, now = before.get(word), after.get(word)
        path = f"{at}.{word}" if at else word
        if isinstance(was, dict) and isinstance(now, dict):
            changes += changed(was, now, path)
        elif isinstance(now, dict) and was is None:
            changes += changed({}, now, path)
        elif was != now:
            changes.append(Change(path, was, now))
    return changes


async def _views(tx: Tx, found: Sequence[audit.Logged], ids: PublicIds) -> list[AuditView]:
    names = await actors.names(tx, {one.actor for one in found})
    people = await audit.logins(tx, [one.subject_id for one in found if one.type.startswith("staff.")])
    return [
        AuditView(
            ids.show("evt", one.event_id),
            one.at,
            one.type,
            one.actor,
            names.get(one.actor, ""),
            _about(one, people, ids),
            one.flow,
            told(one.facts, ids),
        )
        for one in found
    ]


def _about(one: audit.Logged, people: Mapping[int, tuple[str, str]], ids: PublicIds) -> Subject:
    begins = one.type.partition(".")[0]
    if begins == "staff":
        login, _ = people.get(one.subject_id, ("", ""))
        return Subject("staff", login or None, login or None)
    code = next((str(one.facts[word]) for word in CODED if one.facts.get(word)), None)
    if begins in SUBJECTS:
        kind, prefix = SUBJECTS[begins]
        return Subject(kind, ids.show(prefix, one.subject_id), code)
    if begins == "device":
        return Subject("device", f"{one.facts.get('store')}/{code}", code)
    return Subject(begins, code, code)


async def _actor(call: Call, tx: Tx, given: str | None) -> str | None:
    """The actor as the log writes it; empty for somebody who is not there."""
    if given is None or ":" in given:
        return given
    prefix = given.partition("_")[0]
    if prefix in ACTORS:
        try:
            return f"{ACTORS[prefix]}:{call.ids.read(prefix, given)}"
        except Problem:
            pass  # somebody's login may begin like an id
    found = await audit.places_named(tx, "staff", given)
    return f"staff:{found[0]}" if found else ""


async def _subject(call: Call, tx: Tx, given: str | None) -> int | None:
    """The subject as the log writes it; -1 for what is not there."""
    if given is None:
        return None
    kind, colon, code = given.partition(":")
    if colon:
        found = await audit.places_named(tx, kind, code)
        return found[0] if found else -1
    return call.ids.read(given.partition("_")[0], given)


ROUTES = [list_audit, show_audit]
