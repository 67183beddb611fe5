-- Plays desk.
select 1;
