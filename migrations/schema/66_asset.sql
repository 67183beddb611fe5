-- asset 资产通.
create schema asset;
grant usage on schema asset to jiutong_app;
