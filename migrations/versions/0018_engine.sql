-- Engine.
select 1;
