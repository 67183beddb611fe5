-- Purchase limits, restrictions, flash sales and reservations.
select 1;
