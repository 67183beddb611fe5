-- Simulation assets.
select 1;
