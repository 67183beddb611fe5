"""Lists of products and searches for them: which products, in which order, and how they divide. How searching works: docs/search.md."""

from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from jiutong.capabilities import catalog
from jiutong.kernel.db import Tx

# Words of products that a search looks at: of a beginning that fits more, the first of the alphabet.
MATCHES_MAX = 10_000
# Asking a product for one more word costs as much as looking up so many words.
LOOKED_UP_FACTOR = 16
FACET_PRODUCTS_MAX = 100_000
FACET_VALUES_MAX = 100


class FacetRow(msgspec.Struct, frozen=True):
    """A value that products of the list have, and how many of them."""

    value: str
    name: str
    products: int


class Facets(msgspec.Struct, frozen=True):
    """How the products of a list divide. A facet counts what its own filter leaves out, so that one sees what else there is.

    Told are the most frequent values; `capped` when there were more products than were counted.
    """

    category: tuple[FacetRow, ...]
    brand: tuple[FacetRow, ...]
    status: tuple[FacetRow, ...]
    capped: bool


class Wanted(msgspec.Struct, frozen=True):
    """What a list is narrowed to and sorted by; None leaves a filter out. `q` is what somebody typed into a search.

    `after_…` is the last row told: its code or title, or the instant it was changed, its id, and of a search how well it matched.
    """

    sort: Literal["code", "title", "changed", "match"] = "code"
    category: str | None = None
    brand: str | None = None
    status: str | None = None
    channel: str | None = None
    q: str | None = None
    after_text: str | None = None
    after_at: datetime | None = None
    after_id: int | None = None
    after_rank: int | None = None


async def heads(tx: Tx, wanted: Wanted, rows_max: int) -> list[asyncpg.Record]:
    """What the rows of a list say of the products themselves, in order. One statement; of a search of several words two."""
    narrowed = (wanted.category, wanted.brand, wanted.status, wanted.channel)
    if wanted.q is None:
        match wanted.sort:
            case "title":
                return await tx.fetch(_BY_TITLE, *narrowed, wanted.after_text, wanted.after_id, rows_max)
            case "changed":
                return await tx.fetch(_BY_CHANGE, *narrowed, wanted.after_at, wanted.after_id, rows_max)
            case _:
                return await tx.fetch(_BY_CODE, *narrowed, wanted.after_text, rows_max)
    search = catalog.search(wanted.q)
    if not search.terms:
        return []
    looked_up = await _looked_up(tx, search)
    if wanted.sort == "match":
        return await tx.fetch(_BY_MATCH, *looked_up, *narrowed, wanted.after_rank, wanted.after_text, wanted.after_id, rows_max)
    after = (wanted.after_text, wanted.after_id, wanted.after_at)
    return await tx.fetch(_FOUND, *looked_up, *narrowed, wanted.sort, *after, rows_max)


async def _looked_up(tx: Tx, search: catalog.Search) -> tuple[object, ...]:
    """The terms whose products are looked up, those that each of the products found is then asked for, and the search as a code.

    Looked up are the rarest and whatever is not much more frequent.
    """
    often: set[catalog.Term] = set()
    if len(search.terms) > 1:
        lows, highs = [term.low for term in search.terms], [term.high for term in search.terms]
        rarest, *others = await tx.fetch(_FREQUENCIES, lows, highs, MATCHES_MAX)
        few = min(MATCHES_MAX, LOOKED_UP_FACTOR * rarest["products"])
        often.update(search.terms[row["no"] - 1] for row in others if row["products"] >= few)
    rare = [term for term in search.terms if term not in often]
    return (
        [term.low for term in rare],
        [term.high for term in rare],
        [term.low for term in search.terms if term in often],
        [term.high for term in search.terms if term in often],
        search.whole,
        MATCHES_MAX,
    )


