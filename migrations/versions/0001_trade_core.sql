-- kernel: tenants, ids, idempotency, the event log and stamps.
-- The application connects as jiutong_app: it owns nothing, and row-level security is forced on every tenant table.
create schema kernel;
grant usage on schema kernel to jiutong_app;
create extension if not exists btree_gist;

-- No tenant set, no rows. The setting is read once per statement (a plain subselect), not once per row.
create function kernel.isolate(t regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('create policy own_tenant on %s using (tenant_id = (select nullif(current_setting(''app.tenant'', true), '''')::bigint))', t);
end $$;
revoke execute on function kernel.isolate(regclass) from public;

create sequence kernel.id_block start 1;
grant usage on sequence kernel.id_block to jiutong_app;

create table kernel.tenant (
    tenant_id  bigint primary key,
    code       text not null,
    name       text not null,
    created_at timestamptz not null,
    -- A tenant is addressed by its code in URLs and keys.
    constraint tenant_code_once unique (code)
);

create table kernel.idempotency (
    tenant_id   bigint not null,
    key         bytea not null,
    fingerprint bytea not null,
    answer      bytea not null,
    flow        text not null,
    at          timestamptz not null,
    -- One key, one effect: the answer is written in the transaction of the effect.
    constraint idempotency_key_once primary key (tenant_id, key)
);
create index idempotency_at on kernel.idempotency using brin (at);

create table kernel.event (
    tenant_id  bigint not null,
    event_id   bigint not null,
    type       text not null,
    subject_id bigint not null,
    actor      text not null,
    flow       text not null,
    at         timestamptz not null,
    facts      json not null,
    primary key (tenant_id, event_id)
);
create index event_of_subject on kernel.event (tenant_id, subject_id, event_id);
comment on table kernel.event is 'Append only: outbox, audit log and timeline in one.';

create table kernel.stamp (
    tenant_id bigint not null,
    topic     text not null,
    key       bigint not null,
    revision  bigint not null,
    primary key (tenant_id, topic, key)
) with (fillfactor = 80);

select kernel.isolate('kernel.tenant');
select kernel.isolate('kernel.idempotency');
select kernel.isolate('kernel.event');
select kernel.isolate('kernel.stamp');

grant select on kernel.tenant to jiutong_app;
grant select, insert, delete on kernel.idempotency to jiutong_app;
grant select, insert on kernel.event to jiutong_app;
grant select, insert, update on kernel.stamp to jiutong_app;
-- jobs: what has to be done after a commit, written with it. Not a room: kernel machinery (docs/adr/0013-jobs.md).
create table kernel.job (
    tenant_id  bigint      not null,
    job_id     bigint      not null,
    kind       text        not null,
    subject_id bigint      not null,
    facts      json        not null,
    run_at     timestamptz not null,           -- when it may run; while it runs, when its lease ends
    attempts   integer     not null default 0, -- how often it was begun
    dead       boolean     not null default false,
    trouble    text        not null default '', -- why it did not succeed the last time
    primary key (tenant_id, job_id)
) with (fillfactor = 70);
-- A worker whose lease ended is taken for dead, and the job is simply due again: no reaper is needed.
create index job_due on kernel.job (tenant_id, run_at, job_id) where not dead;
create index job_dead on kernel.job (tenant_id, job_id) where dead;
comment on table kernel.job is 'Work still to be done. What is done is deleted: the event log says that it happened.';

-- A worker serves every tenant, so it must learn whom there is: saying so shows the list of tenants, and no row of theirs.
create policy tenant_listed on kernel.tenant for select using ((select current_setting('app.every_tenant', true)) = 'on');

select kernel.isolate('kernel.job');
grant select, insert, update, delete on kernel.job to jiutong_app;
-- ledger 台账: the only thing that counts. Hot tables: no foreign keys (verify checks them), few indexes.
create schema ledger;
grant usage on schema ledger to jiutong_app;

create table ledger.account (
    tenant_id  bigint  not null,
    account_id bigint  not null, -- first 64 bits of md5(code): see inv_account_code
    code       text    not null,
    unit       text    not null,
    floor      bigint,
    tracked    boolean not null,
    posted     bigint  not null default 0,
    held       bigint  not null default 0,
    primary key (tenant_id, account_id),
    -- Nothing is taken that is not there: the database itself refuses to oversell. A floor above zero (safety) is kept by whoever
    -- takes; an account may stand below it until enough has come in.
    constraint account_floor check (floor is null or posted - held >= least(floor, 0)),
    -- Only what was held can be given back.
    constraint account_held check (held >= 0),
    -- The world outside keeps no balance.
    constraint account_untracked check (tracked or (posted = 0 and held = 0))
) with (fillfactor = 50); -- room for the new version of every row of a page: no update touches an index
-- The trial balance opens money accounts by code; stock accounts are found through inventory.stock.
create index account_money on ledger.account (tenant_id, code text_pattern_ops) where code not like 'stock:%';

create table ledger.entry (
    tenant_id  bigint not null,
    entry_id   bigint not null, -- the id of the business fact: a fact is booked at most once
    rule       text not null,
    subject_id bigint not null,
    reverses   bigint,
    at         timestamptz not null,
    primary key (tenant_id, entry_id)
);
create index entry_of_subject on ledger.entry (tenant_id, subject_id);
create index entry_at on ledger.entry using brin (at);
-- An entry is undone at most once.
create unique index entry_reversed_once on ledger.entry (tenant_id, reverses) where reverses is not null;
comment on table ledger.entry is 'Append only: facts that moved something, each booked once; undone by an opposite, never changed.';

create table ledger.transfer (
    tenant_id    bigint   not null,
    entry_id     bigint   not null,
    transfer_no  smallint not null,
    from_account bigint   not null,
    to_account   bigint   not null,
    amount       bigint   not null,
    primary key (tenant_id, entry_id, transfer_no),
    -- A transfer has a direction; its amount has no sign.
    constraint transfer_amount check (amount > 0),
    -- Moving to itself moves nothing.
    constraint transfer_moves check (from_account <> to_account)
);
create index transfer_from on ledger.transfer (tenant_id, from_account, entry_id);
create index transfer_to on ledger.transfer (tenant_id, to_account, entry_id);
comment on table ledger.transfer is 'Append only: what each fact moved, from one account to another.';

create table ledger.hold (
    tenant_id     bigint not null,
    group_id      bigint not null,
    hold_id       bigint not null,
    account_id    bigint not null,
    to_account_id bigint not null,
    amount        bigint not null,
    posted        bigint not null default 0,
    voided        bigint not null default 0,
    expires_at    timestamptz,
    primary key (tenant_id, group_id, hold_id),
    -- A hold is for something.
    constraint hold_amount check (amount > 0),
    -- A hold is used up at most once: posted and given back never exceed it.
    constraint hold_open check (posted >= 0 and voided >= 0 and posted + voided <= amount)
);
create index hold_due on ledger.hold (tenant_id, expires_at) where expires_at is not null and posted + voided < amount;

create view ledger.inv_account_code with (security_invoker = true) as
select tenant_id, account_id, code from ledger.account
 where account_id <> ('x' || substr(md5(code), 1, 16))::bit(64)::bigint;
comment on view ledger.inv_account_code is 'An account id is the first 64 bits of the md5 of its code.';

create view ledger.inv_account_posted with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code, a.posted, coalesce(s.moved, 0) as moved
  from ledger.account a
  full join (select tenant_id, account_id, sum(moved)::bigint as moved
               from (select tenant_id, from_account as account_id, -amount as moved from ledger.transfer
                     union all select tenant_id, to_account, amount from ledger.transfer) m
              group by tenant_id, account_id) s using (tenant_id, account_id)
 where a.account_id is null or (a.tracked and a.posted <> coalesce(s.moved, 0));
comment on view ledger.inv_account_posted is 'What an account shows as posted is the sum of its transfers; every transfer names accounts that exist.';

create view ledger.inv_account_held with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code, a.held, coalesce(h.open, 0) as open
  from ledger.account a
  full join (select tenant_id, account_id, sum(amount - posted - voided)::bigint as open
               from ledger.hold group by tenant_id, account_id) h using (tenant_id, account_id)
 where a.account_id is null or a.held <> coalesce(h.open, 0);
comment on view ledger.inv_account_held is 'What an account shows as held is the sum of its open holds.';

create view ledger.inv_transfer_entry with (security_invoker = true) as
select x.tenant_id, x.entry_id from ledger.transfer x
  left join ledger.entry e on e.tenant_id = x.tenant_id and e.entry_id = x.entry_id where e.entry_id is null;
comment on view ledger.inv_transfer_entry is 'Every transfer belongs to an entry that says why.';

create view ledger.inv_transfer_unit with (security_invoker = true) as
select x.tenant_id, x.entry_id, x.transfer_no, f.code as from_code, o.code as to_code
  from ledger.transfer x
  join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  join ledger.account o on o.tenant_id = x.tenant_id and o.account_id = x.to_account
 where f.unit <> o.unit and f.unit <> 'any' and o.unit <> 'any' or f.unit = 'any' and o.unit = 'any';
comment on view ledger.inv_transfer_unit is 'A transfer moves one unit; only the world outside takes any.';

create view ledger.inv_trial_balance with (security_invoker = true) as
select tenant_id, unit, sum(posted) as off_by from ledger.account
 where unit ~ '^[A-Z]{3}$' group by tenant_id, unit having sum(posted) <> 0;
comment on view ledger.inv_trial_balance is 'Money accounts of one currency sum to zero: nothing appears and nothing is lost.';

select kernel.isolate('ledger.account');
select kernel.isolate('ledger.entry');
select kernel.isolate('ledger.transfer');
select kernel.isolate('ledger.hold');

grant select, insert, update on ledger.account to jiutong_app;
grant select, insert on ledger.entry to jiutong_app;
grant select, insert on ledger.transfer to jiutong_app;
grant select, insert, update on ledger.hold to jiutong_app;
grant select on all tables in schema ledger to jiutong_app;
-- access: who trades where - sellers, channels, stores, devices, staff, roles and app keys.
create schema access;
grant usage on schema access to jiutong_app;

-- Whoever signs in names their tenant by its code: naming one shows that one, and its id binds everything after.
create policy tenant_named on kernel.tenant for select using (code = (select nullif(current_setting('app.tenant_code', true), '')));

create table access.seller (
    tenant_id     bigint not null,
    seller_id     bigint not null,
    code          text not null,
    name          text not null,
    tax_inclusive boolean not null, -- list prices contain tax
    revision      bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, seller_id),
    -- People and files name a seller by its code.
    constraint seller_code_once unique (tenant_id, code)
);
comment on table access.seller is 'A legal entity that sells. Tax is rounded half up, once per line.';

create table access.channel (
    tenant_id  bigint not null,
    channel_id bigint not null,
    code       text not null,
    name       text not null,
    scene      text not null, -- the business identity its orders are traded under, e.g. b2c.mall
    currency   text not null,
    time_zone  text not null, -- business days end at midnight here
    open       boolean not null default true,
    revision   bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, channel_id),
    -- People and files name a channel by its code.
    constraint channel_code_once unique (tenant_id, code),
    -- ISO 4217.
    constraint channel_currency check (currency ~ '^[A-Z]{3}$')
);

create table access.store (
    tenant_id  bigint not null,
    store_id   bigint not null,
    channel_id bigint not null,
    seller_id  bigint not null,
    code       text not null,
    name       text not null,
    open       boolean not null default true,
    revision   bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, store_id),
    -- People and files name a store by its code.
    constraint store_code_once unique (tenant_id, code),
    -- A store sells through a channel of its own tenant.
    constraint store_channel foreign key (tenant_id, channel_id) references access.channel,
    -- A store belongs to a legal entity of its own tenant.
    constraint store_seller foreign key (tenant_id, seller_id) references access.seller
);

create table access.device (
    tenant_id bigint not null,
    device_id bigint not null,
    store_id  bigint not null,
    code      text not null,
    active    boolean not null default true,
    revision  bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, device_id),
    -- Receipts are numbered per device: two tills of a store have two codes.
    constraint device_code_once unique (tenant_id, store_id, code),
    -- A till stands in a store.
    constraint device_store foreign key (tenant_id, store_id) references access.store
);

create table access.role (
    tenant_id bigint not null,
    code      text not null,
    name      text not null,
    grants    text[] not null,
    revision  bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, code)
);

create table access.staff (
    tenant_id     bigint not null,
    staff_id      bigint not null,
    login         text not null,
    name          text not null,
    password_hash text not null,
    roles         text[] not null,
    store_id      bigint, -- whose till this person works at; null for head office
    active        boolean not null default true,
    revision      bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, staff_id),
    -- One person, one login.
    constraint staff_login_once unique (tenant_id, login)
);

create table access.session (
    tenant_id  bigint not null,
    token_hash bytea not null,
    staff_id   bigint not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (tenant_id, token_hash),
    -- A session ends with its person.
    constraint session_staff foreign key (tenant_id, staff_id) references access.staff on delete cascade
);

create table access.app_key (
    tenant_id  bigint not null,
    key_id     bigint not null,
    name       text not null,
    key_hash   bytea not null,
    grants     text[] not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    primary key (tenant_id, key_id),
    -- A key opens one door.
    constraint app_key_hash_once unique (tenant_id, key_hash)
);

select kernel.isolate('access.seller');
select kernel.isolate('access.channel');
select kernel.isolate('access.store');
select kernel.isolate('access.device');
select kernel.isolate('access.role');
select kernel.isolate('access.staff');
select kernel.isolate('access.session');
select kernel.isolate('access.app_key');
grant select, insert, update on all tables in schema access to jiutong_app;
grant delete on access.session to jiutong_app;
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
grant select, insert, update on all tables in schema catalog to jiutong_app;
grant delete on catalog.barcode to jiutong_app;
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
-- member 会员通: one person across all channels, found by any of their identities.
create schema member;
grant usage on schema member to jiutong_app;

create table member.member (
    tenant_id  bigint not null,
    member_id  bigint not null,
    name       text not null default '',
    level      text not null default 'basic',
    status     text not null default 'active',
    created_at timestamptz not null,
    primary key (tenant_id, member_id),
    -- Can shop or not.
    constraint member_status check (status in ('active', 'blocked', 'merged', 'erased'))
);

create table member.identity (
    tenant_id bigint not null,
    kind      text not null,
    value     text not null, -- normalized: E.164 phone, lower-case e-mail, card number without spaces
    member_id bigint not null,
    -- One identity, one person.
    constraint identity_once primary key (tenant_id, kind, value),
    -- How a person can be recognized.
    constraint identity_kind check (kind in ('phone', 'email', 'card', 'openid')),
    -- A person of its own tenant.
    constraint identity_member foreign key (tenant_id, member_id) references member.member
);
create index identity_of_member on member.identity (tenant_id, member_id);

select kernel.isolate('member.member');
select kernel.isolate('member.identity');
grant select, insert, update on all tables in schema member to jiutong_app;
-- orders 订单通: the promise to a customer. Status is derived from counters; money is integers of minor units.
-- Hot tables: no foreign keys (verify checks them), few indexes; screens read models of their own.
create schema orders;
grant usage on schema orders to jiutong_app;

create table orders.placed (
    tenant_id    bigint not null,
    order_id     bigint not null,
    scene        text   not null, -- business identity, e.g. b2c.mall
    plan_version text   not null, -- the pipeline it was placed by
    channel_id   bigint not null,
    store_id     bigint not null default 0,
    seller_id    bigint not null,
    member_id    bigint,
    currency     text   not null,
    business_day integer not null, -- yyyymmdd in the channel's time zone
    placed_at    timestamptz not null,
    device_id    bigint, -- the till, with
    receipt_no   text,   -- its receipt number
    contact      json,   -- whom and where to deliver
    gross        bigint not null, -- list amounts
    discount     bigint not null, -- price adjustments taken off
    tax          bigint not null, -- contained in, or added to, the lines' net
    total        bigint not null, -- what the customer owes
    paid         bigint not null default 0,
    refunded     bigint not null default 0,
    canceled     bigint not null default 0, -- owed no longer because lines were canceled
    returned     bigint not null default 0, -- owed back because lines were returned
    units        bigint not null,
    units_shipped  bigint not null default 0,
    units_canceled bigint not null default 0,
    units_returned bigint not null default 0,
    revision     integer not null default 1,
    closed_by    text, -- expired, canceled: why it ended before it was fulfilled
    status       text not null generated always as (
        case when closed_by is not null then closed_by
             when units_returned > 0 and units_returned = units_shipped and units_shipped + units_canceled = units then 'returned'
             when units_canceled = units and units > 0 then 'canceled'
             when units_shipped + units_canceled = units then 'shipped'
             when units_shipped > 0 then 'partly_shipped'
             when paid >= total - canceled then 'paid'
             else 'placed' end) stored,
    primary key (tenant_id, order_id),
    -- What is owed is what is listed less what is taken off, never negative.
    constraint placed_money check (gross >= 0 and discount >= 0 and discount <= gross and total >= 0 and tax >= 0),
    -- Refunds never exceed what came in; nothing is canceled or returned beyond the total.
    constraint placed_refunds check (paid >= 0 and refunded >= 0 and refunded <= paid and canceled + returned <= total),
    -- Units move forward only as far as they exist.
    constraint placed_units check (
        units >= 0 and units_shipped >= 0 and units_canceled >= 0 and units_returned >= 0
        and units_shipped + units_canceled <= units and units_returned <= units_shipped)
) with (fillfactor = 85);
-- A till's receipt is an order exactly once, however often it is sent.
create unique index placed_receipt_once on orders.placed (tenant_id, device_id, receipt_no) where device_id is not null;
create index placed_of_member on orders.placed (tenant_id, member_id, order_id) where member_id is not null;
-- Work lists: what is not finished yet.
create index placed_open on orders.placed (tenant_id, status, order_id) where status in ('placed', 'paid', 'partly_shipped');

create table orders.line (
    tenant_id   bigint  not null,
    order_id    bigint  not null,
    line_id     bigint  not null,
    line_no     integer not null,
    sku_id      bigint  not null,
    listing_id  bigint  not null,
    owner_id    bigint  not null,
    location_id bigint  not null,
    tax_class   text    not null,
    tax_bp      integer not null,
    price_id    bigint,          -- the price row it was sold by; null when the price was given
    price_source text   not null, -- list code, 'given', …
    unit_price  bigint  not null, -- minor units per `price_per` base units
    price_per   bigint  not null,
    quantity    bigint  not null, -- base units
    gross       bigint  not null,
    discount    bigint  not null,
    tax         bigint  not null,
    payable     bigint  not null, -- what the customer owes for the line
    shipped     bigint  not null default 0,
    canceled    bigint  not null default 0,
    returned    bigint  not null default 0,
    primary key (tenant_id, order_id, line_id),
    -- Somebody ordered something.
    constraint line_quantity check (quantity > 0 and price_per > 0),
    -- A line is never sold below nothing.
    constraint line_money check (gross >= 0 and discount between 0 and gross and tax >= 0 and payable >= gross - discount),
    -- Progress only as far as units exist: ordered >= shipped + canceled, shipped >= returned.
    constraint line_progress check (shipped >= 0 and canceled >= 0 and returned >= 0 and shipped + canceled <= quantity and returned <= shipped)
) with (fillfactor = 90);

create table orders.price_adjustment (
    tenant_id     bigint   not null,
    order_id      bigint   not null,
    line_id       bigint   not null,
    adjustment_no smallint not null,
    stage         text     not null, -- activity, order, coupon, …: published order in docs
    rule          text     not null, -- which rule or reason took it off
    funder        text     not null, -- who bears it: seller, manufacturer, platform, …
    amount        bigint   not null, -- minor units taken off the line
    primary key (tenant_id, order_id, line_id, adjustment_no),
    -- Taking off nothing is no adjustment.
    constraint price_adjustment_amount check (amount > 0)
);

create table orders.payable (
    tenant_id  bigint not null,
    order_id   bigint not null,
    payable_no smallint not null,
    amount     bigint not null,
    paid       bigint not null default 0,
    due_at     timestamptz,
    primary key (tenant_id, order_id, payable_no),
    -- Nobody pays more than is owed: a surplus is refused or refunded, never swallowed.
    constraint payable_paid check (amount >= 0 and paid between 0 and amount)
) with (fillfactor = 85);

create view orders.inv_order_lines with (security_invoker = true) as
select o.tenant_id, o.order_id, o.gross, o.discount, o.tax, o.total, l.gross as lines_gross, l.discount as lines_discount, l.tax as lines_tax, l.payable as lines_payable
  from orders.placed o
  left join (select tenant_id, order_id, sum(gross) as gross, sum(discount) as discount, sum(tax) as tax, sum(payable) as payable,
                    sum(quantity) as units, sum(shipped) as shipped, sum(canceled) as canceled, sum(returned) as returned
               from orders.line group by tenant_id, order_id) l using (tenant_id, order_id)
 where (o.gross, o.discount, o.tax, o.total, o.units, o.units_shipped, o.units_canceled, o.units_returned)
       is distinct from (l.gross, l.discount, l.tax, l.payable, l.units, l.shipped, l.canceled, l.returned);
comment on view orders.inv_order_lines is 'An order is the sum of its lines: money and progress.';

create view orders.inv_line_order with (security_invoker = true) as
select l.tenant_id, l.order_id, l.line_id from orders.line l
  left join orders.placed o using (tenant_id, order_id) where o.order_id is null;
comment on view orders.inv_line_order is 'Every line belongs to an order.';

create view orders.inv_adjustments with (security_invoker = true) as
select tenant_id, order_id, line_id, l.discount, a.amount
  from orders.line l
  full join (select tenant_id, order_id, line_id, sum(amount) as amount from orders.price_adjustment group by 1, 2, 3) a
       using (tenant_id, order_id, line_id)
 where l.line_id is null or l.discount <> coalesce(a.amount, 0);
comment on view orders.inv_adjustments is 'What was taken off a line is the sum of its adjustments, each with its funder.';

create view orders.inv_payables with (security_invoker = true) as
select o.tenant_id, o.order_id, o.total, o.canceled, o.paid, p.amount as payable, p.paid as payable_paid
  from orders.placed o
  left join (select tenant_id, order_id, sum(amount) as amount, sum(paid) as paid from orders.payable group by 1, 2) p
       using (tenant_id, order_id)
 where o.device_id is null and (greatest(o.total - o.canceled, o.paid) <> coalesce(p.amount, 0) or o.paid <> coalesce(p.paid, 0));
comment on view orders.inv_payables is 'Payables sum to what is not canceled, or to what was paid before it was; so does what is paid (till sales are paid as rung up).';

create view orders.inv_order_event with (security_invoker = true) as
select o.tenant_id, o.order_id, count(e.event_id) as placed_events
  from orders.placed o
  left join kernel.event e on e.tenant_id = o.tenant_id and e.subject_id = o.order_id and e.type in ('order.placed.v1', 'sale.rung.v1')
 group by o.tenant_id, o.order_id having count(e.event_id) <> 1;
comment on view orders.inv_order_event is 'Every order was announced exactly once.';

select kernel.isolate('orders.placed');
select kernel.isolate('orders.line');
select kernel.isolate('orders.price_adjustment');
select kernel.isolate('orders.payable');
grant select, insert, update on all tables in schema orders to jiutong_app;
-- payment 支付通: tenders laid on the counter and their life; what channels told us; refunds.
create schema payment;
grant usage on schema payment to jiutong_app;

create table payment.tender (
    tenant_id   bigint   not null,
    tender_id   bigint   not null, -- also the ledger entry of its capture
    order_id    bigint   not null,
    method      text     not null, -- cash, card, qr, …
    merchant    text     not null default '', -- our account at the channel
    currency    text     not null,
    amount      bigint   not null,
    refunded    bigint   not null default 0,
    state       text     not null,
    channel_ref text,               -- the channel's own transaction id
    code        text,               -- what the payer scans or opens
    started_at  timestamptz not null,
    settled_at  timestamptz,
    primary key (tenant_id, tender_id),
    -- Money laid down is positive; not more goes back than came.
    constraint tender_amount check (amount > 0 and refunded between 0 and amount),
    -- started -> captured | failed | canceled; late: captured for an order no longer open.
    constraint tender_state check (state in ('started', 'captured', 'failed', 'canceled', 'late'))
) with (fillfactor = 85);
create index tender_of_order on payment.tender (tenant_id, order_id, tender_id);
-- One transaction of a channel pays once.
create unique index tender_channel_ref_once on payment.tender (tenant_id, merchant, channel_ref) where channel_ref is not null;

create table payment.notice (
    tenant_id   bigint not null,
    notice_id   bigint not null,
    merchant    text   not null,
    channel_event text not null, -- the channel's id of this message
    tender_id   bigint,
    verdict     text   not null,
    detail      text   not null default '',
    body        json   not null,
    at          timestamptz not null,
    primary key (tenant_id, notice_id),
    -- A message counts once, however often it is delivered.
    constraint notice_once unique (tenant_id, merchant, channel_event),
    -- What became of it.
    constraint notice_verdict check (verdict in ('captured', 'failed', 'duplicate', 'late', 'rejected', 'refunded'))
);
create index notice_of_tender on payment.notice (tenant_id, tender_id, notice_id);
-- Work list: money a channel reports that fits nothing of ours.
create index notice_rejected on payment.notice (tenant_id, notice_id) where verdict = 'rejected';

create table payment.refund (
    tenant_id   bigint not null,
    refund_id   bigint not null, -- also the ledger entry when the money has gone back
    order_id    bigint not null,
    tender_id   bigint not null,
    amount      bigint not null,
    reason      text   not null,
    cause_id    bigint not null, -- the cancellation, return or late tender behind it
    state       text   not null,
    channel_ref text,
    requested_at timestamptz not null,
    settled_at  timestamptz,
    primary key (tenant_id, refund_id),
    -- Something goes back.
    constraint refund_amount check (amount > 0),
    -- requested -> sent -> done | failed; cash is done at once.
    constraint refund_state check (state in ('requested', 'sent', 'done', 'failed'))
);
create index refund_of_order on payment.refund (tenant_id, order_id, refund_id);
-- Work list: money that has not gone back yet.
create index refund_open on payment.refund (tenant_id, refund_id) where state <> 'done';

create view payment.inv_tenders with (security_invoker = true) as
select o.tenant_id, o.order_id, o.paid, coalesce(t.captured, 0) as captured
  from orders.placed o
  left join (select tenant_id, order_id, sum(amount) as captured from payment.tender where state = 'captured' group by 1, 2) t
       using (tenant_id, order_id)
 where o.paid <> coalesce(t.captured, 0);
comment on view payment.inv_tenders is 'What an order shows as paid is what its tenders captured.';

create view payment.inv_refunds with (security_invoker = true) as
select t.tenant_id, t.tender_id, t.refunded, coalesce(r.amount, 0) as refunds
  from payment.tender t
  left join (select tenant_id, tender_id, sum(amount) as amount from payment.refund where state <> 'failed' group by 1, 2) r
       using (tenant_id, tender_id)
 where t.refunded <> coalesce(r.amount, 0);
comment on view payment.inv_refunds is 'What a tender shows as refunded is the sum of its refunds.';

select kernel.isolate('payment.tender');
select kernel.isolate('payment.notice');
select kernel.isolate('payment.refund');
grant select, insert, update on all tables in schema payment to jiutong_app;
-- fulfillment: work at one location, and the parcels that leave it.
create schema fulfillment;
grant usage on schema fulfillment to jiutong_app;

create table fulfillment.work (
    tenant_id   bigint not null,
    work_id     bigint not null, -- a fulfillment order
    order_id    bigint not null,
    location_id bigint not null,
    state       text   not null,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    primary key (tenant_id, work_id),
    -- released -> picking -> picked -> shipped, or canceled before it ships.
    constraint work_state check (state in ('released', 'picking', 'picked', 'shipped', 'canceled'))
);
create index work_of_order on fulfillment.work (tenant_id, order_id);
create index work_open on fulfillment.work (tenant_id, location_id, work_id) where state in ('released', 'picking', 'picked');

create table fulfillment.work_line (
    tenant_id bigint not null,
    work_id   bigint not null,
    line_id   bigint not null,
    sku_id    bigint not null,
    quantity  bigint not null,
    picked    bigint not null default 0,
    shipped   bigint not null default 0,
    canceled  bigint not null default 0,
    primary key (tenant_id, work_id, line_id),
    -- Pick what is asked for, ship what is picked.
    constraint work_line_progress check (quantity > 0 and picked between 0 and quantity - canceled and shipped between 0 and picked and canceled >= 0),
    -- A line of work of its own tenant.
    constraint work_line_work foreign key (tenant_id, work_id) references fulfillment.work
);

create table fulfillment.shipment (
    tenant_id    bigint not null,
    shipment_id  bigint not null, -- also the ledger entry of what left
    order_id     bigint not null,
    work_id      bigint not null,
    carrier      text   not null default '',
    tracking_no  text   not null default '',
    shipped_at   timestamptz not null,
    delivered_at timestamptz,
    primary key (tenant_id, shipment_id),
    -- A parcel comes from work of its own tenant.
    constraint shipment_work foreign key (tenant_id, work_id) references fulfillment.work
);
create index shipment_of_order on fulfillment.shipment (tenant_id, order_id);

create table fulfillment.shipment_line (
    tenant_id   bigint not null,
    shipment_id bigint not null,
    line_id     bigint not null,
    quantity    bigint not null,
    primary key (tenant_id, shipment_id, line_id),
    -- A parcel holds something.
    constraint shipment_line_quantity check (quantity > 0),
    -- A line of a parcel of its own tenant.
    constraint shipment_line_shipment foreign key (tenant_id, shipment_id) references fulfillment.shipment
);

create view fulfillment.inv_shipped with (security_invoker = true) as
select l.tenant_id, l.order_id, l.line_id, l.shipped, coalesce(s.quantity, 0) as in_parcels
  from orders.line l
  join orders.placed o on o.tenant_id = l.tenant_id and o.order_id = l.order_id and o.device_id is null
  left join (select tenant_id, line_id, sum(quantity) as quantity from fulfillment.shipment_line group by 1, 2) s
       on s.tenant_id = l.tenant_id and s.line_id = l.line_id
 where l.shipped <> coalesce(s.quantity, 0);
comment on view fulfillment.inv_shipped is 'What a line shows as shipped is what left in parcels (till sales leave with the customer).';

select kernel.isolate('fulfillment.work');
select kernel.isolate('fulfillment.work_line');
select kernel.isolate('fulfillment.shipment');
select kernel.isolate('fulfillment.shipment_line');
grant select, insert, update on all tables in schema fulfillment to jiutong_app;
-- care 服务通: goods and money that go back.
create schema care;
grant usage on schema care to jiutong_app;

create table care.return_order (
    tenant_id   bigint not null,
    return_id   bigint not null, -- also the ledger entry of what came back
    order_id    bigint not null,
    state       text   not null,
    reason      text   not null,
    refund      bigint not null,
    location_id bigint not null,
    received_at timestamptz not null,
    primary key (tenant_id, return_id),
    -- received: the goods are back and the refund is under way.
    constraint return_order_state check (state in ('received')),
    -- A return gives money back or nothing.
    constraint return_order_refund check (refund >= 0)
);
create index return_order_of_order on care.return_order (tenant_id, order_id);

create table care.return_line (
    tenant_id bigint not null,
    return_id bigint not null,
    line_id   bigint not null,
    quantity  bigint not null,
    refund    bigint not null,
    restock   boolean not null,
    primary key (tenant_id, return_id, line_id),
    -- Something came back.
    constraint return_line_quantity check (quantity > 0 and refund >= 0),
    -- A line of a return of its own tenant.
    constraint return_line_return foreign key (tenant_id, return_id) references care.return_order
);

create view care.inv_returned with (security_invoker = true) as
select l.tenant_id, l.order_id, l.line_id, l.returned, coalesce(r.quantity, 0) as in_returns
  from orders.line l
  left join (select tenant_id, line_id, sum(quantity) as quantity from care.return_line group by 1, 2) r
       on r.tenant_id = l.tenant_id and r.line_id = l.line_id
 where l.returned <> coalesce(r.quantity, 0);
comment on view care.inv_returned is 'What a line shows as returned is what came back in returns.';

select kernel.isolate('care.return_order');
select kernel.isolate('care.return_line');
grant select, insert, update on all tables in schema care to jiutong_app;
-- What the planner cannot know of tables nobody has analyzed yet: a tenant's rows are all the rows it will see.
-- Without this it takes one row in two hundred for a tenant's, and drives joins from the wrong side until the first analyze.
-- Analyze replaces it by what it finds. (PostgreSQL 18 and later; earlier ones wait for their first analyze.)
do $$
declare
    key record;
begin
    if current_setting('server_version_num')::integer < 180000 then
        return;
    end if;
    for key in
        select n.nspname, c.relname
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relkind = 'r'
           and n.nspname in ('kernel', 'ledger', 'access', 'catalog', 'inventory', 'pricing', 'member', 'orders', 'payment', 'fulfillment', 'care')
    loop
        perform pg_restore_attribute_stats(
            'schemaname', key.nspname::text, 'relname', key.relname::text, 'attname', 'tenant_id', 'inherited', false,
            'null_frac', 0::real, 'avg_width', 8, 'n_distinct', 1::real);
    end loop;
end $$;
