-- One spelling of an account's id.
-- The id of the account with a code, as the kernel reckons it too. Inlined by the planner: no call remains.
create function ledger.account_id(code text) returns bigint language sql immutable parallel safe
return ('x' || substr(md5(code), 1, 16))::bit(64)::bigint;

create or replace view ledger.inv_account_code with (security_invoker = true) as
select tenant_id, account_id, code from ledger.account
 where account_id <> ledger.account_id(code);

create or replace view promotion.inv_coupon_cap with (security_invoker = true) as
select b.tenant_id, b.batch_id, b.cap, a.posted as left_to_give, c.given
  from promotion.coupon_batch b
  left join ledger.account a on a.tenant_id = b.tenant_id and a.account_id = ledger.account_id('coupons:' || b.batch_id)
  left join (select tenant_id, batch_id, count(*) as given from promotion.coupon group by 1, 2) c
         on c.tenant_id = b.tenant_id and c.batch_id = b.batch_id
 where b.status <> 'draft' and b.kind <> 'shared' and b.cap - a.posted is distinct from coalesce(c.given, 0) + b.wanted - b.written;

create or replace view promotion.inv_coupon_member_cap with (security_invoker = true) as
select c.tenant_id, c.batch_id, c.member_id, c.given, b.per_member, -a.posted as counted
  from (select tenant_id, batch_id, member_id, count(*) as given from promotion.coupon
         where member_id is not null and via <> 'written' group by 1, 2, 3) c
  join promotion.coupon_batch b on b.tenant_id = c.tenant_id and b.batch_id = c.batch_id
  left join ledger.account a on a.tenant_id = c.tenant_id
        and a.account_id = ledger.account_id('coupons_of:' || c.batch_id || ':' || c.member_id)
 where b.per_member > 0 and (c.given > b.per_member or -a.posted is distinct from c.given);

create or replace view promotion.inv_coupon_use with (security_invoker = true) as
select c.tenant_id, c.coupon_id, a.posted, a.held, coalesce(k.live, 0) as live
  from promotion.coupon c
  join ledger.account a on a.tenant_id = c.tenant_id
       and a.account_id = ledger.account_id('coupon:' || c.coupon_id)
  left join (select tenant_id, subject_id, count(*) as live from orders.claim where kind = 'coupon' and given_back < amount group by 1, 2) k
         on k.tenant_id = c.tenant_id and k.subject_id = c.coupon_id
 where c.via <> 'imported' and a.held - a.posted <> coalesce(k.live, 0);
