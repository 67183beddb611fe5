"""The book as people read it: trial balance → accounts → what moved on one → the entry and the business fact behind it.

Nearly all money accounts are kept per business day of a place, and their entries move money within one day and place. A period is
therefore a choice of accounts, not a sum over history. What carries no day (a drawer until it is counted, a safe) is left out when days
are chosen: the accounts of the days then come to what is still there.
"""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
import msgspec
from msgspec import convert

from jiutong import ledger
from jiutong.kernel.db import Tx
from jiutong.reads.account_names import AccountName, names


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which money accounts. `which` is the account's own key (a seller's code, a rule, a method); `place` a store's or channel's code."""

    kind: str | None = None
    which: str | None = None
    place: str | None = None
    unit: str | None = None
    day_from: date | None = None
    day_to: date | None = None
    prefix: str = ""
    nonzero: bool = False


class KindRow(msgspec.Struct, frozen=True):
    """All accounts of one kind and unit together. Money: what came minus what went, so debits are positive.

    `debit` is the sum of the accounts above zero, `credit` of those below: `posted` = `debit` - `credit`.
    """

    kind: str
    unit: str
    accounts: int
    posted: int
    held: int
    debit: int
    credit: int


class GroupRow(msgspec.Struct, frozen=True):
    """Accounts of one kind that share a key: a place, a day, a rule."""

    value: str
    code: str
    name: str
    unit: str
    accounts: int
    posted: int
    debit: int
    credit: int


class GroupKeys(msgspec.Struct, frozen=True, array_like=True):
    """The place of a group in its list."""

    rank: int
    value: str
    unit: str


class SumRow(msgspec.Struct, frozen=True):
    """What the chosen accounts of one unit come to."""

    unit: str
    accounts: int
    posted: int
    debit: int
    credit: int


class AccountRow(msgspec.Struct, frozen=True):
    """One account; its parts say whose it is."""

    name: AccountName
    posted: int
    held: int


class AccountDetail(msgspec.Struct, frozen=True):
    """One account: what it shows now, and what a period moved. The world outside keeps no balance and shows none."""

    name: AccountName
    tracked: bool
    posted: int
    held: int
    floor: int | None
    opening: int | None
    debit: int | None
    credit: int | None
    movements: int | None


class Subject(msgspec.Struct, frozen=True):
    """What an entry is about. `label` is the number people know it by: a receipt, a delivery note."""

    kind: str
    subject_id: int
    label: str
    place: str | None
    reason: str | None
    actor: str | None


class MovementRow(msgspec.Struct, frozen=True):
    """One transfer as an account sees it: signed, what the account showed after it, the other side and the fact behind it."""

    entry_id: int
    transfer_no: int
    rule: str
    at: datetime
    amount: int
    balance: int | None
    other: AccountName
    subject: Subject
    reverses: int | None


class TransferRow(msgspec.Struct, frozen=True):
    """One transfer of an entry, between named accounts."""

    transfer_no: int
    from_account: str
    to_account: str
    unit: str
    amount: int
    from_name: AccountName
    to_name: AccountName

    @property
    def is_goods(self) -> bool:
        """It moves units of a SKU."""
        return self.unit.startswith("sku:")


class Fact(msgspec.Struct, frozen=True):
    """The business fact that booked an entry: a sale, a tender, a shipment, a return, a refund, a paper."""

    kind: str
    fact_id: int
    method: str | None
    reason: str | None
    state: str | None


class EntryRow(msgspec.Struct, frozen=True):
    """One fact in the book, with everything it moved."""

    entry_id: int
    rule: str
    subject: Subject
    fact: Fact | None
    reverses: int | None
    reversed_by: int | None
    at: datetime
    transfers: tuple[TransferRow, ...]


async def trial_balance(tx: Tx, choice: Choice) -> list[KindRow]:
    """Money accounts by kind and currency; every currency's rows sum to zero."""
    return [convert(dict(row), KindRow) for row in await tx.fetch(_TRIAL_BALANCE, *_chosen(choice))]


