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
    name_folded text collate "C" not null generated always as (lower(name)) stored,
    primary key (tenant_id, member_id),
    -- Can shop or not.
    constraint member_status check (status in ('active', 'blocked', 'merged', 'erased'))
);
-- People say the beginning of their name.
create index member_by_name on member.member (tenant_id, name_folded, member_id) where name <> '';

create table member.identity (
    tenant_id bigint not null,
    kind      text not null,
    value     text not null, -- normalized: E.164 phone, lower-case e-mail, card number without spaces
    member_id bigint not null,
    backwards text collate "C" not null generated always as (reverse(value)) stored,
    -- One identity, one person.
    constraint identity_once primary key (tenant_id, kind, value),
    -- How a person can be recognized.
    constraint identity_kind check (kind in ('phone', 'email', 'card', 'openid')),
    -- A person of its own tenant.
    constraint identity_member foreign key (tenant_id, member_id) references member.member
);
create index identity_of_member on member.identity (tenant_id, member_id);
-- People say the end of their number.
create index identity_by_end on member.identity (tenant_id, backwards, member_id) where kind = 'phone';

create table member.company (
    tenant_id  bigint not null,
    company_id bigint not null,
    code       text not null,
    name       text not null,
    region     text not null default '', -- where it buys for, as price lists name regions: US/CA
    status     text not null default 'active',
    created_at timestamptz not null,
    primary key (tenant_id, company_id),
    -- Orders and files name a company by its code.
    constraint company_code_once unique (tenant_id, code),
    -- Can buy or not.
    constraint company_status check (status in ('active', 'blocked'))
);

create table member.member_group (
    tenant_id bigint not null,
    group_id  bigint not null,
    code      text not null,
    name      text not null,
    primary key (tenant_id, group_id),
    -- Price lists and promotions name a group by its code.
    constraint member_group_code_once unique (tenant_id, code)
);

create table member.grouped (
    tenant_id bigint not null,
    group_id  bigint not null,
    party_id  bigint not null, -- the member or the company that is in it
    primary key (tenant_id, party_id, group_id),
    -- A group of its own tenant.
    constraint grouped_in foreign key (tenant_id, group_id) references member.member_group
);
create index grouped_of_group on member.grouped (tenant_id, group_id, party_id);

create table member.buyer (
    tenant_id  bigint not null,
    company_id bigint not null,
    member_id  bigint not null,
    role       text not null,
    primary key (tenant_id, member_id, company_id),
    -- What somebody may do for a company.
    constraint buyer_role check (role in ('buyer', 'approver', 'owner')),
    -- A company of its own tenant.
    constraint buyer_for foreign key (tenant_id, company_id) references member.company,
    -- A person of its own tenant.
    constraint buyer_is foreign key (tenant_id, member_id) references member.member
);
create index buyer_of_company on member.buyer (tenant_id, company_id, member_id);

select kernel.isolate('member.member');
select kernel.isolate('member.identity');
select kernel.isolate('member.company');
select kernel.isolate('member.member_group');
select kernel.isolate('member.grouped');
select kernel.isolate('member.buyer');
grant select, insert, update on all tables in schema member to jiutong_app;
grant delete on member.grouped, member.buyer to jiutong_app;
