"""What there is of a tenant: how many rows of each kind, and what all its accounts and orders come to."""

from collections import Counter

from tests.book import NOON

from jiutong.kernel.db import Database


async def footprint(database: Database, tenant_id: int) -> Counter[str]:
    """Every count and sum a command may leave behind it, by name. Two commands alike leave the same behind them."""
    async with database.reading(tenant_id, NOON) as tx:
        tables = [(str(row["name"]), str(row["columns"])) for row in await tx.fetch(_TABLES)]
        counts = " union all ".join(
            f"select '{name}' as name, {columns} as amount from {name} where tenant_id = $1" for name, columns in tables
        )
        rows = [*await tx.fetch(counts), *await tx.fetch(_SUMS)]
    return Counter({str(row["name"]): int(row["amount"]) for row in rows if row["amount"]})


_TABLES = """
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name, 'count(*)' as columns
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r' and $1 > 0
   and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
   and has_table_privilege(c.oid, 'select')
 order by 1
"""
_SUMS = """
select 'posted ' || split_part(code, ':', 1) as name, sum(posted)::bigint as amount from ledger.account where tenant_id = $1 group by 1
union all
select 'held ' || split_part(code, ':', 1), sum(held)::bigint from ledger.account where tenant_id = $1 group by 1
union all
select 'moved by ' || e.rule, sum(x.amount)::bigint
  from ledger.entry e join ledger.transfer x on x.tenant_id = e.tenant_id and x.entry_id = e.entry_id where e.tenant_id = $1 group by 1
union all
select 'event ' || type, count(*) from kernel.event where tenant_id = $1 group by 1
union all
select 'answer ' || flow, count(*) from kernel.idempotency where tenant_id = $1 group by 1
union all
select 'order ' || status, count(*) from orders.placed where tenant_id = $1 group by 1
union all
select s.name, s.amount
  from (select sum(total)::bigint as total, sum(paid)::bigint as paid, sum(refunded)::bigint as refunded, sum(canceled)::bigint as canceled,
               sum(returned)::bigint as returned, sum(units_shipped)::bigint as shipped, sum(revision)::bigint as revision
          from orders.placed where tenant_id = $1) o
 cross join lateral (values ('total', o.total), ('paid', o.paid), ('refunded', o.refunded), ('canceled', o.canceled),
                            ('returned', o.returned), ('shipped', o.shipped), ('revision', o.revision)) as s(name, amount)
union all
select 'tender ' || state, sum(amount)::bigint from payment.tender where tenant_id = $1 group by 1
union all
select 'refund ' || state, sum(amount)::bigint from payment.refund where tenant_id = $1 group by 1
"""
