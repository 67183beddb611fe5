"""Members in SQL. An identity belongs to one member: the primary key decides, and whoever comes second learns it from the count."""

from collections.abc import Collection, Mapping, Sequence

import asyncpg

from jiutong.capabilities.member.model import (
    ADDRESSES_MAX,
    CODE_AGAIN,
    CODE_LASTS,
    SESSION_LASTS,
    Buyer,
    Company,
    DropAddress,
    Employee,
    Employment,
    Group,
    Identity,
    KeepAddress,
    PutGroup,
    Shopper,
    Status,
)
from jiutong.kernel.db import Again, Tx


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


async def put_codes(tx: Tx, codes: Mapping[Identity, bytes]) -> set[Identity]:
    """Write codes in place of older ones; those that were: not where the one before is too young."""
    ordered = sorted(codes)
    rows = await tx.fetch(
        _PUT_CODES,
        [i.kind for i in ordered],
        [i.value for i in ordered],
        [codes[i] for i in ordered],
        tx.now,
        tx.now + CODE_LASTS,
        tx.now - CODE_AGAIN,
    )
    return {Identity(row["kind"], row["value"]) for row in rows}


async def try_codes(tx: Tx, tries: Mapping[Identity, bytes]) -> set[Identity]:
    """Count a try of each code; those that were right, in force, and are used up now."""
    ordered = sorted(tries)
    rows = await tx.fetch(_TRY_CODES, [i.kind for i in ordered], [i.value for i in ordered], [tries[i] for i in ordered], tx.now)
    return {Identity(row["kind"], row["value"]) for row in rows if row["used"]}


async def insert_sessions(tx: Tx, sessions: Mapping[bytes, int]) -> None:
    """Begin sessions, and sweep out those that have ended."""
    await tx.count(_DELETE_ENDED, tx.now)
    await tx.count(_INSERT_SESSIONS, list(sessions), list(sessions.values()), tx.now, tx.now + SESSION_LASTS)


async def delete_sessions(tx: Tx, hashes: Sequence[bytes]) -> set[bytes]:
    """End sessions; those there were."""
    return {row["token_hash"] for row in await tx.fetch(_DELETE_SESSIONS, list(hashes))}


async def read_sessions(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, Shopper]:
    """Whose sessions these are, while they last and their member may shop."""
    rows = await tx.fetch(_SESSIONS, list(hashes), tx.now)
    return {
        row["token_hash"]: Shopper(
            row["member_id"],
            row["name"],
            row["level"],
            tuple(Identity(kind, value) for kind, value in zip(row["kinds"], row["values_"], strict=True)),
        )
        for row in rows
    }


async def rename(tx: Tx, names: Mapping[int, str]) -> set[int]:
    """Write what members want to be called; those there are."""
    ordered = sorted(names)
    return {row["member_id"] for row in await tx.fetch(_RENAME, ordered, [names[i] for i in ordered])}


async def put_addresses(tx: Tx, keeps: Sequence[KeepAddress], ids: Sequence[int]) -> set[int]:
    """Write addresses under these ids, the preferred one alone in being so; the ids written: not the unknown, nor one too many."""
    whats = [k.what for k in keeps]
    await tx.count(_PREFER_OTHER, sorted({k.member_id for k in keeps if k.what.preferred}))
    rows = await tx.fetch(
        _PUT_ADDRESSES,
        [k.member_id for k in keeps],
        [k.address_id or None for k in keeps],
        ids,
        [w.name for w in whats],
        [w.phone for w in whats],
        [w.country for w in whats],
        [w.region for w in whats],
        [w.address for w in whats],
        [w.postal_code for w in whats],
        [w.preferred for w in whats],
        ADDRESSES_MAX,
    )
    return {row["address_id"] for row in rows}


async def delete_addresses(tx: Tx, drops: Sequence[DropAddress]) -> int:
    """Delete addresses."""
    return await tx.count(_DELETE_ADDRESSES, [d.member_id for d in drops], [d.address_id for d in drops])


async def read_groups(tx: Tx, codes: Collection[str]) -> dict[str, Group]:
    """Customer groups by their codes."""
    return {row["code"]: Group(row["group_id"], row["code"], row["name"]) for row in await tx.fetch(_GROUPS, sorted(codes))}


