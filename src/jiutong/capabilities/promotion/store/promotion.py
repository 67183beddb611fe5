"""The statements of promotions, and the set of them that is kept in memory."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

import asyncpg
import msgspec

from jiutong.capabilities.promotion.model.promotion import Draft, Turned, Version
from jiutong.capabilities.promotion.rules.drafting import terms_of
from jiutong.capabilities.promotion.rules.scope import Ruleset
from jiutong.kernel.db import Tx
from jiutong.kernel.stamps import Facts

TENANTS_KEPT_MAX: Final = 1_000
# A transaction begun earlier, or a receipt of this morning, asks for its own instant.
REACH_BACK: Final = timedelta(days=1)


def kept_rules(tx: Tx) -> Facts[Ruleset]:
    """The promotions this process remembers, compiled; all of a tenant's under key 0."""
    return tx.memory.setdefault("promotion.rules", Facts("promotion", TENANTS_KEPT_MAX))


def forget_promotions(tx: Tx) -> None:
    """Drop the remembered promotions: their stamp has changed."""
    kept_rules(tx).forget(tx.tenant_id, (0,))


async def load_running(tx: Tx) -> tuple[int, list[Version]]:
    """The promotions that run or will, with coupons also versions that were replaced: coupons in hand still stand for them."""
    rows = await tx.fetch(_LOAD_RUNNING, tx.now - REACH_BACK)
    return rows[0]["revision"], [_version(row) for row in rows if row["code"] is not None]


async def load_versions(tx: Tx, codes: Sequence[str], numbers: Sequence[int]) -> list[Version]:
    """These versions of promotions, whatever their state."""
    return [_version(row) for row in await tx.fetch(_LOAD_VERSIONS, codes, numbers)]


async def lock_promotions(tx: Tx, codes: Collection[str]) -> list[Version]:
    """The newest version of each of these promotions, its draft and the one that runs, locked in the order of their codes."""
    return [_version(row) for row in await tx.fetch(_LOCK, sorted(codes))]


async def read_rivals(tx: Tx, stage: str) -> list[Version]:
    """The published promotions of a stage that are not over."""
    return [_version(row) for row in await tx.fetch(_RIVALS, stage, tx.now)]


async def write_drafts(tx: Tx, drafts: Sequence[tuple[int, int, Draft]]) -> set[str]:
    """Write drafts (id, version, draft) new or in place of the draft there was; the codes written."""
    rows = await tx.fetch(
        _WRITE_DRAFTS,
        [one.code for _, _, one in drafts],
        [version for _, version, _ in drafts],
        [id_ for id_, _, _ in drafts],
        [one.terms.stage for _, _, one in drafts],
        [one.terms.coupon for _, _, one in drafts],
        [one.terms.name for _, _, one in drafts],
        [one.terms.name_zh for _, _, one in drafts],
        [msgspec.json.encode(one.terms).decode() for _, _, one in drafts],
        [_joined(one.channel_ids) for _, _, one in drafts],
        [_joined(one.store_ids) for _, _, one in drafts],
        [one.terms.valid_from for _, _, one in drafts],
        [one.terms.valid_to for _, _, one in drafts],
        [one.by for _, _, one in drafts],
        tx.now,
    )
    return {row["code"] for row in rows}


async def drop_drafts(tx: Tx, codes: Sequence[str]) -> None:
    """Throw drafts away."""
    await tx.count(_DROP_DRAFTS, sorted(codes))


async def turn(tx: Tx, turns: Sequence[Turned], by: Sequence[str]) -> None:
    """Publish, replace or end versions. What ends goes first: only one version of a promotion may run."""
    order = sorted(range(len(turns)), key=lambda i: (turns[i].state == "published", turns[i].code, turns[i].version))
    for ending in (True, False):
        those = [i for i in order if (turns[i].state != "published") is ending]
        if those:
            statement = _END if ending else _PUBLISH
            codes, versions = [turns[i].code for i in those], [turns[i].version for i in those]
            await tx.count(statement, codes, versions, [turns[i].state for i in those], [by[i] for i in those], tx.now)


