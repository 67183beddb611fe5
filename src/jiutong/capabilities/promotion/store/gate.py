"""Gates, certificates and sign-ups in SQL. One function, one set-based statement."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

import asyncpg
import msgspec

from jiutong.capabilities.promotion.model.gate import (
    GATE_EVER,
    GATE_FOREVER,
    GATE_KINDS,
    GateTerms,
    GateVersion,
    Holder,
    PutCertificate,
    Validity,
)
from jiutong.capabilities.promotion.model.reservation import Signup
from jiutong.capabilities.promotion.rules.gate import gate_window
from jiutong.kernel.db import Again, Tx
from jiutong.kernel.stamps import Facts

TENANTS_KEPT_MAX = 10_000
_encode = msgspec.json.Encoder().encode


def kept_gates(tx: Tx) -> Facts[tuple[GateVersion, ...]]:
    """The gates in force this process remembers (all of a tenant's under key 0)."""
    return tx.memory.setdefault("promotion.gate", Facts("gate", TENANTS_KEPT_MAX))


def forget_gates(tx: Tx) -> None:
    """Drop what is remembered of gates: their stamp has changed."""
    kept_gates(tx).forget(tx.tenant_id, (0,))


async def load_gates(tx: Tx) -> tuple[int, tuple[GateVersion, ...]]:
    """The gates that stand or will, in the order of their codes, and the stamp they were read under."""
    rows = await tx.fetch(_LOAD, tx.now)
    return rows[0]["revision"], tuple(_version(row) for row in rows if row["gate_id"] is not None)


async def lock_gates(tx: Tx, codes: Collection[str]) -> dict[str, list[GateVersion]]:
    """The newest version of each gate and the published one, if they differ; locked in the order of their codes."""
    found: dict[str, list[GateVersion]] = {}
    for row in await tx.fetch(_LOCK, sorted(set(codes))):
        found.setdefault(row["code"], []).append(_version(row))
    return found


async def insert_gates(tx: Tx, gates: Sequence[GateVersion]) -> None:
    """Take codes for gates. One that was taken since they were locked sends us back to find it."""
    try:
        await tx.count(_INSERT, [one.gate_id for one in gates], [one.code for one in gates], [one.kind for one in gates])
    except asyncpg.UniqueViolationError as taken:
        raise Again("the code of a gate was taken meanwhile") from taken


async def write_drafts(tx: Tx, drafts: Sequence[GateVersion], made_by: Sequence[str]) -> None:
    """Write drafts; the draft that was there is replaced."""
    windows = [gate_window(one.what) for one in drafts]
    await tx.count(
        _WRITE,
        [one.gate_id for one in drafts],
        [one.version for one in drafts],
        [one.what.name for one in drafts],
        [begins for begins, _ in windows],
        [ends for _, ends in windows],
        [_encode(one.what).decode() for one in drafts],
        [_encode(sorted(one.channel_ids)).decode() for one in drafts],
        [_encode(one.sku_ids).decode() for one in drafts],
        list(made_by),
        tx.now,
    )


async def move_gates(tx: Tx, moves: Sequence[tuple[int, int, str, str]]) -> int:
    """Versions go from one state to another: (gate, version, from, to); how many did."""
    columns = ([m[0] for m in moves], [m[1] for m in moves], [m[2] for m in moves], [m[3] for m in moves])
    return await tx.count(_MOVE, *columns, tx.now)


async def insert_signups(tx: Tx, signups: Sequence[Signup]) -> set[tuple[int, int]]:
    """Note who signs up; those (gate, member) who had not before."""
    rows = await tx.fetch(
        _SIGN, [s.gate_id for s in signups], [s.member_id for s in signups], [s.state for s in signups], [s.signed_at for s in signups]
    )
    return {(row["gate_id"], row["member_id"]) for row in rows}


async def drop_signups(tx: Tx, pairs: Collection[tuple[int, int]]) -> int:
    """Take back the notes of those for whom there was no place."""
    ordered = sorted(pairs)
    return await tx.count(_UNSIGN, [gate for gate, _ in ordered], [member for _, member in ordered])


async def read_signups(tx: Tx, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Signup]:
    """Who has signed up for what: by (gate, member)."""
    rows = await tx.fetch(_SIGNED, [gate for gate, _ in pairs], [member for _, member in pairs])
    return {(row["gate_id"], row["member_id"]): Signup(*row) for row in rows}


async def lock_waiting(tx: Tx, gate_ids: Collection[int]) -> list[tuple[int, int]]:
    """Lock those who wait for a draw: (gate, member)."""
    return [(row["gate_id"], row["member_id"]) for row in await tx.fetch(_LOCK_WAITING, sorted(gate_ids))]


async def decide_signups(tx: Tx, decided: Sequence[tuple[int, int, str]]) -> int:
    """Who waited is told: (gate, member, granted or lost)."""
    return await tx.count(_DECIDE, [d[0] for d in decided], [d[1] for d in decided], [d[2] for d in decided], tx.now)


async def note_draws(tx: Tx, draws: Sequence[tuple[int, str]]) -> int:
    """Note that rights were drawn, each once, and by which seed: (gate, seed)."""
    return await tx.count(_DRAWN, [gate for gate, _ in draws], [seed for _, seed in draws], tx.now)


async def read_granted(tx: Tx, gate_id: int, after: int, rows_max: int) -> list[int]:
    """Members with a right of a reservation, some at a time."""
    return [row["member_id"] for row in await tx.fetch(_GRANTED, gate_id, after, rows_max)]


async def read_certificates(tx: Tx, holders: Collection[Holder]) -> dict[Holder, dict[str, Validity]]:
    """What these hold, be it valid or not."""
    ordered = sorted(holders)
    held: dict[Holder, dict[str, Validity]] = {}
    for row in await tx.fetch(_CERTIFICATES, [one.holder for one in ordered], [one.holder_id for one in ordered]):
        validity = Validity(_instant(row["valid_from"]), _instant(row["valid_to"]))
        held.setdefault(Holder(row["holder"], row["holder_id"]), {})[row["code"]] = validity
    return held


async def write_certificates(tx: Tx, wishes: Sequence[PutCertificate]) -> int:
    """Write certificates as they are to be; how many are new or different."""
    return await tx.count(
        _PUT_CERTIFICATES,
        [w.holder.holder for w in wishes],
        [w.holder.holder_id for w in wishes],
        [w.code for w in wishes],
        [w.number for w in wishes],
        [w.valid_from for w in wishes],
        [w.valid_to for w in wishes],
        [w.by for w in wishes],
        tx.now,
    )


async def drop_certificates(tx: Tx, named: Sequence[tuple[Holder, str]]) -> set[tuple[str, int, str]]:
    """Take certificates away; those that were there: (holder, id, code)."""
    rows = await tx.fetch(_DROP_CERTIFICATES, [h.holder for h, _ in named], [h.holder_id for h, _ in named], [code for _, code in named])
    return {(row["holder"], row["holder_id"], row["code"]) for row in rows}


def _version(row: Any) -> GateVersion:
    what = cast("GateTerms", msgspec.json.decode(row["body"], type=GATE_KINDS[row["kind"]]))
    return GateVersion(
        row["gate_id"],
        row["code"],
        row["kind"],
        row["version"],
        row["state"],
        what,
        msgspec.json.decode(row["channel_ids"], type=frozenset[int]),
        msgspec.json.decode(row["sku_ids"], type=tuple[int, ...]),
        row["drawn_at"] is not None,
    )


def _instant(value: datetime) -> datetime:
    """The database's infinities come without a zone."""
    if value.tzinfo is not None:
        return value
    return GATE_FOREVER if value.year == GATE_FOREVER.year else GATE_EVER


_LOAD = """
-- The stamp comes first, and once even where nothing stands.
select coalesce(s.revision, 0) as revision, g.gate_id, g.code, g.kind, g.drawn_at, g.version, g.state, g.body, g.channel_ids, g.sku_ids
  from (select) always
  left join kernel.stamp s on s.tenant_id = $1 and s.topic = 'gate' and s.key = 0
  left join lateral (
        select g.gate_id, g.code, g.kind, g.drawn_at, v.version, v.state, v.body, v.channel_ids, v.sku_ids
          from promotion.gate_version v
          join promotion.gate g on g.tenant_id = $1 and g.gate_id = v.gate_id
         where v.tenant_id = $1 and v.state = 'published' and v.ends_at > $2) g on true
 order by g.code
"""
_LOCK = """
with asked as materialized (
        select g.tenant_id, g.gate_id, g.code, g.kind, g.drawn_at
          from promotion.gate g
         where g.tenant_id = $1 and g.code = any($2::text[])
         order by g.code
           for update)
select a.gate_id, a.code, a.kind, a.drawn_at, v.version, v.state, v.body, v.channel_ids, v.sku_ids
  from asked a
  join promotion.gate_version v on v.tenant_id = a.tenant_id and v.gate_id = a.gate_id
 where v.state = 'published'
    or v.version = (select max(w.version) from promotion.gate_version w where w.tenant_id = a.tenant_id and w.gate_id = a.gate_id)
 order by a.code, v.version
"""
_INSERT = """
insert into promotion.gate (tenant_id, gate_id, code, kind)
select t.tenant_id, g.gate_id, g.code, g.kind
  from kernel.tenant t, unnest($2::bigint[], $3::text[], $4::text[]) as g(gate_id, code, kind)
 where t.tenant_id = $1
"""
_WRITE = """
insert into promotion.gate_version as v (tenant_id, gate_id, version, state, name, begins_at, ends_at, body, channel_ids, sku_ids,
                                         made_by, made_at)
select t.tenant_id, d.gate_id, d.version, 'draft', d.name, d.begins_at, d.ends_at, d.body, d.channel_ids, d.sku_ids, d.made_by, $11
  from kernel.tenant t,
       unnest($2::bigint[], $3::integer[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::json[], $8::json[], $9::json[],
              $10::text[]) as d(gate_id, version, name, begins_at, ends_at, body, channel_ids, sku_ids, made_by)
 where t.tenant_id = $1
    on conflict (tenant_id, gate_id, version) do update
   set name = excluded.name, begins_at = excluded.begins_at, ends_at = excluded.ends_at, body = excluded.body,
       channel_ids = excluded.channel_ids, sku_ids = excluded.sku_ids, made_by = excluded.made_by, made_at = excluded.made_at
 where v.state = 'draft'
"""
_MOVE = """
update promotion.gate_version v
   set state = m.after, published_at = case when m.after = 'published' then $6 else v.published_at end,
       ended_at = case when m.after = 'ended' then $6 else v.ended_at end
  from unnest($2::bigint[], $3::integer[], $4::text[], $5::text[]) as m(gate_id, version, before, after)
 where v.tenant_id = $1 and v.gate_id = m.gate_id and v.version = m.version and v.state = m.before
"""
_SIGN = """
insert into promotion.signup (tenant_id, gate_id, member_id, state, signed_at, decided_at)
select t.tenant_id, s.gate_id, s.member_id, s.state, s.signed_at, case when s.state <> 'waiting' then s.signed_at end
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[]) as s(gate_id, member_id, state, signed_at)
 where t.tenant_id = $1
    on conflict (tenant_id, gate_id, member_id) do nothing
returning gate_id, member_id
"""
_UNSIGN = """
delete from promotion.signup s
 using unnest($2::bigint[], $3::bigint[]) as u(gate_id, member_id)
 where s.tenant_id = $1 and s.gate_id = u.gate_id and s.member_id = u.member_id
"""
_SIGNED = """
select s.gate_id, s.member_id, s.state, s.signed_at
  from unnest($2::bigint[], $3::bigint[]) as u(gate_id, member_id)
  join promotion.signup s on s.tenant_id = $1 and s.gate_id = u.gate_id and s.member_id = u.member_id
"""
_LOCK_WAITING = """
select s.gate_id, s.member_id
  from promotion.signup s
 where s.tenant_id = $1 and s.gate_id = any($2::bigint[]) and s.state = 'waiting'
 order by s.gate_id, s.member_id
   for update
"""
_DECIDE = """
update promotion.signup s set state = d.state, decided_at = $5
  from unnest($2::bigint[], $3::bigint[], $4::text[]) as d(gate_id, member_id, state)
 where s.tenant_id = $1 and s.gate_id = d.gate_id and s.member_id = d.member_id and s.state = 'waiting'
"""
_DRAWN = """
update promotion.gate g set drawn_at = $4, draw_seed = d.seed
  from unnest($2::bigint[], $3::text[]) as d(gate_id, seed)
 where g.tenant_id = $1 and g.gate_id = d.gate_id and g.drawn_at is null
"""
_GRANTED = """
select s.member_id
  from promotion.signup s
 where s.tenant_id = $1 and s.gate_id = $2 and s.state = 'granted' and s.member_id > $3
 order by s.member_id limit $4
"""
_CERTIFICATES = """
select c.holder, c.holder_id, c.code, c.valid_from, c.valid_to
  from unnest($2::text[], $3::bigint[]) as h(holder, holder_id)
  join promotion.certificate c on c.tenant_id = $1 and c.holder = h.holder and c.holder_id = h.holder_id
"""
_PUT_CERTIFICATES = """
insert into promotion.certificate as c (tenant_id, holder, holder_id, code, number, valid_from, valid_to, put_by, put_at)
select t.tenant_id, w.holder, w.holder_id, w.code, w.number, w.valid_from, w.valid_to, w.put_by, $9
  from kernel.tenant t,
       unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[])
           as w(holder, holder_id, code, number, valid_from, valid_to, put_by)
 where t.tenant_id = $1
    on conflict (tenant_id, holder, holder_id, code) do update
   set number = excluded.number, valid_from = excluded.valid_from, valid_to = excluded.valid_to, put_by = excluded.put_by,
       put_at = excluded.put_at
 where (c.number, c.valid_from, c.valid_to) is distinct from (excluded.number, excluded.valid_from, excluded.valid_to)
"""
_DROP_CERTIFICATES = """
delete from promotion.certificate c
 using unnest($2::text[], $3::bigint[], $4::text[]) as d(holder, holder_id, code)
 where c.tenant_id = $1 and c.holder = d.holder and c.holder_id = d.holder_id and c.code = d.code
returning c.holder, c.holder_id, c.code
"""
