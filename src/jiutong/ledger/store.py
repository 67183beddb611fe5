"""The book's statements. Every array is sorted by its key before it gets here: rows are locked in one order, always.

Holds are locked before accounts, so that a posting and a release that meet on both cannot deadlock.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from asyncpg import Record

from jiutong.kernel.db import Again, Tx
from jiutong.ledger.model import Account, Balance, ClaimGroup, Entry, FloorMove, HoldRef, MovedByRule, Standing, Transfer
from jiutong.ledger.rules import Need

OPEN_KNOWN_MAX = 400_000


async def open_missing(tx: Tx, accounts: Collection[Account]) -> None:
    """Open the accounts this process does not know to be open. Costs nothing once they are known."""
    known: dict[int, str] = tx.memory.setdefault("ledger.open", {}).setdefault(tx.tenant_id, {})
    unknown = {a.account_id: a for a in accounts if known.get(a.account_id) != a.unit}
    if not unknown:
        return
    rows = [unknown[id_] for id_ in sorted(unknown)]
    others = await tx.fetch(
        _OPEN,
        [a.account_id for a in rows],
        [a.code for a in rows],
        [a.unit for a in rows],
        [a.floor for a in rows],
        [a.tracked for a in rows],
    )
    if others:
        raise ValueError(f"accounts are open as something else: {[tuple(row) for row in others]}")

    def remember() -> None:
        open_ = tx.memory.setdefault("ledger.open", {})
        if sum(map(len, open_.values())) > OPEN_KNOWN_MAX:
            open_.clear()
        open_.setdefault(tx.tenant_id, {}).update((a.account_id, a.unit) for a in rows)

    tx.after_commit.append(remember)


def forget_open(tx: Tx) -> Again:
    """An account thought open is not there (another database behind the same address): forget and try again."""
    tx.memory.pop("ledger.open", None)
    return Again("accounts were not open")


async def take(tx: Tx, needs: Sequence[Need]) -> tuple[bool, dict[int, Balance]]:
    """Apply all needs if every account can bear its own, and tell which floorless ones are now below zero.

    Otherwise apply none and tell what the accounts show; they are locked now.
    """
    if all(need.account.floor is None for need in needs):
        return True, await add(tx, needs)
    rows = await tx.fetch(
        _TAKE,
        [n.account.account_id for n in needs],
        [n.posted for n in needs],
        [n.held for n in needs],
        [n.low for n in needs],
    )
    return rows[0]["granted"], _balances(rows)


async def add(tx: Tx, needs: Sequence[Need]) -> dict[int, Balance]:
    """Apply needs that no floor can refuse; what the accounts show that are now below zero."""
    rows = await tx.fetch(_ADD, [n.account.account_id for n in needs], [n.posted for n in needs], [n.held for n in needs])
    if rows[0]["applied"] != len(needs):
        raise forget_open(tx)
    return _balances(rows)


async def record_holds(tx: Tx, groups: Sequence[ClaimGroup]) -> None:
    """Write the granted claims."""
    claims = [(group, claim) for group in groups for claim in group.claims]
    if not claims:
        return
    written = await tx.count(
        _RECORD_HOLDS,
        [group.group_id for group, _ in claims],
        [claim.hold_id for _, claim in claims],
        [claim.from_.account_id for _, claim in claims],
        [claim.to.account_id for _, claim in claims],
        [claim.amount for _, claim in claims],
        [group.expires_at for group, _ in claims],
    )
    if written != len(claims):
        raise RuntimeError("a hold of that name is still open")


async def settle_holds(tx: Tx, parts: Mapping[HoldRef, tuple[int, int]], *, void: bool = False) -> int:
    """Use up or give back parts of holds (held account, amount), each only as far as it is open; how many allowed it.

    Below zero, an amount takes the use back.
    """
    order = sorted(parts, key=lambda ref: (ref.group_id, ref.hold_id))
    amounts = [parts[ref][1] for ref in order]
    nothing = [0] * len(order)
    return await tx.count(
        _SETTLE_HOLDS,
        [ref.group_id for ref in order],
        [ref.hold_id for ref in order],
        [parts[ref][0] for ref in order],
        nothing if void else amounts,
        amounts if void else nothing,
    )


async def lock_holds(tx: Tx, groups: Collection[int]) -> list[tuple[HoldRef, int, int]]:
    """Lock the open holds of these groups: (hold, account id, open amount)."""
    rows = await tx.fetch(_LOCK_HOLDS, sorted(groups))
    return [(HoldRef(row["group_id"], row["hold_id"]), row["account_id"], row["open"]) for row in rows]


async def keep_holds(tx: Tx, groups: Sequence[int]) -> int:
    """Let these groups no longer expire."""
    return await tx.count(_KEEP_HOLDS, sorted(groups))


async def hold_until(tx: Tx, groups: Mapping[int, datetime]) -> int:
    """Move the expiry of open holds; how many there were."""
    ids = sorted(groups)
    return await tx.count(_HOLD_UNTIL, ids, [groups[id_] for id_ in ids])


async def due_groups(tx: Tx, at: datetime, limit: int) -> list[int]:
    """The groups past their expiry, longest overdue first."""
    return [row["group_id"] for row in await tx.fetch(_DUE_GROUPS, at, limit)]


async def record_entries(tx: Tx, entries: Sequence[Entry]) -> None:
    """Append the facts. A fact that is in the book already fails on its primary key."""
    await tx.count(
        _RECORD_ENTRIES,
        [e.entry_id for e in entries],
        [e.rule for e in entries],
        [e.subject_id for e in entries],
        [e.reverses for e in entries],
        tx.now,
    )


async def record_transfers(tx: Tx, entries: Sequence[Entry]) -> None:
    """Append what the facts moved."""
    rows = [(entry.entry_id, no, t) for entry in entries for no, t in enumerate(entry.transfers)]
    await tx.count(
        _RECORD_TRANSFERS,
        [entry_id for entry_id, _, _ in rows],
        [no for _, no, _ in rows],
        [t.from_.account_id for _, _, t in rows],
        [t.to.account_id for _, _, t in rows],
        [t.amount for _, _, t in rows],
    )


async def lock_standing(tx: Tx, moves: Sequence[FloorMove], lifted: Account) -> list[Standing]:
    """Lock the accounts whose floors are to move, in account order, and tell what earlier moves put on them."""
    until = [one.code + ("\U0010ffff" if one.begins else "\x01") for one in moves]  # no code has a character below a space
    rows = await tx.fetch(_LOCK_STANDING, [one.code for one in moves], until, [one.floor for one in moves], lifted.account_id)
    return [
        Standing(Account(row["account_id"], row["code"], row["unit"], row["floor"], True), row["left"], row["lifted"], row["bears"])
        for row in rows
    ]


async def set_floors(tx: Tx, floors: Sequence[tuple[int, int]]) -> int:
    """Give locked accounts these floors: (account, floor)."""
    return await tx.count(_SET_FLOORS, [id_ for id_, _ in floors], [floor for _, floor in floors])


async def read_balances(tx: Tx, account_ids: Sequence[int]) -> dict[int, Balance]:
    """The balances of the accounts that exist."""
    return _balances(await tx.fetch(_BALANCES, account_ids))


async def moved_by_rule(tx: Tx, prefixes: Sequence[str]) -> list[MovedByRule]:
    """What each rule gave to the accounts whose codes begin so, and took from them."""
    return [MovedByRule(*row) for row in await tx.fetch(_MOVED_BY_RULE, list(prefixes))]


async def read_entries(tx: Tx, entry_ids: Sequence[int]) -> dict[int, Entry]:
    """Entries with their transfers, as they were booked."""
    heads: dict[int, tuple[str, int, int | None]] = {}
    legs: dict[int, list[Transfer]] = {}
    for row in await tx.fetch(_ENTRIES, entry_ids):
        heads[row["entry_id"]] = (row["rule"], row["subject_id"], row["reverses"])
        moved = legs.setdefault(row["entry_id"], [])
        if row["amount"] is None:
            continue  # a fact of no amount is a fact
        from_ = Account(row["from_id"], row["from_code"], row["from_unit"], row["from_floor"], row["from_tracked"])
        to = Account(row["to_id"], row["to_code"], row["to_unit"], row["to_floor"], row["to_tracked"])
        moved.append(Transfer(from_, to, row["amount"]))
    return {id_: Entry(id_, rule, subject, tuple(legs[id_]), reverses) for id_, (rule, subject, reverses) in heads.items()}


def _balances(rows: Sequence[Record]) -> dict[int, Balance]:
    return {row["account_id"]: Balance(row["posted"], row["held"], row["floor"]) for row in rows if row["account_id"] is not None}


_OPEN = """
-- Gives the accounts whose id or code is open as something else: two codes with one id, or one code with two units.
with given as (
        select * from unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::boolean[])
               as g(account_id, code, unit, floor, tracked)),
     opened as (
        insert into ledger.account (tenant_id, account_id, code, unit, floor, tracked)
        select t.tenant_id, g.account_id, g.code, g.unit, g.floor, g.tracked
          from kernel.tenant t, given g
         where t.tenant_id = $1
            on conflict (tenant_id, account_id) do nothing)
