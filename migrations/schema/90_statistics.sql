-- What the planner cannot know of tables nobody has analyzed yet: a tenant's rows are all the rows it will see.
-- Without this it takes one row in two hundred for a tenant's, and drives joins from the wrong side until the first analyze.
-- Analyze replaces it by what it finds. (PostgreSQL 18 and later; earlier ones wait for their first analyze.)
do $$
declare
    key record;
begin
    if current_setting('server_version_num')::integer < 180000 then
        return;
    end if;
    for key in
        select n.nspname, c.relname
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relkind = 'r'
           and n.nspname in ('kernel', 'ledger', 'access', 'catalog', 'inventory', 'pricing', 'member', 'orders', 'payment', 'fulfillment', 'care')
    loop
        perform pg_restore_attribute_stats(
            'schemaname', key.nspname::text, 'relname', key.relname::text, 'attname', 'tenant_id', 'inherited', false,
            'null_frac', 0::real, 'avg_width', 8, 'n_distinct', 1::real);
    end loop;
end $$;
