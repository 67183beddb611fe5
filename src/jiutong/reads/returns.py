"""Returns as people look at them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from jiutong.kernel.db import Tx


class ReturnLineRow(msgspec.Struct, frozen=True):
    """What came back of a line, and what it gave back, in minor units."""

    line: int
    sku: str
    quantity: int
    refund: int
    restock: bool


class WithheldRow(msgspec.Struct, frozen=True):
    """What of a refund does not go back; below zero: goes back after all, having been withheld before.

    `kind`: requalify (a discount the units that stay would not have had alone), points (they had earned points that are spent).
    `line` 0: of the whole order. The `funder` has `amount` of it again; `tax` is the tax on it; `payable` is what the buyer gets less.
    """

    kind: Literal["requalify", "points"]
    line: int
    rule: str
    funder: str
    amount: int
    tax: int
    payable: int


class ReturnRow(msgspec.Struct, frozen=True):
    """One return. `refund` is what its lines gave back, less what was withheld."""

    return_id: int
    order_id: int
    state: str
    reason: str
    currency: str
    refund: int
    location: str
    received_at: datetime
    store: str | None
    receipt_no: str | None
    buyer: str
    lines: tuple[ReturnLineRow, ...]
    withheld: tuple[WithheldRow, ...]

    @property
    def units(self) -> int:
        """Base units that came back, of all lines."""
        return sum(line.quantity for line in self.lines)


class ReturnFilter(msgspec.Struct, frozen=True):
    """What a list of returns is narrowed to; None leaves a filter out. `before` is the return id to continue below."""

    order_id: int | None = None
    member_id: int | None = None
    reason: str | None = None
    store: str | None = None
    location: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    before: int | None = None


async def page(tx: Tx, wanted: ReturnFilter, rows_max: int) -> list[ReturnRow]:
    """Returns, latest first; one row more than `rows_max` when there are more."""
    return await _with_lines(tx, await tx.fetch(_PAGE, *msgspec.structs.astuple(wanted), rows_max + 1))


async def detail(tx: Tx, return_ids: Sequence[int]) -> list[ReturnRow]:
    """Returns by id; unknown ids are left out."""
    return await _with_lines(tx, await tx.fetch(_DETAIL, list(return_ids)))


async def _with_lines(tx: Tx, heads: Sequence[asyncpg.Record]) -> list[ReturnRow]:
    ids = [head["return_id"] for head in heads]
    lines: dict[int, list[ReturnLineRow]] = {}
    for row in await tx.fetch(_LINES, ids):
        lines.setdefault(row["return_id"], []).append(ReturnLineRow(*list(row.values())[1:]))
    withheld: dict[int, list[WithheldRow]] = {}
    for row in await tx.fetch(_WITHHELD, [head["order_id"] for head in heads], ids):
        withheld.setdefault(row["cause_id"], []).append(WithheldRow(*list(row.values())[1:]))
    return [
        ReturnRow(*head.values(), lines=tuple(lines.get(id_, ())), withheld=tuple(withheld.get(id_, ())))
        for id_, head in zip(ids, heads, strict=True)
    ]


_PAGE = """
select r.return_id, r.order_id, r.state, r.reason, o.currency, r.refund, w.code as location, r.received_at, s.code as store, o.receipt_no,
       coalesce(nullif(m.name, ''), nullif(o.contact ->> 'name', ''),
                (select i.value from member.identity i where i.tenant_id = m.tenant_id and i.member_id = m.member_id
                  order by i.kind desc limit 1), '') as buyer
  from care.return_order r
  join orders.placed o on o.tenant_id = r.tenant_id and o.order_id = r.order_id
  join inventory.location w on w.tenant_id = r.tenant_id and w.location_id = r.location_id
  left join access.store s on s.tenant_id = o.tenant_id and s.store_id = o.store_id
  left join member.member m on m.tenant_id = o.tenant_id and m.member_id = o.member_id
 where r.tenant_id = $1
   and ($2::bigint is null or r.order_id = $2)
   and ($3::bigint is null or o.member_id = $3)
   and ($4::text is null or r.reason = $4)
   and ($5::text is null or s.code = $5)
   and ($6::text is null or w.code = $6)
   and ($7::timestamptz is null or r.received_at >= $7)
   and ($8::timestamptz is null or r.received_at < $8)
   and ($9::bigint is null or r.return_id < $9)
 order by r.return_id desc
 limit $10
"""
_DETAIL = """
select r.return_id, r.order_id, r.state, r.reason, o.currency, r.refund, w.code as location, r.received_at, s.code as store, o.receipt_no,
       coalesce(nullif(m.name, ''), nullif(o.contact ->> 'name', ''),
                (select i.value from member.identity i where i.tenant_id = m.tenant_id and i.member_id = m.member_id
                  order by i.kind desc limit 1), '') as buyer
  from care.return_order r
  join orders.placed o on o.tenant_id = r.tenant_id and o.order_id = r.order_id
  join inventory.location w on w.tenant_id = r.tenant_id and w.location_id = r.location_id
  left join access.store s on s.tenant_id = o.tenant_id and s.store_id = o.store_id
  left join member.member m on m.tenant_id = o.tenant_id and m.member_id = o.member_id
 where r.tenant_id = $1 and r.return_id = any($2::bigint[])
"""
_LINES = """
select b.return_id, l.line_no, coalesce(k.code, ''), b.quantity, b.refund, b.restock
  from care.return_line b
  join care.return_order r on r.tenant_id = b.tenant_id and r.return_id = b.return_id
  join orders.line l on l.tenant_id = b.tenant_id and l.order_id = r.order_id and l.line_id = b.line_id
  left join catalog.sku k on k.tenant_id = l.tenant_id and k.sku_id = l.sku_id
 where b.tenant_id = $1 and b.return_id = any($2::bigint[])
 order by b.return_id, l.line_no
"""
_WITHHELD = """
select w.cause_id, w.kind, w.line_no, w.rule, w.funder, w.amount, w.tax, w.payable
  from orders.withheld w
 where w.tenant_id = $1 and w.order_id = any($2::bigint[]) and w.cause_id = any($3::bigint[])
 order by w.cause_id, w.line_no, w.kind, w.rule, w.funder
"""
