-- Simulations.
select 1;
