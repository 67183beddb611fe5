-- payment 支付通: tenders laid on the counter and their life; what channels told us; refunds.
create schema payment;
grant usage on schema payment to jiutong_app;

create table payment.tender (
    tenant_id   bigint   not null,
    tender_id   bigint   not null, -- also the ledger entry of its capture
    order_id    bigint   not null,
    method      text     not null, -- cash, card, qr, …
    merchant    text     not null default '', -- our account at the channel
    currency    text     not null,
    amount      bigint   not null,
    refunded    bigint   not null default 0,
    state       text     not null,
    channel_ref text,               -- the channel's own transaction id
    code        text,               -- what the payer scans or opens
    started_at  timestamptz not null,
    settled_at  timestamptz,
    primary key (tenant_id, tender_id),
    -- Money laid down is positive; not more goes back than came.
    constraint tender_amount check (amount > 0 and refunded between 0 and amount),
    -- started -> captured | failed | canceled; late: captured for an order no longer open.
    constraint tender_state check (state in ('started', 'captured', 'failed', 'canceled', 'late'))
) with (fillfactor = 85);
create index tender_of_order on payment.tender (tenant_id, order_id, tender_id);
-- One transaction of a channel pays once.
create unique index tender_channel_ref_once on payment.tender (tenant_id, merchant, channel_ref) where channel_ref is not null;

create table payment.notice (
    tenant_id   bigint not null,
    notice_id   bigint not null,
    merchant    text   not null,
    channel_event text not null, -- the channel's id of this message
    tender_id   bigint,
    verdict     text   not null,
    detail      text   not null default '',
    body        json   not null,
    at          timestamptz not null,
    primary key (tenant_id, notice_id),
    -- A message counts once, however often it is delivered.
    constraint notice_once unique (tenant_id, merchant, channel_event),
    -- What became of it.
    constraint notice_verdict check (verdict in ('captured', 'failed', 'duplicate', 'late', 'rejected', 'refunded'))
);
create index notice_of_tender on payment.notice (tenant_id, tender_id, notice_id);
-- Work list: money a channel reports that fits nothing of ours.
create index notice_rejected on payment.notice (tenant_id, notice_id) where verdict = 'rejected';

create table payment.refund (
    tenant_id   bigint not null,
    refund_id   bigint not null, -- also the ledger entry when the money has gone back
    order_id    bigint not null,
    tender_id   bigint not null,
    amount      bigint not null,
    reason      text   not null,
    cause_id    bigint not null, -- the cancellation, return or late tender behind it
    state       text   not null,
    channel_ref text,
    requested_at timestamptz not null,
    settled_at  timestamptz,
    shift_id    bigint, -- the shift whose drawer gave it back
    primary key (tenant_id, refund_id),
    -- Something goes back.
    constraint refund_amount check (amount > 0),
    -- requested -> sent -> done | failed; cash is done at once.
    constraint refund_state check (state in ('requested', 'sent', 'done', 'failed'))
);
create index refund_of_order on payment.refund (tenant_id, order_id, refund_id);
-- Work list: money that has not gone back yet.
create index refund_open on payment.refund (tenant_id, refund_id) where state <> 'done';

create view payment.inv_tenders with (security_invoker = true) as
select o.tenant_id, o.order_id, o.paid, coalesce(t.captured, 0) as captured
  from orders.placed o
  left join (select tenant_id, order_id, sum(amount) as captured from payment.tender where state = 'captured' group by 1, 2) t
       using (tenant_id, order_id)
 where o.paid <> coalesce(t.captured, 0);
comment on view payment.inv_tenders is 'What an order shows as paid is what its tenders captured.';

create view payment.inv_refunds with (security_invoker = true) as
select t.tenant_id, t.tender_id, t.refunded, coalesce(r.amount, 0) as refunds
  from payment.tender t
  left join (select tenant_id, tender_id, sum(amount) as amount from payment.refund where state <> 'failed' group by 1, 2) r
       using (tenant_id, tender_id)
 where t.refunded <> coalesce(r.amount, 0);
comment on view payment.inv_refunds is 'What a tender shows as refunded is the sum of its refunds.';

select kernel.isolate('payment.tender');
select kernel.isolate('payment.notice');
select kernel.isolate('payment.refund');
grant select, insert, update on all tables in schema payment to jiutong_app;
