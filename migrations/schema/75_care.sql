-- care 服务通: goods and money that go back.
create schema care;
grant usage on schema care to jiutong_app;

create table care.return_order (
    tenant_id   bigint not null,
    return_id   bigint not null, -- also the ledger entry of what came back
    order_id    bigint not null,
    state       text   not null,
    reason      text   not null,
    refund      bigint not null,
    location_id bigint not null,
    received_at timestamptz not null,
    primary key (tenant_id, return_id),
    -- received: the goods are back and the refund is under way.
    constraint return_order_state check (state in ('received')),
    -- A return gives money back or nothing.
    constraint return_order_refund check (refund >= 0)
);
create index return_order_of_order on care.return_order (tenant_id, order_id);

create table care.return_line (
    tenant_id bigint not null,
    return_id bigint not null,
    line_id   bigint not null,
    quantity  bigint not null,
    refund    bigint not null,
    restock   boolean not null,
    primary key (tenant_id, return_id, line_id),
    -- Something came back.
    constraint return_line_quantity check (quantity > 0 and refund >= 0),
    -- A line of a return of its own tenant.
    constraint return_line_return foreign key (tenant_id, return_id) references care.return_order
);

create view care.inv_returned with (security_invoker = true) as
select l.tenant_id, l.order_id, l.line_id, l.returned, coalesce(r.quantity, 0) as in_returns
  from orders.line l
  left join (select tenant_id, line_id, sum(quantity) as quantity from care.return_line group by 1, 2) r
       on r.tenant_id = l.tenant_id and r.line_id = l.line_id
 where l.returned <> coalesce(r.quantity, 0);
comment on view care.inv_returned is 'What a line shows as returned is what came back in returns.';

select kernel.isolate('care.return_order');
select kernel.isolate('care.return_line');
grant select, insert, update on all tables in schema care to jiutong_app;
