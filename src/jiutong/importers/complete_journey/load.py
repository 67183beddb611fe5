"""The year of a grocery chain, booked through the flows: the chain, its catalog, prices and shelves, then basket after basket.

Every step can be repeated: masters are put, opening stock has a key, a receipt names itself. An import that was killed goes on
when it is run again, and every basket is an order exactly once.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from jiutong.capabilities import access, catalog, inventory, member, pricing
from jiutong.flows import find_member, maintain_access, maintain_catalog, maintain_locations, maintain_prices, maintain_storefronts
from jiutong.flows.counter import Overage, TenderLaid, TillLine, TillSale
from jiutong.flows.receive_stock import receive_stock
from jiutong.flows.till_sale import till_sale
from jiutong.flows.words import TakeOff
from jiutong.importers.booking import Books, Progress, accepted, chunks
from jiutong.importers.complete_journey.model import OpeningStock, Position, Product, Receipt
from jiutong.importers.complete_journey.reader import CompleteJourney
from jiutong.importers.complete_journey.rules import opening_units, receipt
from jiutong.kernel.errors import Problem

SELLER, STORES, MALL, DC = "grocer", "stores", "mall", "dc1"
OPENED = datetime(2017, 1, 1, tzinfo=UTC)
SLICE = 20_000
"""Baskets in the first part of the year; each part has its own opening stock."""

BATCH = 192
MALL_UNITS = 200
FRONT = access.Storefront(
    published=True,
    title="Complete Journey Grocer",
    title_zh="全程优鲜",
    greeting="Groceries for every day, at your door tomorrow.",
    greeting_zh="日常好物，明日到家。",
    delivery="We deliver within the city. What you order today leaves us tomorrow.",
    delivery_zh="同城配送，今日下单，明日发出。",
    returns="Send back what you do not like within 30 days; your money comes back at once.",
    returns_zh="30 天内不满意可自助退货，退款即时到账。",
    country="US",
    dispatch_days=1,
    return_days=30,
    line_max=99,
)
COUNTER_ONLY = frozenset({"FUEL", "COUPON", "POSTAL CENTER", "CNTRL/STORE SUP", "CHARITABLE CONT", "GM MERCH EXP", "PROD-WHS SALES"})


class Loaded(msgspec.Struct, frozen=True):
    """What an import came to: receipts booked (again or for the first time), and the baskets that were refused, with the reason."""

    baskets: int
    refused: tuple[tuple[int, str], ...]


async def load(books: Books, source: CompleteJourney, *, whole: bool, progress: Progress) -> Loaded:
    """Book the first part of the year, or all of it."""
    products = list(source.products())
    await organization(books, source, progress)
    await assortment(books, products, progress)
    await price_book(books, source, products, progress)
    await members(books, source, progress)
    first = await part(books, source, 1, first=SLICE, after=None, progress=progress)
    if not whole:
        return first
    rest = await part(books, source, 2, first=None, after=_end_of_slice(source), progress=progress)
    return Loaded(first.baskets + rest.baskets, first.refused + rest.refused)


async def organization(books: Books, source: CompleteJourney, progress: Progress) -> None:
    """One seller; its stores with a till and shelves each; a mall that ships from one DC."""
    seller = access.Seller(name="Complete Journey Grocer", tax_inclusive=True)
    await books.one(maintain_access.put_seller, access.Put(SELLER, seller))
    for code, name, scene in ((STORES, "Stores", "store.pos"), (MALL, "Online mall", "b2c.mall")):
        channel = access.Channel(name=name, scene=scene, currency="USD", time_zone="UTC")
        await books.one(maintain_access.put_channel, access.Put(code, channel))
    rate = pricing.SetTaxRate("exempt", 0)
    await books.one(maintain_prices.set_tax_rates, maintain_prices.SetTaxRates(SELLER, (rate,)))
    stores = list(source.stores())
    put_stores = [access.Put(_store(s.store_id), access.Store(name=s.name, channel=STORES, seller=SELLER)) for s in stores]
    accepted(await books.batch(maintain_access.put_store, put_stores))
    tills = [access.PutDevice(_store(s.store_id), "till", access.Device()) for s in stores]
    accepted(await books.batch(maintain_access.put_device, tills))
    shelves = [
        inventory.NamedLocation(
            _store(s.store_id), inventory.PutLocation(name=s.name, kind="store", mode="exception", store=_store(s.store_id))
        )
        for s in stores
    ]
    dc = inventory.NamedLocation(DC, inventory.PutLocation(name="Distribution center", kind="dc", mode="strict"))
    accepted(await books.batch(maintain_locations.put_location, [dc, *shelves]))
    await books.one(maintain_locations.set_sources, inventory.NamedSources(MALL, (DC,)))
    await books.one(maintain_storefronts.put_storefront, access.Put(MALL, FRONT))
    progress("stores", len(stores), len(stores))


async def assortment(books: Books, products: list[Product], progress: Progress) -> None:
    """Departments and categories, brands, products with one SKU each, published and listed in both channels."""
    departments = sorted({p.department for p in products if p.department})
    categories = sorted({(p.department, p.category) for p in products if p.department and p.category})
    tree = [catalog.PutCategory(_code(d), d.title()) for d in departments]
    tree += [catalog.PutCategory(_code(f"{d} {c}"), c.title(), _code(d)) for d, c in categories]
    for rows in chunks(_once(tree), catalog.ROWS_MAX):
        await books.one(maintain_catalog.put_categories, maintain_catalog.PutCategories(tuple(rows)))
    makers = {p.manufacturer_id for p in products if p.manufacturer_id is not None}
    brands = [catalog.PutBrand(f"m{maker}", f"Manufacturer {maker}") for maker in sorted(makers)]
    for some in chunks(brands, catalog.ROWS_MAX):
        await books.one(maintain_catalog.put_brands, maintain_catalog.PutBrands(tuple(some)))
    for done, some_products in enumerate(chunks(products, catalog.ROWS_MAX // 2)):
        put = tuple(_product(p) for p in some_products)
        await books.one(maintain_catalog.put_products, maintain_catalog.PutProducts(put))
        moves = tuple(catalog.MoveProduct(p.code, state) for p in put for state in ("audit", "published"))
        await books.batch(maintain_catalog.move_products, [maintain_catalog.MoveProducts(moves)])
        listings = [maintain_catalog.PutListing(p.code, STORES, SELLER, "exempt") for p in put]
        listings += [maintain_catalog.PutListing(_sku(p.product_id), MALL, SELLER, "exempt") for p in some_products if _goes_by_parcel(p)]
        await books.one(maintain_catalog.put_listings, maintain_catalog.PutListings(tuple(listings)))
        progress("products", min((done + 1) * (catalog.ROWS_MAX // 2), len(products)), len(products))


async def price_book(books: Books, source: CompleteJourney, products: list[Product], progress: Progress) -> None:
    """The chain's base prices, from the first day on: what a product cost most often on the shelf."""
    base = maintain_prices.PutPriceList("base", "Base prices", "USD")
    await books.one(maintain_prices.put_lists, maintain_prices.PutPriceLists((base,)))
    prices = [
        pricing.SetPrice(_sku(p.product_id), p.price_minor, p.per_quantity, valid_from=OPENED)
        for p in source.shelf_prices()
        if p.store_id is None
    ]
    for done, rows in enumerate(chunks(prices, pricing.ROWS_MAX)):
        await books.one(maintain_prices.set_prices, maintain_prices.SetPrices("base", tuple(rows)))
        progress("prices", min((done + 1) * pricing.ROWS_MAX, len(prices)), len(prices))


