"""Maintaining prices: price lists, their prices over time, and sellers' tax rates.

A command carries up to 5,000 rows and stands or falls whole; what is refused names the row by its pointer. Setting the same
price again changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jiutong.capabilities import access, catalog, pricing
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.runner import Call, flow


class PutPriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A price list as it is to be: for everybody, for a channel, or for a store."""

    code: pricing.Code
    name: Annotated[str, Meta(min_length=1, max_length=300)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    channel: pricing.Code | None = None
    store: pricing.Code | None = None
    active: bool = True


class PutPriceLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price lists as they are to be."""

    lists: Annotated[tuple[PutPriceList, ...], Meta(min_length=1, max_length=pricing.ROWS_MAX)]


class SetPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices of one list."""

    list: pricing.Code
    prices: Annotated[tuple[pricing.SetPrice, ...], Meta(min_length=1, max_length=pricing.ROWS_MAX)]


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


@flow("pricing.put_lists", gives=RowsPut, statements=7)
async def put_lists(tx: Tx, calls: Sequence[Call[PutPriceLists]]) -> list[RowsPut | Problem]:
    """Add price lists, rename them, withdraw them or use them again."""
    rows = [row for call in calls for row in call.command.lists]
    channels = await access.channels(tx, {row.channel for row in rows if row.channel})
    stores = await access.stores(tx, {row.store for row in rows if row.store})
    placed = [_placed(call.command.lists, channels, stores) for call in calls]
    known = iter(await pricing.put_lists(tx, [lists for lists in placed if not isinstance(lists, Problem)]))
    outcomes = [lists if isinstance(lists, Problem) else next(known) for lists in placed]
    for call, changes in zip(calls, outcomes, strict=True):
        if not isinstance(changes, Problem) and changes:
            tx.emit("price_list.put.v1", changes[0].after.list_id, ListsPut(changes), call.scope)
    return [
        changes if isinstance(changes, Problem) else _counted([one.before for one in changes], len(call.command.lists))
        for call, changes in zip(calls, outcomes, strict=True)
    ]


@flow("pricing.set_prices", gives=RowsPut, statements=7, batch_max=32)
async def set_prices(tx: Tx, calls: Sequence[Call[SetPrices]]) -> list[RowsPut | Problem]:
    """Let prices begin; what ran before them ends."""
    lists = await pricing.lists(tx, {call.command.list for call in calls})
    sku_ids = await catalog.sku_ids(tx, {row.sku for call in calls for row in call.command.prices})
    spans = [_spans(call.command, lists, sku_ids, tx.now) for call in calls]
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


@flow("pricing.end_price", gives=Ended, statements=3, batch_max=32)
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


def _placed(
    rows: Sequence[PutPriceList], channels: Mapping[str, access.ChannelFacts], stores: Mapping[str, access.StoreFacts]
) -> list[pricing.PriceList] | Problem:
    placed: list[pricing.PriceList] = []
    for position, row in enumerate(rows):
        at = f"/lists/{position}"
        kind: Literal["base", "channel", "store"] = "base"
        scope_id = 0
        if row.channel and row.store:
            return pricing.LIST_SCOPE("give a channel or a store, not both", pointer=f"{at}/store")
        if row.channel:
            if row.channel not in channels:
                return access.UNKNOWN_CHANNEL(f"no channel {row.channel}", pointer=f"{at}/channel")
            kind, scope_id = "channel", channels[row.channel].channel_id
        if row.store:
            if row.store not in stores:
                return access.UNKNOWN_STORE(f"no store {row.store}", pointer=f"{at}/store")
            kind, scope_id = "store", stores[row.store].store_id
        placed.append(pricing.PriceList(row.code, row.name, kind, scope_id, row.currency, row.active))
    return placed


def _spans(
    command: SetPrices, lists: Mapping[str, pricing.PriceList], sku_ids: Mapping[str, int], now: datetime
) -> list[pricing.PriceSpan] | Problem:
    price_list = lists.get(command.list)
    if price_list is None:
        return pricing.UNKNOWN_LIST(f"no price list {command.list}", pointer="/list")
    spans: list[pricing.PriceSpan] = []
    for position, row in enumerate(command.prices):
        at = f"/prices/{position}"
        since = row.valid_from or now
        if row.sku not in sku_ids:
            return pricing.UNKNOWN_SKU(f"no SKU {row.sku}", pointer=f"{at}/sku")
        if since >= row.valid_to:
            return pricing.EMPTY_WINDOW("valid_to is not after valid_from", pointer=f"{at}/valid_to")
        spans.append(
            pricing.PriceSpan(
                price_list.list_id,
                sku_ids[row.sku],
                row.min_quantity,
                row.amount_minor,
                row.per,
                since,
                row.valid_to,
                sku=row.sku,
                pointer=at,
            )
        )
    return spans


def _counted(befores: Sequence[object], rows: int) -> RowsPut:
    created = befores.count(None)
    return RowsPut(created, len(befores) - created, rows - len(befores))
