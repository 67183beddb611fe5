"""Coupons in SQL. Whether one is free is asked of the ledger, under the id its account's code gives it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from jiutong.capabilities.promotion.model.coupon import (
    COUPONS_IN_HAND_MAX,
    Coupon,
    CouponBatch,
    CouponGiven,
    CouponKind,
    CouponStatus,
    CouponTerms,
    CouponVia,
    PutCouponBatch,
)
from jiutong.kernel.db import Tx

TERMS_KEPT = 4_096
_encode = msgspec.json.Encoder().encode
_terms_of = msgspec.json.Decoder(CouponTerms).decode


async def lock_batches(tx: Tx, codes: Collection[str]) -> dict[str, CouponBatch]:
    """The batches with these codes and their terms in force, locked until the end."""
    return {row["code"]: _batch(row) for row in await tx.fetch(_LOCK_BATCHES, sorted(set(codes)))}


async def read_batches(tx: Tx, codes: Collection[str]) -> dict[str, CouponBatch]:
    """The batches with these codes and their terms in force."""
    return {row["code"]: _batch(row) for row in await tx.fetch(_BATCHES, sorted(set(codes)), [])}


async def read_batches_by_id(tx: Tx, ids: Collection[int]) -> dict[int, CouponBatch]:
    """The batches with these ids and their terms in force."""
    return {row["batch_id"]: _batch(row) for row in await tx.fetch(_BATCHES, [], sorted(set(ids)))}


async def read_shared(tx: Tx, codes: Collection[str]) -> dict[str, str]:
    """Whose the codes for everybody are: the batch's code by the shared one."""
    return {row["shared_code"]: row["code"] for row in await tx.fetch(_SHARED, sorted(set(codes)))}


async def write_batches(tx: Tx, rows: Sequence[tuple[int, PutCouponBatch, int, bool]]) -> dict[int, int]:
    """Write batches: (id, wish, version, whether it is new); their revisions now."""
    found = await tx.fetch(
        _WRITE_BATCHES,
        [id_ for id_, *_ in rows],
        [wish.code for _, wish, *_ in rows],
        [wish.kind for _, wish, *_ in rows],
        [version for *_, version, _ in rows],
        [wish.terms.cap for _, wish, *_ in rows],
        [wish.per_member for _, wish, *_ in rows],
        [wish.shared_code for _, wish, *_ in rows],
        tx.now,
    )
    return {row["batch_id"]: row["revision"] for row in found}


async def insert_terms(tx: Tx, rows: Sequence[tuple[int, int, CouponTerms]]) -> None:
    """Write versions of terms: (batch, version, terms)."""
    await tx.count(
        _INSERT_TERMS,
        [id_ for id_, *_ in rows],
        [version for _, version, _ in rows],
        [terms.promotion for *_, terms in rows],
        [_encode(terms).decode() for *_, terms in rows],
        tx.now,
    )


async def move_batches(tx: Tx, moves: Mapping[int, CouponStatus]) -> None:
    """Write where batches stand now."""
    ids = sorted(moves)
    await tx.count(_MOVE_BATCHES, ids, [moves[id_] for id_ in ids])


