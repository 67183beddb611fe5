"""Brands and categories in SQL, and what is filed under them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import asyncpg

from jiutong.capabilities.catalog.model import Brand, Category, Product
from jiutong.capabilities.catalog.store.rows import written
from jiutong.kernel.db import Tx

# The ids of brands and of categories by code, and the names of both by id.
Filing: TypeAlias = tuple[dict[str, int], dict[str, int], dict[int, str]]


async def lock_brands(tx: Tx, codes: Collection[str]) -> dict[str, Brand]:
    """The brands with these codes, locked in the order of their codes."""
    return {row["code"]: Brand(row["brand_id"], row["code"], row["name"]) for row in await tx.fetch(_LOCK_BRANDS, sorted(codes))}


async def write_brands(tx: Tx, brands: Sequence[Brand]) -> None:
    """Write brands as they are to be, new or not."""
    await written(tx, _WRITE_BRANDS, [one.brand_id for one in brands], [one.code for one in brands], [one.name for one in brands])


async def lock_categories(tx: Tx) -> dict[str, Category]:
    """The whole tree by code, locked so that nobody bends it meanwhile."""
    rows = await tx.fetch(_LOCK_CATEGORIES)
    codes = {row["category_id"]: row["code"] for row in rows}
    return {row["code"]: Category(row["category_id"], row["code"], row["name"], codes.get(row["parent_id"])) for row in rows}


async def known_brands(tx: Tx, codes: Collection[str]) -> set[str]:
    """Which of these brands there are."""
    return {row["code"] for row in await tx.fetch(_KNOWN_BRANDS, sorted(codes))}


async def known_categories(tx: Tx, codes: Collection[str]) -> set[str]:
    """Which of these categories there are."""
    return {row["code"] for row in await tx.fetch(_KNOWN_CATEGORIES, sorted(codes))}


async def write_categories(tx: Tx, categories: Sequence[Category], tree: Mapping[str, Category]) -> None:
    """Write categories as they are to be, new or not."""
    await written(
        tx,
        _WRITE_CATEGORIES,
        [one.category_id for one in categories],
        [tree[one.parent].category_id if one.parent else None for one in categories],
        [one.code for one in categories],
        [one.name for one in categories],
    )


async def read_filing(tx: Tx, brands: Collection[str], categories: Collection[str]) -> Filing:
    """The brands and the categories with these codes. Nobody renames them before the products filed there have their names."""
    return _filing(await tx.fetch(_FILING, sorted(brands), sorted(categories)))


async def filing_of(tx: Tx, products: Collection[Product]) -> Filing:
    """The brands and the categories these products are filed under, as `read_filing`."""
    ids = sorted({one.brand_id for one in products if one.brand_id}), sorted({one.category_id for one in products if one.category_id})
    return _filing(await tx.fetch(_FILING_OF, *ids))


def _filing(rows: Sequence[asyncpg.Record]) -> Filing:
    return (
        {row["code"]: row["id"] for row in rows if row["brand"]},
        {row["code"]: row["id"] for row in rows if not row["brand"]},
        {row["id"]: row["name"] for row in rows},
    )


_LOCK_BRANDS = """
select b.brand_id, b.code, b.name
  from unnest($2::text[]) as n(code)
 cross join lateral (select * from catalog.brand o where o.tenant_id = $1 and o.code = n.code for update) b
"""
_WRITE_BRANDS = """
insert into catalog.brand as b (tenant_id, brand_id, code, name)
select t.tenant_id, w.* from kernel.tenant t, unnest($2::bigint[], $3::text[], $4::text[]) as w(brand_id, code, name)
 where t.tenant_id = $1
    on conflict (tenant_id, brand_id) do update set name = excluded.name
"""
_LOCK_CATEGORIES = """
select c.category_id, c.parent_id, c.code, c.name from catalog.category c where c.tenant_id = $1 order by c.category_id for update
"""
_KNOWN_BRANDS = """
select c.code from catalog.brand c where c.tenant_id = $1 and c.code = any($2::text[])
"""
_KNOWN_CATEGORIES = """
select c.code from catalog.category c where c.tenant_id = $1 and c.code = any($2::text[])
"""
_WRITE_CATEGORIES = """
insert into catalog.category as c (tenant_id, category_id, parent_id, code, name)
select t.tenant_id, w.category_id, w.parent_id, w.code, w.name
  from kernel.tenant t, unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) as w(category_id, parent_id, code, name)
 where t.tenant_id = $1
    on conflict (tenant_id, category_id) do update set name = excluded.name, parent_id = excluded.parent_id
"""
_FILING = """
with brands as (
        select b.code, b.brand_id, b.name from catalog.brand b where b.tenant_id = $1 and b.code = any($2::text[]) for share),
     categories as (
        select c.code, c.category_id, c.name from catalog.category c where c.tenant_id = $1 and c.code = any($3::text[]) for share)
select true as brand, b.code, b.brand_id as id, b.name from brands b
union all
select false, c.code, c.category_id, c.name from categories c
"""
_FILING_OF = """
with brands as (
        select b.code, b.brand_id, b.name from catalog.brand b where b.tenant_id = $1 and b.brand_id = any($2::bigint[]) for share),
     categories as (
        select c.code, c.category_id, c.name from catalog.category c where c.tenant_id = $1 and c.category_id = any($3::bigint[]) for share)
select true as brand, b.code, b.brand_id as id, b.name from brands b
union all
select false, c.code, c.category_id, c.name from categories c
"""
