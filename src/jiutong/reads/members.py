"""Members as people look them up: by the beginning of any identity, or one after the other."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx


class MemberRow(msgspec.Struct, frozen=True):
    """A member with everything they are recognized by."""

    member_id: int
    name: str
    level: str
    status: member.Status
    created_at: datetime
    identities: Sequence[member.Identity]


async def members(tx: Tx, ids: Sequence[int] | None, after: int | None, rows_max: int) -> list[MemberRow]:
    """Members in the order they joined; only these when `ids` are given."""
    return [_row(row) for row in await tx.fetch(_MEMBERS, ids, after, rows_max)]


async def beginning(tx: Tx, beginnings: Sequence[member.Identity], rows_max: int) -> list[MemberRow]:
    """Members who have an identity that begins like one of these."""
    kinds, prefixes = [b.kind for b in beginnings], [b.value for b in beginnings]
    return [_row(row) for row in await tx.fetch(_BEGINNING, kinds, prefixes, rows_max)]


def _row(row: asyncpg.Record) -> MemberRow:
    identities = [member.Identity(kind, value) for kind, value in zip(row["kinds"], row["values_"], strict=True)]
    return MemberRow(row["member_id"], row["name"], row["level"], row["status"], row["created_at"], identities)


_MEMBERS = """
select m.member_id, m.name, m.level, m.status, m.created_at,
       array(select i.kind from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as kinds,
       array(select i.value from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as values_
  from member.member m
 where m.tenant_id = $1 and ($2::bigint[] is null or m.member_id = any($2)) and ($3::bigint is null or m.member_id > $3)
 order by m.member_id limit $4
"""
_BEGINNING = """
-- A range of the primary key instead of LIKE: an index scan whatever was typed. chr(1114111) sorts after every character.
select m.member_id, m.name, m.level, m.status, m.created_at,
       array(select i.kind from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as kinds,
       array(select i.value from member.identity i
              where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as values_
  from (select distinct f.member_id
          from unnest($2::text[], $3::text[]) as u(kind, prefix)
         cross join lateral (select i.member_id from member.identity i
                              where i.tenant_id = $1 and i.kind = u.kind and i.value >= u.prefix and i.value < u.prefix || chr(1114111)
                                and starts_with(i.value, u.prefix)
                              order by i.value limit $4) f
         order by f.member_id limit $4) found
  join member.member m on m.tenant_id = $1 and m.member_id = found.member_id
 order by m.member_id
"""
