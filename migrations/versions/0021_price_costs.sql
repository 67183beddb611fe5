-- Price costs.
select 1;
