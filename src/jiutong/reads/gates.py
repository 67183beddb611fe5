"""Limits, restrictions, flash sales and reservations as people look at them: versions, how far each has come, what was taken when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from jiutong.kernel.db import Tx


class GateRow(msgspec.Struct, frozen=True):
    """A gate in a list: its newest version, and which one is in force."""

    gate_id: int
    code: str
    version: int
    state: str
    in_force: int | None
    made_by: str
    made_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    drawn_at: datetime | None
    draw_seed: str | None
    body: msgspec.Raw


class Taken(msgspec.Struct, frozen=True):
    """What was taken of one account: posted and held, and what may still be."""

    account: str
    taken: int
    held: int
    left: int

    @property
    def all(self) -> int:
        """Bought and being bought."""
        return self.taken + self.held


class Use(msgspec.Struct, frozen=True):
    """Who took how much of a limit: the identity, the goods and the period, as the account says them."""

    identity: str
    party_id: int | None
    name: str
    goods: str
    sku: str | None
    period: str
    taken: int
    left: int


class SaleMoment(msgspec.Struct, frozen=True):
    """Units sold in a flash sale in one minute, and how many orders they were in."""

    at: datetime
    units: int
    orders: int


class Signups(msgspec.Struct, frozen=True):
    """How many have signed up for a reservation, and what became of them; `used` have bought with their right."""

    signed: int
    waiting: int
    granted: int
    lost: int
    used: int


class CertificateRow(msgspec.Struct, frozen=True):
    """A certificate somebody holds."""

    holder: str
    holder_id: int
    holder_code: str
    name: str
    certifies: str
    number: str
    valid_from: datetime
    valid_to: datetime | None
    put_by: str
    put_at: datetime


class Planned(msgspec.Struct, frozen=True):
    """Something that runs or is planned, of whatever kind; `ends_at` null for no end."""

    kind: str
    code: str
    name: str
    state: str
    version: int
    begins_at: datetime | None
    ends_at: datetime | None


async def gates(tx: Tx, kind: str, code: str | None, state: str | None, after: str | None, rows_max: int) -> list[GateRow]:
    """Gates of one kind by code, each as its newest version."""
    return [_row(row) for row in await tx.fetch(_GATES, kind, code, state, after, rows_max)]


async def versions(tx: Tx, kind: str, code: str) -> list[GateRow]:
    """All versions of a gate, the newest first."""
    return [_row(row) for row in await tx.fetch(_VERSIONS, kind, code)]


async def taken(tx: Tx, codes: Sequence[str]) -> dict[str, Taken]:
    """What was taken of these accounts; an account nobody took from is absent."""
    return {row["code"]: Taken(*row.values()) for row in await tx.fetch(_TAKEN, list(codes))}


async def uses(tx: Tx, code: str, after: str | None, rows_max: int) -> list[tuple[str, Use]]:
    """Who has taken of a limit, by account."""
    return [(row["code"], Use(*list(row.values())[1:])) for row in await tx.fetch(_USES, code, after, rows_max)]


async def curve(tx: Tx, code: str, sku: str | None) -> list[SaleMoment]:
    """What a flash sale has sold, minute by minute."""
    return [SaleMoment(*row.values()) for row in await tx.fetch(_CURVE, code, sku)]


async def signups(tx: Tx, codes: Sequence[str]) -> dict[str, Signups]:
    """How many have signed up for these reservations."""
    return {row["code"]: Signups(*list(row.values())[1:]) for row in await tx.fetch(_SIGNUPS, list(codes))}


async def certificates(
    tx: Tx, holder: str | None, holder_id: int | None, certifies: str | None, until: datetime | None, after: tuple[str, int, str] | None,
    rows_max: int,
) -> list[CertificateRow]:  # fmt: skip
    """Certificates by holder; of one holder, one kind, or those that end before an instant, if asked."""
    last = after or (None, None, None)
    return [CertificateRow(*row.values()) for row in await tx.fetch(_CERTIFICATES, holder, holder_id, certifies, until, *last, rows_max)]


async def skus_of(tx: Tx, product: str) -> list[str]:
    """The codes of a product's SKUs."""
    return [row["code"] for row in await tx.fetch(_SKUS_OF, product)]


