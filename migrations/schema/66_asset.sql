-- asset 资产通: points 京豆, red packets 红包, procurement points 京采豆, gift cards and stored value 礼品卡·储值. The ledger counts them.
create schema asset;
grant usage on schema asset to jiutong_app;

create table asset.programme (
    tenant_id  bigint not null,
    kind       text   not null,
    version    integer not null,
    terms      json   not null,
    valid_from timestamptz not null,
    made_by    text   not null,
    made_at    timestamptz not null,
    -- A programme changes by a new version only: what was earned and burned names the version it was earned and burned by.
    constraint programme_version_once primary key (tenant_id, kind, version),
    -- What has terms of its own.
    constraint programme_kind check (kind in ('points', 'beans')),
    -- Versions count from one.
    constraint programme_version check (version > 0)
);
comment on table asset.programme is 'By which terms points are earned and burned: immutable versions, the latest that has begun is in force.';

create table asset.lot (
    tenant_id   bigint not null,
    lot_id      bigint not null, -- also the ledger entry that gave it
    kind        text   not null,
    holder_id   bigint not null, -- the member; of procurement points the company
    unit        text   not null,
    account_id  bigint not null, -- the ledger account that counts what is left
    amount      bigint not null, -- as it was given
    netted      bigint not null default 0, -- of it went at once against what the holder owed
    source      text   not null,
    source_id   bigint not null, -- the order it was earned by; of other lots their own id
    funder      text   not null,
    reason      text   not null default '',
    given_by    text   not null,
    earned_at   timestamptz not null,
    active_from timestamptz not null, -- promised until then
    expires_at  timestamptz not null,
    grace_until timestamptz, -- what came back after it had expired may be used until then
    expired_at  timestamptz, -- what was left is booked as expired
    primary key (tenant_id, lot_id),
    -- What is held in lots.
    constraint lot_kind check (kind in ('points', 'red_packet', 'beans')),
    -- Where it came from.
    constraint lot_source check (source in ('order', 'grant')),
    -- A lot is of something, and no more of it pays debts than there is.
    constraint lot_amount check (amount > 0 and netted between 0 and amount),
    -- It can be used before it expires.
    constraint lot_window check (earned_at <= active_from and active_from < expires_at)
);
create index lot_of_holder on asset.lot (tenant_id, kind, holder_id, expires_at, lot_id) where expired_at is null;
create index lot_due on asset.lot (tenant_id, expires_at, lot_id) where expired_at is null;
-- An order earns once.
create unique index lot_of_order_once on asset.lot (tenant_id, source_id) where source = 'order';
comment on table asset.lot is 'Something a holder may use until it expires, as it was given. How much is left of it its ledger account says.';

create table asset.earning (
    tenant_id bigint  not null,
    order_id  bigint  not null,
    line_id   bigint  not null,
    lot_id    bigint  not null,
    quantity  bigint  not null,
    net       bigint  not null, -- what the points are earned on, minor units
    points    bigint  not null,
    clawed    bigint  not null default 0,
    version   integer not null, -- of the programme
    primary key (tenant_id, order_id, line_id),
    -- No more is taken back than was earned.
    constraint earning_clawed check (points >= 0 and clawed between 0 and points)
);
create index earning_of_lot on asset.earning (tenant_id, lot_id);

create table asset.clawback (
    tenant_id   bigint not null,
    clawback_id bigint not null, -- also the ledger entry, where points moved
    order_id    bigint not null,
    holder_id   bigint not null,
    points      bigint not null,
    owed        bigint not null, -- of them, what had been spent already
    at          timestamptz not null,
    deducted    bigint not null default 0, -- or taken off the refund,
    amount      bigint not null default 0, -- being worth so much
    primary key (tenant_id, clawback_id),
    -- What has been spent is owed, never dropped.
    constraint clawback_owed check (points > 0 and owed between 0 and points),
    -- Or taken off the refund: for as much as it is worth.
    constraint clawback_deducted check (deducted between 0 and points - owed and (deducted > 0) = (amount > 0))
);
create index clawback_of_order on asset.clawback (tenant_id, order_id);
create index clawback_of_holder on asset.clawback (tenant_id, holder_id, clawback_id);
comment on table asset.clawback is 'Append only: points taken back because what they were earned by came back.';