async def facets(tx: Tx, wanted: Wanted) -> Facets:
    """How many products of a list have which category, brand and status."""
    search = None if wanted.q is None else catalog.search(wanted.q)
    if search is not None and not search.terms:
        return Facets((), (), (), capped=False)
    narrowed = (wanted.category, wanted.brand, wanted.status, wanted.channel, FACET_VALUES_MAX, FACET_PRODUCTS_MAX)
    rows = await (tx.fetch(_FACETS, *narrowed) if search is None else tx.fetch(_FACETS_FOUND, *await _looked_up(tx, search), *narrowed))
    told = {
        facet: tuple(FacetRow(row["value"], row["name"], row["products"]) for row in rows if row["facet"] == facet)
        for facet in ("category", "brand", "status")
    }
    looked_at = max((row["looked_at"] for row in rows), default=0)
    return Facets(
        told["category"], told["brand"], told["status"], capped=looked_at >= (FACET_PRODUCTS_MAX if search is None else MATCHES_MAX)
    )


async def unindexed(tx: Tx, after: int, rows_max: int) -> list[int]:
    """The ids of products above `after` that have no words to be found by: an older version wrote them."""
    return [row["product_id"] for row in await tx.fetch(_UNINDEXED, after, rows_max)]


# A statement for every order: each walks an index of its own until the page is full, and is planned in a moment.
_BY_CODE = """
-- Listings are looked up row by row (`offset 0`).
select p.product_id, p.code, p.title, b.code as brand, c.code as category, p.status, p.revision, p.changed_at, null::integer as match,
       (select count(*) from catalog.sku n where n.tenant_id = $1 and n.product_id = p.product_id) as skus
  from catalog.product p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
 where p.tenant_id = $1
   and ($2::text is null or p.category_id = (select o.category_id from catalog.category o where o.tenant_id = $1 and o.code = $2))
   and ($3::text is null or p.brand_id = (select o.brand_id from catalog.brand o where o.tenant_id = $1 and o.code = $3))
   and ($4::text is null or p.status = $4)
   and ($5::text is null or exists (
        select from catalog.sku s join catalog.listing l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.status = 'listed'
         where s.tenant_id = $1 and s.product_id = p.product_id
           and l.channel_id = (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $5) offset 0))
   and ($6::text is null or p.code > $6)
 order by p.code limit $7
"""
_BY_TITLE = """
select p.product_id, p.code, p.title, b.code as brand, c.code as category, p.status, p.revision, p.changed_at, null::integer as match,
       (select count(*) from catalog.sku n where n.tenant_id = $1 and n.product_id = p.product_id) as skus
  from catalog.product p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
 where p.tenant_id = $1
   and ($2::text is null or p.category_id = (select o.category_id from catalog.category o where o.tenant_id = $1 and o.code = $2))
   and ($3::text is null or p.brand_id = (select o.brand_id from catalog.brand o where o.tenant_id = $1 and o.code = $3))
   and ($4::text is null or p.status = $4)
   and ($5::text is null or exists (
        select from catalog.sku s join catalog.listing l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.status = 'listed'
         where s.tenant_id = $1 and s.product_id = p.product_id
           and l.channel_id = (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $5) offset 0))
   and ($6::text is null or (p.title, p.product_id) > ($6, $7::bigint))
 order by p.title, p.product_id limit $8
"""
_BY_CHANGE = """
select p.product_id, p.code, p.title, b.code as brand, c.code as category, p.status, p.revision, p.changed_at, null::integer as match,
       (select count(*) from catalog.sku n where n.tenant_id = $1 and n.product_id = p.product_id) as skus
  from catalog.product p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
 where p.tenant_id = $1
   and ($2::text is null or p.category_id = (select o.category_id from catalog.category o where o.tenant_id = $1 and o.code = $2))
   and ($3::text is null or p.brand_id = (select o.brand_id from catalog.brand o where o.tenant_id = $1 and o.code = $3))
   and ($4::text is null or p.status = $4)
   and ($5::text is null or exists (
        select from catalog.sku s join catalog.listing l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.status = 'listed'
         where s.tenant_id = $1 and s.product_id = p.product_id
           and l.channel_id = (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $5) offset 0))
   and ($6::timestamptz is null or (p.changed_at, p.product_id) < ($6, $7::bigint))
 order by p.changed_at desc, p.product_id desc limit $8
"""
_FREQUENCIES = """
-- How often each term stands in the catalog, as far as it matters; the rarest first.
select n.no, f.products
  from unnest($2::text[], $3::text[]) with ordinality as n(low, high, no)
 cross join lateral (
        select count(*) as products
          from (select from catalog.product_word w where w.tenant_id = $1 and w.word >= n.low and w.word < n.high limit $4) w) f
 order by f.products, n.no
"""
_BY_MATCH = """
-- The words of rare terms lead to products, which are then asked for the frequent ones; what matches best comes first.
-- Nothing but ranges of words: what is not leakproof would not reach an index under row-level security.
with hit as materialized (
        select t.product_id, min(t.title) as title, max(t.rank) as rank
          from (select n.no, w.product_id, min(w.title) as title,
                       min(case when w.place = 0 and w.word = $6 then 0 when w.place = 1 then 1 else 2 end) as rank
                  from unnest($2::text[], $3::text[]) with ordinality as n(low, high, no)
                 cross join lateral (
                        select o.word, o.place, o.title, o.product_id from catalog.product_word o
                         where o.tenant_id = $1 and o.word >= n.low and o.word < n.high
                         order by o.word, o.place, o.title, o.product_id limit $7) w
                 group by n.no, w.product_id) t
         group by t.product_id having count(*) = cardinality($2::text[])),
     found as (
        select h.product_id, h.title, case when m.is_code then 0 else greatest(h.rank, m.rank) end as rank
          from hit h
         cross join lateral (
                select count(*) as met, max(t.rank) as rank,
                       cardinality($2::text[]) + cardinality($4::text[]) > 1
                       and exists (select from catalog.product_word c
                                    where c.tenant_id = $1 and c.product_id = h.product_id and c.word = $6 and c.place = 0) as is_code
                  from (select n.no, min(case when o.place = 1 then 1 else 2 end) as rank
                          from unnest($4::text[], $5::text[]) with ordinality as n(low, high, no)
                          join catalog.product_word o
                            on o.tenant_id = $1 and o.product_id = h.product_id and o.word >= n.low and o.word < n.high
                         group by n.no) t
                offset 0) m
         where m.met = cardinality($4::text[]))
select p.product_id, p.code, p.title, b.code as brand, c.code as category, p.status, p.revision, p.changed_at, f.rank as match,
       (select count(*) from catalog.sku n where n.tenant_id = $1 and n.product_id = p.product_id) as skus
  from (select * from found f
         where $14::bigint is null or (f.rank, f.title, f.product_id) > ($12::integer, $13::text, $14)
         order by f.rank, f.title, f.product_id) f
 cross join lateral (select * from catalog.product o where o.tenant_id = $1 and o.product_id = f.product_id offset 0) p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
 where true
   and ($8::text is null or p.category_id = (select o.category_id from catalog.category o where o.tenant_id = $1 and o.code = $8))
   and ($9::text is null or p.brand_id = (select o.brand_id from catalog.brand o where o.tenant_id = $1 and o.code = $9))
   and ($10::text is null or p.status = $10)
   and ($11::text is null or exists (
        select from catalog.sku s join catalog.listing l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.status = 'listed'
         where s.tenant_id = $1 and s.product_id = p.product_id
           and l.channel_id = (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $11) offset 0))
 order by f.rank, f.title, f.product_id limit $15
"""
_FOUND = """
-- As _BY_MATCH, but by code, by title, or the latest changed first.
with hit as materialized (
        select t.product_id, min(t.title) as title, max(t.rank) as rank
          from (select n.no, w.product_id, min(w.title) as title,
                       min(case when w.place = 0 and w.word = $6 then 0 when w.place = 1 then 1 else 2 end) as rank
                  from unnest($2::text[], $3::text[]) with ordinality as n(low, high, no)
                 cross join lateral (
                        select o.word, o.place, o.title, o.product_id from catalog.product_word o
                         where o.tenant_id = $1 and o.word >= n.low and o.word < n.high
                         order by o.word, o.place, o.title, o.product_id limit $7) w
                 group by n.no, w.product_id) t
         group by t.product_id having count(*) = cardinality($2::text[])),
     found as (
        select h.product_id, h.title, case when m.is_code then 0 else greatest(h.rank, m.rank) end as rank
          from hit h
         cross join lateral (
                select count(*) as met, max(t.rank) as rank,
                       cardinality($2::text[]) + cardinality($4::text[]) > 1
                       and exists (select from catalog.product_word c
                                    where c.tenant_id = $1 and c.product_id = h.product_id and c.word = $6 and c.place = 0) as is_code
                  from (select n.no, min(case when o.place = 1 then 1 else 2 end) as rank
                          from unnest($4::text[], $5::text[]) with ordinality as n(low, high, no)
                          join catalog.product_word o
                            on o.tenant_id = $1 and o.product_id = h.product_id and o.word >= n.low and o.word < n.high
                         group by n.no) t
                offset 0) m
         where m.met = cardinality($4::text[]))
select p.product_id, p.code, p.title, b.code as brand, c.code as category, p.status, p.revision, p.changed_at, f.rank as match,
       (select count(*) from catalog.sku n where n.tenant_id = $1 and n.product_id = p.product_id) as skus
  from found f
  join catalog.product p on p.tenant_id = $1 and p.product_id = f.product_id
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
 where true
   and ($8::text is null or p.category_id = (select o.category_id from catalog.category o where o.tenant_id = $1 and o.code = $8))
   and ($9::text is null or p.brand_id = (select o.brand_id from catalog.brand o where o.tenant_id = $1 and o.code = $9))
   and ($10::text is null or p.status = $10)
   and ($11::text is null or exists (
        select from catalog.sku s join catalog.listing l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.status = 'listed'
         where s.tenant_id = $1 and s.product_id = p.product_id
           and l.channel_id = (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $11) offset 0))
   and ($14::bigint is null or case $12::text
        when 'code' then p.code > $13::text
        when 'title' then (p.title, p.product_id) > ($13, $14)
        else (p.changed_at, p.product_id) < ($15::timestamptz, $14) end)
 order by case when $12 = 'changed' then p.changed_at end desc, case $12 when 'code' then p.code when 'title' then p.title end,
          case when $12 <> 'changed' then p.product_id end, p.product_id desc
 limit $16
"""
_FACETS = """
-- One look at the products; every facet counts those that the other filters leave.
with of as (
        select (select c.category_id from catalog.category c where c.tenant_id = $1 and c.code = $2) as category_id,
               (select b.brand_id from catalog.brand b where b.tenant_id = $1 and b.code = $3) as brand_id,
               (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $5) as channel_id),
     seen as materialized (
        select p.category_id, p.brand_id, p.status, $2::text is null or p.category_id = of.category_id as in_category,
               $3::text is null or p.brand_id = of.brand_id as of_brand, $4::text is null or p.status = $4 as in_status
          from of, catalog.product p
         where p.tenant_id = $1
           and ($5::text is null or exists (
                select from catalog.sku s join catalog.listing l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.status = 'listed'
                 where s.tenant_id = $1 and s.product_id = p.product_id and l.channel_id = of.channel_id offset 0))
         limit $7),
     looked as (select count(*) as looked_at from seen)
(select 'category' as facet, c.code as value, c.name, f.products, k.looked_at
   from looked k, (select s.category_id, count(*) as products from seen s where s.of_brand and s.in_status group by 1) f
   join catalog.category c on c.tenant_id = $1 and c.category_id = f.category_id
  order by f.products desc, c.code limit $6)
union all
(select 'brand', b.code, b.name, f.products, k.looked_at
   from looked k, (select s.brand_id, count(*) as products from seen s where s.in_category and s.in_status group by 1) f
   join catalog.brand b on b.tenant_id = $1 and b.brand_id = f.brand_id
  order by f.products desc, b.code limit $6)
union all
(select 'status', f.status, f.status, f.products, k.looked_at
   from looked k, (select s.status, count(*) as products from seen s where s.in_category and s.of_brand group by 1) f
  order by f.products desc, f.status)
"""
_FACETS_FOUND = """
-- As _FACETS, of what a search finds (see _FOUND).
with hit as materialized (
        select t.product_id, min(t.title) as title, max(t.rank) as rank
          from (select n.no, w.product_id, min(w.title) as title,
                       min(case when w.place = 0 and w.word = $6 then 0 when w.place = 1 then 1 else 2 end) as rank
                  from unnest($2::text[], $3::text[]) with ordinality as n(low, high, no)
                 cross join lateral (
                        select o.word, o.place, o.title, o.product_id from catalog.product_word o
                         where o.tenant_id = $1 and o.word >= n.low and o.word < n.high
                         order by o.word, o.place, o.title, o.product_id limit $7) w
                 group by n.no, w.product_id) t
         group by t.product_id having count(*) = cardinality($2::text[])),
     found as (
        select h.product_id, h.title, case when m.is_code then 0 else greatest(h.rank, m.rank) end as rank
          from hit h
         cross join lateral (
                select count(*) as met, max(t.rank) as rank,
                       cardinality($2::text[]) + cardinality($4::text[]) > 1
                       and exists (select from catalog.product_word c
                                    where c.tenant_id = $1 and c.product_id = h.product_id and c.word = $6 and c.place = 0) as is_code
                  from (select n.no, min(case when o.place = 1 then 1 else 2 end) as rank
                          from unnest($4::text[], $5::text[]) with ordinality as n(low, high, no)
                          join catalog.product_word o
                            on o.tenant_id = $1 and o.product_id = h.product_id and o.word >= n.low and o.word < n.high
                         group by n.no) t
                offset 0) m
         where m.met = cardinality($4::text[])),
     of as (
        select (select c.category_id from catalog.category c where c.tenant_id = $1 and c.code = $8) as category_id,
               (select b.brand_id from catalog.brand b where b.tenant_id = $1 and b.code = $9) as brand_id,
               (select h.channel_id from access.channel h where h.tenant_id = $1 and h.code = $11) as channel_id),
     seen as materialized (
        select p.category_id, p.brand_id, p.status, $8::text is null or p.category_id = of.category_id as in_category,
               $9::text is null or p.brand_id = of.brand_id as of_brand, $10::text is null or p.status = $10 as in_status
          from of, found f
          join catalog.product p on p.tenant_id = $1 and p.product_id = f.product_id
         where ($11::text is null or exists (
                select from catalog.sku s join catalog.listing l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.status = 'listed'
                 where s.tenant_id = $1 and s.product_id = p.product_id and l.channel_id = of.channel_id offset 0))
         limit $13),
     looked as (select count(*) as looked_at from seen)
(select 'category' as facet, c.code as value, c.name, f.products, k.looked_at
   from looked k, (select s.category_id, count(*) as products from seen s where s.of_brand and s.in_status group by 1) f
   join catalog.category c on c.tenant_id = $1 and c.category_id = f.category_id
  order by f.products desc, c.code limit $12)
union all
(select 'brand', b.code, b.name, f.products, k.looked_at
   from looked k, (select s.brand_id, count(*) as products from seen s where s.in_category and s.in_status group by 1) f
   join catalog.brand b on b.tenant_id = $1 and b.brand_id = f.brand_id
  order by f.products desc, b.code limit $12)
union all
(select 'status', f.status, f.status, f.products, k.looked_at
   from looked k, (select s.status, count(*) as products from seen s where s.in_category and s.of_brand group by 1) f
  order by f.products desc, f.status)
"""
_UNINDEXED = """
select p.product_id from catalog.product p
 where p.tenant_id = $1 and p.product_id > $2
   and not exists (select from catalog.product_word w where w.tenant_id = $1 and w.product_id = p.product_id)
 order by p.product_id limit $3
"""
