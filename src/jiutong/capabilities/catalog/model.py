"""The nouns of the catalog: brand, category, product, SKU, barcode, listing, and why something is refused."""

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jiutong.kernel.errors import ProblemType

UNKNOWN_SKU = ProblemType("catalog.unknown_sku", 422, "There is no such SKU", "没有这个单品")
NOT_SELLABLE = ProblemType("catalog.not_sellable", 409, "It is not for sale", "商品未在售")
NOT_LISTED = ProblemType("catalog.not_listed", 409, "It is not offered here", "此处未上架")
NOT_YET = ProblemType("catalog.not_yet", 409, "It is not offered yet", "尚未开售")
NO_LONGER = ProblemType("catalog.no_longer", 409, "It is no longer offered", "已停售")
UNKNOWN_PRODUCT = ProblemType("catalog.unknown_product", 404, "There is no such product", "没有这个商品")
UNKNOWN_BRAND = ProblemType("catalog.unknown_brand", 422, "There is no such brand", "没有这个品牌")
UNKNOWN_CATEGORY = ProblemType("catalog.unknown_category", 422, "There is no such category", "没有这个类目")
CATEGORY_CIRCLE = ProblemType("catalog.category_circle", 409, "A category cannot lie within itself", "类目不能成环")
ILLEGAL_MOVE = ProblemType("catalog.illegal_move", 409, "A product in this state cannot go there", "商品状态不允许此操作")
SKU_TAKEN = ProblemType("catalog.sku_taken", 409, "This SKU code belongs to another product", "单品编码属于其他商品")
BAD_GTIN = ProblemType("catalog.bad_gtin", 422, "This is no barcode: wrong length or check digit", "条码长度或校验位错误")
BARCODE_TAKEN = ProblemType("catalog.barcode_taken", 409, "This barcode is on another SKU", "条码属于其他单品")
EMPTY_WINDOW = ProblemType("catalog.empty_window", 422, "It would end before it begins", "结束时间早于开始时间")

# The ends of time, as the database's infinities come back.
EVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)

ROWS_MAX = 5_000
WORD_CHARACTERS_MAX = 64
# Where a word stands, and so how much it says: as a code, in a title, in the names of brand and category, or elsewhere.
IN_CODE, IN_TITLE, IN_BRAND, IN_CATEGORY, ELSEWHERE = range(5)
Code: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s/\x00-\x1f]+$")]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=300)]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]
# An attribute is a whole number with its unit in the name, a word, a yes or no, or several words.
Attributes: TypeAlias = dict[Annotated[str, Meta(min_length=1, max_length=64)], bool | int | str | list[str]]

Status: TypeAlias = Literal["draft", "audit", "published", "retired"]
# Where a product may come from to get there.
MOVES: dict[Status, tuple[Status, ...]] = {
    "draft": ("audit", "retired"),
    "audit": ("draft",),
    "published": ("audit", "retired"),
    "retired": ("draft", "audit", "published"),
}


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
    """What selling a SKU needs to know. `sellable`: its product is published and the SKU itself is active.

    `categories` are its own and those above it, from the bottom up; `attributes` its product's, overridden by its own.
    """

    sku_id: int
    code: str
    title: str
    product_id: int
    base_unit: str
    pack_size: int
    weight_g: int
    sellable: bool
    listings: tuple[ListingFacts, ...]
    brand: str = ""
    categories: tuple[str, ...] = ()
    attributes: Attributes = {}


class PutBrand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A brand as it is to be."""

    code: Code
    name: Name


class PutCategory(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A category as it is to be, under `parent` or at the top."""

    code: Code
    name: Name
    parent: Code | None = None


