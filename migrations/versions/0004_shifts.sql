-- store 门店: shifts at the till, the chain of each till's receipts, and what a person has to look at.
-- What a drawer should hold is the ledger's account drawer:{shift}:{method}; nothing here counts money.
create schema store;
grant usage on schema store to jiutong_app;

create table store.policy (
    tenant_id          bigint not null,
    store_id           bigint not null,
    shifts_required    boolean not null, -- no sale without an open shift
    offline_count_max  integer not null, -- receipts a till may keep while it cannot reach us,
    offline_amount_max bigint not null,  -- and what they may come to, in minor units,
    offline_hours_max  integer not null, -- and how old its prices and its oldest receipt may be
    revision           bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, store_id),
    -- A cap of nothing is said as nothing, not as less.
    constraint policy_caps check (offline_count_max >= 0 and offline_amount_max >= 0 and offline_hours_max >= 0)
);
comment on table store.policy is 'How a store''s tills work. A store without a row works by the defaults.';

create table store.shift (
    tenant_id     bigint not null,
    shift_id      bigint not null, -- also the ledger entry of its float
    store_id      bigint not null,
    device_id     bigint not null,
    shift_no      bigint not null, -- per device, without gaps: the number of its Z report
    currency      text   not null,
    business_day  integer not null,
    opening_float bigint not null, -- cash counted into the drawer, in minor units
    opened_at     timestamptz not null,
    opened_by     text   not null,
    chain_from    bigint not null, -- the till's receipts after this number belong to it,
    chain_to      bigint,          -- up to this one, as the till itself said when it was counted
    counted_at    timestamptz, -- the drawer was counted, blind; nothing more is sold in it
    counted_by    text,
    closed_at     timestamptz,
    closed_by     text,
    closing_id    bigint, -- the ledger entry that emptied the drawer
    z             json,   -- the Z report as it was printed: written once, never made anew
    primary key (tenant_id, shift_id),
    -- Reports are numbered per device.
    constraint shift_no_once unique (tenant_id, device_id, shift_no),
    -- A drawer is opened with something or nothing.
    constraint shift_float check (opening_float >= 0),
    -- Open, counted, closed, in this order; the Z report comes with the close.
    constraint shift_order check ((closed_at is null or counted_at is not null) and (closed_at is null) = (z is null))
);
-- One drawer per till: whoever opens a second one meets this.
create unique index shift_open_once on store.shift (tenant_id, device_id) where closed_at is null;
create index shift_of_store on store.shift (tenant_id, store_id, shift_id);

create table store.count (
    tenant_id     bigint not null,
    shift_id      bigint not null,
    method        text   not null,
    counted       bigint not null,
    denominations json,            -- of what the count is made up: how many of each
    expected      bigint,          -- what the drawer should hold: written at the close
    reason        text   not null default '',
    primary key (tenant_id, shift_id, method),
    -- A difference is explained.
    constraint count_explained check (expected is null or expected = counted or reason <> ''),
    -- A shift of its own tenant.
    constraint count_shift foreign key (tenant_id, shift_id) references store.shift
);

create table store.movement (
    tenant_id   bigint not null,
    movement_id bigint not null, -- also its ledger entry
    shift_id    bigint not null,
    kind        text   not null,
    reason      text   not null,
    note        text   not null,
    amount      bigint not null,
    at          timestamptz not null,
    actor       text   not null,
    primary key (tenant_id, movement_id),
    -- Into the drawer or out of it.
    constraint movement_kind check (kind in ('in', 'out')),
    -- Something moved.
    constraint movement_amount check (amount > 0),
    -- A shift of its own tenant.
    constraint movement_shift foreign key (tenant_id, shift_id) references store.shift
);
create index movement_of_shift on store.movement (tenant_id, shift_id, movement_id);
comment on table store.movement is 'Append only: cash put into a drawer or taken out of it without a sale.';

create table store.receipt (
    tenant_id  bigint not null,
    order_id   bigint not null, -- a receipt that could not be booked has an id of its own
    device_id  bigint not null,
    seq        bigint not null, -- its place in the till's chain
    receipt_no text   not null,
    prev_hash  text   not null, -- the hash of the receipt before it, as the till knew it
    hash       text   not null, -- its own, worked out here
    offline    boolean not null,
    rung_at    timestamptz not null,
    synced_at  timestamptz not null,
    catalog    text   not null, -- the version of the prices it was rung up by
    primary key (tenant_id, order_id)
);
create index receipt_of_device on store.receipt (tenant_id, device_id, seq);
comment on table store.receipt is 'Append only: the chain of a till''s receipts.';

create table store.exception (
    tenant_id    bigint not null,
    exception_id bigint not null,
    store_id     bigint not null,
    device_id    bigint not null,
    kind         text   not null,
    receipt_no   text   not null,
    order_id     bigint, -- null while the receipt is not booked
    refusal      text   not null default '', -- the code it was refused with
    detail       text   not null,
    sale         json,   -- the receipt as it was sent, when it could not be booked: never lost
    at           timestamptz not null,
    settled_at   timestamptz,
    settled_by   text,
    settlement   text,
    primary key (tenant_id, exception_id),
    -- However often a till sends it, it is one exception.
    constraint exception_once unique (tenant_id, device_id, receipt_no, kind),
    -- refused: not booked; price: sold at another price than ours; gap, fork, restart: the chain; late, caps, no_shift: the rules.
    constraint exception_kind check (kind in ('refused', 'price', 'gap', 'fork', 'restart', 'late', 'caps', 'no_shift'))
);
-- Work list: what nobody has settled yet.
create index exception_open on store.exception (tenant_id, store_id, exception_id) where settled_at is null;

create view store.inv_shift_drawer with (security_invoker = true) as
select s.tenant_id, s.shift_id, a.code, a.posted
  from ledger.account a
  join store.shift s on s.tenant_id = a.tenant_id and s.shift_id = split_part(a.code, ':', 2)::bigint
 where a.code like 'drawer:%' and a.posted <> 0 and s.closed_at is not null;
comment on view store.inv_shift_drawer is 'A closed shift''s drawer is empty: what was counted has gone on, and what was missing is told.';

create view store.inv_shift_count with (security_invoker = true) as
select s.tenant_id, s.shift_id, c.method, c.counted, c.expected
  from store.shift s
  join store.count c on c.tenant_id = s.tenant_id and c.shift_id = s.shift_id
 where (s.closed_at is null) <> (c.expected is null);
comment on view store.inv_shift_count is 'What a drawer should have held is told at its close, and not before.';

select kernel.isolate('store.policy');
select kernel.isolate('store.shift');
select kernel.isolate('store.count');
select kernel.isolate('store.movement');
select kernel.isolate('store.receipt');
select kernel.isolate('store.exception');
grant select, insert, update on store.policy, store.shift, store.count, store.exception to jiutong_app;
grant select, insert on store.movement, store.receipt to jiutong_app;
grant delete on store.count to jiutong_app;
grant select on all tables in schema store to jiutong_app;

-- The shift whose drawer took the money, or gave it back.
alter table orders.placed add column shift_id bigint;
create index placed_of_shift on orders.placed (tenant_id, shift_id) where shift_id is not null;
alter table payment.refund add column shift_id bigint;
