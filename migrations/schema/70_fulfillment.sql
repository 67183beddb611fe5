-- fulfillment: work at one location, and the parcels that leave it.
create schema fulfillment;
grant usage on schema fulfillment to jiutong_app;

create table fulfillment.work (
    tenant_id   bigint not null,
    work_id     bigint not null, -- a fulfillment order
    order_id    bigint not null,
    location_id bigint not null,
    state       text   not null,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    primary key (tenant_id, work_id),
    -- released -> picking -> picked -> shipped, or canceled before it ships.
    constraint work_state check (state in ('released', 'picking', 'picked', 'shipped', 'canceled'))
);
create index work_of_order on fulfillment.work (tenant_id, order_id);
create index work_open on fulfillment.work (tenant_id, location_id, work_id) where state in ('released', 'picking', 'picked');

create table fulfillment.work_line (
    tenant_id bigint not null,
    work_id   bigint not null,
    line_id   bigint not null,
    sku_id    bigint not null,
    quantity  bigint not null,
    picked    bigint not null default 0,
    shipped   bigint not null default 0,
    canceled  bigint not null default 0,
    primary key (tenant_id, work_id, line_id),
    -- Pick what is asked for, ship what is picked.
    constraint work_line_progress check (quantity > 0 and picked between 0 and quantity - canceled and shipped between 0 and picked and canceled >= 0),
    -- A line of work of its own tenant.
    constraint work_line_work foreign key (tenant_id, work_id) references fulfillment.work
);

create table fulfillment.shipment (
    tenant_id    bigint not null,
    shipment_id  bigint not null, -- also the ledger entry of what left
    order_id     bigint not null,
    work_id      bigint not null,
    carrier      text   not null default '',
    tracking_no  text   not null default '',
    shipped_at   timestamptz not null,
    delivered_at timestamptz,
    primary key (tenant_id, shipment_id),
    -- A parcel comes from work of its own tenant.
    constraint shipment_work foreign key (tenant_id, work_id) references fulfillment.work
);
create index shipment_of_order on fulfillment.shipment (tenant_id, order_id);

create table fulfillment.shipment_line (
    tenant_id   bigint not null,
    shipment_id bigint not null,
    line_id     bigint not null,
    quantity    bigint not null,
    primary key (tenant_id, shipment_id, line_id),
    -- A parcel holds something.
    constraint shipment_line_quantity check (quantity > 0),
    -- A line of a parcel of its own tenant.
    constraint shipment_line_shipment foreign key (tenant_id, shipment_id) references fulfillment.shipment
);

create view fulfillment.inv_shipped with (security_invoker = true) as
select l.tenant_id, l.order_id, l.line_id, l.shipped, coalesce(s.quantity, 0) as in_parcels
  from orders.line l
  join orders.placed o on o.tenant_id = l.tenant_id and o.order_id = l.order_id and o.device_id is null
  left join (select tenant_id, line_id, sum(quantity) as quantity from fulfillment.shipment_line group by 1, 2) s
       on s.tenant_id = l.tenant_id and s.line_id = l.line_id
 where l.shipped <> coalesce(s.quantity, 0);
comment on view fulfillment.inv_shipped is 'What a line shows as shipped is what left in parcels (till sales leave with the customer).';

select kernel.isolate('fulfillment.work');
select kernel.isolate('fulfillment.work_line');
select kernel.isolate('fulfillment.shipment');
select kernel.isolate('fulfillment.shipment_line');
grant select, insert, update on all tables in schema fulfillment to jiutong_app;
