"""Business customers and customer groups, as people look them up. `after` is the last code told."""

from collections.abc import Sequence

import msgspec

from jiutong.capabilities import member
from jiutong.kernel.db import Tx


class BuyerRow(msgspec.Struct, frozen=True):
    """A member who buys for a company."""

    member_id: int
    name: str
    role: member.Role


class CompanyRow(msgspec.Struct, frozen=True):
    """A company with who buys for it, the groups it is in, and its price lists."""

    company_id: int
    code: str
    name: str
    region: str
    active: bool
    groups: Sequence[str]
    buyers: Sequence[BuyerRow]
    contracts: int


class MemberGroupView(msgspec.Struct, frozen=True):
    """A customer group, and how many members and companies are in it."""

    code: str
    name: str
    members: int
    companies: int


class GroupedRow(msgspec.Struct, frozen=True):
    """A member or a company in a group."""

    party_id: int
    company: str | None
    name: str


async def names(tx: Tx, codes: Sequence[str]) -> dict[str, str]:
    """What the companies with these codes are called."""
    return {row["code"]: row["name"] for row in await tx.fetch(_NAMES, codes)}


async def companies(tx: Tx, code: str | None, q: str | None, group: str | None, after: str | None, rows_max: int) -> list[CompanyRow]:
    """Companies in the order of their codes; one when `code` is given, those called like `q`, those in a group."""
    return [
        CompanyRow(
            row["company_id"],
            row["code"],
            row["name"],
            row["region"],
            row["active"],
            tuple(row["groups"]),
            tuple(BuyerRow(*one) for one in row["buyers"]),
            row["contracts"],
        )
        for row in await tx.fetch(_COMPANIES, code, (q or "").lower(), group, after, rows_max)
    ]


async def groups(tx: Tx, code: str | None, after: str | None, rows_max: int) -> list[MemberGroupView]:
    """Customer groups in the order of their codes; one when `code` is given."""
    return [MemberGroupView(*row) for row in await tx.fetch(_GROUPS, code, after, rows_max)]


async def grouped(tx: Tx, group: str, after: int | None, rows_max: int) -> list[GroupedRow]:
    """Who is in a group, in the order they came to be."""
    return [GroupedRow(*row) for row in await tx.fetch(_GROUPED, group, after, rows_max)]


_NAMES = """
select c.code, c.name from member.company c where c.tenant_id = $1 and c.code = any($2::text[])
"""
_COMPANIES = """
select c.company_id, c.code, c.name, c.region, c.status = 'active' as active,
       array(select g.code from member.grouped i
               join member.member_group g on g.tenant_id = $1 and g.group_id = i.group_id
              where i.tenant_id = $1 and i.party_id = c.company_id order by g.code) as groups,
       array(select row(b.member_id, m.name, b.role) from member.buyer b
               join member.member m on m.tenant_id = $1 and m.member_id = b.member_id
              where b.tenant_id = $1 and b.company_id = c.company_id order by b.member_id) as buyers,
       (select count(*) from pricing.price_list l where l.tenant_id = $1 and l.company_id = c.company_id) as contracts
  from member.company c
 where c.tenant_id = $1 and ($2::text is null or c.code = $2)
   and ($3 = '' or position($3 in lower(c.name)) > 0 or position($3 in lower(c.code)) > 0)
   and ($4::text is null or exists (
        select from member.grouped i
          join member.member_group g on g.tenant_id = $1 and g.group_id = i.group_id and g.code = $4
         where i.tenant_id = $1 and i.party_id = c.company_id))
   and ($5::text is null or c.code > $5)
 order by c.code limit $6
"""
_GROUPS = """
select g.code, g.name,
       (select count(*) from member.grouped i join member.member m on m.tenant_id = $1 and m.member_id = i.party_id
         where i.tenant_id = $1 and i.group_id = g.group_id) as members,
       (select count(*) from member.grouped i join member.company c on c.tenant_id = $1 and c.company_id = i.party_id
         where i.tenant_id = $1 and i.group_id = g.group_id) as companies
  from member.member_group g
 where g.tenant_id = $1 and ($2::text is null or g.code = $2) and ($3::text is null or g.code > $3)
 order by g.code limit $4
"""
_GROUPED = """
select i.party_id, c.code as company, coalesce(c.name, m.name) as name
  from member.member_group g
  join member.grouped i on i.tenant_id = $1 and i.group_id = g.group_id
  left join member.company c on c.tenant_id = $1 and c.company_id = i.party_id
  left join member.member m on m.tenant_id = $1 and m.member_id = i.party_id
 where g.tenant_id = $1 and g.code = $2 and ($3::bigint is null or i.party_id > $3)
 order by i.party_id limit $4
"""
