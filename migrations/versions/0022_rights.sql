-- Rights.
select 1;
