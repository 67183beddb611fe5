"""Pricing 价格通: what a SKU costs here, now and in this quantity, why, and the tax on it.

Owns: `pricing.price_list`, `pricing.price`, `pricing.tax_rate`.
Invariants: a price row that has begun never changes but for its end; of one list, SKU and quantity break at most one row is valid
at an instant; a line without a price or a tax rate is refused, never free and never untaxed. Whatever changes a SKU's prices bumps
its stamp (topic "sku"); whatever changes tax rates bumps the place (topic "place", key 0).
Facts: `prices` and `tax_rates` answer from memory; `stamps`, `tax_stamps` tell under which revision, `forget`, `forget_tax` drop what
has changed. Rules: `resolve`, `trace`, `line_amount`, `tax_of`. The order of resolution is published: docs/price-resolution.md.
Verbs: `put_lists`, `lists`, `set_prices`, `set_tax_rates`, `history`.
Events: price_list.put.v1, price.set.v1, tax_rate.set.v1.
"""

from jiutong.capabilities.pricing.model import (
    EMPTY_WINDOW,
    EVER,
    FOREVER,
    LIST_FIXED,
    LIST_SCOPE,
    NO_PRICE,
    NO_TAX_RATE,
    OVERLAP,
    ROWS_MAX,
    UNKNOWN_LIST,
    UNKNOWN_SKU,
    Candidate,
    Code,
    Instant,
    ListChange,
    Losing,
    Minor,
    Prefer,
    PriceChange,
    PriceFacts,
    PriceList,
    PriceRow,
    PriceSpan,
    PricesSet,
    Quantity,
    Resolved,
    ScopeKey,
    SetPrice,
    SetTaxRate,
    TaxChange,
    Trace,
)
from jiutong.capabilities.pricing.rules import PricePlan, line_amount, resolve, tax_of, trace, was_charged
from jiutong.capabilities.pricing.store import forget, forget_tax, stamps, tax_stamps
from jiutong.capabilities.pricing.verbs import history, lists, prices, put_lists, set_prices, set_tax_rates, tax_rates

__all__ = [
    "EMPTY_WINDOW",
    "EVER",
    "FOREVER",
    "LIST_FIXED",
    "LIST_SCOPE",
    "NO_PRICE",
    "NO_TAX_RATE",
    "OVERLAP",
    "ROWS_MAX",
    "UNKNOWN_LIST",
    "UNKNOWN_SKU",
    "Candidate",
    "Code",
    "Instant",
    "ListChange",
    "Losing",
    "Minor",
    "Prefer",
    "PriceChange",
    "PriceFacts",
    "PriceList",
    "PricePlan",
    "PriceRow",
    "PriceSpan",
    "PricesSet",
    "Quantity",
    "Resolved",
    "ScopeKey",
    "SetPrice",
    "SetTaxRate",
    "TaxChange",
    "Trace",
    "forget",
    "forget_tax",
    "history",
    "line_amount",
    "lists",
    "prices",
    "put_lists",
    "resolve",
    "set_prices",
    "set_tax_rates",
    "stamps",
    "tax_of",
    "tax_rates",
    "tax_stamps",
    "trace",
    "was_charged",
]
