"""Products, brands, categories and listings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from jiutong.api import etags
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.rows import code_of, of_row, run_row
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import access, catalog
from jiutong.flows import maintain_catalog as maintain
from jiutong.kernel.errors import INVALID, STALE, FieldError, Problem
from jiutong.kernel.runner import Call as Order
from jiutong.reads import product_lists
from jiutong.reads import products as reads

BULK_MAX = 1_000
BULK_BYTES_MAX = 8 << 20
Searched = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=100,
        description="Words of titles, brands and categories, pinyin, a code or a barcode; the last may be unfinished.",
    ),
]
PUT_REFUSALS = (
    catalog.UNKNOWN_BRAND,
    catalog.UNKNOWN_CATEGORY,
    catalog.SKU_TAKEN,
    catalog.BAD_GTIN,
    catalog.BARCODE_TAKEN,
    STALE,
)


class BrandBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A brand."""

    name: catalog.Name


class CategoryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A category, under `parent` or at the top."""

    name: catalog.Name
    parent: catalog.Code | None = None


class Standing(msgspec.Struct, frozen=True):
    """What became of a product, and the revision it has now."""

    code: str
    outcome: Literal["created", "changed", "unchanged"]
    revision: int


class Moved(msgspec.Struct, frozen=True):
    """The state a product is in now, and its revision."""

    code: str
    status: str
    revision: int


class RowRefused(msgspec.Struct, frozen=True):
    """Why a row was refused, as in a problem document."""

    code: str
    detail: str
    errors: Sequence[FieldError]


class RowTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of a bulk request: what became of it, or why it was refused."""

    product: str
    outcome: Literal["created", "changed", "unchanged", "refused"]
    revision: int | None = None
    refused: RowRefused | None = None


class BulkTold(msgspec.Struct, frozen=True):
    """What became of each row, in the order given."""

    rows: Sequence[RowTold]


class BulkBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Products that stand or fall each on its own."""

    products: Annotated[tuple[catalog.PutProduct, ...], msgspec.Meta(min_length=1, max_length=BULK_MAX)]


@get("/v1/products", scope="catalog:read")
async def list_products(
    call: Call,
    category: str | None = None,
    brand: str | None = None,
    status: catalog.Status | None = None,
    channel: str | None = None,
    q: Searched = None,
    sort: Literal["code", "title", "changed", "match"] | None = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[reads.ProductRow]:
    """Products: by code, by title, the latest changed first, or - what a search does unless told otherwise - what matches best.

    With `channel` only those listed in it, each with its price there now and how many can be promised.
    """
    sort = sort or ("code" if q is None else "match")
    if sort == "match" and q is None:
        raise INVALID("nothing is searched for", pointer="/sort")
    last = read(after, tuple[str, int, int | None])
    key, id_, rank = last if last is not None else (None, None, None)
    at = _instant(key) if sort == "changed" else None
    wanted = product_lists.Wanted(sort, category, brand, status, channel, q, None if at else key, at, id_, rank)
    found = await reads.listed(call.house.db, call.house.clock, call.scope.tenant_id, wanted, limit + 1)
    return paged([row for row, _ in found], limit, [(_sort_key(row, sort), id_, row.match) for row, id_ in found])


@get("/v1/products/facets", scope="catalog:read")
async def count_products(
    call: Call,
    category: str | None = None,
    brand: str | None = None,
    status: catalog.Status | None = None,
    channel: str | None = None,
    q: Searched = None,
) -> product_lists.Facets:
    """How the products of a list divide by category, brand and status.

    Each facet leaves its own filter out; told are the hundred most frequent values. Up to 100,000 products are counted, of a search
    10,000 words of products: `capped` says that there may be more.
    """
    async with call.reading() as tx:
        return await product_lists.facets(tx, product_lists.Wanted(category=category, brand=brand, status=status, channel=channel, q=q))


@get("/v1/products/{code}", scope="catalog:read", hot=True, refuses=(catalog.UNKNOWN_PRODUCT,))
async def show_product(call: Call, code: str) -> Response[reads.ProductView]:
    """A product with its SKUs, where they are listed, at what price now, and how many can be promised."""
    shown = await reads.detail(call.house.db, call.house.clock, call.scope.tenant_id, code)
    if shown is None:
        raise catalog.UNKNOWN_PRODUCT(f"no product {code!r}")
    return Response(shown.body, headers={"etag": etags.written(shown.revision)}, media_type="application/json")  # type: ignore[return-value]


@put("/v1/products/{code}", scope="catalog:write", refuses=PUT_REFUSALS)
async def put_product(call: Call, code: str, data: JSONBody[catalog.ProductBody]) -> Response[Standing]:
    """Make or replace a product and the SKUs named. SKUs left out stay as they are."""
    wish = catalog.PutProduct(
        data.title, data.description, data.brand, data.category, data.attributes, data.skus, code=code_of(code), revision=call.expected()
    )
    (row,) = (await run_row(call, maintain.put_products, maintain.PutProducts((wish,)))).products
    return call.put(Standing(row.code, row.outcome, row.revision), row.revision, f"/v1/products/{code}")


@post("/v1/products", scope="catalog:write", status=200, body_bytes_max=BULK_BYTES_MAX, refuses=PUT_REFUSALS)
async def put_products(call: Call, data: JSONBody[BulkBody]) -> BulkTold:
    """Make or replace many products, each on its own: what could not be done is told row by row."""
    key = call.key()
    told = await call.house.runner.run_all(
        maintain.put_products,
        [Order(maintain.PutProducts((wish,)), call.scope) for wish in data.products],
        [None if key is None else f"{key} {no}" for no in range(len(data.products))],
    )
    rows: list[RowTold] = []
    for wish, answer in zip(data.products, told, strict=True):
        if isinstance(answer, Problem):
            rows.append(RowTold(wish.code, "refused", refused=RowRefused(answer.code, answer.detail, of_row(answer).errors)))
        else:
            (row,) = answer.result.products
            rows.append(RowTold(row.code, row.outcome, row.revision))
    return BulkTold(rows)


@post("/v1/products/{code}/submit", scope="catalog:write", status=200, refuses=(catalog.UNKNOWN_PRODUCT, catalog.ILLEGAL_MOVE, STALE))
async def submit_product(call: Call, code: str) -> Moved:
    """Hand a draft in for audit."""
    return await _move(call, code, "audit")


@post("/v1/products/{code}/publish", scope="catalog:write", status=200, refuses=(catalog.UNKNOWN_PRODUCT, catalog.ILLEGAL_MOVE, STALE))
async def publish_product(call: Call, code: str) -> Moved:
    """Let a product be sold where it is listed."""
    return await _move(call, code, "published")


@post("/v1/products/{code}/retire", scope="catalog:write", status=200, refuses=(catalog.UNKNOWN_PRODUCT, catalog.ILLEGAL_MOVE, STALE))
async def retire_product(call: Call, code: str) -> Moved:
    """Let a product be sold no more."""
    return await _move(call, code, "retired")


@post("/v1/products/{code}/revise", scope="catalog:write", status=200, refuses=(catalog.UNKNOWN_PRODUCT, catalog.ILLEGAL_MOVE, STALE))
async def revise_product(call: Call, code: str) -> Moved:
    """Send a product back to its draft."""
    return await _move(call, code, "draft")


@put(
    "/v1/listings",
    scope="catalog:write",
    refuses=(access.UNKNOWN_CHANNEL, access.UNKNOWN_STORE, access.UNKNOWN_SELLER, catalog.UNKNOWN_SKU, catalog.EMPTY_WINDOW),
)
async def put_listings(call: Call, data: JSONBody[maintain.PutListings]) -> maintain.RowsPut:
    """Offer SKUs in channels and stores, or change how they are offered; all or nothing."""
    return await call.run(maintain.put_listings, data)


@get("/v1/brands", scope="catalog:read")
async def list_brands(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[catalog.PutBrand]:
    """Brands, by code."""
    async with call.reading() as tx:
        found = await reads.brands(tx, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@put("/v1/brands/{code}", scope="catalog:write")
async def put_brand(call: Call, code: str, data: JSONBody[BrandBody]) -> catalog.PutBrand:
    """Make or rename a brand."""
    brand = catalog.PutBrand(code_of(code), data.name)
    await run_row(call, maintain.put_brands, maintain.PutBrands((brand,)))
    return brand


@get("/v1/categories", scope="catalog:read")
async def list_categories(call: Call, after: Cursor = None, limit: Limit = 50) -> Page[catalog.PutCategory]:
    """Categories, by code, each with its parent."""
    async with call.reading() as tx:
        found = await reads.categories(tx, read(after, str), limit + 1)
    return paged(found, limit, [one.code for one in found])


@put("/v1/categories/{code}", scope="catalog:write", refuses=(catalog.UNKNOWN_CATEGORY, catalog.CATEGORY_CIRCLE))
async def put_category(call: Call, code: str, data: JSONBody[CategoryBody]) -> catalog.PutCategory:
    """Make, rename or move a category."""
    category = catalog.PutCategory(code_of(code), data.name, data.parent)
    await run_row(call, maintain.put_categories, maintain.PutCategories((category,)))
    return category


async def _move(call: Call, code: str, to: catalog.Status) -> Moved:
    wish = catalog.MoveProduct(code, to, call.expected())
    (moved,) = (await run_row(call, maintain.move_products, maintain.MoveProducts((wish,)))).products
    return Moved(moved.code, moved.after, moved.revision)


def _sort_key(row: reads.ProductRow, sort: str) -> str:
    return row.changed_at.isoformat() if sort == "changed" else row.code if sort == "code" else row.title


def _instant(written: str | None) -> datetime | None:
    try:
        return None if written is None else datetime.fromisoformat(written)
    except ValueError:
        raise INVALID("this is no cursor of this list; begin at the first page", pointer="/after") from None


ROUTES = [
    list_products,
    count_products,
    show_product,
    put_product,
    put_products,
    submit_product,
    publish_product,
    retire_product,
    revise_product,
    put_listings,
    list_brands,
    put_brand,
    list_categories,
    put_category,
]
