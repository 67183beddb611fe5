-- simulation 推演: what past orders would have come to under prices, promotions, coupons or points nobody has published yet.
create schema simulation;
grant usage on schema simulation to jiutong_app;

create table simulation.run (
    tenant_id   bigint not null,
    run_id      bigint not null,
    name        text   not null,
    actor       text   not null, -- who asked
    basis       text   not null, -- as_sold: the lines as they were sold; now: at today's prices and promotions
    sample      json   not null, -- which past orders
    draft       json   not null, -- what is tried: prices, promotions, coupons, terms of points
    state       text   not null default 'running',
    wanted      bigint not null, -- how many orders to look at, if there are as many
    orders      bigint not null default 0, -- how many were looked at
    reached     bigint, -- the last one; the next were placed later
    tally       json   not null, -- what was found so far
    started_at  timestamptz not null,
    beat_at     timestamptz not null, -- when something was found last
    finished_at timestamptz,
    primary key (tenant_id, run_id),
    -- running -> done; what has not ended can be canceled.
    constraint run_state check (state in ('running', 'done', 'canceled') and (state = 'running') = (finished_at is null)),
    -- What it is compared with.
    constraint run_basis check (basis in ('as_sold', 'now')),
    -- No order is looked at twice.
    constraint run_orders check (orders >= 0 and orders <= wanted)
) with (fillfactor = 70);

create view simulation.inv_run_counted with (security_invoker = true) as
select r.tenant_id, r.run_id, r.orders, r.tally ->> 'orders' as told
  from simulation.run r
 where r.orders <> (r.tally ->> 'orders')::bigint;
comment on view simulation.inv_run_counted is 'A simulation counts the orders it has looked at.';

select kernel.isolate('simulation.run');
grant select, insert, update, delete on all tables in schema simulation to jiutong_app;
