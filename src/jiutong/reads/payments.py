"""Payments as people look at them: the tenders of an order, what channels said of them, and money on its way back."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from jiutong.kernel.db import Tx


class TenderRow(msgspec.Struct, frozen=True):
    """One tender. Amounts in minor units; `code` is what the payer scans or opens."""

    tender_id: int
    order_id: int
    method: str
    currency: str
    amount: int
    refunded: int
    state: str
    channel_ref: str | None
    code: str | None
    started_at: datetime
    settled_at: datetime | None


class ListedTender(msgspec.Struct, frozen=True):
    """A tender in a list: with who bought, and what its channel told that wants a look (late, duplicate, rejected)."""

    tender: TenderRow
    buyer: str
    store: str | None
    alerts: tuple[str, ...]


class TenderFilter(msgspec.Struct, frozen=True):
    """What a list of tenders is narrowed to; None leaves a filter out. `before` is the tender id to continue below."""

    state: str | None = None
    method: str | None = None
    order_id: int | None = None
    alert: str | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    before: int | None = None


class RefundFilter(msgspec.Struct, frozen=True):
    """What a list of refunds is narrowed to; None leaves a filter out. `before` is the refund id to continue below."""

    order_id: int | None = None
    tender_id: int | None = None
    state: str | None = None
    method: str | None = None
    requested_from: datetime | None = None
    requested_to: datetime | None = None
    before: int | None = None


class NoticeRow(msgspec.Struct, frozen=True):
    """What a channel told us, and what it came to."""

    notice_id: int
    tender_id: int | None
    channel_event: str
    verdict: str
    detail: str
    at: datetime


class RefundRow(msgspec.Struct, frozen=True):
    """Money that goes back, or went. Amount in minor units."""

    refund_id: int
    order_id: int
    tender_id: int
    method: str
    currency: str
    amount: int
    reason: str
    state: str
    channel_ref: str | None
    requested_at: datetime
    settled_at: datetime | None


async def tenders(tx: Tx, tender_ids: Sequence[int]) -> list[TenderRow]:
    """Tenders by id."""
    return [TenderRow(*row) for row in await tx.fetch(_TENDERS, list(tender_ids))]


async def of_order(tx: Tx, order_id: int) -> list[TenderRow]:
    """The tenders of an order, in the order they were laid down."""
    return [TenderRow(*row) for row in await tx.fetch(_OF_ORDER, order_id)]


async def notices(tx: Tx, tender_id: int | None, verdict: str | None, before: int | None, rows_max: int) -> list[NoticeRow]:
    """What channels told us, latest first: of one tender, of one verdict, or all."""
    return [NoticeRow(*row) for row in await tx.fetch(_NOTICES, tender_id, verdict, before, rows_max + 1)]


async def page(tx: Tx, wanted: TenderFilter, rows_max: int) -> list[ListedTender]:
    """Tenders, latest first; one row more than `rows_max` when there are more."""
    rows = await tx.fetch(_PAGE, *msgspec.structs.astuple(wanted), rows_max + 1)
    fields = len(TenderRow.__struct_fields__)
    return [ListedTender(TenderRow(*list(row.values())[:fields]), row["buyer"], row["store"], tuple(row["alerts"])) for row in rows]


async def refunds(tx: Tx, wanted: RefundFilter, rows_max: int) -> list[RefundRow]:
    """Refunds, latest first; one row more than `rows_max` when there are more."""
    return [RefundRow(*row) for row in await tx.fetch(_REFUNDS, *msgspec.structs.astuple(wanted), rows_max + 1)]


async def refund(tx: Tx, refund_id: int) -> RefundRow | None:
    """One refund."""
    rows = await tx.fetch(_REFUND, refund_id)
    return RefundRow(*rows[0]) if rows else None


_TENDERS = """
select n.tender_id, n.order_id, n.method, n.currency, n.amount, n.refunded, n.state, n.channel_ref, n.code, n.started_at, n.settled_at
  from payment.tender n
 where n.tenant_id = $1 and n.tender_id = any($2::bigint[])
"""
_OF_ORDER = """
select n.tender_id, n.order_id, n.method, n.currency, n.amount, n.refunded, n.state, n.channel_ref, n.code, n.started_at, n.settled_at
  from payment.tender n
 where n.tenant_id = $1 and n.order_id = $2
 order by n.tender_id
"""
_PAGE = """
select n.tender_id, n.order_id, n.method, n.currency, n.amount, n.refunded, n.state, n.channel_ref, n.code, n.started_at, n.settled_at,
       coalesce(nullif(m.name, ''), nullif(o.contact ->> 'name', ''),
                (select i.value from member.identity i where i.tenant_id = m.tenant_id and i.member_id = m.member_id
                  order by i.kind desc limit 1), '') as buyer, s.code as store,
       array(select distinct x.verdict from payment.notice x
              where x.tenant_id = n.tenant_id and x.tender_id = n.tender_id and x.verdict in ('late', 'duplicate', 'rejected')
              order by x.verdict) as alerts
  from payment.tender n
  join orders.placed o on o.tenant_id = n.tenant_id and o.order_id = n.order_id
  left join member.member m on m.tenant_id = o.tenant_id and m.member_id = o.member_id
  left join access.store s on s.tenant_id = o.tenant_id and s.store_id = o.store_id
 where n.tenant_id = $1
   and ($2::text is null or n.state = $2)
   and ($3::text is null or n.method = $3)
   and ($4::bigint is null or n.order_id = $4)
   and ($5::text is null or exists (
        select from payment.notice x where x.tenant_id = $1 and x.tender_id = n.tender_id and x.verdict = $5))
   and ($6::timestamptz is null or n.started_at >= $6)
   and ($7::timestamptz is null or n.started_at < $7)
   and ($8::bigint is null or n.tender_id < $8)
 order by n.tender_id desc
 limit $9
"""
_NOTICES = """
select n.notice_id, n.tender_id, n.channel_event, n.verdict, n.detail, n.at
  from payment.notice n
 where n.tenant_id = $1
   and ($2::bigint is null or n.tender_id = $2)
   and ($3::text is null or n.verdict = $3)
   and ($4::bigint is null or n.notice_id < $4)
 order by n.notice_id desc
 limit $5
"""
_REFUNDS = """
select r.refund_id, r.order_id, r.tender_id, n.method, n.currency, r.amount, r.reason, r.state, r.channel_ref, r.requested_at, r.settled_at
  from payment.refund r
  join payment.tender n on n.tenant_id = r.tenant_id and n.tender_id = r.tender_id
 where r.tenant_id = $1
   and ($2::bigint is null or r.order_id = $2)
   and ($3::bigint is null or r.tender_id = $3)
   and ($4::text is null or r.state = $4)
   and ($5::text is null or n.method = $5)
   and ($6::timestamptz is null or r.requested_at >= $6)
   and ($7::timestamptz is null or r.requested_at < $7)
   and ($8::bigint is null or r.refund_id < $8)
 order by r.refund_id desc
 limit $9
"""
_REFUND = """
select r.refund_id, r.order_id, r.tender_id, n.method, n.currency, r.amount, r.reason, r.state, r.channel_ref, r.requested_at, r.settled_at
  from payment.refund r
  join payment.tender n on n.tenant_id = r.tenant_id and n.tender_id = r.tender_id
 where r.tenant_id = $1 and r.refund_id = $2
"""
