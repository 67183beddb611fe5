-- Reversals.
select 1;
