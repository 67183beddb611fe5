-- freight and fees: what is asked besides the goods, as immutable versions.
create table fulfillment.tariff (
    tenant_id    bigint not null,
    tariff_id    bigint not null,
    kind         text   not null,
    code         text   not null,
    version      integer not null,
    state        text   not null,
    seller_id    bigint not null,
    channel_ids  bigint[] not null, -- a template's: where it is the default (0 is everywhere); a fee's: where it is asked (none: everywhere)
    terms        json   not null,   -- as its author wrote them
    written_by   text   not null,
    written_at   timestamptz not null,
    published_at timestamptz,
    ended_at     timestamptz,
    primary key (tenant_id, tariff_id),
    -- Charges name a version by code and number.
    constraint tariff_version_once unique (tenant_id, kind, code, version),
    -- A freight template or a fee.
    constraint tariff_kind check (kind in ('freight', 'fee')),
    -- draft -> published -> ended, each at an instant.
    constraint tariff_state check (
        (state = 'draft' and published_at is null and ended_at is null)
        or (state = 'published' and published_at is not null and ended_at is null)
        or (state = 'ended' and ended_at >= published_at))
);
-- One draft is worked on at a time.
create unique index tariff_drafted on fulfillment.tariff (tenant_id, kind, code) where state = 'draft';
-- One version is in force at a time.
create unique index tariff_in_force on fulfillment.tariff (tenant_id, kind, code) where state = 'published';
comment on table fulfillment.tariff is 'A version that was published keeps its terms; a change is a new version.';

create view fulfillment.inv_default_once with (security_invoker = true) as
select t.tenant_id, t.seller_id, c.channel_id, t.terms ->> 'currency' as currency, count(*) as templates
  from fulfillment.tariff t cross join unnest(t.channel_ids) as c(channel_id)
 where t.kind = 'freight' and t.state = 'published'
 group by t.tenant_id, t.seller_id, c.channel_id, t.terms ->> 'currency'
having count(*) > 1;
comment on view fulfillment.inv_default_once is 'A channel has one freight template by default per seller and currency.';

select kernel.isolate('fulfillment.tariff');
grant select, insert, update on fulfillment.tariff to jiutong_app;
grant select on fulfillment.inv_default_once to jiutong_app;
