-- pricing 价格通: price lists of immutable price rows, and tax rates.
create schema pricing;
grant usage on schema pricing to jiutong_app;

create table pricing.price_list (
    tenant_id  bigint not null,
    list_id    bigint not null,
    code       text not null,
    name       text not null,
    kind       text not null,
    channel_id bigint,
    store_id   bigint,
    currency   text not null,
    status     text not null default 'active',
    region     text,
    group_id   bigint,
    company_id bigint,
    role       text not null default 'sale',
    basis      text not null default 'line',
    approval   boolean not null default false,
    seller_id  bigint,
    margin_bp  integer, -- of what goods sell for, the least that must be left over what they cost here
    primary key (tenant_id, list_id),
    -- Files name a price list by its code.
    constraint price_list_code_once unique (tenant_id, code),
    -- A list is for one of them, and says which.
    constraint price_list_kind check (
        (kind = 'base' and num_nonnulls(channel_id, store_id, region, group_id, company_id, seller_id) = 0)
        or (num_nonnulls(channel_id, store_id, region, group_id, company_id, seller_id) = 1
            and ((kind = 'channel' and channel_id is not null) or (kind = 'store' and store_id is not null)
                 or (kind = 'region' and region is not null) or (kind = 'group' and group_id is not null)
                 or (kind = 'contract' and company_id is not null) or (kind = 'seller' and seller_id is not null)))),
    -- What it sells for, the least it may come to, or what it costs the seller.
    constraint price_list_role check (role in ('sale', 'floor', 'cost')),
    -- Goods cost by whose they are and where they lie, never by who buys; and nobody sells at a seller's price of its own.
    constraint price_list_cost check (case when role = 'cost' then kind not in ('group', 'contract') else kind <> 'seller' end),
    -- A margin is told against what goods cost; all of a price it cannot be.
    constraint price_list_margin check (margin_bp is null or (role = 'cost' and margin_bp between 0 and 9999)),
    -- What counts toward a quantity break.
    constraint price_list_basis check (basis in ('line', 'sku', 'group', 'period')),
    -- Used or not.
    constraint price_list_status check (status in ('active', 'withdrawn'))
);

create table pricing.price (
    tenant_id    bigint not null,
    price_id     bigint not null,
    list_id      bigint not null,
    sku_id       bigint not null,
    min_quantity bigint not null default 1, -- base units of the line from which this price holds
    amount       bigint not null,           -- minor units per `per` base units
    per          bigint not null default 1,
    valid_from   timestamptz not null,
    valid_to     timestamptz not null default 'infinity',
    off_bp       integer,                  -- off the base price, in place of an amount
    mix          text not null default '', -- SKUs of a list with one mix count together
    quota        bigint,                   -- base units it is good for altogether
    primary key (tenant_id, price_id),
    -- Prices are not negative; quantities are positive.
    constraint price_amounts check (amount >= 0 and per > 0 and min_quantity > 0),
    -- An amount, or so much off the base price.
    constraint price_off check (off_bp is null or (off_bp between 1 and 10000 and amount = 0)),
    -- A quota lets something through.
    constraint price_quota check (quota > 0),
    -- Half open: the end is not part of it.
    constraint price_window check (valid_from < valid_to),
    -- One price per key at any instant: two rows never overlap in time. The SKU first: the planner may look up prices here.
    constraint price_no_overlap exclude using gist (
        tenant_id with =, sku_id with =, list_id with =, min_quantity with =, tstzrange(valid_from, valid_to) with &&),
    -- A list of its own tenant.
    constraint price_in_list foreign key (tenant_id, list_id) references pricing.price_list
);
create index price_of_sku on pricing.price (tenant_id, sku_id);
create index price_of_list on pricing.price (tenant_id, list_id, sku_id);
comment on table pricing.price is 'A price row that has begun is immutable but for its end; a change is a new row that starts where the old one ends.';

create table pricing.tax_rate (
    tenant_id  bigint not null,
    seller_id  bigint not null,
    tax_class  text not null,
    rate_bp    integer not null, -- basis points: 1300 is 13 %
    valid_from timestamptz not null,
    primary key (tenant_id, seller_id, tax_class, valid_from),
    -- Between nothing and everything.
    constraint tax_rate_range check (rate_bp between 0 and 10000)
);