class PutSku(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A SKU as it is to be. Without a title it has its product's; `gtins` are all its barcodes, those left out come off."""

    code: Code
    title: Annotated[str, Meta(max_length=300)] = ""
    base_unit: Annotated[str, Meta(min_length=1, max_length=16)] = "piece"
    pack_size: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1
    weight_g: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    attributes: Attributes = {}
    gtins: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    active: bool = True


class ProductBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a product is to be. SKUs left out stay as they are: a SKU that was ever sold is not deleted but made inactive."""

    title: Name
    description: Annotated[str, Meta(max_length=20_000)] = ""
    brand: Code | None = None
    category: Code | None = None
    attributes: Attributes = {}
    skus: Annotated[tuple[PutSku, ...], Meta(max_length=500)] = ()


class PutProduct(ProductBody, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A product under its code. With `revision` it is changed only if it still is the one that was read."""

    code: Code
    revision: int | None = None


class Brand(msgspec.Struct, frozen=True):
    """A brand as it stands."""

    brand_id: int
    code: str
    name: str


class Category(msgspec.Struct, frozen=True):
    """A category as it stands; its parent by code."""

    category_id: int
    code: str
    name: str
    parent: str | None


class Product(msgspec.Struct, frozen=True):
    """A product as it stands; brand and category by code and id."""

    product_id: int
    code: str
    title: str
    description: str
    brand: str | None
    category: str | None
    brand_id: int | None
    category_id: int | None
    attributes: Attributes
    status: str
    revision: int


class Sku(msgspec.Struct, frozen=True):
    """A SKU as it stands, with its barcodes in GTIN-14 form, sorted."""

    sku_id: int
    product_id: int
    code: str
    title: str
    base_unit: str
    pack_size: int
    weight_g: int
    attributes: Attributes
    active: bool
    gtins: tuple[str, ...]


class Listing(msgspec.Struct, frozen=True):
    """A listing as it is to be, its places resolved to ids. `store_id` 0 is every store of the channel."""

    sku: str
    channel_id: int
    store_id: int
    seller_id: int
    owner_id: int
    tax_class: str
    listed: bool
    valid_from: datetime
    valid_to: datetime


class Put(msgspec.Struct, frozen=True):
    """What putting a row came to."""

    code: str
    outcome: Literal["created", "changed", "unchanged"]
    revision: int


class Renamed(msgspec.Struct, frozen=True):
    """A brand or category that is new (`before` None) or has another name or parent now."""

    id: int
    code: str
    before: str | None
    after: str
    parent_before: str | None = None
    parent_after: str | None = None


class ProductChange(msgspec.Struct, frozen=True):
    """A product that is new (`before` None) or different now, and those of its SKUs that are."""

    before: Product | None
    after: Product
    skus_before: tuple[Sku, ...]
    skus_after: tuple[Sku, ...]


class ProductsPut(msgspec.Struct, frozen=True):
    """What became of the products of one command."""

    rows: tuple[Put, ...]
    created: tuple[int, ...]
    changed: tuple[ProductChange, ...]


class Text(msgspec.Struct, frozen=True):
    """What a product is found by: its title and those of its SKUs, brand and category by name, codes, and barcodes."""

    product_id: int
    title: str
    titles: frozenset[str]
    brand: str
    category: str
    codes: frozenset[str]
    gtins: frozenset[str]


class Posting(msgspec.Struct, frozen=True, order=True):
    """A word of a product, and where it stands."""

    word: str
    place: int
    title: str
    product_id: int


class Term(msgspec.Struct, frozen=True):
    """Words from `low` until just before `high`: one of them is wanted."""

    low: str
    high: str


class Search(msgspec.Struct, frozen=True):
    """What somebody looks for: a word of every term. `whole` is all of it as if it were a code."""

    whole: str
    terms: tuple[Term, ...]


class PutPicture(msgspec.Struct, frozen=True):
    """Show a product by this picture at this place, 1 first. `hash` is of the picture as it was sent; its files are named by it."""

    product: Code
    position: Annotated[int, Meta(ge=1, le=12)]
    hash: str
    width: int
    height: int
    alt: str = ""


class DropPicture(msgspec.Struct, frozen=True):
    """Show a product without the picture at this place."""

    product: Code
    position: int


class MoveProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A wish to bring a product to a state; with `revision` only if it still is the one that was read."""

    code: Code
    to: Status
    revision: int | None = None


class Moved(msgspec.Struct, frozen=True):
    """A product went from one state to another."""

    product_id: int
    code: str
    before: str
    after: str
    revision: int


class ListingChange(msgspec.Struct, frozen=True):
    """A listing that is new (`before` None) or different now."""

    sku_id: int
    sku: str
    before: ListingFacts | None
    after: ListingFacts
