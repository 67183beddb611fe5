-- Coupon batches and coupons.
select 1;
