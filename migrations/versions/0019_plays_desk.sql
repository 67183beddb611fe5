-- What must hold between groups and presales, and the orders that have a place in them.
create view promotion.inv_places with (security_invoker = true) as
select coalesce(a.tenant_id, k.tenant_id) as tenant_id, coalesce(a.code, k.account) as account, a.posted, a.held, m.lifted, m.moved, k.live
  from (select tenant_id, account_id, code, posted, held
          from ledger.account where code ~ '^(seat|regulars|newcomer|heads|in_group|presale_quota):') a
  full join (select tenant_id, account, sum(amount - given_back) as live from orders.claim
              where account ~ '^(seat|regulars|newcomer|heads|in_group|presale_quota):' group by 1, 2) k
         on k.tenant_id = a.tenant_id and k.account = a.code
  left join lateral (
        select coalesce(sum(x.amount) filter (where x.to_account = a.account_id and e.rule = 'limit.lowered'), 0) as lifted,
               coalesce(sum(x.amount) filter (where x.from_account = a.account_id and e.rule = 'group.moved'), 0) as moved
          from ledger.transfer x
          join ledger.entry e on e.tenant_id = x.tenant_id and e.entry_id = x.entry_id and e.rule in ('limit.lowered', 'group.moved')
         where x.tenant_id = a.tenant_id and a.account_id in (x.from_account, x.to_account)) m on true
 where coalesce(a.held - a.posted, 0) + coalesce(m.lifted, 0) - coalesce(m.moved, 0) <> coalesce(k.live, 0);
comment on view promotion.inv_places is 'What was taken of groups and presales is what orders claim of them, and who moved on when a group closed.';
grant select on promotion.inv_places to jiutong_app;