async def groups(tx: Tx, choice: Choice, by: str, after: GroupKeys | None, rows_max: int) -> list[tuple[GroupKeys, GroupRow]]:
    """Accounts of `choice.kind` by one of their keys: days latest first, everything else by weight."""
    keys = ledger.ACCOUNT_KINDS[choice.kind or ""].keys
    time = by in {"day", "month"}
    position = keys.index("day" if time else by) + 2
    cursor = (None, None, None) if after is None else (after.rank, after.value, after.unit)
    rows = await tx.fetch(_GROUPS, *_chosen(choice), position, 6 if by == "month" else 0, time, *cursor, rows_max)
    # A key is named like the account that carries it alone.
    codes = {row["value"]: f"{choice.kind}:" + ":".join(row["value"] if key == by else "-" for key in keys) for row in rows}
    named = await names(tx, [(code, "") for code in codes.values()])
    told: list[tuple[GroupKeys, GroupRow]] = []
    for row in rows:
        part = next((one for one in named[codes[row["value"]]].parts if one.key == by), None)
        code, name = (row["value"], row["value"]) if part is None else (part.code, part.name)
        amounts = [row[column] for column in ("unit", "accounts", "posted", "debit", "credit")]
        told.append((GroupKeys(row["rank"], row["value"], row["unit"]), GroupRow(row["value"], code, name, *amounts)))
    return told


async def sums(tx: Tx, choice: Choice) -> list[SumRow]:
    """What the chosen accounts come to, by unit."""
    return [SumRow(*row.values()) for row in await tx.fetch(_SUMS, *_chosen(choice))]


async def accounts(tx: Tx, choice: Choice, after: str, rows_max: int) -> list[AccountRow]:
    """Money accounts in order of code."""
    rows = await tx.fetch(_ACCOUNTS, *_chosen(choice), after, rows_max)
    named = await names(tx, [(row["code"], row["unit"]) for row in rows])
    return [AccountRow(named[row["code"]], row["posted"], row["held"]) for row in rows]


async def account(tx: Tx, code: str, since: datetime | None, until: datetime | None) -> AccountDetail | None:
    """One account, of money or of stock, and what moved on it in [since, until)."""
    rows = await tx.fetch(_ACCOUNT, code, since, until)
    if not rows:
        return None
    row = rows[0]
    named = await names(tx, [(code, row["unit"])])
    rest = [row[column] for column in ("tracked", "posted", "held", "floor", "opening", "debit", "credit", "movements")]
    return AccountDetail(named[code], *rest)


async def movements(
    tx: Tx, code: str, since: datetime | None, until: datetime | None, before: tuple[int, int] | None, rows_max: int
) -> list[MovementRow]:
    """What moved on an account in [since, until), latest first, below (entry, transfer)."""
    rows = await tx.fetch(_MOVEMENTS, code, since, until, *(before or (None, None)), rows_max)
    named = await names(tx, [(row["other"], row["other_unit"]) for row in rows])
    return [
        MovementRow(
            row["entry_id"],
            row["transfer_no"],
            row["rule"],
            row["at"],
            row["amount"],
            row["balance"],
            named[row["other"]],
            _subject(row),
            row["reverses"],
        )
        for row in rows
    ]


async def entries(tx: Tx, *, entry_id: int | None = None, subject_id: int | None = None, entries_max: int = 1) -> list[EntryRow]:
    """One entry, or those about a subject, in the order they were booked, with their transfers."""
    rows = await tx.fetch(_ENTRIES, entry_id, subject_id, entries_max)
    moved = [row for row in rows if row["amount"] is not None]  # a fact of no amount is a fact
    named = await names(tx, [pair for row in moved for pair in ((row["from_code"], row["from_unit"]), (row["to_code"], row["to_unit"]))])
    transfers: dict[int, list[TransferRow]] = {}
    for row in moved:
        from_, to = named[row["from_code"]], named[row["to_code"]]
        unit = to.unit if from_.unit == "any" else from_.unit
        one = TransferRow(row["transfer_no"], from_.code, to.code, unit, row["amount"], from_, to)
        transfers.setdefault(row["entry_id"], []).append(one)
    heads = {row["entry_id"]: row for row in rows}
    return [
        EntryRow(id_, row["rule"], _subject(row), _fact(row), row["reverses"], row["reversed_by"], row["at"], tuple(transfers.get(id_, ())))
        for id_, row in heads.items()
    ]


