"""Maintaining the catalog: brands, categories, products with their SKUs and barcodes, their life, and where they are offered.

A command carries up to 5,000 rows and stands or falls whole; what is refused names the row by its pointer. Putting the same
rows again changes nothing.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, catalog
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class PutBrands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Brands as they are to be."""

    brands: Annotated[tuple[catalog.PutBrand, ...], Meta(min_length=1, max_length=catalog.ROWS_MAX)]


class PutCategories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Categories as they are to be; a parent may come in the same command."""

    categories: Annotated[tuple[catalog.PutCategory, ...], Meta(min_length=1, max_length=catalog.ROWS_MAX)]


class PutProducts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Products as they are to be, new ones as drafts."""

    products: Annotated[tuple[catalog.PutProduct, ...], Meta(min_length=1, max_length=catalog.ROWS_MAX)]


class MoveProducts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Products to be submitted for audit, sent back, published or retired."""

    products: Annotated[tuple[catalog.MoveProduct, ...], Meta(min_length=1, max_length=catalog.ROWS_MAX)]


class PutListing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A SKU offered in a channel, or in one of its stores. Without `owner` the seller sells its own stock."""

    sku: catalog.Code
    channel: catalog.Code
    seller: catalog.Code
    tax_class: Annotated[str, Meta(min_length=1, max_length=32)]
    store: catalog.Code | None = None
    owner: catalog.Code | None = None
    listed: bool = True
    valid_from: catalog.Instant = catalog.EVER
    valid_to: catalog.Instant = catalog.FOREVER


class PutListings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Listings as they are to be."""

    listings: Annotated[tuple[PutListing, ...], Meta(min_length=1, max_length=catalog.ROWS_MAX)]


class IndexProducts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Products, by id, whose words are to be written anew."""

    products: tuple[int, ...]


class Indexed(msgspec.Struct, frozen=True):
    """How many products have their words now."""

    products: int


class RowsPut(msgspec.Struct, frozen=True):
    """How many rows were new or different; the rest was so already."""

    created: int
    changed: int
    unchanged: int


class ProductsPut(msgspec.Struct, frozen=True):
    """What became of each product, in the order given."""

    products: tuple[catalog.Put, ...]


class ProductsMoved(msgspec.Struct, frozen=True):
    """The products in their new states, in the order given."""

    products: tuple[catalog.Moved, ...]


class Put(msgspec.Struct, frozen=True):
    """What was put: rows that are new, and rows that are different now."""

    rows: tuple[catalog.Renamed, ...]


class Created(msgspec.Struct, frozen=True):
    """The codes of new rows."""

    codes: tuple[str, ...]


class Listed(msgspec.Struct, frozen=True):
    """Listings that are new (by SKU) or different now."""

    created: tuple[str, ...]
    changed: tuple[catalog.ListingChange, ...]


@flow("catalog.put_brands", gives=RowsPut, statements=4)
async def put_brands(tx: Tx, calls: Sequence[Call[PutBrands]]) -> list[RowsPut | Problem]:
    """Add or rename brands."""
    renamed = await catalog.put_brands(tx, [call.command.brands for call in calls])
    for call, rows in zip(calls, renamed, strict=True):
        _announce(tx, "brand.put.v1", rows, call)
    return [_counted(rows, len(call.command.brands)) for call, rows in zip(calls, renamed, strict=True)]


@flow("catalog.put_categories", gives=RowsPut, statements=6)
async def put_categories(tx: Tx, calls: Sequence[Call[PutCategories]]) -> list[RowsPut | Problem]:
    """Add, rename or move categories."""
    outcomes = await catalog.put_categories(tx, [call.command.categories for call in calls])
    for call, rows in zip(calls, outcomes, strict=True):
        if not isinstance(rows, Problem):
            _announce(tx, "category.put.v1", rows, call)
    return [
        rows if isinstance(rows, Problem) else _counted(rows, len(call.command.categories))
        for call, rows in zip(calls, outcomes, strict=True)
    ]


@flow("catalog.put_products", gives=ProductsPut, statements=11, batch_max=32)
async def put_products(tx: Tx, calls: Sequence[Call[PutProducts]]) -> list[ProductsPut | Problem]:
    """Add or change products with their SKUs and barcodes."""
    outcomes = await catalog.put_products(tx, [call.command.products for call in calls])
    for call, put in zip(calls, outcomes, strict=True):
        if isinstance(put, Problem):
            continue
        if put.created:
            codes = tuple(row.code for row in put.rows if row.outcome == "created")
            tx.emit("product.created.v1", put.created[0], Created(codes), call.scope)
        for change in put.changed:
            tx.emit("product.changed.v1", change.after.product_id, change, call.scope)
    return [put if isinstance(put, Problem) else ProductsPut(put.rows) for put in outcomes]


