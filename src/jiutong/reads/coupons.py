"""Coupons as people look at them: batches and how far they have come, coupons and what became of them."""

from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from jiutong.capabilities import promotion
from jiutong.kernel.db import Tx


class BatchRow(msgspec.Struct, frozen=True):
    """A batch with the terms in force; `left` to give out, `used` by orders that stand. A draft has nothing to give yet."""

    batch_id: int
    code: str
    kind: promotion.CouponKind
    status: promotion.CouponStatus
    version: int
    per_member: int
    shared_code: str | None
    wanted: int
    written: int
    revision: int
    created_at: datetime
    left: int
    used: int
    terms: promotion.CouponTerms


class VersionRow(msgspec.Struct, frozen=True):
    """One version of a batch's terms."""

    version: int
    at: datetime
    terms: promotion.CouponTerms


class CouponRow(msgspec.Struct, frozen=True):
    """A coupon and what became of it."""

    coupon_id: int
    batch: str
    name: str
    name_zh: str
    promotion: str
    code: str
    member_id: int | None
    via: promotion.CouponVia
    state: promotion.CouponState
    got_at: datetime
    valid_from: datetime
    valid_to: datetime


class Figures(msgspec.Struct, frozen=True):
    """Coupons of a batch that orders hold, that orders used, that came back, and that were used elsewhere."""

    held: int
    used: int
    back: int
    recorded: int


class BearerRow(msgspec.Struct, frozen=True):
    """What one bearer paid of what a batch's coupons took off orders that stand, in minor units."""

    funder: str
    currency: str
    amount: int


class UseRow(msgspec.Struct, frozen=True):
    """An order that wanted a coupon, and what it took off."""

    order_id: int
    member_id: int | None
    code: str
    at: datetime
    status: str
    currency: str
    amount: int
    outcome: Literal["held", "used", "back"]


async def figures(tx: Tx, batch_id: int) -> Figures:
    """What became of the coupons of a batch."""
    (row,) = await tx.fetch(_FIGURES, batch_id)
    return Figures(*row)


async def bearers(tx: Tx, batch_id: int) -> list[BearerRow]:
    """Who paid for what the coupons of a batch took off; the most first."""
    return [BearerRow(*row) for row in await tx.fetch(_BEARERS, batch_id)]


async def uses(tx: Tx, batch_id: int, after: int | None, rows_max: int) -> list[UseRow]:
    """The orders that wanted coupons of a batch, the latest first."""
    return [UseRow(*row) for row in await tx.fetch(_USES, batch_id, after, rows_max)]


async def batches(tx: Tx, code: str | None, status: str | None, text: str | None, after: int | None, rows_max: int) -> list[BatchRow]:
    """Batches, the newest first; of one code, of one status, or with `text` in code or name, if asked."""
    return [_batch(row) for row in await tx.fetch(_BATCHES, code, status, text, after, rows_max)]


async def versions(tx: Tx, batch_id: int) -> list[VersionRow]:
    """The versions of a batch's terms, the latest first."""
    rows = await tx.fetch(_VERSIONS, batch_id)
    return [VersionRow(row["version"], row["at"], _terms_of(row["terms"])) for row in rows]


async def given_out(tx: Tx, channel_id: int) -> list[BatchRow]:
    """The batches whose coupons members can claim now for use in this channel, those that end first before the others."""
    return [_batch(row) for row in await tx.fetch(_GIVEN_OUT, tx.now, channel_id)]


async def coupons(
    tx: Tx, batch: str | None, member_id: int | None, state: str | None, code: str | None, after: int | None, rows_max: int
) -> list[CouponRow]:
    """Coupons, the latest first; of a batch, a member, in a state, or of a code, if asked."""
    if state in {"held", "used"}:
        return [CouponRow(*row) for row in await tx.fetch(_TAKEN, batch, member_id, state, code, after, rows_max)]
    return [CouponRow(*row) for row in await tx.fetch(_COUPONS, batch, member_id, state, code, after, rows_max, tx.now)]


async def given_to(tx: Tx, member_id: int) -> dict[int, int]:
    """How many coupons of each batch a member was given, by batch."""
    return {row["batch_id"]: row["given"] for row in await tx.fetch(_GIVEN_TO, member_id)}


async def places(tx: Tx, channels: tuple[int, ...], stores: tuple[int, ...]) -> dict[int, str]:
    """The codes of channels and stores by their ids."""
    return {row["id"]: row["code"] for row in await tx.fetch(_PLACES, list(channels), list(stores))}


_terms_of = msgspec.json.Decoder(promotion.CouponTerms).decode


