"""Members in SQL. An identity belongs to one member: the primary key decides, and whoever comes second learns it from the count."""

from collections.abc import Mapping, Sequence

from jiutong.capabilities.member.model import Identity, Status
from jiutong.kernel.db import Tx


async def read_identities(tx: Tx, identities: Sequence[Identity]) -> dict[Identity, tuple[int, Status]]:
    """Whose these identities are, and whether they may shop."""
    rows = await tx.fetch(_IDENTITIES, [i.kind for i in identities], [i.value for i in identities])
    return {Identity(row["kind"], row["value"]): (row["member_id"], row["status"]) for row in rows}


async def insert_members(tx: Tx, names: Mapping[int, str]) -> None:
    """Write new members."""
    await tx.count(_INSERT_MEMBERS, list(names), list(names.values()), tx.now)


async def insert_identities(tx: Tx, identities: Mapping[Identity, int]) -> set[Identity]:
    """Write identities of members, in order; those that are theirs now, written or already so."""
    ordered = sorted(identities)
    rows = await tx.fetch(_INSERT_IDENTITIES, [i.kind for i in ordered], [i.value for i in ordered], [identities[i] for i in ordered])
    return {Identity(row["kind"], row["value"]) for row in rows}


async def read_status(tx: Tx, ids: Sequence[int]) -> dict[int, Status]:
    """Where members stand; locked until the end, so that nobody is blocked or merged in between."""
    return {row["member_id"]: row["status"] for row in await tx.fetch(_STATUS, sorted(set(ids)))}


async def change_status(tx: Tx, ids: Sequence[int], from_: Status, to: Status) -> set[int]:
    """Move members from one status to another; those that were there."""
    return {row["member_id"] for row in await tx.fetch(_CHANGE_STATUS, sorted(set(ids)), from_, to)}


_IDENTITIES = """
select i.kind, i.value, i.member_id, m.status
  from unnest($2::text[], $3::text[]) as u(kind, value)
  join member.identity i on i.tenant_id = $1 and i.kind = u.kind and i.value = u.value
  join member.member m on m.tenant_id = $1 and m.member_id = i.member_id
"""
_INSERT_MEMBERS = """
insert into member.member (tenant_id, member_id, name, created_at)
select t.tenant_id, u.member_id, u.name, $4
  from kernel.tenant t, unnest($2::bigint[], $3::text[]) as u(member_id, name)
 where t.tenant_id = $1
"""
_INSERT_IDENTITIES = """
-- The update changes nothing: it makes the identities told that are the same member's already.
insert into member.identity as i (tenant_id, kind, value, member_id)
select t.tenant_id, u.kind, u.value, u.member_id
  from kernel.tenant t, unnest($2::text[], $3::text[], $4::bigint[]) with ordinality as u(kind, value, member_id, place)
 where t.tenant_id = $1
 order by u.place
    on conflict (tenant_id, kind, value) do update set member_id = i.member_id where i.member_id = excluded.member_id
returning i.kind, i.value
"""
_STATUS = """
select member_id, status from member.member where tenant_id = $1 and member_id = any($2::bigint[]) order by member_id for share
"""
_CHANGE_STATUS = """
update member.member m set status = $4
  from (select member_id from member.member
         where tenant_id = $1 and member_id = any($2::bigint[]) and status = $3 order by member_id for update) u
 where m.tenant_id = $1 and m.member_id = u.member_id
returning m.member_id
"""
