"""Decisions of the catalog: what is offered where and when, which barcode is one, and what a change may do."""

from datetime import datetime

from jiutong.capabilities.catalog.model import NO_LONGER, NOT_LISTED, NOT_SELLABLE, NOT_YET, UNKNOWN_SKU, ListingFacts, SkuFacts
from jiutong.kernel.errors import ProblemType


def offer(sku: SkuFacts | None, channel_id: int, store_id: int, at: datetime) -> ListingFacts | ProblemType:
    """The listing under which a SKU is sold here and now, or the refusal to make.

    A listing of the store decides alone, also when it says no; only where the store has none does the channel's count.
    """
    if sku is None:
        return UNKNOWN_SKU
    if not sku.sellable:
        return NOT_SELLABLE
    found = None
    for listing in sku.listings:
        if listing.channel_id == channel_id:
            if listing.store_id == store_id:
                found = listing
                break
            if listing.store_id == 0:
                found = listing
    if found is None or not found.listed:
        return NOT_LISTED
    if at < found.valid_from:
        return NOT_YET
    if at >= found.valid_to:
        return NO_LONGER
    return found


def gtin_form(name: str) -> str | None:
    """The GTIN-14 a name would be if it is a barcode: EAN-8, UPC-A, EAN-13 and GTIN-14 are one number in four lengths."""
    return name.zfill(14) if len(name) in {8, 12, 13, 14} and name.isascii() and name.isdigit() else None
