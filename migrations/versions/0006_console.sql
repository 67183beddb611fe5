-- Screens for people: what they prefer, where they are signed in, views they keep, and an audit log read by time.
alter table access.staff add column preferences json not null default '{}';
alter table access.session
    add column seen_at timestamptz,
    add column address text not null default '',
    add column agent text not null default '';
alter table access.app_key add column used_at timestamptz;

create table access.view (
    tenant_id bigint not null,
    view_id   bigint not null,
    owner     text not null, -- the actor it belongs to, e.g. staff:3
    list      text not null, -- the list it is a view of
    name      text not null,
    query     text not null, -- the list's address after the question mark
    columns   text[] not null, -- in order; empty for the list's own choice
    roles     text[] not null, -- who sees it besides its owner
    revision  bigint not null default 1, -- the ETag: whoever changes the row names the one they read
    primary key (tenant_id, view_id)
);
create index view_of_list on access.view (tenant_id, list, name, view_id);
comment on table access.view is 'A list as somebody keeps it: filters, order and columns under a name, alone or for a role.';

select kernel.isolate('access.view');
grant select, insert, update, delete on access.view to jiutong_app;

create index event_at on kernel.event (tenant_id, at, event_id);

-- The rare ends of orders are counted without a look at the common ones.
create index placed_ended on orders.placed (tenant_id, status, order_id) where status in ('returned', 'canceled', 'expired');
