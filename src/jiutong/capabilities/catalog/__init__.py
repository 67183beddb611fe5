"""The catalog 商品通: what is described, what is sold, and where it is offered.

Owns: `catalog.brand`, `catalog.category`, `catalog.product`, `catalog.sku`, `catalog.barcode`, `catalog.listing`.
Invariants: a product, SKU, brand or category has one code for ever; a barcode is on one SKU and its check digit is right; a trade
domain offers a SKU once. Whatever changes the facts of a SKU bumps its stamp (topic "sku").
Facts: `skus`, `skus_by_id` answer from memory; `stamps` tells under which revision, `forget` drops what has changed; `offer` is the
rule that says whether a SKU is sold here and now.
"""

from jiutong.capabilities.catalog.model import (
    EVER,
    FOREVER,
    NO_LONGER,
    NOT_LISTED,
    NOT_SELLABLE,
    NOT_YET,
    UNKNOWN_SKU,
    ListingFacts,
    SkuFacts,
)
from jiutong.capabilities.catalog.rules import gtin_form, offer
from jiutong.capabilities.catalog.store import forget, stamps
from jiutong.capabilities.catalog.verbs import skus, skus_by_id

__all__ = [
    "EVER",
    "FOREVER",
    "NOT_LISTED",
    "NOT_SELLABLE",
    "NOT_YET",
    "NO_LONGER",
    "UNKNOWN_SKU",
    "ListingFacts",
    "SkuFacts",
    "forget",
    "gtin_form",
    "offer",
    "skus",
    "skus_by_id",
    "stamps",
]
