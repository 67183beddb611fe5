-- catalog 商品通: products, SKUs, barcodes, and the listings that offer a SKU in a trade domain.
create schema catalog;
grant usage on schema catalog to jiutong_app;

create table catalog.brand (
    tenant_id bigint not null,
    brand_id  bigint not null,
    code      text not null,
    name      text not null,
    primary key (tenant_id, brand_id),
    -- Files name a brand by its code.
    constraint brand_code_once unique (tenant_id, code)
);

create table catalog.category (
    tenant_id   bigint not null,
    category_id bigint not null,
    parent_id   bigint,
    code        text not null,
    name        text not null,
    primary key (tenant_id, category_id),
    -- Files name a category by its code.
    constraint category_code_once unique (tenant_id, code),
    -- The tree is of one tenant.
    constraint category_parent foreign key (tenant_id, parent_id) references catalog.category
);

create table catalog.product (
    tenant_id   bigint not null,
    product_id  bigint not null,
    code        text not null,
    title       text not null,
    description text not null default '',
    brand_id    bigint,
    category_id bigint,
    attributes  jsonb not null default '{}',
    status      text not null default 'draft',
    revision    bigint not null default 1,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    primary key (tenant_id, product_id),
    -- Files name a product by its code.
    constraint product_code_once unique (tenant_id, code),
    -- draft -> audit -> published -> retired; what moves where is the room's transition table.
    constraint product_status check (status in ('draft', 'audit', 'published', 'retired')),
    -- A brand of one's own tenant.
    constraint product_brand foreign key (tenant_id, brand_id) references catalog.brand,
    -- A category of one's own tenant.
    constraint product_category foreign key (tenant_id, category_id) references catalog.category
);
create index product_of_category on catalog.product (tenant_id, category_id, product_id);
create index product_of_brand on catalog.product (tenant_id, brand_id, product_id);
create index product_by_title on catalog.product (tenant_id, title, product_id);
create index product_by_change on catalog.product (tenant_id, changed_at, product_id);
-- Work lists: what is not for sale yet, or no longer.
create index product_unpublished on catalog.product (tenant_id, status, code) where status <> 'published';

create table catalog.product_word (
    tenant_id  bigint   not null,
    word       text     collate "C" not null, -- folded: as it is typed into a search
    place      smallint not null,             -- where it stands: 0 a code or barcode, 1 a title, 2 the brand, 3 the category, 4 sounds and parts
    title      text     not null,             -- the product's, so that what is found is in its order without a look at the product
    product_id bigint   not null,             -- no foreign key: a dozen words a product, written with it, and products are never deleted
    primary key (tenant_id, word, place, title, product_id)
);
create index product_word_of_product on catalog.product_word (tenant_id, product_id, word, place);
comment on table catalog.product_word is 'The words of every product (docs/search.md). Ranges of a btree: row-level security keeps trigrams and LIKE from any index.';

create table catalog.sku (
    tenant_id  bigint not null,
    sku_id     bigint not null,
    product_id bigint not null,
    code       text not null,
    title      text not null,
    base_unit  text not null default 'piece', -- quantities are integers of this: piece, g, ml, …
    pack_size  bigint not null default 1,     -- base units in the pack people order by
    weight_g   bigint not null default 0,
    attributes jsonb not null default '{}',
    status     text not null default 'active',
    primary key (tenant_id, sku_id),
    -- Baskets, tills and files name a SKU by its code.
    constraint sku_code_once unique (tenant_id, code),
    -- A SKU can be sold or not.
    constraint sku_status check (status in ('active', 'retired')),
    -- A pack holds something.
    constraint sku_pack check (pack_size > 0 and weight_g >= 0),
    -- A SKU is one form of a product of its own tenant.
    constraint sku_product foreign key (tenant_id, product_id) references catalog.product
);
create index sku_of_product on catalog.sku (tenant_id, product_id);

create table catalog.barcode (
    tenant_id bigint not null,
    gtin      text not null, -- GTIN-14 form, check digit verified
    sku_id    bigint not null,
    primary key (tenant_id, gtin),
    -- A barcode is on a SKU of its own tenant.
    constraint barcode_sku foreign key (tenant_id, sku_id) references catalog.sku
);
create index barcode_of_sku on catalog.barcode (tenant_id, sku_id);

create table catalog.listing (
    tenant_id  bigint not null,
    listing_id bigint not null,
    sku_id     bigint not null,
    channel_id bigint not null,
    store_id   bigint not null default 0, -- 0: every store of the channel
    seller_id  bigint not null,
    owner_id   bigint not null,           -- whose stock is sold: a seller, or a consignor
    tax_class  text not null,
    status     text not null default 'listed',
    valid_from timestamptz not null default '-infinity',
    valid_to   timestamptz not null default 'infinity',
    primary key (tenant_id, listing_id),
    -- A trade domain offers a SKU once.
    constraint listing_once unique (tenant_id, sku_id, channel_id, store_id),
    -- Offered or withdrawn.
    constraint listing_status check (status in ('listed', 'withdrawn')),
    -- Half open: the end is not part of it.
    constraint listing_window check (valid_from < valid_to),
    -- A SKU of its own tenant.
    constraint listing_sku foreign key (tenant_id, sku_id) references catalog.sku
);
create index listing_of_channel on catalog.listing (tenant_id, channel_id, sku_id);

select kernel.isolate('catalog.brand');
select kernel.isolate('catalog.category');
select kernel.isolate('catalog.product');
select kernel.isolate('catalog.sku');
select kernel.isolate('catalog.barcode');
select kernel.isolate('catalog.listing');
select kernel.isolate('catalog.product_word');
grant select, insert, update on all tables in schema catalog to jiutong_app;
revoke update on catalog.product_word from jiutong_app;
grant delete on catalog.barcode, catalog.product_word to jiutong_app;
