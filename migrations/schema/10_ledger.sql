-- ledger 台账: the only thing that counts. Hot tables: no foreign keys (verify checks them), few indexes.
create schema ledger;
grant usage on schema ledger to jiutong_app;

-- The id of the account with a code, as the kernel reckons it too. Inlined by the planner: no call remains.
create function ledger.account_id(code text) returns bigint language sql immutable parallel safe
return ('x' || substr(md5(code), 1, 16))::bit(64)::bigint;

create table ledger.account (
    tenant_id  bigint  not null,
    account_id bigint  not null, -- ledger.account_id(code): see inv_account_code
    code       text    not null,
    unit       text    not null,
    floor      bigint,
    tracked    boolean not null,
    posted     bigint  not null default 0,
    held       bigint  not null default 0,
    primary key (tenant_id, account_id),
    -- Nothing is taken that is not there: the database itself refuses to oversell. A floor above zero (safety) is kept by whoever
    -- takes; an account may stand below it until enough has come in.
    constraint account_floor check (floor is null or posted - held >= least(floor, 0)),
    -- Only what was held can be given back.
    constraint account_held check (held >= 0),
    -- The world outside keeps no balance.
    constraint account_untracked check (tracked or (posted = 0 and held = 0))
) with (fillfactor = 50); -- room for the new version of every row of a page: no update touches an index
-- The trial balance opens money accounts by code; stock accounts are found through inventory.stock.
create index account_money on ledger.account (tenant_id, code text_pattern_ops) where code not like 'stock:%';

create table ledger.entry (
    tenant_id  bigint not null,
    entry_id   bigint not null, -- the id of the business fact: a fact is booked at most once
    rule       text not null,
    subject_id bigint not null,
    reverses   bigint,
    at         timestamptz not null,
    primary key (tenant_id, entry_id)
);
create index entry_of_subject on ledger.entry (tenant_id, subject_id);
create index entry_at on ledger.entry using brin (at);
-- An entry is undone at most once.
create unique index entry_reversed_once on ledger.entry (tenant_id, reverses) where reverses is not null;
comment on table ledger.entry is 'Append only: facts that moved something, each booked once; undone by an opposite, never changed.';

create table ledger.transfer (
    tenant_id    bigint   not null,
    entry_id     bigint   not null,
    transfer_no  smallint not null,
    from_account bigint   not null,
    to_account   bigint   not null,
    amount       bigint   not null,
    primary key (tenant_id, entry_id, transfer_no),
    -- A transfer has a direction; its amount has no sign.
    constraint transfer_amount check (amount > 0),
    -- Moving to itself moves nothing.
    constraint transfer_moves check (from_account <> to_account)
);
create index transfer_from on ledger.transfer (tenant_id, from_account, entry_id);
create index transfer_to on ledger.transfer (tenant_id, to_account, entry_id);
comment on table ledger.transfer is 'Append only: what each fact moved, from one account to another.';

create table ledger.hold (
    tenant_id     bigint not null,
    group_id      bigint not null,
    hold_id       bigint not null,
    account_id    bigint not null,
    to_account_id bigint not null,
    amount        bigint not null,
    posted        bigint not null default 0,
    voided        bigint not null default 0,
    expires_at    timestamptz,
    primary key (tenant_id, group_id, hold_id),
    -- A hold is for something.
    constraint hold_amount check (amount > 0),
    -- A hold is used up at most once: posted and given back never exceed it.
    constraint hold_open check (posted >= 0 and voided >= 0 and posted + voided <= amount)
);
create index hold_due on ledger.hold (tenant_id, expires_at) where expires_at is not null and posted + voided < amount;

create view ledger.inv_account_code with (security_invoker = true) as
select tenant_id, account_id, code from ledger.account
 where account_id <> ledger.account_id(code);
comment on view ledger.inv_account_code is 'An account id is the first 64 bits of the md5 of its code.';

create view ledger.inv_account_posted with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code, a.posted, coalesce(s.moved, 0) as moved
  from ledger.account a
  full join (select tenant_id, account_id, sum(moved)::bigint as moved
               from (select tenant_id, from_account as account_id, -amount as moved from ledger.transfer
                     union all select tenant_id, to_account, amount from ledger.transfer) m
              group by tenant_id, account_id) s using (tenant_id, account_id)
 where a.account_id is null or (a.tracked and a.posted <> coalesce(s.moved, 0));
comment on view ledger.inv_account_posted is 'What an account shows as posted is the sum of its transfers; every transfer names accounts that exist.';

create view ledger.inv_account_held with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code, a.held, coalesce(h.open, 0) as open
  from ledger.account a
  full join (select tenant_id, account_id, sum(amount - posted - voided)::bigint as open
               from ledger.hold group by tenant_id, account_id) h using (tenant_id, account_id)
 where a.account_id is null or a.held <> coalesce(h.open, 0);
comment on view ledger.inv_account_held is 'What an account shows as held is the sum of its open holds.';

create view ledger.inv_transfer_entry with (security_invoker = true) as
select x.tenant_id, x.entry_id from ledger.transfer x
  left join ledger.entry e on e.tenant_id = x.tenant_id and e.entry_id = x.entry_id where e.entry_id is null;
comment on view ledger.inv_transfer_entry is 'Every transfer belongs to an entry that says why.';

create view ledger.inv_transfer_unit with (security_invoker = true) as
select x.tenant_id, x.entry_id, x.transfer_no, f.code as from_code, o.code as to_code
  from ledger.transfer x
  join ledger.account f on f.tenant_id = x.tenant_id and f.account_id = x.from_account
  join ledger.account o on o.tenant_id = x.tenant_id and o.account_id = x.to_account
 where f.unit <> o.unit and f.unit <> 'any' and o.unit <> 'any' or f.unit = 'any' and o.unit = 'any';
comment on view ledger.inv_transfer_unit is 'A transfer moves one unit; only the world outside takes any.';

create view ledger.inv_trial_balance with (security_invoker = true) as
select tenant_id, unit, sum(posted) as off_by from ledger.account
 where unit ~ '^[A-Z]{3}$' group by tenant_id, unit having sum(posted) <> 0;
comment on view ledger.inv_trial_balance is 'Money accounts of one currency sum to zero: nothing appears and nothing is lost.';

select kernel.isolate('ledger.account');
select kernel.isolate('ledger.entry');
select kernel.isolate('ledger.transfer');
select kernel.isolate('ledger.hold');

grant select, insert, update on ledger.account to jiutong_app;
grant select, insert on ledger.entry to jiutong_app;
grant select, insert on ledger.transfer to jiutong_app;
grant select, insert, update on ledger.hold to jiutong_app;
grant select on all tables in schema ledger to jiutong_app;
