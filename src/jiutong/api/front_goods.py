"""The shop for everybody: what is sold, what a basket comes to. Nobody needs a key; only a published storefront opens (entrance.py)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Literal, Protocol

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta

from jiutong.api import front_views
from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, read, written
from jiutong.api.entrance import ENTERING, Visit, entered, limits
from jiutong.api.front_views import CardView, Names, ProductPage
from jiutong.api.shell import JSONBody, get, post
from jiutong.capabilities import access, catalog, fulfillment, member, order, pricing
from jiutong.flows import checkout, shown_prices
from jiutong.flows.checkout import LineWish, Placed, PlaceOrder, QuotedLine
from jiutong.flows.words import Code, Contact, Quantity
from jiutong.kernel import runner
from jiutong.kernel.errors import NOT_FOUND, Problem, ProblemType
from jiutong.reads import products, shelf, storefronts
from jiutong.reads.shelf import Ask, Category, Facet, Sort

LINES_MAX = 100
CARDS_MAX = 60
FACETS_MAX = 40
TOO_MANY_PIECES = ProblemType("shop.too_many_pieces", 422, "This shop sells fewer of one thing at a time", "超过单品限购数量")
BUYING_FOR = (member.NOT_A_BUYER, member.COMPANY_BLOCKED)
"""What who names a company may be told at any address with prices."""

# A line that asks for too many still has a price.
_ONLY_FEWER = frozenset({order.SHORT.code, TOO_MANY_PIECES.code})
_NOTHING = QuotedLine(0, "", 0, 0, 1, "", 0, 0, 0, 0)
Searched = Annotated[str | None, QueryParameter(min_length=1, max_length=100, description="Words of a title, a code or a barcode.")]
Chosen = Annotated[str | None, QueryParameter(min_length=1, max_length=4000, description="Codes of products, divided by commas.")]
CardLimit = Annotated[int, QueryParameter(ge=1, le=CARDS_MAX, description="Products per page.")]


class FrontView(msgspec.Struct, frozen=True):
    """A shop: what it tells its shoppers, and the categories that have something to show.

    `simulated`: payments are played through, nobody's money moves.
    """

    tenant: str
    channel: str
    open: bool
    currency: str
    title: str
    title_zh: str
    greeting: str
    greeting_zh: str
    delivery: str
    delivery_zh: str
    returns: str
    returns_zh: str
    languages: tuple[str, ...]
    country: str
    dispatch_days: int
    return_days: int
    line_max: int
    simulated: bool
    categories: Sequence[Category]


class FrontAddress(msgspec.Struct, frozen=True):
    """A shop by the codes of its tenant and channel: `/shop/{tenant}/{channel}/`."""

    tenant: str
    channel: str


class ShownView(msgspec.Struct, frozen=True):
    """Part of a list of products. `more`: the search found more than it looks at; narrow it down."""

    items: Sequence[CardView]
    next: str | None
    count: int
    more: bool
    categories: Sequence[Facet]
    brands: Sequence[Facet]


class BasketLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many base units of a SKU."""

    sku: Code
    quantity: Quantity