select g.code, g.unit, a.code, a.unit
  from given g
  join ledger.account a on a.tenant_id = $1 and a.account_id = g.account_id
 where a.code <> g.code or a.unit <> g.unit or a.tracked <> g.tracked
"""
_TAKE = """
-- All or nothing for the whole batch. The locks come first, one account after the other as the arrays name them, so two
-- batches cannot deadlock. An account bears a batch when it bears the lowest point of it, the groups taken in arrival order.
-- What is written is what was locked plus the change, never the row the update itself finds: that may be an older version,
-- and a constraint would judge it before PostgreSQL notices.
with locked as materialized (
        select a.account_id, a.posted, a.held, a.floor, a.posted + n.posted as posted_then, a.held + n.held as held_then,
               a.floor is null or n.low is null or a.posted - a.held + n.low >= a.floor as bearable
          from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as n(account_id, posted, held, low),
               lateral (select k.account_id, k.posted, k.held, k.floor
                          from ledger.account k
                         where k.tenant_id = $1 and k.account_id = n.account_id
                           for update) a),
     verdict as materialized (select count(*) = cardinality($2::bigint[]) and bool_and(bearable) as granted from locked),
     taken as (
        update ledger.account a set posted = l.posted_then, held = l.held_then
          from locked l
         where a.tenant_id = $1 and a.account_id = l.account_id and (select granted from verdict)
        returning a.account_id, a.posted, a.held, a.floor)
