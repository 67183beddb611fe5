"""A database's shape as readable lines, so that two databases can be compared and their difference read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

# What a question may select from: our schemas, relations and functions. Left out are PostgreSQL's own, what extensions bring along,
# and the migrations' account of themselves.
OURS = """
with schemas as (
        select *, nspname as name from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'migration')),
     ours as (
        select c.*, s.name as schema, s.name || '.' || c.relname as name
          from pg_class c join schemas s on s.oid = c.relnamespace
         where not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')),
     functions as (
        select p.*, p.oid::regprocedure::text as name
          from pg_proc p join schemas s on s.oid = p.pronamespace
         where not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))
"""
SHAPE = """
select 'extension', extname, '' from pg_extension
union all
select 'relation', name, concat_ws(' ', relkind, relpersistence, reloptions, 'rls=' || relrowsecurity, 'forced=' || relforcerowsecurity)
  from ours where relkind in ('r', 'p', 'v', 'm', 'S')
union all
select 'column', o.name || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, case when a.attnotnull then 'not null' end,
                 nullif(a.attidentity, ''), nullif(a.attgenerated, ''), pg_get_expr(d.adbin, d.adrelid))
  from ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = o.oid and d.adnum = a.attnum
 where o.relkind in ('r', 'p', 'v', 'm')
union all
select 'constraint', o.name || '.' || k.conname,
       concat_ws(' ', pg_get_constraintdef(k.oid), case when not k.convalidated then 'not valid' end)
  from pg_constraint k join ours o on o.oid = k.conrelid
 where k.contype <> 'n'
union all
select 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i join ours o on o.oid = i.indrelid
union all
select 'policy', o.name || '.' || p.polname,
       concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, o.oid), pg_get_expr(p.polwithcheck, o.oid))
  from pg_policy p join ours o on o.oid = p.polrelid
union all
select 'trigger', o.name || '.' || t.tgname, pg_get_triggerdef(t.oid)
  from pg_trigger t join ours o on o.oid = t.tgrelid where not t.tgisinternal
union all
select 'view', name, pg_get_viewdef(oid) from ours where relkind in ('v', 'm')
union all
select 'sequence', o.name, concat_ws(' ', q.seqtypid::regtype, q.seqstart, q.seqincrement, q.seqmax, q.seqmin, q.seqcache, q.seqcycle)
  from pg_sequence q join ours o on o.oid = q.seqrelid
union all
select 'function', name, pg_get_functiondef(oid) from functions where prokind in ('f', 'p')
union all
select 'type', s.name || '.' || t.typname,
       concat_ws(' ', t.typtype, nullif(format_type(t.typbasetype, t.typtypmod), '-'),
                 (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
  from pg_type t join schemas s on s.oid = t.typnamespace
 where t.typtype in ('d', 'e', 'r')
   and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
union all
select 'grant', g.name, g.grantee::regrole || ' ' || g.privilege_type || case when g.is_grantable then ' with grant option' else '' end
  from (select n.nspname as name, n.nspowner as owner, a.*
          from pg_namespace n join schemas s on s.oid = n.oid, aclexplode(n.nspacl) a where n.nspname <> 'public'
        union all
        select o.name, o.relowner, a.* from ours o, aclexplode(o.relacl) a
        union all
        select f.name, f.proowner, a.* from functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a) g
 where g.grantee <> g.owner
union all
select 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
  from pg_description d
 where d.classoid = 'pg_class'::regclass and d.objoid in (select oid from ours)
    or d.classoid = 'pg_constraint'::regclass and d.objoid in (select k.oid from pg_constraint k join ours o on o.oid = k.conrelid)
    or d.classoid = 'pg_proc'::regclass and d.objoid in (select oid from functions)
    or d.classoid = 'pg_namespace'::regclass and d.objoid in (select oid from schemas where name <> 'public')
"""


def ask(url: str, question: str, *args: object) -> list[asyncpg.Record]:
    """The rows of one select from `schemas`, `ours` and `functions`, over a connection of its own."""

    async def fetch() -> list[asyncpg.Record]:
        async with _connected(url) as conn:
            return await conn.fetch(OURS + question, *args)

    return asyncio.run(fetch())


def run(url: str, *scripts: str) -> None:
    """Run scripts of many statements, one after the other, over one connection."""

    async def execute() -> None:
        async with _connected(url) as conn:
            for script in scripts:
                await conn.execute(script)

    asyncio.run(execute())


def shape(url: str) -> set[str]:
    """Every object of the database but for its rows, one line each."""
    return {" | ".join(row) for row in ask(url, SHAPE)}


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    conn = await asyncpg.connect(url)
    try:
        yield conn
    finally:
        await conn.close()
