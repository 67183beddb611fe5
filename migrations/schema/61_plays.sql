-- Presale and group buy.
select 1;
