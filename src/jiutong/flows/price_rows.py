"""Prices as commands of several processes write them: rows that name SKUs and categories by their codes, over time."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from jiutong.capabilities import catalog, pricing
from jiutong.kernel.db import Tx
from jiutong.kernel.errors import Problem
from jiutong.kernel.scope import Scope

SEES_COSTS = "cost:read"
"""The scope without which there are no lists of costs."""


class SetPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Prices of one list, and rates off everybody's price."""

    list: pricing.Code
    prices: Annotated[tuple[pricing.SetPrice, ...], Meta(max_length=pricing.ROWS_MAX)] = ()
    rates: Annotated[tuple[pricing.SetRate, ...], Meta(max_length=pricing.ROWS_MAX)] = ()


class Named(msgspec.Struct, frozen=True):
    """What commands name: SKUs' ids by their codes, and the categories there are."""

    sku_ids: Mapping[str, int]
    categories: Set[str]


async def names(tx: Tx, commands: Sequence[SetPrices]) -> Named:
    """The SKUs and categories these commands name."""
    skus = {row.sku for command in commands for row in command.prices} | {
        row.sku for command in commands for row in command.rates if row.sku
    }
    categories = {row.category for command in commands for row in command.rates if row.category}
    return Named(await catalog.sku_ids(tx, skus), await catalog.known_categories(tx, categories) if categories else set())


def seen(code: str, lists: Mapping[str, pricing.PriceList], scope: Scope) -> pricing.PriceList | Problem:
    """The list with this code; who does not see costs knows of no lists of them."""
    found = lists.get(code)
    if found is None or (found.role == "cost" and not scope.holds(SEES_COSTS)):
        return pricing.UNKNOWN_LIST(f"no price list {code}", pointer="/list")
    return found


def spans_of(
    command: SetPrices, lists: Mapping[str, pricing.PriceList], named: Named, now: datetime, scope: Scope
) -> list[pricing.PriceSpan] | Problem:
    """The prices and rates of a command over time, or why they cannot be, with the pointer to the row."""
    price_list = seen(command.list, lists, scope)
    if isinstance(price_list, Problem):
        return price_list
    if not command.prices and not command.rates:
        return pricing.NOTHING_SET("give prices or rates", pointer="/prices")
    spans: list[pricing.PriceSpan] = []
    rows = [
        *((f"/prices/{i}", row) for i, row in enumerate(command.prices)),
        *((f"/rates/{i}", row) for i, row in enumerate(command.rates)),
    ]
    for at, row in rows:
        since = row.valid_from or now
        refusal = _unset(row, price_list, named, since, at)
        if refusal is not None:
            return refusal
        category = row.category or "" if isinstance(row, pricing.SetRate) else ""
        spans.append(
            pricing.PriceSpan(
                price_list.list_id,
                0 if category else named.sku_ids[row.sku or ""],
                row.min_quantity,
                row.amount_minor if isinstance(row, pricing.SetPrice) else 0,
                row.per if isinstance(row, pricing.SetPrice) else 1,
                since,
                row.valid_to,
                sku=row.sku or "",
                pointer=at,
                off_bp=row.off_bp if isinstance(row, pricing.SetRate) else None,
                mix=row.mix,
                quota=row.quota,
                category=category,
            )
        )
    return spans


def _unset(
    row: pricing.SetPrice | pricing.SetRate, price_list: pricing.PriceList, named: Named, since: datetime, at: str
) -> Problem | None:
    """Why a row cannot be set in this list."""
    if since >= row.valid_to:
        return pricing.EMPTY_WINDOW("valid_to is not after valid_from", pointer=f"{at}/valid_to")
    category = row.category if isinstance(row, pricing.SetRate) else None
    if (row.sku is None) == (category is None):
        return pricing.RATE_OF("give a SKU or a category", pointer=f"{at}/sku")
    if row.sku is not None and row.sku not in named.sku_ids:
        return pricing.UNKNOWN_SKU(f"no SKU {row.sku}", pointer=f"{at}/sku")
    if category is not None and category not in named.categories:
        return catalog.UNKNOWN_CATEGORY(f"no category {category}", pointer=f"{at}/category")
    if isinstance(row, pricing.SetRate) and price_list.role == "cost":
        return pricing.COST_AMOUNT(f"{price_list.code} says what goods cost", pointer=f"{at}/off_bp")
    if isinstance(row, pricing.SetRate) and price_list.kind == "base":
        return pricing.NO_BASE_TO_TAKE_OFF("set an amount in everybody's list", pointer=f"{at}/off_bp")
    if (category is not None or row.quota is not None) and (price_list.kind, price_list.role) != ("contract", "sale"):
        field = "category" if category is not None else "quota"
        return pricing.CONTRACTS_ONLY(f"{price_list.code} is no contract", pointer=f"{at}/{field}")
    if category is not None and row.quota is not None:
        return pricing.CONTRACTS_ONLY("a quota is of a SKU", pointer=f"{at}/quota")
    return None
