-- pricing 价格通: price lists of immutable price rows, and tax rates.
create schema pricing;
grant usage on schema pricing to jiutong_app;

create table pricing.price_list (
    tenant_id  bigint not null,
    list_id    bigint not null,
    code       text not null,
    name       text not null,
    kind       text not null,
    channel_id bigint,
    store_id   bigint,
    currency   text not null,
    status     text not null default 'active',
    primary key (tenant_id, list_id),
    -- Files name a price list by its code.
    constraint price_list_code_once unique (tenant_id, code),
    -- Specificity: store before channel before base.
    constraint price_list_kind check (
        (kind = 'base' and channel_id is null and store_id is null)
        or (kind = 'channel' and channel_id is not null and store_id is null)
        or (kind = 'store' and store_id is not null)),
    -- Used or not.
    constraint price_list_status check (status in ('active', 'withdrawn'))
);

create table pricing.price (
    tenant_id    bigint not null,
    price_id     bigint not null,
    list_id      bigint not null,
    sku_id       bigint not null,
    min_quantity bigint not null default 1, -- base units of the line from which this price holds
    amount       bigint not null,           -- minor units per `per` base units
    per          bigint not null default 1,
    valid_from   timestamptz not null,
    valid_to     timestamptz not null default 'infinity',
    primary key (tenant_id, price_id),
    -- Prices are not negative; quantities are positive.
    constraint price_amounts check (amount >= 0 and per > 0 and min_quantity > 0),
    -- Half open: the end is not part of it.
    constraint price_window check (valid_from < valid_to),
    -- One price per key at any instant: two rows never overlap in time. The SKU first: the planner may look up prices here.
    constraint price_no_overlap exclude using gist (
        tenant_id with =, sku_id with =, list_id with =, min_quantity with =, tstzrange(valid_from, valid_to) with &&),
    -- A list of its own tenant.
    constraint price_in_list foreign key (tenant_id, list_id) references pricing.price_list
);
create index price_of_sku on pricing.price (tenant_id, sku_id);
create index price_of_list on pricing.price (tenant_id, list_id, sku_id);
comment on table pricing.price is 'A price row that has begun is immutable but for its end; a change is a new row that starts where the old one ends.';

create table pricing.tax_rate (
    tenant_id  bigint not null,
    seller_id  bigint not null,
    tax_class  text not null,
    rate_bp    integer not null, -- basis points: 1300 is 13 %
    valid_from timestamptz not null,
    primary key (tenant_id, seller_id, tax_class, valid_from),
    -- Between nothing and everything.
    constraint tax_rate_range check (rate_bp between 0 and 10000)
);

select kernel.isolate('pricing.price_list');
select kernel.isolate('pricing.price');
select kernel.isolate('pricing.tax_rate');
grant select, insert, update on all tables in schema pricing to jiutong_app;
-- A price that has not begun can be taken back.
grant delete on pricing.price to jiutong_app;