create table asset.card (
    tenant_id    bigint not null,
    card_id      bigint not null,
    code_hash    bytea  not null, -- the code itself is told once and kept by nobody
    pin_hash     bytea, -- salted with the code
    ending       text   not null, -- the last four characters of the code
    currency     text   not null,
    face         bigint not null,
    state        text   not null,
    origin       text   not null,
    funder       text   not null default '',
    method       text   not null default '',
    reference    text   not null default '', -- the payment it was sold for
    reason       text   not null default '',
    place        bigint not null, -- where it became active, and the business day: keys of the money owed on it
    day          integer not null,
    member_id    bigint, -- of stored value: whose it is
    batch_id     bigint not null,
    issued_by    text   not null,
    issued_at    timestamptz not null,
    activated_at timestamptz,
    expires_at   timestamptz, -- null: never
    written_off_at timestamptz,
    primary key (tenant_id, card_id),
    -- A code opens one card.
    constraint card_code_once unique (tenant_id, code_hash),
    -- issued (not usable yet) -> active <-> blocked; written_off is the end.
    constraint card_state check (state in ('issued', 'active', 'blocked', 'written_off')),
    -- Somebody paid for it, or gives it away; before it is active nobody has yet.
    constraint card_origin check (
        state = 'issued' or origin = 'sold' and method <> '' and funder = '' or origin = 'granted' and funder <> '' and method = ''),
    -- A card is worth something when it is issued.
    constraint card_face check (face > 0)
);
create index card_of_member on asset.card (tenant_id, member_id, card_id) where member_id is not null;
create index card_of_batch on asset.card (tenant_id, batch_id, card_id);
comment on table asset.card is 'A gift card, or the stored value of a member. What is left on it its ledger account says.';

create table asset.card_tender (
    tenant_id bigint not null,
    tender_id bigint not null,
    card_id   bigint not null,
    order_id  bigint not null,
    amount    bigint not null,
    returned  bigint not null default 0,
    primary key (tenant_id, tender_id),
    -- A card gets back no more than it gave.
    constraint card_tender_amount check (amount > 0 and returned between 0 and amount)
);
create index card_tender_of_card on asset.card_tender (tenant_id, card_id, tender_id);
create index card_tender_of_order on asset.card_tender (tenant_id, order_id);

create view asset.inv_lots with (security_invoker = true) as
select coalesce(l.tenant_id, a.tenant_id) as tenant_id, l.lot_id, a.code, l.amount, a.posted
  from asset.lot l
  full join (select tenant_id, account_id, code, unit, posted from ledger.account
              where code like 'points:%' or code like 'red\_packet:%' or code like 'beans:%') a using (tenant_id, account_id)
 where l.lot_id is null or a.account_id is null or a.code <> l.kind || ':' || l.holder_id || ':' || l.lot_id
    or a.unit <> l.unit or a.posted not between 0 and l.amount;
comment on view asset.inv_lots is 'Every lot has its account and every such account its lot; what is left is between nothing and what was given.';

create view asset.inv_lot_given with (security_invoker = true) as
select l.tenant_id, l.lot_id, l.amount, coalesce(x.given, 0) as given
  from asset.lot l
  left join (select tenant_id, entry_id, to_account, sum(amount) as given from ledger.transfer group by 1, 2, 3) x
         on x.tenant_id = l.tenant_id and x.entry_id = l.lot_id and x.to_account = l.account_id
 where l.amount <> coalesce(x.given, 0);
comment on view asset.inv_lot_given is 'A lot was given by the entry that bears its id.';

