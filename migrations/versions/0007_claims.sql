-- Orders take scarce things besides goods, and are charged freight and fees.
alter table orders.line add column charged bigint not null default 0; -- its part of freight and fees, with their tax
alter table orders.line drop constraint line_money;
-- A line is never sold below nothing.
alter table orders.line add constraint line_money check (
    gross >= 0 and discount between 0 and gross and tax >= 0 and payable >= gross - discount + charged and charged >= 0) not valid;
alter table orders.line validate constraint line_money;

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
create index claim_of_subject on orders.claim (tenant_id, kind, subject_id, order_id);
comment on table orders.claim is 'What an order takes of scarce things besides its goods.';

create view orders.inv_charges with (security_invoker = true) as
select tenant_id, order_id, line_id, l.charged, c.payable
  from (select tenant_id, order_id, line_id, charged from orders.line where charged > 0) l
  full join (select tenant_id, order_id, line_id, sum(payable) as payable from orders.charge group by 1, 2, 3 having sum(payable) > 0) c
       using (tenant_id, order_id, line_id)
 where l.charged is distinct from c.payable;
comment on view orders.inv_charges is 'What a line is charged is the sum of its charges.';

create view orders.inv_claims_held with (security_invoker = true) as
select c.tenant_id, c.order_id, c.claim_id, c.kind, c.amount, c.used, c.given_back, h.posted, h.voided
  from orders.claim c
  join orders.placed o using (tenant_id, order_id)
  left join ledger.hold h on h.tenant_id = c.tenant_id and h.group_id = c.order_id and h.hold_id = c.claim_id
 where o.device_id is null
   and (h.hold_id is null
        or not c.used and h.amount - h.posted - h.voided <> c.amount - c.given_back
        or c.used and h.posted = 0 and c.amount > c.given_back);
comment on view orders.inv_claims_held is 'What an order claims is held in the book until it is used or given back.';

select kernel.isolate('orders.charge');
select kernel.isolate('orders.claim');
grant select, insert, update on orders.charge to jiutong_app;
grant select, insert, update on orders.claim to jiutong_app;
grant select, insert, update on orders.inv_charges, orders.inv_claims_held to jiutong_app;