def which_key(kind: str | None) -> str | None:
    """The key that is an account kind's own, besides place and day; None where it has none."""
    known = ledger.ACCOUNT_KINDS.get(kind or "")
    return next((key for key in known.keys if key not in {"place", "day"}), None) if known is not None else None


def _chosen(choice: Choice) -> Sequence[object]:
    own = which_key(choice.kind)
    keys = ledger.ACCOUNT_KINDS[choice.kind].keys if choice.kind in ledger.ACCOUNT_KINDS else ()
    return (
        choice.kind,
        choice.unit,
        _escaped(choice.prefix) + "%",
        choice.nonzero,
        choice.which,
        None if own is None else keys.index(own) + 2,
        own == "seller",
        choice.place,
        None if choice.day_from is None else choice.day_from.strftime("%Y%m%d"),
        None if choice.day_to is None else choice.day_to.strftime("%Y%m%d"),
        _POSITIONS,
    )


def _subject(row: asyncpg.Record) -> Subject:
    return Subject(*(row[name] for name in Subject.__struct_fields__))


def _fact(row: asyncpg.Record) -> Fact | None:
    if row["fact"] is None:
        return None
    return Fact(row["fact"], row["entry_id"], row["fact_method"], row["fact_reason"], row["fact_state"])


# By kind of account, at which place of its code stand the place and the business day; null where there is none.
_POSITIONS = msgspec.json.encode(
    {
        kind.name: [kind.keys.index(key) + 2 if key in kind.keys else None for key in ("place", "day")]
        for kind in ledger.ACCOUNT_KINDS.values()
    }
).decode()


def _escaped(prefix: str) -> str:
    return prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# $2 kind, $3 unit, $4 prefix, $5 only those that are not zero, $6 the account's own key at position $7 ($8: it names a seller),
