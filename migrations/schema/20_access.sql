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
    preferences   json not null default '{}', -- language, theme, density, time zone: what follows a person to every screen
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
    seen_at    timestamptz, -- when it was used last, to the minute; null before that was noted
    address    text not null default '', -- where from
    agent      text not null default '', -- the browser, as it calls itself
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
    revoked_at timestamptz, -- it opens nothing from here on; ahead of now while a key that follows it is brought in
    used_at    timestamptz, -- when it was used last, to the minute; null before that was noted
    primary key (tenant_id, key_id),
    -- A key opens one door.
    constraint app_key_hash_once unique (tenant_id, key_hash)
);

create table access.view (
    tenant_id bigint not null,
    view_id   bigint not null,
    owner     text not null, -- the actor it belongs to, e.g. staff:3
    list      text not null, -- the list it is a view of
    name      text not null,
    query     text not null, -- the list's address after the question mark
    columns   text[] not null, -- in order; empty for the list's own choice
    roles     text[] not null, -- who sees it besides its owner
    revision  bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, view_id)
);
create index view_of_list on access.view (tenant_id, list, name, view_id);
comment on table access.view is 'A list as somebody keeps it: filters, order and columns under a name, alone or for a role.';

select kernel.isolate('access.seller');
select kernel.isolate('access.channel');
select kernel.isolate('access.store');
select kernel.isolate('access.device');
select kernel.isolate('access.role');
select kernel.isolate('access.staff');
select kernel.isolate('access.session');
select kernel.isolate('access.app_key');
select kernel.isolate('access.view');
grant select, insert, update on all tables in schema access to jiutong_app;
grant delete on access.session, access.view to jiutong_app;
