"""Price lists, prices, why a price is what it is, and tax rates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import QueryParameter

from jiutong.api.call import Call
from jiutong.api.cursors import Cursor, Limit, Page, paged, read
from jiutong.api.instants import instant
from jiutong.api.rows import code_of, run_row
from jiutong.api.shell import JSONBody, get, post, put
from jiutong.capabilities import access, catalog, member, pricing
from jiutong.flows import maintain_prices as maintain
from jiutong.flows.price_rows import SEES_COSTS
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import NOT_FOUND
from jiutong.kernel.points import plan_of
from jiutong.reads import companies
from jiutong.reads import prices as reads

CANDIDATES_MAX = 250
Quantity = Annotated[int, QueryParameter(ge=1, le=1_000_000_000, description="Base units.")]


class ListBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A price list: for a channel, a store, a region, a customer group or a company (a contract) where one is named, else for everybody.

    `role`: what goods sell for, the least they may come to, or what they cost - for a `seller`, if wanted, and with `margin_bp` of what
    they come to to be left over it. Lists of costs are seen and written only with the scope `cost:read` besides. `basis`: what counts
    toward its quantity breaks. With `approval` its prices are proposed by one and approved by another.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    channel: pricing.Code | None = None
    store: pricing.Code | None = None
    active: bool = True
    region: pricing.Region | None = None
    group: pricing.Code | None = None
    company: pricing.Code | None = None
    role: pricing.Role = "sale"
    basis: pricing.Basis = "line"
    approval: bool = False
    seller: pricing.Code | None = None
    margin_bp: pricing.MarginBp | None = None


class PricesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Prices and rates to be; all of them or none."""

    prices: Annotated[tuple[pricing.SetPrice, ...], msgspec.Meta(max_length=pricing.ROWS_MAX)] = ()
    rates: Annotated[tuple[pricing.SetRate, ...], msgspec.Meta(max_length=pricing.ROWS_MAX)] = ()


class RatesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tax rates to be; all of them or none."""

    rates: Annotated[tuple[pricing.SetTaxRate, ...], msgspec.Meta(min_length=1, max_length=200)]


class EndBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a price is to end: now, unless said otherwise."""

    at: pricing.Instant | None = None


class PriceView(msgspec.Struct, frozen=True):
    """A price of a list: `amount_minor` for `per` base units from `min_quantity` on, until just before `valid_to`.

    With `off_bp` it is that much off the base price instead; with `quota` good for so many base units altogether.
    """

    price: str
    sku: str
    min_quantity: int
    amount_minor: int
    per: int
    valid_from: datetime
    valid_to: datetime | None
    off_bp: int | None
    mix: str
    quota: int | None


class CategoryRateView(msgspec.Struct, frozen=True):
    """What a contract takes off everybody's price of a category and all below it, from `min_quantity` on."""

    price: str
    category: str
    category_name: str
    min_quantity: int
    off_bp: int
    valid_from: datetime
    valid_to: datetime | None


class CandidateView(msgspec.Struct, frozen=True):
    """A price row that was considered; `losing` is null for the one that won. `reached` is the quantity that counted toward its break.

    `off_bp` was taken off the base price to get `amount_minor`; `category` is the one a contract's rate is for.
    """

    price: str
    list: str
    kind: str
    currency: str
    amount_minor: int
    per: int
    min_quantity: int
    valid_from: datetime
    valid_to: datetime | None
    losing: pricing.Losing | None
    reached: int
    basis: pricing.Basis
    mix: str
    off_bp: int | None
    category: str


class TraceView(msgspec.Struct, frozen=True):
    """How a price came about; `amount_minor` is that of the whole quantity, rounded half up once, `floor_minor` the least it may come to.

    `cost_minor` is what it costs the seller: null where nobody knows, or the caller may not (`cost:read`). `more` counts losing candidates
    that are not told here.
    """

    rule: str
    sku: str
    channel: str
    store: str | None
    quantity: int
    at: datetime
    chosen: str | None
    amount_minor: int | None
    candidates: Sequence[CandidateView]
    floor_minor: int
    more: int
    cost_minor: int | None