select (select granted from verdict) as granted, s.account_id, s.posted, s.held, s.floor
  from (select) always
  left join (select t.account_id, t.posted, t.held, t.floor from taken t where t.floor is null and t.posted < t.held
              union all
             select l.account_id, l.posted, l.held, l.floor from locked l where not (select granted from verdict)) s on true
"""
_ADD = """
with need as (select * from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as n(account_id, posted, held)),
     added as (
        update ledger.account a set posted = a.posted + n.posted, held = a.held + n.held
          from need n
         where a.tenant_id = $1 and a.account_id = n.account_id
        returning a.account_id, a.posted, a.held, a.floor)
select (select count(*) from added) as applied, s.account_id, s.posted, s.held, s.floor
  from (select) always
  left join added s on s.floor is null and s.posted < s.held
"""
_RECORD_HOLDS = """
-- What was given back may be held again under its name (late money): the hold grows by what is taken.
insert into ledger.hold as h (tenant_id, group_id, hold_id, account_id, to_account_id, amount, expires_at)
select t.tenant_id, n.group_id, n.hold_id, n.account_id, n.to_account_id, n.amount, n.expires_at
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[])
           as n(group_id, hold_id, account_id, to_account_id, amount, expires_at)
 where t.tenant_id = $1
    on conflict (tenant_id, group_id, hold_id) do update set amount = h.amount + excluded.amount, expires_at = excluded.expires_at
 where h.account_id = excluded.account_id and h.posted + h.voided = h.amount
"""
_SETTLE_HOLDS = """
update ledger.hold h set posted = h.posted + n.posted, voided = h.voided + n.voided
  from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as n(group_id, hold_id, account_id, posted, voided)
 where h.tenant_id = $1 and h.group_id = n.group_id and h.hold_id = n.hold_id and h.account_id = n.account_id
   and h.posted + h.voided + n.posted + n.voided <= h.amount
"""
_LOCK_HOLDS = """
select h.group_id, h.hold_id, h.account_id, h.amount - h.posted - h.voided as open
  from ledger.hold h
 where h.tenant_id = $1 and h.group_id = any($2::bigint[]) and h.posted + h.voided < h.amount
 order by h.group_id, h.hold_id
   for update
