-- jobs: what has to be done after a commit, written with it. Not a room: kernel machinery (docs/adr/0013-jobs.md).
create table kernel.job (
    tenant_id  bigint      not null,
    job_id     bigint      not null,
    kind       text        not null,
    subject_id bigint      not null,
    facts      json        not null,
    run_at     timestamptz not null,           -- when it may run; while it runs, when its lease ends
    attempts   integer     not null default 0, -- how often it was begun
    dead       boolean     not null default false,
    trouble    text        not null default '', -- why it did not succeed the last time
    primary key (tenant_id, job_id)
) with (fillfactor = 70);
-- A worker whose lease ended is taken for dead, and the job is simply due again: no reaper is needed.
create index job_due on kernel.job (tenant_id, run_at, job_id) where not dead;
create index job_dead on kernel.job (tenant_id, job_id) where dead;
comment on table kernel.job is 'Work still to be done. What is done is deleted: the event log says that it happened.';

-- A worker serves every tenant, so it must learn whom there is: saying so shows the list of tenants, and no row of theirs.
create policy tenant_listed on kernel.tenant for select using ((select current_setting('app.every_tenant', true)) = 'on');

select kernel.isolate('kernel.job');
grant select, insert, update, delete on kernel.job to jiutong_app;