class Buying(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How a basket is bought: by which coupons (null: the best of those in hand), with how many points and red packets at most,
    with which services, through which play.
    """

    coupons: Annotated[tuple[Code, ...], Meta(max_length=20)] | None = None
    points: Annotated[int, Meta(ge=0, le=10**12)] = 0
    red_packet_minor: Annotated[int, Meta(ge=0, le=10**12)] = 0
    services: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    play: Annotated[str, Meta(max_length=64)] = ""


class Basket(Buying, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a shopper has put together, and where it is to go as far as that is known."""

    lines: Annotated[tuple[BasketLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    region: Annotated[str, Meta(max_length=200)] = ""


class QuotedLineView(msgspec.Struct, frozen=True):
    """A line of a basket, as it can be had now. `code` says why it cannot, `left` how many could be."""

    sku: str
    product: str | None
    title: str
    picture: str | None
    top: str | None
    base_unit: str
    quantity: int
    code: str | None
    left: int | None
    unit_price: int
    price_per: int
    price_source: str
    gross: int
    discount: int
    tax: int
    payable: int


class DeductionView(msgspec.Struct, frozen=True):
    """What one rule takes off at one stage, and who bears it (`seller`, or another party)."""

    stage: str
    rule: str
    name: str
    name_zh: str
    funder: str
    amount: int


class ChargedView(msgspec.Struct, frozen=True):
    """Freight or a fee: `gross`, and `off` of it taken off again; `payable` with its tax."""

    kind: str
    rule: str
    name: str
    name_zh: str
    gross: int
    off: int
    tax: int
    payable: int


class HintView(msgspec.Struct, frozen=True):
    """Why a rule took part, or not: `gap` (minor units, or units) is missing to what is `near`; `amount` is what it takes off, or costs."""

    stage: str
    rule: str
    name: str
    name_zh: str
    outcome: Literal["applied", "near", "beaten", "barred"]
    why: str
    amount: int
    gap: int
    gap_unit: Literal["", "minor", "units"]


class QuotedView(msgspec.Struct, frozen=True):
    """What a basket comes to; lines that cannot be had at all do not count. `complete`: all of them can, in these quantities.

    The total is the goods (`gross`), less `discount` (each part in `off`), with tax that comes on top, and `charged` (in `charges`).
    `due` of it is paid at once: a deposit, or all of it.
    """

    currency: str
    complete: bool
    gross: int
    discount: int
    tax: int
    total: int
    charged: int
    off: Sequence[DeductionView]
    charges: Sequence[ChargedView]
    hints: Sequence[HintView]
    lines: Sequence[QuotedLineView]
    due: int


@get("/v1/shop", scope=None, refuses=(*ENTERING, NOT_FOUND))
async def find_front(call: Call) -> FrontAddress:
    """Where the shop is, where there is only one. Among several, or companies that share a server, one has to know its address."""
    limits(call).requests.take(call.client)
    tenants = await call.house.db.tenants()
    found: list[tuple[str, str]] = []
    if len(tenants) == 1:
        async with call.house.db.reading(tenants[0], call.house.clock.now()) as tx:
            found = await storefronts.addresses(tx)
    if len(found) != 1:
        raise NOT_FOUND("the address of a shop is /shop/{tenant}/{channel}/")
    return FrontAddress(*found[0])


@get("/v1/shop/{tenant}/{channel}", scope=None, refuses=ENTERING)
async def show_front(call: Call, tenant: str, channel: str) -> FrontView:
    """A shop, by the codes of its tenant and channel."""
    async with entered(call, tenant, channel) as at:
        of = await shelf.shelves(call.house.db, call.house.clock).shelf(call.scope.tenant_id, at.front.channel_id)
    return front_view(call, at, of)


@get("/v1/shop/{tenant}/{channel}/products", scope=None, refuses=(*ENTERING, *BUYING_FOR))
async def front_products(
    call: Call,
    tenant: str,
    channel: str,
    q: Searched = None,
    category: str | None = None,
    brand: str | None = None,
    in_stock: bool = False,
    codes: Chosen = None,
    sort: Sort = "best",
    after: Cursor = None,
    limit: CardLimit = 24,
) -> Response[ShownView]:
    """What a shop sells: best sold first, or as asked; a category with everything below it. `count` is of all that fit.

    With `codes` just these products, in this order. Prices are those of whoever asks.
    """
    async with entered(call, tenant, channel) as at:
        if codes is not None:
            view = await these(call, at, codes.split(",")[:CARDS_MAX])
        else:
            view = await shown(call, at, Ask(category, brand, q, in_stock, sort), read(after, int) or 0, limit)
        return Response(view, headers=_kept(at))


def _kept(at: Visit) -> dict[str, str]:
    """Who may keep an answer with prices in it: everybody's may be asked for again, one's own nobody keeps."""
    return {"cache-control": "private, no-store" if at.shopper else "no-cache", "vary": "authorization, x-company"}


@get(
    "/v1/shop/{tenant}/{channel}/products/{code}",
    scope=None,
    refuses=(
        *ENTERING,
        *BUYING_FOR,
        catalog.UNKNOWN_PRODUCT,
    ),
)
async def front_product(call: Call, tenant: str, channel: str, code: str) -> Response[ProductPage]:
    """One product a shop sells: its forms, each with the price of whoever asks, quantity breaks and honest stock."""
    async with entered(call, tenant, channel) as at:
        found = await product_page(call, at, code)
    if found is None:
        raise catalog.UNKNOWN_PRODUCT(f"this shop has no {code!r}")
    return Response(found, headers=_kept(at))


@post("/v1/shop/{tenant}/{channel}/quotes", scope=None, status=200, repeatable=False, refuses=(*ENTERING, *BUYING_FOR))
async def quote_basket(call: Call, tenant: str, channel: str, data: JSONBody[Basket]) -> QuotedView:
    """What a basket comes to now, line by line, and what cannot be had any more, and why. Nothing is held."""
    async with entered(call, tenant, channel) as at:
        return await quoted(call, at, data)


def front_view(call: Call, at: Visit, of: shelf.Shelf) -> FrontView:
    """A shop as it is told."""
    what = at.front.what
    same = {name: getattr(what, name) for name in access.Storefront.__struct_fields__ if name != "published"}
    config = call.house.config
    return FrontView(
        tenant=at.tenant,
        channel=what.channel,
        open=at.front.open,
        currency=at.front.currency,
        simulated=config.simulate_payments,
        categories=of.tree(),
        **same,
    )


async def shown(call: Call, at: Visit, ask: Ask, start: int, limit: int) -> ShownView:
    """A page of what fits; a product that has sold its last offer since the shelf was filled is left out."""
    of = await shelf.shelves(call.house.db, call.house.clock).shelf(call.scope.tenant_id, at.front.channel_id)
    row = await shelf.asked(at.tx, of, ask, at.channel)
    ids = row.products[start : start + limit]
    cards = await cards_of(call, at, of, ids)
    following = written(start + limit) if start + limit < len(row.products) else None
    return ShownView(cards, following, len(row.products), row.more, row.categories[:FACETS_MAX], row.brands[:FACETS_MAX])


async def these(call: Call, at: Visit, codes: Sequence[str]) -> ShownView:
    """Just these products, as far as they are sold here."""
    of = await shelf.shelves(call.house.db, call.house.clock).shelf(call.scope.tenant_id, at.front.channel_id)
    cards = await _cards(at, of, codes)
    return ShownView(cards, None, len(cards), False, (), ())


async def cards_of(call: Call, at: Visit, of: shelf.Shelf, product_ids: Sequence[int]) -> list[CardView]:
    """Products in a list, in this order."""
    codes = await shelf.codes(at.tx, product_ids) if product_ids else {}
    return await _cards(at, of, [codes[id_] for id_ in product_ids if id_ in codes])


async def _cards(at: Visit, of: shelf.Shelf, codes: Sequence[str]) -> list[CardView]:
    known = await _known(at, codes)
    pictures = await storefronts.pictures(at.tx, codes)
    names = Names(of)
    # What everybody pays is in what is known of the products already.
    prices = await _prices(at, [sku.code for one in known.values() for sku in one.skus]) if at.shopper else {}
    cards = [front_views.card(known[code], at.channel, names, pictures.get(code, ()), prices) for code in codes if code in known]
    return [one for one in cards if one is not None]


async def product_page(call: Call, at: Visit, code: str) -> ProductPage | None:
    """One product; None when nothing of it is offered here."""
    one = (await _known(at, [code])).get(code)
    if one is None:
        return None
    of = await shelf.shelves(call.house.db, call.house.clock).shelf(call.scope.tenant_id, at.front.channel_id)
    pictures = (await storefronts.pictures(at.tx, [code])).get(code, ())
    promised = front_views.leaves_by(at.tx.now, at.front.time_zone, at.front.what.dispatch_days)
    prices = await _prices(at, [sku.code for sku in one.skus])
    lists = await pricing.lists(at.tx, {own.price.list_code for own in prices.values()})
    return front_views.page(one, at.channel, Names(of), pictures, front_views.Own(prices, lists), promised)


def order_of(
    at: Visit, lines: Sequence[BasketLine], how: Buying, region: str, contact: Contact | None = None, expected: int | None = None
) -> PlaceOrder:
    """The order a shopper's basket is."""
    return PlaceOrder(
        at.channel,
        tuple(LineWish(line.sku, line.quantity) for line in lines),
        member=recognized(at),
        contact=contact,
        expected_total_minor=expected,
        region=region,
        company=at.company,
        coupons=how.coupons,
        points=how.points,
        red_packet_minor=how.red_packet_minor,
        services=how.services,
        play=how.play,
    )


def recognized(at: Visit) -> member.Recognize | None:
    """Whoever is signed in, as the checkout recognizes them. A guest's phone number proves nobody."""
    if at.shopper is None or not at.shopper.identities:
        return None
    first = at.shopper.identities[0]
    return member.Recognize(first.kind, first.value)


async def quoted(call: Call, at: Visit, data: Basket) -> QuotedView:
    """A basket line by line. A line that is refused is marked and left out, until the rest stands."""
    lines = data.lines
    of_sku = await storefronts.products_of(at.tx, {line.sku for line in lines})
    known = await _known(at, of_sku.values())
    pictures = await storefronts.pictures(at.tx, of_sku.values())
    why = {no: refusal for no, line in enumerate(lines) if (refusal := _unfit(at, line, known.get(of_sku.get(line.sku, ""))))}
    placed, going = await _standing(call, at, data, why)
    of = await shelf.shelves(call.house.db, call.house.clock).shelf(call.scope.tenant_id, at.front.channel_id)
    names = Names(of)
    amounts = dict(zip(going, placed.lines if placed else (), strict=True))
    views: list[QuotedLineView] = []
    for no, line in enumerate(lines):
        one = known.get(of_sku.get(line.sku, ""))
        sku = next((sku for sku in one.skus if sku.code == line.sku), None) if one else None
        trail = names.trail(one.category) if one else ()
        amount = amounts.get(no, _NOTHING)
        views.append(
            QuotedLineView(
                line.sku,
                one.code if one else None,
                _title(one, sku) if one else line.sku,
                pictures[one.code][0].hash if one and one.code in pictures else None,
                trail[0].code if trail else None,
                sku.base_unit if sku else "piece",
                line.quantity,
                *why.get(no, (None, None)),
                amount.unit_price,
                amount.price_per,
                amount.price_source,
                amount.gross,
                amount.discount,
                amount.tax,
                amount.payable,
            )
        )
    total = (placed.gross, placed.discount, placed.tax, placed.total) if placed else (0, 0, 0, 0)
    if placed is None:
        return QuotedView(at.front.currency, not why, *total, 0, (), (), (), views, 0)
    known_as = _names(placed)
    off, charges = deductions(placed.adjustments, known_as), charged(placed.charges, known_as)
    return QuotedView(at.front.currency, not why, *total, placed.charged, off, charges, _hints(placed), views, placed.due)


def _names(placed: Placed) -> dict[str, tuple[str, str]]:
    return {one.rule: (one.name, one.name_zh) for one in placed.notes}


class TakenOff(Protocol):
    """Something taken off a line."""

    @property
    def stage(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def funder(self) -> str: ...
    @property
    def amount(self) -> int: ...


class ChargedPart(Protocol):
    """A line's part of freight or a fee."""

    @property
    def kind(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def gross(self) -> int: ...
    @property
    def off(self) -> int: ...
    @property
    def tax(self) -> int: ...
    @property
    def payable(self) -> int: ...


def deductions(parts: Sequence[TakenOff], names: Mapping[str, tuple[str, str]]) -> list[DeductionView]:
    """What is taken off all lines together, rule by rule and funder by funder."""
    sums: dict[tuple[str, str, str], int] = {}
    for one in parts:
        key = (one.stage, one.rule, one.funder)
        sums[key] = sums.get(key, 0) + one.amount
    return [
        DeductionView(stage, rule, *names.get(rule, (rule, "")), funder, amount) for (stage, rule, funder), amount in sums.items() if amount
    ]


def charged(parts: Sequence[ChargedPart], names: Mapping[str, tuple[str, str]]) -> list[ChargedView]:
    """What is charged on all lines together, tariff by tariff."""
    sums: dict[tuple[str, str], list[int]] = {}
    for one in parts:
        sum_ = sums.setdefault((one.kind, one.rule), [0, 0, 0, 0])
        for i, amount in enumerate((one.gross, one.off, one.tax, one.payable)):
            sum_[i] += amount
    return [ChargedView(kind, rule, *names.get(rule, (rule, "")), *sum_) for (kind, rule), sum_ in sums.items()]


def _hints(placed: Placed) -> list[HintView]:
    return [
        HintView(one.stage, one.rule, one.name, one.name_zh, one.outcome, one.why, one.amount, one.gap, one.gap_unit)
        for one in placed.notes
    ]


async def _standing(call: Call, at: Visit, data: Basket, why: dict[int, tuple[str, int | None]]) -> tuple[Placed | None, list[int]]:
    """The quote of the lines that have a price, and which they are; whatever is refused on the way is added to `why`."""
    lines, region = data.lines, fulfillment.region_path(data.country, data.region)
    for _ in lines:
        going = [no for no in range(len(lines)) if no not in why or why[no][0] in _ONLY_FEWER]
        if not going:
            break
        wish = order_of(at, [lines[no] for no in going], data, region)
        (told,) = await checkout.quote(at.tx, [runner.Call(wish, call.scope)])
        if isinstance(told, Placed):
            return told, going
        refused = _line_of(told)
        if refused is None:
            raise told
        why[going[refused]] = told.code, None
    return None, []


async def refuse_too_many(at: Visit, lines: Sequence[BasketLine]) -> None:
    """Refuse a basket that wants more of one thing than this shop sells at a time."""
    of_sku = await storefronts.products_of(at.tx, {line.sku for line in lines})
    known = await _known(at, of_sku.values())
    for no, line in enumerate(lines):
        unfit = _unfit(at, line, known.get(of_sku.get(line.sku, "")))
        if unfit is not None and unfit[0] == TOO_MANY_PIECES.code:
            raise TOO_MANY_PIECES(f"at most {unfit[1]}", pointer=f"/lines/{no}/quantity", max=unfit[1])


def _unfit(at: Visit, line: BasketLine, one: products.ProductView | None) -> tuple[str, int | None] | None:
    """Why a line cannot be had, and how many could be."""
    if one is None:
        return catalog.UNKNOWN_SKU.code, None
    sku = next((sku for sku in one.skus if sku.code == line.sku), None)
    here = [one for one in sku.listings if one.channel == at.channel and one.store is None] if sku else []
    if sku is None or one.status != "published" or not here or not here[0].offered:
        return catalog.NOT_LISTED.code, None
    if here[0].price is None:
        return pricing.NO_PRICE.code, None
    most = at.front.what.line_max
    if sku.base_unit == "piece" and most and line.quantity > most:
        return TOO_MANY_PIECES.code, most
    if line.quantity > (here[0].atp or 0):
        return order.SHORT.code, here[0].atp or 0
    return None


def _title(one: products.ProductView, sku: products.SkuView | None) -> str:
    return one.title if sku is None or len(one.skus) == 1 or not sku.title else sku.title


def _line_of(refusal: Problem) -> int | None:
    """The line a refusal points to."""
    for error in refusal.errors:
        parts = error.pointer.split("/")
        if len(parts) > 2 and parts[1] == "lines" and parts[2].isdecimal():
            return int(parts[2])
    return None


async def _known(at: Visit, codes: Collection[str]) -> dict[str, products.ProductView]:
    found = await products.details(at.tx, codes) if codes else {}
    return {code: msgspec.json.decode(one.body, type=products.ProductView) for code, one in found.items()}


async def _prices(at: Visit, skus: Sequence[str]) -> dict[str, shown_prices.Shown]:
    """What each of these SKUs costs whoever is here; refused to who does not buy for the company they named."""
    ids = await catalog.sku_ids(at.tx, skus)
    place = (await access.channels(at.tx, [at.channel]))[at.channel]
    day = access.business_day(at.tx.now, place.time_zone)
    mine = at.shopper.member_id if at.shopper else None
    who = order.Basket(0, place.scene, place.channel_id, 0, place.currency, at.tx.now, day, (), member_id=mine, company=at.company)
    found = await shown_prices.shown(at.tx, who, list(ids.values()))
    if isinstance(found, Problem):
        raise found
    return {code: found[id_] for code, id_ in ids.items() if id_ in found}


ROUTES = [find_front, show_front, front_products, front_product, quote_basket]
