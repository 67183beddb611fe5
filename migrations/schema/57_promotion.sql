-- promotion 促销: rules that take something off, and what may be taken.
create schema promotion;
grant usage on schema promotion to jiutong_app;

create table promotion.promotion (
    tenant_id    bigint not null,
    code         text not null,
    version      int not null,
    promotion_id bigint not null, -- one for all versions: what was used of it stays used
    state        text not null,
    stage        text not null,
    coupon       boolean not null, -- takes part only with a coupon in hand
    name         text not null,
    name_zh      text not null,
    terms        json not null,
    channel_ids  bigint[] not null, -- empty for everywhere
    store_ids    bigint[] not null,
    valid_from   timestamptz not null,
    valid_to     timestamptz not null,
    written_by   text not null,
    written_at   timestamptz not null,
    published_by text,
    published_at timestamptz,
    ended_by     text,
    ended_at     timestamptz,
    primary key (tenant_id, code, version),
    -- A promotion is in one of these states.
    constraint promotion_state check (state in ('draft', 'published', 'replaced', 'ended')),
    -- Stages in the order they are worked through.
    constraint promotion_stage check (stage in ('activity', 'order', 'coupon', 'subsidy')),
    -- It holds for some time.
    constraint promotion_window check (valid_from < valid_to),
    -- When it was published is known.
    constraint promotion_published check ((state = 'draft') = (published_at is null)),
    -- When it ended is known, too.
    constraint promotion_ended check ((state in ('replaced', 'ended')) = (ended_at is not null))
);
-- One draft at a time.
create unique index promotion_one_draft on promotion.promotion (tenant_id, code) where state = 'draft';
-- One published version at a time.
create unique index promotion_one_published on promotion.promotion (tenant_id, code) where state = 'published';
create index promotion_running on promotion.promotion (tenant_id, valid_to) where state in ('published', 'replaced');
create index promotion_by_id on promotion.promotion (tenant_id, promotion_id, version);
comment on table promotion.promotion is 'Versions of promotions: a version that was published never changes again but for its end.';

select kernel.isolate('promotion.promotion');
grant select, insert, update, delete on promotion.promotion to jiutong_app;

create view promotion.inv_promotion_id with (security_invoker = true) as
select p.tenant_id, p.code from promotion.promotion p group by p.tenant_id, p.code having count(distinct p.promotion_id) > 1;
comment on view promotion.inv_promotion_id is 'All versions of a promotion share one id, under which it is counted what is used of it.';
grant select on promotion.inv_promotion_id to jiutong_app;
