"""The room's statements. Whoever calls them holds the orders' locks; arrays are sorted by key before they get here."""

from collections.abc import Collection, Mapping, Sequence

from jiutong.capabilities.payment.model import Answered, Judgement, Notice, Refund, Started, Taken, Tender
from jiutong.kernel.db import Tx


async def insert_taken(tx: Tx, taken: Sequence[Taken]) -> None:
    """Write tenders that are captured as they are laid down."""
    await tx.count(
        _INSERT_TAKEN,
        [t.tender_id for t in taken],
        [t.order_id for t in taken],
        [t.method for t in taken],
        [t.currency for t in taken],
        [t.amount for t in taken],
        [t.at for t in taken],
    )


async def insert_started(tx: Tx, started: Sequence[Started]) -> None:
    """Write tenders a channel has still to collect."""
    await tx.count(
        _INSERT_STARTED,
        [t.tender_id for t in started],
        [t.order_id for t in started],
        [t.method for t in started],
        [t.merchant for t in started],
        [t.currency for t in started],
        [t.amount for t in started],
        tx.now,
    )


async def read_tenders(tx: Tx, tender_ids: Collection[int]) -> dict[int, Tender]:
    """Tenders as they stand; unknown ids are absent."""
    rows = await tx.fetch(_READ_TENDERS, sorted(tender_ids))
    return {row["tender_id"]: Tender(*row) for row in rows}


async def read_of_orders(tx: Tx, order_ids: Collection[int]) -> list[Tender]:
    """The tenders of orders from which money may go back."""
    return [Tender(*row) for row in await tx.fetch(_READ_OF_ORDERS, sorted(order_ids))]


async def set_codes(tx: Tx, codes: Mapping[int, str]) -> None:
    """Note what the payer scans or opens."""
    ids = sorted(codes)
    await tx.count(_SET_CODES, ids, [codes[id_] for id_ in ids])


async def move_tenders(tx: Tx, tenders: Sequence[Tender], from_: Sequence[str]) -> int:
    """Put tenders into their new state, each only from one of the states it may come from; the number that moved."""
    rows = sorted(tenders, key=lambda t: t.tender_id)
    return await tx.count(
        _MOVE_TENDERS, [t.tender_id for t in rows], [t.state for t in rows], [t.channel_ref for t in rows], tx.now, list(from_)
    )


async def cancel_started(tx: Tx, order_ids: Collection[int]) -> int:
    """Give up what channels have not collected yet; the number given up."""
    return await tx.count(_CANCEL_STARTED, sorted(order_ids), tx.now)


async def read_seen(tx: Tx, messages: Collection[tuple[str, str]]) -> dict[tuple[str, str], Judgement]:
    """What became of messages (merchant, channel event) that came before."""
    asked = sorted(set(messages))
    rows = await tx.fetch(_READ_SEEN, [merchant for merchant, _ in asked], [event for _, event in asked])
    return {(row["merchant"], row["channel_event"]): Judgement(row["verdict"], row["detail"]) for row in rows}


async def read_payers(tx: Tx, transactions: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The tenders that channel transactions (merchant, channel ref) have paid."""
    asked = sorted(set(transactions))
    rows = await tx.fetch(_READ_PAYERS, [merchant for merchant, _ in asked], [ref for _, ref in asked])
    return {(row["merchant"], row["channel_ref"]): row["tender_id"] for row in rows}


async def write_notices(tx: Tx, told: Sequence[tuple[Notice | Answered, int | None, Judgement]]) -> None:
    """Append what channels told us, about which tender, and what it came to."""
    await tx.count(
        _WRITE_NOTICES,
        [tx.mint() for _ in told],
        [one.merchant for one, _, _ in told],
        [one.channel_event for one, _, _ in told],
        [tender_id for _, tender_id, _ in told],
        [verdict.verdict for _, _, verdict in told],
        [verdict.detail for _, _, verdict in told],
        [bytes(one.body).decode() for one, _, _ in told],
        tx.now,
    )


async def insert_refunds(tx: Tx, refunds: Sequence[Refund]) -> None:
    """Write refunds under way, or done at once."""
    await tx.count(
        _INSERT_REFUNDS,
        [r.refund_id for r in refunds],
        [r.order_id for r in refunds],
        [r.tender_id for r in refunds],
        [r.amount for r in refunds],
        [r.reason for r in refunds],
        [r.cause_id for r in refunds],
        [r.state for r in refunds],
        tx.now,
        [r.shift_id for r in refunds],
    )


async def add_refunded(tx: Tx, amounts: Mapping[int, int]) -> int:
    """Add to what tenders have given back (a refund that failed adds a negative); the number that could bear it."""
    ids = sorted(amounts)
    return await tx.count(_ADD_REFUNDED, ids, [amounts[id_] for id_ in ids])


async def read_refunds(tx: Tx, refund_ids: Collection[int]) -> dict[int, Refund]:
    """Refunds as they stand; unknown ids are absent."""
    rows = await tx.fetch(_READ_REFUNDS, sorted(refund_ids))
    return {row["refund_id"]: Refund(*row) for row in rows}


async def move_refunds(tx: Tx, refunds: Sequence[Refund], from_: Sequence[str]) -> int:
    """Put refunds into their new state, each only from one of the states it may come from; the number that moved."""
    rows = sorted(refunds, key=lambda r: r.refund_id)
    return await tx.count(
        _MOVE_REFUNDS, [r.refund_id for r in rows], [r.state for r in rows], [r.channel_ref for r in rows], tx.now, list(from_)
    )


_INSERT_TAKEN = """
insert into payment.tender (tenant_id, tender_id, order_id, method, currency, amount, state, started_at, settled_at)
select t.tenant_id, n.tender_id, n.order_id, n.method, n.currency, n.amount, 'captured', n.at, n.at
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[])
           as n(tender_id, order_id, method, currency, amount, at)
 where t.tenant_id = $1
