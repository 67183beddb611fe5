-- task 任务: work people hand in and watch: sheets of rows to be taken over, and what became of each row.
create schema task;
grant usage on schema task to jiutong_app;

create table task.sheet (
    tenant_id   bigint not null,
    sheet_id    bigint not null,
    kind        text   not null,
    name        text   not null,              -- of the file, as it was handed in
    actor       text   not null,              -- who handed it in, and in whose name its rows are taken over
    columns     json   not null,              -- the headings, from left to right
    mapping     json   not null,              -- what each column means, "" for nothing
    defaults    json   not null default '{}', -- what holds where the file has no such column
    state       text   not null default 'uploaded',
    rows        bigint not null,
    created     bigint not null default 0,
    changed     bigint not null default 0,
    unchanged   bigint not null default 0,
    refused     bigint not null default 0,
    uploaded_at timestamptz not null,
    started_at  timestamptz,
    beat_at     timestamptz,                  -- when rows were last taken over
    finished_at timestamptz,
    primary key (tenant_id, sheet_id),
    -- uploaded -> running -> done; what has not ended can be canceled.
    constraint sheet_state check (state in ('uploaded', 'running', 'done', 'canceled')),
    -- No row is counted twice.
    constraint sheet_counts check (created >= 0 and changed >= 0 and unchanged >= 0 and refused >= 0
                                   and created + changed + unchanged + refused <= rows)
) with (fillfactor = 70);

create table task.sheet_row (
    tenant_id bigint not null,
    sheet_id  bigint not null,
    row_no    bigint not null, -- as the spreadsheet shows it
    cells     json   not null,
    outcome   text,            -- null until it is taken over
    field     text   not null default '',
    code      text   not null default '',
    detail    text   not null default '',
    primary key (tenant_id, sheet_id, row_no),
    -- What became of it; what is refused says by which rule.
    constraint sheet_row_outcome check (outcome in ('created', 'changed', 'unchanged', 'refused') and (outcome = 'refused') = (code <> '')),
    -- A row of a sheet of its own tenant.
    constraint sheet_row_sheet foreign key (tenant_id, sheet_id) references task.sheet
);
create index sheet_row_open on task.sheet_row (tenant_id, sheet_id, row_no) where outcome is null;
create index sheet_row_refused on task.sheet_row (tenant_id, sheet_id, row_no) where outcome = 'refused';

create view task.inv_sheet_counted with (security_invoker = true) as
select s.tenant_id, s.sheet_id, s.state, s.created, s.changed, s.unchanged, s.refused, s.rows, r.told, r.refused as rows_refused, r.all_rows
  from task.sheet s
  left join (select tenant_id, sheet_id, count(outcome) as told, count(*) filter (where outcome = 'refused') as refused, count(*) as all_rows
               from task.sheet_row group by 1, 2) r
       on r.tenant_id = s.tenant_id and r.sheet_id = s.sheet_id
 where s.rows <> coalesce(r.all_rows, 0)
    or s.created + s.changed + s.unchanged + s.refused <> coalesce(r.told, 0)
    or s.refused <> coalesce(r.refused, 0)
    or (s.state = 'done' and s.rows <> coalesce(r.told, 0));
comment on view task.inv_sheet_counted is 'What a sheet counts is what became of its rows; a sheet that is done has told of every row.';

select kernel.isolate('task.sheet');
select kernel.isolate('task.sheet_row');
grant select, insert, update, delete on all tables in schema task to jiutong_app;