def _joined(ids: Sequence[int]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


def _version(row: asyncpg.Record) -> Version:
    return Version(
        row["promotion_id"],
        row["code"],
        row["version"],
        row["state"],
        terms_of(row["terms"]),
        tuple(row["channel_ids"]),
        tuple(row["store_ids"]),
    )


_LOAD_RUNNING = """
select coalesce(s.revision, 0) as revision, p.promotion_id, p.code, p.version, p.state, p.terms, p.channel_ids, p.store_ids
  from kernel.tenant t
  left join kernel.stamp s on s.tenant_id = $1 and s.topic = 'promotion' and s.key = 0
  left join promotion.promotion p
    on p.tenant_id = $1 and p.valid_to > $2 and (p.state = 'published' or (p.state = 'replaced' and p.coupon))
 where t.tenant_id = $1
"""
_LOAD_VERSIONS = """
select p.promotion_id, p.code, p.version, p.state, p.terms, p.channel_ids, p.store_ids
  from unnest($2::text[], $3::int[]) as n(code, version)
  join promotion.promotion p on p.tenant_id = $1 and p.code = n.code and p.version = n.version
"""
_LOCK = """
select p.promotion_id, p.code, p.version, p.state, p.terms, p.channel_ids, p.store_ids
  from unnest($2::text[]) as n(code)
 cross join lateral (
        select * from promotion.promotion o
         where o.tenant_id = $1 and o.code = n.code
           and (o.state in ('draft', 'published')
                or o.version = (select max(l.version) from promotion.promotion l where l.tenant_id = $1 and l.code = n.code))
         order by o.version
           for update) p
"""
_RIVALS = """
select p.promotion_id, p.code, p.version, p.state, p.terms, p.channel_ids, p.store_ids
  from promotion.promotion p
 where p.tenant_id = $1 and p.stage = $2 and p.state = 'published' and p.valid_to > $3
"""
_WRITE_DRAFTS = """
insert into promotion.promotion as p
       (tenant_id, code, version, promotion_id, state, stage, coupon, name, name_zh, terms, channel_ids, store_ids,
        valid_from, valid_to, written_by, written_at)
select t.tenant_id, w.code, w.version, w.promotion_id, 'draft', w.stage, w.coupon, w.name, w.name_zh, w.terms,
       w.channel_ids::bigint[], w.store_ids::bigint[], w.valid_from, w.valid_to, w.written_by, $15
  from kernel.tenant t,
       unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::boolean[], $7::text[], $8::text[], $9::json[], $10::text[],
              $11::text[], $12::timestamptz[], $13::timestamptz[], $14::text[])
           as w(code, version, promotion_id, stage, coupon, name, name_zh, terms, channel_ids, store_ids, valid_from, valid_to, written_by)
 where t.tenant_id = $1
    on conflict (tenant_id, code, version) do update
   set stage = excluded.stage, coupon = excluded.coupon, name = excluded.name, name_zh = excluded.name_zh, terms = excluded.terms,
       channel_ids = excluded.channel_ids, store_ids = excluded.store_ids, valid_from = excluded.valid_from,
       valid_to = excluded.valid_to, written_by = excluded.written_by, written_at = excluded.written_at
 where p.state = 'draft'
returning p.code
"""
_DROP_DRAFTS = """
delete from promotion.promotion p where p.tenant_id = $1 and p.code = any($2::text[]) and p.state = 'draft'
"""
_PUBLISH = """
update promotion.promotion p
   set state = w.state, published_by = w.by, published_at = $6
  from unnest($2::text[], $3::int[], $4::text[], $5::text[]) as w(code, version, state, by)
 where p.tenant_id = $1 and p.code = w.code and p.version = w.version and p.state = 'draft'
"""
_END = """
update promotion.promotion p
   set state = w.state, ended_by = w.by, ended_at = $6
  from unnest($2::text[], $3::int[], $4::text[], $5::text[]) as w(code, version, state, by)
 where p.tenant_id = $1 and p.code = w.code and p.version = w.version and p.state in ('published', 'replaced')
"""
