-- Promotions.
create schema promotion;
grant usage on schema promotion to jiutong_app;