create table pricing.category_price (
    tenant_id    bigint not null,
    price_id     bigint not null,
    list_id      bigint not null,
    category     text not null, -- its code
    min_quantity bigint not null default 1,
    off_bp       integer not null, -- off the base price of each SKU in the category
    valid_from   timestamptz not null,
    valid_to     timestamptz not null default 'infinity',
    primary key (tenant_id, price_id),
    -- Something off, at most everything; quantities are positive.
    constraint category_price_off check (off_bp between 1 and 10000 and min_quantity > 0),
    -- Half open: the end is not part of it.
    constraint category_price_window check (valid_from < valid_to),
    -- One rate per key at any instant.
    constraint category_price_no_overlap exclude using gist (
        tenant_id with =, list_id with =, category with =, min_quantity with =, tstzrange(valid_from, valid_to) with &&),
    -- A list of its own tenant.
    constraint category_price_in_list foreign key (tenant_id, list_id) references pricing.price_list
);
comment on table pricing.category_price is 'What a contract takes off the base price of a whole category. A row that has begun is immutable but for its end.';

create table pricing.proposal (
    tenant_id   bigint not null,
    proposal_id bigint not null,
    list_id     bigint not null,
    note        text not null default '',
    status      text not null default 'proposed',
    made_by     text not null,
    made_at     timestamptz not null,
    decided_by  text,
    decided_at  timestamptz,
    reason      text not null default '',
    primary key (tenant_id, proposal_id),
    -- From a draft to a decision.
    constraint proposal_status check (status in ('draft', 'proposed', 'approved', 'rejected', 'withdrawn')),
    -- Four eyes: whoever proposed it decides nothing but to take it back.
    constraint proposal_four_eyes check (status not in ('approved', 'rejected') or decided_by <> made_by),
    -- A decision has somebody who took it; a rejection a reason.
    constraint proposal_decided check (
        (status in ('draft', 'proposed')) = (decided_by is null) and (status <> 'rejected' or reason <> '')),
    -- A list of its own tenant.
    constraint proposal_in_list foreign key (tenant_id, list_id) references pricing.price_list
);
create index proposal_by_status on pricing.proposal (tenant_id, status, proposal_id);
create index proposal_of_list on pricing.proposal (tenant_id, list_id, proposal_id);

create table pricing.proposal_line (
    tenant_id    bigint not null,
    proposal_id  bigint not null,
    line_no      integer not null,
    sku_id       bigint,
    category     text,
    ends         bigint, -- the price that is to hold no longer
    min_quantity bigint not null default 1,
    amount       bigint not null default 0,
    per          bigint not null default 1,
    off_bp       integer,
    mix          text not null default '',
    quota        bigint,
    valid_from   timestamptz, -- null: when it is approved
    valid_to     timestamptz not null default 'infinity',
    primary key (tenant_id, proposal_id, line_no),
    -- A line is about one thing.
    constraint proposal_line_about check (num_nonnulls(sku_id, category, ends) = 1),
    -- Its proposal.
    constraint proposal_line_of foreign key (tenant_id, proposal_id) references pricing.proposal
);

create table pricing.negotiation (
    tenant_id      bigint not null,
    negotiation_id bigint not null,
    company_id     bigint not null,
    channel_id     bigint not null,
    currency       text not null,
    title          text not null default '',
    status         text not null default 'asked',
    expires_at     timestamptz not null,
    valid_to       timestamptz not null default 'infinity', -- until when the agreed prices hold
    capped         boolean not null default false,          -- whether they hold for the agreed quantity only
    opened_by      text not null,
    opened_at      timestamptz not null,
    changed_at     timestamptz not null,
    list_id        bigint, -- where the agreed prices went
    revision       bigint not null default 1, -- the ETag: whoever answers names what they read
    primary key (tenant_id, negotiation_id),
    -- Whose turn it is, or how it ended; expiry is read off the clock.
    constraint negotiation_status check (status in ('asked', 'offered', 'accepted', 'declined', 'withdrawn')),
    -- What was agreed is in a list.
    constraint negotiation_agreed check ((status = 'accepted') = (list_id is not null)),
    -- A list of its own tenant.
    constraint negotiation_list foreign key (tenant_id, list_id) references pricing.price_list
);
create index negotiation_by_status on pricing.negotiation (tenant_id, status, negotiation_id);
create index negotiation_of_company on pricing.negotiation (tenant_id, company_id, negotiation_id);