async def write_groups(tx: Tx, groups: Sequence[PutGroup], ids: Sequence[int]) -> set[str]:
    """Write customer groups; the codes of those that are new or called otherwise now."""
    rows = await tx.fetch(_WRITE_GROUPS, ids, [one.code for one in groups], [one.name for one in groups])
    return {row["code"] for row in rows}


async def lock_companies(tx: Tx, codes: Collection[str]) -> dict[str, Company]:
    """The companies with these codes, with their groups and buyers; locked in the order of their codes."""
    return {row["code"]: _company(row) for row in await tx.fetch(_LOCK_COMPANIES, sorted(codes))}


async def write_companies(tx: Tx, companies: Sequence[Company]) -> None:
    """Write companies. A code taken since they were locked sends us back to find it."""
    try:
        await tx.count(
            _WRITE_COMPANIES,
            [one.company_id for one in companies],
            [one.code for one in companies],
            [one.name for one in companies],
            [one.region for one in companies],
            ["active" if one.active else "blocked" for one in companies],
            tx.now,
        )
    except asyncpg.UniqueViolationError as taken:
        raise Again("a company's code was taken meanwhile") from taken


async def write_buyers(tx: Tx, companies: Sequence[Company]) -> None:
    """Let these and no others buy for these companies."""
    pairs = sorted((one.member_id, company.company_id, one.role) for company in companies for one in company.buyers)
    ids = sorted(company.company_id for company in companies)
    await tx.count(_DROP_BUYERS, ids, [company for _, company, _ in pairs], [member for member, _, _ in pairs])
    await tx.count(_WRITE_BUYERS, [c for _, c, _ in pairs], [m for m, _, _ in pairs], [role for _, _, role in pairs])


async def write_grouped(tx: Tx, groups: Mapping[int, Collection[int]]) -> None:
    """Let these parties be in these groups and no others."""
    pairs = sorted((party_id, group_id) for party_id, ids in groups.items() for group_id in ids)
    await tx.count(_DROP_GROUPED, sorted(groups), [party for party, _ in pairs], [group for _, group in pairs])
    await tx.count(_JOIN_GROUPS, [group for _, group in pairs], [party for party, _ in pairs])


