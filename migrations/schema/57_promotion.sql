-- promotion 促销: rules that take something off, and what may be taken.
create schema promotion;
grant usage on schema promotion to jiutong_app;