"""
_KEEP_HOLDS = """
update ledger.hold h set expires_at = null
 where h.tenant_id = $1 and h.group_id = any($2::bigint[]) and h.posted + h.voided < h.amount
"""
_HOLD_UNTIL = """
update ledger.hold h set expires_at = u.expires_at
  from unnest($2::bigint[], $3::timestamptz[]) as u(group_id, expires_at)
 where h.tenant_id = $1 and h.group_id = u.group_id and h.posted + h.voided < h.amount
"""
_DUE_GROUPS = """
select h.group_id
  from ledger.hold h
 where h.tenant_id = $1 and h.expires_at <= $2 and h.posted + h.voided < h.amount
 group by h.group_id
 order by min(h.expires_at), h.group_id
 limit $3
"""
_RECORD_ENTRIES = """
insert into ledger.entry (tenant_id, entry_id, rule, subject_id, reverses, at)
select t.tenant_id, e.entry_id, e.rule, e.subject_id, e.reverses, $6
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) as e(entry_id, rule, subject_id, reverses)
 where t.tenant_id = $1
"""
_RECORD_TRANSFERS = """
insert into ledger.transfer (tenant_id, entry_id, transfer_no, from_account, to_account, amount)
select t.tenant_id, x.entry_id, x.transfer_no, x.from_account, x.to_account, x.amount
  from kernel.tenant t,
       unnest($2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[])
           as x(entry_id, transfer_no, from_account, to_account, amount)
 where t.tenant_id = $1
"""
_BALANCES = """
select a.account_id, a.posted, a.held, a.floor from ledger.account a where a.tenant_id = $1 and a.account_id = any($2::bigint[])
"""
_LOCK_STANDING = """
with locked as materialized (
        select a.account_id, a.code, a.unit, a.floor, a.posted - a.held as standing, m.bears
          from unnest($2::text[], $3::text[], $4::bigint[]) as m(code, until, bears)
          join ledger.account a on a.tenant_id = $1 and a.code ~>=~ m.code and a.code ~<~ m.until and a.code not like 'stock:%'
         order by a.account_id
           for update of a)
select l.account_id, l.code, l.unit, l.floor, l.bears, l.standing as "left",
       coalesce((select sum(x.amount) from ledger.transfer x
                  where x.tenant_id = $1 and x.to_account = l.account_id and x.from_account = $5), 0)::bigint as lifted
  from locked l
 order by l.account_id
"""
_SET_FLOORS = """
update ledger.account a set floor = f.floor
  from unnest($2::bigint[], $3::bigint[]) as f(account_id, floor)
 where a.tenant_id = $1 and a.account_id = f.account_id
"""
_MOVED_BY_RULE = """
select a.code, a.unit, e.rule, sum(x.given)::bigint as given, sum(x.taken)::bigint as taken, count(distinct x.entry_id) as entries
  from unnest($2::text[]) as p(prefix)
  join ledger.account a on a.tenant_id = $1 and a.code ~>=~ p.prefix and a.code ~<~ (p.prefix || chr(1114111)) and a.code not like 'stock:%'
  join lateral (
        select g.entry_id, g.amount as given, 0 as taken
          from ledger.transfer g where g.tenant_id = $1 and g.to_account = a.account_id
         union all
        select t.entry_id, 0, t.amount from ledger.transfer t where t.tenant_id = $1 and t.from_account = a.account_id) x on true
  join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id
 group by a.code, a.unit, e.rule
 order by a.code, e.rule
"""
_ENTRIES = """
select e.entry_id, e.rule, e.subject_id, e.reverses, x.amount,
       f.account_id as from_id, f.code as from_code, f.unit as from_unit, f.floor as from_floor, f.tracked as from_tracked,
       o.account_id as to_id, o.code as to_code, o.unit as to_unit, o.floor as to_floor, o.tracked as to_tracked
  from ledger.entry e
  left join ledger.transfer x on x.tenant_id = e.tenant_id and x.entry_id = e.entry_id
  left join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  left join ledger.account o on o.tenant_id = x.tenant_id and o.account_id = x.to_account
 where e.tenant_id = $1 and e.entry_id = any($2::bigint[])
 order by e.entry_id, x.transfer_no
"""
