"""Who acted, by the name people know them by: the event log keeps `staff:3`, a timeline says Mei."""

from collections.abc import Collection

from jiutong.kernel.db import Tx


async def names(tx: Tx, actors: Collection[str]) -> dict[str, str]:
    """Names of staff, programs and members; whoever has none (the house itself, a channel) is absent."""
    split = sorted({(kind, int(number)) for kind, _, number in (one.partition(":") for one in actors) if number.isdecimal()})
    if not split:
        return {}
    rows = await tx.fetch(_NAMES, [kind for kind, _ in split], [number for _, number in split])
    return {f"{row['kind']}:{row['number']}": row["name"] for row in rows if row["name"]}


_NAMES = """
select u.kind, u.number, coalesce(s.name, a.name, m.name) as name
  from unnest($2::text[], $3::bigint[]) as u(kind, number)
  left join access.staff s on s.tenant_id = $1 and u.kind = 'staff' and s.staff_id = u.number
  left join access.app_key a on a.tenant_id = $1 and u.kind = 'app' and a.key_id = u.number
  left join member.member m on m.tenant_id = $1 and u.kind = 'member' and m.member_id = u.number
"""
