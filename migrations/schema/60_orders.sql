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
    shift_id     bigint, -- the shift of the till it was rung up in
    play         text not null default '', -- the activity it came through (code@version)
    awaits       text not null default '', -- what it waits for besides its money before it ships
    group_id     bigint, -- the group of buyers it has a place in, and
    group_counts bigint, -- what it counts for there
    primary key (tenant_id, order_id),
    -- What is owed is what is listed less what is taken off, never negative.
    constraint placed_money check (gross >= 0 and discount >= 0 and discount <= gross and total >= 0 and tax >= 0),
    -- Refunds never exceed what came in; nothing is canceled or returned beyond the total.
    constraint placed_refunds check (paid >= 0 and refunded >= 0 and refunded <= paid and canceled + returned <= total),
    -- Its group, or nothing.
    constraint placed_awaits check (awaits in ('', 'group')),
    -- Units move forward only as far as they exist.
    constraint placed_units check (
        units >= 0 and units_shipped >= 0 and units_canceled >= 0 and units_returned >= 0
        and units_shipped + units_canceled <= units and units_returned <= units_shipped)
) with (fillfactor = 85);
-- A till's receipt is an order exactly once, however often it is sent.
create unique index placed_receipt_once on orders.placed (tenant_id, device_id, receipt_no) where device_id is not null;
create index placed_of_shift on orders.placed (tenant_id, shift_id) where shift_id is not null;
create index placed_of_play on orders.placed (tenant_id, play, order_id) where play <> '';
create index placed_of_group on orders.placed (tenant_id, group_id, order_id) where group_id is not null;
create index placed_of_member on orders.placed (tenant_id, member_id, order_id) where member_id is not null;
-- Sales are told by the day.
create index placed_by_day on orders.placed (tenant_id, business_day, order_id);
-- Work lists: what is not finished yet.
create index placed_open on orders.placed (tenant_id, status, order_id) where status in ('placed', 'paid', 'partly_shipped');
create index placed_ended on orders.placed (tenant_id, status, order_id) where status in ('returned', 'canceled', 'expired');

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
    payable     bigint  not null, -- what the customer owes for the line, its charges included
    shipped     bigint  not null default 0,
    canceled    bigint  not null default 0,
    returned    bigint  not null default 0,
    charged     bigint  not null default 0, -- its part of freight and fees, with their tax
    primary key (tenant_id, order_id, line_id),
    -- Somebody ordered something.
    constraint line_quantity check (quantity > 0 and price_per > 0),
    -- A line is never sold below nothing.
    constraint line_money check (gross >= 0 and discount between 0 and gross and tax >= 0 and payable >= gross - discount + charged and charged >= 0),
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

create table orders.charge (
    tenant_id  bigint   not null,
    order_id   bigint   not null,
    line_id    bigint   not null,
    charge_no  smallint not null,
    kind       text     not null, -- freight, or the code of a fee
    rule       text     not null, -- the tariff it comes from: code@version
    gross      bigint   not null, -- by the tariff
    off        bigint   not null default 0, -- taken off it,
    off_rule   text     not null default '', -- by which rule,
    off_funder text     not null default '', -- and who bears that
    tax_bp     integer  not null,
    tax        bigint   not null, -- contained in, or added to, what is left
    payable    bigint   not null, -- what the customer owes of it
    primary key (tenant_id, order_id, line_id, charge_no),
    -- Nothing is taken off that is not charged; what is taken off has a rule and a bearer.
    constraint charge_money check (
        gross > 0 and off between 0 and gross and tax >= 0 and payable >= gross - off and (off = 0 or (off_rule <> '' and off_funder <> '')))
);
comment on table orders.charge is 'Freight and fees, already split over the lines.';

create table orders.claim (
    tenant_id  bigint   not null,
    order_id   bigint   not null,
    claim_id   bigint   not null, -- also the hold it is held by
    line_id    bigint   not null, -- 0 for the whole order
    kind       text     not null, -- coupon, points, limit, …
    subject_id bigint   not null, -- the coupon, lot, limit, … in its room
    account    text     not null, -- the account it is taken from,
    unit       text     not null, -- counted in,
    to_account text     not null, -- and where it goes when it is used
    amount     bigint   not null,
    back       text     not null,
    used       boolean  not null default false, -- taken for good; until then it is held
    given_back bigint   not null default 0,
    primary key (tenant_id, order_id, claim_id),
    -- Something is claimed; not more comes back than was.
    constraint claim_amount check (amount > 0 and given_back between 0 and amount),
    -- What gives it back.
    constraint claim_back check (back in ('units', 'unshipped', 'cancel', 'never'))
) with (fillfactor = 85);
-- Only these are looked up by their subject; points are claimed for every line and would pay for it.
create index claim_of_subject on orders.claim (tenant_id, subject_id, order_id) where kind in ('coupon', 'quota');
comment on table orders.claim is 'What an order takes of scarce things besides its goods.';

