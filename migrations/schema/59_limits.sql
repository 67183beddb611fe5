-- Gates: what stands between a buyer and the goods - purchase limits 限购, restrictions 限售, flash sales 秒杀, reservations 预约 -
-- in immutable versions; the certificates restrictions ask for; who signed up for the right to buy. What was taken is in the ledger.
create table promotion.gate (
    tenant_id bigint not null,
    gate_id   bigint not null,
    kind      text   not null,
    code      text   not null,
    drawn_at  timestamptz, -- when the rights of a reservation were drawn
    draw_seed text,        -- with which anybody can draw them again
    primary key (tenant_id, gate_id),
    -- What was taken is counted under the code, whatever its version.
    constraint gate_code_once unique (tenant_id, code),
    -- The kinds there are.
    constraint gate_kind check (kind in ('limit', 'restriction', 'flash_sale', 'reservation')),
    -- A draw can be checked.
    constraint gate_drawn check ((drawn_at is null) = (draw_seed is null))
);

create table promotion.gate_version (
    tenant_id    bigint      not null,
    gate_id      bigint      not null,
    version      integer     not null,
    state        text        not null,
    name         text        not null,
    begins_at    timestamptz not null,
    ends_at      timestamptz not null, -- just before; infinity for no end
    body         json        not null, -- the whole of it, as its kind says
    channel_ids  json        not null, -- where it stands; everywhere if none is named
    sku_ids      json        not null, -- of the SKUs its body names, in their order
    made_by      text        not null,
    made_at      timestamptz not null,
    published_at timestamptz,
    ended_at     timestamptz,
    primary key (tenant_id, gate_id, version),
    -- A version of its own tenant's gate.
    constraint gate_version_gate foreign key (tenant_id, gate_id) references promotion.gate,
    -- Drafted, in force, and over for good.
    constraint gate_version_state check (state in ('draft', 'published', 'ended')),
    -- Half open: the end is not part of it.
    constraint gate_version_window check (begins_at < ends_at)
);
-- One version is in force.
create unique index gate_version_published_once on promotion.gate_version (tenant_id, gate_id) where state = 'published';
-- There is one draft of a gate.
create unique index gate_version_drafted_once on promotion.gate_version (tenant_id, gate_id) where state = 'draft';
create index gate_version_by_time on promotion.gate_version (tenant_id, begins_at, gate_id);

create table promotion.certificate (
    tenant_id  bigint not null,
    holder     text   not null, -- member or company
    holder_id  bigint not null,
    code       text   not null, -- what it certifies, as restrictions name it: real_name, adult, medical_devices
    number     text   not null default '',
    valid_from timestamptz not null,
    valid_to   timestamptz not null,
    put_by     text   not null,
    put_at     timestamptz not null,
    primary key (tenant_id, holder, holder_id, code),
    -- Who can be certified.
    constraint certificate_holder check (holder in ('member', 'company')),
    -- Half open: the end is not part of it.
    constraint certificate_window check (valid_from < valid_to)
);
create index certificate_by_end on promotion.certificate (tenant_id, valid_to, holder_id);

create table promotion.signup (
    tenant_id  bigint not null,
    gate_id    bigint not null,
    member_id  bigint not null,
    state      text   not null,
    signed_at  timestamptz not null,
    decided_at timestamptz,
    -- Nobody signs up twice.
    constraint signup_once primary key (tenant_id, gate_id, member_id),
    -- For a reservation of its own tenant.
    constraint signup_gate foreign key (tenant_id, gate_id) references promotion.gate,
    -- Who waits for the draw has not been decided on.
    constraint signup_state check (state in ('waiting', 'granted', 'lost') and (state = 'waiting') = (decided_at is null))
);
create index signup_of_member on promotion.signup (tenant_id, member_id, gate_id);

create view promotion.inv_right_signup with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code from ledger.account a
 where a.code like 'right:%' and (a.posted <> 0 or a.held <> 0)
   and not exists (select from promotion.gate g join promotion.signup s on s.tenant_id = g.tenant_id and s.gate_id = g.gate_id
                    where g.tenant_id = a.tenant_id and s.state = 'granted' and a.code = 'right:' || g.code || ':' || s.member_id);
comment on view promotion.inv_right_signup is 'Every right to buy was granted to somebody who had signed up for it.';

create view promotion.inv_right_granted with (security_invoker = true) as
select s.tenant_id, s.gate_id, s.member_id from promotion.signup s
  join promotion.gate g on g.tenant_id = s.tenant_id and g.gate_id = s.gate_id
 where s.state = 'granted'
   and not exists (select from ledger.account a where a.tenant_id = s.tenant_id and a.code = 'right:' || g.code || ':' || s.member_id);
comment on view promotion.inv_right_granted is 'Everybody a right to buy was granted to has it.';

create view promotion.inv_gate_taken with (security_invoker = true) as
select a.tenant_id, a.account_id, a.code, a.floor, a.posted - a.held as left_over from ledger.account a
 where a.code ~ '^(limit|quota|signups):' and a.posted - a.held < least(a.floor, 0);
comment on view promotion.inv_gate_taken is 'Nobody took more than a limit, an allotment or a cap allows.';

grant select on promotion.inv_right_signup, promotion.inv_right_granted, promotion.inv_gate_taken to jiutong_app;

select kernel.isolate('promotion.gate');
select kernel.isolate('promotion.gate_version');
select kernel.isolate('promotion.certificate');
select kernel.isolate('promotion.signup');
grant select, insert, update on promotion.gate to jiutong_app;
grant select, insert, update on promotion.gate_version to jiutong_app;
grant select, insert, update, delete on promotion.certificate to jiutong_app;
grant select, insert, update, delete on promotion.signup to jiutong_app;