@flow("catalog.index_products", gives=Indexed, statements=5, batch_max=8)
async def index_products(tx: Tx, calls: Sequence[Call[IndexProducts]]) -> list[Indexed | Problem]:
    """Write the words by which products are found, where an older version wrote the products without."""
    await catalog.index_products(tx, {id_ for call in calls for id_ in call.command.products})
    return [Indexed(len(call.command.products)) for call in calls]


@flow("catalog.move_products", gives=ProductsMoved, statements=4, batch_max=32)
async def move_products(tx: Tx, calls: Sequence[Call[MoveProducts]]) -> list[ProductsMoved | Problem]:
    """Bring products from state to state."""
    outcomes = await catalog.move_products(tx, [call.command.products for call in calls])
    for call, moved in zip(calls, outcomes, strict=True):
        for one in () if isinstance(moved, Problem) else moved:
            tx.emit("product.moved.v1", one.product_id, one, call.scope)
    return [moved if isinstance(moved, Problem) else ProductsMoved(moved) for moved in outcomes]


@flow("catalog.put_listings", gives=RowsPut, statements=8, batch_max=32)
async def put_listings(tx: Tx, calls: Sequence[Call[PutListings]]) -> list[RowsPut | Problem]:
    """Offer SKUs in channels and stores, or change how they are offered."""
    rows = [row for call in calls for row in call.command.listings]
    places = _Places(
        await access.channels(tx, {row.channel for row in rows}),
        await access.stores(tx, {row.store for row in rows if row.store}),
        await access.sellers(tx, {row.seller for row in rows} | {row.owner for row in rows if row.owner}),
    )
    placed = [_placed(call.command.listings, places) for call in calls]
    known = iter(await catalog.put_listings(tx, [wishes for wishes in placed if not isinstance(wishes, Problem)]))
    outcomes = [wishes if isinstance(wishes, Problem) else next(known) for wishes in placed]
    for call, changes in zip(calls, outcomes, strict=True):
        if not isinstance(changes, Problem) and changes:
            created = tuple(change.sku for change in changes if change.before is None)
            changed = tuple(change for change in changes if change.before is not None)
            tx.emit("listing.put.v1", changes[0].sku_id, Listed(created, changed), call.scope)
    return [
        changes if isinstance(changes, Problem) else _counted(changes, len(call.command.listings))
        for call, changes in zip(calls, outcomes, strict=True)
    ]


class _Places(msgspec.Struct, frozen=True):
    channels: dict[str, access.ChannelFacts]
    stores: dict[str, access.StoreFacts]
    sellers: dict[str, access.SellerFacts]


def _placed(rows: Sequence[PutListing], places: _Places) -> list[catalog.Listing] | Problem:
    placed: list[catalog.Listing] = []
    for position, row in enumerate(rows):
        at = f"/listings/{position}"
        channel, store = places.channels.get(row.channel), places.stores.get(row.store or "")
        seller, owner = places.sellers.get(row.seller), places.sellers.get(row.owner or row.seller)
        if channel is None:
            return access.UNKNOWN_CHANNEL(f"no channel {row.channel}", pointer=f"{at}/channel")
        if row.store and (store is None or store.channel_id != channel.channel_id):
            return access.UNKNOWN_STORE(f"no store {row.store} in {row.channel}", pointer=f"{at}/store")
        if seller is None:
            return access.UNKNOWN_SELLER(f"no seller {row.seller}", pointer=f"{at}/seller")
        if owner is None:
            return access.UNKNOWN_SELLER(f"no owner {row.owner}", pointer=f"{at}/owner")
        placed.append(
            catalog.Listing(
                row.sku,
                channel.channel_id,
                store.store_id if store else 0,
                seller.seller_id,
                owner.seller_id,
                row.tax_class,
                row.listed,
                row.valid_from,
                row.valid_to,
            )
        )
    return placed


def _announce(tx: Tx, type_: str, rows: Sequence[catalog.Renamed], call: Call[PutBrands] | Call[PutCategories]) -> None:
    if rows:
        tx.emit(type_, rows[0].id, Put(tuple(rows)), call.scope)


def _counted(changes: Sequence[catalog.Renamed] | Sequence[catalog.ListingChange], rows: int) -> RowsPut:
    created = [change for change in changes if change.before is None]
    return RowsPut(len(created), len(changes) - len(created), rows - len(changes))
