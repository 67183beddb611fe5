-- Price lists of regions, groups and contracts; approvals; negotiated quotes.

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

select kernel.isolate('member.company');
select kernel.isolate('member.member_group');
select kernel.isolate('member.grouped');
select kernel.isolate('member.buyer');
grant select, insert, update on member.company, member.member_group to jiutong_app;
grant select, insert, update, delete on member.grouped, member.buyer to jiutong_app;

alter table pricing.price_list
    add column region     text,
    add column group_id   bigint,
    add column company_id bigint,
    add column role       text not null default 'sale',
    add column basis      text not null default 'line',
    add column approval   boolean not null default false,
    drop constraint price_list_kind;
alter table pricing.price_list
    -- A list is for one of them, and says which.
    add constraint price_list_kind check (
        (kind = 'base' and num_nonnulls(channel_id, store_id, region, group_id, company_id) = 0)
        or (num_nonnulls(channel_id, store_id, region, group_id, company_id) = 1
            and ((kind = 'channel' and channel_id is not null) or (kind = 'store' and store_id is not null)
                 or (kind = 'region' and region is not null) or (kind = 'group' and group_id is not null)
                 or (kind = 'contract' and company_id is not null)))),
    -- What it sells for, or the least it may come to.
    add constraint price_list_role check (role in ('sale', 'floor')),
    -- What counts toward a quantity break.
    add constraint price_list_basis check (basis in ('line', 'sku', 'group', 'period'));

alter table pricing.price
    add column off_bp integer,                  -- off the base price, in place of an amount
    add column mix    text not null default '', -- SKUs of a list with one mix count together
    add column quota  bigint;                   -- base units it is good for altogether
alter table pricing.price
    -- An amount, or so much off the base price.
    add constraint price_off check (off_bp is null or (off_bp between 1 and 10000 and amount = 0)),
    -- A quota lets something through.
    add constraint price_quota check (quota > 0);

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

select kernel.isolate('pricing.category_price');
select kernel.isolate('pricing.proposal');
select kernel.isolate('pricing.proposal_line');
select kernel.isolate('pricing.negotiation');
select kernel.isolate('pricing.negotiation_line');
select kernel.isolate('pricing.negotiation_message');
grant select, insert, update, delete on pricing.category_price to jiutong_app;
grant select, insert, update on pricing.proposal, pricing.negotiation, pricing.negotiation_line to jiutong_app;
grant select, insert on pricing.proposal_line, pricing.negotiation_message to jiutong_app;

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
