"""What is listed where, in SQL."""

from collections.abc import Sequence

from jiutong.capabilities.catalog.model import ListingFacts
from jiutong.capabilities.catalog.store.rows import listing_of, written
from jiutong.kernel.db import Tx


async def lock_listings(tx: Tx, keys: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int, int], ListingFacts]:
    """The listings of these (SKU, channel, store), locked in that order."""
    rows = await tx.fetch(_LOCK_LISTINGS, [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys])
    return {(row["sku_id"], row["channel_id"], row["store_id"]): listing_of(*tuple(row)[1:]) for row in rows}


async def write_listings(tx: Tx, listings: Sequence[tuple[int, ListingFacts]]) -> None:
    """Write listings of SKUs as they are to be, new or not."""
    await written(
        tx,
        _WRITE_LISTINGS,
        [one.listing_id for _, one in listings],
        [sku_id for sku_id, _ in listings],
        [one.channel_id for _, one in listings],
        [one.store_id for _, one in listings],
        [one.seller_id for _, one in listings],
        [one.owner_id for _, one in listings],
        [one.tax_class for _, one in listings],
        ["listed" if one.listed else "withdrawn" for _, one in listings],
        [one.valid_from for _, one in listings],
        [one.valid_to for _, one in listings],
    )


_LOCK_LISTINGS = """
select l.sku_id, l.listing_id, l.channel_id, l.store_id, l.seller_id, l.owner_id, l.tax_class, l.status = 'listed' as listed,
       l.valid_from, l.valid_to
  from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as k(sku_id, channel_id, store_id)
 cross join lateral (
        select * from catalog.listing o
         where o.tenant_id = $1 and o.sku_id = k.sku_id and o.channel_id = k.channel_id and o.store_id = k.store_id
           for update) l
"""
_WRITE_LISTINGS = """
insert into catalog.listing as l
       (tenant_id, listing_id, sku_id, channel_id, store_id, seller_id, owner_id, tax_class, status, valid_from, valid_to)
select t.tenant_id, w.*
  from kernel.tenant t,
       unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
              $10::timestamptz[], $11::timestamptz[])
           as w(listing_id, sku_id, channel_id, store_id, seller_id, owner_id, tax_class, status, valid_from, valid_to)
 where t.tenant_id = $1
    on conflict (tenant_id, listing_id) do update
   set seller_id = excluded.seller_id, owner_id = excluded.owner_id, tax_class = excluded.tax_class, status = excluded.status,
       valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
