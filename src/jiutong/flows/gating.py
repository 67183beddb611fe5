"""What the gates of a batch of baskets have to know: what was taken of limits and allotments, rights and certificates."""

from collections.abc import Mapping, Sequence

from jiutong.capabilities import catalog, member, promotion
from jiutong.capabilities.order import Basket
from jiutong.capabilities.promotion import Buying, BuyingLine, GateFacts
from jiutong.kernel.db import Tx

NO_GATES = GateFacts()


async def load(
    tx: Tx, baskets: Sequence[Basket], skus: Mapping[str, catalog.SkuFacts], buyers: Mapping[int, member.Buyer]
) -> GateFacts:  # fmt: skip
    """Load what the gates these baskets meet have to know; one statement at most where none stands, and that is remembered."""
    return await promotion.gate_facts(tx, [buying(basket, skus, buyers) for basket in baskets])


def buying(basket: Basket, skus: Mapping[str, catalog.SkuFacts], buyers: Mapping[int, member.Buyer]) -> Buying:
    """A basket as gates judge it. Lines of SKUs nobody knows are refused elsewhere."""
    buyer = buyers.get(basket.member_id or 0)
    hired = buyer.employment(basket.company) if buyer is not None and basket.company else None
    lines = tuple(
        BuyingLine(line.line_no, sku.code, sku.sku_id, line.quantity, sku.brand, sku.categories)
        for line in basket.lines
        if (sku := skus.get(line.sku)) is not None
    )
    return Buying(
        basket.at,
        basket.business_day,
        basket.channel_id,
        lines,
        basket.member_id,
        hired.company_id if hired else 0,
        buyer.level if buyer else "",
        buyer.groups if buyer else (),
        hired.role if hired else "",
        basket.region or (hired.region if hired else ""),
        basket.play,
    )
