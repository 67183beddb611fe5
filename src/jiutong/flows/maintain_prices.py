"""Maintaining prices: price lists, their prices over time, and sellers' tax rates.

A command carries up to 5,000 rows and stands or falls whole; what is refused names the row by its pointer. Setting the same
price again changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, member, pricing
from jiutong.flows.price_rows import SEES_COSTS, SetPrices, names, spans_of
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import FORBIDDEN, Problem
from jiutong.kernel.runner import Call, flow


class PutPriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A price list as it is to be: for a channel, a store, a region, a customer group or a company (a contract), else for everybody.

    `role`: what goods sell for, the least they may come to, or what they cost (for a `seller`, if wanted; goods must leave `margin_bp` of
    what they come to over it). `basis`: what counts toward its quantity breaks. With `approval` its prices are proposed by one and approved
    by another.
    """

    code: pricing.Code
    name: Annotated[str, Meta(min_length=1, max_length=300)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
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


class PutPriceLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price lists as they are to be."""

    lists: Annotated[tuple[PutPriceList, ...], Meta(min_length=1, max_length=pricing.ROWS_MAX)]


class SetTaxRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tax rates of one seller."""

    seller: pricing.Code
    rates: Annotated[tuple[pricing.SetTaxRate, ...], Meta(min_length=1, max_length=200)]


class EndPrice(msgspec.Struct, frozen=True):
    """A price that is to hold no longer: until now, or until just before `at`."""

    price_id: int
    at: datetime | None = None


class Ended(msgspec.Struct, frozen=True):
    """What became of a price: it ends at `at`, it was taken back before it began, or it had ended already."""

    outcome: Literal["ended", "taken_back", "unchanged"]
    at: datetime


class RowsPut(msgspec.Struct, frozen=True):
    """How many rows were new or different; the rest was so already."""

    created: int
    changed: int
    unchanged: int


class ListsPut(msgspec.Struct, frozen=True):
    """Price lists that are new or different now."""

    changes: tuple[pricing.ListChange, ...]


class RatesSet(msgspec.Struct, frozen=True):
    """Tax rates that are new or different now."""

    seller: str
    changes: tuple[pricing.TaxChange, ...]


@flow("pricing.put_lists", gives=RowsPut, statements=12)
async def put_lists(tx: Tx, calls: Sequence[Call[PutPriceLists]]) -> list[RowsPut | Problem]:
    """Add price lists, rename them, withdraw them or use them again."""
    rows = [row for call in calls for row in call.command.lists]
    channels = await access.channels(tx, {row.channel for row in rows if row.channel})
    stores = await access.stores(tx, {row.store for row in rows if row.store})
    groups = await member.groups(tx, {row.group for row in rows if row.group})
    companies = await member.companies(tx, {row.company for row in rows if row.company})
    sellers = await access.sellers(tx, {row.seller for row in rows if row.seller})
    standing = await pricing.lists(tx, {row.code for row in rows if not row.approval})
    known_as = _Known(channels, stores, groups, companies, sellers)
    placed = [_kept_approved(_placed(call.command.lists, known_as), standing, call) for call in calls]
    known = iter(await pricing.put_lists(tx, [lists for lists in placed if not isinstance(lists, Problem)]))
    outcomes = [lists if isinstance(lists, Problem) else next(known) for lists in placed]
    for call, changes in zip(calls, outcomes, strict=True):
        if not isinstance(changes, Problem) and changes:
            tx.emit("price_list.put.v1", changes[0].after.list_id, ListsPut(changes), call.scope)
    return [
        changes if isinstance(changes, Problem) else _counted([one.before for one in changes], len(call.command.lists))
        for call, changes in zip(calls, outcomes, strict=True)
    ]


@flow("pricing.set_prices", gives=RowsPut, statements=14, batch_max=32)
async def set_prices(tx: Tx, calls: Sequence[Call[SetPrices]]) -> list[RowsPut | Problem]:
    """Let prices begin; what ran before them ends."""
    lists = await pricing.lists(tx, {call.command.list for call in calls})
    named = await names(tx, [call.command for call in calls])
    spans = [open_list(spans_of(call.command, lists, named, tx.now, call.scope), lists.get(call.command.list)) for call in calls]
    told = iter(await pricing.set_prices(tx, [one for one in spans if not isinstance(one, Problem)]))
    outcomes: list[RowsPut | Problem] = []
    for call, wishes in zip(calls, spans, strict=True):
        if isinstance(wishes, Problem):
            outcomes.append(wishes)
            continue
        put = next(told)
        if put.created or put.changed:
            tx.emit("price.set.v1", put.list_id, put, call.scope)
        outcomes.append(RowsPut(len(put.created), len(put.changed), put.unchanged))
    return outcomes


@flow("pricing.end_price", gives=Ended, statements=5, batch_max=32)
async def end_price(tx: Tx, calls: Sequence[Call[EndPrice]]) -> list[Ended | Problem]:
    """Let a price hold no longer; one that has not begun is taken back."""
    wishes = [pricing.EndPrice(call.command.price_id, call.command.at or tx.now) for call in calls]
    ended = await pricing.end_prices(tx, wishes)
    outcomes: list[Ended | Problem] = []
    for one, wish, call in zip(ended, wishes, calls, strict=True):
        if isinstance(one, pricing.PriceEnded):
            tx.emit("price.ended.v1", one.price_id, one, call.scope)
        told = "taken_back" if isinstance(one, pricing.PriceEnded) and one.taken_back else "ended"
        outcomes.append(one if isinstance(one, Problem) else Ended(told if one else "unchanged", wish.at))
    return outcomes


@flow("pricing.set_tax_rates", gives=RowsPut, statements=4)
async def set_tax_rates(tx: Tx, calls: Sequence[Call[SetTaxRates]]) -> list[RowsPut | Problem]:
    """Set sellers' tax rates."""
    sellers = await access.sellers(tx, {call.command.seller for call in calls})
    known = [call for call in calls if call.command.seller in sellers]
    told = iter(await pricing.set_tax_rates(tx, [(sellers[c.command.seller].seller_id, c.command.rates) for c in known]))
    outcomes: list[RowsPut | Problem] = []
    for call in calls:
        seller = sellers.get(call.command.seller)
        if seller is None:
            outcomes.append(access.UNKNOWN_SELLER(f"no seller {call.command.seller}", pointer="/seller"))
            continue
        changes = next(told)
        if changes:
            tx.emit("tax_rate.set.v1", seller.seller_id, RatesSet(seller.code, changes), call.scope)
        outcomes.append(_counted([one.before_bp for one in changes], len(call.command.rates)))
    return outcomes


class _Known(msgspec.Struct, frozen=True):
    """Whom a list may be for, by code."""

    channels: Mapping[str, access.ChannelFacts]
    stores: Mapping[str, access.StoreFacts]
    groups: Mapping[str, member.Group]
    companies: Mapping[str, member.Company]
    sellers: Mapping[str, access.SellerFacts]


def _placed(rows: Sequence[PutPriceList], known: _Known) -> list[pricing.PriceList] | Problem:
    placed: list[pricing.PriceList] = []
    for position, row in enumerate(rows):
        at = f"/lists/{position}"
        whom = [word for word in ("channel", "store", "region", "group", "company", "seller") if getattr(row, word)]
        if len(whom) > 1:
            return pricing.LIST_SCOPE(f"give a {whom[0]} or a {whom[1]}, not both", pointer=f"{at}/{whom[1]}")
        if row.role == "cost" and (row.group or row.company):
            return pricing.LIST_SCOPE("goods cost the same whoever buys", pointer=f"{at}/{whom[0]}")
        if row.role != "cost" and (row.seller or row.margin_bp is not None):
            field = "seller" if row.seller else "margin_bp"
            return pricing.LIST_SCOPE(f"a {field} is of costs", pointer=f"{at}/{field}")
        told = _whom(row, known, at)
        if isinstance(told, Problem):
            return told
        kind, scope_id = told
        placed.append(
            pricing.PriceList(
                row.code,
                row.name,
                kind,
                scope_id,
                row.currency,
                row.active,
                region=row.region or "",
                role=row.role,
                basis=row.basis,
                approval=row.approval,
                margin_bp=row.margin_bp,
            )
        )
    return placed


def _whom(row: PutPriceList, known: _Known, at: str) -> tuple[pricing.Kind, int] | Problem:
    """The kind of a list, and the id of whom it is for."""
    if row.channel:
        channel = known.channels.get(row.channel)
        return ("channel", channel.channel_id) if channel else access.UNKNOWN_CHANNEL(f"no channel {row.channel}", pointer=f"{at}/channel")
    if row.store:
        store = known.stores.get(row.store)
        return ("store", store.store_id) if store else access.UNKNOWN_STORE(f"no store {row.store}", pointer=f"{at}/store")
    if row.group:
        group = known.groups.get(row.group)
        return ("group", group.group_id) if group else member.UNKNOWN_GROUP(f"no group {row.group}", pointer=f"{at}/group")
    if row.company:
        company = known.companies.get(row.company)
        return ("contract", company.company_id) if company else member.UNKNOWN_COMPANY(f"no {row.company}", pointer=f"{at}/company")
    if row.seller:
        seller = known.sellers.get(row.seller)
        return ("seller", seller.seller_id) if seller else access.UNKNOWN_SELLER(f"no seller {row.seller}", pointer=f"{at}/seller")
    return ("region", 0) if row.region else ("base", 0)


def _kept_approved(
    lists: list[pricing.PriceList] | Problem, standing: Mapping[str, pricing.PriceList], call: Call[PutPriceLists]
) -> list[pricing.PriceList] | Problem:
    """Who could propose only must not end the need of approval, and who does not see costs makes no lists of them."""
    if isinstance(lists, Problem):
        return lists
    if any(one.role == "cost" for one in lists) and not call.scope.holds(SEES_COSTS):
        return FORBIDDEN(f"this needs the scope {SEES_COSTS}", needs=SEES_COSTS)
    if call.scope.holds("price:approve"):
        return lists
    for position, one in enumerate(lists):
        if not one.approval and one.code in standing and standing[one.code].approval:
            return pricing.APPROVER_NEEDED(
                f"prices of {one.code} are approved", pointer=f"/lists/{position}/approval", needs="price:approve"
            )
    return lists


def open_list(spans: list[pricing.PriceSpan] | Problem, price_list: pricing.PriceList | None) -> list[pricing.PriceSpan] | Problem:
    """The prices, if their list takes them without approval."""
    if not isinstance(spans, Problem) and price_list is not None and price_list.approval:
        return pricing.APPROVAL_NEEDED(f"propose the prices of {price_list.code}", list=price_list.code)
    return spans


def _counted(befores: Sequence[object], rows: int) -> RowsPut:
    created = befores.count(None)
    return RowsPut(created, len(befores) - created, rows - len(befores))
