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

select kernel.isolate('member.member');
select kernel.isolate('member.identity');
grant select, insert, update on all tables in schema member to jiutong_app;
