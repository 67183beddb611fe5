"""Products as shoppers see them: what is offered here and now, at what price, and honestly how many are left."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from jiutong.capabilities import catalog, pricing
from jiutong.flows import shown_prices
from jiutong.reads import products, shelf, storefronts

FEW = 10
"""From so many pieces on nobody is told the number."""

State: TypeAlias = Literal["in_stock", "few", "out"]


class Named(msgspec.Struct, frozen=True):
    """A category or brand."""

    code: str
    name: str


class PriceView(msgspec.Struct, frozen=True):
    """What `per` base units cost, in minor units of the shop's currency."""

    amount_minor: int
    per: int


class SourceView(msgspec.Struct, frozen=True):
    """The list that gave a price: whom it is for, and what it is called."""

    kind: str
    name: str


class StockView(msgspec.Struct, frozen=True):
    """Whether it can be bought now; `left` is told of the last few."""

    state: State
    left: int | None = None


class CardView(msgspec.Struct, frozen=True):
    """A product in a list. `sku` when there is only one to choose; `varies`: other forms cost more than this.

    `usual` is what everybody pays, where whoever asks pays something else.
    """

    code: str
    title: str
    brand: Named | None
    category: Named | None
    top: str | None
    picture: str | None
    price: PriceView
    varies: bool
    base_unit: str
    stock: StockView
    sku: str | None
    usual: PriceView | None


class BreakView(msgspec.Struct, frozen=True):
    """From so many base units of a line on, each costs this."""

    min_quantity: int
    amount_minor: int
    per: int


class FormView(msgspec.Struct, frozen=True):
    """One form of a product that can be put into a basket.

    `source` is the list that gave the price, `usual` what everybody pays where that is something else, `left` how many base units of an
    agreed quantity are left at this price.
    """

    sku: str
    title: str
    base_unit: str
    pack_size: int
    attributes: catalog.Attributes
    price: PriceView
    breaks: tuple[BreakView, ...]
    stock: StockView
    source: SourceView | None
    usual: PriceView | None
    left: int | None


class PictureView(msgspec.Struct, frozen=True):
    """A picture; its files are `/media/{hash}-{320|800|1600}.webp`."""

    hash: str
    width: int
    height: int
    alt: str


class ProductPage(msgspec.Struct, frozen=True):
    """A product with everything a shopper is told of it."""

    code: str
    title: str
    description: str
    brand: Named | None
    trail: tuple[Named, ...]
    attributes: catalog.Attributes
    pictures: tuple[PictureView, ...]
    forms: tuple[FormView, ...]
    leaves_by: date | None


class Own(msgspec.Struct, frozen=True):
    """The prices of whoever looks, by SKU, and the lists they are of."""

    prices: Mapping[str, shown_prices.Shown]
    lists: Mapping[str, pricing.PriceList]

    def form(self, sku: str, otherwise: products.PriceView) -> tuple[PriceView, tuple[BreakView, ...], SourceView | None, PriceView | None]:
        """Price, breaks, source and what everybody pays of a SKU."""
        one = self.prices.get(sku)
        if one is None:
            return PriceView(otherwise.amount_minor, otherwise.per), (), None, None
        known = self.lists.get(one.price.list_code)
        source = SourceView("contract" if one.price.kind == "contract_category" else one.price.kind, known.name if known else "")
        breaks = tuple(BreakView(step.min_quantity, step.amount, step.per) for step in one.steps)
        return PriceView(one.price.amount, one.price.per), breaks, source, _usual(one)


def _usual(one: shown_prices.Shown) -> PriceView | None:
    usual = one.everybodys
    same = usual is None or usual.amount * one.price.per == one.price.amount * usual.per
    return None if same or usual is None else PriceView(usual.amount, usual.per)