async def planned(tx: Tx, begins: datetime, ends: datetime, rows_max: int) -> list[Planned]:
    """What runs or is planned between two instants, of every kind, by its beginning. What has ended is shown while it ran."""
    return [Planned(*row.values()) for row in await tx.fetch(_PLANNED, begins, ends, rows_max)]


def _row(row: asyncpg.Record) -> GateRow:
    columns: dict[str, Any] = dict(row)
    columns["body"] = msgspec.Raw(columns["body"].encode())
    return GateRow(**columns)


_SKUS_OF = """
select s.code
  from catalog.product p
  join catalog.sku s on s.tenant_id = $1 and s.product_id = p.product_id
 where p.tenant_id = $1 and p.code = $2
 order by s.code
"""
_GATES = """
select g.gate_id, g.code, v.version, v.state, f.version as in_force, v.made_by, v.made_at, v.published_at, v.ended_at,
       g.drawn_at, g.draw_seed, v.body
  from promotion.gate g
  join promotion.gate_version v on v.tenant_id = $1 and v.gate_id = g.gate_id
   and v.version = (select max(w.version) from promotion.gate_version w where w.tenant_id = $1 and w.gate_id = g.gate_id)
  left join promotion.gate_version f on f.tenant_id = $1 and f.gate_id = g.gate_id and f.state = 'published'
 where g.tenant_id = $1 and g.kind = $2 and ($3::text is null or g.code = $3)
   and ($4::text is null or v.state = $4 or ($4 = 'published' and f.version is not null))
   and ($5::text is null or g.code > $5)
 order by g.code limit $6
"""
_VERSIONS = """
select g.gate_id, g.code, v.version, v.state, f.version as in_force, v.made_by, v.made_at, v.published_at, v.ended_at,
       g.drawn_at, g.draw_seed, v.body
  from promotion.gate g
  join promotion.gate_version v on v.tenant_id = $1 and v.gate_id = g.gate_id
  left join promotion.gate_version f on f.tenant_id = $1 and f.gate_id = g.gate_id and f.state = 'published'
 where g.tenant_id = $1 and g.kind = $2 and g.code = $3
 order by v.version desc
"""
_TAKEN = """
select a.code, (l.lifted - a.posted)::bigint as taken, a.held, greatest(a.posted - a.held - a.floor, 0) as "left"
  from ledger.account a
  cross join lateral (
        select coalesce(sum(x.amount), 0) as lifted
          from ledger.transfer x
          join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id and e.rule = 'limit.lowered'
         where x.tenant_id = $1 and x.to_account = a.account_id) l
 where a.tenant_id = $1 and a.code = any($2::text[]) and a.code not like 'stock:%'
"""
_USES = """
select a.code, split_part(a.code, ':', 3) as identity,
       nullif(regexp_replace(split_part(a.code, ':', 3), '\\D', '', 'g'), '')::bigint as party_id,
       coalesce(m.name, c.name, '') as name, split_part(a.code, ':', 4) as goods, s.code as sku, split_part(a.code, ':', 5) as period,
       (a.held - a.posted + l.lifted)::bigint as taken, greatest(a.posted - a.held - a.floor, 0) as "left"
  from ledger.account a
  cross join lateral (
        select coalesce(sum(x.amount), 0) as lifted
          from ledger.transfer x
          join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id and e.rule = 'limit.lowered'
         where x.tenant_id = $1 and x.to_account = a.account_id) l
  left join member.member m on m.tenant_id = $1 and split_part(a.code, ':', 3) = 'm' || m.member_id
  left join member.company c on c.tenant_id = $1 and split_part(a.code, ':', 3) = 'c' || c.company_id
  left join catalog.sku s on s.tenant_id = $1 and split_part(a.code, ':', 4) = 's' || s.sku_id
 where a.tenant_id = $1 and a.code ~>=~ ('limit:' || $2::text || ':') and a.code ~<~ ('limit:' || $2::text || ';')
   and a.code not like 'stock:%' and ($3::text is null or a.code ~>~ $3)
 order by a.code collate "C" limit $4
"""
_CURVE = """
select date_trunc('minute', o.placed_at) as at, sum(c.amount - c.given_back)::bigint as units, count(distinct c.order_id) as orders
  from promotion.gate g
  join orders.claim c on c.tenant_id = $1 and c.subject_id = g.gate_id and c.kind = 'quota'
  join orders.placed o on o.tenant_id = $1 and o.order_id = c.order_id and o.status not in ('canceled', 'expired')
 where g.tenant_id = $1 and g.code = $2
   and ($3::text is null or exists (select from orders.line l join catalog.sku s on s.tenant_id = $1 and s.sku_id = l.sku_id
                                     where l.tenant_id = $1 and l.order_id = c.order_id and l.line_id = c.line_id and s.code = $3))
 group by 1 order by 1
"""
_SIGNUPS = """
select g.code, count(s.*) as signed, count(s.*) filter (where s.state = 'waiting') as waiting,
       count(s.*) filter (where s.state = 'granted') as granted, count(s.*) filter (where s.state = 'lost') as lost,
       count(a.*) filter (where a.held > 0 or x.amount is not null) as used
  from promotion.gate g
  left join promotion.signup s on s.tenant_id = $1 and s.gate_id = g.gate_id
  left join ledger.account a on a.tenant_id = $1 and a.code = 'right:' || g.code || ':' || s.member_id
   and a.account_id = ledger.account_id('right:' || g.code || ':' || s.member_id)
  left join lateral (select t.amount from ledger.transfer t where t.tenant_id = $1 and t.from_account = a.account_id limit 1) x on true
 where g.tenant_id = $1 and g.code = any($2::text[])
 group by g.code
"""
_CERTIFICATES = """
select c.holder, c.holder_id, coalesce(k.code, '') as holder_code, coalesce(m.name, k.name, '') as name, c.code as certifies, c.number,
       c.valid_from, nullif(c.valid_to, 'infinity') as valid_to, c.put_by, c.put_at
  from promotion.certificate c
  left join member.member m on m.tenant_id = $1 and c.holder = 'member' and m.member_id = c.holder_id
  left join member.company k on k.tenant_id = $1 and c.holder = 'company' and k.company_id = c.holder_id
 where c.tenant_id = $1 and ($2::text is null or c.holder = $2) and ($3::bigint is null or c.holder_id = $3)
   and ($4::text is null or c.code = $4) and ($5::timestamptz is null or c.valid_to < $5)
   and ($6::text is null or (c.holder, c.holder_id, c.code) > ($6, $7::bigint, $8::text))
 order by c.holder, c.holder_id, c.code limit $9
"""
_PLANNED = """
select p.kind, p.code, p.name, p.state, p.version, p.begins_at, p.ends_at
  from (select g.kind, g.code, v.name, v.state, v.version, nullif(v.begins_at, '-infinity') as begins_at,
               nullif(least(v.ends_at, v.ended_at), 'infinity') as ends_at
          from promotion.gate_version v
          join promotion.gate g on g.tenant_id = $1 and g.gate_id = v.gate_id
         where v.tenant_id = $1 and v.begins_at < $3 and least(v.ends_at, v.ended_at) > $2
         union all
        select y.kind, y.code, v.name, v.state, v.version, v.begins_at, least(v.ends_at, v.ended_at)
          from promotion.play_version v
          join promotion.play y on y.tenant_id = $1 and y.play_id = v.play_id
         where v.tenant_id = $1 and v.begins_at < $3 and least(v.ends_at, v.ended_at) > $2
         union all
        select 'promotion', v.code, coalesce(nullif(v.name, ''), v.code), v.state, v.version, nullif(v.valid_from, '-infinity'),
               nullif(least(v.valid_to, v.ended_at), 'infinity')
          from promotion.promotion v
         where v.tenant_id = $1 and v.valid_from < $3 and least(v.valid_to, v.ended_at) > $2) p
 where p.begins_at is null or p.ends_at is null or p.begins_at < p.ends_at
 order by p.begins_at nulls first, p.kind, p.code limit $4
"""
