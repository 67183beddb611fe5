-- Storefronts: a channel open to the public, the pictures of what it shows, and the shoppers who sign in to it.
create table access.storefront (
    tenant_id     bigint not null,
    channel_id    bigint not null,
    published     boolean not null,
    title         text not null,
    title_zh      text not null default '',
    greeting      text not null default '',
    greeting_zh   text not null default '',
    delivery      text not null default '', -- what shoppers are told of delivery, and of returns
    delivery_zh   text not null default '',
    returns       text not null default '',
    returns_zh    text not null default '',
    languages     text[] not null,
    country       text not null,            -- the form of addresses, and how phone numbers without a country code are read
    dispatch_days integer not null default 0, -- what is ordered today leaves within so many days; 0 promises nothing
    return_days   integer not null default 0, -- shoppers may send back by themselves for so many days; 0: they ask
    line_max      bigint not null default 0,  -- most pieces of one line; 0 sets no limit
    revision      bigint not null default 1,  -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, channel_id),
    -- A channel of its own tenant.
    constraint storefront_channel foreign key (tenant_id, channel_id) references access.channel,
    -- Languages there are words for.
    constraint storefront_languages check (languages <@ array['en', 'zh'] and cardinality(languages) > 0),
    -- ISO 3166.
    constraint storefront_country check (country ~ '^[A-Z]{2}$'),
    -- Days and pieces are counted.
    constraint storefront_counts check (dispatch_days between 0 and 365 and return_days between 0 and 365 and line_max >= 0)
);

create table catalog.picture (
    tenant_id  bigint not null,
    product_id bigint not null,
    position   integer not null,
    hash       text not null, -- of the picture as it was sent; its files are named by it
    width      integer not null,
    height     integer not null,
    alt        text not null default '',
    put_at     timestamptz not null,
    primary key (tenant_id, product_id, position),
    -- One to twelve.
    constraint picture_position check (position between 1 and 12),
    -- A picture shows something.
    constraint picture_size check (width > 0 and height > 0),
    -- A picture is of a product of its own tenant.
    constraint picture_product foreign key (tenant_id, product_id) references catalog.product
);

create table member.address (
    tenant_id   bigint not null,
    member_id   bigint not null,
    address_id  bigint not null,
    name        text not null,
    phone       text not null,
    country     text not null,
    region      text not null,
    address     text not null,
    postal_code text not null default '',
    preferred   boolean not null default false,
    primary key (tenant_id, member_id, address_id),
    -- ISO 3166.
    constraint address_country check (country ~ '^[A-Z]{2}$'),
    -- An address of a member of its own tenant.
    constraint address_member foreign key (tenant_id, member_id) references member.member
);
-- One address is offered first.
create unique index address_preferred_once on member.address (tenant_id, member_id) where preferred;

create table member.code (
    tenant_id  bigint not null,
    kind       text not null,
    value      text not null,
    code_hash  bytea not null, -- keyed with the installation's secret: six digits are soon tried
    tries      integer not null default 0,
    used       boolean not null default false,
    sent_at    timestamptz not null,
    expires_at timestamptz not null,
    -- The newest code of an identity is the only one.
    constraint code_once primary key (tenant_id, kind, value),
    -- Where a code can be sent.
    constraint code_kind check (kind in ('phone', 'email')),
    -- A guesser has five tries.
    constraint code_tries check (tries between 0 and 5)
);

create table member.session (
    tenant_id  bigint not null,
    token_hash bytea not null,
    member_id  bigint not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (tenant_id, token_hash),
    -- A session of a member of its own tenant.
    constraint session_member foreign key (tenant_id, member_id) references member.member
);

select kernel.isolate('access.storefront');
select kernel.isolate('catalog.picture');
select kernel.isolate('member.address');
select kernel.isolate('member.code');
select kernel.isolate('member.session');
grant select, insert, update on access.storefront to jiutong_app;
grant select, insert, update, delete on catalog.picture to jiutong_app;
grant select, insert, update, delete on member.address to jiutong_app;
grant select, insert, update on member.code to jiutong_app;
grant select, insert, delete on member.session to jiutong_app;