async def members(books: Books, source: CompleteJourney, progress: Progress) -> None:
    """Every household has a loyalty card."""
    cards = [member.Recognize("card", household.card_number) for household in source.households()]
    async for _ in books.stream(find_member.recognize, cards, 250):
        pass
    progress("members", len(cards), len(cards))


async def part(books: Books, source: CompleteJourney, no: int, *, first: int | None, after: Position | None, progress: Progress) -> Loaded:
    """One part of the year: what must lie on the shelves for it, then its baskets."""
    opening = list(source.opening_stock(first, after))
    for done, shelf in enumerate(opening, 1):
        await _open_shelf(books, shelf, no)
        progress("opening stock", done, len(opening))
    if no == 1:
        await _open_mall(books, opening)
    total = first or 155_848 - SLICE
    refused: list[tuple[int, str]] = []
    booked = 0
    sales = (_sale(receipt(basket)) for basket in source.baskets(first, after))
    async for outcomes in books.stream(till_sale, sales, BATCH):
        for sale, outcome in outcomes:
            if isinstance(outcome, Problem):
                refused.append((int(sale.receipt_no), f"{outcome.code}: {outcome.detail}"))
            else:
                booked += 1
        progress("baskets", booked + len(refused), total)
    return Loaded(booked, tuple(refused))


