-- Points, red packets, procurement points and cards.
create schema asset;
grant usage on schema asset to jiutong_app;
