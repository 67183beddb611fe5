-- kernel: tenants, ids, idempotency, the event log and stamps.
-- The application connects as jiutong_app: it owns nothing, and row-level security is forced on every tenant table.
create schema kernel;
grant usage on schema kernel to jiutong_app;
create extension if not exists btree_gist;

-- No tenant set, no rows. The setting is read once per statement (a plain subselect), not once per row.
create function kernel.isolate(t regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('create policy own_tenant on %s using (tenant_id = (select nullif(current_setting(''app.tenant'', true), '''')::bigint))', t);
end $$;
revoke execute on function kernel.isolate(regclass) from public;

create sequence kernel.id_block start 1;
grant usage on sequence kernel.id_block to jiutong_app;

create table kernel.tenant (
    tenant_id  bigint primary key,
    code       text not null,
    name       text not null,
    created_at timestamptz not null,
    -- A tenant is addressed by its code in URLs and keys.
    constraint tenant_code_once unique (code)
);

create table kernel.idempotency (
    tenant_id   bigint not null,
    key         bytea not null,
    fingerprint bytea not null,
    answer      bytea not null,
    flow        text not null,
    at          timestamptz not null,
    -- One key, one effect: the answer is written in the transaction of the effect.
    constraint idempotency_key_once primary key (tenant_id, key)
) with (toast_tuple_target = 4080); -- an answer of some thousand bytes is written as it is: pressing it costs more than its bytes
create index idempotency_at on kernel.idempotency using brin (at);

create table kernel.event (
    tenant_id  bigint not null,
    event_id   bigint not null,
    type       text not null,
    subject_id bigint not null,
    actor      text not null,
    flow       text not null,
    at         timestamptz not null,
    facts      json not null,
    primary key (tenant_id, event_id)
);
create index event_of_subject on kernel.event (tenant_id, subject_id, event_id);
-- Ids of several processes interleave: the audit log is read in the order of time.
create index event_at on kernel.event (tenant_id, at, event_id);
comment on table kernel.event is 'Append only: outbox, audit log and timeline in one.';

create table kernel.stamp (
    tenant_id bigint not null,
    topic     text not null,
    key       bigint not null,
    revision  bigint not null,
    primary key (tenant_id, topic, key)
) with (fillfactor = 80);

select kernel.isolate('kernel.tenant');
select kernel.isolate('kernel.idempotency');
select kernel.isolate('kernel.event');
select kernel.isolate('kernel.stamp');

grant select on kernel.tenant to jiutong_app;
grant select, insert, delete on kernel.idempotency to jiutong_app;
grant select, insert on kernel.event to jiutong_app;
grant select, insert, update on kernel.stamp to jiutong_app;
