-- What must hold between coupons and limits, and the orders that want them.
create view promotion.inv_coupon_use with (security_invoker = true) as
select c.tenant_id, c.coupon_id, a.posted, a.held, coalesce(k.live, 0) as live
  from promotion.coupon c
  join ledger.account a on a.tenant_id = c.tenant_id
       and a.account_id = ledger.account_id('coupon:' || c.coupon_id)
  left join (select tenant_id, subject_id, count(*) as live from orders.claim where kind = 'coupon' and given_back < amount group by 1, 2) k
         on k.tenant_id = c.tenant_id and k.subject_id = c.coupon_id
 where c.via <> 'imported' and a.held - a.posted <> coalesce(k.live, 0);
comment on view promotion.inv_coupon_use is 'A coupon is held or used by exactly one order that claims it, or free and claimed by none.';

create view promotion.inv_coupon_order with (security_invoker = true) as
select k.tenant_id, k.order_id, k.subject_id, o.status
  from orders.claim k
  left join orders.placed o on o.tenant_id = k.tenant_id and o.order_id = k.order_id
 where k.kind = 'coupon' and k.given_back < k.amount and (o.order_id is null or o.status in ('canceled', 'expired'));
comment on view promotion.inv_coupon_order is 'Orders that were canceled whole, or expired, have given their coupons back.';

create view promotion.inv_counted with (security_invoker = true) as
select coalesce(a.tenant_id, k.tenant_id) as tenant_id, coalesce(a.code, k.account) as account, a.posted, a.held, l.lifted, k.live
  from (select tenant_id, account_id, code, posted, held from ledger.account where code ~ '^(uses|budget|limit|quota|bean_month):') a
  full join (select tenant_id, account, sum(amount - given_back) as live from orders.claim
              where account ~ '^(uses|budget|limit|quota|bean_month):' group by 1, 2) k on k.tenant_id = a.tenant_id and k.account = a.code
  left join lateral (
        select sum(x.amount) as lifted from ledger.transfer x
         where x.tenant_id = a.tenant_id and x.to_account = a.account_id and x.from_account = ledger.account_id('lifted')) l on true
 where coalesce(a.held - a.posted, 0) + coalesce(l.lifted, 0) <> coalesce(k.live, 0);
comment on view promotion.inv_counted is 'What was taken of limits, uses, budgets and quotas is what orders claim of them and have not given back.';

create view promotion.inv_budget with (security_invoker = true) as
select c.tenant_id, c.order_id, c.line_id, c.subject_id, c.amount, a.amount as taken_off
  from (select tenant_id, order_id, line_id, subject_id, sum(amount) as amount
          from orders.claim where kind = 'budget' group by 1, 2, 3, 4) c
 cross join lateral (
        select coalesce(sum(j.amount), 0) as amount
          from orders.price_adjustment j
          join promotion.promotion p on p.tenant_id = j.tenant_id and p.promotion_id = c.subject_id and j.rule = p.code || '@' || p.version
         where j.tenant_id = c.tenant_id and j.order_id = c.order_id and c.line_id in (0, j.line_id)) a
 where c.amount <> a.amount
   and exists (select from promotion.promotion p where p.tenant_id = c.tenant_id and p.promotion_id = c.subject_id);
comment on view promotion.inv_budget is 'What an order takes of a promotion''s budget is what the promotion took off it.';

grant select on promotion.inv_coupon_use, promotion.inv_coupon_order, promotion.inv_counted, promotion.inv_budget to jiutong_app;
