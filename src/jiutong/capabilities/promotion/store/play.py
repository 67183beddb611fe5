"""Plays, their groups and what sellers owe for defaulting, in SQL. One function, one set-based statement."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

import asyncpg
import msgspec

from jiutong.capabilities.promotion.model.group_buy import Group
from jiutong.capabilities.promotion.model.play import KINDS, NewVersion, PlayFacts, PlayVersion, What
from jiutong.capabilities.promotion.model.presale import Compensation
from jiutong.kernel.db import Again, Tx

_encode = msgspec.json.Encoder().encode


async def lock_latest(tx: Tx, codes: Collection[str]) -> dict[str, list[PlayVersion]]:
    """The newest version of each play and the published one, if they differ; the plays are locked in the order of their codes."""
    found: dict[str, list[PlayVersion]] = {}
    for row in await tx.fetch(_LOCK_LATEST, sorted(set(codes))):
        found.setdefault(row["code"], []).append(_version(row))
    return found


async def insert_plays(tx: Tx, new: Sequence[NewVersion]) -> None:
    """Take codes for plays. One that was taken since they were locked sends us back to find it."""
    try:
        await tx.count(_INSERT_PLAYS, [one.play_id for one in new], [one.code for one in new], [one.kind for one in new])
    except asyncpg.UniqueViolationError as taken:
        raise Again("the code of a play was taken meanwhile") from taken


async def write_drafts(tx: Tx, drafts: Sequence[tuple[int, NewVersion]]) -> None:
    """Write drafts under their version numbers; the draft that was there under one is replaced."""
    await tx.count(
        _WRITE_DRAFTS,
        [one.play_id for _, one in drafts],
        [version for version, _ in drafts],
        [one.what.name for _, one in drafts],
        [one.what.currency for _, one in drafts],
        [one.begins_at for _, one in drafts],
        [one.ends_at for _, one in drafts],
        [_encode(one.what).decode() for _, one in drafts],
        [_encode(one.sku_ids).decode() for _, one in drafts],
        [_encode(one.channel_ids).decode() for _, one in drafts],
        [one.made_by for _, one in drafts],
        tx.now,
    )


async def move_versions(tx: Tx, moves: Sequence[tuple[int, int, str, str]]) -> int:
    """Versions go from one state to another: (play, version, from, to); how many did."""
    return await tx.count(
        _MOVE_VERSIONS, [m[0] for m in moves], [m[1] for m in moves], [m[2] for m in moves], [m[3] for m in moves], tx.now
    )


async def read_in_force(tx: Tx, codes: Collection[str]) -> dict[str, PlayFacts]:
    """The published versions of plays, by their code, or by the code of one of their groups (then of the group's version)."""
    facts: dict[str, PlayFacts] = {}
    for row in await tx.fetch(_IN_FORCE, sorted(set(codes))):
        channels = msgspec.json.decode(row["channel_ids"], type=frozenset[int])
        group = _group(row) if row["group_id"] is not None else None
        facts[row["asked"]] = PlayFacts(row["play_id"], row["code"], row["kind"], row["version"], _what(row), _items(row), channels, group)
    return facts


async def read_over(tx: Tx, codes: Collection[str]) -> dict[str, datetime]:
    """When those of these codes that were activities ended: by hand, or at the end of their time."""
    return {row["code"]: row["over_at"] for row in await tx.fetch(_OVER, sorted(codes))}


async def read_versions(tx: Tx, rules: Collection[tuple[str, int]]) -> dict[str, PlayVersion]:
    """Versions by their name (code@version), whatever became of them."""
    rows = await tx.fetch(_VERSIONS, [code for code, _ in rules], [version for _, version in rules])
    return {(one := _version(row)).rule: one for row in rows}


async def read_items(tx: Tx, rules: Collection[tuple[str, int]]) -> dict[str, dict[int, int]]:
    """Which item each SKU of a version is, by the version's name."""
    rows = await tx.fetch(_ITEMS, [code for code, _ in rules], [version for _, version in rules])
    return {f"{row['code']}@{row['version']}": _items(row) for row in rows}


async def insert_groups(tx: Tx, groups: Sequence[Group]) -> set[int]:
    """Open groups; those that were not open yet."""
    rows = await tx.fetch(
        _INSERT_GROUPS,
        [g.group_id for g in groups],
        [g.code for g in groups],
        [g.play_id for g in groups],
        [g.version for g in groups],
        [g.opened_at for g in groups],
        [g.closes_at for g in groups],
        [g.holds for g in groups],
    )
    return {row["group_id"] for row in rows}


async def lock_groups(tx: Tx, group_ids: Collection[int]) -> dict[int, Group]:
    """Lock groups in id order and give them as they stand."""
    return {row["group_id"]: _group(row) for row in await tx.fetch(_LOCK_GROUPS, sorted(set(group_ids)))}


async def close_groups(tx: Tx, closed: Sequence[Group]) -> int:
    """Write how groups closed, each once; how many did."""
    return await tx.count(
        _CLOSE_GROUPS,
        [g.group_id for g in closed],
        [g.state for g in closed],
        [g.measured for g in closed],
        [g.reached for g in closed],
        tx.now,
    )


async def insert_compensations(tx: Tx, owed: Sequence[Compensation]) -> None:
    """Note what is owed for defaulting."""
    await tx.count(
        _INSERT_COMPENSATIONS,
        [one.compensation_id for one in owed],
        [one.order_id for one in owed],
        [one.currency for one in owed],
        [one.amount for one in owed],
        [one.reason for one in owed],
        [one.owed_at for one in owed],
    )


async def pay_compensations(tx: Tx, paid: Sequence[tuple[int, str, str]]) -> dict[int, Compensation]:
    """Note that compensations were paid out: (which, how, the reference of it); those that were still owed."""
    rows = await tx.fetch(_PAY_COMPENSATIONS, [p[0] for p in paid], [p[1] for p in paid], [p[2] for p in paid], tx.now)
    return {row["compensation_id"]: Compensation(**dict(row)) for row in rows}


async def read_compensations(tx: Tx, compensation_ids: Collection[int]) -> dict[int, Compensation]:
    """Compensations as they stand."""
    return {row["compensation_id"]: Compensation(**dict(row)) for row in await tx.fetch(_COMPENSATIONS, sorted(set(compensation_ids)))}


def _what(row: asyncpg.Record) -> What:
    return cast("What", msgspec.json.decode(row["body"], type=KINDS[row["kind"]]))


def _items(row: asyncpg.Record) -> dict[int, int]:
    return {sku_id: i for i, sku_id in enumerate(msgspec.json.decode(row["sku_ids"], type=tuple[int, ...]))}


def _version(row: asyncpg.Record) -> PlayVersion:
    return PlayVersion(row["play_id"], row["code"], row["kind"], row["version"], row["state"], _what(row))


def _group(row: asyncpg.Record) -> Group:
    opened: datetime = row["opened_at"]
    return Group(
        row["group_id"], row["group_code"], row["play_id"], row["version"],
        f"{row['code']}@{row['version']}", opened, row["closes_at"], row["group_state"],
        row["holds"], row["measured"], row["reached"],
    )  # fmt: skip


_LOCK_LATEST = """
with asked as materialized (
        select p.tenant_id, p.play_id, p.code, p.kind
          from promotion.play p
         where p.tenant_id = $1 and p.code = any($2::text[])
         order by p.code
           for update)
select a.play_id, a.code, a.kind, v.version, v.state, v.body
  from asked a
  join promotion.play_version v on v.tenant_id = a.tenant_id and v.play_id = a.play_id
 where v.state = 'published'
    or v.version = (select max(w.version) from promotion.play_version w where w.tenant_id = a.tenant_id and w.play_id = a.play_id)
 order by a.code, v.version
"""
_INSERT_PLAYS = """
insert into promotion.play (tenant_id, play_id, code, kind)
select t.tenant_id, p.play_id, p.code, p.kind
  from kernel.tenant t, unnest($2::bigint[], $3::text[], $4::text[]) as p(play_id, code, kind)
 where t.tenant_id = $1
"""
_WRITE_DRAFTS = """
insert into promotion.play_version as v (tenant_id, play_id, version, state, name, currency, begins_at, ends_at, body, sku_ids,
                                         channel_ids, made_by, made_at)
select t.tenant_id, d.play_id, d.version, 'draft', d.name, d.currency, d.begins_at, d.ends_at, d.body, d.sku_ids,
       d.channel_ids, d.made_by, $12
  from kernel.tenant t,
       unnest($2::bigint[], $3::integer[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::json[], $9::json[],
              $10::json[], $11::text[]) as d(play_id, version, name, currency, begins_at, ends_at, body, sku_ids, channel_ids, made_by)
 where t.tenant_id = $1
    on conflict (tenant_id, play_id, version) do update
   set name = excluded.name, currency = excluded.currency, begins_at = excluded.begins_at, ends_at = excluded.ends_at,
       body = excluded.body, sku_ids = excluded.sku_ids, channel_ids = excluded.channel_ids, made_by = excluded.made_by,
       made_at = excluded.made_at
 where v.state = 'draft'
"""
_MOVE_VERSIONS = """
update promotion.play_version v
   set state = m.after, published_at = case when m.after = 'published' then $6 else v.published_at end,
       ended_at = case when m.after = 'ended' then $6 else v.ended_at end
  from unnest($2::bigint[], $3::integer[], $4::text[], $5::text[]) as m(play_id, version, before, after)
 where v.tenant_id = $1 and v.play_id = m.play_id and v.version = m.version and v.state = m.before
"""
_IN_FORCE = """
select a.asked, p.play_id, p.code, p.kind, v.version, v.body, v.sku_ids, v.channel_ids,
       g.group_id, g.code as group_code, g.opened_at, g.closes_at, g.state as group_state, g.holds, g.measured, g.reached
  from unnest($2::text[]) as a(asked)
  left join promotion.play_group g on g.tenant_id = $1 and g.code = a.asked
  join promotion.play p on p.tenant_id = $1 and (p.code = a.asked or p.play_id = g.play_id)
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id
   and ((g.group_id is null and v.state = 'published') or v.version = g.version)
"""
_OVER = """
select p.code, max(least(v.ends_at, v.ended_at)) as over_at
  from promotion.play p
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id and v.state <> 'draft'
 where p.tenant_id = $1 and p.code = any($2::text[])
 group by p.code
 union all
select g.code, max(least(v.ends_at, v.ended_at))
  from promotion.gate g
  join promotion.gate_version v on v.tenant_id = $1 and v.gate_id = g.gate_id and v.state <> 'draft'
 where g.tenant_id = $1 and g.kind = 'flash_sale' and g.code = any($2::text[])
 group by g.code
"""
_VERSIONS = """
select p.play_id, p.code, p.kind, v.version, v.state, v.body
  from unnest($2::text[], $3::integer[]) as a(code, version)
  join promotion.play p on p.tenant_id = $1 and p.code = a.code
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id and v.version = a.version
"""
_ITEMS = """
select p.code, v.version, v.sku_ids
  from unnest($2::text[], $3::integer[]) as a(code, version)
  join promotion.play p on p.tenant_id = $1 and p.code = a.code
  join promotion.play_version v on v.tenant_id = $1 and v.play_id = p.play_id and v.version = a.version
"""
_INSERT_GROUPS = """
insert into promotion.play_group (tenant_id, group_id, code, play_id, version, opened_at, closes_at, holds)
select t.tenant_id, g.group_id, g.code, g.play_id, g.version, g.opened_at, g.closes_at, g.holds
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::integer[], $6::timestamptz[], $7::timestamptz[], $8::bigint[])
           as g(group_id, code, play_id, version, opened_at, closes_at, holds)
 where t.tenant_id = $1
    on conflict (tenant_id, group_id) do nothing
returning group_id
"""
_LOCK_GROUPS = """
select g.group_id, g.code as group_code, g.play_id, g.version, g.opened_at, g.closes_at, g.state as group_state, g.holds,
       g.measured, g.reached, p.code
  from promotion.play_group g
  join promotion.play p on p.tenant_id = g.tenant_id and p.play_id = g.play_id
 where g.tenant_id = $1 and g.group_id = any($2::bigint[])
 order by g.group_id
   for update of g
"""
_CLOSE_GROUPS = """
update promotion.play_group g set state = c.state, measured = c.measured, reached = c.reached, closed_at = $6
  from unnest($2::bigint[], $3::text[], $4::bigint[], $5::smallint[]) as c(group_id, state, measured, reached)
 where g.tenant_id = $1 and g.group_id = c.group_id and g.state = 'open'
"""
_INSERT_COMPENSATIONS = """
insert into promotion.compensation (tenant_id, compensation_id, order_id, currency, amount, reason, owed_at)
select t.tenant_id, c.compensation_id, c.order_id, c.currency, c.amount, c.reason, c.owed_at
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[])
           as c(compensation_id, order_id, currency, amount, reason, owed_at)
 where t.tenant_id = $1
"""
_PAY_COMPENSATIONS = """
update promotion.compensation c set method = p.method, reference = p.reference, paid_at = $5
  from unnest($2::bigint[], $3::text[], $4::text[]) as p(compensation_id, method, reference)
 where c.tenant_id = $1 and c.compensation_id = p.compensation_id and c.paid_at is null
returning c.compensation_id, c.order_id, c.currency, c.amount, c.reason, c.owed_at, c.method, c.reference, c.paid_at
"""
_COMPENSATIONS = """
select c.compensation_id, c.order_id, c.currency, c.amount, c.reason, c.owed_at, c.method, c.reference, c.paid_at
  from promotion.compensation c
 where c.tenant_id = $1 and c.compensation_id = any($2::bigint[])
"""
