-- inventory 库存通: where stock lies, the papers that moved it, and what was sold without being there.
-- The counts themselves are ledger accounts stock:{location}:{owner}:{sku}.
create schema inventory;
grant usage on schema inventory to jiutong_app;

create table inventory.location (
    tenant_id   bigint not null,
    location_id bigint not null,
    code        text not null,
    name        text not null,
    kind        text not null,
    mode        text not null,
    store_id    bigint, -- the store whose shelves these are
    revision    bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, location_id),
    -- People and files name a location by its code.
    constraint location_code_once unique (tenant_id, code),
    -- What kind of place it is.
    constraint location_kind check (kind in ('dc', 'store', 'supplier', 'virtual', 'transit')),
    -- strict: never below zero. exception: the goods have left the building; a shortage is recorded, never silent.
    constraint location_mode check (mode in ('strict', 'exception'))
);
create index location_of_store on inventory.location (tenant_id, store_id) where store_id is not null;

create table inventory.source (
    tenant_id   bigint not null,
    channel_id  bigint not null,
    location_id bigint not null,
    priority    integer not null,
    primary key (tenant_id, channel_id, location_id),
    -- A location of its own tenant.
    constraint source_location foreign key (tenant_id, location_id) references inventory.location
);
comment on table inventory.source is 'The locations a channel sells from, first choice first.';

create table inventory.stock (
    tenant_id   bigint not null,
    location_id bigint not null,
    owner_id    bigint not null,
    sku_id      bigint not null,
    account_id  bigint not null, -- the ledger account that counts it
    primary key (tenant_id, location_id, owner_id, sku_id)
);
create index stock_of_sku on inventory.stock (tenant_id, sku_id);
comment on table inventory.stock is 'Which SKUs of which owner a location has ever had; the count is in the ledger.';

create table inventory.movement_paper (
    tenant_id   bigint not null,
    paper_id    bigint not null, -- also the ledger entry's id
    kind        text not null,
    location_id bigint not null,
    reason      text not null,
    reference   text not null default '',
    at          timestamptz not null,
    actor       text not null,
    lines       integer not null,
    primary key (tenant_id, paper_id),
    -- receipt: goods in; adjustment: a stated correction; count: what was found.
    constraint movement_paper_kind check (kind in ('receipt', 'adjustment', 'count'))
);
create index movement_paper_of_location on inventory.movement_paper (tenant_id, location_id, paper_id);

create table inventory.movement_line (
    tenant_id bigint not null,
    paper_id  bigint not null,
    line_no   integer not null,
    owner_id  bigint not null,
    sku_id    bigint not null,
    quantity  bigint not null, -- signed change in base units
    counted   bigint,          -- what a count found
    primary key (tenant_id, paper_id, line_no)
);
create index movement_line_of_sku on inventory.movement_line (tenant_id, sku_id, paper_id);

create table inventory.shortage (
    tenant_id   bigint not null,
    shortage_id bigint not null,
    location_id bigint not null,
    owner_id    bigint not null,
    sku_id      bigint not null,
    subject_id  bigint not null, -- the order that left with goods the book did not have
    below_zero  bigint not null, -- how far the account stood below zero after it
    at          timestamptz not null,
    resolved_at timestamptz,
    primary key (tenant_id, shortage_id),
    -- A shortage is a shortage.
    constraint shortage_below_zero check (below_zero > 0)
);
create index shortage_open on inventory.shortage (tenant_id, location_id, shortage_id) where resolved_at is null;

create view inventory.inv_stock_known with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code from ledger.account a
  left join inventory.stock s on s.tenant_id = a.tenant_id and s.account_id = a.account_id
 where a.code like 'stock:%' and s.account_id is null;
comment on view inventory.inv_stock_known is 'Every stock account of the ledger is described in inventory.stock.';

create view inventory.inv_stock_strict with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code, a.posted, a.held
  from inventory.stock s
  join inventory.location l on l.tenant_id = s.tenant_id and l.location_id = s.location_id
  join ledger.account a on a.tenant_id = s.tenant_id and a.account_id = s.account_id
 where l.mode = 'strict' and (a.floor is distinct from 0 or a.posted - a.held < 0);
comment on view inventory.inv_stock_strict is 'A strict location never promises more than it has.';

select kernel.isolate('inventory.location');
select kernel.isolate('inventory.source');
select kernel.isolate('inventory.stock');
select kernel.isolate('inventory.movement_paper');
select kernel.isolate('inventory.movement_line');
select kernel.isolate('inventory.shortage');
grant select, insert, update on all tables in schema inventory to jiutong_app;
grant delete on inventory.source to jiutong_app;