async def _open_shelf(books: Books, shelf: OpeningStock, no: int) -> None:
    lines = [inventory.ReceiptLine(_sku(product_id), opening_units(units)) for product_id, units in shelf.units]
    for page, rows in enumerate(chunks(lines, inventory.LINES_MAX)):
        paper = inventory.ReceiveStock(_store(shelf.store_id), tuple(rows), SELLER, "opening", f"part {no}")
        await books.one(receive_stock, paper, key=f"opening/{no}/{shelf.store_id}/{page}")


async def _open_mall(books: Books, opening: Iterable[OpeningStock]) -> None:
    """The mall can sell what the stores sell: the same few units of each in the DC. What it does not list lies there for the stores."""
    products = sorted({product_id for shelf in opening for product_id, _ in shelf.units})
    lines = [inventory.ReceiptLine(_sku(product_id), MALL_UNITS) for product_id in products]
    for page, rows in enumerate(chunks(lines, inventory.LINES_MAX)):
        paper = inventory.ReceiveStock(DC, tuple(rows), SELLER, "opening", "mall")
        await books.one(receive_stock, paper, key=f"opening/mall/{page}")


def _end_of_slice(source: CompleteJourney) -> Position:
    return deque(source.baskets(SLICE), maxlen=1)[0].position


def _goes_by_parcel(product: Product) -> bool:
    """Fuel, coupons, stamps and gift cards are sold over the counter alone."""
    return product.sold_by == "piece" and product.department not in COUNTER_ONLY


def _sale(printed: Receipt) -> TillSale:
    tender = printed.tender_minor
    return TillSale(
        _store(printed.store_id),
        "till",
        str(printed.basket_id),
        tuple(
            TillLine(
                _sku(line.product_id),
                line.quantity,
                line.gross_minor,
                tuple(TakeOff(a.amount_minor, a.rule, "seller" if a.funder == "store" else a.funder) for a in line.adjustments),
            )
            for line in printed.lines
        ),
        (TenderLaid("cash", tender),) if tender else (),
        (),
        member.Recognize("card", f"CJ-{printed.household_id:06d}"),
        printed.at,
        Overage(printed.overage_minor, "manufacturer") if printed.overage_minor else None,
    )


def _product(p: Product) -> catalog.PutProduct:
    sku = catalog.PutSku(_sku(p.product_id), base_unit="piece" if p.sold_by == "piece" else "mgal")
    facts = {"brand_kind": p.brand, "package_size": p.package_size, "type": p.type}
    return catalog.PutProduct(
        code=_sku(p.product_id),
        title=p.name[:300],
        brand=None if p.manufacturer_id is None else f"m{p.manufacturer_id}",
        category=_code(f"{p.department} {p.category}") if p.department and p.category else _code(p.department) if p.department else None,
        attributes={name: value for name, value in facts.items() if value},
        skus=(sku,),
    )


def _once(rows: Iterable[catalog.PutCategory]) -> Iterator[catalog.PutCategory]:
    """Categories whose names differ only in characters a code has no room for are one."""
    seen: set[str] = set()
    for row in rows:
        if row.code not in seen:
            seen.add(row.code)
            yield row


def _sku(product_id: int) -> str:
    return f"cj{product_id}"


def _store(store_id: int) -> str:
    return f"s{store_id}"


def _code(name: str) -> str:
    """A name as a code: lower-case letters and digits, everything else one dash."""
    return "-".join("".join(c if c.isalnum() and c.isascii() else " " for c in name.lower()).split())[:64]
