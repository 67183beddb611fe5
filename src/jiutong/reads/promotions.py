"""Promotions as people look them up."""

from datetime import datetime

import msgspec

from jiutong.capabilities.promotion import State
from jiutong.kernel.db import Tx


class PromotionRow(msgspec.Struct, frozen=True):
    """A version of a promotion; its terms as they were written (JSON)."""

    code: str
    version: int
    state: State
    terms: str
    written_by: str
    written_at: datetime
    published_by: str | None
    published_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    drafted: int | None
    running: int | None


async def promotions(
    tx: Tx, q: str | None, stage: str | None, state: str | None, coupon: bool | None, after: str | None, rows_max: int
) -> list[PromotionRow]:
    """Promotions by code, each by the version that runs, else by its newest. `state` and the rest are asked of that version."""
    return [PromotionRow(*row) for row in await tx.fetch(_PROMOTIONS, q, stage, state, coupon, after, rows_max)]


async def versions(tx: Tx, code: str, version: int | None, after: int | None, rows_max: int) -> list[PromotionRow]:
    """The versions of a promotion, the newest first; one of them when asked."""
    return [PromotionRow(*row) for row in await tx.fetch(_VERSIONS, code, version, after, rows_max)]


_PROMOTIONS = """
select p.code, p.version, p.state, p.terms, p.written_by, p.written_at, p.published_by,
       p.published_at, p.ended_by, p.ended_at,
       (select d.version from promotion.promotion d where d.tenant_id = $1 and d.code = p.code and d.state = 'draft') as drafted,
       (select r.version from promotion.promotion r where r.tenant_id = $1 and r.code = p.code and r.state = 'published') as running
  from promotion.promotion p
 where p.tenant_id = $1
   and p.version = (
        select o.version from promotion.promotion o
         where o.tenant_id = $1 and o.code = p.code order by o.state = 'published' desc, o.version desc limit 1)
   and ($2::text is null or strpos(lower(p.code || ' ' || p.name || ' ' || p.name_zh), lower($2)) > 0)
   and ($3::text is null or p.stage = $3) and ($4::text is null or p.state = $4) and ($5::boolean is null or p.coupon = $5)
   and ($6::text is null or p.code > $6)
 order by p.code limit $7
"""
_VERSIONS = """
select p.code, p.version, p.state, p.terms, p.written_by, p.written_at, p.published_by,
       p.published_at, p.ended_by, p.ended_at,
       (select d.version from promotion.promotion d where d.tenant_id = $1 and d.code = p.code and d.state = 'draft') as drafted,
       (select r.version from promotion.promotion r where r.tenant_id = $1 and r.code = p.code and r.state = 'published') as running
  from promotion.promotion p
 where p.tenant_id = $1 and p.code = $2 and ($3::int is null or p.version = $3) and ($4::int is null or p.version < $4)
 order by p.version desc limit $5
"""
