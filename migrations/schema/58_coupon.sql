-- coupon 优惠券: batches of coupons under versioned terms, and the coupons given out. How many are left, and whether one is
-- free, held or used, is counted in the ledger (`coupons:<batch>`, `coupons_of:<batch>:<member>`, `coupon:<coupon>`).
create table promotion.coupon_batch (
    tenant_id   bigint   not null,
    batch_id    bigint   not null,
    code        text     not null,
    kind        text     not null, -- how one comes by its coupons
    status      text     not null default 'draft',
    version     integer  not null default 1, -- the terms in force for whoever comes by one now
    cap         bigint   not null, -- how many there are in all, by the terms in force
    per_member  integer  not null, -- 0: as many as there are
    shared_code text,              -- the one code everybody types
    wanted      bigint   not null default 0, -- codes ordered
    written     bigint   not null default 0, -- codes written so far
    revision    bigint   not null default 1, -- the ETag
    created_at  timestamptz not null,
    primary key (tenant_id, batch_id),
    -- People name a batch by its code.
    constraint coupon_batch_code_once unique (tenant_id, code),
    -- Claimed by members, one code for everybody, or a code for each.
    constraint coupon_batch_kind check (kind in ('claimed', 'shared', 'unique') and (kind = 'shared') = (shared_code is not null)),
    -- Given out while live; stopped can be resumed, ended cannot.
    constraint coupon_batch_status check (status in ('draft', 'live', 'stopped', 'ended')),
    -- There is something to give, and codes only as far as there is.
    constraint coupon_batch_counts check (cap > 0 and per_member >= 0 and written between 0 and wanted and wanted <= cap and version > 0)
);
-- What is typed means one thing.
create unique index coupon_batch_shared_code on promotion.coupon_batch (tenant_id, shared_code) where shared_code is not null;

create table promotion.coupon_terms (
    tenant_id bigint  not null,
    batch_id  bigint  not null,
    version   integer not null,
    promotion text    not null, -- what a coupon takes off: code@version of a promotion
    terms     json    not null,
    at        timestamptz not null,
    primary key (tenant_id, batch_id, version),
    -- Terms belong to a batch.
    constraint coupon_terms_batch foreign key (tenant_id, batch_id) references promotion.coupon_batch
);
create index coupon_terms_of_promotion on promotion.coupon_terms (tenant_id, promotion);
comment on table promotion.coupon_terms is 'Never changed: a change of a batch is a new version, and coupons given out before keep theirs.';

create table promotion.coupon (
    tenant_id  bigint  not null,
    coupon_id  bigint  not null,
    batch_id   bigint  not null,
    version    integer not null, -- the terms it was given out under
    member_id  bigint,           -- whose it is; null while it belongs to whoever holds the code
    code       text    not null,
    via        text    not null, -- claimed, handed, written, imported
    got_at     timestamptz not null,
    valid_from timestamptz not null,
    valid_to   timestamptz not null, -- exclusive; later by the grace of the batch once it came back too late
    primary key (tenant_id, coupon_id),
    -- How it came into the world.
    constraint coupon_via check (via in ('claimed', 'handed', 'written', 'imported')),
    -- Half open: the end is not part of it.
    constraint coupon_window check (valid_from < valid_to)
) with (fillfactor = 95);
-- One code, one coupon.
create unique index coupon_code_once on promotion.coupon (tenant_id, code);
create index coupon_of_member on promotion.coupon (tenant_id, member_id, valid_to, coupon_id) where member_id is not null;
create index coupon_of_batch on promotion.coupon (tenant_id, batch_id, coupon_id);

create view promotion.inv_coupon_cap with (security_invoker = true) as
select b.tenant_id, b.batch_id, b.cap, a.posted as left_to_give, c.given
  from promotion.coupon_batch b
  left join ledger.account a on a.tenant_id = b.tenant_id and a.account_id = ledger.account_id('coupons:' || b.batch_id)
  left join (select tenant_id, batch_id, count(*) as given from promotion.coupon group by 1, 2) c
         on c.tenant_id = b.tenant_id and c.batch_id = b.batch_id
 where b.status <> 'draft' and b.kind <> 'shared' and b.cap - a.posted is distinct from coalesce(c.given, 0) + b.wanted - b.written;
comment on view promotion.inv_coupon_cap is 'What a batch has given out, and codes still to be written, are what the ledger says is no longer left of it.';

create view promotion.inv_coupon_member_cap with (security_invoker = true) as
select c.tenant_id, c.batch_id, c.member_id, c.given, b.per_member, -a.posted as counted
  from (select tenant_id, batch_id, member_id, count(*) as given from promotion.coupon
         where member_id is not null and via <> 'written' group by 1, 2, 3) c
  join promotion.coupon_batch b on b.tenant_id = c.tenant_id and b.batch_id = c.batch_id
  left join ledger.account a on a.tenant_id = c.tenant_id
        and a.account_id = ledger.account_id('coupons_of:' || c.batch_id || ':' || c.member_id)
 where b.per_member > 0 and (c.given > b.per_member or -a.posted is distinct from c.given);
comment on view promotion.inv_coupon_member_cap is 'Nobody was given more of a batch than its terms allow, and the ledger counts as many.';

create view promotion.inv_coupon_code with (security_invoker = true) as
select b.tenant_id, b.batch_id, b.written, coalesce(c.codes, 0) as codes
  from promotion.coupon_batch b
  left join (select tenant_id, batch_id, count(*) as codes from promotion.coupon where via = 'written' group by 1, 2) c
         on c.tenant_id = b.tenant_id and c.batch_id = b.batch_id
 where b.written <> coalesce(c.codes, 0);
comment on view promotion.inv_coupon_code is 'Codes said to be written are written.';

select kernel.isolate('promotion.coupon_batch');
select kernel.isolate('promotion.coupon_terms');
select kernel.isolate('promotion.coupon');
grant select, insert, update on promotion.coupon_batch, promotion.coupon to jiutong_app;
grant select, insert on promotion.coupon_terms to jiutong_app;
grant select on promotion.inv_coupon_cap, promotion.inv_coupon_member_cap, promotion.inv_coupon_code to jiutong_app;
