"""The grocer's marketing: begun once, found by a newcomer in the first basket, and left alone by whoever loads the demo again."""

from datetime import timedelta

import pytest
from tests.invariants import broken
from tests.shop import since
from tests.world import NOON, Served, new_tenant, served

from jiutong.capabilities import access
from jiutong.capabilities.catalog import MoveProduct, PutCategory, PutProduct, PutSku
from jiutong.capabilities.inventory import NamedLocation, NamedSources, PutLocation, ReceiptLine, ReceiveStock
from jiutong.capabilities.member import Recognize
from jiutong.capabilities.pricing import SetTaxRate
from jiutong.flows import checkout, find_member, maintain_access, maintain_catalog, maintain_locations, maintain_prices
from jiutong.flows.receive_stock import receive_stock
from jiutong.importers.booking import Books
from jiutong.importers.complete_journey import marketing
from jiutong.importers.complete_journey.load import DC, MALL, SELLER
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call
from jiutong.kernel.scope import Scope

__all__ = ["served"]
BUYER = Recognize("card", "CJ-000001")
# As the source has them: SKU, category, and what it costs.
GOODS = {
    "cj951590": (marketing.BREAD, 199),
    marketing.BUNS: (marketing.BREAD, 129),
    marketing.COOKIES: ("grocery-cookies-cones", 268),
    marketing.YOGURT: ("grocery-yogurt", 40),
}


@pytest.fixture
async def books(served: Served, admin_url: str) -> Books:
    """The mall with four of its goods."""
    served.clock.at = NOON
    tenant = await new_tenant(served, admin_url)
    made = Books(served.house.runner, Scope(tenant.tenant_id, "system:import", frozenset({"*"})))
    await made.one(maintain_access.put_seller, access.Put(SELLER, access.Seller(name="Grocer", tax_inclusive=True)))
    mall = access.Channel(name="Mall", scene="b2c.mall", currency="USD", time_zone="UTC")
    await made.one(maintain_access.put_channel, access.Put(MALL, mall))
    await made.one(maintain_prices.set_tax_rates, maintain_prices.SetTaxRates(SELLER, (SetTaxRate("exempt", 0),)))
    await made.one(maintain_locations.put_location, NamedLocation(DC, PutLocation(name="DC", kind="dc", mode="strict")))
    await made.one(maintain_locations.set_sources, NamedSources(MALL, (DC,)))
    categories = sorted({category for category, _ in GOODS.values()})
    await made.one(maintain_catalog.put_categories, maintain_catalog.PutCategories(tuple(PutCategory(one, one) for one in categories)))
    products = tuple(PutProduct(title=sku, code=sku, category=category, skus=(PutSku(sku),)) for sku, (category, _) in GOODS.items())
    await made.one(maintain_catalog.put_products, maintain_catalog.PutProducts(products))
    moves = tuple(MoveProduct(sku, to) for sku in GOODS for to in ("audit", "published"))
    await made.one(maintain_catalog.move_products, maintain_catalog.MoveProducts(moves))
    listings = tuple(maintain_catalog.PutListing(sku, MALL, SELLER, "exempt") for sku in GOODS)
    await made.one(maintain_catalog.put_listings, maintain_catalog.PutListings(listings))
    await made.one(maintain_prices.put_lists, maintain_prices.PutPriceLists((maintain_prices.PutPriceList("base", "Base", "USD"),)))
    prices = tuple(since(sku, amount) for sku, (_, amount) in GOODS.items())
    await made.one(maintain_prices.set_prices, maintain_prices.SetPrices("base", prices))
    await made.one(receive_stock, ReceiveStock(DC, tuple(ReceiptLine(sku, 100) for sku in GOODS), SELLER))
    await made.one(find_member.recognize, BUYER)
    return made


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches a test's progress."""


async def quoted(served: Served, books: Books, sku: str, units: int, play: str = "") -> checkout.Placed:
    wish = checkout.PlaceOrder(channel=MALL, lines=(checkout.LineWish(sku, units),), member=BUYER, play=play)
    async with served.house.db.reading(books.scope.tenant_id, served.clock.now()) as tx:
        (told,) = await checkout.quote(tx, [Call(wish, books.scope)])
    assert not isinstance(told, Problem), told
    return told


async def test_a_basket_is_explained_and_loading_again_changes_nothing(served: Served, books: Books) -> None:
    await marketing.market(books, NOON, silent)
    bread = await quoted(served, books, "cj951590", 8)
    assert (bread.gross, bread.discount, bread.charged, bread.total) == (1592, 548, 499, 1543)
    assert [(note.rule, note.outcome, note.why, note.amount, note.gap) for note in bread.notes] == [
        ("second-loaf@1", "applied", "", 398, 0),
        ("breakfast@1", "near", "next_tier", 0, 806),
        ("breakfast@1", "applied", "", 150, 0),
        ("parcel@1", "applied", "estimated", 499, 0),
        ("parcel@1", "near", "free_near", 499, 1456),
    ]
    before = await events(served, books)
    for later in (0, 1):
        await marketing.market(books, NOON + timedelta(days=later), silent)
        assert await events(served, books) == before
    assert await broken(served.house.db, books.scope.tenant_id) == []


async def test_its_plays_are_entered_and_its_limit_holds(served: Served, books: Books) -> None:
    await marketing.market(books, NOON, silent)
    early = await quoted(served, books, marketing.COOKIES, 2, play="fresh-cookies")
    together = await quoted(served, books, marketing.YOGURT, 2, play="yogurt-together")
    assert [(one.gross, one.discount) for one in (early, together)] == [(536, 178), (80, 10)]
    with pytest.raises(AssertionError, match="limit_reached"):
        await quoted(served, books, marketing.BUNS, 13)


async def events(served: Served, books: Books) -> int:
    async with served.house.db.reading(books.scope.tenant_id, NOON) as tx:
        return (await tx.fetch("select count(*) from kernel.event where tenant_id = $1"))[0][0]
