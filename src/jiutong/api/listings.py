"""Where goods are offered, as a list; and what happened to a product."""

from datetime import datetime
from typing import Any

import msgspec

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.shell import get
from jiutong.capabilities import catalog
from jiutong.reads import actors, orders, sheets


class OfferView(msgspec.Struct, frozen=True):
    """A SKU offered in a channel, or in one of its stores; null for the ends of time."""

    sku: str
    title: str
    product: str
    channel: str
    store: str | None
    seller: str
    owner: str
    tax_class: str
    listed: bool
    valid_from: datetime | None
    valid_to: datetime | None


class ProductEventView(msgspec.Struct, frozen=True):
    """Something that happened to a product. `who` is the name of whoever did it."""

    id: str
    type: str
    at: datetime
    actor: str
    who: str
    facts: Any


@get("/v1/listings", scope="catalog:read")
async def list_listings(
    call: Call, channel: str | None = None, store: str | None = None, sku: str | None = None, after: Cursor = None, limit: Limit = 50
) -> Page[OfferView]:
    """Where SKUs are offered, and how; of one channel, one store or one SKU if it is named."""
    async with call.reading() as tx:
        found = await sheets.listings(tx, channel, store, None if sku is None else [sku], read(after, tuple[int, int]), limit + 1)
        products = await sheets.products_of(tx, {one.sku_id for one in found})
    views = [
        OfferView(product=products.get(one.sku_id, ""), **{name: getattr(one, name) for name in _SAME if name != "product"})
        for one in found
    ]
    return paged(views, limit, [(one.sku_id, one.listing_id) for one in found])


@get("/v1/products/{code}/timeline", scope="catalog:read", refuses=(catalog.UNKNOWN_PRODUCT,))
async def show_product_timeline(call: Call, code: str, after: Cursor = None, limit: Limit = 50) -> Page[ProductEventView]:
    """What happened to a product, latest first: who did what, and the facts."""
    async with call.reading() as tx:
        product_id = await sheets.product_id(tx, code)
        if product_id is None:
            raise catalog.UNKNOWN_PRODUCT(f"no product {code!r}")
        rows = await orders.timeline(tx, product_id, read(after, int), limit)
        names = await actors.names(tx, {row.actor for row in rows})
    views = [
        ProductEventView(call.ids.show("evt", row.event_id), row.type, row.at, row.actor, names.get(row.actor, ""), _told(row.facts))
        for row in rows
    ]
    return paged(views, limit, [row.event_id for row in rows])


def _told(facts: Any) -> Any:
    """The facts without the numbers rows have inside the house."""
    if isinstance(facts, dict):
        return {name: _told(value) for name, value in facts.items() if not name.endswith("_id")}
    return [_told(one) for one in facts] if isinstance(facts, list) else facts


_SAME = OfferView.__struct_fields__
ROUTES = [list_listings, show_product_timeline]
