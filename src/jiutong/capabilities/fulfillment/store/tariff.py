"""The statements about tariffs, and those in force that are kept in memory. Who maintains them takes turns by their stamp."""

from collections.abc import Sequence

import asyncpg
import msgspec

from jiutong.capabilities.fulfillment.model.tariff import Kind, Tariff, TariffFacts, Terms
from jiutong.capabilities.fulfillment.rules.tariff import Versions, facts
from jiutong.kernel import stamps
from jiutong.kernel.db import Tx
from jiutong.kernel.stamps import Facts

TENANTS_KEPT_MAX = 10_000
TOPIC = "tariff"


def kept(tx: Tx) -> Facts[TariffFacts]:
    """The tariffs in force this process remembers, by tenant (all of them under key 0)."""
    return tx.memory.setdefault("fulfillment.tariff", Facts(TOPIC, TENANTS_KEPT_MAX))


def forget_tariffs(tx: Tx) -> None:
    """Drop the remembered tariffs: their stamp has changed."""
    kept(tx).forget(tx.tenant_id, (0,))


async def take_turn(tx: Tx) -> None:
    """Declare the tariffs changed, which whoever else maintains them waits for."""
    await stamps.bump(tx, TOPIC, [0])


async def load(tx: Tx) -> tuple[int, TariffFacts]:
    """The tariffs in force, and their stamp."""
    rows = await tx.fetch(_LOAD)
    return rows[0]["revision"], facts(_tariff(row) for row in rows if row["tariff_id"] is not None)


async def versions(tx: Tx, named: Sequence[tuple[Kind, str]]) -> Versions:
    """Every version of these tariffs, the latest last, and of all others the ones in force."""
    found: Versions = {}
    for row in await tx.fetch(_VERSIONS, [kind for kind, _ in named], [code for _, code in named]):
        found.setdefault((row["kind"], row["code"]), []).append(_tariff(row))
    return found


async def write_drafts(tx: Tx, drafts: Sequence[Tariff], actors: Sequence[str]) -> None:
    """Write drafts, new ones or anew."""
    await tx.count(
        _WRITE_DRAFTS,
        [one.tariff_id for one in drafts],
        [one.kind for one in drafts],
        [one.code for one in drafts],
        [one.version for one in drafts],
        [one.seller_id for one in drafts],
        [msgspec.json.encode(one.channel_ids).decode() for one in drafts],
        [msgspec.json.encode(one.terms).decode() for one in drafts],
        list(actors),
        tx.now,
    )


async def move(tx: Tx, changed: Sequence[Tariff]) -> int:
    """Bring versions to their state, each on its one way; the number that could. Ends come first: one version is in force at a time."""
    moved = 0
    for state in ("ended", "published"):
        ids = sorted({one.tariff_id for one in changed if one.state == state})
        if ids:
            moved += await tx.count(_MOVE, ids, state, tx.now)
    return moved


def _tariff(row: asyncpg.Record) -> Tariff:
    return Tariff(
        row["tariff_id"],
        row["kind"],
        row["code"],
        row["version"],
        row["state"],
        row["seller_id"],
        tuple(row["channel_ids"]),
        msgspec.json.decode(row["terms"], type=Terms),
    )


_LOAD = """
select coalesce(s.revision, 0) as revision, t.tariff_id, t.kind, t.code, t.version, t.state, t.seller_id, t.channel_ids, t.terms
  from (select 0::bigint as key) k
  left join kernel.stamp s on s.tenant_id = $1 and s.topic = 'tariff' and s.key = k.key
  left join fulfillment.tariff t on t.tenant_id = $1 and t.state = 'published'
 order by t.code
"""
_VERSIONS = """
select t.tariff_id, t.kind, t.code, t.version, t.state, t.seller_id, t.channel_ids, t.terms
  from fulfillment.tariff t
 where t.tenant_id = $1
   and (t.state = 'published'
        or exists (select from unnest($2::text[], $3::text[]) as n(kind, code) where n.kind = t.kind and n.code = t.code))
 order by t.kind, t.code, t.version
"""
_WRITE_DRAFTS = """
insert into fulfillment.tariff as f (tenant_id, tariff_id, kind, code, version, state, seller_id, channel_ids, terms,
                                     written_by, written_at)
select t.tenant_id, w.tariff_id, w.kind, w.code, w.version, 'draft', w.seller_id,
       array(select c::bigint from json_array_elements_text(w.channel_ids) as c), w.terms, w.written_by, $10
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::json[], $8::json[], $9::text[])
           as w(tariff_id, kind, code, version, seller_id, channel_ids, terms, written_by)
 where t.tenant_id = $1
    on conflict (tenant_id, tariff_id) do update
       set channel_ids = excluded.channel_ids, terms = excluded.terms, written_by = excluded.written_by, written_at = excluded.written_at
     where f.state = 'draft'
"""
_MOVE = """
update fulfillment.tariff t
   set state = $3, published_at = case when $3 = 'published' then $4::timestamptz else t.published_at end,
       ended_at = case when $3 = 'ended' then $4::timestamptz end
 where t.tenant_id = $1 and t.tariff_id = any($2::bigint[])
   and t.state = case when $3 = 'published' then 'draft' else 'published' end
"""