create table orders.withheld (
    tenant_id bigint  not null,
    order_id  bigint  not null,
    cause_id  bigint  not null, -- the return, or the entry of the cancellation, whose refund it is
    line_no   integer not null, -- 0 for the whole order
    kind      text    not null,
    rule      text    not null, -- the version it follows from: code@version
    funder    text    not null, -- who had borne what it is worth, and has it again
    amount    bigint  not null, -- to the funder; below zero: goes back after all
    tax       bigint  not null, -- on it
    payable   bigint  not null, -- what the buyer gets less
    primary key (tenant_id, order_id, cause_id, line_no, kind, rule, funder),
    -- The units that stay no longer earn a discount; what came back had earned points that are spent.
    constraint withheld_kind check (kind in ('requalify', 'points')),
    -- Points are taken off once and for good.
    constraint withheld_points check (kind <> 'points' or amount > 0 and tax = 0 and payable = amount and line_no = 0)
);
comment on table orders.withheld is 'Append only: what of refunds does not go back, and what of that does later.';

create table orders.payable (
    tenant_id  bigint not null,
    order_id   bigint not null,
    payable_no smallint not null,
    amount     bigint not null,
    paid       bigint not null default 0,
    due_at     timestamptz,
    opens_at   timestamptz,              -- not to be paid before
    kept       text not null default '', -- until when the seller keeps it if the buyer withdraws
    primary key (tenant_id, order_id, payable_no),
    -- Never, until everything is paid, or until it ships.
    constraint payable_kept check (kept in ('', 'until_paid', 'until_shipped')),
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

create view orders.inv_charges with (security_invoker = true) as
select tenant_id, order_id, line_id, l.charged, c.payable
  from (select tenant_id, order_id, line_id, charged from orders.line where charged > 0) l
  full join (select tenant_id, order_id, line_id, sum(payable) as payable from orders.charge group by 1, 2, 3 having sum(payable) > 0) c
       using (tenant_id, order_id, line_id)
 where l.charged is distinct from c.payable;
comment on view orders.inv_charges is 'What a line is charged is the sum of its charges.';

create view orders.inv_claims_held with (security_invoker = true) as
select c.tenant_id, c.order_id, c.account, c.held, c.used, h.amount, h.posted, h.voided
  from (select tenant_id, order_id, account, coalesce(sum(amount - given_back) filter (where not used), 0) as held,
               bool_or(used and amount > given_back) as used
          from orders.claim group by 1, 2, 3) c
  join orders.placed o using (tenant_id, order_id)
  left join ledger.hold h
         on h.tenant_id = c.tenant_id and h.group_id = c.order_id and h.hold_id = ledger.account_id(c.account)
 where o.device_id is null and (h.hold_id is null or h.amount - h.posted - h.voided <> c.held or c.used and h.posted = 0);
comment on view orders.inv_claims_held is 'What an order claims is held in the book, once of each account, until it is used or given back.';

create view orders.inv_withheld with (security_invoker = true) as
select w.tenant_id, w.order_id, w.line_no, w.rule, w.funder, w.payable, o.status
  from (select tenant_id, order_id, line_no, kind, rule, funder, sum(payable) as payable, sum(amount) as amount, sum(tax) as tax
          from orders.withheld group by 1, 2, 3, 4, 5, 6) w
  left join orders.placed o using (tenant_id, order_id)
 where o.order_id is null or w.payable < 0 or w.amount < 0 or w.tax < 0
    or w.kind = 'requalify' and w.payable <> 0 and o.units_canceled + o.units_returned = o.units;
comment on view orders.inv_withheld is 'No more goes back than was withheld, and once no unit stays no discount is withheld any more.';

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
select kernel.isolate('orders.charge');
select kernel.isolate('orders.claim');
select kernel.isolate('orders.payable');
select kernel.isolate('orders.withheld');
grant select, insert, update on all tables in schema orders to jiutong_app;
revoke update on orders.withheld from jiutong_app;
