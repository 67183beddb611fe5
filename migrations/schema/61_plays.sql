-- Presale 预售 and group buy 拼团: activities in immutable versions, the groups of buyers, what a defaulting seller owes.
create table promotion.play (
    tenant_id bigint not null,
    play_id   bigint not null,
    code      text   not null,
    kind      text   not null,
    primary key (tenant_id, play_id),
    -- Buyers enter through its code.
    constraint play_code_once unique (tenant_id, code),
    -- The kinds whose terms the house knows.
    constraint play_kind check (kind in ('presale', 'group_buy'))
);

create table promotion.play_version (
    tenant_id    bigint      not null,
    play_id      bigint      not null,
    version      integer     not null,
    state        text        not null,
    name         text        not null,
    currency     text        not null,
    begins_at    timestamptz not null, -- buyers enter from here
    ends_at      timestamptz not null, -- until just before here
    body         json        not null, -- the whole of it, as its kind says
    sku_ids      json        not null, -- of its items, in their order
    channel_ids  json        not null, -- where it is played; everywhere if none is named
    made_by      text        not null,
    made_at      timestamptz not null,
    published_at timestamptz,
    ended_at     timestamptz,
    primary key (tenant_id, play_id, version),
    foreign key (tenant_id, play_id) references promotion.play,
    -- Drafted, in force, or over: never back.
    constraint play_version_state check (state in ('draft', 'published', 'ended')),
    -- Half open: the end is not part of it.
    constraint play_version_window check (begins_at < ends_at)
);
-- One version is in force,
create unique index play_version_published_once on promotion.play_version (tenant_id, play_id) where state = 'published';
-- and one is being drafted.
create unique index play_version_drafted_once on promotion.play_version (tenant_id, play_id) where state = 'draft';
create index play_version_by_time on promotion.play_version (tenant_id, begins_at, play_id);

create table promotion.play_group (
    tenant_id bigint      not null,
    group_id  bigint      not null, -- the order that opened it
    code      text        not null, -- by which others join
    play_id   bigint      not null,
    version   integer     not null,
    opened_at timestamptz not null,
    closes_at timestamptz not null,
    holds     bigint      not null, -- what it takes at most, in its measure
    state     text        not null default 'open',
    measured  bigint      not null default 0, -- what it had come to when it closed
    reached   smallint,                       -- the threshold it closed at, from 0
    closed_at timestamptz,
    primary key (tenant_id, group_id),
    foreign key (tenant_id, play_id, version) references promotion.play_version,
    -- Others join by its code.
    constraint play_group_code_once unique (tenant_id, code),
    -- A group that has formed reached a threshold; one that failed did not; neither opens again.
    constraint play_group_state check (
        (state = 'open' and closed_at is null) or (state = 'formed' and closed_at is not null and reached is not null)
        or (state = 'failed' and closed_at is not null and reached is null)),
    -- Nobody is in beyond what it holds.
    constraint play_group_holds check (measured between 0 and holds)
);
create index play_group_of_play on promotion.play_group (tenant_id, play_id, group_id);

create table promotion.compensation (
    tenant_id       bigint      not null,
    compensation_id bigint      not null,
    order_id        bigint      not null,
    currency        text        not null,
    amount          bigint      not null,
    reason          text        not null,
    owed_at         timestamptz not null,
    method          text,
    reference       text,
    paid_at         timestamptz,
    primary key (tenant_id, compensation_id),
    -- A seller defaults on an order once.
    constraint compensation_order_once unique (tenant_id, order_id),
    -- Something is owed; what is paid says how.
    constraint compensation_amount check (amount > 0),
    -- What was paid out says how, and by what reference.
    constraint compensation_paid check ((paid_at is null) = (method is null) and (paid_at is null) = (reference is null))
);
create index compensation_owed on promotion.compensation (tenant_id, compensation_id) where paid_at is null;

select kernel.isolate('promotion.play');
select kernel.isolate('promotion.play_version');
select kernel.isolate('promotion.play_group');
select kernel.isolate('promotion.compensation');
grant select, insert, update on promotion.play, promotion.play_version, promotion.play_group, promotion.compensation to jiutong_app;

create view promotion.inv_places with (security_invoker = true) as
select coalesce(a.tenant_id, k.tenant_id) as tenant_id, coalesce(a.code, k.account) as account, a.posted, a.held, m.lifted, m.moved, k.live
  from (select tenant_id, account_id, code, posted, held
          from ledger.account where code ~ '^(seat|regulars|newcomer|heads|in_group|presale_quota):') a
  full join (select tenant_id, account, sum(amount - given_back) as live from orders.claim
              where account ~ '^(seat|regulars|newcomer|heads|in_group|presale_quota):' group by 1, 2) k
         on k.tenant_id = a.tenant_id and k.account = a.code
  left join lateral (
        select coalesce(sum(x.amount) filter (where x.to_account = a.account_id and e.rule = 'limit.lowered'), 0) as lifted,
               coalesce(sum(x.amount) filter (where x.from_account = a.account_id and e.rule = 'group.moved'), 0) as moved
          from ledger.transfer x
          join ledger.entry e on e.tenant_id = x.tenant_id and e.entry_id = x.entry_id and e.rule in ('limit.lowered', 'group.moved')
         where x.tenant_id = a.tenant_id and a.account_id in (x.from_account, x.to_account)) m on true
 where coalesce(a.held - a.posted, 0) + coalesce(m.lifted, 0) - coalesce(m.moved, 0) <> coalesce(k.live, 0);
comment on view promotion.inv_places is 'What was taken of groups and presales is what orders claim of them, and who moved on when a group closed.';
grant select on promotion.inv_places to jiutong_app;