"""
_INSERT_STARTED = """
insert into payment.tender (tenant_id, tender_id, order_id, method, merchant, currency, amount, state, started_at)
select t.tenant_id, n.tender_id, n.order_id, n.method, n.merchant, n.currency, n.amount, 'started', $8
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[])
           as n(tender_id, order_id, method, merchant, currency, amount)
 where t.tenant_id = $1
"""
_READ_TENDERS = """
select n.tender_id, n.order_id, n.method, n.merchant, n.currency, n.amount, n.refunded, n.state, n.channel_ref, n.started_at, n.settled_at
  from payment.tender n
 where n.tenant_id = $1 and n.tender_id = any($2::bigint[])
"""
_READ_OF_ORDERS = """
select n.tender_id, n.order_id, n.method, n.merchant, n.currency, n.amount, n.refunded, n.state, n.channel_ref, n.started_at, n.settled_at
  from payment.tender n
 where n.tenant_id = $1 and n.order_id = any($2::bigint[]) and n.state in ('captured', 'late')
"""
_SET_CODES = """
update payment.tender n set code = c.code
  from unnest($2::bigint[], $3::text[]) as c(tender_id, code)
 where n.tenant_id = $1 and n.tender_id = c.tender_id and n.state = 'started'
"""
_MOVE_TENDERS = """
update payment.tender n set state = m.state, channel_ref = m.channel_ref, settled_at = $5
  from unnest($2::bigint[], $3::text[], $4::text[]) as m(tender_id, state, channel_ref)
 where n.tenant_id = $1 and n.tender_id = m.tender_id and n.state = any($6::text[])
"""
_CANCEL_STARTED = """
update payment.tender n set state = 'canceled', settled_at = $3
 where n.tenant_id = $1 and n.order_id = any($2::bigint[]) and n.state = 'started'
"""
_READ_SEEN = """
select n.merchant, n.channel_event, n.verdict, n.detail
  from unnest($2::text[], $3::text[]) as m(merchant, channel_event)
  join payment.notice n on n.tenant_id = $1 and n.merchant = m.merchant and n.channel_event = m.channel_event
"""
_READ_PAYERS = """
select n.merchant, n.channel_ref, n.tender_id
  from unnest($2::text[], $3::text[]) as m(merchant, channel_ref)
  join payment.tender n on n.tenant_id = $1 and n.merchant = m.merchant and n.channel_ref = m.channel_ref and n.channel_ref is not null
"""
_WRITE_NOTICES = """
-- A message about nothing of ours is not ordered by any lock of an order: whoever wrote it first, wrote it.
insert into payment.notice (tenant_id, notice_id, merchant, channel_event, tender_id, verdict, detail, body, at)
select t.tenant_id, n.notice_id, n.merchant, n.channel_event, n.tender_id, n.verdict, n.detail, n.body, $9
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::json[])
           as n(notice_id, merchant, channel_event, tender_id, verdict, detail, body)
 where t.tenant_id = $1
    on conflict (tenant_id, merchant, channel_event) do nothing
"""
_INSERT_REFUNDS = """
insert into payment.refund (tenant_id, refund_id, order_id, tender_id, amount, reason, cause_id, state, requested_at, settled_at, shift_id)
select t.tenant_id, r.refund_id, r.order_id, r.tender_id, r.amount, r.reason, r.cause_id, r.state, $9::timestamptz,
       case when r.state = 'done' then $9::timestamptz end, r.shift_id
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::text[], $10::bigint[])
           as r(refund_id, order_id, tender_id, amount, reason, cause_id, state, shift_id)
 where t.tenant_id = $1
"""
_ADD_REFUNDED = """
-- Under the row's lock, and once more by constraint: no tender gives back more than it took.
update payment.tender n set refunded = n.refunded + a.amount
  from unnest($2::bigint[], $3::bigint[]) as a(tender_id, amount)
 where n.tenant_id = $1 and n.tender_id = a.tender_id and n.refunded + a.amount between 0 and n.amount
"""
_READ_REFUNDS = """
select r.refund_id, r.order_id, r.tender_id, n.method, n.merchant, n.currency, r.amount, r.reason, r.cause_id, r.state, r.channel_ref,
       n.state = 'late' as late
  from payment.refund r
  join payment.tender n on n.tenant_id = r.tenant_id and n.tender_id = r.tender_id
 where r.tenant_id = $1 and r.refund_id = any($2::bigint[])
"""
_MOVE_REFUNDS = """
update payment.refund r set state = m.state, channel_ref = m.channel_ref,
       settled_at = case when m.state in ('done', 'failed') then $5::timestamptz end
  from unnest($2::bigint[], $3::text[], $4::text[]) as m(refund_id, state, channel_ref)
 where r.tenant_id = $1 and r.refund_id = m.refund_id and r.state = any($6::text[])
"""
