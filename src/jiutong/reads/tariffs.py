"""Freight templates and fees with their versions, as people look them up."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from jiutong.capabilities import fulfillment
from jiutong.kernel.db import Tx


class TariffRow(msgspec.Struct, frozen=True):
    """A freight template or fee: which version is in force, which is a draft, and the latest's terms in a few words.

    `default_in` are the channels it is the default of (or is asked in); `*` is every channel.
    """

    code: str
    name: str
    name_zh: str
    seller: str
    currency: str
    in_force: int | None
    draft: int | None
    latest: int
    changed_at: datetime
    changed_by: str
    default_in: list[str]


class VersionRow(msgspec.Struct, frozen=True):
    """A version: its terms, and when it was written, put in force and ended."""

    version: int
    state: fulfillment.TariffState
    terms: fulfillment.Terms
    written_by: str
    written_at: datetime
    published_at: datetime | None
    ended_at: datetime | None


async def tariffs(
    tx: Tx, kind: str, in_state: str | None, seller: str | None, words: str | None, after: str | None, rows_max: int
) -> list[TariffRow]:
    """Freight templates, or fees, by code; of one seller, with a version in that state, or with those words in code or name."""
    return [TariffRow(*row) for row in await tx.fetch(_TARIFFS, kind, in_state, seller, words, after, rows_max)]


async def versions(tx: Tx, kind: str, code: str) -> list[VersionRow]:
    """The versions of one of them, the latest first."""
    rows = await tx.fetch(_VERSIONS, kind, code)
    return [VersionRow(row[0], row[1], msgspec.json.decode(row[2], type=fulfillment.Terms), *list(row.values())[3:]) for row in rows]


async def named(tx: Tx, rules: Collection[str]) -> dict[str, tuple[str, str]]:
    """The names, also in Chinese, of the versions among these rules ("code@version") that are tariffs."""
    return {row["rule"]: (row["name"], row["name_zh"]) for row in await tx.fetch(_NAMED, sorted(rules))} if rules else {}


_NAMED = """
select n.rule, t.terms ->> 'name' as name, coalesce(t.terms ->> 'name_zh', '') as name_zh
  from unnest($2::text[]) as n(rule)
  join fulfillment.tariff t
    on t.tenant_id = $1 and t.code = split_part(n.rule, '@', 1) and t.version::text = split_part(n.rule, '@', 2)
"""
_TARIFFS = """
select l.code, l.terms ->> 'name', coalesce(l.terms ->> 'name_zh', ''), l.terms ->> 'seller', l.terms ->> 'currency',
       f.version, case when l.state = 'draft' then l.version end, l.version,
       greatest(l.written_at, l.published_at, l.ended_at), l.written_by,
       array(select coalesce(c.code, '*') from unnest(l.channel_ids) as i(channel_id)
               left join access.channel c on c.tenant_id = $1 and c.channel_id = i.channel_id order by 1)
  from fulfillment.tariff l
  left join fulfillment.tariff f on f.tenant_id = $1 and f.kind = l.kind and f.code = l.code and f.state = 'published'
 where l.tenant_id = $1 and l.kind = $2
   and l.version = (select max(o.version) from fulfillment.tariff o where o.tenant_id = $1 and o.kind = l.kind and o.code = l.code)
   and ($3::text is null or case $3 when 'published' then f.version is not null when 'draft' then l.state = 'draft'
                                 else l.state = 'ended' end)
   and ($4::text is null or l.terms ->> 'seller' = $4)
   and ($5::text is null or strpos(lower(concat_ws(' ', l.code, l.terms ->> 'name', l.terms ->> 'name_zh')), lower($5)) > 0)
   and ($6::text is null or l.code > $6)
 order by l.code limit $7
"""
_VERSIONS = """
select t.version, t.state, t.terms, t.written_by, t.written_at, t.published_at, t.ended_at
  from fulfillment.tariff t
 where t.tenant_id = $1 and t.kind = $2 and t.code = $3
 order by t.version desc
"""