create table pricing.negotiation_line (
    tenant_id      bigint not null,
    negotiation_id bigint not null,
    line_no        integer not null,
    sku_id         bigint not null,
    quantity       bigint not null,
    per            bigint not null default 1,
    asked          bigint, -- minor units per `per` the buyer said last
    offered        bigint, -- and the seller
    primary key (tenant_id, negotiation_id, line_no),
    -- Something is asked for, at no negative price.
    constraint negotiation_line_amounts check (quantity > 0 and per > 0 and asked >= 0 and offered >= 0),
    -- Its negotiation.
    constraint negotiation_line_of foreign key (tenant_id, negotiation_id) references pricing.negotiation
);

create table pricing.negotiation_message (
    tenant_id      bigint not null,
    message_id     bigint not null,
    negotiation_id bigint not null,
    side           text not null,
    act            text not null,
    actor          text not null,
    at             timestamptz not null,
    text           text not null default '',
    line_nos       integer[] not null default '{}', -- the lines it names a price for
    amounts        bigint[] not null default '{}',
    primary key (tenant_id, message_id),
    -- Two sides talk.
    constraint negotiation_message_side check (side in ('buyer', 'seller')),
    -- What was done by it.
    constraint negotiation_message_act check (act in ('asked', 'offered', 'said', 'accepted', 'declined', 'withdrawn')),
    -- Its negotiation.
    constraint negotiation_message_of foreign key (tenant_id, negotiation_id) references pricing.negotiation
);
create index message_of_negotiation on pricing.negotiation_message (tenant_id, negotiation_id, message_id);
comment on table pricing.negotiation_message is 'Append only: what was said and offered, by whom, in order.';

select kernel.isolate('pricing.price_list');
select kernel.isolate('pricing.price');
select kernel.isolate('pricing.tax_rate');
select kernel.isolate('pricing.category_price');
select kernel.isolate('pricing.proposal');
select kernel.isolate('pricing.proposal_line');
select kernel.isolate('pricing.negotiation');
select kernel.isolate('pricing.negotiation_line');
select kernel.isolate('pricing.negotiation_message');
grant select, insert, update on pricing.price_list, pricing.price, pricing.tax_rate to jiutong_app;
grant select, insert, update, delete on pricing.category_price to jiutong_app;
grant select, insert, update on pricing.proposal, pricing.negotiation, pricing.negotiation_line to jiutong_app;
grant select, insert on pricing.proposal_line, pricing.negotiation_message to jiutong_app;
-- A price that has not begun can be taken back.
grant delete on pricing.price to jiutong_app;

create view pricing.inv_proposal_four_eyes with (security_invoker = true) as
select p.tenant_id, p.proposal_id, p.made_by, p.decided_by
  from pricing.proposal p
 where p.status = 'approved' and (p.decided_by is null or p.decided_by = p.made_by);
comment on view pricing.inv_proposal_four_eyes is 'Every approved price change was approved by somebody else than the one who proposed it.';
create view pricing.inv_negotiation_agreed with (security_invoker = true) as
select n.tenant_id, n.negotiation_id, l.line_no
  from pricing.negotiation n
  join pricing.negotiation_line l on l.tenant_id = n.tenant_id and l.negotiation_id = n.negotiation_id
  join pricing.price_list p on p.tenant_id = n.tenant_id and p.list_id = n.list_id
 where n.status = 'accepted' and (p.company_id <> n.company_id or (l.offered is null and l.asked is null));
comment on view pricing.inv_negotiation_agreed is 'What was agreed lies in a contract of the company it was agreed with, at a price somebody named.';
grant select on pricing.inv_proposal_four_eyes, pricing.inv_negotiation_agreed to jiutong_app;
