"""What can be done with prices and tax rates. All verbs are plural and run in the caller's transaction."""

from collections.abc import Collection

from jiutong.capabilities.pricing import rules, store
from jiutong.capabilities.pricing.model import PriceFacts
from jiutong.kernel.db import Tx


async def prices(tx: Tx, sku_ids: Collection[int]) -> dict[int, PriceFacts]:
    """Quote. Current and future prices of these SKUs, for `resolve`. No statement for what is remembered.

    Not for a transaction that itself changes prices: what it would remember is not committed yet.
    """
    kept = store.kept_prices(tx)
    found, missing = kept.known(tx.tenant_id, sku_ids)
    if missing:
        loaded = await store.load_prices(tx, set(missing))
        kept.keep(tx.tenant_id, loaded)
        found |= {sku_id: facts for sku_id, (_, facts) in loaded.items()}
    return found


async def history(tx: Tx, sku_ids: Collection[int]) -> dict[int, PriceFacts]:
    """Quote. All prices these SKUs ever had, withdrawn lists included: what `trace` needs to explain a day that is past."""
    return await store.load_history(tx, sku_ids)


async def tax_rates(tx: Tx, seller_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Quote. The rates in force now, in basis points by (seller, tax class). A pair that is absent has no rate: refuse with NO_TAX_RATE.

    Exempt goods have a rate too: a row of 0.
    """
    kept = store.kept_taxes(tx)
    found, missing = kept.known(tx.tenant_id, (0,))
    if missing:
        stamp, table = await store.load_taxes(tx)
        kept.keep(tx.tenant_id, {0: (stamp, table)})
        found[0] = table
    return rules.rates_at(found[0], seller_ids, tx.now)
