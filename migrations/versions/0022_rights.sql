-- An answer to an order with rights is longer than two thousand bytes; pressing it cost more than the rest of writing it.
alter table kernel.idempotency set (toast_tuple_target = 4080);

-- Claims are looked up by their subject for coupons and quotas alone. Points, of which an order claims for every line, pay for it no more.
drop index orders.claim_of_subject;
create index claim_of_subject on orders.claim (tenant_id, subject_id, order_id) where kind in ('coupon', 'quota');
