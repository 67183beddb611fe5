"""What the catalog's statements have in common."""

from datetime import datetime
from sys import intern

import asyncpg
import msgspec

from jiutong.capabilities.catalog.model import EVER, FOREVER, Attributes, ListingFacts
from jiutong.kernel.db import Again, Tx


def listing_of(
    listing_id: int,
    channel_id: int,
    store_id: int,
    seller_id: int,
    owner_id: int,
    tax_class: str,
    listed: bool,
    valid_from: datetime,
    valid_to: datetime,
) -> ListingFacts:
    """A listing as facts tell it; words that come again and again are kept once."""
    return ListingFacts(
        listing_id, channel_id, store_id, seller_id, owner_id, intern(tax_class), listed, instant(valid_from), instant(valid_to)
    )


def instant(value: datetime) -> datetime:
    """The database's infinities come without a zone."""
    if value.tzinfo is not None:
        return value
    return FOREVER if value.year == FOREVER.year else EVER


async def written(tx: Tx, sql: str, *columns: object) -> None:
    """Rows were locked before they were planned; what appeared since under the same code or key sends us back to find it."""
    try:
        await tx.count(sql, *columns)
    except asyncpg.UniqueViolationError as taken:
        raise Again("a code, barcode or place was taken meanwhile") from taken


def attributes_of(written: str) -> Attributes:
    """Attributes as they are written."""
    return msgspec.json.decode(written, type=Attributes)


def encoded(attributes: Attributes) -> str:
    """Attributes as they are to be written."""
    return msgspec.json.encode(attributes).decode()
