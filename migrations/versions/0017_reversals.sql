-- Reversals: what of a refund does not go back, and why.
create table orders.withheld (
    tenant_id bigint  not null,
    order_id  bigint  not null,
    cause_id  bigint  not null, -- the return, or the entry of the cancellation, whose refund it is
    line_no   integer not null, -- 0 for the whole order
    kind      text    not null,
    rule      text    not null, -- the version it follows from: code@version
    funder    text    not null, -- who had borne what it is worth, and has it again
    amount    bigint  not null, -- to the funder; below zero: goes back after all
    tax       bigint  not null, -- on it
    payable   bigint  not null, -- what the buyer gets less
    primary key (tenant_id, order_id, cause_id, line_no, kind, rule, funder),
    -- The units that stay no longer earn a discount; what came back had earned points that are spent.
    constraint withheld_kind check (kind in ('requalify', 'points')),
    -- Points are taken off once and for good.
    constraint withheld_points check (kind <> 'points' or amount > 0 and tax = 0 and payable = amount and line_no = 0)
);
comment on table orders.withheld is 'Append only: what of refunds does not go back, and what of that does later.';

create view orders.inv_withheld with (security_invoker = true) as
select w.tenant_id, w.order_id, w.line_no, w.rule, w.funder, w.payable, o.status
  from (select tenant_id, order_id, line_no, kind, rule, funder, sum(payable) as payable, sum(amount) as amount, sum(tax) as tax
          from orders.withheld group by 1, 2, 3, 4, 5, 6) w
  left join orders.placed o using (tenant_id, order_id)
 where o.order_id is null or w.payable < 0 or w.amount < 0 or w.tax < 0
    or w.kind = 'requalify' and w.payable <> 0 and o.units_canceled + o.units_returned = o.units;
comment on view orders.inv_withheld is 'No more goes back than was withheld, and once no unit stays no discount is withheld any more.';

select kernel.isolate('orders.withheld');
grant select, insert on orders.withheld to jiutong_app;
grant select, insert, update on orders.inv_withheld to jiutong_app;

alter table asset.clawback
    add column deducted bigint not null default 0,
    add column amount bigint not null default 0,
    -- Or taken off the refund: for as much as it is worth.
    add constraint clawback_deducted check (deducted between 0 and points - owed and (deducted > 0) = (amount > 0));

create view asset.inv_deducted with (security_invoker = true) as
select tenant_id, order_id, c.amount, w.payable
  from (select tenant_id, order_id, sum(amount) as amount from asset.clawback where amount > 0 group by 1, 2) c
  full join (select tenant_id, order_id, sum(payable) as payable from orders.withheld where kind = 'points' group by 1, 2) w
       using (tenant_id, order_id)
 where c.amount is distinct from w.payable;
comment on view asset.inv_deducted is 'What refunds are less by for points that were spent is what those points are worth.';

grant select on asset.inv_deducted to jiutong_app;

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

grant select on promotion.inv_counted, promotion.inv_budget to jiutong_app;
