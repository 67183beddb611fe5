"""Products and their SKUs in SQL, with barcodes and pictures."""

from collections.abc import Collection, Sequence

import asyncpg

from jiutong.capabilities.catalog.model import Product, PutPicture, Sku
from jiutong.capabilities.catalog.store.rows import attributes_of, encoded, written
from jiutong.kernel.db import Tx


async def sku_ids(tx: Tx, codes: Collection[str]) -> dict[str, int]:
    """The ids of the SKUs with these codes."""
    return {row["code"]: row["sku_id"] for row in await tx.fetch(_SKU_IDS, sorted(codes))}


async def product_ids(tx: Tx, codes: Collection[str]) -> dict[str, int]:
    """The ids of the products with these codes; unknown ones are absent."""
    return {row["code"]: row["product_id"] for row in await tx.fetch(_PRODUCT_IDS, sorted(codes))}


async def put_pictures(tx: Tx, puts: Sequence[tuple[int, PutPicture]]) -> None:
    """Write pictures of products, in place of those at the same positions."""
    ordered = sorted(puts, key=lambda one: (one[0], one[1].position))
    await tx.count(
        _PUT_PICTURES,
        [id_ for id_, _ in ordered],
        [put.position for _, put in ordered],
        [put.hash for _, put in ordered],
        [put.width for _, put in ordered],
        [put.height for _, put in ordered],
        [put.alt for _, put in ordered],
        tx.now,
    )


async def drop_pictures(tx: Tx, places: Sequence[tuple[int, int]]) -> None:
    """Delete pictures by product and position."""
    ordered = sorted(places)
    await tx.count(_DROP_PICTURES, [id_ for id_, _ in ordered], [position for _, position in ordered])


async def lock_products(tx: Tx, codes: Collection[str]) -> dict[str, Product]:
    """The products with these codes, locked in the order of their codes."""
    return {row["code"]: _product(row) for row in await tx.fetch(_LOCK_PRODUCTS, sorted(codes))}


async def lock_products_by_id(tx: Tx, product_ids: Collection[int]) -> list[Product]:
    """The products with these ids, locked in the order of their codes."""
    return [_product(row) for row in await tx.fetch(_LOCK_PRODUCTS_BY_ID, sorted(product_ids))]


def _product(row: asyncpg.Record) -> Product:
    return Product(
        row["product_id"],
        row["code"],
        row["title"],
        row["description"],
        row["brand"],
        row["category"],
        row["brand_id"],
        row["category_id"],
        attributes_of(row["attributes"]),
        row["status"],
        row["revision"],
    )


async def read_skus(tx: Tx, product_ids: Sequence[int], codes: Collection[str]) -> dict[str, Sku]:
    """The SKUs of these products and those with these codes, by code."""
    return {
        row["code"]: Sku(
            row["sku_id"],
            row["product_id"],
            row["code"],
            row["title"],
            row["base_unit"],
            row["pack_size"],
            row["weight_g"],
            attributes_of(row["attributes"]),
            row["active"],
            tuple(row["gtins"]),
        )
        for row in await tx.fetch(_READ_SKUS, sorted(product_ids), sorted(codes))
    }


async def read_barcodes(tx: Tx, gtins: Collection[str]) -> dict[str, str]:
    """The codes of the SKUs these barcodes are on."""
    return {row["gtin"]: row["code"] for row in await tx.fetch(_READ_BARCODES, sorted(gtins))} if gtins else {}


async def write_products(tx: Tx, products: Sequence[Product]) -> None:
    """Write products as they are to be, new or not."""
    await written(
        tx,
        _WRITE_PRODUCTS,
        [one.product_id for one in products],
        [one.code for one in products],
        [one.title for one in products],
        [one.description for one in products],
        [one.brand_id for one in products],
        [one.category_id for one in products],
        [encoded(one.attributes) for one in products],
        [one.status for one in products],
        [one.revision for one in products],
        tx.now,
    )


async def skus_of(tx: Tx, product_ids: Sequence[int]) -> list[int]:
    """The ids of the SKUs of these products."""
    return [row["sku_id"] for row in await tx.fetch(_SKUS_OF, sorted(product_ids))]


async def skus_within(tx: Tx, category_ids: Sequence[int]) -> list[int]:
    """The ids of the SKUs filed under these categories, or under one below them."""
    return [row["sku_id"] for row in await tx.fetch(_SKUS_WITHIN, sorted(category_ids))]


async def write_skus(tx: Tx, skus: Sequence[Sku]) -> None:
    """Write SKUs as they are to be, new or not."""
    await written(
        tx,
        _WRITE_SKUS,
        [one.sku_id for one in skus],
        [one.product_id for one in skus],
        [one.code for one in skus],
        [one.title for one in skus],
        [one.base_unit for one in skus],
        [one.pack_size for one in skus],
        [one.weight_g for one in skus],
        [encoded(one.attributes) for one in skus],
        ["active" if one.active else "retired" for one in skus],
    )


async def drop_barcodes(tx: Tx, gtins: Collection[str]) -> None:
    """Take barcodes off."""
    await tx.count(_DROP_BARCODES, sorted(gtins))


async def add_barcodes(tx: Tx, barcodes: Sequence[tuple[str, int]]) -> None:
    """Put barcodes on SKUs."""
    await written(tx, _ADD_BARCODES, [gtin for gtin, _ in barcodes], [sku_id for _, sku_id in barcodes])


