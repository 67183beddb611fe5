"""What can be done with the catalog. All verbs are plural and run in the caller's transaction."""

from collections.abc import Collection

from jiutong.capabilities.catalog import store
from jiutong.capabilities.catalog.model import SkuFacts
from jiutong.kernel.db import Tx


async def skus(tx: Tx, codes: Collection[str]) -> dict[str, SkuFacts]:
    """Quote. The SKUs with these codes or barcodes; a name nobody knows is absent. No statement for what is remembered.

    Not for a transaction that itself changes SKUs: what it would remember is not committed yet.
    """
    kept = store.shelf(tx)
    found, missing = kept.named(tx.tenant_id, codes)
    if missing:
        facts, names = await store.load_named(tx, missing)
        found |= kept.keep(tx.tenant_id, facts, names)
    return found


async def skus_by_id(tx: Tx, sku_ids: Collection[int]) -> dict[int, SkuFacts]:
    """Quote. The SKUs with these ids, as `skus` tells them by name."""
    kept = store.shelf(tx).facts
    found, missing = kept.known(tx.tenant_id, sku_ids)
    if missing:
        loaded = await store.load(tx, list(set(missing)))
        kept.keep(tx.tenant_id, loaded)
        found |= {sku_id: sku for sku_id, (_, sku) in loaded.items()}
    return found