class RatesView(msgspec.Struct, frozen=True):
    """A seller's tax rates."""

    rates: Sequence[reads.RateView]


@get("/v1/price-lists", scope="pricing:read")
async def list_price_lists(
    call: Call,
    kind: pricing.Kind | None = None,
    role: pricing.Role | None = None,
    company: str | None = None,
    group: str | None = None,
    active: bool | None = None,
    q: str = "",
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[reads.ListView]:
    """Price lists, by code; of a kind or role, for a company or group, called like `q`."""
    by = reads.Narrowed(kind, role, company, group, active, q, call.scope.holds(SEES_COSTS))
    async with call.reading() as tx:
        found = await reads.lists(tx, None, read(after, str), limit + 1, by)
    return paged(found, limit, [one.code for one in found])


@get("/v1/price-lists/{code}", scope="pricing:read", refuses=(pricing.UNKNOWN_LIST,))
async def show_price_list(call: Call, code: str) -> reads.ListView:
    """A price list."""
    async with call.reading() as tx:
        return await _list(call, tx, code)


@put(
    "/v1/price-lists/{code}",
    scope="pricing:write",
    refuses=(
        pricing.LIST_FIXED,
        pricing.LIST_SCOPE,
        pricing.APPROVER_NEEDED,
        access.UNKNOWN_CHANNEL,
        access.UNKNOWN_STORE,
        access.UNKNOWN_SELLER,
        member.UNKNOWN_GROUP,
        member.UNKNOWN_COMPANY,
    ),
)
async def put_price_list(call: Call, code: str, data: JSONBody[ListBody]) -> reads.ListView:
    """Make a price list, rename it, withdraw it or use it again. Its place and currency stay."""
    wish = maintain.PutPriceList(
        code_of(code),
        data.name,
        data.currency,
        data.channel,
        data.store,
        data.active,
        data.region,
        data.group,
        data.company,
        data.role,
        data.basis,
        data.approval,
        data.seller,
        data.margin_bp,
    )
    await run_row(call, maintain.put_lists, maintain.PutPriceLists((wish,)))
    async with call.reading() as tx:
        return await _list(call, tx, code)


async def _list(call: Call, tx: Tx, code: str) -> reads.ListView:
    """A list that is there for this caller."""
    found = await reads.lists(tx, code, None, 1, reads.Narrowed(costs=call.scope.holds(SEES_COSTS)))
    if not found:
        raise pricing.UNKNOWN_LIST(f"no price list {code!r}")
    return found[0]


@get("/v1/price-lists/{code}/prices", scope="pricing:read", refuses=(pricing.UNKNOWN_LIST,))
async def list_prices(
    call: Call, code: str, sku: str | None = None, at: datetime | None = None, after: Cursor = None, limit: Limit = 50
) -> Page[PriceView]:
    """The prices of a list, past and future, by SKU; with `at` those valid at that instant."""
    async with call.reading() as tx:
        await _list(call, tx, code)
        found = await reads.prices(tx, code, sku, instant(at, "at"), read(after, tuple[int, int]), limit + 1)
    views = [
        PriceView(
            call.ids.show("prc", one.price_id),
            one.sku,
            one.min_quantity,
            one.amount_minor,
            one.per,
            one.valid_from,
            one.valid_to,
            one.off_bp,
            one.mix,
            one.quota,
        )
        for one in found
    ]
    return paged(views, limit, [(one.sku_id, one.price_id) for one in found])


@get("/v1/price-lists/{code}/categories", scope="pricing:read", refuses=(pricing.UNKNOWN_LIST,))
async def list_category_rates(call: Call, code: str, after: Cursor = None, limit: Limit = 50) -> Page[CategoryRateView]:
    """What a contract takes off everybody's price of whole categories, past and future."""
    async with call.reading() as tx:
        await _list(call, tx, code)
        found = await reads.category_rates(tx, code, read(after, int), limit + 1)
    views = [
        CategoryRateView(
            call.ids.show("prc", one.price_id),
            one.category,
            one.category_name,
            one.min_quantity,
            one.off_bp,
            one.valid_from,
            one.valid_to,
        )
        for one in found
    ]
    return paged(views, limit, [one.price_id for one in found])


SET_REFUSES = (
    pricing.UNKNOWN_LIST,
    pricing.UNKNOWN_SKU,
    pricing.EMPTY_WINDOW,
    pricing.NOTHING_SET,
    pricing.RATE_OF,
    pricing.NO_BASE_TO_TAKE_OFF,
    pricing.COST_AMOUNT,
    pricing.CONTRACTS_ONLY,
    catalog.UNKNOWN_CATEGORY,
)


@put("/v1/price-lists/{code}/prices", scope="pricing:write", refuses=(*SET_REFUSES, pricing.OVERLAP, pricing.APPROVAL_NEEDED))
async def set_prices(call: Call, code: str, data: JSONBody[PricesBody]) -> maintain.RowsPut:
    """Let prices begin, now unless said otherwise; the prices that run then end there, all or nothing.

    A price with an end is laid over the one that runs, which resumes afterwards. Setting the same price again changes nothing.
    In a list whose changes are approved they are proposed instead (`POST /v1/price-proposals`).
    """
    return await call.run(maintain.set_prices, maintain.SetPrices(code_of(code), data.prices, data.rates))


@post(
    "/v1/prices/{price}/end",
    scope="pricing:write",
    status=200,
    refuses=(pricing.UNKNOWN_PRICE, pricing.IN_THE_PAST, pricing.APPROVAL_NEEDED),
)
async def end_price(call: Call, price: str, data: JSONBody[EndBody]) -> maintain.Ended:
    """Let a price hold no longer. One that has not begun by then is taken back: nothing was ever sold by it."""
    return await call.run(maintain.end_price, maintain.EndPrice(call.ids.read("prc", price), data.at))


@get(
    "/v1/prices/explain",
    scope="pricing:read",
    refuses=(
        catalog.UNKNOWN_SKU,
        access.UNKNOWN_CHANNEL,
        access.UNKNOWN_STORE,
        access.UNKNOWN_SELLER,
        member.UNKNOWN_COMPANY,
        member.UNKNOWN_GROUP,
    ),
)
async def explain_price(
    call: Call,
    sku: str,
    channel: str,
    store: str | None = None,
    quantity: Quantity = 1,
    at: datetime | None = None,
    company: str | None = None,
    group: list[str] | None = None,
    region: str = "",
    bought: Annotated[int, QueryParameter(ge=0, le=1_000_000_000, description="Base units bought this month before.")] = 0,
    seller: str | None = None,
) -> TraceView:
    """Why a price is what it is: every price that could hold, the one that won first, the others with what they lost by.

    `company`, `group` (as often as there are groups) and `region` say for whom; a company brings its own groups and region. `seller`
    says whose goods they are, where costs differ by it.
    """
    async with call.reading() as tx:
        when = instant(at, "at") or tx.now
        facts = (await catalog.skus(tx, [sku])).get(sku)
        place = (await access.channels(tx, [channel])).get(channel)
        shop = (await access.stores(tx, [store])).get(store) if store else None
        if facts is None:
            raise catalog.UNKNOWN_SKU(f"no SKU {sku!r}", pointer="/sku")
        if place is None:
            raise access.UNKNOWN_CHANNEL(f"no channel {channel!r}", pointer="/channel")
        if store and shop is None:
            raise access.UNKNOWN_STORE(f"no store {store!r}", pointer="/store")
        owner = (await access.sellers(tx, [seller])).get(seller) if seller else None
        if seller and owner is None:
            raise access.UNKNOWN_SELLER(f"no seller {seller!r}", pointer="/seller")
        found = (await pricing.history(tx, [facts.sku_id])).get(facts.sku_id)
        buyer = await _buyer(tx, company, group or [], region, found, when)
    prefer = plan_of(place.scene).ask(pricing.PREFER)
    if found is None:
        found = pricing.PriceFacts(facts.sku_id, pricing.EVER, {}, {})
    asked: int | pricing.Reached = quantity
    if found.bases:
        asked = pricing.Reached(quantity, quantity, quantity + bought)
    spot = (place.channel_id, shop.store_id if shop else 0, place.currency)
    trace = pricing.trace(found, *spot, asked, when, prefer, buyer, facts.categories)
    views = [_candidate(call, one) for one in trace.candidates[:CANDIDATES_MAX]]
    won = trace.candidates[0] if trace.chosen is not None else None
    amount = None if won is None else pricing.line_amount(won.amount, won.per, quantity)
    seller_id = owner.seller_id if owner else 0
    least = pricing.floor(found, *spot, asked, when, buyer, seller_id)
    sold_at = pricing.Place(place.currency, place.channel_id, spot[1], seller_id, buyer.region)
    known = pricing.cost(found, sold_at, asked, when) if call.scope.holds(SEES_COSTS) else None
    costs = pricing.line_amount(known.amount, known.per, quantity) if known else None
    more = max(len(trace.candidates) - CANDIDATES_MAX, 0)
    chosen = views[0].price if won else None
    return TraceView(trace.rule, facts.code, channel, store, quantity, when, chosen, amount, views, least, more, costs)


async def _buyer(
    tx: Tx, company: str | None, groups: Sequence[str], region: str, prices: pricing.PriceFacts | None, at: datetime
) -> pricing.For:
    """For whom a price is explained: a company brings its groups, its region and its terms."""
    firm = (await companies.companies(tx, company, None, None, None, 1))[:1] if company else []
    if company and not firm:
        raise member.UNKNOWN_COMPANY(f"no company {company!r}", pointer="/company")
    named = await member.groups(tx, {*groups, *(firm[0].groups if firm else ())})
    for code in groups:
        if code not in named:
            raise member.UNKNOWN_GROUP(f"no group {code!r}", pointer="/group")
    ids = tuple(sorted(one.group_id for one in named.values()))
    if not firm:
        return pricing.For(region, ids)
    id_ = firm[0].company_id
    terms = (await pricing.terms_ever(tx, [id_])).get(id_)
    left = await pricing.quotas_left(tx, pricing.quotas_of(prices, at, id_)) if prices else {}
    return pricing.For(region or firm[0].region, ids, id_, terms, left)


@get("/v1/sellers/{code}/tax-rates", scope="pricing:read")
async def list_tax_rates(call: Call, code: str) -> RatesView:
    """A seller's tax rates, by class and time."""
    async with call.reading() as tx:
        if code not in await access.sellers(tx, [code]):
            raise NOT_FOUND(f"no seller {code!r}")
        return RatesView(await reads.tax_rates(tx, code))


@put("/v1/sellers/{code}/tax-rates", scope="pricing:write", refuses=(access.UNKNOWN_SELLER,))
async def set_tax_rates(call: Call, code: str, data: JSONBody[RatesBody]) -> maintain.RowsPut:
    """Set a seller's tax rates. Exempt goods have a rate of 0: goods of a class without a rate cannot be sold."""
    return await call.run(maintain.set_tax_rates, maintain.SetTaxRates(code_of(code), data.rates))


def _candidate(call: Call, one: pricing.Candidate) -> CandidateView:
    return CandidateView(
        call.ids.show("prc", one.price_id),
        one.list_code,
        one.kind,
        one.currency,
        one.amount,
        one.per,
        one.min_quantity,
        one.valid_from,
        None if one.valid_to == pricing.FOREVER else one.valid_to,
        one.losing,
        one.reached,
        one.basis,
        one.mix,
        one.off_bp,
        one.category,
    )


ROUTES = [
    list_price_lists,
    show_price_list,
    put_price_list,
    list_prices,
    list_category_rates,
    set_prices,
    end_price,
    explain_price,
    list_tax_rates,
    set_tax_rates,
]
