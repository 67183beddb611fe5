-- Freight templates and fees.
select 1;