_SKU_IDS = """
select s.code, s.sku_id from catalog.sku s where s.tenant_id = $1 and s.code = any($2::text[])
"""
_LOCK_PRODUCTS = """
select p.product_id, p.code, p.title, p.description, b.code as brand, c.code as category, p.brand_id, p.category_id, p.attributes,
       p.status, p.revision
  from unnest($2::text[]) as n(code)
 cross join lateral (select * from catalog.product o where o.tenant_id = $1 and o.code = n.code for update) p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
"""
_LOCK_PRODUCTS_BY_ID = """
with locked as materialized (
        select * from catalog.product o where o.tenant_id = $1 and o.product_id = any($2::bigint[]) order by o.code for update)
select p.product_id, p.code, p.title, p.description, b.code as brand, c.code as category, p.brand_id, p.category_id, p.attributes,
       p.status, p.revision
  from locked p
  left join catalog.brand b on b.tenant_id = $1 and b.brand_id = p.brand_id
  left join catalog.category c on c.tenant_id = $1 and c.category_id = p.category_id
"""
_READ_SKUS = """
select s.sku_id, s.product_id, s.code, s.title, s.base_unit, s.pack_size, s.weight_g, s.attributes, s.status = 'active' as active,
       array(select b.gtin from catalog.barcode b where b.tenant_id = $1 and b.sku_id = s.sku_id order by b.gtin) as gtins
  from unnest($2::bigint[]) as p(product_id)
 cross join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.product_id = p.product_id offset 0) s
 union all
select s.sku_id, s.product_id, s.code, s.title, s.base_unit, s.pack_size, s.weight_g, s.attributes, s.status = 'active' as active,
       array(select b.gtin from catalog.barcode b where b.tenant_id = $1 and b.sku_id = s.sku_id order by b.gtin) as gtins
  from unnest($3::text[]) as n(code)
 cross join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.code = n.code offset 0) s
 where s.product_id <> all ($2::bigint[])
"""
_READ_BARCODES = """
select b.gtin, s.code
  from unnest($2::text[]) as n(gtin)
 cross join lateral (select * from catalog.barcode o where o.tenant_id = $1 and o.gtin = n.gtin offset 0) b
 cross join lateral (select * from catalog.sku o where o.tenant_id = $1 and o.sku_id = b.sku_id offset 0) s
"""
_WRITE_PRODUCTS = """
insert into catalog.product as p
       (tenant_id, product_id, code, title, description, brand_id, category_id, attributes, status, revision, created_at, changed_at)
select t.tenant_id, w.product_id, w.code, w.title, w.description, w.brand_id, w.category_id, w.attributes, w.status, w.revision, $11, $11
  from kernel.tenant t,
       unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::jsonb[], $9::text[], $10::bigint[])
           as w(product_id, code, title, description, brand_id, category_id, attributes, status, revision)
 where t.tenant_id = $1
    on conflict (tenant_id, product_id) do update
   set title = excluded.title, description = excluded.description, brand_id = excluded.brand_id, category_id = excluded.category_id,
       attributes = excluded.attributes, status = excluded.status, revision = excluded.revision, changed_at = excluded.changed_at
"""
_SKUS_OF = """
select s.sku_id from catalog.sku s where s.tenant_id = $1 and s.product_id = any($2::bigint[])
"""
_SKUS_WITHIN = """
with recursive down as (
        select c.category_id from catalog.category c where c.tenant_id = $1 and c.category_id = any($2::bigint[])
         union
        select c.category_id from down d join catalog.category c on c.tenant_id = $1 and c.parent_id = d.category_id)
select s.sku_id
  from down d
  join catalog.product p on p.tenant_id = $1 and p.category_id = d.category_id
  join catalog.sku s on s.tenant_id = $1 and s.product_id = p.product_id
"""
_WRITE_SKUS = """
insert into catalog.sku as s (tenant_id, sku_id, product_id, code, title, base_unit, pack_size, weight_g, attributes, status)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::jsonb[], $10::text[])
           as w(sku_id, product_id, code, title, base_unit, pack_size, weight_g, attributes, status)
 where t.tenant_id = $1
    on conflict (tenant_id, sku_id) do update
   set title = excluded.title, base_unit = excluded.base_unit, pack_size = excluded.pack_size, weight_g = excluded.weight_g,
       attributes = excluded.attributes, status = excluded.status
"""
_DROP_BARCODES = """
delete from catalog.barcode b where b.tenant_id = $1 and b.gtin = any($2::text[])
"""
_ADD_BARCODES = """
insert into catalog.barcode (tenant_id, gtin, sku_id)
select t.tenant_id, b.gtin, b.sku_id
  from kernel.tenant t, unnest($2::text[], $3::bigint[]) as b(gtin, sku_id)
 where t.tenant_id = $1
"""
_PRODUCT_IDS = """
select p.code, p.product_id from catalog.product p where p.tenant_id = $1 and p.code = any($2::text[])
"""
_PUT_PICTURES = """
insert into catalog.picture (tenant_id, product_id, position, hash, width, height, alt, put_at)
select t.tenant_id, u.product_id, u.position, u.hash, u.width, u.height, u.alt, $8
  from kernel.tenant t,
       unnest($2::bigint[], $3::integer[], $4::text[], $5::integer[], $6::integer[], $7::text[])
       as u(product_id, position, hash, width, height, alt)
 where t.tenant_id = $1
    on conflict (tenant_id, product_id, position) do update
   set hash = excluded.hash, width = excluded.width, height = excluded.height, alt = excluded.alt, put_at = excluded.put_at
"""
_DROP_PICTURES = """
delete from catalog.picture c
 using unnest($2::bigint[], $3::integer[]) as u(product_id, position)
 where c.tenant_id = $1 and c.product_id = u.product_id and c.position = u.position
"""