async def want_codes(tx: Tx, more: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Note that more codes are wanted of batches: (written, wanted) now."""
    ids = sorted(more)
    rows = await tx.fetch(_WANT_CODES, ids, [more[id_] for id_ in ids])
    return {row["batch_id"]: (row["written"], row["wanted"]) for row in rows}


async def add_written(tx: Tx, more: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Note that codes of batches were written: (written, wanted) now."""
    ids = sorted(more)
    rows = await tx.fetch(_ADD_WRITTEN, ids, [more[id_] for id_ in ids])
    return {row["batch_id"]: (row["written"], row["wanted"]) for row in rows}


async def lock_batches_by_id(tx: Tx, ids: Collection[int]) -> dict[int, CouponBatch]:
    """The batches with these ids and their terms in force, locked until the end."""
    return {row["batch_id"]: _batch(row) for row in await tx.fetch(_LOCK_BATCHES_BY_ID, sorted(set(ids)))}


async def insert_coupons(tx: Tx, rows: Sequence[tuple[CouponGiven, int, CouponVia, datetime]]) -> None:
    """Write coupons: (the coupon, the version of its terms, how it was come by, when). Whose it is is 0 for nobody's."""
    await tx.count(
        _INSERT_COUPONS,
        [one.coupon_id for one, *_ in rows],
        [one.batch_id for one, *_ in rows],
        [version for _, version, *_ in rows],
        [one.member_id or None for one, *_ in rows],
        [one.code for one, *_ in rows],
        [via for _, _, via, _ in rows],
        [at for *_, at in rows],
        [one.valid_from for one, *_ in rows],
        [one.valid_to for one, *_ in rows],
    )


async def bind(tx: Tx, coupons: Mapping[int, int]) -> None:
    """Nobody's coupons belong to whoever used them first."""
    ids = sorted(coupons)
    await tx.count(_BIND, ids, [coupons[id_] for id_ in ids])


async def prolong(tx: Tx, ids: Collection[int]) -> dict[int, datetime]:
    """Coupons that came back after their time are good for their grace; until when, of those prolonged."""
    return {row["coupon_id"]: row["valid_to"] for row in await tx.fetch(_PROLONG, sorted(set(ids)), tx.now)}


async def read_coupons(tx: Tx, members: Collection[int], codes: Collection[str]) -> list[Coupon]:
    """The unused coupons of members, the next to end first, and the coupons and shared codes with these codes."""
    rows = await tx.fetch(_COUPONS, sorted(set(members)), sorted(set(codes)), tx.now, COUPONS_IN_HAND_MAX)
    terms = await _terms(tx, {(row["batch_id"], row["version"]) for row in rows})
    return [
        Coupon(
            row["coupon_id"],
            row["batch_id"],
            row["batch"],
            row["code"],
            row["kind"],
            row["status"],
            row["member_id"],
            row["valid_from"],
            row["valid_to"],
            "used" if row["posted"] < 0 else "held" if row["held"] else "free",
            row["per_member"],
            terms[row["batch_id"], row["version"]],
        )
        for row in rows
    ]


async def _terms(tx: Tx, versions: Collection[tuple[int, int]]) -> dict[tuple[int, int], CouponTerms]:
    """Terms never change: what was read once is remembered."""
    kept: dict[tuple[int, int, int], CouponTerms] = tx.memory.setdefault("promotion.coupon_terms", {})
    missing = sorted(key for key in versions if (tx.tenant_id, *key) not in kept)
    if missing:
        if len(kept) + len(missing) > TERMS_KEPT:
            kept.clear()
            missing = sorted(versions)
        rows = await tx.fetch(_TERMS, [id_ for id_, _ in missing], [version for _, version in missing])
        kept.update({(tx.tenant_id, row["batch_id"], row["version"]): _terms_of(row["terms"]) for row in rows})
    return {key: kept[tx.tenant_id, *key] for key in versions}


def _batch(row: Any) -> CouponBatch:
    kind: CouponKind = row["kind"]
    status: CouponStatus = row["status"]
    return CouponBatch(
        row["batch_id"],
        row["code"],
        kind,
        status,
        row["version"],
        row["per_member"],
        row["shared_code"],
        row["wanted"],
        row["written"],
        row["revision"],
        _terms_of(row["terms"]),
    )


_LOCK_BATCHES = """
select b.batch_id, b.code, b.kind, b.status, b.version, b.per_member, b.shared_code, b.wanted, b.written, b.revision, t.terms
  from promotion.coupon_batch b
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = b.batch_id and t.version = b.version
 where b.tenant_id = $1 and b.code = any($2::text[])
 order by b.code
   for update of b
"""
_LOCK_BATCHES_BY_ID = """
select b.batch_id, b.code, b.kind, b.status, b.version, b.per_member, b.shared_code, b.wanted, b.written, b.revision, t.terms
  from promotion.coupon_batch b
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = b.batch_id and t.version = b.version
 where b.tenant_id = $1 and b.batch_id = any($2::bigint[])
 order by b.code
   for update of b
"""
_BATCHES = """
select b.batch_id, b.code, b.kind, b.status, b.version, b.per_member, b.shared_code, b.wanted, b.written, b.revision, t.terms
  from promotion.coupon_batch b
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = b.batch_id and t.version = b.version
 where b.tenant_id = $1 and (b.code = any($2::text[]) or b.batch_id = any($3::bigint[]))
"""
_SHARED = """
select b.shared_code, b.code from promotion.coupon_batch b where b.tenant_id = $1 and b.shared_code = any($2::text[])
"""
_WRITE_BATCHES = """
insert into promotion.coupon_batch as b (tenant_id, batch_id, code, kind, version, cap, per_member, shared_code, created_at)
select t.tenant_id, w.batch_id, w.code, w.kind, w.version, w.cap, w.per_member, w.shared_code, $9
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::integer[], $8::text[])
           as w(batch_id, code, kind, version, cap, per_member, shared_code)
 where t.tenant_id = $1
    on conflict (tenant_id, batch_id) do update
   set kind = excluded.kind, version = excluded.version, cap = excluded.cap, per_member = excluded.per_member,
       shared_code = excluded.shared_code, revision = b.revision + 1
returning b.batch_id, b.revision
"""
_INSERT_TERMS = """
insert into promotion.coupon_terms (tenant_id, batch_id, version, promotion, terms, at)
select t.tenant_id, w.batch_id, w.version, w.promotion, w.terms, $6
  from kernel.tenant t, unnest($2::bigint[], $3::integer[], $4::text[], $5::json[]) as w(batch_id, version, promotion, terms)
 where t.tenant_id = $1
"""
_MOVE_BATCHES = """
update promotion.coupon_batch b set status = w.status, revision = b.revision + 1
  from unnest($2::bigint[], $3::text[]) as w(batch_id, status)
 where b.tenant_id = $1 and b.batch_id = w.batch_id
"""
_WANT_CODES = """
update promotion.coupon_batch b set wanted = b.wanted + w.more
  from unnest($2::bigint[], $3::bigint[]) as w(batch_id, more)
 where b.tenant_id = $1 and b.batch_id = w.batch_id
returning b.batch_id, b.written, b.wanted
"""
_ADD_WRITTEN = """
update promotion.coupon_batch b set written = b.written + w.more
  from unnest($2::bigint[], $3::bigint[]) as w(batch_id, more)
 where b.tenant_id = $1 and b.batch_id = w.batch_id
returning b.batch_id, b.written, b.wanted
"""
_INSERT_COUPONS = """
insert into promotion.coupon (tenant_id, coupon_id, batch_id, version, member_id, code, via, got_at, valid_from, valid_to)
select t.tenant_id, c.coupon_id, c.batch_id, c.version, c.member_id, c.code, c.via, c.got_at, c.valid_from, c.valid_to
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::integer[], $5::bigint[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[],
              $10::timestamptz[]) as c(coupon_id, batch_id, version, member_id, code, via, got_at, valid_from, valid_to)
 where t.tenant_id = $1
"""
_BIND = """
update promotion.coupon c set member_id = w.member_id
  from unnest($2::bigint[], $3::bigint[]) as w(coupon_id, member_id)
 where c.tenant_id = $1 and c.coupon_id = w.coupon_id and c.member_id is null
"""
_PROLONG = """
-- Only what is free again: the account shows neither a use nor a hold.
update promotion.coupon c set valid_to = $3 + make_interval(days => (t.terms ->> 'grace_days')::integer)
  from promotion.coupon k
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = k.batch_id and t.version = k.version
  join ledger.account a on a.tenant_id = $1
       and a.account_id = ledger.account_id('coupon:' || k.coupon_id) and a.posted = 0 and a.held = 0
 where k.tenant_id = $1 and k.coupon_id = any($2::bigint[]) and k.valid_to <= $3 and coalesce((t.terms ->> 'grace_days')::integer, 0) > 0
   and c.tenant_id = $1 and c.coupon_id = k.coupon_id
returning c.coupon_id, c.valid_to
"""
_COUPONS = """
-- Of a member, what can still be used; by a code, whatever became of it. A code for everybody is judged by its batch alone.
with wanted as (
        select o.*
          from unnest($2::bigint[]) as m(member_id)
         cross join lateral (
               select c.coupon_id, c.batch_id, c.version, c.code, c.member_id, c.valid_from, c.valid_to,
                      coalesce(a.posted, 0) as posted, coalesce(a.held, 0) as held
                 from promotion.coupon c
                 left join ledger.account a on a.tenant_id = $1
                      and a.account_id = ledger.account_id('coupon:' || c.coupon_id)
                where c.tenant_id = $1 and c.member_id = m.member_id and c.valid_to > $4
                  and coalesce(a.posted, 0) = 0 and coalesce(a.held, 0) = 0
                order by c.valid_to, c.coupon_id
                limit $5) o
         union
        select c.coupon_id, c.batch_id, c.version, c.code, c.member_id, c.valid_from, c.valid_to,
               coalesce(a.posted, 0), coalesce(a.held, 0)
          from unnest($3::text[]) as u(code)
          join promotion.coupon c on c.tenant_id = $1 and c.code = u.code
          left join ledger.account a on a.tenant_id = $1
               and a.account_id = ledger.account_id('coupon:' || c.coupon_id))
select w.coupon_id, w.batch_id, w.version, w.code, w.member_id, w.valid_from, w.valid_to, w.posted, w.held,
       b.code as batch, b.kind, b.status, b.per_member
  from wanted w
  join promotion.coupon_batch b on b.tenant_id = $1 and b.batch_id = w.batch_id
 union all
select 0, b.batch_id, b.version, b.shared_code, null, (t.terms ->> 'claim_from')::timestamptz, (t.terms ->> 'claim_to')::timestamptz, 0, 0,
       b.code, b.kind, b.status, b.per_member
  from unnest($3::text[]) as u(code)
  join promotion.coupon_batch b on b.tenant_id = $1 and b.shared_code = u.code
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = b.batch_id and t.version = b.version
"""
_TERMS = """
select t.batch_id, t.version, t.terms
  from unnest($2::bigint[], $3::integer[]) as u(batch_id, version)
  join promotion.coupon_terms t on t.tenant_id = $1 and t.batch_id = u.batch_id and t.version = u.version
"""
