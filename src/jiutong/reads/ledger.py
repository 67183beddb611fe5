"""The book as people read it: trial balance → accounts → what moved on one → the entry and the business fact behind it."""

from datetime import datetime

import msgspec

from jiutong.kernel.db import Tx


class KindRow(msgspec.Struct, frozen=True):
    """All accounts of one kind and unit together. Money: what came minus what went, so debits are positive."""

    kind: str
    unit: str
    accounts: int
    posted: int
    held: int


class AccountRow(msgspec.Struct, frozen=True):
    """One account; its code says whose it is."""

    code: str
    unit: str
    posted: int
    held: int


class MovementRow(msgspec.Struct, frozen=True):
    """One transfer as an account sees it: signed, with the account on the other side and the fact behind it."""

    entry_id: int
    transfer_no: int
    rule: str
    subject_id: int
    at: datetime
    amount: int
    other: str


class TransferRow(msgspec.Struct, frozen=True):
    """One transfer of an entry."""

    from_account: str
    to_account: str
    unit: str
    amount: int


class EntryRow(msgspec.Struct, frozen=True):
    """One fact in the book, with everything it moved."""

    entry_id: int
    rule: str
    subject_id: int
    reverses: int | None
    at: datetime
    transfers: tuple[TransferRow, ...]


async def trial_balance(tx: Tx) -> list[KindRow]:
    """Money accounts by kind and currency; every currency's rows sum to zero."""
    return [KindRow(*row.values()) for row in await tx.fetch(_TRIAL_BALANCE)]


async def accounts(tx: Tx, prefix: str, after: str, limit: int) -> list[AccountRow]:
    """Money accounts whose code begins with `prefix`, in order of code; one row more than `limit` when there are more."""
    return [AccountRow(*row.values()) for row in await tx.fetch(_ACCOUNTS, _escaped(prefix) + "%", after, limit + 1)]


async def movements(tx: Tx, code: str, before: tuple[int, int] | None, limit: int) -> list[MovementRow]:
    """What moved on an account, latest first, below (entry, transfer); one row more than `limit` when there are more."""
    entry_id, transfer_no = before or (None, None)
    return [MovementRow(*row.values()) for row in await tx.fetch(_MOVEMENTS, code, entry_id, transfer_no, limit + 1)]


async def entry(tx: Tx, entry_id: int) -> EntryRow | None:
    """An entry with its transfers."""
    rows = await tx.fetch(_ENTRY, entry_id)
    if not rows:
        return None
    head = rows[0]
    moved = [row for row in rows if row["amount"] is not None]  # a fact of no amount is a fact
    transfers = tuple(TransferRow(row["from_code"], row["to_code"], row["unit"], row["amount"]) for row in moved)
    return EntryRow(head["entry_id"], head["rule"], head["subject_id"], head["reverses"], head["at"], transfers)


def _escaped(prefix: str) -> str:
    return prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_TRIAL_BALANCE = """
select split_part(a.code, ':', 1) as kind, a.unit, count(*) as accounts, sum(a.posted)::bigint as posted, sum(a.held)::bigint as held
  from ledger.account a
 where a.tenant_id = $1 and a.code not like 'stock:%' and a.tracked
 group by 1, 2
 order by 2, 1
"""
_ACCOUNTS = """
select a.code, a.unit, a.posted, a.held
  from ledger.account a
 where a.tenant_id = $1 and a.code not like 'stock:%' and a.tracked and a.code like $2 and a.code > $3
 order by a.code
 limit $4
"""
_MOVEMENTS = """
select x.entry_id, x.transfer_no, e.rule, e.subject_id, e.at, x.amount, o.code as other
  from (select a.account_id from ledger.account a
         where a.tenant_id = $1 and a.account_id = ('x' || substr(md5($2), 1, 16))::bit(64)::bigint) me
 cross join lateral (
        (select t.entry_id, t.transfer_no, -t.amount as amount, t.to_account as other from ledger.transfer t
          where t.tenant_id = $1 and t.from_account = me.account_id
            and ($3::bigint is null or (t.entry_id, t.transfer_no) < ($3, $4::bigint))
          order by t.entry_id desc, t.transfer_no desc limit $5)
        union all
        (select t.entry_id, t.transfer_no, t.amount, t.from_account from ledger.transfer t
          where t.tenant_id = $1 and t.to_account = me.account_id
            and ($3::bigint is null or (t.entry_id, t.transfer_no) < ($3, $4::bigint))
          order by t.entry_id desc, t.transfer_no desc limit $5)) x
  join ledger.entry e on e.tenant_id = $1 and e.entry_id = x.entry_id
  join ledger.account o on o.tenant_id = $1 and o.account_id = x.other
 order by x.entry_id desc, x.transfer_no desc
 limit $5
"""
_ENTRY = """
select e.entry_id, e.rule, e.subject_id, e.reverses, e.at, x.amount, f.code as from_code, o.code as to_code,
       case when f.unit = 'any' then o.unit else f.unit end as unit
  from ledger.entry e
  left join ledger.transfer x on x.tenant_id = e.tenant_id and x.entry_id = e.entry_id
  left join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  left join ledger.account o on o.tenant_id = x.tenant_id and o.account_id = x.to_account
 where e.tenant_id = $1 and e.entry_id = $2
 order by x.transfer_no
"""
