-- An answer to an order with rights is longer than two thousand bytes; pressing it cost more than the rest of writing it.
alter table kernel.idempotency set (toast_tuple_target = 4080);

-- Claims are looked up by their subject for coupons and quotas alone. Points, of which an order claims for every line, pay for it no more.
drop index orders.claim_of_subject;
create index claim_of_subject on orders.claim (tenant_id, subject_id, order_id) where kind in ('coupon', 'quota');

-- What an order claims of one account is one hold, called by the account's id, however many lines claim of it.
drop view orders.inv_claims_held;
with singly as (
        delete from ledger.hold h
         using orders.claim c
         where c.tenant_id = h.tenant_id and c.order_id = h.group_id and c.claim_id = h.hold_id
        returning h.*)
insert into ledger.hold (tenant_id, group_id, hold_id, account_id, to_account_id, amount, posted, voided, expires_at)
select tenant_id, group_id, account_id, account_id, min(to_account_id), sum(amount), sum(posted), sum(voided), max(expires_at)
  from singly
 group by tenant_id, group_id, account_id;
create view orders.inv_claims_held with (security_invoker = true) as
select c.tenant_id, c.order_id, c.account, c.held, c.used, h.amount, h.posted, h.voided
  from (select tenant_id, order_id, account, coalesce(sum(amount - given_back) filter (where not used), 0) as held,
               bool_or(used and amount > given_back) as used
          from orders.claim group by 1, 2, 3) c
  join orders.placed o using (tenant_id, order_id)
  left join ledger.hold h
         on h.tenant_id = c.tenant_id and h.group_id = c.order_id and h.hold_id = ledger.account_id(c.account)
 where o.device_id is null and (h.hold_id is null or h.amount - h.posted - h.voided <> c.held or c.used and h.posted = 0);
comment on view orders.inv_claims_held is 'What an order claims is held in the book, once of each account, until it is used or given back.';
grant select, insert, update on orders.inv_claims_held to jiutong_app;
