-- What must hold between coupons and the orders that want them.
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

grant select on promotion.inv_coupon_use, promotion.inv_coupon_order to jiutong_app;