def _batch(row: asyncpg.Record) -> BatchRow:
    return BatchRow(
        row["batch_id"],
        row["code"],
        row["kind"],
        row["status"],
        row["version"],
        row["per_member"],
        row["shared_code"],
        row["wanted"],
        row["written"],
        row["revision"],
        row["created_at"],
        row["left_to_give"],
        row["used"],
        _terms_of(row["terms"]),
    )


_BATCHES = """
select b.batch_id, b.code, b.kind, b.status, b.version, b.per_member, b.shared_code, b.wanted, b.written, b.revision, b.created_at,
       coalesce(a.posted - a.held, b.cap) as left_to_give, u.used, t.terms
  from promotion.coupon_batch b
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = b.batch_id and t.version = b.version
  left join ledger.account a on a.tenant_id = $1 and a.account_id = ledger.account_id('coupons:' || b.batch_id)
 cross join lateral (
       select (select count(*) from ledger.transfer x
                where x.tenant_id = $1 and x.to_account = ledger.account_id('coupons_used:' || b.batch_id))
            - (select count(*) from ledger.transfer x
                where x.tenant_id = $1 and x.from_account = ledger.account_id('coupons_used:' || b.batch_id))
              as used) u
 where b.tenant_id = $1 and ($2::text is null or b.code = $2) and ($3::text is null or b.status = $3)
   and ($4::text is null or position(lower($4) in lower(b.code)) > 0 or position(lower($4) in lower(t.terms ->> 'name')) > 0
        or position($4 in t.terms ->> 'name_zh') > 0)
   and ($5::bigint is null or b.batch_id < $5)
 order by b.batch_id desc limit $6
"""
_VERSIONS = """
select t.version, t.at, t.terms from promotion.coupon_terms t where t.tenant_id = $1 and t.batch_id = $2 order by t.version desc
"""
_GIVEN_OUT = """
select b.batch_id, b.code, b.kind, b.status, b.version, b.per_member, b.shared_code, b.wanted, b.written, b.revision, b.created_at,
       coalesce(a.posted - a.held, b.cap) as left_to_give, 0 as used, t.terms
  from promotion.coupon_batch b
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = b.batch_id and t.version = b.version
  left join ledger.account a on a.tenant_id = $1 and a.account_id = ledger.account_id('coupons:' || b.batch_id)
 where b.tenant_id = $1 and b.status = 'live' and b.kind = 'claimed'
   and (t.terms ->> 'claim_from')::timestamptz <= $2 and (t.terms ->> 'claim_to')::timestamptz > $2
   and (t.terms -> 'channels' is null or $3::bigint in (select c.value::bigint from json_array_elements_text(t.terms -> 'channels') as c))
 order by (t.terms ->> 'claim_to')::timestamptz, b.batch_id
"""
_COUPONS = """
-- In the order of ids whatever the state asked for: most coupons of a large batch are alike, and the first page comes at once.
select c.coupon_id, b.code as batch, t.terms ->> 'name' as name, t.terms ->> 'name_zh' as name_zh, t.promotion, c.code, c.member_id, c.via,
       s.state, c.got_at, c.valid_from, c.valid_to
  from (select o.coupon_id, o.batch_id, o.version, o.code, o.member_id, o.via, o.got_at, o.valid_from, o.valid_to
          from promotion.coupon o
         where o.tenant_id = $1
           and ($2::text is null or o.batch_id = (select k.batch_id from promotion.coupon_batch k where k.tenant_id = $1 and k.code = $2))
           and ($3::bigint is null or o.member_id = $3) and ($5::text is null or o.code = $5) and ($6::bigint is null or o.coupon_id < $6)
           and ($4::text is null or ($4 = 'expired') = (o.valid_to <= $8))
         order by o.coupon_id desc
        offset 0) c
 cross join lateral (
       select k.code from promotion.coupon_batch k where k.tenant_id = $1 and k.batch_id = c.batch_id limit 1) b
 cross join lateral (
       select k.terms, k.promotion from promotion.coupon_terms k
        where k.tenant_id = $1 and k.batch_id = c.batch_id and k.version = c.version limit 1) t
 cross join lateral (
       select case when a.posted < 0 then 'used' when a.held > 0 then 'held' when c.valid_to <= $8 then 'expired' else 'free' end as state
         from (select) always
         left join ledger.account a on a.tenant_id = $1
              and a.account_id = ledger.account_id('coupon:' || c.coupon_id)
        limit 1) s
 where $4::text is null or s.state = $4
 limit $7
"""
_TAKEN = """
-- What is held or used has an account; begin with those, they are few beside a million codes nobody has used.
with taken as materialized (
        select substr(a.code, 8)::bigint as coupon_id, case when a.posted < 0 then 'used' else 'held' end as state
          from ledger.account a
         where a.tenant_id = $1 and a.code ~>=~ 'coupon:' and a.code ~<~ 'coupon;' and a.code not like 'stock:%'
           and case when $4::text = 'used' then a.posted < 0 else a.posted = 0 and a.held > 0 end)
select c.coupon_id, b.code as batch, t.terms ->> 'name' as name, t.terms ->> 'name_zh' as name_zh, t.promotion, c.code, c.member_id, c.via,
       k.state, c.got_at, c.valid_from, c.valid_to
  from taken k
  join promotion.coupon c on c.tenant_id = $1 and c.coupon_id = k.coupon_id
  join promotion.coupon_batch b on b.tenant_id = $1 and b.batch_id = c.batch_id
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = c.batch_id and t.version = c.version
 where ($2::text is null or b.code = $2) and ($3::bigint is null or c.member_id = $3) and ($5::text is null or c.code = $5)
   and ($6::bigint is null or c.coupon_id < $6)
 order by c.coupon_id desc limit $7
"""
_FIGURES = """
-- A code for everybody is claimed under its batch's own id.
with claimed as (
        select k.used, k.amount - k.given_back as left_of_it
          from promotion.coupon c
          join orders.claim k on k.tenant_id = $1 and k.kind = 'coupon' and k.subject_id = c.coupon_id
         where c.tenant_id = $1 and c.batch_id = $2
         union all
        select k.used, k.amount - k.given_back from orders.claim k where k.tenant_id = $1 and k.kind = 'coupon' and k.subject_id = $2)
select count(*) filter (where not c.used and c.left_of_it > 0) as held,
       count(*) filter (where c.used and c.left_of_it > 0) as used,
       count(*) filter (where c.left_of_it = 0) as back,
       (select count(*) from promotion.coupon i where i.tenant_id = $1 and i.batch_id = $2 and i.via = 'imported') as recorded
  from claimed c
"""
_BEARERS = """
with claimed as (
        select k.order_id, t.promotion
          from promotion.coupon c
          join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = $2 and t.version = c.version
          join orders.claim k on k.tenant_id = $1 and k.kind = 'coupon' and k.subject_id = c.coupon_id and k.given_back < k.amount
         where c.tenant_id = $1 and c.batch_id = $2
         union
        select k.order_id, t.promotion
          from orders.claim k
          join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = $2
         where k.tenant_id = $1 and k.kind = 'coupon' and k.subject_id = $2 and k.given_back < k.amount)
select a.funder, o.currency, sum(a.amount)::bigint as amount
  from claimed c
  join orders.placed o on o.tenant_id = $1 and o.order_id = c.order_id
  join orders.price_adjustment a on a.tenant_id = $1 and a.order_id = c.order_id and a.rule = c.promotion
 group by a.funder, o.currency
 order by sum(a.amount) desc, a.funder
"""
_USES = """
with claimed as (
        select k.order_id, k.used, k.amount - k.given_back as left_of_it, c.code, t.promotion
          from promotion.coupon c
          join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = $2 and t.version = c.version
          join orders.claim k on k.tenant_id = $1 and k.kind = 'coupon' and k.subject_id = c.coupon_id
         where c.tenant_id = $1 and c.batch_id = $2
         union all
        select k.order_id, k.used, k.amount - k.given_back, b.shared_code, ''
          from promotion.coupon_batch b
          join orders.claim k on k.tenant_id = $1 and k.kind = 'coupon' and k.subject_id = b.batch_id
         where b.tenant_id = $1 and b.batch_id = $2)
select o.order_id, o.member_id, c.code, o.placed_at, o.status, o.currency,
       coalesce((select sum(a.amount) from orders.price_adjustment a
                  where a.tenant_id = $1 and a.order_id = o.order_id and a.stage in ('coupon', 'subsidy')
                    and (c.promotion = '' or a.rule = c.promotion)), 0)::bigint as amount,
       case when c.left_of_it = 0 then 'back' when c.used then 'used' else 'held' end as outcome
  from claimed c
  join orders.placed o on o.tenant_id = $1 and o.order_id = c.order_id
 where $3::bigint is null or o.order_id < $3
 order by o.order_id desc limit $4
"""
_GIVEN_TO = """
select c.batch_id, count(*) as given from promotion.coupon c where c.tenant_id = $1 and c.member_id = $2 group by c.batch_id
"""
_PLACES = """
select c.channel_id as id, c.code from access.channel c where c.tenant_id = $1 and c.channel_id = any($2::bigint[])
 union all
select s.store_id, s.code from access.store s where s.tenant_id = $1 and s.store_id = any($3::bigint[])
"""
