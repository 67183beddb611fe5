-- Simulation assets: past orders are replayed as they were placed, so that budgets, uses and coupons run out as they would have.
alter table simulation.run rename column below to reached;
-- What went from the newest order back cannot go on the other way.
update simulation.run set state = 'canceled', finished_at = beat_at where state = 'running';
-- Promotions are a list now: several may be tried together.
update simulation.run
   set draft = ((draft::jsonb - 'promotion_ref') || jsonb_build_object('promotions', jsonb_build_array(draft ->> 'promotion_ref')))::json
 where draft ->> 'promotion_ref' is not null;
update simulation.run set draft = (draft::jsonb - 'promotion_ref')::json where (draft::jsonb) ? 'promotion_ref';
