"""How far a new company has come on its way to the first sale."""

from jiutong.kernel.db import Tx

STEPS = ("seller", "tax", "channel", "location", "source", "product", "listing", "price", "stock", "sale")


async def done(tx: Tx) -> dict[str, bool]:
    """Which steps have been taken, in the order they build on each other."""
    (row,) = await tx.fetch(_DONE)
    return {step: row[step] for step in STEPS}


_DONE = """
select exists (select from access.seller where tenant_id = $1) as seller,
       exists (select from pricing.tax_rate where tenant_id = $1) as tax,
       exists (select from access.channel where tenant_id = $1) as channel,
       exists (select from inventory.location where tenant_id = $1) as location,
       exists (select from inventory.source where tenant_id = $1)
       or exists (select from access.store where tenant_id = $1) as source,
       exists (select from catalog.sku where tenant_id = $1) as product,
       exists (select from catalog.listing where tenant_id = $1) as listing,
       exists (select from pricing.price where tenant_id = $1) as price,
       exists (select from inventory.movement_paper where tenant_id = $1) as stock,
       exists (select from orders.placed where tenant_id = $1) as sale
"""
