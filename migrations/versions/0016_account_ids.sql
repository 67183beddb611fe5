-- Account ids.
select 1;
