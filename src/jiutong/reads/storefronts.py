"""Storefronts: what the public is told of a channel, what lies behind a SKU's code, and the pictures of products."""

from collections.abc import Collection

import msgspec

from jiutong.capabilities import access
from jiutong.kernel.db import Tx


class StorefrontView(access.Storefront, frozen=True, kw_only=True):
    """A channel open to the public, or to be so."""

    channel: str
    revision: int


class FrontRow(msgspec.Struct, frozen=True):
    """A storefront with what its channel trades in."""

    channel_id: int
    open: bool
    currency: str
    time_zone: str
    what: StorefrontView


class PictureRow(msgspec.Struct, frozen=True):
    """A picture of a product: its files are named by the hash of what was sent."""

    position: int
    hash: str
    width: int
    height: int
    alt: str


async def fronts(tx: Tx, channels: Collection[str] | None) -> list[FrontRow]:
    """Storefronts by the codes of their channels, published or not; all of them for None."""
    rows = await tx.fetch(_FRONTS, None if channels is None else list(channels))
    return [
        FrontRow(
            row["channel_id"],
            row["open"],
            row["currency"],
            row["time_zone"],
            msgspec.convert({name: row[name] for name in StorefrontView.__struct_fields__}, StorefrontView),
        )
        for row in rows
    ]


async def addresses(tx: Tx) -> list[tuple[str, str]]:
    """The codes of the tenant and its channels that are open to the public."""
    return [(row["tenant"], row["channel"]) for row in await tx.fetch(_ADDRESSES)]


async def products_of(tx: Tx, skus: Collection[str]) -> dict[str, str]:
    """The code of the product behind each SKU's code; unknown ones are left out."""
    return {row["sku"]: row["product"] for row in await tx.fetch(_PRODUCTS_OF, list(skus))}


async def pictures(tx: Tx, products: Collection[str]) -> dict[str, tuple[PictureRow, ...]]:
    """The pictures of products by their codes, in the order they are shown."""
    found: dict[str, tuple[PictureRow, ...]] = {}
    for code, *row in await tx.fetch(_PICTURES, list(products)):
        found[code] = (*found.get(code, ()), PictureRow(*row))
    return found


_FRONTS = """
select f.channel_id, h.open, h.currency, h.time_zone, h.code as channel, f.revision, f.published, f.title, f.title_zh, f.greeting,
       f.greeting_zh, f.delivery, f.delivery_zh, f.returns, f.returns_zh, f.languages, f.country, f.dispatch_days, f.return_days, f.line_max
  from access.storefront f
  join access.channel h on h.tenant_id = $1 and h.channel_id = f.channel_id
 where f.tenant_id = $1 and ($2::text[] is null or h.code = any($2))
 order by h.code
"""
_ADDRESSES = """
select t.code as tenant, h.code as channel
  from access.storefront f
  join access.channel h on h.tenant_id = $1 and h.channel_id = f.channel_id
  join kernel.tenant t on t.tenant_id = $1
 where f.tenant_id = $1 and f.published
 order by h.code
"""
_PRODUCTS_OF = """
select s.code as sku, p.code as product
  from catalog.sku s
  join catalog.product p on p.tenant_id = $1 and p.product_id = s.product_id
 where s.tenant_id = $1 and s.code = any($2::text[])
"""
_PICTURES = """
select p.code, c.position, c.hash, c.width, c.height, c.alt
  from catalog.product p
  join catalog.picture c on c.tenant_id = $1 and c.product_id = p.product_id
 where p.tenant_id = $1 and p.code = any($2::text[])
 order by p.code, c.position
"""
