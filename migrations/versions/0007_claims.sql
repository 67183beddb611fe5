-- Claims and charges of orders.
select 1;