class Names:
    """Names of categories and brands by code, and where categories hang."""

    def __init__(self, of: shelf.Shelf) -> None:
        self._of = of
        self.brands = dict(of.brands.values())
        self.categories = {code: (id_, name) for id_, (code, name, _) in of.categories.items()}

    def brand(self, code: str | None) -> Named | None:
        """A brand by its code."""
        return None if code is None else Named(code, self.brands.get(code, code))

    def category(self, code: str | None) -> Named | None:
        """A category by its code."""
        return None if code is None else Named(code, self.categories.get(code, (0, code))[1])

    def trail(self, code: str | None) -> tuple[Named, ...]:
        """The categories from the top down to this one."""
        at = self.categories[code][0] if code in self.categories else None
        found: list[Named] = []
        while at is not None and at in self._of.categories and len(found) < 10:
            known, name, at = self._of.categories[at]
            found.insert(0, Named(known, name))
        return tuple(found)


def card(
    one: products.ProductView,
    channel: str,
    names: Names,
    pictures: Sequence[storefronts.PictureRow],
    prices: Mapping[str, shown_prices.Shown],
) -> CardView | None:
    """A product in a list; None when nothing of it can be bought here. `prices` are those of whoever looks, by SKU."""
    forms = _offered(one, channel)
    if not forms:
        return None
    amounts = {
        sku.code: PriceView(own.price.amount, own.price.per) if (own := prices.get(sku.code)) else PriceView(price.amount_minor, price.per)
        for sku, _, price in forms
    }
    sku, _, _ = min(forms, key=lambda form: amounts[form[0].code].amount_minor)
    own = prices.get(sku.code)
    stocks = [_stock(sku, listing.atp) for sku, listing, _ in forms]
    trail = names.trail(one.category)
    return CardView(
        one.code,
        one.title,
        names.brand(one.brand),
        names.category(one.category),
        trail[0].code if trail else None,
        pictures[0].hash if pictures else None,
        amounts[sku.code],
        len({price.amount_minor for price in amounts.values()}) > 1,
        sku.base_unit,
        min(stocks, key=lambda stock: ("in_stock", "few", "out").index(stock.state)),
        sku.code if len(forms) == 1 else None,
        _usual(own) if own else None,
    )


def page(
    one: products.ProductView,
    channel: str,
    names: Names,
    pictures: Sequence[storefronts.PictureRow],
    own: Own,
    leaves_by: date | None,
) -> ProductPage | None:
    """A product with everything; None when nothing of it is offered here."""
    forms: list[FormView] = []
    for sku, listing, otherwise in _offered(one, channel):
        price, breaks, source, usual = own.form(sku.code, otherwise)
        left = own.prices[sku.code].left if sku.code in own.prices else None
        stock = _stock(sku, listing.atp)
        forms.append(FormView(sku.code, sku.title, sku.base_unit, sku.pack_size, sku.attributes, price, breaks, stock, source, usual, left))
    if not forms:
        return None
    shown = tuple(PictureView(p.hash, p.width, p.height, p.alt or one.title) for p in pictures)
    in_stock = any(form.stock.state != "out" for form in forms)
    return ProductPage(
        one.code,
        one.title,
        one.description,
        names.brand(one.brand),
        names.trail(one.category),
        one.attributes,
        shown,
        tuple(forms),
        leaves_by if in_stock else None,
    )


def leaves_by(now: datetime, time_zone: str, dispatch_days: int) -> date | None:
    """The day by which what is ordered now leaves; None where the shop promises nothing."""
    return (now.astimezone(ZoneInfo(time_zone)) + timedelta(days=dispatch_days)).date() if dispatch_days else None


def _offered(one: products.ProductView, channel: str) -> list[tuple[products.SkuView, products.ListingView, products.PriceView]]:
    if one.status != "published":
        return []
    return [
        (sku, listing, listing.price)
        for sku in one.skus
        for listing in sku.listings
        if listing.channel == channel and listing.store is None and listing.offered and listing.price is not None
    ]


def _stock(sku: products.SkuView, atp: int | None) -> StockView:
    if not atp:
        return StockView("out")
    return StockView("few", atp) if sku.base_unit == "piece" and atp < FEW else StockView("in_stock")
