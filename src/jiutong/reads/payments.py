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


async def refunds(tx: Tx, order_id: int | None, state: str | None, before: int | None, rows_max: int) -> list[RefundRow]:
    """Refunds, latest first: of one order, in one state, or all."""
    return [RefundRow(*row) for row in await tx.fetch(_REFUNDS, order_id, state, before, rows_max + 1)]


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
   and ($3::text is null or r.state = $3)
   and ($4::bigint is null or r.refund_id < $4)
 order by r.refund_id desc
 limit $5
"""
