"""The nouns of the catalog: product, SKU, listing, and why something cannot be sold."""

from datetime import UTC, datetime

import msgspec

from jiutong.kernel.errors import ProblemType

UNKNOWN_SKU = ProblemType("catalog.unknown_sku", 422, "There is no such SKU", "没有这个单品")
NOT_SELLABLE = ProblemType("catalog.not_sellable", 409, "It is not for sale", "商品未在售")
NOT_LISTED = ProblemType("catalog.not_listed", 409, "It is not offered here", "此处未上架")
NOT_YET = ProblemType("catalog.not_yet", 409, "It is not offered yet", "尚未开售")
NO_LONGER = ProblemType("catalog.no_longer", 409, "It is no longer offered", "已停售")

# The ends of time, as the database's infinities come back.
EVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)


class ListingFacts(msgspec.Struct, frozen=True, gc=False):
    """A SKU offered in a trade domain from `valid_from` until just before `valid_to`. `store_id` 0 is every store of the channel."""

    listing_id: int
    channel_id: int
    store_id: int
    seller_id: int
    owner_id: int
    tax_class: str
    listed: bool
    valid_from: datetime
    valid_to: datetime


class SkuFacts(msgspec.Struct, frozen=True, gc=False):
    """What selling a SKU needs to know. `sellable`: its product is published and the SKU itself is active."""

    sku_id: int
    code: str
    title: str
    product_id: int
    base_unit: str
    pack_size: int
    weight_g: int
    sellable: bool
    listings: tuple[ListingFacts, ...]