async def join_groups(tx: Tx, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Take parties into groups, each (group, party); those that were not in yet."""
    ordered = sorted(pairs, key=lambda pair: (pair[1], pair[0]))
    rows = await tx.fetch(_JOIN_GROUPS, [group for group, _ in ordered], [party for _, party in ordered])
    return {(row["group_id"], row["party_id"]) for row in rows}


async def leave_groups(tx: Tx, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Take parties out of groups, each (group, party); those that were in."""
    ordered = sorted(pairs)
    rows = await tx.fetch(_LEAVE_GROUPS, [group for group, _ in ordered], [party for _, party in ordered])
    return {(row["group_id"], row["party_id"]) for row in rows}


async def company_codes(tx: Tx, ids: Collection[int]) -> dict[int, str]:
    """The codes of these companies."""
    return {row["company_id"]: row["code"] for row in await tx.fetch(_COMPANY_CODES, sorted(ids))}


async def known_members(tx: Tx, ids: Collection[int]) -> set[int]:
    """Which of these members there are."""
    return {row["member_id"] for row in await tx.fetch(_KNOWN_MEMBERS, sorted(ids))}


async def read_buyers(tx: Tx, ids: Collection[int], ordered: Collection[int]) -> dict[int, Buyer]:
    """What steps ask of these members; `ordered` are those who have an order already."""
    return {
        row["member_id"]: Buyer(
            row["member_id"],
            row["level"],
            tuple(code for _, code in row["groups"]),
            tuple(group_id for group_id, _ in row["groups"]),
            tuple(
                Employment(id_, code, role, region, tuple((g[0], g[1]) for g in groups), active, tuple(colleagues))
                for id_, code, role, region, groups, active, colleagues in row["companies"]
            ),
            row["member_id"] not in ordered,
        )
        for row in await tx.fetch(_BUYERS, sorted(ids))
    }


def _company(row: asyncpg.Record) -> Company:
    return Company(
        row["code"],
        row["name"],
        row["region"],
        tuple(row["groups"]),
        tuple(Employee(member_id, role) for member_id, role in row["buyers"]),
        row["active"],
        row["company_id"],
    )


_GROUPS = """
select g.group_id, g.code, g.name from member.member_group g where g.tenant_id = $1 and g.code = any($2::text[])
"""
_WRITE_GROUPS = """
insert into member.member_group as g (tenant_id, group_id, code, name)
select t.tenant_id, u.group_id, u.code, u.name
  from kernel.tenant t, unnest($2::bigint[], $3::text[], $4::text[]) as u(group_id, code, name)
 where t.tenant_id = $1
    on conflict (tenant_id, code) do update set name = excluded.name where g.name <> excluded.name
returning g.code
"""
_LOCK_COMPANIES = """
select c.company_id, c.code, c.name, c.region, c.status = 'active' as active,
       array(select g.code from member.grouped i
               join member.member_group g on g.tenant_id = $1 and g.group_id = i.group_id
              where i.tenant_id = $1 and i.party_id = c.company_id order by g.code) as groups,
       array(select row(b.member_id, b.role) from member.buyer b
              where b.tenant_id = $1 and b.company_id = c.company_id order by b.member_id) as buyers
  from unnest($2::text[]) as n(code)
 cross join lateral (select * from member.company o where o.tenant_id = $1 and o.code = n.code for update) c
"""
_WRITE_COMPANIES = """
insert into member.company as c (tenant_id, company_id, code, name, region, status, created_at)
select t.tenant_id, u.company_id, u.code, u.name, u.region, u.status, $7
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[]) as u(company_id, code, name, region, status)
 where t.tenant_id = $1
    on conflict (tenant_id, company_id) do update set name = excluded.name, region = excluded.region, status = excluded.status
"""
_DROP_BUYERS = """
delete from member.buyer b
 where b.tenant_id = $1 and b.company_id = any($2::bigint[])
   and not exists (select from unnest($3::bigint[], $4::bigint[]) as u(company_id, member_id)
                    where u.company_id = b.company_id and u.member_id = b.member_id)
"""
_WRITE_BUYERS = """
insert into member.buyer as b (tenant_id, company_id, member_id, role)
select t.tenant_id, u.company_id, u.member_id, u.role
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::text[]) as u(company_id, member_id, role)
 where t.tenant_id = $1
    on conflict (tenant_id, member_id, company_id) do update set role = excluded.role
"""
_DROP_GROUPED = """
delete from member.grouped g
 where g.tenant_id = $1 and g.party_id = any($2::bigint[])
   and not exists (select from unnest($3::bigint[], $4::bigint[]) as u(party_id, group_id)
                    where u.party_id = g.party_id and u.group_id = g.group_id)
"""
_JOIN_GROUPS = """
insert into member.grouped as g (tenant_id, group_id, party_id)
select t.tenant_id, u.group_id, u.party_id
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[]) as u(group_id, party_id)
 where t.tenant_id = $1
    on conflict do nothing
returning g.group_id, g.party_id
"""
_LEAVE_GROUPS = """
delete from member.grouped g
 using unnest($2::bigint[], $3::bigint[]) as u(group_id, party_id)
 where g.tenant_id = $1 and g.party_id = u.party_id and g.group_id = u.group_id
returning g.group_id, g.party_id
"""
_COMPANY_CODES = """
select c.company_id, c.code from member.company c where c.tenant_id = $1 and c.company_id = any($2::bigint[])
"""
_KNOWN_MEMBERS = """
select m.member_id from member.member m where m.tenant_id = $1 and m.member_id = any($2::bigint[])
"""
_BUYERS = """
select m.member_id, m.level,
       array(select row(g.group_id, g.code) from member.grouped i
               join member.member_group g on g.tenant_id = $1 and g.group_id = i.group_id
              where i.tenant_id = $1 and i.party_id = m.member_id order by g.code) as groups,
       array(select row(c.company_id, c.code, b.role, c.region,
                        array(select row(g.group_id, g.code) from member.grouped i
                                join member.member_group g on g.tenant_id = $1 and g.group_id = i.group_id
                               where i.tenant_id = $1 and i.party_id = c.company_id order by g.code),
                        c.status = 'active',
                        array(select e.member_id from member.buyer e
                               where e.tenant_id = $1 and e.company_id = c.company_id order by e.member_id))
               from member.buyer b
               join member.company c on c.tenant_id = $1 and c.company_id = b.company_id
              where b.tenant_id = $1 and b.member_id = m.member_id order by c.code) as companies
  from unnest($2::bigint[]) as n(member_id)
 cross join lateral (select * from member.member o where o.tenant_id = $1 and o.member_id = n.member_id offset 0) m
"""
_PUT_CODES = """
insert into member.code as c (tenant_id, kind, value, code_hash, sent_at, expires_at)
select t.tenant_id, u.kind, u.value, u.code_hash, $5, $6
  from kernel.tenant t, unnest($2::text[], $3::text[], $4::bytea[]) with ordinality as u(kind, value, code_hash, place)
 where t.tenant_id = $1
 order by u.place
    on conflict (tenant_id, kind, value) do update
   set code_hash = excluded.code_hash, tries = 0, used = false, sent_at = excluded.sent_at, expires_at = excluded.expires_at
 where c.sent_at <= $7
returning c.kind, c.value
"""
_TRY_CODES = """
update member.code c set tries = c.tries + 1, used = c.code_hash = u.code_hash
  from (select k.tenant_id, k.kind, k.value, w.code_hash
          from unnest($2::text[], $3::text[], $4::bytea[]) as w(kind, value, code_hash)
          join member.code k on k.tenant_id = $1 and k.kind = w.kind and k.value = w.value
         order by k.kind, k.value for update of k) u
 where c.tenant_id = $1 and c.kind = u.kind and c.value = u.value and c.tries < 5 and not c.used and c.expires_at > $5
returning c.kind, c.value, c.used
"""
_DELETE_ENDED = """
delete from member.session where tenant_id = $1 and expires_at <= $2
"""
_INSERT_SESSIONS = """
insert into member.session (tenant_id, token_hash, member_id, created_at, expires_at)
select t.tenant_id, u.token_hash, u.member_id, $4, $5
  from kernel.tenant t, unnest($2::bytea[], $3::bigint[]) as u(token_hash, member_id)
 where t.tenant_id = $1
"""
_DELETE_SESSIONS = """
delete from member.session where tenant_id = $1 and token_hash = any($2::bytea[]) returning token_hash
"""
_SESSIONS = """
select s.token_hash, m.member_id, m.name, m.level,
       array(select i.kind from member.identity i where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as kinds,
       array(select i.value from member.identity i where i.tenant_id = $1 and i.member_id = m.member_id order by i.kind, i.value) as values_
  from member.session s
  join member.member m on m.tenant_id = $1 and m.member_id = s.member_id and m.status = 'active'
 where s.tenant_id = $1 and s.token_hash = any($2::bytea[]) and s.expires_at > $3
"""
_RENAME = """
update member.member m set name = u.name
  from unnest($2::bigint[], $3::text[]) as u(member_id, name)
 where m.tenant_id = $1 and m.member_id = u.member_id
returning m.member_id
"""
_PREFER_OTHER = """
update member.address set preferred = false where tenant_id = $1 and member_id = any($2::bigint[]) and preferred
"""
_PUT_ADDRESSES = """
insert into member.address as a (tenant_id, member_id, address_id, name, phone, country, region, address, postal_code, preferred)
select t.tenant_id, u.member_id, u.address_id, u.name, u.phone, u.country, u.region, u.address, u.postal_code, u.preferred
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
              $11::boolean[])
       as u(member_id, known, address_id, name, phone, country, region, address, postal_code, preferred)
 where t.tenant_id = $1
   and case when u.known is null
            then (select count(*) from member.address n where n.tenant_id = $1 and n.member_id = u.member_id) < $12
            else exists (select from member.address x where x.tenant_id = $1 and x.member_id = u.member_id and x.address_id = u.known) end
    on conflict (tenant_id, member_id, address_id) do update
   set name = excluded.name, phone = excluded.phone, country = excluded.country, region = excluded.region, address = excluded.address,
       postal_code = excluded.postal_code, preferred = excluded.preferred
returning a.address_id
"""
_DELETE_ADDRESSES = """
delete from member.address a
 using unnest($2::bigint[], $3::bigint[]) as u(member_id, address_id)
 where a.tenant_id = $1 and a.member_id = u.member_id and a.address_id = u.address_id
"""
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