create view asset.inv_owed with (security_invoker = true) as
select d.tenant_id, d.holder_id, d.owed, coalesce(a.posted, 0) as posted
  from (select tenant_id, holder_id, sum(owed) as owed
          from (select tenant_id, holder_id, owed from asset.clawback
                 union all
                select tenant_id, holder_id, -netted from asset.lot where netted > 0) o
         group by tenant_id, holder_id) d
  full join (select tenant_id, split_part(code, ':', 2)::bigint as holder_id, posted from ledger.account where code like 'points\_owed:%') a
       using (tenant_id, holder_id)
 where coalesce(d.owed, 0) <> coalesce(a.posted, 0);
comment on view asset.inv_owed is 'What a holder owes is what was taken back after it had been spent, less what later lots paid of it.';

create view asset.inv_earnings with (security_invoker = true) as
select e.tenant_id, e.order_id, e.points, l.amount, e.clawed, coalesce(c.points, 0) as taken_back
  from (select tenant_id, order_id, lot_id, sum(points) as points, sum(clawed) as clawed from asset.earning group by 1, 2, 3) e
  left join asset.lot l on l.tenant_id = e.tenant_id and l.lot_id = e.lot_id and l.source = 'order' and l.source_id = e.order_id
  left join (select tenant_id, order_id, sum(points) as points from asset.clawback group by 1, 2) c
         on c.tenant_id = e.tenant_id and c.order_id = e.order_id
 where l.amount is distinct from e.points or e.clawed <> coalesce(c.points, 0);
comment on view asset.inv_earnings is 'A lot is what its order''s lines earned; what was taken back of them is in the clawbacks.';

create view asset.inv_deducted with (security_invoker = true) as
select tenant_id, order_id, c.amount, w.payable
  from (select tenant_id, order_id, sum(amount) as amount from asset.clawback where amount > 0 group by 1, 2) c
  full join (select tenant_id, order_id, sum(payable) as payable from orders.withheld where kind = 'points' group by 1, 2) w
       using (tenant_id, order_id)
 where c.amount is distinct from w.payable;
comment on view asset.inv_deducted is 'What refunds are less by for points that were spent is what those points are worth.';

create view asset.inv_cards with (security_invoker = true) as
select c.tenant_id, c.card_id, c.face, a.posted, a.unit
  from asset.card c
  left join ledger.account a on a.tenant_id = c.tenant_id and a.code = 'card:' || c.card_id
 where c.state <> 'issued' and (a.unit is distinct from 'CARD/' || c.currency or a.posted < 0);
comment on view asset.inv_cards is 'Every card in use has its account, in its currency, never below zero.';

create view asset.inv_stored_value with (security_invoker = true) as
select tenant_id, currency, sum(amount) as off_by
  from (select tenant_id, substr(unit, 6) as currency, posted as amount from ledger.account where code like 'card:%'
         union all
        select tenant_id, unit, posted from ledger.account where code like 'stored\_value:%') v
 group by tenant_id, currency having sum(amount) <> 0;
comment on view asset.inv_stored_value is 'What is left on the cards of a currency is the money owed on them.';

create view asset.inv_card_tenders with (security_invoker = true) as
select n.tenant_id, n.tender_id, n.amount, c.amount as of_card, n.refunded, c.returned
  from payment.tender n
  full join asset.card_tender c on c.tenant_id = n.tenant_id and c.tender_id = n.tender_id
 where (n.method = 'gift_card' or c.tender_id is not null) and (n.amount is distinct from c.amount or n.refunded is distinct from c.returned);
comment on view asset.inv_card_tenders is 'What was paid by card came off a card, and what went back is on it again.';

select kernel.isolate('asset.programme');
select kernel.isolate('asset.lot');
select kernel.isolate('asset.earning');
select kernel.isolate('asset.clawback');
select kernel.isolate('asset.card');
select kernel.isolate('asset.card_tender');
grant select, insert on asset.programme, asset.clawback to jiutong_app;
grant select, insert, update on asset.lot, asset.earning, asset.card, asset.card_tender to jiutong_app;
grant select on all tables in schema asset to jiutong_app;