# $9 place, $10 and $11 the first and the last business day, $12 where in codes these stand.
_CHOSEN = """
       a.tenant_id = $1 and a.code not like 'stock:%' and a.tracked and a.code like $4
   and ($2::text is null or split_part(a.code, ':', 1) = $2)
   and ($3::text is null or a.unit = $3)
   and (not $5::boolean or a.posted <> 0 or a.held <> 0)
   and ($6::text is null or split_part(a.code, ':', $7::integer) = case when $8::boolean
            then (select s.seller_id::text from access.seller s where s.tenant_id = $1 and s.code = $6)
            else replace(replace($6, '%', '%25'), ':', '%3A') end)
   and ($9::text is null or split_part(a.code, ':', ($12::json -> split_part(a.code, ':', 1) ->> 0)::integer) in (
            select s.store_id::text from access.store s where s.tenant_id = $1 and s.code = $9
            union all select c.channel_id::text from access.channel c where c.tenant_id = $1 and c.code = $9))
   and ($10::text is null or split_part(a.code, ':', ($12 -> split_part(a.code, ':', 1) ->> 1)::integer) >= $10)
   and ($11::text is null or split_part(a.code, ':', ($12 -> split_part(a.code, ':', 1) ->> 1)::integer) <= $11)
"""
_AMOUNTS = """
       count(*) as accounts, sum(a.posted)::bigint as posted, coalesce(sum(a.posted) filter (where a.posted > 0), 0)::bigint as debit,
       coalesce(-sum(a.posted) filter (where a.posted < 0), 0)::bigint as credit
"""
_TRIAL_BALANCE = f"""
select split_part(a.code, ':', 1) as kind, a.unit, sum(a.held)::bigint as held, {_AMOUNTS}
  from ledger.account a
 where {_CHOSEN} and a.unit ~ '^[A-Z]{{3}}$'
 group by 1, 2
 order by 2, 1
"""  # sql: parts of this module alone  # noqa: S608
_GROUPS = f"""
with grouped as (
        select case when $14::integer = 0 then split_part(a.code, ':', $13::integer)
                    else left(split_part(a.code, ':', $13), $14) end as value,
               a.unit, {_AMOUNTS}
          from ledger.account a
         where {_CHOSEN}
         group by 1, 2),
     ranked as (select g.*, case when $15::boolean then g.value::bigint else abs(g.posted) end as rank from grouped g)
select r.rank, r.value, r.unit, r.accounts, r.posted, r.debit, r.credit
  from ranked r
 where $16::bigint is null or r.rank < $16 or (r.rank = $16 and (r.value, r.unit) > ($17::text, $18::text))
 order by r.rank desc, r.value, r.unit
 limit $19
"""  # sql: parts of this module alone  # noqa: S608
_SUMS = f"""
select a.unit, {_AMOUNTS} from ledger.account a where {_CHOSEN} group by 1 order by 1
"""  # sql: parts of this module alone  # noqa: S608
_ACCOUNTS = f"""
select a.code, a.unit, a.posted, a.held
  from ledger.account a
 where {_CHOSEN} and a.code > $13
 order by a.code
 limit $14
"""  # sql: parts of this module alone  # noqa: S608
_ACCOUNT = """
-- The world outside has moved with everybody: what moved there is not summed.
select a.unit, a.tracked, a.posted, a.held, a.floor, m.opening, m.debit, m.credit, m.movements
  from ledger.account a
  left join lateral (
        select coalesce(sum(x.amount) filter (where e.at < $3), 0)::bigint as opening,
               coalesce(sum(x.amount) filter (where x.amount > 0 and ($3::timestamptz is null or e.at >= $3)), 0)::bigint as debit,
               coalesce(-sum(x.amount) filter (where x.amount < 0 and ($3 is null or e.at >= $3)), 0)::bigint as credit,
               count(*) filter (where $3 is null or e.at >= $3) as movements
          from (select t.entry_id, -t.amount as amount from ledger.transfer t
                 where a.tracked and t.tenant_id = $1 and t.from_account = a.account_id
                union all
                select t.entry_id, t.amount from ledger.transfer t
                 where a.tracked and t.tenant_id = $1 and t.to_account = a.account_id) x
          join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id
         where $4::timestamptz is null or e.at < $4) m on a.tracked
 where a.tenant_id = $1 and a.account_id = ledger.account_id($2)
"""
# What an entry is about: papers book themselves, a late tender is about its order like everything else that is not a paper.
_SUBJECT = """
       case when p.paper_id is not null then 'paper' when o.order_id is not null then 'order' else split_part(e.rule, '.', 1) end as kind,
       e.subject_id, coalesce(o.receipt_no, nullif(p.reference, ''), '') as label, coalesce(s.code, w.code) as place, p.reason, p.actor
"""
_SUBJECTS = """
  left join orders.placed o on o.tenant_id = $1 and o.order_id = e.subject_id
  left join access.store s on s.tenant_id = $1 and s.store_id = o.store_id
  left join inventory.movement_paper p on p.tenant_id = $1 and p.paper_id = e.subject_id
  left join inventory.location w on w.tenant_id = $1 and w.location_id = p.location_id
"""
_MOVEMENTS = f"""
-- What an account showed after a movement is what it shows now less everything that came later.
with me as (select a.account_id, a.posted, a.tracked from ledger.account a
             where a.tenant_id = $1 and a.account_id = ledger.account_id($2)),
     moved as (
        select x.entry_id, x.transfer_no, x.amount, x.other, e.rule, e.subject_id, e.reverses, e.at, me.account_id,
               case when me.tracked then me.posted end as posted
          from me
         cross join lateral (
                (select t.entry_id, t.transfer_no, -t.amount as amount, t.to_account as other
                   from ledger.transfer t join ledger.entry e on e.tenant_id = t.tenant_id and e.entry_id = t.entry_id
                  where t.tenant_id = $1 and t.from_account = me.account_id
                    and ($3::timestamptz is null or e.at >= $3) and ($4::timestamptz is null or e.at < $4)
                    and ($5::bigint is null or (t.entry_id, t.transfer_no) < ($5, $6::bigint))
                  order by t.entry_id desc, t.transfer_no desc limit $7)
                union all
                (select t.entry_id, t.transfer_no, t.amount, t.from_account
                   from ledger.transfer t join ledger.entry e on e.tenant_id = t.tenant_id and e.entry_id = t.entry_id
                  where t.tenant_id = $1 and t.to_account = me.account_id
                    and ($3::timestamptz is null or e.at >= $3) and ($4::timestamptz is null or e.at < $4)
                    and ($5::bigint is null or (t.entry_id, t.transfer_no) < ($5, $6::bigint))
                  order by t.entry_id desc, t.transfer_no desc limit $7)) x
          join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id
         order by x.entry_id desc, x.transfer_no desc
         limit $7)
select e.entry_id, e.transfer_no, e.rule, e.at, e.amount, (e.posted - later.amount)::bigint as balance, e.reverses,
       c.code as other, c.unit as other_unit, {_SUBJECT}
  from moved e
  join ledger.account c on c.tenant_id = $1 and c.account_id = e.other
 cross join lateral (
        select coalesce(sum(y.amount), 0) as amount
          from (select -t.amount as amount from ledger.transfer t
                 where e.posted is not null and t.tenant_id = $1 and t.from_account = e.account_id
                   and t.entry_id >= e.entry_id and (t.entry_id, t.transfer_no) > (e.entry_id, e.transfer_no)
                union all
                select t.amount from ledger.transfer t
                 where e.posted is not null and t.tenant_id = $1 and t.to_account = e.account_id
                   and t.entry_id >= e.entry_id and (t.entry_id, t.transfer_no) > (e.entry_id, e.transfer_no)) y) later
{_SUBJECTS}
 order by e.entry_id desc, e.transfer_no desc
"""  # sql: parts of this module alone  # noqa: S608
_ENTRIES = f"""
-- The id of an entry is the id of the fact that booked it.
with wanted as (
        select e.* from ledger.entry e
         where e.tenant_id = $1 and ($2::bigint is null or e.entry_id = $2) and ($3::bigint is null or e.subject_id = $3)
           and ($2 is not null or $3 is not null)
         order by e.entry_id
         limit $4)
select e.entry_id, e.rule, e.reverses, e.at, b.entry_id as reversed_by, {_SUBJECT},
       case when ps.paper_id is not null then 'paper' when o.order_id = e.entry_id then 'sale'
            when sh.shipment_id is not null then 'shipment'
            when re.return_id is not null then 'return' when rf.refund_id is not null then 'refund'
            when te.tender_id is not null then 'tender' when ca.cause_id is not null then 'cancellation' end as fact,
       coalesce(te.method, rt.method) as fact_method, coalesce(re.reason, rf.reason, ca.reason, ps.reason) as fact_reason,
       coalesce(te.state, rf.state, re.state) as fact_state,
       x.transfer_no, x.amount, f.code as from_code, f.unit as from_unit, c.code as to_code, c.unit as to_unit
  from wanted e
  left join ledger.entry b on b.tenant_id = $1 and b.reverses = e.entry_id
  left join ledger.transfer x on x.tenant_id = $1 and x.entry_id = e.entry_id
  left join ledger.account f on f.tenant_id = $1 and f.account_id = x.from_account
  left join ledger.account c on c.tenant_id = $1 and c.account_id = x.to_account
{_SUBJECTS}
  left join inventory.movement_paper ps on ps.tenant_id = $1 and ps.paper_id = e.entry_id
  left join fulfillment.shipment sh on sh.tenant_id = $1 and sh.shipment_id = e.entry_id
  left join care.return_order re on re.tenant_id = $1 and re.return_id = e.entry_id
  left join payment.refund rf on rf.tenant_id = $1 and rf.refund_id = e.entry_id
  left join payment.tender rt on rt.tenant_id = $1 and rt.tender_id = rf.tender_id
  left join payment.tender te on te.tenant_id = $1 and te.tender_id = e.entry_id
  left join lateral (select r.cause_id, r.reason from payment.refund r
                      where r.tenant_id = $1 and r.order_id = e.subject_id and r.cause_id = e.entry_id limit 1) ca on true
 order by e.entry_id, x.transfer_no
"""  # sql: parts of this module alone  # noqa: S608
